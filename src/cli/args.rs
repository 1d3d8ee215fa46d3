//! What can be typed. The comments here are the help.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::LazyLock;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::types::Timestamp;

use super::exit;
use super::flags::SettingFlags;
use super::install::Client;
use super::rule_args::{LintArgs, ReachArgs, TraceArgs};
pub(super) use super::upkeep_args::{
    BackupArgs, ChangesArgs, ExportArgs, HistoryArgs, LabelArgs, PresenceArgs, PruneArgs,
    SnapshotArgs, SnapshotCommand,
};

static AFTER_HELP: LazyLock<String> = LazyLock::new(|| {
    format!(
        "Examples:\n  \
         opndex demo                                    try it without a firewall\n  \
         opndex sync                                    read every domain of every firewall\n  \
         opndex import config-*.xml                     the same from backups, without a firewall\n  \
         opndex locate 192.168.1.20                     everything known about an address\n  \
         opndex query dhcp_leases --where 'interface_name = IOT'\n  \
         opndex query firewall_rules --where 'destination covers 10.0.0.9' --format json\n\n\
         Settings come from flags, then from OPNDEX_* variables, then from the settings file; \
         `opndex --help` lists them all and `opndex settings` shows where the file is.\n\n{}",
        exit::help()
    )
});

/// Keep a local, queryable index of the network behind OPNsense firewalls.
///
/// `sync` reads VLANs, interfaces, rules, aliases, leases, reservations, DNS records and neighbours
/// over the REST API into one SQLite file. `query`, `locate` and `status` answer from that file and
/// never wait for a firewall. `serve` answers agents over MCP and keeps the file fresh meanwhile.
#[derive(Debug, Parser)]
#[command(name = "opndex", version, after_help = AFTER_HELP.as_str(), max_term_width = 100)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(flatten)]
    pub(super) settings: SettingFlags,
    #[command(subcommand)]
    pub(super) command: Command,
}

const CONFIG: &str =
    "Read this settings file instead of the usual one; it must exist [env: OPNDEX_CONFIG]";
const FORMAT: &str = "Print answers in this form; notes about them go to the standard error \
                      stream [env: OPNDEX_FORMAT]";

const AS_OF: &str = "Answer as of an earlier moment: a time such as 2026-11-24T14:00:00Z, `yesterday 14:00`, \
                     `2 hours ago`, a date, or `run 17`";
/// Where `--http` listens unless told otherwise: only this machine reaches it.
const HTTP: &str = "127.0.0.1:8642";

/// Options of every command.
#[derive(Debug, Args)]
pub(super) struct Global {
    #[arg(long, global = true, value_name = "FILE", help = CONFIG)]
    pub(super) config: Option<PathBuf>,
    #[arg(long, global = true, value_name = "FORMAT", help = FORMAT)]
    pub(super) format: Option<Format>,
    #[arg(long, global = true, value_name = "MOMENT", help = AS_OF)]
    pub(super) as_of: Option<String>,
}

