//! The one connection that writes.
//!
//! It is rusqlite's and not sqlx's: writing is a loop of a prepared statement per row, and sqlx pays a
//! message to its worker thread for each (21,800 rows/s), or 20 owned arguments per row of a statement of
//! many rows (70,000 rows/s where this loop writes 120,000; 100,000 leases, seven indexes). Both use the
//! same libsqlite3. Readers stay with sqlx: whoever waits for one may stop waiting.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::error::StoreError;

/// Page cache of the writer in KiB, filled only as far as it writes and given back after each write. A first
/// sync of 100,000 leases fills 27 MB of table at random places; with less, its dirty pages spill into the
/// log and are read back again and again.
const CACHE_KIB: u32 = 65_536;

/// Prepared statements that are kept; a run uses about thirty.
const STATEMENTS: usize = 64;

/// Runs closures on the writing connection, one at a time, on a blocking thread.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    /// Absent for the state of an earlier moment, which nobody writes.
    path: Option<PathBuf>,
    read_only: bool,
    busy: Duration,
    /// Opened by the first write: a process that only answers needs none.
    connection: Arc<Mutex<Option<Connection>>>,
}

impl Writer {
    pub(super) fn new(path: &Path, busy: Duration) -> Self {
        Self { path: Some(path.to_owned()), read_only: false, busy, connection: Arc::default() }
    }

    /// One that reads history: a walk over snapshots is many small reads in a row, which sqlx would make a
    /// message to its worker each.
    pub(super) fn read_only(path: &Path, busy: Duration) -> Self {
        Self { read_only: true, ..Self::new(path, busy) }
    }

    /// One that refuses.
    pub(super) fn closed() -> Self {
        Self { path: None, read_only: true, busy: Duration::ZERO, connection: Arc::default() }
    }

    /// Runs `work`. A caller that stops waiting does not stop it: it ends whole, or not at all.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let this = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            let mut slot = this.connection.lock().unwrap_or_else(PoisonError::into_inner);
            let connection = match &mut *slot {
                Some(connection) => connection,
                empty => empty.insert(this.open()?),
            };
            let value = work(connection);
            // Idle, the process keeps no page of what it wrote.
            connection.release_memory().map_err(StoreError::write("release the page cache"))?;
            value
        });
        done.await.map_err(|_| StoreError::Interrupted)?
    }

    /// The same within one transaction: all of it or, on an error, none.
    pub(super) async fn transact<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run(move |connection| {
            let failed = || StoreError::write(doing);
            let begun = connection.transaction_with_behavior(TransactionBehavior::Immediate);
            let transaction = begun.map_err(failed())?;
            let value = work(&transaction)?;
            transaction.commit().map_err(failed())?;
            Ok(value)
        })
        .await
    }

    /// Closes the connection, which folds the log into the database.
    pub(super) async fn close(&self) {
        let this = self.clone();
        let closing = tokio::task::spawn_blocking(move || {
            drop(this.connection.lock().unwrap_or_else(PoisonError::into_inner).take());
        });
        // A panic inside would mean that there is nothing left to close.
        let _closed = closing.await;
    }

    fn open(&self) -> Result<Connection, StoreError> {
        let failed = || StoreError::write("open the database for writing");
        let path = self.path.as_ref().ok_or(StoreError::Past)?;
        if self.read_only {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(path, flags).map_err(failed())?;
            connection.busy_timeout(self.busy).map_err(failed())?;
            connection.set_prepared_statement_cache_capacity(STATEMENTS);
            return Ok(connection);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(failed())?;
        connection.busy_timeout(self.busy).map_err(failed())?;
        connection
            .execute_batch(&format!(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;
                 PRAGMA cache_size = -{CACHE_KIB}; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;
                 PRAGMA journal_size_limit = {};",
                super::open::WAL_LIMIT
            ))
            .map_err(failed())?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(connection)
    }
}
