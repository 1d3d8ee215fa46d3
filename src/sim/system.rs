//! The firewall itself: name, release, time, services.

use serde::Serialize;
use serde_json::json;

use crate::types::Timestamp;

use super::grid::json as write;
use super::world::World;

const NAME: &str = "fw01.home.arpa";
/// How long the firewall had been up when the world began: seven days and a bit, in seconds.
const UP_BEFORE: i64 = 612_345;
const DAY: i64 = 86_400;
const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

pub(super) fn information(world: &World) -> Vec<u8> {
    let version = format!("OPNsense {}-amd64", world.release);
    write(&json!({
        "name": NAME,
        "versions": [version, "FreeBSD 14.3-RELEASE-p4", "OpenSSL 3.0.22"],
        "updates": "Click to view pending updates.",
    }))
}

/// The one body that follows the clock and not the world, as nobody may cache the time of day.
pub(super) fn time(world: &World) -> Vec<u8> {
    let booted = world.began.plus_seconds(-UP_BEFORE);
    let now = world.clock.now().max(world.now);
    let up = now.seconds_since(booted);
    let (hours, minutes, seconds) = (up % DAY / 3600, up % 3600 / 60, up % 60);
    write(&json!({
        "uptime": format!("{} days, {hours:02}:{minutes:02}:{seconds:02}", up / DAY),
        "datetime": dated(now),
        "boottime": dated(booted),
        "config": dated(world.revision),
        "loadavg": "0.31, 0.28, 0.25",
    }))
}

pub(super) fn firmware(world: &World) -> Vec<u8> {
    let checked = dated(world.began);
    let version = world.release.to_string();
    write(&json!({
        "api_version": "2",
        "connection": "ok",
        "downgrade_packages": [],
        "download_size": "12.1MiB",
        "last_check": checked,
        "needs_reboot": "0",
        "new_packages": [],
        "os_version": "FreeBSD 14.3-RELEASE-p4",
        "product_id": "opnsense",
        "product_target": "opnsense",
        "product_version": version,
        "product_abi": "26.7",
        "reinstall_packages": [],
        "remove_packages": [],
        "repository": "ok",
        "upgrade_major_message": "",
        "upgrade_major_version": "",
        "upgrade_needs_reboot": "0",
        "upgrade_packages": [{"name": "curl", "repository": "OPNsense", "current_version": "8.14.0", "new_version": "8.14.1"}],
        "upgrade_sets": [],
        "product": {"product_name": "OPNsense", "product_version": version, "product_series": "26.7", "product_latest": version},
        "all_packages": {"curl": {"reason": "upgrade", "old": "8.14.0", "new": "8.14.1", "repository": "OPNsense"}},
        "all_sets": [],
        "status": "update",
        "status_reboot": "0",
        "status_msg": "There is 1 update available, total download size is 12.1MiB.",
    }))
}

#[derive(Serialize)]
pub(super) struct ServiceRow {
    id: &'static str,
    locked: u8,
    running: u8,
    description: &'static str,
    name: &'static str,
}

/// Id, locked, running (Monit until it is stopped), description.
const SERVICES: &[(&str, u8, u8, &str)] = &[
    ("configd", 1, 1, "Configd"),
    ("cron", 0, 1, "Cron"),
    ("dnsmasq", 0, 1, "Dnsmasq DNS/DHCP"),
    ("dpinger/WAN_DHCP", 0, 1, "Gateway WAN_DHCP"),
    ("hostwatch", 0, 1, "Hostwatch"),
    ("kea-dhcp/v4", 0, 1, "KEA DHCPv4 server"),
    ("kea-dhcp/v6", 0, 1, "KEA DHCPv6 server"),
    ("login", 1, 1, "Users and Groups"),
    ("monit", 0, 1, "Monit System Monitoring"),
    ("ntpd", 0, 1, "Ntpd"),
    ("openssh", 0, 0, "Secure Shell"),
    ("pf", 1, 1, "Packet Filter"),
    ("routing", 1, 1, "System routing"),
    ("sysctl", 1, 1, "System tunables"),
    ("syslog-ng", 0, 1, "Syslog-ng"),
    ("unbound", 0, 1, "Unbound DNS"),
    ("webgui", 1, 1, "Web GUI"),
];

pub(super) fn services(world: &World) -> impl Iterator<Item = ServiceRow> + Clone {
    let runs = world.monit_runs;
    SERVICES.iter().map(move |&(id, locked, running, description)| ServiceRow {
        id,
        locked,
        running: if id == "monit" { runs.into() } else { running },
        description,
        name: id.split('/').next().unwrap_or(id),
    })
}

/// `Mon Nov 23 22:58:08 UTC 2026`: PHP's `D M j G:i:s T Y`.
fn dated(at: Timestamp) -> String {
    let text = at.to_string();
    let mut parts = text.split(['-', 'T', ':', 'Z']);
    let mut next = || parts.next().unwrap_or_default();
    let (year, month, day, hour, minute, second) = (next(), next(), next(), next(), next(), next());
    let weekday = usize::try_from(at.seconds().div_euclid(DAY).rem_euclid(7))
        .ok()
        .and_then(|day| DAYS.get(day));
    let month = month.parse::<usize>().ok().and_then(|month| MONTHS.get(month.checked_sub(1)?));
    let hour = hour.strip_prefix('0').unwrap_or(hour);
    let day = day.strip_prefix('0').unwrap_or(day);
    let (weekday, month) =
        (weekday.copied().unwrap_or_default(), month.copied().unwrap_or_default());
    format!("{weekday} {month} {day} {hour}:{minute}:{second} UTC {year}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_reads_as_the_firewall_writes_it() {
        assert_eq!(dated(Timestamp::from_seconds(1_795_476_832)), "Mon Nov 23 23:33:52 UTC 2026");
        assert_eq!(dated(Timestamp::from_seconds(0)), "Thu Jan 1 0:00:00 UTC 1970");
    }
}