/// How answers are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Format {
    /// Columns for people, fitted to the terminal.
    #[default]
    Table,
    /// One JSON document, errors included.
    Json,
    /// A header and rows.
    Csv,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Show what changed, the newest first: when, from what to what, and who did it.
    ///
    /// Rows are added, removed, modified, or moved (an address that another device had). Without a domain
    /// or --about, the configuration only. Moments are written like `tuesday`, `yesterday 14:00` or `2 hours ago`.
    Changes(ChangesArgs),
    /// Read firewalls into the database.
    ///
    /// Firewalls are read in parallel, and so are the domains of each. A domain that cannot be read
    /// keeps its earlier rows and says why. Ctrl-C stops in order: what was read is kept.
    Sync(SyncArgs),
    /// Read the configuration history that each firewall keeps into the database.
    ///
    /// Needs the privilege `Diagnostics: Configuration History`, which grants the whole configuration:
    /// nothing but what `import` reads of a backup is kept. Only revisions that are not in the database
    /// are fetched, oldest first; Ctrl-C stops in order, and the next call goes on.
    Backfill(BackfillArgs),
    /// Build or extend the database from config.xml files, without a firewall.
    ///
    /// Takes backups that were downloaded from a firewall, of any release, in any order. Each becomes a
    /// state of the time at which it was saved: the newest is what tables show, earlier ones are history.
    /// What a sync has read is never replaced. Keys, hashes and passwords in a file are not read at all.
    Import(ImportArgs),
    /// Show rows of one domain, or list the domains.
    ///
    /// Conditions are written like `ip in 10.0.0.0/24`, `hostname = nas*`, `expires >
    /// 2026-11-24T08:00:00Z`, `destination covers 10.0.0.9` or `mac is null`, and joined by `and`.
    Query(QueryArgs),
    /// Show everything that mentions an IP address, a MAC address or a name.
    Locate(LocateArgs),
    /// Show who had which address when.
    Presence(PresenceArgs),
    /// Show or write what you say about devices: name, owner, group, note.
    ///
    /// Labels belong to the MAC address. They are shown and found by `devices`, `locate` and `presence`, and
    /// survive every sync, rebuild and prune.
    Label(LabelArgs),
    /// Show the runs and what each cost, and what the tables take of the file.
    History(HistoryArgs),
    /// Print or check stored states.
    Snapshot(SnapshotArgs),
    /// Fill the tables again from the newest stored states.
    Rebuild,
    /// Drop history that the settings do not want to keep, and give its space back.
    ///
    /// `serve` does the same once a day.
    Prune(PruneArgs),
    /// Copy the database to a file while it is in use.
    Backup(BackupArgs),
    /// Show which firewall rule decides a packet, and why.
    ///
    /// FROM and TO are addresses, device names, networks, interfaces, aliases, `internet` or `firewall`;
    /// TO may end in `:PORT`. Nothing is sent: the answer is made from the rules in the database.
    Trace(TraceArgs),
    /// Show what may be reached from where, and by which rules; without FROM and TO, all zones at once.
    ///
    /// The parts shown are disjoint and together everything that was asked about. With `--diff` or
    /// `--since` only the flows that a change opens or closes are shown. Nothing is written to the firewall.
    Reach(ReachArgs),
    /// Find rules that are hidden, contradictory, too open, or refer to nothing.
    Lint(LintArgs),
    /// Ask in plain English.
    ///
    /// The question is matched against what the database knows: names, vendors, interfaces, VLANs,
    /// addresses, ports. The answer says how it was understood. No model is asked.
    Ask(AskArgs),
    /// List devices: one row for each, joined from leases, reservations, neighbours and DNS.
    Devices(DevicesArgs),
    /// Answer a question that joins domains, or list those questions.
    Report(ReportArgs),
    /// Answer one SQL SELECT, or print the tables that it may read.
    ///
    /// The statement is stopped after 2 s and cannot write. Columns of time hold seconds since 1970:
    /// `datetime(expires, 'unixepoch')`. For anything else there is `sqlite3`.
    Sql(SqlArgs),
    /// Show how fresh and complete the database is.
    Status,
    /// Answer agents over MCP on standard input and output or over HTTP, syncing in the background.
    ///
    /// Nothing but JSON-RPC is written to the standard output. The log goes to the standard error
    /// stream or to `--log-file`. Closing the input, SIGINT and SIGTERM stop it in order. With
    /// `--http` the standard input is not read, and `/health` and `/metrics` are answered too.
    Serve(ServeArgs),
    /// Check firewalls and database: what answers, what does not, and which privilege would help.
    ///
    /// Asks once for everything a sync would read, and stores nothing. What it prints holds no key, no
    /// address of the firewall and nothing that was read: it is made for pasting into an issue.
    Doctor(DoctorArgs),
    /// Tell MCP clients of opndex.
    #[command(subcommand)]
    Mcp(McpCommand),
    /// Try everything on a simulated firewall, without a real one.
    ///
    /// Settings files and variables are not read, so no real firewall is contacted. Text is printed
    /// whatever the format.
    Demo(DemoArgs),
    /// Show where the settings file is looked for, or print one to start from.
    Settings(SettingsArgs),
}

