//! Leases of Kea and dnsmasq.

use std::iter;
use std::net::{Ipv4Addr, Ipv6Addr};

use serde::Serialize;

use crate::types::MacAddr;

use super::devices::{Device, Inet6};
use super::grid::{Extra, LeaseStats, Shown};
use super::network::{Backend, Zone};
use super::world::{KEA_LIFETIME, World};

/// The host part of a lease; Kea says so for IPv4 too.
const PREFIX_LEN: u8 = 128;
const BY_MAC: &[&str] = &["hwaddr"];
const BY_DUID: &[&str] = &["duid"];

#[derive(Serialize)]
pub(super) struct KeaRow<'a, A: std::fmt::Display> {
    address: Shown<A>,
    prefix_len: u8,
    r#type: &'static str,
    hwaddr: Hardware,
    duid: String,
    client_id: String,
    iaid: Iaid,
    valid_lifetime: i64,
    expire: i64,
    hostname: &'a str,
    state: u8,
    r#if: Option<&'a str>,
    if_descr: &'a str,
    is_reserved: &'static [&'static str],
    if_name: &'a str,
    mac_info: &'static str,
}

/// Empty where a prefix is leased and not an address.
#[derive(Serialize)]
#[serde(untagged)]
enum Hardware {
    None(&'static str),
    Mac(Shown<MacAddr>),
}

/// A number in DHCPv6, an empty text in DHCPv4.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Iaid {
    None(&'static str),
    Number(u32),
}

pub(super) fn kea4(world: &World) -> impl Iterator<Item = KeaRow<'_, Ipv4Addr>> + Clone {
    leased(world, Backend::Kea).map(|(device, zone)| KeaRow {
        address: Shown(device.v4),
        prefix_len: PREFIX_LEN,
        r#type: "",
        hwaddr: Hardware::Mac(Shown(device.mac)),
        duid: String::new(),
        client_id: device.client_id(),
        iaid: Iaid::None(""),
        valid_lifetime: KEA_LIFETIME,
        expire: device.expires,
        hostname: &device.name,
        state: 0,
        r#if: Some(&zone.device),
        if_descr: &zone.descr,
        is_reserved: if device.reserved { BY_MAC } else { &[] },
        if_name: &zone.key,
        mac_info: device.vendor.name,
    })
}

pub(super) fn kea4_extra(world: &World) -> Extra<'_> {
    extra(world, Backend::Kea, leased(world, Backend::Kea))
}

/// Addresses, and the one prefix that a router behind the firewall holds.
pub(super) fn kea6(world: &World) -> impl Iterator<Item = KeaRow<'_, Ipv6Addr>> + Clone {
    let addresses = leased6(world, Backend::Kea).filter_map(|(device, zone)| {
        Some(KeaRow {
            address: Shown(device.v6(zone)?),
            prefix_len: PREFIX_LEN,
            r#type: "IA_NA",
            hwaddr: Hardware::Mac(Shown(device.mac)),
            duid: device.duid(),
            client_id: String::new(),
            iaid: Iaid::Number(device.serial + 1),
            valid_lifetime: KEA_LIFETIME,
            expire: device.expires,
            hostname: &device.name,
            state: 0,
            r#if: Some(&zone.device),
            if_descr: &zone.descr,
            is_reserved: if device.reserved { BY_DUID } else { &[] },
            if_name: &zone.key,
            mac_info: device.vendor.name,
        })
    });
    addresses.chain(iter::once(()).map(|()| delegated(world)))
}

fn delegated(world: &World) -> KeaRow<'_, Ipv6Addr> {
    KeaRow {
        address: Shown(Ipv6Addr::new(0x2001, 0xdb8, 0x101, 0x8000, 0, 0, 0, 0)),
        prefix_len: 56,
        r#type: "IA_PD",
        hwaddr: Hardware::None(""),
        duid: "00:03:00:01:00:1b:21:aa:bb:cc".to_owned(),
        client_id: String::new(),
        iaid: Iaid::Number(7),
        valid_lifetime: KEA_LIFETIME,
        expire: world.now.seconds() + KEA_LIFETIME,
        hostname: "",
        state: 0,
        r#if: None,
        if_descr: "",
        is_reserved: &[],
        if_name: "",
        mac_info: "",
    }
}

