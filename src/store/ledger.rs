//! What every question asks beside its rows: the firewalls and their interfaces, what their sources said last, how
//! many rows there are, and what the user says. Small, and kept in memory until the file changes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use tokio::sync::OnceCell;

use super::filled::Filled;
use super::labels::Label;
use super::locate::{Search, Sort};
use super::questions::Wire;
use super::record::FirewallRow;
use super::states::{DomainStatus, SourceStatus};

/// Totals that are kept, and the longest question that one is kept of, in bytes: 512 KiB at most.
const TOTALS: usize = 512;
const LONGEST: usize = 1_024;

/// Each part is read when it is first asked for.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) firewalls: OnceCell<Arc<[FirewallRow]>>,
    pub(super) sources: OnceCell<Arc<[SourceStatus]>>,
    pub(super) domains: OnceCell<Arc<[DomainStatus]>>,
    pub(super) labels: OnceCell<Arc<[Label]>>,
    pub(super) wires: OnceCell<Arc<[Wire]>>,
    pub(super) filled: OnceCell<Filled>,
    /// How many rows each question had that was asked at this version: the next page of it, or the same asked
    /// again, need not count. The first 1,000 devices take 1.3 ms to count, a page of 50 takes 0.5 ms to read.
    totals: Mutex<BTreeMap<String, u64>>,
    /// Statements that depend on which tables have rows.
    searches: Mutex<BTreeMap<Sort, Arc<Search>>>,
}

impl Parts {
    pub(super) fn total(&self, question: &str) -> Option<u64> {
        self.totals.lock().unwrap_or_else(PoisonError::into_inner).get(question).copied()
    }

    /// The search of that sort; `make` puts it together.
    pub(super) fn search(&self, sort: Sort, make: impl FnOnce() -> Search) -> Arc<Search> {
        let mut searches = self.searches.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(searches.entry(sort).or_insert_with(|| make().into()))
    }

    pub(super) fn keep_total(&self, question: String, total: u64) {
        if question.len() > LONGEST {
            return;
        }
        let mut totals = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
        if totals.len() >= TOTALS {
            totals.clear();
        }
        totals.insert(question, total);
    }
}

/// The parts as of the newest change of one database. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Ledger {
    /// Absent for the tables of an earlier moment, which do not change.
    path: Option<PathBuf>,
    watched: Arc<Mutex<Watched>>,
}

#[derive(Debug, Default)]
struct Watched {
    /// Asks for nothing but `PRAGMA data_version`, which tells whether any other connection, of this process or
    /// another, has committed since: 2.2 µs, where each statement of a reader is a message to sqlx's worker and
    /// back, and a `locate` took five of them.
    connection: Option<Connection>,
    version: Option<i64>,
    parts: Arc<Parts>,
}

impl Ledger {
    pub(super) fn of(path: &Path) -> Self {
        Self { path: Some(path.to_owned()), watched: Arc::default() }
    }

    pub(super) fn close(&self) {
        *self.watched.lock().unwrap_or_else(PoisonError::into_inner) = Watched::default();
    }

    /// Whether nobody has committed since `parts` were asked for.
    pub(super) fn is_at(&self, parts: &Arc<Parts>) -> bool {
        Arc::ptr_eq(&self.parts(), parts)
    }

    /// What is read into these parts is at least as new as the version they are kept under, never older.
    pub(super) fn parts(&self) -> Arc<Parts> {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(path) = &self.path else { return Arc::clone(&watched.parts) };
        let version = watched.version(path);
        // A version that cannot be read is no version: the parts are read again.
        if version.is_none() || version != watched.version {
            watched.version = version;
            watched.parts = Arc::default();
        }
        Arc::clone(&watched.parts)
    }
}

impl Watched {
    fn version(&mut self, path: &Path) -> Option<i64> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            empty => empty.insert(watch(path).ok()?),
        };
        let version = connection
            .prepare_cached("PRAGMA data_version")
            .and_then(|mut statement| statement.query_row((), |row| row.get(0)));
        version.ok()
    }
}

fn watch(path: &Path) -> Result<Connection, rusqlite::Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    // It never waits: what it cannot see counts as changed.
    connection.busy_timeout(Duration::ZERO)?;
    Ok(connection)
}
