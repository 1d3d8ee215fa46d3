//! Telemetry: where log lines go, and what may be in them.
//!
//! In: a filter and a destination from the settings. Out: lines on the standard error stream or at
//! the end of a file; the standard output belongs to answers and to MCP. Never here: what is logged
//! (each room does that), metrics (those are `web`), a way to change the filter later.
//!
//! The rules for every room:
//! - Log once, where it is handled: who returns an error does not log it too.
//! - A sentence a person can read *and* dotted fields a machine can, one name per thing everywhere:
//!   `info!(domain.name, rows, elapsed_ms, "synced `{name}`: {rows} rows in {elapsed_ms} ms")`.
//! - `error`: somebody must act; `warn`: an answer got worse; `info`: what a service did;
//!   `debug`: why it did so; `trace`: single rows and pages.
//! - Never secrets, never request or response bodies, never headers.
//!
//! The last rule holds for other crates as well: [`NOISY`] ones are kept at `warn` unless the filter
//! names them, and those that print headers or bytes at `trace` never get there.

mod calls;

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use thiserror::Error;
use tracing::level_filters::LevelFilter;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::{FilterFn, filter_fn};
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};
use tracing_subscriber::{EnvFilter, Registry, filter, fmt};

pub use calls::{Called, Calls, Tally};

/// Beginnings of the targets of other crates, and the most they may say when the filter names them.
///
/// `h2` prints header frames with their `authorization` at trace, `hyper` what it reads and writes,
/// `reqwest` every byte of a verbose connection, `rmcp` whole messages from debug on.
const NOISY: &[(&str, LevelFilter)] = &[
    ("h2", LevelFilter::DEBUG),
    ("hyper", LevelFilter::DEBUG),
    ("reqwest", LevelFilter::DEBUG),
    ("rmcp", LevelFilter::INFO),
    ("rustls", LevelFilter::TRACE),
    ("tokio_cron_scheduler", LevelFilter::TRACE),
    ("sqlx", LevelFilter::TRACE),
];

/// The most they may say when it does not.
const UNNAMED: LevelFilter = LevelFilter::WARN;

/// What they say at error level is none of ours to mend: what our own message about a certificate says better, and
/// that a client left before its answer. Silent unless their crate is named.
///
/// Crate and module; of a crate without a module, everything.
const SILENT: &[(&str, Option<&str>)] =
    &[("rustls_platform_verifier", None), ("rmcp", Some("service"))];

/// Logging that cannot be set up.
#[derive(Debug, Error)]
pub enum TelemetryError {
    #[error(
        "`{filter}` is not a log filter; write a level or a list such as `info,opndex::sync=debug`"
    )]
    Filter {
        filter: String,
        #[source]
        cause: filter::ParseError,
    },

    // A word alone would mean "everything of the crate of that name", so a typing error would
    // silence the log instead of being found.
    #[error(
        "`{word}` in the log filter is no level; write error, warn, info, debug, trace or off, or \
         `{word}=debug` if it is the name of a module"
    )]
    Level { word: String },

    #[error("cannot append to log file `{}`; check that its folder exists and is yours", path.display())]
    File {
        path: PathBuf,
        #[source]
        cause: io::Error,
    },

    #[error("logging is already set up in this process; set it up once")]
    Twice(#[source] TryInitError),
}

/// Sends log lines that pass `filter` to `file`, or to the standard error stream (in colour when
/// that is a terminal). Once per process.
pub fn init(
    filter: &str,
    json: bool,
    file: Option<&Path>,
    stderr_is_terminal: bool,
) -> Result<(), TelemetryError> {
    let writer = match file {
        Some(path) => BoxMakeWriter::new(Mutex::new(append(path)?)),
        None => BoxMakeWriter::new(io::stderr),
    };
    let is_coloured = file.is_none() && stderr_is_terminal;
    subscriber(filter, json, writer, is_coloured)?.try_init().map_err(TelemetryError::Twice)
}

/// A new log file is its owner's alone: host names and addresses are in it.
fn append(path: &Path) -> Result<File, TelemetryError> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path).map_err(|cause| TelemetryError::File { path: path.to_owned(), cause })
}

/// Times are RFC 3339 in UTC, which is what `fmt` prints unless told otherwise.
fn subscriber(
    filter: &str,
    json: bool,
    writer: BoxMakeWriter,
    is_coloured: bool,
) -> Result<impl Subscriber + Send + Sync, TelemetryError> {
    let wanted = parse(filter)?;
    let lines = fmt::layer().with_writer(writer).with_ansi(is_coloured);
    let lines: Box<dyn Layer<Registry> + Send + Sync> =
        if json { lines.json().flatten_event(true).boxed() } else { lines.boxed() };
    Ok(tracing_subscriber::registry().with(lines).with(wanted).with(ceilings(filter)))
}

fn parse(filter: &str) -> Result<EnvFilter, TelemetryError> {
    // `EnvFilter` itself stumbles over the blank in `warn, opndex=debug`.
    let words: Vec<&str> = filter.split(',').map(str::trim).collect();
    for word in &words {
        let is_plain = !word.contains(['=', '[', ']', '{', '}']);
        // An empty word parses as a level: `error`.
        if word.is_empty() || (is_plain && word.parse::<LevelFilter>().is_err()) {
            return Err(TelemetryError::Level { word: (*word).to_owned() });
        }
    }
    EnvFilter::builder()
        .parse(words.join(","))
        .map_err(|cause| TelemetryError::Filter { filter: filter.to_owned(), cause })
}

/// A filter beside the one of the user, because directives of that one can reach into a noisy crate
/// without naming it: `[{firewall.name}]=trace` enables whatever happens within a span.
fn ceilings(filter: &str) -> FilterFn<impl Fn(&Metadata<'_>) -> bool + use<>> {
    let named = |name: &str| filter.split(',').any(|word| word.trim().starts_with(name));
    let ceilings: Vec<(&str, LevelFilter)> = NOISY
        .iter()
        .map(|(name, most)| (*name, if named(name) { *most } else { UNNAMED }))
        .collect();
    let silent: Vec<_> = SILENT.iter().filter(|(name, _)| !named(name)).collect();
    let is_silent = move |target: &str| {
        let mut parts = target.split("::");
        let (name, module) = (parts.next(), parts.next());
        silent.iter().any(|(of, only)| name == Some(*of) && (only.is_none() || module == *only))
    };
    filter_fn(move |metadata| {
        let target = metadata.target();
        if is_silent(target) {
            return false;
        }
        let ceiling = ceilings.iter().find(|(name, _)| target.starts_with(name));
        ceiling.is_none_or(|(_, most)| metadata.level() <= most)
    })
}

#[cfg(test)]
mod tests;
