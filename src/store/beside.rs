//! Fields that change by themselves, beside the rows of the snapshot that they were seen with.
//!
//! Those of the newest state are in `volatiles`, earlier ones in `volatile_states`: one per hour, thinned to one per
//! day. Each is a list of lines in the order of its snapshot's rows.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension};

use crate::domain::{AnyDomain, RawRow, RawRows, read_row};
use crate::types::{ContentHash, FirewallId, Timestamp};

use super::chunk;
use super::chunks::Chunks;
use super::error::StoreError;
use super::snapshot::{self, Head, Height, split};

/// The volatile fields of every row at one moment.
pub(super) struct Beside {
    /// The snapshot whose rows they stand beside.
    pub(super) of: Head,
    /// Place in history.
    pub(super) position: i64,
    pub(super) at: Timestamp,
    content: Vec<u8>,
}

/// Place, moment, hash, size and data; the snapshot, its root and height.
type Columns = (i64, i64, Vec<u8>, i64, Vec<u8>, i64, Vec<u8>, Height);

/// Those that were kept last up to a place in history.
pub(super) fn until(
    connection: &Connection,
    firewall: FirewallId,
    domain: &'static dyn AnyDomain,
    position: i64,
) -> Result<Option<Beside>, StoreError> {
    let failed = || StoreError::write("read earlier volatile fields");
    let sql = "SELECT v.position, v.at, v.hash, v.size, v.data, s.snapshot_id, s.root, s.height
         FROM volatile_states v JOIN snapshots s ON s.snapshot_id = v.snapshot_id AND s.firewall_id = v.firewall_id AND s.domain = v.domain
          AND s.position = (SELECT max(position) FROM snapshots n WHERE n.firewall_id = v.firewall_id AND n.domain = v.domain AND n.position <= v.position)
         WHERE v.firewall_id = ? AND v.domain = ? AND v.position <= ? ORDER BY v.position DESC LIMIT 1";
    let mut statement = connection.prepare_cached(sql).map_err(failed())?;
    let found = statement
        .query_row((firewall.get(), domain.name(), position), |r| Columns::try_from(r))
        .optional()
        .map_err(failed())?;
    found.map(|columns| Beside::new(domain, columns)).transpose()
}

/// Those of the newest state, at the run that saw them first beside these rows.
pub(super) fn newest(
    connection: &Connection,
    firewall: FirewallId,
    domain: &'static dyn AnyDomain,
) -> Result<Option<Beside>, StoreError> {
    let failed = || StoreError::write("read volatile fields");
    let sql = "SELECT max(r.position, s.position), max(r.started_at, s.taken_at), v.hash, v.size, v.data, s.snapshot_id, s.root, s.height
         FROM volatiles v JOIN domains d USING (firewall_id, domain) JOIN snapshots s ON s.snapshot_id = d.snapshot_id
              JOIN runs r ON r.run_id = v.run_id
         WHERE v.firewall_id = ? AND v.domain = ?";
    let mut statement = connection.prepare_cached(sql).map_err(failed())?;
    let found = statement
        .query_row((firewall.get(), domain.name()), |r| Columns::try_from(r))
        .optional()
        .map_err(failed())?;
    found.map(|columns| Beside::new(domain, columns)).transpose()
}

impl Beside {
    fn new(domain: &'static dyn AnyDomain, columns: Columns) -> Result<Self, StoreError> {
        let (position, at, hash, size, data, id, root, height) = columns;
        let damaged = |problem| StoreError::Damaged {
            domain: domain.name(),
            chunk: format!("(fields that change by themselves, beside snapshot {id})"),
            problem,
        };
        let hash = ContentHash::from_slice(&hash).ok_or_else(|| damaged("has no address"))?;
        let root = ContentHash::from_slice(&root).ok_or_else(|| damaged("has no address"))?;
        let content = chunk::decompress(domain.name(), hash, size, &data)?;
        let of = Head { id, root, height: height.0 };
        Ok(Self { of, position, at: Timestamp::from_millis(at), content })
    }

    /// One line for each row, in the order of the snapshot.
    pub(super) fn lines(&self) -> Vec<&[u8]> {
        split(&self.content).collect()
    }

    /// Every row with its volatile fields, by identity.
    pub(super) fn rows(
        &self,
        chunks: &Chunks<'_>,
        domain: &'static dyn AnyDomain,
    ) -> Result<BTreeMap<Vec<u8>, RawRow>, StoreError> {
        let stable = snapshot::lines(chunks, self.of)?;
        let lines = self.lines();
        let rows = read(domain, &stable, self.of, |i| lines.get(i).copied())?;
        let state = RawRows::new(domain, Vec::new());
        let identified = rows.into_iter().map(|row| {
            let mut identity = Vec::new();
            state.write_identity(&row, &mut identity);
            (identity, row)
        });
        Ok(identified.collect())
    }
}

/// The rows of a snapshot, with the volatile fields that `beside` has for the row at a place.
pub(super) fn read<'l>(
    domain: &'static dyn AnyDomain,
    stable: &[u8],
    head: Head,
    beside: impl Fn(usize) -> Option<&'l [u8]>,
) -> Result<Vec<RawRow>, StoreError> {
    let row = |(i, line)| read_row(domain, line, beside(i));
    let rows: Option<Vec<RawRow>> = split(stable).enumerate().map(row).collect();
    rows.ok_or_else(|| snapshot::not_rows(domain, head))
}
