//! What can go wrong between us and the database file.

use std::path::PathBuf;

use thiserror::Error;

use crate::types::{RunId, Timestamp};

/// Each message names the operation and its object; the cause is the `source`.
#[derive(Debug, Error)]
pub enum StoreError {
    #[error("cannot create the folder of the database {}; check the path and its permissions, or name another with --database", path.display())]
    Folder {
        path: PathBuf,
        #[source]
        cause: std::io::Error,
    },
    #[error("cannot open the database {}; check that it is an opndex database and that you may write it, or name another with --database", path.display())]
    Open {
        path: PathBuf,
        #[source]
        cause: sqlx::Error,
    },
    #[error(
        "the database {} was written by a newer opndex (migration {newest} is unknown here); upgrade opndex, or name another with --database",
        path.display()
    )]
    Newer { path: PathBuf, newest: i64 },
    #[error("{} is a database of another program; it was not touched; name another file with --database", path.display())]
    Foreign { path: PathBuf },
    #[error("no database at {}; run `opndex sync` first, or `opndex demo` to try it without a firewall", path.display())]
    Missing { path: PathBuf },
    #[error("{} exists already and is not overwritten; name another file", path.display())]
    Exists { path: PathBuf },
    #[error("cannot bring the database {} up to date; it is unchanged", path.display())]
    Migrate {
        path: PathBuf,
        #[source]
        cause: sqlx::migrate::MigrateError,
    },
    #[error("the database failed to {doing}")]
    Query {
        doing: &'static str,
        #[source]
        cause: sqlx::Error,
    },
    #[error("the database failed to {doing}")]
    Write {
        doing: &'static str,
        #[source]
        cause: rusqlite::Error,
    },
    #[error("the snapshot of `{domain}` is damaged: chunk {chunk} {problem}")]
    Damaged { domain: &'static str, chunk: String, problem: &'static str },
    #[error("{}", no_history(*at, *first))]
    NoHistory { at: Timestamp, first: Option<Timestamp> },
    #[error("there is no run {run}; `opndex history` lists them")]
    NoRun { run: RunId },
    #[error("there is no room for a state of {at} between the runs that are known")]
    NoRoom { at: Timestamp },
    #[error("the state of an earlier moment cannot be written")]
    Past,
    #[error("a statement of `{domain}` has no such column")]
    Declaration { domain: &'static str },
    #[error("a task that prepares rows stopped early")]
    Interrupted,
}

fn no_history(at: Timestamp, first: Option<Timestamp>) -> String {
    match first {
        Some(first) => format!("nothing is known of {at}: the history begins at {first}"),
        None => "nothing is known of the past: no firewall was ever synced, run `opndex sync`"
            .to_owned(),
    }
}

impl StoreError {
    /// Whether another moment helps.
    pub const fn is_about_the_moment(&self) -> bool {
        matches!(self, Self::NoHistory { .. } | Self::NoRun { .. })
    }

    /// For `map_err`: what was being written when SQLite refused.
    pub(super) fn write(doing: &'static str) -> impl FnOnce(rusqlite::Error) -> Self {
        move |cause| Self::Write { doing, cause }
    }

    /// For `map_err`: what was being read when SQLite refused.
    pub(super) fn query(doing: &'static str) -> impl FnOnce(sqlx::Error) -> Self {
        move |cause| Self::Query { doing, cause }
    }
}
