//! A caught element becomes a row: takes in their order, references resolved, fields picked.

use std::collections::BTreeMap;

use crate::domain::node::{Key, Node, Table, Take};
use crate::domain::{Field, RawRow, RawValue, Source};

use super::label::digest;
use super::plan::{Spec, UUID};

/// What was kept of an element.
#[derive(Debug, Clone)]
pub(super) struct Caught {
    pub(super) slots: Vec<Option<RawValue>>,
    /// What each `*` of the path stood for.
    pub(super) stars: Vec<Box<str>>,
    /// Which of several children it is, from 1; 0 when it is none of several.
    pub(super) part: usize,
}

/// The same without the slots that nothing stands in: half of those of a rule, nearly all of those of others.
#[derive(Debug)]
pub(super) struct Packed {
    slots: Box<[(u16, RawValue)]>,
    stars: Vec<Box<str>>,
    part: usize,
}

/// What the allocator adds to a piece of text, in bytes, about.
const HEAP: usize = 16;

impl Caught {
    pub(super) fn pack(self) -> Packed {
        let slots = (0..).zip(self.slots).filter_map(|(i, value)| Some((i, value?)));
        Packed { slots: slots.collect(), stars: self.stars, part: self.part }
    }
}

impl Packed {
    /// What it takes in memory until it has become a row of `fields`, about.
    pub(super) fn bytes(&self, fields: usize) -> usize {
        let text = |(_, value): &(u16, RawValue)| value.as_text().len() + HEAP;
        let texts: usize = self.slots.iter().map(text).sum();
        let packed = self.slots.len() * size_of::<(u16, RawValue)>();
        let row = fields * size_of::<Option<RawValue>>();
        let stars: usize = self.stars.iter().map(|star| star.len() + HEAP).sum();
        texts + packed.max(row) + stars + size_of::<Self>()
    }

    fn unpack(self, slots: usize) -> Caught {
        let mut dense = vec![None; slots];
        for (i, value) in self.slots {
            if let Some(slot) = dense.get_mut(usize::from(i)) {
                *slot = Some(value);
            }
        }
        Caught { slots: dense, stars: self.stars, part: self.part }
    }
}

