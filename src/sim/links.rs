//! Devices that are made of others, tunnels, and addresses beside the first.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use crate::types::MacAddr;

use super::aliases::SECRET_MARK;
use super::grid::json as write;
use super::ids::uuid;
use super::network::{LAN, MGMT};
use super::world::World;

/// A second address from the provider; RFC 5737.
pub(super) const EXTRA_ADDRESS: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 20);
/// Host number of the address that two firewalls share on the LAN; devices begin above.
pub(super) const SHARED_HOST: u8 = 14;
pub(super) const SHARED_VHID: &str = "1";
pub(super) const LAGG_MEMBERS: [&str; 2] = ["ix0", "ix1"];
const LAGG_MAC: MacAddr = MacAddr::new([0x00, 0xe2, 0x69, 0x5a, 0x22, 0x00]);
const BRIDGE_MAC: MacAddr = MacAddr::new([0x58, 0x9c, 0xfc, 0x10, 0x00, 0x01]);
/// The far ends; RFC 5737 and 3849.
const BROKER: &str = "198.51.100.46";
const TUNNEL: [&str; 2] = ["2001:db8:200::2", "2001:db8:200::1"];
const GRE_PEER: &str = "198.51.100.47";
const GRE_INNER: [&str; 2] = ["10.98.0.1", "10.98.0.2"];
const VXLAN_PEER: &str = "10.20.0.1";

fn shared(world: &World) -> String {
    world.zones.get(LAN).map_or_else(String::new, |zone| zone.host(SHARED_HOST).to_string())
}

/// A switch whose address nobody shall take over.
pub(super) fn pinned(world: &World) -> Vec<Value> {
    let address = world.zones.get(MGMT).map_or_else(String::new, |zone| zone.host(2).to_string());
    vec![json!({
        "uuid": uuid(world.seed, "pinned"), "etheraddr": "44:65:0d:00:aa:ab", "ipaddress": address,
        "descr": "core switch", "origin": "manual",
    })]
}

fn lan_gateway(world: &World) -> String {
    world.zones.get(LAN).map_or_else(String::new, |zone| zone.gateway().to_string())
}

/// The devices as the overview shows them, with flags, hardware address and what only they have.
pub(super) fn devices(world: &World) -> Vec<(&'static str, MacAddr, Value)> {
    let none = MacAddr::new([0; 6]);
    let management = world.zones.get(MGMT).map_or("", |zone| &zone.device);
    let tunnel =
        json!({"proto": "inet", "src_addr": super::interfaces::WAN_ADDRESS, "dest_addr": BROKER});
    let local = format!("{}:4789", lan_gateway(world));
    vec![
        (
            "lagg0",
            LAGG_MAC,
            json!({"laggproto": "lacp", "lagghash": "l2,l3,l4", "status": "no carrier"}),
        ),
        (
            "bridge0",
            BRIDGE_MAC,
            json!({"members": {management: {"flags": ["learning", "discover"]}}, "proto": "rstp"}),
        ),
        (
            "gif0",
            none,
            json!({"tunnel": tunnel, "mtu": "1280", "ipv6": [{"ipaddr": format!("{}/64", TUNNEL[0])}]}),
        ),
        (
            "gre0",
            none,
            json!({
                "tunnel": {"proto": "inet", "src_addr": super::interfaces::WAN_ADDRESS, "dest_addr": GRE_PEER},
                "mtu": "1476", "ipv4": [{"ipaddr": format!("{}/30", GRE_INNER[0])}],
            }),
        ),
        (
            "vxlan1",
            none,
            json!({"vxlan": {"vni": "100", "local": local, "group": null, "remote": format!("{VXLAN_PEER}:4789")}}),
        ),
        ("lo1", none, json!({"groups": ["lo"]})),
    ]
}

pub(super) fn laggs(world: &World) -> Vec<Value> {
    let text = LAGG_MEMBERS.map(|port| format!("{port} ({LAGG_MAC})"));
    vec![json!({
        "uuid": uuid(world.seed, "lagg0"), "laggif": "lagg0", "members": LAGG_MEMBERS.join(","), "%members": text.join(", "),
        "primary_member": "", "proto": "lacp", "lacp_fast_timeout": "0", "use_flowid": "", "lagghash": "",
        "lacp_strict": "", "mtu": "", "descr": "Spare uplink",
    })]
}

