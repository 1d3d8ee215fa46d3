//! The simulated firewall as a server on loopback.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::types::Secret;

use super::fault::Fault;
use super::ids::rng_for;
use super::options::SimOptions;
use super::reply::{Behaviour, Shared, reply};
use super::socket::{Cutter, Sockets};
use super::stats::SimStats;
use super::world::World;

/// The firewall's own keys and secrets are this long.
const CREDENTIAL: usize = 80;
/// Requests are cut off at once, so a server that has not ended by then is stuck.
const STOP_WITHIN: Duration = Duration::from_secs(5);

#[derive(Debug, Error)]
pub enum SimError {
    #[error("open a port for the simulated firewall on 127.0.0.1")]
    Bind(#[source] io::Error),
}

/// A running simulated firewall. Dropping it stops it, [`Simulator::stop`] waits for that.
pub struct Simulator {
    shared: Arc<Shared>,
    address: SocketAddr,
    key: Secret,
    secret: Secret,
    server: JoinSet<io::Result<()>>,
    _stop_on_drop: DropGuard,
}

impl Simulator {
    /// Makes the world and serves it on a free port of 127.0.0.1.
    pub async fn start(options: SimOptions) -> Result<Self, SimError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(SimError::Bind)?;
        let address = listener.local_addr().map_err(SimError::Bind)?;
        let (key, secret) = (credential(options.seed, "key"), credential(options.seed, "secret"));
        let stop = CancellationToken::new();
        let shared = Arc::new(Shared {
            world: RwLock::new(World::new(&options)),
            behaviour: Mutex::new(Behaviour { latency: options.latency, ..Behaviour::default() }),
            counts: Mutex::default(),
            credentials: format!("{key}:{secret}"),
            stop: stop.clone(),
        });
        let router = Router::new().fallback(reply).with_state(Arc::clone(&shared));
        let service = router.into_make_service_with_connect_info::<Cutter>();
        let mut server = JoinSet::new();
        let stopped = stop.clone().cancelled_owned();
        server.spawn(async move {
            axum::serve(Sockets(listener), service).with_graceful_shutdown(stopped).await
        });
        Ok(Self {
            shared,
            address,
            key: Secret::new(key),
            secret: Secret::new(secret),
            server,
            _stop_on_drop: stop.drop_guard(),
        })
    }

    /// `http://127.0.0.1:<port>`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The API key, the same for the same seed.
    pub fn key(&self) -> Secret {
        self.key.clone()
    }

    /// What belongs to the key.
    pub fn secret(&self) -> Secret {
        self.secret.clone()
    }

    /// From now on requests whose path contains `pattern`, or one of several separated by `|`,
    /// fail in this way. The oldest fault that matches is the one that happens.
    pub fn fault(&self, pattern: &str, kind: Fault) {
        self.behaviour(|behaviour| behaviour.faults.add(pattern, kind));
    }

    pub fn clear_faults(&self) {
        self.behaviour(|behaviour| behaviour.faults.clear());
    }

    pub fn set_latency(&self, latency: Duration) {
        self.behaviour(|behaviour| behaviour.latency = latency);
    }

    pub fn stats(&self) -> SimStats {
        self.shared.counts.lock().unwrap_or_else(PoisonError::into_inner).stats.clone()
    }

    pub fn reset_stats(&self) {
        self.shared.counts.lock().unwrap_or_else(PoisonError::into_inner).stats =
            SimStats::default();
    }

    /// Changes the world between two answers.
    pub fn change<T>(&self, f: impl FnOnce(&mut World) -> T) -> T {
        f(&mut self.shared.world.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// Cuts off what is being answered, closes the port, and waits until both are done.
    pub async fn stop(mut self) {
        self.shared.stop.cancel();
        let ended = tokio::time::timeout(STOP_WITHIN, self.server.join_next()).await;
        match ended {
            Ok(None | Some(Ok(Ok(())))) => {}
            Ok(Some(Ok(Err(cause)))) => {
                tracing::warn!(%cause, "the simulated firewall ended badly: {cause}");
            }
            Ok(Some(Err(cause))) => {
                tracing::warn!(%cause, "the simulated firewall ended badly: {cause}");
            }
            Err(_) => tracing::warn!(
                "the simulated firewall did not end within {STOP_WITHIN:?}; it is cut off"
            ),
        }
        self.server.shutdown().await;
    }

    fn behaviour(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.shared.behaviour.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Letters and digits that look drawn.
fn credential(seed: u64, label: &str) -> String {
    let mut rng = rng_for(seed, label);
    (0..CREDENTIAL).map(|_| rng.alphanumeric()).collect()
}
