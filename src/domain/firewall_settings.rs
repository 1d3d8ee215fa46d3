//! Settings that change what pf does with every packet, one row each.
//!
//! Most of them are on *Firewall > Settings > Advanced*, which no endpoint of any release shows; config.xml keeps them
//! below `/system`, where an element that is not there means off.
use super::prelude::*;
use crate::types::Release;

#[derive(Debug)]
pub struct Setting {
    pub setting: &'static str,
    pub value: Box<str>,
    pub meaning: &'static str,
}

/// The mode alone; before, the same endpoint gives every rule too, which takes 1.4 MB for 60 rules.
const MODE_ALONE: Release = Release::new(26, 7, 0);

/// `true` when the element is there.
const fn on(from: &'static str, to: &'static str) -> Take {
    Take::Flag { from, to, on: "true", off: "false" }
}

/// `false` when the element is there.
const fn off(from: &'static str, to: &'static str) -> Take {
    Take::Flag { from, to, on: "false", off: "true" }
}

static ROOT: Node = Node::new(
    "",
    &[
        on("system.disablefilter", "filter_disabled"),
        on("system.skip_rules_gw_down", "skip_rules_with_gateway_down"),
        off("system.disablenatreflection", "reflect_port_forwards"),
        on("system.enablebinatreflection", "reflect_one_to_one"),
        on("system.enablenatreflectionhelper", "reflect_source_nat"),
        off("system.disablereplyto", "reply_to"),
        off("system.pf_disable_force_gw", "force_gateway"),
        Take::Flag {
            from: "system.state-policy",
            to: "state_policy",
            on: "if-bound",
            off: "floating",
        },
        on("system.schedule_states", "schedule_states"),
        on("filter.bypassstaticroutes", "static_routes_unfiltered"),
        off("system.webgui.noantilockout", "anti_lockout"),
        off("system.no_ipv6_rfc4890_req", "icmpv6_required"),
        off("system.no_port0_block", "port_zero_blocked"),
        off("system.no_sshlockout", "ssh_lockout"),
        off("system.no_virusprot", "virus_protection"),
        off("syslog.nologdefaultblock", "log_default_block"),
        on("system.ipv6allow", "@ipv6allow"),
        Take::Make {
            to: "ipv6",
            from: &["OPNsense.Interfaces.settings.disableipv6", "@ipv6allow"],
            make: ipv6,
        },
        rename("system.bogons.interval", "bogons_interval"),
        Take::Or { to: "bogons_interval", text: "monthly" },
        rename("system.aliasesresolveinterval", "alias_resolve_interval"),
        Take::Or { to: "alias_resolve_interval", text: "300" },
        rename("system.timezone", "time_zone"),
    ],
);

static MODE: Node = Node::new(
    "",
    &[rename("nat.outbound.mode", "snat_mode"), Take::Or { to: "snat_mode", text: "automatic" }],
);

/// From 26.1 on a switch that turns it off; before, one that turned it on. Without either it is not known.
fn ipv6(parts: &[Option<&str>]) -> Option<String> {
    match parts {
        [Some(disabled), _] => Some((*disabled != "1").to_string()),
        [None, Some("true")] => Some("true".to_owned()),
        _ => None,
    }
}

