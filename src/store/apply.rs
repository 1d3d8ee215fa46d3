//! Making a new state of one domain the current one: snapshot and table, all or nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use sqlx::SqliteTransaction;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::domain::{AnyDomain, RawRow, RawRows, sql_names};
use crate::types::{ContentHash, FirewallId, RunId, Timestamp};

use super::chunk::{self, Chunk, Leaf};
use super::diff::{self, OldLines, Rejected};
use super::error::StoreError;
use super::open::Store;
use super::record::put_sources;
use super::snapshot::{self, Head, Projection};
use super::states::State;
use super::upsert::{BULK, Indexes, Mode, Writer};

/// A new state of one domain.
#[derive(Debug)]
pub struct Batch {
    pub firewall: FirewallId,
    pub domain: &'static dyn AnyDomain,
    pub run: RunId,
    pub at: Timestamp,
    /// All rows: the fresh ones, and those kept of sources that failed.
    pub rows: RawRows,
    pub sources: Vec<SourceState>,
}

/// What one endpoint said in this run.
#[derive(Debug, Clone)]
pub struct SourceState {
    pub name: &'static str,
    pub state: State,
    pub reason: Option<String>,
    pub gap: Option<&'static str>,
    pub rows: usize,
    pub body_hash: Option<ContentHash>,
    /// Since when, and how many times in a row, it has answered without rows although it had some.
    pub empty: Option<(Timestamp, i64)>,
}

/// What an apply did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    /// Rows of the table now.
    pub rows: u64,
    /// Rows added, modified or deleted; movements of volatile fields alone do not count.
    pub changed: u64,
    pub rejects: u64,
    /// Rows that SQLite wrote in the domain's table, volatile movements included.
    pub written: u64,
}

/// The rows a domain shows now, to be kept where a source failed.
pub type Kept = Vec<RawRow>;

/// Rows that are read ahead of the writer: two statements' worth, so reading and writing overlap.
const AHEAD: usize = 2;
const ROWS_AHEAD: usize = 1_000;

