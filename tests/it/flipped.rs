//! A single bit that is not what was written, anywhere in what history is made of.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use opndex::ask::{Ask, Query};
use opndex::store::Store;
use opndex::types::{Clock, RunId};
use proptest::prelude::*;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _};

use super::history::synced;
use super::support::effort::effort;
use super::support::index::run;

/// Table, column, and which rows use it.
const PLACES: [(&str, &str, &str); 15] = [
    ("chunks", "data", "1"),
    ("chunks", "data", "base IS NOT NULL"),
    ("chunks", "hash", "1"),
    ("chunks", "size", "1"),
    ("chunks", "base", "base IS NOT NULL"),
    ("chunks", "form", "base IS NOT NULL"),
    ("snapshots", "root", "1"),
    ("snapshots", "height", "1"),
    ("snapshots", "rows", "1"),
    ("snapshots", "position", "1"),
    ("volatile_states", "data", "1"),
    ("volatile_states", "snapshot_id", "1"),
    ("volatiles", "hash", "1"),
    ("volatiles", "size", "1"),
    ("volatiles", "data", "1"),
];

const ASKED: [&str; 6] = ["aliases", "arp", "dhcp_leases", "firewall_rules", "interfaces", "vlans"];

/// Flips one bit of one cell; whether there was one, and what puts it back.
fn flip(
    connection: &Connection,
    (table, column, used): (&str, &str, &str),
    row: i64,
    bit: usize,
) -> Option<impl FnOnce(&Connection) + use<>> {
    let id = if table == "chunks" { "chunk_id" } else { "snapshot_id" };
    let key = if table.starts_with("volatile") { "firewall_id || domain" } else { id };
    let sql = format!(
        "SELECT {key}, \"{column}\" FROM {table} WHERE {used} ORDER BY 1
         LIMIT 1 OFFSET ?1 % max(1, (SELECT count(*) FROM {table} WHERE {used}))"
    );
    let found: Option<(Value, Value)> =
        connection.query_row(&sql, [row], |r| Ok((r.get(0)?, r.get(1)?))).optional().unwrap();
    let (key_value, before) = found?;
    let after = match before.clone() {
        Value::Blob(mut bytes) if !bytes.is_empty() => {
            let bit = bit % (bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
            Value::Blob(bytes)
        }
        Value::Integer(n) => Value::Integer(n ^ (1 << (bit % 63))),
        _ => return None,
    };
    let sql =
        format!("UPDATE {table} SET \"{column}\" = ?1 WHERE {key} = ?2 AND \"{column}\" = ?3");
    let changed = connection.execute(&sql, (&after, &key_value, &before)).unwrap();
    assert!(changed > 0, "{table}.{column}");
    Some(move |connection: &Connection| {
        assert_eq!(connection.execute(&sql, (&before, &key_value, &after)).unwrap(), changed);
    })
}

/// What some domains show at some runs; `None` where an answer says that it is not complete.
async fn shown(
    store: &Store,
    runs: &[RunId],
    clock: &Clock,
) -> BTreeMap<(RunId, &'static str), Option<String>> {
    let ask = Ask::new(store.clone(), clock.clone());
    let mut all = BTreeMap::new();
    for run in runs {
        for domain in ASKED {
            let query = Query {
                domain: domain.to_owned(),
                as_of: Some(format!("run {run}")),
                limit: Some(1_000),
                ..Query::default()
            };
            let answer = ask.query(&query).await;
            let whole = |notes: &[String]| notes.iter().all(|note| !note.contains("damage"));
            let told = answer.ok().filter(|answer| whole(&answer.freshness.notes));
            all.insert((*run, domain), told.map(|answer| format!("{:?}", answer.rows)));
        }
    }
    all
}

#[test]
fn any_flipped_bit_is_told_and_all_that_it_does_not_hurt_answers() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (index, sim, runs) = runtime.block_on(async {
        let (index, sim, firewall, report) = synced().await;
        let mut runs = vec![report.run.unwrap()];
        for _ in 0..2 {
            index.clock.advance(3_600);
            sim.change(|world| world.join(3));
            sim.change(|world| world.add_vlan(u16::try_from(90 + runs.len()).unwrap(), "LAB"))
                .unwrap();
            runs.push(run(&firewall).await.run.unwrap());
        }
        (index, sim, runs)
    });
    let path = index.store.path().to_owned();
    let before = runtime.block_on(async {
        assert!(index.store.verify().await.unwrap().damages.is_empty());
        shown(&index.store, &runs, &index.clock).await
    });
    let connection = Connection::open(&path).unwrap();
    let cases = ProptestConfig { cases: 48 * effort(), ..ProptestConfig::default() };
    let drawn = (proptest::sample::select(PLACES.to_vec()), 0..10_000_i64, 0..100_000_usize);
    let told = Cell::new(0_usize);
    proptest!(cases, |((place, row, bit) in drawn)| {
        let Some(restore) = flip(&connection, place, row, bit) else { return Ok(()) };
        let (damages, after) = runtime.block_on(async {
            // What an open store remembers of a moment was read before.
            let store = Store::open(&path).await.unwrap();
            let damages = store.verify().await.unwrap().damages;
            let after = shown(&store, &runs, &index.clock).await;
            store.close().await;
            (damages, after)
        });
        restore(&connection);
        told.set(told.get() + usize::from(!damages.is_empty()));
        let hurt: BTreeSet<&str> = damages.iter().map(|d| d.domain.as_str()).collect();
        for (at, rows) in &after {
            prop_assert!(
                hurt.contains(at.1) || *rows == before[at],
                "{place:?} row {row} bit {bit}: {at:?} differs, told: {damages:?}"
            );
        }
        // A flip that is not told has not changed what anything holds: LZ4 may copy the same bytes from elsewhere.
        prop_assert!(
            !damages.is_empty() || place.1 == "data",
            "{place:?} row {row} bit {bit} is not told"
        );
    });
    assert!(told.get() > 30, "{} were told", told.get());
    runtime.block_on(sim.stop());
}
