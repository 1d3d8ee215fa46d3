//! Firewall rules of every kind, in the order in which pf evaluates them.
use super::node::{ALIAS_NAMES, CATEGORY_NAMES, INTERFACE_NAMES, Key, Table};
use super::prelude::*;
use super::term::{self, Side, category, chosen, family, joined, port, protocol, terms};
use crate::types::Release;

#[derive(Debug)]
pub struct Rule {
    pub position: i64,
    pub tie: i64,
    pub uuid: Box<str>,
    pub duplicate: i64,
    pub kind: &'static str,
    pub origin: &'static str,
    pub enabled: bool,
    pub action: &'static str,
    pub quick: bool,
    pub direction: Box<str>,
    pub interface: Option<Box<str>>,
    pub interface_name: Option<Box<str>>,
    pub family: &'static str,
    pub protocol: Box<str>,
    pub source: Vec<Box<str>>,
    pub source_port: Option<Box<str>>,
    pub destination: Vec<Box<str>>,
    pub destination_port: Option<Box<str>>,
    pub icmp_type: Option<Box<str>>,
    pub gateway: Option<Box<str>>,
    pub schedule: Option<Box<str>>,
    pub state_type: Option<Box<str>>,
    pub tcp_flags: Option<Box<str>>,
    pub tag: Option<Box<str>>,
    pub tagged: Option<Box<str>>,
    pub tos: Option<Box<str>>,
    pub vlan_priority: Option<Box<str>>,
    pub os: Option<Box<str>>,
    pub reply_to: Option<Box<str>>,
    pub allow_options: Option<bool>,
    pub state_policy: Option<Box<str>>,
    pub divert_to: Option<Box<str>>,
    pub limits: Option<Box<str>>,
    pub log: bool,
    pub category: Option<Box<str>>,
    pub description: Option<Box<str>>,
}

const FULL_ROWS: Release = Release::new(25, 1, 5);
const RAW_SEARCH: Release = Release::new(25, 7, 0);
const ALL_AT_ONCE: Release = Release::new(26, 1, 1);
const ALWAYS_ALL: Release = Release::new(26, 1, 10);
/// Its name before 26.1.
const AUTOMATION: &str = "Firewall: Automation: Filter";
const PRIVILEGE: &str = "Firewall: Rules [new]";
const SEARCH: &str = "firewall/filter/search_rule";

const NO_AUTOMATIC: &str =
    "config.xml has no automatic rules; positions among legacy rules are their order in it";

static GROUP_SEQUENCES: Table = Table {
    path: "ifgroups/ifgroupentry",
    key: Key::Leaf("ifname"),
    value: &["sequence"],
    between: "",
    or_name: false,
};

/// The priority and position that 25.7 and later give as `sort_order`.
static MVC: Node = Node::new(
    "OPNsense/Firewall/Filter/rules/rule",
    &[
        Take::Look { from: "interface", to: "@group", table: &GROUP_SEQUENCES },
        Take::Make {
            to: "sort_order",
            from: &["interface", "interfacenot", "sequence", "@group"],
            make: mvc_order,
        },
        Take::Look { from: "interface", to: "%interface", table: &INTERFACE_NAMES },
        Take::Look { from: "categories", to: "%categories", table: &CATEGORY_NAMES },
        Take::Look { from: "overload", to: "%overload", table: &ALIAS_NAMES },
    ],
)
.lacks(&["interface_name"])
.beyond(&[("origin", &["automatic"])]);

static LEGACY: Node = Node::new(
    "filter/rule",
    &[
        Take::Label { to: "uuid" },
        set("legacy", "1"),
        // Since when it is written by hand: without it the API would call it automatic.
        set("is_automatic", "0"),
        ENABLED,
        rename("type", "action"),
        rename("descr", "description"),
        // `<not/>` negates up to 25.7; an element that says nothing is never written since.
        flag("source.not", "source_not"),
        flag("destination.not", "destination_not"),
        flag("log", "log"),
        Take::Position { to: "@position" },
        Take::Look { from: "interface", to: "@group", table: &GROUP_SEQUENCES },
        Take::Make {
            to: "sort_order",
            from: &["floating", "@position", "@group"],
            make: legacy_order,
        },
        Take::Look { from: "interface", to: "%interface", table: &INTERFACE_NAMES },
    ],
)
.lacks(&["interface_name", "position"])
.beyond(&[("origin", &["automatic"])]);

