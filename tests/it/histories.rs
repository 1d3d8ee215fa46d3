//! Random histories of all domains at once: any earlier state is what it was, and differences add up.

mod draw;

use std::collections::BTreeMap;

use opndex::domain::{ALL, AnyDomain, Cell, RawRow, RawRows, Role, moving_cells, sql_names};
use opndex::store::{
    Batch, Change, ChangesQuery, RunEnd, RunOutcome, Selection, SourceState, State, Store, Verified,
};
use opndex::types::{FirewallId, Moment, RunId, Timestamp};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::support::effort::effort;
use super::support::index::Index;
use draw::Turn;

/// Changes of a page: several pages for a large table.
const PAGE: usize = 40;

/// Values that change by themselves are kept once in so many seconds.
const KEPT_EVERY: i64 = 3_600;

/// Everything that the table and its rejects say.
type Shown = (Vec<Vec<serde_json::Value>>, i64);

/// One domain as it was after a run.
#[derive(Debug, Clone, PartialEq)]
struct Then {
    shown: Shown,
    /// The lines of its rows, without what changes by itself.
    stable: Vec<Vec<u8>>,
    /// The rows of the table that they stand for, as `changes` tells them, and how many there are of each.
    rows: BTreeMap<String, i32>,
    /// Also what changes by itself was kept.
    is_exact: bool,
}

/// One run of the model.
struct Past {
    run: RunId,
    started: Timestamp,
    outcome: RunOutcome,
    domains: BTreeMap<&'static str, Then>,
}

/// The stable lines of a state.
fn lines(state: &RawRows, rows: &[RawRow]) -> Vec<Vec<u8>> {
    let line = |row: &RawRow| {
        let mut line = Vec::new();
        state.write_stable(row, &mut line);
        line
    };
    let mut lines: Vec<Vec<u8>> = rows.iter().map(line).collect();
    lines.sort();
    lines
}

/// The rows of the table that one row of the firewall stands for, without what changes by itself.
fn parsed(domain: &dyn AnyDomain, row: &RawRow) -> Vec<String> {
    let columns = domain.columns();
    let is_key = columns.iter().flat_map(|c| sql_names(c).map(|_| c.role == Role::Key));
    let is_key: Vec<bool> = is_key.collect();
    let moving = moving_cells(domain, row);
    let (mut parsed, mut still) = (Vec::new(), row.clone());
    still.take_volatile(domain.fields(), &RawRow::new(row.source, domain.fields().len()));
    // What cannot be read is a reject.
    let _either = domain.parse(&still, &mut parsed);
    let mut rows = BTreeMap::new();
    for mut cells in parsed.into_iter().map(|row| row.cells) {
        for (cell, _) in cells.iter_mut().zip(&moving).filter(|(_, moves)| **moves) {
            *cell = Cell::Null;
        }
        let key: Vec<&Cell> =
            cells.iter().zip(&is_key).filter(|(_, key)| **key).map(|(cell, _)| cell).collect();
        rows.insert(format!("{key:?}"), written(&cells));
    }
    rows.into_values().collect()
}

fn written(cells: &[Cell]) -> String {
    format!("{cells:?}")
}

async fn table(store: &Store, domain: &'static dyn AnyDomain) -> Shown {
    let selection = Selection {
        domain,
        firewall: None,
        filters: vec![],
        columns: domain.columns(),
        after: None,
        limit: 1_000,
        rows_wanted: true,
    };
    let page = store.look().select(&selection).await.unwrap();
    let rejects = page.statuses.first().map_or(0, |status| status.rejects);
    (page.rows, rejects)
}

/// Applies `rows` in `run`; whether anything moved.
async fn apply(
    index: &Index,
    firewall: FirewallId,
    run: RunId,
    domain: &'static dyn AnyDomain,
    rows: RawRows,
) -> bool {
    let source = |name| SourceState {
        name,
        state: State::Fresh,
        reason: None,
        gap: None,
        rows: rows.len(),
        body_hash: None,
        empty: None,
    };
    let names: std::collections::BTreeSet<&str> = domain.sources().iter().map(|s| s.name).collect();
    let sources = names.into_iter().map(source).collect();
    let batch = Batch { firewall, domain, run, at: index.clock.now(), rows, sources };
    let applied = index.store.apply(batch).await.unwrap();
    applied.changed > 0 || applied.written > 0
}

