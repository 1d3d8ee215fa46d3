//! One run: what is due of one firewall, every domain at once.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::domain::{AnyDomain, Cadence};
use crate::opnsense::{Client, Firmware, PullError};
use crate::store::{
    FirewallRow, RunEnd, RunOutcome, SourceState, SourceStatus, State, Store, StoreError,
};
use crate::types::{Clock, FirewallId, Release, RunId, Timestamp};

use super::extra::{Extra, not_enabled};
use super::follow::Follow;
use super::gather::chain;
use super::outcome::{DomainReport, DomainState, Ending, Event, Report};
use super::plan::Due;
use super::pull::{self, Context, Pull};
use super::shared::Shared;

/// Told what happens while it happens.
pub type Progress = Arc<dyn Fn(Event) + Send + Sync>;

/// One firewall that can be synced. Cheap to clone.
#[derive(Clone)]
pub struct Firewall {
    name: String,
    url: String,
    client: Client,
    store: Store,
    clock: Clock,
    /// A run that takes longer is stopped; what landed stays.
    run_timeout: Duration,
    extra: Extra,
    follow: Option<Follow>,
}

/// A firewall asks its mirror for what is read daily; a little less than a day, so that the hour does not drift.
const DAILY_S: i64 = 20 * 3600;

type Known = &'static dyn AnyDomain;

impl Firewall {
    pub fn new(
        name: String,
        url: String,
        client: Client,
        store: Store,
        clock: Clock,
        run_timeout: Duration,
    ) -> Self {
        Self { name, url, client, store, clock, run_timeout, extra: Extra::default(), follow: None }
    }

    /// Reads these domains too.
    pub fn with_extra(self, extra: Extra) -> Self {
        Self { extra, ..self }
    }

