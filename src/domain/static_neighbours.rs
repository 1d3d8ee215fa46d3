//! Addresses that are pinned to hardware addresses, in ARP and in NDP.
use std::net::IpAddr;

use super::prelude::*;
use crate::types::MacAddr;

#[derive(Debug)]
pub struct Neighbour {
    pub ip: IpAddr,
    pub duplicate: i64,
    pub mac: MacAddr,
    pub description: Option<Box<str>>,
    pub origin: Option<Box<str>>,
    pub uuid: Option<Box<str>>,
}

/// Its own privilege names another path (24.7 to 26.7).
const PRIVILEGE: &str = "All pages";

/// What a service pins is not in config.xml.
static NODE: Node = Node::new("OPNsense/Interfaces/neighbors/neighbor", &[set("origin", "manual")]);

pub static DOMAIN: Domain<Neighbour> = Domain {
    name: "static_neighbours",
    about: "Addresses pinned to hardware addresses by the administrator: entries of ARP and NDP that never expire.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("neighbours", "interfaces/neighbor_settings/search_item", PRIVILEGE),
        Source::config("neighbours", &NODE),
    ],
    fields: &[
        field("ipaddress"),
        field("etheraddr"),
        field("descr"),
        field("origin"),
        field("uuid"),
    ],
    identity: &["ipaddress", "etheraddr"],
    columns: &[
        col(Role::Key, "ip", Read::Ip(|n| Some(n.ip)), "Address that is pinned."),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|n| Some(n.duplicate)),
            "0; higher when an entry is configured several times.",
        ),
        col(Role::Key, "mac", Read::Mac(|n| Some(n.mac)), "Hardware address it is pinned to."),
        col(
            Role::Indexed,
            "description",
            Read::Name(|n| n.description.as_deref()),
            "The administrator's words.",
        ),
        col(
            Role::Plain,
            "origin",
            Read::Text(|n| n.origin.as_deref()),
            "manual, or the service that pins it (26.1 and later).",
        ),
        col(
            Role::Plain,
            "uuid",
            Read::Text(|n| n.uuid.as_deref()),
            "Identifier in the configuration.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Neighbour {
            ip: raw.read("ipaddress")?,
            duplicate: raw.ordinal().into(),
            mac: raw.read("etheraddr")?,
            description: raw.string("descr"),
            origin: raw.string("origin"),
            uuid: raw.string("uuid"),
        });
        Ok(())
    },
    never_empty: false,
};
