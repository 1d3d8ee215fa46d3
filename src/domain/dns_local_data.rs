//! What Unbound answers by itself.
use std::net::IpAddr;

use super::prelude::*;

#[derive(Debug)]
pub struct LocalRecord {
    pub name: Box<str>,
    pub kind: Box<str>,
    pub value: Box<str>,
    pub duplicate: i64,
    pub ip: Option<IpAddr>,
    pub ttl: Option<i64>,
}

pub static DOMAIN: Domain<LocalRecord> = Domain {
    name: "dns_local_data",
    about: "Records that Unbound serves now: overrides, reservations, leases and interface names that it registered.",
    cadence: Cadence::Runtime,
    sources: &[Source::list(
        "unbound",
        "unbound/diagnostics/listlocaldata",
        "data",
        "Services: Unbound",
    )
    .backend()],
    fields: &[field("name"), field("rrtype"), field("value"), field("ttl")],
    identity: &["name", "rrtype", "value"],
    columns: &[
        col(Role::Key, "name", Read::Name(|l| Some(&l.name)), "Name without the dot at its end."),
        col(
            Role::Key,
            "type",
            Read::Text(|l| Some(&l.kind)),
            "Record type, such as A, AAAA or PTR.",
        ),
        col(Role::Key, "value", Read::Text(|l| Some(&l.value)), "What it is answered with."),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|l| Some(l.duplicate)),
            "0; higher when the server lists one record several times.",
        ),
        col(Role::Indexed, "ip", Read::Ip(|l| l.ip), "The value, when it is an address."),
        col(Role::Plain, "ttl", Read::Int(|l| l.ttl), "Seconds that others may keep the answer."),
    ],
    parse: |raw, rows| {
        let value = raw.text("value")?;
        rows.push(LocalRecord {
            name: raw.text("name")?.trim_end_matches('.').into(),
            kind: raw.text("rrtype")?,
            value: value.trim_end_matches('.').into(),
            duplicate: raw.ordinal().into(),
            ip: value.parse().ok(),
            ttl: raw.maybe_read("ttl")?,
        });
        Ok(())
    },
    never_empty: false,
};
