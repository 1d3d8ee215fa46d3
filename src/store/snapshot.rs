//! Snapshots in the database: writing chunks, reading a state back, every read checked.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension};

use crate::domain::{AnyDomain, RawRow, read_row};
use crate::types::{ContentHash, FirewallId, RunId, Timestamp};

use super::chunk::{self, Chunk, Leaf, Tree};
use super::error::StoreError;

/// The newest snapshot of a domain.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub(super) id: i64,
    pub(super) root: ContentHash,
    pub(super) height: u32,
}

/// What stands in the `domains` table for one domain.
#[derive(Debug)]
pub(super) struct Projection {
    pub(super) head: Option<Head>,
    pub(super) stamp: Vec<u8>,
    pub(super) rows: i64,
    pub(super) rejects: i64,
}

type ProjectionColumns = (Vec<u8>, i64, i64, Option<i64>, Option<Vec<u8>>, Option<u32>);

pub(super) fn projection(
    connection: &Connection,
    firewall: FirewallId,
    domain: &'static str,
) -> Result<Option<Projection>, StoreError> {
    let failed = || StoreError::write("find the newest snapshot");
    let sql = "SELECT d.stamp, d.rows, d.rejects, s.snapshot_id, s.root, s.height
         FROM domains d LEFT JOIN snapshots s ON s.snapshot_id = d.snapshot_id
         WHERE d.firewall_id = ? AND d.domain = ?";
    let mut statement = connection.prepare_cached(sql).map_err(failed())?;
    let row: Option<ProjectionColumns> = statement
        .query_row((firewall.get(), domain), |r| {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?, r.get(5)?))
        })
        .optional()
        .map_err(failed())?;
    Ok(row.map(|(stamp, rows, rejects, id, root, height)| {
        let root = root.as_deref().and_then(ContentHash::from_slice);
        let head = match (id, root, height) {
            (Some(id), Some(root), Some(height)) => Some(Head { id, root, height }),
            _ => None,
        };
        Projection { head, stamp, rows, rejects }
    }))
}

/// Hashes of the leaves, in order.
pub(super) fn leaf_hashes(
    connection: &Connection,
    domain: &'static str,
    head: Head,
) -> Result<Vec<ContentHash>, StoreError> {
    let mut level = vec![head.root];
    for _ in 0..head.height {
        let mut below = Vec::with_capacity(level.len() * 64);
        for node in level {
            below.extend(chunk::children(&content(connection, domain, node)?));
        }
        level = below;
    }
    Ok(level)
}

