//! Monit: what is watched.
use super::node::{Key, Table};
use super::prelude::*;
use crate::types::Release;

const MONIT: &str = "WebCfg - Services: Monit System Monitoring page";
const RAW: Release = Release::new(25, 7, 0);

#[derive(Debug)]
pub struct Watched {
    pub name: Box<str>,
    pub duplicate: i64,
    pub description: Option<Box<str>>,
    pub enabled: bool,
    pub kind: Option<Box<str>>,
    pub address: Option<Box<str>>,
    pub path: Option<Box<str>>,
    pub tests: Option<Box<str>>,
    pub interval: Option<Box<str>>,
    pub uuid: Option<Box<str>>,
}

static TESTS: Table = Table {
    path: "OPNsense/monit/test",
    key: Key::Uuid,
    value: &["name"],
    between: "",
    or_name: false,
};

static NODE: Node = Node::new(
    "OPNsense/monit/service",
    &[Take::Look { from: "tests", to: "%tests", table: &TESTS }],
)
// Of which the API gives a label.
.lacks(&["type"]);

pub static DOMAIN: Domain<Watched> = Domain {
    name: "monit_services",
    about: "Services, hosts and files that Monit watches, and the tests applied.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("monit", "monit/settings/search_service", MONIT)
            .before(RAW)
            .gap("before 25.7 the API shows only name and type of what Monit watches"),
        Source::grid("monit", "monit/settings/search_service", MONIT).from(RAW),
        Source::config("monit", &NODE),
    ],
    fields: &[
        field("name"),
        field("enabled"),
        field("description"),
        field("type"),
        field("%type"),
        field("address"),
        field("path"),
        field("pidfile"),
        field("tests"),
        field("%tests"),
        field("polltime"),
        field("uuid"),
    ],
    identity: &["name"],
    columns: &[
        col(Role::Key, "name", Read::Name(|w| Some(&w.name)), "Name of what is watched."),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|w| Some(w.duplicate)),
            "0; higher when a name is used twice.",
        ),
        col(
            Role::Indexed,
            "description",
            Read::Name(|w| w.description.as_deref()),
            "The administrator's words.",
        ),
        col(Role::Plain, "enabled", Read::Bool(|w| Some(w.enabled)), "In use."),
        col(
            Role::Plain,
            "type",
            Read::Text(|w| w.kind.as_deref()),
            "What it is, such as Remote Host or Process.",
        ),
        col(
            Role::Indexed,
            "address",
            Read::Name(|w| w.address.as_deref()),
            "Host that is watched.",
        ),
        col(Role::Plain, "path", Read::Text(|w| w.path.as_deref()), "File that is watched."),
        col(Role::Plain, "tests", Read::Text(|w| w.tests.as_deref()), "Names of the tests."),
        col(
            Role::Plain,
            "interval",
            Read::Text(|w| w.interval.as_deref()),
            "How often, when not as often as the rest.",
        ),
        col(
            Role::Plain,
            "uuid",
            Read::Text(|w| w.uuid.as_deref()),
            "Identifier in the configuration.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Watched {
            name: raw.text("name")?,
            duplicate: raw.ordinal().into(),
            description: raw.string("description"),
            enabled: raw.maybe_flag("enabled")?.unwrap_or(true),
            kind: raw.string("%type").or_else(|| raw.string("type")),
            address: raw.string("address"),
            path: raw.string("path").or_else(|| raw.string("pidfile")),
            tests: raw.string("%tests").map(|t| t.replace(", ", ",").into()),
            interval: raw.string("polltime"),
            uuid: raw.string("uuid"),
        });
        Ok(())
    },
    never_empty: false,
};
