//! The house rules of `src/lib.rs`, enforced: floors, crates and their rooms, sizes, docs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Rooms and their floors. A room imports lower floors only, and these neighbours never.
const FLOORS: &[(&str, u8)] = &[
    ("types", 0),
    ("domain", 1),
    ("settings", 1),
    ("telemetry", 1),
    ("opnsense", 2),
    ("configxml", 2),
    ("store", 2),
    ("rules", 2),
    ("sync", 3),
    ("ask", 3),
    ("mcp", 4),
    ("web", 4),
    ("sim", 4),
    ("daemon", 5),
    ("cli", 6),
];

/// Doors see questions and refreshes, never the rooms that do the work.
const CLOSED: &[(&str, &[&str])] = &[
    ("mcp", &["opnsense", "configxml", "store", "rules", "settings"]),
    ("web", &["opnsense", "configxml", "store", "rules", "settings"]),
    ("sim", &["opnsense", "configxml", "store", "rules", "sync", "ask", "domain", "settings"]),
    ("ask", &["opnsense", "configxml"]),
    ("domain", &["settings", "telemetry"]),
];

/// Outside crates and the rooms that may name them. serde, `serde_json`, thiserror and tracing are free;
/// tokio and its utilities are free from floor 2 up, except in `rules`.
const OWNED: &[(&str, &[&str])] = &[
    ("reqwest", &["opnsense"]),
    ("rustls", &["opnsense", "web"]),
    ("rustls_platform_verifier", &["opnsense"]),
    ("backon", &["opnsense"]),
    ("sha2", &["opnsense", "configxml"]),
    ("quick_xml", &["configxml"]),
    ("md5", &["configxml"]),
    ("aes", &["configxml"]),
    ("cbc", &["configxml"]),
    ("pbkdf2", &["configxml"]),
    ("x509_parser", &["domain"]),
    ("rpassword", &["cli"]),
    ("sqlx", &["store"]),
    ("sea_query", &["store"]),
    ("sea_query_sqlx", &["store"]),
    ("lz4_flex", &["store"]),
    ("rusqlite", &["store"]),
    ("blake3", &["store"]),
    ("rmcp", &["mcp"]),
    ("schemars", &["mcp"]),
    ("axum", &["web", "sim"]),
    ("hyper", &["web"]),
    ("hyper_util", &["web"]),
    ("tokio_rustls", &["web"]),
    ("http", &["mcp"]),
    ("http_body", &["mcp"]),
    ("http_body_util", &["mcp", "web"]),
    ("bytes", &["mcp"]),
    ("percent_encoding", &["mcp"]),
    ("tower_service", &["mcp", "web"]),
    ("getrandom", &["web"]),
    ("subtle", &["web"]),
    ("tokio_cron_scheduler", &["sync"]),
    ("futures_util", &["sync", "mcp"]),
    ("toml", &["settings"]),
    ("directories", &["settings"]),
    ("tracing_subscriber", &["telemetry"]),
    ("clap", &["cli"]),
    ("comfy_table", &["cli"]),
    ("indicatif", &["cli"]),
    ("csv", &["cli"]),
    ("secrecy", &["types"]),
    ("strsim", &["types"]),
    ("jiff", &["types", "settings"]),
    ("ipnet", &["types", "rules", "sim"]),
    ("fastrand", &["sim"]),
    ("url", &["settings", "opnsense"]),
    ("base64", &["opnsense", "configxml", "domain", "ask", "sim"]),
];

/// Lines of one file; a longer one is two files.
const MOST_LINES: usize = 500;

/// Names that say nothing about what is inside.
const DRAWERS: &[&str] = &["util", "utils", "common", "helpers", "misc", "models"];

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    for folder in ["src", "tests", "benches"] {
        walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    }
    found.sort();
    found
}

/// The room of a file below `src/`.
fn room(path: &Path) -> Option<String> {
    let below = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).ok()?;
    let first = below.iter().next()?.to_str()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    (!matches!(name, "lib" | "main" | "build")).then(|| name.to_owned())
}

/// Code without comments and without the tests behind `#[cfg(test)]`.
fn code(text: &str) -> String {
    let end = text.find("#[cfg(test)]").unwrap_or(text.len());
    text[..end]
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Words that follow `prefix` in `code`: `crate::store` gives `store`; nested groups are unfolded.
fn mentioned(code: &str, prefix: &str) -> BTreeSet<String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices(prefix) {
        if code[..at].chars().next_back().is_some_and(is_word) {
            continue;
        }
        let rest = &code[at + prefix.len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let group = group.split('}').next().unwrap_or_default();
            found.extend(
                group
                    .split(',')
                    .map(|w| w.trim().chars().take_while(|c| is_word(*c)).collect::<String>()),
            );
        } else {
            found.insert(rest.chars().take_while(|c| is_word(*c)).collect());
        }
    }
    found
}

