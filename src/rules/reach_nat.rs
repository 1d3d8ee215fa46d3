//! Translation of sets: what [`Translations`](super::Translations) does to packets, for all of them at once.

use super::cube::{self, Cube};
use super::packet::DeviceId;
use super::partition::SourcePorts;
use super::ruleset::{PORTS, Ruleset};
use super::set::{Family, Set};
use super::translate::{Outbound, Ports, Scope};
use super::words;

/// A cube before translation and as it is now.
#[derive(Clone)]
pub(super) struct Piece {
    pub(super) original: Cube,
    pub(super) now: Cube,
    pub(super) destination: Moved,
    pub(super) port: Moved,
    pub(super) label: Option<String>,
    pub(super) pass: bool,
    pub(super) tag: Option<u16>,
    /// Another translation may apply, or none.
    pub(super) open: bool,
    /// Addresses that pf may send it to instead, in turn.
    pub(super) others: Vec<u128>,
}

/// How a side of `now` came from `original`.
#[derive(Clone, Copy)]
pub(super) enum Moved {
    Same,
    /// Every number became one.
    Constant,
    Shift {
        from: u128,
        to: u128,
    },
}

impl Moved {
    pub(super) fn back(self, now: &Set, original: &Set) -> Set {
        match self {
            Self::Same => now.clone(),
            Self::Constant => original.clone(),
            Self::Shift { from, to } => now.shift(to, from),
        }
    }
}

impl Piece {
    /// The originals of the part of `now` that became `cube`, source sides aside.
    pub(super) fn back(&self, cube: &Cube) -> Cube {
        let side =
            |moved: Moved, side: usize| moved.back(cube.side(side), self.original.side(side));
        cube.clone()
            .with(cube::DESTINATION, side(self.destination, cube::DESTINATION))
            .with(cube::DESTINATION_PORT, side(self.port, cube::DESTINATION_PORT))
    }
}

