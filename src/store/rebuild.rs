//! Tables from snapshots: those of an earlier moment, in memory.

use std::ffi::CStr;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use crate::domain::{AnyDomain, RawRow, RawRows};
use crate::types::{ContentHash, RunId, Timestamp};

use super::apply::{self, Batch};
use super::beside;
use super::chunks::Chunks;
use super::error::StoreError;
use super::past::RunAt;
use super::snapshot::{self, Head, Height};

/// SQLite's own file system in memory: a database whose name begins with `/` is shared by the connections of
/// one process, each with its own cache, and freed with the last of them.
pub(super) const MEMORY: &CStr = c"memdb";

/// Tables of the history itself. They are not copied: in the database in memory their names mean those of
/// the file that is attached to it while it is filled.
const HISTORY: &str = "'chunks', 'snapshots', 'volatiles', 'volatile_states', 'source_states', 'presence', '_sqlx_migrations'";

/// Names are never used twice, so a state that is still read is never written by another.
static NAMED: AtomicU64 = AtomicU64::new(0);

/// An empty database in memory with the tables of the one at `path`, and the firewalls and runs of then.
pub(super) fn tables(path: &Path, runs: &[RunAt]) -> Result<(Connection, String), StoreError> {
    let failed = || StoreError::write("make room for an earlier state");
    let name = format!("/opndex-{}", NAMED.fetch_add(1, Ordering::Relaxed));
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection =
        Connection::open_with_flags_and_vfs(&name, flags, MEMORY).map_err(failed())?;
    connection
        .execute_batch("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY; PRAGMA trusted_schema = OFF;")
        .map_err(failed())?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute("ATTACH ? AS file", [read_only(path)]).map_err(failed())?;
    let transaction = connection.transaction().map_err(failed())?;
    let sql = format!(
        "SELECT s.sql FROM file.sqlite_schema s
         WHERE s.sql IS NOT NULL AND s.tbl_name NOT IN ({HISTORY}) AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
           AND s.name NOT IN (SELECT name FROM pragma_table_list WHERE schema = 'file' AND type = 'shadow')
         ORDER BY CASE s.type WHEN 'table' THEN 0 WHEN 'index' THEN 1 WHEN 'view' THEN 2 ELSE 3 END, s.rowid"
    );
    let statements: Vec<String> = transaction
        .prepare(&sql)
        .and_then(|mut s| s.query_map([], |r| r.get(0))?.collect())
        .map_err(failed())?;
    for statement in statements {
        transaction.execute_batch(&statement).map_err(failed())?;
    }
    for run in runs {
        let sql = "INSERT INTO runs SELECT * FROM file.runs WHERE run_id = ?";
        transaction.execute(sql, [run.run.get()]).map_err(failed())?;
        let sql = "INSERT INTO firewalls SELECT * FROM file.firewalls WHERE firewall_id = ?";
        transaction.execute(sql, [run.firewall.get()]).map_err(failed())?;
        // What was told by then; runs before this was recorded did not keep it.
        let sql = "UPDATE firewalls SET
                 release = coalesce((SELECT release FROM file.runs WHERE firewall_id = ?1 AND position <= ?2 AND release IS NOT NULL ORDER BY position DESC LIMIT 1), release),
                 config_revision = (SELECT config_revision FROM file.runs WHERE firewall_id = ?1 AND position <= ?2 AND config_revision IS NOT NULL ORDER BY position DESC LIMIT 1)
             WHERE firewall_id = ?1";
        transaction.execute(sql, (run.firewall.get(), run.position)).map_err(failed())?;
    }
    transaction.commit().map_err(failed())?;
    Ok((connection, name))
}

/// The file at `path` as a URI: attached plainly it would be looked for in memory, as the main database is.
fn read_only(path: &Path) -> String {
    const DISK: &str = if cfg!(windows) { "win32" } else { "unix" };
    let path = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let path = if cfg!(windows) { format!("/{}", path.replace('\\', "/")) } else { path };
    format!("file:{path}?mode=ro&vfs={DISK}")
}

