//! The rule list: three kinds of rules in one grid, in the order in which they apply.

use std::collections::{BTreeMap, BTreeSet};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::automatic::{Automatic, RULES};
use super::ids::{digest, rng_for, uuid};
use super::interfaces::{GROUP, GROUP_MEMBERS, label};
use super::rules::Rule;
use super::terms::{action_text, direction_text, family_text, metas, net_text};
use super::world::World;

/// Fields of the model that no rule here uses; all are empty.
#[rustfmt::skip] // a list of words
const UNUSED: &[&str] = &[
    "divert-to", "gateway", "replyto", "statetimeout", "udp-first", "udp-multiple", "udp-single", "max-src-nodes",
    "max-src-states", "max-src-conn", "max", "max-src-conn-rate", "max-src-conn-rates", "max-pkt-rate-number",
    "max-pkt-rate-seconds", "overload", "adaptivestart", "adaptiveend", "prio", "set-prio", "set-prio-low", "tag",
    "tagged", "tcpflags1", "tcpflags2", "sched", "tos", "shaper1", "shaper2",
];
/// Flags of the model that no rule here sets.
const UNSET: &[&str] =
    &["interfacenot", "disablereplyto", "allowopts", "nosync", "nopfsync", "tcpflags_any"];
/// Legacy rules were written this many seconds before the world began, and an hour apart.
const WRITTEN_BEFORE: i64 = 50 * 86_400;
const WRITTEN_APART: i64 = 3600;

/// One row, in the dialect of its kind.
pub(super) struct RuleRow<'a> {
    world: &'a World,
    kind: Kind<'a>,
    priority: u32,
    /// Position among those of the same priority, and in `sort_order`.
    number: u32,
    uuid: String,
    with_counters: bool,
}

#[derive(Clone, Copy)]
enum Kind<'a> {
    Mvc(&'a Rule),
    Legacy(&'a Rule),
    Automatic(&'a Automatic),
}

/// The rows for `interface` (absent: all; empty: floating ones), with counters if `show_all`.
pub(super) fn rows<'a>(world: &'a World, params: &BTreeMap<String, String>) -> Vec<RuleRow<'a>> {
    let with_counters =
        params.get("show_all").is_some_and(|value| !matches!(value.as_str(), "" | "0"));
    let row = |kind, priority, number, uuid| RuleRow {
        world,
        kind,
        priority,
        number,
        uuid,
        with_counters,
    };
    let automatic = RULES.iter().zip(1_u32..).map(|(rule, number)| {
        let label = format!("automatic-{number}-{}", rule.about);
        row(Kind::Automatic(rule), rule.priority, number, digest(world.seed, &label))
    });
    // The old format leaves rules out that are switched off, and numbers after the automatic ones.
    let mut legacy: Vec<&Rule> =
        world.rules.iter().filter(|rule| rule.legacy && rule.enabled).collect();
    legacy.sort_by_key(|rule| rule.priority());
    let first = u32::try_from(RULES.len()).unwrap_or_default() + 1;
    let legacy = legacy
        .into_iter()
        .zip(first..)
        .map(|(rule, number)| row(Kind::Legacy(rule), rule.priority(), number, rule.uuid.clone()));
    let mvc = world.rules.iter().filter(|rule| !rule.legacy);
    let mvc =
        mvc.map(|rule| row(Kind::Mvc(rule), rule.priority(), rule.sequence, rule.uuid.clone()));
    let mut rows: Vec<RuleRow<'a>> = automatic.chain(legacy).chain(mvc).collect();
    if let Some(wanted) = params.get("interface") {
        rows.retain(|row| row.is_on(wanted));
    }
    rows.sort_by_key(|row| (row.priority, !matches!(row.kind, Kind::Mvc(_)), row.number));
    rows
}

/// Counters of every loaded rule, by its label.
pub(super) fn stats(world: &World) -> Map<String, Value> {
    let is_loaded = |row: &RuleRow<'_>| match row.kind {
        Kind::Mvc(rule) | Kind::Legacy(rule) => rule.enabled,
        Kind::Automatic(_) => true,
    };
    let all = rows(world, &BTreeMap::new());
    let counted = |row: &RuleRow<'_>| {
        row.counted().into_iter().map(|(key, value)| (key.to_owned(), json!(value))).collect()
    };
    all.iter()
        .filter(|row| is_loaded(row))
        .map(|row| (row.uuid.clone(), Value::Object(counted(row))))
        .collect()
}