/// One chunk, decompressed and verified.
pub(super) fn content(
    connection: &Connection,
    domain: &'static str,
    address: ContentHash,
) -> Result<Vec<u8>, StoreError> {
    let failed = || StoreError::write("read a chunk");
    let sql = "SELECT size, data FROM chunks WHERE hash = ?";
    let row: Option<(i64, Vec<u8>)> = connection
        .prepare_cached(sql)
        .map_err(failed())?
        .query_row([address.as_bytes().as_slice()], |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()
        .map_err(failed())?;
    let missing =
        || StoreError::Damaged { domain, chunk: address.to_string(), problem: "is missing" };
    let (size, data) = row.ok_or_else(missing)?;
    chunk::decompress(domain, address, size, &data)
}

/// Every row of the newest state, with its volatile fields.
pub(super) fn rows(
    connection: &Connection,
    firewall: FirewallId,
    domain: &'static dyn AnyDomain,
    head: Head,
) -> Result<Vec<RawRow>, StoreError> {
    let mut stable = Vec::new();
    for leaf in leaf_hashes(connection, domain.name(), head)? {
        stable.extend(content(connection, domain.name(), leaf)?);
    }
    let volatile = volatile(connection, firewall, domain.name())?;
    let volatile = volatile.map(|(_, content)| content).unwrap_or_default();
    let mut volatile = split(&volatile);
    let damaged = || StoreError::Damaged {
        domain: domain.name(),
        chunk: head.root.to_string(),
        problem: "holds a line that is no row",
    };
    split(&stable).map(|line| read_row(domain, line, volatile.next()).ok_or_else(damaged)).collect()
}

/// Lines without their newline.
pub(super) fn split(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    content.split_inclusive(|b| *b == b'\n').map(|line| line.strip_suffix(b"\n").unwrap_or(line))
}

/// Hash and content of the newest volatile fields.
pub(super) fn volatile(
    connection: &Connection,
    firewall: FirewallId,
    domain: &'static str,
) -> Result<Option<(ContentHash, Vec<u8>)>, StoreError> {
    let failed = || StoreError::write("read volatile fields");
    let sql = "SELECT hash, size, data FROM volatiles WHERE firewall_id = ? AND domain = ?";
    let row: Option<(Vec<u8>, i64, Vec<u8>)> = connection
        .prepare_cached(sql)
        .map_err(failed())?
        .query_row((firewall.get(), domain), |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
        .optional()
        .map_err(failed())?;
    let Some((hash, size, data)) = row else { return Ok(None) };
    let Some(hash) = ContentHash::from_slice(&hash) else { return Ok(None) };
    chunk::decompress(domain, hash, size, &data).map(|content| Some((hash, content)))
}

/// Stores the volatile fields of the newest state.
pub(super) fn put_volatile(
    connection: &Connection,
    firewall: FirewallId,
    domain: &'static str,
    content: &Chunk,
) -> Result<(), StoreError> {
    let failed = || StoreError::write("store volatile fields");
    let sql = "INSERT INTO volatiles (firewall_id, domain, hash, size, data) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (firewall_id, domain) DO UPDATE SET hash = excluded.hash, size = excluded.size, data = excluded.data";
    connection
        .prepare_cached(sql)
        .map_err(failed())?
        .execute((
            firewall.get(),
            domain,
            content.hash.as_bytes().as_slice(),
            i64::try_from(content.content.len()).unwrap_or(i64::MAX),
            &*content.packed(),
        ))
        .map(drop)
        .map_err(failed())
}

/// What one new snapshot consists of.
pub(super) struct New<'a> {
    pub(super) firewall: FirewallId,
    pub(super) domain: &'static str,
    pub(super) run: RunId,
    pub(super) at: Timestamp,
    pub(super) rows: usize,
    pub(super) leaves: &'a [Leaf],
    pub(super) tree: &'a Tree,
}

/// Stores a snapshot: the chunks nobody stored before, and one reference. Returns its number.
pub(super) fn put(
    connection: &Connection,
    new: &New<'_>,
    known: &BTreeSet<ContentHash>,
) -> Result<i64, StoreError> {
    let failed = || StoreError::write("store a snapshot");
    let sql =
        "INSERT INTO chunks (hash, size, data) VALUES (?, ?, ?) ON CONFLICT (hash) DO NOTHING";
    let mut insert = connection.prepare_cached(sql).map_err(failed())?;
    let leaves = new.leaves.iter().map(|leaf| &leaf.chunk);
    for chunk in leaves.chain(&new.tree.nodes).filter(|chunk| !known.contains(&chunk.hash)) {
        let size = i64::try_from(chunk.content.len()).unwrap_or(i64::MAX);
        insert
            .execute((chunk.hash.as_bytes().as_slice(), size, &*chunk.packed()))
            .map_err(failed())?;
    }
    let sql = "INSERT INTO snapshots (firewall_id, domain, run_id, taken_at, root, height, rows)
         VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING snapshot_id";
    connection
        .prepare_cached(sql)
        .map_err(failed())?
        .query_row(
            (
                new.firewall.get(),
                new.domain,
                new.run.get(),
                new.at.millis(),
                new.tree.root.as_bytes().as_slice(),
                new.tree.height,
                i64::try_from(new.rows).unwrap_or(i64::MAX),
            ),
            |r| r.get(0),
        )
        .map_err(failed())
}
