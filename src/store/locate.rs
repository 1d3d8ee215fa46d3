//! Everything the store knows about one address, hardware address or name, in one statement.

use std::net::IpAddr;

use sea_query::{Value as SqlValue, Values};
use sqlx::Row;

use crate::domain::{ALL, AnyDomain, ColumnSpec, Kind, primary_key};
use crate::types::{FirewallId, MacAddr, sort_key};

use super::error::StoreError;
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

impl Store {
    /// Rows of every domain that mention `needle`, at most `per_column` for each column; of names twice as many,
    /// those that say exactly it first.
    pub async fn locate(
        &self,
        needle: &Needle,
        firewall: Option<FirewallId>,
        per_column: u32,
    ) -> Result<Vec<Hit>, StoreError> {
        let failed = || StoreError::query("locate");
        let (text, values) = statement(needle, firewall, per_column);
        let rows = sql::fetch_all(&self.readers, text, values).await.map_err(failed())?;
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

    /// The statement that looks for `needle`, for people who read SQL.
    pub fn locate_statement(
        needle: &Needle,
        firewall: Option<FirewallId>,
        per_column: u32,
    ) -> String {
        statement(needle, firewall, per_column).0
    }
}

/// One part per searchable column. ?1 is what is looked for, ?2 where the names that begin with it end: with
/// parameters of its own for each part, binding and comparing them took as long as the search of most.
fn statement(
    needle: &Needle,
    firewall: Option<FirewallId>,
    per_column: u32,
) -> (String, Values) {
    let values: Vec<SqlValue> = match needle {
        Needle::Ip(ip) => vec![sort_key(*ip).to_vec().into()],
        Needle::Mac(mac) => vec![mac.to_string().into()],
        Needle::Name(name) => vec![name.clone().into(), format!("{name}\u{10ffff}").into()],
    };
    let firewall = firewall.map_or_else(String::new, |firewall| {
        // `+`: the primary key begins with the firewall and would be walked instead of the column's index.
        format!(" AND +t.firewall_id = {}", firewall.get())
    });
    let mut search = Search { parts: Vec::new(), firewall, per_column };
    for domain in ALL {
        for column in domain.columns() {
            search.add(*domain, &column, needle);
        }
    }
    // The ranges that hold the address are looked for once, not once for each column of networks.
    let with = match needle {
        Needle::Ip(_) => {
            "WITH covering (range_firewall, range_domain, range_field, range_key) AS MATERIALIZED (
             SELECT firewall_id, domain, field, row_key FROM address_ranges WHERE first <= ?1 AND last >= ?1)\n"
        }
        _ => "",
    };
    (format!("{with}{}", search.parts.join("\nUNION ALL\n")), Values(values))
}

/// The statement in the making. Table and column names come from declarations, values are bound.
struct Search {
    parts: Vec<String>,
    /// A condition.
    firewall: String,
    per_column: u32,
}

impl Search {
    fn add(&mut self, domain: &'static dyn AnyDomain, column: &ColumnSpec, needle: &Needle) {
        match (needle, column.kind) {
            (Needle::Ip(_), Kind::Ip) | (Needle::Mac(_), Kind::Mac) => self.equal(domain, column),
            (Needle::Name(_), Kind::Name) => self.named(domain, column),
            (Needle::Ip(_), Kind::Nets) => self.covering(domain, column),
            _ => {}
        }
    }

    fn equal(&mut self, domain: &'static dyn AnyDomain, column: &ColumnSpec) {
        let (name, cells, firewall) = (domain.name(), cells(domain), &self.firewall);
        self.parts.push(format!(
            "SELECT * FROM (SELECT t.firewall_id, '{name}', '{}', 'exact', json_array({cells}) FROM \"{name}\" t \
             WHERE t.\"{}\" = ?1{firewall} LIMIT {})",
            column.name,
            column.search_name(),
            self.per_column
        ));
    }

    /// The name itself and names that begin with it are one stretch of the index, the name itself first.
    fn named(&mut self, domain: &'static dyn AnyDomain, column: &ColumnSpec) {
        let (name, cells, firewall) = (domain.name(), cells(domain), &self.firewall);
        let search = column.search_name();
        self.parts.push(format!(
            "SELECT * FROM (SELECT t.firewall_id, '{name}', '{}', CASE t.\"{search}\" WHEN ?1 THEN 'exact' ELSE 'begins' END, \
             json_array({cells}) FROM \"{name}\" t \
             WHERE t.\"{search}\" >= ?1 AND t.\"{search}\" < ?2{firewall} ORDER BY t.\"{search}\" LIMIT {})",
            column.name,
            self.per_column.saturating_mul(2)
        ));
    }

    /// From the ranges to their rows: the key parts are compared as the primary key compares them. The columns
    /// of the ranges have names here that no domain's column has.
    fn covering(&mut self, domain: &'static dyn AnyDomain, column: &ColumnSpec) {
        let (name, cells, firewall) = (domain.name(), cells(domain), &self.firewall);
        let key: Vec<String> = primary_key(&domain.columns())
            .iter()
            .enumerate()
            .map(|(i, part)| format!("t.\"{part}\" = (r.range_key ->> {i}) COLLATE BINARY"))
            .collect();
        self.parts.push(format!(
            "SELECT * FROM (SELECT t.firewall_id, '{name}', '{}', 'covers', json_array({cells})
             FROM covering r CROSS JOIN \"{name}\" t ON t.firewall_id = r.range_firewall AND {}
             WHERE r.range_domain = '{name}' AND r.range_field = '{}'{firewall} LIMIT {})",
            column.name,
            key.join(" AND "),
            column.name,
            self.per_column
        ));
    }
}

fn cells(domain: &'static dyn AnyDomain) -> String {
    domain.columns().iter().map(cell_text).collect::<Vec<_>>().join(", ")
}
