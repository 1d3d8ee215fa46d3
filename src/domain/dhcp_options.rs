//! DHCP options that clients are given beyond their address.
use super::node::{INTERFACE_NAMES, Key, Table};
use super::prelude::*;
use super::words::{labelled, word};
use crate::types::Release;

/// From here on a search gives the values that are stored.
const RAW: Release = Release::new(25, 7, 0);
const DNSMASQ: &str = "dnsmasq/settings/search_option";
const DNSMASQ_PRIVILEGE: &str = "Services: Dnsmasq DNS/DHCP: Settings";
/// Field and name of each option a subnet or a reservation of Kea may have.
const KEA: &[(&str, &str)] = &[
    ("option_data.routers", "routers"),
    ("option_data.domain_name_servers", "domain_name_servers"),
    ("option_data.dns_servers", "dns_servers"),
    ("option_data.domain_search", "domain_search"),
    ("option_data.domain_name", "domain_name"),
    ("option_data.ntp_servers", "ntp_servers"),
    ("option_data.time_servers", "time_servers"),
    ("option_data.tftp_server_name", "tftp_server_name"),
    ("option_data.boot_file_name", "boot_file_name"),
    ("option_data.static_routes", "static_routes"),
    ("option_data.classless_static_route", "classless_static_route"),
    ("option_data.v6_only_preferred", "v6_only_preferred"),
    ("option_data.v4_dnr", "v4_dnr"),
    ("option_data.v6_dnr", "v6_dnr"),
    // A reservation of DHCPv6 has it beside its options.
    ("domain_search", "domain_search"),
    // Options of the administrator's own that are handed out, by description.
    ("%option", "own"),
];

/// First release in which Kea hands out options of the administrator's own.
const OWN: Release = Release::new(26, 1, 5);

#[derive(Debug)]
pub struct HandedOut {
    pub backend: &'static str,
    pub scope: Box<str>,
    pub option: Box<str>,
    pub value: Box<str>,
    pub duplicate: i64,
    pub kind: Option<Box<str>>,
    pub tag: Option<Box<str>>,
    pub forced: Option<bool>,
    pub description: Option<Box<str>>,
    pub uuid: Option<Box<str>>,
}

static OWN4: Table = Table {
    path: "OPNsense/Kea/dhcp4/options/option",
    key: Key::Uuid,
    value: &["description"],
    between: "",
    or_name: false,
};

static OWN6: Table = Table { path: "OPNsense/Kea/dhcp6/options/option", ..OWN4 };

static KEA4: Node = Node::new(
    "OPNsense/Kea/dhcp4/subnets/subnet4",
    &[Take::Look { from: "option", to: "%option", table: &OWN4 }],
);

static KEA6: Node = Node::new(
    "OPNsense/Kea/dhcp6/subnets/subnet6",
    &[Take::Look { from: "option", to: "%option", table: &OWN6 }],
);

static RESERVED4: Node = Node::new(
    "OPNsense/Kea/dhcp4/reservations/reservation",
    &[Take::Look { from: "option", to: "%option", table: &OWN4 }],
);

static RESERVED6: Node = Node::new(
    "OPNsense/Kea/dhcp6/reservations/reservation",
    &[Take::Look { from: "option", to: "%option", table: &OWN6 }],
);

static OWN_NODE4: Node = Node::new("OPNsense/Kea/dhcp4/options/option", &[]);

static OWN_NODE6: Node = Node::new("OPNsense/Kea/dhcp6/options/option", &[]);

static TAGS: Table = Table {
    path: "dnsmasq/dhcp_tags",
    key: Key::Uuid,
    value: &["tag"],
    between: "",
    or_name: false,
};

static OPTIONS: Node = Node::new(
    "dnsmasq/dhcp_options",
    &[
        Take::Look { from: "interface", to: "%interface", table: &INTERFACE_NAMES },
        Take::Look { from: "tag", to: "%tag", table: &TAGS },
    ],
);

