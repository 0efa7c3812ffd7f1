//! Workbooks of spreadsheets: the rows of one sheet, as delimited text.
//!
//! ```text
//! this process                                   reader process
//! source ──▶ temporary file ──── standard input ────▶ look-through ──▶ calamine ──▶ rows
//! ProcessText ◀─ thread ◀─────── standard output ◀──── replies ◀──────────────────────┘
//! ```
//!
//! A sheet becomes a table in UTF-8, with commas and one line for each row. From there on it is
//! read like any other table. Rows without a value are left out. The reader process also decides which
//! sheet is the list ([`sheets`]), because only there all sheets are at hand.
//!
//! The libraries that read workbooks trust the file: a kilobyte can make them reserve a terabyte.
//! So they run in a process of their own ([`reader`]), whose address space the operating system
//! limits. Whatever a workbook does to that process is an error of the source here. Some checks
//! before that ([`xlsx`], [`xls`]) give better messages and refuse early what would take long.
//!
//! Limits: on macOS and Windows the address space is not limited, so the checks alone bound memory
//! there. A crash of the reader is an error there too.

mod archive;
mod bounded;
mod cell_types;
mod cells;
mod html;
mod lists;
mod markup;
mod memory_book;
mod ods;
mod phone_search;
mod process;
mod reader;
mod reply;
mod sheet_facts;
mod sheet_marks;
mod sheets;
mod spreadsheetml;
mod xls;
mod xlsb;
mod xlsx;

pub use cell_types::CellType;
pub(super) use cell_types::CellTypes;
pub use phone_search::PhoneSearch;
pub use process::{Host, ReaderCommand, ReaderNotStarted};
#[cfg(test)]
pub(in crate::batch) use reader::sheet_of;
pub use reader::{read_sheet, serve};
pub use sheet_facts::{OtherSheet, SheetFacts};
pub use sheets::SheetRequest;

pub(super) use process::{ReaderText, text_of};

use serde::{Deserialize, Serialize};

use crate::batch::error::broken;

/// A format of workbooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workbook {
    /// Office Open XML (ECMA-376).
    Xlsx,
    /// BIFF8 in a compound file.
    Xls,
    /// The binary form of XLSX (MS-XLSB).
    Xlsb,
    /// A spreadsheet of OpenDocument (ISO/IEC 26300).
    Ods,
    /// A table of an HTML page.
    Html,
    /// The XML of Excel 2003.
    SpreadsheetMl,
}

/// What a library says of a damaged file, in words that need no knowledge of the format.
fn in_plain_words(why: impl std::fmt::Display) -> String {
    let why = why.to_string();
    if why.contains("EOCD") {
        return "its end is missing, perhaps because it was not copied whole".to_owned();
    }
    if why.contains("CFB") {
        return "its container is broken".to_owned();
    }
    why
}

impl Workbook {
    /// All of them.
    pub const ALL: [Workbook; 6] = [
        Workbook::Xlsx,
        Workbook::Xls,
        Workbook::Xlsb,
        Workbook::Ods,
        Workbook::Html,
        Workbook::SpreadsheetMl,
    ];

    /// The name of the format, such as `xlsx`.
    pub fn name(self) -> &'static str {
        match self {
            Workbook::Xlsx => "xlsx",
            Workbook::Xls => "xls",
            Workbook::Xlsb => "xlsb",
            Workbook::Ods => "ods",
            Workbook::Html => "html",
            Workbook::SpreadsheetMl => "spreadsheetml",
        }
    }

    /// The workbook format of that name.
    pub fn from_name(name: &str) -> Option<Workbook> {
        Workbook::ALL.into_iter().find(|form| form.name() == name)
    }

    /// What a file of this format is called.
    pub fn title(self) -> &'static str {
        match self {
            Workbook::Xlsx => "XLSX workbook",
            Workbook::Xls => "XLS workbook",
            Workbook::Xlsb => "XLSB workbook",
            Workbook::Ods => "ODS workbook",
            Workbook::Html => "HTML table",
            Workbook::SpreadsheetMl => "XML Spreadsheet (SpreadsheetML)",
        }
    }

    /// An error about a damaged workbook of this format.
    fn damaged(self, why: impl std::fmt::Display) -> std::io::Error {
        let why = in_plain_words(why);
        broken(format!("the {} is damaged: {why}", self.title()))
    }

    /// The same with its article.
    pub fn title_with_article(self) -> String {
        format!("an {}", self.title())
    }

    /// An error about a workbook with a password.
    fn encrypted(self) -> std::io::Error {
        let title = self.title();
        broken(format!(
            "the {title} is encrypted; save it without a password"
        ))
    }
}

/// What the first bytes of a source show about a file that the reader process opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Container {
    /// A ZIP archive: a workbook, a list, or another document.
    Zip,
    /// A compound file (MS-CFB): a workbook, or another document.
    Compound,
    /// A page of HTML.
    Html,
    /// XML of Excel 2003.
    SpreadsheetMl,
}

impl Container {
    /// What it is in most cases.
    fn usual_form(self) -> Workbook {
        match self {
            Container::Zip => Workbook::Xlsx,
            Container::Compound => Workbook::Xls,
            Container::Html => Workbook::Html,
            Container::SpreadsheetMl => Workbook::SpreadsheetMl,
        }
    }
}

/// The byte between the cells of a sheet in its text.
pub const DELIMITER: u8 = b',';
