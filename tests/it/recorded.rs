//! Five recorded releases, synced in full: nothing rejected, nothing missing, values as recorded.

use std::collections::BTreeSet;

use opndex::sync::{DomainState, Ending};

use super::support::index::{Index, domain, run};
use super::support::replay::{RELEASES, Replay, recorded};

/// Rows that each domain must have: those of the recorded grids.
fn expected(release: &str) -> Vec<(&'static str, usize)> {
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
    vec![
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
    ]
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
            assert_eq!(
                (report.rows, report.rejects),
                (rows as u64, 0),
                "{release} {name}: {report:?}"
            );
        }
        let second = run(&firewall).await;
        for report in &second.domains {
            assert_eq!(
                (report.state, report.changed),
                (DomainState::Unchanged, 0),
                "{release}: {report:?}"
            );
        }
    }
}
