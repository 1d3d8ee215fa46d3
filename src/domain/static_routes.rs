//! Static routes, as configured.
use super::prelude::*;

#[derive(Debug)]
pub struct StaticRoute {
    pub uuid: Box<str>,
    pub network: Vec<Box<str>>,
    pub gateway: Option<Box<str>>,
    pub enabled: bool,
    pub description: Option<Box<str>>,
}

static NODE: Node = Node::new("staticroutes/route", &[]);

pub static DOMAIN: Domain<StaticRoute> = Domain {
    name: "static_routes",
    about: "Configured static routes: network, gateway by name, enabled or not.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("search", "routes/routes/searchroute", "System: Static Routes"),
        Source::config("search", &NODE),
    ],
    fields: &[
        field("uuid"),
        field("network"),
        field("gateway"),
        field("descr"),
        field("disabled"),
        field("enabled"),
    ],
    identity: &["uuid"],
    columns: &[
        col(Role::Key, "uuid", Read::Text(|r| Some(&r.uuid)), "Identifier in the configuration."),
        col(Role::Plain, "network", Read::Nets(|r| &r.network), "Destination network."),
        col(Role::Indexed, "gateway", Read::Text(|r| r.gateway.as_deref()), "Name of the gateway."),
        col(
            Role::Plain,
            "enabled",
            Read::Bool(|r| Some(r.enabled)),
            "A disabled route is not installed.",
        ),
        col(
            Role::Indexed,
            "description",
            Read::Name(|r| r.description.as_deref()),
            "The administrator's words.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(StaticRoute {
            uuid: raw.text("uuid")?,
            network: raw.list("network"),
            gateway: raw.maybe("gateway").and_then(|text| text.split(' ').next().map(Into::into)),
            enabled: raw.maybe_flag("enabled")?.unwrap_or(!raw.flag("disabled")?),
            description: raw.string("descr"),
        });
        Ok(())
    },
    never_empty: false,
};
