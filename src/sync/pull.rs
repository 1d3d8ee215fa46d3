//! One domain once: ask its endpoints, judge, keep what failed, apply.

use std::borrow::Cow;

use futures_util::future::join_all;
use tokio_util::sync::CancellationToken;

use crate::domain::{AnyDomain, RawRow, RawRows, Source};
use crate::opnsense::Client;
use crate::store::{Batch, SourceState, SourceStatus, State, Store, StoreError, source_hash};
use crate::types::{FirewallId, Release, RunId, Timestamp};

use super::believe::{self, Emptied, Verdict};
use super::gather::{self, Answered, Failure, Gathered};
use super::outcome::DomainState;
use super::shared::Shared;

/// What every pull of a run shares.
pub(super) struct Context<'a> {
    pub(super) client: &'a Client,
    pub(super) store: &'a Store,
    pub(super) shared: &'a Shared,
    pub(super) firewall: FirewallId,
    pub(super) run: RunId,
    pub(super) release: Release,
    pub(super) at: Timestamp,
    /// The domain is configuration, which has changed since it was last read in full.
    pub(super) config_changed: bool,
    pub(super) statuses: &'a [SourceStatus],
    pub(super) cancel: &'a CancellationToken,
}

/// How one domain came out.
#[derive(Debug, Clone, Default)]
pub(super) struct Pull {
    pub(super) state: Option<DomainState>,
    pub(super) rows: u64,
    pub(super) changed: u64,
    pub(super) rejects: u64,
    pub(super) reason: Option<String>,
    pub(super) cancelled: bool,
}

pub(super) async fn pull(
    context: &Context<'_>,
    domain: &'static dyn AnyDomain,
) -> Result<Pull, StoreError> {
    let asked: Vec<&'static Source> =
        domain.api_sources().into_iter().filter(|s| s.exists_on(context.release)).collect();
    let gathered = join_all(asked.iter().map(|source| ask(context, domain, source))).await;
    if gathered.iter().any(|g| matches!(&g.result, Err(f) if f.cancelled)) {
        return Ok(Pull { cancelled: true, ..Pull::default() });
    }
    if !gathered.is_empty() && gathered.iter().all(Gathered::is_repeated) {
        return repeated(context, domain, &gathered).await;
    }
    let mut judged = Vec::with_capacity(gathered.len());
    for one in gathered {
        judged.push(judge(context, domain, one).await);
    }
    if judged.is_empty() {
        return imported(context, domain).await;
    }
    apply(context, domain, judged).await
}

/// No endpoint of this release gives the domain: it shows what an import read, if anything.
async fn imported(
    context: &Context<'_>,
    domain: &'static dyn AnyDomain,
) -> Result<Pull, StoreError> {
    let (rows, rejects) =
        context.store.note_sources(context.firewall, domain, context.at, &[]).await?;
    let config = domain.config_sources().into_iter().filter(|s| s.exists_on(context.release));
    let config: Vec<&Source> = config.collect();
    if rows > 0 || config.iter().any(|s| was_read(context, domain, s.name)) {
        return Ok(Pull { state: Some(DomainState::Unchanged), rows, rejects, ..Pull::default() });
    }
    // Said, so that an answer without rows is not taken for one that was never asked for.
    let reason = format!("OPNsense {} does not offer it", context.release);
    let mut states: Vec<SourceState> = Vec::new();
    if domain.api_sources().is_empty() {
        for source in config {
            let reason = Some(format!("{}: {reason}", source.name));
            let gap = Some(Cow::Borrowed(ONLY_CONFIG));
            states.push(SourceState { reason, gap, ..state(source, State::Absent, 0) });
        }
    }
    for source in domain.api_sources() {
        if states.iter().all(|known| known.name != source.name) {
            let reason = Some(format!("{}: {reason}", source.name));
            states.push(SourceState { reason, gap: None, ..state(source, State::Absent, 0) });
        }
    }
    context.store.note_sources(context.firewall, domain, context.at, &states).await?;
    Ok(Pull { state: Some(DomainState::Absent), reason: Some(reason), ..Pull::default() })
}

/// What is said of a domain that no endpoint gives, before anything else gave it.
const ONLY_CONFIG: &str = "only config.xml has it: `opndex backfill` reads it from the firewall's own history, `opndex import` from a file";

