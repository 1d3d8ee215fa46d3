//! States of the past, from config.xml: history is extended, and what is newer is never touched.
//!
//! A domain that a sync has read is the sync's from its first snapshot on: the running firewall knows more (automatic
//! rules, link states) than config.xml, so a revision after that is recorded with its words and takes no snapshot.
//! Before it, or where no sync read the domain, a revision is a snapshot at its time. If nothing is newer it becomes
//! the domain's table; else only history learns of it, and the state it stands between is restored behind it.

use rusqlite::{Connection, OptionalExtension};

use crate::domain::{AnyDomain, RawRows};
use crate::types::{ContentHash, FirewallId, Release, RunId, Timestamp};

use super::apply::{Batch, Hashed, SourceState, apply, put_snapshot};
use super::error::StoreError;
use super::open::Store;
use super::revisions::{self, Known, Revision};

/// Everything one config.xml says, as one run.
#[derive(Debug)]
pub struct Import {
    /// Its name; a firewall that is not known yet is made.
    pub firewall: String,
    pub kind: ImportKind,
    /// The save that made it; its time is that of the snapshots.
    pub revision: Revision,
    /// When it was read.
    pub read_at: Timestamp,
    pub release: Release,
    pub host_name: Option<String>,
    pub domains: Vec<ImportedState>,
}

/// Where a config.xml came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportKind {
    /// A file that the user named.
    Import,
    /// The firewall's own history.
    Backfill,
}

impl ImportKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Backfill => "backfill",
        }
    }
}

/// The state of one domain.
#[derive(Debug)]
pub struct ImportedState {
    pub domain: &'static dyn AnyDomain,
    pub rows: RawRows,
    pub sources: Vec<SourceState>,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    /// This revision was read before.
    Known,
    Done {
        run: RunId,
        domains: Vec<ImportedDomain>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedDomain {
    pub domain: &'static str,
    pub effect: Effect,
    pub rows: u64,
    pub changed: u64,
    pub rejects: u64,
}

/// What became of one domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing is newer: its table shows it now.
    Current,
    /// A snapshot of the past.
    History,
    /// The state before it was the same.
    Unchanged,
    /// A sync has read this domain at this time; it knows more.
    Covered,
}

impl Store {
    /// Takes one config.xml in, all of it or, on an error, nothing.
    pub async fn import(&self, import: Import) -> Result<Imported, StoreError> {
        self.writer.transact("import", move |connection| take(connection, import)).await
    }
}

fn take(connection: &Connection, import: Import) -> Result<Imported, StoreError> {
    let failed = || StoreError::write("import a configuration");
    let (firewall, at) = (firewall(connection, &import)?, import.revision.at);
    if revisions::known(connection, firewall, &import.revision)? == Known::Read {
        return Ok(Imported::Known);
    }
    let sql = "INSERT INTO runs (firewall_id, started_at, finished_at, outcome, kind) VALUES (?, ?, ?, 'complete', ?) RETURNING run_id";
    let values = (firewall.get(), at.millis(), import.read_at.millis(), import.kind.as_str());
    let run = connection.query_row(sql, values, |r| r.get(0)).map(RunId::new).map_err(failed())?;
    let mut domains = Vec::with_capacity(import.domains.len());
    for state in import.domains {
        let batch = Batch {
            firewall,
            domain: state.domain,
            run,
            at,
            rows: state.rows,
            sources: state.sources,
        };
        domains.push(one(connection, &batch)?);
    }
    let changed: u64 = domains.iter().map(|d| d.changed).sum();
    connection
        .execute(
            "UPDATE runs SET changed = ? WHERE run_id = ?",
            (i64::try_from(changed).unwrap_or(i64::MAX), run.get()),
        )
        .map_err(failed())?;
    // What a sync learnt is better than what a file lets guess.
    connection
        .execute(
            "UPDATE firewalls SET release = coalesce(release, ?), release_exact = coalesce(release_exact, 0),
                host_name = coalesce(host_name, ?) WHERE firewall_id = ?",
            (import.release.to_string(), import.host_name.as_deref(), firewall.get()),
        )
        .map_err(failed())?;
    revisions::put(connection, firewall, &import.revision, Some(run), None)?;
    Ok(Imported::Done { run, domains })
}

/// A firewall that was never synced has no URL.
fn firewall(connection: &Connection, import: &Import) -> Result<FirewallId, StoreError> {
    let failed = || StoreError::write("record a firewall");
    let sql = "INSERT INTO firewalls (name, url, first_seen) VALUES (?, '', ?) ON CONFLICT (name) DO NOTHING";
    connection.execute(sql, (&import.firewall, import.read_at.millis())).map_err(failed())?;
    let sql = "SELECT firewall_id FROM firewalls WHERE name = ?";
    connection
        .query_row(sql, [&import.firewall], |r| r.get(0))
        .map(FirewallId::new)
        .map_err(failed())
}

fn one(connection: &Connection, batch: &Batch) -> Result<ImportedDomain, StoreError> {
    let done = |effect, rows, changed, rejects| ImportedDomain {
        domain: batch.domain.name(),
        effect,
        rows,
        changed,
        rejects,
    };
    let count = u64::try_from(batch.rows.len()).unwrap_or(u64::MAX);
    let synced = synced_since(connection, batch)?;
    if synced.is_some_and(|since| since <= batch.at) {
        return Ok(done(Effect::Covered, count, 0, 0));
    }
    let newest = newest(connection, batch)?;
    if synced.is_none() && newest.is_none_or(|newest| newest <= batch.at) {
        let applied = apply(connection, batch)?;
        let effect = if applied.changed == 0 && newest.is_some() {
            Effect::Unchanged
        } else {
            Effect::Current
        };
        return Ok(done(effect, applied.rows, applied.changed, applied.rejects));
    }
    let hashed = Hashed::new(batch);
    let before = before(connection, batch)?;
    if before.as_ref().is_some_and(|before| before.root == hashed.root()) {
        return Ok(done(Effect::Unchanged, count, 0, 0));
    }
    put_snapshot(connection, batch, &hashed, &[])?;
    if let Some(before) = before {
        restore(connection, batch, &before)?;
    }
    Ok(done(Effect::History, count, count, 0))
}

/// Since when syncs have read this domain; `None` when none has.
fn synced_since(connection: &Connection, batch: &Batch) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT min(s.taken_at) FROM snapshots s JOIN runs r ON r.run_id = s.run_id
         WHERE s.firewall_id = ? AND s.domain = ? AND r.kind = 'sync'";
    millis(connection, sql, batch)
}

