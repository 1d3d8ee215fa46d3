//! Random histories: runs at any time of the clock, cut off or whole, each with a state of some domains.

use std::path::Path;

use opndex::configxml;
use opndex::domain::{AnyDomain, RawRow, RawRows, RawValue, decode};
use proptest::prelude::*;

/// Rows that the domain reads: those of its fixtures, of one source.
pub(super) fn seeds(domain: &'static dyn AnyDomain) -> Vec<RawRow> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let fixture = folder.join("rest").join(format!("{}.json", domain.name()));
    let text = std::fs::read_to_string(fixture).unwrap();
    let cases: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let mut rows = Vec::new();
    for case in cases {
        let source = domain.sources().iter().find(|s| case["source"] == s.name);
        let body = case["body"].to_string();
        if let Some(Ok(decoded)) = source.map(|s| decode(s, domain.fields(), body.as_bytes())) {
            rows.extend(decoded);
        }
    }
    if domain.api_sources().is_empty() {
        // What only config.xml has.
        let file = std::fs::File::open(folder.join("configxml/mvc.xml")).unwrap();
        let config = configxml::Config::read(std::io::BufReader::new(file), &[domain]).unwrap();
        let found = config.copy(domain, config.release);
        rows.extend(found.into_iter().flat_map(|(_, rows)| rows));
    }
    rows
}

/// Another row like `row`: its identity is number `n`.
fn like(domain: &dyn AnyDomain, row: &RawRow, n: u32) -> RawRow {
    let mut other = row.clone();
    for name in domain.identity() {
        let Some(at) = domain.fields().iter().position(|f| f.name == *name) else { continue };
        let Some(RawValue::Text(text)) = row.get(at) else { continue };
        let text = if text.parse::<std::net::Ipv4Addr>().is_ok() {
            format!("10.{}.{}.{}", n >> 16, (n >> 8) & 255, n & 255)
        } else if text.parse::<std::net::Ipv6Addr>().is_ok() {
            format!("2001:db8::{n:x}")
        } else if text.parse::<opndex::types::MacAddr>().is_ok() {
            text.to_string()
        } else if text.len() == 36 {
            format!("00000000-0000-4000-8000-{n:012}")
        } else {
            format!("{text}{n}")
        };
        other.set(at, Some(RawValue::Text(text.into())));
    }
    other
}

/// One run: when it begins, how it ends, and what it sees.
#[derive(Debug, Clone)]
pub(super) struct Turn {
    /// Seconds since the run before, by the clock; below zero where it was set back.
    pub(super) after: i64,
    /// Cut off: every so many-th domain was not read any more, and nobody ended it.
    pub(super) cut: Option<usize>,
    /// Rows, by their model and their number.
    there: Vec<(usize, u32)>,
    /// Every so many-th domain has all of them; others have few.
    large: usize,
    /// Row, field, and the row that gives its value.
    changed: Vec<(usize, usize, usize)>,
}

/// Two runs within one second and within one millisecond, minutes, hours and a day apart, and a clock set back.
fn steps() -> impl Strategy<Value = i64> {
    prop_oneof![
        3 => Just(3_600_i64),
        2 => Just(300),
        1 => Just(0),
        1 => Just(1),
        1 => Just(90_000),
        1 => Just(-5),
        1 => Just(-7_000),
    ]
}

pub(super) fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let row = (0_usize..40, 0_u32..600);
    let rows = prop_oneof![
        3 => prop::collection::vec(row.clone(), 0..20),
        1 => prop::collection::vec(row, 150..250),
    ];
    let changed = prop::collection::vec((0_usize..500, 0_usize..60, 0_usize..40), 0..10);
    let cut = prop_oneof![3 => Just(None), 1 => (2_usize..5).prop_map(Some)];
    let turn = (rows, changed, steps(), cut, 5_usize..12)
        .prop_map(|(there, changed, after, cut, large)| Turn { after, cut, there, large, changed });
    // A turn is often much like the one before, as networks are.
    prop::collection::vec((turn, any::<bool>()), 3..6).prop_map(|drawn| {
        let mut turns: Vec<Turn> = Vec::new();
        for (mut turn, like_before) in drawn {
            if let (true, Some(before)) = (like_before, turns.last()) {
                let mut there = before.there.clone();
                there.truncate(before.there.len().saturating_sub(turn.there.len() / 4));
                there.extend(turn.there.iter().take(5));
                turn.there = there;
                turn.large = before.large;
            }
            turns.push(turn);
        }
        turns
    })
}

/// What the `nth` domain is like in a turn.
pub(super) fn state(
    domain: &'static dyn AnyDomain,
    nth: usize,
    seeds: &[RawRow],
    turn: &Turn,
) -> RawRows {
    let pick = |i: usize| &seeds[i % seeds.len()];
    // No two domains are alike.
    let nth_number = u32::try_from(nth).unwrap();
    let is_here = |number: &u32| !(number + nth_number).is_multiple_of(7);
    let most = if nth.is_multiple_of(turn.large) { usize::MAX } else { 12 };
    let there = turn.there.iter().filter(|(_, number)| is_here(number)).take(most);
    let mut rows: Vec<RawRow> = there.map(|(i, n)| like(domain, pick(i + nth), *n)).collect();
    if domain.identity().is_empty() {
        // One row is all there is; several would be merged differently when they are read back.
        rows.truncate(1);
    }
    for (row, field, donor) in &turn.changed {
        let fields = domain.fields().len();
        let count = rows.len().max(1);
        let field = (field + nth) % fields;
        let is_identity = domain.identity().contains(&domain.fields()[field].name);
        if let (Some(row), false) = (rows.get_mut(row % count), is_identity) {
            row.set(field, pick(*donor).get(field).cloned());
        }
    }
    RawRows::new(domain, rows)
}
