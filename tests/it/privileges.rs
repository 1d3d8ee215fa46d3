//! Privileges: the README lists what the domains need, and the firewall's own list agrees.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use opndex::domain::{ALL, Source, privileges};
use opndex::types::Release;
use serde_json::Value;

use super::support::replay::recorded;

const BEGIN: &str = "<!-- privileges -->\n";
const END: &str = "<!-- /privileges -->\n";

fn table() -> String {
    let mut text = "| privilege | for |\n|---|---|\n".to_owned();
    text.push_str("| Deny config write | always: it makes every save of this user fail |\n");
    for (privilege, domains) in privileges() {
        let domains: Vec<String> = domains.iter().map(|domain| format!("`{domain}`")).collect();
        writeln!(text, "| {privilege} | {} |", domains.join(", ")).unwrap();
    }
    text
}

#[test]
fn the_readme_lists_the_privileges_that_the_domains_need() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let found = readme.split(BEGIN).nth(1).and_then(|rest| rest.split(END).next());
    let table = table();
    if let Some(found) = found.filter(|_| std::env::var_os("OPNDEX_WRITE_README").is_some()) {
        std::fs::write(&path, readme.replacen(found, &table, 1)).unwrap();
        return;
    }
    assert_eq!(
        found,
        Some(&*table),
        "between the marks in README.md must stand:\n{BEGIN}{table}{END}"
    );
}

/// `*` stands for anything, a `/*` at the end for nothing too; elsewhere the path is compared as it is.
fn matches(pattern: &str, path: &str) -> bool {
    if pattern.strip_suffix("/*") == Some(path) {
        return true;
    }
    let mut rest = path;
    let parts: Vec<&str> = pattern.split('*').collect();
    for (n, part) in parts.iter().enumerate() {
        let at = if n == 0 { rest.starts_with(part).then_some(0) } else { rest.find(part) };
        let Some(at) = at else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.is_empty() || pattern.ends_with('*')
}

#[test]
fn the_firewall_grants_each_path_by_the_privilege_that_is_named_for_it() {
    let Some(folder) = recorded() else { return };
    let file = folder.join("26.7.2/auth_priv_search.json");
    let record: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let body: Value =
        serde_json::from_str(record["response"]["body_raw"].as_str().unwrap()).unwrap();
    let mut patterns: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in body["rows"].as_array().unwrap() {
        let list: Vec<&str> = row["match"].as_str().unwrap().lines().map(str::trim).collect();
        for name in ["name", "id"] {
            patterns.entry(row[name].as_str().unwrap()).or_default().extend(&list);
        }
    }
    let mut wrong = Vec::new();
    for domain in ALL {
        let here = |s: &&&'static Source| s.exists_on(Release::new(26, 7, 2));
        for source in domain.api_sources().iter().filter(here) {
            // Some names are followed by a word about them, some paths only by the privilege for everything.
            let name = source.privilege.split(" (id ").next().unwrap();
            let path = format!("api/{}", source.path);
            let granted =
                patterns.get(name).is_some_and(|list| list.iter().any(|p| matches(p, &path)));
            // A plugin's privileges are listed only where it is installed.
            if !granted && !source.path.starts_with("dhcpv") {
                wrong.push(format!(
                    "{} {}: `{name}` does not grant {path}",
                    domain.name(),
                    source.name
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
