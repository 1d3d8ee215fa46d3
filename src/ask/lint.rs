//! Bad rules, found: hidden, contradictory, too open, pointing nowhere.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::rules::{
    Action, Class, Cube, DESTINATION, DeviceId, Direction, Family, Fate, Inbound, Label, Packet,
    Rule, RuleRow, Ruleset, SOURCE, TCP, describe, merge,
};

use super::endpoint::internet_addresses;
use super::error::AskError;
use super::freshness::Freshness;
use super::query::Ask;
use super::ruleset::Loaded;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    High,
    Medium,
    Low,
    Info,
}

impl Severity {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Info => "info",
        }
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable as long as the finding is: its code and what it is about.
    pub id: String,
    pub code: &'static str,
    pub severity: Severity,
    /// One sentence.
    pub text: String,
    /// What to do.
    pub advice: &'static str,
    /// Uuids of rules and names of aliases that show it.
    pub evidence: Vec<String>,
    /// A packet that proves it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<String>,
    /// Why it is not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<String>,
}

/// A finding that somebody decided to live with.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suppression {
    pub id: String,
    pub reason: String,
}

#[derive(Debug, Clone, Default)]
pub struct LintQuestion {
    pub firewall: Option<String>,
    /// Only findings at least so bad.
    pub severity: Option<Severity>,
    /// Only findings of this code.
    pub code: Option<String>,
    pub limit: Option<usize>,
    pub suppressions: Vec<Suppression>,
}

/// The answer.
#[derive(Debug, Clone, Serialize)]
pub struct Lint {
    pub findings: Vec<Finding>,
    pub total: usize,
    /// Findings by severity.
    pub counts: BTreeMap<&'static str, usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    #[serde(flatten)]
    pub freshness: Freshness,
}

/// Findings shown unless asked otherwise.
const SHOWN: usize = 30;

impl Ask {
    /// Looks for everything it knows to look for.
    pub async fn lint(&self, question: &LintQuestion) -> Result<Lint, AskError> {
        let loaded = self.ruleset(question.firewall.as_deref()).await?;
        let mut findings = findings(&loaded)?;
        findings.extend(self.names_and_addresses(&loaded).await?);
        for finding in &mut findings {
            let known = question.suppressions.iter().find(|s| s.id == finding.id);
            finding.suppressed = known.map(|s| s.reason.clone());
        }
        findings.retain(|f| {
            question.severity.is_none_or(|least| f.severity <= least)
                && question.code.as_deref().is_none_or(|code| f.code == code)
        });
        findings.sort_by(|a, b| {
            (a.suppressed.is_some(), a.severity, a.code, &a.id).cmp(&(
                b.suppressed.is_some(),
                b.severity,
                b.code,
                &b.id,
            ))
        });
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        for finding in findings.iter().filter(|f| f.suppressed.is_none()) {
            *counts.entry(finding.severity.as_str()).or_default() += 1;
        }
        let total = findings.len();
        findings.truncate(question.limit.unwrap_or(SHOWN));
        let mut unknown = loaded.ruleset.gaps.clone();
        unknown.retain(|gap| !loaded.freshness.notes.contains(gap));
        Ok(Lint { findings, total, counts, unknown, freshness: loaded.freshness.clone() })
    }
}

/// Everything that the ruleset itself shows.
pub fn findings(loaded: &Loaded) -> Result<Vec<Finding>, AskError> {
    let ruleset = &loaded.ruleset;
    let mut all = Vec::new();
    hidden(ruleset, &mut all);
    for rule in ruleset.rules.iter().filter(|r| r.class != Class::Automatic) {
        one_rule(ruleset, rule, &mut all);
    }
    duplicates(ruleset, &mut all);
    exposures(ruleset, &mut all)?;
    forwards(loaded, &mut all);
    aliases(loaded, &mut all);
    families(ruleset, &mut all)?;
    Ok(all)
}

pub(super) fn finding(
    code: &'static str,
    severity: Severity,
    about: &str,
    text: String,
    advice: &'static str,
) -> Finding {
    Finding {
        id: format!("{code}:{about}"),
        code,
        severity,
        text,
        advice,
        evidence: vec![about.to_owned()],
        witness: None,
        suppressed: None,
    }
}

