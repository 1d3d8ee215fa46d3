//! The evaluator against what pf decides: 20,000 packets on the rulesets that a recorded firewall loads.
//!
//! The rows come from an index synced from the release's replay, with and without the config.xml of the same
//! firewall imported beside it. Skipped, with a line, when the packets are not there.

use std::collections::BTreeMap;
use std::io::Read;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use opndex::rules::{Egress, Inbound, Packet, Rows, Ruleset, lower, protocol};
use serde::Deserialize;

use super::configxml::{NEWEST, import_bytes, recorded_config};
use super::support::index::{Index, run};
use super::support::replay::{Replay, recorded};

const RELEASES: [&str; 4] = ["26.7.2", "26.1.11", "25.7.11", "25.1.12"];

/// One packet with its decision.
#[derive(Debug, Deserialize)]
struct Case {
    in_if: String,
    proto: String,
    src: IpAddr,
    sport: Option<u16>,
    dst: IpAddr,
    dport: Option<u16>,
    icmp_type: Option<u8>,
    verdict_in: String,
    rule_in: String,
    nat: Option<Nat>,
    out_if: Option<String>,
    verdict_out: Option<String>,
    rule_out: Option<String>,
    nat_out: Option<NatOut>,
}

#[derive(Debug, Deserialize)]
struct Nat {
    kind: String,
    descr: String,
    dst: IpAddr,
    dport: Option<u16>,
    pass: bool,
}

#[derive(Debug, Deserialize)]
struct NatOut {
    descr: String,
    src: Option<IpAddr>,
}

fn folder() -> Option<PathBuf> {
    let folder = recorded()?.join("../pf_oracle");
    folder.is_dir().then_some(folder)
}

fn cases(release: &str) -> Vec<Case> {
    let path = folder().unwrap().join(format!("A-{release}.jsonl.gz"));
    let mut gzip = Command::new("gzip")
        .args(["-dc"])
        .arg(path)
        .stdout(Stdio::piped())
        .spawn()
        .expect("gzip unpacks the packets");
    let mut text = String::new();
    gzip.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    gzip.wait().unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn packet(case: &Case) -> Packet {
    let number = protocol(&case.proto).unwrap();
    Packet::new(number, case.src, case.dst)
        .unwrap()
        .with_ports(case.sport.unwrap_or(0), case.dport.unwrap_or(0))
        .with_icmp_type(case.icmp_type.unwrap_or(0))
}

/// What a decision looks like in the words of the cases.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    verdict_in: String,
    rule_in: String,
    nat: Option<(String, String, String, Option<u16>, bool)>,
    out_if: Option<String>,
    verdict_out: Option<String>,
    rule_out: Option<String>,
}

fn expected(case: &Case) -> Seen {
    Seen {
        verdict_in: case.verdict_in.clone(),
        rule_in: case.rule_in.clone(),
        nat: case
            .nat
            .as_ref()
            .map(|n| (n.kind.clone(), n.descr.clone(), n.dst.to_string(), n.dport, n.pass)),
        out_if: case.out_if.clone(),
        verdict_out: case.verdict_out.clone(),
        rule_out: case.rule_out.clone(),
    }
}

fn seen(ruleset: &Ruleset, case: &Case) -> (Seen, Option<NatOut>) {
    let device = ruleset.device_named(&case.in_if).unwrap_or_else(|| panic!("{}", case.in_if));
    let decision = ruleset.decide(Some(device), &packet(case));
    let id = |index: Option<usize>| {
        index.map_or_else(|| "default-pass".to_owned(), |i| ruleset.rules[i].id())
    };
    let rule_in = match &decision.inbound {
        Inbound::Redirect => "rdr-pass".to_owned(),
        Inbound::Filter(pass) => id(pass.rule),
        Inbound::Unfiltered | Inbound::Own => "default-pass".to_owned(),
    };
    let device_of = |egress: &Egress| match egress {
        Egress::Device { device, .. } => Some(ruleset.devices[*device].name.clone()),
        _ => None,
    };
    let applied = decision.translated_out.as_ref();
    let nat_out = applied.map(|a| NatOut {
        descr: a.label.description.clone(),
        src: a.address.map(|n| decision.outside.family.address(n)),
    });
    let (verdict_out, rule_out) = match &decision.outbound {
        Some(_) if decision.depends_on_port => (Some("depends-on-nat-port".to_owned()), None),
        Some(pass) => (Some(pass.action.to_string()), Some(id(pass.rule))),
        None => (None, None),
    };
    let nat = decision.translated_in.as_ref().map(|a| {
        let address = a.address.map(|n| decision.inside.family.address(n).to_string());
        (
            a.label.kind.to_owned(),
            a.label.description.clone(),
            address.unwrap_or_default(),
            case.dport.and(a.port),
            a.pass,
        )
    });
    let seen = Seen {
        verdict_in: decision.inbound_action().to_string(),
        rule_in,
        nat,
        out_if: device_of(&decision.egress),
        verdict_out,
        rule_out,
    };
    (seen, nat_out)
}

