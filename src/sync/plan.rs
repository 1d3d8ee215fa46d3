//! Which domains are due. Pure.

use std::time::Duration;

use crate::domain::{ALL, AnyDomain, Cadence};

use super::extra::Extra;

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
    /// How often to read what the settings name in addition.
    pub extra: When,
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
    /// What the settings name in addition.
    Extra,
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
            (due @ (Self::Named(_) | Self::Runtime | Self::Extra), Self::ConfigIfChanged)
            | (Self::ConfigIfChanged, due @ (Self::Named(_) | Self::Runtime | Self::Extra)) => due,
            _ => Self::All,
        }
    }

    /// The domains to read when the configuration revision is `seen` and the store shows `stored`.
    pub fn domains(
        &self,
        extra: &Extra,
        stored: Option<&str>,
        seen: Option<&str>,
    ) -> Vec<&'static dyn AnyDomain> {
        let is_config = |d: &dyn AnyDomain| matches!(d.cadence(), Cadence::Config | Cadence::Daily);
        let is_runtime = |d: &dyn AnyDomain| d.cadence() == Cadence::Runtime;
        let wanted = |domain: &&'static dyn AnyDomain| {
            let d = *domain;
            match self {
                Self::All => is_config(d) || is_runtime(d) || extra.has(d),
                Self::Runtime => is_runtime(d),
                // A firewall that does not say its revision is read by the slower clock alone.
                Self::ConfigIfChanged if seen.is_none() || seen == stored => false,
                Self::Config | Self::ConfigIfChanged => is_config(d),
                Self::Extra => extra.has(d),
                Self::Named(names) => names.contains(&d.name()),
            }
        };
        ALL.iter().copied().filter(wanted).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configuration_is_read_only_when_its_revision_moved() {
        let due = Due::ConfigIfChanged;
        assert!(due.domains(&Extra::default(), Some("a"), Some("a")).is_empty());
        assert!(due.domains(&Extra::default(), Some("a"), None).is_empty());
        assert!(
            due.domains(&Extra::default(), None, Some("a")).iter().any(|d| d.name() == "vlans")
        );
        let changed = due.domains(&Extra::default(), Some("a"), Some("b"));
        assert!(changed.iter().all(|d| matches!(d.cadence(), Cadence::Config | Cadence::Daily)));
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

    #[test]
    fn what_is_opt_in_is_read_only_when_named() {
        let names = |due: Due, extra: &Extra| -> Vec<&str> {
            due.domains(extra, None, None).iter().map(|d| d.name()).collect()
        };
        let some = Extra::of(&["pf_states".to_owned()]).unwrap();
        assert!(!names(Due::All, &Extra::default()).contains(&"pf_states"));
        assert!(names(Due::All, &some).contains(&"pf_states"));
        assert!(!names(Due::All, &some).contains(&"users"));
        assert_eq!(names(Due::Extra, &some), ["pf_states"]);
        assert!(!names(Due::Runtime, &some).contains(&"pf_states"));
    }
}
