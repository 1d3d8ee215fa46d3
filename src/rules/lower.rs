//! Rows to a ruleset: what OPNsense writes for pf, as sets.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::types::Release;

use super::lower_nat;
use super::packet::Action;
use super::route::{Routes, never_forwarded};
use super::rows::{GatewayRow, Rows, RuleRow};
use super::ruleset::{Class, Leg, Rule, Ruleset, Via, index};
use super::schedule::Schedule;
use super::set::{Addresses, Family};
use super::tables::{self, Tables};
use super::terms::{LinkLocal, Names};
use super::words;
use super::{automatic, bridge, derived};

/// `sort_order` in the domain: priority times this, plus the place within it.
const WIDTH: i64 = 10_000_000;
/// MVC rules obey schedules from here on; before, the field is stored and ignored.
const SCHEDULED: Release = Release::new(26, 1, 1);

/// Before, an automatic rule for both families was shown as one for IPv4; those that are only for IPv4 have
/// IPv4 terms.
const RAW_FAMILY: Release = Release::new(26, 1, 9);

/// A rule on every interface but one is a floating one from here on.
const INVERTED_FLOATS: Release = Release::new(26, 1, 0);

/// Tags by name, numbered as they are met.
#[derive(Debug, Default)]
pub(super) struct Tags(Vec<String>);

impl Tags {
    pub(super) fn number(&mut self, name: Option<&str>) -> Option<u16> {
        let name = name.map(str::trim).filter(|n| !n.is_empty())?;
        let known = self.0.iter().position(|tag| tag == name).unwrap_or_else(|| {
            self.0.push(name.to_owned());
            self.0.len() - 1
        });
        u16::try_from(known).ok()
    }
}

/// Makes the ruleset of one firewall at one moment.
pub fn lower(rows: &Rows) -> Ruleset {
    let release =
        rows.release.as_deref().and_then(|text| text.parse().ok()).unwrap_or(Release::NEWEST_KNOWN);
    let networks = tables::of_interfaces(&rows.interfaces);
    let tables = Tables::new(&rows.aliases, &rows.tables, &networks);
    let names = Names::new(&rows.interfaces, &rows.groups, tables, release);
    let mut gaps = rows.gaps.clone();
    let ordered = ordered(rows, &names, &mut gaps);
    let mut tags = Tags::default();
    let (mut rules, mut legs) = (Vec::with_capacity(ordered.len()), Vec::new());
    let mut sleeping = Vec::new();
    for (class, row) in ordered {
        let number = rules.len();
        let mut lowering =
            Lowering { rows, names: &names, tags: &mut tags, legs: Vec::new(), index: number };
        let rule = lowering.rule(class, row);
        // What a disabled rule would match is kept for explanations only.
        if rule.asleep.is_none() { &mut legs } else { &mut sleeping }.append(&mut lowering.legs);
        rules.push(rule);
    }
    let translations = lower_nat::translations(rows, &names, &mut tags, &rules, &mut gaps);
    let index = index(names.devices.len(), &rules, &legs);
    let bridges = bridge::bridges(rows, &names);
    let never_forwarded =
        Addresses { v4: never_forwarded(Family::V4), v6: never_forwarded(Family::V6) };
    let routes = Routes::new(&rows.routes, &names.devices);
    if routes.derived {
        gaps.push("the routing table was not read: connected networks stand in for it".to_owned());
    }
    gaps.sort();
    gaps.dedup();
    Ruleset {
        devices: names.devices,
        rules,
        legs,
        sleeping,
        index,
        translations,
        routes,
        bridges,
        bridge_filter: bridge::Filter::new(rows),
        own: names.own,
        never_forwarded,
        disabled: rows.switches.filter_disabled,
        legacy_hidden: rows.legacy_hidden,
        tags: tags.0,
        gaps,
    }
}

