//! One device, put together from everything that mentions it. Pure.

use std::net::IpAddr;

use serde_json::Value;

use crate::store::{Label, Origin, Sighting, Wire};
use crate::types::{FirewallId, MacAddr, Timestamp};

use super::place::{self, networks};

/// A column of devices: its name, whether it is shown unasked, and its meaning.
pub(super) struct DeviceColumn {
    pub(super) name: &'static str,
    pub(super) usual: bool,
    pub(super) about: &'static str,
}

const fn column(name: &'static str, usual: bool, about: &'static str) -> DeviceColumn {
    DeviceColumn { name, usual, about }
}

/// What can be shown of a device.
pub(super) static COLUMNS: [DeviceColumn; 17] = [
    column("device", true, "Its name; its MAC address or DUID where nothing names it."),
    column("ip", true, "IPv4 address it has, or had last."),
    column("interface", true, "Interface it was seen on."),
    column("online", true, "A neighbour of the firewall within about 20 minutes."),
    column("mac", false, "Hardware address, or DUID."),
    column("vendor", false, "Manufacturer by the hardware address."),
    column("vlan", false, "VLAN tag of the interface."),
    column("ipv6", false, "IPv6 addresses, without link-local ones."),
    column("reserved", false, "Has a DHCP reservation."),
    column(
        "randomised",
        false,
        "Its address is locally administered: private, or a virtual machine.",
    ),
    column("lease", false, "State of its lease."),
    column("lease_expires", false, "End of its lease."),
    column("owner", false, "Whose it is, as the user says."),
    column("group", false, "What it belongs to, as the user says."),
    column("note", false, "What else the user says about it."),
    column("last_seen", false, "When the firewall's discovery daemon last saw it, where it runs."),
    column("names", false, "Every name it goes by."),
];

/// One device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    pub id: String,
    pub firewall: FirewallId,
    pub name: Option<String>,
    pub names: Vec<String>,
    pub ipv4: Option<String>,
    pub ipv6: Vec<String>,
    pub interface: Option<String>,
    pub vlan: Option<i64>,
    pub vendor: Option<String>,
    pub is_online: bool,
    pub is_reserved: bool,
    pub is_randomised: bool,
    pub lease: Option<&'static str>,
    pub lease_expires: Option<Timestamp>,
    /// By the firewall's discovery daemon, where it runs.
    pub last_seen: Option<Timestamp>,
    /// As the user says, like `group` and `note`.
    pub owner: Option<String>,
    pub group: Option<String>,
    pub note: Option<String>,
}

impl Device {
    /// From the sightings of one device, of which there may be none, and what the user says about it.
    pub(super) fn new(
        id: &str,
        firewall: FirewallId,
        seen: &[&Sighting],
        wires: &[Wire],
        label: Option<&Label>,
    ) -> Self {
        let names = names(seen);
        let ipv4 = ipv4(seen);
        let interface = seen
            .iter()
            .filter(|s| s.interface_name.is_some())
            .min_by_key(|s| (s.origin, !s.is_live))
            .and_then(|s| s.interface_name.clone())
            .or_else(|| by_network(ipv4.as_deref(), firewall, wires));
        let leases = || seen.iter().filter(|s| s.origin == Origin::Lease);
        let mac = id.parse::<MacAddr>().ok();
        Self {
            id: id.to_owned(),
            firewall,
            name: names.first().cloned(),
            names,
            ipv6: ipv6(seen),
            vlan: interface.as_deref().and_then(|name| tag(name, firewall, wires)),
            vendor: seen
                .iter()
                .find_map(|s| s.vendor.clone())
                .or_else(|| mac.as_ref().and_then(MacAddr::vendor).map(str::to_owned)),
            owner: label.and_then(|l| l.owner.clone()),
            group: label.and_then(|l| l.group.clone()),
            note: label.and_then(|l| l.note.clone()),
            last_seen: seen
                .iter()
                .filter(|s| s.origin == Origin::Discovery)
                .filter_map(|s| s.until)
                .max()
                .map(Timestamp::from_seconds),
            is_online: seen
                .iter()
                .any(|s| matches!(s.origin, Origin::Arp | Origin::Ndp) && s.is_live),
            is_reserved: seen.iter().any(|s| s.is_reserved),
            is_randomised: mac.is_some_and(MacAddr::is_randomised),
            lease: leases()
                .map(|s| s.is_live)
                .max()
                .map(|live| if live { "active" } else { "ended" }),
            lease_expires: leases().filter_map(|s| s.until).max().map(Timestamp::from_seconds),
            ipv4,
            interface,
        }
    }

    /// The cell of a column.
    pub(super) fn cell(&self, column: &str) -> Value {
        let text = |value: Option<&str>| value.map_or(Value::Null, Value::from);
        let list = |items: &[String]| {
            if items.is_empty() { Value::Null } else { Value::from(items.join(", ")) }
        };
        let time = |at: Option<Timestamp>| at.map_or(Value::Null, |at| Value::from(at.to_string()));
        match column {
            "device" => Value::from(self.name.as_deref().unwrap_or(&self.id)),
            "ip" => text(self.ipv4.as_deref().or(self.ipv6.first().map(String::as_str))),
            "interface" => text(self.interface.as_deref()),
            "online" => self.is_online.into(),
            "mac" => Value::from(self.id.as_str()),
            "vendor" => text(self.vendor.as_deref()),
            "vlan" => self.vlan.map_or(Value::Null, Value::from),
            "ipv6" => list(&self.ipv6),
            "reserved" => self.is_reserved.into(),
            "randomised" => self.is_randomised.into(),
            "lease" => text(self.lease),
            "lease_expires" => time(self.lease_expires),
            "last_seen" => time(self.last_seen),
            "owner" => text(self.owner.as_deref()),
            "group" => text(self.group.as_deref()),
            "note" => text(self.note.as_deref()),
            "names" => list(&self.names),
            _ => Value::Null,
        }
    }
}

