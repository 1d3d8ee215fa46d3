//! The HTTP listener: who may come in, and how much they may cost.
//!
//! In: an address, a token, perhaps a certificate, and the service that answers `/mcp`. Out: that service,
//! `/health` and `/metrics` over HTTP/1.1. Never here: JSON-RPC, SQL, a decision about data.
//!
//! What comes in is bounded before anybody reads it: connections, headers, bodies and the time each may
//! take ([`listener`], [`body`]), and how long an answer may lie about ([`impatient`]). [`gate`] lets nobody in whose `Host` or `Origin` is another's (a web page
//! that points its own name at this machine), or who does not know the [`token`].

mod body;
mod error;
mod gate;
mod health;
mod impatient;
mod listener;
mod metrics;
mod routes;
mod tls;
mod token;

pub use error::WebError;
pub use gate::Gate;
pub use listener::{Limits, Listener};
pub use metrics::Observed;
pub use token::Token;
