//! Random histories of every domain: any earlier state is what it was, and differences add up.

use std::collections::BTreeMap;
use std::path::Path;

use opndex::configxml;
use opndex::domain::{ALL, AnyDomain, Kind, RawRow, RawRows, RawValue, decode};
use opndex::store::{Batch, Selection, SourceState, State, Store};
use opndex::types::{FirewallId, Moment, RunId};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::support::index::Index;

/// Rows that the domain reads: those of its fixtures, of one source.
fn seeds(domain: &'static dyn AnyDomain) -> Vec<RawRow> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let fixture = folder.join("rest").join(format!("{}.json", domain.name()));
    let text = std::fs::read_to_string(fixture).unwrap();
    let cases: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let mut rows = Vec::new();
    for case in cases {
        let source = domain.sources().iter().find(|s| case["source"] == s.name);
        let body = case["body"].to_string();
        if let Some(Ok(decoded)) = source.map(|s| decode(s, domain.fields(), body.as_bytes())) {
            rows.extend(decoded);
        }
    }
    if domain.api_sources().is_empty() {
        // What only config.xml has.
        let file = std::fs::File::open(folder.join("configxml/mvc.xml")).unwrap();
        let config = configxml::Config::read(std::io::BufReader::new(file), &[domain]).unwrap();
        let found = config.copy(domain, config.release);
        rows.extend(found.into_iter().flat_map(|(_, rows)| rows));
    }
    rows
}

/// Another row like `row`: its identity is number `n`.
fn like(domain: &dyn AnyDomain, row: &RawRow, n: u32) -> RawRow {
    let mut other = row.clone();
    for name in domain.identity() {
        let Some(at) = domain.fields().iter().position(|f| f.name == *name) else { continue };
        let Some(RawValue::Text(text)) = row.get(at) else { continue };
        let text = if text.parse::<std::net::Ipv4Addr>().is_ok() {
            format!("10.{}.{}.{}", n >> 16, (n >> 8) & 255, n & 255)
        } else if text.parse::<std::net::Ipv6Addr>().is_ok() {
            format!("2001:db8::{n:x}")
        } else if text.parse::<opndex::types::MacAddr>().is_ok() {
            text.to_string()
        } else if text.len() == 36 {
            format!("00000000-0000-4000-8000-{n:012}")
        } else {
            format!("{text}{n}")
        };
        other.set(at, Some(RawValue::Text(text.into())));
    }
    other
}

/// One run: which rows are there, and which have one field changed to the value of another row.
#[derive(Debug, Clone)]
struct Turn {
    there: Vec<(usize, u32)>,
    changed: Vec<(usize, usize, usize)>,
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let row = (0_usize..40, 0_u32..600);
    let turn = (
        prop_oneof![
            3 => prop::collection::vec(row.clone(), 0..20),
            1 => prop::collection::vec(row, 150..300),
        ],
        prop::collection::vec((0_usize..500, 0_usize..60, 0_usize..40), 0..10),
    );
    let turn = turn.prop_map(|(there, changed)| Turn { there, changed });
    // A turn is often much like the one before, as networks are.
    prop::collection::vec((turn, any::<bool>()), 2..5).prop_map(|drawn| {
        let mut turns: Vec<Turn> = Vec::new();
        for (mut turn, like_before) in drawn {
            if let (true, Some(before)) = (like_before, turns.last()) {
                let mut there = before.there.clone();
                there.truncate(before.there.len().saturating_sub(turn.there.len() / 4));
                there.extend(turn.there.iter().take(5));
                turn.there = there;
            }
            turns.push(turn);
        }
        turns
    })
}

