//! Source NAT: under which address traffic leaves.
use super::node::{CATEGORY_NAMES, first};
use super::prelude::*;
use super::term::{Side, category, family, port, position, protocol, terms};
use crate::types::Release;

#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the firewall's own form")]
pub struct Translation {
    pub position: i64,
    pub uuid: Box<str>,
    pub origin: &'static str,
    pub enabled: bool,
    pub translate: bool,
    pub interface: Option<Box<str>>,
    pub family: &'static str,
    pub protocol: Box<str>,
    pub source: Vec<Box<str>>,
    pub source_port: Option<Box<str>>,
    pub destination: Vec<Box<str>>,
    pub destination_port: Option<Box<str>>,
    pub target: Vec<Box<str>>,
    pub target_port: Option<Box<str>>,
    pub static_port: bool,
    pub log: bool,
    pub tag: Option<Box<str>>,
    pub tagged: Option<Box<str>>,
    pub category: Option<Box<str>>,
    pub description: Option<Box<str>>,
}

/// First release whose search rows carry machine values instead of three labels.
const RAW_SEARCH: Release = Release::new(25, 7, 0);
/// The privilege has another name from here on.
const RENAMED: Release = Release::new(26, 1, 0);
/// First release that shows automatic rules, and rows only when the mode loads them.
const BY_MODE: Release = Release::new(26, 1, 11);
const SEARCH: &str = "firewall/source_nat/search_rule";
const PRIVILEGE: &str = "Firewall: NAT: Source NAT";
const LEGACY: &str =
    "legacy outbound NAT rules, automatic ones and the outbound NAT mode are only in config.xml";

const SOURCE_SIDE: Side =
    Side { nets: &["source_net"], nots: &["source_not"], ports: &["source_port"] };
const DESTINATION: Side =
    Side { nets: &["destination_net"], nots: &["destination_not"], ports: &["destination_port"] };

static MODEL: Node = Node::new(
    "OPNsense/Firewall/Filter/snatrules/rule",
    &[Take::Look { from: "categories", to: "%categories", table: &CATEGORY_NAMES }],
)
.beyond(&[("origin", &["automatic"])]);

/// Manual outbound rules of the old page, behind those of the model.
static OUTBOUND: Node = Node::new(
    "nat/outbound/rule",
    &[
        ENABLED,
        flag("nonat", "nonat"),
        flag("staticnatport", "staticnatport"),
        flag("log", "log"),
        flag("source.not", "source_not"),
        flag("destination.not", "destination_not"),
        Take::Make { to: "source_net", from: &["source.network", "source.address"], make: first },
        Take::Make {
            to: "destination_net",
            from: &["destination.network", "destination.address"],
            make: first,
        },
        rename("sourceport", "source_port"),
        rename("dstport", "destination_port"),
        rename("natport", "target_port"),
        rename("descr", "description"),
        Take::Make { to: "target", from: &["target", "targetip", "targetip_subnet"], make: target },
        Take::Position { to: "@position" },
        Take::Make { to: "sort_order", from: &["@position"], make: behind },
    ],
);

/// `other-subnet` stands for the address and prefix beside it.
fn target(parts: &[Option<&str>]) -> Option<String> {
    match parts {
        [Some("other-subnet"), Some(ip), Some(bits)] => Some(format!("{ip}/{bits}")),
        [Some(target), ..] => Some((*target).to_owned()),
        _ => None,
    }
}

fn behind(parts: &[Option<&str>]) -> Option<String> {
    let [Some(position)] = parts else { return None };
    Some(format!("500000.{:07}", position.parse::<u32>().ok()?))
}

