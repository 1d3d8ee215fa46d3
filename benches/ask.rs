//! What the joined questions cost, in process: p50 at three sizes, and the growth from the smallest to the largest.
//!
//! `cargo bench --bench ask [-- ROWS...]`
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a bench prints, stops at the first surprise, and indexes what it made itself"
)]

#[expect(dead_code, reason = "each bench uses its part")]
mod support;

use std::path::Path;
use std::time::{Duration, Instant};

use opndex::ask::{Ask, DevicesQuery, ReportQuery};
use opndex::domain::{AnyDomain, RawRows, by_name, decode};
use opndex::sim::{SimOptions, World};
use opndex::store::{Batch, SourceState, State, Store};
use opndex::types::{Clock, Timestamp};

use support::sizes;

const CALLS: usize = 300;
const WARM_UP: usize = 20;
const NOW: Timestamp = Timestamp::from_seconds(1_795_475_000);

/// Domain, source and endpoint of what the questions join.
const FILLED: [(&str, &str, &str); 7] = [
    ("aliases", "search", "firewall/alias/search_item"),
    ("arp", "arp", "diagnostics/interface/search_arp"),
    ("dhcp_leases", "kea4", "kea/leases4/search"),
    ("dhcp_reservations", "kea4", "kea/dhcpv4/search_reservation"),
    ("dns_records", "unbound", "unbound/settings/search_host_override"),
    ("interfaces", "overview", "interfaces/overview/interfaces_info"),
    ("ndp", "ndp", "diagnostics/interface/search_ndp"),
];

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    println!("{:>9}  {:<44} {:>8} {:>8}", "devices", "question", "p50 ms", "p99 ms");
    let mut first: Vec<f64> = Vec::new();
    let mut last: Vec<f64> = Vec::new();
    for size in sizes(&[10_000, 100_000, 1_000_000]) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("opndex.db");
        let medians = runtime.block_on(async {
            let store = fill(&path, size).await;
            ask_all(&Ask::new(store.clone(), Clock::manual(NOW)), size).await
        });
        if first.is_empty() {
            first.clone_from(&medians);
        }
        last = medians;
    }
    for (i, (a, b)) in first.iter().zip(&last).enumerate() {
        println!("growth of question {}: {:.2}", i + 1, b / a);
    }
}

async fn fill(path: &Path, devices: usize) -> Store {
    let clock = Clock::manual(NOW);
    let world = World::new(&SimOptions { devices, clock, ..SimOptions::default() });
    let store = Store::open(path).await.expect("a store");
    let firewall = store.firewall("fw", "http://fw", NOW).await.expect("a firewall");
    let run = store.run_begin(firewall, NOW).await.expect("a run");
    for (name, source, endpoint) in FILLED {
        let domain: &'static dyn AnyDomain = by_name(name).expect("a domain");
        let Some(spec) = domain.sources().iter().find(|s| s.name == source) else { continue };
        let Some(body) = world.body(endpoint, &std::collections::BTreeMap::new()) else { continue };
        let rows = RawRows::new(domain, decode(spec, domain.fields(), &body).expect("rows"));
        let state = SourceState {
            name: spec.name,
            state: State::Fresh,
            reason: None,
            gap: None,
            rows: rows.len(),
            body_hash: None,
            empty: None,
        };
        let batch = Batch { firewall, domain, run, at: NOW, rows, sources: vec![state] };
        store.apply(batch).await.expect("applied");
    }
    store
}

async fn ask_all(ask: &Ask, size: usize) -> Vec<f64> {
    let devices =
        |query: DevicesQuery| async move { drop(ask.devices(&query).await.expect("devices")) };
    let place = |text: &str| Some(text.to_owned());
    let mut medians = Vec::new();
    let first = DevicesQuery::default();
    medians.push(
        timed("devices, first page of 50", size, async || devices(first.clone()).await).await,
    );
    let online =
        DevicesQuery { place: place("IOT"), is: vec!["online".to_owned()], ..first.clone() };
    medians
        .push(timed("devices online on IOT", size, async || devices(online.clone()).await).await);
    let named = DevicesQuery { name: place("nas"), ..first.clone() };
    medians.push(timed("one device by name", size, async || devices(named.clone()).await).await);
    let range = DevicesQuery { place: place("10.0.0.0/24"), ..first };
    medians.push(timed("devices in a /24", size, async || devices(range.clone()).await).await);
    for (report, about) in [
        ("device", Some("nas")),
        ("reservations", None),
        ("rules_for_address", Some("192.168.1.16")),
    ] {
        let query = ReportQuery {
            report: report.to_owned(),
            about: about.map(str::to_owned),
            ..ReportQuery::default()
        };
        let asked = async || drop(ask.report(&query).await.expect("a report"));
        medians.push(timed(&format!("report {report}"), size, asked).await);
    }
    let question = "is the nas online?";
    let asked = async || drop(ask.english(question, None).await.expect("an answer"));
    medians.push(timed("ask: is the nas online?", size, asked).await);
    medians
}

async fn timed(what: &str, size: usize, call: impl AsyncFn()) -> f64 {
    let mut times: Vec<Duration> = Vec::with_capacity(CALLS);
    for i in 0..WARM_UP + CALLS {
        let began = Instant::now();
        call().await;
        if i >= WARM_UP {
            times.push(began.elapsed());
        }
    }
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e3;
    println!("{size:>9}  {what:<44} {:>8.3} {:>8.3}", at(50), at(99));
    at(50)
}
