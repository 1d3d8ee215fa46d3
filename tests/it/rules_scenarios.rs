//! Scenarios: small rulesets with packets, what must become of each, and by which rule.
//!
//! `tests/fixtures/rules/*.toml`, each a line of what OPNsense and pf do. A file that names no interfaces
//! has the [`laboratory`]: wan, lan, guest (opt1) and dmz (opt2).

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;

use opndex::rules::{
    Egress, Inbound, InterfaceRow, Packet, RouteRow, Rows, Ruleset, TableRow, icmp_type, lower,
    port, protocol,
};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    /// The claim.
    about: String,
    #[serde(default)]
    rows: Rows,
    packets: Vec<Expected>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// Interface it arrives on; absent for the firewall's own.
    #[serde(rename = "in")]
    arrives: Option<String>,
    /// `tcp 192.168.1.10:50000 > 9.9.9.9:443`, `icmp 192.168.1.10 > 9.9.9.9 type echoreq`.
    packet: String,
    /// Local time of the firewall.
    at: Option<String>,
    flags: Option<String>,
    verdict: String,
    /// The uuid of the rule that decides, `none`, or `redirect`.
    rule: Option<String>,
    /// The uuid that decides on the way out.
    rule_out: Option<String>,
    /// Destination that the filter sees.
    translated: Option<String>,
    /// Source under which it leaves.
    leaves_as: Option<String>,
    /// Device it leaves by; `local`, `nowhere`, `several`.
    egress: Option<String>,
    /// Words of what makes it undecidable.
    doubt: Option<String>,
    /// Verdict and deciding rules where a bridge makes something else of it.
    bridged: Option<String>,
    bridged_rule: Option<String>,
    bridged_out: Option<String>,
}

fn laboratory(rows: &mut Rows) {
    if rows.interfaces.is_empty() {
        let interface =
            |device: &str, key: &str, name: &str, addresses: &[&str], groups: &[&str]| {
                InterfaceRow {
                    device: device.to_owned(),
                    key: Some(key.to_owned()),
                    name: name.to_owned(),
                    addresses: addresses.iter().map(|a| (*a).to_owned()).collect(),
                    groups: groups.iter().map(|a| (*a).to_owned()).collect(),
                    has_gateway: Some(key == "wan"),
                    ..InterfaceRow::default()
                }
            };
        rows.interfaces = vec![
            interface("igc0", "wan", "WAN", &["203.0.113.2/24", "2001:db8:0:1::2/64"], &[]),
            interface(
                "igc1",
                "lan",
                "LAN",
                &["192.168.1.1/24", "2001:db8:0:2::1/64", "fe80::1/64"],
                &["trusted"],
            ),
            interface(
                "vlan20",
                "opt1",
                "GUEST",
                &["192.168.20.1/24", "2001:db8:0:3::1/64"],
                &["untrusted"],
            ),
            interface("vlan30", "opt2", "DMZ", &["172.16.50.1/24"], &["untrusted"]),
            interface("lo0", "lo0", "Loopback", &["127.0.0.1/8", "::1/128"], &[]),
        ];
    }
    if rows.routes.is_empty() {
        let route = |destination: &str, device: &str, gateway: Option<&str>| RouteRow {
            destination: destination.to_owned(),
            device: device.to_owned(),
            gateway: gateway.map(str::to_owned),
            family: None,
        };
        rows.routes = vec![
            route("default", "igc0", Some("203.0.113.1")),
            route("::/0", "igc0", Some("fe80::1")),
            route("203.0.113.0/24", "igc0", None),
            route("192.168.1.0/24", "igc1", None),
            route("192.168.20.0/24", "vlan20", None),
            route("172.16.50.0/24", "vlan30", None),
            route("2001:db8:0:2::/64", "igc1", None),
            route("2001:db8:0:3::/64", "vlan20", None),
        ];
    }
    for name in ["bogons", "bogonsv6", "sshlockout", "virusprot"] {
        if !rows.tables.iter().any(|t| t.name == name) {
            rows.tables.push(TableRow { name: name.to_owned(), entries: Vec::new() });
        }
    }
}

fn end(text: &str) -> (IpAddr, u16) {
    let text = text.trim();
    if let Ok(address) = text.parse() {
        return (address, 0);
    }
    let (address, number) = text.rsplit_once(':').unwrap_or_else(|| panic!("no address: {text}"));
    let address = address.trim_matches(['[', ']']);
    (address.parse().unwrap(), port(number).unwrap())
}

fn packet(expected: &Expected) -> Packet {
    let text = expected.packet.as_str();
    let (name, rest) = text.split_once(' ').unwrap();
    let (rest, kind) = rest.split_once(" type ").unwrap_or((rest, ""));
    let (from, to) = rest.split_once('>').unwrap_or_else(|| panic!("no `>` in {text}"));
    let ((source, sport), (destination, dport)) = (end(from), end(to));
    let number = protocol(name).unwrap_or_else(|| panic!("no protocol {name}"));
    let mut packet = Packet::new(number, source, destination).unwrap().with_ports(sport, dport);
    if !kind.is_empty() {
        packet = packet.with_icmp_type(icmp_type(kind, packet.family).unwrap());
    }
    packet.moment = expected.at.as_deref().map(|at| at.parse().unwrap());
    match expected.flags.as_deref() {
        None => {}
        Some("ack") => packet.flags = 0x10,
        Some("syn,ack") => packet.flags = 0x12,
        Some(other) => panic!("{other}"),
    }
    packet
}

