//! What a set of senders may do to a set of receivers: the whole way of [`Ruleset::decide`], for sets.

use super::cube::{self, Cube};
use super::packet::{Action, DeviceId, Direction, LocalTime};
use super::partition::{Decided, SourcePorts, TooManyParts};
use super::route::never_forwarded;
use super::ruleset::{PORTS, Ruleset, Via};
use super::set::{Family, Set};
use super::translate::{Ports, Scope};
use super::words;

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

/// A cube before translation and as it is now.
#[derive(Clone)]
struct Piece {
    original: Cube,
    now: Cube,
    destination: Moved,
    port: Moved,
    label: Option<String>,
    pass: bool,
    tag: Option<u16>,
}

/// How a side of `now` came from `original`.
#[derive(Clone, Copy)]
enum Moved {
    Same,
    /// Every number became one.
    Constant,
    Shift {
        from: u128,
        to: u128,
    },
}

impl Moved {
    fn back(self, now: &Set, original: &Set) -> Set {
        match self {
            Self::Same => now.clone(),
            Self::Constant => original.clone(),
            Self::Shift { from, to } => now.shift(to, from),
        }
    }
}

impl Piece {
    /// The originals of the part of `now` that became `cube`, source sides aside.
    fn back(&self, cube: &Cube) -> Cube {
        let side =
            |moved: Moved, side: usize| moved.back(cube.side(side), self.original.side(side));
        cube.clone()
            .with(cube::DESTINATION, side(self.destination, cube::DESTINATION))
            .with(cube::DESTINATION_PORT, side(self.port, cube::DESTINATION_PORT))
    }
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
        let mut parts = Vec::new();
        for piece in self.translate_in(device, family, start) {
            if piece.pass {
                let fate = Fate { by_redirect: true, ..fate(&piece, Action::Pass, None) };
                let now = piece.now.clone();
                self.onward(&piece, family, &now, &fate, piece.tag, moment, &mut parts)?;
                continue;
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
                let fate = Fate { maybes, ..fate(&piece, action, rule) };
                if action == Action::Pass {
                    self.onward(&piece, family, &cube, &fate, tag, moment, &mut parts)?;
                } else {
                    parts.push(Part { cube: piece.back(&cube), fate });
                }
            }
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

    /// Port forwards and one-to-one translations, first match each.
    fn translate_in(&self, device: DeviceId, family: Family, start: &Cube) -> Vec<Piece> {
        let mut pieces = Vec::new();
        if self.disabled || self.device(device).is_some_and(|d| d.skipped) {
            return vec![untouched(start.clone())];
        }
        let carp = Set::point(words::CARP.into());
        let others = start.side(cube::PROTOCOL).minus(&carp);
        let exempt =
            start.clone().with(cube::PROTOCOL, start.side(cube::PROTOCOL).intersect(&carp));
        if !exempt.is_empty() {
            pieces.push(untouched(exempt));
        }
        let mut left = vec![start.clone().with(cube::PROTOCOL, others)];
        left.retain(|cube| !cube.is_empty());
        for rdr in &self.translations.redirects {
            if rdr.scope.family != family
                || !rdr.scope.on.contains(device)
                || rdr.scope.tagged.is_some()
            {
                continue;
            }
            for scope in scope_cubes(&rdr.scope) {
                left = take(left, &scope, &mut |inside| {
                    if rdr.exempt {
                        pieces.push(untouched(inside));
                        return;
                    }
                    let mut piece = untouched(inside);
                    if let Some((from, to)) = rdr.shift {
                        let moved = piece.now.side(cube::DESTINATION).shift(from, to);
                        piece.now = piece.now.with(cube::DESTINATION, moved);
                        piece.destination = Moved::Shift { from, to };
                    } else if let Some(target) = rdr.targets.first() {
                        piece.now = piece.now.with(cube::DESTINATION, Set::point(*target));
                        piece.destination = Moved::Constant;
                    }
                    if let Some(ports) = rdr.ports {
                        move_ports(&mut piece, ports);
                    }
                    piece.label = Some(label(&rdr.label));
                    piece.pass = rdr.pass;
                    piece.tag = rdr.tag;
                    pieces.push(piece);
                });
            }
        }
        let left = self.translate_back(device, family, left, &mut pieces);
        pieces.extend(left.into_iter().map(untouched));
        pieces
    }

    /// One-to-one translations of what arrives for their outside; gives back the rest.
    fn translate_back(
        &self,
        device: DeviceId,
        family: Family,
        mut left: Vec<Cube>,
        pieces: &mut Vec<Piece>,
    ) -> Vec<Cube> {
        for binat in self.translations.binats.iter().filter(|b| b.family == family) {
            if !binat.on.contains(device) {
                continue;
            }
            let scope = Cube::all(family)
                .with(cube::SOURCE, binat.peer.clone())
                .with(cube::DESTINATION, binat.outside());
            left = take(left, &scope, &mut |inside| {
                let mut piece = untouched(inside);
                let moved = piece.now.side(cube::DESTINATION).shift(binat.outside, binat.inside);
                piece.now = piece.now.with(cube::DESTINATION, moved);
                piece.destination = Moved::Shift { from: binat.outside, to: binat.inside };
                piece.label = Some(label(&binat.label));
                pieces.push(piece);
            });
        }
        left
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
        let mut push = |cube: &Cube, egress| {
            if !cube.is_empty() {
                parts.push(Part { cube: piece.back(cube), fate: Fate { egress, ..fate.clone() } });
            }
        };
        let to = cube.side(cube::DESTINATION);
        let own = self.own.of(family);
        push(&cube.clone().with(cube::DESTINATION, to.intersect(own)), Toward::Local);
        let group = never_forwarded(family).minus(own);
        push(&cube.clone().with(cube::DESTINATION, to.intersect(&group)), Toward::Group);
        let mut left = to.minus(own).minus(&group);
        let mut ways: Vec<(DeviceId, Set)> = Vec::new();
        match fate.rule_in.and_then(|i| self.rule(i)).and_then(|r| r.via.as_ref()) {
            Some(Via::Hop { device, .. }) => {
                ways.push((*device, std::mem::take(&mut left)));
            }
            Some(Via::Several { .. }) => {}
            Some(Via::Fallback { .. }) | None => {
                for (device, set) in self.routes.partition(family) {
                    ways.push((device, left.intersect(&set)));
                    left = left.minus(&set);
                }
            }
        }
        push(&cube.clone().with(cube::DESTINATION, left), Toward::Unknown);
        for (device, set) in ways {
            let cube = cube.clone().with(cube::DESTINATION, set);
            if !cube.is_empty() {
                let fate = Fate { egress: Toward::Device(device), ..fate.clone() };
                self.leave_by(piece, family, device, &cube, &fate, tag, moment, parts)?;
            }
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
                let source = leaving
                    .source
                    .back(out.cube.side(cube::SOURCE), leaving.before.side(cube::SOURCE));
                let source_port = match leaving.ports {
                    SourcePorts::Kept => out.cube.side(cube::SOURCE_PORT).clone(),
                    SourcePorts::Chosen => leaving.before.side(cube::SOURCE_PORT).clone(),
                };
                let before =
                    out.cube.with(cube::SOURCE, source).with(cube::SOURCE_PORT, source_port);
                let action = out.rule.and_then(|i| self.rule(i)).map_or(Action::Pass, |r| r.action);
                let mut fate = Fate { action, rule_out: out.rule, ..fate.clone() };
                fate.maybes.extend(out.maybes);
                parts.push(Part { cube: piece.back(&before), fate });
            }
        }
        Ok(())
    }

