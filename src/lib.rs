//! opndex: a local, queryable, historical index of the network behind OPNsense firewalls.

pub mod domain;
pub mod types;
pub mod store;
