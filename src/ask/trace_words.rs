//! Parts of a trace in words.

use crate::rules::{Action, Decision, Egress, Inbound, NotDeciding, Packet, Rule, Ruleset, Via};

use super::ruleset::Loaded;
use super::trace::{RuleWord, SOURCE_PORT};

pub(super) fn word(ruleset: &Ruleset, index: usize, why: String) -> Option<RuleWord> {
    let rule = ruleset.rule(index)?;
    Some(RuleWord {
        number: rule.number,
        uuid: rule.id(),
        kind: rule.class.as_str(),
        action: rule.action.as_str(),
        interface: rule.row.interface.clone(),
        description: rule.row.description.clone(),
        why,
    })
}

/// The rule in pf's words, which is why it matched.
pub(super) fn why(ruleset: &Ruleset, index: usize) -> String {
    let Some(rule) = ruleset.rule(index) else { return String::new() };
    let row = &rule.row;
    let port =
        |port: &Option<String>| port.as_ref().map(|p| format!(" port {p}")).unwrap_or_default();
    let how = if rule.quick { "first quick match" } else { "last match, no quick rule matched" };
    format!(
        "{how}: {} {} from {}{} to {}{}",
        row.family,
        row.protocol,
        row.source.join(","),
        port(&row.source_port),
        row.destination.join(","),
        port(&row.destination_port),
    )
}

pub(super) fn near_word(ruleset: &Ruleset, index: usize, why: NotDeciding) -> Option<RuleWord> {
    let row = &ruleset.rule(index)?.row;
    let text = match why {
        NotDeciding::TooLate => "it matches too, but the deciding rule comes before it".to_owned(),
        NotDeciding::Overruled => "it matches without quick; a later rule overruled it".to_owned(),
        NotDeciding::Asleep => "it would match, but it is disabled".to_owned(),
        NotDeciding::Fails(miss) => {
            use crate::rules::Miss;
            let asks = match miss {
                Miss::Protocol => row.protocol.clone(),
                Miss::Source => row.source.join(","),
                Miss::Destination => row.destination.join(","),
                Miss::SourcePort => row.source_port.clone().unwrap_or_default(),
                Miss::DestinationPort => row.destination_port.clone().unwrap_or_default(),
                Miss::IcmpType => row.icmp_type.clone().unwrap_or_default(),
                Miss::Flags => row.tcp_flags.clone().unwrap_or_default(),
                Miss::Tag => row.tagged.clone().unwrap_or_default(),
                Miss::Schedule => row.schedule.clone().unwrap_or_default(),
                Miss::Family => row.family.clone(),
                Miss::Condition => String::new(),
            };
            format!("only its {} differs: {asks}", miss.as_str())
        }
    };
    word(ruleset, index, text)
}

pub(super) fn nat_words(decision: &Decision) -> Option<String> {
    let applied = decision.translated_in.as_ref()?;
    let inside = &decision.inside;
    let port = if inside.has_ports() {
        format!(" port {}", inside.destination_port)
    } else {
        String::new()
    };
    let pass = if applied.pass {
        "; it passes without a filter rule"
    } else {
        "; the filter sees this destination"
    };
    let turns = if applied.targets > 1 {
        format!(" (one of {} targets in turn)", applied.targets)
    } else {
        String::new()
    };
    Some(format!(
        "{} `{}` sends it to {}{port}{turns}{pass}",
        applied.label.kind,
        if applied.label.description.is_empty() {
            &applied.label.uuid
        } else {
            &applied.label.description
        },
        inside.destination_address(),
    ))
}

pub(super) fn route_words(loaded: &Loaded, decision: &Decision) -> Option<String> {
    let ruleset = &loaded.ruleset;
    match &decision.egress {
        Egress::Stopped => None,
        Egress::Local => Some("for the firewall itself".to_owned()),
        Egress::Group => Some("multicast, broadcast or loopback: not forwarded".to_owned()),
        Egress::NoRoute => Some("no route leads there".to_owned()),
        Egress::Several(what, _) => Some(format!("by one of several next hops of {what}")),
        Egress::Device { device, gateway, by_rule } => {
            let label =
                ruleset.device(*device).map(crate::rules::Device::label).unwrap_or_default();
            let named = |g: &crate::rules::GatewayRow| {
                Some(&g.name) == gateway.as_ref() || (g.address.is_some() && g.address == *gateway)
            };
            let known = loaded.rows.gateways.iter().find(|g| named(g));
            let status = known
                .and_then(|g| g.status.as_deref())
                .map(|s| format!(", {s}"))
                .unwrap_or_default();
            let name = known.map(|g| g.name.as_str()).or(gateway.as_deref());
            let way = match name {
                Some(name) => format!("{label} through {name}{status}"),
                None => format!("{label}, connected"),
            };
            Some(if *by_rule {
                format!("{way} (the rule's gateway, not the routing table)")
            } else {
                fallback(ruleset, decision, way)
            })
        }
    }
}

