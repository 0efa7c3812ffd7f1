//! SpreadsheetML 2003, the XML that Excel 2003 saved and that programs still export under the name of an
//! XLS workbook ("XML Spreadsheet").
//!
//! quick-xml reads no external entities and expands none that a file defines itself: a file that uses one
//! is damaged.

use std::io;

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::Workbook;
use super::cells::{COLUMNS, ROWS, write_float};
use super::memory_book::MemoryBook;
use super::sheet_marks::attribute;
use crate::batch::error::broken;

/// The longest text of a cell.
const LONGEST: usize = 1 << 20;
const MOST_SHEETS: usize = 1 << 12;
/// Elements inside of each other.
const DEEPEST: usize = 256;

/// Reads the sheets of a workbook.
pub(super) fn read(text: &str) -> io::Result<MemoryBook> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut sheets = SheetReader::default();
    let mut depth = 0_usize;
    loop {
        match reader.read_event().map_err(wrong)? {
            Event::Start(tag) => {
                depth += 1;
                if depth > DEEPEST {
                    return Err(wrong(format!("it has more than {DEEPEST} levels")));
                }
                sheets.start(&tag)?;
            }
            Event::End(tag) => {
                depth = depth.saturating_sub(1);
                sheets.end(tag.local_name().as_ref())?;
            }
            Event::Text(text) => sheets.text(&text.xml_content(XmlVersion::Implicit1_0))?,
            Event::CData(text) => sheets.text(&text.xml_content(XmlVersion::Implicit1_0))?,
            Event::GeneralRef(entity) => {
                sheets.text(resolved(&entity)?.encode_utf8(&mut [0; 4]))?
            }
            Event::Eof if depth > 0 => return Err(wrong("it ends inside an element")),
            Event::Eof if sheets.book.sheet_count() == 0 => return Err(wrong("it has no sheet")),
            Event::Eof => return Ok(sheets.book),
            _ => {}
        }
    }
}

fn wrong(why: impl std::fmt::Display) -> io::Error {
    Workbook::SpreadsheetMl.damaged(why)
}

/// The character that a reference stands for.
fn resolved(entity: &BytesRef<'_>) -> io::Result<char> {
    if let Some(c) = entity.resolve_char_ref().map_err(wrong)? {
        return Ok(c);
    }
    match entity.as_ref() {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        _ => Err(wrong("it uses an entity that XML does not have")),
    }
}

#[derive(Default)]
struct SheetReader {
    book: MemoryBook,
    /// The sheet that is open.
    sheet: Option<usize>,
    /// The next row and column; the ones before are open.
    row: u64,
    column: u64,
    cell: OpenCell,
    /// Whether the text is that of a cell, or says whether the sheet is visible.
    is_value: bool,
    is_visible: bool,
    /// Whether a note beside a cell is open.
    is_note: bool,
}

/// The cell that is open.
#[derive(Default)]
struct OpenCell {
    kind: String,
    text: String,
    has_formula: bool,
    /// How many columns it spans besides its own.
    spans: u64,
}

