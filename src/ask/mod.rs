//! Questions and answers, whoever asks: the CLI, an agent, a web page.
//!
//! In: words (a domain, filters, an address). Out: an [`Answer`] that says of what moment it is, how
//! complete, how many rows there are and how to go on; or an [`AskError`] that says how to ask better.
//! Never here: SQL, HTTP, printing. No question waits for a firewall.

mod answer;
mod at;
mod catalog;
mod cursor;
mod error;
mod filter;
mod freshness;
mod locate;
mod query;
mod ruleset;
mod runs;
mod sql;
mod status;

pub use answer::{Answer, Located, Mention};
pub use catalog::{ColumnInfo, DomainInfo, catalog};
pub use error::AskError;
pub use freshness::Freshness;
pub use query::{Ask, DEFAULT_LIMIT, MAX_LIMIT, Query};
pub use ruleset::Loaded;
pub use runs::RunInfo;
pub use sql::{Sql, SqlAnswer};
pub use status::{DomainFreshness, FirewallStatus, Status};
