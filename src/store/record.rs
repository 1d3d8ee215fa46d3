//! Bookkeeping: firewalls, runs, and what each endpoint said.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Params, Transaction, params};

use crate::domain::{ALL, AnyDomain, Cadence};
use crate::types::{FirewallId, Release, RunId, Timestamp};

use super::apply::SourceState;
use super::error::StoreError;
use super::open::Store;
use super::readers::Readers;
use super::source_states;
use super::states::State;

/// A firewall the store knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirewallRow {
    pub id: FirewallId,
    pub name: String,
    pub url: String,
    pub host_name: Option<String>,
    pub release: Option<String>,
    pub config_revision: Option<String>,
    pub last_run: Option<RunRow>,
}

/// The newest run of a firewall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    pub id: RunId,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    pub outcome: String,
    pub requests: i64,
    pub reason: Option<String>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunOutcome {
    Complete,
    Partial,
    Failed,
    Cancelled,
}

impl RunOutcome {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Partial => "partial",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// One row of `firewalls` joined with its newest run.
type FirewallColumns = (
    i64,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<String>,
    Option<i64>,
    Option<String>,
);

/// Every firewall with its newest run, in the order of their numbers.
pub(super) async fn firewalls(readers: &Readers) -> Result<Arc<[FirewallRow]>, StoreError> {
    let failed = || StoreError::query("list the firewalls");
    let rows: Vec<FirewallColumns> = sqlx::query_as(
        "SELECT f.firewall_id, f.name, f.url, f.host_name, f.release, f.config_revision,
                r.run_id, r.started_at, r.finished_at, r.outcome, r.requests, r.reason
         FROM firewalls f
         LEFT JOIN runs r ON r.run_id = (SELECT max(run_id) FROM runs WHERE firewall_id = f.firewall_id)
         ORDER BY f.firewall_id",
    )
    .fetch_all(&mut *readers.get().await.map_err(failed())?)
    .await
    .map_err(failed())?;
    Ok(rows.into_iter().map(firewall_row).collect())
}

impl Store {
    /// The number of a firewall, made on first sight. A changed URL is the same firewall if the name is.
    pub async fn firewall(
        &self,
        name: &str,
        url: &str,
        now: Timestamp,
    ) -> Result<FirewallId, StoreError> {
        let (name, url) = (name.to_owned(), url.to_owned());
        let sql = "INSERT INTO firewalls (name, url, first_seen) VALUES (?, ?, ?)
             ON CONFLICT (name) DO UPDATE SET url = excluded.url RETURNING firewall_id";
        let record = move |connection: &Transaction<'_>| {
            connection
                .query_row(sql, (name, url, now.millis()), |r| r.get(0))
                .map(FirewallId::new)
                .map_err(StoreError::write("record a firewall"))
        };
        self.writer.transact("record a firewall", record).await
    }

    /// What the firewall said about itself.
    pub async fn firewall_firmware(
        &self,
        firewall: FirewallId,
        release: Release,
        exact: bool,
        host_name: Option<&str>,
    ) -> Result<(), StoreError> {
        let values = (release.to_string(), exact, host_name.map(str::to_owned), firewall.get());
        let sql = "UPDATE firewalls SET release = ?, release_exact = ?, host_name = coalesce(?, host_name) WHERE firewall_id = ?";
        self.execute("record a release", sql, values).await?;
        let sql = "UPDATE runs SET release = ?1 WHERE run_id = (SELECT max(run_id) FROM runs WHERE firewall_id = ?2)";
        self.execute("record the release of a run", sql, (release.to_string(), firewall.get()))
            .await
    }

    /// The configuration revision that the store now shows in full.
    pub async fn firewall_revision(
        &self,
        firewall: FirewallId,
        revision: &str,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE firewalls SET config_revision = ?1 WHERE firewall_id = ?2 AND config_revision IS NOT ?1";
        self.execute("record a configuration revision", sql, (revision.to_owned(), firewall.get()))
            .await?;
        let sql = "UPDATE runs SET config_revision = ?1 WHERE run_id = (SELECT max(run_id) FROM runs WHERE firewall_id = ?2)";
        self.execute("record the revision of a run", sql, (revision.to_owned(), firewall.get()))
            .await
    }

