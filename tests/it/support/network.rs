//! The simulated network, synced once.

use std::time::Duration;

use opndex::ask::Ask;
use opndex::opnsense::{Client, Connection, REQUEST_TIMEOUT, Tls};
use opndex::sim::{SimOptions, Simulator};
use opndex::store::Store;
use opndex::sync::{Due, Firewall};
use opndex::types::{Clock, Timestamp};
use tokio_util::sync::CancellationToken;

use super::index::quiet;

/// A synced index with its firewall.
pub(crate) struct Network {
    _sim: Simulator,
    pub(crate) store: Store,
    pub(crate) ask: Ask,
    _folder: tempfile::TempDir,
}

/// The network of seed 1 with so many devices.
pub(crate) async fn network(devices: usize) -> Network {
    let clock = Clock::manual(Timestamp::from_seconds(1_795_500_000));
    let options = SimOptions { devices, clock: clock.clone(), ..SimOptions::default() };
    let sim = Simulator::start(options).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("opndex.db")).await.unwrap();
    sync("edge", &sim, &store, &clock).await;
    Network { _sim: sim, ask: Ask::new(store.clone(), clock), store, _folder: folder }
}

/// Reads `sim` into `store` as the firewall `name`.
pub(crate) async fn sync(name: &str, sim: &Simulator, store: &Store, clock: &Clock) {
    let connection = Connection {
        url: sim.url(),
        key: sim.key(),
        secret: sim.secret(),
        tls: Tls::System,
        request_timeout: REQUEST_TIMEOUT,
        in_flight: None,
    };
    let client = Client::new(connection).unwrap();
    let minute = Duration::from_mins(1);
    let firewall =
        Firewall::new(name.to_owned(), sim.url(), client, store.clone(), clock.clone(), minute);
    firewall.run(&Due::All, &CancellationToken::new(), &quiet()).await.unwrap();
}
