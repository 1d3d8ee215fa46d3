//! Which rule decides a packet, told so that an administrator can act on it.

use serde::Serialize;

use crate::rules::{
    Action, Decision, DeviceId, Direction, Egress, Family, ICMP, ICMP6, Inbound, LocalTime, Packet,
    Ruleset, TCP, UDP, icmp_type, port, protocol,
};

use super::endpoint::{Endpoint, split_port};
use super::error::AskError;
use super::freshness::Freshness;
use super::query::Ask;
use super::ruleset::Loaded;
use super::trace_unknown::{Unknown, unknown};
use super::trace_words::{
    nat_words, near_word, reverse_words, route_words, source_nat_words, why, word,
};

/// Rules that came close; more would bury the one that decided.
const NEAR: usize = 4;

/// A source port nobody asked about.
pub(super) const SOURCE_PORT: u16 = 50_000;

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct TraceQuestion {
    pub firewall: Option<String>,
    pub from: String,
    /// `TO[:PORT]`.
    pub to: String,
    /// tcp unless given; udp, icmp, any IP protocol by name or number.
    pub protocol: Option<String>,
    /// Overrides the port in `to`.
    pub port: Option<String>,
    pub source_port: Option<String>,
    /// Interface the packet arrives on; found from `from` unless given.
    pub interface: Option<String>,
    /// The firewall's local time, for rules with schedules.
    pub at: Option<String>,
    pub icmp_type: Option<String>,
}

/// A rule, short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleWord {
    /// Place in evaluation order, from 1.
    pub number: usize,
    pub uuid: String,
    /// automatic, floating, group or interface.
    pub kind: &'static str,
    pub action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    pub description: String,
    /// Why it decided, or the first reason why it did not.
    pub why: String,
}

/// The answer.
#[derive(Debug, Clone, Serialize)]
pub struct Trace {
    /// pass, block, reject or undecidable.
    pub verdict: &'static str,
    /// One sentence.
    pub summary: String,
    pub packet: String,
    /// How FROM and TO were understood.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub understood: Vec<String>,
    /// Interface it arrives on; absent for the firewall's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrives_on: Option<String>,
    /// The rule that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleWord>,
    /// Translation before the filter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nat: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_nat: Option<String>,
    /// The rule that decided on the way out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_out: Option<RuleWord>,
    /// What becomes of answers, and of a connection the other way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reverse: Option<String>,
    /// Rules that came close, with the first reason each did not decide.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub near: Vec<RuleWord>,
    /// What cannot be known from the index and matters here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    #[serde(flatten)]
    pub freshness: Freshness,
}

impl Ask {
    /// Answers from the index alone.
    pub async fn trace(&self, question: &TraceQuestion) -> Result<Trace, AskError> {
        let loaded = self.ruleset(question.firewall.as_deref()).await?;
        let (to, to_port) = split_port(&question.to);
        let from = self.endpoint(&loaded, &question.from).await?;
        let to = self.endpoint(&loaded, &to).await?;
        let packet = packet(question, &from, &to, to_port)?;
        let arrivals = arrivals(&loaded.ruleset, question, &from, &packet)?;
        Ok(tell(&loaded, &from, &to, &packet, &arrivals))
    }
}

