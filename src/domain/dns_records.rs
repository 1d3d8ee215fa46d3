//! DNS records that the firewall's resolvers answer from their own configuration.
use std::net::IpAddr;

use super::node::{Key, Table};
use super::prelude::*;
use crate::types::Release;

#[derive(Debug)]
pub struct Record {
    pub name: Box<str>,
    pub rr: Box<str>,
    pub backend: &'static str,
    pub uuid: Box<str>,
    pub item: i64,
    pub ip: Option<IpAddr>,
    pub target: Option<Box<str>>,
    pub enabled: bool,
    pub ttl: Option<i64>,
    pub description: Option<Box<str>>,
}

static HOSTS: Node = Node::new("OPNsense/unboundplus/hosts/host", &[]);

static HOST_NAMES: Table = Table {
    path: "OPNsense/unboundplus/hosts/host",
    key: Key::Uuid,
    value: &["hostname", "domain"],
    between: ".",
    or_name: false,
};

static ALIASES: Node = Node::new(
    "OPNsense/unboundplus/aliases/alias",
    &[Take::Look { from: "host", to: "%host", table: &HOST_NAMES }],
);

static DNSMASQ: Node = Node::new("dnsmasq/hosts", &[]);

pub static DOMAIN: Domain<Record> = Domain {
    name: "dns_records",
    about: "Host overrides and their aliases in Unbound, host entries in dnsmasq.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid(
            "unbound",
            "unbound/settings/search_host_override",
            "Services: Unbound DNS: Edit Host and Domain Override",
        ),
        Source::grid(
            "unbound_alias",
            "unbound/settings/search_host_alias",
            "Services: Unbound DNS: Edit Host and Domain Override",
        ),
        Source::grid(
            "dnsmasq",
            "dnsmasq/settings/search_host",
            "Services: Dnsmasq DNS/DHCP: Settings",
        )
        .from(Release::new(25, 1, 2))
        .optional(),
        Source::config("unbound", &HOSTS),
        Source::config("unbound_alias", &ALIASES),
        Source::config("dnsmasq", &DNSMASQ),
    ],
    fields: &[
        field("uuid"),
        field("enabled"),
        field("hostname"),
        field("domain"),
        field("rr"),
        field("server"),
        field("mx"),
        field("txtdata"),
        field("ttl"),
        field("host"),
        field("%host"),
        field("ip"),
        field("description"),
        field("descr"),
    ],
    identity: &[SOURCE, "uuid"],
    columns: &[
        col(
            Role::Key,
            "name",
            Read::Name(|r| Some(&r.name)),
            "Fully qualified name; `*.` is a wildcard.",
        ),
        col(
            Role::Key,
            "type",
            Read::Text(|r| Some(&r.rr)),
            "A, AAAA, MX, TXT, or ALIAS of another override.",
        ),
        col(
            Role::Key,
            "backend",
            Read::Text(|r| Some(r.backend)),
            "unbound, unbound_alias or dnsmasq.",
        ),
        col(Role::Key, "uuid", Read::Text(|r| Some(&r.uuid)), "Identifier in the configuration."),
        col(
            Role::Key,
            "item",
            Read::Int(|r| Some(r.item)),
            "Position when one entry names several addresses; else 0.",
        ),
        col(Role::Indexed, "ip", Read::Ip(|r| r.ip), "Address of an A or AAAA record."),
        col(
            Role::Indexed,
            "target",
            Read::Name(|r| r.target.as_deref()),
            "Mail server, text, or the override an alias follows.",
        ),
        col(Role::Plain, "enabled", Read::Bool(|r| Some(r.enabled)), "Answered by the resolver."),
        col(Role::Plain, "ttl", Read::Int(|r| r.ttl), "Time to live in seconds, when set."),
        col(
            Role::Plain,
            "description",
            Read::Text(|r| r.description.as_deref()),
            "The administrator's words.",
        ),
    ],
    parse,
    never_empty: false,
};

fn parse(raw: Raw<'_>, rows: &mut Vec<Record>) -> Result<(), Reject> {
    let base = |item: usize,
                rr: &str,
                ip: Option<IpAddr>,
                target: Option<Box<str>>|
     -> Result<Record, Reject> {
        Ok(Record {
            name: full_name(raw)?,
            rr: rr.into(),
            backend: raw.source(),
            uuid: raw.text("uuid")?,
            item: i64::try_from(item).unwrap_or(i64::MAX),
            ip,
            target,
            enabled: raw.maybe_flag("enabled")?.unwrap_or(true),
            ttl: raw.maybe_read("ttl")?,
            description: raw.string("description").or_else(|| raw.string("descr")),
        })
    };
    match raw.source() {
        "unbound_alias" => {
            let target = raw.string("%host").or_else(|| raw.string("host"));
            rows.push(base(0, "ALIAS", None, target)?);
        }
        "dnsmasq" => {
            // An entry without a name or without an address is a reservation only.
            if raw.maybe("host").is_none_or(|host| host == "*") {
                return Ok(());
            }
            for (item, text) in raw.list("ip").iter().enumerate() {
                let ip: IpAddr =
                    text.parse().map_err(|_| Reject::new("ip", format!("cannot read `{text}`")))?;
                rows.push(base(item, if ip.is_ipv4() { "A" } else { "AAAA" }, Some(ip), None)?);
            }
        }
        _ => {
            let label = raw.text("rr")?;
            // 24.7 and 25.1 give a label: `AAAA (IPv6 address)`.
            let rr = label.split(' ').next().unwrap_or_default();
            let target = raw.string("mx").or_else(|| raw.string("txtdata"));
            let ip = if matches!(rr, "A" | "AAAA") { Some(raw.read("server")?) } else { None };
            rows.push(base(0, rr, ip, target)?);
        }
    }
    Ok(())
}

/// An empty host name stands for the domain itself; an alias without either inherits them from its target.
fn full_name(raw: Raw<'_>) -> Result<Box<str>, Reject> {
    let host = if raw.source() == "dnsmasq" { raw.maybe("host") } else { raw.maybe("hostname") };
    let name = match (host, raw.maybe("domain")) {
        (Some(host), Some(domain)) => format!("{host}.{domain}"),
        (Some(name), None) | (None, Some(name)) => name.into_owned(),
        (None, None) => raw.text("%host").or_else(|_| raw.text("host")).map(String::from)?,
    };
    Ok(name.trim_end_matches('.').to_lowercase().into())
}
