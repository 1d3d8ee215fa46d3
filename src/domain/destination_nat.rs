//! Destination NAT: port forwards, and the anti-lockout exemptions before them.
use super::node::CATEGORY_NAMES;
use super::prelude::*;
use super::term::{Side, category, family, port, position, protocol, terms};
use crate::types::Release;

#[derive(Debug)]
pub struct Forward {
    pub position: i64,
    pub uuid: Box<str>,
    pub origin: &'static str,
    pub enabled: bool,
    pub redirect: bool,
    pub interface: Option<Box<str>>,
    pub family: &'static str,
    pub protocol: Box<str>,
    pub source: Vec<Box<str>>,
    pub source_port: Option<Box<str>>,
    pub destination: Vec<Box<str>>,
    pub destination_port: Option<Box<str>>,
    pub target: Vec<Box<str>>,
    pub target_port: Option<Box<str>>,
    pub filter: &'static str,
    pub reflection: Option<Box<str>>,
    pub pool: Option<Box<str>>,
    pub log: bool,
    pub tag: Option<Box<str>>,
    pub tagged: Option<Box<str>>,
    pub category: Option<Box<str>>,
    pub description: Option<Box<str>>,
}

const MVC: Release = Release::new(26, 1, 0);
const SEARCH: &str = "firewall/d_nat/search_rule";
const PRIVILEGE: &str = "Firewall: NAT: Destination NAT";

const SOURCE_SIDE: Side = Side {
    nets: &["source.network", "source.address"],
    nots: &["source.not"],
    ports: &["source.port"],
};
const DESTINATION: Side = Side {
    nets: &["destination.network", "destination.address"],
    nots: &["destination.not"],
    ports: &["destination.port"],
};

/// Port forwards of the pages before 26.1: flags are elements, order is that of the file.
static LEGACY: Node = Node::new(
    "nat/rule",
    &[
        flag("disabled", "disabled"),
        flag("nordr", "nordr"),
        flag("source.not", "source.not"),
        flag("destination.not", "destination.not"),
        flag("log", "log"),
        Take::Position { to: "sequence" },
    ],
);

static MODEL: Node = Node::new(
    "nat/rule",
    &[Take::Look { from: "categories", to: "%categories", table: &CATEGORY_NAMES }],
)
// Anti-lockout.
.beyond(&[("origin", &["automatic"])]);

