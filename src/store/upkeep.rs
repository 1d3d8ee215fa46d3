//! Looking after the file: runs and what they cost, sizes, copies.

use std::path::Path;

use rusqlite::Connection;
use sqlx::Row;

use crate::domain::AnyDomain;
use crate::types::{FirewallId, Moment, RunId, Timestamp};

use super::chunks::Chunks;
use super::error::StoreError;
use super::open::Store;
use super::snapshot;
use super::{open, rebuild};

/// One run and what it cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRun {
    pub run: RunId,
    pub firewall: FirewallId,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    pub outcome: String,
    pub requests: i64,
    /// Rows added, modified or deleted.
    pub changed: i64,
    /// Domains whose state was new.
    pub snapshots: i64,
    /// Bytes of compressed chunks that it added.
    pub stored: i64,
    pub reason: Option<String>,
}

/// A table with its indexes, and what it takes of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub name: String,
    pub bytes: i64,
}

impl Store {
    /// Runs, the newest first; those before `before` when given.
    pub async fn runs(
        &self,
        firewall: Option<FirewallId>,
        before: Option<RunId>,
        limit: u32,
    ) -> Result<Vec<HistoryRun>, StoreError> {
        let failed = || StoreError::query("list runs");
        let rows = sqlx::query(
            "SELECT r.run_id, r.firewall_id, r.started_at, r.finished_at, r.outcome, r.requests, r.changed,
                    (SELECT count(*) FROM snapshots s WHERE s.firewall_id = r.firewall_id AND s.position = r.position AND s.run_id = r.run_id),
                    r.stored, r.reason
             FROM runs r WHERE (?1 IS NULL OR r.firewall_id = ?1) AND (?2 IS NULL OR r.run_id < ?2) ORDER BY r.run_id DESC LIMIT ?3 + 0",
        )
        .bind(firewall.map(FirewallId::get))
        .bind(before.map(RunId::get))
        .bind(limit)
        .fetch_all(&mut *self.live.get().await.map_err(failed())?)
        .await
        .map_err(failed())?;
        let run = |row: &sqlx::sqlite::SqliteRow| -> Result<HistoryRun, sqlx::Error> {
            let time = |i| row.try_get::<Option<i64>, _>(i).map(|t| t.map(Timestamp::from_millis));
            Ok(HistoryRun {
                run: RunId::new(row.try_get(0)?),
                firewall: FirewallId::new(row.try_get(1)?),
                started_at: time(2)?.unwrap_or(Timestamp::from_millis(0)),
                finished_at: time(3)?,
                outcome: row.try_get(4)?,
                requests: row.try_get(5)?,
                changed: row.try_get(6)?,
                snapshots: row.try_get(7)?,
                stored: row.try_get(8)?,
                reason: row.try_get(9)?,
            })
        };
        rows.iter().map(run).collect::<Result<_, _>>().map_err(failed())
    }

    /// What each table takes of the file, the largest first.
    pub async fn parts(&self) -> Result<Vec<Part>, StoreError> {
        let failed = || StoreError::query("measure the tables");
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT coalesce(m.tbl_name, s.name) AS name, sum(s.pgsize) AS bytes
             FROM (SELECT name, pgsize FROM dbstat WHERE aggregate = 1) s LEFT JOIN sqlite_schema m ON m.name = s.name
             GROUP BY 1 ORDER BY 2 DESC",
        )
        .fetch_all(&mut *self.live.get().await.map_err(failed())?)
        .await
        .map_err(failed())?;
        Ok(rows.into_iter().map(|(name, bytes)| Part { name, bytes }).collect())
    }

    /// The canonical rows of one domain at a moment, one JSON object per line, as they are hashed.
    pub async fn export(
        &self,
        firewall: FirewallId,
        domain: &'static dyn AnyDomain,
        moment: Moment,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let runs = self.runs_at(moment).await?.0;
        let Some(at) = runs.into_iter().find(|run| run.firewall == firewall) else {
            return Ok(None);
        };
        self.reader
            .run(move |connection| {
                let Some(found) = rebuild::found(connection, domain, at)? else { return Ok(None) };
                snapshot::lines(&Chunks::new(connection, domain.name()), found.head).map(Some)
            })
            .await
    }

    /// A consistent copy of the whole database in `target`, which must not exist, mode 0600. Syncs go on
    /// meanwhile.
    pub async fn backup(&self, target: &Path) -> Result<(), StoreError> {
        if target.exists() {
            return Err(StoreError::Exists { path: target.to_owned() });
        }
        open::prepare_file(target)?;
        let file = target.to_string_lossy().into_owned();
        let copy = move |connection: &mut Connection| {
            connection
                .execute("VACUUM INTO ?", [&file])
                .map(drop)
                .map_err(StoreError::write("copy itself"))
        };
        let copied = self.reader.run(copy).await;
        if copied.is_err() {
            // Half a copy is none.
            let _gone = std::fs::remove_file(target);
        }
        copied
    }
}