/// Whether an import or a backfill has read this source of config.xml, if only to find that it has no rows.
fn was_read(context: &Context<'_>, domain: &'static dyn AnyDomain, name: &str) -> bool {
    let is_it = |s: &SourceStatus| s.domain == domain.name() && s.source == name;
    context.statuses.iter().any(|s| is_it(s) && s.state == State::Fresh)
}

/// Without the gaps that a source of config.xml has closed.
fn close_gaps(context: &Context<'_>, domain: &'static dyn AnyDomain, states: &mut [SourceState]) {
    for state in states {
        let here = |s: &&Source| s.name == state.name && s.exists_on(context.release);
        let until = domain.api_sources().into_iter().find(here).and_then(|s| s.gap_until);
        if until.is_some_and(|config| was_read(context, domain, config)) {
            state.gap = None;
        }
    }
}

/// Sources that only config.xml gives on this release: what an import read of them stays.
fn config_only(context: &Context<'_>, domain: &'static dyn AnyDomain) -> Vec<&'static str> {
    let on_release = |s: &&'static Source| s.exists_on(context.release);
    let asked: Vec<&str> =
        domain.api_sources().into_iter().filter(on_release).map(|s| s.name).collect();
    let had = |name: &str| {
        context.statuses.iter().any(|s| s.domain == domain.name() && s.source == name && s.rows > 0)
    };
    let config = domain.config_sources().into_iter().filter(on_release).map(|s| s.name);
    let mut names: Vec<&str> = config.filter(|n| !asked.contains(n) && had(n)).collect();
    names.dedup();
    names
}

async fn ask(
    context: &Context<'_>,
    domain: &'static dyn AnyDomain,
    source: &'static Source,
) -> Gathered {
    let before = context
        .statuses
        .iter()
        .find(|s| s.domain == domain.name() && s.source == source.name)
        .cloned();
    let answer = context.shared.pull(context.client, source, context.release, context.cancel).await;
    let result = match answer {
        Ok(pulled) => {
            let hash = source_hash(domain, &pulled.bodies, &pulled.keys());
            Ok(Answered { hash, pulled })
        }
        Err(error) => Err(gather::failure(source, &error)),
    };
    Gathered { source, before, result }
}

/// Every endpoint said what it said last time: no row is looked at.
async fn repeated(
    context: &Context<'_>,
    domain: &'static dyn AnyDomain,
    gathered: &[Gathered],
) -> Result<Pull, StoreError> {
    let mut states: Vec<SourceState> = gathered
        .iter()
        .map(|g| match &g.result {
            Ok(answered) => SourceState {
                body_hash: Some(answered.hash),
                gap: gap(
                    g.source,
                    cut(g.source, answered.pulled.cut.as_deref(), g.had_rows()).as_deref(),
                ),
                ..state(g.source, State::Fresh, g.had_rows())
            },
            Err(failure) => SourceState {
                reason: Some(failure.reason.clone()),
                ..state(g.source, failure.state, 0)
            },
        })
        .collect();
    close_gaps(context, domain, &mut states);
    let (rows, rejects) =
        context.store.note_sources(context.firewall, domain, context.at, &states).await?;
    let all_absent = states.iter().all(|s| s.state == State::Absent);
    Ok(Pull {
        state: Some(if all_absent { DomainState::Absent } else { DomainState::Unchanged }),
        rows,
        rejects,
        ..Pull::default()
    })
}

/// An endpoint with its verdict: fresh rows, or a state and a reason.
struct Judged {
    state: SourceState,
    rows: Vec<RawRow>,
    /// Rows of the last good answer stay.
    keep: bool,
}

