//! What a set of senders may do to a set of receivers: the whole way of [`Ruleset::decide`], for sets.

use super::cube::{self, Cube};
use super::packet::{Action, DeviceId, Direction, LocalTime};
use super::partition::{Decided, SourcePorts, TooManyParts};
use super::reach_nat::{Piece, untouched};
use super::ruleset::{Ruleset, Via};
use super::set::{Family, Set};

/// What a part of the packets meets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fate {
    pub action: Action,
    /// Index of the rule that decided inbound; absent when none did.
    pub rule_in: Option<usize>,
    /// A port forward passed it without a rule.
    pub by_redirect: bool,
    /// Uuid or description of the translation before the filter.
    pub translation: Option<String>,
    pub egress: Toward,
    pub rule_out: Option<usize>,
    /// Something that no row tells may turn it: a translation, one of several targets or ways.
    pub open: bool,
    /// Rules that might decide instead; not empty means undecidable.
    pub maybes: Vec<usize>,
}

/// Where a part goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Toward {
    Stopped,
    Local,
    Group,
    Device(DeviceId),
    /// Several next hops, or none that is known.
    Unknown,
}

/// Disjoint cubes of original packets with one fate.
#[derive(Debug, Clone)]
pub struct Part {
    pub cube: Cube,
    pub fate: Fate,
}

impl Ruleset {
    /// Splits `cube`, arriving on `device`, by its fate. The parts are disjoint and cover it.
    pub fn reach(
        &self,
        device: DeviceId,
        family: Family,
        start: &Cube,
        moment: Option<LocalTime>,
    ) -> Result<Vec<Part>, TooManyParts> {
        match self.bridge_at(device) {
            Some(bridge) => self.reach_at_bridge(bridge, device, family, start, moment),
            None => self.reach_plain(device, family, start, moment),
        }
    }

    /// The same, as if there were no bridges.
    pub(super) fn reach_plain(
        &self,
        device: DeviceId,
        family: Family,
        start: &Cube,
        moment: Option<LocalTime>,
    ) -> Result<Vec<Part>, TooManyParts> {
        let mut parts = Vec::new();
        for piece in self.translate_in(device, family, start) {
            let first = parts.len();
            self.through(device, family, &piece, moment, &mut parts)?;
            let others = self.others(device, family, &piece, moment)?;
            let mine = parts.get_mut(first..).unwrap_or_default();
            let passes = |p: &Part| p.fate.action == Action::Pass;
            let all = || mine.iter().chain(&others);
            // Where targets differ, which of them it is decides.
            let mixed = !others.is_empty() && all().any(passes) && !all().all(passes);
            if piece.open || mixed {
                for part in mine {
                    part.fate.open = true;
                }
            }
        }
        Ok(parts)
    }

    /// One piece through the filter and on.
    fn through(
        &self,
        device: DeviceId,
        family: Family,
        piece: &Piece,
        moment: Option<LocalTime>,
        parts: &mut Vec<Part>,
    ) -> Result<(), TooManyParts> {
        if piece.pass {
            let fate = Fate { by_redirect: true, ..fate(piece, Action::Pass, None) };
            let now = piece.now.clone();
            return self.onward(piece, family, &now, &fate, piece.tag, moment, parts);
        }
        let decided = self.split(
            Direction::In,
            family,
            device,
            &piece.now,
            piece.tag,
            moment,
            SourcePorts::Kept,
        )?;
        for Decided { cube, rule, tag, maybes } in decided {
            let action = rule.and_then(|i| self.rule(i)).map_or(Action::Pass, |r| r.action);
            let fate = Fate { maybes, ..fate(piece, action, rule) };
            if action == Action::Pass {
                self.onward(piece, family, &cube, &fate, tag, moment, parts)?;
            } else {
                parts.push(Part { cube: piece.back(&cube), fate });
            }
        }
        Ok(())
    }

    /// What becomes of a piece at the other targets of its redirect.
    fn others(
        &self,
        device: DeviceId,
        family: Family,
        piece: &Piece,
        moment: Option<LocalTime>,
    ) -> Result<Vec<Part>, TooManyParts> {
        let mut parts = Vec::new();
        for target in &piece.others {
            let now = piece.now.clone().with(cube::DESTINATION, Set::point(*target));
            self.through(device, family, &Piece { now, ..piece.clone() }, moment, &mut parts)?;
        }
        Ok(parts)
    }

    /// The same for what the firewall itself sends: nothing arrives, only the way out decides.
    pub fn send(
        &self,
        family: Family,
        start: &Cube,
        moment: Option<LocalTime>,
    ) -> Result<Vec<Part>, TooManyParts> {
        let piece = untouched(start.clone());
        let fate = fate(&piece, Action::Pass, None);
        let mut parts = Vec::new();
        self.onward(&piece, family, start, &fate, None, moment, &mut parts)?;
        Ok(parts)
    }

