//! Monit: conditions and what follows from them.
use super::prelude::*;
use super::words::word;

#[derive(Debug)]
pub struct Test {
    pub name: Box<str>,
    pub duplicate: i64,
    pub kind: Option<Box<str>>,
    pub condition: Option<Box<str>>,
    pub action: Option<Box<str>>,
    pub uuid: Option<Box<str>>,
}

static NODE: Node = Node::new("OPNsense/monit/test", &[])
    // Of which the API gives a label.
    .lacks(&["type"]);

pub static DOMAIN: Domain<Test> = Domain {
    name: "monit_tests",
    about: "Tests that Monit applies: condition and action.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid(
            "monit",
            "monit/settings/search_test",
            "WebCfg - Services: Monit System Monitoring page",
        ),
        Source::config("monit", &NODE),
    ],
    fields: &[
        field("name"),
        field("type"),
        field("%type"),
        field("condition"),
        field("action"),
        field("uuid"),
    ],
    identity: &["name"],
    columns: &[
        col(Role::Key, "name", Read::Name(|t| Some(&t.name)), "Name of the test."),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|t| Some(t.duplicate)),
            "0; higher when a name is used twice.",
        ),
        col(
            Role::Plain,
            "type",
            Read::Text(|t| t.kind.as_deref()),
            "Kind of condition, such as Network Ping; absent on 24.7 and 25.1.",
        ),
        col(Role::Plain, "condition", Read::Text(|t| t.condition.as_deref()), "When it applies."),
        col(
            Role::Plain,
            "action",
            Read::Text(|t| t.action.as_deref()),
            "What is done: alert, restart, start, stop, exec or unmonitor.",
        ),
        col(
            Role::Plain,
            "uuid",
            Read::Text(|t| t.uuid.as_deref()),
            "Identifier in the configuration.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Test {
            name: raw.text("name")?,
            duplicate: raw.ordinal().into(),
            kind: raw.string("%type").or_else(|| raw.string("type")),
            condition: raw.string("condition"),
            action: word(raw, "action"),
            uuid: raw.string("uuid"),
        });
        Ok(())
    },
    never_empty: false,
};
