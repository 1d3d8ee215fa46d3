//! `opndex doctor`: what is wrong is named, with what would help, and nothing private.

use opndex::sim::Fault;
use predicates::prelude::*;
use predicates::str::contains;

use super::Home;

#[test]
fn a_firewall_that_is_well_is_said_to_be() {
    let home = Home::synced();
    home.opndex(&["doctor"])
        .code(0)
        .stdout(contains("intact, readable by its owner alone"))
        .stdout(contains("OPNsense 26.7.2"))
        .stdout(contains("clock right within 5 s"))
        .stdout(contains("dhcp_leases").and(contains("opt in with sync.extra")))
        .stdout(contains("lacks").not());
}

#[test]
fn a_missing_privilege_is_named_with_the_domains_it_would_unlock() {
    let home = Home::synced();
    home.simulator.fault("unbound/settings", Fault::Status(403));
    home.opndex(&["doctor"])
        .code(1)
        .stdout(contains("Privileges the key lacks"))
        .stdout(contains("  Services: Unbound: dns_acls, dns_blocklists, dns_forwards"));
    let json = home.command(&["doctor", "--format", "json"]).output().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    let firewall = &json["firewalls"][0];
    let denied = firewall["missing"]["Services: Unbound"].as_array().unwrap();
    assert!(denied.iter().any(|domain| domain == "dns_settings"), "{denied:?}");
    let of = |name: &str| {
        let all = firewall["domains"].as_array().unwrap();
        all.iter().find(|d| d["domain"] == name).unwrap()["state"].clone()
    };
    assert_eq!(
        (of("dns_acls"), of("arp"), of("users")),
        ("denied".into(), "ok".into(), "off".into())
    );
}

#[test]
fn a_firewall_that_cannot_be_reached_ends_with_its_own_code_and_nothing_private_is_printed() {
    let home = Home::new();
    home.simulator.fault("system_information", Fault::Reset);
    let output = home.command(&["doctor"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.contains("got no answer"), "{printed}");
    let well = Home::synced();
    let output = well.command(&["doctor"]).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    for private in [
        well.simulator.key().expose(),
        well.simulator.secret().expose(),
        "SIM-SECRET",
        "thermostat",
    ] {
        assert!(!printed.contains(private), "`{private}` in {printed}");
    }
}
