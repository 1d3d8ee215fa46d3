//! Chunks that no snapshot needs any more: marked from the snapshots, then swept a few at a time.
//!
//! A chunk that stays may be stored as its difference from one that goes: it is written anew first, against
//! the nearest base that stays, or whole. New snapshots may come between two steps and share old chunks, so
//! each step first marks what came since.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension};

use crate::types::ContentHash;

use super::chunk;
use super::chunks::{Chunks, short};
use super::error::StoreError;
use super::snapshot::Height;

/// Chunks that one step looks at: some milliseconds under the write lock.
const AT_A_TIME: i64 = 2_000;

/// Named when a chunk turns out to be damaged; the snapshots of every domain share chunks.
const ANY: &str = "(any)";

/// What is needed, and how far the sweep has come.
#[derive(Debug, Default)]
pub(super) struct Marked {
    needed: BTreeSet<i64>,
    seen: BTreeSet<ContentHash>,
    /// Newest snapshot that was marked.
    snapshot: i64,
    /// Newest chunk when the marking began; later ones are not looked at.
    newest: i64,
    /// Differences are mended before anything is deleted.
    mended_to: i64,
    swept_to: i64,
    deleted: u64,
}

/// Marks every chunk that a snapshot needs.
pub(super) fn mark(connection: &mut Connection) -> Result<Marked, StoreError> {
    let newest = connection
        .query_row("SELECT coalesce(max(chunk_id), 0) FROM chunks", [], |r| r.get(0))
        .map_err(StoreError::write("count chunks"))?;
    let mut marked = Marked { newest, ..Marked::default() };
    marked.more(connection)?;
    Ok(marked)
}

impl Marked {
    pub(super) const fn deleted(&self) -> u64 {
        self.deleted
    }

    /// Marks what snapshots since the last time need.
    fn more(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let failed = || StoreError::write("mark chunks");
        let sql = "SELECT snapshot_id, root, height FROM snapshots WHERE snapshot_id > ? ORDER BY snapshot_id";
        let mut statement = connection.prepare_cached(sql).map_err(failed())?;
        let rows: Vec<(i64, Vec<u8>, Height)> = statement
            .query_map([self.snapshot], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
            .and_then(Iterator::collect)
            .map_err(failed())?;
        let chunks = Chunks::new(connection, ANY);
        for (id, root, height) in rows {
            self.snapshot = id;
            if let Some(root) = ContentHash::from_slice(&root) {
                self.tree(connection, &chunks, root, height.0)?;
            }
        }
        Ok(())
    }

    fn tree(
        &mut self,
        connection: &Connection,
        chunks: &Chunks<'_>,
        address: ContentHash,
        height: u32,
    ) -> Result<(), StoreError> {
        if !self.seen.insert(address) {
            return Ok(());
        }
        let sql =
            "SELECT chunk_id FROM chunks WHERE substr(hash, 1, 4) = substr(?1, 1, 4) AND hash = ?1";
        let mut statement =
            connection.prepare_cached(sql).map_err(StoreError::write("mark chunks"))?;
        let id: Option<i64> = statement
            .query_row([short(&address)], |r| r.get(0))
            .optional()
            .map_err(StoreError::write("mark chunks"))?;
        // What is missing cannot be deleted; `snapshot verify` tells of it.
        let Some(id) = id else { return Ok(()) };
        self.needed.insert(id);
        if height > 0 {
            match chunks.get(address) {
                Ok(node) => {
                    for child in chunk::children(&node.content).collect::<Vec<_>>() {
                        self.tree(connection, chunks, child, height - 1)?;
                    }
                }
                // Below a damaged node nothing is known: nothing may be deleted.
                Err(damaged) => return Err(damaged),
            }
        }
        Ok(())
    }

    /// One step; whether it was the last.
    pub(super) fn sweep(&mut self, connection: &Connection) -> Result<bool, StoreError> {
        self.more(connection)?;
        if self.mended_to < self.newest {
            self.mend(connection)?;
            return Ok(false);
        }
        let failed = || StoreError::write("delete chunks");
        let end = self.swept_to.saturating_add(AT_A_TIME).min(self.newest);
        let mut delete =
            connection.prepare_cached("DELETE FROM chunks WHERE chunk_id = ?").map_err(failed())?;
        for id in ids(connection, self.swept_to, end)? {
            if !self.needed.contains(&id) {
                delete.execute([id]).map_err(failed())?;
                self.deleted += 1;
            }
        }
        self.swept_to = end;
        Ok(end >= self.newest)
    }

    /// Writes chunks anew whose base goes.
    fn mend(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let end = self.mended_to.saturating_add(AT_A_TIME).min(self.newest);
        let chunks = Chunks::new(connection, ANY);
        for id in ids(connection, self.mended_to, end)? {
            if self.needed.contains(&id) {
                chunks.rebase(id, |base| self.needed.contains(&base))?;
            }
        }
        self.mended_to = end;
        Ok(())
    }
}

fn ids(connection: &Connection, after: i64, end: i64) -> Result<Vec<i64>, StoreError> {
    let failed = || StoreError::write("list chunks");
    let sql = "SELECT chunk_id FROM chunks WHERE chunk_id > ? AND chunk_id <= ? ORDER BY chunk_id";
    let mut statement = connection.prepare_cached(sql).map_err(failed())?;
    statement.query_map((after, end), |r| r.get(0)).and_then(Iterator::collect).map_err(failed())
}