/// Where the rows come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// The API alone.
    Api,
    /// The API, and config.xml for what it does not tell.
    ApiAndConfig,
}

/// An index of the release.
pub(crate) async fn index(release: &str, known: Known) -> Index {
    let replay = Replay::start(release, &[]);
    let index = Index::new().await;
    if known == Known::ApiAndConfig {
        import_bytes(&index, &recorded_config(release, NEWEST)).await;
    }
    run(&index.firewall(&replay.url, "w1key", "w1secret")).await;
    index
}

/// The rows of the release as an index holds them.
pub(crate) async fn rows(release: &str, known: Known) -> Rows {
    let index = index(release, known).await;
    let loaded = index.ask().ruleset(None).await.unwrap();
    loaded.rows.clone()
}

/// Why a difference is none of the evaluator's: what the release's API does not tell, and says so.
fn excuse(ruleset: &Ruleset, case: &Case) -> Option<&'static str> {
    let forward = case
        .nat
        .as_ref()
        .is_some_and(|n| n.kind == "rdr" && !n.descr.starts_with("Redirect to Captive Portal"));
    let told =
        ruleset.gaps.iter().any(|g| g.contains("before 26.1 port forwards are only in config.xml"));
    (forward && told).then_some("before 26.1 port forwards are only in config.xml")
}

/// The same for source NAT, which changes no verdict here.
fn excuse_nat(case: &Case, ruleset: &Ruleset) -> bool {
    let told = ruleset
        .gaps
        .iter()
        .any(|g| g.contains("legacy outbound NAT rules") && g.contains("only in config.xml"));
    told && case.nat_out.as_ref().is_some_and(|n| n.descr == "IoT legacy outbound")
}

/// Decides every packet and says how many differ with an excuse.
fn differences(
    ruleset: &Ruleset,
    cases: &[Case],
    known: Known,
) -> (Vec<String>, BTreeMap<&'static str, usize>) {
    let mut excused: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    let said =
        |n: &Option<NatOut>| n.as_ref().map(|n| (n.descr.clone(), n.src.map(|a| a.to_string())));
    for case in cases {
        let (have, out) = seen(ruleset, case);
        if have != expected(case) {
            match excuse(ruleset, case).filter(|_| known == Known::Api) {
                Some(reason) => *excused.entry(reason).or_default() += 1,
                None => wrong.push(format!("{case:?}\n    {have:?}")),
            }
        } else if said(&out) != said(&case.nat_out) {
            if known == Known::Api && excuse_nat(case, ruleset) {
                *excused.entry("legacy source NAT is only in config.xml").or_default() += 1;
            } else {
                wrong.push(format!("{case:?}\n    leaves as {out:?}"));
            }
        }
    }
    (wrong, excused)
}

async fn agree(known: Known) {
    let Some(_) = folder() else {
        eprintln!("skipped: OPNDEX_RECORDED has no pf_oracle beside it");
        return;
    };
    for release in RELEASES {
        let ruleset = lower(&rows(release, known).await);
        let asleep: Vec<&str> = ruleset.rules.iter().filter_map(|r| r.asleep.as_deref()).collect();
        assert_eq!(asleep, ["it is disabled"], "{release}: every other rule is understood");
        let cases = cases(release);
        assert_eq!(cases.len(), 20_000);
        let (mut wrong, excused) = differences(&ruleset, &cases, known);
        println!(
            "{release} {known:?}: {} of {} packets; excused {excused:?}",
            cases.len() - wrong.len(),
            cases.len()
        );
        wrong.truncate(5);
        assert!(wrong.is_empty(), "{release} {known:?}:\n{}", wrong.join("\n"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_packet_is_decided_as_pf_decides_it() {
    agree(Known::Api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_config_xml_nothing_is_left_to_excuse() {
    agree(Known::ApiAndConfig).await;
}