pub static DOMAIN: Domain<HandedOut> = Domain {
    name: "dhcp_options",
    about: "Options that dnsmasq, and the subnets and reservations of Kea, hand out.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("kea4", "kea/dhcpv4/search_subnet", "Services: DHCP: Kea(v4)")
            .before(RAW)
            .optional()
            .gap("before 25.7 the options of Kea subnets are in config.xml only"),
        Source::grid("kea4", "kea/dhcpv4/search_subnet", "Services: DHCP: Kea(v4)")
            .from(RAW)
            .optional(),
        Source::grid("kea6", "kea/dhcpv6/search_subnet", "Services: DHCP: Kea(v6)")
            .from(Release::new(25, 1, 6))
            .optional(),
        Source::grid("kea4_reserved", "kea/dhcpv4/search_reservation", "Services: DHCP: Kea(v4)")
            .before(RAW)
            .optional()
            .gap("before 25.7 the options of Kea reservations are in config.xml only"),
        Source::grid("kea4_reserved", "kea/dhcpv4/search_reservation", "Services: DHCP: Kea(v4)")
            .from(RAW)
            .optional(),
        Source::grid("kea6_reserved", "kea/dhcpv6/search_reservation", "Services: DHCP: Kea(v6)")
            .from(Release::new(25, 1, 6))
            .optional(),
        Source::grid("kea4_own", "kea/dhcpv4/search_option", "Services: DHCP: Kea(v4)")
            .from(OWN)
            .optional(),
        Source::grid("kea6_own", "kea/dhcpv6/search_option", "Services: DHCP: Kea(v6)")
            .from(OWN)
            .optional(),
        Source::grid("dnsmasq", DNSMASQ, DNSMASQ_PRIVILEGE)
            .from(Release::new(25, 1, 6))
            .before(RAW)
            .optional()
            .gap("before 25.7 the API does not say the number of an IPv4 option of dnsmasq"),
        Source::grid("dnsmasq", DNSMASQ, DNSMASQ_PRIVILEGE).from(RAW).optional(),
        Source::config("kea4", &KEA4),
        Source::config("kea6", &KEA6),
        Source::config("kea4_reserved", &RESERVED4),
        Source::config("kea6_reserved", &RESERVED6),
        Source::config("kea4_own", &OWN_NODE4).from(OWN),
        Source::config("kea6_own", &OWN_NODE6).from(OWN),
        Source::config("dnsmasq", &OPTIONS),
    ],
    fields: &[
        field("subnet"),
        field("ip_address"),
        field("hw_address"),
        field("client_id"),
        field("duid"),
        field("domain_search"),
        field("option_data.routers"),
        field("option_data.domain_name_servers"),
        field("option_data.dns_servers"),
        field("option_data.domain_search"),
        field("option_data.domain_name"),
        field("option_data.ntp_servers"),
        field("option_data.time_servers"),
        field("option_data.tftp_server_name"),
        field("option_data.boot_file_name"),
        field("option_data.static_routes"),
        field("option_data.classless_static_route"),
        field("option_data.v6_only_preferred"),
        field("option_data.v4_dnr"),
        field("option_data.v6_dnr"),
        field("type"),
        field("option"),
        field("%option"),
        field("code"),
        field("data"),
        field("match_code"),
        field("match_data"),
        field("option6"),
        field("interface"),
        field("%interface"),
        field("tag"),
        field("%tag"),
        field("value"),
        field("force"),
        field("description"),
        field("uuid"),
    ],
    identity: &[
        SOURCE,
        "subnet",
        "ip_address",
        "hw_address",
        "client_id",
        "duid",
        "type",
        "option",
        "option6",
        "interface",
        "tag",
        "value",
        "code",
        "data",
    ],
    columns: &[
        col(Role::Key, "backend", Read::Text(|h| Some(h.backend)), "kea4, kea6 or dnsmasq."),
        col(
            Role::Key,
            "scope",
            Read::Text(|h| Some(&h.scope)),
            "Subnet or reservation by its address (Kea), or interface description (dnsmasq) it is for; empty for all, or where it is only defined.",
        ),
        col(
            Role::Key,
            "option",
            Read::Text(|h| Some(&h.option)),
            "Number or name of the option; own: one that is defined here, by its description; empty where the release does not say.",
        ),
        col(Role::Key, "value", Read::Text(|h| Some(&h.value)), "What is handed out."),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|h| Some(h.duplicate)),
            "0; higher when the same option is configured several times.",
        ),
        col(
            Role::Plain,
            "type",
            Read::Text(|h| h.kind.as_deref()),
            "set (handed out) or match (sets a tag), of dnsmasq; defined (handed out where a subnet or reservation names it), of Kea.",
        ),
        col(
            Role::Plain,
            "tag",
            Read::Text(|h| h.tag.as_deref()),
            "Only for clients with this tag, or that send this option.",
        ),
        col(
            Role::Plain,
            "forced",
            Read::Bool(|h| h.forced),
            "Sent even when the client did not ask for it.",
        ),
        col(
            Role::Indexed,
            "description",
            Read::Name(|h| h.description.as_deref()),
            "The administrator's words.",
        ),
        col(
            Role::Plain,
            "uuid",
            Read::Text(|h| h.uuid.as_deref()),
            "Identifier in the configuration, of dnsmasq.",
        ),
    ],
    parse,
    never_empty: false,
};

