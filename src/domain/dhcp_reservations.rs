//! DHCP reservations: fixed addresses by hardware address, client identifier or DUID.
use std::net::IpAddr;

use super::node::{Key, Table};
use super::prelude::*;
use crate::types::{MacAddr, Release};

#[derive(Debug)]
pub struct Reservation {
    pub backend: &'static str,
    pub uuid: Box<str>,
    pub item: i64,
    pub ip: Option<IpAddr>,
    pub mac: Option<MacAddr>,
    pub duid: Option<Box<str>>,
    pub client_id: Option<Box<str>>,
    pub hostname: Option<Box<str>>,
    pub subnet: Option<Box<str>>,
    pub description: Option<Box<str>>,
}

static SUBNETS4: Table = Table {
    path: "OPNsense/Kea/dhcp4/subnets/subnet4",
    key: Key::Uuid,
    value: &["subnet"],
    between: "",
    or_name: false,
};

static SUBNETS6: Table = Table { path: "OPNsense/Kea/dhcp6/subnets/subnet6", ..SUBNETS4 };

static KEA4: Node = Node::new(
    "OPNsense/Kea/dhcp4/reservations/reservation",
    &[Take::Look { from: "subnet", to: "%subnet", table: &SUBNETS4 }],
);

static KEA6: Node = Node::new(
    "OPNsense/Kea/dhcp6/reservations/reservation",
    &[Take::Look { from: "subnet", to: "%subnet", table: &SUBNETS6 }],
);

/// Before 25.1 host entries were DNS records only.
static DNSMASQ: Node = Node::new("dnsmasq/hosts", &[]);

/// Their identity is the interface and the client: they have no uuid.
static ISC4: Node = Node::new(
    "dhcpd/*/staticmap",
    &[
        Take::Name { star: 0, to: "@interface" },
        Take::Make { to: "uuid", from: &["@interface", "mac", "cid", "ipaddr"], make: map_key },
        rename("mac", "hw_address"),
        rename("cid", "client_id"),
        rename("ipaddr", "ip_address"),
        rename("descr", "description"),
    ],
);

static ISC6: Node = Node::new(
    "dhcpdv6/*/staticmap",
    &[
        Take::Name { star: 0, to: "@interface" },
        Take::Make { to: "uuid", from: &["@interface", "duid", "ipaddrv6"], make: map_key },
        rename("ipaddrv6", "ip_address"),
        rename("descr", "description"),
    ],
);

#[expect(clippy::unnecessary_wraps, reason = "the type of every `Make`")]
fn map_key(parts: &[Option<&str>]) -> Option<String> {
    Some(parts.iter().map(|part| part.unwrap_or("-")).collect::<Vec<_>>().join("/").to_lowercase())
}

