//! DHCP leases of every backend in one table.
use std::net::IpAddr;

use super::prelude::*;
use crate::types::{MacAddr, Release, Timestamp};

#[derive(Debug)]
pub struct Lease {
    pub backend: &'static str,
    pub ip: IpAddr,
    pub kind: Box<str>,
    pub duplicate: i64,
    pub mac: Option<MacAddr>,
    pub hostname: Option<Box<str>>,
    pub interface: Option<Box<str>>,
    pub interface_name: Option<Box<str>>,
    pub state: Box<str>,
    pub expires: Option<Timestamp>,
    pub reserved: Option<bool>,
    pub duid: Option<Box<str>>,
    pub client_id: Option<Box<str>>,
    pub prefix_length: Option<i64>,
    pub vendor: Option<Box<str>>,
    pub description: Option<Box<str>>,
}

const SINCE_25_1_6: Release = Release::new(25, 1, 6);

pub static DOMAIN: Domain<Lease> = Domain {
    name: "dhcp_leases",
    about: "DHCP leases of Kea, ISC and dnsmasq, IPv4 and IPv6, expired ones included as the backend keeps them.",
    cadence: Cadence::Runtime,
    sources: &[
        Source::grid("kea4", "kea/leases4/search", "Services: DHCP: Kea(v4)").optional().backend(),
        Source::grid("kea6", "kea/leases6/search", "Services: DHCP: Kea(v6)")
            .from(SINCE_25_1_6)
            .optional()
            .backend(),
        Source::grid("isc4", "dhcpv4/leases/search_lease", "Status: DHCP leases")
            .with(&[("inactive", "1")])
            .optional()
            .backend(),
        Source::grid("isc6", "dhcpv6/leases/search_lease", "Status: DHCPv6 leases")
            .with(&[("inactive", "1")])
            .optional()
            .backend(),
        Source::grid("dnsmasq", "dnsmasq/leases/search", "Services: Dnsmasq DNS/DHCP: Settings")
            .from(SINCE_25_1_6)
            .optional()
            .backend(),
    ],
    fields: &[
        field("address"),
        field("type"),
        field("lease_type"),
        field("hwaddr"),
        field("mac"),
        field("hostname"),
        field("if"),
        field("if_name"),
        field("if_descr"),
        field("is_reserved"),
        field("duid"),
        field("client_id"),
        field("iaid"),
        field("prefix_len"),
        field("mac_info"),
        field("man"),
        field("descr"),
        volatile("state"),
        volatile("expire"),
        volatile("tstp"),
    ],
    identity: &[SOURCE, "address", "type", "lease_type"],
    columns: &[
        col(
            Role::Key,
            "ip",
            Read::Ip(|l| Some(l.ip)),
            "Leased address, or the prefix of a delegation.",
        ),
        col(
            Role::Key,
            "backend",
            Read::Text(|l| Some(l.backend)),
            "kea4, kea6, isc4, isc6 or dnsmasq.",
        ),
        col(
            Role::Key,
            "type",
            Read::Text(|l| Some(&l.kind)),
            "dynamic, static, IA_NA (address) or IA_PD (prefix).",
        ),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|l| Some(l.duplicate)),
            "0; higher when the backend lists one address several times.",
        ),
        col(Role::Indexed, "mac", Read::Mac(|l| l.mac), "Hardware address of the client."),
        col(
            Role::Indexed,
            "hostname",
            Read::Name(|l| l.hostname.as_deref()),
            "Name the client gave itself.",
        ),
        col(
            Role::Indexed,
            "interface",
            Read::Text(|l| l.interface.as_deref()),
            "Interface key, such as opt2.",
        ),
        col(
            Role::Indexed,
            "interface_name",
            Read::Text(|l| l.interface_name.as_deref()),
            "Interface description, such as IOT.",
        ),
        col(
            Role::Plain,
            "state",
            Read::Text(|l| Some(&l.state)),
            "active, declined, expired, abandoned, backup or released, as the backend says.",
        ),
        col(
            Role::Plain,
            "expires",
            Read::Time(|l| l.expires),
            "End of the lease; absent when it has none.",
        ),
        col(
            Role::Plain,
            "reserved",
            Read::Bool(|l| l.reserved),
            "Follows a reservation; absent where the release does not say.",
        ),
        col(
            Role::Indexed,
            "duid",
            Read::Text(|l| l.duid.as_deref()),
            "DHCP unique identifier of an IPv6 client.",
        ),
        col(
            Role::Plain,
            "client_id",
            Read::Text(|l| l.client_id.as_deref()),
            "Client identifier as sent.",
        ),
        col(
            Role::Plain,
            "prefix_length",
            Read::Int(|l| l.prefix_length),
            "Length of a delegated prefix.",
        ),
        col(
            Role::Plain,
            "vendor",
            Read::Text(|l| l.vendor.as_deref()),
            "Manufacturer by the firewall's OUI list.",
        ),
        col(
            Role::Plain,
            "description",
            Read::Text(|l| l.description.as_deref()),
            "Description of an ISC static mapping.",
        ),
    ],
    parse,
    never_empty: false,
};

