//! Whether a file is ours, before anything is written to it.

use std::io::Read;
use std::path::Path;

use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

use super::error::StoreError;

/// `opnd` in ASCII; the first migration sets it as the file's `application_id`.
const OURS: u32 = 0x6f70_6e64;

/// Where the header of an SQLite file holds the application id, big-endian (SQLite file format, 1.3).
const ID_AT: usize = 68;
const HEADER: usize = 100;

/// Refuses a file that another program made; an empty one and one of ours are fine. Looks only.
pub(super) async fn check(path: &Path) -> Result<(), StoreError> {
    let header = header(path)?;
    if header.is_empty() || id_of(&header) == Some(OURS) {
        return Ok(());
    }
    // A process that died early may have left our tables in the write-ahead log alone: ask SQLite.
    let failed = |cause| StoreError::Open { path: path.to_owned(), cause };
    let mut connection = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .connect()
        .await
        .map_err(failed)?;
    let found: (i64, i64) = sqlx::query_as(
        "SELECT (SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_schema)",
    )
    .fetch_one(&mut connection)
    .await
    .map_err(failed)?;
    if found == (i64::from(OURS), found.1) || found == (0, 0) {
        Ok(())
    } else {
        Err(StoreError::Foreign { path: path.to_owned() })
    }
}

fn header(path: &Path) -> Result<Vec<u8>, StoreError> {
    let mut header = Vec::with_capacity(HEADER);
    let read = std::fs::File::open(path)
        .and_then(|file| file.take(u64::try_from(HEADER).unwrap_or(0)).read_to_end(&mut header));
    read.map_err(|cause| StoreError::Folder { path: path.to_owned(), cause })?;
    Ok(header)
}

fn id_of(header: &[u8]) -> Option<u32> {
    let bytes = header.get(ID_AT..)?.first_chunk::<4>()?;
    Some(u32::from_be_bytes(*bytes))
}
