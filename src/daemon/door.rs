//! Where questions come in.

use std::net::SocketAddr;

use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::ask::Ask;
use crate::mcp::Server;
use crate::settings::ServeSettings;
use crate::telemetry::Calls;
use crate::web::{Gate, Limits, Listener, Observed, Token};

use super::error::DaemonError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// JSON-RPC on standard input and output.
    Stdio,
    /// Streamable HTTP; port 0 is any free one.
    Http(SocketAddr),
}

/// Answers at `door` until it closes or `cancel` is cancelled.
pub(super) async fn answer(
    door: Door,
    settings: &ServeSettings,
    server: Server,
    ask: Ask,
    cancel: CancellationToken,
) -> Result<(), DaemonError> {
    let address = match door {
        Door::Stdio => return Ok(server.serve_stdio(cancel).await?),
        Door::Http(address) => address,
    };
    let (token, is_new) = Token::kept_in(&settings.token_file)?;
    let file = settings.token_file.display();
    if is_new {
        info!("made a token for HTTP clients in {file}");
    }
    let tls = settings.tls.as_ref().map(|(cert, key)| (cert.as_path(), key.as_path()));
    let listener = Listener::bind(address, tls, Limits::default()).await?;
    let address = listener.address();
    info!("answering MCP on {}/mcp", listener.url());
    if !address.ip().is_loopback() {
        info!("clients of other machines send the token in {file}");
        if tls.is_none() {
            warn!(
                "the token and every answer travel unencrypted to other machines; set serve.tls_cert and \
                 serve.tls_key, or listen on 127.0.0.1 behind a proxy that speaks https"
            );
        }
    }
    let gate = Gate::new(address, settings.hosts.clone(), token, settings.require_token);
    let calls = Calls::default();
    let mcp = server.counted_in(calls.clone()).over_http(cancel.clone());
    listener.serve(gate, mcp, Observed { ask, calls }, cancel).await;
    Ok(())
}
