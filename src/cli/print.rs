//! The only place that writes to the terminal.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

use serde_json::json;

use crate::types::clean;

use super::args::Format;
use super::error::CliError;

/// Writes to the standard output. A reader that has seen enough (`| head`) is no error.
pub(super) fn answer(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => Err(CliError::Print(cause)),
        _ => Ok(()),
    }
}

/// Writes to the standard error stream; when that fails there is nobody left to tell.
pub(super) fn notes(text: &str) {
    let _closed = io::stderr().lock().write_all(text.as_bytes());
}

pub(super) fn warnings(warnings: &[String]) {
    let lines: Vec<String> = warnings.iter().map(|one| format!("warning: {one}\n")).collect();
    notes(&lines.concat());
}

pub(super) fn error(error: &CliError, format: Format) {
    let (message, causes) = (line(&error.to_string()), causes(error));
    if format == Format::Json {
        return notes(&format!("{}\n", json!({"error": {"message": message, "causes": causes}})));
    }
    let mut text = format!("error: {message}\n");
    for cause in causes {
        let _ = writeln!(text, "  because: {cause}");
    }
    notes(&text);
}

pub(super) fn answer_is_for_a_person() -> bool {
    io::stdout().is_terminal()
}

pub(super) fn notes_are_for_a_person() -> bool {
    io::stderr().is_terminal()
}

/// The chain of causes, without those that the sentence before already holds.
fn causes(error: &dyn Error) -> Vec<String> {
    let mut said = vec![error.to_string()];
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        if !said.iter().any(|before| before.contains(&text)) {
            said.push(text);
        }
        next = cause.source();
    }
    said.into_iter().skip(1).map(|text| line(&text)).collect()
}

/// Causes come from libraries and servers: one line each, without escape sequences.
fn line(text: &str) -> String {
    clean(text).into_owned()
}
