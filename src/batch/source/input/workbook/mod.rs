//! Workbooks of spreadsheets: the rows of one sheet, as delimited text.
//!
//! ```text
//! this process                                   reader process
//! source ──▶ temporary file ──── standard input ────▶ look-through ──▶ calamine ──▶ rows
//! SheetText ◀── thread ◀──────── standard output ◀──── replies ◀──────────────────────┘
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

mod bounded;
mod cells;
mod phone_search;
mod process;
mod reader;
mod reply;
mod sheet_facts;
mod sheet_marks;
mod sheets;
mod xls;
mod xlsx;

pub use phone_search::PhoneSearch;
pub use process::{Host, ReaderCommand, ReaderNotStarted};
#[cfg(test)]
pub(in crate::batch) use reader::sheet_of;
pub use reader::{read_sheet, serve};
pub use sheet_facts::{OtherSheet, SheetFacts};
pub use sheets::SheetRequest;

pub(super) use process::text_of;

use crate::batch::error::broken;

/// A format of workbooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workbook {
    /// Office Open XML (ECMA-376).
    Xlsx,
    /// BIFF8 in a compound file.
    Xls,
}

impl Workbook {
    /// The name of the format: `xlsx` or `xls`.
    pub fn name(self) -> &'static str {
        match self {
            Workbook::Xlsx => "xlsx",
            Workbook::Xls => "xls",
        }
    }

    /// The workbook format of that name.
    pub fn from_name(name: &str) -> Option<Workbook> {
        match name {
            "xlsx" => Some(Workbook::Xlsx),
            "xls" => Some(Workbook::Xls),
            _ => None,
        }
    }

    /// An error about a damaged workbook of this format.
    fn damaged(self, why: impl std::fmt::Display) -> std::io::Error {
        let name = self.name().to_ascii_uppercase();
        broken(format!("the {name} workbook is damaged: {why}"))
    }
}

/// The byte between the cells of a sheet in its text.
pub const DELIMITER: u8 = b',';
