//! The end of the firewall log, when the settings ask for it.
use std::net::IpAddr;

use super::prelude::*;

#[derive(Debug)]
pub struct Entry {
    pub id: Box<str>,
    pub duplicate: i64,
    pub logged: Option<Box<str>>,
    pub device: Option<Box<str>>,
    pub action: Option<Box<str>>,
    pub direction: Option<Box<str>>,
    pub protocol: Option<Box<str>>,
    pub source: Option<IpAddr>,
    pub source_port: Option<i64>,
    pub destination: Option<IpAddr>,
    pub destination_port: Option<i64>,
    pub length: Option<i64>,
    pub tcp_flags: Option<Box<str>>,
    pub reason: Option<Box<str>>,
    pub rule: Option<Box<str>>,
    pub description: Option<Box<str>>,
}

pub static DOMAIN: Domain<Entry> = Domain {
    name: "firewall_log",
    about: "The last 1,000 entries of the firewall log. Opt-in.",
    cadence: Cadence::OptIn,
    sources: &[Source::list(
        "log",
        "diagnostics/firewall/log",
        "",
        "Diagnostics: Logs: Firewall: Live View",
    )
    .with(&[("limit", "1000")])
    .gap("only the last 1,000 entries are read each time")],
    fields: &[
        field("__digest__"),
        field("__timestamp__"),
        field("interface"),
        field("action"),
        field("dir"),
        field("protoname"),
        field("src"),
        field("dst"),
        field("srcport"),
        field("dstport"),
        field("length"),
        field("reason"),
        field("rid"),
        field("label"),
        field("tcpflags"),
    ],
    identity: &["__digest__"],
    columns: &[
        col(Role::Key, "id", Read::Text(|e| Some(&e.id)), "Hash of the entry."),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|e| Some(e.duplicate)),
            "0; higher when two entries are the same.",
        ),
        col(
            Role::Indexed,
            "logged",
            Read::Text(|e| e.logged.as_deref()),
            "When, in the firewall's own time.",
        ),
        col(
            Role::Indexed,
            "device",
            Read::Text(|e| e.device.as_deref()),
            "Device it passed, such as vlan03.",
        ),
        col(
            Role::Indexed,
            "action",
            Read::Text(|e| e.action.as_deref()),
            "pass, block, rdr, nat or binat.",
        ),
        col(Role::Plain, "direction", Read::Text(|e| e.direction.as_deref()), "in or out."),
        col(
            Role::Plain,
            "protocol",
            Read::Text(|e| e.protocol.as_deref()),
            "Protocol, such as tcp.",
        ),
        col(Role::Indexed, "source", Read::Ip(|e| e.source), "Source address."),
        col(Role::Plain, "source_port", Read::Int(|e| e.source_port), "Source port."),
        col(Role::Indexed, "destination", Read::Ip(|e| e.destination), "Destination address."),
        col(
            Role::Plain,
            "destination_port",
            Read::Int(|e| e.destination_port),
            "Destination port.",
        ),
        col(Role::Plain, "length", Read::Int(|e| e.length), "Bytes of the packet."),
        col(Role::Plain, "tcp_flags", Read::Text(|e| e.tcp_flags.as_deref()), "TCP flags."),
        col(
            Role::Plain,
            "reason",
            Read::Text(|e| e.reason.as_deref()),
            "match, or why it was dropped.",
        ),
        col(
            Role::Indexed,
            "rule",
            Read::Text(|e| e.rule.as_deref()),
            "Identifier of the rule, as in firewall_rules.",
        ),
        col(
            Role::Plain,
            "description",
            Read::Text(|e| e.description.as_deref()),
            "Description of the rule.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Entry {
            id: raw.text("__digest__")?,
            duplicate: raw.ordinal().into(),
            logged: raw.string("__timestamp__"),
            device: raw.string("interface"),
            action: raw.string("action"),
            direction: raw.string("dir"),
            protocol: raw.string("protoname"),
            source: raw.maybe_read("src")?,
            source_port: raw.maybe_read("srcport")?,
            destination: raw.maybe_read("dst")?,
            destination_port: raw.maybe_read("dstport")?,
            length: raw.maybe_read("length")?,
            tcp_flags: raw.string("tcpflags"),
            reason: raw.string("reason"),
            rule: raw.string("rid"),
            description: raw.string("label"),
        });
        Ok(())
    },
    never_empty: false,
};
