//! WireGuard instances: the local ends. Public keys only.
use super::node::{Key, Table};
use super::prelude::*;
use super::words::joined;

#[derive(Debug)]
pub struct Instance {
    pub public_key: Box<str>,
    pub duplicate: i64,
    pub name: Option<Box<str>>,
    pub device: Option<Box<str>>,
    pub port: Option<i64>,
    pub addresses: Vec<Box<str>>,
    pub mtu: Option<i64>,
    pub dns: Option<Box<str>>,
    pub gateway: Option<Box<str>>,
    pub adds_routes: Option<bool>,
    pub peers: Option<Box<str>>,
    pub enabled: bool,
    pub uuid: Option<Box<str>>,
}

// Not its private key.
static PEERS: Table = Table {
    path: "OPNsense/wireguard/client/clients/client",
    key: Key::Uuid,
    value: &["name"],
    between: "",
    or_name: false,
};

static NODE: Node = Node::new(
    "OPNsense/wireguard/server/servers/server",
    &[Take::Look { from: "peers", to: "%peers", table: &PEERS }],
);

pub static DOMAIN: Domain<Instance> = Domain {
    name: "wireguard_servers",
    about: "WireGuard instances of the firewall: addresses, port, public key, peers.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid(
            "wireguard",
            "wireguard/server/search_server",
            "VPN: WireGuard: Configuration",
        ),
        Source::config("wireguard", &NODE),
    ],
    fields: &[
        field("pubkey"),
        field("name"),
        field("enabled"),
        field("instance"),
        field("interface"),
        field("port"),
        field("tunneladdress"),
        field("mtu"),
        field("dns"),
        field("gateway"),
        field("disableroutes"),
        field("peers"),
        field("%peers"),
        field("uuid"),
    ],
    identity: &["pubkey"],
    columns: &[
        col(Role::Key, "public_key", Read::Text(|i| Some(&i.public_key)), "Public key."),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|i| Some(i.duplicate)),
            "0; higher when a key is used twice.",
        ),
        col(Role::Indexed, "name", Read::Name(|i| i.name.as_deref()), "Name of the instance."),
        col(
            Role::Plain,
            "device",
            Read::Text(|i| i.device.as_deref()),
            "Device name, such as wg0.",
        ),
        col(Role::Plain, "port", Read::Int(|i| i.port), "UDP port it listens on."),
        col(
            Role::Plain,
            "addresses",
            Read::Nets(|i| &i.addresses),
            "Its addresses inside the tunnel.",
        ),
        col(Role::Plain, "mtu", Read::Int(|i| i.mtu), "MTU when set by hand."),
        col(
            Role::Plain,
            "dns",
            Read::Text(|i| i.dns.as_deref()),
            "Name servers set while it is up.",
        ),
        col(
            Role::Plain,
            "gateway",
            Read::Text(|i| i.gateway.as_deref()),
            "Gateway address when set by hand.",
        ),
        col(
            Role::Plain,
            "adds_routes",
            Read::Bool(|i| i.adds_routes),
            "Routes to the peers are made.",
        ),
        col(Role::Plain, "peers", Read::Text(|i| i.peers.as_deref()), "Names of its peers."),
        col(Role::Plain, "enabled", Read::Bool(|i| Some(i.enabled)), "In use."),
        col(
            Role::Plain,
            "uuid",
            Read::Text(|i| i.uuid.as_deref()),
            "Identifier in the configuration.",
        ),
    ],
    parse,
    never_empty: false,
};

fn parse(raw: Raw<'_>, rows: &mut Vec<Instance>) -> Result<(), Reject> {
    rows.push(Instance {
        public_key: raw.text("pubkey")?,
        duplicate: raw.ordinal().into(),
        name: raw.string("name"),
        device: raw
            .string("interface")
            .or_else(|| raw.string("instance").map(|n| format!("wg{n}").into())),
        port: raw.maybe_read("port")?,
        addresses: raw.list("tunneladdress"),
        mtu: raw.maybe_read("mtu")?,
        dns: joined(&raw.list("dns")),
        gateway: raw.string("gateway"),
        adds_routes: raw.maybe_flag("disableroutes")?.map(|no| !no),
        peers: raw
            .string("%peers")
            .or_else(|| raw.string("peers").filter(|_| !is_uuids(raw)))
            .map(|p| p.replace(", ", ",").into()),
        enabled: raw.maybe_flag("enabled")?.unwrap_or(true),
        uuid: raw.string("uuid"),
    });
    Ok(())
}

/// Names arrive in `%peers` when `peers` has identifiers; older releases give names at once.
fn is_uuids(raw: Raw<'_>) -> bool {
    let identifiers = raw.list("peers");
    !identifiers.is_empty() && identifiers.iter().all(|id| id.len() == 36 && id.contains('-'))
}
