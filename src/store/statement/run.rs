//! Answering one statement.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::{Duration, Instant};

use rusqlite::ErrorCode;
use rusqlite::types::ValueRef;
use serde_json::Value;

use crate::store::error::StoreError;

use super::guard::{Guarded, LONGEST_VALUE};
use super::memory;
use super::refusal::{Refusal, of_sqlite};

/// A statement stops after this; a cross join of two leases tables would run for hours.
const WITHIN: Duration = Duration::from_secs(2);

/// Memory that SQLite may gain meanwhile, on all connections: sorting half a million short rows takes as much.
/// The allocator keeps as much again in pieces; with it a process of 30 MiB stays below 200 MB.
const MOST_MEMORY: i64 = 48 << 20;

/// Memory that SQLite does not get even where nobody is asked.
const NO_MORE_MEMORY: i64 = 64 << 20;

/// Instructions between two looks at the clock and the memory: about 20 microseconds. In so many, a few
/// dozen values of a megabyte can be made.
const EVERY: i32 = 200;

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub sql: String,
    /// Rows of the answer at most.
    pub rows: usize,
    /// Bytes of the answer at most, as JSON.
    pub bytes: usize,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Value>>,
    /// Why there are not more rows; absent when these are all.
    pub cut: Option<Cut>,
    /// Tables that were read, those behind views included.
    pub tables: Vec<String>,
}

/// Where an answer stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    Rows,
    Bytes,
}

const RUNNING: u8 = 0;
const SLOW: u8 = 1;
const LARGE: u8 = 2;
const GONE: u8 = 3;

pub(super) fn answer(
    guarded: &Guarded,
    statement: &Statement,
    gone: &Arc<AtomicBool>,
) -> Result<Result<Found, Refusal>, StoreError> {
    if statement.sql.trim().is_empty() {
        return Ok(Err(Refusal::Empty));
    }
    if statement.sql.contains('\0') {
        // SQLite would read no further, and answer half a question.
        return Ok(Err(Refusal::Syntax { why: "there is a NUL character in it".to_owned() }));
    }
    *guarded.seen.lock().unwrap_or_else(PoisonError::into_inner) = super::guard::Seen::default();
    let _capped = memory::Cap::of(NO_MORE_MEMORY);
    let stopped = Arc::new(AtomicU8::new(RUNNING));
    watch(guarded, &stopped, Arc::clone(gone))?;
    let found = found(guarded, statement);
    // What a statement left in the page cache is not worth keeping.
    guarded.connection.release_memory().map_err(StoreError::write("release the page cache"))?;
    let cause = match found {
        Ok(found) => return Ok(found),
        Err(cause) => cause,
    };
    let is_worn = stopped.load(Ordering::Relaxed) != RUNNING || is_out_of_memory(&cause);
    guarded.is_worn.store(is_worn, Ordering::Relaxed);
    let mut seen = guarded.seen.lock().unwrap_or_else(PoisonError::into_inner);
    let refusal = match (stopped.load(Ordering::Relaxed), seen.denied.take()) {
        (SLOW, _) => Refusal::TooSlow { seconds: WITHIN.as_secs() },
        (LARGE, _) => {
            Refusal::TooMuchMemory { mib: u64::try_from(MOST_MEMORY >> 20).unwrap_or_default() }
        }
        (GONE, _) => Refusal::Cancelled,
        (_, Some(denied)) => denied.refusal(&guarded.published.columns),
        (_, None) if is_out_of_memory(&cause) => {
            Refusal::TooMuchMemory { mib: u64::try_from(MOST_MEMORY >> 20).unwrap_or_default() }
        }
        (_, None) => {
            let longest = usize::try_from(LONGEST_VALUE).unwrap_or_default();
            of_sqlite(cause, &statement.sql, &guarded.published.columns, longest)?
        }
    };
    Ok(Err(refusal))
}

fn is_out_of_memory(cause: &rusqlite::Error) -> bool {
    cause.sqlite_error_code() == Some(ErrorCode::OutOfMemory)
}

/// Arms the handler that SQLite asks whether to go on.
fn watch(
    guarded: &Guarded,
    stopped: &Arc<AtomicU8>,
    gone: Arc<AtomicBool>,
) -> Result<(), StoreError> {
    let stopped = Arc::clone(stopped);
    let deadline = Instant::now() + WITHIN;
    let most = memory::used().saturating_add(MOST_MEMORY);
    let handler = move || {
        let why = if gone.load(Ordering::Relaxed) {
            GONE
        } else if Instant::now() > deadline {
            SLOW
        } else if memory::used() > most {
            LARGE
        } else {
            return false;
        };
        stopped.store(why, Ordering::Relaxed);
        true
    };
    guarded
        .connection
        .progress_handler(EVERY, Some(handler))
        .map_err(StoreError::write("watch a statement"))
}

fn found(guarded: &Guarded, asked: &Statement) -> rusqlite::Result<Result<Found, Refusal>> {
    let mut statement = guarded.connection.prepare(&asked.sql)?;
    // The authorizer is not asked about VACUUM.
    if !statement.readonly() {
        return Ok(Err(Refusal::NotReading { what: "writing" }));
    }
    if statement.parameter_count() > 0 {
        return Ok(Err(Refusal::Parameters));
    }
    if statement.column_count() == 0 {
        // A comment, or nothing but semicolons.
        return Ok(Err(Refusal::Empty));
    }
    let columns: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
    let mut rows = Vec::new();
    let (mut bytes, mut cut) = (0_usize, None);
    let mut cursor = statement.query([])?;
    while let Some(row) = cursor.next()? {
        if rows.len() == asked.rows {
            cut = Some(Cut::Rows);
            break;
        }
        // Before anything is copied: SQLite gives one value to 200 columns for the price of one.
        for at in 0..columns.len() {
            bytes = bytes.saturating_add(size(row.get_ref(at)?));
        }
        if bytes > asked.bytes {
            if rows.is_empty() {
                return Ok(Err(Refusal::RowTooLarge { most: asked.bytes }));
            }
            cut = Some(Cut::Bytes);
            break;
        }
        let cells = (0..columns.len()).map(|at| Ok(cell(row.get_ref(at)?)));
        rows.push(cells.collect::<rusqlite::Result<Vec<Value>>>()?);
    }
    let seen = guarded.seen.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(Ok(Found { columns, rows, cut, tables: seen.tables.iter().cloned().collect() }))
}

/// Bytes of a cell in JSON; text that needs escapes takes a few more.
const fn size(value: ValueRef<'_>) -> usize {
    match value {
        ValueRef::Text(text) => text.len().saturating_add(3),
        ValueRef::Blob(bytes) => bytes.len().saturating_mul(2).saturating_add(6),
        _ => 12,
    }
}

fn cell(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => number.into(),
        // JSON has no infinity.
        ValueRef::Real(number) => serde_json::Number::from_f64(number)
            .map_or_else(|| number.to_string().into(), Value::Number),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned().into(),
        ValueRef::Blob(bytes) => {
            let mut text = "x'".to_owned();
            for byte in bytes {
                // Writing to a string cannot fail.
                let _ = write!(text, "{byte:02x}");
            }
            text.push('\'');
            text.into()
        }
    }
}
