//! Domains that are read only because the settings name them.

use std::sync::Arc;

use crate::domain::{ALL, AnyDomain, Cadence, by_name};
use crate::types::did_you_mean;

use super::error::SyncError;

/// What is read beyond the usual: private, or much, and therefore a decision of the user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extra(Arc<[&'static str]>);

impl Extra {
    /// Checks the names of the setting `sync.extra`. Dashes and case are forgiven, as in questions.
    pub fn of(names: &[String]) -> Result<Self, SyncError> {
        let mut known = names.iter().map(|name| domain(name)).collect::<Result<Vec<_>, _>>()?;
        known.sort_unstable();
        known.dedup();
        Ok(Self(known.into()))
    }

    /// Whether `domain` may be read: always, unless it is opt-in and not named.
    pub fn allows(&self, domain: &dyn AnyDomain) -> bool {
        domain.cadence() != Cadence::OptIn || self.has(domain)
    }

    pub(super) fn has(&self, domain: &dyn AnyDomain) -> bool {
        self.0.contains(&domain.name())
    }
}

/// Why a domain that is not named is not read.
pub(super) fn not_enabled(domain: &str) -> String {
    format!(
        "`{domain}` is opt-in and not enabled: add it to `sync.extra` in the settings, or use --sync-extra {domain}"
    )
}

fn can_be_named(domain: &dyn AnyDomain) -> bool {
    matches!(domain.cadence(), Cadence::OptIn | Cadence::OnDemand)
}

fn domain(name: &str) -> Result<&'static str, SyncError> {
    let wanted = name.trim().to_lowercase().replace('-', "_");
    let names = || ALL.iter().filter(|d| can_be_named(**d)).map(|d| d.name());
    let refuse = |why: String| SyncError::Extra {
        name: name.chars().take(60).collect(),
        why,
        known: names().collect::<Vec<_>>().join(", "),
    };
    match by_name(&wanted) {
        Some(domain) if can_be_named(domain) => Ok(domain.name()),
        Some(_) => Err(refuse("is read anyway".to_owned())),
        None => Err(refuse(format!("is no domain{}", did_you_mean(&wanted, names())))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(names: &[&str]) -> Result<Extra, SyncError> {
        Extra::of(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn what_is_not_named_is_not_allowed() {
        let extra = of(&["pf-states"]).unwrap();
        assert!(extra.allows(by_name("pf_states").unwrap()));
        assert!(!extra.allows(by_name("users").unwrap()));
        assert!(Extra::default().allows(by_name("arp").unwrap()));
    }

    #[test]
    fn a_wrong_name_is_refused_with_the_right_ones() {
        let wrong = of(&["pf_state"]).unwrap_err().to_string();
        assert!(wrong.contains("did you mean") && wrong.contains("config_revisions"), "{wrong}");
        let needless = of(&["arp"]).unwrap_err().to_string();
        assert!(needless.contains("is read anyway"), "{needless}");
    }
}
