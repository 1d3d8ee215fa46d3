//! Looking after history: damage is told, retention says what it drops, copies are whole, runs may be cut off.

use opndex::store::{Store, Verified};

use super::history::{PHONE, about, apply_arp, arp, asked, synced};
use super::support::index::{Index, run};

/// Flips one bit in the data of every chunk that `condition` finds.
fn flip(index: &Index, condition: &str) -> usize {
    let connection = rusqlite::Connection::open(index.store.path()).unwrap();
    let sql = format!("SELECT chunk_id, data FROM chunks WHERE {condition}");
    let chunks: Vec<(i64, Vec<u8>)> = connection
        .prepare(&sql)
        .unwrap()
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for (id, mut data) in chunks.clone() {
        let middle = data.len() / 2;
        data[middle] ^= 1;
        connection.execute("UPDATE chunks SET data = ? WHERE chunk_id = ?", (data, id)).unwrap();
    }
    chunks.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flipped_bit_is_told_with_run_and_domain_and_everything_else_answers() {
    let (index, sim, firewall, report) = synced().await;
    let first = report.run.unwrap();
    index.clock.advance(3_600);
    sim.change(|world| world.join(5));
    let second = run(&firewall).await.run.unwrap();
    let Verified { snapshots, damages, .. } = index.store.verify().await.unwrap();
    assert!(snapshots > 9 && damages.is_empty(), "{damages:?}");
    let root = "hash = (SELECT substr(root, 1, 16) FROM snapshots WHERE domain = 'aliases' ORDER BY snapshot_id LIMIT 1)";
    assert_eq!(flip(&index, root), 1);
    let damages = index.store.verify().await.unwrap().damages;
    let hurt: Vec<_> = damages.iter().map(|d| (d.domain.as_str(), d.run)).collect();
    assert_eq!(hurt, [("aliases", first)], "{damages:?}");
    // The tables are untouched; the past of this domain says why it cannot answer, the others do.
    assert!(!index.query("aliases", "").await.rows.is_empty());
    let aliases = asked(&index, "aliases", &format!("run {first}")).await;
    assert!(aliases.rows.is_empty() && !aliases.freshness.complete, "{aliases:?}");
    assert!(aliases.freshness.notes[0].contains("is damaged"), "{aliases:?}");
    let leases = asked(&index, "dhcp_leases", &format!("run {first}")).await;
    assert!(!leases.rows.is_empty() && !leases.freshness.stale);
    let changes = index.ask().changes(&about("all", None)).await.unwrap();
    assert!(changes.changes.iter().any(|c| c.run == second), "{changes:?}");
    // The next change of the domain stores it whole again.
    sim.change(|world| world.add_vlan(77, "LAB")).unwrap();
    index.clock.advance(60);
    run(&firewall).await;
    let rebuilt = index.store.rebuild().await.unwrap();
    let problem = rebuilt.iter().find(|one| one.domain == "aliases").unwrap();
    assert!(problem.problem.is_some(), "its table is left as it is: {problem:?}");
    assert!(!index.query("aliases", "").await.rows.is_empty());
    sim.stop().await;
}

#[tokio::test]
async fn retention_drops_what_it_said_and_answers_say_what_was_thinned_out() {
    let index = Index::new().await;
    let firewall = index.store.firewall("fw", "http://fw", index.clock.now()).await.unwrap();
    let mut runs = Vec::new();
    // Ten minutes apart for two days, each with one row more or less, and much that stays.
    let stays: Vec<_> =
        (0..200).map(|n| arp(&format!("10.2.0.{n}"), &format!("aa:00:00:00:02:{n:02x}"))).collect();
    for n in 0..288_u32 {
        let mut rows = stays.clone();
        rows.push(arp(&format!("10.3.{}.{}", n / 200, n % 200), PHONE));
        runs.push(apply_arp(&index, firewall, &rows).await);
        index.clock.advance(600);
    }
    let policy = opndex::store::Retention {
        keep_all: Some(86_400),
        hourly: Some(7 * 86_400),
        daily: None,
        weekly: None,
        configuration: None,
        presence: Some(86_400),
    };
    let plan = index.store.prune_plan(policy, index.clock.now()).await.unwrap();
    let pruned = index.store.prune(policy, index.clock.now()).await.unwrap();
    assert_eq!(plan.domains, pruned.domains, "the plan that was shown is carried out");
    assert!((115..=125).contains(&pruned.domains[0].dropped), "{pruned:?}");
    assert!(pruned.presence > 100 && pruned.chunks > 0, "{pruned:?}");
    let again = index.store.prune(policy, index.clock.now()).await.unwrap();
    assert_eq!((again.domains[0].dropped, again.chunks), (0, 0), "{again:?}");
    let damages = index.store.verify().await.unwrap().damages;
    assert!(damages.is_empty(), "what stays is whole: {damages:?}");
    let early = asked(&index, "arp", &format!("run {}", runs[7])).await;
    let notes = early.freshness.notes.join("; ");
    assert!(notes.contains("thinned out by retention") && !early.freshness.complete, "{notes}");
    assert_eq!(early.rows.len(), 201);
    let late = asked(&index, "arp", &format!("run {}", runs[280])).await;
    assert!(!late.freshness.notes.join("; ").contains("thinned"), "{:?}", late.freshness);
    assert!(late.rows.iter().any(|row| row[0] == "10.3.1.80"), "{:?}", late.rows);
    let connection = rusqlite::Connection::open(index.store.path()).unwrap();
    let pragma = |name: &str| {
        connection.query_row(&format!("PRAGMA {name}"), [], |r| r.get::<_, i64>(0)).unwrap()
    };
    assert_eq!((pragma("auto_vacuum"), pragma("freelist_count")), (2, 0), "space is given back");
}

#[tokio::test]
async fn changes_of_a_time_that_is_not_kept_say_so() {
    let index = Index::new().await;
    let firewall = index.store.firewall("fw", "http://fw", index.clock.now()).await.unwrap();
    let begins = index.clock.now();
    for n in 0..48_u32 {
        apply_arp(&index, firewall, &[arp(&format!("10.3.0.{n}"), PHONE)]).await;
        index.clock.advance(3_600);
    }
    let since = async |moment: &str| {
        let asked = opndex::ask::ChangesAsked {
            since: Some(moment.to_owned()),
            limit: Some(1_000),
            ..about("arp", None)
        };
        let freshness = index.ask().changes(&asked).await.unwrap().freshness;
        (freshness.complete, freshness.notes.join("; "))
    };
    let (complete, notes) = since("3 days ago").await;
    let said = format!("the history begins at {begins}");
    assert!(!complete && notes.contains(&said), "{notes}");
    let long_ago =
        opndex::ask::ChangesAsked { until: Some("3 days ago".to_owned()), ..about("arp", None) };
    let long_ago = index.ask().changes(&long_ago).await.unwrap();
    assert!(
        long_ago.changes.is_empty()
            && long_ago
                .freshness
                .notes
                .contains(&format!("{said}; what changed before is not known")),
        "{long_ago:?}"
    );
    assert_eq!(since("40 hours ago").await, (true, String::new()));
    let day = Some(86_400);
    let policy = opndex::store::Retention {
        keep_all: day,
        hourly: day,
        daily: day,
        weekly: day,
        configuration: day,
        presence: None,
    };
    index.store.prune(policy, index.clock.now()).await.unwrap();
    let (complete, notes) = since("40 hours ago").await;
    assert!(
        !complete && notes.contains("thinned out by retention") && notes.contains("arp (from "),
        "{notes}"
    );
    assert_eq!(since("20 hours ago").await, (true, String::new()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_a_whole_database_of_its_own_and_overwrites_nothing() {
    let (index, sim, _firewall, _report) = synced().await;
    let target = index.folder.path().join("copy.db");
    index.store.backup(&target).await.unwrap();
    let refused = index.store.backup(&target).await.unwrap_err();
    assert!(refused.to_string().contains("exists already"), "{refused}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(target.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let copy = opndex::ask::Ask::new(Store::open(&target).await.unwrap(), index.clock.clone());
    let (ours, theirs) =
        (index.ask().locate("nas", None).await.unwrap(), copy.locate("nas", None).await.unwrap());
    assert_eq!(ours.mentions.len(), theirs.mentions.len());
    sim.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_user_says_about_a_device_is_shown_found_and_survives() {
    let (index, sim, firewall, _report) = synced().await;
    let located = index.ask().locate("nas", None).await.unwrap();
    let lease = located
        .mentions
        .iter()
        .find(|m| m.row.contains_key("mac") && m.row.contains_key("ip"))
        .unwrap();
    let (mac, ip) = (lease.row["mac"].as_str().unwrap(), lease.row["ip"].as_str().unwrap());
    let words =
        |name: &str| opndex::ask::LabelChange { name: Some(name.to_owned()), ..Default::default() };
    let label = index.ask().label(ip, words("Anna's storage")).await.unwrap();
    assert_eq!((label.device.as_str(), label.name.as_deref()), (mac, Some("Anna's storage")));
    let owner = opndex::ask::LabelChange { owner: Some("Anna".to_owned()), ..Default::default() };
    index.ask().label(mac, owner).await.unwrap();
    sim.change(|world| world.leave(30));
    run(&firewall).await;
    index.store.rebuild().await.unwrap();
    for text in ["nas", mac, "anna's storage", "Anna"] {
        let found = index.ask().locate(text, None).await.unwrap();
        assert_eq!(found.labels.len(), 1, "{text}: {found:?}");
        assert_eq!(found.labels[0].owner.as_deref(), Some("Anna"), "what is not said stays");
    }
    let nobody = index.ask().label("10.99.99.99", words("x")).await.unwrap_err();
    assert!(nobody.is_refusal() && nobody.to_string().contains("no device is"), "{nobody}");
    assert_eq!(index.ask().label_remove(mac).await.unwrap().as_deref(), Some(mac));
    assert!(index.ask().locate("nas", None).await.unwrap().labels.is_empty());
    sim.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_fails_beside_a_damaged_state_stops_no_run_and_costs_no_row() {
    let (index, sim, firewall, _) = synced().await;
    let before = index.query("firewall_rules", "").await.rows;
    let connection = rusqlite::Connection::open(index.store.path()).unwrap();
    let sql = "UPDATE chunks SET data = zeroblob(length(data)) WHERE hash = (SELECT substr(root, 1, 16) FROM snapshots WHERE domain = 'firewall_rules')";
    assert_eq!(connection.execute(sql, []).unwrap(), 1);
    sim.fault("firewall/filter/search_rule", opndex::sim::Fault::Status(500));
    index.clock.advance(60);
    let report = run(&firewall).await;
    let others = report.domains.iter().filter(|d| d.domain != "firewall_rules");
    assert!(
        others.clone().count() > 50 && others.clone().all(|d| d.state.is_good()),
        "{report:#?}"
    );
    assert_eq!(index.query("firewall_rules", "").await.rows, before);
    assert!(index.query("firewall_rules", "").await.freshness.stale);
    sim.clear_faults();
    sim.change(opndex::sim::World::edit_rule);
    index.clock.advance(60);
    assert_eq!(run(&firewall).await.ending, opndex::sync::Ending::Complete);
    let rules = index.query("firewall_rules", "").await;
    assert!(!rules.freshness.stale && rules.rows != before, "{:?}", rules.freshness);
    sim.stop().await;
}