impl std::fmt::Debug for dyn AnyDomain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Store {
    /// Rows of the newest snapshot that came from `sources`.
    pub async fn kept(
        &self,
        firewall: FirewallId,
        domain: &'static dyn AnyDomain,
        sources: &[&'static str],
    ) -> Result<Kept, StoreError> {
        let mut connection =
            self.readers.acquire().await.map_err(StoreError::query("read kept rows"))?;
        let projection = snapshot::projection(&mut connection, firewall, domain.name()).await?;
        let Some(head) = projection.and_then(|p| p.head) else { return Ok(Vec::new()) };
        let rows = snapshot::rows(&mut connection, firewall, domain, head).await?;
        Ok(rows.into_iter().filter(|row| sources.contains(&row.source)).collect())
    }

    /// Makes `batch` the current state in one transaction. On an error nothing has changed.
    pub async fn apply(&self, batch: Batch) -> Result<Applied, StoreError> {
        let failed = || StoreError::query("apply a domain");
        let stamp = stamp(batch.domain);
        let batch = Arc::new(batch);
        // Hashing runs beside what follows: a first fill writes rows meanwhile, an update waits for it.
        let mut hashing = JoinSet::new();
        let hashed = Arc::clone(&batch);
        hashing.spawn_blocking(move || Hashed::new(&hashed));
        let mut prepared = Prepared { batch, stamp, hashing, hashed: None };
        if self.is_known(&prepared).await? {
            // Hash first, lock later: another domain may write in the meantime.
            prepared.hashed().await?;
        }
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(failed())?;
        let applied = apply(&mut transaction, &mut prepared).await?;
        transaction.commit().await.map_err(failed())?;
        Ok(applied)
    }

    async fn is_known(&self, prepared: &Prepared) -> Result<bool, StoreError> {
        let mut connection =
            self.readers.acquire().await.map_err(StoreError::query("find the newest snapshot"))?;
        let known = snapshot::projection(
            &mut connection,
            prepared.batch.firewall,
            prepared.batch.domain.name(),
        )
        .await?;
        Ok(known.is_some_and(|p| p.head.is_some()))
    }
}

/// A batch, and its hashes as soon as they are there.
struct Prepared {
    batch: Arc<Batch>,
    stamp: ContentHash,
    hashing: JoinSet<Hashed>,
    hashed: Option<Arc<Hashed>>,
}

impl Prepared {
    async fn hashed(&mut self) -> Result<Arc<Hashed>, StoreError> {
        if let Some(hashed) = &self.hashed {
            return Ok(Arc::clone(hashed));
        }
        let hashed =
            self.hashing.join_next().await.and_then(Result::ok).ok_or(StoreError::Interrupted)?;
        Ok(Arc::clone(self.hashed.insert(Arc::new(hashed))))
    }
}

/// A state as chunks.
struct Hashed {
    leaves: Vec<Leaf>,
    tree: chunk::Tree,
    volatile: Option<Chunk>,
}

impl Hashed {
    fn new(batch: &Batch) -> Self {
        let leaves = chunk::leaves(&batch.rows);
        let tree = chunk::tree(&leaves);
        Self { leaves, tree, volatile: volatile(batch) }
    }
}

/// The volatile fields of every row, when the domain has any.
fn volatile(batch: &Batch) -> Option<Chunk> {
    batch.domain.fields().iter().any(|f| f.volatile).then(|| {
        let mut content = Vec::new();
        batch.rows.iter().for_each(|row| batch.rows.write_volatile(row, &mut content));
        Chunk { hash: chunk::hash(&content), content }
    })
}

/// The hash of an endpoint's answer: equal bytes, read by an equal domain, give equal rows.
pub fn source_hash(
    domain: &'static dyn AnyDomain,
    bodies: &[Vec<u8>],
    names: &[(String, String)],
) -> ContentHash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(stamp(domain).as_bytes());
    for body in bodies {
        hasher.update(&u64::try_from(body.len()).unwrap_or(u64::MAX).to_le_bytes());
        hasher.update(body);
    }
    for (key, label) in names {
        hasher.update(key.as_bytes()).update(&[0]).update(label.as_bytes()).update(&[0]);
    }
    ContentHash::new(*hasher.finalize().as_bytes())
}

/// Changes when the table would be filled differently: another column list, another allow-list.
pub(super) fn stamp(domain: &'static dyn AnyDomain) -> ContentHash {
    let mut text = String::new();
    for column in domain.columns() {
        for name in sql_names(&column) {
            text.push_str(&name);
            text.push_str(column.kind.as_str());
        }
    }
    for field in domain.fields() {
        text.push_str(field.name);
        text.push(if field.volatile { '~' } else { '=' });
    }
    chunk::hash(text.as_bytes())
}

async fn apply(
    transaction: &mut SqliteTransaction<'_>,
    prepared: &mut Prepared,
) -> Result<Applied, StoreError> {
    let (batch, domain) = (Arc::clone(&prepared.batch), prepared.batch.domain);
    let projection = snapshot::projection(transaction, batch.firewall, domain.name()).await?;
    let current = projection
        .as_ref()
        .filter(|p| p.stamp == prepared.stamp.as_bytes())
        .and_then(|p| p.head.map(|head| (p, head)));
    let (written, changed, head_id) = match current {
        Some((before, head)) => match update(transaction, prepared, before, head).await {
            // A damaged snapshot cannot be compared with; the new state replaces it whole.
            Err(StoreError::Damaged { .. }) => refill(transaction, prepared).await?,
            other => other?,
        },
        None => refill(transaction, prepared).await?,
    };
    put_sources(transaction, batch.firewall, domain, batch.at, &batch.sources).await?;
    let (rows, rejects) =
        settle(transaction, prepared, projection.as_ref(), head_id, written > 0 || changed > 0)
            .await?;
    Ok(Applied { rows, changed, rejects, written })
}

