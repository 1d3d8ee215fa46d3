//! Why nothing runs.

use thiserror::Error;

use crate::mcp::McpError;
use crate::opnsense::{ConnectError, PinError};
use crate::store::StoreError;
use crate::sync::SyncError;
use crate::web::WebError;

#[derive(Debug, Error)]
pub enum DaemonError {
    #[error("firewall `{name}` cannot be asked")]
    Connect {
        name: String,
        #[source]
        cause: ConnectError,
    },
    #[error("firewall `{name}` cannot be asked")]
    Pin {
        name: String,
        #[source]
        cause: PinError,
    },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Sync(#[from] SyncError),
    #[error(transparent)]
    Mcp(#[from] McpError),
    #[error(transparent)]
    Web(#[from] WebError),
}
