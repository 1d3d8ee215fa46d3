//! IPsec phase 1 as it is now.
use super::prelude::*;

#[derive(Debug)]
pub struct Session {
    pub name: Box<str>,
    pub duplicate: i64,
    pub description: Option<Box<str>>,
    pub connected: bool,
    pub version: Option<Box<str>>,
    pub local: Vec<Box<str>>,
    pub remote: Vec<Box<str>>,
    pub local_id: Option<Box<str>>,
    pub remote_id: Option<Box<str>>,
    pub local_authentication: Option<Box<str>>,
    pub remote_authentication: Option<Box<str>>,
    pub routed: Option<bool>,
    pub age: Option<i64>,
    pub bytes_in: Option<i64>,
    pub bytes_out: Option<i64>,
    pub packets_in: Option<i64>,
    pub packets_out: Option<i64>,
}

pub static DOMAIN: Domain<Session> = Domain {
    name: "ipsec_sessions",
    about: "IKE connections now: both ends, up or down, traffic.",
    cadence: Cadence::Runtime,
    sources: &[Source::grid("phase1", "ipsec/sessions/search_phase1", "Status: IPsec")
        .snake_only()
        .optional()
        .backend()],
    fields: &[
        field("name"),
        field("phase1desc"),
        field("version"),
        field("local-addrs"),
        field("remote-addrs"),
        field("local-id"),
        field("remote-id"),
        field("local-class"),
        field("remote-class"),
        field("routed"),
        field("connected"),
        volatile("install-time"),
        volatile("bytes-in"),
        volatile("bytes-out"),
        volatile("packets-in"),
        volatile("packets-out"),
    ],
    identity: &["name"],
    columns: &[
        col(
            Role::Key,
            "name",
            Read::Name(|s| Some(&s.name)),
            "Name of the connection in strongSwan, such as con1.",
        ),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|s| Some(s.duplicate)),
            "0; higher when a connection is listed twice.",
        ),
        col(
            Role::Indexed,
            "description",
            Read::Name(|s| s.description.as_deref()),
            "Description of the connection.",
        ),
        col(Role::Plain, "connected", Read::Bool(|s| Some(s.connected)), "Up now."),
        col(Role::Plain, "version", Read::Text(|s| s.version.as_deref()), "IKE version."),
        col(Role::Plain, "local", Read::Nets(|s| &s.local), "Addresses of this end."),
        col(Role::Plain, "remote", Read::Nets(|s| &s.remote), "Addresses of the other end."),
        col(
            Role::Indexed,
            "local_id",
            Read::Name(|s| s.local_id.as_deref()),
            "How this end names itself.",
        ),
        col(
            Role::Indexed,
            "remote_id",
            Read::Name(|s| s.remote_id.as_deref()),
            "How the other end must name itself.",
        ),
        col(
            Role::Plain,
            "local_authentication",
            Read::Text(|s| s.local_authentication.as_deref()),
            "How this end proves who it is.",
        ),
        col(
            Role::Plain,
            "remote_authentication",
            Read::Text(|s| s.remote_authentication.as_deref()),
            "How the other end does.",
        ),
        col(Role::Plain, "routed", Read::Bool(|s| s.routed), "Brought up by traffic."),
        col(Role::Plain, "age", Read::Int(|s| s.age), "Seconds since it came up."),
        col(Role::Plain, "bytes_in", Read::Int(|s| s.bytes_in), "Bytes received."),
        col(Role::Plain, "bytes_out", Read::Int(|s| s.bytes_out), "Bytes sent."),
        col(Role::Plain, "packets_in", Read::Int(|s| s.packets_in), "Packets received."),
        col(Role::Plain, "packets_out", Read::Int(|s| s.packets_out), "Packets sent."),
    ],
    parse: |raw, rows| {
        rows.push(Session {
            name: raw.text("name")?,
            duplicate: raw.ordinal().into(),
            description: raw.string("phase1desc"),
            connected: raw.flag("connected")?,
            version: raw.string("version"),
            local: raw.list("local-addrs"),
            remote: raw.list("remote-addrs"),
            local_id: raw.string("local-id"),
            remote_id: raw.string("remote-id"),
            local_authentication: raw.string("local-class"),
            remote_authentication: raw.string("remote-class"),
            routed: raw.maybe_flag("routed")?,
            age: raw.maybe_read("install-time")?,
            bytes_in: raw.maybe_read("bytes-in")?,
            bytes_out: raw.maybe_read("bytes-out")?,
            packets_in: raw.maybe_read("packets-in")?,
            packets_out: raw.maybe_read("packets-out")?,
        });
        Ok(())
    },
    never_empty: false,
};
