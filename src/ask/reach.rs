//! What one set of senders may do to a set of receivers, as an exact partition; and all zones at once.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::rules::{
    Action, Addresses, Cube, DESTINATION, DESTINATION_PORT, DeviceId, Family, Fate, LocalTime,
    PROTOCOL, Part, Rule, Ruleset, SOURCE, SOURCE_PORT, Set, TCP, Toward, UDP, describe, merge,
    port, protocol,
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
            let mut add = |device, found| {
                let named = grouped(found).into_iter().map(|(fate, cubes)| Named {
                    family,
                    device,
                    fate,
                    from: name(&cubes, SOURCE, &start, &question.from, family),
                    to: name(&cubes, DESTINATION, &start, &question.to, family),
                    cubes,
                });
                parts.extend(named);
            };
            for (device, cube) in arrivals(ruleset, family, fixed, &start) {
                add(Some(device), ruleset.reach(device, family, &cube, moment)?);
            }
            // What the firewall itself sends arrives nowhere.
            let own = start.side(SOURCE).intersect(ruleset.own.of(family));
            if fixed.is_none() && !own.is_empty() {
                add(None, ruleset.send(family, &start.clone().with(SOURCE, own), moment)?);
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

/// Disjoint cubes of one fate between the same addresses, and what they are called.
struct Named {
    family: Family,
    device: Option<DeviceId>,
    fate: Fate,
    from: String,
    to: String,
    cubes: Vec<Cube>,
}

/// What the cubes have on one side in the words of the question where they are short: `lan`, `lan except
/// 192.168.1.53`. All of `cubes` have the same there.
fn name(cubes: &[Cube], side: usize, start: &Cube, asked: &str, family: Family) -> String {
    let Some(set) = cubes.first().map(|cube| cube.side(side)) else { return String::new() };
    let all = start.side(side);
    let is_word = !asked.eq_ignore_ascii_case("any");
    if is_word && all.is_within(set) {
        return asked.to_owned();
    }
    let without = all.minus(set);
    if is_word && without.intervals().len() < set.intervals().len() {
        return format!("{asked} except {}", describe::addresses(&without, family));
    }
    describe::addresses(set, family)
}

/// Parts of one fate with their cubes joined, those between the same addresses together.
fn grouped(parts: Vec<Part>) -> Vec<(Fate, Vec<Cube>)> {
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
    let mut joined: BTreeMap<(Fate, Set, Set), Vec<Cube>> = BTreeMap::new();
    for (fate, cubes) in by_fate {
        for cube in merge(cubes) {
            let ends = (cube.side(SOURCE).clone(), cube.side(DESTINATION).clone());
            joined.entry((fate.clone(), ends.0, ends.1)).or_default().push(cube);
        }
    }
    joined.into_iter().map(|((fate, ..), cubes)| (fate, cubes)).collect()
}

fn verdict(ruleset: &Ruleset, fate: &Fate) -> &'static str {
    let other = |i: &usize| {
        ruleset
            .rule(*i)
            .is_some_and(|r| (r.action == Action::Pass) != (fate.action == Action::Pass))
    };
    let hidden = !fate.by_redirect && ruleset.may_be_overruled(fate.rule_in);
    if hidden || fate.open || fate.maybes.iter().any(other) {
        "undecidable"
    } else {
        fate.action.as_str()
    }
}