async fn judge(
    context: &Context<'_>,
    domain: &'static dyn AnyDomain,
    gathered: Gathered,
) -> Judged {
    let (source, had) = (gathered.source, gathered.had_rows());
    let before = gathered.before.as_ref().and_then(|b| Some((b.empty_since?, b.empty_looks)));
    let fail = |failure: Failure, empty| {
        let state = SourceState {
            reason: Some(failure.reason),
            empty,
            ..state(source, failure.state, had)
        };
        Judged { state, rows: Vec::new(), keep: had > 0 }
    };
    let read = gathered.result.and_then(|answered| {
        let rows = gather::rows(domain, source, &answered.pulled);
        rows.map(|rows| (answered, rows)).map_err(|error| gather::malformed(source, &error))
    });
    let (answered, rows) = match read {
        Ok(read) => read,
        Err(failure) if failure.state == State::Absent && had > 0 => {
            return vanished(context, source, failure, had, before).await;
        }
        Err(failure) => return fail(failure, before),
    };
    if rows.is_empty() && (had > 0 || domain.never_empty()) {
        let seen = Emptied {
            now: context.at,
            before,
            never_empty: domain.never_empty(),
            backend_alive: backend_alive(context).await,
            config_changed: context.config_changed,
        };
        if let Verdict::Doubt { since, looks } = believe::judge(seen) {
            let reason =
                format!("{}: {}", source.name, believe::reason(had, seen.never_empty, looks));
            let failure = Failure { state: State::Suspect, reason, cancelled: false };
            return fail(failure, Some((since, looks)));
        }
    }
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let state = SourceState {
        body_hash: Some(answered.hash),
        gap: gap(source, cut(source, answered.pulled.cut.as_deref(), count).as_deref()),
        ..state(source, State::Fresh, count)
    };
    Judged { state, rows, keep: false }
}

/// An endpoint that had rows is gone: a plugin was removed, or something is broken. Believed like emptiness.
async fn vanished(
    context: &Context<'_>,
    source: &'static Source,
    failure: Failure,
    had: i64,
    before: Option<(Timestamp, i64)>,
) -> Judged {
    let seen = Emptied {
        now: context.at,
        before,
        never_empty: !source.optional,
        backend_alive: backend_alive(context).await,
        config_changed: false,
    };
    match believe::judge(seen) {
        Verdict::Believe => Judged {
            state: SourceState { reason: Some(failure.reason), ..state(source, State::Absent, 0) },
            rows: Vec::new(),
            keep: false,
        },
        Verdict::Doubt { since, looks } => {
            let state = SourceState {
                reason: Some(failure.reason),
                empty: Some((since, looks)),
                ..state(source, State::Absent, had)
            };
            Judged { state, rows: Vec::new(), keep: true }
        }
    }
}

/// The second look: does the service list, which needs the same backend, have rows?
async fn backend_alive(context: &Context<'_>) -> bool {
    context.client.backend_answers(context.cancel).await.unwrap_or(false)
}

fn state(source: &'static Source, state: State, rows: i64) -> SourceState {
    SourceState {
        name: source.name,
        state,
        reason: None,
        gap: gap(source, None),
        rows: usize::try_from(rows).unwrap_or(0),
        body_hash: None,
        empty: None,
    }
}

/// What was not asked for this time: items, or rows beyond the limit.
fn cut<'a>(source: &Source, items: Option<&'a str>, rows: i64) -> Option<Cow<'a, str>> {
    let limit = source.limit.map(i64::from).filter(|limit| rows >= *limit);
    match (items, limit) {
        (Some(items), _) => Some(Cow::Borrowed(items)),
        (None, Some(limit)) => {
            Some(Cow::Owned(format!("only {limit} rows are read, and there may be more")))
        }
        (None, None) => None,
    }
}