    /// Whether the firewall's own history is read after its configuration was.
    pub fn with_backfill(self, on: bool) -> Self {
        Self { follow: on.then(Follow::default), ..self }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Its number in the store, made on first sight.
    pub(super) async fn record(&self) -> Result<FirewallId, StoreError> {
        self.store.firewall(&self.name, &self.url, self.clock.now()).await
    }

    /// Reads what is due. Domains fail one by one; only a broken store is an error.
    pub async fn run(
        &self,
        due: &Due,
        cancel: &CancellationToken,
        progress: &Progress,
    ) -> Result<Report, StoreError> {
        let started = Instant::now();
        let limited = cancel.child_token();
        let stop = Stop { now: limited.clone(), asked: cancel.clone() };
        let work = self.work(due, &stop, progress, started);
        tokio::pin!(work);
        let report = tokio::select! {
            done = &mut work => done,
            () = tokio::time::sleep(self.run_timeout) => {
                warn!(firewall.name = self.name, "the run took longer than {:?} and is stopped", self.run_timeout);
                limited.cancel();
                work.await
            }
        }?;
        // Outside of the run's time: the first look downloads up to a hundred revisions.
        if let Some(follow) = &self.follow {
            follow.up(self, &report, cancel).await?;
        }
        Ok(report)
    }

    async fn work(
        &self,
        due: &Due,
        stop: &Stop,
        progress: &Progress,
        started: Instant,
    ) -> Result<Report, StoreError> {
        self.client.reset();
        let requests_before = self.client.requests();
        let id = self.store.firewall(&self.name, &self.url, self.clock.now()).await?;
        let before = self.store.firewalls().await?.iter().find(|f| f.id == id).cloned();
        let report = |ending, release, domains, reason| Report {
            firewall: self.name.clone(),
            run: None,
            release,
            ending,
            requests: self.client.requests() - requests_before,
            elapsed_ms: millis(started),
            reason,
            domains,
        };
        let stored = before.as_ref().and_then(|f| f.config_revision.clone());
        let mut shared = Shared::default();
        if *due == Due::ConfigIfChanged {
            // The cheapest question there is; when nothing moved, it confirms every configuration domain.
            let seen = self.client.config_revision(&stop.now).await.ok().flatten();
            if due.domains(&self.extra, stored.as_deref(), seen.as_deref()).is_empty() {
                if seen.is_some() {
                    self.store.confirm_config(id, self.clock.now()).await?;
                }
                return Ok(report(
                    Ending::Complete,
                    known_release(before.as_ref()),
                    Vec::new(),
                    None,
                ));
            }
            shared = Shared::with_revision(seen);
        }
        let run = self.store.run_begin(id, self.clock.now()).await?;
        let mut done = match self.client.detect(&stop.now).await {
            Ok(firmware) => {
                self.domains(due, id, run, &firmware, stored, shared, stop, progress).await?
            }
            Err(error) => self.nothing(due, id, &error, progress).await?,
        };
        done.domains.sort_by_key(|d| d.domain);
        let mut report = report(done.ending, done.release, done.domains, done.reason);
        report.run = Some(run);
        self.finish(run, &report).await?;
        Ok(report)
    }

    async fn finish(&self, run: RunId, report: &Report) -> Result<(), StoreError> {
        let outcome = match report.ending {
            Ending::Complete => RunOutcome::Complete,
            Ending::Partial => RunOutcome::Partial,
            Ending::Failed => RunOutcome::Failed,
            Ending::Cancelled => RunOutcome::Cancelled,
        };
        let failed: Vec<&str> =
            report.domains.iter().filter(|d| !d.state.is_good()).map(|d| d.domain).collect();
        let reason = report
            .reason
            .clone()
            .or_else(|| (!failed.is_empty()).then(|| format!("not fresh: {}", failed.join(", "))));
        let end = RunEnd {
            outcome,
            requests: report.requests,
            changed: report.changed(),
            reason: reason.as_deref(),
        };
        self.store.run_end(run, self.clock.now(), end).await?;
        info!(
            firewall.name = self.name,
            run.id = %run,
            run.outcome = outcome.as_str(),
            run.changed = report.changed(),
            elapsed_ms = report.elapsed_ms,
            "synced `{}`: {} ({} rows changed, {} requests, {} ms)",
            self.name, outcome.as_str(), report.changed(), report.requests, report.elapsed_ms
        );
        Ok(())
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the facts of one run; a struct would only name them twice"
    )]
    async fn domains(
        &self,
        due: &Due,
        id: FirewallId,
        run: RunId,
        firmware: &Firmware,
        stored: Option<String>,
        shared: Shared,
        stop: &Stop,
        progress: &Progress,
    ) -> Result<Done, StoreError> {
        self.store
            .firewall_firmware(id, firmware.release, firmware.exact, firmware.host_name.as_deref())
            .await?;
        let statuses: Arc<Vec<SourceStatus>> = Arc::new(
            self.store
                .source_statuses()
                .await?
                .iter()
                .filter(|s| s.firewall == id)
                .cloned()
                .collect(),
        );
        let (due_now, off) = self.planned(due, &statuses);
        progress(Event::Planned(due_now.len()));
        let (shared, stored) = (Arc::new(shared), stored.map(Arc::<str>::from));
        let facts = Facts { id, run, release: firmware.release, config_changed: false };
        let mut pulls = JoinSet::new();
        for domain in due_now.iter().copied() {
            let (firewall, shared, statuses) =
                (self.clone(), Arc::clone(&shared), Arc::clone(&statuses));
            let (cancel, progress) = (stop.now.clone(), Arc::clone(progress));
            let stored = stored.clone();
            pulls.spawn(async move {
                // Read before the rows: a change in between makes the next probe differ.
                let config_changed = domain.cadence() == Cadence::Config && {
                    let seen = shared.revision(&firewall.client, &cancel).await;
                    seen.is_some() && seen != stored.as_deref()
                };
                let facts = Facts { config_changed, ..facts };
                firewall.domain(domain, facts, &shared, &statuses, &cancel, &progress).await
            });
        }
        let mut domains = Vec::with_capacity(due_now.len());
        while let Some(joined) = pulls.join_next().await {
            domains.push(joined.map_err(|_| StoreError::Interrupted)??);
        }
        for domain in off {
            let pull = Pull {
                state: Some(DomainState::Off),
                reason: Some(not_enabled(domain.name())),
                ..Pull::default()
            };
            domains.push(report_of(domain.name(), pull, 0));
        }
        let ending = ending(&domains, stop);
        let all_config = due_now.iter().filter(|d| d.cadence() == Cadence::Config).count()
            == crate::domain::ALL.iter().filter(|d| d.cadence() == Cadence::Config).count();
        let config_good = domains.iter().filter(|d| is_config(d.domain)).all(|d| d.state.is_good());
        if let Some(revision) = shared
            .known_revision()
            .filter(|_| all_config && config_good && ending != Ending::Cancelled)
        {
            self.store.firewall_revision(id, revision).await?;
        }
        let reason = (ending == Ending::Cancelled)
            .then(|| "stopped before every domain was read; what was read is kept".to_owned());
        Ok(Done { ending, release: Some(firmware.release), domains, reason })
    }

    /// What is read now, and what was asked for and is not enabled.
    fn planned(&self, due: &Due, statuses: &[SourceStatus]) -> (Vec<Known>, Vec<Known>) {
        let wanted = match due {
            Due::ConfigIfChanged => Due::Config.domains(&self.extra, None, None),
            other => other.domains(&self.extra, None, None),
        };
        let now = self.clock.now();
        let is_recent = |d: Known| {
            let is_good = |s: &&SourceStatus| s.domain == d.name() && s.state == State::Fresh;
            statuses.iter().filter(is_good).any(|s| now.seconds_since(s.checked_at) < DAILY_S)
        };
        let is_named = matches!(due, Due::Named(_));
        let (mut due_now, off): (Vec<Known>, Vec<Known>) =
            wanted.into_iter().partition(|d| self.extra.allows(*d));
        due_now.retain(|d| is_named || d.cadence() != Cadence::Daily || !is_recent(*d));
        (due_now, off)
    }

