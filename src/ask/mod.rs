//! Questions and answers, whoever asks: the CLI, an agent, a web page.
//!
//! In: words (a domain, filters, an address). Out: an [`Answer`] that says of what moment it is, how
//! complete, how many rows there are and how to go on; or an [`AskError`] that says how to ask better.
//! Never here: SQL, HTTP, printing. No question waits for a firewall.

mod answer;
mod at;
mod catalog;
mod changes;
mod cursor;
mod device;
mod devices;
mod devices_seen;
mod endpoint;
mod english;
mod error;
mod filter;
mod freshness;
mod joint;
mod labels;
mod lint;
mod lint_aliases;
mod lint_counting;
mod lint_exposure;
mod lint_network;
mod lint_rules;
mod locate;
mod overall;
mod place;
mod presence;
mod query;
mod reach;
mod report;
mod ruleset;
mod ruleset_network;
mod ruleset_rows;
mod ruleset_settings;
mod runs;
mod saved;
mod sql;
mod status;
mod trace;
mod trace_unknown;
mod trace_words;
mod what_if;

pub use crate::store::LabelChange;
pub use answer::{Answer, Located, Mention};
pub use catalog::{ColumnInfo, DomainInfo, catalog};
pub use changes::{ChangeRow, ChangesAnswer, ChangesAsked};
pub use device::Device;
pub use devices::{Devices, DevicesQuery, STATES, device_columns};
pub use english::{Asked, Call, Found, Outcome, Reading};
pub use error::AskError;
pub use freshness::Freshness;
pub use labels::LabelRow;
pub use lint::{Finding, Lint, LintQuestion, Severity, Suppression, findings};
pub use presence::{PresenceAnswer, PresenceAsked, PresenceRow};
pub use query::{Ask, DEFAULT_LIMIT, MAX_LIMIT, Query};
pub use reach::{Matrix, Reach, ReachPart, ReachQuestion, Zone, zones};
pub use report::{ReportInfo, ReportQuery, reports};
pub use ruleset::Loaded;
pub use runs::RunInfo;
pub use saved::SavedBy;
pub use sql::{Sql, SqlAnswer};
pub use status::{DomainFreshness, FirewallStatus, Status};
pub use trace::{RuleWord, Trace, TraceQuestion};
pub use what_if::{ChangedFlow, Proposal, WhatIf};
