//! The guarded connections.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::store::error::StoreError;
use crate::store::rebuild::MEMORY;

use super::functions;
use super::lane::Lane;
use super::linear;
use super::published::{Published, PublishedTable, origin};
use super::refusal::{Denied, Refusal};
use super::run::{Found, Statement, answer};

/// How long a statement may wait for its turn.
const TURN: Duration = Duration::from_secs(5);

/// Bytes of one value, and of one row of a table: the largest alias of a feed has about as many.
pub(super) const LONGEST_VALUE: i32 = 1_000_000;

/// Bytes of a statement.
pub(super) const LONGEST_STATEMENT: i32 = 16_384;

/// Each against a way to keep SQLite busy where its progress handler is not asked.
const LIMITS: &[(Limit, i32)] = &[
    (Limit::SQLITE_LIMIT_LENGTH, LONGEST_VALUE),
    (Limit::SQLITE_LIMIT_SQL_LENGTH, LONGEST_STATEMENT),
    (Limit::SQLITE_LIMIT_COLUMN, 200),
    (Limit::SQLITE_LIMIT_EXPR_DEPTH, 100),
    (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 50),
    (Limit::SQLITE_LIMIT_VDBE_OP, 100_000),
    (Limit::SQLITE_LIMIT_FUNCTION_ARG, 50),
    (Limit::SQLITE_LIMIT_ATTACHED, 0),
    (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200),
    (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, 1),
    (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 1),
    (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
];

/// Temporary tables stay in memory, where they count against a statement's share, and never on disk.
const PRAGMAS: &str =
    "PRAGMA query_only = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -2048;
    PRAGMA mmap_size = 0; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;";

/// Runs statements of users, one at a time. Cheap to clone.
#[derive(Debug, Clone)]
pub(in crate::store) struct Guard {
    source: Source,
    turns: Arc<Semaphore>,
    lane: Lane,
}

/// What is read.
#[derive(Debug, Clone)]
enum Source {
    File(PathBuf),
    /// Tables of an earlier moment, which somebody else keeps alive.
    Memory(String),
}

/// A connection that reads what is published, and nothing else.
#[derive(Debug)]
pub(super) struct Guarded {
    pub(super) connection: Connection,
    pub(super) published: Arc<Published>,
    pub(super) seen: Arc<Mutex<Seen>>,
    /// A statement was stopped on it; what SQLite keeps of it goes with the connection.
    pub(super) is_worn: AtomicBool,
}

/// What the authorizer saw of the statement that is being prepared.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) tables: BTreeSet<String>,
    /// Full-text search asks this of itself, where it reads a table; a statement has no business to.
    pub(super) version: bool,
    /// When its preparation must have ended: a subquery in a subquery in a subquery is woven into the statement while
    /// nobody but the authorizer is asked.
    pub(super) until: Option<Instant>,
    pub(super) denied: Option<Denied>,
}

/// Stops a statement whose caller has gone.
struct Leaving(Arc<AtomicBool>);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Guard {
    pub(in crate::store) fn new(path: &Path) -> Self {
        Self::of(Source::File(path.to_owned()))
    }

    /// For the tables of an earlier moment.
    pub(in crate::store) fn in_memory(name: &str) -> Self {
        Self::of(Source::Memory(name.to_owned()))
    }

    fn of(source: Source) -> Self {
        Self { source, turns: Arc::new(Semaphore::new(1)), lane: Lane::default() }
    }

    /// Answers `statement`; its time begins when its turn has come.
    pub(in crate::store) async fn run(
        &self,
        statement: Statement,
    ) -> Result<Result<Found, Refusal>, StoreError> {
        let turn = Arc::clone(&self.turns).acquire_owned();
        let Ok(Ok(permit)) = tokio::time::timeout(TURN, turn).await else {
            return Ok(Err(Refusal::Busy));
        };
        let gone = Arc::new(AtomicBool::new(false));
        let _leaving = Leaving(Arc::clone(&gone));
        self.with(permit, move |guarded| answer(guarded, &statement, &gone)).await
    }

    /// What can be read, with its definitions.
    pub(in crate::store) async fn published(&self) -> Result<Vec<PublishedTable>, StoreError> {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let permit = turn.map_err(|_| StoreError::Interrupted)?;
        self.with(permit, |guarded| Ok(guarded.published.tables.clone())).await
    }

