//! `instr`, `replace`, `trim`, `ltrim` and `rtrim`, in a time that grows with the length of what they are given.
//!
//! SQLite's own compare at every place: a search for 450,000 bytes in 900,000 took nine seconds, during which
//! nobody can stop it. These answer the same for all text that is UTF-8. `unhex` and `json_patch` are of the same kind;
//! the one keeps its form without characters to pass over, the other is not offered.

use std::collections::BTreeSet;
use std::ffi::{CStr, c_int};
use std::ptr;

use rusqlite::ffi::{self, sqlite3_context, sqlite3_value};
use rusqlite::{Connection, Error};

/// Arguments as SQLite hands them over.
type Arguments = *mut *mut sqlite3_value;
type Function = unsafe extern "C" fn(*mut sqlite3_context, c_int, Arguments);

const OURS: &[(&CStr, c_int, Function)] = &[
    (c"instr", 2, instr),
    (c"replace", 3, replace),
    (c"trim", 2, trim),
    (c"ltrim", 2, ltrim),
    (c"rtrim", 2, rtrim),
    (c"unhex", 2, unhex),
];

/// Puts them in the place of SQLite's own.
#[expect(unsafe_code, reason = "rusqlite's own way to add functions is a feature that is off")]
pub(super) fn offer(connection: &Connection) -> rusqlite::Result<()> {
    let flags = ffi::SQLITE_UTF8 | ffi::SQLITE_DETERMINISTIC | ffi::SQLITE_INNOCUOUS;
    for (name, arguments, function) in OURS {
        // SAFETY: the handle is that of an open connection, which nobody else uses meanwhile; the name is
        // static and ends with NUL; there is no data of ours that SQLite would have to free.
        let code = unsafe {
            ffi::sqlite3_create_function_v2(
                connection.handle(),
                name.as_ptr(),
                *arguments,
                flags,
                ptr::null_mut(),
                Some(*function),
                None,
                None,
                None,
            )
        };
        if code != ffi::SQLITE_OK {
            return Err(Error::SqliteFailure(ffi::Error::new(code), None));
        }
    }
    Ok(())
}

#[expect(unsafe_code, reason = "the form of a function of SQLite")]
unsafe extern "C" fn instr(context: *mut sqlite3_context, _: c_int, arguments: Arguments) {
    // SAFETY: SQLite calls it with a context and two values, which live until it returns.
    unsafe {
        let (Some(text), Some(part)) = (bytes(arguments, 0), bytes(arguments, 1)) else { return };
        let of_bytes = is_blob(arguments, 0) && is_blob(arguments, 1);
        ffi::sqlite3_result_int64(context, place(text, part, of_bytes));
    }
}

#[expect(unsafe_code, reason = "the form of a function of SQLite")]
unsafe extern "C" fn replace(context: *mut sqlite3_context, _: c_int, arguments: Arguments) {
    // SAFETY: SQLite calls it with a context and three values, which live until it returns.
    unsafe {
        let (Some(text), Some(part)) = (bytes(arguments, 0), bytes(arguments, 1)) else { return };
        // As in SQLite, a text that begins with NUL counts as empty; and where there is nothing to replace, nobody
        // looks at what by.
        let part = if part.first() == Some(&0) { &[] } else { part };
        let by = if part.is_empty() { Some(part) } else { bytes(arguments, 2) };
        let Some(by) = by else { return };
        match replaced(text, part, by, super::guard::LONGEST_VALUE) {
            Some(replaced) => answer(context, &replaced),
            None => ffi::sqlite3_result_error_toobig(context),
        }
    }
}

#[expect(unsafe_code, reason = "the form of a function of SQLite")]
unsafe extern "C" fn trim(context: *mut sqlite3_context, _: c_int, arguments: Arguments) {
    // SAFETY: SQLite calls it with a context and two values.
    unsafe { trim_sides(context, arguments, true, true) }
}

#[expect(unsafe_code, reason = "the form of a function of SQLite")]
unsafe extern "C" fn ltrim(context: *mut sqlite3_context, _: c_int, arguments: Arguments) {
    // SAFETY: SQLite calls it with a context and two values.
    unsafe { trim_sides(context, arguments, true, false) }
}

#[expect(unsafe_code, reason = "the form of a function of SQLite")]
unsafe extern "C" fn rtrim(context: *mut sqlite3_context, _: c_int, arguments: Arguments) {
    // SAFETY: SQLite calls it with a context and two values.
    unsafe { trim_sides(context, arguments, false, true) }
}

