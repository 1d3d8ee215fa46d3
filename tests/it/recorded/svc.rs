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
        let monit = domain(&first, "monit_status");
        assert_eq!(monit.state, DomainState::Absent, "{release}: {monit:?}");
        let reason = monit.reason.as_deref().unwrap_or_default();
        assert!(reason.contains("Monit does not run"), "{release}: {reason}");
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

/// A look at one row: domain, filter, and what its cells must be.
type Look = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// True of every release.
const EVERYWHERE: &[Look] = &[
    ("services", "id = pf", &[("running", "true"), ("locked", "true")]),
    ("dhcp_subnets", "network covers 192.168.1.77", &[("backend", "kea4"), ("description", "LAN")]),
    (
        "dhcp_ranges",
        "addresses covers 192.168.1.150 and backend = kea4",
        &[("scope", "192.168.1.0/24"), ("range", "192.168.1.100-192.168.1.199")],
    ),
    (
        "dns_forwards",
        "server = 9.9.9.9",
        &[("type", "tls"), ("domain", "."), ("port", "853"), ("verify", "dns.quad9.net")],
    ),
    ("dns_acls", "name = vpn", &[("action", "allow"), ("enabled", "true")]),
    ("dns_resolvers", "server = 9.9.9.9", &[]),
    ("cron_jobs", "description = 'nightly updates'", &[("schedule", "0 4 * * *")]),
    (
        "captive_portal_sessions",
        "mac = 00:11:32:00:43:47",
        &[("ip", "192.168.20.54"), ("user", "<b>bob</b>"), ("zone", "0")],
    ),
    ("captive_portal_zones", "zone = 0", &[("description", "Guest portal"), ("enabled", "true")]),
    (
        "certificates",
        "description = 'OpenVPN server'",
        &[("common_name", "vpn.example.org"), ("issuer", "Lab CA"), ("in_use", "true")],
    ),
    ("certificate_authorities", "description = 'Lab CA'", &[("reference_count", "2")]),
    (
        "wireguard_peers",
        "name = phone-anna",
        &[("allowed", "10.10.10.10/32"), ("instances", "road"), ("enabled", "true")],
    ),
    ("wireguard_servers", "name = road", &[("port", "51820"), ("device", "wg0")]),
    (
        "wireguard_sessions",
        "name = phone-anna",
        &[("ip", "198.51.100.20"), ("port", "40000"), ("instance", "road")],
    ),
    ("openvpn_instances", "description = 'Legacy road warrior'", &[("role", "server")]),
    (
        "openvpn_sessions",
        "user = anna",
        &[("ip", "198.51.100.44"), ("tunnel_ip", "10.8.0.2"), ("cipher", "AES-256-GCM")],
    ),
    ("ipsec_sessions", "name = con1", &[("remote_id", "branch"), ("connected", "true")]),
    ("monit_services", "name = webcheck", &[("type", "Remote Host")]),
    ("disks", "mount_point = /", &[("type", "zfs"), ("used_percent", "6")]),
    ("disks", "mount_point = swap", &[("size", "8589934592")]),
    ("system", "", &[("name", "fw01.home.arpa"), ("uptime", "612345"), ("states", "401")]),
    ("plugins", "name = os-haproxy", &[("installed", "true"), ("version", "4.6")]),
    ("firmware", "", &[("status", "update"), ("upgrades", "curl")]),
    ("firewall_log", "source = 192.168.40.23 and destination_port = 23", &[]),
    ("config_revisions", "user = '(root)'", &[]),
];

