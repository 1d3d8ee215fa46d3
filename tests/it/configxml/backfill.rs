//! The firewall's own history, against a replay of the recorded releases.

use std::sync::Arc;
use std::sync::Mutex;

use opndex::store::Store;
use opndex::sync::{BackfillReport, Ending, Firewall, Steps};
use opndex::types::Moment;
use tokio_util::sync::CancellationToken;

use crate::support::index::{Index, run};
use crate::support::replay::{RELEASES, Replay, recorded};

fn unwatched() -> Steps {
    Arc::new(|_, _, _| {})
}

async fn backfill(firewall: &Firewall) -> BackfillReport {
    firewall.backfill(&CancellationToken::new(), &unwatched()).await.unwrap()
}

/// The revisions of a recording: time in milliseconds, user and description, oldest first.
fn listed(release: &str) -> Vec<(i64, String, String)> {
    let path = recorded().unwrap().join(release).join("core_backup_backups_this.json");
    let record: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let body: serde_json::Value =
        serde_json::from_str(record["response"]["body_raw"].as_str().unwrap()).unwrap();
    let text = |item: &serde_json::Value, key: &str| item[key].as_str().unwrap().to_owned();
    let mut found: Vec<_> = body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            let time: f64 = text(item, "time").parse().unwrap();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::as_conversions,
                reason = "a time of this century"
            )]
            let millis = (time * 1000.0).round() as i64;
            (millis, text(item, "username"), text(item, "description"))
        })
        .collect();
    found.sort();
    found
}