fn title(rule: &Rule) -> String {
    let name = &rule.row.description;
    let name = if name.is_empty() { rule.id() } else { format!("`{name}`") };
    format!("{} rule {} {name}", rule.class.as_str(), rule.number)
}

fn hidden(ruleset: &Ruleset, all: &mut Vec<Finding>) {
    let shadows = ruleset.shadows();
    let names = |rules: &[usize]| {
        const MOST: usize = 4;
        let mut shown: Vec<String> =
            rules.iter().take(MOST).filter_map(|i| ruleset.rule(*i)).map(title).collect();
        if rules.len() > MOST {
            shown.push(format!("{} more", rules.len() - MOST));
        }
        shown.join(", ")
    };
    for shadow in &shadows.shadowed {
        let Some(rule) = ruleset.rule(shadow.rule) else { continue };
        let (code, severity, advice) = if shadow.redundant {
            ("redundant_rule", Severity::Low, "Delete it; nothing changes.")
        } else {
            (
                "shadowed_rule",
                Severity::High,
                "Move it before the rules that hide it, or delete it.",
            )
        };
        let by = names(&shadow.by);
        let text = format!("{} never decides: {by} decide all its packets", title(rule));
        let mut finding = finding(code, severity, &rule.id(), text, advice);
        finding.evidence.extend(shadow.by.iter().filter_map(|i| ruleset.rule(*i)).map(Rule::id));
        all.push(finding);
    }
    for overlap in &shadows.overlaps {
        let (Some(winner), Some(loser)) =
            (ruleset.rule(overlap.winner), ruleset.rule(overlap.loser))
        else {
            continue;
        };
        let text = format!(
            "{} and {} contradict each other where they overlap; the first decides there",
            title(winner),
            title(loser)
        );
        let about = format!("{}+{}", winner.id(), loser.id());
        let mut finding = finding(
            "contradicting_rules",
            Severity::Info,
            &about,
            text,
            "Check that the order is meant.",
        );
        finding.evidence = vec![winner.id(), loser.id()];
        let way = if overlap.direction == Direction::Out { "leaving by" } else { "arriving on" };
        let device =
            ruleset.device(overlap.device).map(crate::rules::Device::label).unwrap_or_default();
        finding.witness = Some(format!("{} {way} {device}", overlap.witness));
        all.push(finding);
    }
}

fn one_rule(ruleset: &Ruleset, rule: &Rule, all: &mut Vec<Finding>) {
    let (row, id) = (&rule.row, rule.id());
    if let Some(why) = rule.asleep.as_ref().filter(|_| row.enabled) {
        let text = format!("{} is enabled but not loaded: {why}", title(rule));
        all.push(finding(
            "dead_reference",
            Severity::High,
            &id,
            text,
            "Repair what it refers to, or delete it.",
        ));
        return;
    }
    if !row.enabled {
        return;
    }
    if let Some(crate::rules::Via::Fallback { gateway, why }) = &rule.via {
        let text = format!("{} wants gateway {gateway}, which is not used: {why}", title(rule));
        all.push(finding(
            "dead_gateway",
            Severity::Medium,
            &id,
            text,
            "Repair the gateway or take it out of the rule.",
        ));
    }
    let any = |terms: &[String]| terms.iter().all(|t| t == "any");
    let open =
        rule.action == Action::Pass && rule.inbound && any(&row.source) && any(&row.destination);
    if open && row.protocol == "any" {
        let severity = if faces_out(ruleset, rule) { Severity::High } else { Severity::Medium };
        let text = format!("{} passes everything from anywhere to anywhere", title(rule));
        all.push(finding("any_any_pass", severity, &id, text, "Name sources and destinations."));
    }
    if row.description.is_empty() {
        let text = format!("{} has no description", title(rule));
        all.push(finding("no_description", Severity::Info, &id, text, "Say what it is for."));
    }
    if rule.action == Action::Pass && faces_out(ruleset, rule) && !row.log {
        let text = format!("{} lets the internet in and does not log it", title(rule));
        all.push(finding("no_log", Severity::Low, &id, text, "Log what comes in from outside."));
    }
    if row.evaluations.is_some_and(|n| n > 0) && row.packets == Some(0) {
        let text = format!(
            "{} was evaluated {} times since the rules were loaded and never matched",
            title(rule),
            row.evaluations.unwrap_or(0)
        );
        all.push(finding(
            "never_hit",
            Severity::Low,
            &id,
            text,
            "If it stays so for weeks, delete it.",
        ));
    }
    for reason in &rule.unknown {
        let text = format!("{}: {reason}", title(rule));
        all.push(finding(
            "unresolved_term",
            Severity::Info,
            &id,
            text,
            "See why the table was not read or not filled.",
        ));
    }
}

