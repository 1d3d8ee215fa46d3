//! States of the past, from config.xml: history is extended, and what is newer is never touched.
//!
//! A revision from before the first sync is a run of its own time: its number ([`number`]) is in order of time among
//! those of its firewall. What it says of a domain becomes the table if nothing is newer; else only history learns
//! of it, and the state that it stands between is restored behind it.
//!
//! From the first sync on, states are the syncs': the running firewall knows more than config.xml (automatic rules,
//! link states). Then the newest revision alone is taken, as a run of now, for the sources that no endpoint gives
//! (static maps of ISC, port forwards before 26.1); an older one is recorded with its words.

use rusqlite::{Connection, OptionalExtension};

use crate::domain::{AnyDomain, RawRow, RawRows};
use crate::types::{ContentHash, FirewallId, Release, RunId, Timestamp};

use super::apply::{Batch, Hashed, SourceState, apply, put_snapshot};
use super::error::StoreError;
use super::open::Store;
use super::revisions::{self, Known, Revision};
use super::snapshot::{self, Height};
use super::source_states;

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
    /// Syncs cover its time; its words were recorded.
    Covered,
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
    /// Syncs read all of this domain.
    Covered,
}

impl Store {
    /// Takes one config.xml in, all of it or, on an error, nothing.
    pub async fn import(&self, import: Import) -> Result<Imported, StoreError> {
        self.writer.transact("import", move |connection| take(connection, import)).await
    }
}

impl Store {
    /// The running configuration beside what syncs read: the sources that no endpoint gives are those of `import`
    /// now, whenever it was saved. Its revision is recorded by [`Store::import`].
    pub async fn import_running(&self, import: Import) -> Result<RunId, StoreError> {
        self.writer.transact("import the running configuration", move |c| running(c, import)).await
    }
}

fn running(connection: &Connection, import: Import) -> Result<RunId, StoreError> {
    let firewall = firewall(connection, &import)?;
    let run = begin(connection, firewall, &import, true)?;
    let at = import.read_at;
    let mut changed = 0;
    for ImportedState { domain, rows, sources } in import.domains {
        changed +=
            beside_syncs(connection, Batch { firewall, domain, run, at, rows, sources })?.changed;
    }
    let values = (i64::try_from(changed).unwrap_or(i64::MAX), run.get());
    connection
        .execute("UPDATE runs SET changed = ? WHERE run_id = ?", values)
        .map_err(StoreError::write("import the running configuration"))?;
    Ok(run)
}

/// Why a revision from the time of syncs has no run.
pub(super) const COVERED: &str = "syncs had read the firewall before it was saved";

fn take(connection: &Connection, import: Import) -> Result<Imported, StoreError> {
    let firewall = firewall(connection, &import)?;
    if revisions::known(connection, firewall, &import.revision)? == Known::Read {
        return Ok(Imported::Known);
    }
    let synced = synced_since(connection, firewall)?.filter(|since| *since <= import.revision.at);
    if synced.is_some() && revisions::is_older(connection, firewall, import.revision.at)? {
        revisions::put(connection, firewall, &import.revision, None, Some(COVERED))?;
        return Ok(Imported::Covered);
    }
    let run = begin(connection, firewall, &import, synced.is_some())?;
    let at = match import.kind {
        // The newest backup is the running configuration.
        ImportKind::Backfill if synced.is_some() => import.read_at,
        _ => import.revision.at,
    };
    let mut domains = Vec::with_capacity(import.domains.len());
    for ImportedState { domain, rows, sources } in import.domains {
        let batch = Batch { firewall, domain, run, at, rows, sources };
        domains.push(match synced {
            None => before_syncs(connection, &batch)?,
            Some(_) => beside_syncs(connection, batch)?,
        });
    }
    let failed = || StoreError::write("import a configuration");
    let changed: u64 = domains.iter().map(|d| d.changed).sum();
    let values = (i64::try_from(changed).unwrap_or(i64::MAX), run.get());
    connection.execute("UPDATE runs SET changed = ? WHERE run_id = ?", values).map_err(failed())?;
    // What a sync learnt is better than what a file lets guess.
    let sql = "UPDATE firewalls SET release = coalesce(release, ?), release_exact = coalesce(release_exact, 0),
            host_name = coalesce(host_name, ?) WHERE firewall_id = ?";
    let values = (import.release.to_string(), import.host_name.as_deref(), firewall.get());
    connection.execute(sql, values).map_err(failed())?;
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

/// When the first sync began that read something.
pub(super) fn synced_since(
    connection: &Connection,
    firewall: FirewallId,
) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT min(r.started_at) FROM runs r
         WHERE r.firewall_id = ? AND r.kind = 'sync' AND EXISTS (SELECT 1 FROM snapshots s WHERE s.run_id = r.run_id)";
    let found: Option<i64> = connection
        .query_row(sql, [firewall.get()], |r| r.get(0))
        .map_err(StoreError::write("find the first sync"))?;
    Ok(found.map(Timestamp::from_millis))
}

