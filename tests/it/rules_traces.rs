//! Thirty-odd traces on each of the five recorded releases, worked out by hand from the rules.

use opndex::ask::TraceQuestion;
use serde::Deserialize;

use super::pf_oracle::{Known, index};
use super::support::replay::{RELEASES, recorded};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    traces: Vec<Expected>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    why: String,
    from: String,
    to: String,
    protocol: String,
    verdict: String,
    /// Description of the rule that decides; empty: none does.
    rule: String,
    since_26_1: Option<Other>,
    on_24_7: Option<Other>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Other {
    verdict: String,
    rule: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_release_decides_as_its_rules_read() {
    if recorded().is_none() {
        return;
    }
    let file: File = toml::from_str(include_str!("../fixtures/traces/recorded.toml")).unwrap();
    assert!(file.traces.len() >= 30, "{} traces", file.traces.len());
    let mut wrong = Vec::new();
    for release in RELEASES {
        let index = index(release, Known::ApiAndConfig).await;
        let ask = index.ask();
        for expected in &file.traces {
            let question = TraceQuestion {
                from: expected.from.clone(),
                to: expected.to.clone(),
                protocol: Some(expected.protocol.clone()),
                ..TraceQuestion::default()
            };
            let trace = ask.trace(&question).await.unwrap();
            let other = match release.split('.').next() {
                Some("26") => expected.since_26_1.as_ref(),
                Some("24") => expected.on_24_7.as_ref(),
                _ => None,
            };
            let (verdict, rule) = other
                .map_or((&expected.verdict, &expected.rule), |other| (&other.verdict, &other.rule));
            let stopped_out = trace.rule_out.as_ref().filter(|r| r.action != "pass");
            let decided = stopped_out.or(trace.rule.as_ref()).map(|r| r.description.as_str());
            if trace.verdict != verdict || decided.unwrap_or_default() != rule {
                wrong.push(format!(
                    "{release}: {} ({}): {} by {decided:?}",
                    trace.packet, expected.why, trace.verdict
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
