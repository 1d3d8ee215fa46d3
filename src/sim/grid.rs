//! Grids: pages of rows in the envelopes of the firewall's two search engines.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::{Serialize, Serializer};

/// A search over a recordset without a row count stops here.
const RECORDSET_DEFAULT: usize = 9999;

/// The firewall has two search engines with different habits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Engine {
    /// Over configuration. Pages by query string too; a page of "all rows" is always all rows.
    Model,
    /// Over what a script printed. Pages only by a POST body, else stops at 9,999 rows.
    Recordset,
    /// No grid at all.
    Plain,
}

/// The page a request asks for.
#[derive(Debug)]
pub(super) struct Page {
    /// `None` is every row.
    count: Option<usize>,
    current: usize,
    phrase: String,
}

impl Page {
    pub(super) fn of(params: &BTreeMap<String, String>) -> Self {
        let number = |name: &str| params.get(name).and_then(|text| text.parse::<i64>().ok());
        Self {
            count: number("rowCount").and_then(|count| usize::try_from(count).ok()),
            current: number("current")
                .and_then(|page| usize::try_from(page).ok())
                .unwrap_or(1)
                .max(1),
            phrase: params
                .get("searchPhrase")
                .map(|phrase| phrase.trim().to_lowercase())
                .unwrap_or_default(),
        }
    }

    /// Whether it is simply every row, as caches and benches ask.
    pub(super) fn is_whole(&self) -> bool {
        self.count.is_none() && self.current == 1 && self.phrase.is_empty()
    }

    /// Rows to skip and rows to take.
    fn window(&self, engine: Engine) -> (usize, usize) {
        match self.count {
            Some(count) => ((self.current - 1).saturating_mul(count), count),
            None if engine == Engine::Recordset && self.current > 1 => (0, 0),
            None => (0, usize::MAX),
        }
    }
}

/// The row count of a request that names none.
pub(super) fn default_rows(engine: Engine, params: &mut BTreeMap<String, String>) {
    if engine == Engine::Recordset && !params.contains_key("rowCount") {
        params.insert("rowCount".to_owned(), RECORDSET_DEFAULT.to_string());
    }
}

/// What lease searches add to the envelope.
#[derive(Debug, Default, Serialize)]
pub(super) struct Extra<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stats: Option<LeaseStats>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) interfaces: Option<BTreeMap<&'a str, &'a str>>,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct LeaseStats {
    pub(super) active: usize,
    pub(super) inactive: usize,
    pub(super) total: usize,
}

#[derive(Serialize)]
struct ModelGrid<I> {
    rows: I,
    #[serde(rename = "rowCount")]
    row_count: usize,
    total: usize,
    current: usize,
}

#[derive(Serialize)]
struct Recordset<'a, I> {
    total: usize,
    #[serde(rename = "rowCount")]
    row_count: usize,
    current: usize,
    rows: I,
    #[serde(flatten)]
    extra: Extra<'a>,
}

/// A body with the rows of `page`, written row by row without a tree in between.
pub(super) fn grid<R: Serialize>(
    engine: Engine,
    page: &Page,
    rows: impl Iterator<Item = R> + Clone,
    extra: Extra<'_>,
) -> Vec<u8> {
    if page.phrase.is_empty() {
        return enclose(engine, page, rows, extra);
    }
    let hit = |row: &R| {
        let text = serde_json::to_string(row).unwrap_or_default().to_lowercase();
        page.phrase.split_whitespace().all(|word| text.contains(word))
    };
    let found: Vec<R> = rows.filter(hit).collect();
    enclose(engine, page, found.iter(), extra)
}

fn enclose<R: Serialize>(
    engine: Engine,
    page: &Page,
    rows: impl Iterator<Item = R> + Clone,
    extra: Extra<'_>,
) -> Vec<u8> {
    let total = rows.clone().count();
    let (skip, take) = page.window(engine);
    let row_count = total.saturating_sub(skip).min(take);
    let rows = Rows(rows.skip(skip).take(take));
    let current = page.current;
    match engine {
        Engine::Model | Engine::Plain => json(&ModelGrid { rows, row_count, total, current }),
        Engine::Recordset => json(&Recordset { total, row_count, current, rows, extra }),
    }
}

/// The rows are texts, numbers and lists with string keys, which JSON can always express.
pub(super) fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

struct Rows<I>(I);

impl<I: Iterator<Item: Serialize> + Clone> Serialize for Rows<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.clone())
    }
}

/// A value that appears in JSON as it prints.
pub(super) struct Shown<T>(pub(super) T);

impl<T: Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
