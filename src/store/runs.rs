//! Runs of the past.

use crate::types::{RunId, Timestamp};

use super::error::StoreError;
use super::open::Store;

/// One run, and whose it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastRun {
    pub id: RunId,
    pub firewall: String,
    pub started_at: Timestamp,
    /// Absent while it runs, or when the process died.
    pub finished_at: Option<Timestamp>,
    pub outcome: String,
    pub requests: i64,
    /// Rows added, modified or deleted.
    pub changed: i64,
    pub reason: Option<String>,
}

type Columns = (i64, String, i64, Option<i64>, String, i64, i64, Option<String>);

impl Store {
    /// The run of that number.
    pub async fn past_run(&self, id: RunId) -> Result<Option<PastRun>, StoreError> {
        let failed = || StoreError::query("read a run");
        let row: Option<Columns> = sqlx::query_as(
            "SELECT r.run_id, f.name, r.started_at, r.finished_at, r.outcome, r.requests, r.changed, r.reason
             FROM runs r JOIN firewalls f ON f.firewall_id = r.firewall_id
             WHERE r.run_id = ?",
        )
        .bind(id.get())
        .fetch_optional(&mut *self.readers.get().await.map_err(failed())?)
        .await
        .map_err(failed())?;
        Ok(row.map(past_run))
    }

    /// The newest runs, of all firewalls, newest first.
    pub async fn newest_runs(&self, most: u32) -> Result<Vec<PastRun>, StoreError> {
        let failed = || StoreError::query("list the newest runs");
        let rows: Vec<Columns> = sqlx::query_as(
            "SELECT r.run_id, f.name, r.started_at, r.finished_at, r.outcome, r.requests, r.changed, r.reason
             FROM runs r JOIN firewalls f ON f.firewall_id = r.firewall_id
             ORDER BY r.run_id DESC LIMIT ? + 0",
        )
        .bind(most)
        .fetch_all(&mut *self.readers.get().await.map_err(failed())?)
        .await
        .map_err(failed())?;
        Ok(rows.into_iter().map(past_run).collect())
    }
}

fn past_run(row: Columns) -> PastRun {
    let (id, firewall, started_at, finished_at, outcome, requests, changed, reason) = row;
    PastRun {
        id: RunId::new(id),
        firewall,
        started_at: Timestamp::from_millis(started_at),
        finished_at: finished_at.map(Timestamp::from_millis),
        outcome,
        requests,
        changed,
        reason,
    }
}
