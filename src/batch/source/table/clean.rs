//! A cleaned list in the form of its source: the records as they came, with other texts in the cells
//! of the phone and of the zone.

use std::borrow::Cow;

use super::csv::Csv;
use super::dialect::{Bounds, Dialect, LineEnd, Span, Split, text_of};
use super::mapping::ColumnUse;
use super::moved_columns::MovedColumns;
use super::rejects::{COLUMNS, fault_cells, not_a_formula};
use crate::job::{Finding, KnownField};
use crate::phone;

/// How many columns a list with its rejected rows has besides those of its source: the rule, the
/// message, the suggestion.
const OWN: usize = 3;

/// Their names.
pub const REJECT_COLUMNS: [&str; OWN] = [COLUMNS[0], COLUMNS[1], COLUMNS[2]];

/// How a table is written again.
#[derive(Debug)]
pub struct CleanTable {
    dialect: Dialect,
    /// What ends a record whose own end is not known.
    end: &'static [u8],
    /// How many columns of the source are those of an earlier file of predial, and left out.
    own_columns: usize,
    moved: MovedColumns,
    keeps_rejects: bool,
    head: Vec<u8>,
    /// The columns of the phone and of the zone; the first with a value is used.
    columns: [(KnownField, Vec<usize>); 2],
}

impl CleanTable {
    /// That of a table; `keeps_rejects`: whether it has the rejected rows, and why each is rejected.
    pub fn of(table: &Csv, keeps_rejects: bool) -> CleanTable {
        let places = |field| {
            let places = table.mapping.places_for(ColumnUse::Field(field));
            (field, places.to_vec())
        };
        let mut clean = CleanTable {
            dialect: table.dialect,
            end: table.end,
            own_columns: table.mapping.own_columns(),
            moved: MovedColumns::of(&table.mapping, table.dialect),
            keeps_rejects,
            head: Vec::new(),
            columns: [places(KnownField::Phone), places(KnownField::GmtZone)],
        };
        clean.head = clean.head_of(table);
        clean
    }

    fn head_of(&self, table: &Csv) -> Vec<u8> {
        if !self.keeps_rejects && self.own_columns == 0 && self.moved.is_empty() {
            return table.above.clone();
        }
        let mut head = table.above.clone();
        if table.mapping.has_header {
            // Titles before the header, and blank lines around it, stay.
            let after = head.split_off(table.header_at + table.header.len());
            head.truncate(table.header_at);
            let own = self.keeps_rejects.then(|| own_header(table.dialect));
            self.line((&table.header, b""), own, &[], &mut head);
            head.extend_from_slice(&after);
        } else if self.keeps_rejects {
            let names = table.mapping.columns().iter();
            let names = names.map(|column| match column.column_use {
                Some(column_use) => column_use.name(),
                None => &*column.column,
            });
            let all = REJECT_COLUMNS.into_iter().chain(names);
            table.dialect.write(all, &mut head);
            head.extend_from_slice(table.end);
        }
        head
    }

    /// What comes before the records.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// Appends a record with these texts in the cells of its fields, and with its own end of line.
    /// `after` is what follows the record in its source.
    pub fn write_record(
        &self,
        (record, after): (&[u8], &[u8]),
        values: &[(KnownField, String)],
        found: &[Finding],
        out: &mut Vec<u8>,
    ) {
        let own = self.keeps_rejects.then(|| {
            let cells = reject_cells(found.iter()).map(not_a_formula);
            let mut own = Vec::new();
            let cells = cells.iter().map(String::as_str);
            self.dialect.write(cells, &mut own);
            own
        });
        self.line((record, self.line_end(after)), own, values, out);
    }

