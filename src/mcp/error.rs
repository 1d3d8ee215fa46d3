//! What ends a session other than its client.

use rmcp::service::ServerInitializeError;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum McpError {
    #[error(
        "the client's first message is no MCP request; `opndex serve` speaks JSON-RPC to an MCP client, not to a person"
    )]
    NotMcp,
    #[error("the MCP handshake failed")]
    Handshake(#[source] Box<ServerInitializeError>),
    #[error("the task that serves MCP stopped early")]
    Interrupted(#[source] tokio::task::JoinError),
}
