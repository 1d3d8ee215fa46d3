//! Carrying out a retention plan: snapshots go, then the chunks that only they had, then the space.
//!
//! Every step is a short transaction, so a sync waits at most for one, and a process may die between any two.

use std::collections::BTreeMap;

use rusqlite::{Connection, Transaction};

use crate::domain::{Cadence, by_name};
use crate::types::{FirewallId, Timestamp};

use super::error::StoreError;
use super::open::Store;
use super::retention::{self, Dropped, Kept, Retention};
use super::sweep;

/// Snapshots of one transaction; deleting so many takes a few milliseconds.
const AT_A_TIME: usize = 500;

/// Pages that are given back to the system at a time.
const PAGES: u32 = 2_000;

/// Earlier volatile fields are kept hourly for so long, then daily.
const VOLATILE_HOURLY: i64 = 7 * 24 * 3_600;

/// What a prune would drop, or has dropped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pruned {
    pub domains: Vec<PrunedDomain>,
    /// Intervals of presence that ended long ago.
    pub presence: u64,
    /// Chunks that no snapshot had any more; not known before.
    pub chunks: u64,
    /// Bytes of the file before and after.
    pub before: u64,
    pub after: u64,
}

/// The snapshots of one domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrunedDomain {
    pub firewall: FirewallId,
    pub domain: String,
    pub snapshots: usize,
    pub dropped: usize,
}

impl Store {
    /// What `retention` would drop now. Nothing is changed.
    pub async fn prune_plan(
        &self,
        retention: Retention,
        now: Timestamp,
    ) -> Result<Pruned, StoreError> {
        let path = self.path.clone();
        let plan = move |connection: &mut Connection| {
            let (domains, _) = planned(connection, &retention, now)?;
            let presence = presence_over(connection, &retention, now)?;
            let size = file_size(&path);
            Ok(Pruned { domains, presence, chunks: 0, before: size, after: size })
        };
        self.reader.run(plan).await
    }

    /// Carries the plan out.
    pub async fn prune(&self, retention: Retention, now: Timestamp) -> Result<Pruned, StoreError> {
        let before = file_size(&self.path);
        let (domains, dropped) =
            self.reader.run(move |connection| planned(connection, &retention, now)).await?;
        for part in dropped.chunks(AT_A_TIME) {
            let part = part.to_vec();
            let drop = move |connection: &Transaction<'_>| drop_snapshots(connection, &part);
            self.writer.transact("drop snapshots", drop).await?;
        }
        let presence = self
            .writer
            .transact("thin out presence", move |connection| thin(connection, &retention, now))
            .await?;
        let chunks = self.sweep().await?;
        self.give_back().await?;
        let after = file_size(&self.path);
        Ok(Pruned { domains, presence, chunks, before, after })
    }

    /// Deletes chunks that no snapshot needs; how many.
    async fn sweep(&self) -> Result<u64, StoreError> {
        let mut marked = self.reader.run(sweep::mark).await?;
        loop {
            let step = move |connection: &Transaction<'_>| {
                marked.sweep(connection).map(|done| (marked, done))
            };
            let (next, done) = self.writer.transact("sweep chunks", step).await?;
            if done {
                return Ok(next.deleted());
            }
            marked = next;
        }
    }

    /// Gives free pages back to the system.
    async fn give_back(&self) -> Result<(), StoreError> {
        let failed = || StoreError::write("give space back");
        let mode = move |connection: &mut Connection| -> Result<i64, StoreError> {
            connection.query_row("PRAGMA auto_vacuum", [], |r| r.get(0)).map_err(failed())
        };
        if self.writer.run(mode).await? != 2 {
            // A file from before this was set is written anew once; from then on it shrinks page by page.
            let vacuum = move |connection: &mut Connection| {
                connection
                    .execute_batch("PRAGMA auto_vacuum = INCREMENTAL; VACUUM")
                    .map_err(failed())
            };
            return self.writer.run(vacuum).await;
        }
        loop {
            let step = move |connection: &mut Connection| -> Result<i64, StoreError> {
                let free = "SELECT freelist_count FROM pragma_freelist_count";
                let before: i64 = connection.query_row(free, [], |r| r.get(0)).map_err(failed())?;
                connection
                    .execute_batch(&format!("PRAGMA incremental_vacuum({PAGES})"))
                    .map_err(failed())?;
                let after: i64 = connection.query_row(free, [], |r| r.get(0)).map_err(failed())?;
                Ok(before - after)
            };
            if self.writer.run(step).await? <= 0 {
                break;
            }
        }
        let checkpoint = move |connection: &mut Connection| {
            connection
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
                .map_err(failed())
        };
        self.writer.run(checkpoint).await
    }
}

