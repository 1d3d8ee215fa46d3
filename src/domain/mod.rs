//! What can be known about a network: one file per domain, each a value.
//!
//! In: response bodies. Out: rows as SQL cells, and rejects with reasons. Never here: I/O, SQL text,
//! a clock. A domain is a [`Domain`] whose column list is the only list there is: tables, filters,
//! the MCP description, CLI headers and `locate` are made from it.
//!
//! To add one: this file's two lines, `src/domain/<name>.rs`, `migrations/*_<name>.sql` and
//! `tests/fixtures/rest/<name>.json`; `cargo test conformance` names whatever is missing.

mod column;
mod decode;
mod labels;
mod leaf;
mod moving;
mod raw;
mod rows;
mod sightings;
mod source;
mod value;

pub mod aliases;
pub mod arp;
pub mod dhcp_leases;
pub mod dhcp_reservations;
pub mod dns_records;
pub mod firewall_rules;
pub mod interfaces;
pub mod ndp;
pub mod vlans;

pub use column::{Cell, Column, ColumnSpec, Kind, Read, Role, col, sql_names};
pub use decode::{Malformed, decode};
pub use labels::translate;
pub use moving::moving_cells;
pub use raw::{Field, Raw, RawRow, RawValue, Reject, field, volatile};
pub use rows::{RawRows, SOURCE, read_row};
pub use sightings::{Only, SIGHTINGS, Sighting, sighting};
pub use source::{Cadence, Each, Labels, Shape, Source};
pub use value::{AnyDomain, Domain, ParsedRow, by_name, primary_key};

/// Every domain, alphabetical, like the modules above.
pub static ALL: &[&dyn AnyDomain] = &[
    // One per line: adding a domain is one line here.
    &aliases::DOMAIN,
    &arp::DOMAIN,
    &dhcp_leases::DOMAIN,
    &dhcp_reservations::DOMAIN,
    &dns_records::DOMAIN,
    &firewall_rules::DOMAIN,
    &interfaces::DOMAIN,
    &ndp::DOMAIN,
    &vlans::DOMAIN,
];

/// What a domain file needs.
mod prelude {
    pub(super) use super::column::{Read, Role, col};
    pub(super) use super::raw::{Raw, Reject, field, volatile};
    pub(super) use super::rows::SOURCE;
    pub(super) use super::source::{Cadence, Source};
    pub(super) use super::value::Domain;
}
