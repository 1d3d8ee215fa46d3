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

/// Picoseconds, a third of a second: for what is computed between two jumps, and as much between two looks at the
/// clock.
const WITHIN: u64 = 333_000_000_000;

/// Instructions between two looks at the clock at most: about 20 microseconds where no function is called.
const MOST_STEPS: u64 = 200;

/// Picoseconds that an instruction takes for a byte: copying, comparing.
const PLAIN: u64 = 100;
/// And a function, for each of its arguments.
const FUNCTION: u64 = 5_000;
/// Arguments of one that takes any number of them. What it makes of them all is no longer than one value.
const ANY_NUMBER: u64 = 4;
/// One that parses its argument, or writes it anew.
const JSON: u64 = 20_000;
/// A pattern of 200 characters is compared at each place.
const PATTERN: u64 = 400_000;

/// Where values must be shorter than this, the statement is refused: aliases and lists of rules are as long.
const LEAST: i32 = 8_192;

/// The same for a statement that calls `printf`, which answers NULL where the others say that a value is too long.
const LEAST_PRINTED: i32 = 131_072;

/// Bytes of all values of one row: so much can be there before anybody is asked.
const ROW: u64 = 40 << 20;

/// What a statement costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cost {
    /// Bytes of its longest value; none when they would be too few to be of use.
    pub(super) longest: Option<i32>,
    /// Instructions between two looks at the clock.
    pub(super) every: i32,
}

impl Cost {
    /// Of `sql`, which has been prepared once and is no `EXPLAIN` itself.
    pub(super) fn of(connection: &Connection, sql: &str) -> rusqlite::Result<Self> {
        let mut listing = connection.prepare(&format!("{EXPLAIN}{sql}"))?;
        let mut instructions = listing.query([])?;
        let (mut each_byte, mut dearest, mut least) = (0_u64, PLAIN, LEAST);
        let mut values = 0_u64;
        while let Some(instruction) = instructions.next()? {
            let operand = text(instruction.get_ref("p4")?);
            if operand.starts_with("printf(") || operand.starts_with("format(") {
                least = LEAST_PRINTED;
            }
            let opcode = text(instruction.get_ref("opcode")?);
            let makes = matches!(opcode, "Function" | "PureFunc" | "Concat" | "Copy" | "Cast");
            values = values.saturating_add(u64::from(makes));
            let takes = of_instruction(opcode, operand);
            dearest = dearest.max(takes);
            each_byte = each_byte.saturating_add(takes);
        }
        let longest = longest(each_byte, values).filter(|bytes| *bytes >= least);
        Ok(Self { longest, every: every(dearest, longest) })
    }
}

fn text(value: ValueRef<'_>) -> &str {
    match value {
        ValueRef::Text(text) => std::str::from_utf8(text).unwrap_or_default(),
        _ => "",
    }
}

fn longest(each_byte: u64, values: u64) -> Option<i32> {
    let bytes = WITHIN.checked_div(each_byte)?.min(ROW.checked_div(values).unwrap_or(u64::MAX));
    Some(i32::try_from(bytes).unwrap_or(i32::MAX).min(LONGEST_VALUE))
}

fn every(dearest: u64, longest: Option<i32>) -> i32 {
    let bytes = longest.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(1);
    let steps = WITHIN.checked_div(dearest.saturating_mul(bytes)).unwrap_or(MOST_STEPS);
    i32::try_from(steps.clamp(1, MOST_STEPS)).unwrap_or(1)
}

/// `operand` is the function with the number of its arguments, `lower(1)`; of those that take any number, `printf(-1)`.
fn of_instruction(opcode: &str, operand: &str) -> u64 {
    match opcode {
        "VFilter" => JSON,
        "Function" | "PureFunc" | "AggStep" | "AggStep1" => {
            let (name, arguments) = operand.split_once('(').unwrap_or((operand, ""));
            let arguments = arguments.trim_end_matches(')').parse().unwrap_or(ANY_NUMBER).max(1);
            let for_each = match name {
                "like" | "glob" => return PATTERN,
                "count" | "sum" | "total" | "avg" | "min" | "max" if arguments == 1 => PLAIN,
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
        assert_eq!(cost("SELECT a, b FROM t ORDER BY a"), Cost { longest: whole, every: 200 });
        assert_eq!(cost("SELECT lower(a) FROM t"), Cost { longest: whole, every: 66 });
        let one = cost("SELECT a FROM t WHERE a LIKE '%x%'");
        assert!(one.longest.unwrap() > 800_000 && one.every == 1, "{one:?}");
        assert_eq!(cost("SELECT count(*), max(a) FROM t").every, 200);
        let times =
            |call: &str, times: usize| format!("SELECT {} FROM t", vec![call; times].join(", "));
        let many = cost(&times("json_valid(a || b)", 100)).longest.unwrap();
        assert!((150_000..200_000).contains(&many), "{many}");
        let more = cost(&times("a LIKE b", 95)).longest.unwrap();
        assert!((8_192..9_000).contains(&more), "{more}");
        assert_eq!(cost(&times("max(a LIKE b, b LIKE a)", 100)).longest, None);
        let (few, many) = ("printf('%s', a)", "printf('%s', a), json_valid(b)");
        assert_eq!(cost(&times(few, 15)).longest, whole);
        assert_eq!(cost(&times(many, 100)).longest, None);
    }
}
