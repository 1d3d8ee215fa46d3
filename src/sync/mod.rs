//! Bringing a firewall's state into the store.
//!
//! In: a client for one firewall, the store, a clock. Out: a [`Report`] per run, and the tables it moved.
//! Never here: SQL, HTTP details, printing. Deciding is pure ([`plan`], [`believe`]); doing is
//! [`run`](Firewall::run): every due domain is pulled at once, the client alone bounds the requests.

mod backfill;
mod believe;
mod error;
mod examine;
mod extra;
mod follow;
mod gather;
mod import;
mod outcome;
mod plan;
mod pull;
mod run;
mod shared;
mod worker;

pub use backfill::{BackfillReport, Steps, Unread};
pub use error::SyncError;
pub use examine::{DomainFinding, Examination, Finding, SourceFinding, examine};
pub use extra::Extra;
pub use import::{ImportLine, ImportReport, config_domains, import};
pub use outcome::{DomainReport, DomainState, Ending, Event, Report};
pub use plan::{Due, Schedule, When};
pub use run::{Firewall, Progress};
pub use worker::{Refresher, Worker};