fn packet(
    question: &TraceQuestion,
    from: &Endpoint,
    to: &Endpoint,
    to_port: Option<String>,
) -> Result<Packet, AskError> {
    let flow = |why: String| AskError::Flow(why);
    let wanted = question.port.clone().or(to_port);
    let name = question.protocol.as_deref().unwrap_or(if wanted.is_some() { "tcp" } else { "any" });
    let number = match name {
        // Without a port the question is about reaching at all; TCP stands for it.
        "any" => TCP,
        name => protocol(name).ok_or_else(|| {
            flow(format!("`{name}` is no protocol; use tcp, udp, icmp, esp, a number, ..."))
        })?,
    };
    let families: Vec<Family> = match number {
        ICMP6 => vec![Family::V6],
        _ => Family::BOTH.to_vec(),
    };
    let ends = families.iter().find_map(|f| Some((from.address(*f)?, to.address(*f)?)));
    let Some((source, destination)) = ends else {
        return Err(flow(format!(
            "`{}` and `{}` have no address family in common, so no packet goes between them",
            from.text, to.text
        )));
    };
    let number = if number == ICMP && source.is_ipv6() { ICMP6 } else { number };
    let read = |text: &Option<String>, otherwise: u16| match text.as_deref() {
        None => Ok(otherwise),
        Some(text) => port(text).ok_or_else(|| {
            flow(format!("`{text}` is no port; use a number or a name such as https"))
        }),
    };
    let Some(mut packet) = Packet::new(number, source, destination) else {
        return Err(flow("the addresses are of two families".to_owned()));
    };
    if matches!(number, TCP | UDP) {
        packet = packet.with_ports(read(&question.source_port, SOURCE_PORT)?, read(&wanted, 443)?);
    }
    if matches!(number, ICMP | ICMP6) {
        let text = question.icmp_type.as_deref().unwrap_or("echoreq");
        let kind = icmp_type(text, packet.family).ok_or_else(|| {
            flow(format!("`{text}` is no ICMP type; use echoreq, unreach or a number"))
        })?;
        packet = packet.with_icmp_type(kind);
    }
    packet.moment = question.at.as_deref().map(str::parse::<LocalTime>).transpose()?;
    Ok(packet)
}

/// The interfaces a packet may arrive on, the likeliest first; none when the firewall itself sends it.
fn arrivals(
    ruleset: &Ruleset,
    question: &TraceQuestion,
    from: &Endpoint,
    packet: &Packet,
) -> Result<Vec<DeviceId>, AskError> {
    if let Some(name) = question.interface.as_deref() {
        return ruleset.device_named(name).map(|id| vec![id]).ok_or_else(|| {
            AskError::Flow(format!("no interface is called `{name}`; use a key (lan, opt1), a description or a device name"))
        });
    }
    if let Some(device) = from.device {
        return Ok(vec![device]);
    }
    if ruleset.own.of(packet.family).contains(packet.source) {
        return Ok(Vec::new());
    }
    let may = may_arrive_by(ruleset, packet.family, packet.source);
    if may.is_empty() {
        return Err(AskError::Flow(format!(
            "it is not known on which interface {} arrives; say it with `in`",
            packet.source_address()
        )));
    }
    Ok(may)
}

/// Every interface of the smallest connected network that holds the address, or every way back to it.
fn may_arrive_by(ruleset: &Ruleset, family: Family, source: u128) -> Vec<DeviceId> {
    let near = ruleset.devices.iter().enumerate().filter(|(_, d)| d.key.is_some() && !d.skipped);
    let size = |d: &crate::rules::Device| {
        d.networks
            .of(family)
            .intervals()
            .iter()
            .find(|(a, b)| *a <= source && source <= *b)
            .map(|(a, b)| b - a)
    };
    let connected: Vec<(u128, DeviceId)> =
        near.filter_map(|(id, d)| Some((size(d)?, id))).collect();
    match connected.iter().map(|(size, _)| *size).min() {
        Some(smallest) => {
            connected.into_iter().filter(|(size, _)| *size == smallest).map(|(_, id)| id).collect()
        }
        None => ruleset.routes.ways(family.address(source)),
    }
}

