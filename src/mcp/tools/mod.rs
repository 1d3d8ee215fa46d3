//! The tools, one file each: a name, words for the agent, two schemas, what calling it may do, and the call.

mod as_of;
mod domain_name;
mod domains;
mod locate;
mod query;
mod refresh;
mod sql;
mod status;
mod tool;

pub(super) use domains::described;
pub(super) use tool::{Call, Tool};

/// Every tool, alphabetically, like the modules above. Listing and calling loop over it.
pub(super) static ALL: &[&Tool] =
    &[&domains::TOOL, &locate::TOOL, &query::TOOL, &refresh::TOOL, &sql::TOOL, &status::TOOL];
