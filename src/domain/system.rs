//! The firewall itself: name, versions, load, memory.
use super::prelude::*;

/// Anyone who may log in has it.
const DASHBOARD: &str = "Lobby: Dashboard";

#[derive(Debug)]
pub struct System {
    pub name: Box<str>,
    pub release: Option<Box<str>>,
    pub base: Option<Box<str>>,
    pub tls: Option<Box<str>>,
    pub updates: Option<Box<str>>,
    pub booted: Option<Box<str>>,
    pub uptime: Option<i64>,
    pub clock: Option<Box<str>>,
    pub config_saved: Option<Box<str>>,
    pub load_1: Option<Box<str>>,
    pub load_5: Option<Box<str>>,
    pub load_15: Option<Box<str>>,
    pub memory: Option<i64>,
    pub memory_used: Option<i64>,
    pub memory_cache: Option<i64>,
    pub states: Option<i64>,
    pub states_limit: Option<i64>,
}

pub static DOMAIN: Domain<System> = Domain {
    name: "system",
    about: "The firewall: name, versions, uptime, load, memory and the state table.",
    cadence: Cadence::Runtime,
    sources: &[
        Source::one("information", "diagnostics/system/system_information", "", DASHBOARD),
        Source::one("time", "diagnostics/system/system_time", "", DASHBOARD).backend(),
        Source::one("resources", "diagnostics/system/system_resources", "memory", DASHBOARD)
            .backend(),
        Source::one("states", "diagnostics/firewall/pf_states", "", DASHBOARD).backend(),
    ],
    fields: &[
        field("name"),
        field("versions"),
        volatile("updates"),
        field("boottime"),
        volatile("config"),
        volatile("datetime"),
        volatile("uptime"),
        volatile("loadavg"),
        field("total"),
        volatile("used"),
        volatile("arc"),
        volatile("current"),
        field("limit"),
    ],
    identity: &[],
    columns: &[
        col(Role::Key, "name", Read::Name(|s| Some(&s.name)), "Name with domain."),
        col(
            Role::Plain,
            "release",
            Read::Text(|s| s.release.as_deref()),
            "Release, such as OPNsense 26.7.2-amd64.",
        ),
        col(Role::Plain, "base", Read::Text(|s| s.base.as_deref()), "Operating system below."),
        col(Role::Plain, "tls", Read::Text(|s| s.tls.as_deref()), "TLS library."),
        col(
            Role::Plain,
            "updates",
            Read::Text(|s| s.updates.as_deref()),
            "What the dashboard says about updates.",
        ),
        col(
            Role::Plain,
            "booted",
            Read::Text(|s| s.booted.as_deref()),
            "When it booted, in its own time; absent on 24.7.",
        ),
        col(Role::Plain, "uptime", Read::Int(|s| s.uptime), "Seconds since it booted."),
        col(
            Role::Plain,
            "clock",
            Read::Text(|s| s.clock.as_deref()),
            "Its clock when it was read.",
        ),
        col(
            Role::Plain,
            "config_saved",
            Read::Text(|s| s.config_saved.as_deref()),
            "When the configuration was last saved, in its own time.",
        ),
        col(
            Role::Plain,
            "load_1",
            Read::Text(|s| s.load_1.as_deref()),
            "Load average over one minute.",
        ),
        col(Role::Plain, "load_5", Read::Text(|s| s.load_5.as_deref()), "Over five minutes."),
        col(Role::Plain, "load_15", Read::Text(|s| s.load_15.as_deref()), "Over fifteen minutes."),
        col(Role::Plain, "memory", Read::Int(|s| s.memory), "Memory in bytes."),
        col(Role::Plain, "memory_used", Read::Int(|s| s.memory_used), "Bytes in use."),
        col(
            Role::Plain,
            "memory_cache",
            Read::Int(|s| s.memory_cache),
            "Bytes of them that the ZFS cache would give back.",
        ),
        col(Role::Plain, "states", Read::Int(|s| s.states), "Entries of the state table of pf."),
        col(
            Role::Plain,
            "states_limit",
            Read::Int(|s| s.states_limit),
            "Most entries it may have.",
        ),
    ],
    parse,
    never_empty: true,
};

fn parse(raw: Raw<'_>, rows: &mut Vec<System>) -> Result<(), Reject> {
    // The other answers only complete the row of the first.
    if !raw.has("name") {
        return Ok(());
    }
    let versions = raw.list("versions");
    let load = raw.list("loadavg");
    rows.push(System {
        name: raw.text("name")?,
        release: versions.first().cloned(),
        base: versions.get(1).cloned(),
        tls: versions.get(2).cloned(),
        updates: raw.string("updates"),
        booted: raw.string("boottime"),
        uptime: raw.maybe("uptime").and_then(|text| seconds(&text)),
        clock: raw.string("datetime"),
        config_saved: raw.string("config"),
        load_1: load.first().cloned(),
        load_5: load.get(1).cloned(),
        load_15: load.get(2).cloned(),
        memory: raw.maybe_read("total")?,
        memory_used: raw.maybe_read("used")?,
        memory_cache: raw.maybe_read("arc")?,
        states: raw.maybe_read("current")?,
        states_limit: raw.maybe_read("limit")?.filter(|n: &i64| *n > 0),
    });
    Ok(())
}

/// `7 days, 02:05:45`, `1 day, 00:00:01` or `02:05:45`.
fn seconds(uptime: &str) -> Option<i64> {
    let (days, clock) = match uptime.split_once(',') {
        Some((days, clock)) => (days.split_whitespace().next()?.parse::<i64>().ok()?, clock.trim()),
        None => (0, uptime.trim()),
    };
    let of_day = clock
        .split(':')
        .try_fold(0_i64, |sum, part| sum.checked_mul(60)?.checked_add(part.parse::<i64>().ok()?))?;
    days.checked_mul(86_400)?.checked_add(of_day)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn an_uptime_is_read_with_and_without_days() {
        assert_eq!(seconds("7 days, 02:05:45"), Some(612_345));
        assert_eq!(seconds("1 day, 00:00:01"), Some(86_401));
        assert_eq!(seconds("02:05:45"), Some(7545));
        assert_eq!(seconds("soon"), None);
    }

    #[test]
    fn an_uptime_of_more_seconds_than_there_are_is_none() {
        assert_eq!(seconds("9223372036854775807 days, 00:00:01"), None);
        assert_eq!(seconds("9223372036854775807:00:00"), None);
        assert_eq!(seconds("106751991167300 days, 9223372036854775807"), None);
    }
}
