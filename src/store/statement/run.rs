//! Answering one statement.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode};
use serde_json::Value;

use crate::store::error::StoreError;

use super::cost::{Cost, EXPLAIN};
use super::guard::{Guarded, LONGEST_STATEMENT, LONGEST_VALUE, Seen};
use super::refusal::{Refusal, of_sqlite};
use super::{expansion, memory};

/// A statement stops after this; a cross join of two leases tables would run for hours.
const WITHIN: Duration = Duration::from_secs(2);

/// Memory that SQLite may gain meanwhile, on all connections: sorting half a million short rows takes as much.
/// The allocator keeps as much again in pieces; with it a process of 30 MiB stays below 200 MB.
const MOST_MEMORY: i64 = 48 << 20;

/// Memory that SQLite does not get even where nobody is asked. The connection that writes may need of it meanwhile.
const NO_MORE_MEMORY: i64 = 96 << 20;

/// Instructions between two looks at the clock and the memory while nothing is known of a statement.
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
    /// Tables that were read, those behind views included; of what is made from a table, that table.
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
    if expansion::is_too_much(&statement.sql) {
        let why = "its WITH clauses name one another too many times".to_owned();
        return Ok(Err(Refusal::TooLarge { why }));
    }
    let _capped = memory::Cap::of(NO_MORE_MEMORY);
    let watch = Watch::new(gone);
    let seen = Seen { until: Some(watch.deadline), ..Seen::default() };
    *guarded.seen.lock().unwrap_or_else(PoisonError::into_inner) = seen;
    let found = found(guarded, statement, &watch);
    // What a statement left in the page cache is not worth keeping.
    guarded.connection.release_memory().map_err(StoreError::write("release the page cache"))?;
    let cause = match found {
        Ok(found) => return Ok(found),
        Err(cause) => cause,
    };
    let is_worn = watch.reason() != RUNNING || is_out_of_memory(&cause);
    guarded.is_worn.store(is_worn, Ordering::Relaxed);
    let mut seen = guarded.seen.lock().unwrap_or_else(PoisonError::into_inner);
    let refusal = match (watch.reason(), seen.denied.take()) {
        (SLOW, _) => Refusal::TooSlow { seconds: WITHIN.as_secs() },
        (LARGE, _) => {
            Refusal::TooMuchMemory { mib: u64::try_from(MOST_MEMORY >> 20).unwrap_or_default() }
        }
        (GONE, _) => Refusal::Cancelled,
        (_, Some(denied)) => denied.refusal(&guarded.published.columns, WITHIN.as_secs()),
        (_, None) if is_out_of_memory(&cause) => {
            Refusal::TooMuchMemory { mib: u64::try_from(MOST_MEMORY >> 20).unwrap_or_default() }
        }
        (_, None) => {
            let longest = guarded.connection.limit(Limit::SQLITE_LIMIT_LENGTH);
            let longest = longest.ok().and_then(|most| usize::try_from(most).ok());
            let longest = longest.unwrap_or_default();
            of_sqlite(cause, &statement.sql, &guarded.published.columns, longest)?
        }
    };
    Ok(Err(refusal))
}

fn is_out_of_memory(cause: &rusqlite::Error) -> bool {
    cause.sqlite_error_code() == Some(ErrorCode::OutOfMemory)
}

/// What SQLite asks whether to go on.
#[derive(Clone)]
struct Watch {
    stopped: Arc<AtomicU8>,
    gone: Arc<AtomicBool>,
    deadline: Instant,
    most: i64,
}

impl Watch {
    fn new(gone: &Arc<AtomicBool>) -> Self {
        Self {
            stopped: Arc::new(AtomicU8::new(RUNNING)),
            gone: Arc::clone(gone),
            deadline: Instant::now() + WITHIN,
            most: memory::used().saturating_add(MOST_MEMORY),
        }
    }

    /// Is asked after `every` instructions from now on.
    fn arm(&self, connection: &Connection, every: i32) -> rusqlite::Result<()> {
        let (watch, mut steps) = (self.clone(), 0_i32);
        // Memory is behind a lock, and capped.
        let handler = move || {
            steps = steps.saturating_add(every);
            let weighs = steps >= EVERY;
            if weighs {
                steps = 0;
            }
            watch.stops(weighs)
        };
        connection.progress_handler(every, Some(handler))
    }

    fn stops(&self, weighs: bool) -> bool {
        let why = if self.gone.load(Ordering::Relaxed) {
            GONE
        } else if Instant::now() > self.deadline {
            SLOW
        } else if weighs && memory::used() > self.most {
            LARGE
        } else {
            return false;
        };
        self.stopped.store(why, Ordering::Relaxed);
        true
    }

    fn reason(&self) -> u8 {
        self.stopped.load(Ordering::Relaxed)
    }
}

/// The statement, ready to be answered, with the limits that suit it; or why it is not answered.
fn prepared<'a>(
    connection: &'a Connection,
    seen: &Mutex<Seen>,
    sql: &str,
    watch: &Watch,
) -> rusqlite::Result<Result<rusqlite::Statement<'a>, Refusal>> {
    watch.arm(connection, EVERY)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST_VALUE)?;
    let statement = connection.prepare(sql)?;
    // The authorizer is not asked about VACUUM.
    if !statement.readonly() {
        return Ok(Err(Refusal::NotReading { what: "writing" }));
    }
    let asks_version = {
        let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.version && seen.tables.is_empty()
    };
    if asks_version {
        return Ok(Err(Refusal::NotReading { what: "a PRAGMA" }));
    }
    if statement.parameter_count() > 0 {
        return Ok(Err(Refusal::Parameters));
    }
    if statement.column_count() == 0 {
        // A comment, or nothing but semicolons.
        return Ok(Err(Refusal::Empty));
    }
    if statement.is_explain() != 0 {
        // Nothing of it runs.
        return Ok(Ok(statement));
    }
    let room = i32::try_from(EXPLAIN.len()).unwrap_or_default();
    connection.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, LONGEST_STATEMENT.saturating_add(room))?;
    let cost = Cost::of(connection, sql);
    connection.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, LONGEST_STATEMENT)?;
    let cost = cost?;
    let Some(longest) = cost.longest else {
        let why = "it calls too many functions for one row".to_owned();
        return Ok(Err(Refusal::TooLarge { why }));
    };
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, longest)?;
    watch.arm(connection, cost.every)?;
    Ok(Ok(statement))
}

fn found(
    guarded: &Guarded,
    asked: &Statement,
    watch: &Watch,
) -> rusqlite::Result<Result<Found, Refusal>> {
    let mut statement = match prepared(&guarded.connection, &guarded.seen, &asked.sql, watch)? {
        Ok(statement) => statement,
        Err(refusal) => return Ok(Err(refusal)),
    };
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
