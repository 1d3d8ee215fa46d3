//! What cannot be known of the recorded firewall, release by release: every gap, every rule that is not loaded and
//! every term that was not resolved is listed here with its reason, and nothing else may be unknown.

use std::collections::BTreeSet;

use opndex::ask::TraceQuestion;
use opndex::rules::{Class, Ruleset, lower};

use super::pf_oracle::{Known, index, rows};
use super::support::replay::{RELEASES, recorded};

/// Releases, what the gap says, and why it is there without config.xml.
const GAPS: &[(&str, &str)] = &[
    ("24.7.12", "automatic rules are not in the index: the ones every firewall has were added"),
    ("24.7.12", "before 25.1.5 the API shows MVC (automation) rules only"),
    ("25.1.12 25.7.11", "disabled legacy rules are not reported by this release's API"),
    ("26.1.11 26.7.2", "disabled legacy rules are not reported by the API"),
    ("24.7.12 25.1.12 25.7.11", "before 26.1 port forwards are only in config.xml"),
    ("24.7.12 25.1.12 25.7.11", "automatic ones and the outbound NAT mode are only in config.xml"),
    ("26.1.11 26.7.2", "legacy outbound NAT rules are only in config.xml; manual rules are shown"),
    ("24.7.12 25.1.12 25.7.11 26.1.11 26.7.2", "settings were not read from config.xml"),
];

/// What remains of them, and comes, with config.xml.
const WITH_CONFIG: &[(&str, &str)] =
    &[("24.7.12 25.1.12 25.7.11 26.1.11 26.7.2", "manual rules take effect in the modes hybrid")];

/// Rules that are not loaded: the only one is disabled on purpose.
const RULES: &[&str] = &["Old SSH from anywhere (disabled): it is disabled"];

fn unknown_rules(ruleset: &Ruleset) -> Vec<String> {
    let mut all = Vec::new();
    for rule in ruleset.rules.iter().filter(|r| r.class != Class::Automatic) {
        let why = rule.asleep.iter().chain(&rule.unknown);
        all.extend(why.map(|why| format!("{}: {why}", rule.row.description)));
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_unknown_is_listed_with_its_rule() {
    if recorded().is_none() {
        return;
    }
    let mut seen = BTreeSet::new();
    for known in [Known::Api, Known::ApiAndConfig] {
        for release in RELEASES {
            let ruleset = lower(&rows(release, known).await);
            assert_eq!(unknown_rules(&ruleset), RULES, "{release} {known:?}");
            for gap in &ruleset.gaps {
                let fits = |(releases, words): &&(&str, &str)| {
                    releases.split(' ').any(|r| r == release) && gap.contains(words)
                };
                let listed = GAPS.iter().position(|one| fits(&one));
                if let Some(i) = listed.filter(|_| known == Known::Api) {
                    seen.insert(i);
                }
                let again =
                    known == Known::ApiAndConfig && WITH_CONFIG.iter().any(|one| fits(&one));
                assert!(listed.is_some() || again, "{release} {known:?}: {gap}");
                if known == Known::ApiAndConfig {
                    assert!(!gap.contains("settings were not read"), "{release}: {gap}");
                }
            }
        }
    }
    assert_eq!(seen.len(), GAPS.len(), "listed but gone: {seen:?}");
}

/// 24.7 shows no legacy rule, and a floating one may block or pass whatever its MVC rules say.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_hidden_rule_may_decide_is_undecidable() {
    if recorded().is_none() {
        return;
    }
    let index = index("24.7.12", Known::Api).await;
    let ask = index.ask();
    let question = |to: &str| TraceQuestion {
        from: "192.168.30.43".to_owned(),
        to: to.to_owned(),
        ..TraceQuestion::default()
    };
    let trace = ask.trace(&question("9.9.9.9:443")).await.unwrap();
    assert_eq!(trace.verdict, "undecidable", "{trace:?}");
    assert!(trace.unknown.iter().any(|n| n.contains("legacy rules are not in the index")));
    // Port 0 is blocked before any rule of an administrator.
    let trace = ask.trace(&question("9.9.9.9:0")).await.unwrap();
    assert_eq!(trace.verdict, "block", "{trace:?}");
}
