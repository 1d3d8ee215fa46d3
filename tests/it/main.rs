//! The integration tests: claims about behaviour, through public doors.

#![cfg(test)]

mod architecture;
mod cli;
mod configxml;
mod conformance;
mod mcp;
mod paging;
mod recorded;
mod recorded_network;
mod store;
mod support;
mod sync;
mod time;
mod vendors;
