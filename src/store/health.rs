//! Whether the database itself is well.

use serde::Serialize;

use super::error::StoreError;
use super::open::Store;

/// What a look at the file found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Health {
    /// Size of the file, without its write-ahead log.
    pub bytes: u64,
    /// What SQLite found wrong first; absent when the file is intact.
    pub damage: Option<String>,
    /// Only its owner may read it; absent where files have no such mode.
    pub is_private: Option<bool>,
}

impl Store {
    /// Looks at every page (`PRAGMA quick_check`): seconds for a file of a gigabyte.
    pub async fn health(&self) -> Result<Health, StoreError> {
        let failed = || StoreError::query("check the database");
        let found: String = sqlx::query_scalar("PRAGMA quick_check(1)")
            .fetch_one(&mut *self.live.get().await.map_err(failed())?)
            .await
            .map_err(failed())?;
        let file = std::fs::metadata(self.path()).ok();
        Ok(Health {
            bytes: file.as_ref().map_or(0, std::fs::Metadata::len),
            damage: (found != "ok").then_some(found),
            is_private: file.as_ref().and_then(is_private),
        })
    }
}

/// The bits of the mode that speak of others than the owner.
#[cfg(unix)]
const OTHERS: u32 = 6;

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have no such mode")]
fn is_private(file: &std::fs::Metadata) -> Option<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Some(file.permissions().mode().trailing_zeros() >= OTHERS)
}

#[cfg(not(unix))]
fn is_private(_: &std::fs::Metadata) -> Option<bool> {
    None
}