/// Whether it passes what arrives on an interface with a gateway of its own.
fn faces_out(ruleset: &Ruleset, rule: &Rule) -> bool {
    rule.inbound
        && ruleset
            .devices
            .iter()
            .enumerate()
            .any(|(id, d)| d.has_gateway == Some(true) && rule.on.contains(id))
}

/// What makes two rules the same to pf.
fn substance(row: &RuleRow) -> String {
    let RuleRow {
        action,
        quick,
        direction,
        interface,
        family,
        protocol,
        source,
        source_port,
        destination,
        destination_port,
        icmp_type,
        gateway,
        schedule,
        state_type,
        tcp_flags,
        tag,
        tagged,
        ..
    } = row;
    format!(
        "{action}{quick}{direction}{interface:?}{family}{protocol}{source:?}{source_port:?}{destination:?}{destination_port:?}{icmp_type:?}{gateway:?}{schedule:?}{state_type:?}{tcp_flags:?}{tag:?}{tagged:?}"
    )
}

fn duplicates(ruleset: &Ruleset, all: &mut Vec<Finding>) {
    let mut by_substance: BTreeMap<String, Vec<&Rule>> = BTreeMap::new();
    for rule in ruleset.rules.iter().filter(|r| r.class != Class::Automatic && r.asleep.is_none()) {
        by_substance.entry(substance(&rule.row)).or_default().push(rule);
    }
    for rules in by_substance.values() {
        let [first, rest @ ..] = rules.as_slice() else { continue };
        for rule in rest {
            let text = format!("{} is the same as {}", title(rule), title(first));
            let mut finding =
                finding("duplicate_rule", Severity::Low, &rule.id(), text, "Delete one of them.");
            finding.evidence.push(first.id());
            all.push(finding);
        }
    }
}

/// What the internet reaches, by the rule or forward that lets it in.
fn exposures(ruleset: &Ruleset, all: &mut Vec<Finding>) -> Result<(), AskError> {
    let internet = internet_addresses(ruleset);
    for (device, outer) in
        ruleset.devices.iter().enumerate().filter(|(_, d)| d.has_gateway == Some(true))
    {
        for family in Family::BOTH {
            let start = Cube::all(family).with(SOURCE, internet.of(family).clone());
            let mut by_fate: BTreeMap<Fate, Vec<Cube>> = BTreeMap::new();
            for part in ruleset.reach(device, family, &start, None)? {
                if part.fate.action == Action::Pass {
                    by_fate.entry(part.fate).or_default().push(part.cube);
                }
            }
            let mut told = BTreeSet::new();
            for (fate, cubes) in by_fate {
                let rule = fate.rule_in.and_then(|i| ruleset.rule(i));
                if rule.is_some_and(|r| r.class == Class::Automatic && r.row.origin == "automatic")
                {
                    continue;
                }
                let about = match (rule, &fate.translation) {
                    (Some(rule), _) => rule.id(),
                    (None, Some(name)) => name.clone(),
                    (None, None) => "no rule".to_owned(),
                };
                if !told.insert(about.clone()) {
                    continue;
                }
                let Some(cube) = merge(cubes).into_iter().next() else { continue };
                all.push(exposure(outer, internet.of(family), family, &about, rule, &cube));
            }
        }
    }
    all.dedup_by(|a, b| a.id == b.id);
    Ok(())
}

/// One service that the internet reaches.
fn exposure(
    outer: &crate::rules::Device,
    internet: &crate::rules::Set,
    family: Family,
    about: &str,
    rule: Option<&Rule>,
    cube: &Cube,
) -> Finding {
    let from_all = internet.is_within(cube.side(SOURCE));
    let who = if from_all { "the whole internet" } else { "some of the internet" };
    let what = format!(
        "{} at {}",
        describe::service(&cube),
        describe::addresses(cube.side(DESTINATION), family)
    );
    let by = rule.map_or_else(|| format!("port forward `{about}`"), title);
    let severity = if from_all && rule.is_some_and(|r| r.row.protocol == "any") {
        Severity::High
    } else {
        Severity::Medium
    };
    let text = format!("{who} reaches {what} through {} by {by}", outer.label());
    let mut finding = finding(
        "wan_exposure",
        severity,
        &about,
        text,
        "Check that the service is meant to be public; limit its senders.",
    );
    finding.witness = cube.witness(family).map(|p| p.to_string());
    finding
}

