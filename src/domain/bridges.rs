//! Bridges: interfaces joined at layer 2.
use super::node::INTERFACE_NAMES;
use super::prelude::*;
use super::term::{chosen, joined};
use crate::types::Release;

#[derive(Debug)]
pub struct Bridge {
    pub device: Box<str>,
    pub members: Option<Box<str>>,
    pub member_names: Option<Box<str>>,
    pub spanning_tree: bool,
    pub spanning_tree_protocol: Option<Box<str>>,
    pub span_port: Option<Box<str>>,
    pub private_ports: Option<Box<str>>,
    pub link_local: bool,
    pub description: Option<Box<str>>,
    pub uuid: Option<Box<str>>,
}

const MVC: Release = Release::new(25, 1, 8);
const RAW_SEARCH: Release = Release::new(25, 7, 0);
const SEARCH: &str = "interfaces/bridge_settings/search_item";
const PRIVILEGE: &str = "Interfaces: Bridge";

static LEGACY: Node = Node::new(
    "bridges/bridged",
    &[
        flag("enablestp", "enablestp"),
        flag("linklocal", "linklocal"),
        Take::Look { from: "members", to: "%members", table: &INTERFACE_NAMES },
    ],
);

static MODEL: Node = Node::new(
    "bridges/bridged",
    &[Take::Look { from: "members", to: "%members", table: &INTERFACE_NAMES }],
);

pub static DOMAIN: Domain<Bridge> = Domain {
    name: "bridges",
    about: "Bridge devices with their member interfaces and spanning tree.",
    cadence: Cadence::Config,
    sources: &[
        // Answers 404; asked so that the gap is told together with the answer.
        Source::grid("search", SEARCH, PRIVILEGE)
            .before(MVC)
            .optional()
            .gap("before 25.1.8 bridges are only in config.xml"),
        // Up to 25.1 members are descriptions.
        Source::grid("search", SEARCH, PRIVILEGE)
            .from(MVC)
            .before(RAW_SEARCH)
            .labels("members", ""),
        Source::grid("search", SEARCH, PRIVILEGE).from(RAW_SEARCH),
        // Not `search`, which is asked for its gap: what an import read stays beside that answer.
        Source::config("legacy", &LEGACY).before(MVC),
        Source::config("search", &MODEL).from(MVC),
    ],
    fields: &[
        field("uuid"),
        field("bridgeif"),
        field("members"),
        field("%members"),
        field("enablestp"),
        field("proto"),
        field("span"),
        field("private"),
        field("linklocal"),
        field("descr"),
    ],
    identity: &["bridgeif"],
    columns: &[
        col(Role::Key, "device", Read::Name(|b| Some(&b.device)), "Device name, such as bridge0."),
        col(
            Role::Plain,
            "members",
            Read::Text(|b| b.members.as_deref()),
            "Keys of the member interfaces, separated by commas.",
        ),
        col(
            Role::Plain,
            "member_names",
            Read::Text(|b| b.member_names.as_deref()),
            "Descriptions of the members, where the release gives them.",
        ),
        col(
            Role::Plain,
            "spanning_tree",
            Read::Bool(|b| Some(b.spanning_tree)),
            "Spanning tree runs on some member.",
        ),
        col(
            Role::Plain,
            "spanning_tree_protocol",
            Read::Text(|b| b.spanning_tree_protocol.as_deref()),
            "stp or rstp.",
        ),
        col(
            Role::Plain,
            "span_port",
            Read::Text(|b| b.span_port.as_deref()),
            "Key of the interface that gets a copy of all frames.",
        ),
        col(
            Role::Plain,
            "private_ports",
            Read::Text(|b| b.private_ports.as_deref()),
            "Members that do not talk to each other.",
        ),
        col(
            Role::Plain,
            "link_local",
            Read::Bool(|b| Some(b.link_local)),
            "The bridge has a link-local IPv6 address.",
        ),
        col(
            Role::Indexed,
            "description",
            Read::Name(|b| b.description.as_deref()),
            "The administrator's words.",
        ),
        col(
            Role::Plain,
            "uuid",
            Read::Text(|b| b.uuid.as_deref()),
            "Identifier in the configuration.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Bridge {
            device: raw.text("bridgeif")?,
            members: joined(raw, &["members"]),
            member_names: joined(raw, &["%members"]),
            spanning_tree: raw.flag("enablestp")?,
            spanning_tree_protocol: raw.string("proto").map(|p| p.to_lowercase().into()),
            span_port: chosen(raw, "span"),
            private_ports: raw.string("private"),
            link_local: raw.flag("linklocal")?,
            description: raw.string("descr"),
            uuid: raw.string("uuid"),
        });
        Ok(())
    },
    never_empty: false,
};
