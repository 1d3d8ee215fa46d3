//! Which columns show what changes by itself.

use super::AnyDomain;
use super::raw::{RawRow, RawValue};

/// Values that volatile fields have: flags, states, counters, seconds left, ends of leases.
const TRIED: [&str; 4] = ["1", "0", "true", "4102444800"];

/// For each SQL cell of the rows that `row` stands for, whether a volatile field of it shows there. Found by
/// trying, since columns are made by code: cells that a volatile field makes different.
pub fn moving_cells(domain: &dyn AnyDomain, row: &RawRow) -> Vec<bool> {
    let fields = domain.fields();
    let volatile: Vec<usize> =
        fields.iter().enumerate().filter(|(_, f)| f.volatile).map(|(i, _)| i).collect();
    let cells = |row: &RawRow| {
        let mut parsed = Vec::new();
        domain.parse(row, &mut parsed).ok()?;
        parsed.into_iter().next().map(|row| row.cells)
    };
    let mut bare = row.clone();
    for i in &volatile {
        bare.set(*i, None);
    }
    let Some(still) = cells(&bare).filter(|_| !volatile.is_empty()) else { return Vec::new() };
    let mut moving = vec![false; still.len()];
    for (i, value) in volatile.iter().flat_map(|i| TRIED.map(|value| (*i, value))) {
        let mut tried = bare.clone();
        tried.set(i, Some(RawValue::Text(value.into())));
        let Some(now) = cells(&tried) else { continue };
        for (moves, (a, b)) in moving.iter_mut().zip(still.iter().zip(&now)) {
            *moves |= a != b;
        }
    }
    moving
}
