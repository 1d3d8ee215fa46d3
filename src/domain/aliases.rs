//! Aliases: named sets of addresses, networks and ports that rules refer to.
use super::prelude::*;
use crate::types::Release;

#[derive(Debug)]
pub struct Alias {
    pub name: Box<str>,
    pub uuid: Option<Box<str>>,
    pub kind: Box<str>,
    pub enabled: bool,
    pub content: Vec<Box<str>>,
    pub protocol: Option<Box<str>>,
    pub interface: Option<Box<str>>,
    pub update_days: Option<Box<str>>,
    pub entries: Option<i64>,
    pub description: Option<Box<str>>,
}

/// First release whose search rows carry machine values instead of labels.
const RAW_SEARCH: Release = Release::new(25, 7, 0);

static NODE: Node = Node::new("OPNsense/Firewall/Alias/aliases/alias", &[])
    .lacks(&["entries"])
    // Interface networks, bogons and tables of daemons.
    .beyond(&[("type", &["internal", "external"])]);

pub static DOMAIN: Domain<Alias> = Domain {
    name: "aliases",
    about: "Firewall aliases as configured (nested names and negated entries as written), with table sizes.",
    cadence: Cadence::Config,
    sources: &[
        Source::map("export", "firewall/alias/export", "aliases.alias", "Firewall: Aliases")
            .before(RAW_SEARCH),
        Source::grid("search", "firewall/alias/search_item", "Firewall: Aliases").from(RAW_SEARCH),
        Source::config("export", &NODE).before(RAW_SEARCH),
        Source::config("search", &NODE).from(RAW_SEARCH),
    ],
    // Not `username` and `password` of authenticated URL tables.
    fields: &[
        field("name"),
        field("uuid"),
        field("type"),
        field("enabled"),
        field("content"),
        field("proto"),
        field("interface"),
        field("updatefreq"),
        field("description"),
        volatile("current_items"),
    ],
    identity: &["name"],
    columns: &[
        col(Role::Key, "name", Read::Name(|a| Some(&a.name)), "Name that rules use."),
        col(
            Role::Indexed,
            "type",
            Read::Text(|a| Some(&a.kind)),
            "host, network, port, url, urltable, urljson, geoip, networkgroup, mac, asn, dynipv6host, authgroup, internal or external.",
        ),
        col(
            Role::Plain,
            "enabled",
            Read::Bool(|a| Some(a.enabled)),
            "A disabled alias is an empty table: it never matches.",
        ),
        col(
            Role::Plain,
            "content",
            Read::Nets(|a| &a.content),
            "Entries as configured; `!` negates, other names are nested aliases.",
        ),
        col(
            Role::Plain,
            "protocol",
            Read::Text(|a| a.protocol.as_deref()),
            "IPv4, IPv6 or both, for types that resolve.",
        ),
        col(
            Role::Plain,
            "interface",
            Read::Text(|a| a.interface.as_deref()),
            "Key of the interface a dynamic IPv6 host follows.",
        ),
        col(
            Role::Plain,
            "update_days",
            Read::Text(|a| a.update_days.as_deref()),
            "Refresh interval of a URL table, in days.",
        ),
        col(
            Role::Plain,
            "entries",
            Read::Int(|a| a.entries),
            "Entries in the loaded table when it was read.",
        ),
        col(
            Role::Indexed,
            "description",
            Read::Name(|a| a.description.as_deref()),
            "The administrator's words.",
        ),
        col(
            Role::Plain,
            "uuid",
            Read::Text(|a| a.uuid.as_deref()),
            "Identifier in the configuration.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Alias {
            name: raw.text("name")?,
            uuid: raw.string("uuid"),
            kind: raw.text("type")?,
            enabled: raw.maybe_flag("enabled")?.unwrap_or(true),
            content: raw.list("content"),
            protocol: raw.string("proto"),
            interface: raw.string("interface"),
            update_days: raw.string("updatefreq"),
            entries: raw.maybe_read("current_items")?,
            description: raw.string("description"),
        });
        Ok(())
    },
    // The firewall always has its internal aliases (interface networks, bogons).
    never_empty: true,
};
