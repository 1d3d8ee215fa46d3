//! Why a command gives no answer, and the exit code that says so.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::ask::AskError;
use crate::configxml::ConfigError;
use crate::daemon::DaemonError;
use crate::mcp::McpError;
use crate::settings::SettingsError;
use crate::sim::SimError;
use crate::store::StoreError;
use crate::sync::SyncError;
use crate::telemetry::TelemetryError;
use crate::web::WebError;

use super::exit;
use super::install::DocumentError;

#[derive(Debug, Error)]
pub(super) enum CliError {
    #[error("the passphrase file {path} cannot be read; check the path and its permissions")]
    PassphraseFile {
        path: String,
        #[source]
        cause: io::Error,
    },
    #[error("{origin} holds no passphrase: its first line is empty")]
    NoPassphrase { origin: String },
    #[error("the passphrase cannot be asked for on this terminal; use --passphrase-file")]
    Prompt(#[source] io::Error),
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    #[error(transparent)]
    Ask(#[from] AskError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Sync(#[from] SyncError),
    #[error(transparent)]
    Daemon(#[from] DaemonError),
    #[error(transparent)]
    Sim(#[from] SimError),
    #[error(
        "no firewall is configured; put `url`, `api_key` and `api_secret` under [firewall] in {file}, or set OPNDEX_URL, \
         OPNDEX_API_KEY and OPNDEX_API_SECRET, or give --url and --credentials; `opndex settings --sample` prints a file \
         to start from, and `opndex demo` needs no firewall"
    )]
    NoFirewall { file: String },
    #[error("several firewalls are known; name one with --firewall (`opndex status` lists them)")]
    WhichFirewall,
    #[error(
        "--as-of goes with a question (query, locate, presence, devices, report, ask, sql, trace, reach, lint, status) or `snapshot export`: only those look back; \
         `changes` takes --since and --until"
    )]
    AsOf,
    #[error(
        "environment variable OPNDEX_FORMAT: `{text}` is no format; set table, json or csv, or remove it"
    )]
    Format { text: String },
    #[error(
        "the folder {path} for the database of the demo cannot be made; name a database with --database"
    )]
    Scratch {
        path: String,
        #[source]
        cause: io::Error,
    },
    #[error(
        "{client} starts its servers itself and cannot be told of an address; leave --http out, or choose another client"
    )]
    NoHttpClient { client: &'static str },
    #[error("there is no home folder to find the client's file in; name it with --file")]
    NoHome,
    #[error("cannot tell where this program is; name it in the client's file by hand")]
    Program(#[source] io::Error),
    #[error("cannot edit {path}; check the path and its permissions, or name another with --file")]
    ClientFile {
        path: String,
        #[source]
        cause: io::Error,
    },
    #[error("{path} was not touched; mend it, or add this by hand: {snippet}")]
    ClientDocument {
        path: String,
        snippet: String,
        #[source]
        cause: DocumentError,
    },
    #[error(transparent)]
    Token(#[from] WebError),
    #[error("cannot start the runtime; the machine may be out of threads or file descriptors")]
    Runtime(#[source] io::Error),
    #[error("cannot write the answer to the standard output")]
    Print(#[source] io::Error),
    #[error("{path}: {why}", path = path.display())]
    Proposal { path: PathBuf, why: String },
    #[error("cannot write the answer as CSV")]
    Csv(#[source] csv::Error),
    #[error("cannot write the answer as JSON")]
    Json(#[source] serde_json::Error),
    #[error("{file}: {cause}")]
    File {
        file: String,
        /// Told with the file, in one sentence.
        cause: ConfigError,
    },
    #[error("{file}: it has no <revision> that says when it was saved; say it with --at")]
    NoTime { file: String },
    #[error("{file}: it has no host name; say with --firewall which firewall it is of")]
    NoName { file: String },
    #[error(
        "--at says when one file was saved; import the others in calls of their own, or without it"
    )]
    OneTime,
    #[error("--firewall: a name has 1 to 253 bytes")]
    FirewallName,
    #[error("a task that read a firewall stopped early; please report it")]
    Task,
}

impl CliError {
    /// 2 where asking differently or another setting helps, 70 where it does not.
    pub(super) fn exit(&self) -> u8 {
        match self {
            Self::Ask(AskError::Store(cause)) | Self::Store(cause) => of_store(cause),
            Self::Settings(_)
            | Self::Telemetry(_)
            | Self::Ask(_)
            | Self::NoFirewall { .. }
            | Self::Format { .. }
            | Self::OneTime
            | Self::PassphraseFile { .. }
            | Self::NoPassphrase { .. }
            | Self::Prompt(_)
            | Self::FirewallName
            | Self::AsOf
            | Self::WhichFirewall
            | Self::Proposal { .. }
            | Self::NoHttpClient { .. }
            | Self::NoHome
            | Self::Program(_)
            | Self::ClientFile { .. }
            | Self::ClientDocument { .. }
            | Self::Token(_)
            | Self::Scratch { .. } => exit::REFUSED,
            Self::File { .. } | Self::NoTime { .. } | Self::NoName { .. } => exit::UNREAD,
            Self::Sync(cause) => of_sync(cause),
            Self::Daemon(cause) => match cause {
                DaemonError::Connect { .. } | DaemonError::Pin { .. } | DaemonError::Web(_) => {
                    exit::REFUSED
                }
                DaemonError::Store(cause) => of_store(cause),
                DaemonError::Sync(cause) => of_sync(cause),
                // Whoever started it has something else than an MCP client talk to it.
                DaemonError::Mcp(McpError::NotMcp) => exit::REFUSED,
                DaemonError::Mcp(_) => exit::INTERNAL,
            },
            Self::Sim(_)
            | Self::Runtime(_)
            | Self::Print(_)
            | Self::Csv(_)
            | Self::Json(_)
            | Self::Task => exit::INTERNAL,
        }
    }
}

fn of_store(error: &StoreError) -> u8 {
    match error {
        // Another path, or another version, is the user's to choose.
        StoreError::Missing { .. }
        | StoreError::NoHistory { .. }
        | StoreError::NoRun { .. }
        | StoreError::Exists { .. }
        | StoreError::Newer { .. }
        | StoreError::Foreign { .. }
        | StoreError::Folder { .. } => exit::REFUSED,
        _ => exit::INTERNAL,
    }
}

fn of_sync(error: &SyncError) -> u8 {
    match error {
        SyncError::Connect(_)
        | SyncError::Schedule { .. }
        | SyncError::UnknownDomain { .. }
        | SyncError::Extra { .. } => exit::REFUSED,
        SyncError::Store(cause) => of_store(cause),
        _ => exit::INTERNAL,
    }
}
