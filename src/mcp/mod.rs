//! The door for agents: a Model Context Protocol server.
//!
//! In: JSON-RPC from one client, an [`Ask`](crate::ask::Ask) and perhaps a
//! [`Refresher`](crate::sync::Refresher). Out: five small tools whose answers come from the local index.
//! Never here: SQL, HTTP to a firewall, decisions about data, anything but JSON-RPC on standard output.
//!
//! A tool is a value in its own file below [`tools`]; [`session`] only lists and calls them. [`http`] is the
//! same over HTTP requests, for a listener that decides who may ask. What a device
//! calls itself stays in the data of an answer: [`summary`] and every message are our own words.

mod arguments;
mod ending;
mod error;
mod http;
mod instructions;
mod news;
mod progress;
mod prompts;
mod reply;
mod resources;
mod schema;
mod server;
mod session;
mod sessions;
mod summary;
mod tools;

pub use error::McpError;
pub use http::HttpService;
pub use server::Server;