/// What a bridge makes of the packet, beside what must be.
fn at_bridge<'e>(
    ruleset: &Ruleset,
    expected: &'e Expected,
    device: Option<usize>,
    packet: &Packet,
) -> [(&'static str, Option<&'e String>, String); 3] {
    let id =
        |index: Option<usize>| index.map_or_else(|| "none".to_owned(), |i| ruleset.rules[i].id());
    let there = device.and_then(|id| ruleset.decide_at_bridge(id, packet));
    let verdict = there
        .as_ref()
        .map_or("none", |d| if d.doubts.is_empty() { d.action().as_str() } else { "undecidable" });
    let inbound = there.as_ref().map(|d| match &d.inbound {
        Inbound::Filter(pass) => id(pass.rule),
        _ => "none".to_owned(),
    });
    let outbound = there.as_ref().map(|d| id(d.outbound.as_ref().and_then(|p| p.rule)));
    [
        ("bridged", expected.bridged.as_ref(), verdict.to_owned()),
        ("bridged_rule", expected.bridged_rule.as_ref(), inbound.unwrap_or_default()),
        ("bridged_out", expected.bridged_out.as_ref(), outbound.unwrap_or_default()),
    ]
}

/// What differs from what must be.
fn differences(ruleset: &Ruleset, expected: &Expected) -> Vec<String> {
    let packet = packet(expected);
    let device = expected
        .arrives
        .as_deref()
        .map(|name| ruleset.device_named(name).unwrap_or_else(|| panic!("no interface {name}")));
    let decision = ruleset.decide(device, &packet);
    let id =
        |index: Option<usize>| index.map_or_else(|| "none".to_owned(), |i| ruleset.rules[i].id());
    let inbound = match &decision.inbound {
        Inbound::Redirect => "redirect".to_owned(),
        Inbound::Filter(pass) => id(pass.rule),
        Inbound::Unfiltered | Inbound::Own => "none".to_owned(),
    };
    let passes = [
        match &decision.inbound {
            Inbound::Filter(pass) => Some(pass),
            _ => None,
        },
        decision.outbound.as_ref(),
    ];
    let open = decision.depends_on_port
        || !decision.doubts.is_empty()
        || passes.into_iter().flatten().any(|pass| ruleset.could_be(pass).is_some());
    let verdict = if open { "undecidable" } else { decision.action().as_str() };
    let out = id(decision.outbound.as_ref().and_then(|pass| pass.rule));
    let egress = match &decision.egress {
        Egress::Device { device, .. } => ruleset.devices[*device].name.clone(),
        Egress::Local => "local".to_owned(),
        Egress::Several(..) => "several".to_owned(),
        Egress::Stopped | Egress::Group | Egress::NoRoute => "nowhere".to_owned(),
    };
    let inside = &decision.inside;
    let translated = if inside.has_ports() {
        format!("{}:{}", inside.destination_address(), inside.destination_port)
    } else {
        inside.destination_address().to_string()
    };
    let leaves = decision.outside.source_address().to_string();
    let found = [
        ("verdict", Some(&expected.verdict), verdict.to_owned()),
        ("rule", expected.rule.as_ref(), inbound),
        ("rule_out", expected.rule_out.as_ref(), out),
        ("translated", expected.translated.as_ref(), translated),
        ("leaves_as", expected.leaves_as.as_ref(), leaves),
        ("egress", expected.egress.as_ref(), egress),
    ];
    let doubts = decision.doubts.join("; ");
    let doubt = expected.doubt.iter().filter(|words| !doubts.contains(words.as_str()));
    let doubt = doubt.map(|words| format!("`{doubts}` does not say `{words}`")).collect::<Vec<_>>();
    let found = found.into_iter().chain(at_bridge(ruleset, expected, device, &packet));
    found
        .filter_map(|(what, wanted, found)| {
            let wanted = wanted?;
            (*wanted != found).then(|| format!("{what} is {found} and not {wanted}"))
        })
        .chain(doubt)
        .collect()
}

#[test]
fn every_scenario_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rules");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    assert!(files.len() >= 120, "{} scenarios", files.len());
    let mut wrong = Vec::new();
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file).unwrap();
        let mut scenario: Scenario =
            toml::from_str(&text).unwrap_or_else(|cause| panic!("{name}: {cause}"));
        assert!(scenario.about.ends_with('.'), "{name}: `about` is a sentence");
        laboratory(&mut scenario.rows);
        let ruleset = lower(&scenario.rows);
        for expected in &scenario.packets {
            for difference in differences(&ruleset, expected) {
                wrong.push(format!("{name}: {}: {difference}", expected.packet));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What holds a sentence.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Held {
    scenarios: Vec<String>,
    /// Words of an answer, as the code writes them.
    stated: Vec<String>,
}

/// Every sentence about rules is evaluated by scenarios or said to be unknown.
#[test]
fn every_sentence_is_held_by_a_scenario_or_said() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sentences: BTreeMap<String, BTreeMap<String, Held>> =
        toml::from_str(include_str!("../fixtures/rules.toml")).unwrap();
    let code: String = ["src/ask/trace_unknown.rs", "src/ask/trace_words.rs"]
        .into_iter()
        .chain(["src/rules/doubts.rs", "src/rules/terms.rs"])
        .map(|file| std::fs::read_to_string(root.join(file)).unwrap())
        .collect();
    let mut wrong = Vec::new();
    for (section, held) in &sentences {
        for (sentence, by) in held {
            if by.scenarios.is_empty() && by.stated.is_empty() {
                wrong.push(format!("{section}: {sentence}: held by nothing"));
            }
            let file = |name: &String| root.join(format!("tests/fixtures/rules/{name}.toml"));
            let gone = by.scenarios.iter().filter(|name| !file(name).is_file());
            wrong.extend(gone.map(|name| format!("{section}: {sentence}: no scenario {name}")));
            let unsaid = by.stated.iter().filter(|words| !code.contains(words.as_str()));
            wrong.extend(unsaid.map(|words| format!("{section}: {sentence}: unsaid: {words}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