/// Lives through `turns`; what every domain was like after each.
async fn lived(
    index: &Index,
    firewall: FirewallId,
    seeds: &[Vec<RawRow>],
    turns: &[Turn],
) -> Vec<Past> {
    let mut pasts: Vec<Past> = Vec::new();
    let mut kept: BTreeMap<&str, i64> = BTreeMap::new();
    for turn in turns {
        index.clock.advance(turn.after);
        let now = index.clock.now();
        let run = index.store.run_begin(firewall, now).await.unwrap();
        let mut domains = pasts.last().map(|past| past.domains.clone()).unwrap_or_default();
        for (nth, domain) in ALL.iter().enumerate() {
            if turn.cut.is_some_and(|every| nth.is_multiple_of(every)) {
                continue;
            }
            let rows = draw::state(*domain, nth, &seeds[nth], turn);
            let stable = lines(&rows, rows.rows());
            let mut counted: BTreeMap<String, i32> = BTreeMap::new();
            let all = rows.iter().flat_map(|row| parsed(*domain, row));
            all.for_each(|row| *counted.entry(row).or_default() += 1);
            // A first state is new even without a row.
            let is_first = !domains.contains_key(domain.name());
            let moved = apply(index, firewall, run, *domain, rows).await || is_first;
            let last = kept.get(domain.name());
            let is_due = last.is_none_or(|at| (now.seconds() - at).abs() >= KEPT_EVERY);
            if moved && is_due {
                kept.insert(domain.name(), now.seconds());
            }
            let is_exact = domain.fields().iter().all(|f| !f.volatile) || moved && is_due;
            let shown = table(&index.store, *domain).await;
            domains.insert(domain.name(), Then { shown, stable, rows: counted, is_exact });
        }
        let outcome = if turn.cut.is_some() { RunOutcome::Cancelled } else { RunOutcome::Complete };
        if turn.cut.is_none() {
            let end = RunEnd { outcome, requests: 1, changed: 1, reason: None };
            index.store.run_end(run, now, end).await.unwrap();
        }
        pasts.push(Past { run, started: now, outcome, domains });
    }
    pasts
}

/// Every domain as of the run `past` is what it was after it.
async fn is_as_then(index: &Index, firewall: FirewallId, past: &Past) {
    let moment = Moment::Run(past.run);
    let then = index.store.at(moment, ALL).await.unwrap();
    for domain in ALL {
        let Some(known) = past.domains.get(domain.name()) else {
            assert!(
                table(&then, *domain).await.0.is_empty(),
                "{} as of {}",
                domain.name(),
                past.run
            );
            continue;
        };
        if known.is_exact {
            let shown = table(&then, *domain).await;
            assert_eq!(shown, known.shown, "{} as of run {}", domain.name(), past.run);
        }
        let lines = index.store.export(firewall, *domain, moment).await.unwrap().unwrap();
        let mut lines: Vec<&[u8]> = lines.split_inclusive(|b| *b == b'\n').collect();
        lines.sort_unstable();
        assert_eq!(lines, known.stable, "{} as of run {}", domain.name(), past.run);
    }
}

/// The run that a time means: of the newest turn of the clock that had begun by then, the newest run by then.
fn at_time(pasts: &[Past], at: Timestamp) -> Option<&Past> {
    let mut turns: Vec<Vec<&Past>> = Vec::new();
    for (i, past) in pasts.iter().enumerate() {
        if i == 0 || past.started < pasts[i - 1].started {
            turns.push(Vec::new());
        }
        turns.last_mut().unwrap().push(past);
    }
    let newest = |turn: &Vec<&'_ Past>| turn.iter().rposition(|past| past.started <= at);
    turns.iter().rev().find_map(|turn| newest(turn).map(|i| turn[i]))
}

/// What differs between two runs, added to the state of the first, is the state of the second.
async fn adds_up(index: &Index, firewall: FirewallId, a: &Past, b: &Past) {
    for domain in ALL {
        let (name, empty) = (domain.name(), RawRows::new(*domain, Vec::new()));
        let (from, to) = (Moment::Run(a.run), Moment::Run(b.run));
        let differences = index.store.difference(firewall, *domain, from, to).await.unwrap();
        let of = |row: &RawRow| lines(&empty, std::slice::from_ref(row)).remove(0);
        let mut state: BTreeMap<Vec<u8>, i32> = BTreeMap::new();
        let stable = |past: &Past| past.domains.get(name).map(|then| then.stable.clone());
        let (before, after) = (stable(a).unwrap_or_default(), stable(b).unwrap_or_default());
        for line in before {
            *state.entry(line).or_default() += 1;
        }
        for one in &differences {
            assert!(one.before != one.after);
            one.before.iter().for_each(|row| *state.entry(of(row)).or_default() -= 1);
            one.after.iter().for_each(|row| *state.entry(of(row)).or_default() += 1);
        }
        let applied: Vec<Vec<u8>> =
            state.into_iter().filter(|(_, n)| *n != 0).map(|(line, _)| line).collect();
        assert_eq!(applied, after, "{name} from run {} to run {}", a.run, b.run);
    }
}

