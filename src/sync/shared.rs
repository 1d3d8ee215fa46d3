//! One request per endpoint and run, however many domains read it.

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
}

type Key = (&'static str, Verb, u8, &'static [(&'static str, &'static str)]);
type Cell = OnceCell<Result<Arc<Pulled>, Arc<PullError>>>;

impl Shared {
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
