//! The machine and its upkeep: disks, sensors, certificates, jobs, users, backups.

use serde_json::{Value, json};

use super::aliases::SECRET_MARK;
use super::grid::json as write;
use super::ids::uuid;
use super::network::GUEST;
use super::world::World;

const DAY: i64 = 86_400;

pub(super) fn resources(_: &World) -> Vec<u8> {
    write(&json!({"memory": {
        "total": "17179869184", "total_frmt": "16384", "used": 4_767_385_442_i64, "used_frmt": "4546",
        "arc": "1234567890", "arc_frmt": "1177", "arc_txt": "ARC size 1177 MB",
    }}))
}

pub(super) fn disks(_: &World) -> Vec<u8> {
    write(&json!({"devices": [
        {"device": "zroot/ROOT/default", "type": "zfs", "blocks": "108G", "used": "6.1G", "available": "102G", "used_pct": 6, "mountpoint": "/"},
        {"device": "tmpfs", "type": "tmpfs", "blocks": "2.0G", "used": "4.2M", "available": "2.0G", "used_pct": 0, "mountpoint": "/var/log"},
    ]}))
}

pub(super) fn swap(_: &World) -> Vec<u8> {
    write(&json!({"swap": [{"device": "/dev/gpt/swapfs", "total": "8388608", "used": "0"}]}))
}

pub(super) fn temperatures(_: &World) -> Vec<u8> {
    write(&json!([
        {"device": "dev.cpu.0.temperature", "device_seq": 0, "temperature": "48.0", "type_translated": "CPU", "type": "cpu"},
        {"device": "dev.cpu.1.temperature", "device_seq": 1, "temperature": "47.0", "type_translated": "CPU", "type": "cpu"},
    ]))
}

pub(super) fn plugins(world: &World) -> Vec<u8> {
    write(&json!({
        "product_id": "opnsense", "product_version": world.release.to_string(),
        "package": [{"name": "opnsense", "version": world.release.to_string(), "installed": "1"}],
        "plugin": [
            {"name": "os-wol", "version": "2.5_1", "comment": "Wake on LAN Service", "locked": "N/A", "repository": "OPNsense", "configured": "1", "installed": "1", "provided": "1", "tier": "2"},
            {"name": "os-haproxy", "version": "4.6", "comment": "Reliable, high performance TCP/HTTP load balancer", "locked": "N/A", "repository": "OPNsense", "configured": "0", "installed": "0", "provided": "1", "tier": "3"},
        ],
        "changelog": [],
    }))
}

/// One revision a day, the newest being that of the world.
pub(super) fn backups(world: &World) -> Vec<u8> {
    let items: Vec<Value> = (0..5)
        .map(|nth: i64| {
            let at = world.revision.plus_seconds(-nth * DAY).seconds();
            json!({
                "time": format!("{at}.25"), "description": "/api/firewall/filter/setRule made changes",
                "username": "root@192.168.1.20", "filesize": 200_000 - nth, "id": format!("config-{at}.25.xml"),
            })
        })
        .collect();
    write(&json!({"items": items}))
}

pub(super) fn ha(_: &World) -> Vec<u8> {
    write(&json!({"hasync": {
        "disablepreempt": "0", "disconnectppps": "0", "pfsyncinterface": {"": {"value": "Disabled", "selected": 1}, "lan": {"value": "LAN", "selected": 0}},
        "pfsyncpeerip": "", "synchronizetoip": "", "verifypeer": "0", "username": "", "password": format!("{SECRET_MARK}sync"),
        "syncitems": {"aliases": {"value": "Aliases", "selected": 0}},
    }}))
}

pub(super) fn jobs(world: &World) -> Vec<Value> {
    vec![json!({
        "uuid": uuid(world.seed, "cron"), "origin": "cron", "enabled": "1", "minutes": "0", "hours": "4", "days": "*",
        "months": "*", "weekdays": "*", "who": "root", "command": "unbound dnsbl",
        "%command": "Update Unbound blocklists", "parameters": "", "description": "block lists",
    })]
}

pub(super) fn tunables(world: &World) -> Vec<Value> {
    let row = |name: &str, value: &str, default: &str| json!({"uuid": uuid(world.seed, name), "tunable": name, "value": value, "descr": "", "default_value": default, "type": "runtime"});
    vec![
        row("net.inet.ip.redirect", "", "0"),
        row("net.inet.tcp.drop_synfin", "", "1"),
        row("kern.ipc.maxsockbuf", "16777216", "4262144"),
    ]
}

fn certificate(world: &World, at: u8, about: &str, name: &str, authority: bool) -> Value {
    let (from, to) = (world.began.plus_seconds(-100 * DAY), world.began.plus_seconds(297 * DAY));
    let mut row = json!({
        "uuid": uuid(world.seed, about), "refid": format!("65a00000000{at:02}"), "descr": about, "crt": "", "csr": "",
        "prv": format!("{SECRET_MARK}key"), "prv_payload": format!("{SECRET_MARK}pem"), "key_type": "2048",
        "%key_type": "RSA-2048", "digest": "sha256", "commonname": name, "name": format!("/C=NL/O=Home/CN={name}"),
        "valid_from": from.seconds().to_string(), "valid_to": to.seconds().to_string(),
    });
    if let Value::Object(row) = &mut row {
        let more = if authority {
            json!({"refcount": "1", "serial": "2", "caref": ""})
        } else {
            json!({"in_use": "1", "is_user": "0", "rfc3280_purpose": "id-kp-serverAuth", "caref": "65a0000000001", "%caref": "Own CA"})
        };
        row.extend(more.as_object().cloned().unwrap_or_default());
    }
    row
}

