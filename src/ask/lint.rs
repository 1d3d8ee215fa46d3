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
    /// The rows that show it, as a domain and a filter: `firewall_rules uuid = 1947e94d`.
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

impl Suppression {
    /// `no_log:*` covers every finding of a code.
    fn covers(&self, id: &str) -> bool {
        self.id.strip_suffix('*').map_or(self.id == id, |start| id.starts_with(start))
    }
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
        self.say_since_when(&loaded, &mut findings).await?;
        findings.extend(self.names_and_addresses(&loaded).await?);
        let suppressions: Vec<&Suppression> =
            question.suppressions.iter().chain(self.suppressions.iter()).collect();
        for finding in &mut findings {
            let known = suppressions.iter().find(|s| s.covers(&finding.id));
            finding.suppressed = known.map(|s| s.reason.clone());
        }
        let idle: Vec<String> = suppressions
            .iter()
            .filter(|s| !findings.iter().any(|f| s.covers(&f.id)))
            .map(|s| format!("no finding is `{}` any more: take it out of the suppressions", s.id))
            .collect();
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
        unknown.extend(idle);
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

/// What a finding is about: part of its id, and the row to look at.
#[derive(Debug, Clone, Copy)]
pub(super) enum About<'a> {
    Rule(&'a str),
    /// The rule that wins and the one that loses.
    Rules(&'a str, &'a str),
    Alias(&'a str),
    Forward(&'a str),
    /// By its key.
    Interface(&'a str),
    /// A name and its address.
    Record(&'a str, &'a str),
    /// A DHCP server and the reserved address.
    Reservation(&'a str, &'a str),
}

impl About<'_> {
    fn id(self) -> String {
        match self {
            Self::Rule(it) | Self::Alias(it) | Self::Forward(it) | Self::Interface(it) => {
                it.to_owned()
            }
            Self::Rules(winner, loser) => format!("{winner}+{loser}"),
            Self::Record(name, ip) => format!("{name}={ip}"),
            Self::Reservation(backend, ip) => format!("{backend}:{ip}"),
        }
    }

    /// A domain and a filter for `query`.
    fn rows(self) -> Vec<String> {
        match self {
            Self::Rule(uuid) => vec![rule_row(uuid)],
            Self::Rules(winner, loser) => vec![rule_row(winner), rule_row(loser)],
            Self::Alias(name) => vec![format!("aliases name = {name}")],
            Self::Forward(uuid) => vec![format!("destination_nat uuid = {uuid}")],
            Self::Interface(key) => vec![format!("interfaces key = {key}")],
            Self::Record(_, ip) => vec![format!("dns_records ip = {ip}")],
            Self::Reservation(_, ip) => vec![format!("dhcp_reservations ip = {ip}")],
        }
    }
}

pub(super) fn rule_row(uuid: &str) -> String {
    format!("firewall_rules uuid = {uuid}")
}

pub(super) fn finding(
    code: &'static str,
    severity: Severity,
    about: About<'_>,
    text: String,
    advice: &'static str,
) -> Finding {
    Finding {
        id: format!("{code}:{}", about.id()),
        code,
        severity,
        text,
        advice,
        evidence: about.rows(),
        witness: None,
        suppressed: None,
    }
}

pub(super) fn title(rule: &Rule) -> String {
    let name = &rule.row.description;
    let name = if name.is_empty() { rule.id() } else { format!("`{name}`") };
    format!("{} rule {} {name}", rule.class.as_str(), rule.number)
}
