//! Gateways, their health, and the routes through them.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::devices::link_local;
use super::grid::json as write;
use super::ids::{rng_for, uuid};
use super::interfaces::{LAN_MAC, VPN_DEVICE, WAN_ADDRESS, WAN_DEVICE, WAN_MAC};
use super::network::{DMZ, Zone};
use super::world::World;

/// The provider's router; RFC 5737.
pub(super) const WAN_ROUTER: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 1);
const WAN_ROUTER6: &str = "fe80::1%igc0";
/// Host number of the router to the other site, in the DMZ.
pub(super) const SITE_HOST: u8 = 2;
const SITE_NETWORK: &str = "10.20.0.0/16";
const OLD_NETWORK: &str = "10.30.0.0/16";

fn site(world: &World) -> (String, &str, &str, &str) {
    let zone = world.zones.get(DMZ);
    let address = zone.map_or_else(String::new, |zone| zone.host(SITE_HOST).to_string());
    let (key, device, descr) =
        zone.map_or(("", "", ""), |zone| (&zone.key, &zone.device, &zone.descr));
    (address, key, device, descr)
}

/// Delay in tenths of a millisecond and loss in percent, wandering with the world's time.
fn health(world: &World, name: &str, usual: i64) -> (String, String, String) {
    let minute = world.now.seconds().div_euclid(60);
    let mut rng = rng_for(world.seed, &format!("{name}-{minute}"));
    let (delay, jitter) = (usual + rng.i64(0..20), rng.i64(1..9));
    let loss = if rng.u8(0..20) == 0 { rng.i64(1..4) } else { 0 };
    let tenths = |n: i64, unit: &str| format!("{}.{} {unit}", n / 10, n % 10);
    (tenths(delay, "ms"), tenths(jitter, "ms"), format!("{loss}.0 %"))
}

pub(super) fn gateways(world: &World) -> Vec<Value> {
    let (site, key, device, descr) = site(world);
    let row = |name: &str, more: Value| {
        let mut row = json!({
            "uuid": uuid(world.seed, &format!("gateway-{name}")), "disabled": false, "name": name, "descr": "",
            "interface": "wan", "ipprotocol": "inet", "gateway": null, "defaultgw": false, "fargw": "0",
            "monitor_disable": "1", "monitor_noroute": "0", "monitor": "", "force_down": "0", "priority": "255",
            "weight": "1", "interval": "", "time_period": "", "nosync": "0", "if": WAN_DEVICE, "upstream": false,
            "virtual": false, "interface_descr": "WAN", "status": "Online", "delay": "~", "stddev": "~", "loss": "~",
            "label_class": "fa fa-plug text-success",
        });
        if let (Value::Object(row), Value::Object(more)) = (&mut row, more) {
            row.extend(more);
        }
        row
    };
    let (delay, stddev, loss) = health(world, "WAN_DHCP", 80);
    vec![
        row(
            "WAN_DHCP6",
            json!({
                "uuid": "WAN_DHCP6", "ipprotocol": "inet6", "gateway": WAN_ROUTER6, "defaultgw": true, "dynamic": true,
                "virtual": true, "priority": 254, "descr": "Interface WAN_DHCP6 Gateway",
            }),
        ),
        row(
            "WAN_DHCP",
            json!({
                "gateway": WAN_ROUTER, "defaultgw": true, "upstream": true, "priority": "254", "monitor_disable": "0",
                "monitor": "9.9.9.9", "dynamic": true, "descr": "Provider", "delay": delay, "stddev": stddev, "loss": loss,
            }),
        ),
        row(
            "SITE_B",
            json!({
                "interface": key, "interface_descr": descr, "if": device, "gateway": site, "monitor_disable": "0",
                "monitor": site, "descr": "Router to the other site",
            }),
        ),
        row(
            "OLD_LTE",
            json!({
                "gateway": "203.0.113.250", "disabled": true, "descr": "Retired", "status": "Pending",
            }),
        ),
    ]
}

