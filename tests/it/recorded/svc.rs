//! Services, DHCP, DNS, system and VPN of the recorded releases: counts, values, and what must not be there.

use opndex::domain::{ALL, Cadence, RawRows, by_name, decode};
use opndex::sync::{DomainState, Ending, Extra, Firewall};
use serde_json::Value;

use crate::support::index::{Index, domain, run};
use crate::support::replay::{RELEASES, Replay, recorded};

/// Everything opt-in, as nobody should have it.
fn everything(firewall: Firewall) -> Firewall {
    // Talkers were recorded for one interface only, and are asked for all.
    let opt_in = ALL.iter().filter(|d| d.cadence() == Cadence::OptIn && d.name() != "top_talkers");
    let names: Vec<String> = opt_in.map(|d| d.name().to_owned()).collect();
    firewall.with_extra(Extra::of(&names).unwrap())
}

/// The rows at a dotted path of a recorded answer; none where the release had no such answer.
fn at(release: &str, name: &str, path: &str) -> Vec<Value> {
    let file = recorded().unwrap().join(release).join(format!("{name}.json"));
    let Ok(text) = std::fs::read_to_string(file) else { return Vec::new() };
    let record: Value = serde_json::from_str(&text).unwrap();
    if record["response"]["status"] != 200 {
        return Vec::new();
    }
    let body = record["response"]["body_raw"].as_str().unwrap_or_default();
    let mut body: &Value = &serde_json::from_str(body).unwrap_or_default();
    for part in path.split('.').filter(|part| !part.is_empty()) {
        body = &body[part];
    }
    match body {
        Value::Array(rows) => rows.clone(),
        Value::Object(_) => vec![body.clone()],
        _ => Vec::new(),
    }
}

/// Domain, and the recorded answers whose rows it holds: all rows of each, at a path.
const WHOLE: &[(&str, &[(&str, &str)])] = &[
    ("captive_portal_sessions", &[("captiveportal_session_search", "rows")]),
    ("captive_portal_zones", &[("captiveportal_settings_search_zones", "rows")]),
    ("certificate_authorities", &[("trust_ca_search", "rows")]),
    ("certificates", &[("trust_cert_search", "rows")]),
    ("config_revisions", &[("core_backup_backups_this", "items")]),
    ("cron_jobs", &[("cron_settings_search_jobs", "rows")]),
    ("dhcp_relay_destinations", &[("dhcrelay_settings_search_dest", "rows")]),
    ("dhcp_relays", &[("dhcrelay_settings_search_relay", "rows")]),
    ("dhcp_subnets", &[("kea_dhcpv4_search_subnet", "rows"), ("kea_dhcpv6_search_subnet", "rows")]),
    ("dhcp_tags", &[("dnsmasq_settings_search_tag", "rows")]),
    (
        "disks",
        &[
            ("diagnostics_system_system_disk", "devices"),
            ("diagnostics_system_system_swap", "swap"),
        ],
    ),
    ("dns_acls", &[("unbound_settings_search_acl", "rows")]),
    (
        "dns_forwards",
        &[
            ("unbound_settings_search_forward", "rows"),
            ("unbound_settings_search_dot", "rows"),
            ("dnsmasq_settings_search_domain", "rows"),
        ],
    ),
    ("dns_local_data", &[("unbound_diagnostics_listlocaldata", "data")]),
    ("dns_resolvers", &[("unbound_settings_get_nameservers", "")]),
    ("dns_settings", &[("unbound_settings_get", "unbound"), ("dnsmasq_settings_get", "dnsmasq")]),
    ("firewall_log", &[("diagnostics_firewall_log", "")]),
    ("firmware", &[("core_firmware_status", "")]),
    ("user_groups", &[("auth_group_search", "rows")]),
    ("host_discovery", &[("hostdiscovery_service_search", "rows")]),
    ("ids_rulesets", &[("ids_settings_list_rulesets", "rows")]),
    ("ipsec_children", &[("ipsec_connections_search_child", "rows")]),
    ("ipsec_connections", &[("ipsec_connections_search_connection", "rows")]),
    ("ipsec_sessions", &[("ipsec_sessions_search_phase1", "rows")]),
    ("monit_alerts", &[("monit_settings_search_alert", "rows")]),
    ("monit_services", &[("monit_settings_search_service", "rows")]),
    ("monit_tests", &[("monit_settings_search_test", "rows")]),
    ("openvpn_instances", &[("openvpn_instances_search", "rows")]),
    ("openvpn_routes", &[("openvpn_service_search_routes", "rows")]),
    ("openvpn_sessions", &[("openvpn_service_search_sessions", "rows")]),
    ("services", &[("core_service_search", "rows")]),
    ("shaper_pipes", &[("trafficshaper_settings_search_pipes", "rows")]),
    ("shaper_rules", &[("trafficshaper_settings_search_rules", "rows")]),
    ("syslog_targets", &[("syslog_settings_search_destinations", "rows")]),
    ("temperatures", &[("diagnostics_system_system_temperature", "")]),
    ("tunables", &[("core_tunables_search_item", "rows")]),
    ("users", &[("auth_user_search", "rows")]),
    ("wireguard_peers", &[("wireguard_client_search_client", "rows")]),
    ("wireguard_servers", &[("wireguard_server_search_server", "rows")]),
];

