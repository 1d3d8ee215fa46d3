//! Addresses that went from one device to another.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension};

use crate::domain::{AnyDomain, Cell, sighting, sql_names};

use super::changes::{Change, ChangeKind};
use super::error::StoreError;

/// Marks addresses that another device had: a change of its own, and not one row less and one more.
pub(super) fn moved(
    connection: &Connection,
    domain: &'static dyn AnyDomain,
    changes: &mut Vec<Change>,
) -> Result<(), StoreError> {
    let Some(sighting) = sighting(domain) else { return Ok(()) };
    let columns = domain.columns();
    let names: Vec<_> = columns.iter().flat_map(sql_names).collect();
    let cell = |cells: &Option<Vec<Cell>>, name: &str| -> Option<Cell> {
        let at = names.iter().position(|n| n == name)?;
        cells.as_ref()?.get(at).filter(|cell| **cell != Cell::Null).cloned()
    };
    let client =
        |cells: &Option<Vec<Cell>>| sighting.clients.iter().find_map(|name| cell(cells, name));
    let address = format!("{}_sort", sighting.address);
    let mut gone: BTreeMap<Vec<u8>, Change> = BTreeMap::new();
    let ip = |cells: &Option<Vec<Cell>>| match cell(cells, &address) {
        Some(Cell::Blob(ip)) => Some(ip.into_vec()),
        _ => None,
    };
    let (removed, mut rest): (Vec<Change>, Vec<Change>) =
        changes.drain(..).partition(|change| change.kind == ChangeKind::Removed);
    let mut unaddressed = Vec::new();
    for change in removed {
        match ip(&change.before) {
            Some(ip) if !gone.contains_key(&ip) => drop(gone.insert(ip, change)),
            _ => unaddressed.push(change),
        }
    }
    for change in &mut rest {
        match change.kind {
            ChangeKind::Modified
                if client(&change.before) != client(&change.now)
                    && client(&change.before).is_some() =>
            {
                change.kind = ChangeKind::Moved;
            }
            ChangeKind::Added => {
                let Some(ip) = ip(&change.now) else { continue };
                let mine = client(&change.now);
                if let Some(before) = gone.get(&ip).filter(|gone| client(&gone.before) != mine) {
                    change.before.clone_from(&before.before);
                    change.kind = ChangeKind::Moved;
                    gone.remove(&ip);
                } else if let (Some(Cell::Text(mine)), false) = (&mine, gone.contains_key(&ip)) {
                    change.had = holder(connection, change, &ip, mine)?;
                    if change.had.is_some() {
                        change.kind = ChangeKind::Moved;
                    }
                }
            }
            _ => {}
        }
    }
    rest.extend(unaddressed);
    rest.extend(gone.into_values());
    *changes = rest;
    Ok(())
}

/// The device that had the address before, if that was another.
fn holder(
    connection: &Connection,
    change: &Change,
    ip: &[u8],
    mine: &str,
) -> Result<Option<String>, StoreError> {
    let failed = || StoreError::write("find who had an address");
    let sql = "SELECT s.client FROM sightings s JOIN presence p USING (sighting_id)
         WHERE s.ip_sort = ?1 AND s.firewall_id = ?2 AND p.first_at < ?3 ORDER BY p.first_run DESC LIMIT 1";
    let mut statement = connection.prepare_cached(sql).map_err(failed())?;
    let found: Option<String> = statement
        .query_row((ip, change.firewall.get(), change.at.millis()), |r| r.get(0))
        .optional()
        .map_err(failed())?;
    Ok(found.filter(|client| !client.eq_ignore_ascii_case(mine)))
}