/// Fills the table from nothing.
async fn refill(
    transaction: &mut SqliteTransaction<'_>,
    prepared: &mut Prepared,
) -> Result<(u64, u64, Option<i64>), StoreError> {
    let batch = Arc::clone(&prepared.batch);
    let mut writer = Writer::new(batch.domain, batch.firewall, Mode::Insert);
    writer.clear(transaction).await?;
    clear_rejects(transaction, &batch).await?;
    let indexes = if batch.rows.len() < BULK {
        None
    } else {
        Indexes::set_aside(transaction, batch.domain).await?
    };
    let positions: Vec<usize> = (0..batch.rows.len()).collect();
    let done = write_positions(transaction, &batch, &mut writer, positions).await?;
    if let Some(indexes) = indexes {
        indexes.build(transaction).await?;
    }
    if done.written < done.read {
        // Two raw rows with one key: the first is in the table, the others must not vanish.
        put_rejects(transaction, &batch, &diff::duplicates(batch.domain, &batch.rows)).await?;
    }
    let id = put_snapshot(transaction, prepared, &BTreeSet::new()).await?;
    Ok((done.written, done.written, Some(id)))
}

/// Changes what differs from the snapshot `head`.
async fn update(
    transaction: &mut SqliteTransaction<'_>,
    prepared: &mut Prepared,
    before: &Projection,
    head: Head,
) -> Result<(u64, u64, Option<i64>), StoreError> {
    let (batch, domain, hashed) =
        (Arc::clone(&prepared.batch), prepared.batch.domain, prepared.hashed().await?);
    let batch = &batch;
    let mut writer = Writer::new(domain, batch.firewall, Mode::Upsert);
    let moved = volatile_moved(transaction, batch, &hashed, head).await?;
    if head.root == hashed.tree.root {
        let written = write_positions(transaction, batch, &mut writer, moved).await?.written;
        return Ok((written, 0, None));
    }
    let old = snapshot::leaf_hashes(transaction, domain.name(), head).await?;
    let mut contents = Vec::new();
    for hash in diff::removed(&old, &hashed.leaves) {
        contents.push(snapshot::content(transaction, domain.name(), hash).await?);
    }
    let known: BTreeSet<ContentHash> = old.into_iter().collect();
    let lines = OldLines::new(&contents);
    let seen_again = diff::rows_of_new_leaves(&hashed.leaves, &known);
    let reading = diff::read(domain, &batch.rows, seen_again.iter());
    let old_rows = lines.rows(domain);
    forget_rejects(transaction, batch, &old_rows).await?;
    let keys = diff::keys(domain, &old_rows, &reading.rows);
    let deleted = writer.delete(transaction, &keys.gone).await?;
    let differing = differing(batch, &lines, &seen_again);
    let changed = u64::try_from(differing.len()).unwrap_or(u64::MAX);
    let mut written = write_positions(transaction, batch, &mut writer, differing).await?.written;
    // Volatile fields of rows in unchanged leaves; upserts of equal rows write nothing.
    written += write_positions(transaction, batch, &mut writer, moved).await?.written;
    put_rejects(transaction, batch, &reading.rejected).await?;
    let rows = super::select::count(transaction, domain, batch.firewall).await?;
    if rows != before.rows - keys.gone_count() + keys.added {
        // A key that another row already has, or a table that somebody else touched: start over.
        return refill(transaction, prepared).await;
    }
    let id = put_snapshot(transaction, prepared, &known).await?;
    Ok((written + deleted, changed + deleted, Some(id)))
}

/// Positions whose stable line is not among the old ones.
fn differing(batch: &Batch, lines: &OldLines<'_>, positions: &[usize]) -> Vec<usize> {
    let rows = &batch.rows;
    let mut line = Vec::new();
    let is_new = |i: &&usize| {
        line.clear();
        rows.rows().get(**i).into_iter().for_each(|row| rows.write_stable(row, &mut line));
        !lines.has(&line)
    };
    positions.iter().filter(is_new).copied().collect()
}

