//! pf's walk over the filter rules: the first quick match, else the last match.

use super::packet::{Action, DeviceId, Direction, Packet};
use super::ruleset::{Leg, Match, Rule, Ruleset};

/// How one pass of the filter ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    pub action: Action,
    /// Index of the deciding rule; absent when nothing matched: pf passes then.
    pub rule: Option<usize>,
    /// The tag the packet carries afterwards.
    pub tag: Option<u16>,
    /// Rules that would decide if an unresolved term or time were in their favour, in order.
    pub maybes: Vec<usize>,
}

impl Ruleset {
    /// One pass of the filter on one device.
    pub fn walk(
        &self,
        direction: Direction,
        device: DeviceId,
        packet: &Packet,
        tag: Option<u16>,
    ) -> Pass {
        let mut pass = Pass { action: Action::Pass, rule: None, tag, maybes: Vec::new() };
        for leg in self.legs(direction, packet.family, device) {
            match leg.test(packet, pass.tag) {
                Match::No(_) => {}
                Match::Maybe(_) => pass.maybes.push(leg.rule),
                Match::Yes => {
                    let Some(rule) = self.rule(leg.rule) else { continue };
                    // Every matching rule tags, also one that a later rule overrules.
                    pass.tag = rule.tag.or(pass.tag);
                    pass.rule = Some(leg.rule);
                    pass.action = rule.action;
                    if rule.quick {
                        break;
                    }
                }
            }
        }
        self.keep_telling(&mut pass);
        pass
    }

    /// Only those `maybes` that could change the outcome: quick ones, or ones after a non-quick decision.
    fn keep_telling(&self, pass: &mut Pass) {
        let decided = pass.rule.and_then(|i| self.rule(i));
        let quick = decided.is_some_and(|r| r.quick);
        pass.maybes.retain(|index| {
            let Some(rule) = self.rule(*index) else { return false };
            rule.quick || (!quick && pass.rule.is_none_or(|decided| *index > decided))
        });
    }

    /// Whether two passes end alike for the sender: what `maybes` would do instead.
    pub fn could_be(&self, pass: &Pass) -> Option<&Rule> {
        pass.maybes
            .iter()
            .filter_map(|i| self.rule(*i))
            .find(|r| (r.action == Action::Pass) != (pass.action == Action::Pass))
    }

    /// Legs of a pass with how each stood to the packet; for explanations.
    pub(super) fn look(
        &self,
        direction: Direction,
        device: DeviceId,
        packet: &Packet,
        tag: Option<u16>,
    ) -> impl Iterator<Item = (&Leg, Match)> {
        self.legs(direction, packet.family, device).map(move |leg| (leg, leg.test(packet, tag)))
    }
}
