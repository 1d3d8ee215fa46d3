//! Sets against packets: on random rulesets, the part that holds a packet says what its walk says.

use std::net::{IpAddr, Ipv4Addr};

use opndex::rules::{
    Action, Cube, Decision, DeviceId, Egress, Family, ForwardRow, Inbound, InterfaceRow,
    OneToOneRow, OutboundRow, Packet, Part, RouteRow, Rows, RuleRow, Ruleset, Toward, lower,
};
use proptest::prelude::*;

/// Packets per ruleset; with the default number of cases half a million.
const PACKETS: usize = 2_000;

fn interface(device: &str, key: &str, address: &str, group: &str) -> InterfaceRow {
    InterfaceRow {
        device: device.to_owned(),
        key: Some(key.to_owned()),
        name: key.to_uppercase(),
        addresses: vec![address.to_owned()],
        groups: vec![group.to_owned()],
        ..InterfaceRow::default()
    }
}

/// A world of 64 addresses, so that random terms overlap.
fn world() -> Rows {
    let route = |destination: &str, device: &str| RouteRow {
        destination: destination.to_owned(),
        device: device.to_owned(),
        ..RouteRow::default()
    };
    Rows {
        interfaces: vec![
            interface("em0", "wan", "10.0.0.33/28", "outer"),
            interface("em1", "lan", "10.0.0.1/28", "inner"),
            interface("em2", "opt1", "10.0.0.17/28", "inner"),
        ],
        routes: vec![
            route("10.0.0.32/28", "em0"),
            route("10.0.0.0/28", "em1"),
            route("10.0.0.16/28", "em2"),
            route("default", "em0"),
        ],
        ..Rows::default()
    }
}

fn one_of(items: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(items).prop_map(str::to_owned)
}

fn maybe(items: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    prop::option::weighted(0.4, one_of(items))
}

const TERMS: &[&str] = &[
    "any",
    "any",
    "lan",
    "opt1",
    "wan",
    "!lan",
    "(self)",
    "!(self)",
    "lanip",
    "wanip",
    "inner",
    "10.0.0.5",
    "10.0.0.4/30",
    "10.0.0.8/29",
    "!10.0.0.16/29",
    "10.0.0.3-10.0.0.20",
    "10.0.0.40",
];
const PORTS: &[&str] = &["1", "2-4", "any-3", "5-any", "0", "3"];

fn rule() -> impl Strategy<Value = RuleRow> {
    let ends = (one_of(TERMS), one_of(TERMS), maybe(PORTS), maybe(PORTS));
    let what = (
        one_of(&["pass", "pass", "block", "reject"]),
        prop::bool::weighted(0.75),
        one_of(&["in", "in", "out", "any"]),
        maybe(&["wan", "lan", "opt1", "wan,lan", "!lan", "inner"]),
        one_of(&["any", "tcp", "udp", "tcp/udp", "icmp", "esp"]),
    );
    let more = (
        maybe(&["echoreq", "unreach,echorep"]),
        prop::option::weighted(0.15, one_of(&["a", "b"])),
        prop::option::weighted(0.15, one_of(&["a", "b"])),
        prop::bool::weighted(0.9),
        one_of(&["inet", "inet46"]),
    );
    (ends, what, more).prop_map(
        |(
            (from, to, sport, dport),
            (action, quick, direction, interface, protocol),
            (icmp, tag, tagged, enabled, family),
        )| RuleRow {
            action,
            quick,
            direction,
            interface,
            icmp_type: icmp.filter(|_| protocol == "icmp"),
            protocol,
            source: vec![from],
            source_port: sport,
            destination: vec![to],
            destination_port: dport,
            tag,
            tagged,
            enabled,
            family,
            ..RuleRow::default()
        },
    )
}

fn forward() -> impl Strategy<Value = ForwardRow> {
    let parts = (
        one_of(&["wan", "lan", "wan,opt1"]),
        one_of(&["tcp", "udp", "tcp/udp"]),
        one_of(&["any", "10.0.0.40", "lan"]),
        one_of(&["wanip", "10.0.0.36", "any"]),
        maybe(&["1", "2-4", "5-6"]),
        one_of(&["10.0.0.5", "10.0.0.20"]),
        maybe(&["2", "7"]),
        maybe(&["pass", "manual"]),
        prop::bool::weighted(0.15),
    );
    parts.prop_map(|(interface, protocol, source, destination, port, target, to, pass, no_rdr)| {
        ForwardRow {
            interface: Some(interface),
            protocol,
            source: vec![source],
            destination: vec![destination],
            destination_port: port,
            target,
            target_port: to,
            pass,
            no_rdr,
            ..ForwardRow::default()
        }
    })
}

