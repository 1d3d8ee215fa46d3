//! Which domains are due. Pure.

use std::time::Duration;

use crate::domain::{ALL, AnyDomain, Cadence};

/// When one class of domains is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    Every(Duration),
    /// Five fields (minute first) or six (second first), in UTC.
    Cron(String),
    Never,
}

/// The schedule of one firewall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Domains with a clock of their own: leases, neighbours, link states.
    pub runtime: When,
    /// How often to ask whether the configuration changed; its domains are read only then.
    pub probe: When,
    /// How often to read the configuration domains whatever the probe says.
    pub config: When,
    /// Read everything at start.
    pub on_start: bool,
}

/// What a run is asked to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due {
    /// Whatever has a clock: not what is read only on demand.
    All,
    Runtime,
    Config,
    /// The configuration domains, if the configuration revision moved.
    ConfigIfChanged,
    Named(Vec<&'static str>),
}

impl Due {
    /// One run that satisfies both.
    pub fn join(self, other: Self) -> Self {
        if self == other {
            return self;
        }
        match (self, other) {
            (Self::Named(mut a), Self::Named(b)) => {
                a.extend(b);
                a.sort_unstable();
                a.dedup();
                Self::Named(a)
            }
            (Self::Config, Self::ConfigIfChanged) | (Self::ConfigIfChanged, Self::Config) => {
                Self::Config
            }
            // A probe is cheap and comes again; what else is asked must not wait for it.
            (due @ (Self::Named(_) | Self::Runtime), Self::ConfigIfChanged)
            | (Self::ConfigIfChanged, due @ (Self::Named(_) | Self::Runtime)) => due,
            _ => Self::All,
        }
    }

    /// The domains to read when the configuration revision is `seen` and the store shows `stored`.
    pub fn domains(&self, stored: Option<&str>, seen: Option<&str>) -> Vec<&'static dyn AnyDomain> {
        let of = |cadence| ALL.iter().copied().filter(|d| d.cadence() == cadence).collect();
        match self {
            Self::All => ALL.iter().copied().filter(|d| d.cadence() != Cadence::OnDemand).collect(),
            Self::Runtime => of(Cadence::Runtime),
            // A firewall that does not say its revision is read by the slower clock alone.
            Self::ConfigIfChanged if seen.is_none() || seen == stored => Vec::new(),
            Self::Config | Self::ConfigIfChanged => of(Cadence::Config),
            Self::Named(names) => {
                ALL.iter().copied().filter(|d| names.contains(&d.name())).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configuration_is_read_only_when_its_revision_moved() {
        let due = Due::ConfigIfChanged;
        assert!(due.domains(Some("a"), Some("a")).is_empty());
        assert!(due.domains(Some("a"), None).is_empty());
        assert!(due.domains(None, Some("a")).iter().any(|d| d.name() == "vlans"));
        assert!(due.domains(Some("a"), Some("b")).iter().all(|d| d.cadence() == Cadence::Config));
    }

    #[test]
    fn requests_that_meet_become_one_run() {
        assert_eq!(Due::Runtime.join(Due::Runtime), Due::Runtime);
        assert_eq!(Due::Runtime.join(Due::Config), Due::All);
        assert_eq!(
            Due::Named(vec!["arp"]).join(Due::Named(vec!["arp", "ndp"])),
            Due::Named(vec!["arp", "ndp"])
        );
        assert_eq!(Due::ConfigIfChanged.join(Due::Runtime), Due::Runtime);
    }
}
