//! Who uses the most bandwidth now, when the settings ask for it.
use std::net::IpAddr;

use super::prelude::*;
use super::source::{Items, Place};

/// The firewall measures one interface after the other, two seconds each.
static INTERFACES: Items = Items {
    list: Source::grid("overview", "interfaces/overview/interfaces_info", "Status: Interfaces")
        .backend(),
    fields: &[field("identifier")],
    place: Place::Segment,
    into: "interface",
    most_rows: i64::MAX,
    most: 16,
};

#[derive(Debug)]
pub struct Talker {
    pub interface: Box<str>,
    pub ip: IpAddr,
    pub duplicate: i64,
    pub name: Option<Box<str>>,
    pub peers: Vec<Box<str>>,
    pub bits_in: Option<i64>,
    pub bits_out: Option<i64>,
    pub bits: Option<i64>,
    pub bytes_in: Option<i64>,
    pub bytes_out: Option<i64>,
}

pub static DOMAIN: Domain<Talker> = Domain {
    name: "top_talkers",
    about: "Hosts with the most traffic now, per interface, measured for two seconds. Opt-in.",
    cadence: Cadence::OptIn,
    sources: &[Source::groups(
        "iftop",
        "diagnostics/traffic/top",
        ("", "interface", "records"),
        "Reporting: Traffic",
    )
    .backend()
    .each_item(&INTERFACES)],
    fields: &[
        field("interface"),
        field("address"),
        field("rname"),
        field("details.address"),
        volatile("rate_bits_in"),
        volatile("rate_bits_out"),
        volatile("rate_bits"),
        volatile("cumulative_bytes_in"),
        volatile("cumulative_bytes_out"),
    ],
    identity: &["interface", "address"],
    columns: &[
        col(Role::Key, "interface", Read::Text(|t| Some(&t.interface)), "Interface key."),
        col(Role::Key, "ip", Read::Ip(|t| Some(t.ip)), "Address of the host."),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|t| Some(t.duplicate)),
            "0; higher when a host is listed twice.",
        ),
        col(Role::Indexed, "name", Read::Name(|t| t.name.as_deref()), "Name by reverse DNS."),
        col(Role::Plain, "peers", Read::Nets(|t| &t.peers), "Hosts it talked with."),
        col(Role::Plain, "bits_in", Read::Int(|t| t.bits_in), "Bits per second from it."),
        col(Role::Plain, "bits_out", Read::Int(|t| t.bits_out), "Bits per second to it."),
        col(Role::Plain, "bits", Read::Int(|t| t.bits), "Both together."),
        col(Role::Plain, "bytes_in", Read::Int(|t| t.bytes_in), "Bytes from it while measured."),
        col(Role::Plain, "bytes_out", Read::Int(|t| t.bytes_out), "Bytes to it while measured."),
    ],
    parse: |raw, rows| {
        rows.push(Talker {
            interface: raw.text("interface")?,
            ip: raw.read("address")?,
            duplicate: raw.ordinal().into(),
            name: raw.string("rname"),
            peers: raw.list("details.address"),
            bits_in: raw.maybe_read("rate_bits_in")?,
            bits_out: raw.maybe_read("rate_bits_out")?,
            bits: raw.maybe_read("rate_bits")?,
            bytes_in: raw.maybe_read("cumulative_bytes_in")?,
            bytes_out: raw.maybe_read("cumulative_bytes_out")?,
        });
        Ok(())
    },
    never_empty: false,
};
