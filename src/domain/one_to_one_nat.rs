//! One-to-one NAT: a whole address or network behind another one, in both directions.
use super::node::CATEGORY_NAMES;
use super::prelude::*;
use super::term::{Side, category, chosen, position, terms};
use crate::types::Release;

#[derive(Debug)]
pub struct Mapping {
    pub position: i64,
    pub uuid: Box<str>,
    pub enabled: bool,
    pub kind: Box<str>,
    pub interface: Option<Box<str>>,
    pub external: Vec<Box<str>>,
    pub source: Vec<Box<str>>,
    pub destination: Vec<Box<str>>,
    pub reflection: Option<Box<str>>,
    pub log: bool,
    pub category: Option<Box<str>>,
    pub description: Option<Box<str>>,
}

/// First release whose search rows carry machine values instead of labels.
const RAW_SEARCH: Release = Release::new(25, 7, 0);

const INNER: Side = Side { nets: &["source_net"], nots: &["source_not"], ports: &[] };
const DESTINATION: Side =
    Side { nets: &["destination_net"], nots: &["destination_not"], ports: &[] };

static MODEL: Node = Node::new(
    "OPNsense/Firewall/Filter/onetoone/rule",
    &[Take::Look { from: "categories", to: "%categories", table: &CATEGORY_NAMES }],
);

pub static DOMAIN: Domain<Mapping> = Domain {
    name: "one_to_one_nat",
    about: "One-to-one NAT: outer addresses that stand for inner ones, port by port.",
    cadence: Cadence::Config,
    sources: &[
        Source::map(
            "model",
            "firewall/filter/get",
            "filter.onetoone.rule",
            "Firewall: Automation: Filter",
        )
        .before(RAW_SEARCH),
        Source::grid("search", "firewall/one_to_one/search_rule", "Firewall: NAT: 1:1")
            .from(RAW_SEARCH),
        Source::config("model", &MODEL).before(RAW_SEARCH),
        Source::config("search", &MODEL).from(RAW_SEARCH),
    ],
    fields: &[
        field("uuid"),
        field("sequence"),
        field("sort_order"),
        field("enabled"),
        field("type"),
        field("interface"),
        field("external"),
        field("source_net"),
        field("source_not"),
        field("destination_net"),
        field("destination_not"),
        field("natreflection"),
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
            Read::Int(|m| Some(m.position)),
            "Evaluation order: priority group times ten million plus the sequence within it.",
        ),
        col(Role::Key, "uuid", Read::Name(|m| Some(&m.uuid)), "Identifier in the configuration."),
        col(
            Role::Plain,
            "enabled",
            Read::Bool(|m| Some(m.enabled)),
            "A disabled rule is not loaded.",
        ),
        col(
            Role::Plain,
            "type",
            Read::Text(|m| Some(&m.kind)),
            "binat (both directions, sizes equal) or nat.",
        ),
        col(
            Role::Indexed,
            "interface",
            Read::Text(|m| m.interface.as_deref()),
            "Key of the interface, often wan.",
        ),
        col(Role::Plain, "external", Read::Nets(|m| &m.external), "Outer address or network."),
        col(
            Role::Plain,
            "source",
            Read::Nets(|m| &m.source),
            "Inner address, network or alias; `!` negates.",
        ),
        col(
            Role::Plain,
            "destination",
            Read::Nets(|m| &m.destination),
            "Far end for which it holds; `!` negates.",
        ),
        col(
            Role::Plain,
            "reflection",
            Read::Text(|m| m.reflection.as_deref()),
            "enable or disable; absent: the system's default.",
        ),
        col(Role::Plain, "log", Read::Bool(|m| Some(m.log)), "Matches are logged."),
        col(
            Role::Plain,
            "category",
            Read::Text(|m| m.category.as_deref()),
            "Category names, or their uuids where the release gives no names.",
        ),
        col(
            Role::Indexed,
            "description",
            Read::Name(|m| m.description.as_deref()),
            "The administrator's words.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Mapping {
            position: position(raw, 400_000)?.1,
            uuid: raw.text("uuid")?,
            enabled: raw.maybe_flag("enabled")?.unwrap_or(true),
            kind: raw.string("type").unwrap_or_else(|| "binat".into()),
            interface: raw.string("interface"),
            external: raw.list("external"),
            source: terms(raw, &INNER)?,
            destination: terms(raw, &DESTINATION)?,
            reflection: chosen(raw, "natreflection"),
            log: raw.flag("log")?,
            category: category(raw, &["%categories", "categories"]),
            description: raw.string("description"),
        });
        Ok(())
    },
    never_empty: false,
};
