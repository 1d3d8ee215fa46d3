//! The integration tests: claims about behaviour, through public doors.

#![cfg(test)]

mod architecture;
mod cli;
mod conformance;
mod histories;
mod history;
mod mcp;
mod recorded;
mod store;
mod support;
mod sync;
