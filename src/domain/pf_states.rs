//! Connections that pf tracks now, when the settings ask for them.
use std::net::IpAddr;

use super::prelude::*;

/// A busy firewall has hundreds of thousands; ten thousand rows are 4 MB of JSON and a second of its time.
const MOST: u32 = 10_000;

#[derive(Debug)]
pub struct State {
    pub id: Box<str>,
    pub direction: Box<str>,
    pub duplicate: i64,
    pub device: Option<Box<str>>,
    pub interface_name: Option<Box<str>>,
    pub protocol: Option<Box<str>>,
    pub source: Option<IpAddr>,
    pub source_port: Option<i64>,
    pub destination: Option<IpAddr>,
    pub destination_port: Option<i64>,
    pub nat: Option<IpAddr>,
    pub nat_port: Option<i64>,
    pub gateway: Option<Box<str>>,
    pub state: Option<Box<str>>,
    pub rule: Option<Box<str>>,
    pub description: Option<Box<str>>,
    pub age: Option<i64>,
    pub expires_in: Option<i64>,
    pub packets: Option<i64>,
    pub bytes: Option<i64>,
}

pub static DOMAIN: Domain<State> = Domain {
    name: "pf_states",
    about: "State table of pf: the first 10,000 connections through the firewall now. Opt-in.",
    cadence: Cadence::OptIn,
    sources: &[Source::grid(
        "states",
        "diagnostics/firewall/query_states",
        "Diagnostics: Show States",
    )
    .snake_only()
    .backend()
    .at_most(MOST)],
    fields: &[
        field("id"),
        field("iface"),
        field("interface"),
        field("direction"),
        field("proto"),
        field("src_addr"),
        field("src_port"),
        field("dst_addr"),
        field("dst_port"),
        field("nat_addr"),
        field("nat_port"),
        field("gateway"),
        field("state"),
        field("label"),
        field("descr"),
        volatile("age"),
        volatile("expires"),
        volatile("pkts"),
        volatile("bytes"),
    ],
    identity: &["id", "iface", "direction", "src_addr", "src_port", "dst_addr", "dst_port"],
    columns: &[
        col(Role::Key, "id", Read::Text(|s| Some(&s.id)), "Identifier and creator of the state."),
        col(Role::Key, "direction", Read::Text(|s| Some(&s.direction)), "in or out."),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|s| Some(s.duplicate)),
            "0; higher when one identifier is listed several times.",
        ),
        col(
            Role::Indexed,
            "device",
            Read::Text(|s| s.device.as_deref()),
            "Device it is bound to; all for any.",
        ),
        col(
            Role::Plain,
            "interface_name",
            Read::Text(|s| s.interface_name.as_deref()),
            "Description of that interface.",
        ),
        col(
            Role::Plain,
            "protocol",
            Read::Text(|s| s.protocol.as_deref()),
            "Protocol, such as tcp.",
        ),
        col(Role::Indexed, "source", Read::Ip(|s| s.source), "Source address."),
        col(Role::Plain, "source_port", Read::Int(|s| s.source_port), "Source port."),
        col(Role::Indexed, "destination", Read::Ip(|s| s.destination), "Destination address."),
        col(
            Role::Plain,
            "destination_port",
            Read::Int(|s| s.destination_port),
            "Destination port.",
        ),
        col(Role::Indexed, "nat", Read::Ip(|s| s.nat), "Translated address."),
        col(Role::Plain, "nat_port", Read::Int(|s| s.nat_port), "Translated port."),
        col(
            Role::Plain,
            "gateway",
            Read::Text(|s| s.gateway.as_deref()),
            "Gateway it is sent to by policy.",
        ),
        col(Role::Plain, "state", Read::Text(|s| s.state.as_deref()), "State of both ends."),
        col(
            Role::Indexed,
            "rule",
            Read::Text(|s| s.rule.as_deref()),
            "Identifier of the rule that let it pass, as in firewall_rules.",
        ),
        col(
            Role::Plain,
            "description",
            Read::Text(|s| s.description.as_deref()),
            "Description of that rule.",
        ),
        col(Role::Plain, "age", Read::Int(|s| s.age), "Seconds since it began."),
        col(
            Role::Plain,
            "expires_in",
            Read::Int(|s| s.expires_in),
            "Seconds until it ends without traffic.",
        ),
        col(Role::Plain, "packets", Read::Int(|s| s.packets), "Packets both ways."),
        col(Role::Plain, "bytes", Read::Int(|s| s.bytes), "Bytes both ways."),
    ],
    parse,
    never_empty: false,
};

fn parse(raw: Raw<'_>, rows: &mut Vec<State>) -> Result<(), Reject> {
    rows.push(State {
        id: raw.text("id")?,
        direction: raw.text("direction")?,
        duplicate: raw.ordinal().into(),
        device: raw.string("iface"),
        interface_name: raw.string("interface"),
        protocol: raw.string("proto"),
        source: raw.maybe_read("src_addr")?,
        source_port: raw.maybe_read("src_port")?,
        destination: raw.maybe_read("dst_addr")?,
        destination_port: raw.maybe_read("dst_port")?,
        nat: raw.maybe_read("nat_addr")?,
        nat_port: raw.maybe_read("nat_port")?,
        gateway: raw.string("gateway"),
        state: raw.string("state"),
        rule: raw.string("label"),
        description: raw.string("descr"),
        age: raw.maybe("age").and_then(|text| seconds(&text)),
        expires_in: raw.maybe("expires").and_then(|text| seconds(&text)),
        packets: sum(raw, "pkts"),
        bytes: sum(raw, "bytes"),
    });
    Ok(())
}

/// `23:18:16`; hours may have more digits.
fn seconds(clock: &str) -> Option<i64> {
    clock
        .split(':')
        .try_fold(0_i64, |sum, part| sum.checked_mul(60)?.checked_add(part.parse().ok()?))
}

/// One number for each direction.
fn sum(raw: Raw<'_>, name: &'static str) -> Option<i64> {
    let counts: Vec<i64> = raw.list(name).iter().filter_map(|n| n.parse().ok()).collect();
    counts.iter().copied().reduce(i64::saturating_add)
}
