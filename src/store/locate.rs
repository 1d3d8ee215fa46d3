//! Everything the store knows about one address, hardware address or name, in one statement.

use std::net::IpAddr;

use sea_query::{Value as SqlValue, Values};
use sqlx::Row;

use crate::domain::{ALL, AnyDomain, ColumnSpec, Kind, primary_key};
use crate::types::{FirewallId, MacAddr, sort_key};

use super::error::StoreError;
use super::filled::Filled;
use super::look::Look;
use super::open::Store;
use super::select::cell_text;
use super::sql;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Needle {
    Ip(IpAddr),
    Mac(MacAddr),
    /// Compared without case; then as the beginning of names.
    Name(String),
}

/// How a row was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sought {
    /// The column says exactly this.
    Exact,
    /// The column's name begins with it.
    Begins,
    /// One of the column's networks or ranges holds the address.
    Covers,
}

impl Sought {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Begins => "begins",
            Self::Covers => "covers",
        }
    }
}

/// A row that mentions it.
#[derive(Debug, Clone)]
pub struct Hit {
    pub firewall: FirewallId,
    pub domain: &'static dyn AnyDomain,
    pub column: String,
    pub how: Sought,
    /// Cells in the order of the domain's columns.
    pub row: Vec<serde_json::Value>,
}

impl Look<'_> {
    /// Rows of every domain that mention `needle`, at most `per_column` for each column; of names twice as many,
    /// those that say exactly it first.
    pub async fn locate(
        &self,
        needle: &Needle,
        firewall: Option<FirewallId>,
        per_column: u32,
    ) -> Result<Vec<Hit>, StoreError> {
        let failed = || StoreError::query("locate");
        let (sort, values) = sought(needle, firewall, per_column);
        let filled = self.filled().await?;
        let text = self.parts.text(sort.name(), || sort.text(filled));
        let mut rows = Vec::new();
        if !text.is_empty() {
            rows =
                sql::fetch_all(&self.store.readers, text, values.clone()).await.map_err(failed())?;
        }
        if !self.is_current() {
            // What had no rows may have some by now.
            let whole = sort.text(&Filled::Unknown).into();
            rows = sql::fetch_all(&self.store.readers, whole, values).await.map_err(failed())?;
        }
        let mut hits = Vec::with_capacity(rows.len());
        for row in rows {
            let read = || -> Result<_, sqlx::Error> {
                Ok((
                    row.try_get::<i64, _>(0)?,
                    row.try_get::<String, _>(1)?,
                    row.try_get(2)?,
                    row.try_get::<String, _>(3)?,
                    row.try_get::<String, _>(4)?,
                ))
            };
            let (firewall, domain, column, how, cells) = read().map_err(failed())?;
            let Some(domain) = crate::domain::by_name(&domain) else { continue };
            let how = match how.as_str() {
                "exact" => Sought::Exact,
                "covers" => Sought::Covers,
                _ => Sought::Begins,
            };
            let row = serde_json::from_str(&cells)
                .map_err(|_| StoreError::Declaration { domain: domain.name() })?;
            hits.push(Hit { firewall: FirewallId::new(firewall), domain, column, how, row });
        }
        Ok(hits)
    }
}

impl Store {
    /// The statements that look for an address, a hardware address and a name, for people who read SQL.
    pub fn locate_statements() -> [String; 3] {
        [Sort::Ip, Sort::Mac, Sort::Name].map(|sort| sort.text(&Filled::Unknown))
    }
}

/// What a statement looks for. There is one text for each while the same tables have rows, so that it is put together
/// once and found again among the prepared ones: built for each call, the 50 KB for all tables were 4 % of what a
/// server under load did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Ip,
    Mac,
    Name,
}

impl Sort {
    const fn name(self) -> &'static str {
        match self {
            Self::Ip => "locate an address",
            Self::Mac => "locate a hardware address",
            Self::Name => "locate a name",
        }
    }

    /// Nothing when no table has rows.
    fn text(self, filled: &Filled) -> String {
        let mut search = Search::default();
        for domain in ALL.iter().filter(|domain| filled.has(domain.name())) {
            for column in domain.columns() {
                search.add(*domain, &column, self);
            }
        }
        // The ranges that hold the address are looked for once, not once for each column of networks.
        let with = if search.covers {
            "WITH covering (range_firewall, range_domain, range_field, range_key) AS MATERIALIZED (
         SELECT firewall_id, domain, field, row_key FROM address_ranges WHERE first <= ?1 AND last >= ?1)\n"
        } else {
            ""
        };
        format!("{with}{}", search.parts.join("\nUNION ALL\n"))
    }
}