/// What the administrator wrote first, then what the device calls itself.
fn names(seen: &[&Sighting]) -> Vec<String> {
    let rank = |s: &Sighting| match (s.origin, s.is_live) {
        (Origin::Label, _) => 0,
        (Origin::Reservation, _) => 1,
        (Origin::Dns, _) => 2,
        (Origin::Lease, true) => 3,
        (Origin::Lease, false) => 4,
        (Origin::Arp | Origin::Ndp | Origin::Discovery, _) => 5,
    };
    let mut ranked: Vec<(u8, &str)> = seen
        .iter()
        .filter_map(|s| Some((rank(s), s.name.as_deref()?)))
        .filter(|(_, name)| !name.is_empty())
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    let mut names: Vec<String> = Vec::new();
    for (_, name) in ranked {
        if !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            names.push(name.to_owned());
        }
    }
    names
}

fn ipv4(seen: &[&Sighting]) -> Option<String> {
    let rank = |s: &Sighting| match (s.origin, s.is_live) {
        (Origin::Arp, true) => 0,
        (Origin::Lease, true) => 1,
        (Origin::Arp, false) => 2,
        (Origin::Reservation, _) => 3,
        _ => 4,
    };
    let is_v4 = |s: &&&Sighting| s.ip.as_deref().is_some_and(|ip| !ip.contains(':'));
    seen.iter().filter(is_v4).min_by_key(|s| rank(s)).and_then(|s| s.ip.clone())
}

/// Addresses in use, those of neighbours first.
fn ipv6(seen: &[&Sighting]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let in_use = |s: &&&Sighting| s.is_live && !s.is_prefix;
    let mut sorted: Vec<&&Sighting> = seen.iter().filter(in_use).collect();
    sorted.sort_by_key(|s| s.origin);
    for ip in sorted.iter().filter_map(|s| s.ip.as_deref()) {
        let is_global = ip.contains(':') && !ip.to_lowercase().starts_with("fe80:");
        if is_global && !found.iter().any(|known| known == ip) {
            found.push(ip.to_owned());
        }
    }
    found
}

fn tag(interface: &str, firewall: FirewallId, wires: &[Wire]) -> Option<i64> {
    let is_it =
        |w: &&Wire| w.firewall == firewall && place::label(w).eq_ignore_ascii_case(interface);
    wires.iter().find(is_it).and_then(|wire| wire.tag)
}

/// A reservation names no interface; its address does.
fn by_network(ip: Option<&str>, firewall: FirewallId, wires: &[Wire]) -> Option<String> {
    let ip: IpAddr = ip?.parse().ok()?;
    wires
        .iter()
        .filter(|wire| wire.firewall == firewall)
        .find(|wire| networks(wire).iter().any(|range| range.contains(ip)))
        .map(|wire| place::label(wire).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(origin: Origin, ip: &str, name: Option<&str>, is_live: bool) -> Sighting {
        Sighting {
            id: "00:11:32:00:00:01".to_owned(),
            firewall: FirewallId::new(1),
            origin,
            backend: None,
            ip: Some(ip.to_owned()),
            interface_name: (origin != Origin::Reservation).then(|| "LAN".to_owned()),
            name: name.map(str::to_owned),
            description: None,
            vendor: None,
            is_live,
            is_reserved: origin == Origin::Reservation,
            until: None,
            duid: None,
            is_prefix: false,
        }
    }

    fn of(seen: &[Sighting]) -> Device {
        let seen: Vec<&Sighting> = seen.iter().collect();
        Device::new("00:11:32:00:00:01", FirewallId::new(1), &seen, &[], None)
    }

    #[test]
    fn the_administrators_name_and_the_address_in_use_come_first() {
        let device = of(&[
            seen(Origin::Lease, "192.168.1.20", Some("android"), true),
            seen(Origin::Reservation, "192.168.1.9", Some("nas"), false),
            seen(Origin::Arp, "192.168.1.21", None, true),
        ]);
        assert_eq!(device.name.as_deref(), Some("nas"));
        assert_eq!(device.names, ["nas", "android"]);
        assert_eq!(device.ipv4.as_deref(), Some("192.168.1.21"));
        assert!(device.is_online && device.is_reserved && !device.is_randomised);
    }

    #[test]
    fn an_expired_neighbour_is_away_whatever_its_lease_says() {
        let device = of(&[
            seen(Origin::Arp, "192.168.1.20", None, false),
            seen(Origin::Lease, "192.168.1.20", Some("tv"), true),
        ]);
        assert!(!device.is_online);
        assert_eq!(device.lease, Some("active"));
    }

    #[test]
    fn link_local_addresses_say_nothing() {
        let device = of(&[
            seen(Origin::Ndp, "fe80::1", None, true),
            seen(Origin::Ndp, "2001:db8::1", None, true),
        ]);
        assert_eq!(device.ipv6, ["2001:db8::1"]);
    }
}
