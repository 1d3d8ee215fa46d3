//! Opening the database: folder, mode, migrations, one writer, several readers.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};

use super::error::StoreError;
use super::ledger::Ledger;
use super::past::{Past, State};
use super::readers::Readers;
use super::rebuild;
use super::statement::Guard;
use super::writer::Writer;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Reading connections: one more than two cores, so that one long count leaves a core something to do. Three with
/// this cache and four with 4 MiB each answered 200 clients equally fast (`benches/http.rs`, two runs of each, 4,900
/// to 5,900 and 5,400 calls/s).
const READERS: usize = 3;

/// Page cache of one reader in KiB: the inner pages of every index of a million rows. The file is not mapped:
/// each connection's mapping counts as resident memory (354 MiB after 11,000 calls on a million rows), and
/// reading a page from the system's cache costs a microsecond.
const READER_CACHE_KIB: u32 = 6_144;

/// Connections to each earlier state.
const MEMORY_READERS: usize = 2;

/// How long a statement waits for another process's lock (a `sqlite3` shell, a second opndex).
const BUSY: Duration = Duration::from_secs(10);

/// Rows that sqlx's worker thread may be ahead of the reader.
const ROW_BUFFER: usize = 256;

/// The write-ahead log is cut back to this after a checkpoint, so one large sync does not leave it large.
pub(super) const WAL_LIMIT: &str = "33554432";

/// An open database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pub(super) path: PathBuf,
    pub(super) writer: Writer,
    /// Where questions are answered: the file, or the tables of an earlier moment.
    pub(super) readers: Readers,
    pub(super) ledger: Ledger,
    /// The file, whatever the moment.
    pub(super) live: Readers,
    pub(super) live_ledger: Ledger,
    /// Reads history.
    pub(super) reader: Writer,
    pub(super) past: Past,
    /// Holds the tables of the earlier moment that this store is of.
    pub(super) state: Option<Arc<State>>,
    /// For statements of users.
    pub(super) guard: Guard,
}

impl Store {
    /// Opens `path` for reading and writing, creating folder, file (mode 0600) and tables as needed.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        prepare_file(path)?;
        super::identity::check(path).await?;
        let failed = |cause| StoreError::Open { path: path.to_owned(), cause };
        let options = options(path)?
            // Has an effect on a new file only: what retention drops is given back page by page.
            .auto_vacuum(SqliteAutoVacuum::Incremental)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal);
        let mut connection = options.connect().await.map_err(failed)?;
        migrate(&mut connection, path).await?;
        connection.close().await.map_err(failed)?;
        let writer = Writer::new(path, BUSY);
        let live = readers(path)?;
        let ledger = Ledger::of(path);
        Ok(Self {
            path: path.to_owned(),
            writer,
            readers: live.clone(),
            ledger: ledger.clone(),
            guard: Guard::new(path),
            live,
            live_ledger: ledger,
            reader: Writer::read_only(path, BUSY),
            past: Past::default(),
            state: None,
        })
    }

    /// Opens an existing database that is up to date; the first answer need not wait for a migration check
    /// to take the write lock.
    pub async fn open_existing(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            return Err(StoreError::Missing { path: path.to_owned() });
        }
        Self::open(path).await
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Waits for running statements, then closes every connection and checkpoints the log.
    pub async fn close(&self) {
        self.past.clear();
        self.guard.close();
        self.live_ledger.close();
        self.live.close().await;
        self.reader.close().await;
        self.writer.close().await;
    }
}

/// A start that only has to answer `initialize` opens none of them.
fn readers(path: &Path) -> Result<Readers, StoreError> {
    Ok(Readers::new(options(path)?.read_only(true).pragma("query_only", "ON"), READERS))
}

/// Connections to a database of that name in SQLite's memory, which somebody else keeps alive.
pub(super) fn memory_readers(name: &str) -> Result<Readers, StoreError> {
    let options = options(Path::new(name))?
        .vfs(rebuild::MEMORY.to_string_lossy().into_owned())
        .pragma("query_only", "ON");
    Ok(Readers::new(options, MEMORY_READERS))
}

fn options(path: &Path) -> Result<SqliteConnectOptions, StoreError> {
    let base = SqliteConnectOptions::from_str("sqlite://")
        .map_err(|cause| StoreError::Open { path: path.to_owned(), cause })?;
    Ok(base
        .filename(path)
        .create_if_missing(false)
        .busy_timeout(BUSY)
        .foreign_keys(true)
        .row_buffer_size(ROW_BUFFER)
        .pragma("cache_size", format!("-{READER_CACHE_KIB}"))
        .pragma("temp_store", "MEMORY")
        .pragma("trusted_schema", "OFF")
        .pragma("journal_size_limit", WAL_LIMIT)
        .disable_statement_logging())
}

/// SQLite gives the WAL and shared-memory files the mode of the database, so setting it once is enough.
pub(super) fn prepare_file(path: &Path) -> Result<(), StoreError> {
    let failed = |cause| StoreError::Folder { path: path.to_owned(), cause };
    if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut file = std::fs::OpenOptions::new();
    file.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    file.open(path).map(drop).map_err(failed)
}

/// Applies what is missing; refuses a database that knows more than this binary, untouched.
async fn migrate(connection: &mut SqliteConnection, path: &Path) -> Result<(), StoreError> {
    match MIGRATIONS.run(connection).await {
        Ok(()) => Ok(()),
        Err(MigrateError::VersionMissing(newest)) => {
            Err(StoreError::Newer { path: path.to_owned(), newest })
        }
        Err(cause) => Err(StoreError::Migrate { path: path.to_owned(), cause }),
    }
}
