//! `trace`, `reach` and `lint` over the index of a recorded firewall: what an administrator would say.

use opndex::ask::{Ask, LintQuestion, Proposal, ReachQuestion, TraceQuestion};

use super::support::index::{Index, run};
use super::support::replay::{Replay, recorded};

async fn index(release: &str) -> Index {
    let replay = Replay::start(release, &[]);
    let index = Index::new().await;
    run(&index.firewall(&replay.url, "w1key", "w1secret")).await;
    index
}

fn trace(from: &str, to: &str, protocol: Option<&str>) -> TraceQuestion {
    TraceQuestion {
        from: from.to_owned(),
        to: to.to_owned(),
        protocol: protocol.map(str::to_owned),
        ..TraceQuestion::default()
    }
}

/// FROM, TO, protocol; verdict, what decides, and words of the answer.
type Look = (
    &'static str,
    &'static str,
    Option<&'static str>,
    &'static str,
    &'static str,
    &'static [&'static str],
);

/// By hand, from the rules as the web interface shows them.
const TRACES: &[Look] = &[
    (
        "192.168.1.20",
        "9.9.9.9:443",
        None,
        "pass",
        "Default allow LAN to any rule",
        &["WAN", "203.0.113.14"],
    ),
    (
        "nas",
        "internet:443",
        None,
        "pass",
        "Default allow LAN to any rule",
        &["9.9.9.9 stands for the internet"],
    ),
    ("lan", "internet:25", None, "block", "Floating no-quick block SMTP out", &["on the way out"]),
    ("192.168.1.20", "192.168.1.1:22", None, "pass", "anti-lockout rule", &["firewall itself"]),
    ("192.168.1.20", "192.168.1.1:53", Some("udp"), "pass", "Floating inet46 DNS to firewall", &[]),
    (
        "192.168.1.33",
        "9.9.9.9:443",
        None,
        "pass",
        "Default allow LAN to any rule",
        &["Shadowed: kids MAC block after allow any"],
    ),
    ("192.168.30.40", "9.9.9.9:443", None, "pass", "IoT shelly cloud", &[]),
    ("192.168.30.41", "9.9.9.9:443", None, "block", "IoT rest", &["IoT hue-bridge cloud"]),
    (
        "192.168.30.40",
        "9.9.9.9:80",
        None,
        "block",
        "IoT rest",
        &["only its destination port differs: 443"],
    ),
    (
        "192.168.30.50",
        "192.168.1.27:8123",
        None,
        "block",
        "Group: no access to private nets",
        &["IoT to HA"],
    ),
    ("192.168.30.50", "192.168.1.53:53", Some("udp"), "pass", "Group: DNS", &[]),
    ("192.168.30.50", "192.168.30.1:123", Some("udp"), "pass", "Group: NTP", &[]),
    ("192.168.40.23", "9.9.9.9:443", None, "block", "Cameras no internet", &[]),
    ("192.168.40.23", "192.168.40.1:443", None, "reject", "Group: reject MGMT UI", &[]),
    (
        "192.168.20.50",
        "9.9.9.9:443",
        None,
        "block",
        "Default Captive Portal block rule (zone 0)",
        &[],
    ),
    (
        "192.168.20.50",
        "9.9.9.9:80",
        None,
        "pass",
        "Allow access to Captive Portal over HTTP (zone 0)",
        &["127.0.0.1 port 9000"],
    ),
    (
        "192.168.20.50",
        "192.168.20.1:53",
        Some("udp"),
        "pass",
        "Allow DNS for Captive Portal (zone 0)",
        &[],
    ),
    ("172.16.50.10", "172.16.50.13:5432", None, "pass", "DMZ to DB", &["without the firewall"]),
    ("172.16.50.10", "9.9.9.9:443", None, "pass", "DMZ updates", &["203.0.113.20"]),
    ("172.16.50.13", "192.168.1.20:22", None, "reject", "DMZ reject all", &[]),
    (
        "172.16.50.10",
        "10.20.0.9:443",
        None,
        "reject",
        "DMZ reject all",
        &["multi source/dest", "the deciding rule comes before it"],
    ),
    ("10.99.0.10", "192.168.1.20:22", None, "pass", "Mgmt full", &["Never reached"]),
    ("10.10.10.5", "192.168.1.20:445", None, "pass", "VPN to LAN", &[]),
    ("10.10.10.5", "172.16.50.11:993", None, "pass", "VPN to DMZ", &[]),
    ("10.10.10.5", "192.168.30.40:80", None, "block", "VPN no IoT", &[]),
    (
        "10.10.10.5",
        "10.20.0.9:80",
        None,
        "pass",
        "policy route via site B",
        &["the rule's gateway", "SITE_B"],
    ),
    (
        "9.9.9.9",
        "203.0.113.14:443",
        None,
        "pass",
        "",
        &["HTTPS to web", "172.16.50.10", "passes by itself"],
    ),
    ("9.9.9.9", "203.0.113.14:51820", Some("udp"), "pass", "WireGuard", &[]),
    (
        "9.9.9.9",
        "203.0.113.14:22",
        None,
        "block",
        "Default deny / state violation rule",
        &["Old SSH from anywhere"],
    ),
    ("9.9.9.9", "203.0.113.14", Some("icmp"), "pass", "ICMP echo", &[]),
    ("10.0.0.9", "203.0.113.14:8443", None, "block", "Block private networks from WAN", &[]),
    (
        "2001:db8:101:1::101",
        "2620:fe::fe:443",
        None,
        "pass",
        "Default allow LAN IPv6 to any rule",
        &[],
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_traces_say_what_the_rules_say() {
    if recorded().is_none() {
        return;
    }
    let index = index("26.7.2").await;
    let ask = index.ask();
    let mut wrong = Vec::new();
    for (from, to, protocol, verdict, rule, words) in TRACES {
        let mut question = trace(from, to, *protocol);
        if *to == "2620:fe::fe:443" {
            (question.to, question.port) = ("2620:fe::fe".to_owned(), Some("443".to_owned()));
        }
        if *from == "10.0.0.9" {
            question.interface = Some("wan".to_owned());
        }
        let answer = match ask.trace(&question).await {
            Ok(answer) => answer,
            Err(cause) => {
                wrong.push(format!("{from} > {to}: {cause}"));
                continue;
            }
        };
        let stopped_out = answer.rule_out.as_ref().filter(|r| r.action != "pass");
        let decided = stopped_out.or(answer.rule.as_ref()).map(|r| r.description.clone());
        let text = serde_json::to_string(&answer).unwrap();
        if answer.verdict != *verdict
            || decided.unwrap_or_default() != *rule
            || words.iter().any(|w| !text.contains(w))
        {
            wrong.push(format!("{from} > {to}: {text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_nobody_knows_is_refused_with_a_suggestion() {
    if recorded().is_none() {
        return;
    }
    let index = index("26.7.2").await;
    let ask = index.ask();
    let refused = ask.trace(&trace("gest", "internet", None)).await.unwrap_err();
    assert!(refused.is_refusal() && refused.to_string().contains("did you mean"), "{refused}");
    let refused = ask.trace(&trace("lan", "internet:443", Some("tpc"))).await.unwrap_err();
    assert!(refused.to_string().contains("`tpc` is no protocol"), "{refused}");
    let mixed = ask.trace(&trace("192.168.1.20", "2620:fe::fe", None)).await.unwrap_err();
    assert!(mixed.to_string().contains("no address family in common"), "{mixed}");
}

fn reach(from: &str, to: &str) -> ReachQuestion {
    ReachQuestion {
        from: from.to_owned(),
        to: to.to_owned(),
        limit: Some(500),
        ..ReachQuestion::default()
    }
}

async fn passing(ask: &Ask, from: &str, to: &str) -> Vec<String> {
    let question = ReachQuestion { verdict: Some("pass".to_owned()), ..reach(from, to) };
    let answer = ask.reach(&question).await.unwrap();
    let rule = |p: &opndex::ask::ReachPart| p.rule.as_ref().map(|r| r.description.clone());
    let mut rules: Vec<String> = answer.parts.iter().filter_map(rule).collect();
    rules.sort();
    rules.dedup();
    rules
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reach_names_the_rules_of_every_part() {
    if recorded().is_none() {
        return;
    }
    let index = index("26.7.2").await;
    let ask = index.ask();
    assert_eq!(passing(&ask, "opt2", "lan").await, ["Group: DNS"], "IoT reaches DNS on LAN alone");
    assert_eq!(passing(&ask, "wg0", "opt2").await, Vec::<String>::new(), "VPN reaches no IoT");
    let answer = ask.reach(&reach("opt2", "internet")).await.unwrap();
    assert!(answer.total > 3, "{}", answer.summary);
    let filtered = ReachQuestion { verdict: Some("pass".to_owned()), ..reach("opt2", "lan") };
    let filtered = ask.reach(&filtered).await.unwrap();
    assert!(filtered.summary.contains(" of "), "a filter changes no fact: {}", filtered.summary);
    let matrix = ask.matrix(None).await.unwrap();
    let cell = |from: &str, to: &str| {
        let zone = matrix.zones.iter().find(|z| z.from.starts_with(from)).unwrap();
        zone.to.iter().find(|(name, _)| name.starts_with(to)).unwrap().1.clone()
    };
    assert!(
        cell("CAMERAS", "internet").starts_with("IPv4 none"),
        "{}",
        cell("CAMERAS", "internet")
    );
    assert!(cell("MGMT", "LAN").contains("tcp 1-24, 26-65535"), "{}", cell("MGMT", "LAN"));
    assert!(cell("IOT", "LAN").contains("tcp/udp 53"), "{}", cell("IOT", "LAN"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proposal_tells_exactly_what_it_opens_and_closes() {
    if recorded().is_none() {
        return;
    }
    let index = index("26.7.2").await;
    let ask = index.ask();
    let nothing = ask.what_if(&reach("any", "any"), &Proposal::default()).await.unwrap();
    assert_eq!((nothing.total, nothing.summary.as_str()), (0, "no flow changes"));
    let proposal: Proposal = serde_json::from_str(
        r#"{"add": [{"uuid": "new", "interface": "opt5", "protocol": "tcp", "source": ["opt5"],
            "destination": ["9.9.9.9"], "destination_port": "443", "position": 2000000000000}]}"#,
    )
    .unwrap();
    let opened = ask.what_if(&reach("opt5", "any"), &proposal).await.unwrap();
    assert!(opened.total > 0 && opened.flows.iter().all(|f| f.change == "opened"), "{opened:?}");
    assert!(
        opened.flows.iter().all(|f| f.to == "9.9.9.9" && f.service.contains("443")),
        "{opened:?}"
    );
    let without = Proposal {
        remove: vec!["9b5a7b98-fd92-5042-9975-d35693fe3e7d".to_owned()],
        ..Proposal::default()
    };
    let closed = ask.what_if(&reach("opt5", "internet"), &without).await.unwrap();
    assert_eq!(closed.total, 0, "the default deny takes over from the block rule: {closed:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lint_finds_what_was_planted() {
    if recorded().is_none() {
        return;
    }
    let index = index("26.7.2").await;
    let ask = index.ask();
    let lint =
        ask.lint(&LintQuestion { limit: Some(1_000), ..LintQuestion::default() }).await.unwrap();
    let found = |code: &str, text: &str| {
        lint.findings.iter().any(|f| f.code == code && f.text.contains(text))
    };
    let all: Vec<String> = lint.findings.iter().map(|f| format!("{} {}", f.code, f.text)).collect();
    for (code, text) in [
        ("shadowed_rule", "Shadowed: kids MAC block after allow any"),
        ("shadowed_rule", "Never reached"),
        ("redundant_rule", "NTP"),
        ("redundant_rule", "Duplicate of default allow"),
        ("duplicate_rule", "Duplicate of default allow"),
        ("no_description", "bbd9b9a2-ccc0-587e-8604-9d302146eda7"),
        ("wan_exposure", "WireGuard"),
        ("unused_alias", "p_unused"),
    ] {
        assert!(found(code, text), "{code} {text} is not among\n{}", all.join("\n"));
    }
    let suppressed = LintQuestion {
        suppressions: vec![opndex::ask::Suppression {
            id: lint.findings[0].id.clone(),
            reason: "known".to_owned(),
        }],
        ..LintQuestion::default()
    };
    let again = ask.lint(&suppressed).await.unwrap();
    assert_ne!(again.findings[0].id, lint.findings[0].id, "what is suppressed comes last");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn findings_of_the_settings_stay_suppressed_at_every_door() {
    if recorded().is_none() {
        return;
    }
    let index = index("26.7.2").await;
    let all = LintQuestion { limit: Some(1_000), ..LintQuestion::default() };
    let before = index.ask().lint(&all).await.unwrap();
    let reasons = [("no_log:*", "the log is elsewhere"), ("no_log:gone", "x"), ("nothing:x", "y")]
        .map(|(id, reason)| (id.to_owned(), reason.to_owned()));
    let ask = index.ask().with_suppressions(reasons);
    // As a door asks about a moment, and about now.
    for ask in [ask.at(None).await.unwrap(), ask.at(Some("now")).await.unwrap_or(ask.clone())] {
        let lint = ask.lint(&all).await.unwrap();
        assert_eq!(lint.total, before.total, "what is suppressed is still told");
        let (hidden, rest): (Vec<_>, Vec<_>) =
            lint.findings.iter().partition(|f| f.code == "no_log");
        assert!(!hidden.is_empty() && hidden.iter().all(|f| f.suppressed.is_some()), "{hidden:?}");
        assert!(rest.iter().all(|f| f.suppressed.is_none()));
        assert!(lint.counts.values().sum::<usize>() == rest.len(), "{:?}", lint.counts);
        assert!(lint.unknown.iter().any(|n| n.contains("`nothing:x`")), "{:?}", lint.unknown);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_finding_names_rows_that_are_there_and_what_to_do() {
    if recorded().is_none() {
        return;
    }
    let index = index("26.7.2").await;
    let all = LintQuestion { limit: Some(1_000), ..LintQuestion::default() };
    let lint = index.ask().lint(&all).await.unwrap();
    assert!(lint.findings.iter().any(|f| f.code == "never_hit"), "counters were recorded");
    for finding in &lint.findings {
        assert!(!finding.advice.is_empty() && !finding.evidence.is_empty(), "{finding:?}");
        for row in &finding.evidence {
            let (domain, filter) = row.split_once(' ').unwrap();
            let found = index.query(domain, filter).await;
            assert!(!found.rows.is_empty(), "{}: no row is `{row}`", finding.id);
        }
        if finding.code == "never_hit" {
            assert!(
                finding.text.contains("pf counts since it last loaded its rules"),
                "{finding:?}"
            );
        }
    }
}