impl Command {
    /// Whether it can be answered as of an earlier moment.
    pub(super) const fn is_question(&self) -> bool {
        match self {
            Self::Query(_)
            | Self::Trace(_)
            | Self::Reach(_)
            | Self::Lint(_)
            | Self::Ask(_)
            | Self::Devices(_)
            | Self::Locate(_)
            | Self::Presence(_)
            | Self::Report(_)
            | Self::Sql(_)
            | Self::Status => true,
            Self::Snapshot(args) => matches!(args.command, SnapshotCommand::Export(_)),
            _ => false,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct SyncArgs {
    /// Domains to read; all of them when none is named.
    #[arg(value_name = "DOMAIN")]
    pub(super) domains: Vec<String>,
    /// Read this firewall only.
    #[arg(long, value_name = "NAME")]
    pub(super) firewall: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    /// Check this firewall only.
    #[arg(long, value_name = "NAME")]
    pub(super) firewall: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct BackfillArgs {
    /// Read this firewall only.
    #[arg(long, value_name = "NAME")]
    pub(super) firewall: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// Backup files.
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
    /// The firewall they are of; otherwise the host name in each file.
    #[arg(long, value_name = "NAME")]
    pub(super) firewall: Option<String>,
    /// When the configuration was saved, such as 2026-11-24T08:00:00Z; for a file that does not say.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<Timestamp>,
    /// File with the passphrase of encrypted backups in its first line; otherwise the variable `OPNDEX_PASSPHRASE`, or it is asked for.
    #[arg(long, value_name = "FILE")]
    pub(super) passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct QueryArgs {
    /// Domain to show, such as `dhcp_leases`; without one the domains are listed.
    #[arg(value_name = "DOMAIN")]
    pub(super) domain: Option<String>,
    /// Show rows for which this holds; given several times, all must hold.
    #[arg(long = "where", value_name = "CONDITION", requires = "domain")]
    pub(super) conditions: Vec<String>,
    /// Show these columns, separated by commas; otherwise all that have a value.
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', requires = "domain")]
    pub(super) columns: Vec<String>,
    /// Show at most this many rows, from 1 to 1000; 50 unless given.
    #[arg(long, value_name = "ROWS", requires = "domain")]
    pub(super) limit: Option<u32>,
    /// Go on after the page that gave this cursor.
    #[arg(long, value_name = "CURSOR", requires = "domain")]
    pub(super) after: Option<String>,
    /// Count the rows instead of showing them.
    #[arg(long, requires = "domain", conflicts_with_all = ["columns", "limit", "after"])]
    pub(super) count: bool,
    /// Describe the columns of the domain instead of showing rows; needs no database.
    #[arg(long, requires = "domain", conflicts_with_all = ["conditions", "columns", "limit", "after", "count"])]
    pub(super) describe: bool,
    /// Ask about this firewall only.
    #[arg(long, value_name = "NAME")]
    pub(super) firewall: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct LocateArgs {
    /// What to look for; a name is also found by its beginning.
    #[arg(value_name = "IP|MAC|NAME")]
    pub(super) text: String,
    /// Look at this firewall only.
    #[arg(long, value_name = "NAME")]
    pub(super) firewall: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct AskArgs {
    /// The question; quotes are not needed.
    #[arg(value_name = "QUESTION", required = true)]
    pub(super) question: Vec<String>,
    /// Ask about this firewall only.
    #[arg(long, value_name = "NAME")]
    pub(super) firewall: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct DevicesArgs {
    /// Show devices of this interface, VLAN (name or tag), network or range.
    #[arg(value_name = "PLACE")]
    pub(super) place: Option<String>,
    /// Show devices called this (or so beginning), MAC address, DUID or IP address.
    #[arg(long = "name", visible_alias = "called", value_name = "NAME")]
    pub(super) called: Option<String>,
    /// Show devices of this manufacturer; a part of the name is enough.
    #[arg(long, value_name = "VENDOR")]
    pub(super) vendor: Option<String>,
    /// Show devices that are online, offline, reserved, unreserved, named, unknown or randomised.
    #[arg(long, value_name = "STATE", value_delimiter = ',')]
    pub(super) is: Vec<String>,
    /// Show devices that were first seen after this moment.
    #[arg(long, value_name = "MOMENT", conflicts_with_all = ["called", "vendor", "is"])]
    pub(super) new_since: Option<String>,
    /// Show devices that were not seen since this moment.
    #[arg(long, value_name = "MOMENT", conflicts_with_all = ["called", "vendor", "is"])]
    pub(super) unseen_since: Option<String>,
    /// Show these columns, separated by commas.
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub(super) columns: Vec<String>,
    /// Show at most this many devices, from 1 to 1000; 50 unless given.
    #[arg(long, value_name = "ROWS")]
    pub(super) limit: Option<u32>,
    /// Go on after the page that gave this cursor.
    #[arg(long, value_name = "CURSOR")]
    pub(super) after: Option<String>,
    /// Count the devices instead of showing them.
    #[arg(long, conflicts_with_all = ["columns", "limit", "after"])]
    pub(super) count: bool,
    /// Ask about this firewall only.
    #[arg(long, value_name = "FIREWALL")]
    pub(super) firewall: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// Report to show; without one the reports are listed.
    #[arg(value_name = "REPORT")]
    pub(super) report: Option<String>,
    /// Interface, address, port, name or device that it is about.
    #[arg(value_name = "ABOUT", requires = "report")]
    pub(super) about: Option<String>,
    /// Show only `problems` (of aliases, reservations, names), or rules that `pass` or `block`.
    #[arg(long, value_name = "WHAT", requires = "report")]
    pub(super) only: Option<String>,
    /// Show these columns, separated by commas.
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', requires = "report")]
    pub(super) columns: Vec<String>,
    /// Show at most this many rows, from 1 to 1000; 50 unless given.
    #[arg(long, value_name = "ROWS", requires = "report")]
    pub(super) limit: Option<u32>,
    /// Go on after the page that gave this cursor.
    #[arg(long, value_name = "CURSOR", requires = "report")]
    pub(super) after: Option<String>,
    /// Count the rows instead of showing them.
    #[arg(long, requires = "report", conflicts_with_all = ["columns", "limit", "after"])]
    pub(super) count: bool,
    /// Ask about this firewall only.
    #[arg(long, value_name = "NAME")]
    pub(super) firewall: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct SqlArgs {
    /// Statement to answer, in one word of the shell; without it the tables are printed.
    #[arg(value_name = "SELECT")]
    pub(super) statement: Option<String>,
    /// Show at most this many rows, from 1 to 1000.
    #[arg(long, value_name = "ROWS", default_value_t = 1000)]
    pub(super) limit: u32,
}

#[derive(Debug, Subcommand)]
pub(super) enum McpCommand {
    /// Write opndex into the file where a client keeps its servers.
    ///
    /// What is in the file stays, and a copy of it is kept beside it. A file that is not plain JSON is
    /// not touched. `--config` and `--database`, where given, become part of the entry.
    Install(InstallArgs),
}

#[derive(Debug, Args)]
pub(super) struct InstallArgs {
    /// Client to tell.
    #[arg(long, value_name = "CLIENT")]
    pub(super) client: Client,
    /// Print the entry instead of writing it.
    #[arg(long)]
    pub(super) print: bool,
    /// Let the client ask `opndex serve --http` on this address instead of starting opndex;
    /// 127.0.0.1:8642 unless given. Where a token is needed it becomes part of the entry.
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, default_missing_value = HTTP)]
    pub(super) http: Option<SocketAddr>,
    /// Call the server this.
    #[arg(long, value_name = "NAME", default_value = "opndex")]
    pub(super) server_name: String,
    /// Write this file instead of the one where the client usually looks.
    #[arg(long, value_name = "FILE", conflicts_with = "print")]
    pub(super) file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// Answer over HTTP on this address instead of standard input and output; 127.0.0.1:8642
    /// unless given. Other machines, and all clients where `serve.require_token` is set, must send
    /// the token that is made beside the database on first use.
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, default_missing_value = HTTP)]
    pub(super) http: Option<SocketAddr>,
}

#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Answer agents over MCP instead, keeping the simulated network moving.
    #[arg(long)]
    pub(super) serve: bool,
    /// Answer them over HTTP on this address; 127.0.0.1:8642 unless given.
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, default_missing_value = HTTP, requires = "serve")]
    pub(super) http: Option<SocketAddr>,
    /// Simulate this many devices.
    #[arg(long, value_name = "DEVICES", default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(super) devices: u32,
    /// Choose another network; the same seed gives the same one.
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub(super) seed: u64,
    /// Keep the database for looking at it afterwards.
    #[arg(long)]
    pub(super) keep: bool,
}

#[derive(Debug, Args)]
pub(super) struct SettingsArgs {
    /// Print a settings file in which every key is explained and commented out.
    #[arg(long)]
    pub(super) sample: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn help_texts_are_sentences_of_one_style() {
        let command = Cli::command();
        for command in std::iter::once(&command).chain(command.get_subcommands()) {
            let texts = command.get_arguments().filter_map(|argument| argument.get_help());
            for text in texts.chain(command.get_about()).map(ToString::to_string) {
                // Defaults and variables follow in brackets.
                let sentence = text.split(" [").next().unwrap_or_default();
                let first = sentence.chars().next().unwrap();
                assert!(first.is_uppercase() || first.is_numeric(), "{text}");
                // `clap` takes the period of a comment away, so the others have none either.
                assert!(!sentence.ends_with('.') && sentence.contains(' '), "{text}");
            }
        }
    }
}
