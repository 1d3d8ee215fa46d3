//! WireGuard, OpenVPN and IPsec: configuration and who is connected.

use serde_json::{Value, json};

use super::aliases::SECRET_MARK;
use super::ids::uuid;
use super::interfaces::VPN_DEVICE;
use super::world::World;

const INSTANCE: &str = "road";
/// Name, last octet inside the tunnel, seconds since the last handshake (none: never).
const PEERS: &[(&str, u8, Option<i64>)] =
    &[("phone-carol", 10, Some(42)), ("laptop-dave", 11, Some(4_000)), ("tablet-old", 12, None)];

/// 32 bytes in base64, as keys are written; made of the name, so a key of nobody.
fn key(name: &str) -> String {
    let letters: String =
        name.chars().filter(char::is_ascii_alphanumeric).cycle().take(43).collect();
    format!("{letters}=")
}

pub(super) fn wireguard_servers(world: &World) -> Vec<Value> {
    let peers: Vec<String> = PEERS.iter().map(|(name, ..)| uuid(world.seed, name)).collect();
    let names: Vec<&str> = PEERS.iter().map(|(name, ..)| *name).collect();
    vec![json!({
        "uuid": uuid(world.seed, INSTANCE), "enabled": "1", "name": INSTANCE, "instance": "0", "pubkey": key(INSTANCE),
        "privkey": format!("{SECRET_MARK}wireguard"), "port": "51820", "mtu": "1420", "dns": "",
        "tunneladdress": "10.10.10.1/24", "disableroutes": "0", "gateway": "", "carp_depend_on": "",
        "peers": peers.join(","), "%peers": names.join(", "), "debug": "0", "interface": VPN_DEVICE, "endpoint": "",
    })]
}

pub(super) fn wireguard_peers(world: &World) -> Vec<Value> {
    let rows = PEERS.iter().map(|(name, last, _)| {
        json!({
            "uuid": uuid(world.seed, name), "enabled": "1", "name": name, "pubkey": key(name),
            "psk": format!("{SECRET_MARK}psk"), "tunneladdress": format!("10.10.10.{last}/32"), "serveraddress": "",
            "serverport": "", "endpoint": "", "keepalive": "25", "servers": uuid(world.seed, INSTANCE),
            "%servers": INSTANCE,
        })
    });
    rows.collect()
}

pub(super) fn wireguard_sessions(world: &World) -> Vec<Value> {
    let own = json!({
        "if": VPN_DEVICE, "type": "interface", "public-key": key(INSTANCE), "listen-port": "51820", "fwmark": "off",
        "endpoint": "51820", "status": "up", "name": INSTANCE, "latest-handshake-age": null, "peer-status": "offline",
        "ifname": INSTANCE,
    });
    let peers = PEERS.iter().map(|(name, last, age)| {
        let status = match age {
            Some(age) if *age <= 300 => "online",
            Some(_) => "stale",
            None => "offline",
        };
        json!({
            "if": VPN_DEVICE, "type": "peer", "public-key": key(name),
            "endpoint": age.map_or_else(|| "(none)".to_owned(), |_| format!("198.51.100.{last}:40000")),
            "allowed-ips": format!("10.10.10.{last}/32"),
            "latest-handshake": age.map_or(0, |age| world.now.seconds() - age), "transfer-rx": 123_456,
            "transfer-tx": 654_321, "persistent-keepalive": "25", "name": name, "latest-handshake-age": age,
            "peer-status": status, "ifname": INSTANCE,
        })
    });
    std::iter::once(own).chain(peers).collect()
}

pub(super) fn openvpn_instances(world: &World) -> Vec<Value> {
    vec![json!({
        "uuid": uuid(world.seed, "openvpn"), "vpnid": "1", "enabled": "1", "dev_type": "tun", "%dev_type": "TUN",
        "proto": "udp", "%proto": "UDP", "port": "1194", "local": "", "topology": "subnet", "remote": "",
        "role": "server", "%role": "Server", "server": "10.8.0.0/24", "server_ipv6": "", "route": "",
        "push_route": "192.168.1.0/24", "cert": "65a0000000002", "%cert": "VPN server", "ca": "65a00000000ca",
        "%ca": "Own CA", "authmode": "Local Database", "username": "", "password": format!("{SECRET_MARK}vpn"),
        "auth-gen-token-secret": format!("{SECRET_MARK}token"), "maxclients": "", "dns_domain": "", "dns_servers": "",
        "description": "away",
    })]
}

pub(super) fn openvpn_sessions(world: &World) -> Vec<Value> {
    let instance = uuid(world.seed, "openvpn");
    vec![json!({
        "socket": format!("/var/etc/openvpn/instance-{instance}.sock"), "status": "ok", "type": "server",
        "id": format!("{instance}_198.51.100.44:51111"), "description": "away", "common_name": "erin",
        "real_address": "198.51.100.44:51111", "virtual_address": "10.8.0.2", "virtual_ipv6_address": "",
        "bytes_received": "12345", "bytes_sent": "54321",
        "connected_since__time_t_": world.began.plus_seconds(-3_600).seconds().to_string(), "username": "erin",
        "client_id": "0", "peer_id": "0", "data_channel_cipher": "AES-256-GCM", "is_client": true,
    })]
}

pub(super) fn openvpn_routes(world: &World) -> Vec<Value> {
    vec![json!({
        "virtual_address": "10.8.0.2", "common_name": "erin", "real_address": "198.51.100.44:51111",
        "last_ref__time_t_": world.began.seconds().to_string(), "type": "server",
        "id": uuid(world.seed, "openvpn"), "description": "away",
    })]
}

pub(super) fn ipsec_connections(world: &World) -> Vec<Value> {
    vec![json!({
        "uuid": uuid(world.seed, "ipsec"), "enabled": "1", "description": "branch", "version": "2", "%version": "IKEv2",
        "local_addrs": "203.0.113.14", "remote_addrs": "198.51.100.9", "proposals": "aes256-sha256-modp2048",
        "mobike": "1", "dpd_delay": "10", "rekey_time": "",
    })]
}

pub(super) fn ipsec_children(world: &World) -> Vec<Value> {
    vec![json!({
        "uuid": uuid(world.seed, "ipsec-child"), "enabled": "1", "connection": uuid(world.seed, "ipsec"),
        "%connection": "branch", "mode": "tunnel", "%mode": "Tunnel", "local_ts": "192.168.1.0/24",
        "remote_ts": "10.80.0.0/24", "esp_proposals": "aes256gcm16", "start_action": "start", "description": "lan",
    })]
}

pub(super) fn ipsec_phase1(_: &World) -> Vec<Value> {
    vec![json!({
        "local-addrs": "203.0.113.14", "remote-addrs": "198.51.100.9", "local-id": "fw01", "remote-id": "branch",
        "version": "IKEv2", "routed": true, "local-class": "pre-shared key", "remote-class": "pre-shared key",
        "ikeid": "1", "phase1desc": "branch", "name": "con1", "connected": true, "install-time": "100",
        "bytes-in": 1234, "bytes-out": 4321, "packets-in": 12, "packets-out": 21,
    })]
}

/// The firewall answers for one connection; there is one.
pub(super) fn ipsec_phase2(_: &World) -> Vec<Value> {
    vec![json!({
        "name": "con1", "phase2desc": "lan", "reqid": "1", "local-ts": "192.168.1.0/24", "remote-ts": "10.80.0.0/24",
        "install-time": "60", "bytes-in": 1000, "bytes-out": 4000,
    })]
}