fn outbound() -> impl Strategy<Value = OutboundRow> {
    let parts = (
        one_of(&["lan", "opt1", "10.0.0.5", "any"]),
        one_of(&["any", "10.0.0.40", "!lan"]),
        prop::bool::weighted(0.3),
        prop::bool::weighted(0.2),
    );
    parts.prop_map(|(source, destination, static_port, no_nat)| OutboundRow {
        interface: Some("wan".to_owned()),
        source: vec![source],
        destination: vec![destination],
        static_port,
        no_nat,
        ..OutboundRow::default()
    })
}

prop_compose! {
    fn rows()(
        rules in prop::collection::vec(rule(), 0..14),
        forwards in prop::collection::vec(forward(), 0..3),
        outbound in prop::collection::vec(outbound(), 0..3),
        mapped in prop::bool::weighted(0.3),
    ) -> Rows {
        let mapping = OneToOneRow {
            interface: Some("wan".to_owned()),
            source: vec!["10.0.0.8/30".to_owned()],
            external: "10.0.0.44".to_owned(),
            ..OneToOneRow::default()
        };
        Rows { rules, forwards, outbound, one_to_one: mapped.then_some(mapping).into_iter().collect(), ..world() }
    }
}

fn random_packet(seed: &mut u64) -> Packet {
    // SplitMix64: a packet is a function of the case, so that a failure can be repeated.
    let mut next = |below: u64| {
        *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = *seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    };
    let mut address = || {
        let last = u8::try_from(next(64)).unwrap();
        if next(12) == 0 {
            IpAddr::V4(Ipv4Addr::new(224, 0, 0, last))
        } else {
            IpAddr::V4(Ipv4Addr::new(10, 0, 0, last))
        }
    };
    let (from, to) = (address(), address());
    let protocol = [6, 6, 17, 17, 1, 50, 112][usize::try_from(next(7)).unwrap()];
    let packet = Packet::new(protocol, from, to).unwrap();
    let small = |n: u64| u16::try_from(n).unwrap();
    match protocol {
        6 | 17 => packet.with_ports(small(next(9)), small(next(9))),
        1 => packet.with_icmp_type(u8::try_from(next(10)).unwrap()),
        _ => packet,
    }
}

/// The same facts of a decision and of a part.
type Facts = (Action, Option<usize>, bool, Toward, Option<usize>);

fn facts(decision: &Decision) -> Facts {
    let (rule, redirect) = match &decision.inbound {
        Inbound::Redirect => (None, true),
        Inbound::Filter(pass) => (pass.rule, false),
        Inbound::Unfiltered | Inbound::Own => (None, false),
    };
    let toward = match &decision.egress {
        Egress::Stopped => Toward::Stopped,
        Egress::Local => Toward::Local,
        Egress::Group => Toward::Group,
        Egress::Device { device, .. } => Toward::Device(*device),
        Egress::Several(_) | Egress::NoRoute => Toward::Unknown,
    };
    let out = decision.outbound.as_ref().and_then(|pass| pass.rule);
    (decision.action(), rule, redirect, toward, out)
}

fn part_facts(part: &Part) -> Facts {
    let fate = &part.fate;
    (fate.action, fate.rule_in, fate.by_redirect, fate.egress, fate.rule_out)
}

fn check(
    ruleset: &Ruleset,
    device: DeviceId,
    parts: &[Part],
    packet: &Packet,
) -> Result<(), TestCaseError> {
    let mut holding = parts.iter().filter(|part| part.cube.contains(packet));
    let Some(part) = holding.next() else {
        return Err(TestCaseError::fail(format!("no part holds {packet}")));
    };
    prop_assert!(holding.next().is_none(), "two parts hold {packet}");
    let decision = ruleset.decide(Some(device), packet);
    if decision.depends_on_port {
        prop_assert!(!part.fate.maybes.is_empty(), "{packet} depends on a chosen port: {part:?}");
    }
    if part.fate.maybes.is_empty() {
        prop_assert_eq!(part_facts(part), facts(&decision), "{} on {}", packet, device);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn the_part_that_holds_a_packet_says_what_its_walk_says(rows in rows(), seed: u64) {
        let ruleset = lower(&rows);
        let mut seed = seed;
        for device in 0..3 {
            let parts = ruleset.reach(device, Family::V4, &Cube::all(Family::V4), None).unwrap();
            for _ in 0..PACKETS / 3 {
                check(&ruleset, device, &parts, &random_packet(&mut seed))?;
            }
            // Every part is real: a packet of it is decided as the part says.
            for part in &parts {
                let packet = part.cube.witness(Family::V4).unwrap();
                check(&ruleset, device, &parts, &packet)?;
            }
        }
    }
}
