//! DHCP subnets of Kea, IPv4 and IPv6.
use super::node::INTERFACE_NAMES;
use super::prelude::*;
use super::words::{joined, labelled};
use crate::types::Release;

const V4: &str = "kea/dhcpv4/search_subnet";
const V4_PRIVILEGE: &str = "Services: DHCP: Kea(v4)";
/// Before, its configuration may be there without any trace in the API.
const ISC_IS_A_PLUGIN: Release = Release::new(26, 1, 0);
const ISC_GAP: &str = "subnets of ISC DHCP are in config.xml only";

#[derive(Debug)]
pub struct Subnet {
    pub subnet: Box<str>,
    pub backend: &'static str,
    pub id: Box<str>,
    pub network: Vec<Box<str>>,
    pub pools: Vec<Box<str>>,
    pub interface: Option<Box<str>>,
    pub interface_name: Option<Box<str>>,
    pub routers: Option<Box<str>>,
    pub dns_servers: Option<Box<str>>,
    pub domain: Option<Box<str>>,
    pub search_domains: Option<Box<str>>,
    pub automatic_options: Option<bool>,
    pub lease_time: Option<i64>,
    pub description: Option<Box<str>>,
}

static KEA4: Node = Node::new("OPNsense/Kea/dhcp4/subnets/subnet4", &[]);

static KEA6: Node = Node::new(
    "OPNsense/Kea/dhcp6/subnets/subnet6",
    &[Take::Look { from: "interface", to: "%interface", table: &INTERFACE_NAMES }],
);

pub static DOMAIN: Domain<Subnet> = Domain {
    name: "dhcp_subnets",
    about: "DHCP subnets that Kea serves, with pools and the options it hands out.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("kea4", V4, V4_PRIVILEGE).before(ISC_IS_A_PLUGIN).optional().gap(ISC_GAP),
        Source::grid("kea4", V4, V4_PRIVILEGE).from(ISC_IS_A_PLUGIN).optional(),
        Source::grid("kea6", "kea/dhcpv6/search_subnet", "Services: DHCP: Kea(v6)")
            .from(Release::new(25, 1, 6))
            .optional(),
        Source::config("kea4", &KEA4),
        Source::config("kea6", &KEA6),
    ],
    fields: &[
        field("subnet"),
        field("pools"),
        field("interface"),
        field("%interface"),
        field("option_data_autocollect"),
        field("option_data.routers"),
        field("option_data.domain_name_servers"),
        field("option_data.dns_servers"),
        field("option_data.domain_name"),
        field("option_data.domain_search"),
        field("valid_lifetime"),
        field("description"),
        field("uuid"),
    ],
    identity: &[SOURCE, "subnet", "uuid"],
    columns: &[
        col(
            Role::Key,
            "subnet",
            Read::Text(|s| Some(&s.subnet)),
            "Network it serves, such as 192.168.1.0/24.",
        ),
        col(Role::Key, "backend", Read::Text(|s| Some(s.backend)), "kea4 or kea6."),
        col(Role::Key, "id", Read::Text(|s| Some(&s.id)), "Identifier in the configuration."),
        col(
            Role::Plain,
            "network",
            Read::Nets(|s| &s.network),
            "The same network, searchable by address.",
        ),
        col(
            Role::Plain,
            "pools",
            Read::Nets(|s| &s.pools),
            "Ranges and networks that addresses are given from.",
        ),
        col(
            Role::Indexed,
            "interface",
            Read::Text(|s| s.interface.as_deref()),
            "Interface key of an IPv6 subnet.",
        ),
        col(
            Role::Indexed,
            "interface_name",
            Read::Text(|s| s.interface_name.as_deref()),
            "Interface description of an IPv6 subnet.",
        ),
        col(
            Role::Plain,
            "routers",
            Read::Text(|s| s.routers.as_deref()),
            "Routers it announces; absent when Kea takes the interface address.",
        ),
        col(
            Role::Plain,
            "dns_servers",
            Read::Text(|s| s.dns_servers.as_deref()),
            "DNS servers it announces.",
        ),
        col(
            Role::Plain,
            "domain",
            Read::Text(|s| s.domain.as_deref()),
            "Domain name it announces.",
        ),
        col(
            Role::Plain,
            "search_domains",
            Read::Text(|s| s.search_domains.as_deref()),
            "Search domains it announces.",
        ),
        col(
            Role::Plain,
            "automatic_options",
            Read::Bool(|s| s.automatic_options),
            "Router and DNS servers follow the interface.",
        ),
        col(
            Role::Plain,
            "lease_time",
            Read::Int(|s| s.lease_time),
            "Lifetime of a lease in seconds; absent for the default of the server.",
        ),
        col(
            Role::Indexed,
            "description",
            Read::Name(|s| s.description.as_deref()),
            "The administrator's words.",
        ),
    ],
    parse,
    never_empty: false,
};

fn parse(raw: Raw<'_>, rows: &mut Vec<Subnet>) -> Result<(), Reject> {
    let (interface, interface_name) = labelled(raw, "interface", "%interface");
    rows.push(Subnet {
        subnet: raw.text("subnet")?,
        backend: raw.source(),
        id: raw.string("uuid").unwrap_or_default(),
        network: raw.list("subnet"),
        pools: pools(raw),
        interface,
        interface_name,
        routers: joined(&raw.list("option_data.routers")),
        dns_servers: joined(&raw.list(if raw.has("option_data.dns_servers") {
            "option_data.dns_servers"
        } else {
            "option_data.domain_name_servers"
        })),
        domain: raw.string("option_data.domain_name"),
        search_domains: joined(&raw.list("option_data.domain_search")),
        automatic_options: raw.maybe_flag("option_data_autocollect")?,
        lease_time: raw.maybe_read("valid_lifetime")?,
        description: raw.string("description"),
    });
    Ok(())
}

/// One a line, with blanks around the dash in some releases.
fn pools(raw: Raw<'_>) -> Vec<Box<str>> {
    raw.list("pools").iter().map(|pool| pool.replace(' ', "").into()).collect()
}
