//! What cannot be known about one packet, said where it matters and nowhere else.

use crate::rules::{
    Action, Decision, Device, DeviceId, Egress, ICMP6, Inbound, Packet, Pass, Rule, Ruleset,
};
use crate::types::Release;

use super::ruleset::Loaded;

/// The captive portal is part of pf since here; before, ipfw stops who has not logged in.
const PORTAL_IN_PF: Release = Release::new(25, 1, 5);

/// Devices of IPsec tunnels can be left out of pf from here on.
const SKIPPED_TUNNELS: Release = Release::new(25, 7, 2);

const IGMP: u8 = 2;
/// Multicast listener queries and reports.
const LISTENERS: [u8; 4] = [130, 131, 132, 143];

/// What is not known.
#[derive(Debug, Default)]
pub(super) struct Unknown {
    /// It could turn the verdict.
    pub(super) open: bool,
    pub(super) said: Vec<String>,
}

impl Unknown {
    fn turns(&mut self, what: String) {
        self.open = true;
        self.said.push(what);
    }
}

/// Everything that is not known about a packet that may arrive on `arrivals`, decided for the first of them.
pub(super) fn unknown(
    loaded: &Loaded,
    decision: &Decision,
    packet: &Packet,
    arrivals: &[DeviceId],
) -> Unknown {
    let ruleset = &loaded.ruleset;
    let mut all = Unknown::default();
    for pass in [inbound(decision), decision.outbound.as_ref()].into_iter().flatten() {
        of_pass(ruleset, pass, &mut all);
    }
    if let Some(pass) = inbound(decision)
        && ruleset.may_be_overruled(pass.rule)
    {
        all.turns(
            "legacy rules are not in the index and may decide otherwise; they are in config.xml: `opndex import`"
                .to_owned(),
        );
    }
    if decision.depends_on_port {
        all.turns("an outbound rule tests the source port, which NAT chooses".to_owned());
    }
    for doubt in &decision.doubts {
        all.turns(doubt.clone());
    }
    for index in deciders(decision) {
        let said = ruleset.rule(index).map(|r| r.unknown.clone()).unwrap_or_default();
        all.said.extend(said.into_iter().filter(|text| text.contains("taken for empty")));
    }
    of_arrivals(ruleset, decision, packet, arrivals, &mut all);
    let arrival = arrivals.first().and_then(|id| ruleset.device(*id));
    if let Some(device) = arrival {
        of_segment(ruleset, packet, device, &mut all);
        of_portal(loaded, decision, device, &mut all);
    }
    of_skipped(loaded, decision, arrival, &mut all);
    of_programs(loaded, decision, &mut all);
    of_options(ruleset, decision, packet, &mut all);
    of_tunnels(loaded, decision, arrival, &mut all);
    of_deciders(loaded, decision, &mut all);
    if matches!(decision.egress, Egress::Device { .. }) && ruleset.is_broadcast(&decision.inside) {
        all.said.push(
            "it is for the broadcast address of a network: if pf passes it, the firewall itself takes it and forwards nothing"
                .to_owned(),
        );
    }
    let sent_by = inbound(decision).and_then(|pass| ruleset.rule(pass.rule?));
    if decision.egress == Egress::Local && sent_by.is_some_and(|rule| rule.via.is_some()) {
        all.said.push(
            "it is for the firewall itself, and the rule has a gateway: whether pf sends it there instead is not known"
                .to_owned(),
        );
    }
    all
}

const fn inbound(decision: &Decision) -> Option<&Pass> {
    match &decision.inbound {
        Inbound::Filter(pass) => Some(pass),
        _ => None,
    }
}

fn deciders(decision: &Decision) -> Vec<usize> {
    let outbound = decision.outbound.as_ref();
    inbound(decision).into_iter().chain(outbound).filter_map(|pass| pass.rule).collect()
}

/// Rules that would decide otherwise if they matched.
fn of_pass(ruleset: &Ruleset, pass: &Pass, all: &mut Unknown) {
    let Some(rule) = ruleset.could_be(pass) else { return };
    let reasons = if rule.unknown.is_empty() {
        "its schedule or the time is not known; ask with a time".to_owned()
    } else {
        rule.unknown.join("; ")
    };
    all.turns(format!(
        "rule {} ({}) would {} it instead if it matches: {reasons}",
        rule.id(),
        rule.row.description,
        rule.action
    ));
}

