//! What cannot be known of the recorded firewall, release by release: every gap, every rule that is not loaded and
//! every term that was not resolved is listed here with its reason, and nothing else may be unknown.

use std::collections::BTreeSet;

use opndex::ask::{ReachQuestion, Trace, TraceQuestion};
use opndex::rules::{Class, Ruleset, lower};

use super::configxml::import_bytes;
use super::pf_oracle::{Known, index, rows};
use super::support::index::Index;
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

/// Interface, from, to, protocol; verdict, and words of what is not known or of the way back.
type Look =
    (&'static str, &'static str, &'static str, &'static str, &'static str, &'static [&'static str]);

/// On a firewall that nothing was written for; by hand from its configuration.
const SECOND: &[Look] = &[
    // The bridge is filtered and its ports are not.
    (
        "opt1",
        "10.1.0.10",
        "10.1.0.20:443",
        "tcp",
        "undecidable",
        &["behind the bridge LAN", "takes it across the verdict is pass by rule r1"],
    ),
    ("opt1", "10.1.0.10", "10.1.0.20:53", "udp", "block", &["behind the bridge LAN"]),
    (
        "opt1",
        "10.1.0.10",
        "10.3.0.10:443",
        "tcp",
        "undecidable",
        &["LAN (lan) is a bridge: where it routes it the verdict is pass by rule r1"],
    ),
    ("lan", "10.1.0.10", "10.3.0.10:443", "tcp", "pass", &[]),
    // A list of countries in a forward.
    ("wan", "9.9.9.9", "198.51.100.2:443", "tcp", "undecidable", &["rdr `from afar`", "alias"]),
    // The forward's own rule, behind all others.
    ("wan", "9.9.9.9", "198.51.100.2:8443", "tcp", "pass", &[]),
    ("lan", "10.1.0.10", "198.51.100.2:8443", "tcp", "pass", &[]),
    // Whether it is mirrored at the DMZ depends on its IPv6 gateway.
    ("opt3", "10.3.0.9", "198.51.100.2:9443", "tcp", "undecidable", &["IPv6 gateway was chosen"]),
    ("opt4", "10.10.0.5", "10.3.0.10:22", "tcp", "pass", &["allowed IPs of WireGuard peers"]),
    ("opt4", "10.10.0.5", "224.0.0.22", "igmp", "undecidable", &["router alert"]),
    ("", "10.5.0.9", "10.3.0.10:22", "tcp", "undecidable", &["may as well arrive on RIGHT"]),
    (
        "wan",
        "9.9.9.9",
        "10.3.0.53:53",
        "udp",
        "pass",
        &["no state", "a reply: block", "(reply-to)"],
    ),
    ("opt5", "10.5.0.9", "10.3.0.10:22", "tcp", "pass", &["within its limits"]),
    ("opt5", "10.5.0.9", "10.3.0.255:9", "udp", "pass", &["forwards nothing"]),
    // Nobody says whether pf looks at this tunnel.
    ("opt7", "10.77.0.2", "10.3.0.10:22", "tcp", "undecidable", &["device of an IPsec tunnel"]),
    ("wan", "192.0.2.9", "255.255.255.255:68", "udp", "block", &[]),
];

async fn second() -> Index {
    let index = Index::new().await;
    import_bytes(&index, include_bytes!("../fixtures/traces/second.xml")).await;
    index
}

async fn ask_second(index: &Index, look: &Look) -> Trace {
    let (interface, from, to, protocol, ..) = *look;
    let question = TraceQuestion {
        from: from.to_owned(),
        to: to.to_owned(),
        protocol: Some(protocol.to_owned()),
        interface: Some(interface.to_owned()).filter(|name| !name.is_empty()),
        ..TraceQuestion::default()
    };
    index.ask().trace(&question).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_firewall_is_decided_or_said_to_be_unknown() {
    let index = second().await;
    let mut wrong = Vec::new();
    for look in SECOND {
        let trace = ask_second(&index, look).await;
        let said = format!("{} {}", trace.unknown.join("\n"), trace.reverse.unwrap_or_default());
        let (.., verdict, words) = look;
        if trace.verdict != *verdict || words.iter().any(|w| !said.contains(w)) {
            wrong.push(format!("{look:?}: {} {said}", trace.summary));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What concerns one packet is no noise on another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_matter_here_is_not_said() {
    let index = second().await;
    let look = ("opt4", "10.10.0.5", "10.3.0.10:22", "tcp", "pass", &[][..]);
    let said = ask_second(&index, &look).await.unknown.join("\n");
    for words in ["bridge", "rdr", "router alert", "arrive", "IPv6 gateway", "anti-lockout"] {
        assert!(!said.contains(words), "{words}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pools_and_bridges_of_a_configuration_are_read() {
    let index = second().await;
    let loaded = index.ask().ruleset(None).await.unwrap();
    let said = |words: &str| loaded.ruleset.gaps.iter().any(|gap| gap.contains(words));
    assert!(said("config.xml does not say which release wrote it"), "{:?}", loaded.ruleset.gaps);
    assert_eq!(loaded.rows.vpn_pools, ["10.8.0.0/24"]);
    assert_eq!(loaded.rows.switches.bridge_members_filtered, Some(false));
    assert_eq!(loaded.rows.switches.bridges_filtered, Some(true));
    assert_eq!(loaded.rows.switches.bridge_local_filtered, Some(false), "the default");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reach_says_what_it_cannot_tell_apart() {
    let index = second().await;
    let question = ReachQuestion {
        from: "9.9.9.9".to_owned(),
        to: "198.51.100.2".to_owned(),
        protocol: Some("tcp".to_owned()),
        interface: Some("wan".to_owned()),
        ..ReachQuestion::default()
    };
    let reach = index.ask().reach(&question).await.unwrap();
    let open: Vec<_> = reach.parts.iter().filter(|p| p.verdict == "undecidable").collect();
    assert!(!open.is_empty() && open.iter().all(|p| p.service.contains("443")), "{reach:#?}");
    assert!(reach.unknown.iter().any(|n| n.contains("alias in a translation")), "{reach:#?}");
}
