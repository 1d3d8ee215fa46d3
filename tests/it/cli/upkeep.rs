//! Looking after the database from the command line.

use std::fs;

use opndex::types::Clock;
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;

use super::{Home, bare, text};
use crate::history::{apply_arp, arp};
use crate::support::index::Index;

fn home_of_two_runs() -> Home {
    let home = Home::synced();
    home.simulator.change(|world| world.add_vlan(77, "LAB")).unwrap();
    home.opndex(&["sync"]).code(0);
    home
}

#[test]
fn runs_are_listed_with_what_each_cost() {
    let home = home_of_two_runs();
    let history = home.json(&["history"]);
    let runs = history["runs"].as_array().unwrap();
    assert_eq!(runs.iter().map(|run| run["run"].as_i64().unwrap()).collect::<Vec<_>>(), [2, 1]);
    let of = |i: usize, what: &str| runs[i][what].as_i64().unwrap();
    assert!(of(1, "snapshots") > of(0, "snapshots") && of(0, "snapshots") > 0, "{history}");
    assert!(of(1, "stored_bytes") > of(0, "stored_bytes") && of(0, "stored_bytes") > 0);
    let parts = history["parts"].as_array().unwrap();
    assert!(parts.iter().any(|p| p["table"] == "chunks" && p["bytes"].as_i64().unwrap() > 4_096));
    let earlier = home.json(&["history", "--before", "2", "--limit", "1"]);
    assert_eq!(earlier["runs"][0]["run"], 1);
    home.opndex(&["history"]).code(0).stdout(contains("chunks").and(contains("complete")));
    home.opndex(&["history", "--firewall", "hom"]).code(2).stderr(contains("did you mean `home`"));
}

#[test]
fn states_are_printed_as_they_are_stored_and_checked() {
    let home = home_of_two_runs();
    let tags = |arguments: &[&str]| {
        let printed = home.opndex(&[&["snapshot", "export", "vlans"], arguments].concat()).code(0);
        let printed = text(&printed.get_output().stdout);
        let row = |line: &str| serde_json::from_str::<Value>(line).unwrap()["tag"].to_string();
        printed.lines().map(row).collect::<Vec<_>>()
    };
    let (now, then) = (tags(&[]), tags(&["--as-of", "run 1"]));
    assert_eq!(now.len(), then.len() + 1);
    assert!(now.iter().any(|tag| tag.contains("77")) && !then.iter().any(|tag| tag.contains("77")));
    home.opndex(&["snapshot", "export", "vlan"]).code(2).stderr(contains("did you mean `vlans`"));
    home.opndex(&["snapshot", "verify"]).code(0).stderr(contains("every chunk as it was written"));
    let connection = rusqlite::Connection::open(home.database()).unwrap();
    let root = "SELECT substr(root, 1, 16) FROM snapshots WHERE domain = 'vlans' AND run_id = 1";
    let sql = format!("UPDATE chunks SET data = zeroblob(length(data)) WHERE hash = ({root})");
    assert_eq!(connection.execute(&sql, []).unwrap(), 1);
    home.opndex(&["snapshot", "verify"])
        .code(70)
        .stdout(contains("vlans").and(contains("is damaged")))
        .stderr(contains("everything else answers"));
    let told = home.command(&["snapshot", "verify", "--format", "json"]).output().unwrap();
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(
        (&told["damaged"][0]["domain"], &told["damaged"][0]["run"]),
        (&"vlans".into(), &1.into())
    );
}

#[test]
fn tables_are_filled_again_from_their_states() {
    let home = Home::synced();
    let before = home.json(&["query", "vlans"])["rows"].clone();
    let connection = rusqlite::Connection::open(home.database()).unwrap();
    assert!(connection.execute("DELETE FROM vlans WHERE tag > 20", []).unwrap() > 0);
    assert_ne!(home.json(&["query", "vlans"])["rows"], before);
    let rebuilt = home.json(&["rebuild"]);
    let all = rebuilt["rebuilt"].as_array().unwrap();
    let vlans = all.iter().find(|one| one["domain"] == "vlans").unwrap();
    assert_eq!(vlans["rows"], before.as_array().unwrap().len());
    assert!(all.len() > 50 && all.iter().all(|one| one["problem"].is_null()), "{rebuilt}");
    assert_eq!(home.json(&["query", "vlans"])["rows"], before);
}

#[test]
fn a_backup_is_a_database_like_ours_and_nothing_is_overwritten() {
    let home = Home::synced();
    let copy = home.path("copy.db");
    let name = copy.to_str().unwrap();
    home.opndex(&["backup", name]).code(0).stderr(contains("copy.db written"));
    let asked = ["query", "vlans", "--format", "json"];
    let of_copy = bare(home.folder.path()).args(["--database", name]).args(asked).output().unwrap();
    let of_copy: Value = serde_json::from_slice(&of_copy.stdout).unwrap();
    assert_eq!(of_copy["rows"], home.json(&asked[..2])["rows"]);
    let size = fs::metadata(&copy).unwrap().len();
    home.opndex(&["backup", name]).code(2).stderr(contains("exists already"));
    assert_eq!(fs::metadata(&copy).unwrap().len(), size);
}

