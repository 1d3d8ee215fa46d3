//! Rows as text: columns for people, CSV for programs.

use std::fmt::Write as _;

use comfy_table::{ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle, Width};
use serde::Serialize;

use super::error::CliError;
use super::print;

/// Words up to this stay whole: times, addresses, names. Longer ones (identifiers, lists) may wrap.
const WHOLE: usize = 24;
/// Blanks after a cell, and the border that is not drawn.
const GAP: u16 = 1;
const BORDER: u16 = 1;
const STYLE: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// Named columns and their rows, as text already.
#[derive(Debug)]
pub(super) struct Grid {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Grid {
    pub(super) fn new(columns: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { columns: columns.into_iter().map(Into::into).collect(), rows: Vec::new() }
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Removes columns in which no row has a value.
    pub(super) fn without_empty_columns(mut self) -> Self {
        let used: Vec<bool> = (0..self.columns.len())
            .map(|at| self.rows.iter().any(|row| row.get(at).is_some_and(|cell| !cell.is_empty())))
            .collect();
        for cells in self.rows.iter_mut().chain([&mut self.columns]) {
            let mut used = used.iter();
            cells.retain(|_| used.next().is_some_and(|used| *used));
        }
        self
    }

    /// Columns fitted to the terminal; in full where there is none. A terminal too narrow for the
    /// columns gets one line for each cell.
    pub(super) fn text(&self) -> String {
        let width = print::answer_is_for_a_person().then(|| Table::new().width()).flatten();
        self.fitted(width)
    }

    fn fitted(&self, width: Option<u16>) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let mut table = Table::new();
        table.load_style(STYLE).set_header(&self.columns).add_rows(&self.rows);
        table.set_content_arrangement(ContentArrangement::Disabled);
        let least: Vec<u16> = (0..self.columns.len()).map(|at| self.least(at)).collect();
        for (column, least) in table.column_iter_mut().zip(&least) {
            column.set_padding((0, GAP));
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(*least)));
        }
        if let Some(width) = width {
            table.set_width(width).set_content_arrangement(ContentArrangement::Dynamic);
            if least.iter().map(|least| least.saturating_add(BORDER)).fold(0, u16::saturating_add)
                > width
            {
                return self.records();
            }
        }
        format!("{}\n", table.trim_fmt())
    }

    /// The least width of the column at `at`: its longest word.
    fn least(&self, at: usize) -> u16 {
        let cells = self.rows.iter().chain([&self.columns]).filter_map(|cells| cells.get(at));
        let words = cells.flat_map(|cell| cell.split_whitespace());
        let longest = words.map(|word| word.chars().count()).max().unwrap_or(0).min(WHOLE);
        u16::try_from(longest).unwrap_or(u16::MAX).saturating_add(GAP)
    }

    fn records(&self) -> String {
        let name_width = self.columns.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        let mut text = String::new();
        for row in &self.rows {
            if !text.is_empty() {
                text.push('\n');
            }
            let cells = self.columns.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
            for (name, cell) in cells {
                let _ = writeln!(text, "{name:name_width$}  {cell}");
            }
        }
        text
    }

    /// A header and rows, as RFC 4180 has them.
    pub(super) fn csv(&self) -> Result<String, CliError> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&self.columns).map_err(CliError::Csv)?;
        for row in &self.rows {
            writer.write_record(row).map_err(CliError::Csv)?;
        }
        let bytes =
            writer.into_inner().map_err(|error| CliError::Csv(error.into_error().into()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// One document: on several lines for a person, on one for a program.
pub(super) fn json(value: &impl Serialize) -> Result<String, CliError> {
    let text = if print::answer_is_for_a_person() {
        serde_json::to_string_pretty(value)
    } else {
        serde_json::to_string(value)
    };
    text.map(|text| text + "\n").map_err(CliError::Json)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        let mut grid = Grid::new(["ip", "hostname", "note"]);
        grid.row(["192.168.1.20", "nas", "a rather long note, with a comma and \"quotes\""]);
        grid.row(["192.168.1.7", "", ""]);
        grid
    }

    #[test]
    fn without_a_terminal_nothing_is_cut() {
        assert_eq!(
            grid().fitted(None),
            "ip            hostname  note\n\
             ──────────────────────────────────────────────────────────────────────\n\
             192.168.1.20  nas       a rather long note, with a comma and \"quotes\"\n\
             192.168.1.7\n"
        );
    }

    #[test]
    fn a_terminal_wraps_long_cells() {
        let text = grid().fitted(Some(50));
        assert!(text.lines().all(|line| line.chars().count() <= 50), "{text}");
        assert!(text.lines().count() > 4, "{text}");
    }

    #[test]
    fn a_terminal_that_is_too_narrow_gets_records() {
        assert_eq!(
            grid().fitted(Some(20)),
            "ip        192.168.1.20\nhostname  nas\nnote      a rather long note, with a comma and \"quotes\"\n\n\
             ip        192.168.1.7\n"
        );
    }

    #[test]
    fn csv_quotes_what_needs_it() {
        assert_eq!(
            grid().csv().unwrap(),
            "ip,hostname,note\n192.168.1.20,nas,\"a rather long note, with a comma and \"\"quotes\"\"\"\n192.168.1.7,,\n"
        );
    }

    #[test]
    fn columns_without_a_value_are_left_out_on_request() {
        let mut grid = Grid::new(["a", "b"]);
        grid.row(["", "1"]);
        assert_eq!(grid.without_empty_columns().csv().unwrap(), "b\n1\n");
    }
}
