//! The firewall's own history after each change of its configuration, where the settings ask for it.
//!
//! Some domains have no endpoint: only config.xml says which schedules there are, or whether pf is switched off. A
//! backfill that follows the configuration keeps them as fresh as the rest.

use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::store::StoreError;

use super::backfill::Steps;
use super::outcome::{Ending, Report};
use super::run::{Firewall, is_config};

/// Which revision of the configuration was followed last. Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Follow(Arc<Mutex<Option<String>>>);

impl Follow {
    /// Reads the history when `report` read the configuration and its revision is a new one.
    pub(super) async fn up(
        &self,
        firewall: &Firewall,
        report: &Report,
        cancel: &CancellationToken,
    ) -> Result<(), StoreError> {
        let has_read = matches!(report.ending, Ending::Complete | Ending::Partial)
            && report.domains.iter().any(|d| is_config(d.domain));
        if !has_read || cancel.is_cancelled() {
            return Ok(());
        }
        let seen = firewall.client().config_revision(cancel).await.ok().flatten();
        if seen.is_some() && seen == *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            return Ok(());
        }
        let unwatched: Steps = Arc::new(|_, _, _| {});
        let done = firewall.backfill(cancel, &unwatched).await?;
        match done.ending {
            Ending::Complete | Ending::Partial => {
                *self.0.lock().unwrap_or_else(PoisonError::into_inner) = seen;
            }
            Ending::Failed | Ending::Cancelled => warn!(
                firewall.name = firewall.name(),
                "the history of `{}` was not read: {}",
                firewall.name(),
                done.reason.unwrap_or_default()
            ),
        }
        Ok(())
    }
}
