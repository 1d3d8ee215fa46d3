//! The filter over sets: which rule decides each part of a set of packets, exactly.
//!
//! pf's walk is first-match over the quick rules in order, then over the others backwards; each step
//! cuts its cube out of what is left. Rulesets whose rules test tags are walked in order instead, with
//! the tag carried along.

use super::cube::{self, Cube};
use super::packet::{DeviceId, Direction, LocalTime};
use super::ruleset::{BYTE, Leg, PORTS, Ruleset};
use super::set::{Family, Set};
use super::words;

/// Parts of one question at most; beyond, the answer would be no use and the question is refused.
pub(super) const MOST_PARTS: usize = 50_000;

/// A question whose answer falls into more than [`MOST_PARTS`] parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the answer falls into more than {MOST_PARTS} parts; ask for a smaller set of addresses or for one protocol and port"
)]
pub struct TooManyParts;

/// Part of a set of packets and what one pass of the filter does with it.
#[derive(Debug, Clone)]
pub(super) struct Decided {
    pub(super) cube: Cube,
    /// Absent when nothing matched: pf passes then.
    pub(super) rule: Option<usize>,
    pub(super) tag: Option<u16>,
    /// Rules that might decide instead.
    pub(super) maybes: Vec<usize>,
}

/// One leg as cubes.
struct Step {
    rule: usize,
    quick: bool,
    sets_tag: Option<u16>,
    tests_tag: Option<u16>,
    /// Disjoint.
    cubes: Vec<Cube>,
    /// Where it matches for certain if anywhere: `cubes` of a leg with unresolved terms are certain, these
    /// are not.
    open: Vec<Cube>,
}

/// Source ports are not looked at: NAT chose them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SourcePorts {
    Kept,
    Chosen,
}

impl Ruleset {
    /// Splits `cube` by the rule that decides on `device`.
    #[expect(clippy::too_many_arguments, reason = "one pass has so many circumstances")]
    pub(super) fn split(
        &self,
        direction: Direction,
        family: Family,
        device: DeviceId,
        start: &Cube,
        tag: Option<u16>,
        moment: Option<LocalTime>,
        ports: SourcePorts,
    ) -> Result<Vec<Decided>, TooManyParts> {
        let steps: Vec<Step> = self
            .legs(direction, family, device)
            .filter_map(|leg| self.step(leg, moment, ports))
            .filter(|step| step.cubes.iter().chain(&step.open).any(|c| c.meets(start)))
            .collect();
        let first = Decided { cube: start.clone(), rule: None, tag, maybes: Vec::new() };
        if steps.iter().any(|s| s.tests_tag.is_some() || s.sets_tag.is_some()) {
            in_order(&steps, first)
        } else {
            quick_first(&steps, first)
        }
    }

    fn step(&self, leg: &Leg, moment: Option<LocalTime>, ports: SourcePorts) -> Option<Step> {
        let rule = self.rule(leg.rule)?;
        let active = leg.schedule.as_ref().map(|s| s.is_active(moment));
        if active == Some(Some(false)) {
            return None;
        }
        let mut certain = cubes(leg);
        let mut open = if leg.unknown {
            let all = || Set::interval(0, leg.family.last());
            let widest = Leg { source: all(), destination: all(), ..leg.clone() };
            cubes(&widest)
        } else {
            Vec::new()
        };
        if active == Some(None) || leg.partial {
            open.append(&mut certain);
        }
        let narrow = ports == SourcePorts::Chosen && !leg.source_port.is_all(PORTS);
        if narrow {
            // Any port may be chosen: no part may be told from another by it.
            open.append(&mut certain);
            for cube in &mut open {
                *cube = cube.clone().with(cube::SOURCE_PORT, Set::interval(0, PORTS));
            }
        }
        Some(Step {
            rule: leg.rule,
            quick: rule.quick,
            sets_tag: rule.tag,
            tests_tag: leg.tagged,
            cubes: certain,
            open,
        })
    }
}

