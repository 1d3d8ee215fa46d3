//! Subnets, ranges and options of the DHCP servers, around the leases they gave.

use serde_json::{Value, json};

use super::aliases::SECRET_MARK;
use super::ids::uuid;
use super::network::{Backend, Zone};
use super::world::World;

const DOMAIN: &str = "home.arpa";
/// Name of the tag that guests get.
const TAG: &str = "visitors";

fn of(world: &World, backend: Backend) -> impl Iterator<Item = &Zone> {
    world.zones.iter().filter(move |zone| zone.backend == backend)
}

pub(super) fn kea4(world: &World) -> Vec<Value> {
    let rows = of(world, Backend::Kea).zip(1..).map(|(zone, number): (_, u32)| {
        let last = zone.net.broadcast();
        json!({
            "uuid": uuid(world.seed, &format!("subnet4-{}", zone.key)), "subnet_id": number.to_string(),
            "subnet": zone.net.to_string(), "valid_lifetime": "", "next_server": "", "option_data_autocollect": "1",
            "option_data.domain_name_servers": "", "option_data.domain_search": DOMAIN, "option_data.routers": "",
            "option_data.domain_name": DOMAIN, "option_data.ntp_servers": zone.gateway().to_string(),
            "option": "", "match-client-id": "1", "allocator": "", "pools": format!("{}-{last}", zone.host(16)),
            "ddns_domain_key_name": "", "ddns_domain_key_secret": format!("{SECRET_MARK}tsig"),
            "description": zone.descr,
        })
    });
    rows.collect()
}

pub(super) fn kea6(world: &World) -> Vec<Value> {
    let zones = of(world, Backend::Kea).filter_map(|zone| Some((zone, zone.net6?)));
    let rows = zones.zip(1..).map(|((zone, net), number): (_, u32)| {
        let first = net.network();
        json!({
            "uuid": uuid(world.seed, &format!("subnet6-{}", zone.key)), "subnet_id": number.to_string(),
            "subnet": net.to_string(), "valid_lifetime": "", "allocator": "", "pd-allocator": "",
            "option_data_autocollect": "0", "option_data.dns_servers": format!("{first}1"),
            "option_data.domain_search": "", "pools": format!("{first}1000-{first}1fff"),
            "interface": zone.key, "%interface": zone.descr, "description": format!("{} IPv6", zone.descr),
        })
    });
    rows.collect()
}

pub(super) fn none(_: &World) -> Vec<Value> {
    Vec::new()
}

pub(super) fn ranges(world: &World) -> Vec<Value> {
    let tag = uuid(world.seed, "dhcp-tag");
    let rows = of(world, Backend::Dnsmasq).map(|zone| {
        json!({
            "uuid": uuid(world.seed, &format!("range-{}", zone.key)), "interface": zone.key, "%interface": zone.descr,
            "set_tag": tag, "%set_tag": TAG, "start_addr": zone.host(16).to_string(),
            "end_addr": zone.net.broadcast().to_string(), "subnet_mask": "", "constructor": "", "mode": "",
            "prefix_len": "", "lease_time": "86400", "domain_type": "range", "%domain_type": "Range", "domain": "",
            "nosync": "0", "ra_mode": "", "description": format!("{} range", zone.descr),
        })
    });
    rows.collect()
}

pub(super) fn options(world: &World) -> Vec<Value> {
    let rows = of(world, Backend::Dnsmasq).map(|zone| {
        json!({
            "uuid": uuid(world.seed, &format!("option-{}", zone.key)), "type": "set", "%type": "Set", "option": "42",
            "option6": "", "interface": zone.key, "%interface": zone.descr, "tag": "", "set_tag": "",
            "value": zone.gateway().to_string(), "force": "0", "description": "time server",
        })
    });
    rows.collect()
}

pub(super) fn tags(world: &World) -> Vec<Value> {
    vec![json!({"uuid": uuid(world.seed, "dhcp-tag"), "tag": TAG})]
}
