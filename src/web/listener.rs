//! Accepting connections, and letting go of them.
//!
//! `axum::serve` has no deadline for headers, no TLS, no cap on connections, and leaves Nagle's algorithm
//! on, which costs 40 ms per call on a keep-alive connection. So connections are hyper's own, HTTP/1.1 alone:
//! no MCP client needs more, and HTTP/2 brings ways to be kept busy of its own.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::response::IntoResponse;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower_service::Service;
use tracing::debug;

use super::error::WebError;
use super::gate::Gate;
use super::impatient::Impatient;
use super::metrics::Observed;
use super::{routes, tls};

/// How much and how long. The defaults suit a few hundred clients.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at a time; the next one waits.
    pub connections: usize,
    /// For the headers of a request, and for the next request on an open connection.
    pub headers_within: Duration,
    pub body_within: Duration,
    /// For a client to take the next piece of an answer.
    pub taken_within: Duration,
    pub handshake_within: Duration,
    /// Bytes. The longest call of ours is a statement of 16 KiB.
    pub body: usize,
    /// Bytes of one request's headers.
    pub headers: usize,
    /// For requests that are still being answered when the listener stops.
    pub last_words: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 512,
            headers_within: Duration::from_secs(30),
            body_within: Duration::from_secs(10),
            taken_within: Duration::from_secs(30),
            handshake_within: Duration::from_secs(10),
            body: 256 * 1024,
            headers: 32 * 1024,
            last_words: Duration::from_millis(700),
        }
    }
}

/// Waiting before accepting again when the process has no file descriptor left.
const OUT_OF_FILES: Duration = Duration::from_millis(100);

/// A bound socket.
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
    limits: Limits,
}

impl Listener {
    /// Binds `address`; with a certificate and key it speaks https.
    pub async fn bind(
        address: SocketAddr,
        tls: Option<(&Path, &Path)>,
        limits: Limits,
    ) -> Result<Self, WebError> {
        let tls = tls.map(|(cert, key)| tls::acceptor(cert, key)).transpose()?;
        let failed = |cause| WebError::Bind { address, cause };
        let socket = TcpListener::bind(address).await.map_err(failed)?;
        let address = socket.local_addr().map_err(failed)?;
        Ok(Self { socket, address, tls, limits })
    }

    /// Where it listens, with the port that was chosen.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:8642`.
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Answers until `cancel` is cancelled: `/mcp` by `mcp`, `/health` and `/metrics` itself.
    pub async fn serve<S>(self, gate: Gate, mcp: S, observed: Observed, cancel: CancellationToken)
    where
        S: Service<Request<Body>, Error = Infallible> + Clone + Send + Sync + 'static,
        S::Response: IntoResponse,
        S::Future: Send + 'static,
    {
        let router = routes::router(gate, mcp, observed, self.limits);
        let free = Arc::new(Semaphore::new(self.limits.connections));
        let mut connections = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                biased;
                () = cancel.cancelled() => break,
                accepted = accept(&self.socket, &free) => accepted,
            };
            let (stream, permit) = match accepted {
                Ok(accepted) => accepted,
                Err(cause) => {
                    debug!("a connection was not accepted: {cause}");
                    tokio::time::sleep(OUT_OF_FILES).await;
                    continue;
                }
            };
            let (router, limits) = (router.clone(), self.limits);
            let (tls, cancel) = (self.tls.clone(), cancel.clone());
            connections.spawn(async move {
                connection(stream, tls, router, limits, cancel).await;
                drop(permit);
            });
            while connections.try_join_next().is_some() {}
        }
        let ended = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(self.limits.last_words, ended).await.is_err() {
            connections.shutdown().await;
        }
    }
}

async fn accept(
    socket: &TcpListener,
    free: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let permit = Arc::clone(free).acquire_owned().await.map_err(std::io::Error::other)?;
    let (stream, _) = socket.accept().await?;
    stream.set_nodelay(true)?;
    Ok((stream, permit))
}

async fn connection(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    router: Router,
    limits: Limits,
    cancel: CancellationToken,
) {
    let Some(tls) = tls else { return http(stream, router, limits, cancel).await };
    match tokio::time::timeout(limits.handshake_within, tls.accept(stream)).await {
        Ok(Ok(stream)) => http(stream, router, limits, cancel).await,
        Ok(Err(cause)) => debug!("a TLS handshake failed: {cause}"),
        Err(_) => debug!("a TLS handshake took too long"),
    }
}

async fn http(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    router: Router,
    limits: Limits,
    cancel: CancellationToken,
) {
    let service =
        service_fn(move |request: Request<Incoming>| router.clone().call(request.map(Body::new)));
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.headers_within)
        .max_buf_size(limits.headers);
    let stream = TokioIo::new(Impatient::new(stream, limits.taken_within));
    let mut serving = pin!(builder.serve_connection(stream, service));
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = cancel.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(cause) = ended {
        debug!("a connection ended: {cause}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn answers_do_not_wait_for_more_of_them() {
        let here = "127.0.0.1:0".parse().unwrap();
        let listener = Listener::bind(here, None, Limits::default()).await.unwrap();
        let free = Arc::new(Semaphore::new(1));
        let client = TcpStream::connect(listener.address());
        let (accepted, client) = tokio::join!(accept(&listener.socket, &free), client);
        assert!(accepted.unwrap().0.nodelay().unwrap());
        assert_eq!(free.available_permits(), 1);
        drop(client.unwrap());
    }
}