/// A leg as disjoint cubes: one per class of protocols whose other sides it restricts differently.
pub(super) fn cubes(leg: &Leg) -> Vec<Cube> {
    let mut protocols = leg.protocols.clone();
    if let Some((set, of)) = leg.flags
        && words::SYN & of != set
    {
        protocols = protocols.minus(&Set::point(words::TCP.into()));
    }
    let base = Cube::all(leg.family)
        .with(cube::SOURCE, leg.source.clone())
        .with(cube::DESTINATION, leg.destination.clone());
    let any_ports = leg.source_port.is_all(PORTS) && leg.destination_port.is_all(PORTS);
    let any_type = leg.icmp_types.is_all(BYTE);
    if any_ports && any_type {
        let cube = base.with(cube::PROTOCOL, protocols);
        return if cube.is_empty() { Vec::new() } else { vec![cube] };
    }
    let [with_ports, with_types, rest] = cube::classes();
    let ports = base
        .clone()
        .with(cube::PROTOCOL, protocols.intersect(&with_ports))
        .with(cube::SOURCE_PORT, leg.source_port.clone())
        .with(cube::DESTINATION_PORT, leg.destination_port.clone());
    let types = base
        .clone()
        .with(cube::PROTOCOL, protocols.intersect(&with_types))
        .with(cube::ICMP_TYPE, leg.icmp_types.clone());
    let others = base.with(cube::PROTOCOL, protocols.intersect(&rest));
    [ports, types, others].into_iter().filter(|cube| !cube.is_empty()).collect()
}

/// First match over quick steps in order, then over the others backwards.
fn quick_first(steps: &[Step], first: Decided) -> Result<Vec<Decided>, TooManyParts> {
    let quick = steps.iter().filter(|s| s.quick);
    let others = steps.iter().rev().filter(|s| !s.quick);
    let (mut left, mut done) = (vec![first], Vec::new());
    for step in quick.chain(others) {
        if left.is_empty() {
            break;
        }
        left = cut(left, step, &mut done)?;
    }
    done.extend(left);
    Ok(done)
}

/// Takes what `step` decides out of `left`.
fn cut(
    left: Vec<Decided>,
    step: &Step,
    done: &mut Vec<Decided>,
) -> Result<Vec<Decided>, TooManyParts> {
    let mut rest = left;
    for cube in &step.cubes {
        let mut next = Vec::with_capacity(rest.len());
        for piece in rest {
            match piece.cube.intersect(cube) {
                None => next.push(piece),
                Some(inside) => {
                    without(&piece, cube, &mut next);
                    done.push(Decided { cube: inside, rule: Some(step.rule), ..piece });
                }
            }
        }
        rest = next;
    }
    for cube in &step.open {
        let mut next = Vec::with_capacity(rest.len());
        for piece in rest {
            match piece.cube.intersect(cube) {
                None => next.push(piece),
                Some(inside) => {
                    without(&piece, cube, &mut next);
                    let mut maybes = piece.maybes.clone();
                    if !maybes.contains(&step.rule) {
                        maybes.push(step.rule);
                    }
                    next.push(Decided { cube: inside, maybes, ..piece });
                }
            }
        }
        rest = next;
    }
    if rest.len() + done.len() > MOST_PARTS { Err(TooManyParts) } else { Ok(rest) }
}

fn without(piece: &Decided, cube: &Cube, next: &mut Vec<Decided>) {
    let mut cubes = Vec::new();
    piece.cube.minus(cube, &mut cubes);
    next.extend(cubes.into_iter().map(|cube| Decided { cube, ..piece.clone() }));
}

/// pf's own order, for rulesets with tags.
fn in_order(steps: &[Step], first: Decided) -> Result<Vec<Decided>, TooManyParts> {
    let (mut left, mut done) = (vec![first], Vec::new());
    for step in steps {
        let mut next = Vec::with_capacity(left.len());
        for piece in left {
            if step.tests_tag.is_some() && step.tests_tag != piece.tag {
                next.push(piece);
                continue;
            }
            let mut matched = Vec::new();
            let untagged = Step { cubes: step.cubes.clone(), open: step.open.clone(), ..*step };
            next.extend(cut(vec![piece], &untagged, &mut matched)?);
            for mut part in matched {
                part.tag = step.sets_tag.or(part.tag);
                if step.quick { done.push(part) } else { next.push(part) }
            }
        }
        left = next;
        if left.len() + done.len() > MOST_PARTS {
            return Err(TooManyParts);
        }
    }
    done.extend(left);
    Ok(done)
}
