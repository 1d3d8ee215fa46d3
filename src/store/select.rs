//! One statement per answer: a page of rows, their number, and the state of their sources, all of one moment.

use sea_query::{
    Alias, BinOper, Expr, ExprTrait, Func, Order, Query, SelectStatement, SqliteQueryBuilder,
    Values,
};
use sqlx::Row;

use crate::domain::{AnyDomain, Cell, Kind};
use crate::types::{FirewallId, sort_key};

use super::cells::{self, Line};
use super::error::StoreError;
use super::look::Look;
use super::open::Store;
use super::reply::{Question, Reads, Reply};
use super::selection::{Filter, Op, Selection, Value};
use super::sql;
use super::standing;
use super::states::{DomainStatus, SourceStatus};

/// Matches are counted up to here when a page is wanted; an answer then says "at least". With 10,000 a page by the
/// beginning of a name was 2.2 times as slow on 1,000,000 leases as on 10,000 (`benches/serve.rs`), where there are
/// fewer to count; with this it is as fast.
const COUNTED: u32 = 1_000;
/// Up to here when only the count is wanted (a million index entries are 30 ms).
const COUNTED_ALONE: u32 = 1_000_000;

/// How many rows match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Total {
    Exactly(u64),
    AtLeast(u64),
}

/// One page of an reply.
#[derive(Debug, Clone)]
pub struct Page {
    /// Cells in the order of the selection's columns.
    pub rows: Vec<Vec<serde_json::Value>>,
    /// Whose row each is.
    pub firewalls: Vec<FirewallId>,
    pub total: Total,
    /// Key of the last row when more follow.
    pub next: Option<Vec<Cell>>,
    pub sources: Vec<SourceStatus>,
    pub statuses: Vec<DomainStatus>,
}

impl Look<'_> {
    /// Answers `selection` in one statement, so that rows, count and freshness are of one moment.
    pub async fn select(&self, selection: &Selection) -> Result<Page, StoreError> {
        let domains = [selection.domain.name()];
        let question = Question {
            what: "answer a query",
            domains: &domains,
            columns: 1,
            counted: counted(selection),
        };
        let reply = self.reply(question, |reads| statement(selection, reads)).await?;
        page(selection, reply)
    }
}

impl Store {
    /// The statement that answers `selection`, for people who read SQL.
    pub fn select_statement(selection: &Selection) -> String {
        statement(selection, Reads::All).0
    }

    /// How SQLite runs `selection`: one line per step of `EXPLAIN QUERY PLAN`.
    pub async fn explain(&self, selection: &Selection) -> Result<Vec<String>, StoreError> {
        let (text, values) = page_statement(selection);
        self.plan(text, values).await
    }

    /// How SQLite runs a statement: one line per step.
    pub(super) async fn plan(
        &self,
        text: String,
        values: Values,
    ) -> Result<Vec<String>, StoreError> {
        let failed = || StoreError::query("explain a query");
        let rows =
            sql::fetch_all(&self.readers, format!("EXPLAIN QUERY PLAN {text}").into(), values)
                .await
                .map_err(failed())?;
        rows.iter()
            .map(|row| row.try_get::<String, _>(3))
            .collect::<Result<_, _>>()
            .map_err(failed())
    }
}

/// What decides the total of a selection.
fn counted(selection: &Selection) -> String {
    let filters: Vec<_> = selection.filters.iter().map(|f| (f.column.name, &f.op)).collect();
    let rest = (selection.firewall, selection.rows_wanted, filters);
    format!("{} {rest:?}", selection.domain.name())
}

/// The whole answer as one row: rows, total, sources, counts; each a scalar subquery.
fn statement(selection: &Selection, reads: Reads) -> (String, Values) {
    let name = selection.domain.name();
    let mut values = Vec::new();
    let mut part = |(text, Values(more)): (String, Values)| {
        values.extend(more);
        text
    };
    let rows = if selection.rows_wanted {
        // Lines are JSON already; `json_group_array(json(line))` would read each once more.
        format!(
            "(SELECT '[' || coalesce(group_concat(line, ','), '') || ']' FROM ({}))",
            part(page_statement(selection))
        )
    } else {
        "NULL".to_owned()
    };
    let mut columns = vec![rows];
    if reads != Reads::Rows {
        columns.push(format!("({})", part(total(selection))));
    }
    if reads == Reads::All {
        columns.push(standing::columns(&[name]));
    }
    (format!("SELECT {}", columns.join(", ")), Values(values))
}

