//! The demo, as a person meets it first.

use std::fs;

use predicates::prelude::*;
use predicates::str::contains;
use tempfile::TempDir;

use super::{bare, text};

#[test]
fn the_demo_answers_five_questions_and_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let shown = bare(folder.path())
        // Of a real firewall nothing is read.
        .env("OPNDEX_URL", "https://192.0.2.1")
        .arg("demo")
        .assert()
        .code(0)
        .stdout(contains("demo · OPNsense 26.7.2 · complete"))
        .stdout(contains("1. Who is `nas`?").and(contains("5. Who has 192.168.30.")))
        .stdout(contains("!n_private").and(contains("$ opndex query vlans --columns")))
        .stdout(contains("\"mcpServers\"").and(contains("claude mcp add")))
        .stdout(contains("SIM-SECRET-").not())
        .stderr("");
    assert!(text(&shown.get_output().stdout).contains("sqlite3 "));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_demo_keeps_its_database_on_request() {
    let folder = TempDir::new().unwrap();
    bare(folder.path()).args(["demo", "--database", "demo.db", "--devices", "30"]).assert().code(0);
    bare(folder.path())
        .args(["query", "vlans", "--count", "--database", "demo.db"])
        .assert()
        .code(0)
        .stdout("5 rows\n");
    bare(folder.path()).args(["demo", "--keep", "--devices", "30"]).assert().code(0);
    let kept = fs::read_dir(folder.path()).unwrap().filter(|entry| {
        entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("opndex-demo-")
    });
    assert_eq!(kept.count(), 1);
}
