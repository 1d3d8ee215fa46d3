//! Traffic counters of interfaces.
use super::prelude::*;

#[derive(Debug)]
pub struct Counter {
    pub key: Box<str>,
    pub device: Option<Box<str>>,
    pub name: Option<Box<str>>,
    pub line_rate: Option<i64>,
    pub bytes_in: Option<i64>,
    pub bytes_out: Option<i64>,
    pub packets_in: Option<i64>,
    pub packets_out: Option<i64>,
    pub multicasts_in: Option<i64>,
    pub errors_in: Option<i64>,
    pub errors_out: Option<i64>,
    pub drops_in: Option<i64>,
    pub drops_out: Option<i64>,
    pub collisions: Option<i64>,
}

pub static DOMAIN: Domain<Counter> = Domain {
    name: "interface_counters",
    about: "Bytes, packets, errors and drops of each assigned interface since boot or its creation.",
    cadence: Cadence::Runtime,
    sources: &[Source::map(
        "traffic",
        "diagnostics/traffic/interface",
        "interfaces",
        "Reporting: Traffic",
    )
    .keyed("identifier")
    .backend()],
    fields: &[
        field("identifier"),
        field("device"),
        field("name"),
        field("line rate"),
        volatile("bytes received"),
        volatile("bytes transmitted"),
        volatile("packets received"),
        volatile("packets transmitted"),
        volatile("multicasts received"),
        volatile("input errors"),
        volatile("output errors"),
        volatile("input queue drops"),
        volatile("send queue drops"),
        volatile("collisions"),
    ],
    identity: &["identifier"],
    columns: &[
        col(Role::Key, "key", Read::Name(|c| Some(&c.key)), "Key of the interface (lan, opt3)."),
        col(Role::Indexed, "device", Read::Text(|c| c.device.as_deref()), "Device name."),
        col(
            Role::Plain,
            "name",
            Read::Text(|c| c.name.as_deref()),
            "Description of the interface.",
        ),
        col(Role::Plain, "line_rate", Read::Int(|c| c.line_rate), "Bits per second of the link."),
        col(Role::Plain, "bytes_in", Read::Int(|c| c.bytes_in), "Bytes received."),
        col(Role::Plain, "bytes_out", Read::Int(|c| c.bytes_out), "Bytes sent."),
        col(Role::Plain, "packets_in", Read::Int(|c| c.packets_in), "Packets received."),
        col(Role::Plain, "packets_out", Read::Int(|c| c.packets_out), "Packets sent."),
        col(
            Role::Plain,
            "multicasts_in",
            Read::Int(|c| c.multicasts_in),
            "Multicast packets received.",
        ),
        col(Role::Plain, "errors_in", Read::Int(|c| c.errors_in), "Receive errors."),
        col(Role::Plain, "errors_out", Read::Int(|c| c.errors_out), "Transmit errors."),
        col(Role::Plain, "drops_in", Read::Int(|c| c.drops_in), "Packets dropped on receipt."),
        col(
            Role::Plain,
            "drops_out",
            Read::Int(|c| c.drops_out),
            "Packets dropped before sending.",
        ),
        col(Role::Plain, "collisions", Read::Int(|c| c.collisions), "Collisions."),
    ],
    parse: |raw, rows| {
        rows.push(Counter {
            key: raw.text("identifier")?,
            device: raw.string("device"),
            name: raw.string("name"),
            line_rate: raw.maybe("line rate").and_then(|text| text.split(' ').next()?.parse().ok()),
            bytes_in: raw.maybe_read("bytes received")?,
            bytes_out: raw.maybe_read("bytes transmitted")?,
            packets_in: raw.maybe_read("packets received")?,
            packets_out: raw.maybe_read("packets transmitted")?,
            multicasts_in: raw.maybe_read("multicasts received")?,
            errors_in: raw.maybe_read("input errors")?,
            errors_out: raw.maybe_read("output errors")?,
            drops_in: raw.maybe_read("input queue drops")?,
            drops_out: raw.maybe_read("send queue drops")?,
            collisions: raw.maybe_read("collisions")?,
        });
        Ok(())
    },
    never_empty: true,
};
