//! Chunks in the database: reading and writing them by address.
//!
//! A chunk that came from another is stored as its difference from it (LZ4 with the older content as the
//! dictionary). Reading follows the bases, at most [`MOST_BASES`] of them, and checks the result.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use rusqlite::{Connection, OptionalExtension};

use crate::types::ContentHash;

use super::chunk::{self, Chunk};
use super::error::StoreError;

/// Bases below a chunk: the longer the row, the rarer a leaf is stored whole, and the more a first look decodes.
/// `benches/history.rs` stores 16 leaves a day whole with 128 (30 days) and 15 with this (60 days), 4.2 to 4.5 KB each,
/// of which 5 are at the end of their row; why the others stand alone was not looked into.
pub(super) const MOST_BASES: i64 = 256;

/// `form` of a difference that [`super::splice`] wrote.
const SPLICE: i64 = 1;

/// Content that a reader remembers; bases are shared between neighbours in time.
const REMEMBERED: usize = 32 << 20;

/// One stored chunk, read.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) id: i64,
    pub(super) depth: i64,
    pub(super) content: Vec<u8>,
    /// Whether the content was compared with its address.
    checked: Cell<bool>,
}

/// Reads chunks of one connection and remembers some.
pub(super) struct Chunks<'c> {
    connection: &'c Connection,
    domain: &'static str,
    known: RefCell<Known>,
}

#[derive(Default)]
struct Known {
    by_id: BTreeMap<i64, Rc<Stored>>,
    bytes: usize,
}

/// A row of the table.
struct Row {
    id: i64,
    size: i64,
    base: Option<i64>,
    /// 1 for a difference as [`super::splice`] writes it; else an LZ4 block.
    form: i64,
    data: Vec<u8>,
}

impl<'c> Chunks<'c> {
    /// `domain` is named when a chunk turns out to be damaged.
    pub(super) fn new(connection: &'c Connection, domain: &'static str) -> Self {
        Self { connection, domain, known: RefCell::default() }
    }