impl SheetReader {
    fn start(&mut self, tag: &BytesStart<'_>) -> io::Result<()> {
        match (tag.local_name().as_ref(), self.sheet) {
            ("Worksheet", _) => {
                if self.book.sheet_count() >= MOST_SHEETS {
                    return Err(wrong(format!("it has more than {MOST_SHEETS} sheets")));
                }
                let name = attribute(tag, "Name").unwrap_or_default();
                self.sheet = Some(self.book.add_sheet(name));
                self.row = 0;
            }
            ("Row", Some(sheet)) => {
                let before = self.row;
                self.row = place(tag, before.saturating_add(1))?;
                if self.row <= before {
                    return Err(wrong("its rows are out of order"));
                }
                self.column = 0;
                if self.row <= u64::from(ROWS) && attribute(tag, "Hidden").as_deref() == Some("1") {
                    self.book.sheet(sheet).hidden.push(self.row as u32 - 1);
                }
            }
            ("Cell", Some(_)) => {
                let next = self.column.saturating_add(1);
                self.column = place(tag, next)?;
                if self.column < next {
                    return Err(wrong("its cells are out of order"));
                }
                self.cell = OpenCell {
                    has_formula: attribute(tag, "Formula").is_some(),
                    spans: number(tag, "MergeAcross")?.unwrap_or(0),
                    ..OpenCell::default()
                };
            }
            ("Comment", _) => self.is_note = true,
            ("Data", Some(_)) if !self.is_note => {
                self.is_value = true;
                self.cell.kind = attribute(tag, "Type").unwrap_or_default();
            }
            ("Visible", Some(_)) => self.is_visible = true,
            ("AutoFilter", Some(sheet)) => self.book.sheet(sheet).is_filtered = true,
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        if self.is_value {
            if self.cell.text.len() + text.len() > LONGEST {
                return Err(broken(
                    "a cell of the SpreadsheetML workbook is too long; save the list as CSV",
                ));
            }
            self.cell.text.push_str(text);
        }
        if let Some(sheet) = self
            .sheet
            .filter(|_| self.is_visible && !text.trim().is_empty())
        {
            self.book.sheet(sheet).entry.is_hidden = text.trim() != "SheetVisible";
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> io::Result<()> {
        match (name, self.sheet) {
            ("Worksheet", _) => self.sheet = None,
            ("Cell", Some(sheet)) => self.end_cell(sheet)?,
            ("Comment", _) => self.is_note = false,
            ("Data", _) => self.is_value = false,
            ("Visible", _) => self.is_visible = false,
            _ => {}
        }
        Ok(())
    }

    fn end_cell(&mut self, sheet: usize) -> io::Result<()> {
        let cell = std::mem::take(&mut self.cell);
        let mut text = String::new();
        write_value(&cell, &mut text);
        if text.is_empty() && cell.has_formula {
            self.book.sheet(sheet).unsaved += 1;
        }
        let (row, column) = (self.row.max(1), self.column);
        self.column = column.saturating_add(cell.spans);
        if text.is_empty() {
            return Ok(());
        }
        if row > u64::from(ROWS) || column > u64::from(COLUMNS) {
            return Err(broken(format!(
                "the sheet has a cell in row {row} and column {column}; a sheet has at most \
                 {ROWS} rows and {COLUMNS} columns"
            )));
        }
        self.book
            .add_cell(sheet, (row as u32 - 1, column as u32 - 1), &text)
    }
}

/// The place of a row or a cell, from 1: the one that it says, or the next.
fn place(tag: &BytesStart<'_>, next: u64) -> io::Result<u64> {
    match number(tag, "Index")? {
        Some(0) => Err(wrong("it has a row or a column 0")),
        place => Ok(place.unwrap_or(next)),
    }
}

fn number(tag: &BytesStart<'_>, key: &str) -> io::Result<Option<u64>> {
    let Some(text) = attribute(tag, key) else {
        return Ok(None);
    };
    let number = text.trim().parse();
    number
        .map(Some)
        .map_err(|_| wrong(format!("{key} is not a number: {text:?}")))
}

/// Writes the text of a cell by its type.
fn write_value(cell: &OpenCell, out: &mut String) {
    let text = &*cell.text;
    match &*cell.kind {
        "Number" => match text.trim().parse::<f64>() {
            Ok(number) => write_float(number, out),
            Err(_) => out.push_str(text),
        },
        "Boolean" => out.push_str(match text.trim() {
            "1" => "TRUE",
            "0" => "FALSE",
            other => other,
        }),
        "DateTime" => {
            // A time of day is on the day before the first.
            let text = text.trim();
            let text = text.strip_suffix(".000").unwrap_or(text);
            let time = text.strip_prefix("1899-12-31T");
            out.push_str(match time {
                Some(time) => time.strip_suffix(":00").unwrap_or(time),
                None => text.strip_suffix("T00:00:00").unwrap_or(text),
            });
        }
        _ => out.push_str(text),
    }
}
