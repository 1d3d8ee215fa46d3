//! A simulated year of five-minute runs over 1,000 devices: what a day costs and which part of the file takes
//! it, how long the first and the next look at a moment takes, and the difference between any two.
//!
//! `cargo bench --bench history [-- DAYS [DEVICES]]`; a year took two hours beside other work.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a bench prints, stops at the first surprise, and shows rates as fractions"
)]

#[path = "support/year.rs"]
mod year;

use std::path::Path;
use std::time::Instant;

use opndex::ask::{Ask, Query};
use opndex::domain::AnyDomain;
use opndex::store::{Batch, Retention, RunEnd, RunOutcome, SourceState, State, Store};
use opndex::types::{Clock, FirewallId, Moment, RunId, Timestamp};

use year::{Network, STEP, domains};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A Thursday, midnight.
const START: i64 = 1_795_651_200 - 365 * 86_400;

const RUNS_OF_A_DAY: usize = 288;

/// Every state of the year stays. What `serve` does once a day thins out volatile fields alone.
const EVERYTHING: Retention = Retention {
    keep_all: None,
    hourly: None,
    daily: None,
    weekly: None,
    configuration: None,
    presence: None,
};

fn main() {
    let asked: Vec<u64> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let days = asked.first().copied().unwrap_or(365);
    let devices = asked.get(1).copied().unwrap_or(1_000);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    // A year to look at afterwards.
    let kept = std::env::var_os("HISTORY_BENCH_FILE").map(std::path::PathBuf::from);
    let path = kept.unwrap_or_else(|| folder.path().join("year.db"));
    runtime.block_on(async {
        let runs = fill(&path, days, devices).await;
        sizes(&path, days);
        looks(&path, &runs).await;
    });
}

/// Applies every five minutes; the runs and when they began.
async fn fill(path: &Path, days: u64, devices: u64) -> Vec<RunId> {
    let store = Store::open(path).await.expect("a store");
    let began = Timestamp::from_seconds(START);
    let firewall = store.firewall("fw", "http://fw", began).await.expect("a firewall");
    let mut network = Network::new(START, devices);
    let (mut runs, mut changed, mut rules) = (Vec::new(), 0, u64::MAX);
    let took = Instant::now();
    for _ in 0..days * 86_400 / u64::try_from(STEP).expect("a step") {
        network.step();
        let now = Timestamp::from_seconds(network.now);
        let run = store.run_begin(firewall, now).await.expect("a run");
        let mut here = 0;
        for domain in domains() {
            // Configuration is read when its revision moved.
            if domain.name() == "firewall_rules" && rules == network.rules_edited() {
                continue;
            }
            let batch = batch(firewall, domain, run, now, &network);
            here += store.apply(batch).await.expect("applied").changed;
        }
        rules = network.rules_edited();
        let end =
            RunEnd { outcome: RunOutcome::Complete, requests: 4, changed: here, reason: None };
        store.run_end(run, now.plus_seconds(2), end).await.expect("ended");
        changed += here;
        runs.push(run);
        if runs.len() % RUNS_OF_A_DAY == 0 {
            store.prune(EVERYTHING, now).await.expect("kept");
        }
    }
    let each = took.elapsed().as_secs_f64() * 1e3 / runs.len() as f64;
    println!(
        "{days} days, {devices} devices: {} runs of {each:.1} ms, {changed} rows changed",
        runs.len()
    );
    store.close().await;
    runs
}

fn batch(
    firewall: FirewallId,
    domain: &'static dyn AnyDomain,
    run: RunId,
    at: Timestamp,
    network: &Network,
) -> Batch {
    let rows = network.state(domain);
    let source = SourceState {
        name: rows.rows().first().map_or(domain.sources()[0].name, |row| row.source),
        state: State::Fresh,
        reason: None,
        gap: None,
        rows: rows.len(),
        body_hash: None,
        empty: None,
    };
    Batch { firewall, domain, run, at, rows, sources: vec![source] }
}

