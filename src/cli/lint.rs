//! `opndex lint`: bad rules.

use std::path::Path;

use crate::ask::{Ask, Lint, LintQuestion, Severity, Suppression};

use super::args::Format;
use super::error::CliError;
use super::exit;
use super::outcome::Outcome;
use super::rule_args::{LintArgs, LintSeverity};
use super::table::{self, Grid};
use super::words;

pub(super) async fn run(ask: &Ask, args: &LintArgs, format: Format) -> Result<Outcome, CliError> {
    let question = LintQuestion {
        firewall: args.firewall.clone(),
        severity: args.severity.map(severity),
        code: args.code.clone(),
        limit: Some(args.limit.unwrap_or(usize::MAX)),
        suppressions: args.suppress.as_deref().map(suppressions).transpose()?.unwrap_or_default(),
    };
    let lint = ask.lint(&question).await?;
    let answer = match format {
        Format::Json => table::json(&lint)?,
        Format::Csv => grid(&lint).csv()?,
        Format::Table => grid(&lint).text(),
    };
    let counts: Vec<String> = lint.counts.iter().map(|(s, n)| format!("{n} {s}")).collect();
    let notes = format!(
        "{} ({}) · {}\n{}",
        words::count(u64::try_from(lint.total).unwrap_or(u64::MAX), "finding"),
        counts.join(", "),
        words::freshness(&lint.freshness),
        words::notes(&lint.freshness)
    );
    let notes = if format == Format::Json { String::new() } else { notes };
    Ok(Outcome { answer, notes, exit: exit::WELL })
}

const fn severity(asked: LintSeverity) -> Severity {
    match asked {
        LintSeverity::High => Severity::High,
        LintSeverity::Medium => Severity::Medium,
        LintSeverity::Low => Severity::Low,
        LintSeverity::Info => Severity::Info,
    }
}

/// A JSON list of `{"id": ..., "reason": ...}`.
fn suppressions(path: &Path) -> Result<Vec<Suppression>, CliError> {
    let wrong = |why: String| CliError::Proposal { path: path.to_owned(), why };
    let text = std::fs::read_to_string(path).map_err(|cause| wrong(cause.to_string()))?;
    let list: Vec<Suppression> =
        serde_json::from_str(&text).map_err(|cause| wrong(cause.to_string()))?;
    match list.iter().find(|s| s.reason.trim().is_empty()) {
        Some(bare) => Err(wrong(format!("`{}` is suppressed without a reason", bare.id))),
        None => Ok(list),
    }
}

fn grid(lint: &Lint) -> Grid {
    let mut grid = Grid::new(["severity", "finding", "advice", "witness", "id", "suppressed"]);
    for finding in &lint.findings {
        grid.row([
            finding.severity.as_str(),
            &finding.text,
            finding.advice,
            finding.witness.as_deref().unwrap_or_default(),
            &finding.id,
            finding.suppressed.as_deref().unwrap_or_default(),
        ]);
    }
    grid.without_empty_columns()
}
