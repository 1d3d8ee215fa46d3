//! Everything the store knows about one address, hardware address or name, in one statement.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use sea_query::{Value as SqlValue, Values};
use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};
use sqlx::Row;

use crate::domain::{ALL, AnyDomain, ColumnSpec, Kind, primary_key};
use crate::types::{FirewallId, MacAddr, sort_key};

use super::cells::{self, Worded};
use super::error::StoreError;
use super::filled::Filled;
use super::look::Look;
use super::open::Store;
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
    pub column: &'static str,
    pub how: Sought,
    /// Its cells by their columns, without those that are absent.
    pub row: serde_json::Map<String, serde_json::Value>,
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
        let (sort, values) = sought(needle, firewall, per_column);
        let filled = self.filled().await?;
        let search = self.parts.search(sort, || Search::new(sort, filled));
        let hits = self.hits(&search, values.clone()).await?;
        if self.is_current() {
            return Ok(hits);
        }
        // What had no rows may have some by now.
        self.hits(&Search::new(sort, &Filled::Unknown), values).await
    }

    async fn hits(&self, search: &Search, values: Values) -> Result<Vec<Hit>, StoreError> {
        let failed = || StoreError::query("locate");
        if search.places.is_empty() {
            return Ok(Vec::new());
        }
        let text = Arc::clone(&search.text);
        let row = sql::fetch_one(&self.store.readers, text, values).await.map_err(failed())?;
        let lines: String = row.try_get(0).map_err(failed())?;
        cells::each(&lines, Line(&search.places))
            .map_err(|_| StoreError::Declaration { domain: "locate" })
    }
}

impl Store {
    /// The statements that look for an address, a hardware address and a name, for people who read SQL.
    pub fn locate_statements() -> [String; 3] {
        [Sort::Ip, Sort::Mac, Sort::Name]
            .map(|sort| Search::new(sort, &Filled::Unknown).text.to_string())
    }
}

/// What a statement looks for. There is one text for each while the same tables have rows, so that it is put together
/// once and found again among the prepared ones: built for each call, the 50 KB for all tables were 4 % of what a
/// server under load did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    Ip,
    Mac,
    Name,
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

/// A statement with one part for each searchable column, and where each part looks. Table and column names come from
/// declarations. It answers with one row, however many are found: rows cross from SQLite's thread one by one.
#[derive(Debug)]
pub(super) struct Search {
    text: Arc<str>,
    /// By the numbers that the lines begin with.
    places: Vec<Place>,
}

/// A column that is searched.
#[derive(Debug)]
struct Place {
    domain: &'static dyn AnyDomain,
    columns: Arc<[ColumnSpec]>,
    column: &'static str,
}

impl Search {
    fn new(sort: Sort, filled: &Filled) -> Self {
        let (mut places, mut parts, mut covers) = (Vec::new(), Vec::new(), false);
        for domain in ALL.iter().copied().filter(|domain| filled.has(domain.name())) {
            let columns: Arc<[ColumnSpec]> = domain.columns().into();
            for column in columns.iter() {
                let line = |how: &str| line(places.len(), how, &columns);
                let part = match (sort, column.kind) {
                    (Sort::Ip, Kind::Ip) | (Sort::Mac, Kind::Mac) => {
                        equal(domain, column, &line(EXACT))
                    }
                    (Sort::Name, Kind::Name) => {
                        let how = format!(
                            "CASE t.\"{}\" WHEN ?1 THEN {EXACT} ELSE {BEGINS} END",
                            column.search_name()
                        );
                        named(domain, column, &line(&how))
                    }
                    (Sort::Ip, Kind::Nets) => {
                        covers = true;
                        covering(domain, column, &line(COVERS))
                    }
                    _ => continue,
                };
                parts.push(part);
                places.push(Place { domain, columns: Arc::clone(&columns), column: column.name });
            }
        }
        let with = if covers { around() } else { String::new() };
        // Lines are JSON already; `json_group_array(json(line))` would read each once more.
        let text = format!(
            "{with}SELECT '[' || coalesce(group_concat(line, ','), '') || ']' FROM (\n{}\n)",
            parts.join("\nUNION ALL\n")
        );
        Self { text: text.into(), places }
    }
}