    /// Starts a run; one before it that never ended is marked, since its process died. History is in the
    /// order of runs; where the clock went backwards since the run before, a new turn of it begins.
    pub async fn run_begin(
        &self,
        firewall: FirewallId,
        now: Timestamp,
    ) -> Result<RunId, StoreError> {
        let interrupted = "UPDATE runs SET outcome = 'interrupted', reason = 'the process ended before the run did; what was read is kept'
             WHERE run_id = (SELECT max(run_id) FROM runs WHERE firewall_id = ?) AND outcome = 'running'";
        // Numbers below 1 are those of imports.
        let sql = "INSERT INTO runs (run_id, firewall_id, started_at, outcome, turn)
             VALUES (coalesce((SELECT max(1, max(run_id) + 1) FROM runs), 1), ?1, ?2, 'running', coalesce((SELECT turn + (started_at > ?2) FROM runs WHERE firewall_id = ?1 ORDER BY position DESC, run_id DESC LIMIT 1), 0))
             RETURNING run_id";
        let begin = move |connection: &Transaction<'_>| {
            let failed = || StoreError::write("begin a run");
            connection.execute(interrupted, [firewall.get()]).map_err(failed())?;
            connection
                .query_row(sql, (firewall.get(), now.millis()), |r| r.get(0))
                .map(RunId::new)
                .map_err(failed())
        };
        self.writer.transact("begin a run", begin).await
    }

    /// Ends a run.
    pub async fn run_end(
        &self,
        run: RunId,
        now: Timestamp,
        end: RunEnd<'_>,
    ) -> Result<(), StoreError> {
        let values = (
            now.millis(),
            end.outcome.as_str(),
            i64::try_from(end.requests).unwrap_or(i64::MAX),
            i64::try_from(end.changed).unwrap_or(i64::MAX),
            end.reason.map(str::to_owned),
            run.get(),
        );
        let sql = "UPDATE runs SET finished_at = ?, outcome = ?, requests = ?, changed = ?, reason = ? WHERE run_id = ?";
        self.execute("end a run", sql, values).await
    }

    async fn execute(
        &self,
        doing: &'static str,
        sql: &'static str,
        values: impl Params + Send + 'static,
    ) -> Result<(), StoreError> {
        let change = move |connection: &Transaction<'_>| {
            connection.execute(sql, values).map(drop).map_err(StoreError::write(doing))
        };
        self.writer.transact(doing, change).await
    }

    /// Records what every endpoint of a domain said when no row changes; the domain's rows and rejects.
    pub async fn note_sources(
        &self,
        firewall: FirewallId,
        domain: &'static dyn AnyDomain,
        at: Timestamp,
        sources: &[SourceState],
    ) -> Result<(u64, u64), StoreError> {
        let sources = sources.to_vec();
        let note = move |connection: &Transaction<'_>| {
            put_sources(connection, firewall, domain, at, None, &sources)?;
            let sql = "SELECT rows, rejects FROM domains WHERE firewall_id = ? AND domain = ?";
            let counts: Option<(i64, i64)> = connection
                .query_row(sql, (firewall.get(), domain.name()), |r| Ok((r.get(0)?, r.get(1)?)))
                .optional()
                .map_err(StoreError::write("count rows"))?;
            let (rows, rejects) = counts.unwrap_or_default();
            Ok((u64::try_from(rows).unwrap_or(0), u64::try_from(rejects).unwrap_or(0)))
        };
        self.writer.transact("record the state of sources", note).await
    }

    /// The configuration has not moved: what was fresh of it is as fresh as now.
    pub async fn confirm_config(
        &self,
        firewall: FirewallId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let config = ALL
            .iter()
            .filter(|d| d.cadence() == Cadence::Config)
            .map(|d| d.name())
            .collect::<Vec<_>>();
        let names = serde_json::json!(config).to_string();
        let sql = "UPDATE sources SET checked_at = ?1, good_at = ?1
             WHERE firewall_id = ?2 AND state = 'fresh' AND body_hash IS NOT NULL AND domain IN (SELECT value FROM json_each(?3))";
        self.execute("confirm the configuration", sql, (at.millis(), firewall.get(), names)).await
    }
}

