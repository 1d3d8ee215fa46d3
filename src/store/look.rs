//! One look at the store: what a question asks beside its rows is of the version of the file that it began with.
//!
//! To ask for the version takes 2.2 µs and a lock; a `locate` that asked for it at each step did so seven times.

use std::sync::Arc;

use super::error::StoreError;
use super::filled::Filled;
use super::labels::{self, Label};
use super::ledger::Parts;
use super::open::Store;
use super::questions::{Wire, wiring};
use super::record::{self, FirewallRow};
use super::states::{self, DomainStatus, SourceStatus};

/// What the store knew when it was taken.
///
/// Each part is read when it is first asked for, and is then at least as new as that. Rows are of the moment they are
/// read in, and if somebody has written since, so is their standing.
#[derive(Debug)]
pub struct Look<'s> {
    pub(super) store: &'s Store,
    pub(super) parts: Arc<Parts>,
}

impl Store {
    pub fn look(&self) -> Look<'_> {
        Look { store: self, parts: self.ledger.parts() }
    }

    /// [`Look::firewalls`] as of now.
    pub async fn firewalls(&self) -> Result<Arc<[FirewallRow]>, StoreError> {
        self.look().firewalls().await
    }

    /// [`Look::sources`] as of now.
    pub async fn source_statuses(&self) -> Result<Arc<[SourceStatus]>, StoreError> {
        self.look().sources().await
    }

    /// [`Look::domains`] as of now.
    pub async fn domain_statuses(&self) -> Result<Arc<[DomainStatus]>, StoreError> {
        self.look().domains().await
    }

    /// [`Look::labels`] as of now.
    pub async fn labels(&self) -> Result<Arc<[Label]>, StoreError> {
        self.look().labels().await
    }
}

impl Look<'_> {
    /// Whether nobody has written since.
    pub(super) fn is_current(&self) -> bool {
        self.store.ledger.is_at(&self.parts)
    }

    /// Every firewall with its newest run, in the order of their numbers.
    pub async fn firewalls(&self) -> Result<Arc<[FirewallRow]>, StoreError> {
        let read = || record::firewalls(&self.store.readers);
        self.parts.firewalls.get_or_try_init(read).await.cloned()
    }

    /// The newest contact with every endpoint, of all firewalls.
    pub async fn sources(&self) -> Result<Arc<[SourceStatus]>, StoreError> {
        let read = || states::sources(&self.store.readers);
        self.parts.sources.get_or_try_init(read).await.cloned()
    }

    /// Row and reject counts of every domain, of all firewalls.
    pub async fn domains(&self) -> Result<Arc<[DomainStatus]>, StoreError> {
        let read = || states::domains(&self.store.readers);
        self.parts.domains.get_or_try_init(read).await.cloned()
    }

    /// The tables that have rows.
    pub(super) async fn filled(&self) -> Result<&Filled, StoreError> {
        let read = async || -> Result<Filled, StoreError> {
            Ok(Filled::of(&self.domains().await?, &self.labels().await?))
        };
        self.parts.filled.get_or_try_init(read).await
    }

    /// Every interface of every firewall: tens of rows each.
    pub async fn wiring(&self) -> Result<Arc<[Wire]>, StoreError> {
        let read = || wiring(&self.store.readers);
        self.parts.wires.get_or_try_init(read).await.cloned()
    }

    /// Every label, by name. What the user says holds for every moment.
    pub async fn labels(&self) -> Result<Arc<[Label]>, StoreError> {
        let of_a_past = self.store.state.as_ref().map(|_| self.store.live_ledger.parts());
        let parts = of_a_past.as_ref().unwrap_or(&self.parts);
        parts.labels.get_or_try_init(|| labels::labels(&self.store.live)).await.cloned()
    }
}
