//! The rows of a table that changed from one moment of a domain to the next.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension};

use crate::domain::{AnyDomain, Cadence, Cell, ParsedRow, RawRow, RawRows, moving_cells};
use crate::types::{FirewallId, RunId, Timestamp};

use super::across::{self, Across};
use super::changes::{Change, ChangeKind};
use super::chunks::Chunks;
use super::difference::{self, RowDifference};
use super::error::StoreError;
use super::moved;
use super::noise::Noise;
use super::steps::Step;
use super::upsert::{key_of, key_text};

/// Two neighbouring moments of one domain of one firewall.
pub(super) struct Compared<'a> {
    pub(super) connection: &'a Connection,
    pub(super) chunks: &'a Chunks<'a>,
    pub(super) firewall: FirewallId,
    pub(super) domain: &'static dyn AnyDomain,
    pub(super) old: Step,
    pub(super) new: Step,
    /// Volatile fields of both, when they are asked for and known.
    pub(super) noise: Option<&'a Noise>,
}

/// How far one row that differs is known.
#[derive(Debug, Clone, Copy)]
struct Known {
    /// Its volatile fields too.
    volatile: bool,
    is_noise: bool,
    /// When the row before was seen last.
    after: Timestamp,
}

impl Compared<'_> {
    /// What changed; rows that cannot be read as rows of the table are counted in `unreadable`.
    pub(super) fn changes(&self, unreadable: &mut usize) -> Result<Vec<Change>, StoreError> {
        let (domain, old, new) = (self.domain, &self.old, &self.new);
        // A file and a firewall do not know the same: what one of them cannot say did not change between them.
        let across = (old.is_file != new.is_file).then(|| Across::new(domain));
        let (mut changes, mut seen) = (Vec::new(), BTreeSet::new());
        let after = self.seen_until()?;
        let state = RawRows::new(domain, Vec::new());
        for mut difference in difference::rows(self.chunks, domain, Some(old.head), Some(new.head))?
        {
            let volatile = self.noise.is_some_and(|noise| {
                let mut identity = Vec::new();
                if let Some(row) = difference.before.as_ref().or(difference.after.as_ref()) {
                    state.write_identity(row, &mut identity);
                }
                let known = noise.complete(domain, &identity, &mut difference);
                seen.insert(identity);
                known
            });
            let known = Known { volatile, is_noise: false, after };
            self.push(&mut changes, &difference, across.as_ref(), known, unreadable);
        }
        if let Some(noise) = self.noise {
            let known = Known { volatile: true, is_noise: true, after: noise.since };
            for difference in noise.alone(domain, &seen) {
                self.push(&mut changes, &difference, across.as_ref(), known, unreadable);
            }
        }
        if across.is_some() {
            changes = across::paired(domain, changes);
        }
        if !old.thinned {
            moved::moved(self.connection, domain, &mut changes)?;
        }
        Ok(changes)
    }

    /// When the old state was last seen. A run that names the configuration revision has seen all of the
    /// configuration; of what runs by itself no more is known than when a state was seen first.
    fn seen_until(&self) -> Result<Timestamp, StoreError> {
        if self.domain.cadence() != Cadence::Config {
            return Ok(self.old.at);
        }
        let sql = "SELECT started_at FROM runs
             WHERE firewall_id = ? AND position >= ? AND position < ? AND config_revision IS NOT NULL ORDER BY position DESC LIMIT 1";
        let values = (self.firewall.get(), self.old.position, self.new.position);
        let found: Option<i64> = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut s| s.query_row(values, |r| r.get(0)).optional())
            .map_err(StoreError::write("find when a state was last seen"))?;
        Ok(found.map(Timestamp::from_millis).filter(|at| *at > self.old.at).unwrap_or(self.old.at))
    }

    /// The changes of the table that one row of the firewall makes.
    fn push(
        &self,
        changes: &mut Vec<Change>,
        difference: &RowDifference,
        across: Option<&Across>,
        known: Known,
        unreadable: &mut usize,
    ) {
        let mut read = |row: &Option<RawRow>| {
            parsed(self.domain, row.as_ref(), across, known.volatile, unreadable)
        };
        let (mut before, mut after) = (read(&difference.before), read(&difference.after));
        // One row of the firewall may be several of the table; a row whose key alone moved is the same row.
        if before.len() == 1 && after.len() == 1 {
            let (before, after) = (before.pop_first(), after.pop_first());
            changes.extend(self.change(
                before.map(|(_, row)| row),
                after.map(|(_, row)| row),
                known,
            ));
            return;
        }
        while let Some((key, row)) = before.pop_first() {
            let now = after.remove(&key);
            changes.extend(self.change(Some(row), now, known));
        }
        changes.extend(after.into_values().filter_map(|row| self.change(None, Some(row), known)));
    }

    /// `None` where a field differs that no column shows.
    fn change(
        &self,
        before: Option<ParsedRow>,
        now: Option<ParsedRow>,
        known: Known,
    ) -> Option<Change> {
        let kind = match (&before, &now) {
            (Some(_), Some(_)) => ChangeKind::Modified,
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Removed,
        };
        let (before, now) = (before.map(|row| row.cells), now.map(|row| row.cells));
        (before != now).then(|| Change {
            firewall: self.firewall,
            domain: self.domain,
            run: RunId::new(self.new.run),
            at: self.new.at,
            after: known.after,
            kind,
            is_noise: known.is_noise,
            before,
            now,
            had: None,
        })
    }
}

/// The rows of the table that one of the firewall stands for, by key, without what says nothing about a change.
fn parsed(
    domain: &'static dyn AnyDomain,
    row: Option<&RawRow>,
    across: Option<&Across>,
    with_volatile: bool,
    unreadable: &mut usize,
) -> BTreeMap<String, ParsedRow> {
    let columns = domain.columns();
    let mut parsed = Vec::new();
    if row.is_some_and(|row| domain.parse(row, &mut parsed).is_err()) {
        *unreadable += 1;
    }
    // Snapshots do not hold what changes by itself: what it would say now is made up.
    let row = row.filter(|_| !with_volatile);
    let moving = row.map(|row| moving_cells(domain, row)).unwrap_or_default();
    for cells in parsed.iter_mut().map(|row: &mut ParsedRow| &mut row.cells) {
        let made_up = cells.iter_mut().zip(&moving).filter(|(_, moves)| **moves);
        made_up.for_each(|(cell, _)| *cell = Cell::Null);
    }
    let keyed = parsed.into_iter().map(|row| (key_text(&key_of(&columns, &row)), row));
    let mut rows = keyed.collect();
    if let Some(across) = across {
        across.forget(&mut rows);
    }
    rows
}
