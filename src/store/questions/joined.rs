//! Joined questions as values: what each needs, gives, and is called; the SQL is a text beside this file.

use sea_query::{Value as SqlValue, Values};
use serde_json::Value;
use sqlx::Row;

use crate::domain::{Cell, Kind};
use crate::store::cells::{self, Line};
use crate::store::error::StoreError;
use crate::store::look::Look;
use crate::store::open::Store;
use crate::store::reply::{Question, Reads};
use crate::store::select::{Total, read_key};
use crate::store::sql;
use crate::store::standing;
use crate::store::states::{DomainStatus, SourceStatus};
use crate::types::{AddressRange, FirewallId, Timestamp, sort_key};

pub use super::declared::JOINED;

/// Rows are counted up to here.
const COUNTED: u32 = 10_000;

/// Parameters of every text: ?1 firewall, ?2 now, ?3 subject, ?4 and ?5 first and last address of the
/// subject, ?6 number of the subject or 1 for problems only, ?7 limit, ?8 `pass` or `block`; the key of the
/// page before follows.
const FIRST_KEY: usize = 9;

/// What a question is about, beside the firewall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Everything; it takes no subject.
    Nothing,
    /// An interface by any of its names, or all.
    Interface,
    /// An interface; one must be named.
    OneInterface,
    /// An address or network.
    Address,
    /// The same, or all.
    AnyAddress,
    /// A port number.
    Port,
    /// A name, or all.
    Name,
    /// One device, by name, address, hardware address or DUID.
    Device,
}

/// What a question can be narrowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Narrow {
    Nothing,
    /// Rows with a problem.
    Problems,
    /// Rules that pass, or that block or reject.
    Verdict,
}

/// A question that joins domains.
#[derive(Debug)]
pub struct Joined {
    pub name: &'static str,
    pub about: &'static str,
    pub subject: Subject,
    pub narrows: Narrow,
    pub columns: &'static [JoinedColumn],
    /// Columns that order the rows and tell them apart; the firewall first.
    pub keys: &'static [&'static str],
    /// Domains whose state decides how complete an answer is.
    pub domains: &'static [&'static str],
    pub sql: &'static str,
}

/// One column of the answer.
#[derive(Debug, Clone, Copy)]
pub struct JoinedColumn {
    pub name: &'static str,
    pub kind: Kind,
    pub about: &'static str,
    /// Shown only when asked for.
    pub is_extra: bool,
}

/// One question with its subject and page.
#[derive(Debug, Clone)]
pub struct JoinedSelection {
    pub question: &'static Joined,
    pub firewall: Option<FirewallId>,
    pub now: Timestamp,
    /// As the question's SQL compares it: an interface key, a name, an identifier.
    pub subject: Option<String>,
    pub range: Option<AddressRange>,
    pub number: Option<i64>,
    /// `pass` or `block`.
    pub verdict: Option<&'static str>,
    pub after: Option<Vec<Cell>>,
    pub limit: u32,
}

/// One page.
#[derive(Debug, Clone)]
pub struct JoinedPage {
    /// Cells in the order of the question's columns.
    pub rows: Vec<Vec<Value>>,
    pub firewalls: Vec<FirewallId>,
    pub total: Total,
    pub next: Option<Vec<Cell>>,
    pub sources: Vec<SourceStatus>,
    pub statuses: Vec<DomainStatus>,
}

/// A question by name.
pub fn joined(name: &str) -> Option<&'static Joined> {
    JOINED.iter().copied().find(|question| question.name == name)
}

