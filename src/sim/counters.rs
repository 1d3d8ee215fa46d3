//! What the firewall counts: rules by their hits, interfaces by their traffic.

use serde_json::{Map, Value, json};

use super::grid::json as write;
use super::ids::rng_for;
use super::interfaces::{VPN, VPN_DEVICE, WAN_DEVICE};
use super::rule_rows;
use super::world::World;

pub(super) fn rules(world: &World) -> Vec<u8> {
    write(&json!({"status": "ok", "stats": rule_rows::stats(world)}))
}

/// Numbers are texts here, as the firewall reads them from a listing.
pub(super) fn traffic(world: &World) -> Vec<u8> {
    let mut interfaces = Map::new();
    let inside = world
        .zones
        .iter()
        .map(|zone| (zone.key.as_str(), zone.device.as_str(), zone.descr.as_str()));
    for (key, device, name) in
        inside.chain([("wan", WAN_DEVICE, "WAN"), (VPN.0, VPN_DEVICE, VPN.1)])
    {
        interfaces.insert(key.to_owned(), counted(world, key, device, name));
    }
    let time = world.now.seconds();
    write(&json!({"interfaces": interfaces, "time": time}))
}

fn counted(world: &World, key: &str, device: &str, name: &str) -> Value {
    let mut rng = rng_for(world.seed, &format!("traffic-{key}"));
    let passed = world.now.seconds_since(world.began);
    let mut count = |most: i64, rate: i64| rng.i64(0..most) + passed * rng.i64(0..rate);
    let (inward, outward) = (count(900_000_000, 5_000), count(900_000_000, 5_000));
    let driver = device.trim_end_matches(|c: char| c.is_ascii_digit());
    json!({
        "device": device, "driver": driver, "flags": "0", "promiscuous listeners": "0", "send queue length": "0",
        "send queue max length": "50", "send queue drops": "0", "type": "Ethernet", "address length": "6",
        "header length": "18", "link state": "2", "vhid": "0", "datalen": "152", "mtu": "1500", "metric": "0",
        "line rate": "1000000000 bit/s",
        "packets received": inward.to_string(), "input errors": "0",
        "packets transmitted": outward.to_string(), "output errors": "0", "collisions": "0",
        "bytes received": (inward * 274).to_string(), "bytes transmitted": (outward * 911).to_string(),
        "multicasts received": (inward / 2_000).to_string(), "multicasts transmitted": "0",
        "input queue drops": "0", "packets for unknown protocol": "0", "HW offload capabilities": "0x0",
        "uptime at attach or stat reset": "1", "name": name,
    })
}
