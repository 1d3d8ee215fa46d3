//! WireGuard peers as configured. Public keys only; never a pre-shared key.
use super::prelude::*;

#[derive(Debug)]
pub struct Peer {
    pub public_key: Box<str>,
    pub duplicate: i64,
    pub name: Option<Box<str>>,
    pub allowed: Vec<Box<str>>,
    pub endpoint: Option<Box<str>>,
    pub endpoint_port: Option<i64>,
    pub keepalive: Option<i64>,
    pub instances: Option<Box<str>>,
    pub enabled: bool,
    pub uuid: Option<Box<str>>,
}

// Not its pre-shared key; a peer does not say whose it is.
static NODE: Node =
    Node::new("OPNsense/wireguard/client/clients/client", &[]).lacks(&["instances"]);

pub static DOMAIN: Domain<Peer> = Domain {
    name: "wireguard_peers",
    about: "WireGuard peers as configured: name, addresses inside the tunnel, where they are reached.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid(
            "wireguard",
            "wireguard/client/search_client",
            "VPN: WireGuard: Configuration",
        ),
        Source::config("wireguard", &NODE),
    ],
    fields: &[
        field("pubkey"),
        field("name"),
        field("enabled"),
        field("tunneladdress"),
        field("serveraddress"),
        field("serverport"),
        field("keepalive"),
        field("servers"),
        field("%servers"),
        field("uuid"),
    ],
    identity: &["pubkey"],
    columns: &[
        col(Role::Key, "public_key", Read::Text(|p| Some(&p.public_key)), "Public key."),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|p| Some(p.duplicate)),
            "0; higher when a key is used twice.",
        ),
        col(Role::Indexed, "name", Read::Name(|p| p.name.as_deref()), "Name of the peer."),
        col(
            Role::Plain,
            "allowed",
            Read::Nets(|p| &p.allowed),
            "Addresses and networks behind it.",
        ),
        col(
            Role::Indexed,
            "endpoint",
            Read::Name(|p| p.endpoint.as_deref()),
            "Address or name where it is reached; absent when it calls.",
        ),
        col(Role::Plain, "endpoint_port", Read::Int(|p| p.endpoint_port), "UDP port there."),
        col(
            Role::Plain,
            "keepalive",
            Read::Int(|p| p.keepalive),
            "Seconds between keep-alive packets.",
        ),
        col(
            Role::Plain,
            "instances",
            Read::Text(|p| p.instances.as_deref()),
            "Names of the instances it belongs to.",
        ),
        col(Role::Plain, "enabled", Read::Bool(|p| Some(p.enabled)), "In use."),
        col(
            Role::Plain,
            "uuid",
            Read::Text(|p| p.uuid.as_deref()),
            "Identifier in the configuration.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Peer {
            public_key: raw.text("pubkey")?,
            duplicate: raw.ordinal().into(),
            name: raw.string("name"),
            allowed: raw.list("tunneladdress"),
            endpoint: raw.string("serveraddress"),
            endpoint_port: raw.maybe_read("serverport")?,
            keepalive: raw.maybe_read("keepalive")?,
            instances: raw
                .string("%servers")
                .or_else(|| raw.string("servers"))
                .map(|s| s.replace(", ", ",").into()),
            enabled: raw.maybe_flag("enabled")?.unwrap_or(true),
            uuid: raw.string("uuid"),
        });
        Ok(())
    },
    never_empty: false,
};
