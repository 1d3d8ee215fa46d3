//! opndex: a local, queryable, historical index of the network behind OPNsense firewalls.

pub mod ask;
pub mod cli;
pub mod daemon;
pub mod domain;
pub mod mcp;
pub mod opnsense;
pub mod settings;
pub mod sim;
pub mod store;
pub mod sync;
pub mod telemetry;
pub mod types;