/// Records the run: of its own time before the first sync, of now beside them.
fn begin(
    connection: &Connection,
    firewall: FirewallId,
    import: &Import,
    is_beside: bool,
) -> Result<RunId, StoreError> {
    let failed = || StoreError::write("record an import");
    let (number, started) = if is_beside {
        (None, import.read_at)
    } else {
        (number(connection, firewall, import.revision.at)?, import.revision.at)
    };
    let sql = "INSERT INTO runs (run_id, firewall_id, started_at, finished_at, outcome, kind, turn)
         VALUES (coalesce(?1, (SELECT max(1, max(run_id) + 1) FROM runs), 1), ?2, ?3, ?4, 'complete', ?5, coalesce(
            (SELECT turn FROM runs WHERE firewall_id = ?2 AND run_id > ?1 ORDER BY run_id LIMIT 1),
            (SELECT turn FROM runs WHERE firewall_id = ?2 ORDER BY run_id DESC LIMIT 1), 0))
         RETURNING run_id";
    let values =
        (number, firewall.get(), started.millis(), import.read_at.millis(), import.kind.as_str());
    connection.query_row(sql, values, |r| r.get(0)).map(RunId::new).map_err(failed())
}

/// How far below the first sync imported runs begin: there is room for more between.
const BELOW: i64 = 1 << 30;

/// How far apart imported runs stand.
const APART: i64 = 1 << 14;

/// A free number in order of time among the runs of a firewall; `None` for the next one.
///
/// History is ordered by the number of its runs, because a clock may go backwards. States from before the first
/// sync have negative numbers: few people ever see them, there is room between them for files that come later, and
/// nothing that refers to a run has to be numbered anew.
fn number(
    connection: &Connection,
    firewall: FirewallId,
    at: Timestamp,
) -> Result<Option<i64>, StoreError> {
    let failed = || StoreError::write("number an import");
    let one = |sql: &str| -> Result<Option<i64>, StoreError> {
        connection.query_row(sql, (firewall.get(), at.millis()), |r| r.get(0)).map_err(failed())
    };
    let above = one("SELECT min(run_id) FROM runs WHERE firewall_id = ? AND started_at > ?")?;
    // Syncs count from 1.
    let above = above.unwrap_or(1);
    let sql =
        "SELECT max(run_id) FROM runs WHERE firewall_id = ?1 AND started_at <= ?2 AND run_id < ?3";
    let below: Option<i64> = connection
        .query_row(sql, (firewall.get(), at.millis(), above), |r| r.get(0))
        .map_err(failed())?;
    let mut number = match below {
        None => above.saturating_sub(BELOW),
        Some(below) if above - below > 2 * APART => below + APART,
        Some(below) => below + (above - below) / 2,
    };
    let sql = "SELECT EXISTS (SELECT 1 FROM runs WHERE run_id = ?)";
    let mut taken = connection.prepare_cached(sql).map_err(failed())?;
    while taken.query_row([number], |r| r.get::<_, bool>(0)).map_err(failed())? {
        number += 1;
        if number >= above {
            return Err(StoreError::NoRoom { at });
        }
    }
    Ok(Some(number))
}

fn done(
    batch: &Batch,
    effect: Effect,
    (rows, changed, rejects): (u64, u64, u64),
) -> ImportedDomain {
    ImportedDomain { domain: batch.domain.name(), effect, rows, changed, rejects }
}

/// The state of a domain before any sync.
fn before_syncs(connection: &Connection, batch: &Batch) -> Result<ImportedDomain, StoreError> {
    let count = u64::try_from(batch.rows.len()).unwrap_or(u64::MAX);
    let newest = neighbour(connection, batch, "run_id > ?3 ORDER BY run_id")?;
    if newest.is_none() && !is_ahead(connection, batch)? {
        forget_sources(connection, batch)?;
        let before = neighbour(connection, batch, "run_id < ?3 ORDER BY run_id DESC")?;
        let applied = apply(connection, batch)?;
        let effect = if before.is_some() && applied.changed == 0 {
            Effect::Unchanged
        } else {
            Effect::Current
        };
        return Ok(done(batch, effect, (applied.rows, applied.changed, applied.rejects)));
    }
    let hashed = Hashed::new(batch);
    source_states::add(connection, batch)?;
    let before = neighbour(connection, batch, "run_id < ?3 ORDER BY run_id DESC")?;
    if before.as_ref().is_some_and(|before| before.root == hashed.root()) {
        return Ok(done(batch, Effect::Unchanged, (count, 0, 0)));
    }
    put_snapshot(connection, batch, &hashed, &[])?;
    if let Some(before) = before {
        restore(connection, batch, &before)?;
    }
    Ok(done(batch, Effect::History, (count, count, 0)))
}

/// A run that saw the domain `?2`: an import sees all that config.xml has, a sync what an endpoint gave.
const SAW_IT: &str = "outcome IN ('complete', 'partial') AND (kind <> 'sync' OR EXISTS (
        SELECT 1 FROM sources q WHERE q.firewall_id = ?1 AND q.domain = ?2 AND q.body_hash IS NOT NULL))";

