//! Settings of the DNS servers, and what they answer by themselves.

use serde_json::{Map, Value, json};

use super::grid::json as write;
use super::ids::uuid;
use super::network::{GUEST, LAN};
use super::world::World;

const DOMAIN: &str = "home.arpa";
const OFFICE: &str = "corp.example.net";
const UPSTREAM: [&str; 2] = ["9.9.9.9", "2620:fe::fe"];

pub(super) fn forwards(world: &World) -> Vec<Value> {
    vec![json!({
        "uuid": uuid(world.seed, "forward"), "enabled": "1", "type": "forward", "%type": "Forward", "domain": OFFICE,
        "server": "10.20.0.53", "port": "", "verify": "", "forward_tcp_upstream": "0", "forward_first": "0",
        "description": "office names",
    })]
}

pub(super) fn over_tls(world: &World) -> Vec<Value> {
    let rows = UPSTREAM.iter().map(|server| {
        json!({
            "uuid": uuid(world.seed, server), "enabled": "1", "type": "dot", "%type": "DNS over TLS", "domain": "",
            "server": server, "port": "853", "verify": "dns.quad9.net", "forward_tcp_upstream": "0",
            "forward_first": "0", "description": "",
        })
    });
    rows.collect()
}

pub(super) fn domains(world: &World) -> Vec<Value> {
    vec![json!({
        "uuid": uuid(world.seed, "domain"), "sequence": "1", "domain": OFFICE, "ipset": "", "srcip": "", "port": "",
        "ip": "10.20.0.53", "descr": "office names",
    })]
}

pub(super) fn access(world: &World) -> Vec<Value> {
    let guests = world.zones.get(GUEST).map(|zone| zone.net.to_string()).unwrap_or_default();
    vec![json!({
        "uuid": uuid(world.seed, "acl"), "enabled": "1", "name": "guests", "action": "refuse_non_local",
        "%action": "Refuse Non-local", "networks": guests, "description": "local names only",
    })]
}

pub(super) fn blocklists(world: &World) -> Vec<Value> {
    vec![json!({
        "uuid": uuid(world.seed, "dnsbl"), "enabled": "1", "type": "hgz003,oisd1",
        "%type": "PRO - Balanced Blocking, OISD Domain Blocklist Small", "lists": "", "allowlists": "example.org",
        "blocklists": "ads.example.net", "wildcards": "", "source_nets": "", "address": "", "nxdomain": "0",
        "cache_ttl": "72000", "description": "everybody",
    })]
}

/// Every interface as an option, those `chosen` selected.
fn interfaces(world: &World, chosen: impl Fn(usize) -> bool) -> Value {
    let options = world.zones.iter().enumerate().map(|(at, zone)| {
        (zone.key.clone(), json!({"value": zone.descr, "selected": u8::from(chosen(at))}))
    });
    Value::Object(options.collect::<Map<_, _>>())
}

pub(super) fn unbound(world: &World) -> Vec<u8> {
    write(&json!({"unbound": {
        "general": {
            "enabled": "1", "port": "53", "stats": "1", "active_interface": interfaces(world, |_| false),
            "dnssec": "1", "dns64": "0", "dns64prefix": "", "regdhcp": "0", "regdhcpdomain": "", "regdhcpstatic": "1",
            "local_zone_type": {"transparent": {"value": "transparent", "selected": 1}, "deny": {"value": "deny", "selected": 0}},
            "outgoing_interface": interfaces(world, |_| false), "safesearch": "",
        },
        "advanced": {
            "logqueries": "0", "privatedomain": {"": {"value": "", "selected": 1}},
            "privateaddress": {"10.0.0.0/8": {"value": "10.0.0.0/8", "selected": 1}, "fd00::/8": {"value": "fd00::/8", "selected": 1}},
        },
        "forwarding": {"enabled": "0"},
    }}))
}

pub(super) fn dnsmasq(world: &World) -> Vec<u8> {
    let serves = |at: usize| {
        world.zones.get(at).is_some_and(|z| z.backend == super::network::Backend::Dnsmasq)
    };
    write(&json!({"dnsmasq": {
        "enable": "1", "regdhcp": "1", "regdhcpstatic": "1", "domain_needed": "0", "no_resolv": "0", "log_queries": "0",
        "dnssec": "0", "regdhcpdomain": "", "interface": interfaces(world, serves), "port": "53053",
        "dhcp": {"domain": DOMAIN, "fqdn": "1", "local": "1"},
    }}))
}

pub(super) fn resolvers(_: &World) -> Vec<u8> {
    write(&json!(UPSTREAM))
}

/// Reservations of the LAN, as Unbound registers them, forwards and backwards.
pub(super) fn local_data(world: &World) -> Vec<u8> {
    let plain = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let reserved = world.devices.iter().filter(|d| d.zone == LAN && d.reserved && plain(&d.name));
    let rows: Vec<Value> = reserved
        .flat_map(|device| {
            let name = format!("{}.{DOMAIN}.", device.name);
            let [a, b, c, d] = device.v4.octets();
            let back = format!("{d}.{c}.{b}.{a}.in-addr.arpa.");
            [
                json!({"name": name, "ttl": "3600", "type": "IN", "rrtype": "A", "value": device.v4.to_string()}),
                json!({"name": back, "ttl": "3600", "type": "IN", "rrtype": "PTR", "value": name}),
            ]
        })
        .collect();
    write(&json!({"status": "ok", "data": rows}))
}
