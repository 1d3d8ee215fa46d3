//! A domain as a value, and the view of it that does not know its row type.

use crate::types::AddressRange;

use super::ALL;
use super::column::{Cell, Column, ColumnSpec, Role};
use super::raw::{Field, Raw, RawRow, Reject};
use super::source::{Cadence, Source};

/// Everything there is to know about one domain.
#[derive(Debug)]
pub struct Domain<R: 'static> {
    /// The table, the filter word, the metric label.
    pub name: &'static str,
    /// One sentence for people and agents.
    pub about: &'static str,
    pub cadence: Cadence,
    /// In the order in which their values overlay each other.
    pub sources: &'static [Source],
    /// The allow-list: the only fields that ever enter memory.
    pub fields: &'static [Field],
    /// Fields that tell rows apart; rows are kept in their order.
    pub identity: &'static [&'static str],
    pub columns: &'static [Column<R>],
    /// One raw row to the rows it stands for: none when it belongs to another domain (a DNS-only host
    /// entry is no reservation), several when it lists several (a host entry with two addresses).
    pub parse: fn(Raw<'_>, &mut Vec<R>) -> Result<(), Reject>,
    /// A working firewall always has rows here (its own addresses, its automatic rules): none means broken.
    pub never_empty: bool,
}

/// One row as SQL cells, in column order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ParsedRow {
    pub cells: Vec<Cell>,
    /// Ranges named by a column of kind `networks`: the column's position and the range.
    pub ranges: Vec<(usize, AddressRange)>,
}

/// A [`Domain`] with its row type erased; what every other room sees.
pub trait AnyDomain: Sync {
    fn name(&self) -> &'static str;
    fn about(&self) -> &'static str;
    fn cadence(&self) -> Cadence;
    fn sources(&self) -> &'static [Source];
    /// The sources that a sync asks: those of the API.
    fn api_sources(&self) -> Vec<&'static Source> {
        self.sources().iter().filter(|s| s.node().is_none()).collect()
    }
    /// The sources that an import reads: those of config.xml.
    fn config_sources(&self) -> Vec<&'static Source> {
        self.sources().iter().filter(|s| s.node().is_some()).collect()
    }
    fn fields(&self) -> &'static [Field];
    fn identity(&self) -> &'static [&'static str];
    fn never_empty(&self) -> bool;
    fn columns(&self) -> Vec<ColumnSpec>;
    /// Appends the rows that `row` stands for. Pure; on a failure, which concerns this row only, nothing
    /// is appended.
    fn parse(&self, row: &RawRow, parsed: &mut Vec<ParsedRow>) -> Result<(), Reject>;
}

impl<R: 'static> AnyDomain for Domain<R> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn cadence(&self) -> Cadence {
        self.cadence
    }

    fn sources(&self) -> &'static [Source] {
        self.sources
    }

    fn fields(&self) -> &'static [Field] {
        self.fields
    }

    fn identity(&self) -> &'static [&'static str] {
        self.identity
    }

    fn never_empty(&self) -> bool {
        self.never_empty
    }

    fn columns(&self) -> Vec<ColumnSpec> {
        self.columns.iter().map(|c| c.spec).collect()
    }

    fn parse(&self, row: &RawRow, parsed: &mut Vec<ParsedRow>) -> Result<(), Reject> {
        let mut rows = Vec::with_capacity(1);
        (self.parse)(Raw::new(self.fields, row), &mut rows)?;
        let before = parsed.len();
        for row in &rows {
            match self.cells(row) {
                Ok(cells) => parsed.push(cells),
                Err(reject) => {
                    parsed.truncate(before);
                    return Err(reject);
                }
            }
        }
        Ok(())
    }
}

impl<R> Domain<R> {
    fn cells(&self, row: &R) -> Result<ParsedRow, Reject> {
        let mut parsed =
            ParsedRow { cells: Vec::with_capacity(self.columns.len() + 2), ranges: Vec::new() };
        let mut ranges = Vec::new();
        for (i, column) in self.columns.iter().enumerate() {
            column.read.cells(row, &mut parsed.cells, &mut ranges);
            parsed.ranges.extend(ranges.drain(..).map(|range: AddressRange| (i, range)));
            if column.spec.role == Role::Key && parsed.cells.last() == Some(&Cell::Null) {
                return Err(Reject::new(column.spec.name, "is part of the key and is missing"));
            }
        }
        Ok(parsed)
    }
}

pub fn by_name(name: &str) -> Option<&'static dyn AnyDomain> {
    // In alphabetical order, which a test asserts: a `locate` asks for sixty of them.
    ALL.binary_search_by(|d| d.name().cmp(name)).ok().and_then(|at| ALL.get(at)).copied()
}

/// The SQL columns of the primary key after `firewall_id`. An address is keyed by its sortable form,
/// so that a table is in address order.
pub fn primary_key(columns: &[ColumnSpec]) -> Vec<String> {
    columns.iter().filter(|c| c.role == Role::Key).map(|c| c.search_name().into_owned()).collect()
}
