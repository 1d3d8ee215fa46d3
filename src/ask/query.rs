//! Rows of one domain: filters, columns, pages.

use std::sync::Arc;

use serde_json::Value;

use crate::domain::{AnyDomain, ColumnSpec};
use crate::store::{Filter, FirewallRow, Page, Selection, Store, Total};
use crate::types::{Clock, FirewallId, did_you_mean};

use super::answer::Answer;
use super::catalog;
use super::cursor;
use super::error::AskError;
use super::filter;
use super::freshness::{best_effort, freshness};
use super::lint::Suppression;
use super::overall::Overall;
use super::ruleset::Rulesets;

/// Rows of a page unless asked otherwise: 50 leases are about 1,500 tokens.
pub const DEFAULT_LIMIT: u32 = 50;

/// Rows of a page at most; more is paged, so that no answer is unbounded in memory.
pub const MAX_LIMIT: u32 = 1_000;

/// Asks the store. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Ask {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) rulesets: Rulesets,
    /// Findings that somebody decided to live with, from the settings.
    pub(super) suppressions: Arc<[Suppression]>,
    pub(super) overall: Overall,
}

/// A question about one domain, in words.
#[derive(Debug, Clone, Default)]
pub struct Query {
    pub domain: String,
    /// Name of one firewall; all of them when absent.
    pub firewall: Option<String>,
    /// Conditions; all must hold. Each may join several by `and`.
    pub filters: Vec<String>,
    /// Columns to show; all that have a value when empty.
    pub columns: Vec<String>,
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// Only count.
    pub count_only: bool,
    /// A moment of the past, as [`Ask::at`] reads it; only the tables of this domain are rebuilt.
    pub as_of: Option<String>,
}

impl Ask {
    pub fn new(store: Store, clock: Clock) -> Self {
        Self {
            store,
            clock,
            rulesets: Rulesets::default(),
            suppressions: Arc::default(),
            overall: Overall::default(),
        }
    }

    /// The same with findings of [`Ask::lint`] that may stay: the reason by the id of each.
    #[must_use]
    pub fn with_suppressions(self, reasons: impl IntoIterator<Item = (String, String)>) -> Self {
        let suppressions = reasons.into_iter().map(|(id, reason)| Suppression { id, reason });
        Self { suppressions: suppressions.collect(), ..self }
    }

    /// Answers from the store alone.
    pub async fn query(&self, query: &Query) -> Result<Answer, AskError> {
        let domain = catalog::domain(&query.domain)?;
        let limit = limit(query.limit)?;
        let filters = filters(domain, &query.filters)?;
        let columns = columns(domain, &query.columns)?;
        let store = self.store_at(query.as_of.as_deref(), &[domain]).await?;
        let look = store.look();
        let known = look.firewalls().await?;
        let firewall = query.firewall.as_deref().map(|name| firewall(&known, name)).transpose()?;
        // With a single firewall the primary key's prefix is known: pages are read in key order without a sort.
        let scope = firewall.or_else(|| only(&known));
        let question = question(domain, scope, &query.filters);
        let mut selection = Selection {
            domain,
            firewall: scope,
            filters,
            columns,
            after: None,
            limit,
            rows_wanted: !query.count_only,
        };
        let cells = selection.order().len();
        selection.after = query
            .after
            .as_deref()
            .map(|text| cursor::decode(&question, cells, text))
            .transpose()?;
        let page = look.select(&selection).await?;
        let about = known
            .iter()
            .filter(|f| firewall.is_none_or(|id| id == f.id))
            .map(|f| (f.id, f.name.clone()))
            .collect::<Vec<_>>();
        let mut answer = self.answer(&selection, page, &question, &about, query.columns.is_empty());
        let asked = known.iter().filter(|f| firewall.is_none_or(|id| id == f.id));
        answer.freshness.notes.extend(best_effort(asked));
        Ok(answer)
    }