/// ?1 is what is looked for, ?2 where the names that begin with it end, ?3 the firewall, ?4 the rows of a column.
fn sought(needle: &Needle, firewall: Option<FirewallId>, per_column: u32) -> (Sort, Values) {
    let (sort, first, last): (Sort, SqlValue, Option<String>) = match needle {
        Needle::Ip(ip) => (Sort::Ip, sort_key(*ip).to_vec().into(), None),
        Needle::Mac(mac) => (Sort::Mac, mac.to_string().into(), None),
        Needle::Name(name) => (Sort::Name, name.clone().into(), Some(format!("{name}\u{10ffff}"))),
    };
    let values = vec![
        first,
        last.into(),
        firewall.map(FirewallId::get).into(),
        i64::from(per_column).into(),
    ];
    (sort, Values(values))
}

/// `+`: the primary key begins with the firewall and would be walked instead of the column's index.
const OF_FIREWALL: &str = "(?3 IS NULL OR +t.firewall_id = ?3)";

/// A statement in the making: one part per searchable column. Table and column names come from declarations.
#[derive(Default)]
struct Search {
    parts: Vec<String>,
    /// Some part reads `covering`.
    covers: bool,
}

impl Search {
    fn add(&mut self, domain: &'static dyn AnyDomain, column: &ColumnSpec, sort: Sort) {
        match (sort, column.kind) {
            (Sort::Ip, Kind::Ip) | (Sort::Mac, Kind::Mac) => self.equal(domain, column),
            (Sort::Name, Kind::Name) => self.named(domain, column),
            (Sort::Ip, Kind::Nets) => self.covering(domain, column),
            _ => {}
        }
    }

    fn equal(&mut self, domain: &'static dyn AnyDomain, column: &ColumnSpec) {
        let (name, cells) = (domain.name(), cells(domain));
        self.parts.push(format!(
            "SELECT * FROM (SELECT t.firewall_id, '{name}', '{}', 'exact', json_array({cells}) FROM \"{name}\" t \
             WHERE t.\"{}\" = ?1 AND {OF_FIREWALL} LIMIT ?4 + 0)",
            column.name,
            column.search_name(),
        ));
    }

    /// The name itself and names that begin with it are one stretch of the index, the name itself first.
    fn named(&mut self, domain: &'static dyn AnyDomain, column: &ColumnSpec) {
        let (name, cells) = (domain.name(), cells(domain));
        let search = column.search_name();
        self.parts.push(format!(
            "SELECT * FROM (SELECT t.firewall_id, '{name}', '{}', CASE t.\"{search}\" WHEN ?1 THEN 'exact' ELSE 'begins' END, \
             json_array({cells}) FROM \"{name}\" t \
             WHERE t.\"{search}\" >= ?1 AND t.\"{search}\" < ?2 AND {OF_FIREWALL} ORDER BY t.\"{search}\" LIMIT ?4 * 2)",
            column.name,
        ));
    }

    /// From the ranges to their rows: the key parts are compared as the primary key compares them. The columns
    /// of the ranges have names here that no domain's column has.
    fn covering(&mut self, domain: &'static dyn AnyDomain, column: &ColumnSpec) {
        self.covers = true;
        let (name, cells) = (domain.name(), cells(domain));
        let key: Vec<String> = primary_key(&domain.columns())
            .iter()
            .enumerate()
            .map(|(i, part)| sql::is_part(part, &format!("r.range_key ->> {i}")))
            .collect();
        self.parts.push(format!(
            "SELECT * FROM (SELECT t.firewall_id, '{name}', '{}', 'covers', json_array({cells})
             FROM covering r CROSS JOIN \"{name}\" t ON t.firewall_id = r.range_firewall AND {}
             WHERE r.range_domain = '{name}' AND r.range_field = '{}' AND {OF_FIREWALL} LIMIT ?4 + 0)",
            column.name,
            key.join(" AND "),
            column.name,
        ));
    }
}

fn cells(domain: &'static dyn AnyDomain) -> String {
    domain.columns().iter().map(cell_text).collect::<Vec<_>>().join(", ")
}
