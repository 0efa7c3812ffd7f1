//! The reject file in the form of the source: the records as they came, and before each what is
//! wrong with it, so that it can be mended where it was made and read again.

use super::csv::Csv;
use super::dialect::{Dialect, Split};
use crate::Severity;
use crate::batch::report::Diagnostic;

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
            head: table.preamble.clone(),
        };
        let mut head = std::mem::take(&mut rejects.head);
        rejects.cells(COLUMNS.map(str::to_owned), &mut head);
        match table.mapping.has_header {
            true => head.extend_from_slice(rejects.own_left_out(&table.header)),
            false => {
                let names = table
                    .mapping
                    .columns()
                    .iter()
                    .map(|column| column.column.clone());
                rejects.cells(names, &mut head);
                head.pop(); // the delimiter behind the last
            }
        }
        head.extend_from_slice(rejects.end);
        rejects.head = head;
        rejects
    }

    /// What stands before the records.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// Appends a rejected record. Of several faults, each stands behind the one before it.
    pub fn write_record(&self, record: &[u8], told: &[Diagnostic], out: &mut Vec<u8>) {
        let errors = || told.iter().filter(|told| told.severity == Severity::Error);
        let is_one = errors().count() == 1;
        let of_field = |told: &Diagnostic, text: &str| match &told.field {
            Some(field) => format!("{field}: {text}"),
            None => text.to_owned(),
        };
        let joined = |texts: Vec<String>| texts.join("; ");
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
        self.cells([rules, messages, suggestions].map(joined), out);
        out.extend_from_slice(self.own_left_out(record));
        out.extend_from_slice(self.end);
    }

    /// Appends cells, a delimiter behind each.
    fn cells(&self, texts: impl IntoIterator<Item = String>, out: &mut Vec<u8>) {
        for text in texts {
            let delimiter = self.dialect.delimiter;
            let needs_quotes = |byte: u8| byte == delimiter || matches!(byte, b'"' | b'\r' | b'\n');
            match text.bytes().any(needs_quotes) {
                true => {
                    out.push(b'"');
                    out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
                    out.push(b'"');
                }
                false => out.extend_from_slice(text.as_bytes()),
            }
            out.push(delimiter);
        }
    }

    /// A record without the cells of an earlier reject file. One whose quotes don't match stays
    /// as it is.
    fn own_left_out<'r>(&self, record: &'r [u8]) -> &'r [u8] {
        if self.own_columns == 0 {
            return record;
        }
        let mut cells = Vec::new();
        let split = self.dialect.split(record, 0, true, usize::MAX, &mut cells);
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
