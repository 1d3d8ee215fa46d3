//! What stops a sync as a whole. One domain's failure is an outcome, not an error.

use thiserror::Error;

use crate::opnsense::ConnectError;
use crate::store::StoreError;

#[derive(Debug, Error)]
pub enum SyncError {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(
        "`{text}` is no schedule: {why}; write a duration such as 60s, or a cron expression such as `*/5 * * * *`"
    )]
    Schedule { text: String, why: String },
    #[error("the scheduler cannot be started")]
    Scheduler(#[source] tokio_cron_scheduler::JobSchedulerError),
    #[error("a sync is running and others wait already; ask again in a moment")]
    Busy,
    #[error("the run failed: {reason}")]
    Failed { reason: String },
    #[error("opndex is stopping")]
    Stopping,
    #[error("no domain is called `{name}`{suggestion}; `opndex query` without a domain lists them")]
    UnknownDomain { name: String, suggestion: String },
    #[error("`sync.extra` names `{name}`, which {why}; these can be named there: {known}")]
    Extra { name: String, why: String, known: String },
}
