//! What the benches share: a seeded world's leases as response bodies, and a clock for sections.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use opndex::domain::{AnyDomain, RawRow, RawRows, Source, decode};
use opndex::opnsense::{Client, Connection, Tls};
use opndex::sim::{SimOptions, World};
use opndex::store::Store;
use opndex::sync::{Due, Ending, Firewall, Progress, Report};
use opndex::types::{Clock, Secret, Timestamp};
use tokio_util::sync::CancellationToken;

/// The allocator of the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rows asked for on the command line (`cargo bench --bench ingest -- 1000 100000`), or the defaults.
pub(crate) fn sizes(default: &[usize]) -> Vec<usize> {
    let asked: Vec<usize> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    if asked.is_empty() { default.to_vec() } else { asked }
}

/// A body of about `rows` Kea leases, as the simulated firewall of seed 1 answers.
pub(crate) fn lease_body(rows: usize) -> Vec<u8> {
    // About two devices in three lease from Kea.
    let options = SimOptions {
        devices: rows.saturating_mul(8) / 5,
        clock: Clock::manual(Timestamp::from_seconds(1_795_475_000)),
        ..SimOptions::default()
    };
    World::new(&options).body("kea/leases4/search", &BTreeMap::new()).expect("the world answers")
}

pub(crate) fn leases() -> &'static dyn AnyDomain {
    opndex::domain::by_name("dhcp_leases").expect("a domain")
}

pub(crate) fn kea4() -> &'static Source {
    leases().sources().iter().find(|s| s.name == "kea4").expect("a source")
}

pub(crate) fn decoded(body: &[u8]) -> Vec<RawRow> {
    decode(kea4(), leases().fields(), body).expect("a grid")
}

pub(crate) fn state(body: &[u8]) -> RawRows {
    RawRows::new(leases(), decoded(body))
}

pub(crate) fn connection(url: &str, key: Secret, secret: Secret) -> Connection {
    Connection {
        url: url.to_owned(),
        key,
        secret,
        tls: Tls::System,
        request_timeout: Duration::from_secs(20),
        in_flight: None,
    }
}

/// A firewall to sync into a database at `path`.
pub(crate) async fn firewall(connection: Connection, path: &Path) -> Firewall {
    let store = Store::open(path).await.expect("a store");
    let url = connection.url.clone();
    let client = Client::new(connection).expect("a client");
    Firewall::new("sim".to_owned(), url, client, store, Clock::system(), Duration::from_mins(2))
}

/// A sync of everything.
pub(crate) async fn sync(firewall: &Firewall) -> Report {
    let quiet: Progress = Arc::new(|_| {});
    let ended = firewall.run(&Due::All, &CancellationToken::new(), &quiet).await;
    let report = ended.expect("a run");
    assert_eq!(report.ending, Ending::Complete, "{report:?}");
    report
}

/// How long `work` takes, and what it gives.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let value = work();
    (start.elapsed(), value)
}

/// CPU seconds of this process so far (Linux: utime and stime of /proc/self/stat, in ticks of 10 ms).
pub(crate) fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = |n: usize| {
        stat.rsplit(')')
            .next()
            .and_then(|s| s.split_whitespace().nth(n))
            .and_then(|t| t.parse::<f64>().ok())
    };
    (ticks(11).unwrap_or(0.0) + ticks(12).unwrap_or(0.0)) / 100.0
}

/// A line of `/proc/self/status` in MiB: `VmRSS:` is resident now, `VmHWM:` was at most; 0 where there is none.
pub(crate) fn resident_mib(line: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = status.lines().find_map(|l| l.strip_prefix(line));
    let kib = found.and_then(|l| l.split_whitespace().next()).and_then(|n| n.parse::<f64>().ok());
    kib.unwrap_or_default() / 1_024.0
}
