//! Monit: how what it watches is doing.
//!
//! The answer is Monit's status document (Monit 5, `src/http/xml.c`) as PHP's `SimpleXML` turns it into JSON:
//! attributes stand below `@attributes`, one element alone is an object and not an array, and text in CDATA
//! (the output of a program) is lost. The part about Monit itself can hold credentials; it is not read.
use super::prelude::*;
use super::words::measure;
use crate::types::Timestamp;

/// Names of the event classes by bit, as the settings of an alert write them (Monit, `src/event.h`).
const EVENTS: [&str; 31] = [
    "checksum",
    "resource",
    "timeout",
    "timestamp",
    "size",
    "connection",
    "permission",
    "uid",
    "gid",
    "nonexist",
    "invalid",
    "data",
    "exec",
    "fsflags",
    "icmp",
    "content",
    "instance",
    "action",
    "pid",
    "ppid",
    "heartbeat",
    "status",
    "uptime",
    "link",
    "speed",
    "saturation",
    "bytein",
    "byteout",
    "packetin",
    "packetout",
    "exist",
];

#[derive(Debug)]
pub struct Status {
    pub name: Box<str>,
    pub kind: Box<str>,
    pub ok: Option<bool>,
    pub failing: Option<Box<str>>,
    pub monitoring: Box<str>,
    pub checked: Option<Timestamp>,
    pub response_us: Option<i64>,
    pub exit_status: Option<i64>,
    pub pid: Option<i64>,
    pub uptime: Option<i64>,
    pub space_permille: Option<i64>,
}

pub static DOMAIN: Domain<Status> = Domain {
    name: "monit_status",
    about: "How what Monit watches is doing: which tests fail now, and when it was last checked.",
    cadence: Cadence::Runtime,
    sources: &[Source::elements(
        "monit",
        "monit/status/get/xml",
        "status.service",
        "WebCfg - Services: Monit System Monitoring page",
    )
    .optional()
    .idle(Idle {
        field: "status",
        says: "monit.sock",
        means: "Monit does not run, or was started a moment ago",
    })],
    fields: &[
        field("name"),
        field("@attributes.type"),
        field("status"),
        field("monitor"),
        field("program.status"),
        field("pid"),
        volatile("collected_sec"),
        volatile("icmp.responsetime"),
        volatile("port.responsetime"),
        volatile("uptime"),
        volatile("block.percent"),
    ],
    identity: &["name"],
    columns: &[
        col(Role::Key, "name", Read::Name(|s| Some(&s.name)), "Name of what is watched."),
        col(
            Role::Plain,
            "type",
            Read::Text(|s| Some(&s.kind)),
            "filesystem, directory, file, process, host, system, fifo, program or network.",
        ),
        col(
            Role::Indexed,
            "ok",
            Read::Bool(|s| s.ok),
            "No test fails; absent while it is not watched.",
        ),
        col(
            Role::Plain,
            "failing",
            Read::Text(|s| s.failing.as_deref()),
            "What fails, in the words of monit_alerts.events, such as resource or icmp.",
        ),
        col(
            Role::Plain,
            "monitoring",
            Read::Text(|s| Some(&s.monitoring)),
            "yes, no, initializing or waiting.",
        ),
        col(Role::Plain, "checked", Read::Time(|s| s.checked), "When it was last checked."),
        col(
            Role::Plain,
            "response_us",
            Read::Int(|s| s.response_us),
            "Microseconds until a host answered the ping or the port; absent when it did not.",
        ),
        col(
            Role::Plain,
            "exit_status",
            Read::Int(|s| s.exit_status),
            "Of a program, when it last ran.",
        ),
        col(Role::Plain, "pid", Read::Int(|s| s.pid), "Of a process."),
        col(
            Role::Plain,
            "uptime",
            Read::Int(|s| s.uptime),
            "Seconds that a process, or the firewall, runs.",
        ),
        col(
            Role::Plain,
            "space_permille",
            Read::Int(|s| s.space_permille),
            "Used space of a filesystem, of a thousand.",
        ),
    ],
    parse: |raw, rows| {
        let monitor: i64 = raw.read("monitor")?;
        let status: i64 = raw.read("status")?;
        let watched = monitor == 1;
        rows.push(Status {
            name: raw.text("name")?,
            kind: kind(raw)?,
            ok: watched.then_some(status == 0),
            failing: failing(status).filter(|_| watched),
            monitoring: monitoring(monitor),
            checked: raw
                .maybe_read("collected_sec")?
                .filter(|s| *s > 0)
                .map(Timestamp::from_seconds),
            response_us: response(raw)?,
            exit_status: raw.maybe_read("program.status")?,
            pid: raw.maybe_read("pid")?.filter(|pid| *pid > 0),
            uptime: raw.maybe_read("uptime")?.filter(|seconds| *seconds >= 0),
            space_permille: measure(raw, "block.percent", 10)?,
        });
        Ok(())
    },
    never_empty: false,
};

/// Monit numbers its kinds of services (`src/monit.h`).
fn kind(raw: Raw<'_>) -> Result<Box<str>, Reject> {
    const KINDS: [&str; 9] = [
        "filesystem",
        "directory",
        "file",
        "process",
        "host",
        "system",
        "fifo",
        "program",
        "network",
    ];
    let number: usize = raw.read("@attributes.type")?;
    Ok(KINDS.get(number).map_or_else(|| format!("type {number}").into(), |kind| (*kind).into()))
}

fn monitoring(state: i64) -> Box<str> {
    match state {
        0 => "no".into(),
        1 => "yes".into(),
        2 => "initializing".into(),
        // Waiting is a bit beside the others.
        s if s & 4 != 0 => "waiting".into(),
        s => format!("state {s}").into(),
    }
}

/// The words of the bits that are set; `None` when nothing fails.
fn failing(status: i64) -> Option<Box<str>> {
    let words = EVENTS.iter().enumerate().filter(|(bit, _)| status >> bit & 1 == 1);
    let words: Vec<Box<str>> = words.map(|(_, word)| (*word).into()).collect();
    match super::words::joined(&words) {
        // Nothing that this table knows.
        None if status != 0 => Some(format!("event {status:#x}").into()),
        words => words,
    }
}

/// The ping before the port: one service may have several ports, whose times are then not told apart.
fn response(raw: Raw<'_>) -> Result<Option<i64>, Reject> {
    for name in ["icmp.responsetime", "port.responsetime"] {
        // -1 when nothing answered.
        if raw.maybe(name).is_some_and(|text| !text.starts_with('-')) {
            return measure(raw, name, 1_000_000);
        }
    }
    Ok(None)
}
