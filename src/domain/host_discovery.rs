//! Hosts that the firewall has ever seen, with first and last time.
use std::net::IpAddr;

use super::prelude::*;
use crate::types::{MacAddr, Release, Timestamp};

const PRIVILEGE: &str = "Interfaces: Neighbors: Automatic discovery";
/// Gives times, and descriptions instead of devices.
const TIMED: Release = Release::new(26, 1, 0);

#[derive(Debug)]
pub struct Sighting {
    pub ip: IpAddr,
    pub mac: MacAddr,
    pub interface: Box<str>,
    pub vendor: Option<Box<str>>,
    pub randomised: bool,
    pub first_seen: Option<Timestamp>,
    pub last_seen: Option<Timestamp>,
    pub remembered: bool,
}

pub static DOMAIN: Domain<Sighting> = Domain {
    name: "host_discovery",
    about: "Hosts by the discovery daemon, which remembers them beyond ARP: first and last seen.",
    cadence: Cadence::Runtime,
    sources: &[
        Source::grid("hostwatch_25", "hostdiscovery/service/search", PRIVILEGE)
            .from(Release::new(25, 7, 11))
            .before(TIMED)
            .optional()
            .backend()
            .gap("25.7 does not say when a host was first and last seen"),
        Source::grid("hostwatch", "hostdiscovery/service/search", PRIVILEGE)
            .from(TIMED)
            .optional()
            .backend(),
    ],
    fields: &[
        field("ip_address"),
        field("ether_address"),
        field("interface_name"),
        field("organization_name"),
        field("source"),
        field("first_seen"),
        volatile("last_seen"),
    ],
    identity: &["ip_address", "ether_address", "interface_name"],
    columns: &[
        col(Role::Key, "ip", Read::Ip(|s| Some(s.ip)), "Address the host used."),
        col(Role::Key, "mac", Read::Mac(|s| Some(s.mac)), "Hardware address of the host."),
        col(
            Role::Key,
            "interface",
            Read::Text(|s| Some(&s.interface)),
            "Description of the interface; on 25.7 its device name.",
        ),
        col(
            Role::Plain,
            "vendor",
            Read::Text(|s| s.vendor.as_deref()),
            "Manufacturer by the firewall's OUI list.",
        ),
        col(
            Role::Plain,
            "randomised",
            Read::Bool(|s| Some(s.randomised)),
            "MAC is locally administered: a private address or a virtual machine.",
        ),
        col(
            Role::Plain,
            "first_seen",
            Read::Time(|s| s.first_seen),
            "When it was first seen; absent when the daemon is off.",
        ),
        col(
            Role::Plain,
            "last_seen",
            Read::Time(|s| s.last_seen),
            "When it was last seen; absent when the daemon is off.",
        ),
        col(
            Role::Plain,
            "remembered",
            Read::Bool(|s| Some(s.remembered)),
            "By the discovery daemon; otherwise only the ARP and NDP tables of now.",
        ),
    ],
    parse,
    never_empty: false,
};

fn parse(raw: Raw<'_>, rows: &mut Vec<Sighting>) -> Result<(), Reject> {
    let address = raw.text("ip_address")?;
    // A link-local address carries its zone.
    let address = address.split('%').next().unwrap_or_default();
    let mac: MacAddr = raw.read("ether_address")?;
    rows.push(Sighting {
        ip: address.parse().map_err(|_| Reject::new("ip_address", "is no address"))?,
        mac: raw.read("ether_address")?,
        interface: raw.string("interface_name").unwrap_or_default(),
        vendor: raw.string("organization_name"),
        randomised: mac.is_randomised(),
        first_seen: moment(raw, "first_seen")?,
        last_seen: moment(raw, "last_seen")?,
        remembered: raw.maybe("source").as_deref() == Some("discovery"),
    });
    Ok(())
}

/// `2026-06-25T08:03:09Z`, or before 26.1.10 the same with a blank and without a zone: UTC.
fn moment(raw: Raw<'_>, name: &'static str) -> Result<Option<Timestamp>, Reject> {
    let Some(text) = raw.maybe(name) else { return Ok(None) };
    let zoned = if text.ends_with('Z') { text.into_owned() } else { format!("{text}Z") };
    zoned.parse().map(Some).map_err(|_| Reject::new(name, format!("`{zoned}` is no time")))
}
