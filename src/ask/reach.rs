//! What one set of senders may do to a set of receivers, as an exact partition; and all zones at once.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::rules::{
    Action, Addresses, Cube, DESTINATION, DESTINATION_PORT, DeviceId, Family, Fate, LocalTime,
    PROTOCOL, Part, Ruleset, SOURCE, SOURCE_PORT, Set, TCP, Toward, UDP, describe, merge, port,
    protocol,
};

use super::endpoint::internet_addresses;
use super::error::AskError;
use super::freshness::Freshness;
use super::query::Ask;
use super::ruleset::Loaded;
use super::trace::RuleWord;
use super::trace_words::word;

/// Parts shown unless asked otherwise.
const SHOWN: usize = 30;
/// Most parts in one answer.
const MOST: usize = 500;

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct ReachQuestion {
    pub firewall: Option<String>,
    pub from: String,
    pub to: String,
    pub protocol: Option<String>,
    /// One port or a range.
    pub port: Option<String>,
    pub interface: Option<String>,
    pub at: Option<String>,
    /// Only parts with this verdict: pass, block, reject, undecidable.
    pub verdict: Option<String>,
    pub limit: Option<usize>,
}

/// Packets with one fate.
#[derive(Debug, Clone, Serialize)]
pub struct ReachPart {
    pub verdict: &'static str,
    pub family: &'static str,
    pub from: String,
    pub to: String,
    pub service: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrives_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleWord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nat: Option<String>,
    /// One packet of it, as an example.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
}

/// The answer: disjoint parts that together are everything that was asked about.
#[derive(Debug, Clone, Serialize)]
pub struct Reach {
    pub summary: String,
    pub parts: Vec<ReachPart>,
    /// How many parts there are in all.
    pub total: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    #[serde(flatten)]
    pub freshness: Freshness,
}

/// One sender of the zone matrix.
#[derive(Debug, Clone, Serialize)]
pub struct Zone {
    pub from: String,
    /// What may be sent to each zone: all, none, or services.
    pub to: BTreeMap<String, String>,
}

/// Who may reach whom, by interface.
#[derive(Debug, Clone, Serialize)]
pub struct Matrix {
    pub zones: Vec<Zone>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    #[serde(flatten)]
    pub freshness: Freshness,
}

impl Ask {
    /// The partition of one question.
    pub async fn reach(&self, question: &ReachQuestion) -> Result<Reach, AskError> {
        let loaded = self.ruleset(question.firewall.as_deref()).await?;
        let from = self.endpoint(&loaded, &question.from).await?;
        let to = self.endpoint(&loaded, &question.to).await?;
        let ruleset = &loaded.ruleset;
        let moment = question.at.as_deref().map(str::parse::<LocalTime>).transpose()?;
        let fixed = match question.interface.as_deref() {
            Some(name) => Some(
                ruleset
                    .device_named(name)
                    .ok_or_else(|| AskError::Flow(format!("no interface is called `{name}`")))?,
            ),
            None => from.device,
        };
        let mut parts = Vec::new();
        for family in Family::BOTH {
            let start = cube(question, family, from.addresses.of(family), to.addresses.of(family))?;
            for (device, cube) in arrivals(ruleset, family, fixed, &start) {
                let found = ruleset.reach(device, family, &cube, moment)?;
                parts.extend(
                    grouped(found).into_iter().map(|(fate, cube)| (family, device, fate, cube)),
                );
            }
        }
        Ok(answer(&loaded, question, parts))
    }

    /// Every interface against every other, and the internet.
    pub async fn matrix(&self, firewall: Option<&str>) -> Result<Matrix, AskError> {
        let loaded = self.ruleset(firewall).await?;
        let zones = zones(&loaded.ruleset)?;
        Ok(Matrix {
            zones,
            unknown: loaded.ruleset.gaps.clone(),
            freshness: loaded.freshness.clone(),
        })
    }
}

pub(super) fn cube(
    question: &ReachQuestion,
    family: Family,
    from: &Set,
    to: &Set,
) -> Result<Cube, AskError> {
    let flow = |why: String| AskError::Flow(why);
    let mut cube = Cube::all(family).with(SOURCE, from.clone()).with(DESTINATION, to.clone());
    let ports = [TCP, UDP].map(|p| (u128::from(p), u128::from(p)));
    let wanted = question.port.as_deref().map(str::trim).filter(|p| !p.is_empty());
    match question.protocol.as_deref().map(str::trim).filter(|p| !p.is_empty() && *p != "any") {
        Some("tcp/udp") => cube = cube.with(PROTOCOL, Set::of(ports.to_vec())),
        Some(name) => {
            let number = protocol(name).ok_or_else(|| flow(format!("`{name}` is no protocol")))?;
            let number = if number == 1 && family == Family::V6 { 58 } else { number };
            cube = cube.with(PROTOCOL, Set::point(number.into()));
        }
        None if wanted.is_some() => cube = cube.with(PROTOCOL, Set::of(ports.to_vec())),
        None => {}
    }
    if let Some(text) = wanted {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let read = |t: &str| {
            port(t.trim()).map(u128::from).ok_or_else(|| flow(format!("`{t}` is no port")))
        };
        cube = cube.with(DESTINATION_PORT, Set::interval(read(first)?, read(last)?));
    }
    Ok(cube)
}

