//! Snapshots in the database: writing chunks, reading a state back, every read checked.

use std::collections::BTreeSet;

use rusqlite::types::{FromSql, FromSqlResult, ValueRef};
use rusqlite::{Connection, OptionalExtension};

use crate::domain::{AnyDomain, RawRow, read_row};
use crate::types::{ContentHash, FirewallId, RunId, Timestamp};

use super::chunk::{self, Chunk, Leaf, Tree};
use super::chunks::Chunks;
use super::error::StoreError;

/// The newest snapshot of a domain.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub(super) id: i64,
    pub(super) root: ContentHash,
    pub(super) height: u32,
}

/// Levels of nodes that a tree may have: one of a million rows has three.
pub(super) const MOST_LEVELS: u32 = 16;

/// The height of a tree as the database holds it. One that cannot be is higher than any: whoever opens the tree finds
/// it damaged, and nothing else fails.
#[derive(Debug, Clone, Copy)]
pub(super) struct Height(pub(super) u32);

impl FromSql for Height {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(|height| Self(u32::try_from(height).unwrap_or(u32::MAX)))
    }
}

impl Head {
    /// Refuses a tree that is higher than any.
    pub(super) fn check(self, domain: &'static str) -> Result<(), StoreError> {
        if self.height > MOST_LEVELS { Err(too_high(domain, self.root)) } else { Ok(()) }
    }
}

/// A tree that is said to be higher than it can be.
pub(super) fn too_high(domain: &'static str, root: ContentHash) -> StoreError {
    let problem = "stands below more levels than there can be";
    StoreError::Damaged { domain, chunk: root.to_string(), problem }
}

/// What stands in the `domains` table for one domain.
#[derive(Debug)]
pub(super) struct Projection {
    pub(super) head: Option<Head>,
    pub(super) stamp: Vec<u8>,
    pub(super) rows: i64,
    pub(super) rejects: i64,
}

type ProjectionColumns = (Vec<u8>, i64, i64, Option<i64>, Option<Vec<u8>>, Option<Height>);

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
            (Some(id), Some(root), Some(height)) => Some(Head { id, root, height: height.0 }),
            _ => None,
        };
        Projection { head, stamp, rows, rejects }
    }))
}

/// The hashes of every level of a tree, the root's first and the leaves' last.
pub(super) fn levels(chunks: &Chunks<'_>, head: Head) -> Result<Vec<Vec<ContentHash>>, StoreError> {
    head.check(chunks.domain())?;
    let mut levels = vec![vec![head.root]];
    for _ in 0..head.height {
        let mut below = Vec::new();
        for node in levels.last().into_iter().flatten() {
            below.extend(chunk::children(&chunks.get(*node)?.content));
        }
        levels.push(below);
    }
    Ok(levels)
}

/// Every row of the newest state, with its volatile fields; without them where those are damaged.
pub(super) fn rows(
    connection: &Connection,
    firewall: FirewallId,
    domain: &'static dyn AnyDomain,
    head: Head,
) -> Result<Vec<RawRow>, StoreError> {
    let stable = lines(&Chunks::new(connection, domain.name()), head)?;
    let volatile = match volatile(connection, firewall, domain.name()) {
        Err(StoreError::Damaged { .. }) => None,
        other => other?,
    };
    let volatile = volatile.map(|(_, content)| content).unwrap_or_default();
    let mut volatile = split(&volatile);
    let row = |line| read_row(domain, line, volatile.next());
    split(&stable).map(row).collect::<Option<_>>().ok_or_else(|| not_rows(domain, head))
}

/// The stable lines of every row of a state, one after another.
pub(super) fn lines(chunks: &Chunks<'_>, head: Head) -> Result<Vec<u8>, StoreError> {
    let mut stable = Vec::new();
    for leaf in levels(chunks, head)?.last().into_iter().flatten() {
        let stored = chunks.get(*leaf)?;
        if chunk::rows(&stored.content).is_none() {
            return Err(no_row(chunks.domain(), *leaf));
        }
        stable.extend_from_slice(&stored.content);
    }
    Ok(stable)
}

pub(super) fn not_rows(domain: &'static dyn AnyDomain, head: Head) -> StoreError {
    no_row(domain.name(), head.root)
}

