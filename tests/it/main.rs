//! The integration tests: claims about behaviour, through public doors.

#![cfg(test)]

mod architecture;
mod ask;
mod cli;
mod configxml;
mod conformance;
mod histories;
mod history;
mod hostile;
mod mcp;
mod paging;
mod pf_oracle;
<<<<<<< HEAD
mod privileges;
=======
>>>>>>> h-xml
mod questions;
mod recorded;
mod recorded_network;
mod rules_questions;
mod rules_scenarios;
mod rules_sets;
<<<<<<< HEAD
mod rules_shadow;
=======
mod sources_table;
>>>>>>> h-xml
mod sql;
mod store;
mod support;
mod sync;
mod upkeep;
mod vendors;