/// The question by the interface its senders arrive on; the firewall's own addresses arrive nowhere.
pub(super) fn arrivals(
    ruleset: &Ruleset,
    family: Family,
    fixed: Option<DeviceId>,
    start: &Cube,
) -> Vec<(DeviceId, Cube)> {
    if start.is_empty() {
        return Vec::new();
    }
    if let Some(device) = fixed {
        return vec![(device, start.clone())];
    }
    let mut left = start.side(SOURCE).minus(ruleset.own.of(family));
    let mut found: BTreeMap<DeviceId, Set> = BTreeMap::new();
    let mut take = |device: DeviceId, set: &Set, left: &mut Set| {
        let mine = left.intersect(set);
        if !mine.is_empty() {
            *left = left.minus(set);
            let all = found.entry(device).or_default();
            *all = all.union(&mine);
        }
    };
    for (id, device) in
        ruleset.devices.iter().enumerate().filter(|(_, d)| d.key.is_some() && !d.skipped)
    {
        take(id, device.networks.of(family), &mut left);
    }
    for (id, set) in ruleset.routes.partition(family) {
        take(id, &set, &mut left);
    }
    found.into_iter().map(|(device, set)| (device, start.clone().with(SOURCE, set))).collect()
}

/// Parts of one fate with their cubes joined.
fn grouped(parts: Vec<Part>) -> Vec<(Fate, Cube)> {
    let mut by_fate: BTreeMap<Fate, Vec<Cube>> = BTreeMap::new();
    for part in parts {
        // Where blocked or passed packets would have gone does not tell parts apart.
        let fate = Fate {
            egress: if part.fate.action == Action::Pass {
                part.fate.egress
            } else {
                Toward::Stopped
            },
            ..part.fate
        };
        by_fate.entry(fate).or_default().push(part.cube);
    }
    let joined = by_fate
        .into_iter()
        .flat_map(|(fate, cubes)| merge(cubes).into_iter().map(move |cube| (fate.clone(), cube)));
    joined.collect()
}

fn verdict(ruleset: &Ruleset, fate: &Fate) -> &'static str {
    let other = |i: &usize| {
        ruleset
            .rule(*i)
            .is_some_and(|r| (r.action == Action::Pass) != (fate.action == Action::Pass))
    };
    if fate.maybes.iter().any(other) { "undecidable" } else { fate.action.as_str() }
}

fn answer(
    loaded: &Loaded,
    question: &ReachQuestion,
    parts: Vec<(Family, DeviceId, Fate, Cube)>,
) -> Reach {
    let ruleset = &loaded.ruleset;
    let passes = |fate: &Fate| verdict(ruleset, fate) == "pass";
    let passing = parts.iter().filter(|(_, _, fate, _)| passes(fate)).count();
    let what = match (passing, parts.len()) {
        (_, 0) => {
            format!("`{}` and `{}` have nothing to say to each other", question.from, question.to)
        }
        (0, _) => format!("nothing from {} is sure to reach {}", question.from, question.to),
        (p, t) if p == t => format!("everything from {} reaches {}", question.from, question.to),
        (p, t) => format!("{p} of {t} parts from {} to {} pass", question.from, question.to),
    };
    let wanted = question.verdict.as_deref();
    let mut shown: Vec<(Family, DeviceId, Fate, Cube)> = parts
        .into_iter()
        .filter(|(_, _, fate, _)| wanted.is_none_or(|w| w == verdict(ruleset, fate)))
        .collect();
    // What passes is what people look for; larger parts first.
    shown.sort_by_cached_key(|(family, device, fate, cube)| {
        (*family, fate.action != Action::Pass, fate.rule_in, *device, cube.clone())
    });
    let total = shown.len();
    let limit = question.limit.unwrap_or(SHOWN).min(MOST);
    let parts: Vec<ReachPart> = shown
        .into_iter()
        .take(limit)
        .map(|(family, device, fate, cube)| ReachPart {
            verdict: verdict(ruleset, &fate),
            family: family.as_str(),
            from: describe::addresses(cube.side(SOURCE), family),
            to: describe::addresses(cube.side(DESTINATION), family),
            service: describe::service(&cube),
            arrives_on: ruleset.device(device).map(crate::rules::Device::label),
            rule: stopping(ruleset, &fate).and_then(|i| word(ruleset, i, String::new())),
            nat: fate.translation.clone(),
            example: cube.witness(family).map(|p| p.to_string()),
        })
        .collect();
    let mut unknown = ruleset.gaps.clone();
    unknown.retain(|gap| !loaded.freshness.notes.contains(gap));
    Reach { summary: what, parts, total, unknown, freshness: loaded.freshness.clone() }
}

