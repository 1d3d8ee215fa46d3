//! How long the values of a statement may be.
//!
//! SQLite asks its progress handler at jumps only, and what it computes for one row has none: a thousand calls with a
//! megabyte each take ten seconds in which nobody can stop it. So the instructions of a statement are counted before
//! it runs, and its values may be as long as all of them together go through in [`WITHIN`].

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::guard::LONGEST_VALUE;

/// What goes before a statement to have it listed.
pub(super) const EXPLAIN: &str = "EXPLAIN ";

/// Picoseconds, half a second.
const WITHIN: u64 = 500_000_000_000;

/// Picoseconds that an instruction takes for a byte: copying, comparing.
const PLAIN: u64 = 100;
/// And a function, for each of its arguments.
const FUNCTION: u64 = 5_000;
/// One that parses its argument, or writes it anew.
const JSON: u64 = 20_000;
/// A pattern of 200 characters is compared at each place.
const PATTERN: u64 = 400_000;

/// Where values must be shorter than this, the statement is refused: aliases and lists of rules are as long.
const LEAST: i32 = 8_192;

/// What a statement costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cost {
    /// Bytes of its longest value; none when they would be too few to be of use.
    pub(super) longest: Option<i32>,
    /// Whether it calls functions, so that every round of a loop may take its time.
    pub(super) calls: bool,
}

impl Cost {
    /// Of `sql`, which has been prepared once and is no `EXPLAIN` itself.
    pub(super) fn of(connection: &Connection, sql: &str) -> rusqlite::Result<Self> {
        let mut listing = connection.prepare(&format!("{EXPLAIN}{sql}"))?;
        let mut instructions = listing.query([])?;
        let (mut each_byte, mut calls) = (0_u64, false);
        while let Some(instruction) = instructions.next()? {
            let takes = of_instruction(
                text(instruction.get_ref("opcode")?),
                text(instruction.get_ref("p4")?),
            );
            calls |= takes > PLAIN;
            each_byte = each_byte.saturating_add(takes);
        }
        Ok(Self { longest: longest(each_byte), calls })
    }
}

fn text(value: ValueRef<'_>) -> &str {
    match value {
        ValueRef::Text(text) => std::str::from_utf8(text).unwrap_or_default(),
        _ => "",
    }
}

fn longest(each_byte: u64) -> Option<i32> {
    let bytes = WITHIN.checked_div(each_byte).unwrap_or(u64::MAX);
    let bytes = i32::try_from(bytes).unwrap_or(i32::MAX).min(LONGEST_VALUE);
    (bytes >= LEAST).then_some(bytes)
}

/// `operand` is the function with the number of its arguments, `lower(1)`.
fn of_instruction(opcode: &str, operand: &str) -> u64 {
    match opcode {
        "VFilter" => JSON,
        "Function" | "PureFunc" | "AggStep" | "AggStep1" => {
            let (name, arguments) = operand.split_once('(').unwrap_or((operand, ""));
            let arguments = arguments.trim_end_matches(')').parse::<u64>().unwrap_or(1).max(1);
            let for_each = match name {
                "like" | "glob" => return PATTERN,
                name if name.starts_with("json") || name.starts_with("->") => JSON,
                _ => FUNCTION,
            };
            for_each.saturating_mul(arguments)
        }
        _ => PLAIN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(sql: &str) -> Cost {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE t (a TEXT, b TEXT)").unwrap();
        Cost::of(&connection, sql).unwrap()
    }

    #[test]
    fn the_more_a_statement_calls_the_shorter_its_values() {
        let whole = Some(LONGEST_VALUE);
        assert_eq!(cost("SELECT a, b FROM t ORDER BY a"), Cost { longest: whole, calls: false });
        assert_eq!(cost("SELECT lower(a) FROM t"), Cost { longest: whole, calls: true });
        assert_eq!(cost("SELECT a FROM t WHERE a LIKE '%x%'").longest, whole);
        let times =
            |call: &str, times: usize| format!("SELECT {} FROM t", vec![call; times].join(", "));
        let many = cost(&times("json_valid(a || b)", 100)).longest.unwrap();
        assert!((200_000..300_000).contains(&many), "{many}");
        let more = cost(&times("a LIKE b", 100)).longest.unwrap();
        assert!((10_000..15_000).contains(&more), "{more}");
        assert_eq!(cost(&times("max(a LIKE b, b LIKE a)", 100)).longest, None);
    }
}
