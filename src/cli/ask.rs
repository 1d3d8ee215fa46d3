//! `opndex ask`: plain English.

use std::fmt::Write as _;

use serde_json::{Map, Value};

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

/// What stands without a flag, in this order.
fn plain(tool: &str) -> &'static [&'static str] {
    match tool {
        "query" => &["domain"],
        "report" => &["report", "about"],
        "devices" => &["place"],
        "locate" | "presence" => &["what"],
        "trace" | "reach" => &["from", "to"],
        _ => &[],
    }
}

/// The call as a command line.
fn command(call: &Value) -> String {
    let mut tool = call["tool"].as_str().unwrap_or_default();
    // A command of its own here, an argument of `locate` for an agent.
    let is_history =
        tool == "locate" && call.pointer("/arguments/history") == Some(&Value::Bool(true));
    if is_history {
        tool = "presence";
    }
    let mut line = format!("opndex {tool}");
    let empty = Map::new();
    let arguments = call["arguments"].as_object().unwrap_or(&empty);
    let port = arguments.get("port").and_then(Value::as_str).filter(|_| tool == "trace");
    for name in plain(tool) {
        if let Some(text) = arguments.get(*name).and_then(Value::as_str) {
            // `nas:443` is one word.
            let text = match port.filter(|_| *name == "to") {
                Some(port) => format!("{text}:{port}"),
                None => text.to_owned(),
            };
            let _ = write!(line, " {}", quoted(&text));
        }
    }
    for (name, value) in arguments {
        let flag = match name.as_str() {
            name if plain(tool).contains(&name) => continue,
            "port" if port.is_some() => continue,
            "history" if is_history => continue,
            "count_only" => "count".to_owned(),
            other => other.replace('_', "-"),
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

#[cfg(test)]
mod tests {
    use clap::Parser;
    use serde_json::json;

    use super::super::args::Cli;
    use super::*;

    #[test]
    fn the_command_of_every_call_is_one_that_is_understood() {
        for (call, line) in [
            (
                json!({ "tool": "trace", "arguments": { "from": "nas", "to": "tv", "port": "53", "proto": "udp" } }),
                "opndex trace nas tv:53 --proto udp",
            ),
            (
                json!({ "tool": "devices", "arguments": { "new_since": "today" } }),
                "opndex devices --new-since today",
            ),
            (
                json!({ "tool": "locate", "arguments": { "what": "nas", "history": true, "since": "today" } }),
                "opndex presence nas --since today",
            ),
            (
                json!({ "tool": "reach", "arguments": { "from": "GUEST", "to": "any", "verdict": "pass" } }),
                "opndex reach GUEST any --verdict pass",
            ),
            (
                json!({ "tool": "lint", "arguments": { "code": "shadowed_rule" } }),
                "opndex lint --code shadowed_rule",
            ),
            (
                json!({ "tool": "locate", "arguments": { "what": "10.0.0.1" } }),
                "opndex locate 10.0.0.1",
            ),
            (
                json!({ "tool": "changes", "arguments": { "domain": "routes", "since": "today", "about": "nas" } }),
                "opndex changes --about nas --domain routes --since today",
            ),
            (
                json!({ "tool": "devices", "arguments": { "place": "IOT", "name": "lamp", "is": ["online"], "count_only": true } }),
                "opndex devices IOT --count --is online --name lamp",
            ),
            (
                json!({ "tool": "report", "arguments": { "report": "rules", "about": "IOT", "only": "block" } }),
                "opndex report rules IOT --only block",
            ),
            (
                json!({ "tool": "query", "arguments": { "domain": "arp", "where": ["ip=10.0.0.1"], "columns": ["ip", "mac"] } }),
                "opndex query arp --columns ip,mac --where ip=10.0.0.1",
            ),
        ] {
            let written = command(&call).replace('\'', "");
            let parsed = Cli::try_parse_from(written.split(' '));
            assert!(parsed.is_ok(), "{written}: {}", parsed.err().unwrap());
            let sorted = |text: &str| {
                let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
                words.sort();
                words
            };
            assert_eq!(sorted(&written), sorted(line), "{written}");
        }
    }
}
