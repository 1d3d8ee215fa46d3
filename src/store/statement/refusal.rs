//! Why a statement was not answered, and how to repair it.

use std::collections::BTreeMap;

use rusqlite::ErrorCode;
use thiserror::Error;

use crate::store::error::StoreError;
use crate::types::{clean, did_you_mean};

use super::functions;

/// Longest piece of a statement that a message repeats.
const SHOWN: usize = 60;

#[derive(Debug, Error)]
pub enum Refusal {
    #[error("the statement is empty; write one SELECT")]
    Empty,
    #[error(
        "that is more than one statement; send one SELECT, or join them with UNION ALL or WITH"
    )]
    Several,
    #[error("only reading is possible: {what} is refused; write one SELECT")]
    NotReading { what: &'static str },
    #[error("there is no table `{name}`{suggestion}; tables: {known}")]
    Table { name: String, suggestion: String, known: String },
    #[error("there is no column `{name}`{suggestion}; {known}")]
    Column { name: String, suggestion: String, known: String },
    #[error("the function `{name}` cannot be called here{suggestion}")]
    Function { name: String, suggestion: String },
    #[error(
        "there is a parameter in it, as in `= ?`; write the value itself, text in single quotes"
    )]
    Parameters,
    #[error("SQLite cannot read this: {why}")]
    Syntax { why: String },
    #[error("the statement is too large: {why}; make it shorter or simpler")]
    TooLarge { why: String },
    #[error("a value is longer than {most} bytes; cut it with substr(), or aggregate less")]
    TooLong { most: usize },
    #[error(
        "one row is larger than the {most} bytes of an answer; select fewer columns, or cut them with substr()"
    )]
    RowTooLarge { most: usize },
    #[error(
        "it was stopped after {seconds} s; narrow it with WHERE on an indexed column, join on keys, or add a LIMIT inside"
    )]
    TooSlow { seconds: u64 },
    #[error(
        "it was stopped because it needed more than {mib} MiB of memory; aggregate or filter before sorting and joining"
    )]
    TooMuchMemory { mib: u64 },
    #[error("other statements are still running; try again in a moment")]
    Busy,
    #[error("it was cancelled")]
    Cancelled,
    #[error("SQLite stopped at a value: {why}")]
    Value { why: String },
}

/// What the authorizer said no to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Denied {
    Action(&'static str),
    Table(String),
    Function(String),
    /// It took too long to prepare.
    Late,
}

/// Columns of what can be read, by table.
pub(super) type Columns = BTreeMap<String, Vec<String>>;

impl Denied {
    pub(super) fn refusal(self, columns: &Columns, seconds: u64) -> Refusal {
        match self {
            Self::Late => Refusal::TooSlow { seconds },
            Self::Action(what) => Refusal::NotReading { what },
            Self::Table(name) => no_table(&name, columns),
            Self::Function(name) => no_function(&name),
        }
    }
}

/// A refusal where the statement is at fault, a fault where the database is.
pub(super) fn of_sqlite(
    cause: rusqlite::Error,
    sql: &str,
    columns: &Columns,
    longest: usize,
) -> Result<Refusal, StoreError> {
    let (code, message) = match cause {
        rusqlite::Error::MultipleStatement => return Ok(Refusal::Several),
        rusqlite::Error::SqliteFailure(failure, Some(message)) => (failure.code, message),
        cause => return Err(StoreError::Write { doing: "answer a statement", cause }),
    };
    let after = |words: &str| message.strip_prefix(words).map(str::trim);
    if let Some(name) = after("no such table:") {
        return Ok(no_table(name, columns));
    }
    if let Some(name) = after("no such column:") {
        return Ok(no_column(name, sql, columns));
    }
    if let Some(name) = after("no such function:") {
        return Ok(no_function(name));
    }
    let why = shown(&message, 200);
    match code {
        ErrorCode::TooBig if message.contains("string or blob") => {
            Ok(Refusal::TooLong { most: longest })
        }
        _ if message.contains("SQL variables") || message.starts_with("variable number") => {
            Ok(Refusal::Parameters)
        }
        ErrorCode::TooBig => Ok(Refusal::TooLarge { why }),
        ErrorCode::Unknown if is_a_limit(&message) => Ok(Refusal::TooLarge { why }),
        ErrorCode::Unknown
            if message.starts_with("near ")
                || message.contains("syntax")
                || message.contains("incomplete input") =>
        {
            Ok(Refusal::Syntax { why })
        }
        ErrorCode::Unknown | ErrorCode::TypeMismatch | ErrorCode::ParameterOutOfRange => {
            Ok(Refusal::Value { why })
        }
        ErrorCode::ReadOnly | ErrorCode::AuthorizationForStatementDenied => {
            Ok(Refusal::NotReading { what: "that" })
        }
        _ => {
            let failure = rusqlite::ffi::Error { code, extended_code: 0 };
            let cause = rusqlite::Error::SqliteFailure(failure, Some(message));
            Err(StoreError::Write { doing: "answer a statement", cause })
        }
    }
}

/// `Expression tree is too large (maximum depth 100)`, `too many terms in compound SELECT`, `parser stack overflow`.
fn is_a_limit(message: &str) -> bool {
    ["too large", "too many", "too big", "too complex", "overflow", "maximum depth"]
        .iter()
        .any(|words| message.contains(words))
}

fn no_table(name: &str, columns: &Columns) -> Refusal {
    let bare = name.strip_prefix("main.").unwrap_or(name);
    Refusal::Table {
        name: shown(bare, SHOWN),
        suggestion: did_you_mean(bare, columns.keys().map(String::as_str)),
        known: columns.keys().map(String::as_str).collect::<Vec<_>>().join(", "),
    }
}

fn no_column(name: &str, sql: &str, columns: &Columns) -> Refusal {
    // `"IOT" - should this be a string literal in single-quotes?`
    let (name, is_text) = match name.split_once(" - ") {
        Some((name, _)) => (name, true),
        None => (name, false),
    };
    let bare = name.rsplit('.').next().unwrap_or(name).trim_matches('"');
    let words: Vec<String> = words(sql).map(str::to_lowercase).collect();
    let mentioned: Vec<(&String, &Vec<String>)> =
        columns.iter().filter(|(table, _)| words.contains(&table.to_lowercase())).collect();
    let candidates = mentioned.iter().flat_map(|(_, names)| names.iter().map(String::as_str));
    let suggestion = did_you_mean(bare, candidates);
    let each = mentioned.iter().map(|(table, names)| format!("{table} has {}", names.join(", ")));
    let known = each.collect::<Vec<_>>().join("; ");
    let known = match (is_text, known.is_empty()) {
        (true, _) => format!("text goes in single quotes, as in '{}'", shown(bare, SHOWN)),
        (false, true) => "name a table after FROM".to_owned(),
        (false, false) => known,
    };
    let suggestion = if is_text { String::new() } else { suggestion };
    Refusal::Column { name: shown(bare, SHOWN), suggestion, known }
}

fn no_function(name: &str) -> Refusal {
    let suggestion = did_you_mean(name, functions::names());
    Refusal::Function { name: shown(name, SHOWN), suggestion }
}

fn words(sql: &str) -> impl Iterator<Item = &str> {
    sql.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

fn shown(text: &str, most: usize) -> String {
    clean(text).chars().take(most).collect()
}
