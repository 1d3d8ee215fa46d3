//! Telling a client how far a run has come.

use rmcp::model::{ProgressNotificationParam, ProgressToken};
use rmcp::{Peer, RoleServer};
use tracing::debug;

use crate::sync::Event;

/// What the client was told so far.
pub(super) struct Told<'a> {
    peer: &'a Peer<RoleServer>,
    token: ProgressToken,
    planned: u32,
    finished: u32,
}

impl<'a> Told<'a> {
    pub(super) const fn new(peer: &'a Peer<RoleServer>, token: ProgressToken) -> Self {
        Self { peer, token, planned: 0, finished: 0 }
    }

    /// The protocol wants every notification to go further than the one before: the beginning of a domain
    /// and the plan of a second firewall are not told.
    pub(super) async fn tell(&mut self, event: Event) {
        let message = match event {
            Event::Planned(domains) => {
                let first = self.planned == 0 && self.finished == 0;
                self.planned =
                    self.planned.saturating_add(u32::try_from(domains).unwrap_or(u32::MAX));
                if !first {
                    return;
                }
                format!("reading {domains} domains")
            }
            Event::Started(_) => return,
            Event::Finished(report) => {
                self.finished = self.finished.saturating_add(1);
                format!("{}: {}, {} rows", report.domain, report.state, report.rows)
            }
        };
        let total = self.planned.max(self.finished);
        let progress = ProgressNotificationParam::new(self.token.clone(), self.finished.into())
            .with_total(total.into())
            .with_message(message);
        if let Err(cause) = self.peer.notify_progress(progress).await {
            debug!("the client was not told of progress: {cause}");
        }
    }
}
