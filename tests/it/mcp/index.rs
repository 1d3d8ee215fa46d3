//! An index filled from the simulated firewall.

use std::time::Duration;

use opndex::ask::Ask;
use opndex::opnsense::{Client, Connection, REQUEST_TIMEOUT, Tls};
use opndex::sim::{SimOptions, Simulator};
use opndex::store::Store;
use opndex::sync::{Due, Firewall, Schedule, When, Worker};
use opndex::types::{Clock, Timestamp};
use tokio_util::sync::CancellationToken;

use super::wire::Wire;

/// A synced index with its firewall.
pub(super) struct Index {
    pub(super) sim: Simulator,
    pub(super) worker: Worker,
    pub(super) ask: Ask,
    pub(super) clock: Clock,
    _folder: tempfile::TempDir,
}

pub(super) async fn index() -> Index {
    let clock = Clock::manual(Timestamp::from_seconds(1_795_500_000));
    let sim = Simulator::start(SimOptions {
        devices: 400,
        clock: clock.clone(),
        ..SimOptions::default()
    })
    .await
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("opndex.db")).await.unwrap();
    let connection = Connection {
        url: sim.url(),
        key: sim.key(),
        secret: sim.secret(),
        tls: Tls::System,
        request_timeout: REQUEST_TIMEOUT,
        in_flight: None,
    };
    let client = Client::new(connection).unwrap();
    let firewall = Firewall::new(
        "edge".into(),
        sim.url(),
        client,
        store.clone(),
        clock.clone(),
        Duration::from_mins(1),
    );
    let schedule = Schedule {
        runtime: When::Never,
        probe: When::Never,
        config: When::Never,
        extra: When::Never,
        on_start: false,
    };
    let worker = Worker::start(vec![firewall], &schedule, CancellationToken::new()).await.unwrap();
    worker.refresher().refresh(None, Due::All, None).await.unwrap();
    Index { sim, worker, ask: Ask::new(store, clock.clone()), clock, _folder: folder }
}

impl Index {
    pub(super) async fn client(&self) -> Wire {
        Wire::open(self.ask.clone(), Some(self.worker.refresher()), "2025-11-25").await
    }
}