    fn line(
        &self,
        (record, end): (&[u8], &[u8]),
        own: Option<Vec<u8>>,
        values: &[(KnownField, String)],
        out: &mut Vec<u8>,
    ) {
        if self.dialect.is_wrapped && (own.is_some() || self.own_columns > 0) {
            self.wrapped(record, own, values, out);
            return out.extend_from_slice(end);
        }
        if let Some(own) = own {
            out.extend_from_slice(&own);
            out.push(self.dialect.delimiter);
        }
        match values.is_empty() && self.own_columns == 0 && self.moved.is_empty() {
            true => out.extend_from_slice(record),
            false => {
                let mut of_list = Vec::with_capacity(record.len());
                self.cells_from(self.own_columns, record, values, &mut of_list);
                out.extend_from_slice(&self.moved.cut_from(&of_list, self.dialect));
            }
        }
        out.extend_from_slice(end);
    }

    /// Appends a record that begins with other cells and is in quotes as a whole, whether it came so
    /// or not: its first cell may have quotes of its own.
    fn wrapped(
        &self,
        record: &[u8],
        own: Option<Vec<u8>>,
        values: &[(KnownField, String)],
        out: &mut Vec<u8>,
    ) {
        let mut rest = Vec::new();
        self.cells_from(self.own_columns, record, values, &mut rest);
        out.push(b'"');
        if let Some(own) = own {
            push_doubled(&own, out);
            out.push(self.dialect.delimiter);
        }
        let is_whole = record.starts_with(b"\"");
        match self.split(record).filter(|_| is_whole) {
            Some(_) if self.own_columns == 0 => out.extend_from_slice(&rest[1..]),
            Some((_, spans)) if spans.len() > self.own_columns => out.extend_from_slice(&rest),
            Some(_) => out.push(b'"'),
            None => {
                push_doubled(&rest, out);
                out.push(b'"');
            }
        }
    }

    /// Appends the cells of a record from a column on, some of them rewritten. A record whose cells
    /// can't be separated stays as it is.
    fn cells_from(
        &self,
        first: usize,
        record: &[u8],
        values: &[(KnownField, String)],
        out: &mut Vec<u8>,
    ) {
        let Some((text, spans)) = self.split(record) else {
            return out.extend_from_slice(record);
        };
        let mut edits: Vec<(Span, &str)> = values
            .iter()
            .filter_map(|(field, value)| {
                let column = self.column_of(*field, text, &spans)?;
                Some((spans[column], value.as_str()))
            })
            .collect();
        edits.sort_by_key(|(span, _)| span.start);
        let mut from = match (first, spans.get(first)) {
            (0, _) => 0,
            (_, None) => return,
            (_, Some(span)) => span.start - quotes_before(record, *span),
        };
        for (span, value) in edits {
            out.extend_from_slice(&record[from..span.start]);
            match is_quoted(record, span) {
                true => out.extend_from_slice(self.dialect.within_quotes(value).as_bytes()),
                false => self.dialect.write([value], out),
            }
            from = span.end;
        }
        out.extend_from_slice(&record[from..]);
    }

    /// A record with these texts in the cells of its fields. Nothing else of it changes.
    pub fn with_values(&self, record: &[u8], values: &[(KnownField, String)]) -> Vec<u8> {
        let mut written = Vec::with_capacity(record.len());
        self.cells_from(0, record, values, &mut written);
        written
    }