/// Rules in evaluation order: antispoof, then by priority, MVC before legacy, sequence.
fn ordered(rows: &Rows, names: &Names, gaps: &mut Vec<String>) -> Vec<(Class, RuleRow)> {
    let mut keyed: Vec<((i64, i64, bool), Class, RuleRow)> =
        Vec::with_capacity(rows.rules.len() + 8);
    for row in automatic::antispoof(rows, names) {
        keyed.push(((0, 0, false), Class::Automatic, row));
    }
    if rows.switches.bypass_static_routes {
        for row in automatic::static_routes(rows, names) {
            keyed.push(((10 * WIDTH, 0, false), Class::Automatic, row));
        }
    }
    if !rows.rules.iter().any(|row| row.origin == "automatic") {
        gaps.push("automatic rules are not in the index: the ones every firewall has were added; those of plugins are not known".to_owned());
        if rows.release_guessed {
            let release = rows.release.as_deref().unwrap_or("the newest release");
            gaps.push(format!("config.xml does not say which release wrote it: what OPNsense adds by itself is that of {release}, the oldest that fits"));
        }
        for (priority, row) in derived::rules(rows, names) {
            keyed.push(((priority * WIDTH, 0, false), Class::Automatic, row));
        }
    }
    for row in &rows.rules {
        let mut row = Cow::Borrowed(row);
        if let Some(position) = settled(&row, names) {
            row.to_mut().position = Some(position);
        }
        let class = class(&row, names);
        let priority = match class {
            Class::Automatic => 1,
            Class::Floating => 200_000,
            Class::Group => 300_000,
            Class::Interface => 400_000,
        };
        let position = row.position.unwrap_or(priority * WIDTH);
        let legacy = row.position.is_none() && row.origin == "legacy";
        keyed.push(((position, row.tie, legacy), class, row.into_owned()));
    }
    keyed.sort_by_key(|(key, _, _)| *key);
    keyed.into_iter().map(|(_, class, row)| (class, row)).collect()
}

/// Where an MVC rule stands, when the position made of a configuration alone does not know it: one on all VPN
/// interfaces of a kind stands among those of groups, and before 26.1 an inverted interface was like any other.
fn settled(row: &RuleRow, names: &Names) -> Option<i64> {
    let position = row.position.filter(|_| row.origin == "mvc")?;
    let interface = row.interface.as_deref()?;
    let priority = position / WIDTH;
    let on_vpn = matches!(interface, "wireguard" | "openvpn");
    if on_vpn && (400_000..500_000).contains(&priority) {
        return Some(position - 100_000 * WIDTH);
    }
    let inverted = interface.starts_with('!') && !interface.contains(',');
    if inverted && priority == 200_000 && names.release < INVERTED_FLOATS {
        return Some(position + 200_000 * WIDTH);
    }
    None
}

fn class(row: &RuleRow, names: &Names) -> Class {
    if row.origin == "automatic" {
        return Class::Automatic;
    }
    if let Some(position) = row.position {
        return match position / WIDTH {
            200_000..=299_999 => Class::Floating,
            300_000..=399_999 => Class::Group,
            400_000..=499_999 | 600_000 => Class::Interface,
            _ => Class::Automatic,
        };
    }
    match row.interface.as_deref() {
        None | Some("") => Class::Floating,
        Some(list) if list.contains(',') => Class::Floating,
        Some(list) if list.starts_with('!') && names.release >= INVERTED_FLOATS => Class::Floating,
        Some(list) if list.starts_with('!') => Class::Interface,
        Some(one) if names.devices.iter().any(|d| d.key.as_deref() == Some(one)) => {
            Class::Interface
        }
        Some(_) => Class::Group,
    }
}

struct Lowering<'a> {
    rows: &'a Rows,
    names: &'a Names,
    tags: &'a mut Tags,
    legs: Vec<Leg>,
    index: usize,
}