/// Every change between two moments, page after page.
async fn changes(index: &Index, since: Moment, until: Moment) -> Vec<Change> {
    let mut query = ChangesQuery {
        domains: ALL.to_vec(),
        firewall: None,
        since: Some(since),
        until: Some(until),
        about: None,
        noise: false,
        after: None,
        limit: PAGE,
    };
    let mut all = Vec::new();
    loop {
        let page = index.store.changes(query.clone()).await.unwrap();
        assert!(page.damaged.is_empty() && page.changes.len() <= PAGE, "{:?}", page.damaged);
        all.extend(page.changes);
        query.after = page.next;
        if query.after.is_none() {
            return all;
        }
    }
}

/// The changes that `changes` tells, applied to the rows of one run, give those of a later one.
async fn are_told(index: &Index, a: &Past, b: &Past) {
    let told = changes(index, Moment::Run(a.run), Moment::Run(b.run)).await;
    assert!(told.is_sorted_by(|x, y| x.run >= y.run), "the newest first");
    let mut states: BTreeMap<&str, BTreeMap<String, i32>> = BTreeMap::new();
    for (name, then) in &a.domains {
        states.insert(name, then.rows.clone());
    }
    for change in &told {
        let state = states.entry(change.domain.name()).or_default();
        change.before.iter().for_each(|row| *state.entry(written(row)).or_default() -= 1);
        change.now.iter().for_each(|row| *state.entry(written(row)).or_default() += 1);
    }
    // What a first look finds is no change.
    for (name, then) in b.domains.iter().filter(|(name, _)| a.domains.contains_key(*name)) {
        let mut state = states.remove(name).unwrap_or_default();
        then.rows.iter().for_each(|(row, count)| *state.entry(row.clone()).or_default() -= count);
        state.retain(|_, count| *count != 0);
        assert_eq!(state, BTreeMap::new(), "{name} from run {} to run {}", a.run, b.run);
    }
}

async fn holds(seeds: &[Vec<RawRow>], turns: &[Turn]) {
    let index = Index::new().await;
    let firewall = index.store.firewall("fw", "http://fw", index.clock.now()).await.unwrap();
    let pasts = lived(&index, firewall, seeds, turns).await;
    for past in &pasts {
        is_as_then(&index, firewall, past).await;
        let then = index.store.at(Moment::At(past.started), &[]).await.unwrap();
        let shown = then.firewalls().await.unwrap()[0].last_run.as_ref().map(|run| run.id);
        assert_eq!(shown, at_time(&pasts, past.started).map(|newest| newest.run));
    }
    let (first, last) = (&pasts[0], &pasts[pasts.len() - 1]);
    for (a, b) in [(first, last), (last, first), (first, &pasts[1])] {
        adds_up(&index, firewall, a, b).await;
    }
    are_told(&index, first, last).await;
    are_told(&index, &pasts[1], last).await;
    let runs = index.store.runs(None, None, 100).await.unwrap();
    let order: Vec<RunId> = pasts.iter().rev().map(|past| past.run).collect();
    assert_eq!(runs.iter().map(|run| run.run).collect::<Vec<_>>(), order, "ordered and complete");
    // Whoever comes next sees that a run was cut off.
    for (run, past) in runs.iter().zip(pasts.iter().rev()).skip(1) {
        let whole = past.outcome == RunOutcome::Complete;
        assert_eq!(run.outcome, if whole { "complete" } else { "interrupted" });
    }
    let rebuilt = index.store.rebuild().await.unwrap();
    assert!(rebuilt.iter().all(|one| one.problem.is_none()), "{rebuilt:?}");
    for (name, then) in &last.domains {
        let domain = opndex::domain::by_name(name).unwrap();
        assert_eq!(table(&index.store, domain).await, then.shown, "{name} rebuilt");
    }
    let Verified { snapshots, damages, .. } = index.store.verify().await.unwrap();
    assert!(snapshots > 0 && damages.is_empty(), "{damages:?}");
}

/// The same histories each time, and others with more effort.
#[test]
fn any_earlier_state_is_what_it_was_and_differences_add_up() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let seeds: Vec<Vec<RawRow>> = ALL.iter().map(|domain| draw::seeds(*domain)).collect();
    for (domain, seeds) in ALL.iter().zip(&seeds) {
        assert!(!seeds.is_empty(), "{} has no fixture rows", domain.name());
    }
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let config = Config {
        cases: 8 * effort(),
        failure_persistence: None,
        max_shrink_iters: 40,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, rng)
        .run(&draw::turns(), |turns| {
            runtime.block_on(holds(&seeds, &turns));
            Ok(())
        })
        .unwrap();
}
