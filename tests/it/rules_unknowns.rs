//! What cannot be known of the recorded firewall, release by release: every gap, every rule that is not loaded and
//! every term that was not resolved is listed here with its reason, and nothing else may be unknown.

use opndex::rules::{Class, Ruleset, lower};

use super::pf_oracle::{Known, rows};
use super::support::replay::{RELEASES, recorded};

fn unknowns(ruleset: &Ruleset) -> Vec<String> {
    let mut all: Vec<String> = ruleset.gaps.iter().map(|gap| format!("gap: {gap}")).collect();
    for rule in ruleset.rules.iter().filter(|r| r.class != Class::Automatic) {
        let name = &rule.row.description;
        all.extend(rule.asleep.iter().map(|why| format!("asleep: {name}: {why}")));
        all.extend(rule.unknown.iter().map(|why| format!("unknown: {name}: {why}")));
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_unknown_is_listed_with_its_rule() {
    if recorded().is_none() {
        return;
    }
    for known in [Known::Api, Known::ApiAndConfig] {
        for release in RELEASES {
            let ruleset = lower(&rows(release, known).await);
            println!("== {release} {known:?} rules {}", ruleset.rules.len());
            for line in unknowns(&ruleset) { println!("{line}"); }
        }
    }
}
