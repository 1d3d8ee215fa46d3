//! Bad rules, found: hidden, contradictory, too open, pointing nowhere.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::rules::{Class, Rule};

use super::error::AskError;
use super::freshness::Freshness;
use super::lint_aliases::aliases;
use super::lint_exposure::{exposures, families, forwards};
use super::lint_rules::{duplicates, hidden, one_rule};
use super::query::Ask;
use super::ruleset::Loaded;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    High,
    Medium,
    Low,
    Info,
}

impl Severity {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Info => "info",
        }
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable as long as the finding is: its code and what it is about.
    pub id: String,
    pub code: &'static str,
    pub severity: Severity,
    /// One sentence.
    pub text: String,
    /// What to do.
    pub advice: &'static str,
    /// Uuids of rules and names of aliases that show it.
    pub evidence: Vec<String>,
    /// A packet that proves it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<String>,
    /// Why it is not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<String>,
}

/// A finding that somebody decided to live with.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suppression {
    pub id: String,
    pub reason: String,
}

#[derive(Debug, Clone, Default)]
pub struct LintQuestion {
    pub firewall: Option<String>,
    /// Only findings at least so bad.
    pub severity: Option<Severity>,
    /// Only findings of this code.
    pub code: Option<String>,
    pub limit: Option<usize>,
    pub suppressions: Vec<Suppression>,
}

/// The answer.
#[derive(Debug, Clone, Serialize)]
pub struct Lint {
    pub findings: Vec<Finding>,
    pub total: usize,
    /// Findings by severity.
    pub counts: BTreeMap<&'static str, usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    #[serde(flatten)]
    pub freshness: Freshness,
}

/// Findings shown unless asked otherwise.
const SHOWN: usize = 30;

impl Ask {
    /// Looks for everything it knows to look for.
    pub async fn lint(&self, question: &LintQuestion) -> Result<Lint, AskError> {
        let loaded = self.ruleset(question.firewall.as_deref()).await?;
        let mut findings = findings(&loaded)?;
        findings.extend(self.names_and_addresses(&loaded).await?);
        for finding in &mut findings {
            let known = question.suppressions.iter().find(|s| s.id == finding.id);
            finding.suppressed = known.map(|s| s.reason.clone());
        }
        findings.retain(|f| {
            question.severity.is_none_or(|least| f.severity <= least)
                && question.code.as_deref().is_none_or(|code| f.code == code)
        });
        findings.sort_by(|a, b| {
            (a.suppressed.is_some(), a.severity, a.code, &a.id).cmp(&(
                b.suppressed.is_some(),
                b.severity,
                b.code,
                &b.id,
            ))
        });
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        for finding in findings.iter().filter(|f| f.suppressed.is_none()) {
            *counts.entry(finding.severity.as_str()).or_default() += 1;
        }
        let total = findings.len();
        findings.truncate(question.limit.unwrap_or(SHOWN));
        let mut unknown = loaded.ruleset.gaps.clone();
        unknown.retain(|gap| !loaded.freshness.notes.contains(gap));
        Ok(Lint { findings, total, counts, unknown, freshness: loaded.freshness.clone() })
    }
}

/// Everything that the ruleset itself shows.
pub fn findings(loaded: &Loaded) -> Result<Vec<Finding>, AskError> {
    let ruleset = &loaded.ruleset;
    let mut all = Vec::new();
    hidden(ruleset, &mut all);
    for rule in ruleset.rules.iter().filter(|r| r.class != Class::Automatic) {
        one_rule(ruleset, rule, &mut all);
    }
    duplicates(ruleset, &mut all);
    exposures(ruleset, &mut all)?;
    forwards(loaded, &mut all);
    aliases(loaded, &mut all);
    families(ruleset, &mut all)?;
    Ok(all)
}

pub(super) fn finding(
    code: &'static str,
    severity: Severity,
    about: &str,
    text: String,
    advice: &'static str,
) -> Finding {
    Finding {
        id: format!("{code}:{about}"),
        code,
        severity,
        text,
        advice,
        evidence: vec![about.to_owned()],
        witness: None,
        suppressed: None,
    }
}

pub(super) fn title(rule: &Rule) -> String {
    let name = &rule.row.description;
    let name = if name.is_empty() { rule.id() } else { format!("`{name}`") };
    format!("{} rule {} {name}", rule.class.as_str(), rule.number)
}