pub(super) fn no_row(domain: &'static str, chunk: ContentHash) -> StoreError {
    let chunk = chunk.to_string();
    StoreError::Damaged { domain, chunk, problem: "holds a line that is no row" }
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

/// Stores the volatile fields of the newest state, which `run` saw first.
pub(super) fn put_volatile(
    connection: &Connection,
    firewall: FirewallId,
    domain: &'static str,
    run: RunId,
    content: &Chunk,
) -> Result<(), StoreError> {
    let failed = || StoreError::write("store volatile fields");
    let sql = "INSERT INTO volatiles (firewall_id, domain, run_id, hash, size, data) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (firewall_id, domain) DO UPDATE SET run_id = excluded.run_id, hash = excluded.hash, size = excluded.size, data = excluded.data";
    connection
        .prepare_cached(sql)
        .map_err(failed())?
        .execute((
            firewall.get(),
            domain,
            run.get(),
            content.hash.as_bytes().as_slice(),
            i64::try_from(content.content.len()).unwrap_or(i64::MAX),
            &*content.packed(),
        ))
        .map(drop)
        .map_err(failed())
}

/// How long earlier volatile fields may stand for those after them. With every run they would cost more than
/// all the rest of history: 10 KB a run for 1,000 leases and their neighbours, a gigabyte a year.
const VOLATILE_EVERY: i64 = 3_600;

/// Keeps the newest volatile fields for the history, unless some were kept within the hour.
pub(super) fn keep_volatile(
    connection: &Connection,
    firewall: FirewallId,
    domain: &'static str,
    run: RunId,
    at: Timestamp,
) -> Result<(), StoreError> {
    let failed = || StoreError::write("keep volatile fields");
    let sql = "INSERT INTO volatile_states (firewall_id, domain, position, snapshot_id, at, hash, size, data)
         SELECT v.firewall_id, v.domain, (SELECT position FROM runs WHERE run_id = ?3), d.snapshot_id, ?4, v.hash, v.size, v.data
         FROM volatiles v JOIN domains d ON d.firewall_id = v.firewall_id AND d.domain = v.domain
         WHERE v.firewall_id = ?1 AND v.domain = ?2 AND d.snapshot_id IS NOT NULL
           AND abs(?4 - coalesce((SELECT at FROM volatile_states WHERE firewall_id = ?1 AND domain = ?2 ORDER BY position DESC LIMIT 1), 0)) >= ?5
         ON CONFLICT DO NOTHING";
    let mut keep = connection.prepare_cached(sql).map_err(failed())?;
    keep.execute((firewall.get(), domain, run.get(), at.millis(), VOLATILE_EVERY * 1_000))
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

/// Stores a snapshot: the chunks nobody stored before, and one reference. `old` are the levels of the
/// snapshot it follows. Returns its number.
pub(super) fn put(
    connection: &Connection,
    new: &New<'_>,
    old: &[Vec<ContentHash>],
) -> Result<i64, StoreError> {
    let failed = || StoreError::write("store a snapshot");
    let chunks = Chunks::new(connection, new.domain);
    let leaves: Vec<&Chunk> = new.leaves.iter().map(|leaf| &leaf.chunk).collect();
    let above = new.tree.levels.iter().map(|level| level.iter().collect());
    let mut stored: usize = 0;
    for (i, level) in std::iter::once(leaves).chain(above).enumerate() {
        let old = old.iter().rev().nth(i).map(Vec::as_slice).unwrap_or_default();
        stored += put_level(&chunks, &level, old)?;
    }
    let sql = "UPDATE runs SET stored = stored + ? WHERE run_id = ?";
    let mut cost = connection.prepare_cached(sql).map_err(failed())?;
    cost.execute((i64::try_from(stored).unwrap_or(i64::MAX), new.run.get())).map_err(failed())?;
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

fn put_level(
    chunks: &Chunks<'_>,
    new: &[&Chunk],
    old: &[ContentHash],
) -> Result<usize, StoreError> {
    let hashes: Vec<ContentHash> = new.iter().map(|chunk| chunk.hash).collect();
    let known: BTreeSet<&ContentHash> = old.iter().collect();
    let came_from = chunk::predecessors(old, &hashes);
    let mut stored = 0;
    for chunk in new.iter().filter(|chunk| !known.contains(&chunk.hash)) {
        // A damaged base is no reason not to store what is new.
        let base = came_from.get(&chunk.hash).and_then(|hash| chunks.get(*hash).ok());
        stored += chunks.put(chunk, base.as_deref())?;
    }
    Ok(stored)
}