/// Fills the table of `domain` with its rows at `runs`, and what its sources had said by then.
pub(super) fn fill(
    connection: &mut Connection,
    domain: &'static dyn AnyDomain,
    runs: &[RunAt],
) -> Result<(), StoreError> {
    let failed = || StoreError::write("rebuild an earlier state");
    let transaction = connection.transaction().map_err(failed())?;
    for run in runs {
        fill_one(&transaction, domain, *run)?;
    }
    transaction.commit().map_err(failed())
}

/// Fills `sightings` for the devices that the tables show: what was known of them then.
pub(super) fn fill_sightings(
    connection: &mut Connection,
    runs: &[RunAt],
) -> Result<(), StoreError> {
    let failed = || StoreError::write("rebuild sightings");
    let transaction = connection.transaction().map_err(failed())?;
    let sql = format!(
        "INSERT OR IGNORE INTO main.sightings
         SELECT s.sighting_id, s.firewall_id, s.client, s.ip, s.ip_sort, s.interface, s.first_at,
                (SELECT CASE WHEN p.last_at < ?2 THEN p.last_at END FROM file.presence p
                 WHERE p.sighting_id = s.sighting_id AND p.first_at <= ?2 ORDER BY p.first_run DESC LIMIT 1)
         FROM file.sightings s
         WHERE s.firewall_id = ?1 AND s.client IN ({}) AND s.first_at <= ?2
           AND EXISTS (SELECT 1 FROM file.presence p WHERE p.sighting_id = s.sighting_id AND p.first_at <= ?2)",
        super::presence::clients()
    );
    for at in runs {
        let values = (at.firewall.get(), at.started_at.millis());
        transaction.execute(&sql, values).map_err(failed())?;
    }
    transaction.commit().map_err(failed())
}

/// Bytes of the database in memory.
pub(super) fn size(connection: &Connection) -> Result<u64, StoreError> {
    connection
        .query_row(
            "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
            [],
            |r| r.get::<_, i64>(0),
        )
        .map(|bytes| u64::try_from(bytes).unwrap_or(0))
        .map_err(StoreError::write("measure an earlier state"))
}

