//! Traffic shaper: queues, the shares of a pipe.
use super::node::{Key, Table};
use super::prelude::*;
use super::words::word;

#[derive(Debug)]
pub struct Queue {
    pub id: Box<str>,
    pub number: Option<i64>,
    pub description: Option<Box<str>>,
    pub enabled: bool,
    pub pipe: Option<Box<str>>,
    pub weight: Option<i64>,
    pub mask: Option<Box<str>>,
}

static PIPES: Table = Table {
    path: "OPNsense/TrafficShaper/pipes/pipe",
    key: Key::Uuid,
    value: &["description"],
    between: "",
    or_name: false,
};

static NODE: Node = Node::new(
    "OPNsense/TrafficShaper/queues/queue",
    &[Take::Look { from: "pipe", to: "%pipe", table: &PIPES }],
);

pub static DOMAIN: Domain<Queue> = Domain {
    name: "shaper_queues",
    about: "Queues of the traffic shaper: weighted shares of a pipe.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("shaper", "trafficshaper/settings/search_queues", "Firewall: Shaper")
            .optional(),
        Source::config("shaper", &NODE),
    ],
    fields: &[
        field("uuid"),
        field("number"),
        field("enabled"),
        field("pipe"),
        field("%pipe"),
        field("weight"),
        field("mask"),
        field("description"),
    ],
    identity: &["uuid"],
    columns: &[
        col(Role::Key, "id", Read::Text(|q| Some(&q.id)), "Identifier in the configuration."),
        col(Role::Plain, "number", Read::Int(|q| q.number), "Number in the kernel."),
        col(
            Role::Indexed,
            "description",
            Read::Name(|q| q.description.as_deref()),
            "The administrator's words.",
        ),
        col(Role::Plain, "enabled", Read::Bool(|q| Some(q.enabled)), "In use."),
        col(
            Role::Plain,
            "pipe",
            Read::Text(|q| q.pipe.as_deref()),
            "Pipe it is a share of, by its description.",
        ),
        col(Role::Plain, "weight", Read::Int(|q| q.weight), "Share, 1 to 100."),
        col(
            Role::Plain,
            "mask",
            Read::Text(|q| q.mask.as_deref()),
            "Per source or destination address, when not for all together.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Queue {
            id: raw.text("uuid")?,
            number: raw.maybe_read("number")?,
            description: raw.string("description"),
            enabled: raw.maybe_flag("enabled")?.unwrap_or(true),
            pipe: raw.string("%pipe").or_else(|| raw.string("pipe")),
            weight: raw.maybe_read("weight")?,
            mask: word(raw, "mask"),
        });
        Ok(())
    },
    never_empty: false,
};
