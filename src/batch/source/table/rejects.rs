//! The reject file in the form of the source: the records as they came, and before each what is
//! wrong with it, so that it can be mended where it was made and read again.

use std::io::{self, Write};

use super::csv::Csv;
use super::dialect::{Bounds, Dialect, Split};
use crate::Severity;
use crate::batch::out::report::Diagnostic;

/// The columns that a reject file has beside those of its source. They come first: what stands
/// behind a record with too few cells, too many, or a quote that is never closed would not stand
/// in its column.
const COLUMNS: [&str; 3] = ["predial_rule", "predial_message", "predial_suggestion"];

/// How the reject file of one table is written.
#[derive(Debug)]
pub struct RejectTable {
    dialect: Dialect,
    end: &'static [u8],
    /// How many columns of the source are those of an earlier reject file, and left out.
    own_columns: usize,
    head: Vec<u8>,
}

impl RejectTable {
    /// That of a table.
    pub fn of(table: &Csv) -> RejectTable {
        let mut rejects = RejectTable {
            dialect: table.dialect,
            end: table.end,
            own_columns: table.mapping.own_columns(),
            head: Vec::new(),
        };
        let mut written = Vec::new();
        let header = match table.mapping.has_header {
            true => &table.header,
            false => {
                let columns = table.mapping.columns().iter();
                let names = columns.map(|column| &*column.column);
                table.dialect.write(names, &mut written);
                &written
            }
        };
        let mut head = table.preamble.clone();
        // A vector takes all that is written to it.
        let _ = rejects.line(COLUMNS, header, &mut head);
        rejects.head = head;
        rejects
    }

    /// What stands before the records.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// Writes a rejected record. Of several faults, each comes after the one before it.
    pub fn write_record(
        &self,
        record: &[u8],
        told: &[Diagnostic],
        out: &mut impl Write,
    ) -> io::Result<()> {
        let errors = || told.iter().filter(|told| told.severity == Severity::Error);
        let is_one = errors().count() == 1;
        let of_field = |told: &Diagnostic, text: &str| match &told.field {
            Some(field) => format!("{field}: {text}"),
            None => text.to_owned(),
        };
        let rules = errors().map(|told| told.rule.name().to_owned()).collect();
        let messages = errors().map(|told| of_field(told, &told.message)).collect();
        let suggestions = errors()
            .filter_map(|told| {
                let suggestion = told.suggestion.as_deref()?;
                Some(match is_one {
                    true => suggestion.to_owned(),
                    false => of_field(told, suggestion),
                })
            })
            .collect();
        let own = [rules, messages, suggestions].map(|texts: Vec<String>| texts.join("; "));
        self.line(own.each_ref().map(String::as_str), record, out)
    }

    /// Writes the cells of its own columns, and after them a record.
    fn line(&self, own: [&str; 3], record: &[u8], out: &mut impl Write) -> io::Result<()> {
        let mut begin = Vec::new();
        self.dialect.write(own, &mut begin);
        begin.push(self.dialect.delimiter);
        out.write_all(&begin)?;
        out.write_all(self.own_left_out(record))?;
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