fn answer(loaded: &Loaded, question: &ReachQuestion, parts: Vec<Named>) -> Reach {
    let ruleset = &loaded.ruleset;
    let passing = parts.iter().filter(|part| verdict(ruleset, &part.fate) == "pass").count();
    let what = match (passing, parts.len()) {
        (_, 0) => {
            format!("`{}` and `{}` have nothing to say to each other", question.from, question.to)
        }
        (0, _) => format!("nothing from {} is sure to reach {}", question.from, question.to),
        (p, t) if p == t => format!("everything from {} reaches {}", question.from, question.to),
        (p, t) => format!("{p} of {t} parts from {} to {} pass", question.from, question.to),
    };
    let wanted = question.verdict.as_deref();
    let mut shown: Vec<Named> = parts
        .into_iter()
        .filter(|part| wanted.is_none_or(|w| w == verdict(ruleset, &part.fate)))
        .collect();
    // What passes is what people look for; what the firewall always drops is what they do not.
    shown.sort_by_cached_key(|part| {
        let rule = stopping(ruleset, &part.fate);
        let rank = match verdict(ruleset, &part.fate) {
            "pass" => 0,
            "undecidable" => 1,
            _ if rule.and_then(|i| ruleset.rule(i)).is_some_and(is_port_zero) => 3,
            _ => 2,
        };
        (rank, rule, part.family, part.device, part.cubes.clone())
    });
    let total = shown.len();
    let open = shown.iter().any(|part| part.fate.open);
    let limit = question.limit.unwrap_or(SHOWN).min(MOST);
    let parts: Vec<ReachPart> = shown
        .into_iter()
        .take(limit)
        .map(|part| ReachPart {
            verdict: verdict(ruleset, &part.fate),
            family: part.family.as_str(),
            service: describe::services(&part.cubes, part.family),
            arrives_on: part
                .device
                .and_then(|id| ruleset.device(id))
                .map(crate::rules::Device::label),
            rule: stopping(ruleset, &part.fate).and_then(|i| word(ruleset, i, String::new())),
            nat: part.fate.translation.clone(),
            example: part
                .cubes
                .first()
                .and_then(|cube| cube.witness(part.family))
                .map(|p| p.to_string()),
            from: part.from,
            to: part.to,
        })
        .collect();
    let mut unknown = ruleset.gaps.clone();
    unknown.retain(|gap| !loaded.freshness.notes.contains(gap));
    if open {
        unknown.push(
            "parts are undecidable where the contents of an alias in a translation were not read, where pf takes turns among targets or ways that end differently, and between members of a bridge: `trace` one packet to see which"
                .to_owned(),
        );
    }
    Reach { summary: what, parts, total, unknown, freshness: loaded.freshness.clone() }
}

/// Every firewall drops it, so it tells nothing about this one.
fn is_port_zero(rule: &Rule) -> bool {
    let zero = Some("0");
    rule.row.source_port.as_deref() == zero || rule.row.destination_port.as_deref() == zero
}

/// The rule to name for a part: the one that stopped it, else the one that let it in.
fn stopping(ruleset: &Ruleset, fate: &Fate) -> Option<usize> {
    let stopped_out =
        fate.rule_out.filter(|i| ruleset.rule(*i).is_some_and(|r| r.action != Action::Pass));
    stopped_out.or(fate.rule_in)
}

/// Senders and receivers of the matrix: assigned interfaces, the internet, and the firewall, which arrives
/// nowhere.
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
    for (from, devices, senders) in &zones {
        let mut to = BTreeMap::new();
        for (name, _, receivers) in zones.iter().filter(|(name, _, _)| name != from) {
            to.insert(name.clone(), cell(ruleset, devices, senders, receivers)?);
        }
        all.push(Zone { from: from.clone(), to });
    }
    Ok(all)
}

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
        let mut add = |parts: Vec<Part>| {
            let passes = parts.into_iter().filter(|p| p.fate.action == Action::Pass);
            passing.extend(passes.map(|p| p.cube));
        };
        for device in devices {
            add(ruleset.reach(*device, family, &start, None)?);
        }
        if devices.is_empty() {
            add(ruleset.send(family, &start, None)?);
        }
        let family_name = if family == Family::V4 { "IPv4" } else { "IPv6" };
        words.push(format!("{family_name} {}", services(&start, &merge(passing), family)));
    }
    Ok(if words.is_empty() { "no addresses in common".to_owned() } else { words.join(", ") })
}

/// `all`, `none`, or the services that some sender may use to some receiver.
fn services(start: &Cube, passing: &[Cube], family: Family) -> String {
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
    // Whoever the senders and receivers are, and whatever port it comes from.
    let any_source = passing.iter().map(|c| c.clone().with(SOURCE_PORT, Set::interval(0, 65_535)));
    format!("some: {}", describe::services(&any_source.collect::<Vec<_>>(), family))
}
