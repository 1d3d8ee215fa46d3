//! HTTP to one firewall. The only room that knows reqwest and TLS.
//!
//! In: a [`Connection`] and [`Source`](crate::domain::Source)s. Out: response bodies as they came
//! ([`Pulled`]), the release ([`Firmware`]), or a [`PullError`] that tells what, why and what next.
//! Never here: decoding rows, SQL, a wall clock, an endpoint that changes the firewall, and no
//! secret or body in an error or a log line.
//!
//! From the door inwards: [`Client`] answers whole questions (`detect`, `pull`), `ask` settles
//! spelling, retries and doubts about the credentials, `exchange` sends one request.

mod ask;
mod backup;
mod circuit;
mod client;
mod detect;
mod error;
mod exchange;
mod gate;
mod pin;
mod pull;
mod request;
mod tls;

#[cfg(test)]
mod tests;

pub use backup::{BACKUP_PRIVILEGE, Backup};
pub use client::{Client, Connection, REQUEST_TIMEOUT};
pub use detect::Firmware;
pub use error::{ConnectError, PullError};
pub use pin::{PinError, parse_pin, show_pin};
pub use pull::Pulled;
pub use tls::Tls;
