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
pub mod node;
mod raw;
mod row;
mod rows;
mod shape;
mod source;
mod term;
mod value;

pub mod aliases;
pub mod arp;
pub mod destination_nat;
pub mod dhcp_leases;
pub mod dhcp_reservations;
pub mod dns_records;
pub mod firewall_rules;
pub mod interfaces;
pub mod ndp;
pub mod npt;
pub mod one_to_one_nat;
pub mod source_nat;
pub mod vlans;

pub use column::{Cell, Column, ColumnSpec, Kind, Read, Role, col, sql_names};
pub use decode::{Malformed, decode, items, name_item};
pub use labels::translate;
pub use raw::{Field, Raw, RawRow, RawValue, Reject, field, volatile};
pub use rows::{RawRows, SOURCE, read_row};
pub use source::{Cadence, Each, Items, Labels, Place, Shape, Source, Verb};
pub use value::{AnyDomain, Domain, ParsedRow, by_name, primary_key};

/// Every domain, alphabetical, like the modules above.
pub static ALL: &[&dyn AnyDomain] = &[
    // One per line: adding a domain is one line here.
    &aliases::DOMAIN,
    &arp::DOMAIN,
    &destination_nat::DOMAIN,
    &dhcp_leases::DOMAIN,
    &dhcp_reservations::DOMAIN,
    &dns_records::DOMAIN,
    &firewall_rules::DOMAIN,
    &interfaces::DOMAIN,
    &ndp::DOMAIN,
    &npt::DOMAIN,
    &one_to_one_nat::DOMAIN,
    &source_nat::DOMAIN,
    &vlans::DOMAIN,
];

/// What a domain file needs.
mod prelude {
    pub(super) use super::column::{Read, Role, col};
    pub(super) use super::node::{ENABLED, Node, Take, flag, rename, set};
    pub(super) use super::raw::{Raw, Reject, field, volatile};
    pub(super) use super::rows::SOURCE;
    pub(super) use super::source::{Cadence, Source};
    pub(super) use super::value::Domain;
}