    pub(super) const fn domain(&self) -> &'static str {
        self.domain
    }

    /// One chunk by its address, checked.
    pub(super) fn get(&self, address: ContentHash) -> Result<Rc<Stored>, StoreError> {
        let damaged = |problem| StoreError::Damaged {
            domain: self.domain,
            chunk: address.to_string(),
            problem,
        };
        let row = self.find(address)?.ok_or_else(|| damaged("is missing"))?;
        let known = self.known.borrow().by_id.get(&row.id).cloned();
        let stored = if let Some(stored) = known {
            stored
        } else {
            self.unpack(&row)?.ok_or_else(|| damaged("cannot be decompressed"))?
        };
        if !stored.checked.get() {
            if chunk::hash(&stored.content) != address {
                return Err(damaged("does not match its hash"));
            }
            stored.checked.set(true);
        }
        Ok(stored)
    }

    /// Stores `chunk` as its difference from `base`, when there is one that helps; the bytes it took.
    pub(super) fn put(&self, chunk: &Chunk, base: Option<&Stored>) -> Result<usize, StoreError> {
        let failed = || StoreError::write("mend a chunk");
        let Some(row) = self.find(chunk.hash)? else { return self.insert(chunk, base) };
        // It was there before: one that is damaged is mended.
        match self.get(chunk.hash) {
            Err(StoreError::Damaged { .. }) => {}
            other => return other.map(|_| 0),
        }
        let sql = "UPDATE chunks SET size = ?, base = NULL, depth = 0, form = 0, data = ? WHERE chunk_id = ?";
        let mut statement = self.connection.prepare_cached(sql).map_err(failed())?;
        let size = i64::try_from(chunk.content.len()).unwrap_or(i64::MAX);
        let data = chunk.packed();
        statement.execute((size, &*data, row.id)).map_err(failed())?;
        Ok(data.len())
    }

    fn insert(&self, chunk: &Chunk, base: Option<&Stored>) -> Result<usize, StoreError> {
        let failed = || StoreError::write("store a chunk");
        let base = base.filter(|base| base.depth < MOST_BASES);
        let packed = chunk.packed_after(base.map(|base| base.content.as_slice()));
        let base = base.filter(|_| packed.is_delta);
        let sql =
            "INSERT INTO chunks (hash, size, base, depth, form, data) VALUES (?, ?, ?, ?, ?, ?)";
        let mut statement = self.connection.prepare_cached(sql).map_err(failed())?;
        let values = (
            short(&chunk.hash),
            i64::try_from(chunk.content.len()).unwrap_or(i64::MAX),
            base.map(|base| base.id),
            base.map_or(0, |base| base.depth + 1),
            i64::from(packed.is_delta),
            &*packed.data,
        );
        statement.execute(values).map_err(failed())?;
        Ok(packed.data.len())
    }

    /// Stores a chunk anew whose base does not stay: against the nearest below that does, or whole.
    pub(super) fn rebase(&self, id: i64, stays: impl Fn(i64) -> bool) -> Result<(), StoreError> {
        let sql = "SELECT base FROM chunks WHERE chunk_id = ?";
        let failed = || StoreError::write("store a chunk anew");
        let mut statement = self.connection.prepare_cached(sql).map_err(failed())?;
        let mut below = |id: i64| -> Result<Option<i64>, StoreError> {
            let base = statement.query_row([id], |r| r.get(0)).optional().map_err(failed())?;
            Ok(base.flatten())
        };
        let Some(mut base) = below(id)?.map(Some).filter(|base| !base.is_some_and(&stays)) else {
            return Ok(());
        };
        while let Some(gone) = base.filter(|base| !stays(*base)) {
            base = below(gone)?;
        }
        let sql = "SELECT chunk_id, size, base, form, data FROM chunks WHERE chunk_id = ?";
        let damaged = |id: i64| StoreError::Damaged {
            domain: self.domain,
            chunk: format!("number {id}"),
            problem: "cannot be decompressed",
        };
        let read = |id: i64| -> Result<Rc<Stored>, StoreError> {
            if let Some(known) = self.known.borrow().by_id.get(&id).cloned() {
                return Ok(known);
            }
            let row = self.row(sql, id)?.ok_or_else(|| damaged(id))?;
            self.unpack(&row)?.ok_or_else(|| damaged(id))
        };
        let content = read(id)?;
        let base = base.map(read).transpose()?;
        let chunk = Chunk::new(content.content.clone());
        let packed = chunk.packed_after(base.as_ref().map(|base| base.content.as_slice()));
        let base = base.filter(|_| packed.is_delta);
        let sql = "UPDATE chunks SET base = ?, depth = ?, form = ?, data = ? WHERE chunk_id = ?";
        let mut update = self.connection.prepare_cached(sql).map_err(failed())?;
        let depth = base.as_ref().map_or(0, |base| base.depth + 1);
        let base = base.map(|base| base.id);
        update
            .execute((base, depth, i64::from(packed.is_delta), &*packed.data, id))
            .map(drop)
            .map_err(failed())
    }

    fn find(&self, address: ContentHash) -> Result<Option<Row>, StoreError> {
        let sql = "SELECT chunk_id, size, base, form, data FROM chunks WHERE substr(hash, 1, 4) = substr(?1, 1, 4) AND hash = ?1";
        self.row(sql, short(&address))
    }

    fn row(&self, sql: &str, key: impl rusqlite::ToSql) -> Result<Option<Row>, StoreError> {
        let failed = || StoreError::write("read a chunk");
        let mut statement = self.connection.prepare_cached(sql).map_err(failed())?;
        statement
            .query_row([key], |r| {
                Ok(Row {
                    id: r.get(0)?,
                    size: r.get(1)?,
                    base: r.get(2)?,
                    form: r.get(3)?,
                    data: r.get(4)?,
                })
            })
            .optional()
            .map_err(failed())
    }

    /// The content of `row`, unchecked; it and its bases are remembered. `None` when it is damaged.
    fn unpack(&self, row: &Row) -> Result<Option<Rc<Stored>>, StoreError> {
        let sql = "SELECT chunk_id, size, base, form, data FROM chunks WHERE chunk_id = ?";
        let mut below = Vec::new();
        let (mut base, mut ground) = (row.base, None);
        while let Some(id) = base {
            if let Some(known) = self.known.borrow().by_id.get(&id) {
                ground = Some(Rc::clone(known));
                break;
            }
            let Some(next) = self.row(sql, id)? else { return Ok(None) };
            // A cycle can only come from damage.
            if i64::try_from(below.len()).unwrap_or(i64::MAX) > MOST_BASES {
                return Ok(None);
            }
            base = next.base;
            below.push(next);
        }
        while let Some(next) = below.pop() {
            let Some(content) = unpacked(&next, ground.as_deref()) else { return Ok(None) };
            ground = Some(self.remember(next.id, ground.as_deref(), content));
        }
        let content = unpacked(row, ground.as_deref());
        Ok(content.map(|content| self.remember(row.id, ground.as_deref(), content)))
    }

    /// Bases are counted as they were followed: the column may be damaged, and a chain that grew too long by that
    /// could not be read any more.
    fn remember(&self, id: i64, base: Option<&Stored>, content: Vec<u8>) -> Rc<Stored> {
        let depth = base.map_or(0, |base| base.depth + 1);
        let mut known = self.known.borrow_mut();
        if known.bytes > REMEMBERED {
            *known = Known::default();
        }
        known.bytes += content.len();
        let stored = Rc::new(Stored { id, depth, content, checked: Cell::new(false) });
        known.by_id.insert(id, Rc::clone(&stored));
        stored
    }
}

