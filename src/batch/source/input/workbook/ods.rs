//! ODS workbooks (OpenDocument).
//!
//! A row or a cell may be repeated: a few bytes say a million. calamine reads all sheets into memory, with
//! a cell for each place in the rectangle that a sheet fills, and leaves out what is repeated beyond the
//! last row. So the repetitions are added up before: a value beyond the last row or column, or too large a
//! rectangle, is an error, and never fewer rows.

use std::io::{self, BufRead, BufReader, Read, Seek};

use calamine::{Ods, Reader as _};
use memchr::memmem;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::Workbook;
use super::cells::{COLUMNS, MOST_CELLS, ROWS, SheetRows, of_cells, write_range};
use super::sheet_facts::SheetEntry;
use super::sheet_marks::attribute;
use super::sheets::Book;
use super::xlsx::look_through;
use crate::batch::error::broken;

/// An ODS workbook.
pub(super) struct OdsBook<R: Read + Seek> {
    book: Ods<R>,
    sheets: Vec<SheetEntry>,
    /// What each sheet with a name says beside its values.
    marks: Vec<TableLook>,
}

/// Opens a workbook of `size` bytes.
pub(super) fn open<R: Read + Seek>(mut workbook: R, size: u64) -> io::Result<OdsBook<R>> {
    look_through(&mut workbook, size, Workbook::Ods)?;
    workbook.rewind()?;
    let marks = {
        let mut archive = zip::ZipArchive::new(&mut workbook).map_err(wrong)?;
        refuse_encrypted(&mut archive)?;
        let content = archive.by_name("content.xml").map_err(wrong)?;
        tables(BufReader::new(content))?
    };
    workbook.rewind()?;
    let book: Ods<R> = Ods::new(workbook).map_err(|why| match why {
        calamine::OdsError::Password => Workbook::Ods.encrypted(),
        why => wrong(why),
    })?;
    if book.sheets_metadata().is_empty() {
        return Err(wrong("it has no sheet"));
    }
    let sheets = of_cells(book.sheets_metadata());
    Ok(OdsBook {
        book,
        sheets: sheets.into_iter().map(|(_, sheet)| sheet).collect(),
        marks,
    })
}

fn wrong(why: impl std::fmt::Display) -> io::Error {
    Workbook::Ods.damaged(why)
}

fn refuse_encrypted(archive: &mut zip::ZipArchive<impl Read + Seek>) -> io::Result<()> {
    /// The list of the parts is short.
    const LONGEST: u64 = 1 << 20;
    if archive.index_for_name("encrypted-package").is_some() {
        return Err(Workbook::Ods.encrypted());
    }
    let mut text = Vec::new();
    if let Ok(manifest) = archive.by_name("META-INF/manifest.xml") {
        manifest.take(LONGEST).read_to_end(&mut text)?;
    }
    match memmem::find(&text, b"encryption-data") {
        Some(_) => Err(Workbook::Ods.encrypted()),
        None => Ok(()),
    }
}

impl<R: Read + Seek> Book for OdsBook<R> {
    fn sheets(&self) -> Vec<SheetEntry> {
        self.sheets.clone()
    }

    fn read(&mut self, sheet: usize, rows: &mut SheetRows<'_, '_>) -> io::Result<()> {
        if let Some(marks) = self.marks.get(sheet) {
            rows.set_marks(marks.hidden.clone(), marks.is_filtered, 0);
        }
        let range = self.book.worksheet_range(&self.sheets[sheet].name);
        let range = range.map_err(wrong)?;
        write_range(&range, rows)
    }
}

/// What is known of a table before calamine reads it.
#[derive(Debug, Default, PartialEq, Eq)]
struct TableLook {
    /// The rows that are hidden, in order.
    hidden: Vec<u32>,
    is_filtered: bool,
    /// The next row, and the next column in it.
    row: u64,
    column: u64,
    /// How often this row is repeated, and the column after its last value.
    repeated: u64,
    end: u64,
    /// The first and the last row with a value, and the column after the last value of all.
    first: Option<u64>,
    last: u64,
    width: u64,
    is_hidden: bool,
}