/// Other interfaces that it may arrive on.
fn of_arrivals(
    ruleset: &Ruleset,
    decision: &Decision,
    packet: &Packet,
    arrivals: &[DeviceId],
    all: &mut Unknown,
) {
    for id in arrivals.iter().skip(1) {
        let label = ruleset.device(*id).map(Device::label).unwrap_or_default();
        let there = ruleset.decide(Some(*id), packet).action();
        let what = format!("it may as well arrive on {label}: there the verdict is {there}");
        if (there == Action::Pass) == (decision.action() == Action::Pass) {
            all.said.push(what);
        } else {
            all.turns(format!("{what}; say with `in` where it arrives"));
        }
    }
}

/// Two ends of one network talk without the firewall, but for those that a bridge lies between.
fn of_segment(ruleset: &Ruleset, packet: &Packet, device: &Device, all: &mut Unknown) {
    let id = ruleset.devices.iter().position(|d| d.name == device.name);
    let at = id.and_then(|id| Some((id, ruleset.bridge_at(id)?)));
    if let Some((_, bridge)) = at.filter(|(id, bridge)| ruleset.stays_in(bridge, *id, packet)) {
        let label = ruleset.device(bridge.device).map(Device::label).unwrap_or_default();
        all.said.push(format!(
            "both ends are behind the bridge {label}: at one member they talk to each other without the firewall, between two members pf looks as net.link.bridge.pfil_member and pfil_bridge say"
        ));
        return;
    }
    if ruleset.own.of(packet.family).contains(packet.destination) {
        return;
    }
    let holds = |n: u128| {
        let nets = device.networks.of(packet.family).intervals();
        nets.iter().position(|(a, b)| *a <= n && n <= *b)
    };
    if holds(packet.source).is_some() && holds(packet.source) == holds(packet.destination) {
        all.said.push(
            "both ends are in one network: they talk to each other without the firewall".to_owned(),
        );
    }
}

fn release(loaded: &Loaded) -> Release {
    let text = loaded.rows.release.as_deref();
    text.and_then(|text| text.parse().ok()).unwrap_or(Release::NEWEST_KNOWN)
}

/// Before it was part of pf, the captive portal stopped packets that pf passes.
fn of_portal(loaded: &Loaded, decision: &Decision, device: &Device, all: &mut Unknown) {
    if release(loaded) >= PORTAL_IN_PF || decision.action() != Action::Pass {
        return;
    }
    let here = |key: &String| Some(key) == device.key.as_ref();
    for portal in loaded.rows.portals.iter().filter(|p| p.interfaces.iter().any(here)) {
        all.turns(format!(
            "the captive portal (zone {}) stops it on {} unless its sender has logged in: in this release by ipfw, of which no row tells",
            portal.zone,
            device.label()
        ));
    }
}

/// pf looks at no packet of an IPsec device that is set so; no row tells which are.
fn of_skipped(loaded: &Loaded, decision: &Decision, arrival: Option<&Device>, all: &mut Unknown) {
    if release(loaded) < SKIPPED_TUNNELS || decision.action() == Action::Pass {
        return;
    }
    let egress = match &decision.egress {
        Egress::Device { device, .. } => loaded.ruleset.device(*device),
        _ => None,
    };
    // What was stopped on the way in has no way out.
    if let Some(device) = egress.or(arrival).filter(|d| d.name.starts_with("ipsec")) {
        all.turns(format!(
            "{} is the device of an IPsec tunnel: pf looks at none of its packets if that is set for it, which the index does not hold",
            device.label()
        ));
    }
}

/// Programs with rules of their own in pf's anchors, which stand behind all others.
fn of_programs(loaded: &Loaded, decision: &Decision, all: &mut Unknown) {
    const OPENS: [&str; 3] = ["miniupnpd", "relayd", "ftp-proxy"];
    const INLINE: [&str; 2] = ["suricata", "eastpect"];
    let ruleset = &loaded.ruleset;
    let own = ruleset.own.of(decision.inside.family).contains(decision.inside.destination);
    let by_default = inbound(decision).is_some_and(|pass| {
        pass.action != Action::Pass
            && !pass.rule.and_then(|i| ruleset.rule(i)).is_some_and(|rule| rule.quick)
    });
    for program in &loaded.rows.programs {
        let name = program.as_str();
        if OPENS.contains(&name) && by_default && own && decision.inside.has_ports() {
            all.turns(format!(
                "{name} runs and may have opened this port in an anchor of pf, which no row shows"
            ));
        }
        if INLINE.contains(&name) && decision.action() == Action::Pass {
            all.said.push(format!("{name} runs: inline, it may drop what pf passes"));
        }
    }
}