/// Positions whose volatile fields differ from the stored ones; all of them when the states do not align.
async fn volatile_moved(
    transaction: &mut SqliteTransaction<'_>,
    batch: &Batch,
    hashed: &Hashed,
    head: Head,
) -> Result<Vec<usize>, StoreError> {
    let Some(new) = &hashed.volatile else { return Ok(Vec::new()) };
    let old = match snapshot::volatile(transaction, batch.firewall, batch.domain.name()).await {
        Ok(old) => old,
        // Damaged volatile fields are replaced.
        Err(StoreError::Damaged { .. }) => None,
        Err(other) => return Err(other),
    };
    if old.as_ref().is_some_and(|(hash, _)| *hash == new.hash) {
        return Ok(Vec::new());
    }
    snapshot::put_volatile(transaction, batch.firewall, batch.domain.name(), new).await?;
    let old = old.map(|(_, content)| content).unwrap_or_default();
    let old: Vec<&[u8]> = snapshot::split(&old).collect();
    let new: Vec<&[u8]> = snapshot::split(&new.content).collect();
    // Lines stand in row order: they can be compared one by one only if the rows are the same.
    if old.len() != new.len() || head.root != hashed.tree.root {
        return Ok((0..new.len()).collect());
    }
    Ok(old.iter().zip(&new).enumerate().filter(|(_, (a, b))| a != b).map(|(i, _)| i).collect())
}

/// Reads rows on a blocking thread and writes them here, `AHEAD` batches apart.
async fn write_positions(
    transaction: &mut SqliteTransaction<'_>,
    batch: &Arc<Batch>,
    writer: &mut Writer,
    positions: Vec<usize>,
) -> Result<Done, StoreError> {
    let mut done = Done::default();
    if positions.is_empty() {
        return Ok(done);
    }
    let (state, encoder) = (Arc::clone(batch), writer.clone());
    let (send, mut receive) = mpsc::channel(AHEAD);
    let mut reader = JoinSet::new();
    reader.spawn_blocking(move || {
        for part in positions.chunks(ROWS_AHEAD) {
            let reading = diff::read(state.domain, &state.rows, part.iter());
            let ready =
                encoder.encode(reading.rows).map(|statements| (statements, reading.rejected));
            if send.blocking_send(ready).is_err() {
                return;
            }
        }
    });
    while let Some(ready) = receive.recv().await {
        let (statements, rejected) = ready?;
        put_rejects(transaction, batch, &rejected).await?;
        for statement in statements {
            done.read += u64::try_from(statement.rows).unwrap_or(u64::MAX);
            done.written += writer.write(transaction, statement).await?;
        }
    }
    while let Some(ended) = reader.join_next().await {
        ended.map_err(|_| StoreError::Interrupted)?;
    }
    Ok(done)
}

/// Rows read from the state, and those of them that SQLite wrote.
#[derive(Debug, Clone, Copy, Default)]
struct Done {
    read: u64,
    written: u64,
}

async fn put_snapshot(
    transaction: &mut SqliteTransaction<'_>,
    prepared: &mut Prepared,
    known: &BTreeSet<ContentHash>,
) -> Result<i64, StoreError> {
    let (batch, hashed) = (Arc::clone(&prepared.batch), prepared.hashed().await?);
    if known.is_empty() {
        if let Some(volatile) = &hashed.volatile {
            snapshot::put_volatile(transaction, batch.firewall, batch.domain.name(), volatile)
                .await?;
        }
    }
    let new = snapshot::New {
        firewall: batch.firewall,
        domain: batch.domain.name(),
        run: batch.run,
        at: batch.at,
        rows: batch.rows.len(),
        leaves: &hashed.leaves,
        tree: &hashed.tree,
    };
    snapshot::put(transaction, &new, known).await
}

