//! Traffic shaper: which traffic goes through which pipe or queue.
use super::node::{INTERFACE_NAMES, Key, Table, first};
use super::prelude::*;
use super::words::{labelled, word};

#[derive(Debug)]
pub struct ShaperRule {
    pub id: Box<str>,
    pub sequence: Option<i64>,
    pub description: Option<Box<str>>,
    pub enabled: bool,
    pub interface: Option<Box<str>>,
    pub interface_name: Option<Box<str>>,
    pub protocol: Option<Box<str>>,
    pub direction: Option<Box<str>>,
    pub source: Vec<Box<str>>,
    pub source_inverted: bool,
    pub source_port: Option<Box<str>>,
    pub destination: Vec<Box<str>>,
    pub destination_inverted: bool,
    pub destination_port: Option<Box<str>>,
    pub target: Option<Box<str>>,
}

static PIPES: Table = Table {
    path: "OPNsense/TrafficShaper/pipes/pipe",
    key: Key::Uuid,
    value: &["description"],
    between: "",
    or_name: false,
};

static QUEUES: Table = Table { path: "OPNsense/TrafficShaper/queues/queue", ..PIPES };

static NODE: Node = Node::new(
    "OPNsense/TrafficShaper/rules/rule",
    &[
        Take::Look { from: "interface", to: "%interface", table: &INTERFACE_NAMES },
        Take::Look { from: "target", to: "@pipe", table: &PIPES },
        Take::Look { from: "target", to: "@queue", table: &QUEUES },
        Take::Make { to: "%target", from: &["@pipe", "@queue"], make: first },
    ],
);

pub static DOMAIN: Domain<ShaperRule> = Domain {
    name: "shaper_rules",
    about: "Rules of the traffic shaper: which packets go through which pipe or queue.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("shaper", "trafficshaper/settings/search_rules", "Firewall: Shaper"),
        Source::config("shaper", &NODE),
    ],
    fields: &[
        field("uuid"),
        field("sequence"),
        field("enabled"),
        field("interface"),
        field("%interface"),
        field("proto"),
        field("source"),
        field("source_not"),
        field("src_port"),
        field("destination"),
        field("destination_not"),
        field("dst_port"),
        field("direction"),
        field("target"),
        field("%target"),
        field("description"),
    ],
    identity: &["uuid"],
    columns: &[
        col(Role::Key, "id", Read::Text(|s| Some(&s.id)), "Identifier in the configuration."),
        col(
            Role::Plain,
            "sequence",
            Read::Int(|s| s.sequence),
            "Place in the order of evaluation.",
        ),
        col(
            Role::Indexed,
            "description",
            Read::Name(|s| s.description.as_deref()),
            "The administrator's words.",
        ),
        col(Role::Plain, "enabled", Read::Bool(|s| Some(s.enabled)), "In use."),
        col(
            Role::Indexed,
            "interface",
            Read::Text(|s| s.interface.as_deref()),
            "Interface keys, such as opt1.",
        ),
        col(
            Role::Indexed,
            "interface_name",
            Read::Text(|s| s.interface_name.as_deref()),
            "Interface descriptions.",
        ),
        col(
            Role::Plain,
            "protocol",
            Read::Text(|s| s.protocol.as_deref()),
            "Protocol, such as tcp.",
        ),
        col(
            Role::Plain,
            "direction",
            Read::Text(|s| s.direction.as_deref()),
            "in or out; absent for both.",
        ),
        col(
            Role::Plain,
            "source",
            Read::Nets(|s| &s.source),
            "Sources; a leading ! in source_inverted.",
        ),
        col(
            Role::Plain,
            "source_inverted",
            Read::Bool(|s| Some(s.source_inverted)),
            "All sources but these.",
        ),
        col(Role::Plain, "source_port", Read::Text(|s| s.source_port.as_deref()), "Source port."),
        col(Role::Plain, "destination", Read::Nets(|s| &s.destination), "Destinations."),
        col(
            Role::Plain,
            "destination_inverted",
            Read::Bool(|s| Some(s.destination_inverted)),
            "All destinations but these.",
        ),
        col(
            Role::Plain,
            "destination_port",
            Read::Text(|s| s.destination_port.as_deref()),
            "Destination port.",
        ),
        col(
            Role::Plain,
            "target",
            Read::Text(|s| s.target.as_deref()),
            "Pipe or queue, by its description.",
        ),
    ],
    parse: |raw, rows| {
        let (interface, interface_name) = labelled(raw, "interface", "%interface");
        rows.push(ShaperRule {
            id: raw.text("uuid")?,
            sequence: raw.maybe_read("sequence")?,
            description: raw.string("description"),
            enabled: raw.maybe_flag("enabled")?.unwrap_or(true),
            interface,
            interface_name,
            protocol: raw.string("proto"),
            direction: word(raw, "direction"),
            source: raw.list("source"),
            source_inverted: raw.flag("source_not")?,
            source_port: raw.string("src_port"),
            destination: raw.list("destination"),
            destination_inverted: raw.flag("destination_not")?,
            destination_port: raw.string("dst_port"),
            target: raw.string("%target").or_else(|| raw.string("target")),
        });
        Ok(())
    },
    never_empty: false,
};