impl Lowering<'_> {
    fn rule(&mut self, class: Class, row: RuleRow) -> Rule {
        let action = match row.action.as_str() {
            "block" => Action::Block,
            "reject" => Action::Reject,
            _ => Action::Pass,
        };
        let direction = row.direction.to_ascii_lowercase();
        let stateful = row.state_type.as_deref() != Some("none");
        let tag = self.tags.number(row.tag.as_deref());
        let mut rule = Rule {
            number: self.index + 1,
            class,
            action,
            quick: row.quick,
            on: super::ruleset::On::none(),
            inbound: direction != "out",
            outbound: matches!(direction.as_str(), "out" | "any"),
            tag,
            stateful,
            via: None,
            asleep: None,
            unknown: Vec::new(),
            row,
        };
        if !rule.row.enabled {
            rule.asleep = Some("it is disabled".to_owned());
        }
        match self.names.on(rule.row.interface.as_deref(), None) {
            Ok(on) => rule.on = on,
            Err(why) => {
                rule.asleep.get_or_insert(why);
                return rule;
            }
        }
        if let Err(why) = self.legs_of(&mut rule) {
            rule.asleep.get_or_insert(why);
        }
        rule
    }

    fn legs_of(&mut self, rule: &mut Rule) -> Result<(), String> {
        let families: &[Family] = match rule.row.family.as_str() {
            "inet" if rule.row.origin == "automatic" && self.names.release < RAW_FAMILY => {
                &Family::BOTH
            }
            "inet" => &[Family::V4],
            "inet6" => &[Family::V6],
            _ => &Family::BOTH,
        };
        // A gateway decides whether a rule is loaded whatever the rule does; only a pass rule sends by it.
        let named = rule.row.gateway.as_deref().filter(|g| !g.is_empty() && *g != "none");
        let gateway = named.map(|name| gateway(name, self.rows, self.names));
        if let Some(Gateway { via: Via::Fallback { gateway, why }, .. }) = &gateway
            && self.rows.switches.skip_rules_with_gateway_down
        {
            return Err(format!("its gateway {gateway} is not usable ({why})"));
        }
        let mut why = None;
        let before = self.legs.len();
        for family in families {
            if let Some(of) = gateway.as_ref().and_then(|g| g.family).filter(|of| of != family) {
                why = Some(format!(
                    "its gateway is {} and the rule {}",
                    of.as_str(),
                    family.as_str()
                ));
                continue;
            }
            match self.leg(rule, *family) {
                Ok(leg) => self.legs.push(leg),
                Err(reason) => why = Some(reason),
            }
        }
        rule.via = gateway.map(|g| g.via).filter(|_| rule.action == Action::Pass);
        if self.legs.len() == before { Err(why.unwrap_or_default()) } else { Ok(()) }
    }

    fn leg(&mut self, rule: &mut Rule, family: Family) -> Result<Leg, String> {
        let row = &rule.row;
        let own = LinkLocal::InRuleOn(row.interface.as_deref());
        let source = self.names.addresses(&row.source, family, own)?;
        let destination = self.names.addresses(&row.destination, family, own)?;
        let protocols = Names::protocols(&row.protocol, family)?;
        let with_ports = protocols
            .intervals()
            .iter()
            .all(|(a, b)| a == b && (*a == u128::from(words::TCP) || *a == u128::from(words::UDP)));
        let ports = |text: &Option<String>| {
            // Ports of a rule that is not for TCP or UDP are ignored.
            self.names.ports(text.as_deref().filter(|_| with_ports))
        };
        let (source_port, destination_port) =
            (ports(&row.source_port)?, ports(&row.destination_port)?);
        let icmp_types = self.names.icmp_types(row.icmp_type.as_deref(), &protocols, family)?;
        let flags = flags(row, rule.action, rule.stateful)?;
        let obeys = row.origin != "mvc" || self.names.release >= SCHEDULED;
        let schedule =
            row.schedule.as_deref().filter(|name| obeys && !name.is_empty()).and_then(|name| {
                Schedule::new(name, &self.rows.schedules, self.rows.schedules_known)
            });
        let tagged = self.tags.number(row.tagged.as_deref());
        let on = self.names.on(row.interface.as_deref(), Some(family))?;
        let unknown = source.unknown.is_some() || destination.unknown.is_some();
        let said = [source.unknown, destination.unknown, source.assumed, destination.assumed];
        let conditions = [
            ("type of service", &row.tos),
            ("VLAN priority", &row.vlan_priority),
            ("operating system", &row.os),
        ];
        let conditions: Vec<String> = conditions
            .into_iter()
            .filter_map(|(what, value)| Some((what, value.as_deref().filter(|v| !v.is_empty())?)))
            .map(|(what, value)| {
                format!("it asks for {what} `{value}`, which a question does not tell")
            })
            .chain(row.condition.clone())
            .collect();
        let partial = !conditions.is_empty();
        for text in said.into_iter().flatten().chain(conditions) {
            if !rule.unknown.contains(&text) {
                rule.unknown.push(text);
            }
        }
        Ok(Leg {
            rule: self.index,
            family,
            on,
            protocols,
            source: source.set,
            destination: destination.set,
            source_port,
            destination_port,
            icmp_types,
            flags,
            tagged,
            schedule,
            unknown,
            partial,
        })
    }
}

