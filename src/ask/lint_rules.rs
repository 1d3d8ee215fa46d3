//! Findings about single rules and about rules that hide or repeat each other.

use std::collections::BTreeMap;

use crate::rules::{Action, Class, Direction, Rule, RuleRow, Ruleset};

use super::lint::{About, Finding, Severity, finding, rule_row, title};

/// Its text is completed with since when the counters count.
pub(super) const NEVER_HIT: &str = "never_hit";

pub(super) fn hidden(ruleset: &Ruleset, all: &mut Vec<Finding>) {
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
        let text = format!("{} never decides: all its packets are decided by {by}", title(rule));
        let mut finding = finding(code, severity, About::Rule(&rule.id()), text, advice);
        let by = shadow.by.iter().filter_map(|i| ruleset.rule(*i));
        finding.evidence.extend(by.map(|rule| rule_row(&rule.id())));
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
        let (winner, loser) = (winner.id(), loser.id());
        let mut finding = finding(
            "contradicting_rules",
            Severity::Info,
            About::Rules(&winner, &loser),
            text,
            "Check that the order is meant.",
        );
        let way = if overlap.direction == Direction::Out { "leaving by" } else { "arriving on" };
        let device =
            ruleset.device(overlap.device).map(crate::rules::Device::label).unwrap_or_default();
        finding.witness = Some(format!("{} {way} {device}", overlap.witness));
        all.push(finding);
    }
}

pub(super) fn one_rule(ruleset: &Ruleset, rule: &Rule, all: &mut Vec<Finding>) {
    let (row, id) = (&rule.row, rule.id());
    if let Some(why) = rule.asleep.as_ref().filter(|_| row.enabled) {
        let text = format!("{} is enabled but not loaded: {why}", title(rule));
        all.push(finding(
            "dead_reference",
            Severity::High,
            About::Rule(&id),
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
            About::Rule(&id),
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
        all.push(finding(
            "any_any_pass",
            severity,
            About::Rule(&id),
            text,
            "Name sources and destinations.",
        ));
    }
    habits(ruleset, rule, all);
    for reason in &rule.unknown {
        let text = format!("{}: {reason}", title(rule));
        all.push(finding(
            "unresolved_term",
            Severity::Info,
            About::Rule(&id),
            text,
            "See why the table was not read or not filled.",
        ));
    }
}

/// What would help whoever reads the rules or the log.
fn habits(ruleset: &Ruleset, rule: &Rule, all: &mut Vec<Finding>) {
    let (row, id) = (&rule.row, rule.id());
    if row.description.is_empty() {
        let text = format!("{} has no description", title(rule));
        all.push(finding(
            "no_description",
            Severity::Info,
            About::Rule(&id),
            text,
            "Say what it is for.",
        ));
    }
    if rule.action == Action::Pass && faces_out(ruleset, rule) && !row.log {
        let text = format!("{} lets the internet in and does not log it", title(rule));
        all.push(finding(
            "no_log",
            Severity::Low,
            About::Rule(&id),
            text,
            "Log what comes in from outside.",
        ));
    }
    if row.evaluations.is_some_and(|n| n > 0) && row.packets == Some(0) {
        let text = format!(
            "{} was compared with {} packets and matched none",
            title(rule),
            row.evaluations.unwrap_or(0)
        );
        all.push(finding(
            NEVER_HIT,
            Severity::Low,
            About::Rule(&id),
            text,
            "If it stays so for weeks, delete it.",
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
pub(super) fn duplicates(ruleset: &Ruleset, all: &mut Vec<Finding>) {
    let mut by_substance: BTreeMap<String, Vec<&Rule>> = BTreeMap::new();
    for rule in ruleset.rules.iter().filter(|r| r.class != Class::Automatic && r.asleep.is_none()) {
        by_substance.entry(substance(&rule.row)).or_default().push(rule);
    }
    for rules in by_substance.values() {
        let [first, rest @ ..] = rules.as_slice() else { continue };
        for rule in rest {
            let text = format!("{} is the same as {}", title(rule), title(first));
            let mut finding = finding(
                "duplicate_rule",
                Severity::Low,
                About::Rule(&rule.id()),
                text,
                "Delete one of them.",
            );
            finding.evidence.push(rule_row(&first.id()));
            all.push(finding);
        }
    }
}
