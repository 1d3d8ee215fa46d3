//! How the program ends when something is wrong, and what it never shows.

use std::fs;
use std::process::{Command as Process, Stdio};
use std::time::Duration;

use opndex::sim::Fault;
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;
use tempfile::TempDir;

use super::{Home, PROGRAM, bare, json, text};

#[test]
fn a_domain_that_fails_keeps_its_rows_and_says_why() {
    let home = Home::synced();
    let before = home.json(&["query", "vlans"])["rows"].clone();
    home.simulator.fault("interfaces/vlan_settings", Fault::Status(403));
    home.opndex(&["sync"]).code(1).stdout(contains("· partial ·").and(contains("denied")));
    let after = home.json(&["query", "vlans"]);
    assert_eq!(after["rows"], before);
    assert_eq!((&after["stale"], &after["complete"]), (&Value::from(true), &Value::from(false)));
    home.opndex(&["query", "vlans", "--format", "csv"])
        .code(0)
        .stderr(contains("· stale\n").and(contains("note: ")).and(contains("may not read")));
    home.simulator.clear_faults();
    home.opndex(&["sync"]).code(0);
    home.opndex(&["query", "vlans"]).code(0).stderr(contains("complete"));
}

#[test]
fn wrong_credentials_cost_one_request_and_end_with_three() {
    let home = Home::new();
    let settings = home.settings_with("w1wrongsecret");
    home.simulator.reset_stats();
    bare(home.folder.path())
        .arg("--config")
        .arg(settings)
        .arg("sync")
        .assert()
        .code(3)
        .stdout(contains("does not accept the API key").and(contains("w1wrongsecret").not()))
        .stderr("");
    assert_eq!(home.simulator.stats().requests, 1);
}

#[test]
fn a_firewall_that_is_not_there_ends_with_three_and_the_rows_stay() {
    let home = Home::synced();
    home.simulator.fault("/", Fault::Reset);
    home.opndex(&["sync"]).code(3).stdout(contains("· failed ·"));
    home.opndex(&["query", "vlans", "--count"])
        .code(0)
        .stdout("5 rows\n")
        .stderr(contains("stale"));
    home.opndex(&["status"]).code(0).stdout(contains("last run failed"));
}

#[test]
fn a_question_without_a_database_says_how_to_make_one() {
    let folder = TempDir::new().unwrap();
    let ask = |arguments: &[&str]| bare(folder.path()).args(arguments).assert().code(2).stdout("");
    ask(&["status", "--database", "none.db"])
        .stderr(contains("error: no database at none.db").and(contains("`opndex sync`")));
    let refused = ask(&["locate", "nas", "--database", "none.db", "--format", "json"]);
    let error = json(&refused.get_output().stderr);
    assert!(error["error"]["message"].as_str().unwrap().starts_with("no database at none.db"));
    assert_eq!(error["error"]["causes"], serde_json::json!([]));
    assert!(!folder.path().join("none.db").exists());
}

#[test]
fn a_file_that_is_no_database_is_a_fault_with_its_cause() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("notes.txt"), "no database, ".repeat(1_000)).unwrap();
    bare(folder.path())
        .args(["status", "--database", "notes.txt"])
        .assert()
        .code(70)
        .stdout("")
        .stderr(predicates::str::starts_with("error: ").and(contains("\n  because: ")));
    assert!(
        fs::read_to_string(folder.path().join("notes.txt")).unwrap().starts_with("no database")
    );
}

#[cfg(unix)]
#[test]
fn the_database_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::synced();
    assert_eq!(fs::metadata(home.database()).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn no_secret_is_printed_logged_or_stored() {
    let home = Home::new();
    let log = home.path("trace.log");
    let log = log.to_str().unwrap();
    let traced: [&[&str]; 5] = [
        &["sync", "--log", "trace,h2=trace,hyper=trace,reqwest=trace,rustls=trace,sqlx=trace"],
        &["sync", "--log", "trace", "--log-json", "--log-file", log],
        &["query", "aliases", "--limit", "1000", "--log", "trace"],
        &["locate", "nas", "--log", "trace"],
        &["status", "--log", "trace", "--format", "json"],
    ];
    let (key, secret) = (home.simulator.key(), home.simulator.secret());
    let secrets = [key.expose(), secret.expose(), "SIM-SECRET-"];
    let clean = |what: &str, bytes: &[u8]| {
        let shown = String::from_utf8_lossy(bytes);
        for secret in secrets {
            assert!(!shown.contains(secret), "a secret in {what}");
        }
    };
    for arguments in traced {
        let done = home.opndex(arguments).code(0);
        clean("the answer", &done.get_output().stdout);
        clean("the log", &done.get_output().stderr);
    }
    assert!(fs::metadata(log).unwrap().len() > 0, "the log was written");
    for entry in fs::read_dir(home.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|kind| kind != "toml") {
            clean(&path.display().to_string(), &fs::read(&path).unwrap());
        }
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let home = Home::synced();
    let mut child = Process::new(PROGRAM)
        .arg("--config")
        .arg(home.settings())
        .args(["query", "arp", "--limit", "1000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let done = child.wait_with_output().unwrap();
    assert_eq!(done.status.code(), Some(0));
    assert!(!text(&done.stderr).contains("error"), "{}", text(&done.stderr));
}

#[cfg(unix)]
#[test]
fn an_interrupted_sync_stops_in_order() {
    let home = Home::synced();
    home.simulator.set_latency(Duration::from_mins(1));
    home.simulator.reset_stats();
    let child = Process::new(PROGRAM)
        .arg("--config")
        .arg(home.settings())
        .arg("sync")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // It listens to signals before it sends its first request.
    while home.simulator.stats().requests == 0 {
        std::thread::yield_now();
    }
    let pid = child.id().to_string();
    assert!(Process::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let done = child.wait_with_output().unwrap();
    assert_eq!(done.status.code(), Some(130));
    assert!(text(&done.stdout).contains("· stopped ·"), "{}", text(&done.stdout));
    home.opndex(&["query", "vlans", "--count"]).code(0).stdout("5 rows\n");
}

#[test]
fn serving_ends_with_its_input_and_writes_nothing_else() {
    let home = Home::synced();
    home.command(&["serve"]).write_stdin("").assert().code(0).stdout("");
    home.command(&["demo", "--serve", "--devices", "20"])
        .write_stdin("")
        .assert()
        .code(0)
        .stdout("");
}