async fn revisions(store: &Store) -> Vec<(i64, String, String)> {
    let firewall = store.firewalls().await.unwrap()[0].id;
    let rows = store.revisions(firewall).await.unwrap();
    rows.into_iter()
        .map(|row| {
            assert!(row.run.is_some(), "{row:?}");
            let revision = row.revision;
            (revision.at.millis(), revision.user.unwrap(), revision.description.unwrap_or_default())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_recorded_revision_is_known_with_its_time_user_and_words() {
    if recorded().is_none() {
        return;
    }
    for release in RELEASES {
        let replay = Replay::start(release, &[]);
        let index = Index::new().await;
        let firewall = index.firewall(&replay.url, "w1key", "w1secret");
        let report = backfill(&firewall).await;
        assert_eq!(report.ending, Ending::Complete, "{release}: {report:?}");
        assert!(report.unread.is_empty(), "{release}: {:?}", report.unread);
        let wanted = listed(release);
        assert!(wanted.len() > 20, "{release}");
        assert_eq!(revisions(&index.store).await, wanted, "{release}");
        let rejects = report.taken.iter().flat_map(|t| &t.domains).map(|d| d.rejects).sum::<u64>();
        assert_eq!(rejects, 0, "{release}");
        // Words that look like markup are data.
        let hostile = wanted.iter().any(|(_, _, words)| words.contains("<b>fix</b>"));
        assert!(hostile, "{release}: the recording has a hostile description");
        let again = backfill(&firewall).await;
        assert_eq!((again.known, again.taken.len()), (wanted.len(), 0), "{release}");
    }
}

/// The states that a revision made, as rows of each domain at its time.
async fn vlans_at(index: &Index, millis: i64) -> u64 {
    let at = opndex::types::Timestamp::from_millis(millis);
    let domain = opndex::domain::by_name("vlans").unwrap();
    let store = index.store.at(Moment::At(at), &[domain]).await.unwrap();
    let query = opndex::ask::Query { domain: "vlans".to_owned(), ..opndex::ask::Query::default() };
    opndex::ask::Ask::new(store, index.clock.clone()).query(&query).await.unwrap().total
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn history_is_the_same_whether_it_was_read_before_or_after_a_sync() {
    if recorded().is_none() {
        return;
    }
    let release = "26.7.2";
    let replay = Replay::start(release, &[]);
    let (first, after) = (Index::new().await, Index::new().await);
    backfill(&first.firewall(&replay.url, "w1key", "w1secret")).await;
    run(&first.firewall(&replay.url, "w1key", "w1secret")).await;
    run(&after.firewall(&replay.url, "w1key", "w1secret")).await;
    let synced = after.query("firewall_rules", "").await;
    let report = backfill(&after.firewall(&replay.url, "w1key", "w1secret")).await;
    assert_eq!(report.covered, 0, "every revision is older than the sync");
    let mut seen = std::collections::BTreeSet::new();
    for (millis, _, _) in listed(release) {
        let (a, b) = (vlans_at(&first, millis).await, vlans_at(&after, millis).await);
        assert_eq!(a, b, "at {millis}");
        seen.insert(a);
    }
    assert!(seen.len() > 1, "the recorded revisions differ: {seen:?}");
    let now = after.query("firewall_rules", "").await;
    assert_eq!(now.rows, synced.rows, "what the sync read is untouched");
    assert!(now.rows.len() > 100, "automatic rules are still there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backfill_that_was_stopped_goes_on() {
    if recorded().is_none() {
        return;
    }
    let replay = Replay::start("26.7.2", &[]);
    let index = Index::new().await;
    let firewall = index.firewall(&replay.url, "w1key", "w1secret");
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let steps: Steps = Arc::new(move |done, _, _| {
        if done == 5 {
            stop.cancel();
        }
    });
    let stopped = firewall.backfill(&cancel, &steps).await.unwrap();
    assert_eq!((stopped.ending, stopped.taken.len()), (Ending::Cancelled, 5), "{stopped:?}");
    let told = Arc::new(Mutex::new(0));
    let count = Arc::clone(&told);
    let steps: Steps = Arc::new(move |_, of, _| *count.lock().unwrap() = of);
    let rest = firewall.backfill(&CancellationToken::new(), &steps).await.unwrap();
    assert_eq!((rest.known, rest.taken.len()), (5, listed("26.7.2").len() - 5));
    assert_eq!(*told.lock().unwrap(), rest.taken.len());
    assert_eq!(revisions(&index.store).await, listed("26.7.2"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revision_that_vanished_or_is_cut_short_does_not_stop_the_others() {
    if recorded().is_none() {
        return;
    }
    let cases =
        [("empty", Ending::Complete, "removed"), ("truncate", Ending::Partial, "cut short")];
    for (fault, ending, words) in cases {
        let fault = format!("config-1795392052=={fault}").replace("==", ".*=");
        let replay = Replay::start("26.7.2", &["--fault", &fault]);
        let index = Index::new().await;
        let report = backfill(&index.firewall(&replay.url, "w1key", "w1secret")).await;
        assert_eq!(report.ending, ending, "{report:?}");
        let [unread] = report.unread.as_slice() else { panic!("{report:?}") };
        assert!(unread.problem.contains(words), "{unread:?}");
        assert_eq!(report.taken.len(), listed("26.7.2").len() - 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_privilege_its_name_is_told() {
    if recorded().is_none() {
        return;
    }
    let replay = Replay::start("26.7.2", &["--fault", "core/backup=403"]);
    let index = Index::new().await;
    let report = backfill(&index.firewall(&replay.url, "w1key", "w1secret")).await;
    assert_eq!(report.ending, Ending::Failed);
    let reason = report.reason.unwrap();
    assert!(reason.contains("Diagnostics: Configuration History"), "{reason}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_of_any_revision_reaches_the_files() {
    if recorded().is_none() {
        return;
    }
    for release in RELEASES {
        let replay = Replay::start(release, &[]);
        let index = Index::new().await;
        backfill(&index.firewall(&replay.url, "w1key", "w1secret")).await;
        for file in std::fs::read_dir(index.folder.path()).unwrap() {
            let path = file.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            for planted in ["SECRET", "w1secret", "PRIVATE KEY", "$6$", "$2y$", "JBSWY3DPEHPK3PXP"]
            {
                let found = bytes.windows(planted.len()).any(|w| w == planted.as_bytes());
                assert!(!found, "{release}: `{planted}` in {}", path.display());
            }
        }
    }
}

/// The setting that asks for it; what only config.xml has is then as fresh as the rest.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backfill_follows_the_configuration_where_it_is_asked_to() {
    if recorded().is_none() {
        return;
    }
    let replay = Replay::start("26.7.2", &[]);
    let index = Index::new().await;
    let plain = index.firewall(&replay.url, "w1key", "w1secret");
    run(&plain).await;
    let alone = index.query("firewall_settings", "").await;
    assert_eq!(alone.total, 1, "the API tells one setting");
    assert!(!alone.freshness.complete, "{:?}", alone.freshness);
    let unread = index.query("schedules", "").await.freshness;
    assert!(!unread.complete && unread.notes[0].contains("opndex backfill"), "{unread:?}");
    let firewall = plain.with_backfill(true);
    run(&firewall).await;
    let settings = index.query("firewall_settings", "").await;
    assert!(settings.total > 15, "{settings:?}");
    assert!(settings.freshness.complete, "{:?}", settings.freshness);
    let mode = index.row("firewall_settings", "setting = outbound_mode").await;
    assert_eq!(mode["value"], "hybrid");
    assert!(
        index.query("schedules", "").await.freshness.complete,
        "it has none, which is known now"
    );
    assert_eq!(revisions(&index.store).await, listed("26.7.2"));
    // A sync keeps what only the file said, and what did not move is not followed again.
    run(&firewall).await;
    let kept = index.query("firewall_settings", "").await;
    assert_eq!((kept.total, kept.freshness.complete), (settings.total, true), "{kept:?}");
}
