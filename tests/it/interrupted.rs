//! Runs that are cut off wherever they wait: history stays ordered and complete.

use std::collections::BTreeMap;
use std::future::Future as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::time::Duration;

use opndex::ask::{Ask, Query};
use opndex::opnsense::{Client, Connection, Tls};
use opndex::sim::{SimOptions, Simulator};
use opndex::store::{HistoryRun, Store};
use opndex::sync::{Due, Ending, Firewall, Report};
use opndex::types::{Clock, Secret};
use serde_json::Value;
use tokio::runtime::Builder;
use tokio_util::sync::CancellationToken;

use super::support::index::{Index, quiet};

/// Domains that are looked at afterwards, one of each way to be read: grids, several sources, a whole model.
const DOMAINS: [&str; 7] =
    ["aliases", "arp", "dhcp_leases", "firewall_rules", "ndp", "openvpn_sessions", "vlans"];

/// No run waits so often that this many are not enough.
const MOST: usize = 1_000;

/// Counts how often the thread of a runtime has nothing to do: then each of its tasks stands at a point where it waits.
#[derive(Default)]
struct Waits {
    seen: AtomicUsize,
    /// The wait at which the run is dropped; zero before it has begun.
    cut: AtomicUsize,
    run: Mutex<Option<Waker>>,
}

impl Waits {
    fn one_more(&self) {
        let cut = self.cut.load(Ordering::SeqCst);
        if cut > 0
            && self.seen.fetch_add(1, Ordering::SeqCst) + 1 == cut
            && let Some(run) = self.run.lock().unwrap().take()
        {
            run.wake();
        }
    }

    fn is_over(&self) -> bool {
        self.seen.load(Ordering::SeqCst) >= self.cut.load(Ordering::SeqCst)
    }
}

struct Target<'a> {
    database: &'a Path,
    clock: &'a Clock,
    sim: &'a Simulator,
}

impl Target<'_> {
    fn firewall(&self, store: Store) -> Firewall {
        let connection = Connection {
            url: self.sim.url(),
            key: Secret::new(self.sim.key().expose()),
            secret: Secret::new(self.sim.secret().expose()),
            tls: Tls::System,
            request_timeout: Duration::from_secs(5),
            // One request after the other: with more, several waits end at once.
            in_flight: Some(1),
        };
        let client = Client::new(connection).unwrap();
        let (clock, minute) = (self.clock.clone(), Duration::from_mins(1));
        Firewall::new("fw".to_owned(), self.sim.url(), client, store, clock, minute)
    }

    /// A run of its own process, so to speak: it is dropped at its `cut`th wait. `None` when it was.
    fn run(&self, cut: usize) -> Option<Report> {
        let waits = Arc::new(Waits::default());
        let counted = Arc::clone(&waits);
        let runtime = Builder::new_current_thread()
            .enable_all()
            .on_thread_park(move || counted.one_more())
            .build()
            .unwrap();
        let report = runtime.block_on(async {
            let store = Store::open(self.database).await.unwrap();
            let firewall = self.firewall(store);
            let due = Due::All;
            let (cancel, progress) = (CancellationToken::new(), quiet());
            let mut run = Box::pin(firewall.run(&due, &cancel, &progress));
            waits.cut.store(cut, Ordering::SeqCst);
            std::future::poll_fn(|context| {
                *waits.run.lock().unwrap() = Some(context.waker().clone());
                match run.as_mut().poll(context) {
                    Poll::Ready(report) => Poll::Ready(Some(report.unwrap())),
                    Poll::Pending if waits.is_over() => Poll::Ready(None),
                    Poll::Pending => Poll::Pending,
                }
            })
            .await
        });
        // A transaction that has begun ends whole.
        runtime.shutdown_timeout(Duration::from_secs(10));
        report
    }
}

type Tables = BTreeMap<&'static str, Vec<Vec<Value>>>;

async fn tables(ask: &Ask, as_of: Option<&HistoryRun>) -> Tables {
    let mut tables = Tables::new();
    for domain in DOMAINS {
        let query = Query {
            domain: domain.to_owned(),
            limit: Some(1_000),
            as_of: as_of.map(|run| format!("run {}", run.run)),
            ..Query::default()
        };
        tables.insert(domain, ask.query(&query).await.unwrap().rows);
    }
    tables
}

/// The rows of every domain, without fields that change by themselves: those are kept once an hour.
async fn states(store: &Store, run: &HistoryRun) -> BTreeMap<&'static str, Option<Vec<u8>>> {
    let mut states = BTreeMap::new();
    for name in DOMAINS {
        let domain = opndex::domain::by_name(name).unwrap();
        let moment = opndex::types::Moment::Run(run.run);
        states.insert(name, store.export(run.firewall, domain, moment).await.unwrap());
    }
    states
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_is_interrupted_at_any_point_leaves_an_ordered_history() {
    let Index { folder: _folder, store, clock } = Index::new().await;
    let options =
        SimOptions { devices: 12, rules: 6, clock: clock.clone(), ..SimOptions::default() };
    let sim = Simulator::start(options).await.unwrap();
    let target = Target { database: store.path(), clock: &clock, sim: &sim };
    let whole = tokio::task::block_in_place(|| target.run(MOST)).unwrap();
    assert_eq!(whole.ending, Ending::Complete, "{whole:#?}");
    let newest = async || store.runs(None, None, 1).await.unwrap().remove(0);
    let first = newest().await;
    let mut known = vec![(states(&store, &first).await, first)];
    let mut cut = 0;
    let ended = loop {
        cut += 1;
        clock.advance(60);
        sim.change(|world| {
            world.leave(1);
            world.join(1);
            world.edit_rule();
        });
        let ended = tokio::task::block_in_place(|| target.run(cut));
        let run = newest().await;
        known.push((states(&store, &run).await, run));
        match ended {
            Some(report) => break report,
            None => assert!(cut < MOST, "it never ends"),
        }
    };
    // Partial: a list that has become empty since the last run is not believed at once.
    assert!(matches!(ended.ending, Ending::Complete | Ending::Partial), "{ended:#?}");
    eprintln!("{cut} points at which a run waits");
    assert!(cut > opndex::domain::ALL.len(), "a run waits for each domain, and not {cut} times");
    let runs = store.runs(None, None, 10_000).await.unwrap();
    assert!(runs.is_sorted_by(|a, b| a.run > b.run && a.started_at >= b.started_at), "{runs:?}");
    // A cut before the run had a number left none; one while its end was being written left a whole run.
    let (ended, cut_off): (Vec<_>, Vec<_>) = runs.iter().partition(|run| run.finished_at.is_some());
    assert!(ended.len() >= 2 && cut_off.len() > ended.len() * 9, "{runs:?}");
    assert!(cut_off.iter().all(|run| run.outcome == "interrupted"), "{runs:?}");
    assert!(runs.len() > cut / 2, "{runs:?}");
    let damages = store.verify().await.unwrap().damages;
    assert!(damages.is_empty(), "{damages:?}");
    // What any run had seen when it was cut off is what it shows for ever.
    for (then, run) in &known {
        assert_eq!(&states(&store, run).await, then, "as of run {}", run.run);
    }
    let ask = Ask::new(store.clone(), clock.clone());
    let last = tables(&ask, None).await;
    assert_eq!(tables(&ask, runs.first()).await, last, "the newest run is what tables show");
    store.rebuild().await.unwrap();
    assert_eq!(tables(&ask, None).await, last);
    sim.stop().await;
}