    async fn domain(
        &self,
        domain: &'static dyn AnyDomain,
        facts: Facts,
        shared: &Shared,
        statuses: &[SourceStatus],
        cancel: &CancellationToken,
        progress: &Progress,
    ) -> Result<DomainReport, StoreError> {
        progress(Event::Started(domain.name()));
        let started = Instant::now();
        let context = Context {
            client: &self.client,
            store: &self.store,
            shared,
            firewall: facts.id,
            run: facts.run,
            release: facts.release,
            at: self.clock.now(),
            config_changed: facts.config_changed,
            statuses,
            cancel,
        };
        let pull = pull::pull(&context, domain).await?;
        // That a run was stopped is said once, not for each of eighty domains.
        let is_stopped = pull.cancelled;
        let report = report_of(domain.name(), pull, millis(started));
        if let Some(reason) =
            report.reason.as_deref().filter(|_| !is_stopped && !report.state.is_good())
        {
            warn!(
                firewall.name = self.name,
                domain.name = domain.name(),
                domain.state = report.state.as_str(),
                "`{}` is {}: {reason}",
                domain.name(),
                report.state
            );
        }
        progress(Event::Finished(report.clone()));
        Ok(report)
    }

    /// The firewall itself did not answer: every due domain keeps its rows, marked with the reason.
    async fn nothing(
        &self,
        due: &Due,
        id: FirewallId,
        error: &PullError,
        progress: &Progress,
    ) -> Result<Done, StoreError> {
        let reason = chain(error);
        if matches!(error, PullError::Cancelled) {
            return Ok(Done {
                ending: Ending::Cancelled,
                release: None,
                domains: Vec::new(),
                reason: Some(reason),
            });
        }
        let (state, shown) = match error {
            PullError::Unauthorized { .. } | PullError::Denied { .. } => {
                (State::Denied, DomainState::Denied)
            }
            PullError::Unreachable { .. }
            | PullError::TimedOut { .. }
            | PullError::Certificate { .. } => (State::Unreachable, DomainState::Unreachable),
            _ => (State::Malformed, DomainState::Malformed),
        };
        let due = match due {
            Due::ConfigIfChanged => Due::Config.domains(&self.extra, None, None),
            other => other.domains(&self.extra, None, None),
        };
        let statuses = self.store.source_statuses().await?;
        let mut domains = Vec::new();
        for domain in due {
            let known = statuses.iter().filter(|s| s.firewall == id && s.domain == domain.name());
            let source = |s: &SourceStatus| domain.sources().iter().find(|d| d.name == s.source);
            let states: Vec<SourceState> = known
                .filter_map(|s| source(s).map(|source| (s, source)))
                .map(|(s, source)| SourceState {
                    name: source.name,
                    // What was not there and had no rows is not missed.
                    state: if s.state == State::Absent && s.rows == 0 {
                        State::Absent
                    } else {
                        state
                    },
                    reason: Some(reason.clone()),
                    gap: s.gap.clone().map(Cow::Owned),
                    rows: usize::try_from(s.rows).unwrap_or(0),
                    body_hash: None,
                    empty: s.empty_since.map(|since| (since, s.empty_looks)),
                })
                .collect();
            let (rows, rejects) =
                self.store.note_sources(id, domain, self.clock.now(), &states).await?;
            let pull = Pull {
                state: Some(shown),
                rows,
                rejects,
                reason: Some(reason.clone()),
                ..Pull::default()
            };
            let report = report_of(domain.name(), pull, 0);
            progress(Event::Finished(report.clone()));
            domains.push(report);
        }
        warn!(firewall.name = self.name, "`{}` was not read: {reason}", self.name);
        Ok(Done { ending: Ending::Failed, release: None, domains, reason: Some(reason) })
    }
}

/// Somebody asked the run to stop, or its time is over; both end requests, only the former cancels it.
struct Stop {
    now: CancellationToken,
    asked: CancellationToken,
}

#[derive(Clone, Copy)]
struct Facts {
    id: FirewallId,
    run: RunId,
    release: Release,
    config_changed: bool,
}

struct Done {
    ending: Ending,
    release: Option<Release>,
    domains: Vec<DomainReport>,
    reason: Option<String>,
}

fn report_of(domain: &'static str, pull: Pull, elapsed_ms: u64) -> DomainReport {
    let state = pull.state.unwrap_or(DomainState::Unreachable);
    let reason =
        if pull.cancelled { Some("stopped before it was read".to_owned()) } else { pull.reason };
    DomainReport {
        domain,
        state,
        rows: pull.rows,
        changed: pull.changed,
        rejects: pull.rejects,
        elapsed_ms,
        reason,
    }
}

fn ending(domains: &[DomainReport], stop: &Stop) -> Ending {
    if stop.asked.is_cancelled() {
        Ending::Cancelled
    } else if domains.iter().all(|d| d.state.is_good()) {
        Ending::Complete
    } else if domains.iter().any(|d| d.state.is_good() || d.state == DomainState::Partial) {
        Ending::Partial
    } else {
        Ending::Failed
    }
}

pub(super) fn is_config(name: &str) -> bool {
    crate::domain::by_name(name).is_some_and(|d| d.cadence() == Cadence::Config)
}

fn known_release(firewall: Option<&FirewallRow>) -> Option<Release> {
    firewall?.release.as_deref()?.parse().ok()
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
