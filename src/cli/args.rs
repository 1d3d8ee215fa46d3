//! What can be typed. The comments here are the help.

use std::path::PathBuf;
use std::sync::LazyLock;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::exit;
use super::flags::SettingFlags;
pub(super) use super::upkeep_args::{
    BackupArgs, ChangesArgs, ExportArgs, HistoryArgs, LabelArgs, PresenceArgs, PruneArgs,
    SnapshotArgs, SnapshotCommand,
};

static AFTER_HELP: LazyLock<String> = LazyLock::new(|| {
    format!(
        "Examples:\n  \
         opndex demo                                    try it without a firewall\n  \
         opndex sync                                    read every domain of every firewall\n  \
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
    /// Show rows of one domain, or list the domains.
    ///
    /// Conditions are written like `ip in 10.0.0.0/24`, `hostname = nas*`, `expires >
    /// 2026-11-24T08:00:00Z`, `destination covers 10.0.0.9` or `mac is null`, and joined by `and`.
    Query(QueryArgs),
    /// Show everything that mentions an IP address, a MAC address or a name.
    Locate(LocateArgs),
    /// Show who had which address when, which devices are new and which are gone.
    Presence(PresenceArgs),
    /// Show or write what you say about devices: name, owner, group, note.
    ///
    /// Labels belong to the MAC address. They are shown by `locate` and `presence`, found by `locate`, and
    /// survive every sync, rebuild and prune.
    Label(LabelArgs),
    /// Show how fresh and complete the database is.
    Status,
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
    /// Answer agents over MCP on standard input and output, syncing in the background.
    ///
    /// Nothing but JSON-RPC is written to the standard output. The log goes to the standard error
    /// stream or to `--log-file`. Closing the input, SIGINT and SIGTERM stop it in order.
    Serve,
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
            Self::Query(_) | Self::Locate(_) | Self::Presence(_) | Self::Status => true,
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
pub(super) struct DemoArgs {
    /// Answer agents over MCP instead, keeping the simulated network moving.
    #[arg(long)]
    pub(super) serve: bool,
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
