//! What can be typed after `trace`, `reach` and `lint`. The comments here are the help.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(super) struct TraceArgs {
    /// Who sends the packet.
    #[arg(value_name = "FROM")]
    pub(super) from: String,
    /// Who is to receive it, with a port if there is one.
    #[arg(value_name = "TO[:PORT]")]
    pub(super) to: String,
    /// Protocol: tcp unless given, udp, icmp, esp, or a number.
    #[arg(long, value_name = "PROTOCOL")]
    pub(super) proto: Option<String>,
    /// Interface it arrives on, if it does not follow from FROM.
    #[arg(long = "in", value_name = "INTERFACE")]
    pub(super) interface: Option<String>,
    /// Local time of the firewall, for rules with schedules, such as 2026-11-25T20:15.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
    /// Source port; some high port unless given.
    #[arg(long, value_name = "PORT")]
    pub(super) source_port: Option<String>,
    /// ICMP type by name or number; an echo request unless given.
    #[arg(long, value_name = "TYPE")]
    pub(super) icmp_type: Option<String>,
    /// Ask about this firewall; needed when several are known.
    #[arg(long, value_name = "NAME")]
    pub(super) firewall: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct ReachArgs {
    /// Senders: an interface, network, alias, device, `internet` or `any`.
    #[arg(value_name = "FROM", requires = "to")]
    pub(super) from: Option<String>,
    /// Receivers, in the same words.
    #[arg(value_name = "TO")]
    pub(super) to: Option<String>,
    /// Only this protocol.
    #[arg(long, value_name = "PROTOCOL", requires = "to")]
    pub(super) proto: Option<String>,
    /// Only this destination port or range.
    #[arg(long, value_name = "PORT", requires = "to")]
    pub(super) port: Option<String>,
    /// Interface the packets arrive on, if it does not follow from FROM.
    #[arg(long = "in", value_name = "INTERFACE", requires = "to")]
    pub(super) interface: Option<String>,
    /// Local time of the firewall, for rules with schedules.
    #[arg(long, value_name = "TIME", requires = "to")]
    pub(super) at: Option<String>,
    /// Show only parts with this verdict: pass, block, reject or undecidable.
    #[arg(long, value_name = "VERDICT", requires = "to")]
    pub(super) verdict: Option<String>,
    /// Show at most this many parts; 30 unless given.
    #[arg(long, value_name = "PARTS", requires = "to")]
    pub(super) limit: Option<usize>,
    /// Show what the rules in this JSON file would open and close.
    #[arg(long, value_name = "FILE", requires = "to", conflicts_with = "since")]
    pub(super) diff: Option<PathBuf>,
    /// Show what was opened and closed since an earlier moment.
    #[arg(long, value_name = "MOMENT", requires = "to")]
    pub(super) since: Option<String>,
    /// Ask about this firewall; needed when several are known.
    #[arg(long, value_name = "NAME")]
    pub(super) firewall: Option<String>,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LintSeverity {
    High,
    Medium,
    Low,
    Info,
}

#[derive(Debug, Args)]
pub(super) struct LintArgs {
    /// Show findings at least this bad.
    #[arg(long, value_name = "SEVERITY")]
    pub(super) severity: Option<LintSeverity>,
    /// Show findings of this code only, such as `shadowed_rule`.
    #[arg(long, value_name = "CODE")]
    pub(super) code: Option<String>,
    /// Show at most this many findings.
    #[arg(long, value_name = "FINDINGS")]
    pub(super) limit: Option<usize>,
    /// Leave out what this JSON file lists: objects with the id of a finding and a reason.
    #[arg(long, value_name = "FILE")]
    pub(super) suppress: Option<PathBuf>,
    /// Look at this firewall; needed when several are known.
    #[arg(long, value_name = "NAME")]
    pub(super) firewall: Option<String>,
}
