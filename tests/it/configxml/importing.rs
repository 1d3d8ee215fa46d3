//! Files into the database: order, repetition, and how imports and syncs of one firewall live together.

use std::path::Path;
use std::process::{Command, Output};

use opndex::ask::{Ask, Query};
use opndex::store::{ChangesQuery, State};
use opndex::sync::config_domains;
use opndex::types::{Moment, Timestamp};

use super::{NEWEST, import_bytes, recorded_config};
use crate::support::index::{Index, domain, run};
use crate::support::replay::{Replay, recorded};

/// A configuration with one VLAN for each tag, saved at a time in seconds.
fn config(at: i64, tags: &[u16]) -> Vec<u8> {
    let vlans: Vec<String> = tags
        .iter()
        .map(|tag| format!("<vlan uuid=\"u{tag}\"><if>igc1</if><tag>{tag}</tag><vlanif>vlan{tag}</vlanif></vlan>"))
        .collect();
    format!(
        "<?xml version=\"1.0\"?>\n<opnsense><system><hostname>fw</hostname></system><vlans>{}</vlans>\
         <revision><username>root</username><time>{at}.5</time><description>saved at {at}</description></revision></opnsense>",
        vlans.concat()
    )
    .into_bytes()
}

async fn tags_at(index: &Index, at: i64) -> Vec<i64> {
    let vlans = opndex::domain::by_name("vlans").unwrap();
    let store = match index.store.at(Moment::At(Timestamp::from_seconds(at)), &[vlans]).await {
        Ok(store) => store,
        Err(opndex::store::StoreError::NoHistory { .. }) => return Vec::new(),
        Err(other) => panic!("{other}"),
    };
    let query = Query { domain: "vlans".to_owned(), ..Query::default() };
    let answer = Ask::new(store, index.clock.clone()).query(&query).await.unwrap();
    let tag = answer.columns.iter().position(|c| *c == "tag").unwrap();
    answer.rows.iter().map(|row| row[tag].as_i64().unwrap()).collect()
}

async fn tags(index: &Index) -> Vec<i64> {
    let answer = index.query("vlans", "").await;
    let tag = answer.columns.iter().position(|c| *c == "tag").unwrap();
    answer.rows.iter().map(|row| row[tag].as_i64().unwrap()).collect()
}

/// States at 100, 200, 300 and 400 seconds; the second and the last are those before them.
const STATES: [(i64, &[u16]); 4] = [(100, &[1]), (200, &[1]), (300, &[1, 2]), (400, &[1, 2])];

#[tokio::test]
async fn history_is_the_same_in_whatever_order_files_come() {
    let orders: [[usize; 4]; 6] =
        [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1], [0, 3, 1, 2], [3, 0, 2, 1]];
    for order in orders {
        let index = Index::new().await;
        for i in order {
            import_bytes(&index, &config(STATES[i].0, STATES[i].1)).await;
        }
        assert_eq!(tags(&index).await, [1, 2], "{order:?}");
        for (at, wanted) in
            [(99, vec![]), (150, vec![1]), (250, vec![1]), (350, vec![1, 2]), (450, vec![1, 2])]
        {
            assert_eq!(tags_at(&index, at).await, wanted, "{order:?} at {at}");
        }
    }
}

#[tokio::test]
async fn a_state_between_two_equal_ones_is_seen_to_come_and_to_go() {
    let index = Index::new().await;
    import_bytes(&index, &config(100, &[1])).await;
    import_bytes(&index, &config(300, &[1])).await;
    import_bytes(&index, &config(200, &[7])).await;
    for (at, wanted) in [(150, vec![1]), (250, vec![7]), (350, vec![1])] {
        assert_eq!(tags_at(&index, at).await, wanted, "at {at}");
    }
    assert_eq!(tags(&index).await, [1]);
}

