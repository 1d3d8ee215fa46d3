//! What the simulated firewall promises to those who code against it.

mod over_http;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{SimOptions, World};
use crate::types::{Clock, Timestamp};

/// Every endpoint, with keys that its rows (or, without rows, the body itself) must have.
#[rustfmt::skip] // a table
const ENDPOINTS: &[(&str, &str)] = &[
    ("diagnostics/system/system_information", "name versions updates"),
    ("diagnostics/system/system_time", "uptime datetime boottime config loadavg"),
    ("core/firmware/status", "product_version product_abi needs_reboot upgrade_packages product status status_msg"),
    ("core/service/search", "id locked running description name"),
    ("interfaces/overview/interfaces_info", "flags device macaddr is_physical mtu status identifier description ipv4 ipv6"),
    ("interfaces/vlan_settings/search_item", "uuid if %if tag pcp %pcp proto descr vlanif"),
    ("interfaces/assignment/search_item", "uuid descr identifier icon optgroup if %if lock"),
    ("firewall/filter/search_rule", "uuid enabled action %action direction %direction ipprotocol %ipprotocol protocol source_net source_port destination_net destination_port description sort_order category_colors"),
    ("firewall/filter/get_interface_list", "floating groups interfaces any"),
    ("firewall/group/search_item", "uuid ifname members nogroup sequence descr"),
    ("firewall/alias/search_item", "uuid enabled name type %type path_expression proto interface counters updatefreq content password username authtype expire categories current_items last_updated eval_nomatch eval_match in_block_p in_block_b in_pass_p in_pass_b out_block_p out_block_b out_pass_p out_pass_b description categories_uuid"),
    ("firewall/alias/export", "geoip aliases"),
    ("kea/leases4/search", "address prefix_len type hwaddr duid client_id iaid valid_lifetime expire hostname state if if_descr is_reserved if_name mac_info"),
    ("kea/leases6/search", "address prefix_len type hwaddr duid client_id iaid valid_lifetime expire hostname state if if_descr is_reserved if_name mac_info"),
    ("dnsmasq/leases/search", "expire hwaddr iaid address hostname client_id if if_descr if_name mac_info is_reserved"),
    ("kea/dhcpv4/search_reservation", "uuid subnet %subnet ip_address hw_address client_id hostname description next_server option_data.routers option"),
    ("kea/dhcpv6/search_reservation", "uuid subnet %subnet ip_address prefix duid hw_address hostname domain_search option description"),
    ("dnsmasq/settings/search_host", "uuid host domain local ip cnames client_id hwaddr lease_time ignore set_tag descr comments aliases"),
    ("unbound/settings/search_host_override", "uuid enabled hostname domain rr %rr mxprio mx ttl server txtdata addptr aliases description isAlias"),
    ("unbound/settings/search_host_alias", "uuid enabled host %host hostname domain description"),
    ("diagnostics/interface/search_arp", "mac ip intf expired expires permanent type manufacturer hostname intf_description"),
    ("diagnostics/interface/search_ndp", "mac ip intf manufacturer intf_description"),
    ("diagnostics/interface/get_vip_status", "interface vhid advbase advskew subnet status mode status_txt vhid_txt"),
    ("diagnostics/traffic/interface", "interfaces time"),
    ("firewall/alias/get_table_size", "status size used details"),
    ("firewall/alias_util/list/n_private", "ip"),
    ("firewall/category/search_item", "uuid name auto color"),
    ("firewall/d_nat/search_rule", "uuid disabled nordr interface %interface ipprotocol protocol destination.network destination.port descr sort_order prio_group"),
    ("firewall/filter_util/rule_stats", "status stats"),
    ("firewall/npt/search_rule", "uuid enabled log sequence sort_order interface %interface source_net destination_net trackif categories description"),
    ("firewall/one_to_one/search_rule", "uuid enabled log sequence interface %interface type %type source_net source_not destination_net destination_not external natreflection categories description"),
    ("firewall/source_nat/search_rule", "uuid enabled nonat sequence sort_order interface %interface ipprotocol protocol source_net source_not destination_net destination_port target staticnatport log categories description"),
    ("interfaces/bridge_settings/search_item", "uuid bridgeif members %members linklocal enablestp proto span private descr"),
    ("interfaces/gif_settings/search_item", "uuid local-addr if ipaddr gifif remote-addr tunnel-local-addr tunnel-remote-addr tunnel-remote-net descr"),
    ("interfaces/gre_settings/search_item", "uuid if greif remote-addr descr"),
    ("interfaces/lagg_settings/search_item", "uuid laggif members %members primary_member proto lacp_fast_timeout lagghash mtu descr"),
    ("interfaces/loopback_settings/search_item", "uuid deviceId description"),
    ("interfaces/vip_settings/search_item", "uuid interface %interface mode %mode subnet subnet_bits vhid advbase advskew peer peer6 password address vhid_txt descr"),
    ("interfaces/vxlan_settings/search_item", "uuid deviceId vxlanid vxlanlocal vxlanlocalport vxlanremote vxlanremoteport vxlangroup vxlandev"),
    ("routes/gateway/status", "items status"),
    ("routes/routes/searchroute", "uuid network gateway %gateway descr enabled"),
    ("routing/group_settings/search", "uuid name item trigger poolopts descr gateways"),
    ("routing/settings/search_gateway", "uuid name interface if interface_descr ipprotocol gateway defaultgw upstream priority weight monitor monitor_disable disabled status delay stddev loss descr"),
];