fn floor(room: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == room).map(|(_, floor)| *floor)
}

#[test]
fn a_room_imports_lower_floors_only() {
    let mut offences = Vec::new();
    for (path, text) in sources() {
        let Some(room) = room(&path) else { continue };
        let mine = floor(&room).unwrap_or_else(|| {
            panic!("{}: `{room}` is no room; add it to the floors", path.display())
        });
        for other in mentioned(&code(&text), "crate::") {
            let Some(theirs) = floor(&other) else { continue };
            let closed =
                CLOSED.iter().any(|(r, others)| *r == room && others.contains(&other.as_str()));
            if other != room && (theirs >= mine || closed) {
                offences.push(format!("{}: `{room}` must not import `{other}`", path.display()));
            }
        }
    }
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}

#[test]
fn an_outside_crate_lives_in_its_room() {
    let mut offences = Vec::new();
    for (path, text) in sources() {
        let Some(room) = room(&path) else { continue };
        // A room's tests may play the other side.
        if path.file_name().is_some_and(|f| f == "tests.rs")
            || path.components().any(|c| c.as_os_str() == "tests")
        {
            continue;
        }
        let code = code(&text);
        for (name, rooms) in OWNED {
            let named =
                code.contains(&format!("{name}::")) || code.contains(&format!("use {name};"));
            let whole = code.match_indices(&format!("{name}::")).any(|(at, _)| {
                !code[..at]
                    .chars()
                    .next_back()
                    .is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
            });
            if named && whole && !rooms.contains(&room.as_str()) {
                offences.push(format!("{}: `{name}` belongs to {rooms:?}", path.display()));
            }
        }
        let low = floor(&room).is_some_and(|f| f < 2) || room == "rules";
        if low && (code.contains("tokio::") || code.contains("tokio_util::")) {
            offences.push(format!(
                "{}: `{room}` is synchronous; tokio begins on floor 2",
                path.display()
            ));
        }
    }
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}

#[test]
fn every_dependency_is_accounted_for() {
    let manifest =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let section = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    let free = ["mimalloc", "tokio", "tokio_util", "serde", "serde_json", "thiserror", "tracing"];
    for line in section.lines().filter(|l| !l.trim_start().starts_with('#')) {
        let Some((name, _)) = line.split_once('=').filter(|(n, _)| !n.starts_with(' ')) else {
            continue;
        };
        let name = name.trim().replace('-', "_");
        assert!(
            free.contains(&name.as_str()) || OWNED.iter().any(|(n, _)| *n == name),
            "`{name}` has no room; add it to the table"
        );
    }
}

#[test]
fn only_the_store_speaks_sql() {
    for (path, text) in sources() {
        let Some(room) = room(&path) else { continue };
        let code = code(&text);
        let asserted = path.ends_with("store/sql.rs");
        assert!(
            asserted || !code.contains("AssertSqlSafe"),
            "{}: built SQL runs in store/sql.rs only",
            path.display()
        );
        let speaks = ["\"SELECT ", "\"INSERT ", "\"UPDATE ", "\"DELETE FROM"]
            .iter()
            .any(|w| code.contains(w));
        assert!(room == "store" || !speaks, "{}: SQL outside the store", path.display());
    }
}

#[test]
fn files_are_short_documented_and_named_for_what_they_hold() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= MOST_LINES, "{} has {lines} lines; it is two files", path.display());
        assert!(
            text.starts_with("//!"),
            "{} does not begin with a `//!` that says what it is",
            path.display()
        );
        let stem = path.file_stem().and_then(|s| s.to_str()).unwrap();
        assert!(
            !DRAWERS.contains(&stem),
            "{}: `{stem}` is a drawer; name what is inside",
            path.display()
        );
    }
}

#[test]
fn a_mod_file_declares_and_does_nothing() {
    for (path, text) in sources().into_iter().filter(|(p, _)| p.ends_with("mod.rs")) {
        let tests = path.parent().is_some_and(|p| p.ends_with("tests"));
        if room(&path).is_some() && !tests {
            assert!(
                !code(&text).contains("fn "),
                "{}: logic belongs in a file with a name",
                path.display()
            );
        }
    }
}

#[test]
fn the_rules_catch_a_planted_offence() {
    assert_eq!(mentioned("use crate::ask::Ask;", "crate::"), BTreeSet::from(["ask".to_owned()]));
    assert_eq!(
        mentioned("use crate::{ask, store::Store};", "crate::"),
        BTreeSet::from(["ask".to_owned(), "store".to_owned()])
    );
    assert!(floor("ask") > floor("domain"));
    assert!(!code("// use crate::ask;\n").contains("ask"));
}
