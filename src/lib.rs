//! opndex: a local, queryable, historical index of the network behind OPNsense firewalls.

pub mod ask;
pub mod domain;
pub mod settings;
pub mod store;
pub mod telemetry;
pub mod types;
