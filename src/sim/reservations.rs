//! Reservations: addresses promised to devices, whether they use them or not.

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::Ipv4Net;
use serde::Serialize;

use crate::types::MacAddr;

use super::devices::{Device, Inet6};
use super::grid::Shown;
use super::ids::uuid;
use super::network::{Backend, Zone};
use super::world::World;

const DOMAIN: &str = "home.arpa";

#[derive(Serialize)]
pub(super) struct Kea4Row<'a> {
    uuid: String,
    subnet: String,
    #[serde(rename = "%subnet")]
    subnet_text: Shown<Ipv4Net>,
    ip_address: Shown<Ipv4Addr>,
    hw_address: Shown<MacAddr>,
    client_id: &'static str,
    hostname: &'a str,
    description: String,
    next_server: &'static str,
    #[serde(flatten)]
    options: Options,
}

/// Options a reservation could override and none here does.
#[derive(Default, Serialize)]
struct Options {
    #[serde(rename = "option_data.domain_name_servers")]
    domain_name_servers: &'static str,
    #[serde(rename = "option_data.domain_search")]
    domain_search: &'static str,
    #[serde(rename = "option_data.routers")]
    routers: &'static str,
    #[serde(rename = "option_data.static_routes")]
    static_routes: &'static str,
    #[serde(rename = "option_data.classless_static_route")]
    classless_static_route: &'static str,
    #[serde(rename = "option_data.domain_name")]
    domain_name: &'static str,
    #[serde(rename = "option_data.ntp_servers")]
    ntp_servers: &'static str,
    #[serde(rename = "option_data.time_servers")]
    time_servers: &'static str,
    #[serde(rename = "option_data.tftp_server_name")]
    tftp_server_name: &'static str,
    #[serde(rename = "option_data.boot_file_name")]
    boot_file_name: &'static str,
    option: &'static str,
}

pub(super) fn kea4(world: &World) -> impl Iterator<Item = Kea4Row<'_>> + Clone {
    reserved(world, Backend::Kea).map(|(device, zone)| Kea4Row {
        uuid: id(world, "reservation4", device),
        subnet: uuid(world.seed, &format!("subnet4-{}", zone.key)),
        subnet_text: Shown(zone.net),
        ip_address: Shown(device.v4),
        hw_address: Shown(device.mac),
        client_id: "",
        hostname: &device.name,
        description: about(device),
        next_server: "",
        options: Options::default(),
    })
}

#[derive(Serialize)]
pub(super) struct Kea6Row<'a> {
    uuid: String,
    subnet: String,
    #[serde(rename = "%subnet")]
    subnet_text: String,
    ip_address: Shown<Ipv6Addr>,
    prefix: &'static str,
    duid: String,
    hw_address: &'static str,
    hostname: &'a str,
    domain_search: &'static str,
    option: &'static str,
    description: String,
}

pub(super) fn kea6(world: &World) -> impl Iterator<Item = Kea6Row<'_>> + Clone {
    reserved(world, Backend::Kea).filter(|(device, _)| device.inet6 == Inet6::Dhcp).filter_map(
        |(device, zone)| {
            Some(Kea6Row {
                uuid: id(world, "reservation6", device),
                subnet: uuid(world.seed, &format!("subnet6-{}", zone.key)),
                subnet_text: format!("{} {}", zone.descr, zone.net6?),
                ip_address: Shown(device.v6(zone)?),
                prefix: "",
                duid: device.duid(),
                hw_address: "",
                hostname: &device.name,
                domain_search: "",
                option: "",
                description: about(device),
            })
        },
    )
}

#[derive(Serialize)]
pub(super) struct HostRow<'a> {
    uuid: String,
    host: &'a str,
    domain: String,
    local: &'static str,
    ip: Shown<Ipv4Addr>,
    cnames: &'static str,
    client_id: &'static str,
    hwaddr: Shown<MacAddr>,
    lease_time: &'static str,
    ignore: &'static str,
    set_tag: &'static str,
    descr: String,
    comments: &'static str,
    aliases: &'static str,
}

pub(super) fn dnsmasq(world: &World) -> impl Iterator<Item = HostRow<'_>> + Clone {
    reserved(world, Backend::Dnsmasq).map(|(device, zone)| HostRow {
        uuid: id(world, "host", device),
        host: &device.name,
        domain: format!("{}.{DOMAIN}", zone.descr.to_lowercase()),
        local: "0",
        ip: Shown(device.v4),
        cnames: "",
        client_id: "",
        hwaddr: Shown(device.mac),
        lease_time: "",
        ignore: "0",
        set_tag: "",
        descr: about(device),
        comments: "",
        aliases: "",
    })
}

fn reserved(world: &World, backend: Backend) -> impl Iterator<Item = (&Device, &Zone)> + Clone {
    world.placed().filter(move |(device, zone)| device.reserved && zone.backend == backend)
}

fn id(world: &World, what: &str, device: &Device) -> String {
    uuid(world.seed, &format!("{what}-{}", device.serial))
}

fn about(device: &Device) -> String {
    format!("fixed address of {}", device.name)
}