fn newest(connection: &Connection, batch: &Batch) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT max(taken_at) FROM snapshots WHERE firewall_id = ? AND domain = ?";
    millis(connection, sql, batch)
}

fn millis(
    connection: &Connection,
    sql: &str,
    batch: &Batch,
) -> Result<Option<Timestamp>, StoreError> {
    let found: Option<i64> = connection
        .prepare_cached(sql)
        .and_then(|mut s| s.query_row((batch.firewall.get(), batch.domain.name()), |r| r.get(0)))
        .map_err(StoreError::write("find the age of a domain"))?;
    Ok(found.map(Timestamp::from_millis))
}

/// A stored state.
struct Stored {
    root: ContentHash,
    height: u32,
    rows: i64,
}

/// The state that was the newest at the time of `batch`.
fn before(connection: &Connection, batch: &Batch) -> Result<Option<Stored>, StoreError> {
    let sql = "SELECT root, height, rows FROM snapshots
         WHERE firewall_id = ? AND domain = ? AND taken_at <= ? ORDER BY taken_at DESC, run_id DESC LIMIT 1";
    let values = (batch.firewall.get(), batch.domain.name(), batch.at.millis());
    let found: Option<(Vec<u8>, u32, i64)> = connection
        .prepare_cached(sql)
        .and_then(|mut s| s.query_row(values, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))).optional())
        .map_err(StoreError::write("find the state before"))?;
    Ok(found.and_then(|(root, height, rows)| {
        Some(Stored { root: ContentHash::from_slice(&root)?, height, rows })
    }))
}

/// The run after `batch` saw the state before it and took no snapshot of what had not changed: now it had.
fn restore(connection: &Connection, batch: &Batch, before: &Stored) -> Result<(), StoreError> {
    let failed = || StoreError::write("restore the state behind");
    let sql = "SELECT run_id, started_at FROM runs
         WHERE firewall_id = ? AND started_at > ? AND outcome IN ('complete', 'partial')
         ORDER BY started_at, run_id LIMIT 1";
    let next: Option<(i64, i64)> = connection
        .query_row(sql, (batch.firewall.get(), batch.at.millis()), |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()
        .map_err(failed())?;
    let Some((run, at)) = next else { return Ok(()) };
    let sql = "INSERT INTO snapshots (firewall_id, domain, run_id, taken_at, root, height, rows)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
         WHERE NOT EXISTS (SELECT 1 FROM snapshots WHERE firewall_id = ?1 AND domain = ?2 AND run_id = ?3)";
    let (firewall, domain) = (batch.firewall.get(), batch.domain.name());
    let root = before.root.as_bytes().as_slice();
    connection
        .execute(sql, (firewall, domain, run, at, root, before.height, before.rows))
        .map(drop)
        .map_err(failed())
}