fn options() -> SimOptions {
    SimOptions {
        clock: Clock::manual(Timestamp::from_seconds(1_795_476_832)),
        ..SimOptions::default()
    }
}

fn world() -> World {
    World::new(&options())
}

fn body(world: &World, path: &str) -> Value {
    serde_json::from_slice(&world.body(path, &BTreeMap::new()).unwrap()).unwrap()
}

fn rows(world: &World, path: &str) -> Vec<Value> {
    body(world, path)["rows"].as_array().unwrap().clone()
}

fn revision(world: &World) -> Value {
    body(world, "diagnostics/system/system_time")["config"].clone()
}

fn column<'a>(rows: &'a [Value], key: &str) -> Vec<&'a str> {
    rows.iter().filter_map(|row| row[key].as_str()).collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_does_not() {
    let none = BTreeMap::new();
    let (one, same) = (world(), world());
    let other = World::new(&SimOptions { seed: 2, ..options() });
    for (path, _) in ENDPOINTS {
        assert_eq!(one.body(path, &none), same.body(path, &none), "{path}");
    }
    for path in
        ["kea/leases4/search", "diagnostics/interface/search_arp", "firewall/filter/search_rule"]
    {
        assert_ne!(one.body(path, &none), other.body(path, &none), "{path}");
    }
}

#[test]
fn every_row_has_the_fields_of_the_recorded_ones() {
    let world = World::new(&SimOptions { devices: 600, ..options() });
    for (path, keys) in ENDPOINTS {
        let body = body(&world, path);
        let rows = body["rows"].as_array().cloned().unwrap_or_else(|| vec![body.clone()]);
        assert!(!rows.is_empty(), "{path}");
        for (row, key) in rows.iter().flat_map(|row| keys.split(' ').map(move |key| (row, key))) {
            assert!(row.get(key).is_some(), "{path}: no `{key}` in {row}");
        }
        if body.get("rows").is_some() {
            assert_eq!(
                (&body["total"], &body["rowCount"], &body["current"]),
                (&json!(rows.len()), &json!(rows.len()), &json!(1))
            );
        }
    }
    assert!(
        world.body("dhcpv4/leases/search_lease", &BTreeMap::new()).is_none(),
        "ISC is gone in 26.7"
    );
}

#[test]
fn devices_are_unique_at_any_size_and_inside_their_networks() {
    let world = World::new(&SimOptions { devices: 100_000, ..options() });
    assert_eq!(world.devices.len(), 100_000);
    let macs: BTreeSet<_> = world.devices.iter().map(|device| device.mac).collect();
    let v4: BTreeSet<_> = world.devices.iter().map(|device| device.v4).collect();
    assert_eq!((macs.len(), v4.len()), (100_000, 100_000));
    let v6: Vec<_> = world.placed().filter_map(|(device, zone)| device.v6(zone)).collect();
    assert_eq!(v6.iter().collect::<BTreeSet<_>>().len(), v6.len());
    assert!(world.placed().all(|(device, zone)| zone.net.contains(&device.v4)));
    for (zone, other) in
        world.zones.iter().flat_map(|zone| world.zones.iter().map(move |other| (zone, other)))
    {
        assert!(
            zone.key == other.key || !zone.net.contains(&other.net),
            "{} holds {}",
            zone.net,
            other.net
        );
    }
}