fn state(domain: &'static dyn AnyDomain, seeds: &[RawRow], turn: &Turn) -> RawRows {
    let pick = |i: usize| &seeds[i % seeds.len()];
    let mut rows: Vec<RawRow> =
        turn.there.iter().map(|(i, n)| like(domain, pick(*i), *n)).collect();
    if domain.identity().is_empty() {
        // One row is all there is; several would be merged differently when they are read back.
        rows.truncate(1);
    }
    for (row, field, donor) in &turn.changed {
        let fields = domain.fields().len();
        let count = rows.len().max(1);
        let field = field % fields;
        let is_identity = domain.identity().contains(&domain.fields()[field].name);
        if let (Some(row), false) = (rows.get_mut(row % count), is_identity) {
            row.set(field, pick(*donor).get(field).cloned());
        }
    }
    RawRows::new(domain, rows)
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

/// Everything that the table and its rejects say.
async fn table(
    store: &Store,
    domain: &'static dyn AnyDomain,
) -> (Vec<Vec<serde_json::Value>>, i64) {
    let selection = Selection {
        domain,
        firewall: None,
        filters: vec![],
        columns: domain.columns(),
        after: None,
        limit: 1_000,
        rows_wanted: true,
    };
    let page = store.select(&selection).await.unwrap();
    let rejects = page.statuses.first().map_or(0, |status| status.rejects);
    (page.rows, rejects)
}

async fn apply(
    index: &Index,
    firewall: FirewallId,
    domain: &'static dyn AnyDomain,
    rows: RawRows,
) -> RunId {
    let at = index.clock.now();
    let run = index.store.run_begin(firewall, at).await.unwrap();
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
    index.store.apply(Batch { firewall, domain, run, at, rows, sources }).await.unwrap();
    run
}

async fn holds(domain: &'static dyn AnyDomain, seeds: &[RawRow], turns: &[Turn]) {
    let index = Index::new().await;
    let firewall = index.store.firewall("fw", "http://fw", index.clock.now()).await.unwrap();
    let (mut runs, mut known) = (Vec::new(), Vec::new());
    for turn in turns {
        let rows = state(domain, seeds, turn);
        let stable = lines(&rows, rows.rows());
        let run = apply(&index, firewall, domain, rows).await;
        runs.push(run);
        known.push((table(&index.store, domain).await, stable));
        // Fields that change by themselves are kept once an hour.
        index.clock.advance(3_600);
    }
    for (run, (shown, _)) in runs.iter().zip(&known) {
        let then = index.store.at(Moment::Run(*run), &[domain]).await.unwrap();
        assert_eq!(&table(&then, domain).await, shown, "{} as of run {run}", domain.name());
    }
    let empty = RawRows::new(domain, Vec::new());
    for (a, b) in [(0, runs.len() - 1), (runs.len() - 1, 0), (0, 1)] {
        let (from, to) = (Moment::Run(runs[a]), Moment::Run(runs[b]));
        let differences = index.store.difference(firewall, domain, from, to).await.unwrap();
        let of = |row: &RawRow| lines(&empty, std::slice::from_ref(row)).remove(0);
        let mut state: BTreeMap<Vec<u8>, i32> = BTreeMap::new();
        known[a].1.iter().for_each(|line| *state.entry(line.clone()).or_default() += 1);
        for one in &differences {
            assert!(one.before != one.after);
            one.before.iter().for_each(|row| *state.entry(of(row)).or_default() -= 1);
            one.after.iter().for_each(|row| *state.entry(of(row)).or_default() += 1);
        }
        let applied: Vec<Vec<u8>> =
            state.into_iter().filter(|(_, n)| *n != 0).map(|(line, _)| line).collect();
        assert_eq!(applied, known[b].1, "{} from turn {a} to {b}", domain.name());
    }
    let before = table(&index.store, domain).await;
    let rebuilt = index.store.rebuild().await.unwrap();
    assert!(rebuilt.iter().all(|one| one.problem.is_none()), "{rebuilt:?}");
    assert_eq!(table(&index.store, domain).await, before, "{} rebuilt", domain.name());
}

/// A history of every domain of the registry; the same ones each time.
#[test]
fn any_earlier_state_is_what_it_was_and_differences_add_up() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for domain in ALL {
        let seeds = seeds(*domain);
        assert!(!seeds.is_empty(), "{} has no fixture rows", domain.name());
        assert!(domain.columns().iter().any(|c| c.kind != Kind::Bool));
        let mut seed = [7; 32];
        seed.iter_mut().zip(domain.name().bytes()).for_each(|(seed, letter)| *seed = letter);
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        let config = Config { cases: 1, failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new_with_rng(config, rng);
        runner
            .run(&turns(), |turns| {
                runtime.block_on(holds(*domain, &seeds, &turns));
                Ok(())
            })
            .unwrap();
    }
}
