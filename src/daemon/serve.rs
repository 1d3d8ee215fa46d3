//! `opndex serve`: open, answer, sync in the background, stop in order.

use std::path::Path;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::ask::Ask;
use crate::mcp::Server;
use crate::opnsense::{Client, Connection, Tls, parse_pin};
use crate::settings::{
    Cadence, FirewallSettings, HistorySettings, Settings, SyncSettings, TlsSettings,
};
use crate::store::{Retention, Store};
use crate::sync::{Extra, Firewall, Schedule, When, Worker};
use crate::types::Clock;

use super::door::{self, Door};
use super::error::DaemonError;

/// How long stopping may take after the door has closed, which takes 0.7 s at most: an MCP client that closed stdin
/// expects the process to be gone within two seconds.
const STOP_WITHIN: Duration = Duration::from_millis(1_200);

/// A service that is started for one question should not tidy up before it answers.
const FIRST_PRUNE: Duration = Duration::from_hours(1);
const PRUNE_EVERY: Duration = Duration::from_hours(24);

/// Opens or creates the database.
pub async fn open_store(path: &Path) -> Result<Store, DaemonError> {
    Ok(Store::open(path).await?)
}

/// A client and a sync for every firewall of the settings. Nothing is sent.
pub fn firewalls(
    settings: &Settings,
    store: &Store,
    clock: &Clock,
) -> Result<Vec<Firewall>, DaemonError> {
    let extra = Extra::of(&settings.sync.extra)?;
    let made = settings.firewalls.iter().map(|one| firewall(one, store, clock));
    let follow = settings.sync.backfill;
    made.map(|one| one.map(|firewall| firewall.with_extra(extra.clone()).with_backfill(follow)))
        .collect()
}

/// The client for one firewall of the settings. Nothing is sent.
pub fn client(settings: &FirewallSettings) -> Result<Client, DaemonError> {
    let name = || settings.name.clone();
    let tls = match &settings.tls {
        TlsSettings::System => Tls::System,
        TlsSettings::CaFile(path) => Tls::CaFile(path.clone()),
        TlsSettings::Pin(text) => {
            Tls::Pin(parse_pin(text).map_err(|cause| DaemonError::Pin { name: name(), cause })?)
        }
        TlsSettings::Unverified => Tls::Unverified,
    };
    let connection = Connection {
        url: settings.url.clone(),
        key: settings.key.clone(),
        secret: settings.secret.clone(),
        tls,
        request_timeout: settings.request_timeout,
        in_flight: settings.in_flight,
    };
    Client::new(connection).map_err(|cause| DaemonError::Connect { name: name(), cause })
}

fn firewall(
    settings: &FirewallSettings,
    store: &Store,
    clock: &Clock,
) -> Result<Firewall, DaemonError> {
    let client = client(settings)?;
    let (name, url) = (settings.name.clone(), settings.url.clone());
    Ok(Firewall::new(name, url, client, store.clone(), clock.clone(), settings.run_timeout))
}

/// How long history is kept, as the settings say.
pub fn retention(settings: &HistorySettings) -> Retention {
    Retention {
        keep_all: settings.keep_all.seconds(),
        hourly: settings.hourly.seconds(),
        daily: settings.daily.seconds(),
        weekly: settings.weekly.seconds(),
        configuration: settings.configuration.seconds(),
        presence: settings.presence.seconds(),
    }
}

/// Drops what the retention lets go, an hour after the start and then once a day.
async fn prune_daily(store: Store, retention: Retention, clock: Clock, cancel: CancellationToken) {
    let mut wait = FIRST_PRUNE;
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        wait = PRUNE_EVERY;
        match store.prune(retention, clock.now()).await {
            Ok(pruned) => {
                let snapshots: usize = pruned.domains.iter().map(|d| d.dropped).sum();
                info!(
                    prune.snapshots = snapshots,
                    prune.chunks = pruned.chunks,
                    "dropped {snapshots} snapshots and {} chunks of history; the file has {} bytes",
                    pruned.chunks,
                    pruned.after
                );
            }
            Err(cause) => warn!("history was not thinned out: {cause}"),
        }
    }
}

/// The schedule that the settings describe.
pub fn schedule(settings: &SyncSettings) -> Schedule {
    let when = |cadence: &Cadence| match cadence {
        Cadence::Every(every) => When::Every(*every),
        Cadence::Cron(text) => When::Cron(text.clone()),
        Cadence::Off => When::Never,
    };
    Schedule {
        runtime: when(&settings.runtime),
        probe: when(&settings.probe),
        config: when(&settings.config),
        on_start: settings.on_start,
        extra: when(&settings.extra_every),
    }
}

