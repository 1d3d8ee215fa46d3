//! Snapshots in the database: writing chunks, reading a state back, every read checked.

use std::collections::BTreeSet;

use sqlx::sqlite::SqliteConnection;
use sqlx::{QueryBuilder, Row, SqliteTransaction};

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

pub(super) async fn projection(
    connection: &mut SqliteConnection,
    firewall: FirewallId,
    domain: &'static str,
) -> Result<Option<Projection>, StoreError> {
    let row = sqlx::query(
        "SELECT d.stamp, d.rejects, s.snapshot_id, s.root, s.height, d.rows
         FROM domains d LEFT JOIN snapshots s ON s.snapshot_id = d.snapshot_id
         WHERE d.firewall_id = ? AND d.domain = ?",
    )
    .bind(firewall.get())
    .bind(domain)
    .fetch_optional(connection)
    .await
    .map_err(StoreError::query("find the newest snapshot"))?;
    let Some(row) = row else { return Ok(None) };
    let read = StoreError::query("read the newest snapshot");
    let get = || -> Result<_, sqlx::Error> {
        Ok((
            row.try_get::<Vec<u8>, _>(0)?,
            row.try_get::<i64, _>(1)?,
            row.try_get::<Option<i64>, _>(2)?,
            row.try_get::<Option<Vec<u8>>, _>(3)?,
            row.try_get::<Option<u32>, _>(4)?,
            row.try_get::<i64, _>(5)?,
        ))
    };
    let (stamp, rejects, id, root, height, rows) = get().map_err(read)?;
    let root = root.as_deref().and_then(ContentHash::from_slice);
    let head = match (id, root, height) {
        (Some(id), Some(root), Some(height)) => Some(Head { id, root, height }),
        _ => None,
    };
    Ok(Some(Projection { head, stamp, rows, rejects }))
}

/// Hashes of the leaves, in order.
pub(super) async fn leaf_hashes(
    connection: &mut SqliteConnection,
    domain: &'static str,
    head: Head,
) -> Result<Vec<ContentHash>, StoreError> {
    let mut level = vec![head.root];
    for _ in 0..head.height {
        let mut below = Vec::with_capacity(level.len() * 64);
        for node in level {
            below.extend(chunk::children(&content(connection, domain, node).await?));
        }
        level = below;
    }
    Ok(level)
}

/// One chunk, decompressed and verified.
pub(super) async fn content(
    connection: &mut SqliteConnection,
    domain: &'static str,
    address: ContentHash,
) -> Result<Vec<u8>, StoreError> {
    let row: Option<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT size, data FROM chunks WHERE hash = ?")
            .bind(address.as_bytes().as_slice())
            .fetch_optional(connection)
            .await
            .map_err(StoreError::query("read a chunk"))?;
    let missing =
        || StoreError::Damaged { domain, chunk: address.to_string(), problem: "is missing" };
    let (size, data) = row.ok_or_else(missing)?;
    chunk::decompress(domain, address, size, &data)
}

/// The stable lines of every row of a state, in order.
pub(super) async fn lines(
    connection: &mut SqliteConnection,
    domain: &'static str,
    head: Head,
) -> Result<Vec<u8>, StoreError> {
    let mut all = Vec::new();
    for leaf in leaf_hashes(connection, domain, head).await? {
        all.extend(content(connection, domain, leaf).await?);
    }
    Ok(all)
}

/// Every row of the newest state, with its volatile fields.
pub(super) async fn rows(
    connection: &mut SqliteConnection,
    firewall: FirewallId,
    domain: &'static dyn AnyDomain,
    head: Head,
) -> Result<Vec<RawRow>, StoreError> {
    let stable = lines(connection, domain.name(), head).await?;
    let volatile = volatile(connection, firewall, domain.name())
        .await?
        .map(|(_, content)| content)
        .unwrap_or_default();
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
pub(super) async fn volatile(
    connection: &mut SqliteConnection,
    firewall: FirewallId,
    domain: &'static str,
) -> Result<Option<(ContentHash, Vec<u8>)>, StoreError> {
    let row: Option<(Vec<u8>, i64, Vec<u8>)> = sqlx::query_as(
        "SELECT hash, size, data FROM volatiles WHERE firewall_id = ? AND domain = ?",
    )
    .bind(firewall.get())
    .bind(domain)
    .fetch_optional(connection)
    .await
    .map_err(StoreError::query("read volatile fields"))?;
    let Some((hash, size, data)) = row else { return Ok(None) };
    let Some(hash) = ContentHash::from_slice(&hash) else { return Ok(None) };
    chunk::decompress(domain, hash, size, &data).map(|content| Some((hash, content)))
}

/// Stores the volatile fields of the newest state.
pub(super) async fn put_volatile(
    transaction: &mut SqliteTransaction<'_>,
    firewall: FirewallId,
    domain: &'static str,
    content: &Chunk,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO volatiles (firewall_id, domain, hash, size, data) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (firewall_id, domain) DO UPDATE SET hash = excluded.hash, size = excluded.size, data = excluded.data",
    )
    .bind(firewall.get())
    .bind(domain)
    .bind(content.hash.as_bytes().as_slice())
    .bind(i64::try_from(content.content.len()).unwrap_or(i64::MAX))
    .bind(chunk::compress(&content.content))
    .execute(&mut **transaction)
    .await
    .map(drop)
    .map_err(StoreError::query("store volatile fields"))
}

/// Chunks in one INSERT: 64 of 3 KB each; row by row, sqlx spends 30 us on each.
const CHUNKS_PER_STATEMENT: usize = 64;

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
pub(super) async fn put(
    transaction: &mut SqliteTransaction<'_>,
    new: &New<'_>,
    known: &BTreeSet<ContentHash>,
) -> Result<i64, StoreError> {
    let leaves = new.leaves.iter().map(|leaf| &leaf.chunk);
    let fresh: Vec<&Chunk> =
        leaves.chain(&new.tree.nodes).filter(|chunk| !known.contains(&chunk.hash)).collect();
    for part in fresh.chunks(CHUNKS_PER_STATEMENT) {
        let mut insert = QueryBuilder::new("INSERT INTO chunks (hash, size, data) ");
        insert.push_values(part, |mut row, chunk| {
            row.push_bind(chunk.hash.as_bytes().to_vec());
            row.push_bind(i64::try_from(chunk.content.len()).unwrap_or(i64::MAX));
            row.push_bind(chunk::compress(&chunk.content));
        });
        insert.push(" ON CONFLICT (hash) DO NOTHING");
        insert
            .build()
            .execute(&mut **transaction)
            .await
            .map_err(StoreError::query("store chunks"))?;
    }
    sqlx::query_scalar(
        "INSERT INTO snapshots (firewall_id, domain, run_id, taken_at, root, height, rows) VALUES (?, ?, ?, ?, ?, ?, ?)
         RETURNING snapshot_id",
    )
    .bind(new.firewall.get())
    .bind(new.domain)
    .bind(new.run.get())
    .bind(new.at.millis())
    .bind(new.tree.root.as_bytes().as_slice())
    .bind(new.tree.height)
    .bind(i64::try_from(new.rows).unwrap_or(i64::MAX))
    .fetch_one(&mut **transaction)
    .await
    .map_err(StoreError::query("store a snapshot"))
}