pub static DOMAIN: Domain<Forward> = Domain {
    name: "destination_nat",
    about: "Port forwards (rdr): what arrives where, and the inner host and port it is sent to; first match wins.",
    cadence: Cadence::Config,
    sources: &[
        // Answers 404; asked so that the gap is told together with the answer.
        Source::grid("mvc", SEARCH, PRIVILEGE)
            .before(MVC)
            .optional()
            .gap("before 26.1 port forwards are only in config.xml"),
        Source::grid("mvc", SEARCH, PRIVILEGE).from(MVC),
        // Not `mvc`, which is asked for its gap: what an import read stays beside that answer.
        Source::config("legacy", &LEGACY).before(MVC),
        Source::config("mvc", &MODEL).from(MVC),
    ],
    fields: &[
        field("uuid"),
        field("sequence"),
        field("sort_order"),
        field("disabled"),
        field("nordr"),
        field("interface"),
        field("ipprotocol"),
        field("protocol"),
        field("source.network"),
        field("source.address"),
        field("source.port"),
        field("source.not"),
        field("destination.network"),
        field("destination.address"),
        field("destination.port"),
        field("destination.not"),
        field("target"),
        field("local-port"),
        field("pass"),
        field("associated-rule-id"),
        field("natreflection"),
        field("poolopts"),
        field("log"),
        field("tag"),
        field("tagged"),
        field("%categories"),
        field("category"),
        field("categories"),
        field("is_automatic"),
        field("descr"),
    ],
    identity: &["uuid"],
    columns: &[
        col(
            Role::Key,
            "position",
            Read::Int(|f| Some(f.position)),
            "Evaluation order: priority group times ten million plus the sequence within it.",
        ),
        col(
            Role::Key,
            "uuid",
            Read::Name(|f| Some(&f.uuid)),
            "Identifier in the configuration; lockout_0 and so on for automatic ones.",
        ),
        col(Role::Plain, "origin", Read::Text(|f| Some(f.origin)), "manual or automatic."),
        col(
            Role::Plain,
            "enabled",
            Read::Bool(|f| Some(f.enabled)),
            "A disabled rule is not loaded.",
        ),
        col(
            Role::Plain,
            "redirect",
            Read::Bool(|f| Some(f.redirect)),
            "False exempts matching traffic from the rules below.",
        ),
        col(
            Role::Indexed,
            "interface",
            Read::Text(|f| f.interface.as_deref()),
            "Keys of the interfaces the traffic arrives on, separated by commas.",
        ),
        col(Role::Plain, "family", Read::Text(|f| Some(f.family)), "inet, inet6 or inet46 (both)."),
        col(
            Role::Plain,
            "protocol",
            Read::Text(|f| Some(&f.protocol)),
            "Lower-case protocol, or any.",
        ),
        col(
            Role::Plain,
            "source",
            Read::Nets(|f| &f.source),
            "Source terms; `!` negates; any, interface keys, aliases, networks.",
        ),
        col(
            Role::Plain,
            "source_port",
            Read::Text(|f| f.source_port.as_deref()),
            "Source port, range or port alias; absent: any.",
        ),
        col(
            Role::Plain,
            "destination",
            Read::Nets(|f| &f.destination),
            "Destination terms before translation; wanip is the interface's address.",
        ),
        col(
            Role::Indexed,
            "destination_port",
            Read::Text(|f| f.destination_port.as_deref()),
            "Port the client asks for; absent: any.",
        ),
        col(
            Role::Plain,
            "target",
            Read::Nets(|f| &f.target),
            "Address or alias the traffic is sent to.",
        ),
        col(
            Role::Indexed,
            "target_port",
            Read::Text(|f| f.target_port.as_deref()),
            "First port on the target; absent: the port asked for.",
        ),
        col(
            Role::Plain,
            "filter",
            Read::Text(|f| Some(f.filter)),
            "pass (bypasses the filter), rule (an automatic filter rule after all others) or manual (needs a filter rule for the target).",
        ),
        col(
            Role::Plain,
            "reflection",
            Read::Text(|f| f.reflection.as_deref()),
            "purenat, enable or disable; absent: the system's default.",
        ),
        col(
            Role::Plain,
            "pool",
            Read::Text(|f| f.pool.as_deref()),
            "How several targets share the load.",
        ),
        col(Role::Plain, "log", Read::Bool(|f| Some(f.log)), "Matches are logged."),
        col(Role::Plain, "tag", Read::Text(|f| f.tag.as_deref()), "Tag put on matching packets."),
        col(Role::Plain, "tagged", Read::Text(|f| f.tagged.as_deref()), "Tag a packet must carry."),
        col(
            Role::Plain,
            "category",
            Read::Text(|f| f.category.as_deref()),
            "Category names, or their uuids where the release gives no names.",
        ),
        col(
            Role::Indexed,
            "description",
            Read::Name(|f| f.description.as_deref()),
            "The administrator's words.",
        ),
    ],
    parse,
    never_empty: false,
};

fn parse(raw: Raw<'_>, rows: &mut Vec<Forward>) -> Result<(), Reject> {
    rows.push(Forward {
        // Port forwards have priority 600000 among the translations; `sort_order` ranks them alone.
        position: position(raw, 400_000)?.1,
        uuid: raw.text("uuid")?,
        origin: if raw.flag("is_automatic")? { "automatic" } else { "manual" },
        enabled: !raw.flag("disabled")?,
        redirect: !raw.flag("nordr")?,
        interface: Some(raw.list("interface").join(",")).filter(|t| !t.is_empty()).map(Into::into),
        family: family(raw)?,
        protocol: protocol(raw),
        source: terms(raw, &SOURCE_SIDE)?,
        source_port: port(raw, SOURCE_SIDE.ports),
        destination: terms(raw, &DESTINATION)?,
        destination_port: port(raw, DESTINATION.ports),
        target: raw.list("target"),
        target_port: port(raw, &["local-port"]),
        filter: filter(raw),
        reflection: raw.string("natreflection"),
        pool: raw.string("poolopts"),
        log: raw.flag("log")?,
        tag: raw.string("tag"),
        tagged: raw.string("tagged"),
        category: category(raw, &["%categories", "category", "categories"]),
        description: raw.string("descr"),
    });
    Ok(())
}

/// What lets the translated traffic in. Up to 25.7 a linked filter rule is an ordinary one.
fn filter(raw: Raw<'_>) -> &'static str {
    let said = raw.maybe("pass").or_else(|| raw.maybe("associated-rule-id"));
    match said.as_deref() {
        Some("pass") => "pass",
        Some("rule") => "rule",
        _ => "manual",
    }
}
