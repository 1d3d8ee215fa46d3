//! What the recorded releases say about the network and the firewall: row counts and single values.

use serde_json::Value;

use super::recorded::Look;
use super::support::replay::Replay;

fn length(value: &Value) -> usize {
    value
        .as_array()
        .map(Vec::len)
        .or_else(|| value.as_object().map(serde_json::Map::len))
        .unwrap_or(0)
}

/// Rows that each domain must have.
pub(crate) fn expected(release: &str) -> Vec<(&'static str, usize)> {
    let count = |name: &str| Replay::rows(release, name).len();
    let body = |name: &str| Replay::body(release, name);
    let tables = body("firewall_alias_get_table_size");
    let entries = tables["details"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(table, _)| count(&format!("firewall_alias_util_list__{table}__POST")));
    let addresses = Replay::rows(release, "interfaces_overview_interfaces_info");
    let addresses = addresses.iter().map(|row| length(&row["ipv4"]) + length(&row["ipv6"])).sum();
    vec![
        ("alias_contents", entries.sum()),
        ("alias_tables", length(&tables["details"])),
        ("bridges", count("interfaces_bridge_settings_search_item")),
        ("carp_status", count("diagnostics_interface_get_vip_status")),
        ("destination_nat", count("firewall_d_nat_search_rule")),
        ("firewall_categories", count("firewall_category_search_item")),
        // Never recorded with rows: 404 where it was asked.
        ("gateway_groups", 0),
        ("gateway_status", length(&body("routes_gateway_status")["items"])),
        ("gateways", count("routing_settings_search_gateway__POST")),
        ("gifs", count("interfaces_gif_settings_search_item")),
        ("gres", count("interfaces_gre_settings_search_item")),
        ("interface_addresses", addresses),
        ("interface_counters", length(&body("diagnostics_traffic_interface")["interfaces"])),
        ("interface_groups", count("firewall_group_search_item")),
        ("laggs", count("interfaces_lagg_settings_search_item")),
        ("loopbacks", count("interfaces_loopback_settings_search_item")),
        ("npt", count("firewall_npt_search_rule")),
        ("one_to_one_nat", count("firewall_one_to_one_search_rule")),
        ("routes", length(&body("diagnostics_interface_get_routes"))),
        ("rule_counters", length(&body("firewall_filter_util_rule_stats")["stats"])),
        ("source_nat", count("firewall_source_nat_search_rule")),
        ("static_routes", count("routes_routes_searchroute")),
        ("virtual_ips", count("interfaces_vip_settings_search_item")),
        ("vxlans", count("interfaces_vxlan_settings_search_item")),
    ]
}

/// Values that are the same in every recording, whatever dialect the release speaks.
const EVERYWHERE: &[Look] = &[
    ("alias_contents", "alias = h_excl", &[("entry", "!192.168.1.66"), ("negated", "true")]),
    ("alias_contents", "alias = h_nas", &[("network", "192.168.1.20")]),
    ("alias_tables", "name = geo_block", &[("entries", "501"), ("internal", "false")]),
    (
        "carp_status",
        "vhid = 1",
        &[("ip", "192.168.1.254"), ("interface", "lan"), ("status", "MASTER"), ("demotion", "0")],
    ),
    (
        "gateways",
        "name = SITE_B",
        &[
            ("interface", "opt3"),
            ("device", "vlan04"),
            ("ip", "172.16.50.2"),
            ("default_now", "true"),
            ("monitored", "true"),
        ],
    ),
    ("gateways", "name = OLD_LTE", &[("enabled", "false"), ("ip", "203.0.113.250")]),
    (
        "gateway_status",
        "name = SITE_B",
        &[("status", "delay+loss"), ("delay_us", "250100"), ("loss_permille", "120")],
    ),
    ("gateway_status", "name = SITE_B6", &[("status", "online"), ("measured", "false")]),
    ("gifs", "device = gif0", &[("interface", "wan"), ("remote", "216.66.84.46")]),
    (
        "interface_addresses",
        "ip = 192.168.1.254",
        &[("key", "lan"), ("is_primary", "false"), ("prefix_length", "24")],
    ),
    ("interface_addresses", "ip = 203.0.113.14", &[("name", "WAN"), ("is_primary", "true")]),
    ("interface_counters", "key = lan", &[("device", "igc1"), ("line_rate", "1000000000")]),
    ("interface_groups", "name = untrusted", &[("members", "opt1,opt2,opt5"), ("sequence", "10")]),
    (
        "interfaces",
        "key = wan",
        &[("block_private", "true"), ("hardware_mac", "00:e2:69:5a:11:00")],
    ),
    ("interfaces", "key = opt1", &[("track_interface", "wan"), ("vlan_protocol", "802.1q")]),
    ("laggs", "device = lagg0", &[("members", "ix0,ix1"), ("protocol", "lacp")]),
    ("loopbacks", "device = lo1", &[("description", "router id")]),
    ("npt", "", &[("interface", "wan"), ("internal", "fd00:10:10::/64")]),
    (
        "one_to_one_nat",
        "",
        &[("type", "binat"), ("interface", "wan"), ("external", "203.0.113.20/32")],
    ),
    (
        "routes",
        "destination = default and family = inet",
        &[("next_hop", "203.0.113.1"), ("network", "0.0.0.0/0"), ("interface_name", "WAN")],
    ),
    ("rule_counters", "uuid = 02f4bab031b57d1e30553ce08e0ec131", &[("pf_rules", "2")]),
    (
        "source_nat",
        "description = 'No NAT to site B'",
        &[
            ("interface", "wan"),
            ("translate", "false"),
            ("source", "n_private"),
            ("destination", "n_siteb"),
        ],
    ),
    ("source_nat", "description = 'Guest (disabled)'", &[("enabled", "false")]),
    (
        "static_routes",
        "description = 'old site C (disabled)'",
        &[("gateway", "SITE_B"), ("enabled", "false"), ("network", "10.30.0.0/16")],
    ),
    (
        "virtual_ips",
        "ip = 192.168.1.254",
        &[("mode", "carp"), ("interface", "lan"), ("vhid", "1"), ("network", "192.168.1.254/24")],
    ),
    ("vxlans", "device = vxlan1", &[("vni", "100"), ("remote", "10.20.0.1")]),
];

/// What only 26.1 and later show.
const SINCE_26_1: &[Look] = &[
    (
        "destination_nat",
        "description = SMTP",
        &[
            ("destination", "wanip"),
            ("target", "172.16.50.11"),
            ("target_port", "25"),
            ("reflection", "purenat"),
            ("filter", "manual"),
            ("log", "true"),
        ],
    ),
    ("destination_nat", "description = 'HTTPS to web'", &[("filter", "pass")]),
    ("destination_nat", "uuid = lockout_2", &[("origin", "automatic"), ("redirect", "false")]),
];

/// What must be read from the recordings of `release`.
pub(crate) fn looks(release: &str) -> impl Iterator<Item = &'static Look> {
    let newest = if release.starts_with("26.") { SINCE_26_1 } else { &[] };
    EVERYWHERE.iter().chain(newest)
}