/// Floating with no or several interfaces, or all but one; groups by their sequence; else one interface.
fn mvc_order(parts: &[Option<&str>]) -> Option<String> {
    let [interface, not, sequence, group] = parts else { return None };
    let sequence: u32 = sequence.unwrap_or("0").parse().ok()?;
    let priority = match interface {
        Some(one) if !one.contains(',') && *not != Some("1") => match group {
            Some(sequence) => 300_000 + sequence.parse::<u32>().ok()?,
            None if is_interface(one) => 400_000,
            None => 300_000,
        },
        _ => 200_000,
    };
    Some(format!("{priority}.{sequence:07}"))
}

/// As the firewall registers them: in the order of the file, behind MVC rules of the same priority.
fn legacy_order(parts: &[Option<&str>]) -> Option<String> {
    let [floating, position, group] = parts else { return None };
    let priority = match (floating, group) {
        (Some(_), _) => 200_000,
        (None, Some(sequence)) => 300_000 + sequence.parse::<u32>().ok()?,
        (None, None) => 400_000,
    };
    Some(format!("{priority}.1{:06}", position.unwrap_or("0").parse::<u32>().ok()?))
}

pub static DOMAIN: Domain<Rule> = Domain {
    name: "firewall_rules",
    about: "Filter rules: automatic, floating, group and interface rules, in pf's evaluation order.",
    cadence: Cadence::Config,
    sources: &[
        // Up to 25.1.4 the search gives three fields and MVC rules only; up to 25.1 it gives labels.
        Source::map("model", "firewall/filter/get", "filter.rules.rule", AUTOMATION)
            .before(FULL_ROWS)
            .ranked("sequence", "tie")
            .gap("before 25.1.5 the API shows MVC (automation) rules only; legacy and automatic rules are in config.xml"),
        Source::grid("search", SEARCH, AUTOMATION)
            .from(FULL_ROWS)
            .before(ALL_AT_ONCE)
            .each_interface()
            .with(&[("show_all", "1")])
            .labels("interface", "legacy")
            .ranked("sort_order", "tie")
            .gap("disabled legacy rules are not reported by this release's API"),
        Source::map("model", "firewall/filter/get", "filter.rules.rule", AUTOMATION)
            .from(FULL_ROWS)
            .before(RAW_SEARCH),
        Source::grid("search", SEARCH, PRIVILEGE)
            .from(ALL_AT_ONCE)
            .before(ALWAYS_ALL)
            .with(&[("show_all", "1")])
            .labels("interface", "legacy")
            .ranked("sort_order", "tie")
            .gap("disabled legacy rules are not reported by this release's API"),
        // Without `show_all`, which only adds counters here and costs a `pfctl` run.
        Source::grid("search", SEARCH, PRIVILEGE)
            .from(ALWAYS_ALL)
            .labels("interface", "legacy")
            .ranked("sort_order", "tie")
            .gap("disabled legacy rules are not reported by the API"),
        Source::config("model", &MVC)
            .before(FULL_ROWS)
            .ranked("sequence", "tie")
            .gap(NO_AUTOMATIC),
        Source::config("search", &MVC)
            .from(FULL_ROWS)
            .ranked("sort_order", "tie")
            .gap(NO_AUTOMATIC),
        Source::config("search", &LEGACY).gap(NO_AUTOMATIC),
    ],
    fields: &[
        field("uuid"),
        field("enabled"),
        field("sequence"),
        field("sort_order"),
        field("tie"),
        field("legacy"),
        field("is_automatic"),
        field("updated.time"),
        field("floating"),
        field("action"),
        field("quick"),
        field("interface"),
        field("%interface"),
        field("interfacenot"),
        field("direction"),
        field("ipprotocol"),
        field("protocol"),
        field("icmptype"),
        field("icmp6type"),
        field("icmp6-type"),
        field("source_net"),
        field("source_not"),
        field("source_port"),
        field("destination_net"),
        field("destination_not"),
        field("destination_port"),
        // 25.1 leaves legacy rules nested.
        field("source.network"),
        field("source.address"),
        field("source.any"),
        field("source.not"),
        field("source.port"),
        field("destination.network"),
        field("destination.address"),
        field("destination.any"),
        field("destination.not"),
        field("destination.port"),
        field("gateway"),
        field("sched"),
        field("statetype"),
        field("tcpflags1"),
        field("tcpflags2"),
        field("tcpflags_any"),
        field("tag"),
        field("tagged"),
        field("tos"),
        field("prio"),
        field("os"),
        field("replyto"),
        field("reply-to"),
        field("disablereplyto"),
        field("allowopts"),
        field("state-policy"),
        field("divert-to"),
        field("max"),
        field("max-src-nodes"),
        field("max-src-states"),
        field("max-src-conn"),
        field("max-src-conn-rate"),
        field("max-src-conn-rates"),
        field("max-pkt-rate-number"),
        field("max-pkt-rate-seconds"),
        field("overload"),
        field("%overload"),
        field("log"),
        field("categories"),
        field("%categories"),
        field("category"),
        field("description"),
    ],
    identity: &["uuid"],
    columns: &[
        col(Role::Key, "position", Read::Int(|r| Some(r.position)), "Evaluation order: priority group times ten million plus the sequence within it."),
        col(Role::Key, "tie", Read::Int(|r| Some(r.tie)), "0; higher for later ones among rules of equal position."),
        col(Role::Key, "uuid", Read::Name(|r| Some(&r.uuid)), "UUID of an MVC rule; 32 hexadecimal digits of a legacy or automatic one; pf's label."),
        col(Role::Key, "duplicate", Read::Int(|r| Some(r.duplicate)), "0; higher for identical legacy rules."),
        col(Role::Indexed, "kind", Read::Text(|r| Some(r.kind)), "automatic, floating, group or interface."),
        col(Role::Plain, "origin", Read::Text(|r| Some(r.origin)), "mvc, legacy or automatic."),
        col(Role::Plain, "enabled", Read::Bool(|r| Some(r.enabled)), "A disabled rule is not loaded."),
        col(Role::Indexed, "action", Read::Text(|r| Some(r.action)), "pass, block or reject."),
        col(Role::Plain, "quick", Read::Bool(|r| Some(r.quick)), "First match decides; otherwise the last match wins."),
        col(Role::Plain, "direction", Read::Text(|r| Some(&r.direction)), "in, out or any."),
        col(Role::Indexed, "interface", Read::Text(|r| r.interface.as_deref()), "Interface keys and groups, separated by commas, `!` when inverted; absent: all."),
        col(Role::Indexed, "interface_name", Read::Text(|r| r.interface_name.as_deref()), "The same as descriptions, where the release gives them."),
        col(Role::Plain, "family", Read::Text(|r| Some(r.family)), "inet, inet6 or inet46 (both)."),
        col(Role::Plain, "protocol", Read::Text(|r| Some(&r.protocol)), "Lower-case protocol, or any."),
        col(Role::Plain, "source", Read::Nets(|r| &r.source), "Source terms; `!` negates; any, (self), interface keys, aliases, networks."),
        col(Role::Indexed, "source_port", Read::Text(|r| r.source_port.as_deref()), "Source port, range or port alias; absent: any."),
        col(Role::Plain, "destination", Read::Nets(|r| &r.destination), "Destination terms, as source."),
        col(Role::Indexed, "destination_port", Read::Text(|r| r.destination_port.as_deref()), "Destination port, range or port alias; absent: any."),
        col(Role::Plain, "icmp_type", Read::Text(|r| r.icmp_type.as_deref()), "ICMP types, separated by commas; absent: any."),
        col(Role::Plain, "gateway", Read::Text(|r| r.gateway.as_deref()), "Gateway or gateway group that matching traffic leaves by."),
        col(Role::Plain, "schedule", Read::Text(|r| r.schedule.as_deref()), "Schedule outside of which the rule sleeps."),
        col(Role::Plain, "state_type", Read::Text(|r| r.state_type.as_deref()), "keep, sloppy, modulate, synproxy or none."),
        col(Role::Plain, "tcp_flags", Read::Text(|r| r.tcp_flags.as_deref()), "TCP flags set, a slash, TCP flags looked at; any: no matter which; absent: the first SYN."),
        col(Role::Plain, "tag", Read::Text(|r| r.tag.as_deref()), "Tag put on matching packets."),
        col(Role::Plain, "tagged", Read::Text(|r| r.tagged.as_deref()), "Tag a packet must carry."),
        col(Role::Plain, "tos", Read::Text(|r| r.tos.as_deref()), "Type of service a packet must carry; absent: any."),
        col(Role::Plain, "vlan_priority", Read::Text(|r| r.vlan_priority.as_deref()), "VLAN priority a packet must carry; absent: any."),
        col(Role::Plain, "os", Read::Text(|r| r.os.as_deref()), "Operating system that a TCP SYN must look like; absent: any."),
        col(Role::Plain, "reply_to", Read::Text(|r| r.reply_to.as_deref()), "Gateway that replies leave by; none: as the routing table says; absent: as the settings say."),
        col(Role::Plain, "allow_options", Read::Bool(|r| r.allow_options), "Packets with IP options pass too; absent: they are dropped although the rule passes."),
        col(Role::Plain, "state_policy", Read::Text(|r| r.state_policy.as_deref()), "if-bound or floating; absent: as the settings say."),
        col(Role::Plain, "divert_to", Read::Text(|r| r.divert_to.as_deref()), "Program that matching packets are handed to."),
        col(Role::Plain, "limits", Read::Text(|r| r.limits.as_deref()), "Limits beyond which the rule no longer passes, as pf writes them."),
        col(Role::Plain, "log", Read::Bool(|r| Some(r.log)), "Matches are logged."),
        col(Role::Plain, "category", Read::Text(|r| r.category.as_deref()), "Category names, or their uuids where the release gives no names."),
        col(Role::Indexed, "description", Read::Name(|r| r.description.as_deref()), "The administrator's words, or the firewall's for automatic rules."),
    ],
    parse,
    never_empty: true,
};