#[test]
fn pruning_shows_its_plan_first_and_gives_the_space_back() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let Index { folder, store, clock } = runtime.block_on(Index::new());
    let path = store.path().to_owned();
    runtime.block_on(async {
        // Sixty days, each with a hundred neighbours nobody saw before: more than the settings keep.
        clock.advance(Clock::system().now().seconds() - clock.now().seconds() - 60 * 86_400);
        let index = Index { folder: tempfile::tempdir().unwrap(), store, clock };
        let firewall = index.store.firewall("fw", "http://fw", index.clock.now()).await.unwrap();
        for day in 0..60_u32 {
            for hour in 0..4_u32 {
                let n = day * 4 + hour;
                let row = |i: u32| {
                    let mac = format!("aa:00:{:02x}:{:02x}:{:02x}:01", n >> 8, n & 255, i);
                    arp(&format!("10.{}.{}.{i}", n >> 8, n & 255), &mac)
                };
                apply_arp(&index, firewall, &(0..100).map(row).collect::<Vec<_>>()).await;
                index.clock.advance(6 * 3_600);
            }
        }
        index.store.close().await;
    });
    let opndex = |arguments: &[&str]| {
        let mut command = bare(folder.path());
        let kept = [
            "--history-keep-all",
            "7d",
            "--history-hourly",
            "7d",
            "--history-daily",
            "30d",
            "--history-presence",
            "7d",
        ];
        command.arg("--database").arg(&path).args(kept).args(arguments);
        command.assert()
    };
    let size = || fs::metadata(&path).unwrap().len();
    let before = size();
    let json = |arguments: &[&str]| -> Value {
        let printed = opndex(&[arguments, &["--format", "json"]].concat()).code(0);
        serde_json::from_slice(&printed.get_output().stdout).unwrap()
    };
    let plan = json(&["prune", "--dry-run"]);
    assert_eq!(size(), before, "a plan changes nothing");
    let dropped = plan["domains"][0]["dropped"].as_i64().unwrap();
    assert!(dropped > 100 && plan["dry_run"] == true, "{plan}");
    opndex(&["prune", "--dry-run"]).code(0).stderr(contains("nothing was changed"));
    let pruned = json(&["prune"]);
    assert_eq!(pruned["domains"], plan["domains"], "the plan that was shown is carried out");
    assert!(pruned["chunks_deleted"].as_i64().unwrap() > 0, "{pruned}");
    assert!(size() < before * 3 / 4, "{before} bytes became {}", size());
    assert_eq!(pruned["bytes_after"], size());
    assert_eq!(json(&["prune"])["domains"][0]["dropped"], 0);
    opndex(&["snapshot", "verify"]).code(0);
    let early = json(&["query", "arp", "--as-of", "run 2"]);
    assert!(early["notes"].to_string().contains("thinned out by retention"), "{early}");
}

#[test]
fn a_device_is_labelled_listed_and_forgotten() {
    let home = Home::synced();
    home.opndex(&["label", "nas", "--name", "Storage", "--owner", "Anna"])
        .code(0)
        .stdout(contains("Storage").and(contains("Anna")));
    home.opndex(&["label", "nas", "--note", "in the cellar"]).code(0);
    let labels = home.json(&["label"]);
    assert_eq!(
        (&labels[0]["name"], &labels[0]["note"]),
        (&"Storage".into(), &"in the cellar".into())
    );
    home.opndex(&["locate", "storage"]).code(0).stdout(contains("nas"));
    for moment in [&[][..], &["--as-of", "run 1"]] {
        let devices = home.json(&[&["devices", "--name", "storage"], moment].concat());
        let columns = devices["columns"].as_array().unwrap();
        let cell =
            |name: &str| &devices["rows"][0][columns.iter().position(|c| c == name).unwrap()];
        let said = ["device", "owner", "note"].map(cell);
        assert_eq!(said, ["Storage", "Anna", "in the cellar"], "{devices}");
    }
    let presence = home.json(&["presence", "nas"]);
    assert_eq!(presence["labels"][0]["owner"], "Anna", "{presence}");
    home.opndex(&["label", "nobody", "--name", "x"]).code(2).stderr(contains("no device is"));
    home.opndex(&["sync"]).code(0);
    home.opndex(&["rebuild"]).code(0);
    assert_eq!(home.json(&["label"]), labels, "it survives");
    home.opndex(&["label", "nas", "--remove"]).code(0).stderr(contains("nothing is said about"));
    assert_eq!(home.json(&["label"]), Value::Array(Vec::new()));
}
