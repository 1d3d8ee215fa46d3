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
pub mod node;
mod privileges;
mod ranks;
mod raw;
mod row;
mod rows;
mod shape;
mod sightings;
mod source;
mod term;
mod value;
mod words;
mod x509;

pub mod alias_contents;
pub mod alias_tables;
pub mod aliases;
pub mod arp;
pub mod bridges;
pub mod captive_portal_sessions;
pub mod captive_portal_zones;
pub mod carp_status;
pub mod certificate_authorities;
pub mod certificates;
pub mod config_revisions;
pub mod cron_jobs;
pub mod destination_nat;
pub mod dhcp_leases;
pub mod dhcp_options;
pub mod dhcp_ranges;
pub mod dhcp_relay_destinations;
pub mod dhcp_relays;
pub mod dhcp_reservations;
pub mod dhcp_subnets;
pub mod dhcp_tags;
pub mod disks;
pub mod dns_acls;
pub mod dns_blocklists;
pub mod dns_forwards;
pub mod dns_local_data;
pub mod dns_records;
pub mod dns_resolvers;
pub mod dns_settings;
pub mod firewall_categories;
pub mod firewall_log;
pub mod firewall_rules;
pub mod firewall_settings;
pub mod firmware;
pub mod gateway_groups;
pub mod gateway_status;
pub mod gateways;
pub mod gifs;
pub mod gres;
pub mod ha_sync;
pub mod host_discovery;
pub mod ids_rulesets;
pub mod interface_addresses;
pub mod interface_counters;
pub mod interface_groups;
pub mod interfaces;
pub mod ipsec_child_sessions;
pub mod ipsec_children;
pub mod ipsec_connections;
pub mod ipsec_sessions;
pub mod laggs;
pub mod loopbacks;
pub mod monit_alerts;
pub mod monit_services;
pub mod monit_status;
pub mod monit_tests;
pub mod ndp;
pub mod npt;
pub mod one_to_one_nat;
pub mod openvpn_instances;
pub mod openvpn_routes;
pub mod openvpn_sessions;
pub mod pf_states;
pub mod plugins;
pub mod routes;
pub mod rule_counters;
pub mod schedules;
pub mod services;
pub mod shaper_pipes;
pub mod shaper_queues;
pub mod shaper_rules;
pub mod source_nat;
pub mod static_neighbours;
pub mod static_routes;
pub mod syslog_targets;
pub mod system;
pub mod temperatures;
pub mod top_talkers;
pub mod tunables;
pub mod user_groups;
pub mod users;
pub mod virtual_ips;
pub mod vlans;
pub mod vxlans;
pub mod wireguard_peers;
pub mod wireguard_servers;
pub mod wireguard_sessions;

pub use column::{Cell, Column, ColumnSpec, Kind, Read, Role, col, sql_names};
pub use decode::{Malformed, decode, items, name_item};
pub use labels::translate;
pub use moving::moving_cells;
pub use privileges::{of_source, privileges};
pub use ranks::rank;
pub use raw::{Field, Raw, RawRow, RawValue, Reject, field, volatile};
pub use rows::{RawRows, SOURCE, read_row};
pub use sightings::{Only, SIGHTINGS, Sighting, sighting};
pub use source::{Cadence, Each, Idle, Items, Labels, Place, Ranked, Shape, Source, Verb};
pub use value::{AnyDomain, Domain, ParsedRow, by_name, primary_key};

/// Every domain, alphabetical, like the modules above.
pub static ALL: &[&dyn AnyDomain] = &[
    // One per line: adding a domain is one line here.
    &alias_contents::DOMAIN,
    &alias_tables::DOMAIN,
    &aliases::DOMAIN,
    &arp::DOMAIN,
    &bridges::DOMAIN,
    &captive_portal_sessions::DOMAIN,
    &captive_portal_zones::DOMAIN,
    &carp_status::DOMAIN,
    &certificate_authorities::DOMAIN,
    &certificates::DOMAIN,
    &config_revisions::DOMAIN,
    &cron_jobs::DOMAIN,
    &destination_nat::DOMAIN,
    &dhcp_leases::DOMAIN,
    &dhcp_options::DOMAIN,
    &dhcp_ranges::DOMAIN,
    &dhcp_relay_destinations::DOMAIN,
    &dhcp_relays::DOMAIN,
    &dhcp_reservations::DOMAIN,
    &dhcp_subnets::DOMAIN,
    &dhcp_tags::DOMAIN,
    &disks::DOMAIN,
    &dns_acls::DOMAIN,
    &dns_blocklists::DOMAIN,
    &dns_forwards::DOMAIN,
    &dns_local_data::DOMAIN,
    &dns_records::DOMAIN,
    &dns_resolvers::DOMAIN,
    &dns_settings::DOMAIN,
    &firewall_categories::DOMAIN,
    &firewall_log::DOMAIN,
    &firewall_rules::DOMAIN,
    &firewall_settings::DOMAIN,
    &firmware::DOMAIN,
    &gateway_groups::DOMAIN,
    &gateway_status::DOMAIN,
    &gateways::DOMAIN,
    &gifs::DOMAIN,
    &gres::DOMAIN,
    &ha_sync::DOMAIN,
    &host_discovery::DOMAIN,
    &ids_rulesets::DOMAIN,
    &interface_addresses::DOMAIN,
    &interface_counters::DOMAIN,
    &interface_groups::DOMAIN,
    &interfaces::DOMAIN,
    &ipsec_child_sessions::DOMAIN,
    &ipsec_children::DOMAIN,
    &ipsec_connections::DOMAIN,
    &ipsec_sessions::DOMAIN,
    &laggs::DOMAIN,
    &loopbacks::DOMAIN,
    &monit_alerts::DOMAIN,
    &monit_services::DOMAIN,
    &monit_status::DOMAIN,
    &monit_tests::DOMAIN,
    &ndp::DOMAIN,
    &npt::DOMAIN,
    &one_to_one_nat::DOMAIN,
    &openvpn_instances::DOMAIN,
    &openvpn_routes::DOMAIN,
    &openvpn_sessions::DOMAIN,
    &pf_states::DOMAIN,
    &plugins::DOMAIN,
    &routes::DOMAIN,
    &rule_counters::DOMAIN,
    &schedules::DOMAIN,
    &services::DOMAIN,
    &shaper_pipes::DOMAIN,
    &shaper_queues::DOMAIN,
    &shaper_rules::DOMAIN,
    &source_nat::DOMAIN,
    &static_neighbours::DOMAIN,
    &static_routes::DOMAIN,
    &syslog_targets::DOMAIN,
    &system::DOMAIN,
    &temperatures::DOMAIN,
    &top_talkers::DOMAIN,
    &tunables::DOMAIN,
    &user_groups::DOMAIN,
    &users::DOMAIN,
    &virtual_ips::DOMAIN,
    &vlans::DOMAIN,
    &vxlans::DOMAIN,
    &wireguard_peers::DOMAIN,
    &wireguard_servers::DOMAIN,
    &wireguard_sessions::DOMAIN,
];

/// What a domain file needs.
mod prelude {
    pub(super) use super::column::{Read, Role, col};
    pub(super) use super::node::{ENABLED, Node, Take, flag, rename, set};
    pub(super) use super::raw::{Raw, Reject, field, volatile};
    pub(super) use super::rows::SOURCE;
    pub(super) use super::source::{Cadence, Idle, Source};
    pub(super) use super::value::Domain;
}
