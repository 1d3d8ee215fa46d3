//! What differs between the stored state and a new one, leaf by leaf. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{AnyDomain, Cell, ParsedRow, RawRow, RawRows, Reject, read_row};
use crate::types::ContentHash;

use super::chunk::Leaf;
use super::snapshot::split;
use super::upsert::{key_of, key_text};

/// Rows to look at again: positions in the new state.
pub(super) fn rows_of_new_leaves(leaves: &[Leaf], old: &BTreeSet<ContentHash>) -> Vec<usize> {
    leaves
        .iter()
        .filter(|leaf| !old.contains(&leaf.chunk.hash))
        .flat_map(|leaf| leaf.rows.clone())
        .collect()
}

/// Leaves of the old state that the new one no longer has, in order.
pub(super) fn removed(old: &[ContentHash], new: &[Leaf]) -> Vec<ContentHash> {
    let kept: BTreeSet<ContentHash> = new.iter().map(|leaf| leaf.chunk.hash).collect();
    old.iter().filter(|hash| !kept.contains(hash)).copied().collect()
}

/// The stable lines of removed leaves.
pub(super) struct OldLines<'a> {
    lines: BTreeSet<&'a [u8]>,
}

impl<'a> OldLines<'a> {
    pub(super) fn new(contents: &'a [Vec<u8>]) -> Self {
        Self { lines: contents.iter().flat_map(|content| split(content)).collect() }
    }

    pub(super) fn has(&self, line: &[u8]) -> bool {
        self.lines.contains(line.strip_suffix(b"\n").unwrap_or(line))
    }

    /// The rows of those leaves, as they were read then.
    pub(super) fn rows(&self, domain: &'static dyn AnyDomain) -> Vec<RawRow> {
        self.lines.iter().filter_map(|line| read_row(domain, line, None)).collect()
    }
}

/// A row that could not be read.
#[derive(Debug)]
pub(super) struct Rejected {
    pub(super) identity: Vec<u8>,
    pub(super) source: &'static str,
    pub(super) field: &'static str,
    pub(super) reason: String,
    pub(super) raw: String,
}

impl Rejected {
    fn new(state: &RawRows, row: &RawRow, reject: Reject) -> Self {
        let (mut identity, mut raw) = (Vec::new(), Vec::new());
        state.write_identity(row, &mut identity);
        state.write_stable(row, &mut raw);
        let raw = String::from_utf8_lossy(raw.trim_ascii_end()).into_owned();
        Self { identity, source: row.source, field: reject.field, reason: reject.reason, raw }
    }
}

/// Rows of part of a state, read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) rows: Vec<ParsedRow>,
    pub(super) rejected: Vec<Rejected>,
}

/// Reads the rows at `positions`.
pub(super) fn read<'p>(
    domain: &'static dyn AnyDomain,
    state: &RawRows,
    positions: impl Iterator<Item = &'p usize>,
) -> Reading {
    let mut reading = Reading::default();
    for row in positions.filter_map(|i| state.rows().get(*i)) {
        if let Err(reject) = domain.parse(row, &mut reading.rows) {
            reading.rejected.push(Rejected::new(state, row, reject));
        }
    }
    reading
}

/// How the keys of part of a state moved.
#[derive(Debug)]
pub(super) struct Keys {
    /// Keys that no row has any more.
    pub(super) gone: Vec<Vec<Cell>>,
    /// How many rows have a key that no row had.
    pub(super) added: i64,
}

impl Keys {
    pub(super) fn gone_count(&self) -> i64 {
        i64::try_from(self.gone.len()).unwrap_or(i64::MAX)
    }
}

/// Compares the keys of old rows with those of new ones.
pub(super) fn keys(domain: &'static dyn AnyDomain, old: &[RawRow], new: &[ParsedRow]) -> Keys {
    let columns = domain.columns();
    let mut parsed = Vec::new();
    for row in old {
        // A row that was a reject then never was in the table.
        let _rejected = domain.parse(row, &mut parsed);
    }
    let had: BTreeMap<String, Vec<Cell>> =
        parsed.iter().map(|row| key_of(&columns, row)).map(|key| (key_text(&key), key)).collect();
    let has: BTreeSet<String> = new.iter().map(|row| key_text(&key_of(&columns, row))).collect();
    // Counted by row and not by key: a duplicate key shows as a row too many.
    let kept = has.iter().filter(|key| had.contains_key(*key)).count();
    let added =
        i64::try_from(new.len()).unwrap_or(i64::MAX) - i64::try_from(kept).unwrap_or(i64::MAX);
    Keys {
        gone: had.into_iter().filter(|(text, _)| !has.contains(text)).map(|(_, key)| key).collect(),
        added,
    }
}

/// Raw rows whose key an earlier row of the state has already.
pub(super) fn duplicates(domain: &'static dyn AnyDomain, state: &RawRows) -> Vec<Rejected> {
    let columns = domain.columns();
    let mut seen = BTreeSet::new();
    let mut rejected = Vec::new();
    for row in state.iter() {
        let mut parsed = Vec::new();
        if domain.parse(row, &mut parsed).is_err() {
            continue;
        }
        for key in parsed.iter().map(|row| key_text(&key_of(&columns, row))) {
            if !seen.insert(key.clone()) {
                let reject = Reject::new("key", format!("another row has the same key {key}"));
                rejected.push(Rejected::new(state, row, reject));
            }
        }
    }
    rejected
}
