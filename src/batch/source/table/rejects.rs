//! The reject file in the form of the source: the records as they came, and before each what is
//! wrong with it, so that it can be mended where it was made and read again.

use std::borrow::Cow;
use std::io::{self, Write};

use super::csv::Csv;
use super::dialect::{Bounds, Dialect, Split, text_of};
use super::mapping::{COLUMN_USES, ColumnMapping};
use super::moved_columns::MovedColumns;
use crate::batch::place::FirstPlace;
use crate::job::Finding;
use crate::{Rule, Severity};

/// The columns that a reject file has beside those of its source. They come first: after
/// a record with too few cells, too many, or a quote that is never closed they would not be in
/// their columns.
pub(super) const COLUMNS: [&str; 8] = [
    RULE,
    "predial_message",
    "predial_suggestion",
    FIRST_ROW,
    FIRST_LINE,
    FIRST_RUN,
    COLUMN_USES,
    FIRST_PART,
];

const RULE: &str = "predial_rule";
/// Where a row was in the list that was prepared first: its number there, its line, and the name of that
/// loading. When rejects are prepared again, these stay as they are.
pub(in crate::batch) const FIRST_ROW: &str = "predial_row";
pub(in crate::batch) const FIRST_LINE: &str = "predial_line";
pub(in crate::batch) const FIRST_RUN: &str = "predial_run";
/// Which job of that row it is. Only a file of a list in which rows may be several jobs has it.
pub(in crate::batch) const FIRST_PART: &str = "predial_part";

/// How the reject file of one table is written.
#[derive(Debug)]
pub struct RejectTable {
    dialect: Dialect,
    end: &'static [u8],
    /// How many columns of the source are those of an earlier reject file, and left out.
    own_columns: usize,
    moved: MovedColumns,
    /// How many of [`COLUMNS`] the file has.
    columns: usize,
    /// The columns in which such a file says where a row was first.
    first: Option<FirstColumns>,
    /// What each column of the source is used for, as [`COLUMN_USES`] has it.
    column_uses: String,
    head: Vec<u8>,
    /// The header of the source as a record.
    header: Vec<u8>,
}

impl RejectTable {
    /// That of a table. `has_parts`: rows with several phones may be several jobs.
    pub fn of(table: &Csv, has_parts: bool) -> RejectTable {
        let first = FirstColumns::of(&table.mapping);
        let has_parts = has_parts || first.is_some_and(|first| first.part.is_some());
        let mut rejects = RejectTable {
            dialect: table.dialect,
            end: table.end,
            own_columns: table.mapping.own_columns(),
            moved: MovedColumns::of(&table.mapping, table.dialect),
            columns: COLUMNS.len() - usize::from(!has_parts),
            first,
            column_uses: table.mapping.uses_as_text(),
            head: Vec::new(),
            header: Vec::new(),
        };
        let mut written = Vec::new();
        let header = match table.mapping.has_header {
            true => {
                written.extend_from_slice(&table.header);
                let columns = table.mapping.columns();
                let beyond = columns.len() - table.mapping.beyond_header;
                for column in &columns[beyond..] {
                    written.push(table.dialect.delimiter);
                    table.dialect.write([&*column.column], &mut written);
                }
                &written
            }
            false => {
                let columns = table.mapping.columns().iter();
                // By its own name the phone is found again, whatever is left of its cells.
                let names = columns.map(|column| match column.column_use {
                    Some(column_use) => column_use.name(),
                    None => &*column.column,
                });
                table.dialect.write(names, &mut written);
                &written
            }
        };
        let mut head = table.preamble.clone();
        // A vector takes all that is written to it.
        let _ = rejects.line(rejects.own_names(), header, &mut head);
        rejects.head = head;
        rejects.header = header.clone();
        rejects
    }