    /// One-to-one and source NAT on the way out, first match each.
    fn translate_out(
        &self,
        family: Family,
        device: DeviceId,
        cube: &Cube,
        tag: Option<u16>,
    ) -> Vec<Leaving> {
        let kept = |cube: Cube| Leaving {
            before: cube.clone(),
            now: cube,
            source: Moved::Same,
            ports: SourcePorts::Kept,
            tag,
        };
        let mut gone = Vec::new();
        let mut left = vec![cube.clone()];
        for binat in self.translations.binats.iter().filter(|b| b.family == family) {
            if !binat.on.contains(device) {
                continue;
            }
            let scope = Cube::all(family)
                .with(cube::SOURCE, binat.inside())
                .with(cube::DESTINATION, binat.peer.clone());
            left = take(left, &scope, &mut |inside| {
                let mut leaving = kept(inside);
                let moved = leaving.now.side(cube::SOURCE).shift(binat.inside, binat.outside);
                leaving.now = leaving.now.with(cube::SOURCE, moved);
                leaving.source = Moved::Shift { from: binat.inside, to: binat.outside };
                gone.push(leaving);
            });
        }
        let carp = Cube::all(family).with(cube::PROTOCOL, Set::point(words::CARP.into()));
        left = take(left, &carp, &mut |inside| gone.push(kept(inside)));
        for nat in &self.translations.outbound {
            let scope = &nat.scope;
            let applies = scope.family == family
                && scope.on.contains(device)
                && (scope.tagged.is_none() || scope.tagged == tag);
            if !applies {
                continue;
            }
            for cube in scope_cubes(scope) {
                left = take(left, &cube, &mut |inside| {
                    let mut leaving = kept(inside);
                    if !nat.exempt {
                        if let Some(target) = nat.targets.first() {
                            leaving.now = leaving.now.with(cube::SOURCE, Set::point(*target));
                            leaving.source = Moved::Constant;
                        }
                        if !nat.static_port {
                            leaving.now =
                                leaving.now.with(cube::SOURCE_PORT, Set::interval(0, PORTS));
                            leaving.ports = SourcePorts::Chosen;
                        }
                        leaving.tag = nat.tag.or(tag);
                    }
                    gone.push(leaving);
                });
            }
        }
        gone.extend(left.into_iter().map(kept));
        gone
    }
}

