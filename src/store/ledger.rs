//! What every question asks beside its rows: the firewalls, what their sources said last, how many rows there
//! are, and what the user says. Small, and kept in memory until the file changes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use tokio::sync::OnceCell;

use super::error::StoreError;
use super::labels::{self, Label};
use super::open::Store;
use super::record::{self, FirewallRow};
use super::states::{self, DomainStatus, SourceStatus};

/// Totals that are kept, and the longest question that one is kept of, in bytes: 512 KiB at most.
const TOTALS: usize = 512;
const LONGEST: usize = 1_024;

/// Each part is read when it is first asked for.
#[derive(Debug, Default)]
pub(super) struct Parts {
    firewalls: OnceCell<Arc<[FirewallRow]>>,
    sources: OnceCell<Arc<[SourceStatus]>>,
    domains: OnceCell<Arc<[DomainStatus]>>,
    labels: OnceCell<Arc<[Label]>>,
    /// How many rows each question had that was asked at this version: the next page of it, or the same asked
    /// again, need not count. The first 1,000 devices take 1.3 ms to count, a page of 50 takes 0.5 ms to read.
    totals: Mutex<BTreeMap<String, u64>>,
}

impl Parts {
    pub(super) fn total(&self, question: &str) -> Option<u64> {
        self.totals.lock().unwrap_or_else(PoisonError::into_inner).get(question).copied()
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

impl Store {
    /// Every firewall with its newest run, in the order of their numbers.
    pub async fn firewalls(&self) -> Result<Arc<[FirewallRow]>, StoreError> {
        let parts = self.ledger.parts();
        parts.firewalls.get_or_try_init(|| record::firewalls(&self.readers)).await.cloned()
    }

    /// The newest contact with every endpoint, of all firewalls.
    pub async fn source_statuses(&self) -> Result<Arc<[SourceStatus]>, StoreError> {
        self.sources_in(&self.ledger.parts()).await
    }

    pub(super) async fn sources_in(
        &self,
        parts: &Parts,
    ) -> Result<Arc<[SourceStatus]>, StoreError> {
        parts.sources.get_or_try_init(|| states::sources(&self.readers)).await.cloned()
    }

    /// Row and reject counts of every domain, of all firewalls.
    pub async fn domain_statuses(&self) -> Result<Arc<[DomainStatus]>, StoreError> {
        self.domains_in(&self.ledger.parts()).await
    }

    pub(super) async fn domains_in(
        &self,
        parts: &Parts,
    ) -> Result<Arc<[DomainStatus]>, StoreError> {
        parts.domains.get_or_try_init(|| states::domains(&self.readers)).await.cloned()
    }

    /// Every label, by name. What the user says holds for every moment.
    pub async fn labels(&self) -> Result<Arc<[Label]>, StoreError> {
        let parts = self.live_ledger.parts();
        parts.labels.get_or_try_init(|| labels::labels(&self.live)).await.cloned()
    }
}
