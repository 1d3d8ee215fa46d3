//! What can be typed after the commands that look back and look after the database.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(super) struct ChangesArgs {
    /// Show changes after this moment; all that are known unless given.
    #[arg(long, value_name = "MOMENT")]
    pub(super) since: Option<String>,
    /// Show changes up to this moment.
    #[arg(long, value_name = "MOMENT")]
    pub(super) until: Option<String>,
    /// Show changes of this domain, or of `all`.
    #[arg(long, value_name = "DOMAIN")]
    pub(super) domain: Option<String>,
    /// Show changes of rows that mention it; looks in every domain.
    #[arg(long, value_name = "IP|MAC|NAME|UUID")]
    pub(super) about: Option<String>,
    /// Show also what changes by itself (expiry, ages, counters), as far as its values were kept; looks in every domain.
    #[arg(long)]
    pub(super) noise: bool,
    /// Look at this firewall only.
    #[arg(long, value_name = "NAME")]
    pub(super) firewall: Option<String>,
    /// Show at most this many changes, from 1 to 1000; 50 unless given.
    #[arg(long, value_name = "CHANGES")]
    pub(super) limit: Option<u32>,
    /// Go on after the page that gave this cursor.
    #[arg(long, value_name = "CURSOR")]
    pub(super) after: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct PresenceArgs {
    /// Show who had this address, or which addresses this device had; everybody unless given.
    #[arg(value_name = "IP|NETWORK|MAC|NAME")]
    pub(super) about: Option<String>,
    /// Show what had not ended by this moment.
    #[arg(long, value_name = "MOMENT")]
    pub(super) since: Option<String>,
    /// Show what had begun by this moment; with the same `--since` who was there then.
    #[arg(long, value_name = "MOMENT")]
    pub(super) until: Option<String>,
    /// Go on after the page that gave this cursor.
    #[arg(long, value_name = "CURSOR")]
    pub(super) after: Option<String>,
    /// Show at most this many rows, from 1 to 1000; 50 unless given.
    #[arg(long, value_name = "ROWS")]
    pub(super) limit: Option<u32>,
    /// Look at this firewall only.
    #[arg(long, value_name = "NAME")]
    pub(super) firewall: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct LabelArgs {
    /// Device that the words are about; without one every label is shown.
    #[arg(value_name = "MAC|IP|NAME")]
    pub(super) device: Option<String>,
    /// Call it this; an empty text removes what is there.
    #[arg(long = "name", visible_alias = "as", value_name = "NAME", requires = "device")]
    pub(super) label_name: Option<String>,
    /// Say whose it is.
    #[arg(long, value_name = "OWNER", requires = "device")]
    pub(super) owner: Option<String>,
    /// Say what it belongs to.
    #[arg(long, value_name = "GROUP", requires = "device")]
    pub(super) group: Option<String>,
    /// Say anything else about it.
    #[arg(long, value_name = "TEXT", requires = "device")]
    pub(super) note: Option<String>,
    /// Remove everything that is said about it.
    #[arg(long, requires = "device", conflicts_with_all = ["label_name", "owner", "group", "note"])]
    pub(super) remove: bool,
}

#[derive(Debug, Args)]
pub(super) struct HistoryArgs {
    /// Show runs of this firewall only.
    #[arg(long, value_name = "NAME")]
    pub(super) firewall: Option<String>,
    /// Show runs before this one.
    #[arg(long, value_name = "RUN")]
    pub(super) before: Option<i64>,
    /// Show at most this many runs; 20 unless given.
    #[arg(long, value_name = "RUNS", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(super) limit: Option<u32>,
}

#[derive(Debug, Args)]
pub(super) struct SnapshotArgs {
    #[command(subcommand)]
    pub(super) command: SnapshotCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum SnapshotCommand {
    /// Print the rows of a domain as they are stored, one JSON object per line; `--as-of` chooses the moment.
    Export(ExportArgs),
    /// Read every chunk and compare it with its hash.
    Verify,
}

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// Domain to print, such as `firewall_rules`.
    #[arg(value_name = "DOMAIN")]
    pub(super) domain: String,
    /// Print the state of this firewall; needed when there are several.
    #[arg(long, value_name = "NAME")]
    pub(super) firewall: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct PruneArgs {
    /// Say what would go and change nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
}

#[derive(Debug, Args)]
pub(super) struct BackupArgs {
    /// File to write; it must not exist.
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
}