fn fill_one(
    connection: &Connection,
    domain: &'static dyn AnyDomain,
    at: RunAt,
) -> Result<(), StoreError> {
    let failed = || StoreError::write("rebuild a table");
    let found = found(connection, domain, at)?;
    let mut note = None;
    let mut broken = None;
    if let Some(found) = &found {
        match rows(connection, domain, found, at) {
            Ok((rows, volatile)) => {
                note = thinned(found, at).or_else(|| drifted(domain, &volatile, at));
                let rows = RawRows::new(domain, rows);
                let batch = Batch {
                    firewall: at.firewall,
                    domain,
                    run: at.run,
                    at: at.started_at,
                    rows,
                    sources: Vec::new(),
                };
                apply::fill(connection, &batch, || ())?;
            }
            // The other domains answer; this one says why it cannot.
            Err(damaged @ StoreError::Damaged { .. }) => broken = Some(damaged.to_string()),
            Err(other) => return Err(other),
        }
    }
    if found.is_none() {
        note = forgotten(connection, domain, at)?;
    }
    let (firewall, name) = (at.firewall.get(), domain.name());
    let sql = "INSERT INTO sources (firewall_id, domain, source, state, reason, gap, checked_at, good_at, rows)
         SELECT firewall_id, domain, source, CASE WHEN ?5 IS NULL OR state = 'absent' THEN state ELSE 'malformed' END,
                coalesce(?5, reason), gap, ?4, CASE state WHEN 'fresh' THEN ?4 ELSE good_at END, rows
         FROM (SELECT s.*, max(coalesce(r.position, 0)) FROM source_states s LEFT JOIN file.runs r ON r.run_id = s.run_id
               WHERE s.firewall_id = ?1 AND s.domain = ?2 AND coalesce(r.position, 0) <= ?3 GROUP BY s.source)";
    connection
        .execute(sql, params![firewall, name, at.position, at.started_at.millis(), broken])
        .map_err(failed())?;
    if let Some(note) = note {
        // One source carries the remark: an answer repeats none.
        let sql = "UPDATE sources SET gap = ?3 || coalesce('; ' || gap, '') WHERE firewall_id = ?1 AND domain = ?2
             AND source = (SELECT source FROM sources WHERE firewall_id = ?1 AND domain = ?2 AND (state = 'fresh' OR rows > 0) ORDER BY state <> 'fresh', rows DESC LIMIT 1)";
        connection.execute(sql, params![firewall, name, note]).map_err(failed())?;
    }
    if let Some(found) = &found {
        // An imported state comes from a file and not from an endpoint.
        let sql = "INSERT INTO sources (firewall_id, domain, source, state, checked_at, good_at, rows)
             SELECT ?1, ?2, 'history', CASE WHEN ?4 IS NULL THEN 'fresh' ELSE 'malformed' END, ?3, ?3, 0
             WHERE NOT EXISTS (SELECT 1 FROM sources WHERE firewall_id = ?1 AND domain = ?2)";
        let values = params![firewall, name, found.taken_at.millis(), broken];
        connection.execute(sql, values).map_err(failed())?;
        let rows = super::upsert::count(connection, domain, at.firewall)?;
        let rejects = super::rejects::count(connection, at.firewall, domain)?;
        let stamp = apply::stamp(domain);
        let sql = "INSERT INTO domains (firewall_id, domain, rows, rejects, stamp) VALUES (?, ?, ?, ?, ?)";
        connection
            .execute(sql, params![firewall, name, rows, rejects, stamp.as_bytes().as_slice()])
            .map_err(failed())?;
    }
    Ok(())
}

/// The snapshot that shows a domain at a run.
pub(super) struct Found {
    pub(super) head: Head,
    pub(super) run: RunId,
    pub(super) taken_at: Timestamp,
    thinned_from: Option<i64>,
}

type FoundColumns = (i64, Vec<u8>, Height, i64, i64, Option<i64>);

/// The newest snapshot of `domain` up to a run.
pub(super) fn found(
    connection: &Connection,
    domain: &'static dyn AnyDomain,
    at: RunAt,
) -> Result<Option<Found>, StoreError> {
    let failed = || StoreError::write("find a snapshot");
    let sql = "SELECT snapshot_id, root, height, run_id, taken_at, thinned_from FROM snapshots
         WHERE firewall_id = ? AND domain = ? AND (position, run_id) <= (?, ?) ORDER BY position DESC, run_id DESC, snapshot_id DESC LIMIT 1";
    let mut statement = connection.prepare_cached(sql).map_err(failed())?;
    let row: Option<FoundColumns> = statement
        .query_row((at.firewall.get(), domain.name(), at.position, at.run.get()), |r| {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?, r.get(5)?))
        })
        .optional()
        .map_err(failed())?;
    let Some((id, root, height, run, taken_at, thinned_from)) = row else { return Ok(None) };
    let root = ContentHash::from_slice(&root).ok_or_else(|| StoreError::Damaged {
        domain: domain.name(),
        chunk: format!("(root of snapshot {id})"),
        problem: "has no address",
    })?;
    Ok(Some(Found {
        head: Head { id, root, height: height.0 },
        run: RunId::new(run),
        taken_at: Timestamp::from_millis(taken_at),
        thinned_from,
    }))
}

/// What is known of the volatile fields of a rebuilt state.
enum Volatile {
    Of(Timestamp),
    NotKept,
    /// And why they cannot be read.
    Damaged(String),
}

