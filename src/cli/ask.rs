//! `opndex ask`: plain English.

use std::fmt::Write as _;

use serde_json::Value;

use crate::ask::{Ask, Asked, Found, Outcome as How};

use super::args::{AskArgs, Format};
use super::error::CliError;
use super::exit;
use super::outcome::Outcome;
use super::query;
use super::table;

pub(super) async fn run(ask: &Ask, args: &AskArgs, format: Format) -> Result<Outcome, CliError> {
    let asked = ask.english(&args.question.join(" "), args.firewall.as_deref()).await?;
    let exit = if asked.outcome == How::Answered { exit::WELL } else { exit::REFUSED };
    if format == Format::Json {
        return Ok(Outcome { exit, ..Outcome::answer(table::json(&asked)?) });
    }
    let notes = notes(&asked);
    let answer = match &asked.answer {
        Some(Found::Rows(answer)) => answer,
        Some(Found::Told(told)) => return Ok(Outcome { answer: lines(told), notes, exit }),
        None => return Ok(Outcome { answer: String::new(), notes, exit }),
    };
    let is_count = asked
        .call
        .as_ref()
        .and_then(|call| call.pointer("/arguments/count_only"))
        .is_some_and(|only| *only == Value::Bool(true));
    let shown = query::show(answer, is_count, format)?;
    Ok(Outcome { notes: notes + &shown.notes, exit, ..shown })
}

/// One line for each thing that is told.
fn lines(told: &Value) -> String {
    let mut text = String::new();
    for (name, value) in told.as_object().into_iter().flatten() {
        match value {
            Value::Null => {}
            Value::String(words) => {
                let _ = writeln!(text, "{name}: {words}");
            }
            other => {
                let _ = writeln!(text, "{name}: {other}");
            }
        }
    }
    text
}

/// How it was read, and how to go on.
fn notes(asked: &Asked) -> String {
    let mut text = String::new();
    if let Some(understood) = &asked.understood {
        let _ = writeln!(text, "understood: {understood}");
    }
    if let Some(call) = &asked.call {
        let _ = writeln!(text, "the same as: {}", command(call));
    }
    if let Some(message) = &asked.message {
        let _ = writeln!(text, "{message}");
    }
    for reading in &asked.readings {
        let call =
            reading.call.as_ref().map(|call| format!(": {}", command(call))).unwrap_or_default();
        let _ = writeln!(text, "- {}{call}", reading.understood);
    }
    text
}

/// The call as a command line.
fn command(call: &Value) -> String {
    let tool = call["tool"].as_str().unwrap_or_default();
    let mut line = format!("opndex {tool}");
    let arguments = call["arguments"].as_object();
    for name in ["domain", "report", "about", "place"] {
        if let Some(text) = arguments.and_then(|a| a.get(name)).and_then(Value::as_str) {
            let _ = write!(line, " {}", quoted(text));
        }
    }
    for (name, value) in arguments.into_iter().flatten() {
        let flag = match name.as_str() {
            "domain" | "report" | "about" | "place" => continue,
            "count_only" => "count",
            // `--name` names the firewall in the settings.
            "name" => "called",
            other => other,
        };
        match value {
            Value::Bool(_) => {
                let _ = write!(line, " --{flag}");
            }
            Value::Array(items) if flag == "where" => {
                for item in items.iter().filter_map(Value::as_str) {
                    let _ = write!(line, " --where {}", quoted(item));
                }
            }
            Value::Array(items) => {
                let all: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                let _ = write!(line, " --{flag} {}", quoted(&all.join(",")));
            }
            Value::String(text) => {
                let _ = write!(line, " --{flag} {}", quoted(text));
            }
            _ => {}
        }
    }
    line
}

/// As one word of a shell.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-:,".contains(c);
    if text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