#[expect(unsafe_code, reason = "the form of a function of SQLite")]
unsafe extern "C" fn unhex(context: *mut sqlite3_context, _: c_int, _: Arguments) {
    let why = c"unhex() takes one argument here; use replace() to drop other characters";
    // SAFETY: the text is static and ends with NUL; SQLite copies it.
    unsafe { ffi::sqlite3_result_error(context, why.as_ptr(), -1) }
}

/// # Safety
/// `context` and two `arguments` as SQLite gives them.
#[expect(unsafe_code, reason = "reads what SQLite points to")]
unsafe fn trim_sides(context: *mut sqlite3_context, arguments: Arguments, left: bool, right: bool) {
    // SAFETY: as the caller promises.
    unsafe {
        let (Some(text), Some(set)) = (bytes(arguments, 0), bytes(arguments, 1)) else { return };
        answer(context, trimmed(text, set, left, right));
    }
}

/// The bytes of the argument `at`; none where it is NULL.
///
/// # Safety
/// `arguments` has more than `at` values; the answer is not used after the call.
#[expect(unsafe_code, reason = "reads what SQLite points to")]
unsafe fn bytes<'a>(arguments: Arguments, at: usize) -> Option<&'a [u8]> {
    // SAFETY: as the caller promises. Where there are bytes, the pointer is to as many of them as SQLite says
    // afterwards, and it stays until the value is asked for in another form, which is never.
    unsafe {
        let value = *arguments.add(at);
        let start = match ffi::sqlite3_value_type(value) {
            ffi::SQLITE_NULL => return None,
            ffi::SQLITE_BLOB => ffi::sqlite3_value_blob(value).cast::<u8>(),
            _ => ffi::sqlite3_value_text(value),
        };
        let length = usize::try_from(ffi::sqlite3_value_bytes(value)).unwrap_or_default();
        // An empty blob has no address; a number that cannot be written for want of memory has none either.
        if start.is_null() || length == 0 {
            return Some(&[]);
        }
        Some(std::slice::from_raw_parts(start, length))
    }
}

/// # Safety
/// As for [`bytes()`].
#[expect(unsafe_code, reason = "reads what SQLite points to")]
unsafe fn is_blob(arguments: Arguments, at: usize) -> bool {
    // SAFETY: as the caller promises.
    unsafe { ffi::sqlite3_value_type(*arguments.add(at)) == ffi::SQLITE_BLOB }
}

/// # Safety
/// `context` as SQLite gives it.
#[expect(unsafe_code, reason = "hands bytes to SQLite")]
unsafe fn answer(context: *mut sqlite3_context, text: &[u8]) {
    let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
    let encoding = u8::try_from(ffi::SQLITE_UTF8).unwrap_or(1);
    let start = text.as_ptr().cast::<std::ffi::c_char>();
    // SAFETY: so many bytes are there, and SQLite copies them before it returns. More than the limit are an error.
    unsafe {
        ffi::sqlite3_result_text64(context, start, length, ffi::SQLITE_TRANSIENT(), encoding);
    }
}

/// Where `part` begins in `text`, from 1, in characters or bytes; 0 when it is not there.
fn place(text: &[u8], part: &[u8], of_bytes: bool) -> i64 {
    let Some(at) = Parts::of(text, part).next() else {
        return i64::from(part.is_empty());
    };
    let before = text.get(..at).unwrap_or_default();
    let count = if of_bytes { at } else { before.iter().filter(|b| is_first(**b)).count() };
    i64::try_from(count).unwrap_or(i64::MAX).saturating_add(1)
}

/// `text` with each `part` replaced; none when that is longer than `most`.
fn replaced(text: &[u8], part: &[u8], by: &[u8], most: i32) -> Option<Vec<u8>> {
    let most = usize::try_from(most).unwrap_or_default();
    let (mut made, mut done) = (Vec::new(), 0);
    for at in Parts::of(text, part) {
        made.extend_from_slice(text.get(done..at).unwrap_or_default());
        made.extend_from_slice(by);
        done = at.saturating_add(part.len());
        if made.len() > most {
            return None;
        }
    }
    made.extend_from_slice(text.get(done..).unwrap_or_default());
    (made.len() <= most).then_some(made)
}

