//! The formats of a source.

use crate::batch::source::input::{Guess, Workbook};

/// The name of the form of tables that Arrow arrays hold.
pub(in crate::batch) const ARROW: &str = "arrow";

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON array of jobs (RFC 8259).
    Json,
    /// A JSON text a line.
    Ndjson,
    /// Delimited text (RFC 4180), with whatever delimiter.
    Csv,
    /// Delimited text with tabs.
    Tsv,
    /// A sheet of a workbook.
    Workbook(Workbook),
}

impl Format {
    /// The format of that name: `json`, `ndjson`, `csv`, `tsv`, `xlsx` or `xls`.
    pub fn from_name(name: &str) -> Option<Format> {
        match name {
            "json" => Some(Format::Json),
            "ndjson" | "jsonl" => Some(Format::Ndjson),
            "csv" => Some(Format::Csv),
            "tsv" => Some(Format::Tsv),
            "xlsx" => Some(Format::Workbook(Workbook::Xlsx)),
            "xls" => Some(Format::Workbook(Workbook::Xls)),
            _ => None,
        }
    }

    /// Whether an encoding may be guessed for a text of the format, if that is known.
    pub fn guess(format: Option<Format>) -> Guess {
        match format {
            Some(Format::Json | Format::Ndjson | Format::Workbook(_)) => Guess::Never,
            Some(Format::Csv | Format::Tsv) => Guess::Always,
            None => Guess::UnlessJson,
        }
    }

    /// The name of the format.
    pub fn name(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Ndjson => "ndjson",
            Format::Csv => "csv",
            Format::Tsv => "tsv",
            Format::Workbook(form) => form.name(),
        }
    }
}
