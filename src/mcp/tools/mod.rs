//! The tools, one file each: a name, words for the agent, two schemas, what calling it may do, and the call.

mod as_of;
mod changes;
mod domain_name;
mod domains;
mod label;
mod locate;
mod query;
mod refresh;
mod status;
mod tool;

pub(super) use tool::{Call, Effect, Tool};

/// Every tool, alphabetically, like the modules above. Listing and calling loop over it.
pub(super) static ALL: &[&Tool] = &[
    &changes::TOOL,
    &domains::TOOL,
    &label::TOOL,
    &locate::TOOL,
    &query::TOOL,
    &refresh::TOOL,
    &status::TOOL,
];