fn total(selection: &Selection) -> (String, Values) {
    let name = selection.domain.name();
    if selection.filters.is_empty() {
        let mut sum = Query::select();
        sum.expr(Func::coalesce([Func::sum(Expr::col("rows")).into(), Expr::val(0)]))
            .from("domains")
            .and_where(Expr::col("domain").eq(name));
        only_firewall(&mut sum, selection.firewall);
        return sum.build(SqliteQueryBuilder);
    }
    let mut some = Query::select();
    some.expr(Expr::cust("1")).from(name);
    conditions(&mut some, selection);
    let (some, values) = some.build(SqliteQueryBuilder);
    (format!("SELECT count(*) FROM ({some} LIMIT {})", most(selection) + 1), values)
}

const fn most(selection: &Selection) -> u32 {
    if selection.rows_wanted { COUNTED } else { COUNTED_ALONE }
}

/// The page itself: one JSON array per row, the key appended behind the wanted cells.
fn page_statement(selection: &Selection) -> (String, Values) {
    let wanted = selection.columns.iter().map(|column| format!("\"{}\"", column.name));
    let order = selection.order();
    let key = order.iter().map(|name| sql::printed(name));
    let cells: Vec<String> = wanted.chain(key).collect();
    let mut statement = Query::select();
    statement.expr_as(Expr::cust(format!("json_array({})", cells.join(", "))), Alias::new("line"));
    statement.from(selection.domain.name());
    conditions(&mut statement, selection);
    let columns = selection.domain.columns();
    let lead = selection.lead().map(|column| Expr::col(column.search_name().into_owned()));
    let order: Vec<Expr> = lead
        .into_iter()
        .chain(std::iter::once(Expr::col("firewall_id")))
        .chain(sql::key_expressions(&columns))
        .collect();
    if let Some(after) = &selection.after {
        let left = Expr::tuple(order.clone());
        statement.and_where(left.gt(Expr::tuple(after.iter().map(cell_value))));
    }
    for key in order {
        statement.order_by_expr(key, Order::Asc);
    }
    let (text, Values(mut values)) = statement.build(SqliteQueryBuilder);
    // One more than wanted tells whether a next page exists.
    values.push((i64::from(selection.limit) + 1).into());
    (format!("{text} {}", sql::limit("?")), Values(values))
}

fn only_firewall(statement: &mut SelectStatement, firewall: Option<FirewallId>) {
    if let Some(firewall) = firewall {
        statement.and_where(Expr::col("firewall_id").eq(firewall.get()));
    }
}

fn conditions(statement: &mut SelectStatement, selection: &Selection) {
    match selection.firewall.filter(|_| selection.lead().is_some()) {
        // Without statistics SQLite takes the primary key for the firewall alone, reads the whole table and
        // sorts it; the `+` keeps it to the index of the range.
        Some(firewall) => {
            statement.and_where(Expr::cust_with_values("+firewall_id = ?", [firewall.get()]));
        }
        None => only_firewall(statement, selection.firewall),
    }
    for filter in &selection.filters {
        statement.and_where(condition(selection.domain, filter));
    }
}

fn condition(domain: &'static dyn AnyDomain, filter: &Filter) -> Expr {
    let column = || Expr::col(filter.column.search_name().into_owned());
    match &filter.op {
        Op::Is(value) => column().eq(operand(value)),
        Op::IsNot(value) => column().binary(BinOper::IsNot, operand(value)),
        Op::Less(value) => column().lt(operand(value)),
        Op::AtMost(value) => column().lte(operand(value)),
        Op::More(value) => column().gt(operand(value)),
        Op::AtLeast(value) => column().gte(operand(value)),
        Op::AnyOf(values) => column().is_in(values.iter().map(operand)),
        Op::Within(range) => {
            let (first, last) = (sort_key(range.first()), sort_key(range.last()));
            if filter.column.kind == Kind::Nets {
                let begins = sql::within("r.first", *range, ["?"; 2]);
                return ranges(
                    domain,
                    filter,
                    &format!("{begins} AND r.last <= ?"),
                    &[first, last, last],
                );
            }
            let name = format!("\"{}\"", filter.column.search_name());
            let bounds = [first, last].map(|bound| bound.to_vec());
            Expr::cust_with_values(sql::within(&name, *range, ["?"; 2]), bounds)
        }
        Op::Covers(ip) => ranges(domain, filter, &sql::holds("?"), &[sort_key(*ip); 4]),
        Op::Begins(text) => {
            column().gte(text.as_str()).and(column().lt(format!("{text}\u{10ffff}")))
        }
        Op::Contains(text) => Expr::cust_with_values(
            format!("instr(lower(\"{}\"), lower(?)) > 0", filter.column.name),
            [text.as_str()],
        ),
        Op::Absent => column().is_null(),
        Op::Present => column().is_not_null(),
    }
}