fn parse(raw: Raw<'_>, rows: &mut Vec<Lease>) -> Result<(), Reject> {
    let isc = raw.source().starts_with("isc");
    let ip: IpAddr = raw.read("address")?;
    // dnsmasq writes `*` for "none".
    let known = |name| raw.string(name).filter(|text| &**text != "*");
    let kind = kind(raw, ip);
    let client_id = known("client_id");
    // For IPv6, dnsmasq gives the DUID as the client identifier.
    let duid = raw.string("duid").or_else(|| client_id.clone().filter(|_| ip.is_ipv6()));
    let delegated = kind.as_ref() == "IA_PD";
    let mac = raw.maybe_read::<MacAddr>(if isc { "mac" } else { "hwaddr" })?;
    rows.push(Lease {
        backend: raw.source(),
        ip,
        duplicate: raw.ordinal().into(),
        mac,
        hostname: known("hostname").map(|name| name.trim_end_matches('.').into()),
        // ISC gives the interface key in `if`, the others the device there and the key in `if_name`.
        interface: raw.string(if isc { "if" } else { "if_name" }),
        interface_name: raw.string("if_descr"),
        state: state(raw, isc)?,
        expires: expiry(raw, isc)?,
        reserved: reserved(raw, isc),
        duid,
        client_id,
        prefix_length: raw.maybe_read("prefix_len")?.filter(|_| delegated),
        vendor: raw.string(if isc { "man" } else { "mac_info" }),
        description: raw.string("descr"),
        kind,
    });
    Ok(())
}

/// Kea up to 26.1.5 numbers the type of IPv6 leases (RFC 8415: 0 address, 2 prefix); later ones name it.
fn kind(raw: Raw<'_>, ip: IpAddr) -> Box<str> {
    match (raw.string("type"), raw.maybe("lease_type").as_deref()) {
        (Some(named), _) => named,
        (None, Some("2")) => "IA_PD".into(),
        (None, _) if ip.is_ipv6() => "IA_NA".into(),
        (None, _) => "dynamic".into(),
    }
}

/// Kea numbers states (0 active, 1 declined, 2 expired and reclaimed); ISC names them; dnsmasq has none.
fn state(raw: Raw<'_>, isc: bool) -> Result<Box<str>, Reject> {
    let state = raw.string("state");
    if isc {
        return Ok(state.unwrap_or_else(|| "active".into()));
    }
    match state.as_deref() {
        None | Some("0") => Ok("active".into()),
        Some("1") => Ok("declined".into()),
        Some("2") => Ok("expired".into()),
        Some("3") => Ok("released".into()),
        Some(other) => Err(Reject::new("state", format!("`{other}` is not a Kea lease state"))),
    }
}

/// Kea and dnsmasq give epoch seconds (0: never); ISC gives local time without a zone, and `tstp` beside it.
fn expiry(raw: Raw<'_>, isc: bool) -> Result<Option<Timestamp>, Reject> {
    let seconds = raw.maybe_read::<i64>(if isc { "tstp" } else { "expire" })?;
    Ok(seconds.filter(|s| *s > 0).map(Timestamp::from_seconds))
}

/// Absent up to 25.1, text on 25.7 (`""`, `0`, `1`, `hwaddr`), a list from 26.1; ISC marks static rows.
fn reserved(raw: Raw<'_>, isc: bool) -> Option<bool> {
    if isc {
        return Some(raw.maybe("type").as_deref() == Some("static"));
    }
    raw.has("is_reserved")
        .then(|| raw.maybe("is_reserved").is_some_and(|text| !matches!(&*text, "0" | "false")))
}