    /// Runs `work` on the guarded connection. Who stops waiting does not stop it; the turn ends with it.
    async fn with<T: Send + 'static>(
        &self,
        permit: OwnedSemaphorePermit,
        work: impl FnOnce(&Guarded) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let source = self.source.clone();
        self.lane.run(Box::new(move |slot| {
            let result = match slot.take().map_or_else(|| Guarded::open(&source), Ok) {
                Ok(guarded) => {
                    let result = work(&guarded);
                    if !guarded.is_worn.load(Ordering::Relaxed) {
                        *slot = Some(guarded);
                    }
                    result
                }
                Err(cause) => Err(cause),
            };
            drop(permit);
            // The one who asked may have gone.
            let _gone = reply.send(result);
        }))?;
        answer.await.map_err(|_| StoreError::Interrupted)?
    }

    /// Closes the connection, once what runs on it has ended.
    pub(in crate::store) fn close(&self) {
        self.lane.end();
    }
}

impl Guarded {
    fn open(source: &Source) -> Result<Self, StoreError> {
        let failed = || StoreError::write("open the database for a statement");
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = match source {
            Source::File(path) => Connection::open_with_flags(path, flags),
            Source::Memory(name) => Connection::open_with_flags_and_vfs(name, flags, MEMORY),
        };
        let connection = connection.map_err(failed())?;
        // Readers of a write-ahead log wait only for its recovery.
        connection.busy_timeout(Duration::from_secs(1)).map_err(failed())?;
        connection.execute_batch(PRAGMAS).map_err(failed())?;
        for (config, value) in [
            (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
            (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
            // "text" in double quotes is a column that does not exist, and is told so.
            (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
            (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
        ] {
            connection.set_db_config(config, value).map_err(failed())?;
        }
        linear::offer(&connection).map_err(failed())?;
        let published = Arc::new(Published::of(&connection).map_err(failed())?);
        for (limit, value) in LIMITS {
            connection.set_limit(*limit, *value).map_err(failed())?;
        }
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (readable, noted) = (Arc::clone(&published), Arc::clone(&seen));
        let authorize = move |context: AuthContext<'_>| {
            let mut seen = noted.lock().unwrap_or_else(PoisonError::into_inner);
            seen.version |= context.action == VERSION;
            let is_late = context.action == AuthAction::Select
                && seen.until.is_some_and(|until| Instant::now() > until);
            let verdict =
                if is_late { Err(Denied::Late) } else { verdict(&context.action, &readable) };
            match verdict {
                Ok(table) => {
                    seen.tables.extend(table.map(|table| origin(table).to_owned()));
                    Authorization::Allow
                }
                Err(denied) => {
                    // The first refusal is the one to repair.
                    seen.denied.get_or_insert(denied);
                    Authorization::Deny
                }
            }
        };
        connection.authorizer(Some(authorize)).map_err(failed())?;
        Ok(Self { connection, published, seen, is_worn: AtomicBool::new(false) })
    }
}

const VERSION: AuthAction<'_> =
    AuthAction::Pragma { pragma_name: "data_version", pragma_value: None };

/// The table that is read, if any; or why not.
fn verdict<'a>(action: &AuthAction<'a>, published: &Published) -> Result<Option<&'a str>, Denied> {
    match *action {
        AuthAction::Select | AuthAction::Recursive | VERSION => Ok(None),
        AuthAction::Read { table_name, .. } if published.is_readable(table_name) => {
            Ok(Some(table_name))
        }
        AuthAction::Read { table_name, column_name: "" }
            if published.may_be_counted(table_name) =>
        {
            Ok(None)
        }
        AuthAction::Read { table_name, .. } => Err(Denied::Table(table_name.to_owned())),
        AuthAction::Function { function_name } if functions::is_allowed(function_name) => Ok(None),
        AuthAction::Function { function_name } => Err(Denied::Function(function_name.to_owned())),
        AuthAction::Pragma { .. } => Err(Denied::Action("a PRAGMA")),
        AuthAction::Attach { .. } | AuthAction::Detach { .. } => {
            Err(Denied::Action("attaching a database"))
        }
        AuthAction::Transaction { .. } | AuthAction::Savepoint { .. } => {
            Err(Denied::Action("a transaction"))
        }
        _ => Err(Denied::Action("writing")),
    }
}

impl crate::store::Store {
    /// Answers one statement of a user, or says how to repair it.
    pub async fn answer(&self, statement: Statement) -> Result<Result<Found, Refusal>, StoreError> {
        self.guard.run(statement).await
    }

    /// The tables and views that [`Store::answer`](crate::store::Store::answer) reads, with their definitions.
    pub async fn published(&self) -> Result<Vec<PublishedTable>, StoreError> {
        self.guard.published().await
    }
}
