//! Hidden rules: no packet disproves a finding, and every witness holds.

use std::net::{IpAddr, Ipv4Addr};

use opndex::rules::{Direction, InterfaceRow, Packet, Rows, RuleRow, lower};
use proptest::prelude::*;

use super::support::effort::effort;

fn one_of(items: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(items).prop_map(str::to_owned)
}

const TERMS: &[&str] =
    &["any", "10.0.0.0/29", "10.0.0.4/30", "10.0.0.8/29", "10.0.0.5", "!10.0.0.0/30", "lan"];

fn rule() -> impl Strategy<Value = RuleRow> {
    let parts = (
        one_of(TERMS),
        one_of(TERMS),
        one_of(&["pass", "block"]),
        prop::bool::weighted(0.7),
        one_of(&["any", "tcp", "udp", "tcp/udp"]),
        prop::option::weighted(0.4, one_of(&["1", "2-4", "3-6"])),
        one_of(&["lan", "lan", "opt1", "lan,opt1", "!lan"]),
        one_of(&["in", "in", "in", "out", "any"]),
        (
            prop::option::weighted(0.1, one_of(&["a"])),
            prop::option::weighted(0.1, one_of(&["a"])),
            prop::option::weighted(0.05, one_of(&["unknown"])),
            prop::option::weighted(0.05, one_of(&["lowdelay"])),
        ),
    );
    parts.prop_map(|(from, to, action, quick, protocol, port, interface, direction, more)| {
        RuleRow {
            direction,
            tag: more.0,
            tagged: more.1,
            schedule: more.2,
            tos: more.3,
            source: vec![from],
            destination: vec![to],
            action,
            quick,
            destination_port: port.filter(|_| protocol != "any"),
            protocol,
            interface: Some(interface),
            ..RuleRow::default()
        }
    })
}

fn rows(rules: Vec<RuleRow>) -> Rows {
    let interface = |device: &str, key: &str, address: &str| InterfaceRow {
        device: device.to_owned(),
        key: Some(key.to_owned()),
        addresses: vec![address.to_owned()],
        ..InterfaceRow::default()
    };
    let rules = rules
        .into_iter()
        .enumerate()
        .map(|(i, rule)| RuleRow { uuid: format!("r{i}"), ..rule })
        .collect();
    Rows {
        rules,
        interfaces: vec![
            interface("em0", "lan", "10.0.0.1/28"),
            interface("em1", "opt1", "10.0.1.1/28"),
        ],
        ..Rows::default()
    }
}

/// Every packet of the small world: 16 x 16 addresses, three protocols, ports 0 to 7.
fn packets() -> impl Iterator<Item = Packet> {
    let address = |n: u8| IpAddr::V4(Ipv4Addr::new(10, 0, 0, n));
    (0..16).flat_map(move |from| (0..16).map(move |to| (address(from), address(to)))).flat_map(
        |(from, to)| {
            let ported = [6, 17].into_iter().flat_map(move |protocol| {
                (0..8).map(move |port| Packet::new(protocol, from, to).unwrap().with_ports(9, port))
            });
            ported.chain(Packet::new(50, from, to))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64 * effort(), ..ProptestConfig::default() })]

    #[test]
    fn a_hidden_rule_decides_no_packet_and_another_one_does(rules in prop::collection::vec(rule(), 2..10)) {
        let ruleset = lower(&rows(rules));
        let found = ruleset.shadows();
        let hidden: Vec<usize> = found.shadowed.iter().map(|s| s.rule).collect();
        prop_assert!(found.open.is_empty());
        let mut decided = vec![false; ruleset.rules.len()];
        for device in 0..2 {
            for (packet, direction) in packets().flat_map(|p| [(p, Direction::In), (p, Direction::Out)]) {
                // Whatever a rule that may match would decide, it is not a hidden one's to decide.
                for tag in [None, Some(0)] {
                    let pass = ruleset.walk(direction, device, &packet, tag);
                    for rule in pass.rule.into_iter().chain(pass.maybes) {
                        prop_assert!(!hidden.contains(&rule), "{packet} is decided by {rule}");
                        decided[rule] = true;
                    }
                }
            }
        }
        for shadow in &found.shadowed {
            prop_assert!(!shadow.by.is_empty(), "{shadow:?}");
            let same = |i: &usize| ruleset.rules[*i].action == ruleset.rules[shadow.rule].action;
            prop_assert_eq!(shadow.redundant, shadow.by.iter().all(same));
        }
        for overlap in &found.overlaps {
            let pass = ruleset.walk(overlap.direction, overlap.device, &overlap.witness, None);
            prop_assert_eq!(pass.rule, Some(overlap.winner), "{:?}", overlap);
        }
    }
}