/// Bytes of each table with its indexes.
fn sizes(path: &Path, days: u64) {
    let connection = rusqlite::Connection::open(path).expect("a connection");
    let total = std::fs::metadata(path).expect("a file").len() as f64;
    println!(
        "file: {:.1} MB, {:.0} KB a day, {:.0} MB a year",
        total / 1e6,
        total / 1e3 / days as f64,
        total / 1e6 / days as f64 * 365.0
    );
    let sql = "SELECT coalesce(m.tbl_name, s.name), sum(s.pgsize), sum(s.payload) FROM dbstat s LEFT JOIN sqlite_schema m USING (name)
         GROUP BY 1 ORDER BY 2 DESC LIMIT 9";
    let mut statement = connection.prepare(sql).expect("dbstat");
    let parts = statement
        .query_map([], |r| Ok((r.get::<_, String>(0)?, r.get::<_, f64>(1)?, r.get::<_, f64>(2)?)))
        .expect("sizes");
    for part in parts {
        let (name, bytes, payload) = part.expect("a part");
        println!(
            "  {name:<18} {:>9.1} KB a day ({:.0} % full)",
            bytes / 1e3 / days as f64,
            100.0 * payload / bytes
        );
    }
    let sql = "SELECT count(*), sum(base IS NULL), avg(depth), sum(length(data)) / 1e3,
                coalesce(sum(length(data)) FILTER (WHERE base IS NULL), 0) / 1e3 FROM chunks";
    let (chunks, alone, depth, data, whole): (i64, i64, f64, f64, f64) = connection
        .query_row(sql, [], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?)))
        .expect("chunks");
    println!(
        "  {chunks} chunks ({data:.0} KB), {alone} of them whole ({whole:.0} KB), {depth:.1} bases below each"
    );
}

async fn looks(path: &Path, runs: &[RunId]) {
    let mut rng = fastrand::Rng::with_seed(2);
    let clock = Clock::manual(Timestamp::from_seconds(START + 400 * 86_400));
    let (mut cold, mut warm, mut all) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..12 {
        let store = Store::open(path).await.expect("a store");
        let ask = Ask::new(store.clone(), clock.clone());
        // The file is in the system's cache and nothing else is.
        ask.status().await.expect("an answer");
        let run = runs[rng.usize(..runs.len())];
        let query = Query {
            domain: "dhcp_leases".to_owned(),
            filters: vec!["interface_name = IOT".to_owned()],
            as_of: Some(format!("run {run}")),
            ..Query::default()
        };
        let mut first = 0;
        for times in [&mut cold, &mut warm] {
            let start = Instant::now();
            first += ask.query(&query).await.expect("an answer").rows.len();
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
        assert!(first > 0, "run {run} shows no lease");
        let start = Instant::now();
        ask.at(Some(&format!("run {}", runs[rng.usize(..runs.len())]))).await.expect("a moment");
        all.push(start.elapsed().as_secs_f64() * 1e3);
        store.close().await;
    }
    show("as_of, one domain, first look", &mut cold);
    show("as_of, one domain, next look", &mut warm);
    show("as_of, every domain, first look", &mut all);
    let store = Store::open(path).await.expect("a store");
    let firewall = store.firewalls().await.expect("firewalls")[0].id;
    for domain in domains() {
        let mut times = Vec::new();
        for _ in 0..25 {
            let (a, b) = (runs[rng.usize(..runs.len())], runs[rng.usize(..runs.len())]);
            let start = Instant::now();
            let rows = store
                .difference(firewall, domain, Moment::Run(a), Moment::Run(b))
                .await
                .expect("a difference");
            times.push(start.elapsed().as_secs_f64() * 1e3);
            drop(rows);
        }
        show(&format!("difference of any two moments, {}", domain.name()), &mut times);
    }
    store.close().await;
}

fn show(what: &str, times: &mut [f64]) {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
    println!("{what:<48} p50 {:>7.2} ms, worst {:>7.2} ms", at(0.5), at(1.0));
}
