//! Sets in words, short enough for an answer.

use super::cube::{self, Cube};
use super::ruleset::{BYTE, PORTS};
use super::set::{Family, Set};
use super::tables::cidrs;
use super::words::{ICMP, ICMP6, TCP, UDP, protocol_name};

/// Items of one list before `+n more`.
const MOST: usize = 6;

/// Addresses as networks and ranges: `any`, `10.0.0.0/8, 10.20.0.5-10.20.0.9`, or `any except ...`.
pub fn addresses(set: &Set, family: Family) -> String {
    if set.is_all(family.last()) {
        return "any".to_owned();
    }
    let nets = |set: &Set| -> Vec<String> {
        let host = if family == Family::V4 { 32 } else { 128 };
        let one = |(first, last): &(u128, u128)| match cidrs(family, *first, *last).as_slice() {
            [net] if net.prefix_len() == host => net.addr().to_string(),
            [net] => net.to_string(),
            _ => format!("{}-{}", family.address(*first), family.address(*last)),
        };
        set.intervals().iter().map(one).collect()
    };
    let (with, without) = (nets(set), nets(&set.complement(family.last())));
    if without.len() * 2 < with.len() {
        return format!("any except {}", list(&without));
    }
    list(&with)
}

fn list(items: &[String]) -> String {
    let shown = items.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join(", ");
    match items.len().checked_sub(MOST) {
        None | Some(0) => shown,
        Some(more) => format!("{shown}, +{more} more"),
    }
}

fn numbers(set: &Set) -> String {
    let range = |(first, last): &(u128, u128)| {
        if first == last { first.to_string() } else { format!("{first}-{last}") }
    };
    let items: Vec<String> = set.intervals().iter().map(range).collect();
    list(&items)
}

/// Nobody sends from port 0, and the firewall always blocks it: without it is any port.
fn any_source_port(cube: &Cube) -> bool {
    Set::interval(1, PORTS).is_within(cube.side(cube::SOURCE_PORT))
}

/// Protocols and ports: `any`, `tcp 443`, `udp 53,123`, `icmp type 8`.
pub fn service(cube: &Cube) -> String {
    let protocols = cube.side(cube::PROTOCOL);
    let mut words = Vec::new();
    let ports = cube.side(cube::DESTINATION_PORT);
    let whole =
        ports.is_all(PORTS) && any_source_port(cube) && cube.side(cube::ICMP_TYPE).is_all(BYTE);
    if whole && protocols.is_all(BYTE) {
        return "any".to_owned();
    }
    let [with_ports, with_types, rest] = cube::classes();
    let both = with_ports.is_within(protocols);
    for protocol in [TCP, UDP] {
        if !protocols.contains(protocol.into()) {
            continue;
        }
        let name = match (both, protocol) {
            (true, TCP) => "tcp/udp".to_owned(),
            (true, _) => continue,
            _ => protocol_name(protocol),
        };
        let mut text = name;
        if !ports.is_all(PORTS) {
            text = format!("{text} {}", numbers(ports));
        }
        if !any_source_port(cube) {
            text = format!("{text} from port {}", numbers(cube.side(cube::SOURCE_PORT)));
        }
        words.push(text);
    }
    let types = cube.side(cube::ICMP_TYPE);
    for protocol in [ICMP, ICMP6] {
        if with_types.contains(protocol.into()) && protocols.contains(protocol.into()) {
            let name = protocol_name(protocol);
            words.push(if types.is_all(BYTE) {
                name
            } else {
                format!("{name} type {}", numbers(types))
            });
        }
    }
    let others = protocols.intersect(&rest);
    if rest.is_within(protocols) {
        words.push("other protocols".to_owned());
    } else {
        let names = others.intervals().iter().flat_map(|(a, b)| *a..=*b);
        let names: Vec<String> =
            names.filter_map(|n| u8::try_from(n).ok()).map(protocol_name).collect();
        if !names.is_empty() {
            words.push(list(&names));
        }
    }
    words.join("; ")
}
