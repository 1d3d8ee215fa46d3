//! Traffic shaper: pipes, the limits.
use super::prelude::*;
use super::words::word;

#[derive(Debug)]
pub struct Pipe {
    pub id: Box<str>,
    pub number: Option<i64>,
    pub description: Option<Box<str>>,
    pub enabled: bool,
    pub bandwidth: Option<i64>,
    pub unit: Option<Box<str>>,
    pub mask: Option<Box<str>>,
    pub scheduler: Option<Box<str>>,
}

static NODE: Node = Node::new("OPNsense/TrafficShaper/pipes/pipe", &[]);

pub static DOMAIN: Domain<Pipe> = Domain {
    name: "shaper_pipes",
    about: "Pipes of the traffic shaper: bandwidth limits.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("shaper", "trafficshaper/settings/search_pipes", "Firewall: Shaper"),
        Source::config("shaper", &NODE),
    ],
    fields: &[
        field("uuid"),
        field("number"),
        field("enabled"),
        field("bandwidth"),
        field("bandwidthMetric"),
        field("mask"),
        field("scheduler"),
        field("description"),
    ],
    identity: &["uuid"],
    columns: &[
        col(Role::Key, "id", Read::Text(|p| Some(&p.id)), "Identifier in the configuration."),
        col(Role::Plain, "number", Read::Int(|p| p.number), "Number in the kernel."),
        col(
            Role::Indexed,
            "description",
            Read::Name(|p| p.description.as_deref()),
            "The administrator's words.",
        ),
        col(Role::Plain, "enabled", Read::Bool(|p| Some(p.enabled)), "In use."),
        col(Role::Plain, "bandwidth", Read::Int(|p| p.bandwidth), "Limit, in the unit beside it."),
        col(
            Role::Plain,
            "unit",
            Read::Text(|p| p.unit.as_deref()),
            "Unit of the limit, such as Mbit.",
        ),
        col(
            Role::Plain,
            "mask",
            Read::Text(|p| p.mask.as_deref()),
            "Per source or destination address, when not for all together.",
        ),
        col(
            Role::Plain,
            "scheduler",
            Read::Text(|p| p.scheduler.as_deref()),
            "How queued packets are chosen, such as fq_codel.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Pipe {
            id: raw.text("uuid")?,
            number: raw.maybe_read("number")?,
            description: raw.string("description"),
            enabled: raw.maybe_flag("enabled")?.unwrap_or(true),
            bandwidth: raw.maybe_read("bandwidth")?,
            unit: raw.string("bandwidthMetric"),
            mask: word(raw, "mask"),
            scheduler: raw.string("scheduler"),
        });
        Ok(())
    },
    never_empty: false,
};