fn untouched(cube: Cube) -> Piece {
    Piece {
        original: cube.clone(),
        now: cube,
        destination: Moved::Same,
        port: Moved::Same,
        label: None,
        pass: false,
        tag: None,
    }
}

struct Leaving {
    before: Cube,
    now: Cube,
    source: Moved,
    ports: SourcePorts,
    tag: Option<u16>,
}

fn fate(piece: &Piece, action: Action, rule_in: Option<usize>) -> Fate {
    Fate {
        action,
        rule_in,
        by_redirect: false,
        translation: piece.label.clone(),
        egress: Toward::Stopped,
        rule_out: None,
        maybes: Vec::new(),
    }
}

fn label(label: &super::translate::Label) -> String {
    if label.description.is_empty() { label.uuid.clone() } else { label.description.clone() }
}

fn move_ports(piece: &mut Piece, ports: Ports) {
    let now = piece.now.side(cube::DESTINATION_PORT).clone();
    let (from, to) = (u128::from(ports.from), u128::from(ports.to));
    if ports.fixed {
        piece.now = piece.now.clone().with(cube::DESTINATION_PORT, Set::point(to));
        piece.port = Moved::Constant;
    } else {
        piece.now = piece.now.clone().with(cube::DESTINATION_PORT, now.shift(from, to));
        piece.port = Moved::Shift { from, to };
    }
}

/// Hands what lies in `scope` to `inside` and gives back the rest.
fn take(left: Vec<Cube>, scope: &Cube, inside: &mut dyn FnMut(Cube)) -> Vec<Cube> {
    let mut rest = Vec::with_capacity(left.len());
    for cube in left {
        if let Some(both) = cube.intersect(scope) {
            inside(both);
        }
        cube.minus(scope, &mut rest);
    }
    rest
}

/// A translation's scope as disjoint cubes.
fn scope_cubes(scope: &Scope) -> Vec<Cube> {
    let base = Cube::all(scope.family)
        .with(cube::SOURCE, scope.source.clone())
        .with(cube::DESTINATION, scope.destination.clone());
    let [with_ports, _, _] = cube::classes();
    if scope.source_port.is_all(PORTS) && scope.destination_port.is_all(PORTS) {
        return vec![base.with(cube::PROTOCOL, scope.protocols.clone())];
    }
    let ports = base
        .clone()
        .with(cube::PROTOCOL, scope.protocols.intersect(&with_ports))
        .with(cube::SOURCE_PORT, scope.source_port.clone())
        .with(cube::DESTINATION_PORT, scope.destination_port.clone());
    let rest = base.with(cube::PROTOCOL, scope.protocols.minus(&with_ports));
    [ports, rest].into_iter().filter(|cube| !cube.is_empty()).collect()
}
