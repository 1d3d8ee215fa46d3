//! What passes through the firewall: connections, their log, the busiest hosts, portal sessions, sightings.

use serde_json::{Map, Value, json};

use super::aliases::SECRET_MARK;
use super::devices::Device;
use super::grid::json as write;
use super::ids::digest;
use super::network::{GUEST, Zone};
use super::world::World;

/// Entries of the log, the newest first.
const LOGGED: usize = 40;
/// An address of nobody (RFC 5737) that everybody talks to.
const SERVER: &str = "198.51.100.80";

fn online(world: &World) -> impl Iterator<Item = (&Device, &Zone)> {
    let on = world.devices.iter().filter(|device| device.online);
    on.filter_map(|device| Some((device, world.zones.get(device.zone)?)))
}

fn rule(world: &World) -> String {
    let passing = world.rules.iter().find(|rule| rule.enabled && rule.action == "pass");
    passing.map(|rule| rule.uuid.clone()).unwrap_or_default()
}

/// One connection of each device that is on.
pub(super) fn states(world: &World) -> Vec<Value> {
    let label = rule(world);
    let rows = online(world).map(|(device, zone)| {
        json!({
            "label": label, "descr": "to the web", "nat_addr": "203.0.113.14", "nat_port": (50_000 + device.serial % 10_000).to_string(),
            "gateway": null, "iface": "all", "proto": "tcp", "ipproto": "ipv4", "flags": [], "direction": "in",
            "dst_addr": SERVER, "dst_port": "443", "src_addr": device.v4.to_string(), "src_port": "49152",
            "state": "ESTABLISHED:ESTABLISHED", "age": "00:12:34", "expires": "23:59:58", "pkts": [120, 98],
            "bytes": [14_400, 98_000], "rule": "74", "id": format!("{:016x}/a1b2c3d4", device.serial), "interface": zone.descr,
        })
    });
    rows.collect()
}

pub(super) fn state_count(world: &World) -> Vec<u8> {
    write(&json!({"current": online(world).count().to_string(), "limit": "1000000"}))
}

pub(super) fn log(world: &World) -> Vec<u8> {
    let label = rule(world);
    let at = world.began.to_string();
    let at = at.trim_end_matches('Z');
    let rows: Vec<Value> = online(world)
        .take(LOGGED)
        .map(|(device, zone)| {
            json!({
                "rulenr": "74", "rid": label, "interface": zone.device, "reason": "match", "action": "pass", "dir": "in",
                "ipversion": "4", "protonum": "6", "protoname": "tcp", "length": "60", "src": device.v4.to_string(),
                "dst": SERVER, "srcport": "49152", "dstport": "443", "tcpflags": "S", "__timestamp__": at,
                "__host__": "fw01.home.arpa", "__digest__": digest(world.seed, &format!("log-{}", device.serial)), "label": "to the web",
            })
        })
        .collect();
    write(&rows)
}

/// Of one interface, or of several separated by commas.
pub(super) fn talkers(world: &World, names: &str) -> Vec<u8> {
    let mut answer = Map::new();
    for name in names.split(',') {
        let here = online(world).filter(|(_, zone)| zone.key == name).take(3);
        let records: Vec<Value> = here
            .map(|(device, _)| {
                json!({
                    "address": device.v4.to_string(), "rate_bits_in": 200_000, "rate_bits_out": 1_200_000, "rate_bits": 1_400_000,
                    "cumulative_bytes_in": 50_000, "cumulative_bytes_out": 300_000, "cumulative_bytes": 350_000,
                    "tags": ["private"], "details": [{"address": SERVER, "rate": "1.20Mb", "rate_bits": 1_200_000, "tags": []}],
                    "rname": "", "rate_in": "200.0 kb", "rate_out": "1.2 mb",
                })
            })
            .collect();
        answer.insert(name.to_owned(), json!({"records": records, "status": "ok"}));
    }
    write(&answer)
}

pub(super) fn portal_sessions(world: &World) -> Vec<Value> {
    let guests = online(world).filter(|(device, _)| device.zone == GUEST).take(5);
    let rows = guests.map(|(device, _)| {
        let began = world.began.plus_seconds(-i64::from(device.serial % 3600)).seconds();
        json!({
            "zoneid": 0, "sessionId": format!("{SECRET_MARK}{}", device.serial), "authenticated_via": "Local Database",
            "userName": "visitor", "startTime": began, "ipAddress": device.v4.to_string(), "macAddress": device.mac.to_string(),
            "packets_in": 10, "packets_out": 20, "bytes_in": 1000, "bytes_out": 2000, "last_accessed": began,
            "acc_session_timeout": null, "ipAddresses": [device.v4.to_string()],
        })
    });
    rows.collect()
}

/// Every device there ever was; who is on was seen just now.
pub(super) fn sightings(world: &World) -> Vec<Value> {
    let rows = world.devices.iter().filter_map(|device| {
        let zone = world.zones.get(device.zone)?;
        let away = if device.online { 0 } else { 3 * 86_400 + i64::from(device.serial % 86_400) };
        Some(json!({
            "source": "discovery", "interface_name": zone.descr, "ether_address": device.mac.to_string(),
            "ip_address": device.v4.to_string(), "organization_name": device.vendor.name,
            "first_seen": world.began.plus_seconds(-90 * 86_400 - i64::from(device.serial)).to_string(),
            "last_seen": world.now.plus_seconds(-away).to_string(),
        }))
    });
    rows.collect()
}
