//! ARP and NDP tables.

use std::fmt::Display;
use std::net::Ipv4Addr;

use serde::Serialize;

use crate::types::MacAddr;

use super::devices::link_local;
use super::grid::Shown;
use super::interfaces::{LAN_MAC, WAN_ADDRESS, WAN_DEVICE, WAN_MAC};
use super::world::World;

/// FreeBSD keeps an ARP entry for 20 minutes.
const ARP_LIFETIME: i64 = 1200;
/// Coprime to the lifetime, so that entries of neighbours in the list differ in age.
const ARP_AGE_STRIDE: i64 = 37;
/// What the firewall says of entries that never expire.
const FOREVER: i64 = -1;

#[derive(Serialize)]
pub(super) struct ArpRow<'a> {
    mac: Shown<MacAddr>,
    ip: Shown<Ipv4Addr>,
    intf: &'a str,
    expired: bool,
    expires: i64,
    permanent: bool,
    r#type: &'static str,
    manufacturer: &'static str,
    hostname: &'static str,
    intf_description: &'a str,
}

/// The firewall's own addresses, then every device that is on.
pub(super) fn arp(world: &World) -> impl Iterator<Item = ArpRow<'_>> + Clone {
    let row = |mac, ip, intf, intf_description, manufacturer, expires| ArpRow {
        mac: Shown(mac),
        ip: Shown(ip),
        intf,
        expired: false,
        expires,
        permanent: expires == FOREVER,
        r#type: "ethernet",
        manufacturer,
        hostname: "",
        intf_description,
    };
    let wan = std::iter::once(())
        .map(move |()| row(WAN_MAC, WAN_ADDRESS, WAN_DEVICE, "WAN", "", FOREVER));
    let own = world
        .zones
        .iter()
        .map(move |zone| row(LAN_MAC, zone.gateway(), &*zone.device, &*zone.descr, "", FOREVER));
    let passed = world.now.seconds_since(world.began);
    let devices = world.placed().filter(|(device, _)| device.online).map(move |(device, zone)| {
        let age = (passed + i64::from(device.serial) * ARP_AGE_STRIDE) % ARP_LIFETIME;
        row(
            device.mac,
            device.v4,
            &*zone.device,
            &*zone.descr,
            device.vendor.name,
            ARP_LIFETIME - age,
        )
    });
    wan.chain(own).chain(devices)
}

#[derive(Serialize)]
pub(super) struct NdpRow<'a> {
    mac: Shown<MacAddr>,
    ip: String,
    intf: &'a str,
    manufacturer: &'static str,
    intf_description: &'a str,
}

/// The firewall's own addresses, then a global and a link-local one of every device that is on
/// and speaks IPv6.
pub(super) fn ndp(world: &World) -> impl Iterator<Item = NdpRow<'_>> + Clone {
    let own = world.zones.iter().flat_map(|zone| {
        let addresses = [
            zone.gateway6().map(|v6| v6.to_string()),
            Some(scoped(link_local(LAN_MAC), &zone.device)),
        ];
        addresses.into_iter().flatten().map(|ip| NdpRow {
            mac: Shown(LAN_MAC),
            ip,
            intf: &zone.device,
            manufacturer: "",
            intf_description: &zone.descr,
        })
    });
    let devices = world.placed().filter(|(device, _)| device.online).flat_map(|(device, zone)| {
        let global = device.v6(zone);
        let local = global.map(|_| scoped(device.link_local(), &zone.device));
        [global.map(|v6| v6.to_string()), local].into_iter().flatten().map(|ip| NdpRow {
            mac: Shown(device.mac),
            ip,
            intf: &zone.device,
            manufacturer: device.vendor.name,
            intf_description: &zone.descr,
        })
    });
    own.chain(devices)
}

fn scoped(address: impl Display, device: &str) -> String {
    format!("{address}%{device}")
}