pub(super) fn kea6_extra(world: &World) -> Extra<'_> {
    let mut extra = extra(world, Backend::Kea, leased6(world, Backend::Kea));
    if let Some(stats) = &mut extra.stats {
        // The delegated prefix.
        stats.active += 1;
        stats.total += 1;
    }
    let in_use = |key: &str| world.zone_by_key(key).is_some_and(|zone| zone.net6.is_some());
    extra.interfaces =
        extra.interfaces.map(|all| all.into_iter().filter(|(key, _)| in_use(key)).collect());
    extra
}

#[derive(Serialize)]
pub(super) struct DnsmasqRow<'a> {
    expire: i64,
    hwaddr: Shown<MacAddr>,
    iaid: String,
    address: Address,
    hostname: &'a str,
    client_id: String,
    r#if: &'a str,
    if_descr: &'a str,
    if_name: &'a str,
    mac_info: &'static str,
    is_reserved: &'static [&'static str],
}

#[derive(Serialize)]
#[serde(untagged)]
enum Address {
    V4(Shown<Ipv4Addr>),
    V6(Shown<Ipv6Addr>),
}

/// Both families in one file, IPv4 first.
pub(super) fn dnsmasq(world: &World) -> impl Iterator<Item = DnsmasqRow<'_>> + Clone {
    let v4 = leased(world, Backend::Dnsmasq).map(|(device, zone)| {
        let ids = (String::new(), device.client_id());
        dnsmasq_row(device, zone, Address::V4(Shown(device.v4)), ids)
    });
    let v6 = leased6(world, Backend::Dnsmasq).filter_map(|(device, zone)| {
        let ids = ((device.serial + 1).to_string(), device.duid());
        Some(dnsmasq_row(device, zone, Address::V6(Shown(device.v6(zone)?)), ids))
    });
    v4.chain(v6)
}

fn dnsmasq_row<'a>(
    device: &'a Device,
    zone: &'a Zone,
    address: Address,
    (iaid, client_id): (String, String),
) -> DnsmasqRow<'a> {
    DnsmasqRow {
        expire: device.expires,
        hwaddr: Shown(device.mac),
        iaid,
        address,
        // The lease file's own word for "no name".
        hostname: if device.name.is_empty() { "*" } else { &device.name },
        client_id,
        r#if: &zone.device,
        if_descr: &zone.descr,
        if_name: &zone.key,
        mac_info: device.vendor.name,
        is_reserved: if device.reserved { BY_MAC } else { &[] },
    }
}

pub(super) fn dnsmasq_extra(world: &World) -> Extra<'_> {
    Extra { stats: None, ..extra(world, Backend::Dnsmasq, iter::empty()) }
}

fn leased(world: &World, backend: Backend) -> impl Iterator<Item = (&Device, &Zone)> + Clone {
    world.placed().filter(move |(device, zone)| device.leased && zone.backend == backend)
}

fn leased6(world: &World, backend: Backend) -> impl Iterator<Item = (&Device, &Zone)> + Clone {
    leased(world, backend).filter(|(device, _)| device.inet6 == Inet6::Dhcp)
}

fn extra<'a>(
    world: &'a World,
    backend: Backend,
    leases: impl Iterator<Item = (&'a Device, &'a Zone)>,
) -> Extra<'a> {
    let now = world.now.seconds();
    let mut stats = LeaseStats::default();
    for (device, _) in leases {
        stats.total += 1;
        if device.expires > now { stats.active += 1 } else { stats.inactive += 1 }
    }
    let serving = world.zones.iter().filter(|zone| zone.backend == backend);
    Extra {
        stats: Some(stats),
        interfaces: Some(serving.map(|zone| (zone.key.as_str(), zone.descr.as_str())).collect()),
    }
}