    /// The cells of the header for a sheet.
    pub fn head_cells(&self) -> Vec<Vec<Cow<'_, str>>> {
        let mut rows = Vec::new();
        let mut rest = self
            .head
            .strip_prefix(b"\xEF\xBB\xBF")
            .unwrap_or(&self.head);
        while !rest.is_empty() {
            let mut spans = Vec::new();
            let mut marked = self.dialect.marked(rest);
            let split = self
                .dialect
                .split(&mut marked, 0, true, Bounds::ALL, &mut spans);
            let Split::Record { next, .. } = split else {
                break;
            };
            let text = simdutf8::basic::from_utf8(rest).unwrap_or_default();
            rows.push(spans.iter().map(|span| text_of(text, *span)).collect());
            rest = &rest[next..];
        }
        rows
    }

    /// The cells of a record for a sheet. `None` if they can't be separated.
    pub fn record_cells<'r>(
        &self,
        record: &'r [u8],
        values: &'r [(KnownField, String)],
        found: &[Finding],
    ) -> Option<Vec<Cow<'r, str>>> {
        let (text, spans) = self.split(record)?;
        let mut cells: Vec<Cow<'r, str>> = spans.iter().map(|span| text_of(text, *span)).collect();
        for (field, value) in values {
            if let Some(column) = self.column_of(*field, text, &spans) {
                cells[column] = Cow::Borrowed(value);
            }
        }
        cells.drain(..self.own_columns.min(cells.len()));
        let cells = self.moved.left_out(cells);
        let own = self
            .keeps_rejects
            .then(|| reject_cells(found.iter()).map(Cow::Owned));
        Some(own.into_iter().flatten().chain(cells).collect())
    }

    /// The column of the source whose cells the sheet has at this place unchanged. `None` if the cells are
    /// written here.
    pub fn kept_column(&self, place: usize) -> Option<usize> {
        let own = if self.keeps_rejects { OWN } else { 0 };
        let of_list = self.moved.place_before(place.checked_sub(own)?);
        let column = of_list + self.own_columns;
        let is_rewritten = self
            .columns
            .iter()
            .any(|(_, places)| places.contains(&column));
        (!is_rewritten).then_some(column)
    }

    fn split<'r>(&self, record: &'r [u8]) -> Option<(&'r str, Vec<Span>)> {
        let text = simdutf8::basic::from_utf8(record).ok()?;
        let mut spans = Vec::new();
        let mut marked = self.dialect.marked(record);
        let split = self
            .dialect
            .split(&mut marked, 0, true, Bounds::ALL, &mut spans);
        match split {
            Split::Record { count, .. } if count <= spans.len() => Some((text, spans)),
            _ => None,
        }
    }

    /// The column whose cell was read as the value of a field.
    fn column_of(&self, field: KnownField, text: &str, spans: &[Span]) -> Option<usize> {
        let (_, places) = self.columns.iter().find(|(other, _)| *other == field)?;
        let cell = |place: &usize| spans.get(*place).map(|span| text_of(text, *span));
        let is_filled = |place: &&usize| cell(place).is_some_and(|cell| !cell.trim().is_empty());
        let has_value = |place: &&usize| {
            field != KnownField::Phone
                || cell(place).is_some_and(|cell| !phone::means_nothing(&cell))
        };
        let mut filled = places.iter().filter(is_filled);
        let first = filled.clone().next();
        filled.find(has_value).or(first).copied()
    }

    /// The line end at the beginning of what follows a record.
    fn line_end<'t>(&self, after: &'t [u8]) -> &'t [u8] {
        let length = match self.dialect.end {
            LineEnd::Cr => usize::from(after.first() == Some(&b'\r')),
            LineEnd::Lf => {
                let returns = after.iter().take_while(|byte| **byte == b'\r').count();
                match after.get(returns) {
                    Some(b'\n') => returns + 1,
                    _ => 0,
                }
            }
        };
        match length {
            0 => self.end,
            length => &after[..length],
        }
    }
}

fn own_header(dialect: Dialect) -> Vec<u8> {
    let mut own = Vec::new();
    dialect.write(REJECT_COLUMNS, &mut own);
    own
}

/// The rules, what is wrong, and what would be right; empty for a row that is not rejected.
pub fn reject_cells<'f>(found: impl Iterator<Item = &'f Finding> + Clone) -> [String; OWN] {
    fault_cells(found)
}

fn push_doubled(text: &[u8], out: &mut Vec<u8>) {
    for byte in text {
        if *byte == b'"' {
            out.push(b'"');
        }
        out.push(*byte);
    }
}

/// How many quotes begin a cell that is not the first: two in a record that is in quotes as a whole.
fn quotes_before(record: &[u8], span: Span) -> usize {
    let before = record[..span.start].iter().rev();
    before.take_while(|byte| **byte == b'"').count().min(2)
}

/// Whether a cell has quotes around it.
fn is_quoted(record: &[u8], span: Span) -> bool {
    span.start > 0 && record[span.start - 1] == b'"'
}
