//! Presence: which device had which address when, as intervals.
//!
//! Kept inside the transaction that applies a domain, for the addresses whose rows were written: an unchanged
//! sync writes nothing, because an interval is open as long as its row is in a table, and was last seen
//! whenever its sources were last good.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use rusqlite::{Connection, Statement};

use crate::domain::{AnyDomain, Only, SIGHTINGS, Sighting, sighting};
use crate::types::{FirewallId, RunId, Timestamp};

use super::error::StoreError;

/// Addresses whose rows were written or deleted.
#[derive(Debug)]
pub(super) enum Touched {
    /// The table was filled anew.
    All,
    Some(BTreeSet<Box<[u8]>>),
}

/// When the rows of `domain` were last confirmed, before this apply is recorded.
pub(super) fn last_good(
    connection: &Connection,
    firewall: FirewallId,
    domain: &'static dyn AnyDomain,
) -> Result<Option<Timestamp>, StoreError> {
    let failed = || StoreError::write("find when a domain was last good");
    let sql = "SELECT max(good_at) FROM sources WHERE firewall_id = ? AND domain = ?";
    let mut statement = connection.prepare_cached(sql).map_err(failed())?;
    statement
        .query_row((firewall.get(), domain.name()), |r| r.get::<_, Option<i64>>(0))
        .map(|at| at.map(Timestamp::from_millis))
        .map_err(failed())
}

/// Opens and closes the intervals of `touched` addresses after the table of `domain` has changed. What is gone
/// was last seen at `before`.
pub(super) fn update(
    connection: &Connection,
    firewall: FirewallId,
    domain: &'static dyn AnyDomain,
    run: RunId,
    (before, now): (Option<Timestamp>, Timestamp),
    touched: &Touched,
) -> Result<(), StoreError> {
    let failed = || StoreError::write("keep presence");
    let Some(sighting) = sighting(domain) else { return Ok(()) };
    let one = matches!(touched, Touched::Some(_));
    let prepare = |text: &str| connection.prepare_cached(text).map_err(failed());
    let mut close = prepare(&closing(one))?;
    let mut closed = prepare(
        "UPDATE presence SET last_at = max(first_at, ?2) WHERE sighting_id = ?1 AND last_at IS NULL",
    )?;
    let mut open = prepare(&opening(sighting, one))?;
    let mut opened = prepare(
        "INSERT INTO presence (sighting_id, first_run, first_at) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET last_at = NULL",
    )?;
    let seen = before.unwrap_or(now).min(now).millis();
    let mut look = |address: Option<&[u8]>| -> Result<(), StoreError> {
        for id in ids(&mut close, firewall, seen, address)? {
            closed.execute((id, seen)).map_err(failed())?;
        }
        for id in ids(&mut open, firewall, now.millis(), address)? {
            opened.execute((id, run.get(), now.millis())).map_err(failed())?;
        }
        Ok(())
    };
    match touched {
        Touched::All => look(None),
        Touched::Some(addresses) => addresses.iter().try_for_each(|ip| look(Some(ip))),
    }
}

fn ids(
    statement: &mut Statement<'_>,
    firewall: FirewallId,
    at: i64,
    address: Option<&[u8]>,
) -> Result<Vec<i64>, StoreError> {
    let read = |r: &rusqlite::Row<'_>| r.get(0);
    let found = match address {
        Some(ip) => statement.query_map((firewall.get(), at, ip), read),
        None => statement.query_map((firewall.get(), at), read),
    };
    found.and_then(Iterator::collect).map_err(StoreError::write("keep presence"))
}

/// Ends sightings that no table shows any more.
fn closing(one: bool) -> String {
    let mut text = "UPDATE sightings SET last_at = max(first_at, ?2) WHERE firewall_id = ?1 AND last_at IS NULL".to_owned();
    if one {
        text.push_str(" AND ip_sort = ?3");
    }
    for s in SIGHTINGS {
        // Writing into a string cannot fail.
        let _infallible = write!(
            text,
            " AND NOT EXISTS (SELECT 1 FROM \"{0}\" t WHERE t.firewall_id = ?1 AND t.\"{1}_sort\" = sightings.ip_sort AND {2} = sightings.client AND coalesce(t.\"{3}\", '') = sightings.interface AND {4})",
            s.domain,
            s.address,
            client(s),
            s.interface,
            condition(s)
        );
    }
    text.push_str(" RETURNING sighting_id");
    text
}

/// Begins sightings that the table shows; one that is open stays as it is and is not returned.
fn opening(s: &Sighting, one: bool) -> String {
    let address = if one { format!(" AND t.\"{}_sort\" = ?3", s.address) } else { String::new() };
    format!(
        "INSERT INTO sightings (firewall_id, client, ip, ip_sort, interface, first_at)
         SELECT DISTINCT t.firewall_id, {client}, t.\"{ip}\", t.\"{ip}_sort\", coalesce(t.\"{interface}\", ''), ?2
         FROM \"{domain}\" t WHERE t.firewall_id = ?1 AND {client} IS NOT NULL AND {condition}{address}
         ON CONFLICT (client, ip_sort, interface, firewall_id) DO UPDATE SET last_at = NULL WHERE last_at IS NOT NULL
         RETURNING sighting_id",
        client = client(s),
        ip = s.address,
        interface = s.interface,
        domain = s.domain,
        condition = condition(s),
    )
}

fn client(s: &Sighting) -> String {
    let columns: Vec<String> = s.clients.iter().map(|name| format!("t.\"{name}\"")).collect();
    match columns.as_slice() {
        [one] => one.clone(),
        several => format!("coalesce({})", several.join(", ")),
    }
}

fn condition(s: &Sighting) -> String {
    match s.only {
        Only::Always => "1".to_owned(),
        Only::Says(column, word) => format!("t.\"{column}\" = '{word}'"),
        Only::Not(column) => format!("t.\"{column}\" IS NOT 1"),
    }
}

/// The devices that the tables of `connection` show, as an expression for `IN`.
pub(super) fn clients() -> String {
    let one = |s: &Sighting| format!("SELECT {} FROM \"{}\" t", client(s), s.domain);
    SIGHTINGS.iter().map(one).collect::<Vec<_>>().join(" UNION ")
}