/// Answers at `door` until it closes or `cancel` is cancelled, syncing in the background.
///
/// Stops in order: the door, the scheduler, the runs (what has landed stays), the store.
pub async fn serve(
    settings: &Settings,
    clock: Clock,
    door: Door,
    cancel: CancellationToken,
) -> Result<(), DaemonError> {
    let store = open_store(&settings.database).await?;
    let firewalls = firewalls(settings, &store, &clock)?;
    let worker = if firewalls.is_empty() {
        warn!("no firewall is configured: answering from the database as it is");
        None
    } else {
        Some(Worker::start(firewalls, &schedule(&settings.sync), cancel.child_token()).await?)
    };
    let mut pruning = JoinSet::new();
    let policy = retention(&settings.history);
    pruning.spawn(prune_daily(store.clone(), policy, clock.clone(), cancel.child_token()));
    let ask = Ask::new(store.clone(), clock).with_suppressions(settings.suppress.clone());
    let server = Server::new(ask.clone(), worker.as_ref().map(Worker::refresher))
        .with_labels(settings.mcp.labels);
    let outcome = door::answer(door, &settings.serve, server, ask, cancel.clone()).await;
    cancel.cancel();
    let stop = async {
        if let Some(worker) = worker {
            worker.stop().await;
        }
        // What it has begun ends by itself: each step is a short transaction.
        pruning.abort_all();
        while pruning.join_next().await.is_some() {}
        store.close().await;
    };
    if tokio::time::timeout(STOP_WITHIN, stop).await.is_err() {
        warn!(
            "stopping took longer than {STOP_WITHIN:?}; the database is intact, the last run is not recorded"
        );
    } else {
        info!("stopped");
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{RawRows, by_name, decode};
    use crate::store::{Batch, SourceState, State};
    use crate::types::{FirewallId, Timestamp};

    const POLICY: Retention = Retention {
        keep_all: Some(3_600),
        hourly: Some(0),
        daily: Some(0),
        weekly: Some(0),
        configuration: None,
        presence: None,
    };

    /// `runs` runs, a minute apart, each with another neighbour.
    async fn lived(store: &Store, clock: &Clock, firewall: FirewallId, runs: u8) {
        let domain = by_name("arp").unwrap();
        for n in 0..runs {
            clock.advance(60);
            let at = clock.now();
            let run = store.run_begin(firewall, at).await.unwrap();
            let body = format!(
                r#"{{"total":1,"rows":[{{"ip":"10.0.0.{n}","mac":"aa:00:00:00:{:02x}:{n:02x}","intf":"igc1"}}]}}"#,
                at.seconds() / 60 % 256
            );
            let rows = decode(&domain.sources()[0], domain.fields(), body.as_bytes()).unwrap();
            let state = SourceState {
                name: "arp",
                state: State::Fresh,
                reason: None,
                gap: None,
                rows: 1,
                body_hash: None,
                empty: None,
            };
            let (rows, sources) = (RawRows::new(domain, rows), vec![state]);
            store.apply(Batch { firewall, domain, run, at, rows, sources }).await.unwrap();
        }
    }

    /// Lets the background work go on until so many snapshots would still go; the clock of timers stands still
    /// meanwhile, since somebody is always awake.
    async fn until_left(store: &Store, clock: &Clock, left: usize) {
        let began = std::time::Instant::now();
        loop {
            let plan = store.prune_plan(POLICY, clock.now()).await.unwrap();
            if plan.domains[0].dropped == left {
                return;
            }
            assert!(began.elapsed() < Duration::from_secs(20), "{plan:?}");
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn what_retention_lets_go_is_dropped_an_hour_after_the_start_and_then_daily() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("opndex.db")).await.unwrap();
        let clock = Clock::manual(Timestamp::from_seconds(1_795_475_000));
        let firewall = store.firewall("fw", "http://fw", clock.now()).await.unwrap();
        lived(&store, &clock, firewall, 20).await;
        clock.advance(30 * 86_400);
        tokio::time::pause();
        let cancel = CancellationToken::new();
        let mut pruning = JoinSet::new();
        pruning.spawn(prune_daily(store.clone(), POLICY, clock.clone(), cancel.clone()));
        tokio::task::yield_now().await;
        tokio::time::advance(FIRST_PRUNE / 60 * 59).await;
        let early = store.prune_plan(POLICY, clock.now()).await.unwrap();
        assert_eq!((early.domains[0].snapshots, early.domains[0].dropped), (20, 19));
        tokio::time::advance(Duration::from_mins(2)).await;
        until_left(&store, &clock, 0).await;
        lived(&store, &clock, firewall, 10).await;
        clock.advance(30 * 86_400);
        until_left(&store, &clock, 10).await;
        // The first time may still be giving space back, and its next day begins when it has: on a busy machine the
        // only day that passed here passed before that.
        let began = std::time::Instant::now();
        loop {
            tokio::time::advance(PRUNE_EVERY + Duration::from_secs(1)).await;
            let plan = store.prune_plan(POLICY, clock.now()).await.unwrap();
            if plan.domains[0].dropped == 0 {
                break;
            }
            assert!(began.elapsed() < Duration::from_secs(20), "{plan:?}");
        }
        cancel.cancel();
        assert!(pruning.join_next().await.unwrap().is_ok(), "it ends when it is told to");
    }
}
