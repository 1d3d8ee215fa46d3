//! Telling clients what a sync run changed.
//!
//! A client of 2025-11-25 and before subscribes to single resources and hears of them on its session; one of
//! 2026-07-28 keeps a `subscriptions/listen` request open. Both hear of a run when it has ended.
#![expect(
    deprecated,
    reason = "log messages go to clients of 2025-11-25 and before, whose revisions have them"
)]

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use rmcp::model::{
    LoggingLevel, LoggingMessageNotificationParam, ResourceUpdatedNotificationParam,
};
use rmcp::service::SubscriptionContext;
use rmcp::{Peer, RoleServer};
use serde_json::json;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tracing::debug;

use crate::sync::{Ending, Report};

use super::resources::Uri;

/// Resources that one client may subscribe to.
const MOST: usize = 200;

/// What a client wants to hear.
#[derive(Debug)]
pub(super) struct Wishes {
    uris: BTreeSet<String>,
    level: LoggingLevel,
}

impl Default for Wishes {
    fn default() -> Self {
        Self { uris: BTreeSet::new(), level: LoggingLevel::Warning }
    }
}

impl Wishes {
    /// False when there are too many.
    pub(super) fn subscribe(&mut self, uri: String) -> bool {
        if self.uris.len() >= MOST && !self.uris.contains(&uri) {
            return false;
        }
        self.uris.insert(uri);
        true
    }

    pub(super) fn unsubscribe(&mut self, uri: &str) {
        self.uris.remove(uri);
    }

    pub(super) const fn set_level(&mut self, level: LoggingLevel) {
        self.level = level;
    }
}

/// Reports as they come; `None` where so many came that some were missed.
async fn next(reports: &mut Receiver<Arc<Report>>) -> Option<Option<Arc<Report>>> {
    match reports.recv().await {
        Ok(report) => Some(Some(report)),
        Err(RecvError::Lagged(_)) => Some(None),
        Err(RecvError::Closed) => None,
    }
}

fn is_concerned(uri: &str, report: Option<&Report>) -> bool {
    report.is_none_or(|report| Uri::parse(uri).is_some_and(|uri| uri.is_concerned(report)))
}

/// The list of resources names the newest runs that changed something.
fn has_new_list(report: Option<&Report>) -> bool {
    report.is_none_or(|report| report.changed() > 0)
}

/// Tells the client of a session until it has gone.
pub(super) async fn tell(
    peer: Peer<RoleServer>,
    mut reports: Receiver<Arc<Report>>,
    wishes: Arc<Mutex<Wishes>>,
) {
    while let Some(report) = next(&mut reports).await {
        let report = report.as_deref();
        let (uris, level) = {
            let wishes = wishes.lock().unwrap_or_else(PoisonError::into_inner);
            let concerned = wishes.uris.iter().filter(|uri| is_concerned(uri, report)).cloned();
            (concerned.collect::<Vec<_>>(), wishes.level)
        };
        let told = async {
            for uri in uris {
                peer.notify_resource_updated(ResourceUpdatedNotificationParam::new(uri)).await?;
            }
            if has_new_list(report) {
                peer.notify_resource_list_changed().await?;
            }
            if let Some(message) = report.and_then(message).filter(|m| rank(m.level) >= rank(level))
            {
                peer.notify_logging_message(message).await?;
            }
            Ok::<(), rmcp::ServiceError>(())
        };
        if let Err(cause) = told.await {
            debug!("a client is not told of runs any more: {cause}");
            return;
        }
    }
}

/// Tells the client of one `subscriptions/listen` request until it cancels it.
pub(super) async fn listen(context: &SubscriptionContext, mut reports: Receiver<Arc<Report>>) {
    let accepted = context.accepted();
    loop {
        let report = tokio::select! {
            () = context.cancelled() => return,
            report = next(&mut reports) => report,
        };
        let Some(report) = report else { return };
        let report = report.as_deref();
        let uris = accepted.resource_subscriptions.iter().flatten();
        let told = async {
            for uri in uris.filter(|uri| is_concerned(uri, report)) {
                context.sink().notify_resource_updated(uri.clone()).await?;
            }
            if accepted.resources_list_changed == Some(true) && has_new_list(report) {
                context.sink().notify_resource_list_changed().await?;
            }
            Ok::<(), rmcp::service::SubscriptionSendError>(())
        };
        if let Err(cause) = told.await {
            debug!("a client is not told of runs any more: {cause}");
            return;
        }
    }
}

/// How a run ended, and what to know about it.
fn message(report: &Report) -> Option<LoggingMessageNotificationParam> {
    let level = match report.ending {
        Ending::Complete => LoggingLevel::Info,
        Ending::Partial => LoggingLevel::Warning,
        Ending::Failed => LoggingLevel::Error,
        Ending::Cancelled => return None,
    };
    let bad = report.domains.iter().filter(|domain| !domain.state.is_good());
    let data = json!({
        "firewall": report.firewall,
        "ending": report.ending,
        "changed": report.changed(),
        "reason": report.reason,
        "not_read": bad.map(|domain| domain.domain).collect::<Vec<_>>(),
    });
    Some(LoggingMessageNotificationParam::new(level, data).with_logger("sync"))
}

/// RFC 5424, section 6.2.1, turned round.
const fn rank(level: LoggingLevel) -> u8 {
    match level {
        LoggingLevel::Debug => 0,
        LoggingLevel::Info => 1,
        LoggingLevel::Notice => 2,
        LoggingLevel::Warning => 3,
        LoggingLevel::Error => 4,
        LoggingLevel::Critical => 5,
        LoggingLevel::Alert => 6,
        LoggingLevel::Emergency => 7,
    }
}
