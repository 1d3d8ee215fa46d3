//! Any bit of history that is another one: told with the run and the domain it hurts, and everything else answers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use opndex::ask::{Answer, Ask, Query};
use opndex::domain::by_name;
use opndex::store::{Store, StoreError, Verified};
use opndex::types::{Clock, Moment, RunId};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rusqlite::types::Value;

use super::history::synced;
use super::support::effort::effort;
use super::support::index::run;

/// Where a bit may be another one, and whether that must be told: a wrong one of these changes what is read.
const PLACES: [(&str, &str, bool); 15] = [
    // LZ4 can say the same in two ways, and a larger size is only room: what is read is compared with its hash.
    ("chunks", "data", false),
    ("chunks", "data", false),
    ("chunks", "data", false),
    ("chunks", "size", false),
    ("chunks", "hash", true),
    ("chunks", "base", true),
    // Only a chunk with a base has a form, and depth only says when to store one whole.
    ("chunks", "form", false),
    ("chunks", "depth", false),
    ("snapshots", "root", true),
    ("snapshots", "height", true),
    ("snapshots", "rows", true),
    ("snapshots", "position", true),
    ("volatile_states", "data", false),
    ("volatile_states", "hash", true),
    ("volatiles", "data", false),
];

/// A place, and which of its rows, bytes and bits.
#[derive(Debug, Clone)]
struct Flip {
    place: usize,
    row: usize,
    byte: usize,
    bit: u32,
}

fn flips() -> impl Strategy<Value = Flip> {
    (0..PLACES.len(), any::<usize>(), any::<usize>(), 0_u32..64)
        .prop_map(|(place, row, byte, bit)| Flip { place, row, byte, bit })
}

impl Flip {
    /// Turns the bit round; `None` where no row has a value.
    fn apply(&self, path: &Path) -> Option<()> {
        let (table, column, _) = PLACES[self.place];
        let connection = rusqlite::Connection::open(path).unwrap();
        connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
        let keys = match table {
            "chunks" => "chunk_id, 0, 0",
            "snapshots" => "snapshot_id, 0, 0",
            "volatile_states" => "firewall_id, domain, position",
            _ => "firewall_id, domain, 0",
        };
        let sql = format!(
            "SELECT {keys}, {column} FROM {table} WHERE {column} IS NOT NULL AND length({column}) > 0 ORDER BY 1, 2, 3"
        );
        let mut statement = connection.prepare(&sql).unwrap();
        let rows: Vec<(Value, Value, Value, Value)> = statement
            .query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let (a, b, c, value) = rows.get(self.row % rows.len().max(1))?.clone();
        let value = match value {
            Value::Integer(number) => Value::Integer(number ^ (1 << self.bit)),
            Value::Blob(mut bytes) => {
                let at = self.byte % bytes.len();
                bytes[at] ^= 1 << (self.bit % 8);
                Value::Blob(bytes)
            }
            other => panic!("{other:?} in {table}.{column}"),
        };
        let names: Vec<&str> = keys.split(", ").collect();
        let sql = format!(
            "UPDATE {table} SET {column} = ?4 WHERE {} = ?1 AND {} = ?2 AND {} = ?3",
            names[0], names[1], names[2]
        );
        assert_eq!(connection.execute(&sql, (a, b, c, value)).unwrap(), 1, "{sql}");
        Some(())
    }
}

