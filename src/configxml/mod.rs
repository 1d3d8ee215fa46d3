//! Reading config.xml: the firewall's whole configuration, from a backup file or from its own history.
//!
//! In: bytes, and the domains whose `config` sources say where their rows live. Out: [`Config`], the same raw rows
//! that the API's answers give. Never here: files, the network, SQL, a clock.
//!
//! The file is untrusted and full of secrets. It is read as a stream: only leaves that a domain's allow-list or one
//! of its [`Take`](crate::domain::node::Take)s names are ever built, everything else is skipped byte by byte. Size,
//! depth, pieces of text and the sum of what is kept are bounded ([`limits`]); entities are not expanded and a DTD is
//! refused, so an entity bomb has nothing to go off in. A backup that was encrypted is decrypted as it is read.

mod config;
mod error;
mod head;
mod label;
mod limits;
mod lines;
mod plan;
mod release;
mod row;
mod sealed;
mod walk;

pub use config::{Config, is_sealed};
pub use error::{Cause, ConfigError};
pub use head::{Revision, revision_time};
