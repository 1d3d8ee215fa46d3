//! Rules that other rules hide, found by set algebra and proven by packets.

use std::collections::{BTreeMap, BTreeSet};

use super::cube::Cube;
use super::packet::{Action, DeviceId, Direction, Packet};
use super::partition::cubes;
use super::ruleset::{Class, Leg, Ruleset};
use super::set::Family;

/// Cubes that one rule's rest may fall into before the question is given up as open.
const MOST_PIECES: usize = 4_000;

/// A rule that can never decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shadowed {
    pub rule: usize,
    /// The rules that decide all its packets, in evaluation order.
    pub by: Vec<usize>,
    /// All of them do what it would do: it is merely redundant.
    pub redundant: bool,
}

/// Two rules of opposite effect that overlap without one being an exception to the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap {
    /// Decides the packets that both match.
    pub winner: usize,
    pub loser: usize,
    /// A packet that both match and the winner decides.
    pub device: DeviceId,
    pub direction: Direction,
    pub witness: Packet,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Shadows {
    pub shadowed: Vec<Shadowed>,
    pub overlaps: Vec<Overlap>,
    /// Rules whose rest fell into too many pieces to be sure.
    pub open: Vec<usize>,
}

/// What is known of one rule over all places where it applies.
#[derive(Default)]
struct Known {
    alive: bool,
    open: bool,
    analysed: bool,
    by: BTreeSet<usize>,
}

/// A leg with its cubes, made once.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct Prepared<'r> {
    leg: &'r Leg,
    quick: bool,
    pass: bool,
    user: bool,
    /// It matches whatever else holds: no tag, no schedule, no unresolved term or condition.
    certain: bool,
    cubes: Vec<Cube>,
}

impl Ruleset {
    /// Looks at every rule of the administrator wherever it applies.
    pub fn shadows(&self) -> Shadows {
        let mut known: BTreeMap<usize, Known> = BTreeMap::new();
        let mut found = Shadows::default();
        let mut pairs = BTreeSet::new();
        let mut seen: BTreeSet<&[u32]> = BTreeSet::new();
        for direction in [Direction::In, Direction::Out] {
            for family in Family::BOTH {
                for device in 0..self.devices.len() {
                    let slot = self.slot(direction, family, device);
                    // Devices on which the same rules apply are looked at once.
                    if !self.index.get(slot).is_some_and(|legs| seen.insert(legs)) {
                        continue;
                    }
                    let legs: Vec<Prepared<'_>> = self
                        .legs(direction, family, device)
                        .filter_map(|leg| self.prepare(leg))
                        .collect();
                    let place = Place { ruleset: self, direction, device, family };
                    place.look(&legs, &mut known, &mut pairs, &mut found.overlaps);
                }
            }
        }
        for (rule, known) in known {
            if !known.analysed || known.alive {
                continue;
            }
            if known.open {
                found.open.push(rule);
                continue;
            }
            let passes = |i: &usize| self.rule(*i).is_some_and(|r| r.action == Action::Pass);
            let redundant = known.by.iter().all(|by| passes(by) == passes(&rule));
            found.shadowed.push(Shadowed { rule, by: known.by.into_iter().collect(), redundant });
        }
        found
    }

    fn prepare<'r>(&'r self, leg: &'r Leg) -> Option<Prepared<'r>> {
        let rule = self.rule(leg.rule)?;
        Some(Prepared {
            leg,
            quick: rule.quick,
            pass: rule.action == Action::Pass,
            user: rule.class != Class::Automatic,
            certain: leg.tagged.is_none() && leg.schedule.is_none() && !leg.unknown && !leg.partial,
            cubes: cubes(leg),
        })
    }
}

struct Place<'r> {
    ruleset: &'r Ruleset,
    direction: Direction,
    device: DeviceId,
    family: Family,
}

