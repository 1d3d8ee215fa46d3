//! Making a new state of one domain the current one: snapshot and table, all or nothing.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::mpsc;
use std::thread;

use rusqlite::{Connection, Transaction};

use crate::domain::{AnyDomain, RawRow, RawRows, sql_names};
use crate::types::{ContentHash, FirewallId, RunId, Timestamp};

use super::chunk::{self, Chunk, Leaf};
use super::chunks::Chunks;
use super::diff::{self, OldLines};
use super::error::StoreError;
use super::open::Store;
use super::presence::{self, Touched};
use super::record::put_sources;
use super::rejects;
use super::snapshot::{self, Head, Projection};
use super::states::State;
use super::upsert::{self, BULK, Indexes, Mode, Table};

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
    /// What its answer cannot tell, even when fresh.
    pub gap: Option<Cow<'static, str>>,
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

/// Batches of rows that are read ahead of the writer, so that reading and writing overlap.
const AHEAD: usize = 4;
const ROWS_AHEAD: usize = 256;

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
        let sources = sources.to_vec();
        let read = move |connection: &mut Connection| {
            let projection = snapshot::projection(connection, firewall, domain.name())?;
            let Some(head) = projection.and_then(|p| p.head) else { return Ok(Vec::new()) };
            let rows = snapshot::rows(connection, firewall, domain, head)?;
            Ok(rows.into_iter().filter(|row| sources.contains(&row.source)).collect())
        };
        self.writer.run(read).await
    }

    /// Makes `batch` the current state in one transaction. On an error nothing has changed.
    pub async fn apply(&self, batch: Batch) -> Result<Applied, StoreError> {
        let work = move |connection: &Transaction<'_>| {
            let (applied, change) = change(connection, &batch)?;
            let Some(change) = change else { return Ok(applied) };
            thread::scope(|scope| {
                if batch.rows.len() >= BULK {
                    // To free 100,000 rows takes a seventh of the time that their presence does.
                    scope.spawn(move || drop(batch));
                }
                change.keep_presence(connection)
            })?;
            Ok(applied)
        };
        self.writer.transact("apply a domain", work).await
    }
}

/// A state as chunks.
pub(super) struct Hashed {
    leaves: Vec<Leaf>,
    tree: chunk::Tree,
    volatile: Option<Chunk>,
}

impl Hashed {
    pub(super) fn new(batch: &Batch) -> Self {
        let leaves = chunk::leaves(&batch.rows);
        let tree = chunk::tree(&leaves);
        Self { leaves, tree, volatile: volatile(batch) }
    }

    pub(super) const fn root(&self) -> ContentHash {
        self.tree.root
    }

    /// The same, compressed: for a state of which every chunk is new.
    fn packed(batch: &Batch) -> Self {
        let mut all = Self::new(batch);
        all.leaves.iter_mut().for_each(|leaf| leaf.chunk.pack());
        all.volatile.iter_mut().for_each(Chunk::pack);
        all
    }
}

