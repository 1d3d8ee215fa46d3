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

/// Nobody sends from or to port 0, and the firewall always blocks it: without it is any port.
fn is_any_port(ports: &Set) -> bool {
    Set::interval(1, PORTS).is_within(ports)
}

/// Protocols and ports of one cube: `any`, `tcp 443`, `udp 53, 123`, `icmp type 8`.
pub fn service(cube: &Cube, family: Family) -> String {
    services(std::slice::from_ref(cube), family)
}

/// Everything that some of the cubes hold, whatever their addresses.
pub fn services(cubes: &[Cube], family: Family) -> String {
    let own_icmp = if family == Family::V4 { ICMP } else { ICMP6 };
    let (mut tcp, mut udp) = (Set::empty(), Set::empty());
    let (mut types, mut others) = (Set::empty(), Set::empty());
    let mut odd: Vec<String> = Vec::new();
    let named = [TCP, UDP, own_icmp].map(|p| (u128::from(p), u128::from(p)));
    let rest = Set::of(named.to_vec()).complement(BYTE);
    for cube in cubes {
        let protocols = cube.side(cube::PROTOCOL);
        let ports = cube.side(cube::DESTINATION_PORT);
        for (protocol, all) in [(TCP, &mut tcp), (UDP, &mut udp)] {
            if !protocols.contains(protocol.into()) {
                continue;
            }
            let from = cube.side(cube::SOURCE_PORT);
            if is_any_port(from) {
                *all = all.union(ports);
            } else {
                let name = protocol_name(protocol);
                odd.push(format!("{} from port {}", with_ports(&name, ports), numbers(from)));
            }
        }
        if protocols.contains(own_icmp.into()) {
            types = types.union(cube.side(cube::ICMP_TYPE));
        }
        others = others.union(&protocols.intersect(&rest));
    }
    let whole = is_any_port(&tcp) && is_any_port(&udp);
    if whole && types.is_all(BYTE) && others == rest {
        return "any".to_owned();
    }
    let mut words = Vec::new();
    if tcp == udp && !tcp.is_empty() {
        words.push(with_ports("tcp/udp", &tcp));
    } else {
        let each = [("tcp", &tcp), ("udp", &udp)].into_iter().filter(|(_, set)| !set.is_empty());
        words.extend(each.map(|(name, set)| with_ports(name, set)));
    }
    words.append(&mut odd);
    if !types.is_empty() {
        let name = protocol_name(own_icmp);
        let text =
            if types.is_all(BYTE) { name } else { format!("{name} type {}", numbers(&types)) };
        words.push(text);
    }
    if others == rest {
        words.push("other protocols".to_owned());
    } else if !others.is_empty() {
        let each = others.intervals().iter().flat_map(|(a, b)| *a..=*b);
        let protocols: Vec<String> =
            each.filter_map(|n| u8::try_from(n).ok()).map(protocol_name).collect();
        words.push(list(&protocols));
    }
    words.join("; ")
}

fn with_ports(name: &str, ports: &Set) -> String {
    if is_any_port(ports) { name.to_owned() } else { format!("{name} {}", numbers(ports)) }
}