/// Whether a later run has seen this domain, unchanged since a state before `batch`.
fn is_ahead(connection: &Connection, batch: &Batch) -> Result<bool, StoreError> {
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM domains WHERE firewall_id = ?1 AND domain = ?2)
             AND EXISTS (SELECT 1 FROM runs WHERE firewall_id = ?1 AND run_id > ?3 AND {SAW_IT})"
    );
    connection
        .query_row(&sql, (batch.firewall.get(), batch.domain.name(), batch.run.get()), |r| r.get(0))
        .map_err(StoreError::write("look for a newer run"))
}

/// A file of another release may have named its sources differently.
fn forget_sources(connection: &Connection, batch: &Batch) -> Result<(), StoreError> {
    let names: Vec<&str> = batch.sources.iter().map(|s| s.name).collect();
    let sql = "DELETE FROM sources WHERE firewall_id = ? AND domain = ? AND source NOT IN (SELECT value FROM json_each(?))";
    let values = (batch.firewall.get(), batch.domain.name(), serde_json::json!(names).to_string());
    connection.execute(sql, values).map(drop).map_err(StoreError::write("forget sources"))
}

/// Beside syncs: the sources that no endpoint gives are replaced, all others stay.
fn beside_syncs(connection: &Connection, mut batch: Batch) -> Result<ImportedDomain, StoreError> {
    let count = u64::try_from(batch.rows.len()).unwrap_or(u64::MAX);
    let asked: Vec<&str> = batch.domain.api_sources().iter().map(|s| s.name).collect();
    let mine = |name: &str| !asked.contains(&name);
    batch.sources.retain(|source| mine(source.name));
    if batch.sources.is_empty() {
        return Ok(done(&batch, Effect::Covered, (count, 0, 0)));
    }
    let head = snapshot::projection(connection, batch.firewall, batch.domain.name())?;
    let kept = match head.and_then(|projection| projection.head) {
        Some(head) => snapshot::rows(connection, batch.firewall, batch.domain, head)?,
        None => Vec::new(),
    };
    let kept = kept.into_iter().filter(|row| !mine(row.source));
    let new = batch.rows.iter().filter(|row| mine(row.source)).cloned();
    let rows: Vec<RawRow> = kept.chain(new).collect();
    batch.rows = RawRows::new(batch.domain, rows);
    let applied = apply(connection, &batch)?;
    close_gaps(connection, &batch)?;
    let effect = if applied.changed == 0 { Effect::Unchanged } else { Effect::Current };
    Ok(done(&batch, effect, (applied.rows, applied.changed, applied.rejects)))
}

/// What endpoints could not tell until now.
fn close_gaps(connection: &Connection, batch: &Batch) -> Result<(), StoreError> {
    let is_read = |name: &str| batch.sources.iter().any(|source| source.name == name);
    for source in batch.domain.api_sources() {
        if source.gap_until.is_some_and(is_read) {
            let sql = "UPDATE sources SET gap = NULL WHERE firewall_id = ? AND domain = ? AND source = ? AND gap = ?";
            let values = (batch.firewall.get(), batch.domain.name(), source.name, source.gap);
            connection.execute(sql, values).map_err(StoreError::write("close a gap"))?;
        }
    }
    Ok(())
}

/// A stored state.
struct Stored {
    root: ContentHash,
    height: u32,
    rows: i64,
}

/// The snapshot of the domain that is next to the run of `batch`.
fn neighbour(
    connection: &Connection,
    batch: &Batch,
    which: &str,
) -> Result<Option<Stored>, StoreError> {
    let sql = format!(
        "SELECT root, height, rows FROM snapshots WHERE firewall_id = ?1 AND domain = ?2 AND {which} LIMIT 1"
    );
    let values = (batch.firewall.get(), batch.domain.name(), batch.run.get());
    let found: Option<(Vec<u8>, Height, i64)> = connection
        .prepare_cached(&sql)
        .and_then(|mut s| s.query_row(values, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))).optional())
        .map_err(StoreError::write("find a neighbouring state"))?;
    Ok(found.and_then(|(root, height, rows)| {
        Some(Stored { root: ContentHash::from_slice(&root)?, height: height.0, rows })
    }))
}

/// The run after `batch` saw the state before it and took no snapshot of what had not changed: now it had.
fn restore(connection: &Connection, batch: &Batch, before: &Stored) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO snapshots (firewall_id, domain, run_id, taken_at, root, height, rows)
         SELECT firewall_id, ?2, run_id, started_at, ?4, ?5, ?6 FROM (
            SELECT firewall_id, run_id, started_at FROM runs
            WHERE firewall_id = ?1 AND run_id > ?3 AND {SAW_IT} ORDER BY run_id LIMIT 1) AS next
         WHERE NOT EXISTS (SELECT 1 FROM snapshots s WHERE s.firewall_id = ?1 AND s.domain = ?2 AND s.run_id = next.run_id)"
    );
    let values = (
        batch.firewall.get(),
        batch.domain.name(),
        batch.run.get(),
        before.root.as_bytes().as_slice(),
        before.height,
        before.rows,
    );
    connection
        .execute(&sql, values)
        .map(drop)
        .map_err(StoreError::write("restore the state behind"))
}
