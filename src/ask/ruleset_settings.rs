//! Schedules and settings of the index as an evaluation wants them.

use std::collections::BTreeMap;

use crate::rules::{ScheduleRange, ScheduleRow, StaticRouteRow, Switches};

use super::ruleset_rows::Cells;

/// One range of a schedule; a schedule without any has one row that says so.
pub(super) struct Range {
    name: String,
    range: Option<ScheduleRange>,
}

pub(super) fn range(c: &Cells) -> Option<Range> {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let number = |day: String| {
        let place = DAYS.iter().position(|known| *known == day)?;
        u8::try_from(place + 1).ok()
    };
    let range = (c.int("range") != Some(0)).then(|| {
        let (from, to) = (c.text("starts"), c.text("ends"));
        ScheduleRange {
            weekdays: c.list("weekdays").into_iter().filter_map(number).collect(),
            dates: c.list("dates"),
            hours: match (from, to) {
                (None, None) => String::new(),
                (from, to) => format!(
                    "{}-{}",
                    from.as_deref().unwrap_or("00:00"),
                    to.as_deref().unwrap_or("24:00")
                ),
            },
        }
    });
    Some(Range { name: c.text("name")?, range })
}

pub(super) fn schedules(ranges: Vec<Range>) -> Vec<ScheduleRow> {
    let mut by_name: BTreeMap<String, Vec<ScheduleRange>> = BTreeMap::new();
    for Range { name, range } in ranges {
        by_name.entry(name).or_default().extend(range);
    }
    by_name.into_iter().map(|(name, ranges)| ScheduleRow { name, ranges }).collect()
}

pub(super) fn setting(c: &Cells) -> Option<(String, String)> {
    Some((c.text("setting")?, c.words("value")))
}

/// Settings of the firewall, and of its kernel for bridges.
pub(super) fn switches(
    settings: &BTreeMap<String, String>,
    bridges: &BTreeMap<&str, bool>,
) -> Switches {
    let on = |name: &str| settings.get(name).is_some_and(|value| value == "true");
    let known = |name: &str| settings.get(name).map(|value| value == "true");
    let bridge = |name: &str| bridges.get(name).copied();
    Switches {
        filter_disabled: on("filter_disabled"),
        skip_rules_with_gateway_down: on("skip_rules_with_gateway_down"),
        reflection: on("reflect_port_forwards"),
        one_to_one_reflection: on("reflect_one_to_one"),
        reflection_helper: on("reflect_source_nat"),
        bypass_static_routes: on("static_routes_unfiltered"),
        outbound_mode: settings.get("outbound_mode").cloned(),
        ipv6: known("ipv6"),
        icmpv6_required: known("icmpv6_required"),
        port_zero_blocked: known("port_zero_blocked"),
        ssh_lockout: known("ssh_lockout"),
        virus_protection: known("virus_protection"),
        anti_lockout: known("anti_lockout"),
        force_gateway: known("force_gateway"),
        reply_to: known("reply_to"),
        states_bound: settings.get("state_policy").is_some_and(|policy| policy == "if-bound"),
        bridge_members_filtered: bridge("pfil_member"),
        bridges_filtered: bridge("pfil_bridge"),
        bridge_local_filtered: bridge("pfil_local_phys"),
    }
}

/// What is taken for granted while the settings of config.xml were not read.
pub(super) fn unread(settings: &BTreeMap<String, String>) -> Option<String> {
    let known = settings.contains_key("filter_disabled");
    (!known).then(|| {
        "the firewall's settings were not read from config.xml (`opndex backfill`, `opndex import`): taken for granted is that pf is on and that a rule or forward does only what it says itself".to_owned()
    })
}

pub(super) fn static_route(c: &Cells) -> Option<StaticRouteRow> {
    Some(StaticRouteRow {
        network: c.text("network")?,
        gateway: c.text("gateway")?,
        enabled: c.flag("enabled").unwrap_or(true),
    })
}
