//! What is not known about a packet's way and would turn its verdict.
//!
//! Every possibility that the rows leave open is decided like the one that was taken; those that end otherwise
//! are told.

use super::decide::{Decision, Egress, Inbound};
use super::packet::{Action, DeviceId, Packet};
use super::ruleset::Ruleset;
use super::translate::{Label, Scope};

impl Ruleset {
    pub(super) fn doubts(&self, decision: &Decision, packet: &Packet) -> Vec<String> {
        let mut said = Vec::new();
        if self.disabled {
            return said;
        }
        self.doubt_translation_in(decision, packet, &mut said);
        self.doubt_ways(decision, &mut said);
        self.doubt_translation_out(decision, &mut said);
        said.sort();
        said.dedup();
        said
    }

    /// Redirects that may apply, and the other targets of the one that does.
    fn doubt_translation_in(&self, decision: &Decision, packet: &Packet, said: &mut Vec<String>) {
        let Some(device) = decision.device.filter(|id| !self.skipped(*id)) else { return };
        for (redirect, applied) in self.translations.inbound_instead(device, packet) {
            let target = match applied.as_ref().and_then(|a| a.address) {
                Some(address) => format!("may send it to {}", packet.family.address(address)),
                None => "may leave it as it is".to_owned(),
            };
            let instead = self.decide_translated(Some(device), packet, applied);
            if differs(decision, &instead) {
                said.push(format!(
                    "{} {target}, and then it is {}: {}",
                    called(&redirect.label),
                    past(instead.action()),
                    why(&redirect.scope, device),
                ));
            }
        }
    }

    /// Next hops of which some let it out and some do not.
    fn doubt_ways(&self, decision: &Decision, said: &mut Vec<String>) {
        let Egress::Several(what, ways) = &decision.egress else { return };
        for device in ways.iter().filter(|id| !self.skipped(**id)) {
            let mut instead = decision.clone();
            let tag = tag_after(decision);
            let applied = self.translations.outbound(*device, &decision.inside, tag);
            instead.outside = decision.inside;
            self.leave_translated(*device, &mut instead, tag, applied);
            if differs(decision, &instead) {
                let label = self.device(*device).map(super::ruleset::Device::label);
                said.push(format!(
                    "{what} has several next hops: by {} it is {}",
                    label.unwrap_or_default(),
                    past(instead.action()),
                ));
            }
        }
    }

    /// Source NAT that may apply, and its other addresses.
    fn doubt_translation_out(&self, decision: &Decision, said: &mut Vec<String>) {
        let Egress::Device { device, .. } = decision.egress else { return };
        if self.skipped(device) {
            return;
        }
        let tag = tag_after(decision);
        for (nat, applied) in self.translations.outbound_instead(device, &decision.inside, tag) {
            let mut instead = decision.clone();
            instead.outside = decision.inside;
            self.leave_translated(device, &mut instead, tag, applied);
            if differs(decision, &instead) {
                said.push(format!(
                    "{} may let it leave as {}, and then it is {}: {}",
                    called(&nat.label),
                    instead.outside.source_address(),
                    past(instead.action()),
                    why(&nat.scope, device),
                ));
            }
        }
    }

    fn skipped(&self, device: DeviceId) -> bool {
        self.device(device).is_some_and(|d| d.skipped)
    }
}

/// The tag that a packet carries to the way out.
fn tag_after(decision: &Decision) -> Option<u16> {
    match &decision.inbound {
        Inbound::Filter(pass) => pass.tag,
        _ => decision.translated_in.as_ref().and_then(|a| a.tag),
    }
}

/// Whether they end differently for the sender.
fn differs(one: &Decision, other: &Decision) -> bool {
    (one.action() == Action::Pass) != (other.action() == Action::Pass)
}

const fn past(action: Action) -> &'static str {
    match action {
        Action::Pass => "passed",
        Action::Block => "blocked",
        Action::Reject => "rejected",
    }
}

fn called(label: &Label) -> String {
    let name = if label.description.is_empty() { &label.uuid } else { &label.description };
    format!("{} `{name}`", label.kind)
}

fn why(scope: &Scope, device: DeviceId) -> &'static str {
    if scope.open_on.contains(device) {
        scope.open_why
    } else if scope.unknown {
        "the contents of an alias that it names were not read"
    } else {
        "pf takes turns among its addresses"
    }
}