impl TableLook {
    fn begin_row(&mut self, tag: &BytesStart<'_>) {
        self.repeated = repetitions(tag, "number-rows-repeated");
        (self.column, self.end) = (0, 0);
        let visibility = attribute(tag, "visibility");
        self.is_filtered |= visibility.as_deref() == Some("filter");
        self.is_hidden = visibility.is_some_and(|text| text != "visible");
    }

    fn add_cell(&mut self, tag: &BytesStart<'_>) -> io::Result<()> {
        let repeated = repetitions(tag, "number-columns-repeated");
        let begin = self.column;
        self.column = begin.saturating_add(repeated);
        let mut all = tag.attributes();
        let mut keys = all
            .with_checks(false)
            .flatten()
            .map(|attribute| attribute.key);
        let has_value = keys.any(|key| {
            let (name, prefix) = (key.local_name(), key.prefix());
            let is_of_value = prefix.is_some_and(|prefix| prefix.as_ref() == "office");
            is_of_value || name.as_ref() == "formula"
        });
        if has_value && self.column > u64::from(COLUMNS) {
            return Err(beyond("column", self.column));
        }
        if has_value {
            self.end = self.column;
        }
        Ok(())
    }

    /// Ends a row; `cells` are those that all tables have so far.
    fn end_row(&mut self, cells: &mut u64) -> io::Result<()> {
        let begin = self.row;
        self.row = begin.saturating_add(self.repeated);
        if self.end == 0 {
            return Ok(());
        }
        if self.row > u64::from(ROWS) {
            return Err(beyond("row", self.row));
        }
        if self.is_hidden {
            self.hidden.extend(begin as u32..self.row as u32);
        }
        self.first.get_or_insert(begin);
        (self.last, self.width) = (self.row, self.width.max(self.end));
        let rows = self.last - self.first.unwrap_or_default();
        *cells = rows.saturating_mul(self.width);
        Ok(())
    }
}

fn beyond(what: &str, place: u64) -> io::Error {
    broken(format!(
        "the sheet has a value in {what} {place}; a sheet has at most {ROWS} rows and {COLUMNS} columns"
    ))
}

/// What the tables with a name say, in their order.
fn tables(content: impl BufRead) -> io::Result<Vec<TableLook>> {
    let mut tables: Vec<TableLook> = Vec::new();
    // The cells of the tables before, and of this one.
    let (mut before, mut cells) = (0_u64, 0_u64);
    let mut is_inside = false;
    let mut reader = Reader::from_reader(content);
    reader.config_mut().expand_empty_elements = true;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(wrong)?;
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "table" if attribute(&tag, "name").is_some() => {
                    tables.push(TableLook::default());
                    (before, cells, is_inside) = (before.saturating_add(cells), 0, true);
                }
                "table-row" if is_inside => {
                    if let Some(table) = tables.last_mut() {
                        table.begin_row(&tag);
                    }
                }
                "table-cell" | "covered-table-cell" if is_inside => {
                    if let Some(table) = tables.last_mut() {
                        table.add_cell(&tag)?;
                    }
                }
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "table-row" if is_inside => {
                    if let Some(table) = tables.last_mut() {
                        table.end_row(&mut cells)?;
                    }
                }
                "table" => is_inside = false,
                _ => {}
            },
            Event::Eof if is_inside => return Err(wrong("it ends inside a sheet")),
            Event::Eof => return Ok(tables),
            _ => {}
        }
        if before.saturating_add(cells) > MOST_CELLS {
            return Err(broken(format!(
                "the sheets of the ODS workbook span more than {MOST_CELLS} cells; save the sheet \
                 as XLSX or CSV"
            )));
        }
    }
}

/// How often an element is repeated. A number that can't be read is left to calamine.
fn repetitions(tag: &BytesStart<'_>, key: &str) -> u64 {
    match attribute(tag, key) {
        None => 1,
        Some(text) => text.parse().unwrap_or(1),
    }
}