/// Points the projection at its snapshot; row and reject counts are counted again only if rows moved.
async fn settle(
    transaction: &mut SqliteTransaction<'_>,
    prepared: &Prepared,
    before: Option<&Projection>,
    snapshot: Option<i64>,
    moved: bool,
) -> Result<(u64, u64), StoreError> {
    let (batch, name) = (&prepared.batch, prepared.batch.domain.name());
    let failed = || StoreError::query("settle a domain");
    let head = snapshot.or_else(|| before.and_then(|p| p.head).map(|head| head.id));
    let counts = if moved || snapshot.is_some() || before.is_none() {
        let rows = super::select::count(transaction, batch.domain, batch.firewall).await?;
        let rejects: i64 =
            sqlx::query_scalar("SELECT count(*) FROM rejects WHERE firewall_id = ? AND domain = ?")
                .bind(batch.firewall.get())
                .bind(name)
                .fetch_one(&mut **transaction)
                .await
                .map_err(failed())?;
        Some((rows, rejects))
    } else {
        None
    };
    if let Some((rows, rejects)) = counts {
        sqlx::query(
            "INSERT INTO domains (firewall_id, domain, snapshot_id, rows, rejects, stamp) VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT (firewall_id, domain) DO UPDATE SET snapshot_id = excluded.snapshot_id, rows = excluded.rows,
                rejects = excluded.rejects, stamp = excluded.stamp",
        )
        .bind(batch.firewall.get())
        .bind(name)
        .bind(head)
        .bind(rows)
        .bind(rejects)
        .bind(prepared.stamp.as_bytes().as_slice())
        .execute(&mut **transaction)
        .await
        .map_err(failed())?;
        return Ok((u64::try_from(rows).unwrap_or(0), u64::try_from(rejects).unwrap_or(0)));
    }
    let rows: i64 =
        sqlx::query_scalar("SELECT rows FROM domains WHERE firewall_id = ? AND domain = ?")
            .bind(batch.firewall.get())
            .bind(name)
            .fetch_one(&mut **transaction)
            .await
            .map_err(failed())?;
    let rejects = before.map_or(0, |p| p.rejects);
    Ok((u64::try_from(rows).unwrap_or(0), u64::try_from(rejects).unwrap_or(0)))
}

async fn clear_rejects(
    transaction: &mut SqliteTransaction<'_>,
    batch: &Batch,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM rejects WHERE firewall_id = ? AND domain = ?")
        .bind(batch.firewall.get())
        .bind(batch.domain.name())
        .execute(&mut **transaction)
        .await
        .map(drop)
        .map_err(StoreError::query("clear rejects"))
}

/// Drops the rejects of rows that are read again or gone.
async fn forget_rejects(
    transaction: &mut SqliteTransaction<'_>,
    batch: &Batch,
    rows: &[RawRow],
) -> Result<(), StoreError> {
    for row in rows {
        let mut identity = Vec::new();
        batch.rows.write_identity(row, &mut identity);
        sqlx::query("DELETE FROM rejects WHERE firewall_id = ? AND domain = ? AND identity = ?")
            .bind(batch.firewall.get())
            .bind(batch.domain.name())
            .bind(identity)
            .execute(&mut **transaction)
            .await
            .map_err(StoreError::query("forget rejects"))?;
    }
    Ok(())
}

async fn put_rejects(
    transaction: &mut SqliteTransaction<'_>,
    batch: &Batch,
    rejected: &[Rejected],
) -> Result<(), StoreError> {
    for reject in rejected {
        sqlx::query(
            "INSERT INTO rejects (firewall_id, domain, identity, source, field, reason, raw) VALUES (?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (firewall_id, domain, identity) DO UPDATE SET field = excluded.field, reason = excluded.reason, raw = excluded.raw",
        )
        .bind(batch.firewall.get())
        .bind(batch.domain.name())
        .bind(&reject.identity)
        .bind(reject.source)
        .bind(reject.field)
        .bind(&reject.reason)
        .bind(&reject.raw)
        .execute(&mut **transaction)
        .await
        .map_err(StoreError::query("keep a reject"))?;
    }
    Ok(())
}
