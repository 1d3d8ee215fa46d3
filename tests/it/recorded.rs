//! Five recorded releases, synced in full: nothing rejected, nothing missing, values as recorded.

mod svc;

use std::collections::BTreeSet;

use opndex::ask::PresenceAsked;
use opndex::sync::{DomainState, Ending};

use super::support::index::{Index, domain, run};
use super::support::replay::{RELEASES, Replay, recorded};

/// Rows that each domain must have: those of the recorded grids.
fn expected(release: &str) -> Vec<(&'static str, u64)> {
    let count = |name: &str| Replay::rows(release, name).len();
    let sum = |names: &[&str]| names.iter().map(|n| count(n)).sum::<usize>();
    let mut rules = BTreeSet::new();
    let folder = recorded().unwrap().join(release);
    for file in std::fs::read_dir(folder).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        if let Some(name) =
            name.strip_suffix(".json").filter(|n| n.starts_with("firewall_filter_search_rule"))
        {
            rules.extend(
                Replay::rows(release, name).iter().map(|r| r["uuid"].as_str().unwrap().to_owned()),
            );
        }
    }
    let network = super::recorded_network::expected(release);
    let rows: [(&str, usize); 9] = [
        ("aliases", count("firewall_alias_search_item")),
        ("arp", count("diagnostics_interface_search_arp")),
        (
            "dhcp_leases",
            sum(&[
                "kea_leases4_search",
                "kea_leases6_search",
                "dhcpv4_leases_search_lease",
                "dhcpv6_leases_search_lease",
                "dnsmasq_leases_search",
            ]),
        ),
        (
            "dhcp_reservations",
            sum(&[
                "kea_dhcpv4_search_reservation",
                "kea_dhcpv6_search_reservation",
                "dnsmasq_settings_search_host",
            ]),
        ),
        (
            "dns_records",
            // A dnsmasq host named `*` has no name to answer for.
            sum(&["unbound_settings_search_host_override", "unbound_settings_search_host_alias"])
                + Replay::rows(release, "dnsmasq_settings_search_host")
                    .iter()
                    .filter(|r| r["host"] != "*" && r["host"] != "")
                    .count(),
        ),
        ("firewall_rules", rules.len()),
        ("interfaces", count("interfaces_overview_interfaces_info")),
        ("ndp", count("diagnostics_interface_search_ndp")),
        ("vlans", count("interfaces_vlan_settings_search_item")),
    ];
    rows.into_iter()
        .chain(network)
        .map(|(name, rows)| (name, u64::try_from(rows).unwrap()))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_release_is_read_in_full_and_a_second_time_unchanged() {
    if recorded().is_none() {
        return;
    }
    for release in RELEASES {
        let replay = Replay::start(release, &[]);
        let index = Index::new().await;
        let firewall = index.firewall(&replay.url, "w1key", "w1secret");
        let first = run(&firewall).await;
        assert_eq!(first.ending, Ending::Complete, "{release}: {first:#?}");
        for (name, rows) in expected(release) {
            let report = domain(&first, name);
            assert_eq!((report.rows, report.rejects), (rows, 0), "{release} {name}: {report:?}");
        }
        let second = run(&firewall).await;
        for report in &second.domains {
            let before = domain(&first, report.domain).state;
            let same = if before == DomainState::Absent { before } else { DomainState::Unchanged };
            assert_eq!((report.state, report.changed), (same, 0), "{release}: {report:?}");
        }
    }
}

/// A look at one row: domain, filter, and what its cells must be.
pub(crate) type Look = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// True of every release: hosts, reservations, names and interfaces are the same in all recordings.
const EVERYWHERE: &[Look] = &[
    (
        "dhcp_leases",
        "ip = 192.168.1.20 and backend = kea4",
        &[("mac", "dc:a6:32:00:01:01"), ("hostname", "nas"), ("interface", "lan")],
    ),
    (
        "dhcp_reservations",
        "hostname = ghost-never-seen",
        &[("ip", "192.168.1.250"), ("mac", "00:50:56:aa:bb:cc"), ("subnet", "192.168.1.0/24")],
    ),
    ("dhcp_leases", "ip = 192.168.1.250", &[]),
    (
        "arp",
        "ip = 172.16.50.10",
        &[("mac", "ec:fa:bc:00:9b:9b"), ("interface_name", "DMZ"), ("device", "vlan04")],
    ),
    ("dhcp_leases", "ip = 172.16.50.10", &[]),
    ("aliases", "name = h_excl", &[("content", "!192.168.1.66"), ("type", "host")]),
    ("aliases", "name = p_web", &[("type", "port"), ("enabled", "true")]),
    ("dns_records", "name = files.home.arpa", &[("type", "ALIAS"), ("target", "nas.home.arpa")]),
    ("dns_records", "name = *.home.arpa", &[("ip", "192.168.1.80")]),
    (
        "interfaces",
        "key = opt2",
        &[("name", "IOT"), ("device", "vlan02"), ("vlan_tag", "30"), ("ipv4", "192.168.30.1/24")],
    ),
    (
        "vlans",
        "tag = 60",
        &[
            ("device", "vlan06"),
            ("parent", "igc2"),
            ("description", "VoIP (not assigned) <b>old</b>"),
        ],
    ),
    (
        "firewall_rules",
        "uuid = 41ef4716-c70c-5735-9e1d-4894aa2931a3",
        &[
            ("enabled", "false"),
            ("destination_port", "22"),
            ("interface", "wan"),
            ("action", "pass"),
        ],
    ),
    ("ndp", "ip = 2001:db8:101:1::101", &[("mac", "dc:a6:32:00:01:01"), ("device", "igc1")]),
];