pub(super) fn certificates(world: &World) -> Vec<Value> {
    vec![
        certificate(world, 2, "Web GUI TLS certificate", "fw01.home.arpa", false),
        certificate(world, 3, "VPN server", "vpn.example.net", false),
    ]
}

pub(super) fn authorities(world: &World) -> Vec<Value> {
    vec![certificate(world, 1, "Own CA", "OwnCA", true)]
}

pub(super) fn users(world: &World) -> Vec<Value> {
    let user = |name: &str, number: u32, privilege: &str, shown: &str| {
        json!({
            "uuid": uuid(world.seed, name), "uid": number.to_string(), "name": name, "disabled": "0", "scope": "user",
            "expires": "", "otp_seed": format!("{SECRET_MARK}otp"), "password": format!("{SECRET_MARK}hash"),
            "apikeys": format!("{SECRET_MARK}api"), "priv": privilege, "%priv": shown, "group_memberships": "1999",
            "%group_memberships": "admins", "descr": name, "is_admin": "0",
        })
    };
    vec![user("root", 0, "", ""), user("opndex", 2000, "page-status-services", "Status: Services")]
}

pub(super) fn groups(world: &World) -> Vec<Value> {
    vec![json!({
        "uuid": uuid(world.seed, "admins"), "gid": "1999", "name": "admins", "scope": "system",
        "description": "System Administrators", "priv": "page-all", "%priv": "All pages", "member": "0",
        "%member": "root", "source_networks": "",
    })]
}

pub(super) fn watched(world: &World) -> Vec<Value> {
    vec![json!({
        "uuid": uuid(world.seed, "watched"), "enabled": "1", "name": "website", "description": "", "type": "host",
        "%type": "Remote Host", "pidfile": "", "path": "", "address": "203.0.113.80", "tests": uuid(world.seed, "ping"),
        "%tests": "Ping", "polltime": "", "start": "", "stop": "",
    })]
}

pub(super) fn monit(world: &World) -> Vec<u8> {
    if !world.monit_runs {
        let status =
            "\nEither the file /var/run/monit.sock does not exists or it is not a unix socket.\n";
        return write(&json!({"result": "failed", "status": status}));
    }
    let checked = |ago: i64| (world.now.seconds() - ago).to_string();
    write(&json!({"result": "ok", "status": {
        "server": {"version": "5.35.2", "poll": "120", "localhostname": "fw"},
        "service": [
            {"@attributes": {"type": "5"}, "name": "fw", "collected_sec": checked(40), "status": "0", "monitor": "1", "uptime": "86400"},
            {"@attributes": {"type": "0"}, "name": "RootFs", "collected_sec": checked(40), "status": "0", "monitor": "1",
             "block": {"percent": "34.5", "usage": "5000.1", "total": "14500.0"}},
            {"@attributes": {"type": "4"}, "name": "website", "collected_sec": checked(39), "status": "16384", "monitor": "1",
             "icmp": {"type": "Ping", "responsetime": "-1.000000"}},
        ],
    }}))
}

pub(super) fn tests(world: &World) -> Vec<Value> {
    vec![json!({
        "uuid": uuid(world.seed, "ping"), "name": "Ping", "type": "NetworkPing", "%type": "Network Ping",
        "condition": "failed ping", "action": "alert", "%action": "Alert", "path": "",
    })]
}

pub(super) fn alerts(world: &World) -> Vec<Value> {
    vec![json!({
        "uuid": uuid(world.seed, "alert"), "enabled": "1", "recipient": "ops@home.arpa", "noton": "0", "events": "",
        "format": "", "reminder": "", "description": "",
    })]
}

pub(super) fn rulesets(_: &World) -> Vec<Value> {
    vec![json!({
        "description": "abuse.ch/URLhaus", "filename": "abuse.ch.urlhaus.rules", "documentation_url": "", "documentation": "",
        "modified_local": null, "enabled": "0",
    })]
}

pub(super) fn log_servers(world: &World) -> Vec<Value> {
    vec![json!({
        "uuid": uuid(world.seed, "syslog"), "enabled": "1", "transport": "udp4", "%transport": "UDP(4)", "program": "",
        "level": "info,notice,warn,err", "facility": "", "hostname": "192.168.1.30", "certificate": "", "port": "514",
        "rfc5424": "1", "description": "log host",
    })]
}

pub(super) fn portal_zones(world: &World) -> Vec<Value> {
    let Some(zone) = world.zones.get(GUEST) else { return Vec::new() };
    vec![json!({
        "uuid": uuid(world.seed, "portal"), "enabled": "1", "zoneid": "0", "interfaces": zone.key,
        "%interfaces": zone.descr, "disableRules": "0", "authservers": "", "idletimeout": "0", "hardtimeout": "240",
        "concurrentlogins": "1", "certificate": "", "servername": "", "allowedAddresses": "",
        "allowedMACAddresses": "", "description": "Guest portal",
    })]
}
