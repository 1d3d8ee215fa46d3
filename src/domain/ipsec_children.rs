//! IPsec children as configured: which networks a connection joins.
use super::node::{Key, Table};
use super::prelude::*;
use super::words::{joined, word};

#[derive(Debug)]
pub struct Child {
    pub id: Box<str>,
    pub description: Option<Box<str>>,
    pub enabled: bool,
    pub connection: Option<Box<str>>,
    pub mode: Option<Box<str>>,
    pub local: Vec<Box<str>>,
    pub remote: Vec<Box<str>>,
    pub proposals: Option<Box<str>>,
    pub start: Option<Box<str>>,
}

static CONNECTIONS: Table = Table {
    path: "OPNsense/Swanctl/Connections/Connection",
    key: Key::Uuid,
    value: &["description"],
    between: "",
    or_name: false,
};

static NODE: Node = Node::new(
    "OPNsense/Swanctl/children/child",
    &[Take::Look { from: "connection", to: "%connection", table: &CONNECTIONS }],
);

static TUNNELS: Table = Table {
    path: "ipsec/phase1",
    key: Key::Leaf("ikeid"),
    value: &["descr"],
    between: "",
    or_name: false,
};

/// Of the tunnel pages that 25.7 made a plugin.
static LEGACY: Node = Node::new(
    "ipsec/phase2",
    &[
        Take::Make { to: "uuid", from: &["uniqid", "reqid", "ikeid"], make: legacy },
        ENABLED,
        rename("descr", "description"),
        Take::Look { from: "ikeid", to: "%connection", table: &TUNNELS },
        rename("ikeid", "connection"),
        Take::Make {
            to: "local_ts",
            from: &["localid.type", "localid.address", "localid.netbits"],
            make: selector,
        },
        Take::Make {
            to: "remote_ts",
            from: &["remoteid.type", "remoteid.address", "remoteid.netbits"],
            make: selector,
        },
    ],
);

fn legacy(parts: &[Option<&str>]) -> Option<String> {
    parts.iter().flatten().next().map(|id| format!("legacy {id}"))
}

/// A network, an address, or the key of an interface whose network it is.
fn selector(parts: &[Option<&str>]) -> Option<String> {
    match parts {
        [Some("network"), Some(address), Some(bits)] => Some(format!("{address}/{bits}")),
        [_, Some(address), _] => Some((*address).to_owned()),
        [kind, ..] => kind.filter(|kind| *kind != "none").map(str::to_owned),
        [] => None,
    }
}

pub static DOMAIN: Domain<Child> = Domain {
    name: "ipsec_children",
    about: "Traffic selectors of IPsec connections: the networks at both ends.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("swanctl", "ipsec/connections/search_child", "VPN: IPsec: Connections"),
        Source::config("swanctl", &NODE),
        Source::config("legacy", &LEGACY),
    ],
    fields: &[
        field("uuid"),
        field("enabled"),
        field("description"),
        field("connection"),
        field("%connection"),
        field("mode"),
        field("local_ts"),
        field("remote_ts"),
        field("esp_proposals"),
        field("start_action"),
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
            Role::Indexed,
            "connection",
            Read::Name(|c| c.connection.as_deref()),
            "Connection it belongs to, by its description.",
        ),
        col(
            Role::Plain,
            "mode",
            Read::Text(|c| c.mode.as_deref()),
            "tunnel, transport, pass or drop.",
        ),
        col(Role::Plain, "local", Read::Nets(|c| &c.local), "Networks at this end."),
        col(Role::Plain, "remote", Read::Nets(|c| &c.remote), "Networks at the other end."),
        col(
            Role::Plain,
            "proposals",
            Read::Text(|c| c.proposals.as_deref()),
            "Algorithms offered for phase 2.",
        ),
        col(
            Role::Plain,
            "start",
            Read::Text(|c| c.start.as_deref()),
            "How it begins, such as start or trap.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Child {
            id: raw.text("uuid")?,
            description: raw.string("description"),
            enabled: raw.maybe_flag("enabled")?.unwrap_or(true),
            connection: raw.string("%connection").or_else(|| raw.string("connection")),
            mode: word(raw, "mode"),
            local: raw.list("local_ts"),
            remote: raw.list("remote_ts"),
            proposals: joined(&raw.list("esp_proposals")),
            start: joined(&raw.list("start_action")),
        });
        Ok(())
    },
    never_empty: false,
};
