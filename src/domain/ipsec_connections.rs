//! IPsec connections as configured (swanctl). No key.
use super::prelude::*;
use super::words::joined;
use crate::types::Release;

const PRIVILEGE: &str = "VPN: IPsec: Connections";
/// Legacy tunnels became a plugin.
const NO_LEGACY: Release = Release::new(25, 7, 0);

#[derive(Debug)]
pub struct Connection {
    pub id: Box<str>,
    pub description: Option<Box<str>>,
    pub enabled: bool,
    pub version: Option<Box<str>>,
    pub local: Vec<Box<str>>,
    pub remote: Vec<Box<str>>,
    pub proposals: Option<Box<str>>,
    pub mobike: Option<bool>,
    pub dead_peer_delay: Option<i64>,
    pub rekey_time: Option<i64>,
}

static NODE: Node = Node::new("OPNsense/Swanctl/Connections/Connection", &[]);

/// Of the tunnel pages that 25.7 made a plugin. Never their pre-shared key.
static LEGACY: Node = Node::new(
    "ipsec/phase1",
    &[
        Take::Make { to: "uuid", from: &["ikeid"], make: legacy },
        ENABLED,
        rename("descr", "description"),
        rename("iketype", "%version"),
        rename("remote-gateway", "remote_addrs"),
        Take::Make {
            to: "proposals",
            from: &[
                "encryption-algorithm.name",
                "encryption-algorithm.keylen",
                "hash-algorithm",
                "dhgroup",
            ],
            make: proposal,
        },
        rename("lifetime", "rekey_time"),
    ],
);

fn legacy(parts: &[Option<&str>]) -> Option<String> {
    parts.first().copied().flatten().map(|number| format!("legacy {number}"))
}

/// `aes256-sha256-modp14`: cipher and bits, hashes, groups.
fn proposal(parts: &[Option<&str>]) -> Option<String> {
    let [Some(cipher), bits, rest @ ..] = parts else { return None };
    let mut text = format!("{cipher}{}", bits.filter(|bits| *bits != "auto").unwrap_or_default());
    for part in rest.iter().flatten() {
        text.push('-');
        text.push_str(&part.replace(',', "+"));
    }
    Some(text)
}

pub static DOMAIN: Domain<Connection> = Domain {
    name: "ipsec_connections",
    about: "IPsec connections: both ends, proposals, version.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("swanctl", "ipsec/connections/search_connection", PRIVILEGE)
            .before(NO_LEGACY)
            .gap("legacy IPsec tunnels are in config.xml only"),
        Source::grid("swanctl", "ipsec/connections/search_connection", PRIVILEGE).from(NO_LEGACY),
        Source::config("swanctl", &NODE),
        Source::config("legacy", &LEGACY),
    ],
    fields: &[
        field("uuid"),
        field("enabled"),
        field("description"),
        field("version"),
        field("%version"),
        field("local_addrs"),
        field("remote_addrs"),
        field("proposals"),
        field("mobike"),
        field("dpd_delay"),
        field("rekey_time"),
    ],
    identity: &["uuid"],
    columns: &[
        col(Role::Key, "id", Read::Text(|c| Some(&c.id)), "Identifier in the configuration."),
        col(
            Role::Indexed,
            "description",
            Read::Name(|c| c.description.as_deref()),
            "The administrator's words.",
        ),
        col(Role::Plain, "enabled", Read::Bool(|c| Some(c.enabled)), "In use."),
        col(
            Role::Plain,
            "version",
            Read::Text(|c| c.version.as_deref()),
            "IKE version; both when absent.",
        ),
        col(
            Role::Plain,
            "local",
            Read::Nets(|c| &c.local),
            "Addresses of this end; absent for any.",
        ),
        col(
            Role::Plain,
            "remote",
            Read::Nets(|c| &c.remote),
            "Addresses or names of the other end; absent for any.",
        ),
        col(
            Role::Plain,
            "proposals",
            Read::Text(|c| c.proposals.as_deref()),
            "Algorithms offered for phase 1.",
        ),
        col(Role::Plain, "mobike", Read::Bool(|c| c.mobike), "The ends may move (RFC 4555)."),
        col(
            Role::Plain,
            "dead_peer_delay",
            Read::Int(|c| c.dead_peer_delay),
            "Seconds between checks of the other end.",
        ),
        col(Role::Plain, "rekey_time", Read::Int(|c| c.rekey_time), "Seconds until new keys."),
    ],
    parse: |raw, rows| {
        rows.push(Connection {
            id: raw.text("uuid")?,
            description: raw.string("description"),
            enabled: raw.maybe_flag("enabled")?.unwrap_or(true),
            version: raw.string("%version").or_else(|| raw.string("version")),
            local: raw.list("local_addrs"),
            remote: raw.list("remote_addrs"),
            proposals: joined(&raw.list("proposals")),
            mobike: raw.maybe_flag("mobike")?,
            dead_peer_delay: raw.maybe_read("dpd_delay")?,
            rekey_time: raw.maybe_read("rekey_time")?,
        });
        Ok(())
    },
    never_empty: false,
};