/// A rule whose gateway is not usable passes by the routing table.
fn fallback(ruleset: &Ruleset, decision: &Decision, way: String) -> String {
    let Inbound::Filter(pass) = &decision.inbound else { return way };
    match pass.rule.and_then(|i| ruleset.rule(i)).and_then(|r| r.via.as_ref()) {
        Some(Via::Fallback { gateway, why }) => {
            format!("{way} (the rule's gateway {gateway} is not used: {why})")
        }
        _ => way,
    }
}

pub(super) fn source_nat_words(decision: &Decision) -> Option<String> {
    let applied = decision.translated_out.as_ref()?;
    let name = if applied.label.description.is_empty() {
        &applied.label.uuid
    } else {
        &applied.label.description
    };
    let turns = if applied.targets > 1 { " (one of several addresses in turn)" } else { "" };
    Some(match applied.address {
        Some(_) => format!(
            "{} `{name}`: leaves as {}{turns}",
            applied.label.kind,
            decision.outside.source_address()
        ),
        None => format!("{} `{name}`: its address is not known", applied.label.kind),
    })
}

pub(super) fn reverse_words(
    loaded: &Loaded,
    decision: &Decision,
    packet: &Packet,
) -> Option<String> {
    let ruleset = &loaded.ruleset;
    if decision.action() != Action::Pass {
        return None;
    }
    let rule = match &decision.inbound {
        Inbound::Filter(pass) => pass.rule.and_then(|i| ruleset.rule(i)),
        _ => None,
    };
    let replies = match rule {
        Some(rule) if !rule.stateful => stateless(ruleset, decision),
        Some(rule) if is_bound(loaded, rule) => {
            "replies pass by state, on this interface alone (if-bound)".to_owned()
        }
        _ => "replies pass by state".to_owned(),
    };
    let by = rule.and_then(|rule| reply_to(loaded, decision, rule)).unwrap_or_default();
    let mut other = packet.reversed();
    if other.has_ports() {
        other = other.with_ports(SOURCE_PORT, packet.destination_port);
    }
    let new = match &decision.egress {
        Egress::Device { device, .. } if decision.translated_in.is_none() => {
            let back = ruleset.decide(Some(*device), &other);
            format!(
                "; a new connection the other way: {}{}",
                back.action(),
                decider(ruleset, &back)
            )
        }
        _ => String::new(),
    };
    Some(format!("{replies}{by}{new}"))
}

/// ` by RULE (description)`.
fn decider(ruleset: &Ruleset, decision: &Decision) -> String {
    let rule = match (&decision.inbound, &decision.outbound) {
        (_, Some(out)) if out.action != Action::Pass => out.rule,
        (Inbound::Filter(pass), _) => pass.rule,
        _ => None,
    };
    rule.and_then(|i| ruleset.rule(i))
        .map(|r| format!(" by {} ({})", r.id(), r.row.description))
        .unwrap_or_default()
}

fn is_bound(loaded: &Loaded, rule: &Rule) -> bool {
    match rule.row.state_policy.as_deref() {
        Some(policy) => policy == "if-bound",
        None => loaded.rows.switches.states_bound,
    }
}

/// Without state an answer is met by the rules like any packet; of a TCP connection it is no SYN.
fn stateless(ruleset: &Ruleset, decision: &Decision) -> String {
    const SYN_ACK: u8 = 0x12;
    let needs = "the rule keeps no state: replies need a rule of their own";
    let Egress::Device { device, .. } = decision.egress else { return needs.to_owned() };
    let mut reply = decision.inside.reversed();
    if reply.flags != 0 {
        reply.flags = SYN_ACK;
    }
    let back = ruleset.decide(Some(device), &reply);
    format!("{needs}; a reply: {}{}", back.action(), decider(ruleset, &back))
}

/// Answers leave by the gateway of the interface that the first packet came in on, whatever the routing table
/// says.
fn reply_to(loaded: &Loaded, decision: &Decision, rule: &Rule) -> Option<String> {
    let row = &rule.row;
    match row.reply_to.as_deref().filter(|gateway| !gateway.is_empty()) {
        Some("none") => return None,
        Some(gateway) => return Some(format!("; they leave by {gateway} (reply-to)")),
        None => {}
    }
    let inverted = row.interface.as_deref().is_none_or(|list| list.starts_with('!'));
    let applies = row.origin != "automatic"
        && !inverted
        && !rule.outbound
        && row.gateway.is_none()
        && loaded.rows.switches.reply_to != Some(false);
    let device = loaded.ruleset.device(decision.device.filter(|_| applies)?)?;
    let label = device.label();
    match device.gateway_of(decision.inside.family) {
        Some(true) => Some(format!("; they leave by the gateway of {label} (reply-to)")),
        Some(false) => None,
        None => Some(format!(
            "; they leave by an IPv6 gateway of {label} (reply-to) if one was chosen for it, which is told nowhere"
        )),
    }
}