const SINCE_25_7: &[Look] = &[
    (
        "dhcp_ranges",
        "interface = opt2",
        &[("scope", "IOT"), ("backend", "dnsmasq"), ("tag", "iot")],
    ),
    (
        "dhcp_options",
        "option = 42",
        &[("scope", "IOT"), ("value", "192.168.30.1"), ("type", "set")],
    ),
    ("dns_blocklists", "name = 'Main blocklist'", &[("allowed", "example.org")]),
    ("dns_acls", "networks covers 10.10.10.9", &[("name", "vpn")]),
    (
        "host_discovery",
        "ip = 192.168.1.20",
        &[("mac", "dc:a6:32:00:01:01"), ("remembered", "true")],
    ),
    ("users", "name = limited", &[("groups", "ops"), ("disabled", "false")]),
    ("user_groups", "name = admins", &[("privileges", "All pages")]),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_of_services_are_those_of_the_recordings() {
    if recorded().is_none() {
        return;
    }
    for release in RELEASES {
        let replay = Replay::start(release, &[]);
        let index = Index::new().await;
        run(&everything(index.firewall(&replay.url, "w1key", "w1secret"))).await;
        let more = if release < "25.7" { &[] } else { SINCE_25_7 };
        for (name, filter, cells) in EVERYWHERE.iter().chain(more) {
            if cells.is_empty() {
                assert!(index.query(name, filter).await.total > 0, "{release}: {name} {filter}");
                continue;
            }
            let row = index.row(name, filter).await;
            for (column, wanted) in *cells {
                let found =
                    row[*column].as_str().map_or_else(|| row[*column].to_string(), str::to_owned);
                assert_eq!(&found, wanted, "{release}: {column} of {name} where {filter}: {row:?}");
            }
        }
        // Private keys, hashes and seeds are in the recordings; opt-in opens no door to them.
        for file in std::fs::read_dir(index.folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            for planted in ["SECRET", "JBSWY3DPEHPK3PXP", "$2y$10$", "PRIVATE KEY", "CogE2+yFjw9P"]
            {
                let found = bytes.windows(planted.len()).any(|w| w == planted.as_bytes());
                assert!(!found, "{release}: `{planted}` is in the database");
            }
        }
    }
}

/// What is recorded and no domain reads, and why: a word of the path, and the reason.
const LEFT_OUT: &[(&str, &str)] = &[
    ("/get", "a whole model or one item of it: the search beside it gives the same rows"),
    ("service/status", "`services` says it for all of them"),
    ("is_enabled", "a setting that `dns_settings` has, or of a reporting tool"),
    ("is_block_list_enabled", "`dns_blocklists` has it"),
    ("is_supported", "a capability of the web page"),
    ("/list_", "choices that the web page offers, or what a search gives"),
    ("_list", "choices that the web page offers"),
    ("search_api_key", "keys of users: nobody asks for them, and they are half a secret"),
    ("auth/priv/search", "the catalogue of privileges of the release"),
    ("search_static_key", "it is about keys"),
    ("captiveportal/session/", "the search of sessions gives the same"),
    ("core/backup/diff", "made of the backups that `backfill` reads"),
    ("core/backup/providers", "destinations of backups, without a setting"),
    ("core/firmware/running", "whether an update runs this second"),
    ("core/hasync_status", "asks the other firewall over the network"),
    ("core/menu", "the menu of the web page"),
    ("core/system/status", "notices of the web page; none recorded"),
    ("diagnostics/firewall/log_filters", "choices of the web page"),
    ("diagnostics/firewall/pf_statistics", "counters of the kernel without a place in the network"),
    ("diagnostics/firewall/stats", "the log, summed up"),
    ("diagnostics/log/", "log lines of daemons"),
    ("diagnostics/netflow", "a reporting tool"),
    ("diagnostics/system/", "kernel memory by zone; `system` has the sums"),
    ("firewall/alias_util/aliases", "`alias_tables` has them"),
    (
        "interfaces/assignment",
        "assignments that are not applied yet; `interfaces` has those in force",
    ),
    ("interfaces/overview/export", "`interfaces` has it"),
    ("ntpd/service", "peers of NTP; empty in the recordings"),
    ("openvpn/export", "profiles of users, with their keys"),
    ("routes/routes/search_route", "the same as `searchroute`"),
    ("trafficshaper/service", "counters of pipes; none recorded"),
    ("trust/crl", "names of authorities that may revoke; `certificate_authorities` has them"),
    ("unbound/diagnostics/dump", "caches: large, and of other people's names"),
    ("unbound/diagnostics/listinsecure", "one word of the resolver"),
    ("unbound/diagnostics/listlocalzones", "zones that Unbound makes for `dns_local_data`"),
    ("unbound/diagnostics/stats", "counters of the resolver"),
    ("unbound/service", "what a button did"),
];

/// `searchItem` as `search_item`, as the sources write it.
fn snake(path: &str) -> String {
    let mut snake = String::new();
    for letter in path.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() && !snake.ends_with(['/', '_']) {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

#[test]
fn every_recorded_answer_with_rows_is_read_or_left_out_for_a_reason() {
    let Some(folder) = recorded() else { return };
    let read: Vec<&str> = ALL.iter().flat_map(|d| d.api_sources()).map(|s| s.path).collect();
    let mut unread = std::collections::BTreeSet::new();
    let mut used = std::collections::BTreeSet::new();
    for release in RELEASES {
        for file in std::fs::read_dir(folder.join(release)).unwrap() {
            let file = file.unwrap();
            let name = file.file_name().into_string().unwrap();
            if ["ERR_", "PRIV_", "QUIRK_"].iter().any(|odd| name.starts_with(odd)) {
                continue;
            }
            let record: Value =
                serde_json::from_str(&std::fs::read_to_string(file.path()).unwrap()).unwrap();
            let body = record["response"]["body_raw"].as_str().unwrap_or_default();
            let body: Value = serde_json::from_str(body).unwrap_or_default();
            let rows = body.get("rows").unwrap_or(&body);
            let has_rows = rows.as_array().is_some_and(|r| !r.is_empty())
                || rows.as_object().is_some_and(|r| !r.is_empty());
            if record["response"]["status"] != 200 || !has_rows {
                continue;
            }
            let path = record["request"]["path"].as_str().unwrap();
            let path =
                snake(path.split('?').next().unwrap().trim_matches('/').trim_start_matches("api/"));
            let below = |known: &&str| path == **known || path.starts_with(&format!("{known}/"));
            if read.iter().any(below) {
                continue;
            }
            match LEFT_OUT.iter().find(|(word, _)| path.contains(word)) {
                Some((word, _)) => drop(used.insert(*word)),
                None => drop(unread.insert(format!("{release} {path}"))),
            }
        }
    }
    assert!(unread.is_empty(), "read by no domain, and no reason is given: {unread:#?}");
    let unused: Vec<&str> =
        LEFT_OUT.iter().map(|(word, _)| *word).filter(|word| !used.contains(word)).collect();
    assert!(unused.is_empty(), "reasons for nothing: {unused:?}");
}