/// The volatile fields of every row, when the domain has any.
fn volatile(batch: &Batch) -> Option<Chunk> {
    batch.domain.fields().iter().any(|f| f.volatile).then(|| {
        let mut content = Vec::new();
        batch.rows.iter().for_each(|row| batch.rows.write_volatile(row, &mut content));
        Chunk::new(content)
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

/// What happened to the table, and the new snapshot if there is one.
struct Moved {
    written: u64,
    changed: u64,
    snapshot: Option<i64>,
    touched: Touched,
}

/// What presence is kept from, when something has changed.
struct Change {
    firewall: FirewallId,
    domain: &'static dyn AnyDomain,
    run: RunId,
    /// When the rows were confirmed last before this, and now.
    moment: (Option<Timestamp>, Timestamp),
    touched: Touched,
}

impl Change {
    fn keep_presence(self, connection: &Connection) -> Result<(), StoreError> {
        let Self { firewall, domain, run, moment, touched } = self;
        presence::update(connection, firewall, domain, run, moment, &touched)
    }
}

pub(super) fn apply(connection: &Connection, batch: &Batch) -> Result<Applied, StoreError> {
    let (applied, change) = change(connection, batch)?;
    change.map_or(Ok(()), |change| change.keep_presence(connection))?;
    Ok(applied)
}

/// All of it but presence, which needs no rows.
fn change(connection: &Connection, batch: &Batch) -> Result<(Applied, Option<Change>), StoreError> {
    let (firewall, domain, stamp) = (batch.firewall, batch.domain, stamp(batch.domain));
    let projection = snapshot::projection(connection, firewall, domain.name())?;
    let current = projection
        .as_ref()
        .filter(|p| p.stamp == stamp.as_bytes())
        .and_then(|p| p.head.map(|head| (p, head)));
    let good_before = presence::last_good(connection, firewall, domain)?;
    let moved = match current {
        Some((before, head)) => match update(connection, batch, before, head) {
            // A damaged snapshot cannot be compared with; the new state replaces it whole.
            Err(StoreError::Damaged { .. }) => refill(connection, batch)?,
            other => other?,
        },
        None => refill(connection, batch)?,
    };
    put_sources(connection, firewall, domain, batch.at, Some(batch.run), &batch.sources)?;
    let (rows, rejects) = settle(connection, batch, &stamp, projection.as_ref(), &moved)?;
    let Moved { written, changed, snapshot, touched } = moved;
    let applied = Applied { rows, changed, rejects, written };
    if written == 0 && snapshot.is_none() {
        return Ok((applied, None));
    }
    snapshot::keep_volatile(connection, firewall, domain.name(), batch.run, batch.at)?;
    let (run, moment) = (batch.run, (good_before, batch.at));
    Ok((applied, Some(Change { firewall, domain, run, moment, touched })))
}

/// Fills the table from nothing; the state is hashed and compressed meanwhile.
fn refill(connection: &Connection, batch: &Batch) -> Result<Moved, StoreError> {
    let (firewall, domain) = (batch.firewall, batch.domain);
    upsert::clear(connection, domain, firewall)?;
    rejects::clear(connection, firewall, domain)?;
    let (written, hashed) = thread::scope(|scope| {
        let mut hashing = None;
        let spare = || hashing = Some(scope.spawn(|| Hashed::packed(batch)));
        let written = fill(connection, batch, spare)?;
        let hashed = hashing.and_then(|hashing| hashing.join().ok());
        Ok((written, hashed.ok_or(StoreError::Interrupted)?))
    })?;
    if let Some(volatile) = &hashed.volatile {
        snapshot::put_volatile(connection, firewall, domain.name(), batch.run, volatile)?;
    }
    let snapshot = Some(put_snapshot(connection, batch, &hashed, &[])?);
    Ok(Moved { written, changed: written, snapshot, touched: Touched::All })
}

/// Writes every row. `spare` is called once, when a core has nothing to do: two write and read rows, one builds indexes.
pub(super) fn fill(
    connection: &Connection,
    batch: &Batch,
    spare: impl FnOnce(),
) -> Result<u64, StoreError> {
    let domain = batch.domain;
    let indexes =
        if batch.rows.len() < BULK { None } else { Indexes::set_aside(connection, domain)? };
    let mut table = Table::new(connection, domain, batch.firewall, Mode::Insert)?;
    let all = (0..batch.rows.len()).collect();
    let done = if let Some(indexes) = indexes {
        let done = write(connection, batch, &mut table, all)?;
        drop(table);
        spare();
        indexes.build(connection)?;
        done
    } else {
        spare();
        write(connection, batch, &mut table, all)?
    };
    if done.written < done.read {
        // Two raw rows with one key: the first is in the table, the others must not vanish.
        rejects::put(connection, batch.firewall, domain, &diff::duplicates(domain, &batch.rows))?;
    }
    Ok(done.written)
}

/// Changes what differs from the snapshot `head`.
fn update(
    connection: &Connection,
    batch: &Batch,
    before: &Projection,
    head: Head,
) -> Result<Moved, StoreError> {
    let (firewall, domain, hashed) = (batch.firewall, batch.domain, Hashed::new(batch));
    let moved = volatile_moved(connection, batch, &hashed, head)?;
    if head.root == hashed.tree.root {
        if moved.is_empty() {
            let touched = Touched::Some(BTreeSet::new());
            return Ok(Moved { written: 0, changed: 0, snapshot: None, touched });
        }
        let mut table = Table::new(connection, domain, firewall, Mode::Upsert)?;
        let written = write(connection, batch, &mut table, moved)?.written;
        return Ok(Moved { written, changed: 0, snapshot: None, touched: table.touched() });
    }
    let mut table = Table::new(connection, domain, firewall, Mode::Upsert)?;
    if before.rejects > 0 && rejects::has_duplicates(connection, firewall, domain)? {
        // A row of an unchanged leaf may be the one to show now.
        return refill(connection, batch);
    }
    let chunks = Chunks::new(connection, domain.name());
    let levels = snapshot::levels(&chunks, head)?;
    let old = levels.last().map(Vec::as_slice).unwrap_or_default();
    let mut contents = Vec::new();
    for hash in diff::removed(old, &hashed.leaves) {
        contents.push(chunks.get(hash)?.content.clone());
    }
    let known: BTreeSet<ContentHash> = old.iter().copied().collect();
    let lines = OldLines::new(&contents);
    let seen_again = diff::rows_of_new_leaves(&hashed.leaves, &known);
    let reading = diff::read(domain, &batch.rows, seen_again.iter());
    let old_rows = lines.rows(domain);
    rejects::forget(connection, firewall, domain, &batch.rows, &old_rows)?;
    let keys = diff::keys(domain, &old_rows, &reading.rows);
    let deleted = table.delete(&keys.gone)?;
    let differing = differing(batch, &lines, &seen_again);
    let changed = u64::try_from(differing.len()).unwrap_or(u64::MAX);
    let mut written = write(connection, batch, &mut table, differing)?.written;
    // Volatile fields of rows in unchanged leaves; upserts of equal rows write nothing.
    written += write(connection, batch, &mut table, moved)?.written;
    let touched = table.touched();
    rejects::put(connection, firewall, domain, &reading.rejected)?;
    let rows = upsert::count(connection, domain, firewall)?;
    if rows != before.rows - keys.gone_count() + keys.added {
        // A key that another row already has, or a table that somebody else touched: start over.
        return refill(connection, batch);
    }
    let snapshot = Some(put_snapshot(connection, batch, &hashed, &levels)?);
    Ok(Moved { written: written + deleted, changed: changed + deleted, snapshot, touched })
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
fn volatile_moved(
    connection: &Connection,
    batch: &Batch,
    hashed: &Hashed,
    head: Head,
) -> Result<Vec<usize>, StoreError> {
    let Some(new) = &hashed.volatile else { return Ok(Vec::new()) };
    let name = batch.domain.name();
    let old = match snapshot::volatile(connection, batch.firewall, name) {
        Ok(old) => old,
        // Damaged volatile fields are replaced.
        Err(StoreError::Damaged { .. }) => None,
        Err(other) => return Err(other),
    };
    if old.as_ref().is_some_and(|(hash, _)| *hash == new.hash) {
        return Ok(Vec::new());
    }
    snapshot::put_volatile(connection, batch.firewall, name, batch.run, new)?;
    let old = old.map(|(_, content)| content).unwrap_or_default();
    let old: Vec<&[u8]> = snapshot::split(&old).collect();
    let new: Vec<&[u8]> = snapshot::split(&new.content).collect();
    // Lines stand in row order: they can be compared one by one only if the rows are the same.
    if old.len() != new.len() || head.root != hashed.tree.root {
        return Ok((0..new.len()).collect());
    }
    Ok(old.iter().zip(&new).enumerate().filter(|(_, (a, b))| a != b).map(|(i, _)| i).collect())
}

/// Rows read from the state, and those of them that SQLite wrote.
#[derive(Debug, Clone, Copy, Default)]
struct Done {
    read: u64,
    written: u64,
}

/// Writes the rows at `positions`; another thread reads them, a few hundred ahead.
fn write(
    connection: &Connection,
    batch: &Batch,
    table: &mut Table<'_>,
    positions: Vec<usize>,
) -> Result<Done, StoreError> {
    let mut done = Done::default();
    let mut take = |reading: &diff::Reading, table: &mut Table<'_>| -> Result<(), StoreError> {
        rejects::put(connection, batch.firewall, batch.domain, &reading.rejected)?;
        for row in &reading.rows {
            done.read += 1;
            done.written += u64::from(table.write(row)?);
        }
        Ok(())
    };
    if positions.len() <= ROWS_AHEAD {
        take(&diff::read(batch.domain, &batch.rows, positions.iter()), table)?;
        return Ok(done);
    }
    thread::scope(|scope| {
        let (send, receive) = mpsc::sync_channel(AHEAD);
        let (give_back, written) = mpsc::channel();
        scope.spawn(move || {
            for part in positions.chunks(ROWS_AHEAD) {
                // Freed where they were made: what another thread made costs the allocator more, and the writer is waited for.
                written.try_iter().for_each(drop::<diff::Reading>);
                if send.send(diff::read(batch.domain, &batch.rows, part.iter())).is_err() {
                    return;
                }
            }
        });
        receive.into_iter().try_for_each(|reading| {
            take(&reading, table)?;
            // The other thread may have read the last of them, and be gone.
            let _freed_here = give_back.send(reading);
            Ok(())
        })
    })?;
    Ok(done)
}

pub(super) fn put_snapshot(
    connection: &Connection,
    batch: &Batch,
    hashed: &Hashed,
    old: &[Vec<ContentHash>],
) -> Result<i64, StoreError> {
    let new = snapshot::New {
        firewall: batch.firewall,
        domain: batch.domain.name(),
        run: batch.run,
        at: batch.at,
        rows: batch.rows.len(),
        leaves: &hashed.leaves,
        tree: &hashed.tree,
    };
    snapshot::put(connection, &new, old)
}

/// Points the projection at its snapshot; row and reject counts are counted again only if rows moved.
fn settle(
    connection: &Connection,
    batch: &Batch,
    stamp: &ContentHash,
    before: Option<&Projection>,
    moved: &Moved,
) -> Result<(u64, u64), StoreError> {
    let failed = || StoreError::write("settle a domain");
    let (firewall, name) = (batch.firewall, batch.domain.name());
    let counts = match before {
        Some(before) if moved.written == 0 && moved.snapshot.is_none() => {
            (before.rows, before.rejects)
        }
        _ => {
            let rows = upsert::count(connection, batch.domain, firewall)?;
            let rejects = rejects::count(connection, firewall, batch.domain)?;
            let head = moved.snapshot.or_else(|| before.and_then(|p| p.head).map(|head| head.id));
            let sql = "INSERT INTO domains (firewall_id, domain, snapshot_id, rows, rejects, stamp) VALUES (?, ?, ?, ?, ?, ?)
                 ON CONFLICT (firewall_id, domain) DO UPDATE SET snapshot_id = excluded.snapshot_id, rows = excluded.rows,
                    rejects = excluded.rejects, stamp = excluded.stamp";
            let mut statement = connection.prepare_cached(sql).map_err(failed())?;
            statement
                .execute((firewall.get(), name, head, rows, rejects, stamp.as_bytes().as_slice()))
                .map_err(failed())?;
            (rows, rejects)
        }
    };
    Ok((u64::try_from(counts.0).unwrap_or(0), u64::try_from(counts.1).unwrap_or(0)))
}
