//! Runs of the past, as answers show them.

use serde::Serialize;

use crate::store::PastRun;
use crate::types::{RunId, Timestamp};

use super::error::AskError;
use super::query::Ask;

/// One sync run.
#[derive(Debug, Clone, Serialize)]
pub struct RunInfo {
    pub run: i64,
    pub firewall: String,
    pub started_at: Timestamp,
    /// Absent while it runs, or when the process died.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    /// `running`, `complete`, `partial`, `failed` or `cancelled`.
    pub outcome: String,
    /// HTTP requests sent.
    pub requests: i64,
    /// Rows added, modified or deleted.
    pub changed: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Ask {
    /// The run of that number, if there was one.
    pub async fn run(&self, number: i64) -> Result<Option<RunInfo>, AskError> {
        Ok(self.store.past_run(RunId::new(number)).await?.map(RunInfo::from))
    }

    /// The newest runs of all firewalls, newest first.
    pub async fn runs(&self, most: u32) -> Result<Vec<RunInfo>, AskError> {
        Ok(self.store.newest_runs(most).await?.into_iter().map(RunInfo::from).collect())
    }
}

impl From<PastRun> for RunInfo {
    fn from(run: PastRun) -> Self {
        Self {
            run: run.id.get(),
            firewall: run.firewall,
            started_at: run.started_at,
            finished_at: run.finished_at,
            outcome: run.outcome,
            requests: run.requests,
            changed: run.changed,
            reason: run.reason,
        }
    }
}
