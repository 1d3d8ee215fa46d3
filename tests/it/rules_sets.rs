//! Sets against packets: on random rulesets, the part that holds a packet says what its walk says.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use opndex::rules::{
    Action, AliasRow, Cube, DESTINATION, DESTINATION_PORT, Decision, DeviceId, Egress, Family,
    ForwardRow, GatewayRow, ICMP_TYPE, Inbound, InterfaceRow, OneToOneRow, OutboundRow, PROTOCOL,
    Packet, Part, RouteRow, Rows, RuleRow, Ruleset, SOURCE, SOURCE_PORT, ScheduleRange,
    ScheduleRow, Switches, Toward, lower,
};
use proptest::prelude::*;

use super::support::effort::effort;

/// Packets per sender and ruleset; with 128 rulesets of three devices and the firewall, more than a million.
const PACKETS: usize = 2_100;

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
        aliases: vec![AliasRow {
            name: "names".to_owned(),
            content: vec!["10.0.0.6".to_owned(), "nas.example.org".to_owned()],
            ..AliasRow::default()
        }],
        gateways: vec![
            GatewayRow {
                name: "GW".to_owned(),
                interface: Some("opt1".to_owned()),
                address: Some("10.0.0.30".to_owned()),
                ..GatewayRow::default()
            },
            GatewayRow {
                name: "OFF".to_owned(),
                interface: Some("opt1".to_owned()),
                enabled: false,
                ..GatewayRow::default()
            },
        ],
        schedules: vec![ScheduleRow {
            name: "sleeps".to_owned(),
            ranges: vec![ScheduleRange::default()],
        }],
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
    "names",
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
        (
            prop::option::weighted(0.1, one_of(&["GW", "OFF", "GONE"])),
            prop::option::weighted(0.08, one_of(&["sleeps", "unknown"])),
            prop::option::weighted(0.05, one_of(&["lowdelay"])),
        ),
    );
    (ends, what, more).prop_map(
        |(
            (from, to, sport, dport),
            (action, quick, direction, interface, protocol),
            (icmp, tag, tagged, enabled, family, (gateway, schedule, tos)),
        )| RuleRow {
            gateway,
            schedule,
            tos,
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
        maybe(&["purenat"]),
    );
    parts.prop_map(
        |(interface, protocol, source, destination, port, target, to, pass, no_rdr, reflection)| {
            ForwardRow {
                reflection,
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
        },
    )
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
        kind in one_of(&["binat", "binat", "nat"]),
        (reflected, helped, automatic) in any::<(bool, bool, bool)>(),
    ) -> Rows {
        let mapping = OneToOneRow {
            interface: Some("wan".to_owned()),
            kind,
            source: vec!["10.0.0.8/30".to_owned()],
            external: "10.0.0.44".to_owned(),
            reflection: reflected.then(|| "enable".to_owned()),
            ..OneToOneRow::default()
        };
        let switches = Switches {
            reflection_helper: helped,
            outbound_mode: Some(if automatic { "hybrid" } else { "advanced" }.to_owned()),
            ..Switches::default()
        };
        Rows { switches, rules, forwards, outbound, one_to_one: mapped.then_some(mapping).into_iter().collect(), ..world() }
    }
}

const PROTOCOLS: [u8; 7] = [6, 6, 17, 17, 1, 50, 112];

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
    let protocol = PROTOCOLS[usize::try_from(next(7)).unwrap()];
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
        Egress::Several(..) | Egress::NoRoute => Toward::Unknown,
    };
    let out = decision.outbound.as_ref().and_then(|pass| pass.rule);
    (decision.action(), rule, redirect, toward, out)
}

fn part_facts(part: &Part) -> Facts {
    let fate = &part.fate;
    (fate.action, fate.rule_in, fate.by_redirect, fate.egress, fate.rule_out)
}

/// What some part of the way leaves open.
fn is_open(ruleset: &Ruleset, decision: &Decision) -> bool {
    let inbound = match &decision.inbound {
        Inbound::Filter(pass) => Some(pass),
        _ => None,
    };
    let passes = inbound.into_iter().chain(&decision.outbound);
    decision.depends_on_port || passes.into_iter().any(|pass| ruleset.could_be(pass).is_some())
}

/// Parts by the numbers on their sides, as bits: a million packets are looked up in a moment.
struct Finder<'p> {
    parts: &'p [Part],
    sides: [BTreeMap<u128, Vec<u64>>; 6],
}

