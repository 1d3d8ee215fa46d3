//! The tools, one file each: a name, words for the agent, two schemas, what calling it may do, and the call.

mod as_of;
mod ask;
mod changes;
mod devices;
mod domain_name;
mod domains;
mod label;
mod lint;
mod locate;
mod query;
mod reach;
mod refresh;
mod report;
mod report_name;
mod sql;
mod status;
mod tool;
mod trace;

pub(super) use domains::described;
pub(super) use tool::{Call, Effect, Tool};

/// Every tool, alphabetically, like the modules above. Listing and calling loop over it.
pub(super) static ALL: &[&Tool] = &[
    &ask::TOOL,
    &changes::TOOL,
    &devices::TOOL,
    &domains::TOOL,
    &label::TOOL,
    &lint::TOOL,
    &locate::TOOL,
    &query::TOOL,
    &reach::TOOL,
    &refresh::TOOL,
    &report::TOOL,
    &sql::TOOL,
    &status::TOOL,
    &trace::TOOL,
];
