//! Changes of what changes by itself: between two moments at which its values were kept.
//!
//! The values of a run are kept when those kept before are an hour old ([`super::snapshot`]), and one a day of those
//! older than a week ([`super::prune`]). So these moments are not those of the snapshots, and what the values were
//! in between nobody knows: [`NoiseGaps`] says of which domains that is so.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension};

use crate::domain::{AnyDomain, RawRow};
use crate::types::{FirewallId, Timestamp};

use super::beside::{self, Beside};
use super::chunks::Chunks;
use super::difference::RowDifference;
use super::error::StoreError;
use super::steps::{Step, Stream, Values};

/// What is not known of fields that change by themselves, by domain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoiseGaps {
    /// Runs lie between the moments whose values were compared: what they saw was not kept.
    pub between: BTreeSet<&'static str>,
    /// Changes are shown without these fields: their values of then were not kept.
    pub without: BTreeSet<&'static str>,
    /// Values of no moment that was asked about were kept, and they were others before than after.
    pub unknown: BTreeSet<&'static str>,
}

/// Every row with its volatile fields, at the moment of a step and at the one before it that was kept.
pub(super) struct Noise {
    before: BTreeMap<Vec<u8>, RawRow>,
    now: BTreeMap<Vec<u8>, RawRow>,
    /// When the values before were seen.
    pub(super) since: Timestamp,
    /// Runs lie between the two.
    pub(super) is_apart: bool,
}

/// What is known at `step`; `None` when its values, or any before them, were not kept.
pub(super) fn at(
    connection: &Connection,
    chunks: &Chunks<'_>,
    firewall: FirewallId,
    domain: &'static dyn AnyDomain,
    step: &Step,
) -> Result<Option<Noise>, StoreError> {
    let until = |position| beside::until(connection, firewall, domain, position);
    let now = match step.values {
        None => None,
        Some(Values::Kept) => until(step.position)?,
        Some(Values::Newest) => beside::newest(connection, firewall, domain)?,
    };
    let Some(now) = now else { return Ok(None) };
    let Some(before) = until(step.position.saturating_sub(1))? else { return Ok(None) };
    let is_apart = runs_between(connection, firewall, &before, &now)?;
    Ok(Some(Noise {
        since: before.at,
        is_apart,
        before: before.rows(chunks, domain)?,
        now: now.rows(chunks, domain)?,
    }))
}

fn runs_between(
    connection: &Connection,
    firewall: FirewallId,
    before: &Beside,
    now: &Beside,
) -> Result<bool, StoreError> {
    let failed = || StoreError::write("look for runs in between");
    let sql = "SELECT EXISTS (SELECT 1 FROM runs WHERE firewall_id = ? AND position > ? AND position < ?)";
    connection
        .prepare_cached(sql)
        .and_then(|mut s| {
            s.query_row((firewall.get(), before.position, now.position), |r| r.get(0))
        })
        .map_err(failed())
}

impl Noise {
    /// Adds to a row that changed what it says of the volatile fields, before and after; whether that is known.
    pub(super) fn complete(
        &self,
        domain: &'static dyn AnyDomain,
        identity: &[u8],
        difference: &mut RowDifference,
    ) -> bool {
        let (before, now) = (self.before.get(identity), self.now.get(identity));
        let pairs = [(&mut difference.before, before), (&mut difference.after, now)];
        if pairs.iter().any(|(row, known)| row.is_some() && known.is_none()) {
            return false;
        }
        for (row, known) in pairs {
            if let (Some(row), Some(known)) = (row, known) {
                row.take_volatile(domain.fields(), known);
            }
        }
        true
    }

    /// Rows of which only volatile fields differ: those that are not among the changed ones.
    pub(super) fn alone<'n>(
        &'n self,
        domain: &'static dyn AnyDomain,
        changed: &'n BTreeSet<Vec<u8>>,
    ) -> impl Iterator<Item = RowDifference> + 'n {
        self.now.iter().filter_map(move |(identity, now)| {
            let known = self.before.get(identity).filter(|_| !changed.contains(identity))?;
            if known.same_volatile(domain.fields(), now) {
                return None;
            }
            // What is stable has a step of its own.
            let mut before = now.clone();
            before.take_volatile(domain.fields(), known);
            Some(RowDifference { before: Some(before), after: Some(now.clone()) })
        })
    }
}

/// Domains of lists without any kept moment whose volatile fields were others before than after.
pub(super) fn unknown(
    connection: &Connection,
    streams: &[Stream],
) -> Result<BTreeSet<&'static str>, StoreError> {
    let mut unknown = BTreeSet::new();
    for stream in streams.iter().filter(|s| s.with_noise && s.values_seen == 0) {
        if is_unknown(connection, stream)? {
            unknown.insert(stream.domain.name());
        }
    }
    Ok(unknown)
}

fn is_unknown(connection: &Connection, stream: &Stream) -> Result<bool, StoreError> {
    let failed = || StoreError::write("compare volatile fields");
    let (firewall, domain) = (stream.firewall.get(), stream.domain.name());
    let hash = |sql: &str, position: i64| -> Result<Option<Vec<u8>>, StoreError> {
        let mut statement = connection.prepare_cached(sql).map_err(failed())?;
        statement.query_row((firewall, domain, position), |r| r.get(0)).optional().map_err(failed())
    };
    let before = "SELECT hash FROM volatile_states WHERE firewall_id = ? AND domain = ? AND position <= ? ORDER BY position DESC LIMIT 1";
    let after = "SELECT hash FROM volatile_states WHERE firewall_id = ? AND domain = ? AND position > ? ORDER BY position LIMIT 1";
    let now = "SELECT hash FROM volatiles WHERE firewall_id = ? AND domain = ? AND ? IS NOT NULL";
    let since = begins_at(connection, stream)?;
    let before = hash(before, since)?;
    let after = match hash(after, since)? {
        Some(after) => Some(after),
        None => hash(now, since)?,
    };
    // A domain that was never read has neither.
    Ok(before != after)
}

/// The place in history after which changes are asked for: that of the first kept moment for a domain that was first
/// read later, since what a first sync finds is no change.
fn begins_at(connection: &Connection, stream: &Stream) -> Result<i64, StoreError> {
    let sql = "SELECT CASE WHEN ?3 >= (SELECT min(position) FROM snapshots WHERE firewall_id = ?1 AND domain = ?2) THEN ?3
                ELSE coalesce((SELECT min(position) FROM volatile_states WHERE firewall_id = ?1 AND domain = ?2), ?3) END";
    let since = stream.since.map_or(i64::MIN, |(position, _)| position);
    connection
        .prepare_cached(sql)
        .and_then(|mut s| {
            s.query_row((stream.firewall.get(), stream.domain.name(), since), |r| r.get(0))
        })
        .map_err(StoreError::write("find when a domain was first read"))
}
