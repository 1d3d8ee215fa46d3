//! What pf decides: lowering, packets, zones and lint of a large ruleset.
//!
//! `cargo bench --bench rules [-- RULES...]`; 2,000 aliases beside the rules, ten interfaces.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prints, stops at the first surprise, and shows rates as fractions"
)]

#[expect(dead_code, reason = "each bench uses its part")]
mod support;

use std::net::{IpAddr, Ipv4Addr};

use opndex::ask::{Freshness, Loaded, findings, zones};
use opndex::rules::{AliasRow, InterfaceRow, Packet, RouteRow, Rows, RuleRow, lower};
use opndex::types::FirewallId;

use support::{resident_mib, sizes, timed};

const ALIASES: u32 = 2_000;
const INTERFACES: u32 = 10;
const PACKETS: u32 = 100_000;

/// The same numbers on every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.0 >> 33) % u64::from(limit)).expect("below a u32")
    }
}

fn rows(rules: usize) -> Rows {
    let mut numbers = Numbers(1);
    let interfaces = (0..INTERFACES).map(|i| InterfaceRow {
        device: format!("igc{i}"),
        key: Some(if i == 0 { "wan".to_owned() } else { format!("opt{i}") }),
        addresses: vec![format!("10.{i}.0.1/16")],
        has_gateway: Some(i == 0),
        ..InterfaceRow::default()
    });
    let aliases = (0..ALIASES).map(|i| AliasRow {
        name: format!("a{i}"),
        content: (0..5)
            .map(|_| {
                format!("10.{}.{}.{}", numbers.below(10), numbers.below(256), numbers.below(256))
            })
            .collect(),
        ..AliasRow::default()
    });
    let aliases: Vec<AliasRow> = aliases.collect();
    let rules = (0..rules).map(|i| {
        let key = numbers.below(INTERFACES);
        RuleRow {
            uuid: format!("rule-{i}"),
            interface: Some(if key == 0 { "wan".to_owned() } else { format!("opt{key}") }),
            action: if numbers.below(4) == 0 { "block".to_owned() } else { "pass".to_owned() },
            protocol: "tcp".to_owned(),
            source: vec![format!("a{}", numbers.below(ALIASES))],
            destination: vec![format!("a{}", numbers.below(ALIASES))],
            destination_port: Some(numbers.below(10_000).to_string()),
            description: format!("rule {i}"),
            ..RuleRow::default()
        }
    });
    let rules = rules.collect();
    let mut routes: Vec<RouteRow> = (0..INTERFACES)
        .map(|i| RouteRow {
            destination: format!("10.{i}.0.0/16"),
            device: format!("igc{i}"),
            ..RouteRow::default()
        })
        .collect();
    routes.push(RouteRow {
        destination: "default".to_owned(),
        device: "igc0".to_owned(),
        gateway: Some("10.0.0.2".to_owned()),
        ..RouteRow::default()
    });
    Rows { interfaces: interfaces.collect(), aliases, rules, routes, ..Rows::default() }
}

/// Each from one interface's network to the next one's.
fn packets() -> Vec<(usize, Packet)> {
    let mut numbers = Numbers(7);
    (0..PACKETS)
        .map(|_| {
            let device = numbers.below(INTERFACES);
            let mut address = |net: u32| {
                let octet = |n: u32| u8::try_from(n).expect("below 256");
                IpAddr::V4(Ipv4Addr::new(
                    10,
                    octet(net),
                    octet(numbers.below(256)),
                    octet(numbers.below(256)),
                ))
            };
            let (from, to) = (address(device), address((device + 1) % INTERFACES));
            let packet = Packet::new(6, from, to).expect("one family").with_ports(50_000, 443);
            (usize::try_from(device).expect("small"), packet)
        })
        .collect()
}

fn main() {
    println!(
        "{:>7} {:>12} {:>14} {:>12} {:>10} {:>10} {:>12} {:>10}",
        "rules",
        "lower ms",
        "packet us",
        "zones ms",
        "lint ms",
        "rows MiB",
        "ruleset MiB",
        "peak MiB"
    );
    for size in sizes(&[500, 5_000]) {
        let empty = resident_mib("VmRSS:");
        let rows = rows(size);
        let filled = resident_mib("VmRSS:");
        let (lowering, ruleset) = timed(|| lower(&rows));
        let lowered = resident_mib("VmRSS:");
        let packets = packets();
        let (walking, passed) = timed(|| {
            packets
                .iter()
                .filter(|(device, packet)| {
                    ruleset.decide(Some(*device), packet).action() == opndex::rules::Action::Pass
                })
                .count()
        });
        assert!(passed < packets.len());
        let (matrix, found) = timed(|| zones(&ruleset).expect("few parts"));
        assert_eq!(found.len(), usize::try_from(INTERFACES).expect("small") + 2);
        let freshness =
            Freshness { as_of: None, age_s: None, stale: false, complete: true, notes: Vec::new() };
        let loaded = Loaded {
            firewall: FirewallId::new(1),
            name: "fw".to_owned(),
            rows,
            ruleset,
            freshness,
        };
        let (linting, all) = timed(|| findings(&loaded).expect("few parts"));
        assert!(!all.is_empty());
        let ms = |took: std::time::Duration| took.as_secs_f64() * 1e3;
        println!(
            "{size:>7} {:>12.1} {:>14.2} {:>12.1} {:>10.1} {:>10.1} {:>12.1} {:>10.1}",
            ms(lowering),
            walking.as_secs_f64() * 1e6 / f64::from(PACKETS),
            ms(matrix),
            ms(linting),
            filled - empty,
            lowered - filled,
            resident_mib("VmHWM:")
        );
    }
}
