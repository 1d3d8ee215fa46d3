//! What filter and NAT rules write alike: the terms of an end, ports, evaluation order.

use super::raw::{Raw, Reject};

/// The names under which the releases keep one end of a rule; the first with a value counts.
pub(super) struct Side {
    pub(super) nets: &'static [&'static str],
    pub(super) nots: &'static [&'static str],
    pub(super) ports: &'static [&'static str],
}

/// The terms of one end, each with its negation: what is stored can never be shown without it.
pub(super) fn terms(raw: Raw<'_>, side: &Side) -> Result<Vec<Box<str>>, Reject> {
    let given = side.nets.iter().map(|net| raw.list(net)).find(|terms| !terms.is_empty());
    let terms = given.unwrap_or_else(|| vec!["any".into()]);
    let mut not = false;
    for name in side.nots {
        not |= raw.flag(name)?;
    }
    let trim = |term: &str| -> Box<str> {
        // 25.1 keeps pf's brackets around tables of automatic rules: `<sshlockout>`.
        let term = term.strip_prefix('<').and_then(|t| t.strip_suffix('>')).unwrap_or(term);
        if not { format!("!{term}").into() } else { term.into() }
    };
    Ok(terms.iter().map(|term| trim(term)).collect())
}

/// A port, range or port alias; absent for any.
pub(super) fn port(raw: Raw<'_>, names: &'static [&'static str]) -> Option<Box<str>> {
    names.iter().find_map(|name| raw.string(name)).filter(|p| &**p != "any")
}

/// Several lists as one text.
pub(super) fn joined(raw: Raw<'_>, names: &[&'static str]) -> Option<Box<str>> {
    let items: Vec<_> = names.iter().flat_map(|name| raw.list(name)).collect();
    (!items.is_empty()).then(|| items.join(",").into())
}

/// A choice; the label of 25.1 for "no choice" is dropped.
pub(super) fn chosen(raw: Raw<'_>, name: &'static str) -> Option<Box<str>> {
    raw.string(name).filter(|text| &**text != "None")
}

/// Lower-case protocol; `any` when none is asked for.
pub(super) fn protocol(raw: Raw<'_>) -> Box<str> {
    raw.string("protocol").map_or_else(|| "any".into(), |p| p.to_lowercase().into())
}

/// `inet`, `inet6` or both.
pub(super) fn family(raw: Raw<'_>) -> Result<&'static str, Reject> {
    match raw.maybe("ipprotocol").as_deref() {
        Some("inet" | "IPv4") => Ok("inet"),
        Some("inet6" | "IPv6") => Ok("inet6"),
        None | Some("inet46" | "IPv4+IPv6") => Ok("inet46"),
        Some(other) => Err(Reject::new("ipprotocol", format!("`{other}` is no address family"))),
    }
}

/// Category names, or their uuids where the release gives no names.
pub(super) fn category(raw: Raw<'_>, names: &[&'static str]) -> Option<Box<str>> {
    names.iter().find_map(|name| joined(raw, &[name]))
}

/// Priority group and evaluation order of a row: `sort_order` is `<priority>.<seven digits>`. Releases
/// without it have `otherwise` as the group, and the sequence.
pub(super) fn position(raw: Raw<'_>, otherwise: i64) -> Result<(i64, i64), Reject> {
    const WIDTH: i64 = 10_000_000;
    let (priority, within) = if let Some(order) = raw.maybe("sort_order") {
        let parts = order.split_once('.').map(|(p, s)| (p.parse::<i64>(), s.parse::<i64>()));
        let Some((Ok(priority), Ok(within))) = parts else {
            return Err(Reject::new("sort_order", format!("cannot read `{order}`")));
        };
        (priority, within)
    } else {
        (otherwise, raw.read("sequence")?)
    };
    Ok((priority, priority.saturating_mul(WIDTH).saturating_add(within)))
}