fn forwards(loaded: &Loaded, all: &mut Vec<Finding>) {
    let ruleset = &loaded.ruleset;
    for redirect in ruleset
        .translations
        .redirects
        .iter()
        .filter(|r| !r.exempt && !r.pass && !r.label.uuid.is_empty())
    {
        let scope = &redirect.scope;
        let cube = Cube::all(scope.family)
            .with(SOURCE, internet_addresses(ruleset).of(scope.family).intersect(&scope.source))
            .with(DESTINATION, scope.destination.clone())
            .with(crate::rules::PROTOCOL, scope.protocols.clone())
            .with(crate::rules::DESTINATION_PORT, scope.destination_port.clone());
        let cube = if cube.is_empty() { cube.with(SOURCE, scope.source.clone()) } else { cube };
        let Some(device) = (0..ruleset.devices.len()).find(|id| scope.on.contains(*id)) else {
            continue;
        };
        let Ok(parts) = ruleset.reach(device, scope.family, &cube, None) else { continue };
        let mine = |p: &&crate::rules::Part| {
            p.fate.translation.as_deref() == Some(name_of(&redirect.label))
        };
        let mut mine = parts.iter().filter(mine).peekable();
        if mine.peek().is_some() && mine.all(|p| p.fate.action != Action::Pass) {
            let text = format!(
                "port forward `{}` is translated and then blocked: no rule passes its target",
                name_of(&redirect.label)
            );
            let mut finding = finding(
                "forward_without_rule",
                Severity::High,
                &redirect.label.uuid,
                text,
                "Add a rule for the translated target, or set the forward to pass.",
            );
            finding.witness = cube.witness(scope.family).map(|p| p.to_string());
            all.push(finding);
        }
    }
    for row in loaded.rows.forwards.iter().filter(|f| f.enabled && !f.no_rdr) {
        if loaded.ruleset.translations.redirects.iter().all(|r| r.label.uuid != row.uuid) {
            let text = format!(
                "port forward `{}` is enabled but not loaded: its target `{}` or interface names nothing",
                row.description, row.target
            );
            all.push(finding(
                "dead_reference",
                Severity::High,
                &row.uuid,
                text,
                "Repair what it refers to, or delete it.",
            ));
        }
    }
}

fn name_of(label: &Label) -> &str {
    if label.description.is_empty() { &label.uuid } else { &label.description }
}

/// Words in which rules, translations and other aliases name things.
fn named(loaded: &Loaded) -> BTreeSet<String> {
    let rows = &loaded.rows;
    let mut words = BTreeSet::new();
    let mut add = |text: &str| {
        for word in text.split(',') {
            words.insert(word.trim().trim_start_matches('!').to_owned());
        }
    };
    for r in &rows.rules {
        r.source
            .iter()
            .chain(&r.destination)
            .chain(&r.source_port)
            .chain(&r.destination_port)
            .for_each(|t| add(t));
    }
    for f in &rows.forwards {
        f.source
            .iter()
            .chain(&f.destination)
            .chain(&f.source_port)
            .chain(&f.destination_port)
            .chain(&f.target_port)
            .for_each(|t| add(t));
        add(&f.target);
    }
    for o in &rows.outbound {
        o.source
            .iter()
            .chain(&o.destination)
            .chain(&o.source_port)
            .chain(&o.destination_port)
            .chain(&o.target)
            .for_each(|t| add(t));
    }
    for o in &rows.one_to_one {
        o.source.iter().chain(&o.destination).for_each(|t| add(t));
    }
    for alias in &rows.aliases {
        alias.content.iter().for_each(|t| add(t));
    }
    words
}