fn parse(raw: Raw<'_>, rows: &mut Vec<Rule>) -> Result<(), Reject> {
    let legacy = raw.flag("legacy")?;
    let interface = interface(raw)?;
    let (priority, position) = position(raw, interface.as_deref())?;
    let kind = kind(priority);
    let automatic = automatic(raw, kind)?;
    rows.push(Rule {
        position,
        tie: raw.maybe_read("tie")?.unwrap_or(0),
        uuid: raw.text("uuid")?,
        duplicate: raw.ordinal().into(),
        kind,
        origin: match (legacy, automatic) {
            (false, _) => "mvc",
            (true, true) => "automatic",
            (true, false) => "legacy",
        },
        enabled: raw.maybe_flag("enabled")?.unwrap_or(true),
        action: action(raw)?,
        quick: quick(raw, legacy)?,
        direction: raw.string("direction").unwrap_or_else(|| "in".into()).to_lowercase().into(),
        interface,
        interface_name: raw.string("%interface"),
        family: family(raw)?,
        protocol: protocol(raw),
        source: terms(raw, &SOURCE)?,
        source_port: port(raw, SOURCE.ports),
        destination: terms(raw, &DESTINATION)?,
        destination_port: port(raw, DESTINATION.ports),
        icmp_type: joined(raw, &["icmptype", "icmp6type", "icmp6-type"]),
        gateway: chosen(raw, "gateway"),
        schedule: chosen(raw, "sched"),
        state_type: raw.string("statetype").and_then(|s| s.split(' ').next().map(Into::into)),
        tcp_flags: tcp_flags(raw)?,
        tag: raw.string("tag"),
        tagged: raw.string("tagged"),
        tos: restricted(raw, "tos"),
        vlan_priority: restricted(raw, "prio"),
        os: restricted(raw, "os"),
        reply_to: reply_to(raw, legacy && automatic)?,
        allow_options: raw.maybe_flag("allowopts")?.filter(|on| *on),
        state_policy: restricted(raw, "state-policy"),
        divert_to: chosen(raw, "divert-to"),
        limits: limits(raw),
        log: raw.flag("log")?,
        category: category(raw, &["%categories", "category", "categories"]),
        description: raw.string("description"),
    });
    Ok(())
}