    fn answer(
        &self,
        selection: &Selection,
        page: Page,
        question: &str,
        about: &[(FirewallId, String)],
        compact: bool,
    ) -> Answer {
        let freshness = freshness(
            selection.domain.name(),
            &page.sources,
            &page.statuses,
            about,
            self.clock.now(),
        );
        let (total, at_least) = match page.total {
            Total::Exactly(n) => (n, false),
            Total::AtLeast(n) => (n, true),
        };
        let mut columns: Vec<&'static str> = selection.columns.iter().map(|c| c.name).collect();
        let mut rows = page.rows;
        if selection.firewall.is_none() && about.len() > 1 {
            // Rows of several firewalls: each says whose it is.
            columns.insert(0, "firewall");
            for (row, id) in rows.iter_mut().zip(&page.firewalls) {
                let name =
                    about.iter().find(|(known, _)| known == id).map(|(_, name)| name.as_str());
                row.insert(0, name.into());
            }
        }
        let mut answer = Answer {
            domain: selection.domain.name(),
            columns,
            rows,
            total,
            total_is_at_least: at_least,
            next: page.next.map(|key| cursor::encode(question, &key)),
            freshness,
        };
        if compact && !answer.rows.is_empty() {
            leave_out_empty(&mut answer);
        }
        answer
    }
}

/// Columns that say nothing on this page only cost tokens, unless they were asked for.
pub(super) fn leave_out_empty(answer: &mut Answer) {
    let mac = answer.columns.iter().position(|column| *column == "mac");
    let says = |column: &str, cell: &Value, row: &[Value]| match column {
        // Nothing to tell apart.
        "duplicate" | "tie" => cell != 0 && !cell.is_null(),
        // RFC 2132, 9.14: most clients take their type (1 for Ethernet) and hardware address.
        "client_id" => {
            match (cell.as_str(), mac.and_then(|i| row.get(i)).and_then(Value::as_str)) {
                (Some(id), Some(mac)) => id.strip_prefix("01:") != Some(mac),
                (id, _) => id.is_some(),
            }
        }
        _ => !cell.is_null(),
    };
    let used: Vec<bool> = answer
        .columns
        .iter()
        .enumerate()
        .map(|(i, name)| {
            answer.rows.iter().any(|row| row.get(i).is_some_and(|cell| says(name, cell, row)))
        })
        .collect();
    let keep = |i: usize| used.get(i).copied().unwrap_or(false);
    let columns = std::mem::take(&mut answer.columns);
    answer.columns =
        columns.into_iter().enumerate().filter(|(i, _)| keep(*i)).map(|(_, c)| c).collect();
    for row in &mut answer.rows {
        let cells = std::mem::take(row);
        *row =
            cells.into_iter().enumerate().filter(|(i, _)| keep(*i)).map(|(_, cell)| cell).collect();
    }
}

pub(super) fn limit(asked: Option<u32>) -> Result<u32, AskError> {
    match asked.unwrap_or(DEFAULT_LIMIT) {
        limit if (1..=MAX_LIMIT).contains(&limit) => Ok(limit),
        limit => Err(AskError::Limit { limit, most: MAX_LIMIT }),
    }
}

fn filters(domain: &'static dyn AnyDomain, texts: &[String]) -> Result<Vec<Filter>, AskError> {
    let mut filters = Vec::new();
    for text in texts.iter().filter(|t| !t.trim().is_empty()) {
        filters.extend(filter::parse(domain, text)?);
    }
    Ok(filters)
}

fn columns(domain: &'static dyn AnyDomain, names: &[String]) -> Result<Vec<ColumnSpec>, AskError> {
    if names.is_empty() {
        return Ok(domain.columns());
    }
    names
        .iter()
        .flat_map(|n| n.split(','))
        .filter(|n| !n.trim().is_empty())
        .map(|name| catalog::column(domain, name))
        .collect()
}

/// A firewall by name.
pub(super) fn firewall(known: &[FirewallRow], name: &str) -> Result<FirewallId, AskError> {
    known.iter().find(|f| f.name.eq_ignore_ascii_case(name.trim())).map(|f| f.id).ok_or_else(|| {
        let names = || known.iter().map(|f| f.name.as_str());
        AskError::UnknownFirewall {
            name: name.chars().take(60).collect(),
            suggestion: did_you_mean(name, names()),
            known: if known.is_empty() {
                "none was synced yet".to_owned()
            } else {
                names().collect::<Vec<_>>().join(", ")
            },
        }
    })
}

pub(super) fn only(known: &[FirewallRow]) -> Option<FirewallId> {
    match known {
        [one] => Some(one.id),
        _ => None,
    }
}

/// What a cursor belongs to: everything that decides which rows follow which.
fn question(
    domain: &'static dyn AnyDomain,
    firewall: Option<FirewallId>,
    filters: &[String],
) -> String {
    format!("{}\n{:?}\n{}", domain.name(), firewall, filters.join("\n"))
}