#[tokio::test]
async fn a_file_that_is_known_changes_nothing() {
    let index = Index::new().await;
    let first = import_bytes(&index, &config(100, &[1])).await;
    let vlans = first.domains.iter().find(|line| line.domain == "vlans").unwrap();
    assert!(first.run.is_some() && vlans.changed == 1, "{vlans:?}");
    let again = import_bytes(&index, &config(100, &[1])).await;
    assert_eq!((again.run, again.note), (None, Some("known already")));
    let firewall = index.store.firewalls().await.unwrap()[0].id;
    assert_eq!(index.store.revisions(firewall).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_sync_has_read_is_never_replaced() {
    if recorded().is_none() {
        return;
    }
    let replay = Replay::start("26.7.2", &[]);
    let index = Index::new().await;
    let firewall = index.firewall(&replay.url, "w1key", "w1secret");
    run(&firewall).await;
    let before = index.query("vlans", "").await.rows;
    // Older than the sync: history.
    let old = import_bytes(&index, &config(1_700_000_000, &[1])).await;
    let line = old.domains.iter().find(|line| line.domain == "vlans").unwrap();
    assert_eq!(line.effect, "history");
    assert_eq!(tags_at(&index, 1_700_000_001).await, [1]);
    // Newer than the sync: only what no endpoint gives is taken.
    let new = import_bytes(&index, &config(1_900_000_000, &[9])).await;
    let line = new.domains.iter().find(|line| line.domain == "vlans").unwrap();
    assert_eq!(line.effect, "covered");
    assert_eq!(index.query("vlans", "").await.rows, before);
    let second = run(&firewall).await;
    assert_eq!(domain(&second, "vlans").changed, 0, "and the sync has nothing to repair");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_endpoint_gives_stays_through_syncs_and_says_how_old_it_is() {
    if recorded().is_none() {
        return;
    }
    let replay = Replay::start("24.7.12", &[]);
    let index = Index::new().await;
    let firewall = index.firewall(&replay.url, "w1key", "w1secret");
    import_bytes(&index, &recorded_config("24.7.12", NEWEST)).await;
    let forwards = index.query("destination_nat", "").await.total;
    assert_eq!(forwards, 6);
    for _ in 0..2 {
        run(&firewall).await;
        assert_eq!(index.query("destination_nat", "").await.total, forwards);
        assert_eq!(index.query("dhcp_reservations", "backend = isc4").await.total, 5);
        assert_eq!(index.query("firewall_rules", "origin = legacy").await.total, 53);
    }
    let sources = index.store.source_statuses().await.unwrap();
    let isc =
        sources.iter().find(|s| s.domain == "dhcp_reservations" && s.source == "isc4").unwrap();
    assert_eq!(isc.state, State::Fresh);
    assert_eq!(isc.good_at.unwrap().seconds(), 1_795_472_633, "as old as the file");
}

fn opndex(database: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_opndex"))
        .env_remove("OPNDEX_CONFIG")
        .arg("--database")
        .arg(database)
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn the_command_takes_files_in_any_order_and_says_what_came_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("opndex.db");
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (new, old) = (file("new.xml", &config(200, &[1, 2])), file("old.xml", &config(100, &[1])));
    let bad = file("bad.xml", b"<opnsense><vlans>");
    let done = opndex(&database, &["--format", "json", "import", &new, &bad, &old]);
    assert_eq!(done.status.code(), Some(1), "{done:?}");
    let said: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    let files = said["files"].as_array().unwrap();
    assert!(files[0]["error"].as_str().unwrap().contains("bad.xml: line 1: the file ends inside"));
    assert_eq!(files[1]["at"], "1970-01-01T00:01:40Z", "oldest first: {said}");
    assert_eq!(files[2]["firewall"], "fw");
    let asked = opndex(&database, &["--format", "csv", "query", "vlans", "--columns", "tag"]);
    assert_eq!(String::from_utf8(asked.stdout).unwrap().trim().lines().count(), 3);
    let one =
        opndex(&database, &["import", &new, "--at", "2026-11-24T08:00:00Z", "--firewall", "other"]);
    assert_eq!(one.status.code(), Some(0), "{one:?}");
    let said = String::from_utf8(one.stdout).unwrap();
    assert!(
        said.contains("2026-11-24T08:00:00Z") && said.contains("other") && said.contains("vlans"),
        "{said}"
    );
    let several = opndex(&database, &["import", &new, &old, "--at", "2026-11-24T08:00:00Z"]);
    assert_eq!(several.status.code(), Some(2), "{several:?}");
    let timeless =
        file("timeless.xml", b"<opnsense><system><hostname>a</hostname></system></opnsense>");
    let done = opndex(&database, &["import", &timeless]);
    assert_eq!(done.status.code(), Some(3));
    assert!(String::from_utf8(done.stderr).unwrap().contains("say it with --at"));
}

/// Made with `openssl enc`, as the firewall does it, and the passphrase of a well-known comic.
#[test]
fn an_encrypted_backup_is_read_with_its_passphrase_and_refused_without() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("opndex.db");
    let backup = super::fixture("encrypted.xml");
    let backup = backup.to_str().unwrap();
    let bare = opndex(&database, &["import", backup]);
    assert_eq!(bare.status.code(), Some(3), "{bare:?}");
    let said = String::from_utf8(bare.stderr).unwrap();
    assert!(said.contains("--passphrase-file") && said.contains("OPNDEX_PASSPHRASE"), "{said}");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let wrong = file("wrong", "incorrect horse\n");
    let refused = opndex(&database, &["import", backup, "--passphrase-file", &wrong]);
    assert_eq!(refused.status.code(), Some(3), "{refused:?}");
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("the passphrase is wrong") && !said.contains("horse"), "{said}");
    let none = opndex(&database, &["import", backup, "--passphrase-file", "/nowhere/at/all"]);
    assert_eq!(none.status.code(), Some(2), "{none:?}");
    let empty = file("empty", "\n");
    let none = opndex(&database, &["import", backup, "--passphrase-file", &empty]);
    assert_eq!(none.status.code(), Some(2), "{none:?}");
    let right = file("right", "correct horse battery\nanything\n");
    let done = opndex(&database, &["import", backup, "--passphrase-file", &right]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    assert!(String::from_utf8(done.stdout).unwrap().contains("sealed.example.net"));
    let again = Command::new(env!("CARGO_BIN_EXE_opndex"))
        .env_remove("OPNDEX_CONFIG")
        .env("OPNDEX_PASSPHRASE", "correct horse battery")
        .arg("--database")
        .arg(&database)
        .args(["import", backup, "--firewall", "other"])
        .output()
        .unwrap();
    assert_eq!(again.status.code(), Some(0), "{again:?}");
    let asked = opndex(&database, &["--format", "csv", "query", "vlans", "--columns", "tag"]);
    let rows = String::from_utf8(asked.stdout).unwrap();
    assert_eq!(rows.lines().filter(|line| line.ends_with(",7")).count(), 2, "{rows}");
}

/// What a firewall knows and a file cannot say did not change between them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_sync_after_an_import_reports_what_changed_and_not_what_a_file_lacks() {
    if recorded().is_none() {
        return;
    }
    let replay = Replay::start("26.7.2", &[]);
    let index = Index::new().await;
    import_bytes(&index, &recorded_config("26.7.2", NEWEST)).await;
    run(&index.firewall(&replay.url, "w1key", "w1secret")).await;
    let query = ChangesQuery {
        domains: config_domains(),
        firewall: None,
        since: None,
        until: None,
        about: None,
        noise: false,
        after: None,
        limit: 1_000,
    };
    let changes = index.store.changes(query).await.unwrap().changes;
    let mut domains: Vec<&str> = changes.iter().map(|change| change.domain.name()).collect();
    domains.dedup();
    // The firewall says whom it asks whether a gateway is up.
    assert_eq!(domains, ["gateways"], "{changes:#?}");
}