fn tell(
    loaded: &Loaded,
    from: &Endpoint,
    to: &Endpoint,
    packet: &Packet,
    arrivals: &[DeviceId],
) -> Trace {
    let ruleset = &loaded.ruleset;
    let arrival = arrivals.first().copied();
    let decision = ruleset.decide(arrival, packet);
    let Unknown { open, said: mut unknown } = unknown(loaded, &decision, packet, arrivals);
    let verdict = if open { "undecidable" } else { decision.action().as_str() };
    let near = near_words(ruleset, &decision, arrival);
    let mut understood: Vec<String> = [from, to].iter().filter_map(|e| e.note.clone()).collect();
    understood.dedup();
    for gap in &ruleset.gaps {
        if !loaded.freshness.notes.contains(gap) {
            unknown.push(gap.clone());
        }
    }
    let rule = match &decision.inbound {
        Inbound::Filter(pass) => pass.rule.and_then(|i| word(ruleset, i, why(ruleset, i))),
        _ => None,
    };
    let rule_out = decision
        .outbound
        .as_ref()
        .and_then(|p| p.rule)
        .and_then(|i| word(ruleset, i, why(ruleset, i)));
    let mut trace = Trace {
        verdict,
        summary: String::new(),
        packet: packet.to_string(),
        understood,
        arrives_on: arrival.and_then(|id| ruleset.device(id)).map(crate::rules::Device::label),
        rule,
        nat: nat_words(&decision),
        route: route_words(loaded, &decision),
        source_nat: source_nat_words(&decision),
        rule_out,
        reverse: reverse_words(loaded, &decision, packet),
        near,
        unknown,
        freshness: loaded.freshness.clone(),
    };
    trace.summary = summary(ruleset, &decision, &trace);
    trace
}

/// Rules that came close on the pass that decided.
fn near_words(ruleset: &Ruleset, decision: &Decision, arrival: Option<DeviceId>) -> Vec<RuleWord> {
    let (near_of, decided) = match (&decision.inbound, &decision.outbound) {
        (Inbound::Filter(pass), None) => {
            (Some((Direction::In, arrival, &decision.inside)), pass.rule)
        }
        (Inbound::Filter(pass), Some(out)) if out.action == Action::Pass => {
            (Some((Direction::In, arrival, &decision.inside)), pass.rule)
        }
        (_, Some(out)) => {
            let device = match decision.egress {
                Egress::Device { device, .. } => Some(device),
                _ => None,
            };
            (Some((Direction::Out, device, &decision.outside)), out.rule)
        }
        _ => (None, None),
    };
    let near = near_of.and_then(|(direction, device, packet)| {
        Some(ruleset.near(direction, device?, packet, decided, NEAR))
    });
    near.unwrap_or_default().into_iter().filter_map(|n| near_word(ruleset, n.rule, n.why)).collect()
}

fn summary(ruleset: &Ruleset, decision: &Decision, trace: &Trace) -> String {
    let verb = match trace.verdict {
        "pass" => "passes",
        "block" => "is blocked",
        "reject" => "is rejected",
        _ => "cannot be decided from the index",
    };
    let on = trace
        .arrives_on
        .as_deref()
        .map_or_else(|| "from the firewall itself".to_owned(), |i| format!("on {i}"));
    let name = |word: &RuleWord| {
        let title =
            if word.description.is_empty() { word.uuid.clone() } else { word.description.clone() };
        format!("{} rule {} `{title}`", word.kind, word.number)
    };
    let by = match (&decision.inbound, &decision.outbound, &trace.rule, &trace.rule_out) {
        (_, Some(out), _, Some(word)) if out.action != Action::Pass => {
            format!("on the way out by {}", name(word))
        }
        (Inbound::Redirect, ..) => "by a port forward that passes by itself".to_owned(),
        (Inbound::Unfiltered, ..) if ruleset.disabled => {
            "because the packet filter is off".to_owned()
        }
        (Inbound::Unfiltered, ..) => "because pf does not look at this interface".to_owned(),
        (_, _, Some(word), _) => format!("by {}", name(word)),
        (Inbound::Own, ..) => match &trace.rule_out {
            Some(word) => format!("by {}", name(word)),
            None => "without a rule".to_owned(),
        },
        _ => "because no rule matched".to_owned(),
    };
    format!("{} {on} {verb} {by}", trace.packet)
}
