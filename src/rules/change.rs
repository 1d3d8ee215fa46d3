//! What a change of rules opens and closes, as the exact set of flows.

use super::cube::{Cube, merge};
use super::packet::{Action, DeviceId, LocalTime};
use super::partition::{MOST_PARTS, TooManyParts};
use super::ruleset::Ruleset;
use super::set::Family;

/// Flows that pass in one state and not in the other, on one interface.
#[derive(Debug, Clone)]
pub struct Change {
    pub device: DeviceId,
    pub family: Family,
    /// Passes afterwards and did not before.
    pub opened: Vec<Cube>,
    /// Passed before and does not afterwards.
    pub closed: Vec<Cube>,
}

/// Compares what passes of `start` on `device` before and after. `after` must know the same devices.
pub fn change(
    before: &Ruleset,
    after: &Ruleset,
    device: DeviceId,
    family: Family,
    start: &Cube,
    moment: Option<LocalTime>,
) -> Result<Change, TooManyParts> {
    let passing = |ruleset: &Ruleset| {
        let name = before.device(device).map(|d| d.name.as_str()).unwrap_or_default();
        let Some(id) = ruleset.device_named(name) else { return Ok(Vec::new()) };
        let parts = ruleset.reach(id, family, start, moment)?;
        let passes = parts.into_iter().filter(|p| p.fate.action == Action::Pass).map(|p| p.cube);
        Ok(merge(passes.collect()))
    };
    let (old, new) = (passing(before)?, passing(after)?);
    Ok(Change { device, family, opened: without(&new, &old)?, closed: without(&old, &new)? })
}

fn without(a: &[Cube], b: &[Cube]) -> Result<Vec<Cube>, TooManyParts> {
    let mut left = a.to_vec();
    for cube in b {
        let mut rest = Vec::new();
        for piece in &left {
            piece.minus(cube, &mut rest);
        }
        left = rest;
        if left.len() > MOST_PARTS {
            return Err(TooManyParts);
        }
    }
    Ok(merge(left))
}
