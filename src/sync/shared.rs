//! One request per endpoint and run, however many domains read it; and the revision they are read at.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::{Mutex, OnceCell};
use tokio_util::sync::CancellationToken;

use crate::domain::{Each, Source, Verb};
use crate::opnsense::{Client, PullError, Pulled};
use crate::types::Release;

/// The host entries of dnsmasq are both reservations and DNS records; they are fetched once.
#[derive(Debug, Default)]
pub(super) struct Shared {
    answers: Mutex<BTreeMap<Key, Arc<Cell>>>,
    revision: OnceCell<Option<String>>,
}

type Key = (&'static str, Verb, u8, &'static [(&'static str, &'static str)]);
type Cell = OnceCell<Result<Arc<Pulled>, Arc<PullError>>>;

impl Shared {
    /// Of a run that has read the configuration revision already.
    pub(super) fn with_revision(seen: Option<String>) -> Self {
        Self { revision: OnceCell::new_with(Some(seen)), ..Self::default() }
    }

    /// The configuration revision, asked by the first configuration domain; the others wait for it, so that
    /// no row of theirs is older. Runtime domains do not: with four requests in flight that saves a round trip.
    pub(super) async fn revision(
        &self,
        client: &Client,
        cancel: &CancellationToken,
    ) -> Option<&str> {
        let ask = || async { client.config_revision(cancel).await.ok().flatten() };
        self.revision.get_or_init(ask).await.as_deref()
    }

    /// The configuration revision, if a domain asked for it.
    pub(super) fn known_revision(&self) -> Option<&str> {
        self.revision.get()?.as_deref()
    }

    pub(super) async fn pull(
        &self,
        client: &Client,
        source: &Source,
        release: Release,
        cancel: &CancellationToken,
    ) -> Result<Arc<Pulled>, Arc<PullError>> {
        let each = match source.each {
            Each::Once => 0,
            Each::Interface => 1,
            Each::Item(_) => 2,
        };
        let key = (source.path, source.verb, each, source.params);
        let cell = Arc::clone(self.answers.lock().await.entry(key).or_default());
        let ask =
            || async { client.pull(source, release, cancel).await.map(Arc::new).map_err(Arc::new) };
        cell.get_or_init(ask).await.clone()
    }
}