/// 24.7 has no `sort_order`, so the documented priorities stand in: floating (0 or several interfaces)
/// 200000, groups 300000, one interface 400000.
fn position(raw: Raw<'_>, interface: Option<&str>) -> Result<(i64, i64), Reject> {
    let priority = match interface {
        Some(one) if one.contains(',') || one.starts_with('!') => 200_000,
        Some(one) if is_interface(one) => 400_000,
        Some(_) => 300_000,
        None => 200_000,
    };
    term::position(raw, priority)
}

/// Keys that config.xml gives to interfaces; everything else is a group.
fn is_interface(key: &str) -> bool {
    let numbered = |prefix| {
        key.strip_prefix(prefix)
            .is_some_and(|n: &str| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    matches!(key, "lan" | "wan") || numbered("opt") || numbered("lo")
}

const fn kind(priority: i64) -> &'static str {
    match priority {
        200_000..=299_999 => "floating",
        300_000..=399_999 => "group",
        // From 26.7 on, rules of interfaces that are gone have a priority of their own.
        400_000..=499_999 | 600_000.. => "interface",
        _ => "automatic",
    }
}

/// From 25.7 on the row says so; before, a rule nobody ever saved is automatic.
fn automatic(raw: Raw<'_>, kind: &str) -> Result<bool, Reject> {
    let said = raw.maybe_flag("is_automatic")?;
    Ok(said.unwrap_or_else(|| kind == "automatic" || raw.maybe("updated.time").is_none()))
}

/// Up to 26.1.8 legacy and automatic rows carry the English label; an automatic row without one passes.
fn action(raw: Raw<'_>) -> Result<&'static str, Reject> {
    match raw.maybe("action").as_deref() {
        None | Some("pass" | "Pass") => Ok("pass"),
        Some("block" | "Block") => Ok("block"),
        Some("reject" | "Reject") => Ok("reject"),
        Some(other) => {
            Err(Reject::new("action", format!("`{other}` is neither pass, block nor reject")))
        }
    }
}

/// A legacy rule is quick unless it is floating and does not say so.
fn quick(raw: Raw<'_>, legacy: bool) -> Result<bool, Reject> {
    let said = raw.maybe_flag("quick")?;
    Ok(said.unwrap_or(!legacy || raw.maybe("floating").is_none()))
}

fn interface(raw: Raw<'_>) -> Result<Option<Box<str>>, Reject> {
    let keys = raw.list("interface").join(",");
    let not = raw.flag("interfacenot")?;
    Ok((!keys.is_empty()).then(|| if not { format!("!{keys}").into() } else { keys.into() }))
}

/// Legacy rows of 25.1 are nested.
const SOURCE: Side = Side {
    nets: &["source_net", "source.network", "source.address"],
    nots: &["source_not", "source.not"],
    ports: &["source_port", "source.port"],
};
const DESTINATION: Side = Side {
    nets: &["destination_net", "destination.network", "destination.address"],
    nots: &["destination_not", "destination.not"],
    ports: &["destination_port", "destination.port"],
};

fn tcp_flags(raw: Raw<'_>) -> Result<Option<Box<str>>, Reject> {
    if raw.flag("tcpflags_any")? {
        return Ok(Some("any".into()));
    }
    Ok(match (joined(raw, &["tcpflags1"]), joined(raw, &["tcpflags2"])) {
        (None, None) => None,
        (set, of) => Some(format!("{}/{}", set.unwrap_or_default(), of.unwrap_or_default()).into()),
    })
}

/// A condition; the labels of 25.1 for none are dropped.
fn restricted(raw: Raw<'_>, name: &'static str) -> Option<Box<str>> {
    raw.string(name)
        .filter(|text| !matches!(&**text, "Any" | "any" | "None" | "Any priority" | "default"))
}

/// The firewall's own rules never steer replies, and all say so: nothing to tell them apart by.
fn reply_to(raw: Raw<'_>, is_automatic: bool) -> Result<Option<Box<str>>, Reject> {
    let chosen = chosen(raw, "replyto").or_else(|| chosen(raw, "reply-to"));
    Ok(match chosen {
        None if !is_automatic && raw.flag("disablereplyto")? => Some("none".into()),
        gateway => gateway,
    })
}

/// As pf writes them: `max 100, max-src-conn-rate 5/10 overload <virusprot>`.
fn limits(raw: Raw<'_>) -> Option<Box<str>> {
    const COUNTS: [&str; 4] = ["max", "max-src-nodes", "max-src-states", "max-src-conn"];
    let mut limits: Vec<String> = Vec::new();
    for name in COUNTS {
        limits.extend(raw.maybe(name).map(|count| format!("{name} {count}")));
    }
    let rate = |count: &'static str, seconds: &'static str| {
        Some(format!("{}/{}", raw.maybe(count)?, raw.maybe(seconds)?))
    };
    if let Some(rate) = rate("max-src-conn-rate", "max-src-conn-rates") {
        let table = chosen(raw, "%overload").or_else(|| chosen(raw, "overload"));
        let table = table.unwrap_or_else(|| "virusprot".into());
        limits.push(format!("max-src-conn-rate {rate} overload <{table}>"));
    }
    if let Some(rate) = rate("max-pkt-rate-number", "max-pkt-rate-seconds") {
        limits.push(format!("max-pkt-rate {rate}"));
    }
    (!limits.is_empty()).then(|| limits.join(", ").into())
}
