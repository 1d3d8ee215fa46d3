//! What a file and a running firewall cannot both know.

use std::collections::BTreeMap;

use crate::domain::{AnyDomain, Cell, ParsedRow, Source, sql_names};

use super::changes::{Change, ChangeKind};
use super::upsert::{key_of, key_text};

/// Cells and rows of a domain that only the running firewall has, by place.
pub(super) struct Across {
    /// Places of cells that config.xml lacks.
    lacks: Vec<usize>,
    /// A place, and the texts that make a row one that config.xml cannot have.
    beyond: Vec<(usize, &'static [&'static str])>,
}

/// A row that is gone and came with the same key is one row: the two tell rows apart by fields that one of them
/// leaves out. What then says the same did not change.
pub(super) fn paired(domain: &'static dyn AnyDomain, changes: Vec<Change>) -> Vec<Change> {
    let columns = domain.columns();
    let key = |cells: &[Cell]| {
        let row = ParsedRow { cells: cells.to_vec(), ranges: Vec::new() };
        key_text(&key_of(&columns, &row))
    };
    let (mut gone, mut rest) = (BTreeMap::new(), Vec::with_capacity(changes.len()));
    for change in changes {
        match (&change.before, &change.now) {
            (Some(before), None) => drop(gone.insert(key(before), change)),
            _ => rest.push(change),
        }
    }
    for change in &mut rest {
        let came = change.now.as_deref().filter(|_| change.before.is_none());
        if let Some(before) = came.and_then(|cells| gone.remove(&key(cells))) {
            change.before = before.before;
            change.kind = ChangeKind::Modified;
        }
    }
    rest.retain(|change| change.before != change.now);
    rest.extend(gone.into_values());
    rest
}

impl Across {
    pub(super) fn new(domain: &'static dyn AnyDomain) -> Self {
        let names: Vec<(usize, &'static str)> = domain
            .columns()
            .iter()
            .flat_map(|column| sql_names(column).map(|_| column.name))
            .enumerate()
            .collect();
        let places = |wanted: &'static str| {
            names.iter().filter(move |(_, name)| *name == wanted).map(|(place, _)| *place)
        };
        let nodes: Vec<_> = domain.config_sources().into_iter().filter_map(Source::node).collect();
        let lacks = nodes.iter().flat_map(|node| node.lacks).flat_map(|name| places(name));
        let beyond = nodes.iter().flat_map(|node| node.beyond);
        let beyond =
            beyond.flat_map(|(name, values)| places(name).take(1).map(|place| (place, *values)));
        Self { lacks: lacks.collect(), beyond: beyond.collect() }
    }

    /// Leaves out the rows, and empties the cells, that say nothing about a change.
    pub(super) fn forget(&self, rows: &mut BTreeMap<String, ParsedRow>) {
        rows.retain(|_, row| !self.is_beyond(row));
        for row in rows.values_mut() {
            for place in &self.lacks {
                if let Some(cell) = row.cells.get_mut(*place) {
                    *cell = Cell::Null;
                }
            }
        }
    }

    fn is_beyond(&self, row: &ParsedRow) -> bool {
        self.beyond.iter().any(|(place, values)| {
            let text = match row.cells.get(*place) {
                Some(Cell::Text(text)) => text.to_string(),
                Some(Cell::Int(0)) if values.contains(&"false") => "false".to_owned(),
                Some(Cell::Int(1)) if values.contains(&"true") => "true".to_owned(),
                Some(Cell::Int(number)) => number.to_string(),
                _ => String::new(),
            };
            values.contains(&text.as_str())
        })
    }
}
