//! DNS forwards: which server is asked for which names.
use std::net::IpAddr;

use super::node::or;
use super::prelude::*;
use crate::types::Release;

const UNBOUND: &str = "Services: Unbound";

#[derive(Debug)]
pub struct Forward {
    pub backend: &'static str,
    pub domain: Box<str>,
    pub server: Box<str>,
    pub kind: &'static str,
    pub port: i64,
    pub duplicate: i64,
    pub ip: Option<IpAddr>,
    pub verify: Option<Box<str>>,
    pub tcp: Option<bool>,
    pub first: Option<bool>,
    pub enabled: bool,
    pub description: Option<Box<str>>,
    pub uuid: Option<Box<str>>,
}

static FORWARDS: Node = Node::new(
    "OPNsense/unboundplus/dots/dot",
    &[or("type", "dot"), Take::Only { from: "type", is: &["forward"] }],
);

static TLS: Node = Node::new(
    "OPNsense/unboundplus/dots/dot",
    &[or("type", "dot"), Take::Only { from: "type", is: &["dot"] }],
);

static DNSMASQ: Node = Node::new("dnsmasq/domainoverrides", &[]);

pub static DOMAIN: Domain<Forward> = Domain {
    name: "dns_forwards",
    about: "Where Unbound and dnsmasq send queries: forwards, DNS over TLS, and the domains of dnsmasq.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("unbound", "unbound/settings/search_forward", UNBOUND),
        Source::grid("unbound_tls", "unbound/settings/search_dot", UNBOUND),
        Source::grid(
            "dnsmasq",
            "dnsmasq/settings/search_domain",
            "Services: Dnsmasq DNS/DHCP: Settings",
        )
        .from(Release::new(25, 1, 6))
        .optional(),
        Source::config("unbound", &FORWARDS),
        Source::config("unbound_tls", &TLS),
        Source::config("dnsmasq", &DNSMASQ),
    ],
    fields: &[
        field("domain"),
        field("server"),
        field("ip"),
        field("port"),
        field("verify"),
        field("forward_tcp_upstream"),
        field("forward_first"),
        field("enabled"),
        field("description"),
        field("descr"),
        field("uuid"),
    ],
    identity: &[SOURCE, "domain", "server", "ip", "port"],
    columns: &[
        col(Role::Key, "backend", Read::Text(|f| Some(f.backend)), "unbound or dnsmasq."),
        col(
            Role::Key,
            "domain",
            Read::Name(|f| Some(&f.domain)),
            "Names it is for; a dot for all of them.",
        ),
        col(
            Role::Key,
            "server",
            Read::Text(|f| Some(&f.server)),
            "Server that is asked; empty where dnsmasq answers by itself or not at all.",
        ),
        col(
            Role::Key,
            "type",
            Read::Text(|f| Some(f.kind)),
            "forward, tls (DNS over TLS) or domain (of dnsmasq).",
        ),
        col(Role::Key, "port", Read::Int(|f| Some(f.port)), "Port of the server."),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|f| Some(f.duplicate)),
            "0; higher when the same is configured several times.",
        ),
        col(Role::Indexed, "ip", Read::Ip(|f| f.ip), "The server, when it is an address."),
        col(
            Role::Plain,
            "verify",
            Read::Text(|f| f.verify.as_deref()),
            "Name that the certificate of the server must have.",
        ),
        col(Role::Plain, "tcp", Read::Bool(|f| f.tcp), "Asked over TCP."),
        col(
            Role::Plain,
            "first",
            Read::Bool(|f| f.first),
            "Resolved by itself when the server fails.",
        ),
        col(Role::Plain, "enabled", Read::Bool(|f| Some(f.enabled)), "In use."),
        col(
            Role::Indexed,
            "description",
            Read::Name(|f| f.description.as_deref()),
            "The administrator's words.",
        ),
        col(
            Role::Plain,
            "uuid",
            Read::Text(|f| f.uuid.as_deref()),
            "Identifier in the configuration.",
        ),
    ],
    parse: |raw, rows| {
        let dnsmasq = raw.source() == "dnsmasq";
        let server = raw.string(if dnsmasq { "ip" } else { "server" });
        rows.push(Forward {
            backend: if dnsmasq { "dnsmasq" } else { "unbound" },
            domain: raw.string("domain").unwrap_or_else(|| ".".into()),
            server: server.clone().unwrap_or_default(),
            kind: match raw.source() {
                "unbound_tls" => "tls",
                "unbound" => "forward",
                _ => "domain",
            },
            port: raw.maybe_read("port")?.unwrap_or(if raw.source() == "unbound_tls" {
                853
            } else {
                53
            }),
            duplicate: raw.ordinal().into(),
            ip: server.as_deref().and_then(|s| s.parse().ok()),
            verify: raw.string("verify"),
            tcp: raw.maybe_flag("forward_tcp_upstream")?,
            first: raw.maybe_flag("forward_first")?,
            enabled: raw.maybe_flag("enabled")?.unwrap_or(true),
            description: raw.string("description").or_else(|| raw.string("descr")),
            uuid: raw.string("uuid"),
        });
        Ok(())
    },
    never_empty: false,
};