/// The part of an address that the table holds: 128 bits find a chunk, and the node above holds all of them
/// to check it. The other 16 bytes would be about 20 MB of a year, reckoned from one day.
pub(super) fn short(address: &ContentHash) -> &[u8] {
    address.as_bytes().get(..16).unwrap_or_default()
}

fn unpacked(row: &Row, ground: Option<&Stored>) -> Option<Vec<u8>> {
    match (row.base, ground) {
        (None, _) => chunk::unpack(row.size, &row.data),
        (Some(_), Some(ground)) if row.form == SPLICE => {
            chunk::undelta(row.size, &row.data, &ground.content)
        }
        (Some(_), Some(ground)) => chunk::undelta_lz4(row.size, &row.data, &ground.content),
        (Some(_), None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    /// Databases from before differences were splices hold LZ4 blocks whose dictionary is the base.
    #[tokio::test]
    async fn a_difference_of_the_earlier_form_is_still_read() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("opndex.db")).await.unwrap();
        let connection = Connection::open(store.path()).unwrap();
        let chunks = Chunks::new(&connection, "arp");
        let line = |i: u32| format!("{{\"mac\":\"{i:012x}\"}}\n");
        let lines = |n: u32| (0..n).map(line).collect::<Vec<_>>().concat();
        let (old, new) = (Chunk::new(lines(200).into()), Chunk::new(lines(201).into()));
        chunks.put(&old, None).unwrap();
        let base = chunks.get(old.hash).unwrap();
        let data = lz4_flex::block::compress_with_dict(&new.content, &old.content);
        let sql = "INSERT INTO chunks (hash, size, base, depth, data) VALUES (?, ?, ?, 1, ?)";
        let size = i64::try_from(new.content.len()).unwrap();
        connection.execute(sql, (short(&new.hash), size, base.id, data)).unwrap();
        assert_eq!(chunks.get(new.hash).unwrap().content, new.content);
        // And what follows it is written in today's form.
        let next = Chunk::new(lines(202).into());
        chunks.put(&next, Some(&*chunks.get(new.hash).unwrap())).unwrap();
        assert_eq!(Chunks::new(&connection, "arp").get(next.hash).unwrap().content, next.content);
    }
}
