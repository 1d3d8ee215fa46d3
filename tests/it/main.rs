//! The integration tests: claims about behaviour, through public doors.

mod architecture;
mod cli;
mod conformance;
mod recorded;
mod support;
mod sync;
