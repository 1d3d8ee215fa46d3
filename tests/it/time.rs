//! Looking back: the state of any run, in every question.

use opndex::ask::{Answer, Query};
use opndex::sim::{SimOptions, Simulator};
use opndex::store::StoreError;
use opndex::sync::{Ending, Firewall, Report};
use opndex::types::{Moment, RunId, Timestamp};

use super::support::index::{Index, run};

pub(crate) async fn synced() -> (Index, Simulator, Firewall, Report) {
    let index = Index::new().await;
    let options = SimOptions { clock: index.clock.clone(), ..SimOptions::default() };
    let sim = Simulator::start(options).await.unwrap();
    let firewall = index.firewall(&sim.url(), sim.key().expose(), sim.secret().expose());
    let report = run(&firewall).await;
    assert_eq!(report.ending, Ending::Complete, "{report:#?}");
    (index, sim, firewall, report)
}

pub(crate) async fn asked(index: &Index, domain: &str, as_of: &str) -> Answer {
    let query = Query {
        domain: domain.to_owned(),
        limit: Some(1_000),
        as_of: Some(as_of.to_owned()),
        ..Query::default()
    };
    index.ask().query(&query).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_domain_answers_as_of_an_earlier_run_what_it_answered_then() {
    let (index, sim, firewall, report) = synced().await;
    let first = report.run.unwrap();
    let mut then = Vec::new();
    for domain in opndex::domain::ALL {
        then.push((domain.name(), index.query(domain.name(), "").await));
    }
    let located = index.ask().locate("nas", None).await.unwrap();
    index.clock.advance(3_600);
    sim.change(|world| {
        world.tick(3_600);
        world.leave(20);
        world.join(10);
        world.edit_rule();
    });
    let report = run(&firewall).await;
    assert!(report.changed() > 20, "{report:#?}");
    let as_of = format!("run {first}");
    for (domain, then) in then {
        let now = asked(&index, domain, &as_of).await;
        assert_eq!((now.rows, now.total), (then.rows, then.total), "{domain}");
        assert_eq!(now.freshness.as_of, then.freshness.as_of, "{domain}");
        assert_eq!(now.freshness.age_s, Some(3_600), "{domain}");
        assert!(!now.freshness.stale, "{domain}: {:?}", now.freshness);
    }
    let again = index.ask().at(Some(&as_of)).await.unwrap().locate("nas", None).await.unwrap();
    assert_eq!(again.mentions.len(), located.mentions.len());
    for moment in ["1 hour ago", "30 min ago", "2026-11-23T23:03:20Z"] {
        let answer = asked(&index, "dhcp_leases", moment).await;
        assert_eq!(answer.freshness.age_s, Some(3_600), "{moment}");
    }
    assert_eq!(asked(&index, "arp", "now").await.freshness.age_s, Some(0));
    sim.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_moment_that_cannot_be_answered_is_refused_with_the_reason() {
    let (index, sim, _firewall, _report) = synced().await;
    for (moment, reason) in [
        ("2 hours ago", "the history begins at 2026-11-23T23:03:20Z"),
        ("run 99", "there is no run 99"),
        ("whenever", "is no moment"),
        ("2031-01-01", "lies in the future"),
    ] {
        let refused = index.ask().at(Some(moment)).await.unwrap_err();
        assert!(
            refused.is_refusal() && refused.to_string().contains(reason),
            "{moment}: {refused}"
        );
    }
    sim.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_earlier_state_says_what_was_stale_then_and_cannot_be_written() {
    let (index, sim, firewall, _report) = synced().await;
    index.clock.advance(300);
    sim.fault("vlan_settings/search_item", opndex::sim::Fault::Status(500));
    let failed = run(&firewall).await.run.unwrap();
    index.clock.advance(300);
    sim.change(|world| world.add_vlan(77, "LAB")).unwrap();
    run(&firewall).await;
    index.clock.advance(300);
    sim.clear_faults();
    run(&firewall).await;
    assert!(!index.query("vlans", "").await.freshness.stale);
    let then = asked(&index, "vlans", &format!("run {failed}")).await;
    assert!(then.freshness.stale && !then.freshness.complete, "{:?}", then.freshness);
    assert_eq!(
        then.freshness.age_s,
        Some(900),
        "as of when it was last good: {:?}",
        then.freshness
    );
    assert!(then.freshness.notes[0].contains("malformed"), "{:?}", then.freshness);
    let past = index.store.at(Moment::Run(failed), &[]).await.unwrap();
    let refused = past.firewall("fw", "http://fw", Timestamp::from_seconds(0)).await.unwrap_err();
    assert!(matches!(refused, StoreError::Past), "{refused}");
    sim.stop().await;
}

#[tokio::test]
async fn runs_order_history_whatever_the_clock_says() {
    let index = Index::new().await;
    let firewall = index.store.firewall("fw", "http://fw", index.clock.now()).await.unwrap();
    let begin = async |seconds: i64| {
        index.store.run_begin(firewall, Timestamp::from_seconds(seconds)).await.unwrap()
    };
    // Two in one second; then the clock is set back; then it passes where it had been.
    let runs =
        [begin(100).await, begin(100).await, begin(50).await, begin(60).await, begin(200).await];
    let at = async |seconds: i64| {
        let moment = Moment::At(Timestamp::from_seconds(seconds));
        let view = index.store.at(moment, &[]).await.unwrap();
        view.firewalls().await.unwrap()[0].last_run.as_ref().unwrap().id
    };
    let expected: [(i64, RunId); 6] = [
        (55, runs[2]),
        (60, runs[3]),
        (99, runs[3]),
        (100, runs[3]),
        (199, runs[3]),
        (200, runs[4]),
    ];
    for (seconds, run) in expected {
        assert_eq!(at(seconds).await, run, "{seconds}");
    }
    let last = index.store.firewalls().await.unwrap()[0].last_run.clone().unwrap();
    assert_eq!((last.id, last.outcome.as_str()), (runs[4], "running"));
}
