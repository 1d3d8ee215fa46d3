//! Composition: the one place where settings, clients, store, sync and doors meet.
//!
//! In: settings. Out: a running server, stopped in order. Never here: decisions about data.

mod door;
mod error;
mod serve;

pub use door::Door;
pub use error::DaemonError;
pub use serve::{client, firewalls, open_store, retention, schedule, serve};