type State = (&'static str, RunId);

/// A history on disk, and what it says while it is whole.
struct Whole {
    bytes: Vec<u8>,
    clock: Clock,
    firewall: opndex::types::FirewallId,
    runs: Vec<RunId>,
    /// The stable lines of every domain as of every run.
    states: BTreeMap<State, Option<Vec<u8>>>,
    now: BTreeMap<&'static str, Vec<Vec<serde_json::Value>>>,
}

/// Domains that are looked at: of one chunk and of several, with volatile fields and without.
const DOMAINS: [&str; 5] = ["arp", "dhcp_leases", "firewall_rules", "interface_counters", "vlans"];

async fn asked(ask: &Ask, domain: &str, as_of: Option<RunId>) -> Answer {
    let query = Query {
        domain: domain.to_owned(),
        limit: Some(1_000),
        as_of: as_of.map(|run| format!("run {run}")),
        ..Query::default()
    };
    ask.query(&query).await.unwrap()
}

impl Whole {
    async fn new() -> Self {
        let (index, sim, firewall, _) = synced().await;
        for _ in 0..3 {
            index.clock.advance(4_000);
            sim.change(|world| {
                world.tick(4_000);
                world.leave(2);
                world.join(3);
                world.edit_rule();
            });
            run(&firewall).await;
        }
        sim.stop().await;
        let runs = index.store.runs(None, None, 10).await.unwrap();
        let (ask, id) = (index.ask(), runs[0].firewall);
        let runs: Vec<RunId> = runs.iter().map(|run| run.run).collect();
        let (mut states, mut now) = (BTreeMap::new(), BTreeMap::new());
        for name in DOMAINS {
            now.insert(name, asked(&ask, name, None).await.rows);
            for run in &runs {
                let (domain, moment) = (by_name(name).unwrap(), Moment::Run(*run));
                let lines = index.store.export(id, domain, moment).await.unwrap();
                states.insert((name, *run), lines);
            }
        }
        index.store.close().await;
        let bytes = std::fs::read(index.store.path()).unwrap();
        Self { bytes, clock: index.clock.clone(), firewall: id, runs, states, now }
    }

    async fn holds(&self, flip: &Flip) {
        let (table, column, must_be_told) = PLACES[flip.place];
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("opndex.db");
        std::fs::write(&path, &self.bytes).unwrap();
        if flip.apply(&path).is_none() {
            return;
        }
        let store = Store::open(&path).await.unwrap();
        let ask = Ask::new(store.clone(), self.clock.clone());
        let Verified { damages, .. } = store.verify().await.unwrap();
        let hurt: BTreeSet<&str> = damages.iter().map(|d| d.domain.as_str()).collect();
        let told = format!("{table}.{column}: {damages:?}");
        assert!(!damages.is_empty() || !must_be_told, "{told}");
        let mut broken: BTreeSet<&str> = BTreeSet::new();
        for ((name, run), lines) in &self.states {
            let domain = by_name(name).unwrap();
            match store.export(self.firewall, domain, Moment::Run(*run)).await {
                Ok(read) if read == *lines => {}
                // A snapshot that moved in history is found by `verify`, as a state of its own is whole.
                Ok(_) => assert!(hurt.contains(name), "{name} as of run {run}; {told}"),
                Err(StoreError::Damaged { .. }) => {
                    assert!(hurt.contains(name), "{name} as of run {run}; {told}");
                    broken.insert(name);
                    if *run == self.runs[0] {
                        // Tables show the newest run, whatever became of its snapshot.
                        continue;
                    }
                    let answer = asked(&ask, name, Some(*run)).await;
                    let notes = answer.freshness.notes.join("; ");
                    assert!(
                        !answer.freshness.complete && notes.contains("damaged"),
                        "{notes}; {told}"
                    );
                }
                Err(other) => panic!("{other:?} for {name} as of run {run}; {told}"),
            }
        }
        self.everything_else_answers(&store, &ask, &hurt, &broken, &told).await;
        store.close().await;
    }

    /// Now, then, in changes and in rebuilt tables.
    async fn everything_else_answers(
        &self,
        store: &Store,
        ask: &Ask,
        hurt: &BTreeSet<&str>,
        broken: &BTreeSet<&str>,
        told: &str,
    ) {
        for name in DOMAINS {
            assert_eq!(asked(ask, name, None).await.rows, self.now[name], "{name} now; {told}");
            let then = asked(ask, name, self.runs.last().copied()).await;
            let is_there = !then.rows.is_empty() || broken.contains(name);
            // Of a snapshot that left its place in history nothing but `verify` knows.
            assert!(is_there || hurt.contains(name), "{name} then; {told}");
        }
        let asked = opndex::ask::ChangesAsked {
            domain: Some("all".to_owned()),
            noise: true,
            limit: Some(1_000),
            ..Default::default()
        };
        let changes = ask.changes(&asked).await.unwrap();
        for name in DOMAINS.iter().filter(|name| !hurt.contains(*name)) {
            assert!(
                changes.changes.iter().any(|c| c.domain == *name) || *name == "vlans",
                "{name}"
            );
        }
        let rebuilt = store.rebuild().await.unwrap();
        for one in rebuilt.iter().filter(|one| one.problem.is_some()) {
            assert!(hurt.contains(one.domain), "{} is left as it is; {told}", one.domain);
        }
        for name in DOMAINS {
            assert_eq!(asked_rows(ask, name).await, self.now[name], "{name} rebuilt; {told}");
        }
    }
}

async fn asked_rows(ask: &Ask, name: &str) -> Vec<Vec<serde_json::Value>> {
    asked(ask, name, None).await.rows
}

/// The empty leaf of a domain without rows was taken for a node without children, whatever its height said.
#[test]
fn a_wrong_height_of_an_empty_domain_is_told() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let whole = Whole::new().await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("opndex.db");
        std::fs::write(&path, &whole.bytes).unwrap();
        let connection = rusqlite::Connection::open(&path).unwrap();
        for height in [1, 1_i64 << 36] {
            let sql = "UPDATE snapshots SET height = ?1 WHERE rows = 0";
            let raised = connection.execute(sql, [height]).unwrap();
            assert!(raised > 0);
            let store = Store::open(&path).await.unwrap();
            let verified = store.verify().await.unwrap();
            assert_eq!(verified.damages.len(), raised, "{height}: {verified:?}");
            store.close().await;
        }
    });
}

#[test]
fn any_flipped_bit_of_history_is_told_and_everything_else_answers() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let whole = runtime.block_on(Whole::new());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[11; 32]);
    let config = Config {
        cases: 40 * effort(),
        failure_persistence: None,
        max_shrink_iters: 40,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, rng)
        .run(&flips(), |flip| {
            runtime.block_on(whole.holds(&flip));
            Ok(())
        })
        .unwrap();
}
