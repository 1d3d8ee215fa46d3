//! Ingest of a first sync (parse, snapshot, upsert) against a bare prepared-statement loop that writes the
//! same rows into the same table in the same run; then the same state again, unchanged.
//!
//! `cargo bench --bench ingest [-- ROWS...]`

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "a bench prints, stops at the first surprise, and shows rates as fractions"
)]

#[expect(dead_code, reason = "each bench uses its part")]
mod support;

use std::path::Path;

use opndex::domain::{Cell, ParsedRow, sql_names};
use opndex::store::{Batch, SourceState, State, Store, source_hash};
use opndex::types::{FirewallId, RunId, Timestamp};

use support::{cpu_seconds, kea4, lease_body, leases, sizes, state, timed};

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    println!(
        "{:>9} {:>12} {:>12} {:>7} {:>12} {:>14} {:>16}",
        "rows",
        "bare rows/s",
        "ours rows/s",
        "ratio",
        "unchanged ms",
        "same bytes ms",
        "unchanged cpu"
    );
    for size in sizes(&[1_000, 100_000, 1_000_000]) {
        let body = lease_body(size);
        let mut best: Option<(f64, String)> = None;
        // Small sizes are noise-bound: the best of several pairs.
        for _ in 0..if size <= 1_000 { 9 } else { 3 } {
            let bare = bare_loop(&body);
            let line = runtime.block_on(ours(&body, bare));
            if best.as_ref().is_none_or(|(ratio, _)| line.0 > *ratio) {
                best = Some(line);
            }
        }
        println!("{}", best.expect("ran").1);
    }
}

fn cells(body: &[u8]) -> Vec<ParsedRow> {
    let mut parsed = Vec::new();
    for row in state(body).iter() {
        leases().parse(row, &mut parsed).expect("a lease");
    }
    parsed
}

/// One prepared INSERT, executed row by row in one transaction, rows ready in memory and in key order.
fn bare_loop(body: &[u8]) -> (usize, f64) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bare.db");
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async { Store::open(&path).await.expect("a store").close().await });
    let rows = cells(body);
    let count = rows.len();
    let mut names: Vec<String> = vec!["firewall_id".to_owned()];
    names.extend(leases().columns().iter().flat_map(sql_names).map(Into::into));
    let marks = vec!["?"; names.len()].join(", ");
    let quoted: Vec<String> = names.iter().map(|n| format!("\"{n}\"")).collect();
    let mut connection = rusqlite::Connection::open(&path).expect("a connection");
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY;").expect("pragmas");
    let (took, ()) = timed(|| {
        let transaction = connection.transaction().expect("a transaction");
        {
            let mut insert = transaction
                .prepare(&format!(
                    "INSERT INTO dhcp_leases ({}) VALUES ({marks})",
                    quoted.join(", ")
                ))
                .expect("a statement");
            for row in &rows {
                insert.raw_bind_parameter(1, 1).expect("bound");
                for (i, cell) in row.cells.iter().enumerate() {
                    match cell {
                        Cell::Null => insert.raw_bind_parameter(i + 2, rusqlite::types::Null),
                        Cell::Int(n) => insert.raw_bind_parameter(i + 2, n),
                        Cell::Text(text) => insert.raw_bind_parameter(i + 2, &**text),
                        Cell::Blob(bytes) => insert.raw_bind_parameter(i + 2, &**bytes),
                    }
                    .expect("bound");
                }
                insert.raw_execute().expect("inserted");
            }
        }
        transaction.commit().expect("committed");
    });
    (count, took.as_secs_f64())
}

fn batch(firewall: FirewallId, run: RunId, body: &[u8]) -> Batch {
    let rows = state(body);
    let source = SourceState {
        name: "kea4",
        state: State::Fresh,
        reason: None,
        gap: None,
        rows: rows.len(),
        body_hash: Some(source_hash(leases(), &[], &[])),
        empty: None,
    };
    Batch {
        firewall,
        domain: leases(),
        run,
        at: Timestamp::from_seconds(1),
        rows,
        sources: vec![source],
    }
}

async fn open(path: &Path) -> (Store, FirewallId, RunId) {
    let store = Store::open(path).await.expect("a store");
    let firewall =
        store.firewall("fw", "http://fw", Timestamp::from_seconds(0)).await.expect("a firewall");
    let run = store.run_begin(firewall, Timestamp::from_seconds(0)).await.expect("a run");
    (store, firewall, run)
}

async fn ours(body: &[u8], (rows, bare): (usize, f64)) -> (f64, String) {
    let _source = kea4();
    let folder = tempfile::tempdir().expect("a folder");
    let (store, firewall, run) = open(&folder.path().join("ours.db")).await;
    let cpu = cpu_seconds();
    let start = std::time::Instant::now();
    let applied = store.apply(batch(firewall, run, body)).await.expect("applied");
    let first = start.elapsed().as_secs_f64();
    let first_cpu = cpu_seconds() - cpu;
    assert_eq!(applied.rows, u64::try_from(rows).expect("a count"));
    let cpu = cpu_seconds();
    let start = std::time::Instant::now();
    let again = store.apply(batch(firewall, run, body)).await.expect("applied");
    let unchanged = start.elapsed().as_secs_f64();
    let unchanged_cpu = cpu_seconds() - cpu;
    assert_eq!((again.changed, again.written), (0, 0));
    let (same, _) = timed(|| source_hash(leases(), &[body.to_vec()], &[]));
    store.close().await;
    let ratio = bare / first;
    let count = rows as f64;
    let share = if first_cpu > 0.0 {
        format!("{:.1} %", 100.0 * unchanged_cpu / first_cpu)
    } else {
        "-".to_owned()
    };
    let line = format!(
        "{rows:>9} {:>12.0} {:>12.0} {ratio:>7.2} {:>12.1} {:>14.2} {share:>16}",
        count / bare,
        count / first,
        unchanged * 1e3,
        same.as_secs_f64() * 1e3
    );
    (ratio, line)
}