impl RuleRow<'_> {
    /// Rules of any interface are on every one; a group is on its members.
    fn is_on(&self, wanted: &str) -> bool {
        let interface = match self.kind {
            Kind::Mvc(rule) | Kind::Legacy(rule) => rule.interface.as_str(),
            Kind::Automatic(rule) => rule.interface,
        };
        if interface.is_empty() || wanted.is_empty() {
            return interface.is_empty() || interface.contains(',');
        }
        let mut wanted: BTreeSet<&str> = wanted.split(',').collect();
        if GROUP_MEMBERS.iter().any(|member| wanted.contains(member)) {
            wanted.insert(GROUP);
        }
        interface.split(',').any(|key| wanted.contains(key))
    }

    fn sort_order(&self) -> String {
        match self.kind {
            Kind::Mvc(_) => format!("{}.{:07}", self.priority, self.number),
            Kind::Legacy(_) | Kind::Automatic(_) => {
                format!("{:06}.1{:06}", self.priority, self.number)
            }
        }
    }

    fn mvc<M: SerializeMap>(&self, map: &mut M, rule: &Rule) -> Result<(), M::Error> {
        let flag = |on| if on { "1" } else { "0" };
        let category =
            rule.category.map(|category| category.uuid(self.world.seed)).unwrap_or_default();
        for (key, value) in [
            ("uuid", self.uuid.as_str()),
            ("enabled", flag(rule.enabled)),
            ("statetype", "keep"),
            ("%statetype", "keep state"),
            ("state-policy", ""),
            ("sequence", &rule.sequence.to_string()),
            ("sort_order", &self.sort_order()),
            ("prio_group", &self.priority.to_string()),
            ("action", rule.action),
            ("%action", action_text(rule.action)),
            ("quick", flag(rule.quick)),
            ("interface", &rule.interface),
            ("direction", rule.direction),
            ("%direction", direction_text(rule.direction)),
            ("ipprotocol", rule.family),
            ("%ipprotocol", if rule.family == "inet46" { "any" } else { family_text(rule.family) }),
            ("protocol", &rule.protocol),
            ("icmptype", ""),
            ("icmp6type", ""),
            ("source_net", &rule.src),
            ("source_not", flag(rule.src_not)),
            ("source_port", rule.src_port),
            ("destination_net", &rule.dst),
            ("destination_not", flag(rule.dst_not)),
            ("destination_port", &rule.dst_port),
            ("log", flag(rule.log)),
            ("categories", &category),
            ("description", &rule.description),
        ] {
            map.serialize_entry(key, value)?;
        }
        UNUSED.iter().try_for_each(|key| map.serialize_entry(key, ""))?;
        UNSET.iter().try_for_each(|key| map.serialize_entry(key, "0"))?;
        let names: Vec<&str> =
            rule.interface.split(',').map(|key| label(self.world, key)).collect();
        let names = names.join(", ");
        let category = rule.category.map(super::rules::Category::name);
        let texts = [
            ("%interface", (names != rule.interface).then_some(names)),
            ("%source_net", net_text(self.world, &rule.src)),
            ("%destination_net", net_text(self.world, &rule.dst)),
            ("%categories", category.map(str::to_owned)),
        ];
        texts
            .into_iter()
            .filter_map(|(key, text)| Some((key, text?)))
            .try_for_each(|(key, text)| map.serialize_entry(key, &text))
    }

    fn legacy<M: SerializeMap>(&self, map: &mut M, rule: &Rule) -> Result<(), M::Error> {
        let flag = |on| if on { "1" } else { "0" };
        let protocol =
            if rule.protocol == "any" { String::new() } else { rule.protocol.to_lowercase() };
        // The name stands where the key should: the page was made for people.
        let interface = label(self.world, &rule.interface);
        for (key, value) in [
            ("uuid", self.uuid.as_str()),
            ("interface", interface),
            ("ipprotocol", rule.family),
            ("%ipprotocol", family_text(rule.family)),
            ("statetype", "keep state"),
            ("direction", rule.direction),
            ("%direction", direction_text(rule.direction)),
            ("quick", flag(rule.quick)),
            ("enabled", "1"),
            ("action", rule.action),
            ("%action", action_text(rule.action)),
            ("replyto", ""),
            ("description", &rule.description),
            ("source_net", &rule.src),
            ("source_not", flag(rule.src_not)),
            ("source_port", rule.src_port),
            ("destination_net", &rule.dst),
            ("destination_not", flag(rule.dst_not)),
            ("destination_port", &rule.dst_port),
            ("protocol", &protocol),
            ("%protocol", &protocol.to_uppercase()),
            ("ref", "ui/firewall/migration"),
            ("sort_order", &self.sort_order()),
        ] {
            map.serialize_entry(key, value)?;
        }
        if rule.log {
            map.serialize_entry("log", "1")?;
        }
        if let Some(category) = rule.category {
            map.serialize_entry("category", category.name())?;
        }
        let written =
            self.world.began.seconds() - WRITTEN_BEFORE + i64::from(self.number) * WRITTEN_APART;
        let stamp = |fraction: &str| {
            let by = "/firewall_rules_edit.php made changes";
            json!({"username": "root@192.168.1.20", "time": format!("{written}.{fraction}"), "description": by})
        };
        map.serialize_entry("@attributes", &json!({"uuid": uuid(self.world.seed, &self.uuid)}))?;
        map.serialize_entry("updated", &stamp("1234"))?;
        map.serialize_entry("created", &stamp("5"))?;
        map.serialize_entry("seq", &self.number)?;
        map.serialize_entry("#priority", &self.priority)?;
        map.serialize_entry("legacy", &true)?;
        map.serialize_entry("is_automatic", &false)
    }

    fn automatic<M: SerializeMap>(&self, map: &mut M, rule: &Automatic) -> Result<(), M::Error> {
        map.serialize_entry("log", &true)?;
        // Rules of plugins do not say it.
        if !rule.reference.starts_with("ui/") || rule.interface == "wan" {
            map.serialize_entry("disablereplyto", &1)?;
        }
        if !rule.interface.is_empty() {
            map.serialize_entry("interface", label(self.world, rule.interface))?;
        }
        if let Some(quick) = rule.quick {
            map.serialize_entry("quick", &quick)?;
        }
        if !rule.icmp6_types.is_empty() {
            map.serialize_entry("icmp6-type", rule.icmp6_types)?;
            map.serialize_entry("disabled", &false)?;
        }
        if rule.keeps_state {
            map.serialize_entry("statetype", "keep")?;
        }
        map.serialize_entry("#priority", &rule.priority)?;
        for (key, value) in [
            ("enabled", "1"),
            ("action", rule.action),
            ("%action", action_text(rule.action)),
            ("replyto", ""),
            ("description", rule.about),
            ("source_net", rule.src),
            ("source_port", rule.src_port),
            ("destination_net", rule.dst),
            ("destination_port", rule.dst_port),
            ("ref", rule.reference),
            ("uuid", &self.uuid),
            ("direction", rule.direction),
            ("%direction", direction_text(rule.direction)),
            ("ipprotocol", rule.family),
            ("%ipprotocol", family_text(rule.family)),
            ("protocol", rule.protocol),
            ("%protocol", &rule.protocol.to_uppercase()),
            ("sort_order", &self.sort_order()),
        ] {
            map.serialize_entry(key, value)?;
        }
        map.serialize_entry("legacy", &true)?;
        map.serialize_entry("is_automatic", &true)
    }

    fn counters<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        self.counted().into_iter().try_for_each(|(key, value)| map.serialize_entry(key, &value))
    }

    /// Numbers that grow with the world's time; rules that are switched off have none.
    fn counted(&self) -> [(&'static str, i64); 5] {
        let mut rng = rng_for(self.world.seed, &self.uuid);
        let passed = self.world.now.seconds_since(self.world.began);
        let is_hit = rng.bool();
        let mut count =
            |most: i64| if is_hit { rng.i64(0..most) + passed * rng.i64(1..50) } else { 0 };
        let (packets, states) = (count(3_000_000), count(50) % 50);
        let evaluations = packets * 4 + 1000 + passed;
        [
            ("pf_rules", 1),
            ("evaluations", evaluations),
            ("packets", packets),
            ("bytes", packets * 180),
            ("states", states),
        ]
    }

    /// What the list adds to every kind: colours of categories, and the meaning of each term.
    fn explained<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let (terms, category) = match self.kind {
            Kind::Mvc(rule) | Kind::Legacy(rule) => (
                [rule.src.as_str(), rule.src_port, rule.dst.as_str(), rule.dst_port.as_str()],
                rule.category,
            ),
            Kind::Automatic(rule) => ([rule.src, rule.src_port, rule.dst, rule.dst_port], None),
        };
        let colours: Vec<_> = category
            .into_iter()
            .map(|category| json!({"color": category.colour(), "name": category.name(), "uuid": category.uuid(self.world.seed)}))
            .collect();
        map.serialize_entry("category_colors", &colours)?;
        let keys = [
            "alias_meta_source_net",
            "alias_meta_source_port",
            "alias_meta_destination_net",
            "alias_meta_destination_port",
        ];
        for (key, term) in keys.into_iter().zip(terms) {
            if let Some(metas) = metas(self.world, term) {
                map.serialize_entry(key, &metas)?;
            }
        }
        Ok(())
    }
}

impl Serialize for RuleRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let is_loaded = match self.kind {
            Kind::Mvc(rule) => {
                self.mvc(&mut map, rule)?;
                rule.enabled
            }
            Kind::Legacy(rule) => {
                self.legacy(&mut map, rule)?;
                true
            }
            Kind::Automatic(rule) => {
                self.automatic(&mut map, rule)?;
                true
            }
        };
        if self.with_counters && is_loaded {
            self.counters(&mut map)?;
        }
        self.explained(&mut map)?;
        map.end()
    }
}
