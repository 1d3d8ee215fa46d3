//! DHCP ranges and pools of every backend in one table.
use super::node::{INTERFACE_NAMES, Key, Table};
use super::prelude::*;
use super::words::labelled;
use crate::types::Release;

const V4: &str = "kea/dhcpv4/search_subnet";
const V4_PRIVILEGE: &str = "Services: DHCP: Kea(v4)";
const V6_PRIVILEGE: &str = "Services: DHCP: Kea(v6)";
const SINCE_25_1_6: Release = Release::new(25, 1, 6);
/// Before, its configuration may be there without any trace in the API.
const ISC_IS_A_PLUGIN: Release = Release::new(26, 1, 0);
const ISC_GAP: &str = "ranges of ISC DHCP are in config.xml only";

#[derive(Debug)]
pub struct Range {
    pub backend: &'static str,
    pub scope: Box<str>,
    pub range: Box<str>,
    pub duplicate: i64,
    pub addresses: Vec<Box<str>>,
    pub interface: Option<Box<str>>,
    pub constructor: Option<Box<str>>,
    pub lease_time: Option<i64>,
    pub domain: Option<Box<str>>,
    pub router_advertisements: Option<Box<str>>,
    pub tag: Option<Box<str>>,
    pub description: Option<Box<str>>,
    pub uuid: Option<Box<str>>,
}

static KEA4: Node = Node::new("OPNsense/Kea/dhcp4/subnets/subnet4", &[]);

static KEA6: Node = Node::new("OPNsense/Kea/dhcp6/subnets/subnet6", &[]);

static SUBNETS6: Table = Table {
    path: "OPNsense/Kea/dhcp6/subnets/subnet6",
    key: Key::Uuid,
    value: &["subnet"],
    between: "",
    or_name: false,
};

static PREFIXES: Node = Node::new(
    "OPNsense/Kea/dhcp6/pd_pools/pd_pool",
    &[Take::Look { from: "subnet", to: "%subnet", table: &SUBNETS6 }],
);

static TAGS: Table = Table { path: "dnsmasq/dhcp_tags", value: &["tag"], ..SUBNETS6 };

static DNSMASQ: Node = Node::new(
    "dnsmasq/dhcp_ranges",
    &[
        Take::Look { from: "interface", to: "%interface", table: &INTERFACE_NAMES },
        Take::Look { from: "constructor", to: "%constructor", table: &INTERFACE_NAMES },
        Take::Look { from: "set_tag", to: "%set_tag", table: &TAGS },
    ],
);

static NETWORKS: Table =
    Table { value: &["ipaddr", "subnet"], between: "/", or_name: false, ..INTERFACE_NAMES };

/// The range of the daemon is of the interface's own network.
static ISC4: Node = Node::new(
    "dhcpd/*/range",
    &[
        Take::Name { star: 0, to: "interface" },
        Take::Look { from: "interface", to: "%interface", table: &INTERFACE_NAMES },
        Take::Look { from: "interface", to: "subnet", table: &NETWORKS },
        Take::Make { to: "pools", from: &["from", "to"], make: pool },
    ],
);

fn pool(parts: &[Option<&str>]) -> Option<String> {
    let [Some(first), Some(last)] = parts else { return None };
    Some(format!("{first}-{last}"))
}

