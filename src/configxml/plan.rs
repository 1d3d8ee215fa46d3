//! What to look for: the paths of all sources and tables as one tree of names.

use std::collections::BTreeMap;

use crate::domain::node::{Key, Node, Table, Take};
use crate::domain::{AnyDomain, Field, Source};

/// The slot of an element's own text, when the row itself is a leaf.
const OWN_TEXT: &str = "@text";

/// The slot of the `uuid` attribute.
pub(super) const UUID: &str = "uuid";

/// Elements to catch, and what to keep of them.
pub(super) struct Spec {
    pub(super) what: What,
    pub(super) path: &'static str,
    /// Slots of a caught element, by position.
    names: Vec<&'static str>,
    by_name: BTreeMap<&'static str, usize>,
    /// The same by the path below the element, with slashes.
    by_path: BTreeMap<String, usize>,
    /// Where the label goes, if one is wanted: then the whole element is held until it ends.
    pub(super) label: Option<usize>,
    /// A child that repeats, and the slots below it.
    pub(super) each: Option<(&'static str, Vec<usize>)>,
    /// Sources that read the same elements in the same way, under another name on other releases.
    pub(super) also: Vec<&'static Source>,
}

#[derive(Clone, Copy)]
pub(super) enum What {
    Rows { domain: &'static dyn AnyDomain, source: &'static Source, fields: &'static [Field] },
    Table(&'static Table),
}

impl Spec {
    fn new(what: What, path: &'static str, names: impl Iterator<Item = &'static str>) -> Self {
        let mut spec = Self {
            what,
            path,
            names: Vec::new(),
            by_name: BTreeMap::new(),
            by_path: BTreeMap::new(),
            label: None,
            each: None,
            also: Vec::new(),
        };
        for name in names {
            if spec.by_name.contains_key(name) {
                continue;
            }
            let i = spec.names.len();
            spec.names.push(name);
            spec.by_name.insert(name, i);
            let path = if name == OWN_TEXT { String::new() } else { name.replace('.', "/") };
            spec.by_path.insert(path, i);
        }
        spec
    }

    fn rows(domain: &'static dyn AnyDomain, source: &'static Source) -> Option<Self> {
        let node = source.node()?;
        let fields = domain.fields().iter().map(|f| f.name);
        let taken = node.takes.iter().flat_map(slots);
        let what = What::Rows { domain, source, fields: domain.fields() };
        let mut spec = Self::new(what, node.path, fields.chain(taken).chain([UUID]));
        spec.label = node.takes.iter().find_map(|take| match take {
            Take::Label { to } => spec.slot(to),
            _ => None,
        });
        spec.each = node.each.map(|child| {
            let is_below =
                |path: &str| path.strip_prefix(child).is_some_and(|p| p.starts_with('/'));
            let below = spec.by_path.iter().filter(|(path, _)| is_below(path));
            (child, below.map(|(_, slot)| *slot).collect())
        });
        Some(spec)
    }

    fn table(table: &'static Table) -> Self {
        let key = match table.key {
            Key::Leaf(leaf) => Some(leaf),
            Key::Uuid => Some(UUID),
            Key::Name => None,
        };
        Self::new(What::Table(table), table.path, table.value.iter().copied().chain(key))
    }

    /// Whether it keeps what another source of the same domain asks for: one node, declared for several releases.
    fn is_like(&self, domain: &dyn AnyDomain, source: &Source) -> bool {
        let What::Rows { domain: mine, source: first, .. } = self.what else { return false };
        let same_node = |a: &'static Node, b: &'static Node| std::ptr::eq(a, b);
        mine.name() == domain.name()
            && first.node().zip(source.node()).is_some_and(|(a, b)| same_node(a, b))
    }

    /// Whether rows are told apart by their uuid.
    pub(super) fn is_by_uuid(&self) -> bool {
        matches!(self.what, What::Rows { domain, .. } if domain.identity().contains(&UUID))
    }

    pub(super) fn slots(&self) -> usize {
        self.names.len()
    }

    pub(super) fn slot(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    pub(super) fn slot_at(&self, path_below: &str) -> Option<usize> {
        self.by_path.get(path_below).copied()
    }
}

/// The slots that a take reads or writes.
fn slots(take: &Take) -> Vec<&'static str> {
    match *take {
        Take::Rename { from, to } | Take::Flag { from, to, .. } | Take::Look { from, to, .. } => {
            vec![from, to]
        }
        Take::Set { to, .. }
        | Take::Or { to, .. }
        | Take::Name { to, .. }
        | Take::Position { to }
        | Take::Part { to }
        | Take::Label { to } => vec![to],
        Take::Make { to, from, .. } => from.iter().copied().chain([to]).collect(),
        Take::Only { from, .. } | Take::Not { from, .. } => vec![from],
    }
}

/// A place in the tree of names.
#[derive(Debug, Default)]
struct Place {
    next: Vec<(&'static str, usize)>,
    specs: Vec<usize>,
}

/// All specs, and the tree that finds them.
pub(super) struct Plan {
    pub(super) specs: Vec<Spec>,
    places: Vec<Place>,
}

/// The root of the tree.
pub(super) const ROOT: usize = 0;

impl Plan {
    pub(super) fn new(domains: &[&'static dyn AnyDomain]) -> Self {
        let mut plan = Self { specs: Vec::new(), places: vec![Place::default()] };
        let mut tables: Vec<&'static Table> = Vec::new();
        for domain in domains {
            for source in domain.config_sources() {
                for take in source.node().into_iter().flat_map(|node| node.takes) {
                    if let Take::Look { table, .. } = take
                        && !tables.iter().any(|known| std::ptr::eq(*known, *table))
                    {
                        tables.push(table);
                    }
                }
                match plan.specs.iter_mut().find(|spec| spec.is_like(*domain, source)) {
                    Some(spec) => spec.also.push(source),
                    None => plan.specs.extend(Spec::rows(*domain, source)),
                }
            }
        }
        plan.specs.extend(tables.into_iter().map(Spec::table));
        for (i, path) in plan.specs.iter().map(|s| s.path).enumerate().collect::<Vec<_>>() {
            plan.insert(i, path);
        }
        plan
    }

    fn insert(&mut self, spec: usize, path: &'static str) {
        let mut at = ROOT;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            let known = self.places.get(at).and_then(|place| {
                place.next.iter().find(|(known, _)| *known == name).map(|(_, next)| *next)
            });
            at = known.unwrap_or_else(|| {
                let new = self.places.len();
                self.places.push(Place::default());
                if let Some(place) = self.places.get_mut(at) {
                    place.next.push((name, new));
                }
                new
            });
        }
        if let Some(place) = self.places.get_mut(at) {
            place.specs.push(spec);
        }
    }

    /// The places that an element called `name` leads to from `places`.
    pub(super) fn step(&self, places: &[usize], name: &str) -> Vec<usize> {
        let nexts = places.iter().filter_map(|i| self.places.get(*i)).flat_map(|p| &p.next);
        nexts.filter(|(known, _)| *known == "*" || *known == name).map(|(_, to)| *to).collect()
    }

    /// The specs that catch an element at `places`.
    pub(super) fn caught(&self, places: &[usize]) -> impl Iterator<Item = usize> + '_ {
        let places: Vec<&Place> = places.iter().filter_map(|i| self.places.get(*i)).collect();
        places.into_iter().flat_map(|p| p.specs.iter().copied())
    }
}