impl<'p> Finder<'p> {
    fn new(parts: &'p [Part]) -> Self {
        let side = |side: usize, numbers: &mut dyn Iterator<Item = u128>| {
            let bits = |number: u128| {
                let mut words = vec![0_u64; parts.len().div_ceil(64)];
                for (i, part) in parts.iter().enumerate() {
                    if part.cube.side(side).contains(number) {
                        words[i / 64] |= 1 << (i % 64);
                    }
                }
                (number, words)
            };
            numbers.map(bits).collect::<BTreeMap<_, _>>()
        };
        let addresses = || (0x0a00_0000..0x0a00_0040).chain(0xe000_0000..0xe000_0040);
        Self {
            parts,
            sides: [
                side(SOURCE, &mut addresses()),
                side(DESTINATION, &mut addresses()),
                side(PROTOCOL, &mut PROTOCOLS.into_iter().map(u128::from)),
                side(SOURCE_PORT, &mut (0..9)),
                side(DESTINATION_PORT, &mut (0..9)),
                side(ICMP_TYPE, &mut (0..10)),
            ],
        }
    }

    fn holding(&self, packet: &Packet) -> Vec<&'p Part> {
        let numbers: [u128; 6] = [
            packet.source,
            packet.destination,
            packet.protocol.into(),
            packet.source_port.into(),
            packet.destination_port.into(),
            packet.icmp_type.into(),
        ];
        let words = self.parts.len().div_ceil(64);
        let mut found = Vec::new();
        for word in 0..words {
            let both = |all: u64, (side, number): (&BTreeMap<u128, Vec<u64>>, u128)| {
                all & side[&number][word]
            };
            let mut bits = self.sides.iter().zip(numbers).fold(u64::MAX, both);
            while bits != 0 {
                let bit = usize::try_from(bits.trailing_zeros()).unwrap();
                found.push(&self.parts[word * 64 + bit]);
                bits &= bits - 1;
            }
        }
        found
    }
}

fn check(
    ruleset: &Ruleset,
    device: Option<DeviceId>,
    holding: &[&Part],
    packet: &Packet,
) -> Result<(), TestCaseError> {
    let [part] = holding else {
        return Err(TestCaseError::fail(format!("{} parts hold {packet}", holding.len())));
    };
    let decision = ruleset.decide(device, packet);
    if part.fate.maybes.is_empty() {
        prop_assert!(!is_open(ruleset, &decision), "{packet} is open: {part:?}");
    }
    // Where NAT chose the source port, what tests it is open to the sets and the packet has one port.
    let chosen = decision.translated_out.as_ref().is_some_and(|applied| applied.port_chosen);
    if part.fate.maybes.is_empty() || !chosen {
        prop_assert_eq!(part_facts(part), facts(&decision), "{} on {:?}", packet, device);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128 * effort(), ..ProptestConfig::default() })]

    #[test]
    fn the_part_that_holds_a_packet_says_what_its_walk_says(rows in rows(), seed: u64) {
        let ruleset = lower(&rows);
        let mut seed = seed;
        for device in [Some(0), Some(1), Some(2), None] {
            let all = Cube::all(Family::V4);
            let parts = match device {
                Some(device) => ruleset.reach(device, Family::V4, &all, None).unwrap(),
                None => ruleset.send(Family::V4, &all, None).unwrap(),
            };
            let finder = Finder::new(&parts);
            for _ in 0..PACKETS {
                let packet = random_packet(&mut seed);
                check(&ruleset, device, &finder.holding(&packet), &packet)?;
            }
            // Every part is real: a packet of it is decided as the part says.
            for part in &parts {
                let packet = part.cube.witness(Family::V4).unwrap();
                let holding: Vec<&Part> =
                    parts.iter().filter(|part| part.cube.contains(&packet)).collect();
                check(&ruleset, device, &holding, &packet)?;
            }
        }
    }
}

/// Source NAT chooses the port that an outbound rule of an unresolved alias tests: two parts held one packet.
#[test]
fn a_chosen_port_tells_no_parts_apart() {
    let rows = Rows {
        rules: vec![
            RuleRow { destination: vec!["wan".to_owned()], ..RuleRow::default() },
            RuleRow {
                direction: "out".to_owned(),
                protocol: "tcp".to_owned(),
                source: vec!["names".to_owned()],
                source_port: Some("1".to_owned()),
                action: "block".to_owned(),
                ..RuleRow::default()
            },
        ],
        outbound: vec![OutboundRow { interface: Some("wan".to_owned()), ..OutboundRow::default() }],
        ..world()
    };
    let ruleset = lower(&rows);
    let parts = ruleset.reach(1, Family::V4, &Cube::all(Family::V4), None).unwrap();
    let ends = ["10.0.0.5", "10.0.0.37"].map(|a| a.parse::<IpAddr>().unwrap());
    let packet = Packet::new(6, ends[0], ends[1]).unwrap().with_ports(8, 3);
    let holding: Vec<&Part> = parts.iter().filter(|part| part.cube.contains(&packet)).collect();
    assert_eq!(holding.len(), 1, "{holding:?}");
    assert!(!holding[0].fate.maybes.is_empty(), "{holding:?}");
}