/// The rows of a snapshot with the volatile fields that were kept last before `run`, and when those were.
fn rows(
    connection: &Connection,
    domain: &'static dyn AnyDomain,
    found: &Found,
    at: RunAt,
) -> Result<(Vec<RawRow>, Volatile), StoreError> {
    let chunks = Chunks::new(connection, domain.name());
    let stable = snapshot::lines(&chunks, found.head)?;
    let bare = || beside::read(domain, &stable, found.head, |_| None);
    let kept = match beside::until(connection, at.firewall, domain, at.position) {
        Ok(Some(kept)) => kept,
        Ok(None) => return bare().map(|rows| (rows, Volatile::NotKept)),
        // The rows are whole: only these fields are not.
        Err(error @ StoreError::Damaged { .. }) => {
            return bare().map(|rows| (rows, Volatile::Damaged(error.to_string())));
        }
        Err(other) => return Err(other),
    };
    let then = Volatile::Of(kept.at);
    if kept.of.id == found.head.id {
        let lines = kept.lines();
        let rows = beside::read(domain, &stable, found.head, |i| lines.get(i).copied())?;
        return Ok((rows, then));
    }
    // They stand beside the rows of another snapshot: matched by identity.
    let theirs = match kept.rows(&chunks, domain) {
        Ok(theirs) => theirs,
        Err(error @ StoreError::Damaged { .. }) => {
            return bare().map(|rows| (rows, Volatile::Damaged(error.to_string())));
        }
        Err(other) => return Err(other),
    };
    let mut rows = bare()?;
    let state = RawRows::new(domain, Vec::new());
    for row in &mut rows {
        let mut identity = Vec::new();
        state.write_identity(row, &mut identity);
        if let Some(other) = theirs.get(&identity) {
            row.take_volatile(domain.fields(), other);
        }
    }
    Ok((rows, then))
}

/// What to say when a domain was read by then and no state from before is kept: an empty table would be believed.
fn forgotten(
    connection: &Connection,
    domain: &'static dyn AnyDomain,
    at: RunAt,
) -> Result<Option<String>, StoreError> {
    let sql = "SELECT min(taken_at) FROM snapshots WHERE firewall_id = ?1 AND domain = ?2
           AND EXISTS (SELECT 1 FROM source_states q LEFT JOIN file.runs r ON r.run_id = q.run_id
                 WHERE q.firewall_id = ?1 AND q.domain = ?2 AND q.state = 'fresh' AND coalesce(r.position, 0) <= ?3)";
    let earliest: Option<i64> = connection
        .query_row(sql, (at.firewall.get(), domain.name(), at.position), |r| r.get(0))
        .map_err(StoreError::write("find the earliest state"))?;
    Ok(earliest.map(|taken| {
        let taken = Timestamp::from_millis(taken);
        format!("no state of then is kept: it was thinned out by retention; the earliest that is kept is of {taken}")
    }))
}

/// What to say when retention has dropped the states between the snapshot and the run.
fn thinned(found: &Found, at: RunAt) -> Option<String> {
    let from = found.thinned_from.filter(|from| *from <= at.position)?;
    // Below the turn stands the time.
    let since = Timestamp::from_millis(from & ((1 << 48) - 1));
    Some(format!(
        "this is the state of run {} ({}); what changed since {since} was thinned out by retention",
        found.run, found.taken_at
    ))
}

/// What to say about fields that are kept once an hour.
fn drifted(domain: &'static dyn AnyDomain, volatile: &Volatile, at: RunAt) -> Option<String> {
    let fields: Vec<&str> = domain.fields().iter().filter(|f| f.volatile).map(|f| f.name).collect();
    if fields.is_empty() {
        return None;
    }
    let fields = fields.join(", ");
    match volatile {
        Volatile::Of(then) if *then == at.started_at => None,
        Volatile::Of(then) => {
            Some(format!("fields that change by themselves ({fields}) are of {then}"))
        }
        Volatile::NotKept => {
            Some(format!("fields that change by themselves ({fields}) were not kept then"))
        }
        Volatile::Damaged(problem) => {
            Some(format!("fields that change by themselves ({fields}) cannot be shown: {problem}"))
        }
    }
}
