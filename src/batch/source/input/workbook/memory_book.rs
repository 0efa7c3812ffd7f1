//! A workbook whose sheets are small tables in memory, as texts of HTML and XML are read.

use std::io;
use std::ops::Range;

use super::cell_types::CellType;
use super::cells::{MOST_CELLS, SheetRows};
use super::sheet_facts::SheetEntry;
use super::sheets::Book;
use crate::batch::error::broken;

/// The sheets of a workbook, with the texts of all cells one after the other.
#[derive(Debug, Default)]
pub(super) struct MemoryBook {
    sheets: Vec<MemorySheet>,
    text: String,
    cells: u64,
}

/// One sheet.
#[derive(Debug)]
pub(super) struct MemorySheet {
    pub entry: SheetEntry,
    cells: Vec<MemoryCell>,
    /// The rows that are hidden, in order.
    pub hidden: Vec<u32>,
    pub is_filtered: bool,
    /// How many cells are formulas without a value.
    pub unsaved: u64,
}

#[derive(Debug)]
struct MemoryCell {
    row: u32,
    column: u32,
    text: Range<usize>,
}

impl MemoryBook {
    /// Adds a sheet, and returns its place.
    pub fn add_sheet(&mut self, name: String) -> usize {
        self.sheets.push(MemorySheet {
            entry: SheetEntry {
                name,
                is_hidden: false,
            },
            cells: Vec::new(),
            hidden: Vec::new(),
            is_filtered: false,
            unsaved: 0,
        });
        self.sheets.len() - 1
    }

    /// The sheet at that place.
    pub fn sheet(&mut self, place: usize) -> &mut MemorySheet {
        &mut self.sheets[place]
    }

    /// How many sheets there are.
    pub fn sheet_count(&self) -> usize {
        self.sheets.len()
    }

    /// Adds a cell with a text; the cells of a sheet come in order.
    pub fn add_cell(
        &mut self,
        sheet: usize,
        (row, column): (u32, u32),
        text: &str,
    ) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        self.cells += 1;
        if self.cells > MOST_CELLS {
            return Err(broken(format!(
                "the tables have more than {MOST_CELLS} cells; save them as XLSX or CSV"
            )));
        }
        let start = self.text.len();
        self.text.push_str(text);
        self.sheets[sheet].cells.push(MemoryCell {
            row,
            column,
            text: start..self.text.len(),
        });
        Ok(())
    }
}

impl Book for MemoryBook {
    fn sheets(&self) -> Vec<SheetEntry> {
        self.sheets
            .iter()
            .map(|sheet| sheet.entry.clone())
            .collect()
    }

    fn read(&mut self, sheet: usize, rows: &mut SheetRows<'_, '_>) -> io::Result<()> {
        let sheet = &self.sheets[sheet];
        rows.set_marks(sheet.hidden.clone(), sheet.is_filtered, sheet.unsaved);
        rows.set_last(sheet.cells.last().map_or(0, |cell| cell.row));
        for cell in &sheet.cells {
            rows.cell((cell.row, cell.column), |out| {
                out.push_str(&self.text[cell.text.clone()]);
                CellType::Text
            })?;
        }
        Ok(())
    }
}
