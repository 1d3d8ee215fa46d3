//! NDP: which hardware address answers for which IPv6 address now (RFC 4861).
use std::net::IpAddr;

use super::prelude::*;
use crate::types::{MacAddr, host_part};

#[derive(Debug)]
pub struct Neighbour {
    pub ip: IpAddr,
    pub mac: MacAddr,
    pub device: Box<str>,
    pub interface_name: Option<Box<str>>,
    pub vendor: Option<Box<str>>,
}

pub static DOMAIN: Domain<Neighbour> = Domain {
    name: "ndp",
    about: "NDP table: IPv6 neighbours used recently; it has no ages.",
    cadence: Cadence::Runtime,
    sources: &[Source::grid("ndp", "diagnostics/interface/search_ndp", "Diagnostics: NDP Table")
        .snake_only()
        .backend()],
    fields: &[
        field("ip"),
        field("mac"),
        field("intf"),
        field("intf_description"),
        field("manufacturer"),
    ],
    identity: &["ip", "intf", "mac"],
    columns: &[
        col(Role::Key, "ip", Read::Ip(|n| Some(n.ip)), "IPv6 address, without its zone."),
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
    ],
    parse: |raw, rows| {
        let ip = raw.text("ip")?;
        rows.push(Neighbour {
            ip: host_part(&ip).ok_or_else(|| Reject::new("ip", "is not an address"))?,
            mac: raw.read("mac")?,
            device: raw.text("intf")?,
            interface_name: raw.string("intf_description"),
            vendor: raw.string("manufacturer"),
        });
        Ok(())
    },
    // A firewall without IPv6 has no neighbours.
    never_empty: false,
};