/// Domains of which a recorded row is several rows, or none.
fn expected(release: &str) -> Vec<(&'static str, usize)> {
    let whole = WHOLE.iter().map(|(domain, answers)| {
        (*domain, answers.iter().map(|(name, path)| at(release, name, path).len()).sum())
    });
    let pools = |name: &str| -> usize {
        let rows = at(release, name, "rows");
        rows.iter().map(|row| row["pools"].as_str().unwrap_or_default().lines().count()).sum()
    };
    let options: usize = ["kea_dhcpv4_search_subnet", "kea_dhcpv6_search_subnet"]
        .iter()
        .flat_map(|name| at(release, name, "rows"))
        .map(|row| {
            let fields = row.as_object().unwrap().clone();
            let is_set =
                |(key, value): &(String, Value)| key.starts_with("option_data.") && value != "";
            fields.into_iter().filter(is_set).count()
        })
        .sum();
    let peers = at(release, "wireguard_service_show", "rows");
    let plugins = at(release, "core_firmware_info", "plugin");
    let blocklists = match at(release, "unbound_settings_search_dnsbl", "rows").len() {
        // Older releases have one, in the model.
        0 => 1,
        several => several,
    };
    whole
        .chain([
            (
                "dhcp_ranges",
                pools("kea_dhcpv4_search_subnet")
                    + pools("kea_dhcpv6_search_subnet")
                    + at(release, "dnsmasq_settings_search_range", "rows").len(),
            ),
            ("dhcp_options", options + at(release, "dnsmasq_settings_search_option", "rows").len()),
            ("dns_blocklists", blocklists),
            ("ha_sync", 2),
            (
                "plugins",
                plugins.iter().filter(|p| p["installed"] == "1" || p["configured"] == "1").count(),
            ),
            ("system", 1),
            ("wireguard_sessions", peers.iter().filter(|row| row["type"] == "peer").count()),
        ])
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_service_of_every_release_is_read_in_full_and_a_second_time_unchanged() {
    if recorded().is_none() {
        return;
    }
    for release in RELEASES {
        let replay = Replay::start(release, &[]);
        let index = Index::new().await;
        let firewall = everything(index.firewall(&replay.url, "w1key", "w1secret"));
        let first = run(&firewall).await;
        assert_eq!(first.ending, Ending::Complete, "{release}: {first:#?}");
        for (name, rows) in expected(release) {
            let report = domain(&first, name);
            let found = (usize::try_from(report.rows).unwrap(), report.rejects);
            assert_eq!(found, (rows, 0), "{release} {name}: {report:?}");
        }
        let second = run(&firewall).await;
        for report in &second.domains {
            assert!(
                matches!(report.state, DomainState::Unchanged | DomainState::Absent),
                "{release}: {report:?}"
            );
            assert_eq!(report.changed, 0, "{release}: {report:?}");
        }
    }
}

/// Not over HTTP: the replay server answers a bounded search of states with those of another recording, and
/// has the talkers of one interface alone.
#[test]
fn every_recorded_state_and_talker_is_read() {
    let Some(folder) = recorded() else { return };
    for (name, answer, path) in [
        ("pf_states", "diagnostics_firewall_query_states", "rows"),
        ("top_talkers", "diagnostics_traffic_top_lan", "lan.records"),
    ] {
        let domain = by_name(name).unwrap();
        for release in RELEASES {
            let file = folder.join(release).join(format!("{answer}.json"));
            let record: Value =
                serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
            let body = record["response"]["body_raw"].as_str().unwrap();
            let rows = decode(&domain.sources()[0], domain.fields(), body.as_bytes()).unwrap();
            let mut parsed = Vec::new();
            for row in RawRows::new(domain, rows).rows() {
                domain.parse(row, &mut parsed).unwrap();
            }
            let recorded = at(release, answer, path).len();
            assert!(recorded > 0 && parsed.len() == recorded, "{release} {name}: {}", parsed.len());
        }
    }
}