/// pf drops packets with IP options that a rule passes without allowing them.
fn of_options(ruleset: &Ruleset, decision: &Decision, packet: &Packet, all: &mut Unknown) {
    let has_options = packet.protocol == IGMP
        || (packet.protocol == ICMP6 && LISTENERS.contains(&packet.icmp_type));
    if !has_options || decision.action() != Action::Pass {
        return;
    }
    let strict = |rule: &&Rule| !rule.row.allow_options && rule.row.origin != "automatic";
    let rules = deciders(decision).into_iter().filter_map(|i| ruleset.rule(i));
    if let Some(rule) = rules.into_iter().find(strict) {
        all.turns(format!(
            "such packets carry a router alert, an IP option: pf drops those that rule {} ({}) passes, because it does not allow options",
            rule.id(),
            rule.row.description
        ));
    }
}

/// Ends of tunnels have a say of their own.
fn of_tunnels(loaded: &Loaded, decision: &Decision, arrival: Option<&Device>, all: &mut Unknown) {
    if decision.action() != Action::Pass {
        return;
    }
    let egress = match &decision.egress {
        Egress::Device { device, .. } => loaded.ruleset.device(*device),
        _ => None,
    };
    let mode = loaded.rows.switches.outbound_mode.as_deref();
    let from_ipsec = arrival.is_some_and(|d| d.name == "enc0") && egress.is_some();
    if from_ipsec
        && !loaded.rows.ipsec_peers.is_empty()
        && decision.translated_out.is_none()
        && matches!(mode, None | Some("automatic" | "hybrid" | ""))
    {
        all.said.push(
            "the address pool of legacy IPsec clients has automatic source NAT, and the index does not hold it"
                .to_owned(),
        );
    }
    let mut said = Vec::new();
    for device in [arrival, egress].into_iter().flatten() {
        let who = match device.name.as_str() {
            name if name.starts_with("wg") => "the allowed IPs of WireGuard peers",
            name if name.starts_with("ipsec") || name == "enc0" => "traffic selectors of IPsec",
            name if name.starts_with("ovpn") => "the routes of OpenVPN",
            _ => continue,
        };
        said.push(format!("{who} on {} may drop it as well", device.label()));
    }
    said.dedup();
    all.said.append(&mut said);
}

/// What the deciding rules leave to the moment: whether pf has loaded them, limits, lists that change by themselves.
fn of_deciders(loaded: &Loaded, decision: &Decision, all: &mut Unknown) {
    let counted = loaded.rows.rules.iter().any(|rule| rule.evaluations.is_some());
    for rule in deciders(decision).into_iter().filter_map(|i| loaded.ruleset.rule(i)) {
        let row = &rule.row;
        let name = format!("rule {} ({})", rule.id(), row.description);
        if counted && row.origin != "automatic" && row.evaluations.is_none() {
            all.said.push(format!(
                "{name} is not among those that pf has loaded: the configuration may not be applied yet"
            ));
        }
        let passes = rule.action == Action::Pass;
        if let Some(limits) = row.limits.as_deref().filter(|_| passes) {
            all.said.push(format!(
                "{name} passes within its limits ({limits}): how far they are used is not known"
            ));
        }
        if let Some(program) = row.divert_to.as_deref().filter(|_| passes) {
            all.said.push(format!("{name} hands it to {program}, which may drop it"));
        }
        for term in row.source.iter().chain(&row.destination) {
            let alias = term.trim_start_matches('!');
            if let Some(kind) = changing(loaded, alias) {
                all.said.push(format!(
                    "alias `{alias}` ({kind}) changes by itself: taken is what was loaded when it was read"
                ));
            }
        }
    }
    all.said.dedup();
}

/// The type of an alias whose contents are not those of the configuration.
fn changing<'l>(loaded: &'l Loaded, name: &str) -> Option<&'l str> {
    let alias = loaded.rows.aliases.iter().find(|alias| alias.name == name)?;
    let letters = |entry: &str| entry.bytes().any(|b| b.is_ascii_alphabetic());
    let by_name = |entry: &String| letters(entry) && entry.contains('.') && !entry.contains(':');
    match alias.kind.as_str() {
        "network" | "networkgroup" | "port" | "internal" => None,
        "host" => alias.content.iter().any(by_name).then_some("names"),
        kind => Some(kind),
    }
}
