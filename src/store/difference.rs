//! What differs between two snapshots of a domain: the chunks that only one of them has, then their rows.
//!
//! Chunks that both have are never read, so a difference costs what differs, wherever in the table it lies.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{AnyDomain, RawRow, RawRows, read_row};
use crate::types::ContentHash;

use super::chunk;
use super::chunks::Chunks;
use super::error::StoreError;
use super::snapshot::{Head, not_rows, split};

/// One row that is not the same in both: gone, come, or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowDifference {
    pub before: Option<RawRow>,
    pub after: Option<RawRow>,
}

/// Rows that differ, in the order of their identities. No snapshot is an empty state.
pub(super) fn rows(
    chunks: &Chunks<'_>,
    domain: &'static dyn AnyDomain,
    old: Option<Head>,
    new: Option<Head>,
) -> Result<Vec<RowDifference>, StoreError> {
    let (gone, come) = leaves(chunks, old, new)?;
    let contents = |hashes: &[ContentHash]| -> Result<Vec<_>, StoreError> {
        hashes.iter().map(|hash| chunks.get(*hash)).collect()
    };
    let (gone, come) = (contents(&gone)?, contents(&come)?);
    let lines = |contents: &[_]| -> BTreeSet<Vec<u8>> {
        let all =
            contents.iter().flat_map(|c: &std::rc::Rc<super::chunks::Stored>| split(&c.content));
        all.map(<[u8]>::to_vec).collect()
    };
    let (gone, come) = (lines(&gone), lines(&come));
    let damaged = |head: Option<Head>| {
        move || {
            let nowhere = Head { id: 0, root: chunk::hash(&[]), height: 0 };
            not_rows(domain, head.unwrap_or(nowhere))
        }
    };
    let state = RawRows::new(domain, Vec::new());
    let identity = |row: &RawRow| {
        let mut bytes = Vec::new();
        state.write_identity(row, &mut bytes);
        bytes
    };
    let mut differences: BTreeMap<Vec<u8>, RowDifference> = BTreeMap::new();
    for line in gone.difference(&come) {
        let row = read_row(domain, line, None).ok_or_else(damaged(old))?;
        let difference = RowDifference { before: Some(row.clone()), after: None };
        differences.insert(identity(&row), difference);
    }
    for line in come.difference(&gone) {
        let row = read_row(domain, line, None).ok_or_else(damaged(new))?;
        let one = differences
            .entry(identity(&row))
            .or_insert(RowDifference { before: None, after: None });
        one.after = Some(row);
    }
    Ok(differences.into_values().collect())
}

/// Leaves that only the old tree has, and those that only the new one has.
fn leaves(
    chunks: &Chunks<'_>,
    old: Option<Head>,
    new: Option<Head>,
) -> Result<(Vec<ContentHash>, Vec<ContentHash>), StoreError> {
    for head in old.iter().chain(&new) {
        head.check(chunks.domain())?;
    }
    let start = |head: Option<Head>| -> (u32, Vec<ContentHash>) {
        head.map_or((0, Vec::new()), |head| (head.height, vec![head.root]))
    };
    let ((mut above_old, mut gone), (mut above_new, mut come)) = (start(old), start(new));
    loop {
        if above_old == above_new {
            let common: BTreeSet<ContentHash> = {
                let new: BTreeSet<_> = come.iter().collect();
                gone.iter().filter(|hash| new.contains(hash)).copied().collect()
            };
            gone.retain(|hash| !common.contains(hash));
            come.retain(|hash| !common.contains(hash));
            if above_old == 0 {
                return Ok((gone, come));
            }
        }
        // The higher tree is opened first, so that levels meet.
        let (open_old, open_new) = (above_old >= above_new, above_new >= above_old);
        if open_old {
            (gone, above_old) = (below(chunks, &gone)?, above_old - 1);
        }
        if open_new {
            (come, above_new) = (below(chunks, &come)?, above_new - 1);
        }
    }
}

fn below(chunks: &Chunks<'_>, nodes: &[ContentHash]) -> Result<Vec<ContentHash>, StoreError> {
    let mut hashes = Vec::new();
    for node in nodes {
        hashes.extend(chunk::children(&chunks.get(*node)?.content));
    }
    Ok(hashes)
}