pub static DOMAIN: Domain<Translation> = Domain {
    name: "source_nat",
    about: "Source (outbound) NAT rules: which inner source leaves under which address; first match wins.",
    cadence: Cadence::Config,
    sources: &[
        // The search has three fields on these releases. The filter model is read for the rules anyway.
        Source::map("model", "firewall/filter/get", "filter.snatrules.rule", "Firewall: Automation: Filter")
            .before(RAW_SEARCH)
            .gap(LEGACY),
        Source::grid("search", SEARCH, "Firewall: Automation: Source NAT")
            .from(RAW_SEARCH)
            .before(RENAMED)
            .gap(LEGACY),
        Source::grid("search", SEARCH, PRIVILEGE).from(RENAMED).before(BY_MODE).gap(LEGACY),
        Source::grid("search", SEARCH, PRIVILEGE).from(BY_MODE).gap(
            "legacy outbound NAT rules are only in config.xml; manual rules are shown in the modes hybrid and advanced; automatic ones are the firewall's own summary of what it loads",
        ),
        Source::config("model", &MODEL).before(RAW_SEARCH),
        Source::config("search", &MODEL).from(RAW_SEARCH),
        Source::config("outbound", &OUTBOUND)
            .gap("manual rules take effect in the modes hybrid and advanced"),
    ],
    fields: &[
        field("uuid"),
        field("sequence"),
        field("sort_order"),
        field("enabled"),
        field("nonat"),
        field("interface"),
        field("ipprotocol"),
        field("protocol"),
        field("source_net"),
        field("source_not"),
        field("source_port"),
        field("destination_net"),
        field("destination_not"),
        field("destination_port"),
        field("target"),
        field("target_port"),
        field("staticnatport"),
        field("log"),
        field("tag"),
        field("tagged"),
        field("%categories"),
        field("categories"),
        field("is_automatic"),
        field("description"),
    ],
    identity: &["uuid"],
    columns: &[
        col(Role::Key, "position", Read::Int(|t| Some(t.position)), "Evaluation order: priority group times ten million plus the sequence within it."),
        col(Role::Key, "uuid", Read::Name(|t| Some(&t.uuid)), "Identifier in the configuration; automatic_wan and so on for automatic ones."),
        col(Role::Plain, "origin", Read::Text(|t| Some(t.origin)), "manual or automatic."),
        col(Role::Plain, "enabled", Read::Bool(|t| Some(t.enabled)), "A disabled rule is not loaded."),
        col(Role::Plain, "translate", Read::Bool(|t| Some(t.translate)), "False exempts matching traffic from the rules below."),
        col(Role::Indexed, "interface", Read::Text(|t| t.interface.as_deref()), "Keys of the interfaces the traffic leaves by, separated by commas."),
        col(Role::Plain, "family", Read::Text(|t| Some(t.family)), "inet, inet6 or inet46 (both)."),
        col(Role::Plain, "protocol", Read::Text(|t| Some(&t.protocol)), "Lower-case protocol, or any."),
        col(Role::Plain, "source", Read::Nets(|t| &t.source), "Source terms; `!` negates; any, interface keys, aliases, networks."),
        col(Role::Plain, "source_port", Read::Text(|t| t.source_port.as_deref()), "Source port, range or port alias; absent: any."),
        col(Role::Plain, "destination", Read::Nets(|t| &t.destination), "Destination terms, as source."),
        col(Role::Plain, "destination_port", Read::Text(|t| t.destination_port.as_deref()), "Destination port, range or port alias; absent: any."),
        col(Role::Plain, "target", Read::Nets(|t| &t.target), "Address the source becomes: wanip (the interface's), an address or an alias."),
        col(Role::Plain, "target_port", Read::Text(|t| t.target_port.as_deref()), "Port the source port becomes; absent: chosen by pf."),
        col(Role::Plain, "static_port", Read::Bool(|t| Some(t.static_port)), "The source port is kept."),
        col(Role::Plain, "log", Read::Bool(|t| Some(t.log)), "Matches are logged."),
        col(Role::Plain, "tag", Read::Text(|t| t.tag.as_deref()), "Tag put on matching packets."),
        col(Role::Plain, "tagged", Read::Text(|t| t.tagged.as_deref()), "Tag a packet must carry."),
        col(Role::Plain, "category", Read::Text(|t| t.category.as_deref()), "Category names, or their uuids where the release gives no names."),
        col(Role::Indexed, "description", Read::Name(|t| t.description.as_deref()), "The administrator's words, or the firewall's for automatic rules."),
    ],
    parse: |raw, rows| {
        rows.push(Translation {
            position: position(raw, 400_000)?.1,
            uuid: raw.text("uuid")?,
            origin: if raw.flag("is_automatic")? { "automatic" } else { "manual" },
            enabled: raw.maybe_flag("enabled")?.unwrap_or(true),
            translate: !raw.flag("nonat")?,
            interface: Some(raw.list("interface").join(","))
                .filter(|t| !t.is_empty())
                .map(Into::into),
            family: family(raw)?,
            protocol: protocol(raw),
            source: terms(raw, &SOURCE_SIDE)?,
            source_port: port(raw, SOURCE_SIDE.ports),
            destination: terms(raw, &DESTINATION)?,
            destination_port: port(raw, DESTINATION.ports),
            target: raw.list("target"),
            target_port: port(raw, &["target_port"]),
            static_port: raw.flag("staticnatport")?,
            log: raw.flag("log")?,
            tag: raw.string("tag"),
            tagged: raw.string("tagged"),
            category: category(raw, &["%categories", "categories"]),
            description: raw.string("description"),
        });
        Ok(())
    },
    never_empty: false,
};
