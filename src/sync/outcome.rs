//! What a run did, domain by domain.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::types::{Release, RunId};

/// How one domain came out of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DomainState {
    /// Read in full, and something differed.
    Fresh,
    /// Read in full, and nothing differed.
    Unchanged,
    /// This firewall has none of its endpoints.
    Absent,
    /// Some endpoints answered and some did not; rows of those that did not are kept.
    Partial,
    /// The API key may not read it.
    Denied,
    /// No answer in time.
    Unreachable,
    /// Answers that are none.
    Malformed,
    /// Empty where there were rows; not believed yet.
    Suspect,
    /// Opt-in, and the settings do not name it: it was not asked for.
    Off,
}

impl DomainState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Unchanged => "unchanged",
            Self::Absent => "absent",
            Self::Partial => "partial",
            Self::Denied => "denied",
            Self::Unreachable => "unreachable",
            Self::Malformed => "malformed",
            Self::Suspect => "suspect",
            Self::Off => "off",
        }
    }

    /// Whether the tables now show the firewall's own words.
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Fresh | Self::Unchanged | Self::Absent)
    }
}

impl fmt::Display for DomainState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for DomainState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One line of a run's summary.
#[derive(Debug, Clone, Serialize)]
pub struct DomainReport {
    pub domain: &'static str,
    pub state: DomainState,
    pub rows: u64,
    pub changed: u64,
    pub rejects: u64,
    pub elapsed_ms: u64,
    pub reason: Option<String>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    /// Every domain is fresh, unchanged or absent.
    Complete,
    /// Some domains are not.
    Partial,
    /// No domain was read.
    Failed,
    Cancelled,
}

/// A finished run of one firewall.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    pub firewall: String,
    pub run: Option<RunId>,
    pub release: Option<Release>,
    pub ending: Ending,
    pub requests: u64,
    pub elapsed_ms: u64,
    /// Why no domain was read, if so.
    pub reason: Option<String>,
    pub domains: Vec<DomainReport>,
}

impl Report {
    pub fn changed(&self) -> u64 {
        self.domains.iter().map(|d| d.changed).sum()
    }
}

/// Something a person watching would like to know.
#[derive(Debug, Clone)]
pub enum Event {
    /// So many domains will be read.
    Planned(usize),
    Started(&'static str),
    Finished(DomainReport),
}
