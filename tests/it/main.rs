//! The integration tests: claims about behaviour, through public doors.

#![cfg(test)]

mod architecture;
mod cli;
mod conformance;
mod mcp;
mod recorded;
mod sql;
mod store;
mod support;
mod sync;