#[test]
fn the_demo_finds_the_devices_it_asks_for() {
    let world = world();
    let names = world.device_names();
    for name in ["nas", "printer", "thermostat-hall", "camera-door", "tv-living"] {
        assert_eq!(names.iter().filter(|known| *known == name).count(), 1, "{name}");
    }
    assert!(column(&rows(&world, "kea/leases4/search"), "hostname").contains(&"nas"));
    assert!(column(&rows(&world, "dnsmasq/leases/search"), "hostname").contains(&"camera-door"));
}

#[test]
fn some_names_are_hostile_some_missing_and_some_shared() {
    let world = World::new(&SimOptions { devices: 2000, ..options() });
    let names: Vec<&str> = world.devices.iter().map(|device| &*device.name).collect();
    assert!(
        names.iter().any(|name| name.contains('\u{202e}'))
            && names.iter().any(|name| name.contains('\u{0}'))
    );
    assert!(names.iter().any(|name| name.len() == 300) && names.contains(&""));
    assert!(names.iter().filter(|name| **name == "android").count() > 1);
}

#[test]
fn rules_come_in_the_order_in_which_they_apply_and_in_three_dialects() {
    let rows = rows(&world(), "firewall/filter/search_rule");
    let orders = column(&rows, "sort_order");
    assert!(orders.is_sorted(), "{orders:?}");
    let (legacy, mvc): (Vec<&Value>, Vec<&Value>) =
        rows.iter().partition(|row| row["legacy"] == true);
    let (automatic, legacy): (Vec<&Value>, Vec<&Value>) =
        legacy.into_iter().partition(|row| row["is_automatic"] == true);
    assert!(
        automatic.len() >= 40 && legacy.len() > 5 && mvc.len() > 30,
        "{} {} {}",
        automatic.len(),
        legacy.len(),
        mvc.len()
    );
    assert!(legacy.iter().any(|row| row["interface"] == "LAN" && row["source_not"] == "1"));
    assert!(mvc.iter().any(|row| row["interface"] == "lan" && row["%source_net"] == "LAN net"));
    assert!(
        mvc.iter().any(|row| row["enabled"] == "0")
            && legacy.iter().all(|row| row["enabled"] == "1")
    );
    let alias = mvc.iter().find(|row| row["destination_port"] == "p_mail").unwrap();
    assert_eq!(alias["alias_meta_destination_port"][0]["isAlias"], true);
    let priorities: BTreeSet<&str> =
        mvc.iter().filter_map(|row| row["prio_group"].as_str()).collect();
    assert_eq!(priorities, BTreeSet::from(["200000", "300010", "400000"]));
}

#[test]
fn an_interface_shows_its_rules_those_of_its_groups_and_those_of_any() {
    let world = world();
    let asked = |interface: &str| {
        let params = BTreeMap::from([("interface".to_owned(), interface.to_owned())]);
        let body: Value =
            serde_json::from_slice(&world.body("firewall/filter/searchRule", &params).unwrap())
                .unwrap();
        body["rows"].as_array().unwrap().clone()
    };
    let guest = asked("opt1");
    let interfaces: BTreeSet<&str> =
        guest.iter().map(|row| row["interface"].as_str().unwrap_or_default()).collect();
    assert_eq!(interfaces, BTreeSet::from(["", "GUEST", "opt1", "untrusted", "wan,lan,opt1"]));
    assert!(asked("").iter().all(|row| !matches!(row["interface"].as_str(), Some(one) if !one.is_empty() && !one.contains(','))));
    assert!(
        asked("__any").iter().all(|row| row["interface"].as_str().unwrap_or_default().is_empty())
    );
}

#[test]
fn counters_come_with_show_all_and_not_for_rules_that_are_off() {
    let params = BTreeMap::from([("show_all".to_owned(), "1".to_owned())]);
    let body: Value =
        serde_json::from_slice(&world().body("firewall/filter/search_rule", &params).unwrap())
            .unwrap();
    for row in body["rows"].as_array().unwrap() {
        assert_eq!(row.get("evaluations").is_some(), row["enabled"] == "1", "{row}");
    }
    assert!(
        rows(&world(), "firewall/filter/search_rule")
            .iter()
            .all(|row| row.get("evaluations").is_none())
    );
}

