//! Network prefix translation (RFC 6296): one IPv6 prefix inside, another outside.
use super::node::CATEGORY_NAMES;
use super::prelude::*;
use super::term::{category, chosen, position};
use crate::types::Release;

#[derive(Debug)]
pub struct Prefix {
    pub position: i64,
    pub uuid: Box<str>,
    pub enabled: bool,
    pub interface: Option<Box<str>>,
    pub internal: Vec<Box<str>>,
    pub external: Vec<Box<str>>,
    pub track_interface: Option<Box<str>>,
    pub log: bool,
    pub category: Option<Box<str>>,
    pub description: Option<Box<str>>,
}

/// First release whose search rows name the interface.
const RAW_SEARCH: Release = Release::new(25, 7, 0);

static MODEL: Node = Node::new(
    "OPNsense/Firewall/Filter/npt/rule",
    &[Take::Look { from: "categories", to: "%categories", table: &CATEGORY_NAMES }],
);

pub static DOMAIN: Domain<Prefix> = Domain {
    name: "npt",
    about: "IPv6 network prefix translation: inner prefixes and the outer ones they leave under.",
    cadence: Cadence::Config,
    sources: &[
        Source::map(
            "model",
            "firewall/filter/get",
            "filter.npt.rule",
            "Firewall: Automation: Filter",
        )
        .before(RAW_SEARCH),
        Source::grid("search", "firewall/npt/search_rule", "Firewall: NAT: NPTv6").from(RAW_SEARCH),
        Source::config("model", &MODEL).before(RAW_SEARCH),
        Source::config("search", &MODEL).from(RAW_SEARCH),
    ],
    fields: &[
        field("uuid"),
        field("sequence"),
        field("sort_order"),
        field("enabled"),
        field("interface"),
        field("source_net"),
        field("destination_net"),
        field("trackif"),
        field("log"),
        field("%categories"),
        field("categories"),
        field("description"),
    ],
    identity: &["uuid"],
    columns: &[
        col(
            Role::Key,
            "position",
            Read::Int(|p| Some(p.position)),
            "Evaluation order: priority group times ten million plus the sequence within it.",
        ),
        col(Role::Key, "uuid", Read::Name(|p| Some(&p.uuid)), "Identifier in the configuration."),
        col(
            Role::Plain,
            "enabled",
            Read::Bool(|p| Some(p.enabled)),
            "A disabled rule is not loaded.",
        ),
        col(
            Role::Indexed,
            "interface",
            Read::Text(|p| p.interface.as_deref()),
            "Key of the interface the traffic leaves by.",
        ),
        col(Role::Plain, "internal", Read::Nets(|p| &p.internal), "Inner prefix."),
        col(
            Role::Plain,
            "external",
            Read::Nets(|p| &p.external),
            "Outer prefix; absent when it follows an interface.",
        ),
        col(
            Role::Plain,
            "track_interface",
            Read::Text(|p| p.track_interface.as_deref()),
            "Key of the interface whose prefix is the outer one.",
        ),
        col(Role::Plain, "log", Read::Bool(|p| Some(p.log)), "Matches are logged."),
        col(
            Role::Plain,
            "category",
            Read::Text(|p| p.category.as_deref()),
            "Category names, or their uuids where the release gives no names.",
        ),
        col(
            Role::Indexed,
            "description",
            Read::Name(|p| p.description.as_deref()),
            "The administrator's words.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Prefix {
            position: position(raw, 400_000)?.1,
            uuid: raw.text("uuid")?,
            enabled: raw.maybe_flag("enabled")?.unwrap_or(true),
            interface: raw.string("interface"),
            internal: raw.list("source_net"),
            external: raw.list("destination_net"),
            track_interface: chosen(raw, "trackif"),
            log: raw.flag("log")?,
            category: category(raw, &["%categories", "categories"]),
            description: raw.string("description"),
        });
        Ok(())
    },
    never_empty: false,
};
