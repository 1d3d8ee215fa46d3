//! ARP: which hardware address answers for which IPv4 address now (RFC 826).
use std::net::IpAddr;

use super::prelude::*;
use crate::types::MacAddr;

#[derive(Debug)]
pub struct Neighbour {
    pub ip: IpAddr,
    pub mac: MacAddr,
    pub device: Box<str>,
    pub interface_name: Option<Box<str>>,
    pub hostname: Option<Box<str>>,
    pub vendor: Option<Box<str>>,
    pub permanent: bool,
    pub expired: bool,
    pub expires_in: Option<i64>,
}

pub static DOMAIN: Domain<Neighbour> = Domain {
    name: "arp",
    about: "ARP table: IPv4 neighbours seen within about 20 minutes, and the firewall's own addresses.",
    cadence: Cadence::Runtime,
    sources: &[Source::grid("arp", "diagnostics/interface/search_arp", "Diagnostics: ARP Table")
        .snake_only()
        .backend()],
    fields: &[
        field("ip"),
        field("mac"),
        field("intf"),
        field("intf_description"),
        field("hostname"),
        field("manufacturer"),
        field("permanent"),
        volatile("expired"),
        volatile("expires"),
    ],
    identity: &["ip", "intf", "mac"],
    columns: &[
        col(Role::Key, "ip", Read::Ip(|n| Some(n.ip)), "IPv4 address."),
        col(
            Role::Key,
            "device",
            Read::Text(|n| Some(&n.device)),
            "Device name of the interface, such as vlan01.",
        ),
        col(Role::Key, "mac", Read::Mac(|n| Some(n.mac)), "Hardware address that answers."),
        col(
            Role::Indexed,
            "interface_name",
            Read::Text(|n| n.interface_name.as_deref()),
            "Description of the interface, such as IOT.",
        ),
        col(
            Role::Indexed,
            "hostname",
            Read::Name(|n| n.hostname.as_deref()),
            "Name by lease or reverse DNS, when the firewall knows one.",
        ),
        col(
            Role::Plain,
            "vendor",
            Read::Text(|n| n.vendor.as_deref()),
            "Manufacturer by the firewall's OUI list.",
        ),
        col(
            Role::Plain,
            "randomised",
            Read::Bool(|n| Some(n.mac.is_randomised())),
            "MAC is locally administered: a private address or a virtual machine.",
        ),
        col(
            Role::Plain,
            "permanent",
            Read::Bool(|n| Some(n.permanent)),
            "Static entry or one of the firewall's own addresses.",
        ),
        col(Role::Plain, "expired", Read::Bool(|n| Some(n.expired)), "Entry is past its lifetime."),
        col(
            Role::Plain,
            "expires_in",
            Read::Int(|n| n.expires_in),
            "Seconds left when it was read; absent for permanent entries.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Neighbour {
            ip: raw.read("ip")?,
            mac: raw.read("mac")?,
            device: raw.text("intf")?,
            interface_name: raw.string("intf_description"),
            hostname: raw.string("hostname").filter(|h| &**h != "?"),
            vendor: raw.string("manufacturer"),
            permanent: raw.flag("permanent")?,
            expired: raw.flag("expired")?,
            expires_in: raw.maybe_read("expires")?.filter(|seconds| *seconds >= 0),
        });
        Ok(())
    },
    never_empty: true,
};