pub static DOMAIN: Domain<Range> = Domain {
    name: "dhcp_ranges",
    about: "Address ranges that Kea and dnsmasq give leases from, and prefixes that Kea delegates.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("kea4", V4, V4_PRIVILEGE).before(ISC_IS_A_PLUGIN).optional().gap(ISC_GAP),
        Source::grid("kea4", V4, V4_PRIVILEGE).from(ISC_IS_A_PLUGIN).optional(),
        Source::grid("kea6", "kea/dhcpv6/search_subnet", V6_PRIVILEGE)
            .from(SINCE_25_1_6)
            .optional(),
        Source::grid("kea6_prefixes", "kea/dhcpv6/search_pd_pool", V6_PRIVILEGE)
            .from(SINCE_25_1_6)
            .optional(),
        Source::grid(
            "dnsmasq",
            "dnsmasq/settings/search_range",
            "Services: Dnsmasq DNS/DHCP: Settings",
        )
        .from(SINCE_25_1_6)
        .optional(),
        Source::config("kea4", &KEA4),
        Source::config("kea6", &KEA6),
        Source::config("kea6_prefixes", &PREFIXES),
        Source::config("dnsmasq", &DNSMASQ),
        Source::config("isc4", &ISC4),
    ],
    fields: &[
        field("subnet"),
        field("%subnet"),
        field("pools"),
        field("prefix"),
        field("prefix_len"),
        field("interface"),
        field("%interface"),
        field("start_addr"),
        field("end_addr"),
        field("constructor"),
        field("%constructor"),
        field("lease_time"),
        field("domain"),
        field("ra_mode"),
        field("set_tag"),
        field("%set_tag"),
        field("description"),
        field("uuid"),
    ],
    identity: &[SOURCE, "subnet", "pools", "prefix", "interface", "start_addr", "end_addr"],
    columns: &[
        col(
            Role::Key,
            "backend",
            Read::Text(|r| Some(r.backend)),
            "kea4, kea6, kea6_prefixes (delegation) or dnsmasq.",
        ),
        col(
            Role::Key,
            "scope",
            Read::Text(|r| Some(&r.scope)),
            "Subnet (Kea) or interface description (dnsmasq) that it serves.",
        ),
        col(
            Role::Key,
            "range",
            Read::Text(|r| Some(&r.range)),
            "First and last address, a network, or a prefix; of dnsmasq IPv6 the part after the prefix.",
        ),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|r| Some(r.duplicate)),
            "0; higher when the same range is configured several times.",
        ),
        col(
            Role::Plain,
            "addresses",
            Read::Nets(|r| &r.addresses),
            "The range, searchable by address; absent when it is relative to a prefix.",
        ),
        col(
            Role::Indexed,
            "interface",
            Read::Text(|r| r.interface.as_deref()),
            "Interface key, of dnsmasq ranges.",
        ),
        col(
            Role::Plain,
            "constructor",
            Read::Text(|r| r.constructor.as_deref()),
            "Interface whose prefix completes an IPv6 range of dnsmasq.",
        ),
        col(
            Role::Plain,
            "lease_time",
            Read::Int(|r| r.lease_time),
            "Lifetime of a lease in seconds; absent for the default of the server.",
        ),
        col(Role::Plain, "domain", Read::Text(|r| r.domain.as_deref()), "Domain of the leases."),
        col(
            Role::Plain,
            "router_advertisements",
            Read::Text(|r| r.router_advertisements.as_deref()),
            "Mode of router advertisements, such as slaac.",
        ),
        col(
            Role::Plain,
            "tag",
            Read::Text(|r| r.tag.as_deref()),
            "Tag that clients of the range get.",
        ),
        col(
            Role::Indexed,
            "description",
            Read::Name(|r| r.description.as_deref()),
            "The administrator's words.",
        ),
        col(
            Role::Plain,
            "uuid",
            Read::Text(|r| r.uuid.as_deref()),
            "Identifier in the configuration.",
        ),
    ],
    parse,
    never_empty: false,
};

fn parse(raw: Raw<'_>, rows: &mut Vec<Range>) -> Result<(), Reject> {
    match raw.source() {
        "dnsmasq" => rows.push(dnsmasq(raw)?),
        "kea6_prefixes" => {
            let prefix = raw.text("prefix")?;
            let length: u8 = raw.read("prefix_len")?;
            rows.push(kea(raw, format!("{prefix}/{length}"))?);
        }
        // A subnet may have several pools, or none.
        _ => {
            for pool in raw.list("pools") {
                rows.push(kea(raw, pool.replace(' ', ""))?);
            }
        }
    }
    Ok(())
}

fn kea(raw: Raw<'_>, range: String) -> Result<Range, Reject> {
    let subnet = raw.string("%subnet").map_or_else(|| raw.text("subnet"), Ok)?;
    Ok(Range {
        backend: raw.source(),
        scope: subnet,
        addresses: vec![range.as_str().into()],
        range: range.into(),
        duplicate: raw.ordinal().into(),
        interface: None,
        constructor: None,
        lease_time: None,
        domain: None,
        router_advertisements: None,
        tag: None,
        description: raw.string("description"),
        uuid: raw.string("uuid"),
    })
}

/// An IPv6 range may be only the end of its addresses (`::1000`), below the prefix of another interface.
fn dnsmasq(raw: Raw<'_>) -> Result<Range, Reject> {
    let (interface, interface_name) = labelled(raw, "interface", "%interface");
    let (key, name) = labelled(raw, "constructor", "%constructor");
    let constructor = name.or(key);
    let start = raw.text("start_addr")?;
    let range = match raw.string("end_addr") {
        Some(end) => format!("{start}-{end}"),
        None => start.into_string(),
    };
    let addresses = if constructor.is_some() { Vec::new() } else { vec![range.as_str().into()] };
    Ok(Range {
        backend: raw.source(),
        scope: interface_name.or_else(|| interface.clone()).unwrap_or_default(),
        range: range.into(),
        duplicate: raw.ordinal().into(),
        addresses,
        interface,
        constructor,
        lease_time: raw.maybe_read("lease_time")?,
        domain: raw.string("domain"),
        router_advertisements: raw.string("ra_mode"),
        tag: raw.string("%set_tag").or_else(|| raw.string("set_tag")),
        description: raw.string("description"),
        uuid: raw.string("uuid"),
    })
}