/// The rule to name for a part: the one that stopped it, else the one that let it in.
fn stopping(ruleset: &Ruleset, fate: &Fate) -> Option<usize> {
    let stopped_out =
        fate.rule_out.filter(|i| ruleset.rule(*i).is_some_and(|r| r.action != Action::Pass));
    stopped_out.or(fate.rule_in)
}

/// Senders and receivers of the matrix: assigned interfaces and the internet.
pub fn zones(ruleset: &Ruleset) -> Result<Vec<Zone>, AskError> {
    let internet = internet_addresses(ruleset);
    let mut zones: Vec<(String, Vec<DeviceId>, Addresses)> = Vec::new();
    for (id, device) in ruleset.devices.iter().enumerate() {
        if device.key.is_some() && device.enabled && !device.skipped && !device.networks.is_empty()
        {
            let own = device.own();
            let hosts = Addresses {
                v4: device.networks.v4.minus(&own.v4),
                v6: device.networks.v6.minus(&own.v6),
            };
            zones.push((device.label(), vec![id], hosts));
        }
    }
    let mut outer: Vec<DeviceId> =
        ruleset.routes.iter().filter(|r| r.net.prefix_len() == 0).map(|r| r.device).collect();
    outer.sort_unstable();
    outer.dedup();
    zones.push(("internet".to_owned(), outer, internet));
    zones.push(("firewall".to_owned(), Vec::new(), ruleset.own.clone()));
    let mut all = Vec::new();
    for (from, devices, senders) in zones.iter().filter(|(_, devices, _)| !devices.is_empty()) {
        let mut to = BTreeMap::new();
        for (name, _, receivers) in zones.iter().filter(|(name, _, _)| name != from) {
            to.insert(name.clone(), cell(ruleset, devices, senders, receivers)?);
        }
        all.push(Zone { from: from.clone(), to });
    }
    Ok(all)
}

/// Services named in one cell of the matrix.
const SERVICES: usize = 6;

fn cell(
    ruleset: &Ruleset,
    devices: &[DeviceId],
    senders: &Addresses,
    receivers: &Addresses,
) -> Result<String, AskError> {
    let mut words = Vec::new();
    for family in Family::BOTH {
        let start = Cube::all(family)
            .with(SOURCE, senders.of(family).clone())
            .with(DESTINATION, receivers.of(family).clone());
        if start.is_empty() {
            continue;
        }
        let mut passing = Vec::new();
        for device in devices {
            let parts = ruleset.reach(*device, family, &start, None)?;
            passing.extend(
                parts.into_iter().filter(|p| p.fate.action == Action::Pass).map(|p| p.cube),
            );
        }
        let family_name = if family == Family::V4 { "IPv4" } else { "IPv6" };
        words.push(format!("{family_name} {}", services(&start, &merge(passing))));
    }
    Ok(if words.is_empty() { "no addresses in common".to_owned() } else { words.join(", ") })
}

/// `all`, `none`, or the services that some sender may use to some receiver.
fn services(start: &Cube, passing: &[Cube]) -> String {
    if passing.is_empty() {
        return "none".to_owned();
    }
    let mut left = vec![start.clone()];
    for cube in passing {
        let mut rest = Vec::new();
        for piece in &left {
            piece.minus(cube, &mut rest);
        }
        left = rest;
    }
    // The firewall drops port 0 always; what only differs there is all.
    let zero = Set::point(0);
    left.retain(|c| {
        !c.side(DESTINATION_PORT).is_within(&zero) && !c.side(SOURCE_PORT).is_within(&zero)
    });
    if left.is_empty() {
        return "all".to_owned();
    }
    let mut names: Vec<String> = passing
        .iter()
        .map(|cube| describe::service(&cube.clone().with(SOURCE_PORT, Set::interval(0, 65_535))))
        .collect();
    names.sort();
    names.dedup();
    let more = names.len().saturating_sub(SERVICES);
    names.truncate(SERVICES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("some: {}{more}", names.join(" | "))
}