/// What the endpoint cannot tell on this release, and what was not asked for this time.
fn gap(source: &'static Source, cut: Option<&str>) -> Option<Cow<'static, str>> {
    match (source.gap, cut) {
        (gap, None) => gap.map(Cow::Borrowed),
        (None, Some(cut)) => Some(Cow::Owned(cut.to_owned())),
        (Some(gap), Some(cut)) => Some(Cow::Owned(format!("{gap}; {cut}"))),
    }
}

async fn apply(
    context: &Context<'_>,
    domain: &'static dyn AnyDomain,
    judged: Vec<Judged>,
) -> Result<Pull, StoreError> {
    let imported = config_only(context, domain);
    let kept = judged.iter().filter(|j| j.keep).map(|j| j.state.name);
    let kept: Vec<&'static str> = kept.chain(imported.iter().copied()).collect();
    let mut states: Vec<SourceState> = judged.iter().map(|j| j.state.clone()).collect();
    close_gaps(context, domain, &mut states);
    let summary = summarise(&judged);
    let none_good = judged.iter().all(|j| j.state.state != State::Fresh);
    if none_good
        && judged.iter().all(|j| j.keep || j.state.state != State::Absent || j.state.rows == 0)
        && !dropped(context, domain, &judged)
    {
        // Nothing was learned: no row is touched.
        let (rows, rejects) =
            context.store.note_sources(context.firewall, domain, context.at, &states).await?;
        return Ok(Pull { rows, rejects, ..summary });
    }
    let mut rows: Vec<RawRow> = Vec::new();
    let mut old = if kept.is_empty() {
        Vec::new()
    } else {
        match context.store.kept(context.firewall, domain, &kept).await {
            Err(damaged @ StoreError::Damaged { .. }) => {
                return unkept(context, domain, states, &damaged.to_string()).await;
            }
            other => other?,
        }
    };
    // In the order of the sources: later ones overlay earlier ones.
    for one in judged {
        if one.keep {
            let (mine, rest) =
                old.into_iter().partition(|row: &RawRow| row.source == one.state.name);
            old = rest;
            rows.extend::<Vec<RawRow>>(mine);
        }
        rows.extend(one.rows);
    }
    // What is left was imported.
    rows.extend(old);
    let rows = RawRows::new(domain, rows);
    let batch = Batch {
        firewall: context.firewall,
        domain,
        run: context.run,
        at: context.at,
        rows,
        sources: states,
    };
    let applied = context.store.apply(batch).await?;
    let state = match summary.state {
        Some(DomainState::Fresh) if applied.changed == 0 => Some(DomainState::Unchanged),
        other => other,
    };
    Ok(Pull {
        state,
        rows: applied.rows,
        changed: applied.changed,
        rejects: applied.rejects,
        reason: summary.reason,
        cancelled: false,
    })
}

/// The rows to keep cannot be read: the table stays as it is until every source answers and it is written anew.
async fn unkept(
    context: &Context<'_>,
    domain: &'static dyn AnyDomain,
    mut states: Vec<SourceState>,
    problem: &str,
) -> Result<Pull, StoreError> {
    let reason = format!("its rows stay as they were until every source answers: {problem}");
    for state in states.iter_mut().filter(|state| state.state == State::Fresh) {
        state.state = State::Malformed;
        state.reason = Some(reason.clone());
        // Nothing was applied: the same answer is read again.
        state.body_hash = None;
    }
    let (rows, rejects) =
        context.store.note_sources(context.firewall, domain, context.at, &states).await?;
    let state = Some(DomainState::Malformed);
    Ok(Pull { state, rows, rejects, reason: Some(reason), ..Pull::default() })
}

/// Whether a source that had rows is believed to be gone now, so that its rows must go.
fn dropped(context: &Context<'_>, domain: &'static dyn AnyDomain, judged: &[Judged]) -> bool {
    let had = |name: &str| {
        context.statuses.iter().any(|s| s.domain == domain.name() && s.source == name && s.rows > 0)
    };
    judged.iter().any(|j| !j.keep && j.rows.is_empty() && had(j.state.name))
}

/// The domain's state from those of its endpoints, and the reasons of the failed ones.
fn summarise(judged: &[Judged]) -> Pull {
    let is_failed = |j: &&Judged| {
        !matches!(j.state.state, State::Fresh) && (j.keep || j.state.state != State::Absent)
    };
    let failed: Vec<&Judged> = judged.iter().filter(is_failed).collect();
    let fresh = judged.iter().any(|j| j.state.state == State::Fresh);
    let reasons: Vec<&str> = failed.iter().filter_map(|j| j.state.reason.as_deref()).collect();
    let state = match failed.first() {
        None if fresh => DomainState::Fresh,
        None => DomainState::Absent,
        Some(_) if fresh => DomainState::Partial,
        Some(first) => match first.state.state {
            State::Denied => DomainState::Denied,
            State::Unreachable => DomainState::Unreachable,
            State::Suspect => DomainState::Suspect,
            // Gone, but its rows are kept: what is shown is not what the firewall says.
            State::Absent => DomainState::Partial,
            State::Malformed | State::Fresh => DomainState::Malformed,
        },
    };
    let absent = state == DomainState::Absent;
    let reason = if absent {
        judged.first().and_then(|j| j.state.reason.clone())
    } else {
        (!reasons.is_empty()).then(|| reasons.join("; "))
    };
    Pull { state: Some(state), reason, ..Pull::default() }
}
