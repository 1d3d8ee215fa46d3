//! Syncing from a simulated firewall that misbehaves: nothing is lost, and the reason is told.

use std::time::Duration;

use opndex::sim::{Fault, SimOptions, Simulator};
use opndex::sync::{DomainState, Due, Ending, Event};
use opndex::types::Clock;
use tokio_util::sync::CancellationToken;

use super::support::index::{Index, domain, quiet, run};

async fn simulator(clock: &Clock) -> Simulator {
    Simulator::start(SimOptions { clock: clock.clone(), ..SimOptions::default() }).await.unwrap()
}

async fn synced() -> (Index, Simulator, opndex::sync::Firewall) {
    let index = Index::new().await;
    let sim = simulator(&index.clock).await;
    let firewall = index.firewall(&sim.url(), sim.key().expose(), sim.secret().expose());
    let report = run(&firewall).await;
    assert_eq!(report.ending, Ending::Complete, "{report:#?}");
    (index, sim, firewall)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_domain_that_fails_keeps_its_rows_and_says_why_while_the_others_land() {
    let faults = [
        (Fault::Status(500), DomainState::Malformed, "status 500"),
        (Fault::Status(404), DomainState::Partial, "has no"),
        (Fault::Status(403), DomainState::Denied, "privilege"),
        (Fault::Status(401), DomainState::Denied, "refused"),
        (Fault::Slow(Duration::from_secs(30)), DomainState::Unreachable, "did not answer within"),
        (Fault::Reset, DomainState::Unreachable, "got no answer"),
        (Fault::Truncate, DomainState::Malformed, "did not answer in earnest"),
        (Fault::Html, DomainState::Malformed, "HTML"),
        (Fault::Empty, DomainState::Malformed, "empty"),
        (Fault::WrongType, DomainState::Malformed, "did not answer in earnest"),
        (Fault::EmptyRows, DomainState::Suspect, "answered without rows"),
    ];
    for (fault, state, reason) in faults {
        let (index, sim, firewall) = synced().await;
        let before = index.query("vlans", "").await;
        let as_of = before.freshness.as_of;
        index.clock.advance(120);
        let about = format!("{fault:?}");
        sim.fault("vlan_settings/search_item", fault);
        sim.change(|world| world.set_online("nas", false));
        let report = run(&firewall).await;
        assert_eq!(report.ending, Ending::Partial, "{about}: {report:#?}");
        let failed = domain(&report, "vlans");
        assert_eq!(failed.state, state, "{about}: {failed:?}");
        assert!(
            failed.reason.as_deref().unwrap_or_default().contains(reason),
            "{about}: {failed:?}"
        );
        for other in report.domains.iter().filter(|d| d.domain != "vlans") {
            assert!(other.state.is_good(), "{about}: {other:?}");
        }
        assert_eq!(domain(&report, "arp").state, DomainState::Fresh, "{about}: the others land");
        let after = index.query("vlans", "").await;
        assert_eq!(
            (after.rows.len(), after.total),
            (before.rows.len(), before.total),
            "{about}: nothing is deleted"
        );
        assert!(after.freshness.stale && !after.freshness.complete, "{about}: {after:?}");
        assert_eq!(
            after.freshness.as_of, as_of,
            "{about}: its rows are of the time they were read"
        );
        assert!(
            after.freshness.notes.iter().any(|n| n.contains(reason)),
            "{about}: {:?}",
            after.freshness.notes
        );
        sim.clear_faults();
        let healed = run(&firewall).await;
        assert_eq!(healed.ending, Ending::Complete, "{about}: {healed:#?}");
        sim.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_firewall_whose_backend_is_down_deletes_nothing() {
    let (index, sim, firewall) = synced().await;
    let mut before = Vec::new();
    // What is read daily was read a moment ago, what is opt-in never.
    let is_read = |d: &&&dyn opndex::domain::AnyDomain| {
        !matches!(d.cadence(), opndex::domain::Cadence::OptIn | opndex::domain::Cadence::Daily)
    };
    for known in opndex::domain::ALL.iter().filter(is_read) {
        let total = index.query(known.name(), "").await.total;
        // Of what was empty nothing can be deleted.
        if total > 0 {
            before.push((known.name(), total));
        }
    }
    assert!(before.len() > 50, "{before:?}");
    let everything = "search|get|list|stats|status|traffic|interfaces_info|export|backups|resources|disk|swap|temperature|show|pf_states";
    sim.fault(everything, Fault::EmptyRows);
    for minutes in [0, 5, 10, 60] {
        index.clock.advance(minutes * 60);
        let report = run(&firewall).await;
        assert_ne!(report.ending, Ending::Complete, "{report:#?}");
        for (name, total) in &before {
            assert_eq!(index.query(name, "").await.total, *total, "{name} after {minutes} minutes");
            assert!(!domain(&report, name).state.is_good(), "{name}: {report:#?}");
        }
    }
    sim.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_that_stays_empty_is_believed_at_last() {
    let (index, sim, firewall) = synced().await;
    assert!(index.query("ndp", "").await.total > 0);
    sim.fault("search_ndp", Fault::EmptyRows);
    for _ in 0..2 {
        assert_eq!(domain(&run(&firewall).await, "ndp").state, DomainState::Suspect);
        index.clock.advance(300);
    }
    let report = run(&firewall).await;
    assert_eq!((report.ending, domain(&report, "ndp").rows), (Ending::Complete, 0), "{report:#?}");
    sim.stop().await;
}

/// Its answer is HTTP 200 without rows, as that of a broken firewall, but says why.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_monit_last_said_is_stale_once_it_is_stopped_and_gone_when_that_lasts() {
    let (index, sim, firewall) = synced().await;
    assert_eq!(index.query("monit_status", "ok = false").await.total, 1);
    assert_eq!(index.query("services", "name = monit and running = true").await.total, 1);
    sim.change(opndex::sim::World::stop_monit);
    for _ in 0..2 {
        let report = run(&firewall).await;
        let monit = domain(&report, "monit_status");
        assert_eq!((report.ending, monit.rows), (Ending::Partial, 3), "{monit:?}");
        let answer = index.query("monit_status", "").await;
        let notes = &answer.freshness.notes;
        assert!(answer.freshness.stale && notes[0].contains("Monit does not run"), "{notes:?}");
        index.clock.advance(300);
    }
    let report = run(&firewall).await;
    let monit = domain(&report, "monit_status");
    assert_eq!((report.ending, monit.state), (Ending::Complete, DomainState::Absent), "{monit:?}");
    let answer = index.query("monit_status", "").await;
    assert_eq!(answer.total, 0);
    assert!(answer.freshness.notes[0].starts_with("Monit does not run"), "{answer:?}");
    assert!(answer.freshness.complete && !answer.freshness.stale, "its rows are gone: {answer:?}");
    assert_eq!(index.query("services", "name = monit and running = false").await.total, 1);
    sim.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_backend_that_fails_keeps_its_own_rows_only() {
    let (index, sim, firewall) = synced().await;
    let count = async |backend: &str| {
        index.query("dhcp_leases", &format!("backend = {backend}")).await.total
    };
    let (kea, dnsmasq) = (count("kea4").await, count("dnsmasq").await);
    assert!(kea > 0 && dnsmasq > 0);
    sim.fault("kea/leases4", Fault::Status(500));
    sim.change(|world| world.join(5));
    let report = run(&firewall).await;
    assert_eq!(domain(&report, "dhcp_leases").state, DomainState::Partial);
    assert_eq!(count("kea4").await, kea, "kept");
    let answer = index.query("dhcp_leases", "").await;
    assert!(
        answer.freshness.notes.iter().any(|n| n.starts_with("kea4: ")),
        "{:?}",
        answer.freshness.notes
    );
    sim.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_domain_that_is_off_is_missed_only_by_who_asks_for_it() {
    let (index, sim, _firewall) = synced().await;
    let located = index.ask().locate("nas", None).await.unwrap();
    assert!(located.freshness.complete, "{:?}", located.freshness);
    let told = |notes: &[String]| notes.iter().any(|note| note.contains("opt-in"));
    assert!(!told(&located.freshness.notes), "{:?}", located.freshness.notes);
    let asked = index.query("users", "").await.freshness;
    assert!(told(&asked.notes) && !asked.complete, "{asked:?}");
    sim.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_credentials_stop_at_once() {
    let index = Index::new().await;
    let sim = simulator(&index.clock).await;
    let firewall = index.firewall(&sim.url(), "nobody", "nothing");
    let report = run(&firewall).await;
    assert_eq!(report.ending, Ending::Failed);
    assert!(
        report.reason.as_deref().unwrap_or_default().contains("does not accept the API key"),
        "{report:?}"
    );
    assert_eq!(sim.stats().requests, 1, "a failed login blocks a firewall worker for two seconds");
    sim.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changed_is_written_and_nothing_else() {
    let (index, sim, firewall) = synced().await;
    let again = run(&firewall).await;
    assert!(
        again.domains.iter().all(|d| {
            matches!(d.state, DomainState::Unchanged | DomainState::Absent) && d.changed == 0
        }),
        "{again:#?}"
    );
    let rule = sim.change(opndex::sim::World::edit_rule);
    let report = run(&firewall).await;
    assert_eq!(
        (domain(&report, "firewall_rules").state, domain(&report, "firewall_rules").changed),
        (DomainState::Fresh, 1)
    );
    // When the configuration was saved is no change of the system.
    let moved: Vec<_> = report.domains.iter().filter(|d| d.changed > 0).map(|d| d.domain).collect();
    assert_eq!((moved, report.changed()), (vec!["firewall_rules"], 1), "{report:#?}");
    let row = index.row("firewall_rules", &format!("uuid = {rule}")).await;
    assert!(row.contains_key("description"));
    sim.change(|world| world.tick(60));
    let ticked = run(&firewall).await;
    assert_eq!(ticked.changed(), 0, "expiry and ages are no change: {ticked:#?}");
    sim.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_that_vanish_are_deleted_and_rows_that_join_are_found() {
    let (index, sim, firewall) = synced().await;
    let joined = sim.change(|world| world.join(3));
    let name = joined
        .iter()
        .find(|n| n.is_ascii() && !n.is_empty() && !n.contains(['\'', '"', '<']))
        .cloned();
    run(&firewall).await;
    if let Some(name) = &name {
        let located = index.ask().locate(name, None).await.unwrap();
        assert!(!located.mentions.is_empty(), "{name}");
    }
    let total = index.query("dhcp_leases", "").await.total;
    let left = sim.change(|world| world.leave(10)).len();
    let report = run(&firewall).await;
    assert!(domain(&report, "dhcp_leases").changed > 0 && left > 0);
    assert!(index.query("dhcp_leases", "").await.total < total);
    sim.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn configuration_is_read_again_only_when_its_revision_moved() {
    let (index, sim, firewall) = synced().await;
    sim.reset_stats();
    index.clock.advance(500);
    let cancel = CancellationToken::new();
    let probe = firewall.run(&Due::ConfigIfChanged, &cancel, &quiet()).await.unwrap();
    assert_eq!((probe.domains.len(), sim.stats().requests), (0, 1), "one cheap question");
    assert_eq!(
        index.query("vlans", "").await.freshness.age_s,
        Some(0),
        "which confirms what is known"
    );
    sim.change(|world| world.add_vlan(77, "LAB")).unwrap();
    let probe = firewall.run(&Due::ConfigIfChanged, &cancel, &quiet()).await.unwrap();
    assert_eq!(domain(&probe, "vlans").changed, 1);
    assert!(probe.domains.iter().all(|d| d.domain != "arp"), "{probe:#?}");
    sim.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_stay_within_the_cap_and_shared_endpoints_are_asked_once() {
    let (_index, sim, _firewall) = synced().await;
    let stats = sim.stats();
    assert!(stats.most_in_flight <= 4, "{stats:?}");
    assert_eq!(stats.by_path.get("dnsmasq/settings/search_host"), Some(&1), "{stats:?}");
    sim.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_run_leaves_a_whole_index() {
    let index = Index::new().await;
    let sim = simulator(&index.clock).await;
    sim.set_latency(Duration::from_millis(20));
    let firewall = index.firewall(&sim.url(), sim.key().expose(), sim.secret().expose());
    let cancel = CancellationToken::new();
    let trigger = cancel.clone();
    // Stops as soon as the first domain has landed.
    let progress: opndex::sync::Progress = std::sync::Arc::new(move |event| {
        if matches!(event, Event::Finished(_)) {
            trigger.cancel();
        }
    });
    let report = firewall.run(&Due::All, &cancel, &progress).await.unwrap();
    assert_eq!(report.ending, Ending::Cancelled);
    sim.set_latency(Duration::ZERO);
    let report = run(&firewall).await;
    assert_eq!(report.ending, Ending::Complete, "{report:#?}");
    sim.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_planted_secret_passes_the_border() {
    let (index, sim, firewall) = synced().await;
    sim.change(opndex::sim::World::edit_rule);
    run(&firewall).await;
    let secret = sim.secret();
    sim.stop().await;
    index.store.close().await;
    for file in std::fs::read_dir(index.folder.path()).unwrap() {
        let path = file.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        for planted in ["SIM-SECRET-", secret.expose()] {
            let found = bytes.windows(planted.len()).any(|w| w == planted.as_bytes());
            assert!(!found, "`{planted}` in {}", path.display());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_of_several_firewalls_say_whose_they_are() {
    let (index, sim, _firewall) = synced().await;
    let other = Simulator::start(SimOptions {
        seed: 2,
        clock: index.clock.clone(),
        ..SimOptions::default()
    })
    .await
    .unwrap();
    let second =
        index.firewall_named("branch", &other.url(), other.key().expose(), other.secret().expose());
    assert_eq!(run(&second).await.ending, Ending::Complete);
    let both = index.query("vlans", "").await;
    assert_eq!(both.columns[0], "firewall", "{both:?}");
    let names: std::collections::BTreeSet<_> =
        both.rows.iter().map(|row| row[0].as_str().unwrap()).collect();
    assert_eq!(names, std::collections::BTreeSet::from(["branch", "fw"]));
    let query = opndex::ask::Query {
        domain: "vlans".to_owned(),
        firewall: Some("branch".to_owned()),
        ..Default::default()
    };
    let one = index.ask().query(&query).await.unwrap();
    assert!(one.columns[0] != "firewall" && one.total * 2 == both.total, "{one:?}");
    sim.stop().await;
    other.stop().await;
}
