//! The integration tests: claims about behaviour, through public doors.

#![cfg(test)]

mod architecture;
mod cli;
mod conformance;
mod mcp;
mod paging;
mod pf_oracle;
mod recorded;
mod rules_sets;
mod sql;
mod store;
mod support;
mod sync;
mod time;
mod vendors;