impl Ruleset {
    /// Port forwards and one-to-one translations, first match each.
    pub(super) fn translate_in(
        &self,
        device: DeviceId,
        family: Family,
        start: &Cube,
    ) -> Vec<Piece> {
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
        let mut left = vec![(start.clone().with(cube::PROTOCOL, others), false)];
        left.retain(|(cube, _)| !cube.is_empty());
        for rdr in &self.translations.redirects {
            if rdr.scope.family != family || rdr.scope.tagged.is_some() {
                continue;
            }
            if rdr.scope.is_open(device) {
                left = opened(left, &rdr.scope);
            }
            if !rdr.scope.on.contains(device) {
                continue;
            }
            for scope in scope_cubes(&rdr.scope) {
                left = take_open(left, &scope, &mut |inside, open| {
                    let mut piece = Piece { open, ..untouched(inside) };
                    if rdr.exempt {
                        pieces.push(piece);
                        return;
                    }
                    if let Some((from, to)) = rdr.shift {
                        let moved = piece.now.side(cube::DESTINATION).shift(from, to);
                        piece.now = piece.now.with(cube::DESTINATION, moved);
                        piece.destination = Moved::Shift { from, to };
                    } else if let Some(target) = rdr.targets.first() {
                        piece.now = piece.now.with(cube::DESTINATION, Set::point(*target));
                        piece.destination = Moved::Constant;
                        piece.others = rdr.targets.iter().skip(1).copied().collect();
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
        pieces.extend(left.into_iter().map(|(cube, open)| Piece { open, ..untouched(cube) }));
        pieces
    }

    /// One-to-one translations of what arrives for their outside; gives back the rest.
    fn translate_back(
        &self,
        device: DeviceId,
        family: Family,
        mut left: Vec<(Cube, bool)>,
        pieces: &mut Vec<Piece>,
    ) -> Vec<(Cube, bool)> {
        for binat in self.translations.binats.iter().filter(|b| b.family == family) {
            if !binat.on.contains(device) {
                continue;
            }
            let scope = Cube::all(family)
                .with(cube::SOURCE, binat.peer.clone())
                .with(cube::DESTINATION, binat.outside());
            left = take_open(left, &scope, &mut |inside, open| {
                let mut piece = Piece { open, ..untouched(inside) };
                let moved = piece.now.side(cube::DESTINATION).shift(binat.outside, binat.inside);
                piece.now = piece.now.with(cube::DESTINATION, moved);
                piece.destination = Moved::Shift { from: binat.outside, to: binat.inside };
                piece.label = Some(label(&binat.label));
                pieces.push(piece);
            });
        }
        left
    }

    /// One-to-one and source NAT on the way out, first match each.
    pub(super) fn translate_out(
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
            open: false,
        };
        let mut gone = Vec::new();
        let mut left = vec![(cube.clone(), false)];
        for binat in self.translations.binats.iter().filter(|b| b.family == family) {
            if !binat.on.contains(device) {
                continue;
            }
            let scope = Cube::all(family)
                .with(cube::SOURCE, binat.inside())
                .with(cube::DESTINATION, binat.peer.clone());
            left = take_open(left, &scope, &mut |inside, open| {
                let mut leaving = Leaving { open, ..kept(inside) };
                let moved = leaving.now.side(cube::SOURCE).shift(binat.inside, binat.outside);
                leaving.now = leaving.now.with(cube::SOURCE, moved);
                leaving.source = Moved::Shift { from: binat.inside, to: binat.outside };
                gone.push(leaving);
            });
        }
        let carp = Cube::all(family).with(cube::PROTOCOL, Set::point(words::CARP.into()));
        left = take_open(left, &carp, &mut |inside, open| {
            gone.push(Leaving { open, ..kept(inside) });
        });
        for nat in &self.translations.outbound {
            let scope = &nat.scope;
            if scope.family != family || (scope.tagged.is_some() && scope.tagged != tag) {
                continue;
            }
            if scope.is_open(device) {
                left = opened(left, scope);
            }
            if !scope.on.contains(device) {
                continue;
            }
            for cube in scope_cubes(scope) {
                left = take_open(left, &cube, &mut |inside, open| {
                    let mut leaving = Leaving { open, ..kept(inside) };
                    if !nat.exempt {
                        leaving.translate(nat, tag);
                    }
                    gone.push(leaving);
                });
            }
        }
        gone.extend(left.into_iter().map(|(cube, open)| Leaving { open, ..kept(cube) }));
        gone
    }
}

impl Leaving {
    /// What a part of it was before.
    pub(super) fn before(&self, part: &Cube) -> Cube {
        let source = self.source.back(part.side(cube::SOURCE), self.before.side(cube::SOURCE));
        let source_port = match self.ports {
            SourcePorts::Kept => part.side(cube::SOURCE_PORT).clone(),
            SourcePorts::Chosen => self.before.side(cube::SOURCE_PORT).clone(),
        };
        part.clone().with(cube::SOURCE, source).with(cube::SOURCE_PORT, source_port)
    }

    fn translate(&mut self, nat: &Outbound, tag: Option<u16>) {
        if let Some(target) = nat.targets.first() {
            self.now = self.now.clone().with(cube::SOURCE, Set::point(*target));
            self.source = Moved::Constant;
        }
        if !nat.static_port {
            self.now = self.now.clone().with(cube::SOURCE_PORT, Set::interval(0, PORTS));
            self.ports = SourcePorts::Chosen;
        }
        self.tag = nat.tag.or(tag);
    }
}

pub(super) fn untouched(cube: Cube) -> Piece {
    Piece {
        original: cube.clone(),
        now: cube,
        destination: Moved::Same,
        port: Moved::Same,
        label: None,
        pass: false,
        tag: None,
        open: false,
        others: Vec::new(),
    }
}

pub(super) struct Leaving {
    /// Another translation may apply, or none.
    pub(super) open: bool,
    pub(super) before: Cube,
    pub(super) now: Cube,
    pub(super) source: Moved,
    pub(super) ports: SourcePorts,
    pub(super) tag: Option<u16>,
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

/// The same for cubes that carry whether something about them is open.
fn take_open(
    left: Vec<(Cube, bool)>,
    scope: &Cube,
    inside: &mut dyn FnMut(Cube, bool),
) -> Vec<(Cube, bool)> {
    let mut rest = Vec::with_capacity(left.len());
    for (cube, open) in left {
        let mine = take(vec![cube], scope, &mut |both| inside(both, open));
        rest.extend(mine.into_iter().map(|cube| (cube, open)));
    }
    rest
}

/// Marks what a translation might apply to that is not known to.
fn opened(left: Vec<(Cube, bool)>, scope: &Scope) -> Vec<(Cube, bool)> {
    let all = || Set::interval(0, scope.family.last());
    let mut widest = scope.clone();
    if scope.unknown {
        (widest.source, widest.destination) = (all(), all());
    }
    let mut left = left;
    let mut marked = Vec::new();
    for cube in scope_cubes(&widest) {
        left = take_open(left, &cube, &mut |both, _| marked.push((both, true)));
    }
    left.extend(marked);
    left
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
