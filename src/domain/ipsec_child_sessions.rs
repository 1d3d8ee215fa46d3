//! IPsec phase 2 as it is now.
use super::prelude::*;
use super::source::{Items, Place};

const PRIVILEGE: &str = "Status: IPsec";
/// The firewall answers for one connection at a time.
static CONNECTIONS: Items = Items {
    list: Source::grid("phase1", "ipsec/sessions/search_phase1", PRIVILEGE)
        .snake_only()
        .optional()
        .backend(),
    fields: &[field("name")],
    place: Place::Param("id"),
    into: "connection",
    most_rows: i64::MAX,
    most: 100,
};

#[derive(Debug)]
pub struct Child {
    pub connection: Box<str>,
    pub name: Box<str>,
    pub request: Box<str>,
    pub duplicate: i64,
    pub description: Option<Box<str>>,
    pub local: Vec<Box<str>>,
    pub remote: Vec<Box<str>>,
    pub age: Option<i64>,
    pub bytes_in: Option<i64>,
    pub bytes_out: Option<i64>,
}

pub static DOMAIN: Domain<Child> = Domain {
    name: "ipsec_child_sessions",
    about: "Child connections of IPsec now: the networks joined and their traffic.",
    cadence: Cadence::Runtime,
    sources: &[Source::grid("phase2", "ipsec/sessions/search_phase2", PRIVILEGE)
        .snake_only()
        .optional()
        .backend()
        .each_item(&CONNECTIONS)],
    fields: &[
        field("connection"),
        field("name"),
        field("phase2desc"),
        field("reqid"),
        field("local-ts"),
        field("remote-ts"),
        volatile("install-time"),
        volatile("bytes-in"),
        volatile("bytes-out"),
    ],
    identity: &["connection", "name", "reqid", "local-ts", "remote-ts"],
    columns: &[
        col(
            Role::Key,
            "connection",
            Read::Name(|c| Some(&c.connection)),
            "Connection it belongs to, as in ipsec_sessions.",
        ),
        col(Role::Key, "name", Read::Name(|c| Some(&c.name)), "Name of the child."),
        col(
            Role::Key,
            "request",
            Read::Text(|c| Some(&c.request)),
            "Number that ties it to the policies of the kernel.",
        ),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|c| Some(c.duplicate)),
            "0; higher when a child is listed several times, as while keys change.",
        ),
        col(
            Role::Indexed,
            "description",
            Read::Name(|c| c.description.as_deref()),
            "Description of the child.",
        ),
        col(Role::Plain, "local", Read::Nets(|c| &c.local), "Networks at this end."),
        col(Role::Plain, "remote", Read::Nets(|c| &c.remote), "Networks at the other end."),
        col(Role::Plain, "age", Read::Int(|c| c.age), "Seconds since it came up."),
        col(Role::Plain, "bytes_in", Read::Int(|c| c.bytes_in), "Bytes received."),
        col(Role::Plain, "bytes_out", Read::Int(|c| c.bytes_out), "Bytes sent."),
    ],
    parse: |raw, rows| {
        rows.push(Child {
            connection: raw.text("connection")?,
            name: raw.string("name").unwrap_or_default(),
            request: raw.string("reqid").unwrap_or_default(),
            duplicate: raw.ordinal().into(),
            description: raw.string("phase2desc"),
            local: raw.list("local-ts"),
            remote: raw.list("remote-ts"),
            age: raw.maybe_read("install-time")?,
            bytes_in: raw.maybe_read("bytes-in")?,
            bytes_out: raw.maybe_read("bytes-out")?,
        });
        Ok(())
    },
    never_empty: false,
};
