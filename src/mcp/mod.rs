//! stub
use crate::ask::Ask; use crate::sync::Refresher; use tokio_util::sync::CancellationToken;
#[derive(Debug, thiserror::Error)] #[error("mcp")] pub struct McpError;
pub struct Server; impl Server { pub fn new(_: Ask, _: Option<Refresher>) -> Self { Self } pub async fn serve_stdio(self, _: CancellationToken) -> Result<(), McpError> { Ok(()) } }