impl Look<'_> {
    /// Answers one joined question in one statement.
    pub async fn joined(&self, selection: &JoinedSelection) -> Result<JoinedPage, StoreError> {
        let failed = || StoreError::query("answer a joined question");
        let question = Question {
            what: "answer a joined question",
            domains: selection.question.domains,
            columns: 1,
            counted: counted(selection),
        };
        let reply = self.reply(question, |reads| whole(selection, reads)).await?;
        let damaged = |_| StoreError::Declaration { domain: selection.question.name };
        let rows = reply.row.try_get::<Option<String>, _>(0).map_err(failed())?;
        let kinds: Vec<Kind> =
            selection.question.columns.iter().map(|column| column.kind).collect();
        let mut rows = rows
            .map_or(Ok(Vec::new()), |text| cells::each(&text, Line(&kinds)))
            .map_err(damaged)?;
        let limit = usize::try_from(selection.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let wanted = selection.question.columns.len();
        let (mut last, mut firewalls) = (None, Vec::with_capacity(rows.len()));
        for row in &mut rows {
            let key = row.split_off(wanted.min(row.len()));
            let id = key.first().and_then(Value::as_i64).unwrap_or_default();
            firewalls.push(FirewallId::new(id));
            last = Some(key);
        }
        let keys: Vec<String> = selection.question.keys.iter().map(|k| (*k).to_owned()).collect();
        let next = if more { last.and_then(|cells| read_key(&keys, &cells)) } else { None };
        let total = if reply.total > u64::from(COUNTED) {
            Total::AtLeast(COUNTED.into())
        } else {
            Total::Exactly(reply.total)
        };
        Ok(JoinedPage {
            rows,
            firewalls,
            total,
            next,
            sources: reply.sources,
            statuses: reply.statuses,
        })
    }
}

impl Store {
    /// How SQLite runs it: one line per step of `EXPLAIN QUERY PLAN`.
    pub async fn explain_joined(
        &self,
        selection: &JoinedSelection,
    ) -> Result<Vec<String>, StoreError> {
        let (text, values) = whole(selection, Reads::All);
        self.plan(text, values).await
    }

    /// The whole statement, for people who read SQL.
    pub fn joined_statement(selection: &JoinedSelection) -> String {
        whole(selection, Reads::All).0
    }
}

/// What decides the total of a question: its parameters but the page, and the time only where its text asks.
fn counted(selection: &JoinedSelection) -> String {
    let JoinedSelection { question, firewall, now, subject, range, number, verdict, .. } =
        selection;
    let now = question.sql.contains("?2").then_some(now);
    format!("{} {:?}", question.name, (firewall, now, subject, range, number, verdict))
}

fn whole(selection: &JoinedSelection, reads: Reads) -> (String, Values) {
    let question = selection.question;
    let cells = question.columns.iter().map(|column| format!("\"{}\"", column.name));
    let keys = question.keys.iter().map(|key| sql::printed(key));
    let line = cells.chain(keys).collect::<Vec<_>>().join(", ");
    let order = question.keys.iter().map(|k| format!("\"{k}\"")).collect::<Vec<_>>().join(", ");
    let mut values = parameters(selection);
    let after = selection.after.as_ref().map_or_else(String::new, |after| {
        let marks: Vec<String> = (0..after.len()).map(|i| format!("?{}", FIRST_KEY + i)).collect();
        values.extend(after.iter().map(key_value));
        format!("WHERE ({order}) > ({})\n", marks.join(", "))
    });
    let sql = question.sql.trim_end();
    let mut columns = vec![format!(
        "(SELECT '[' || coalesce(group_concat(line, ','), '') || ']' FROM (\nSELECT json_array({line}) AS line FROM (\n{sql}\n)\n\
         {after}ORDER BY {order} LIMIT ?7 + 1))"
    )];
    if reads != Reads::Rows {
        let most = COUNTED + 1;
        columns.push(format!("(SELECT count(*) FROM (SELECT 1 FROM (\n{sql}\n) LIMIT {most}))"));
    }
    if reads == Reads::All {
        columns.push(standing::columns(question.domains));
    }
    (format!("SELECT {}", columns.join(",\n")), Values(values))
}

fn parameters(selection: &JoinedSelection) -> Vec<SqlValue> {
    let end = |range: Option<AddressRange>, pick: fn(AddressRange) -> std::net::IpAddr| {
        SqlValue::from(range.map(|range| sort_key(pick(range)).to_vec()))
    };
    vec![
        selection.firewall.map(FirewallId::get).into(),
        selection.now.seconds().into(),
        selection.subject.clone().into(),
        end(selection.range, AddressRange::first),
        end(selection.range, AddressRange::last),
        selection.number.into(),
        i64::from(selection.limit).into(),
        selection.verdict.into(),
    ]
}

fn key_value(cell: &Cell) -> SqlValue {
    match cell {
        Cell::Null => None::<i64>.into(),
        Cell::Int(n) => (*n).into(),
        Cell::Text(text) => (&**text).into(),
        Cell::Blob(bytes) => bytes.to_vec().into(),
    }
}
