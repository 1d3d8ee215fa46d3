//! A full sync over loopback: wall time against the ideal, and what a second one without changes costs.
//!
//! `cargo bench --bench sync`
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
use std::sync::Arc;
use std::time::{Duration, Instant};

use opndex::opnsense::{Client, Connection, Tls};
use opndex::sim::{SimOptions, Simulator};
use opndex::store::Store;
use opndex::sync::{Due, Ending, Firewall, Report};
use opndex::types::Clock;
use tokio_util::sync::CancellationToken;

use support::cpu_seconds;

/// Requests in flight that the client allows itself on this release.
const CAP: f64 = 4.0;

/// Requests that follow one another: the release, the configuration revision, one domain (two for rules,
/// which need the interface list).
const CHAIN: f64 = 4.0;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    println!(
        "{:>10} {:>9} {:>9} {:>9} {:>7} {:>12}",
        "latency ms", "requests", "wall ms", "ideal ms", "ratio", "one by one"
    );
    for latency in [0, 100] {
        runtime.block_on(wall(latency));
    }
    runtime.block_on(unchanged(20_000));
}

async fn wall(latency: u64) {
    let sim = Simulator::start(SimOptions::default()).await.expect("a simulator");
    let folder = tempfile::tempdir().expect("a folder");
    let firewall = firewall(&sim, &folder.path().join("opndex.db")).await;
    sync(&firewall).await;
    sim.set_latency(Duration::from_millis(latency));
    let began = Instant::now();
    let report = sync(&firewall).await;
    let wall = began.elapsed().as_secs_f64() * 1e3;
    let (requests, latency) = (report.requests as f64, latency as f64);
    let ideal = (CHAIN * latency).max(requests * latency / CAP);
    let ratio = if ideal > 0.0 { format!("{:.2}", wall / ideal) } else { "-".to_owned() };
    println!(
        "{latency:>10} {requests:>9} {wall:>9.0} {ideal:>9.0} {ratio:>7} {:>9.0} ms",
        requests * latency
    );
    sim.stop().await;
}

async fn unchanged(devices: usize) {
    let sim = Simulator::start(SimOptions { devices, ..SimOptions::default() })
        .await
        .expect("a simulator");
    let folder = tempfile::tempdir().expect("a folder");
    let firewall = firewall(&sim, &folder.path().join("opndex.db")).await;
    // The simulator makes its bodies on first sight, in this process: once before anything is measured.
    let spare = tempfile::tempdir().expect("a folder");
    sync(&self::firewall(&sim, &spare.path().join("opndex.db")).await).await;
    let cpu = cpu_seconds();
    let rows: u64 = sync(&firewall).await.domains.iter().map(|d| d.rows).sum();
    let first = cpu_seconds() - cpu;
    let cpu = cpu_seconds();
    let report = sync(&firewall).await;
    let second = cpu_seconds() - cpu;
    println!(
        "{rows} rows: first sync {first:.2} s CPU; again, nothing changed: {second:.2} s CPU ({:.0} %), {} rows changed",
        100.0 * second / first,
        report.changed()
    );
    sim.stop().await;
}

async fn firewall(sim: &Simulator, path: &Path) -> Firewall {
    let store = Store::open(path).await.expect("a store");
    let connection = Connection {
        url: sim.url(),
        key: sim.key(),
        secret: sim.secret(),
        tls: Tls::System,
        request_timeout: Duration::from_secs(20),
        in_flight: None,
    };
    let client = Client::new(connection).expect("a client");
    Firewall::new(
        "sim".to_owned(),
        sim.url(),
        client,
        store,
        Clock::system(),
        Duration::from_mins(2),
    )
}

async fn sync(firewall: &Firewall) -> Report {
    let report = firewall
        .run(&Due::All, &CancellationToken::new(), &(Arc::new(|_| {}) as opndex::sync::Progress))
        .await
        .expect("a run");
    assert_eq!(report.ending, Ending::Complete, "{report:?}");
    report
}