/// Field, name and meaning of every setting.
const SETTINGS: &[(&str, &str, &str)] = &[
    ("filter_disabled", "filter_disabled", "pf is off: everything passes, nothing is translated."),
    (
        "snat_mode",
        "outbound_mode",
        "Source NAT: automatic, hybrid (manual rules, then automatic ones), advanced (manual rules alone) or disabled.",
    ),
    (
        "skip_rules_with_gateway_down",
        "skip_rules_with_gateway_down",
        "A rule whose gateway is down is left out; otherwise it stays and the routing table decides.",
    ),
    (
        "reflect_port_forwards",
        "reflect_port_forwards",
        "Port forwards work from inside too, unless a rule says otherwise.",
    ),
    (
        "reflect_one_to_one",
        "reflect_one_to_one",
        "One-to-one translations work from inside too, unless a rule says otherwise.",
    ),
    (
        "reflect_source_nat",
        "reflect_source_nat",
        "What is reflected gets the firewall's address as its source, so that answers come back through it.",
    ),
    (
        "reply_to",
        "reply_to",
        "Answers to what came in on an interface with a gateway leave by that gateway.",
    ),
    (
        "force_gateway",
        "force_gateway",
        "What the firewall sends from an interface's address leaves by the gateway of that interface.",
    ),
    (
        "state_policy",
        "state_policy",
        "floating: a state holds on every interface; if-bound: only on the one it was made on. Rules may differ.",
    ),
    (
        "schedule_states",
        "schedule_states",
        "Connections outlive the schedule of the rule that let them in; otherwise they are cut.",
    ),
    (
        "static_routes_unfiltered",
        "static_routes_unfiltered",
        "Traffic between networks behind one interface passes without rules.",
    ),
    (
        "anti_lockout",
        "anti_lockout",
        "The web interface and SSH stay reachable from the first local interface, whatever the rules say.",
    ),
    ("ipv6", "ipv6", "IPv6 is allowed; otherwise all of it is blocked."),
    (
        "icmpv6_required",
        "icmpv6_required",
        "ICMPv6 that RFC 4890 requires passes before all rules.",
    ),
    (
        "port_zero_blocked",
        "port_zero_blocked",
        "TCP and UDP from or to port 0 are blocked before all rules.",
    ),
    ("ssh_lockout", "ssh_lockout", "Addresses that failed to log in too often are blocked."),
    ("virus_protection", "virus_protection", "Addresses that overran a rule's limits are blocked."),
    ("log_default_block", "log_default_block", "What no rule lets in is logged."),
    (
        "bogons_interval",
        "bogons_interval",
        "How often the list of addresses nobody was given is fetched.",
    ),
    (
        "alias_resolve_interval",
        "alias_resolve_interval",
        "Seconds between two look-ups of the names in aliases.",
    ),
    ("time_zone", "time_zone", "Time zone that schedules are in."),
];

pub static DOMAIN: Domain<Setting> = Domain {
    name: "firewall_settings",
    about: "Settings that change what every rule does: source NAT mode, reflection, anti-lockout, rules without their gateway, state policy.",
    cadence: Cadence::Config,
    sources: &[
        Source::one(
            "source_nat",
            "firewall/source_nat/get",
            "filter.general",
            "Firewall: NAT: Source NAT",
        )
        .from(MODE_ALONE)
        .gap_until(
            "config",
            "only the source NAT mode is told by the API; `opndex backfill` or `opndex import` reads the other settings from config.xml",
        ),
        Source::config("config", &ROOT),
        Source::config("outbound", &MODE).before(MODE_ALONE),
        Source::config("source_nat", &MODE).from(MODE_ALONE),
    ],
    fields: &[
        field("filter_disabled"),
        field("snat_mode"),
        field("skip_rules_with_gateway_down"),
        field("reflect_port_forwards"),
        field("reflect_one_to_one"),
        field("reflect_source_nat"),
        field("reply_to"),
        field("force_gateway"),
        field("state_policy"),
        field("schedule_states"),
        field("static_routes_unfiltered"),
        field("anti_lockout"),
        field("ipv6"),
        field("icmpv6_required"),
        field("port_zero_blocked"),
        field("ssh_lockout"),
        field("virus_protection"),
        field("log_default_block"),
        field("bogons_interval"),
        field("alias_resolve_interval"),
        field("time_zone"),
    ],
    identity: &[SOURCE],
    columns: &[
        col(
            Role::Key,
            "setting",
            Read::Name(|s| Some(s.setting)),
            "Which setting, such as filter_disabled or outbound_mode.",
        ),
        col(Role::Plain, "value", Read::Text(|s| Some(&s.value)), "true, false, or a word or number."),
        col(Role::Plain, "meaning", Read::Text(|s| Some(s.meaning)), "What it does."),
    ],
    parse: |raw, rows| {
        for (field, setting, meaning) in SETTINGS {
            if let Some(value) = raw.string(field) {
                rows.push(Setting { setting, value, meaning });
            }
        }
        Ok(())
    },
    never_empty: false,
};