/// `text` without the characters of `set` at its ends.
fn trimmed<'a>(text: &'a [u8], set: &[u8], left: bool, right: bool) -> &'a [u8] {
    // As in SQLite, the set ends at a NUL.
    let set = set.split(|byte| *byte == 0).next().unwrap_or_default();
    let set: BTreeSet<&[u8]> = characters(set).collect();
    let (mut from, mut to) = (0, text.len());
    if left {
        from = characters(text).take_while(|one| set.contains(one)).map(<[u8]>::len).sum();
    }
    while right && from < to {
        let rest = text.get(from..to).unwrap_or_default();
        let first = rest.iter().rposition(|byte| is_first(*byte)).unwrap_or_default();
        if !set.contains(rest.get(first..).unwrap_or_default()) {
            break;
        }
        to = from.saturating_add(first);
    }
    text.get(from..to).unwrap_or_default()
}

/// Whether a character of UTF-8 begins with `byte`.
const fn is_first(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

fn characters(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.chunk_by(|_, next| !is_first(*next))
}

/// Where a part occurs in a text, without overlap: Knuth, Morris and Pratt.
struct Parts<'a> {
    text: &'a [u8],
    part: &'a [u8],
    /// For each length of a beginning of the part, that of its longest end that is a beginning as well.
    back: Vec<u32>,
    at: usize,
}

impl<'a> Parts<'a> {
    fn of(text: &'a [u8], part: &'a [u8]) -> Self {
        let part = if part.len() > text.len() { &[] } else { part };
        let mut back = vec![0_u32; part.len()];
        let mut known = 0;
        for (end, byte) in part.iter().enumerate().skip(1) {
            known = step(part, &back, known, *byte);
            if let Some(place) = back.get_mut(end) {
                *place = u32::try_from(known).unwrap_or_default();
            }
        }
        Self { text, part, back, at: 0 }
    }
}

/// How much of `part` is there after `byte` came to `known` bytes of it.
fn step(part: &[u8], back: &[u32], mut known: usize, byte: u8) -> usize {
    loop {
        if part.get(known) == Some(&byte) {
            return known.saturating_add(1);
        }
        let Some(last) = known.checked_sub(1) else { return 0 };
        let shorter = back.get(last).copied().unwrap_or_default();
        known = usize::try_from(shorter).unwrap_or_default();
    }
}

impl Iterator for Parts<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.part.is_empty() {
            return None;
        }
        let mut known = 0;
        while let Some(byte) = self.text.get(self.at) {
            self.at = self.at.saturating_add(1);
            known = step(self.part, &self.back, known, *byte);
            if known == self.part.len() {
                return self.at.checked_sub(known);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::types::Value;

    const VALUES: &[&str] = &[
        "NULL",
        "''",
        "'a'",
        "'aa'",
        "'aaa'",
        "'aab'",
        "'ab'",
        "'abab'",
        "'ba'",
        "'aabaaab'",
        "' a '",
        "'ä'",
        "'äaä'",
        "'€uro€'",
        "'😀x😀'",
        "x''",
        "x'61'",
        "x'6162'",
        "x'c3a4'",
        "x'00'",
        "12",
        "1.5",
        "-0.0",
        "'a,b,,c'",
        "','",
        "'aaaaaaaaab'",
    ];

    fn plain() -> Connection {
        Connection::open_in_memory().unwrap()
    }

    fn answer_of(connection: &Connection, call: &str) -> (Value, String) {
        let sql = format!("SELECT {call}, typeof({call})");
        connection.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    }

    #[test]
    fn they_answer_as_those_of_sqlite_do() {
        let (theirs, ours) = (plain(), plain());
        offer(&ours).unwrap();
        let mut calls = Vec::new();
        for one in VALUES {
            for two in VALUES {
                for name in ["instr", "trim", "ltrim", "rtrim"] {
                    calls.push(format!("{name}({one}, {two})"));
                }
                for three in ["''", "'x'", "'aa'", "NULL", "7"] {
                    calls.push(format!("replace({one}, {two}, {three})"));
                }
            }
        }
        for call in calls {
            assert_eq!(answer_of(&ours, &call), answer_of(&theirs, &call), "{call}");
        }
    }

    #[test]
    fn what_is_too_long_or_has_no_quick_form_is_refused() {
        let ours = plain();
        offer(&ours).unwrap();
        let long = "replace(printf('%.*c', 600000, 'x'), 'x', 'xx')";
        let refused = |call: &str| {
            let sql = format!("SELECT {call}");
            ours.query_row(&sql, [], |row| row.get::<_, Value>(0)).unwrap_err().to_string()
        };
        assert!(refused(long).contains("too big"), "{}", refused(long));
        assert!(refused("unhex('0 1', ' ')").contains("one argument"));
        assert_eq!(answer_of(&ours, "unhex('01')").0, Value::Blob(vec![1]));
    }
}
