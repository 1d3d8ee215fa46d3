//! Findings about what is open: to the internet, by port forwards, over IPv6 alone.

use std::collections::{BTreeMap, BTreeSet};

use crate::rules::{
    Action, Class, Cube, DESTINATION, DeviceId, Family, Fate, Inbound, Label, Packet, Rule,
    Ruleset, SOURCE, TCP, describe, merge,
};

use super::endpoint::internet_addresses;
use super::error::AskError;
use super::lint::{About, Finding, Severity, finding, title};
use super::ruleset::Loaded;

/// What the internet reaches, by the rule or forward that lets it in.
pub(super) fn exposures(ruleset: &Ruleset, all: &mut Vec<Finding>) -> Result<(), AskError> {
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
                let forward = fate.translation.as_deref().and_then(|name| {
                    let mut all = ruleset.translations.redirects.iter();
                    all.find(|rdr| name_of(&rdr.label) == name).map(|rdr| &rdr.label)
                });
                let by = match (rule, forward) {
                    (Some(rule), _) => (title(rule), rule.id()),
                    (None, Some(label)) => {
                        (format!("port forward `{}`", name_of(label)), label.uuid.clone())
                    }
                    (None, None) => ("no rule".to_owned(), "no rule".to_owned()),
                };
                if !told.insert(by.1.clone()) {
                    continue;
                }
                let Some(cube) = merge(cubes).into_iter().next() else { continue };
                all.push(exposure(outer, internet.of(family), family, &by, rule, &cube));
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
    (by, about): &(String, String),
    rule: Option<&Rule>,
    cube: &Cube,
) -> Finding {
    let from_all = internet.is_within(cube.side(SOURCE));
    let who = if from_all { "the whole internet" } else { "some of the internet" };
    let what = format!(
        "{} at {}",
        describe::service(cube, family),
        describe::addresses(cube.side(DESTINATION), family)
    );
    let severity = if from_all && rule.is_some_and(|r| r.row.protocol == "any") {
        Severity::High
    } else {
        Severity::Medium
    };
    let text = format!("{who} reaches {what} through {} by {by}", outer.label());
    let mut finding = finding(
        "wan_exposure",
        severity,
        if rule.is_some() { About::Rule(about) } else { About::Forward(about) },
        text,
        "Check that the service is meant to be public; limit its senders.",
    );
    finding.witness = cube.witness(family).map(|p| p.to_string());
    finding
}

pub(super) fn forwards(loaded: &Loaded, all: &mut Vec<Finding>) {
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
                About::Forward(&redirect.label.uuid),
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
                About::Forward(&row.uuid),
                text,
                "Repair what it refers to, or delete it.",
            ));
        }
    }
}

fn name_of(label: &Label) -> &str {
    if label.description.is_empty() { &label.uuid } else { &label.description }
}

/// Interfaces whose hosts reach more over IPv6 than over IPv4.
pub(super) fn families(ruleset: &Ruleset, all: &mut Vec<Finding>) -> Result<(), AskError> {
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
                About::Interface(&key),
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