/// Whether one of the ranges of this row's column satisfies `condition`. Those that do are found first: asked of each of
/// 60,000 rows, it took twelve times as long.
fn ranges(
    domain: &'static dyn AnyDomain,
    filter: &Filter,
    condition: &str,
    bounds: &[[u8; 16]],
) -> Expr {
    let columns = domain.columns();
    let key = std::iter::once(Expr::col("firewall_id")).chain(sql::key_expressions(&columns));
    let found = format!(
        "(SELECT {} FROM {} AND {condition} WHERE r.domain = '{}' AND r.field = '{}')",
        sql::range_key(&columns),
        sql::RANGES,
        domain.name(),
        filter.column.name,
    );
    let bounds = bounds.iter().map(|bound| bound.to_vec());
    Expr::tuple(key).binary(BinOper::In, Expr::cust_with_values(found, bounds))
}

fn blob(bytes: [u8; 16]) -> Expr {
    Expr::val(bytes.to_vec())
}

fn operand(value: &Value) -> Expr {
    match value {
        Value::Text(text) => Expr::val(text.as_str()),
        Value::Int(n) => Expr::val(*n),
        Value::Bool(b) => Expr::val(i64::from(*b)),
        Value::Time(t) => Expr::val(t.seconds()),
        Value::Ip(ip) => blob(sort_key(*ip)),
        Value::Mac(mac) => Expr::val(mac.to_string()),
    }
}

fn cell_value(cell: &Cell) -> Expr {
    match cell {
        Cell::Null => Expr::val(None::<i64>),
        Cell::Int(n) => Expr::val(*n),
        Cell::Text(text) => Expr::val(&**text),
        Cell::Blob(bytes) => Expr::val(bytes.to_vec()),
    }
}

fn page(selection: &Selection, reply: Reply) -> Result<Page, StoreError> {
    let failed = || StoreError::query("answer a query");
    let damaged = |_| StoreError::Declaration { domain: selection.domain.name() };
    let rows = reply.row.try_get::<Option<String>, _>(0).map_err(failed())?;
    let kinds: Vec<Kind> = selection.columns.iter().map(|column| column.kind).collect();
    let mut rows =
        rows.map_or(Ok(Vec::new()), |text| cells::each(&text, Line(&kinds))).map_err(damaged)?;
    let limit = usize::try_from(selection.limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let wanted = selection.columns.len();
    let order = selection.order();
    let firewall = order.iter().position(|name| name == "firewall_id").unwrap_or_default();
    let (mut last, mut firewalls) = (None, Vec::with_capacity(rows.len()));
    for row in &mut rows {
        let key = row.split_off(wanted.min(row.len()));
        let id = key.get(firewall).and_then(serde_json::Value::as_i64).unwrap_or_default();
        firewalls.push(FirewallId::new(id));
        last = Some(key);
    }
    let next = if more { last.and_then(|cells| read_key(&order, &cells)) } else { None };
    let most = u64::from(most(selection));
    let total = if !selection.filters.is_empty() && reply.total > most {
        Total::AtLeast(most)
    } else {
        Total::Exactly(reply.total)
    };
    let Reply { sources, statuses, .. } = reply;
    Ok(Page { rows, firewalls, total, next, sources, statuses })
}

/// A key as it came out of `json_array`: addresses in hexadecimal, the rest as they are.
pub(super) fn read_key(names: &[String], cells: &[serde_json::Value]) -> Option<Vec<Cell>> {
    let read = |(name, value): (&String, &serde_json::Value)| match value {
        serde_json::Value::Number(n) => n.as_i64().map(Cell::Int),
        serde_json::Value::String(text) if sql::is_blob(name) => unhex(text).map(Cell::Blob),
        serde_json::Value::String(text) => Some(Cell::Text(text.as_str().into())),
        _ => None,
    };
    (names.len() == cells.len()).then(|| names.iter().zip(cells).map(read).collect())?
}

fn unhex(text: &str) -> Option<Box<[u8]>> {
    let digits = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    text.len().is_multiple_of(2).then(|| text.as_bytes().chunks(2).map(digits).collect())?
}
