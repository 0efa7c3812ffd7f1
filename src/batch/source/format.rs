//! The formats of a source.

use crate::batch::source::input::{Guess, Workbook};

/// The name of the format of tables in Arrow arrays.
pub(in crate::batch) const ARROW: &str = "arrow";

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceFormat {
    /// One JSON array of jobs (RFC 8259).
    Json,
    /// A JSON text on each line.
    Ndjson,
    /// Delimited text (RFC 4180) with any delimiter.
    Csv,
    /// Delimited text with tabs.
    Tsv,
    /// A sheet of a workbook.
    Workbook(Workbook),
}

impl SourceFormat {
    /// The format of that name: `json`, `ndjson`, `csv`, `tsv`, `xlsx`, `xls`, `xlsb`, `ods`,
    /// `html` or `spreadsheetml`.
    pub fn from_name(name: &str) -> Option<SourceFormat> {
        match name {
            "json" => Some(SourceFormat::Json),
            "ndjson" | "jsonl" => Some(SourceFormat::Ndjson),
            "csv" => Some(SourceFormat::Csv),
            "tsv" => Some(SourceFormat::Tsv),
            _ => Workbook::from_name(name).map(SourceFormat::Workbook),
        }
    }

    /// Whether the encoding of a text may be guessed, given its format if that is known.
    pub fn guess(format: Option<SourceFormat>) -> Guess {
        match format {
            Some(SourceFormat::Json | SourceFormat::Ndjson | SourceFormat::Workbook(_)) => {
                Guess::Never
            }
            Some(SourceFormat::Csv | SourceFormat::Tsv) => Guess::Always,
            None => Guess::UnlessJson,
        }
    }

    /// The name of the format.
    pub fn name(self) -> &'static str {
        match self {
            SourceFormat::Json => "json",
            SourceFormat::Ndjson => "ndjson",
            SourceFormat::Csv => "csv",
            SourceFormat::Tsv => "tsv",
            SourceFormat::Workbook(form) => form.name(),
        }
    }
}
