//! Reading all of history, and telling what is damaged.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::domain::by_name;
use crate::types::{ContentHash, FirewallId, RunId, Timestamp};

use super::chunk;
use super::chunks::Chunks;
use super::error::StoreError;
use super::open::Store;
use super::snapshot::{self, Height};

/// Something that is not what was written, and what it hurts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    pub firewall: FirewallId,
    pub domain: String,
    /// The run whose state it is.
    pub run: RunId,
    pub taken_at: Timestamp,
    pub problem: String,
}

/// What a reading found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Snapshots that were read.
    pub snapshots: u64,
    /// Moments whose volatile fields were read.
    pub volatiles: u64,
    pub damages: Vec<Damage>,
}

impl Store {
    /// Reads every chunk of every snapshot and all volatile fields that were kept.
    pub async fn verify(&self) -> Result<Verified, StoreError> {
        self.reader
            .run(|connection| {
                // All of one moment.
                let transaction =
                    connection.transaction().map_err(StoreError::write("read history"))?;
                let mut verified = Verified::default();
                snapshots(&transaction, &mut verified)?;
                volatiles(&transaction, &mut verified)?;
                Ok(verified)
            })
            .await
    }
}

type SnapshotColumns = (i64, String, i64, i64, Vec<u8>, Height, i64, bool);

fn snapshots(connection: &Connection, verified: &mut Verified) -> Result<(), StoreError> {
    let failed = || StoreError::write("list snapshots");
    let sql = "SELECT s.firewall_id, s.domain, s.run_id, s.taken_at, s.root, s.height, s.rows, s.position IS r.position
         FROM snapshots s LEFT JOIN runs r ON r.run_id = s.run_id AND r.firewall_id = s.firewall_id ORDER BY s.snapshot_id";
    let mut statement = connection.prepare(sql).map_err(failed())?;
    let rows = statement.query_map([], |r| SnapshotColumns::try_from(r)).map_err(failed())?;
    let mut readers: BTreeMap<&'static str, Chunks<'_>> = BTreeMap::new();
    let mut sound = BTreeMap::new();
    for row in rows {
        let (firewall, domain, run, taken_at, root, height, rows, is_placed) =
            row.map_err(failed())?;
        verified.snapshots += 1;
        let problem = match (by_name(&domain), ContentHash::from_slice(&root)) {
            (None, _) => Some("it is of no domain that this opndex knows".to_owned()),
            (_, None) => Some("its root is no address".to_owned()),
            (Some(known), Some(root)) => {
                let name = known.name();
                let chunks = readers.entry(name).or_insert_with(|| Chunks::new(connection, name));
                match tree(chunks, root, height.0, &mut sound) {
                    Ok(found) if i64::try_from(found) != Ok(rows) => {
                        Some(format!("it has {found} rows where {rows} were written"))
                    }
                    Ok(_) => (!is_placed)
                        .then(|| "it does not stand at the place of its run in history".to_owned()),
                    Err(error @ StoreError::Damaged { .. }) => Some(error.to_string()),
                    Err(other) => return Err(other),
                }
            }
        };
        verified.damages.extend(problem.map(|problem| Damage {
            firewall: FirewallId::new(firewall),
            domain,
            run: RunId::new(run),
            taken_at: Timestamp::from_millis(taken_at),
            problem,
        }));
    }
    Ok(())
}

/// The rows below `root`, every chunk of them read; a tree that was found sound is not read again.
fn tree(
    chunks: &Chunks<'_>,
    root: ContentHash,
    height: u32,
    sound: &mut BTreeMap<(ContentHash, u32), u64>,
) -> Result<u64, StoreError> {
    if let Some(rows) = sound.get(&(root, height)) {
        return Ok(*rows);
    }
    let stored = chunks.get(root)?;
    let mut rows = 0;
    if height > 0 {
        let children: Vec<ContentHash> = chunk::children(&stored.content).collect();
        // The tree of a domain without rows is one empty leaf: such a height would otherwise look sound.
        if children.is_empty() || height > snapshot::MOST_LEVELS {
            return Err(snapshot::too_high(chunks.domain(), root));
        }
        for child in children {
            rows += tree(chunks, child, height - 1, sound)?;
        }
    } else {
        rows =
            chunk::rows(&stored.content).ok_or_else(|| snapshot::no_row(chunks.domain(), root))?;
    }
    sound.insert((root, height), rows);
    Ok(rows)
}

type VolatileColumns = (i64, String, i64, i64, Vec<u8>, i64, Vec<u8>, Option<i64>);

/// Volatile fields beside the snapshot of their moment, one line for each of its rows.
fn volatiles(connection: &Connection, verified: &mut Verified) -> Result<(), StoreError> {
    let failed = || StoreError::write("list volatile fields");
    let sql = "SELECT v.firewall_id, v.domain, coalesce(r.run_id, s.run_id, 0), v.at, v.hash, v.size, v.data, s.rows
         FROM volatile_states v
         LEFT JOIN snapshots s ON s.snapshot_id = v.snapshot_id AND s.firewall_id = v.firewall_id AND s.domain = v.domain
          AND s.position = (SELECT max(position) FROM snapshots n WHERE n.firewall_id = v.firewall_id AND n.domain = v.domain AND n.position <= v.position)
         LEFT JOIN runs r ON r.run_id = (SELECT min(run_id) FROM runs x WHERE x.firewall_id = v.firewall_id AND x.position = v.position)
         UNION ALL
         SELECT v.firewall_id, v.domain, coalesce(v.run_id, s.run_id, 0), coalesce(s.taken_at, 0), v.hash, v.size, v.data, s.rows
         FROM volatiles v LEFT JOIN domains d ON d.firewall_id = v.firewall_id AND d.domain = v.domain
         LEFT JOIN snapshots s ON s.snapshot_id = d.snapshot_id";
    let mut statement = connection.prepare(sql).map_err(failed())?;
    let rows = statement.query_map([], |r| VolatileColumns::try_from(r)).map_err(failed())?;
    for row in rows {
        let (firewall, domain, run, at, hash, size, data, rows) = row.map_err(failed())?;
        verified.volatiles += 1;
        let name = by_name(&domain).map_or("(unknown)", |domain| domain.name());
        let content =
            ContentHash::from_slice(&hash).map(|hash| chunk::decompress(name, hash, size, &data));
        let problem = match (content, rows) {
            (None, _) => Some("has no address".to_owned()),
            (_, None) => Some("stands beside no snapshot of its moment".to_owned()),
            (Some(Ok(content)), Some(rows)) => {
                let lines = snapshot::split(&content).count();
                // What an earlier opndex kept of a domain that has no such fields any more is read by nobody.
                let is_read = by_name(&domain)
                    .is_some_and(|domain| domain.fields().iter().any(|field| field.volatile));
                let fits = i64::try_from(lines) == Ok(rows);
                (is_read && !fits).then(|| format!("has {lines} lines for {rows} rows"))
            }
            (Some(Err(error @ StoreError::Damaged { .. })), _) => Some(error.to_string()),
            (Some(Err(other)), _) => return Err(other),
        };
        verified.damages.extend(problem.map(|problem| Damage {
            firewall: FirewallId::new(firewall),
            domain,
            run: RunId::new(run),
            taken_at: Timestamp::from_millis(at),
            problem: format!("what changes by itself: {problem}"),
        }));
    }
    Ok(())
}
