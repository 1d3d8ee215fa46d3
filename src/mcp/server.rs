//! Sessions from beginning to end: over standard input and output, over any transport, over HTTP.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use rmcp::RoleServer;
use rmcp::service::{QuitReason, ServerInitializeError, serve_server_with_ct};
use rmcp::transport::{IntoTransport, stdio_pipes};
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::ask::Ask;
use crate::sync::Refresher;
use crate::telemetry::Calls;

use super::ending::Watched;
use super::error::McpError;
use super::http::HttpService;
use super::session::{Session, Shared};

/// How long the last answers may take to leave when the session ends. A refresh ends at once then; only a long
/// statement, or a client that stopped reading, takes longer, and rmcp alone would wait five seconds for it. With
/// what the program needs to stop afterwards, it is less than the two seconds that clients wait.
const LAST_WORDS: Duration = Duration::from_millis(700);

/// Answers MCP clients: one over a transport, many over HTTP.
pub struct Server(Shared);

impl Server {
    /// Without a refresher, every tool but `refresh` works.
    pub fn new(ask: Ask, refresher: Option<Refresher>) -> Self {
        Self(Shared { ask, refresher, calls: Calls::default(), labels: false })
    }

    /// Calls are counted in `calls`.
    #[must_use]
    pub fn counted_in(self, calls: Calls) -> Self {
        Self(Shared { calls, ..self.0 })
    }

    /// Whether agents may write labels of devices into the local index.
    #[must_use]
    pub fn with_labels(self, allowed: bool) -> Self {
        Self(Shared { labels: allowed, ..self.0 })
    }

    /// A service that answers HTTP requests until `cancel` is cancelled.
    pub fn over_http(self, cancel: CancellationToken) -> HttpService {
        let (shared, ended) = (Arc::new(self.0), cancel.clone());
        HttpService::new(move || Session::new(Arc::clone(&shared), ended.clone()), cancel)
    }

    /// Serves standard input and output until input ends or `cancel` is cancelled.
    ///
    /// Where they are not pipes on Linux, a thread of the runtime stays blocked in reading standard input: a
    /// process that is to end on `cancel` must not wait for its runtime's threads.
    pub async fn serve_stdio(self, cancel: CancellationToken) -> Result<(), McpError> {
        self.serve(stdio_pipes(), cancel).await
    }

    /// Serves any transport until its input ends or `cancel` is cancelled.
    pub async fn serve<T, E, A>(
        self,
        transport: T,
        cancel: CancellationToken,
    ) -> Result<(), McpError>
    where
        T: IntoTransport<RoleServer, E, A>,
        E: std::error::Error + Send + Sync + 'static,
    {
        let ended = cancel.child_token();
        let transport = Watched { inner: transport.into_transport(), ended: ended.clone() };
        let session = Session::new(Arc::new(self.0), ended.clone());
        let running =
            match Box::pin(serve_server_with_ct(session, transport, cancel.child_token())).await {
                Ok(running) => running,
                Err(
                    ServerInitializeError::Cancelled | ServerInitializeError::ConnectionClosed(_),
                ) => return Ok(()),
                Err(ServerInitializeError::ExpectedInitializeRequest(_)) => {
                    return Err(McpError::NotMcp);
                }
                Err(cause) => return Err(McpError::Handshake(Box::new(cause))),
            };
        let mut serving = pin!(running.waiting());
        tokio::select! {
            quit = &mut serving => return quit_reason(quit),
            () = ended.cancelled() => {}
        }
        if let Ok(quit) = tokio::time::timeout(LAST_WORDS, serving).await {
            quit_reason(quit)
        } else {
            warn!(
                "the MCP client did not read its last answers within {LAST_WORDS:?}; they are dropped"
            );
            Ok(())
        }
    }
}

fn quit_reason(quit: Result<QuitReason, JoinError>) -> Result<(), McpError> {
    match quit {
        Err(cause) | Ok(QuitReason::JoinError(cause)) => Err(McpError::Interrupted(cause)),
        // Closed by the client, or cancelled by us.
        Ok(_) => Ok(()),
    }
}