fn file_size(path: &std::path::Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.len())
}

fn planned(
    connection: &Connection,
    retention: &Retention,
    now: Timestamp,
) -> Result<(Vec<PrunedDomain>, Vec<Dropped>), StoreError> {
    let failed = || StoreError::write("list snapshots");
    let sql = "SELECT firewall_id, domain, snapshot_id, position, taken_at FROM snapshots ORDER BY firewall_id, domain, position, run_id, snapshot_id";
    let mut statement = connection.prepare(sql).map_err(failed())?;
    let mut all: BTreeMap<(i64, String), Vec<Kept>> = BTreeMap::new();
    let rows = statement
        .query_map([], |r| {
            let kept = Kept {
                id: r.get(2)?,
                position: r.get(3)?,
                taken_at: Timestamp::from_millis(r.get(4)?),
            };
            Ok(((r.get(0)?, r.get(1)?), kept))
        })
        .map_err(failed())?;
    for row in rows {
        let (of, kept) = row.map_err(failed())?;
        all.entry(of).or_default().push(kept);
    }
    let (mut domains, mut dropped) = (Vec::new(), Vec::new());
    for ((firewall, domain), snapshots) in all {
        let is_configuration = by_name(&domain).is_some_and(|d| d.cadence() == Cadence::Config);
        let gone = retention::plan(retention, is_configuration, now, &snapshots);
        domains.push(PrunedDomain {
            firewall: FirewallId::new(firewall),
            domain,
            snapshots: snapshots.len(),
            dropped: gone.len(),
        });
        dropped.extend(gone);
    }
    Ok((domains, dropped))
}

/// A snapshot that a table shows is never dropped, whatever the plan said when it was made.
fn drop_snapshots(connection: &Connection, dropped: &[Dropped]) -> Result<(), StoreError> {
    let failed = || StoreError::write("drop snapshots");
    let mut delete = connection
        .prepare_cached("DELETE FROM snapshots WHERE snapshot_id = ?1 AND NOT EXISTS (SELECT 1 FROM domains WHERE snapshot_id = ?1)")
        .map_err(failed())?;
    let mut stand = connection
        .prepare_cached("UPDATE snapshots SET thinned_from = min(coalesce(thinned_from, ?2), ?2) WHERE snapshot_id = ?1")
        .map_err(failed())?;
    let mut volatile = connection
        .prepare_cached("DELETE FROM volatile_states WHERE (firewall_id, domain) = (SELECT firewall_id, domain FROM snapshots WHERE snapshot_id = ?1) AND snapshot_id = ?1")
        .map_err(failed())?;
    for one in dropped {
        volatile.execute([one.id]).map_err(failed())?;
        if delete.execute([one.id]).map_err(failed())? > 0
            && let Some(id) = one.stands_for
        {
            stand.execute((id, one.position)).map_err(failed())?;
        }
    }
    Ok(())
}

fn presence_over(
    connection: &Connection,
    retention: &Retention,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let Some(limit) = retention.presence else { return Ok(0) };
    let before = now.plus_seconds(-limit).millis();
    connection
        .query_row("SELECT count(*) FROM presence WHERE last_at < ?", [before], |r| {
            r.get::<_, i64>(0)
        })
        .map(|count| u64::try_from(count).unwrap_or(0))
        .map_err(StoreError::write("count presence"))
}

/// Drops presence that ended long ago, and hourly volatile fields of earlier weeks but one a day.
fn thin(connection: &Connection, retention: &Retention, now: Timestamp) -> Result<u64, StoreError> {
    let failed = || StoreError::write("thin out history");
    let sql = "DELETE FROM volatile_states AS v WHERE at < ?1 AND EXISTS (SELECT 1 FROM volatile_states o
             WHERE o.firewall_id = v.firewall_id AND o.domain = v.domain AND o.position < v.position AND o.at / 86400000 = v.at / 86400000)";
    let hourly = now.plus_seconds(-VOLATILE_HOURLY).millis();
    connection.execute(sql, [hourly]).map_err(failed())?;
    let Some(limit) = retention.presence else { return Ok(0) };
    let before = now.plus_seconds(-limit).millis();
    let gone =
        connection.execute("DELETE FROM presence WHERE last_at < ?", [before]).map_err(failed())?;
    let sql = "DELETE FROM sightings WHERE last_at < ?1 AND NOT EXISTS (SELECT 1 FROM presence p WHERE p.sighting_id = sightings.sighting_id)";
    connection.execute(sql, [before]).map_err(failed())?;
    Ok(u64::try_from(gone).unwrap_or(0))
}
