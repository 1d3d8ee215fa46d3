//! The integration tests: claims about behaviour, through public doors.

#![cfg(test)]

mod architecture;
mod ask;
mod cli;
mod conformance;
mod mcp;
mod questions;
mod recorded;
mod store;
mod support;
mod sync;