/// References and what they stand for, one map for each table, by its address.
#[derive(Debug, Default)]
pub(super) struct References(Vec<(&'static Table, BTreeMap<String, String>)>);

impl References {
    /// Reads a table from its elements; the first of two with one key counts.
    pub(super) fn add(&mut self, table: &'static Table, spec: &Spec, elements: Vec<Packed>) {
        let mut map = BTreeMap::new();
        for element in elements.into_iter().map(|packed| packed.unpack(spec.slots())) {
            let name = element.stars.last().map(ToString::to_string);
            let text = |slot: &str| {
                let value = spec.slot(slot).and_then(|i| element.slots.get(i))?.as_ref()?;
                Some(value.as_text().into_owned()).filter(|text| !text.is_empty())
            };
            let key = match table.key {
                Key::Uuid => text(UUID),
                Key::Leaf(leaf) => text(leaf),
                Key::Name => name.clone(),
            };
            let value: Vec<String> = table.value.iter().filter_map(|leaf| text(leaf)).collect();
            let value = Some(value.join(table.between)).filter(|value| !value.is_empty());
            let value =
                value.or_else(|| name.filter(|_| table.or_name).map(|name| name.to_uppercase()));
            if let (Some(key), Some(value)) = (key, value) {
                map.entry(key).or_insert(value);
            }
        }
        self.0.push((table, map));
    }

    /// Each item of a list separated by commas; `None` when one of them is unknown.
    fn resolve(&self, table: &'static Table, text: &str) -> Option<String> {
        let (_, map) = self.0.iter().find(|(known, _)| std::ptr::eq(*known, table))?;
        let found: Option<Vec<&str>> =
            text.split(',').map(|item| map.get(item.trim()).map(String::as_str)).collect();
        found.map(|found| found.join(",")).filter(|text| !text.is_empty())
    }
}

/// All rows of one source.
pub(super) fn rows(
    spec: &Spec,
    source: &'static Source,
    fields: &'static [Field],
    elements: Vec<Packed>,
    references: &References,
) -> Vec<RawRow> {
    let Some(node) = source.node() else { return Vec::new() };
    let mut rows = Vec::with_capacity(elements.len());
    for (position, element) in elements.into_iter().enumerate() {
        let element = element.unpack(spec.slots());
        let mut taking = Taking { spec, element, position, references };
        if taking.all(node) {
            rows.push(taking.row(source.name, fields));
        }
    }
    rows
}

struct Taking<'a> {
    spec: &'a Spec,
    element: Caught,
    position: usize,
    references: &'a References,
}

impl Taking<'_> {
    /// Carries out every take; `false` when the element is no row.
    fn all(&mut self, node: &'static Node) -> bool {
        for take in node.takes {
            match *take {
                Take::Rename { from, to } => {
                    let value =
                        self.spec.slot(from).and_then(|i| self.element.slots.get_mut(i)?.take());
                    if value.is_some() {
                        self.put(to, value);
                    }
                }
                Take::Set { to, text } => self.put_text(to, text),
                Take::Or { to, text } => {
                    if self.text(to).is_none() {
                        self.put_text(to, text);
                    }
                }
                Take::Flag { from, to, on, off } => {
                    let is_on = self.is_there(from) && self.text(from).as_deref() != Some("0");
                    self.put_text(to, if is_on { on } else { off });
                }
                Take::Name { star, to } => {
                    if let Some(name) = self.element.stars.get(star).cloned() {
                        self.put(to, Some(RawValue::Text(name)));
                    }
                }
                Take::Position { to } => self.put_text(to, &self.position.to_string()),
                Take::Part { to } => self.put_text(to, &self.element.part.to_string()),
                // Written when the element ended.
                Take::Label { .. } => {}
                Take::Look { from, to, table } => {
                    let text = self.text(from);
                    let found = text.and_then(|text| self.references.resolve(table, &text));
                    self.put(to, found.map(|text| RawValue::Text(text.into())));
                }
                Take::Make { to, from, make } => {
                    let texts: Vec<Option<String>> =
                        from.iter().map(|name| self.text(name)).collect();
                    let texts: Vec<Option<&str>> = texts.iter().map(Option::as_deref).collect();
                    let made = make(&texts);
                    self.put(to, made.map(|text| RawValue::Text(text.into())));
                }
                Take::Only { from, is } => {
                    if !is.contains(&self.text(from).unwrap_or_default().as_str()) {
                        return false;
                    }
                }
                Take::Not { from, is } => {
                    if is.contains(&self.text(from).unwrap_or_default().as_str()) {
                        return false;
                    }
                }
            }
        }
        true
    }

    fn is_there(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    fn value(&self, name: &str) -> Option<&RawValue> {
        self.spec.slot(name).and_then(|i| self.element.slots.get(i)).and_then(Option::as_ref)
    }

    /// The text of a slot; `None` when absent or empty.
    fn text(&self, name: &str) -> Option<String> {
        Some(self.value(name)?.as_text().into_owned()).filter(|text| !text.is_empty())
    }

    fn put(&mut self, name: &str, value: Option<RawValue>) {
        if let Some(slot) = self.spec.slot(name).and_then(|i| self.element.slots.get_mut(i)) {
            *slot = value;
        }
    }

    fn put_text(&mut self, name: &str, text: &str) {
        self.put(name, Some(RawValue::Text(text.into())));
    }

    fn row(mut self, source: &'static str, fields: &'static [Field]) -> RawRow {
        let mut row = RawRow::new(source, fields.len());
        let mut content = String::new();
        for (i, field) in fields.iter().enumerate() {
            let value = self
                .spec
                .slot(field.name)
                .and_then(|slot| self.element.slots.get_mut(slot)?.take());
            if let Some(value) = &value {
                content.push_str(field.name);
                content.push('=');
                content.push_str(&value.as_text());
                content.push('\n');
            }
            row.set(i, value);
        }
        // Elements that no model ever saved have no uuid: what they say is who they are, where that is asked.
        if self.spec.is_by_uuid()
            && let Some(i) = fields.iter().position(|f| f.name == UUID)
            && row.get(i).is_none_or(|uuid| uuid.as_text().is_empty())
        {
            row.set(i, Some(RawValue::Text(digest(content.as_bytes()).into())));
        }
        row
    }
}