    /// The names of its own columns.
    fn own_names(&self) -> &'static [&'static str] {
        &COLUMNS[..self.columns]
    }

    /// What comes before the records.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// The cells of the header: those of its own columns, and those of the source.
    pub fn head_cells(&self) -> Vec<Cow<'_, str>> {
        let source = self.cells(&self.header).unwrap_or_default();
        self.own_names()
            .iter()
            .map(|name| Cow::Borrowed(*name))
            .chain(source)
            .collect()
    }

    /// The cells of a rejected record: those of its own columns, and those of the source. `None` for
    /// a record whose cells cannot be separated.
    pub fn record_cells<'r>(
        &self,
        record: &'r [u8],
        (found, first): (&[Finding], &FirstPlace),
    ) -> Option<Vec<Cow<'r, str>>> {
        let cells = self.cells(record)?;
        let own = self.own_cells(found, first);
        Some(own.map(Cow::Owned).chain(cells).collect())
    }

    /// Where a record was in the list that was prepared first, if it says so.
    pub fn first_place(&self, record: &[u8]) -> Option<FirstPlace> {
        let columns = self.first?;
        let cells = self.all_cells(record)?;
        let cell = |place: usize| cells.get(place).map(|cell| cell.trim());
        Some(FirstPlace {
            row: cell(columns.row)?.parse().ok()?,
            line: cell(columns.line?).and_then(|line| line.parse().ok()),
            run: as_it_was(cell(columns.run?)?).to_owned(),
            part: columns
                .part
                .and_then(cell)
                .and_then(|part| part.parse().ok()),
            was_duplicate: columns.rule.and_then(cell).is_some_and(|rules| {
                let mut rules = rules.split("; ");
                rules.any(|rule| rule == Rule::PhoneDuplicate.name())
            }),
            taken_phone: None,
        })
    }

    /// The cells of a record as texts, without those of an earlier reject file.
    fn cells<'r>(&self, record: &'r [u8]) -> Option<Vec<Cow<'r, str>>> {
        let mut cells = self.all_cells(record)?;
        cells.drain(..self.own_columns.min(cells.len()));
        Some(self.moved.left_out(cells))
    }

    fn all_cells<'r>(&self, record: &'r [u8]) -> Option<Vec<Cow<'r, str>>> {
        let text = simdutf8::basic::from_utf8(record).ok()?;
        let mut spans = Vec::new();
        let mut marked = self.dialect.marked(record);
        let split = self
            .dialect
            .split(&mut marked, 0, true, Bounds::ALL, &mut spans);
        let Split::Record { count, .. } = split else {
            return None;
        };
        if count > spans.len() {
            return None;
        }
        Some(spans.iter().map(|span| text_of(text, *span)).collect())
    }

    /// Writes a rejected record. Of several faults, each comes after the one before it.
    pub fn write_record(
        &self,
        record: &[u8],
        (found, first): (&[Finding], &FirstPlace),
        out: &mut impl Write,
    ) -> io::Result<()> {
        let own: Vec<String> = self.own_cells(found, first).map(not_a_formula).collect();
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        self.line(&own, record, out)
    }

    /// The cells of its own columns for a rejected record.
    fn own_cells(&self, found: &[Finding], first: &FirstPlace) -> impl Iterator<Item = String> {
        let [rules, messages, suggestions] = fault_cells(found.iter());
        let line = first.line.map(|line| line.to_string()).unwrap_or_default();
        let part = first.part.map(|part| part.to_string()).unwrap_or_default();
        let (row, run, uses) = (
            first.row.to_string(),
            first.run.clone(),
            self.column_uses.clone(),
        );
        [rules, messages, suggestions, row, line, run, uses, part]
            .into_iter()
            .take(self.columns)
    }

    /// Writes the cells of its own columns, and after them a record.
    fn line(&self, own: &[&str], record: &[u8], out: &mut impl Write) -> io::Result<()> {
        let mut begin = Vec::new();
        self.dialect.write(own.iter().copied(), &mut begin);
        begin.push(self.dialect.delimiter);
        out.write_all(&begin)?;
        let of_list = self.moved.cut_from(self.own_left_out(record), self.dialect);
        out.write_all(&of_list)?;
        out.write_all(self.end)
    }

    /// A record without the cells of an earlier reject file. One whose quotes don't match stays
    /// as it is.
    fn own_left_out<'r>(&self, record: &'r [u8]) -> &'r [u8] {
        if self.own_columns == 0 {
            return record;
        }
        let mut cells = Vec::new();
        let mut marked = self.dialect.marked(record);
        let split = self
            .dialect
            .split(&mut marked, 0, true, Bounds::ALL, &mut cells);
        if !matches!(split, Split::Record { .. }) {
            return record;
        }
        let Some(first) = cells.get(self.own_columns) else {
            return b"";
        };
        let quote = usize::from(first.start > 0 && record[first.start - 1] == b'"');
        &record[first.start - quote..]
    }
}

/// The columns of an earlier reject file that say where a row was first.
#[derive(Clone, Copy, Debug)]
struct FirstColumns {
    row: usize,
    line: Option<usize>,
    run: Option<usize>,
    part: Option<usize>,
    rule: Option<usize>,
}

impl FirstColumns {
    fn of(mapping: &ColumnMapping) -> Option<FirstColumns> {
        let place = |name: &str| {
            let mut columns = mapping.columns().iter();
            columns.position(|column| column.column.eq_ignore_ascii_case(name))
        };
        Some(FirstColumns {
            row: place(FIRST_ROW)?,
            line: place(FIRST_LINE),
            run: place(FIRST_RUN),
            part: place(FIRST_PART),
            rule: place(RULE),
        })
    }
}

/// Whether the table is the reject file of an earlier run.
pub(in crate::batch) fn is_reject_file(mapping: &ColumnMapping) -> bool {
    let mut columns = mapping.columns().iter();
    mapping.has_header && columns.any(|column| column.column.eq_ignore_ascii_case(RULE))
}

/// What is said of a rejected record: the rules, what is wrong, and what would be right. Of several
/// faults, each comes after the one before it.
pub(super) fn fault_cells<'f>(found: impl Iterator<Item = &'f Finding> + Clone) -> [String; 3] {
    let errors = || {
        found
            .clone()
            .filter(|found| found.severity == Severity::Error)
    };
    let is_one = errors().count() == 1;
    let of_field = |found: &Finding, text: &str| match &found.field {
        Some(field) => format!("{field}: {text}"),
        None => text.to_owned(),
    };
    let rules = errors()
        .map(|found| found.fault.rule.name().to_owned())
        .collect();
    let messages = errors()
        .map(|found| of_field(found, &found.message()))
        .collect();
    let suggestions = errors()
        .filter_map(|found| {
            let suggestion = found.fault.suggestion.as_deref()?;
            Some(match is_one {
                true => suggestion.to_owned(),
                false => of_field(found, suggestion),
            })
        })
        .collect();
    [rules, messages, suggestions].map(|texts: Vec<String>| texts.join("; "))
}

/// A text that no spreadsheet takes for a formula when it reads it in a CSV: an apostrophe goes
/// before a first character that begins one. A phone or zone that is copied with the apostrophe is
/// repaired.
pub(super) fn not_a_formula(text: String) -> String {
    match text.starts_with(FORMULA) {
        true => format!("'{text}"),
        false => text,
    }
}

const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// The text of such a cell.
fn as_it_was(cell: &str) -> &str {
    let text = cell.strip_prefix('\'');
    text.filter(|text| text.starts_with(FORMULA))
        .unwrap_or(cell)
}