/// True from the release on, whatever dialect it speaks.
const SINCE_25_1: &[Look] = &[
    (
        "dhcp_leases",
        "ip = 2001:db8:101:1::103",
        &[
            ("type", "IA_NA"),
            ("duid", "00:01:00:01:2a:bb:cc:01:70:b3:d5:00:03:05"),
            ("hostname", "laptop"),
        ],
    ),
    ("dhcp_leases", "type = IA_PD", &[("prefix_length", "56")]),
    (
        "firewall_rules",
        "description = 'Guest to internet only'",
        &[("source", "opt1"), ("destination", "!n_private"), ("interface", "opt1")],
    ),
    (
        "firewall_rules",
        "description = 'VPN to DMZ'",
        &[("destination_port", "p_all"), ("source", "opt6"), ("destination", "opt3")],
    ),
    (
        "firewall_rules",
        "description = 'Floating no-quick block SMTP out'",
        &[
            ("quick", "false"),
            ("direction", "out"),
            ("interface", "wan,lan,opt1"),
            ("kind", "floating"),
        ],
    ),
    (
        "firewall_rules",
        "description = 'Default Captive Portal block rule (zone 0)'",
        &[("source", "!__captiveportal_zone_0"), ("origin", "automatic")],
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_are_those_of_the_recordings() {
    if recorded().is_none() {
        return;
    }
    for release in RELEASES {
        let replay = Replay::start(release, &[]);
        let index = Index::new().await;
        run(&index.firewall(&replay.url, "w1key", "w1secret")).await;
        let more = if release.starts_with("24.") { &[] } else { SINCE_25_1 };
        let network = super::recorded_network::looks(release);
        for (name, filter, cells) in EVERYWHERE.iter().chain(more).chain(network) {
            if cells.is_empty() {
                assert_eq!(
                    index.query(name, filter).await.total,
                    0,
                    "{release}: {name} where {filter}"
                );
                continue;
            }
            let row = index.row(name, filter).await;
            for (column, wanted) in *cells {
                let found = row
                    .get(*column)
                    .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned));
                assert_eq!(
                    found.as_deref(),
                    Some(*wanted),
                    "{release}: {column} of {name} where {filter}: {row:?}"
                );
            }
        }
        let inverted = index.query("firewall_rules", "source ~ '!'").await;
        assert!(inverted.total > 0, "{release}: an inverted source");
        // DHCPv4 knows it by its hardware address, DHCPv6 by a DUID that was made of it.
        let nas = PresenceAsked { about: Some("nas".to_owned()), ..PresenceAsked::default() };
        let nas = index.ask().presence(&nas).await.unwrap().intervals;
        assert!(nas.iter().all(|i| i.device == "dc:a6:32:00:01:01") && !nas.is_empty(), "{nas:?}");
        let located = index.ask().locate("192.168.1.20", None).await.unwrap();
        let domains: BTreeSet<_> = located.mentions.iter().map(|m| m.domain).collect();
        assert!(
            domains.is_superset(&BTreeSet::from([
                "aliases",
                "arp",
                "dhcp_leases",
                "dns_records",
                "interfaces"
            ])),
            "{release}: {domains:?}"
        );
        let known_gap = index.query("firewall_rules", "").await.freshness;
        assert!(
            known_gap.notes.iter().any(|n| n.contains("legacy")),
            "{release}: what the API hides is said: {known_gap:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_must_be_pinned_and_the_refusal_says_how() {
    if recorded().is_none() {
        return;
    }
    let replay = Replay::start("26.7.2", &["--tls"]);
    let fingerprint = replay.fingerprint.clone().expect("the server prints it");
    let index = Index::new().await;
    let refused = run(&index.firewall(&replay.url, "w1key", "w1secret")).await;
    assert_eq!(refused.ending, Ending::Failed);
    let reason = refused.reason.unwrap();
    assert!(reason.contains(&fingerprint) && reason.contains("--pin"), "{reason}");
    let pinned = index.firewall_with(
        &replay.url,
        "w1key",
        "w1secret",
        opndex::opnsense::Tls::Pin(opndex::opnsense::parse_pin(&fingerprint).unwrap()),
    );
    assert_eq!(run(&pinned).await.ending, Ending::Complete);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recorded_firewall_whose_backend_is_down_deletes_nothing() {
    if recorded().is_none() {
        return;
    }
    for release in RELEASES {
        let index = Index::new().await;
        {
            let replay = Replay::start(release, &[]);
            run(&index.firewall(&replay.url, "w1key", "w1secret")).await;
        }
        let replay = Replay::start(
            release,
            &["--fault", "search|get_arp|interfaces_info|export|filter/get=emptyrows"],
        );
        let report = run(&index.firewall(&replay.url, "w1key", "w1secret")).await;
        assert_ne!(report.ending, Ending::Complete, "{release}");
        for (name, rows) in expected(release) {
            assert_eq!(index.query(name, "").await.total, rows, "{release} {name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_recorded_secret_reaches_the_files() {
    if recorded().is_none() {
        return;
    }
    for release in RELEASES {
        let replay = Replay::start(release, &[]);
        let index = Index::new().await;
        run(&index.firewall(&replay.url, "w1key", "w1secret")).await;
        // Before the log is folded into the database, so that both are looked at.
        for file in std::fs::read_dir(index.folder.path()).unwrap() {
            let path = file.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            for planted in ["SECRET", "w1secret", "PRIVATE KEY"] {
                let found = bytes.windows(planted.len()).any(|w| w == planted.as_bytes());
                assert!(!found, "{release}: `{planted}` in {}", path.display());
            }
        }
    }
}
