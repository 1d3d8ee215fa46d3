//! Composition: the one place where settings, clients, store, sync and doors meet.
//!
//! In: settings. Out: a running server, stopped in order. Never here: decisions about data.

mod error;
mod serve;

pub use error::DaemonError;
pub use serve::{Door, firewalls, open_store, retention, schedule, serve};