impl Place<'_> {
    fn look(
        &self,
        legs: &[Prepared<'_>],
        known: &mut BTreeMap<usize, Known>,
        pairs: &mut BTreeSet<(usize, usize)>,
        overlaps: &mut Vec<Overlap>,
    ) {
        for (at, mine) in legs.iter().enumerate().filter(|(_, p)| p.user && !p.cubes.is_empty()) {
            let state = known.entry(mine.leg.rule).or_default();
            state.analysed = true;
            if !state.alive {
                self.settle(legs, at, mine, state);
            }
            self.overlaps(legs, at, mine, pairs, overlaps);
        }
    }

    /// The legs that decide before `at` does, wherever both match.
    fn stronger<'l, 'r>(
        legs: &'l [Prepared<'r>],
        at: usize,
        quick: bool,
    ) -> impl Iterator<Item = &'l Prepared<'r>> {
        legs.iter().enumerate().filter_map(move |(i, other)| {
            let before = i < at && other.quick;
            let after = i > at && !quick;
            (before || after).then_some(other)
        })
    }

    fn settle(&self, legs: &[Prepared<'_>], at: usize, mine: &Prepared<'_>, state: &mut Known) {
        // An unresolved rule may match more than its cubes: it is never called shadowed.
        if mine.leg.unknown || self.decides_some(mine) {
            state.alive = true;
            return;
        }
        let others = || {
            Self::stronger(legs, at, mine.quick)
                .filter(|o| o.certain && o.leg.rule != mine.leg.rule)
        };
        let mut by: Vec<&Prepared<'_>> = Vec::new();
        let mut left = mine.cubes.clone();
        for other in others() {
            if !other.cubes.iter().any(|cube| left.iter().any(|l| l.meets(cube))) {
                continue;
            }
            left = rest_of(left, other);
            by.push(other);
            if left.is_empty() {
                state.by.extend(needed(mine, by));
                return;
            }
            if left.len() > MOST_PIECES {
                state.open = true;
                return;
            }
        }
        state.alive = true;
    }

    /// Whether one of a few packets of the rule is decided by it: most rules need no more.
    fn decides_some(&self, mine: &Prepared<'_>) -> bool {
        mine.cubes.iter().filter_map(|cube| cube.witness(self.family)).any(|packet| {
            let pass = self.ruleset.walk(self.direction, self.device, &packet, mine.leg.tagged);
            pass.rule == Some(mine.leg.rule)
        })
    }

    fn overlaps(
        &self,
        legs: &[Prepared<'_>],
        at: usize,
        mine: &Prepared<'_>,
        pairs: &mut BTreeSet<(usize, usize)>,
        overlaps: &mut Vec<Overlap>,
    ) {
        /// Of one rule; more of them say the same.
        const MOST: usize = 3;
        let mut found = 0;
        for other in Self::stronger(legs, at, mine.quick) {
            let opposite = other.user && other.pass != mine.pass && other.leg.rule != mine.leg.rule;
            if !opposite || !other.certain || found >= MOST {
                continue;
            }
            let Some(both) = both(&other.cubes, &mine.cubes) else { continue };
            // An exception before a general rule is how rules are written.
            if within(&other.cubes, &mine.cubes) || within(&mine.cubes, &other.cubes) {
                continue;
            }
            let Some(witness) = both.witness(self.family) else { continue };
            let pass = self.ruleset.walk(self.direction, self.device, &witness, None);
            if pass.rule == Some(other.leg.rule) && pairs.insert((other.leg.rule, mine.leg.rule)) {
                found += 1;
                overlaps.push(Overlap {
                    winner: other.leg.rule,
                    loser: mine.leg.rule,
                    device: self.device,
                    direction: self.direction,
                    witness,
                });
            }
        }
    }
}

fn rest_of(left: Vec<Cube>, other: &Prepared<'_>) -> Vec<Cube> {
    other.cubes.iter().fold(left, |left, cube| {
        let mut rest = Vec::new();
        for piece in &left {
            piece.minus(cube, &mut rest);
        }
        rest
    })
}

/// Those of `by` without which something of the rule would be left: the firewall's own rules and later ones
/// are dropped first, so that what remains is what an administrator would point at.
fn needed(mine: &Prepared<'_>, mut by: Vec<&Prepared<'_>>) -> BTreeSet<usize> {
    let mut order: Vec<usize> = by.iter().map(|p| p.leg.rule).collect();
    order.sort_by_key(|rule| {
        let user = by.iter().any(|p| p.leg.rule == *rule && p.user);
        (user, std::cmp::Reverse(*rule))
    });
    order.dedup();
    for rule in order {
        let others = by.iter().filter(|p| p.leg.rule != rule);
        if others.fold(mine.cubes.clone(), |left, p| rest_of(left, p)).is_empty() {
            by.retain(|p| p.leg.rule != rule);
        }
    }
    by.iter().map(|p| p.leg.rule).collect()
}

fn both(a: &[Cube], b: &[Cube]) -> Option<Cube> {
    a.iter().find_map(|x| b.iter().find_map(|y| x.intersect(y)))
}

/// Whether `a` lies in `b`, cube by cube; a miss only costs a remark.
fn within(a: &[Cube], b: &[Cube]) -> bool {
    a.iter().all(|x| b.iter().any(|y| x.is_within(y)))
}