/// `none` is the firewall's word for healthy. Gateways that are switched off do not appear.
pub(super) fn status(world: &World) -> Vec<u8> {
    let item = |name: &str, address: &str, monitor: &str, usual: i64| {
        let (delay, stddev, loss) = health(world, name, usual);
        json!({
            "name": name, "address": address, "status": "none", "loss": loss, "delay": delay, "stddev": stddev,
            "monitor": monitor, "status_translated": "Online",
        })
    };
    let unmonitored = json!({
        "name": "WAN_DHCP6", "address": "~", "status": "none", "loss": "~", "delay": "~", "stddev": "~",
        "monitor": "~", "status_translated": "Online",
    });
    let (site, ..) = site(world);
    write(&json!({
        "items": [
            unmonitored,
            item("WAN_DHCP", &WAN_ROUTER.to_string(), "9.9.9.9", 80),
            item("SITE_B", &site, &site, 190),
        ],
        "status": "ok",
    }))
}

pub(super) fn groups(world: &World) -> Vec<Value> {
    vec![json!({
        "uuid": uuid(world.seed, "gateway-group"), "name": "FAILOVER", "item": "WAN_DHCP|1,SITE_B|2", "trigger": "downloss",
        "%trigger": "Packet Loss", "poolopts": "", "descr": "Out through the other site when the provider fails",
        "gateways": {"1": [{"name": "WAN_DHCP", "status": "none"}], "2": [{"name": "SITE_B", "status": "none"}]},
    })]
}

pub(super) fn statics(world: &World) -> Vec<Value> {
    let (site, ..) = site(world);
    let row = |network: &str, descr: &str, enabled: &str| {
        json!({
            "uuid": uuid(world.seed, &format!("route-{network}")), "network": network, "gateway": "SITE_B",
            "%gateway": format!("SITE_B - {site}"), "descr": descr, "enabled": enabled,
        })
    };
    vec![row(SITE_NETWORK, "Other site", "1"), row(OLD_NETWORK, "Site that closed", "0")]
}

/// A bare array, as `netstat` prints it.
pub(super) fn kernel(world: &World) -> Vec<u8> {
    let (site, _, device, descr) = site(world);
    let route = |proto: &str,
                 destination: &str,
                 gateway: &str,
                 flags: &str,
                 netif: &str,
                 descr: &str| {
        json!({
            "proto": proto, "destination": destination, "gateway": gateway, "flags": flags, "nhop#": "3", "mtu": "1500",
            "netif": netif, "expire": "", "intf_description": descr, "id": format!("{destination},{gateway}"),
        })
    };
    let wan6 = format!("{}%lo0", link_local(WAN_MAC));
    let mut routes = vec![
        route("ipv4", "default", &WAN_ROUTER.to_string(), "UGS", WAN_DEVICE, "WAN"),
        route("ipv4", SITE_NETWORK, &site, "UGS", device, descr),
        route("ipv4", "203.0.113.0/24", "link#1", "U", WAN_DEVICE, "WAN"),
        route("ipv4", &WAN_ADDRESS.to_string(), "link#1", "UHS", "lo0", "Loopback"),
        route("ipv4", "10.10.10.0/24", "link#9", "U", VPN_DEVICE, "VPN"),
        route("ipv4", "127.0.0.1", "link#4", "UH", "lo0", "Loopback"),
        route("ipv6", "default", WAN_ROUTER6, "UG", WAN_DEVICE, "WAN"),
        route("ipv6", "::1", "link#4", "UHS", "lo0", "Loopback"),
        route("ipv6", "fe80::%igc0/64", "link#1", "U", WAN_DEVICE, "WAN"),
        route("ipv6", &wan6, "link#1", "UHS", "lo0", "Loopback"),
    ];
    let connected = |zone: &Zone| {
        let link = format!("link#{}", 10 + zone.tag().unwrap_or(1));
        let own = zone.gateway().to_string();
        let mut mine = vec![
            route("ipv4", &zone.net.to_string(), &link, "U", &zone.device, &zone.descr),
            route("ipv4", &own, &link, "UHS", "lo0", "Loopback"),
            route(
                "ipv6",
                &format!("fe80::%{}/64", zone.device),
                &link,
                "U",
                &zone.device,
                &zone.descr,
            ),
        ];
        if let Some(net) = zone.net6 {
            mine.push(route("ipv6", &net.to_string(), &link, "U", &zone.device, &zone.descr));
        }
        mine
    };
    routes.extend(world.zones.iter().flat_map(connected));
    let own = link_local(LAN_MAC);
    routes.push(route("ipv6", &format!("{own}%lo0"), "link#2", "UHS", "lo0", "Loopback"));
    write(&routes)
}