const EXACT: &str = "0";
const BEGINS: &str = "1";
const COVERS: &str = "2";

/// `[place, firewall, how, cells...]`.
fn line(place: usize, how: &str, columns: &[ColumnSpec]) -> String {
    let cells: Vec<String> = columns.iter().map(|c| format!("\"{}\"", c.name)).collect();
    format!("json_array({place}, t.firewall_id, {how}, {}) AS line", cells.join(", "))
}

fn equal(domain: &'static dyn AnyDomain, column: &ColumnSpec, line: &str) -> String {
    format!(
        "SELECT * FROM (SELECT {line} FROM \"{}\" t WHERE t.\"{}\" = ?1 AND {OF_FIREWALL} LIMIT ?4 + 0)",
        domain.name(),
        column.search_name(),
    )
}

/// The name itself and names that begin with it are one stretch of the index, the name itself first.
fn named(domain: &'static dyn AnyDomain, column: &ColumnSpec, line: &str) -> String {
    let search = column.search_name();
    format!(
        "SELECT * FROM (SELECT {line} FROM \"{}\" t \
         WHERE t.\"{search}\" >= ?1 AND t.\"{search}\" < ?2 AND {OF_FIREWALL} ORDER BY t.\"{search}\" LIMIT ?4 * 2)",
        domain.name(),
    )
}

/// The ranges that hold the address, found once, not once for each column of networks.
fn around() -> String {
    format!(
        "WITH covering (range_firewall, range_domain, range_field, range_key) AS MATERIALIZED (
SELECT r.firewall_id, r.domain, r.field, r.row_key
FROM {}
WHERE {})\n",
        sql::RANGES,
        sql::holds("?1"),
    )
}

/// From the ranges to their rows: the key parts are compared as the primary key compares them. The columns
/// of the ranges have names here that no domain's column has.
fn covering(domain: &'static dyn AnyDomain, column: &ColumnSpec, line: &str) -> String {
    let name = domain.name();
    let key: Vec<String> = primary_key(&domain.columns())
        .iter()
        .enumerate()
        .map(|(i, part)| sql::is_part(part, &format!("r.range_key ->> {i}")))
        .collect();
    format!(
        "SELECT * FROM (SELECT {line}
             FROM covering r CROSS JOIN \"{name}\" t ON t.firewall_id = r.range_firewall AND {}
             WHERE r.range_domain = '{name}' AND r.range_field = '{}' AND {OF_FIREWALL} LIMIT ?4 + 0)",
        key.join(" AND "),
        column.name,
    )
}

/// Reads what [`line()`] writes.
#[derive(Clone, Copy)]
struct Line<'s>(&'s [Place]);

impl<'de> DeserializeSeed<'de> for Line<'_> {
    type Value = Hit;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Hit, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Line<'_> {
    type Value = Hit;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a place, a firewall, how it was found, and the cells of its row")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut cells: A) -> Result<Hit, A::Error> {
        let missing = |cells: usize| A::Error::invalid_length(cells, &"more");
        let number: usize = cells.next_element()?.ok_or_else(|| missing(0))?;
        let firewall: i64 = cells.next_element()?.ok_or_else(|| missing(1))?;
        let how: u8 = cells.next_element()?.ok_or_else(|| missing(2))?;
        let place =
            self.0.get(number).ok_or_else(|| A::Error::custom("no place has this number"))?;
        let how = match how {
            0 => Sought::Exact,
            1 => Sought::Begins,
            _ => Sought::Covers,
        };
        let mut row = serde_json::Map::new();
        for column in place.columns.iter() {
            let cell = cells.next_element_seed(Worded(column.kind))?.ok_or_else(|| missing(3))?;
            if !cell.is_null() {
                row.insert(column.name.to_owned(), cell);
            }
        }
        let (domain, column) = (place.domain, place.column);
        Ok(Hit { firewall: FirewallId::new(firewall), domain, column, how, row })
    }
}