pub(super) fn bridges(world: &World) -> Vec<Value> {
    let management = world.zones.get(MGMT).map_or(("", ""), |zone| (&zone.key, &zone.descr));
    vec![json!({
        "uuid": uuid(world.seed, "bridge0"), "bridgeif": "bridge0", "members": management.0, "%members": management.1,
        "linklocal": "0", "enablestp": "0", "proto": "rstp", "%proto": "RSTP", "stp": "", "maxage": "", "fwdelay": "",
        "holdcnt": "", "maxaddr": "", "timeout": "", "span": "", "edge": "", "autoedge": "", "ptp": "", "autoptp": "",
        "static": "", "private": "", "descr": "Management switch",
    })]
}

pub(super) fn gifs(world: &World) -> Vec<Value> {
    vec![json!({
        "uuid": uuid(world.seed, "gif0"), "local-addr": "wan", "%local-addr": "WAN", "if": "wan", "ipaddr": "",
        "gifif": "gif0", "remote-addr": BROKER, "tunnel-local-addr": TUNNEL[0], "tunnel-remote-addr": TUNNEL[1],
        "tunnel-remote-net": "64", "descr": "IPv6 by a broker", "link1": "0", "link2": "0", "noclamp": "0",
    })]
}

pub(super) fn gres(world: &World) -> Vec<Value> {
    vec![json!({
        "uuid": uuid(world.seed, "gre0"), "local-addr": "wan", "%local-addr": "WAN", "if": "wan", "ipaddr": "",
        "greif": "gre0", "remote-addr": GRE_PEER, "tunnel-local-addr": GRE_INNER[0],
        "tunnel-remote-addr": GRE_INNER[1], "tunnel-remote-net": "30", "descr": "To the partner",
    })]
}

pub(super) fn vxlans(world: &World) -> Vec<Value> {
    vec![json!({
        "uuid": uuid(world.seed, "vxlan1"), "deviceId": "1", "vxlanid": "100", "vxlanlocal": lan_gateway(world),
        "vxlanlocalport": "", "vxlanremote": VXLAN_PEER, "vxlanremoteport": "", "vxlangroup": "", "vxlandev": "",
    })]
}

pub(super) fn loopbacks(world: &World) -> Vec<Value> {
    vec![json!({"uuid": uuid(world.seed, "lo1"), "deviceId": "1", "description": "router id"})]
}

pub(super) fn vips(world: &World) -> Vec<Value> {
    let lan = world.zones.get(LAN);
    let (key, descr) = lan.map_or(("lan", "LAN"), |zone| (&zone.key, &zone.descr));
    let bits = lan.map_or(24, |zone| zone.net.prefix_len());
    let row = |name: &str, more: Value| {
        let mut row = json!({
            "uuid": uuid(world.seed, name), "gateway": "", "noexpand": "0", "nobind": "0", "password": "", "vhid": "",
            "advbase": "1", "advskew": "0", "peer": "", "peer6": "", "nosync": "0", "vhid_txt": "",
        });
        if let (Value::Object(row), Value::Object(more)) = (&mut row, more) {
            row.extend(more);
        }
        row
    };
    vec![
        row(
            "vip-extra",
            json!({
                "interface": "wan", "%interface": "WAN", "mode": "ipalias", "%mode": "IP Alias", "subnet": EXTRA_ADDRESS,
                "subnet_bits": "32", "address": format!("{EXTRA_ADDRESS}/32"), "descr": "Second public address",
            }),
        ),
        // The real grid gives the secret away since 25.7.
        row(
            "vip-shared",
            json!({
                "interface": key, "%interface": descr, "mode": "carp", "%mode": "CARP", "subnet": shared(world),
                "subnet_bits": bits.to_string(), "address": format!("{}/{bits}", shared(world)), "vhid": SHARED_VHID,
                "vhid_txt": "1 (freq. 1/0)", "password": format!("{SECRET_MARK}carp"), "descr": "Shared with the standby",
            }),
        ),
    ]
}

pub(super) fn carp(world: &World) -> Vec<u8> {
    let descr = world.zones.get(LAN).map_or("LAN", |zone| &zone.descr);
    write(&json!({
        "total": 1, "rowCount": 1, "current": 1,
        "rows": [{
            "interface": descr, "vhid": SHARED_VHID, "advbase": "1", "advskew": "0", "subnet": shared(world),
            "status": "MASTER", "mode": "carp", "status_txt": "MASTER", "vhid_txt": "1 (freq. 1/0)",
        }],
        "carp": {"demotion": "0", "allow": "1", "maintenancemode": false, "status_msg": ""},
    }))
}