    /// Route, source NAT and outbound filter of what passed inbound.
    #[expect(
        clippy::too_many_arguments,
        reason = "one step of one way; a struct would only rename them"
    )]
    fn onward(
        &self,
        piece: &Piece,
        family: Family,
        cube: &Cube,
        fate: &Fate,
        tag: Option<u16>,
        moment: Option<LocalTime>,
        parts: &mut Vec<Part>,
    ) -> Result<(), TooManyParts> {
        let part = |cube: &Cube, egress| Part {
            cube: piece.back(cube),
            fate: Fate { egress, ..fate.clone() },
        };
        let to = cube.side(cube::DESTINATION);
        let own = self.own.of(family);
        let group = self.never_forwarded.of(family).minus(own);
        for (set, egress) in [(own, Toward::Local), (&group, Toward::Group)] {
            let mine = cube.clone().with(cube::DESTINATION, to.intersect(set));
            if !mine.is_empty() {
                parts.push(part(&mine, egress));
            }
        }
        let mut left = to.minus(own).minus(&group);
        let mut ways: Vec<(Vec<DeviceId>, Set)> = Vec::new();
        match fate.rule_in.and_then(|i| self.rule(i)).and_then(|r| r.via.as_ref()) {
            Some(Via::Hop { device, .. }) => {
                ways.push((vec![*device], std::mem::take(&mut left)));
            }
            Some(Via::Several { devices, .. }) => {
                ways.push((devices.clone(), std::mem::take(&mut left)));
            }
            Some(Via::Fallback { .. }) | None => {
                // The sender's scope decides where a link-local address is.
                if family == Family::V6 {
                    let near = left.intersect(&super::terms::fe80());
                    left = left.minus(&near);
                    ways.push((Vec::new(), near));
                }
                for (devices, set) in self.routes.ways_by_set(family) {
                    ways.push((devices, left.intersect(&set)));
                    left = left.minus(&set);
                }
            }
        }
        ways.push((Vec::new(), left));
        for (devices, set) in ways {
            let cube = cube.clone().with(cube::DESTINATION, set);
            match devices.as_slice() {
                _ if cube.is_empty() => {}
                [] => parts.push(part(&cube, Toward::Unknown)),
                [device] => {
                    let fate = Fate { egress: Toward::Device(*device), ..fate.clone() };
                    self.leave_by(piece, family, *device, &cube, &fate, tag, moment, parts)?;
                }
                devices => {
                    self.leave_by_several(piece, family, devices, &cube, fate, tag, moment, parts)?;
                }
            }
        }
        Ok(())
    }

    /// Several next hops: what all of them let out passes, what none does is stopped, the rest is open.
    #[expect(
        clippy::too_many_arguments,
        reason = "one step of one way; a struct would only rename them"
    )]
    fn leave_by_several(
        &self,
        piece: &Piece,
        family: Family,
        devices: &[DeviceId],
        cube: &Cube,
        fate: &Fate,
        tag: Option<u16>,
        moment: Option<LocalTime>,
        parts: &mut Vec<Part>,
    ) -> Result<(), TooManyParts> {
        let fate = Fate { egress: Toward::Unknown, ..fate.clone() };
        let mut ends: Vec<Part> = Vec::new();
        let mut first = 0;
        for device in devices {
            self.leave_by(piece, family, *device, cube, &fate, tag, moment, &mut ends)?;
            first = if first == 0 { ends.len() } else { first };
        }
        let passes = |part: &Part| part.fate.action == Action::Pass;
        if ends.iter().any(passes) {
            let open = fate.open || !ends.iter().all(passes);
            parts.push(Part { cube: piece.back(cube), fate: Fate { open, ..fate } });
        } else {
            ends.truncate(first);
            parts.extend(ends);
        }
        Ok(())
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one step of one way; a struct would only rename them"
    )]
    fn leave_by(
        &self,
        piece: &Piece,
        family: Family,
        device: DeviceId,
        cube: &Cube,
        fate: &Fate,
        tag: Option<u16>,
        moment: Option<LocalTime>,
        parts: &mut Vec<Part>,
    ) -> Result<(), TooManyParts> {
        if self.disabled || self.device(device).is_some_and(|d| d.skipped) {
            parts.push(Part { cube: piece.back(cube), fate: fate.clone() });
            return Ok(());
        }
        for leaving in self.translate_out(family, device, cube, tag) {
            let decided = self.split(
                Direction::Out,
                family,
                device,
                &leaving.now,
                leaving.tag,
                moment,
                leaving.ports,
            )?;
            for out in decided {
                for (by, out) in self.elsewhere(device, family, out, moment, leaving.ports)? {
                    let before = leaving.before(&out.cube);
                    let rule = out.rule.and_then(|i| self.rule(i));
                    let action = rule.map_or(Action::Pass, |r| r.action);
                    let egress = if by == device { fate.egress } else { Toward::Device(by) };
                    let open = fate.open || leaving.open;
                    let mut fate =
                        Fate { action, rule_out: out.rule, open, egress, ..fate.clone() };
                    fate.maybes.extend(out.maybes);
                    parts.push(Part { cube: piece.back(&before), fate });
                }
            }
        }
        Ok(())
    }

    /// What passes by a rule with a gateway of another interface is looked at there again.
    fn elsewhere(
        &self,
        device: DeviceId,
        family: Family,
        out: Decided,
        moment: Option<LocalTime>,
        ports: SourcePorts,
    ) -> Result<Vec<(DeviceId, Decided)>, TooManyParts> {
        let way = out.rule.and_then(|i| self.rule(i)).and_then(|rule| self.way_of(rule, device));
        let Some((_, other)) = way else { return Ok(vec![(device, out)]) };
        let again = self.split(Direction::Out, family, other, &out.cube, out.tag, moment, ports)?;
        let settle = |part: Decided| {
            let stops =
                part.rule.and_then(|i| self.rule(i)).is_some_and(|r| r.action != Action::Pass);
            let rule = if stops { part.rule } else { out.rule };
            let maybes = [out.maybes.as_slice(), &part.maybes].concat();
            (other, Decided { rule, maybes, ..part })
        };
        Ok(again.into_iter().map(settle).collect())
    }
}

fn fate(piece: &Piece, action: Action, rule_in: Option<usize>) -> Fate {
    Fate {
        action,
        rule_in,
        by_redirect: false,
        translation: piece.label.clone(),
        egress: Toward::Stopped,
        rule_out: None,
        open: false,
        maybes: Vec::new(),
    }
}
