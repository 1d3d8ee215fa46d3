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

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use opndex::opnsense::Connection;
use opndex::sim::{SimOptions, Simulator};
use opndex::types::Secret;

use support::{connection, cpu_seconds, sync};

/// Requests in flight that the client allows itself on this release.
const CAP: f64 = 4.0;

/// Requests that follow one another: the release, the configuration revision, one domain (two for rules,
/// which need the interface list).
const CHAIN: f64 = 4.0;

/// Makes this program the firewall: what rendering its answers costs is not what a sync costs.
const SIMULATE: &str = "simulate";

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let wanted: Vec<String> = std::env::args().collect();
    if let [_, mode, devices] = wanted.as_slice()
        && mode == SIMULATE
    {
        return runtime.block_on(simulate(devices.parse().expect("a number")));
    }
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
    let connection = connection(&sim.url(), sim.key(), sim.secret());
    let firewall = support::firewall(connection, &folder.path().join("opndex.db")).await;
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

/// Says where it listens, and ends with whoever started it.
async fn simulate(devices: usize) {
    let options = SimOptions { devices, ..SimOptions::default() };
    let sim = Simulator::start(options).await.expect("a simulator");
    println!("{} {} {}", sim.url(), sim.key().expose(), sim.secret().expose());
    let _ended = tokio::task::spawn_blocking(|| std::io::stdin().lines().count()).await;
    sim.stop().await;
}

/// A simulator in a process of its own.
struct Simulating {
    child: Child,
    connection: Connection,
}

impl Simulating {
    fn start(devices: usize) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args([SIMULATE, &devices.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a second process");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output"))
            .read_line(&mut line)
            .expect("a line");
        let mut words = line.split_whitespace().map(str::to_owned);
        let mut word = || words.next().expect("a word");
        let connection = connection(&word(), Secret::new(word()), Secret::new(word()));
        Self { child, connection }
    }
}

impl Drop for Simulating {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ended = self.child.wait();
    }
}

async fn unchanged(devices: usize) {
    let sim = Simulating::start(devices);
    let folder = tempfile::tempdir().expect("a folder");
    let firewall =
        support::firewall(sim.connection.clone(), &folder.path().join("opndex.db")).await;
    // The simulator makes its bodies on first sight: once before anything is measured.
    let spare = tempfile::tempdir().expect("a folder");
    let other = support::firewall(sim.connection.clone(), &spare.path().join("opndex.db")).await;
    sync(&other).await;
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
}