pub static DOMAIN: Domain<Reservation> = Domain {
    name: "dhcp_reservations",
    about: "Fixed DHCP assignments of Kea and dnsmasq; of ISC those in config.xml (the API shows them as static leases).",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("kea4", "kea/dhcpv4/search_reservation", "Services: DHCP: Kea(v4)"),
        Source::grid("kea6", "kea/dhcpv6/search_reservation", "Services: DHCP: Kea(v6)")
            .from(Release::new(25, 1, 6))
            .optional(),
        Source::grid(
            "dnsmasq",
            "dnsmasq/settings/search_host",
            "Services: Dnsmasq DNS/DHCP: Settings",
        )
        .from(Release::new(25, 1, 2))
        .optional(),
        Source::config("kea4", &KEA4),
        Source::config("kea6", &KEA6),
        Source::config("dnsmasq", &DNSMASQ),
        // No API gives them as such.
        Source::config("isc4", &ISC4),
        Source::config("isc6", &ISC6),
    ],
    fields: &[
        field("uuid"),
        field("ip_address"),
        field("ip"),
        field("hw_address"),
        field("hwaddr"),
        field("duid"),
        field("client_id"),
        field("hostname"),
        field("host"),
        field("subnet"),
        field("%subnet"),
        field("description"),
        field("descr"),
    ],
    identity: &[SOURCE, "uuid"],
    columns: &[
        col(
            Role::Key,
            "backend",
            Read::Text(|r| Some(r.backend)),
            "kea4, kea6, dnsmasq, isc4 or isc6; the last two from config.xml alone.",
        ),
        col(Role::Key, "uuid", Read::Text(|r| Some(&r.uuid)), "Identifier in the configuration."),
        col(
            Role::Key,
            "item",
            Read::Int(|r| Some(r.item)),
            "Position when one entry names several addresses or MACs; else 0.",
        ),
        col(
            Role::Indexed,
            "ip",
            Read::Ip(|r| r.ip),
            "Reserved address; absent when the address is dynamic.",
        ),
        col(Role::Indexed, "mac", Read::Mac(|r| r.mac), "Hardware address it is for."),
        col(
            Role::Plain,
            "duid",
            Read::Text(|r| r.duid.as_deref()),
            "DHCP unique identifier (RFC 8415, 11) it is for.",
        ),
        col(
            Role::Plain,
            "client_id",
            Read::Text(|r| r.client_id.as_deref()),
            "Client identifier (RFC 2132, 9.14) it is for.",
        ),
        col(
            Role::Indexed,
            "hostname",
            Read::Name(|r| r.hostname.as_deref()),
            "Name handed to the client.",
        ),
        col(
            Role::Plain,
            "subnet",
            Read::Text(|r| r.subnet.as_deref()),
            "Subnet it belongs to (Kea).",
        ),
        col(
            Role::Indexed,
            "description",
            Read::Name(|r| r.description.as_deref()),
            "The administrator's words.",
        ),
    ],
    parse,
    never_empty: false,
};

/// One row for each address and hardware address of an entry; a dnsmasq host may list several of both.
fn parse(raw: Raw<'_>, rows: &mut Vec<Reservation>) -> Result<(), Reject> {
    let ips = read_all::<IpAddr>(raw, if raw.source() == "dnsmasq" { "ip" } else { "ip_address" })?;
    let macs =
        read_all::<MacAddr>(raw, if raw.source() == "dnsmasq" { "hwaddr" } else { "hw_address" })?;
    let (duid, client_id) = (raw.string("duid"), raw.string("client_id"));
    if macs.is_empty() && duid.is_none() && client_id.is_none() {
        // A dnsmasq host without a client is a DNS record only.
        return if raw.source() == "dnsmasq" {
            Ok(())
        } else {
            Err(Reject::new("hw_address", "names no client"))
        };
    }
    let or_one_absent = |n: usize| n.max(1);
    for m in 0..or_one_absent(macs.len()) {
        for i in 0..or_one_absent(ips.len()) {
            rows.push(Reservation {
                backend: raw.source(),
                uuid: raw.text("uuid")?,
                item: i64::try_from(rows.len()).unwrap_or(i64::MAX),
                ip: ips.get(i).copied(),
                mac: macs.get(m).copied(),
                duid: duid.clone(),
                client_id: client_id.clone(),
                hostname: raw
                    .string("hostname")
                    .or_else(|| raw.string("host"))
                    .filter(|h| &**h != "*"),
                subnet: subnet(raw),
                description: raw.string("description").or_else(|| raw.string("descr")),
            });
        }
    }
    Ok(())
}

fn read_all<T: std::str::FromStr>(raw: Raw<'_>, name: &'static str) -> Result<Vec<T>, Reject> {
    let read = |item: Box<str>| {
        item.parse().map_err(|_| Reject::new(name, format!("cannot read `{item}`")))
    };
    raw.list(name).into_iter().map(read).collect()
}

/// 25.7 and later give a uuid and a label (26.1: `LAN 2001:db8::/64`), earlier ones the label only.
fn subnet(raw: Raw<'_>) -> Option<Box<str>> {
    let label = raw.string("%subnet").or_else(|| raw.string("subnet"))?;
    label.rsplit(' ').next().filter(|net| net.contains('/')).map(Into::into)
}
