//! The integration tests: claims about behaviour, through public doors.

#![cfg(test)]

mod architecture;
mod ask;
mod cli;
mod configxml;
mod conformance;
mod damage;
mod device_names;
mod histories;
mod history;
mod hostile;
mod interrupted;
mod keeping;
mod mcp;
mod paging;
mod pf_oracle;
mod privileges;
mod questions;
mod ranges;
mod recorded;
mod recorded_network;
mod rules_questions;
mod rules_scenarios;
mod rules_sets;
mod rules_shadow;
mod rules_traces;
mod rules_unknowns;
mod sources_table;
mod sql;
mod store;
mod support;
mod sync;
mod terms;
mod upkeep;
mod vendors;