fn parse(raw: Raw<'_>, rows: &mut Vec<HandedOut>) -> Result<(), Reject> {
    if raw.source() == "dnsmasq" {
        rows.push(dnsmasq(raw)?);
        return Ok(());
    }
    let own = [("kea4_own", "kea4"), ("kea6_own", "kea6")];
    if let Some((_, backend)) = own.iter().find(|(source, _)| *source == raw.source()) {
        rows.push(own_option(raw, backend)?);
        return Ok(());
    }
    let (backend, scope) = match raw.source() {
        "kea4_reserved" => ("kea4", reservation(raw)?),
        "kea6_reserved" => ("kea6", reservation(raw)?),
        subnets => (subnets, raw.text("subnet")?),
    };
    for (field, name) in KEA {
        if let Some(value) = raw.string(field) {
            rows.push(HandedOut {
                backend,
                scope: scope.clone(),
                option: (*name).into(),
                value,
                duplicate: raw.ordinal().into(),
                kind: None,
                tag: None,
                forced: None,
                description: None,
                uuid: None,
            });
        }
    }
    Ok(())
}

/// Its address, else whoever it is for: a reservation may have no address.
fn reservation(raw: Raw<'_>) -> Result<Box<str>, Reject> {
    let ways = ["ip_address", "hw_address", "duid", "client_id"];
    let named = ways.iter().find_map(|field| raw.string(field));
    named.map_or_else(|| raw.text("ip_address"), Ok)
}

/// Of the administrator's own: handed out only where a subnet or a reservation names it.
fn own_option(raw: Raw<'_>, backend: &'static str) -> Result<HandedOut, Reject> {
    let matched = raw.maybe("match_code").zip(raw.maybe("match_data"));
    Ok(HandedOut {
        backend,
        scope: Box::default(),
        option: raw.text("code")?,
        value: raw.string("data").unwrap_or_default(),
        duplicate: raw.ordinal().into(),
        kind: Some("defined".into()),
        tag: matched.map(|(code, data)| format!("option {code} is {data}").into()),
        forced: raw.maybe_flag("force")?,
        description: raw.string("description"),
        uuid: raw.string("uuid"),
    })
}

fn dnsmasq(raw: Raw<'_>) -> Result<HandedOut, Reject> {
    let (interface, interface_name) = labelled(raw, "interface", "%interface");
    let number = |name| raw.string(name).filter(|text| &**text != "None");
    Ok(HandedOut {
        backend: raw.source(),
        scope: interface_name.or(interface).unwrap_or_default(),
        option: number("option").or_else(|| number("option6")).unwrap_or_default(),
        value: raw.string("value").unwrap_or_default(),
        duplicate: raw.ordinal().into(),
        kind: word(raw, "type"),
        tag: raw.string("%tag").or_else(|| raw.string("tag")),
        forced: raw.maybe_flag("force")?,
        description: raw.string("description"),
        uuid: raw.string("uuid"),
    })
}
