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
    /// Rows of every domain that mention `needle`, at most `per_column` for each column.
    pub async fn locate(
        &self,
        needle: &Needle,
        firewall: Option<FirewallId>,
        per_column: u32,
    ) -> Result<Vec<Hit>, StoreError> {
        let failed = || StoreError::query("locate");
        let mut search = Search { parts: Vec::new(), values: Vec::new(), firewall, per_column };
        for domain in ALL {
            for column in domain.columns() {
                search.add(*domain, &column, needle);
            }
        }
        let text = search.parts.join(" UNION ALL ");
        let rows =
            sql::fetch_all(&self.readers, text, Values(search.values)).await.map_err(failed())?;
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

/// The statement in the making. Table and column names come from declarations, values are bound.
struct Search {
    parts: Vec<String>,
    values: Vec<SqlValue>,
    firewall: Option<FirewallId>,
    per_column: u32,
}

impl Search {
    fn add(&mut self, domain: &'static dyn AnyDomain, column: &ColumnSpec, needle: &Needle) {
        let search = column.search_name();
        match (needle, column.kind) {
            (Needle::Ip(ip), Kind::Ip) => {
                self.part(
                    domain,
                    column,
                    Sought::Exact,
                    &format!("t.\"{search}\" = ?"),
                    [sort_key(*ip).to_vec().into()],
                );
            }
            (Needle::Mac(mac), Kind::Mac) => {
                self.part(
                    domain,
                    column,
                    Sought::Exact,
                    &format!("t.\"{search}\" = ?"),
                    [mac.to_string().into()],
                );
            }
            (Needle::Name(name), Kind::Name) => {
                self.part(
                    domain,
                    column,
                    Sought::Exact,
                    &format!("t.\"{search}\" = ?"),
                    [name.clone().into()],
                );
                // The bare name itself is an exact hit already.
                let begins = format!("t.\"{search}\" > ? AND t.\"{search}\" < ?");
                self.part(
                    domain,
                    column,
                    Sought::Begins,
                    &begins,
                    [name.clone().into(), format!("{name}\u{10ffff}").into()],
                );
            }
            (Needle::Ip(ip), Kind::Nets) => self.covering(domain, column, *ip),
            _ => {}
        }
    }

    fn part(
        &mut self,
        domain: &'static dyn AnyDomain,
        column: &ColumnSpec,
        how: Sought,
        condition: &str,
        values: impl IntoIterator<Item = SqlValue>,
    ) {
        let (name, cells) = (domain.name(), cells(domain));
        self.values.extend(values);
        let firewall = self.firewall_condition();
        self.parts.push(format!(
            "SELECT * FROM (SELECT t.firewall_id, '{name}', '{}', '{}', json_array({cells}) FROM \"{name}\" t WHERE {condition}{firewall} LIMIT {})",
            column.name,
            how.as_str(),
            self.per_column
        ));
    }

    /// From the ranges to their rows: the key parts are compared as the primary key compares them. The columns
    /// of the ranges have names here that no domain's column has.
    fn covering(&mut self, domain: &'static dyn AnyDomain, column: &ColumnSpec, ip: IpAddr) {
        let (name, cells) = (domain.name(), cells(domain));
        let key: Vec<String> = primary_key(&domain.columns())
            .iter()
            .enumerate()
            .map(|(i, part)| format!("t.\"{part}\" = (r.range_key ->> {i}) COLLATE BINARY"))
            .collect();
        let bytes = sort_key(ip).to_vec();
        self.values.extend([bytes.clone().into(), bytes.into()]);
        let firewall = self.firewall_condition();
        self.parts.push(format!(
            "SELECT * FROM (SELECT t.firewall_id, '{name}', '{}', 'covers', json_array({cells})
             FROM (SELECT firewall_id AS range_firewall, row_key AS range_key FROM address_ranges
                   WHERE first <= ? AND last >= ? AND domain = '{name}' AND field = '{}') r
             CROSS JOIN \"{name}\" t ON t.firewall_id = r.range_firewall AND {}
             WHERE true{firewall} LIMIT {})",
            column.name,
            column.name,
            key.join(" AND "),
            self.per_column
        ));
    }

    fn firewall_condition(&mut self) -> String {
        self.firewall
            .map_or_else(String::new, |firewall| format!(" AND t.firewall_id = {}", firewall.get()))
    }
}

fn cells(domain: &'static dyn AnyDomain) -> String {
    domain.columns().iter().map(cell_text).collect::<Vec<_>>().join(", ")
}
