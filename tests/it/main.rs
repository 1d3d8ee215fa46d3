//! The integration tests: claims about behaviour, through public doors.

mod architecture;
mod conformance;
mod recorded;
mod support;
