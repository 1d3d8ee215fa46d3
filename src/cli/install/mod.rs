//! `opndex mcp install`: telling an MCP client of us, in the file where it keeps its servers.
//!
//! In: the client's name. Out: its file with one entry more, and a copy of what it was before. A file that is
//! not plain JSON is not touched: the entry is shown instead.

mod client;
mod document;
mod entry;
mod replace;
mod run;

pub(super) use client::Client;
pub(super) use document::DocumentError;
pub(super) use run::run;