fn aliases(loaded: &Loaded, all: &mut Vec<Finding>) {
    let named = named(loaded);
    let own = |a: &crate::rules::AliasRow| {
        matches!(a.kind.as_str(), "internal" | "external") || a.name.starts_with("__")
    };
    for alias in loaded.rows.aliases.iter().filter(|a| !own(a)) {
        let used = named.contains(&alias.name);
        if !used {
            let text = format!("alias `{}` is used nowhere", alias.name);
            all.push(finding(
                "unused_alias",
                Severity::Info,
                &alias.name,
                text,
                "Delete it, unless something outside the rules uses it.",
            ));
        }
        if used && !alias.enabled {
            let text =
                format!("alias `{}` is switched off but used: it matches nothing", alias.name);
            all.push(finding(
                "disabled_alias",
                Severity::Medium,
                &alias.name,
                text,
                "Switch it on, or take it out of the rules.",
            ));
        }
        let empty = loaded.rows.tables.iter().any(|t| t.name == alias.name && t.entries.is_empty());
        if used && alias.enabled && empty && !alias.content.is_empty() {
            let text = format!(
                "alias `{}` has content but its table is empty: nothing of it resolved",
                alias.name
            );
            all.push(finding(
                "unresolved_alias",
                Severity::Medium,
                &alias.name,
                text,
                "See why it does not resolve: DNS, a download, a licence.",
            ));
        }
    }
}

/// Interfaces whose hosts reach more over IPv6 than over IPv4.
fn families(ruleset: &Ruleset, all: &mut Vec<Finding>) -> Result<(), AskError> {
    let internet = internet_addresses(ruleset);
    for (id, device) in ruleset.devices.iter().enumerate() {
        let inside = device.key.is_some()
            && device.enabled
            && !device.skipped
            && device.has_gateway != Some(true);
        if !inside || device.networks.v4.is_empty() || device.networks.v6.is_empty() {
            continue;
        }
        let passes = |family: Family| -> Result<Vec<Cube>, AskError> {
            let start = Cube::all(family)
                .with(SOURCE, device.networks.of(family).minus(device.own().of(family)))
                .with(DESTINATION, internet.of(family).clone());
            let parts = ruleset.reach(id, family, &start, None)?;
            Ok(parts
                .into_iter()
                .filter(|p| p.fate.action == Action::Pass)
                .map(|p| p.cube)
                .collect())
        };
        let (v4, v6) = (passes(Family::V4)?, passes(Family::V6)?);
        if let Some(packet) =
            only_over_v6(ruleset, id, device, &internet, &v6).filter(|_| v4_is_less(&v4, &v6))
        {
            let key = device.key.clone().unwrap_or_default();
            let text = format!(
                "hosts on {} reach services on the internet over IPv6 that are blocked over IPv4",
                device.label()
            );
            let mut finding = finding(
                "ipv6_more_open",
                Severity::Medium,
                &key,
                text,
                "Write the rules for both families, or the same rules for IPv6.",
            );
            finding.witness = Some(packet.to_string());
            all.push(finding);
        }
    }
    Ok(())
}

fn v4_is_less(v4: &[Cube], v6: &[Cube]) -> bool {
    let tcp = |cubes: &[Cube]| {
        let with = cubes.iter().filter(|c| c.side(crate::rules::PROTOCOL).contains(TCP.into()));
        with.fold(crate::rules::Set::empty(), |all, c| {
            all.union(c.side(crate::rules::DESTINATION_PORT))
        })
    };
    !tcp(v6).is_within(&tcp(v4))
}

/// A TCP packet over IPv6 that passes, whose like over IPv4 does not.
fn only_over_v6(
    ruleset: &Ruleset,
    id: DeviceId,
    device: &crate::rules::Device,
    internet: &crate::rules::Addresses,
    v6: &[Cube],
) -> Option<Packet> {
    let middle = |set: &crate::rules::Set| {
        set.intervals().iter().max_by_key(|(a, b)| b - a).map(|(a, b)| a + (b - a) / 2)
    };
    let source = middle(&device.networks.v4)?;
    let destination = middle(&internet.v4)?;
    v6.iter().filter_map(|cube| cube.witness(Family::V6)).filter(|p| p.protocol == TCP).find(
        |packet| {
            let like = Packet { family: Family::V4, source, destination, ..*packet };
            let decision = ruleset.decide(Some(id), &like);
            matches!(decision.inbound, Inbound::Filter(_)) && decision.action() != Action::Pass
        },
    )
}