/// TCP flags a rule looks at.
fn flags(row: &RuleRow, action: Action, stateful: bool) -> Result<Option<(u8, u8)>, String> {
    let only_tcp = row.protocol.eq_ignore_ascii_case("tcp");
    if let Some(text) = row.tcp_flags.as_deref().filter(|_| only_tcp) {
        if text == "any" {
            return Ok(None);
        }
        let (set, of) = text.split_once('/').unwrap_or((text, text));
        let read = |text| {
            words::tcp_flags(text).ok_or_else(|| format!("`{text}` are no TCP flags known here"))
        };
        return Ok(Some((read(set)?, read(of)?)));
    }
    Ok((action == Action::Pass && stateful).then_some(words::SYN_OF_SYN_ACK))
}

struct Gateway {
    via: Via,
    /// Absent when unknown: then it disables nothing.
    family: Option<Family>,
}

fn gateway(name: &str, rows: &Rows, names: &Names) -> Gateway {
    let by_name: BTreeMap<&str, &GatewayRow> =
        rows.gateways.iter().map(|g| (g.name.as_str(), g)).collect();
    let fallback = |why: &str, family| Gateway {
        via: Via::Fallback { gateway: name.to_owned(), why: why.to_owned() },
        family,
    };
    let Some(row) = by_name.get(name) else {
        let why = if rows.gateways.is_empty() {
            "gateways were not read"
        } else {
            "there is no such gateway"
        };
        return fallback(why, None);
    };
    let family_of = |row: &GatewayRow| if row.family == "inet6" { Family::V6 } else { Family::V4 };
    let members: Vec<&GatewayRow> = if row.members.is_empty() {
        vec![*row]
    } else {
        row.members.iter().filter_map(|m| by_name.get(m.as_str()).copied()).collect()
    };
    let family = members.first().map(|m| family_of(m));
    let mut usable: Vec<&&GatewayRow> =
        members.iter().filter(|m| m.enabled && family == Some(family_of(m))).collect();
    // Monitoring picks the members of a group, all of them when none is up; a single gateway is used whatever
    // monitoring says (`Plugin::setGateways`, `GatewayGroups::getActiveGroups`).
    if usable.iter().any(|m| !is_down(m)) && !row.members.is_empty() {
        usable.retain(|m| !is_down(m));
    }
    match usable.as_slice() {
        [] => fallback("it is disabled", family),
        [one] => {
            let device = device_of(one, names);
            let address = one.address.as_deref().and_then(|a| a.parse().ok());
            match device {
                Some(device) if address.is_some() || one.by_interface => {
                    Gateway { via: Via::Hop { gateway: name.to_owned(), device, address }, family }
                }
                Some(_) => fallback("it has no address now", family),
                None => fallback("its interface does not exist", family),
            }
        }
        several => {
            let mut devices: Vec<_> =
                several.iter().filter_map(|one| device_of(one, names)).collect();
            devices.sort_unstable();
            devices.dedup();
            Gateway { via: Via::Several { gateway: name.to_owned(), devices }, family }
        }
    }
}

fn device_of(gateway: &GatewayRow, names: &Names) -> Option<super::packet::DeviceId> {
    let by = |name: &Option<String>| names.devices_of(name.as_deref()?);
    by(&gateway.device).or_else(|| by(&gateway.interface)).and_then(|ids| ids.first().copied())
}

fn is_down(row: &GatewayRow) -> bool {
    let status = row.status.as_deref().unwrap_or_default().to_ascii_lowercase();
    status.contains("offline") || status.contains("down")
}

/// The addresses that an alias or a loaded table stands for.
pub fn alias_addresses(rows: &Rows, name: &str) -> Option<Addresses> {
    let mine = |a: &&super::rows::AliasRow| a.name == name;
    let known = rows.aliases.iter().any(|a| mine(&a)) || rows.tables.iter().any(|t| t.name == name);
    if !known {
        return None;
    }
    let networks = tables::of_interfaces(&rows.interfaces);
    Tables::new(&rows.aliases, &rows.tables, &networks)
        .table(name)
        .map(|table| table.addresses.clone())
}
