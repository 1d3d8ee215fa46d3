//! Rule counters: how often each rule was looked at, and what it passed or blocked.
use super::prelude::*;

#[derive(Debug)]
pub struct Counter {
    pub uuid: Box<str>,
    pub pf_rules: Option<i64>,
    pub evaluations: Option<i64>,
    pub packets: Option<i64>,
    pub bytes: Option<i64>,
    pub states: Option<i64>,
}

pub static DOMAIN: Domain<Counter> = Domain {
    name: "rule_counters",
    about: "Counters of loaded filter rules since the ruleset was loaded; join by uuid with firewall_rules.",
    cadence: Cadence::Runtime,
    sources: &[Source::map("stats", "firewall/filter_util/rule_stats", "stats", "Firewall: Rules")
        .backend()],
    fields: &[
        field("uuid"),
        field("pf_rules"),
        volatile("evaluations"),
        volatile("packets"),
        volatile("bytes"),
        volatile("states"),
    ],
    identity: &["uuid"],
    columns: &[
        col(
            Role::Key,
            "uuid",
            Read::Name(|c| Some(&c.uuid)),
            "UUID of the rule, or the 32 hexadecimal digits of a legacy or automatic one.",
        ),
        col(Role::Plain, "pf_rules", Read::Int(|c| c.pf_rules), "Rules of pf that it became."),
        col(
            Role::Plain,
            "evaluations",
            Read::Int(|c| c.evaluations),
            "Packets it was compared with.",
        ),
        col(
            Role::Plain,
            "packets",
            Read::Int(|c| c.packets),
            "Packets it decided, those of its states included.",
        ),
        col(Role::Plain, "bytes", Read::Int(|c| c.bytes), "Bytes of them."),
        col(Role::Plain, "states", Read::Int(|c| c.states), "States it has now."),
    ],
    parse: |raw, rows| {
        rows.push(Counter {
            uuid: raw.text("uuid")?,
            pf_rules: raw.maybe_read("pf_rules")?,
            evaluations: raw.maybe_read("evaluations")?,
            packets: raw.maybe_read("packets")?,
            bytes: raw.maybe_read("bytes")?,
            states: raw.maybe_read("states")?,
        });
        Ok(())
    },
    never_empty: true,
};