#[test]
fn secrets_are_where_real_grids_leak_them() {
    let world = world();
    for path in ["firewall/alias/search_item", "firewall/alias/export"] {
        let text = String::from_utf8(world.body(path, &BTreeMap::new()).unwrap()).unwrap();
        assert!(
            text.contains(r#""password":"SIM-SECRET-"#)
                && text.contains(r#""username":"SIM-SECRET-"#),
            "{path}"
        );
    }
    let vips = column(&rows(&world, "interfaces/vip_settings/search_item"), "password").join(",");
    assert_eq!(vips, ",SIM-SECRET-carp");
    let export = body(&world, "firewall/alias/export");
    assert!(export["geoip"]["url"].as_str().unwrap().contains("license_key=SIM-SECRET-"));
}

#[test]
fn only_what_a_person_changes_is_a_new_revision() {
    let mut world = world();
    let before = revision(&world);
    world.renew_leases(0.5);
    let joined = world.join(3);
    assert_eq!(joined.len(), 3);
    world.leave(2);
    world.tick(600);
    assert!(world.set_online("nas", false) && !world.set_online("nobody", true));
    assert_eq!(revision(&world), before);
    let edited = world.edit_rule();
    let second = revision(&world);
    assert_ne!(second, before);
    let rules = rows(&world, "firewall/filter/search_rule");
    let rule = rules.iter().find(|row| row["uuid"] == edited.as_str()).unwrap();
    assert!(rule["description"].as_str().unwrap().ends_with("(edit 1)"));
    assert_eq!(world.add_vlan(60, "LAB").as_deref(), Some("opt7"));
    assert_ne!(revision(&world), second, "two changes within a second are two revisions");
    assert_eq!((world.add_vlan(60, "LAB"), world.add_vlan(4095, "LAB")), (None, None));
    assert!(
        column(&rows(&world, "interfaces/vlan_settings/search_item"), "vlanif")
            .contains(&"vlan06 [LAB]")
    );
}

#[test]
fn devices_come_go_and_sleep() {
    let mut world = world();
    let arp = "diagnostics/interface/search_arp";
    let before = rows(&world, arp).len();
    assert!(world.set_online("nas", false));
    assert_eq!(rows(&world, arp).len(), before - 1);
    world.join(5);
    assert_eq!(rows(&world, arp).len(), before + 4);
    assert_eq!(world.leave(7).len(), 7);
    assert_eq!(world.devices.len(), 118);
}

#[test]
fn leases_of_sleepers_run_out_and_those_of_the_awake_are_renewed() {
    let mut world = world();
    let leases = |world: &World| body(world, "kea/leases4/search")["stats"].clone();
    assert_eq!(leases(&world)["inactive"], 0);
    world.tick(86_400);
    let later = leases(&world);
    assert!(
        later["inactive"].as_u64().unwrap() > 0 && later["active"].as_u64().unwrap() > 0,
        "{later}"
    );
    assert_eq!(
        world.renew_leases(1.0),
        world.devices.iter().filter(|device| device.leased).count()
    );
    assert_eq!(leases(&world)["inactive"], 0);
}

#[test]
fn one_world_is_behind_all_answers() {
    let world = world();
    let overview = rows(&world, "interfaces/overview/interfaces_info");
    let devices: BTreeSet<&str> = column(&overview, "device").into_iter().collect();
    for (path, key) in [
        ("interfaces/bridge_settings/search_item", "bridgeif"),
        ("interfaces/gif_settings/search_item", "gifif"),
        ("interfaces/gre_settings/search_item", "greif"),
        ("interfaces/lagg_settings/search_item", "laggif"),
        ("routing/settings/search_gateway", "if"),
    ] {
        let named = rows(&world, path);
        assert!(column(&named, key).iter().all(|device| devices.contains(device)), "{path}");
    }
    let addresses = json!(overview).to_string();
    for vip in rows(&world, "interfaces/vip_settings/search_item") {
        assert!(addresses.contains(vip["address"].as_str().unwrap()), "{vip}");
    }
    let gateways = rows(&world, "routing/settings/search_gateway");
    let names = column(&gateways, "name");
    for route in rows(&world, "routes/routes/searchroute") {
        assert!(names.contains(&route["gateway"].as_str().unwrap()), "{route}");
    }
    let sizes = body(&world, "firewall/alias/get_table_size");
    for (table, size) in sizes["details"].as_object().unwrap() {
        let entries = rows(&world, &format!("firewall/alias_util/list/{table}"));
        assert_eq!(size["count"], json!(entries.len()), "{table}");
    }
    for alias in rows(&world, "firewall/alias/search_item") {
        let size = sizes["details"][alias["name"].as_str().unwrap()]["count"].to_string();
        let shown = alias["current_items"].as_str().unwrap();
        assert!(shown.is_empty() || shown == size, "{alias}");
    }
}
