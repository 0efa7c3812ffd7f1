//! What is known of the sheets of a workbook.

use serde::{Deserialize, Serialize};

/// A sheet, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SheetEntry {
    pub name: String,
    pub is_hidden: bool,
}

/// What is known of the sheet that was read, and of the others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetFacts {
    /// Whether the sheet that was read is hidden.
    pub hidden_sheet: bool,
    /// How many rows of the sheet are hidden, by a filter or by hand. They are rows.
    pub hidden_rows: u64,
    /// Whether a filter is set in it.
    pub filtered: bool,
    /// How many of its cells are formulas without a saved value.
    pub unsaved_formulas: u64,
    /// The other sheets with rows.
    pub other_sheets: Vec<OtherSheet>,
}

/// A sheet with rows that was not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherSheet {
    /// Its name.
    pub name: String,
    /// How many rows it has, its header too; `None` if they can't be read.
    pub rows: Option<u64>,
    /// Whether it is hidden.
    pub hidden: bool,
}