/// What a finished run reports.
#[derive(Debug, Clone, Copy)]
pub struct RunEnd<'a> {
    pub outcome: RunOutcome,
    pub requests: u64,
    pub changed: u64,
    pub reason: Option<&'a str>,
}

fn firewall_row(row: FirewallColumns) -> FirewallRow {
    let (
        id,
        name,
        url,
        host_name,
        release,
        config_revision,
        run,
        started,
        finished,
        outcome,
        requests,
        reason,
    ) = row;
    let last_run = run.map(|run| RunRow {
        id: RunId::new(run),
        started_at: Timestamp::from_millis(started.unwrap_or(0)),
        finished_at: finished.map(Timestamp::from_millis),
        outcome: outcome.unwrap_or_default(),
        requests: requests.unwrap_or(0),
        reason,
    });
    FirewallRow {
        id: FirewallId::new(id),
        name,
        url,
        host_name,
        release,
        config_revision,
        last_run,
    }
}

/// The sources of a domain that no endpoint of any release gives.
fn config_only(domain: &'static dyn AnyDomain) -> Vec<&'static str> {
    let api: Vec<&str> = domain.api_sources().iter().map(|s| s.name).collect();
    domain.config_sources().iter().map(|s| s.name).filter(|name| !api.contains(name)).collect()
}

/// A fresh source moves `good_at`, its rows and its hash; any other keeps them, and one that is believed to be absent
/// has no rows any more. `run` is the newest one of
/// the firewall unless given.
pub(super) fn put_sources(
    connection: &Connection,
    firewall: FirewallId,
    domain: &'static dyn AnyDomain,
    at: Timestamp,
    run: Option<RunId>,
    sources: &[SourceState],
) -> Result<(), StoreError> {
    let failed = || StoreError::write("record the state of sources");
    // Endpoints that this release does not have any more say nothing about the domain; what was imported stays, and
    // an import, all of whose sources are of config.xml, forgets no endpoint.
    let config_only = config_only(domain);
    let is_import = !sources.is_empty() && sources.iter().all(|s| config_only.contains(&s.name));
    let others = domain.sources().iter().map(|s| s.name).filter(|_| is_import);
    let names: Vec<&str> =
        sources.iter().map(|s| s.name).chain(config_only.iter().copied()).chain(others).collect();
    source_states::note(connection, firewall, domain, at, run, sources, &names)?;
    let names = serde_json::json!(names).to_string();
    let sql = "DELETE FROM sources WHERE firewall_id = ? AND domain = ? AND source NOT IN (SELECT value FROM json_each(?))";
    let mut forget = connection.prepare_cached(sql).map_err(failed())?;
    forget.execute((firewall.get(), domain.name(), names)).map_err(failed())?;
    let sql = "INSERT INTO sources (firewall_id, domain, source, state, reason, gap, checked_at, good_at, rows, empty_since, empty_looks, body_hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, CASE WHEN ?8 THEN ?7 END, CASE WHEN ?8 OR ?4 = 'absent' THEN ?9 ELSE 0 END, ?10, ?11, ?12)
         ON CONFLICT (firewall_id, domain, source) DO UPDATE SET
            state = excluded.state, reason = excluded.reason, gap = excluded.gap, checked_at = excluded.checked_at,
            good_at = coalesce(excluded.good_at, good_at),
            rows = CASE WHEN ?8 OR ?4 = 'absent' THEN excluded.rows ELSE rows END,
            empty_since = excluded.empty_since, empty_looks = excluded.empty_looks,
            body_hash = CASE WHEN ?8 THEN excluded.body_hash ELSE body_hash END";
    let mut put = connection.prepare_cached(sql).map_err(failed())?;
    for source in sources {
        put.execute(params![
            firewall.get(),
            domain.name(),
            source.name,
            source.state.as_str(),
            source.reason,
            source.gap,
            at.millis(),
            source.state == State::Fresh,
            i64::try_from(source.rows).unwrap_or(i64::MAX),
            source.empty.map(|(since, _)| since.millis()),
            source.empty.map_or(0, |(_, looks)| looks),
            source.body_hash.map(|hash| hash.as_bytes().to_vec()),
        ])
        .map_err(failed())?;
    }
    Ok(())
}
