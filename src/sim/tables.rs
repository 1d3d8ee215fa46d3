//! The loaded tables behind aliases: names resolved, ranges split, nesting expanded.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use serde_json::{Map, Value, json};

use super::aliases::Alias;
use super::grid::json as write;
use super::interfaces::{GROUP, GROUP_MEMBERS};
use super::world::World;

/// The firewall's default limit of entries in all tables.
const LIMIT: usize = 1_000_000;
/// Aliases may nest; the firewall follows them no deeper either.
const DEEPEST: usize = 8;

pub(super) fn sizes(world: &World) -> Vec<u8> {
    let mut used = 0;
    let mut details = Map::new();
    for (name, entries) in all(world) {
        used += entries.len();
        let counted = json!({
            "count": entries.len(), "updated": null, "eval_nomatch": 120, "eval_match": 33, "in_block_p": 3,
            "in_block_b": 180, "in_pass_p": 3, "in_pass_b": 180, "out_block_p": 3, "out_block_b": 180,
            "out_pass_p": 3, "out_pass_b": 180,
        });
        details.insert(name.to_owned(), counted);
    }
    write(&json!({"status": "ok", "size": LIMIT, "used": used, "details": details}))
}

/// A table nobody has is empty, as on the real one.
pub(super) fn list(world: &World, name: &str) -> Vec<Value> {
    let alias = world.aliases.iter().find(|alias| alias.name == name);
    let entries = alias.and_then(|alias| entries(world, alias)).unwrap_or_default();
    entries.into_iter().map(|ip| json!({"ip": ip})).collect()
}

fn all(world: &World) -> impl Iterator<Item = (&str, BTreeSet<String>)> {
    let loaded = |alias| Some((alias, entries(world, alias)?));
    world.aliases.iter().filter_map(loaded).map(|(alias, entries)| (&*alias.name, entries))
}

/// What is in the table of `alias`; `None` for ports, which are no addresses.
pub(super) fn entries(world: &World, alias: &Alias) -> Option<BTreeSet<String>> {
    (alias.kind != "port").then(|| {
        let mut entries = BTreeSet::new();
        fill(world, alias, DEEPEST, &mut entries);
        entries
    })
}

fn fill(world: &World, alias: &Alias, depth: usize, entries: &mut BTreeSet<String>) {
    let Some(depth) = depth.checked_sub(1).filter(|_| alias.enabled) else { return };
    match alias.kind {
        "internal" => entries.extend(networks(world, &alias.name)),
        "geoip" => {
            entries.extend((0..501).map(|n| format!("100.{}.{}.0/24", 64 + n / 256, n % 256)));
        }
        "urltable" => entries.extend((0..300).map(|n| format!("198.18.{}.{}", n / 256, n % 256))),
        "mac" => {
            let macs: Vec<&str> = alias.content.lines().collect();
            let theirs =
                world.devices.iter().filter(|d| macs.contains(&d.mac.to_string().as_str()));
            entries.extend(theirs.map(|device| device.v4.to_string()));
        }
        "host" | "network" | "networkgroup" => {
            for line in alias.content.lines() {
                match world.aliases.iter().find(|other| other.name == line) {
                    Some(nested) => fill(world, nested, depth, entries),
                    None => entries.extend(loaded(line)),
                }
            }
        }
        _ if alias.name == "bogons" => {
            entries.extend(["192.0.0.0/24", "240.0.0.0/4"].map(str::to_owned));
        }
        // Lists that could not be fetched, and what is filled from outside.
        _ => {}
    }
}

/// One entry as pf holds it: a name has an address, a range is networks, a wildcard its prefix.
fn loaded(line: &str) -> Vec<String> {
    if let Some((first, last)) = line.split_once('-')
        && let (Ok(first), Ok(last)) = (first.parse::<Ipv4Addr>(), last.parse::<Ipv4Addr>())
    {
        return split(first, last);
    }
    if let Some((network, mask)) = line.split_once('/')
        && let Ok(mask) = mask.parse::<Ipv4Addr>()
    {
        return vec![format!("{network}/{}", u32::from(mask).leading_zeros())];
    }
    let is_name = line.contains(|c: char| c.is_ascii_alphabetic()) && !line.contains(':');
    vec![if is_name { "198.51.100.26".to_owned() } else { line.to_owned() }]
}

/// The fewest networks that are exactly the range.
fn split(first: Ipv4Addr, last: Ipv4Addr) -> Vec<String> {
    let (mut next, last) = (u64::from(u32::from(first)), u64::from(u32::from(last)));
    let mut networks = Vec::new();
    while next <= last {
        let mut bits = next.trailing_zeros().min(32);
        while next + (1 << bits) - 1 > last {
            bits -= 1;
        }
        let address = Ipv4Addr::from(u32::try_from(next).unwrap_or(u32::MAX));
        networks.push(if bits == 0 {
            address.to_string()
        } else {
            format!("{address}/{}", 32 - bits)
        });
        next += 1 << bits;
    }
    networks
}

/// The networks of `__opt1_network`, or of the members of `__untrusted_network`.
fn networks(world: &World, table: &str) -> Vec<String> {
    let key = table.trim_start_matches("__").trim_end_matches("_network");
    let is_meant = |zone: &str| zone == key || (key == GROUP && GROUP_MEMBERS.contains(&zone));
    let zones = world.zones.iter().filter(|zone| is_meant(&zone.key));
    zones
        .flat_map(|zone| {
            let v6 = zone.net6.map(|net| net.to_string());
            std::iter::once(zone.net.to_string()).chain(v6)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_becomes_the_networks_that_make_it_up() {
        let networks = split(Ipv4Addr::new(10, 0, 0, 200), Ipv4Addr::new(10, 0, 0, 220));
        assert_eq!(networks, ["10.0.0.200/29", "10.0.0.208/29", "10.0.0.216/30", "10.0.0.220"]);
        assert_eq!(split(Ipv4Addr::UNSPECIFIED, Ipv4Addr::BROADCAST), ["0.0.0.0/0"]);
    }
}
