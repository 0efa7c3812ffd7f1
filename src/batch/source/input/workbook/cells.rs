//! The cells of a sheet as text, and its rows as the lines of a table.

use std::fmt::Write as _;
use std::io::{self, Write};

use calamine::{Data, DataRef, ExcelDateTime, Range, Sheet, SheetType, SheetVisible};

use super::DELIMITER;
use super::cell_types::{CellType, TypeRuns};
use super::phone_search::{ListLikeness, PhoneSearch};
use super::reply::Reply;
use super::sheet_facts::{SheetEntry, SheetFacts};
use crate::batch::error::broken;
use crate::batch::source::table::SAMPLED_ROWS;

/// About how many bytes of text go into one reply.
const PIECE: usize = 1 << 17;
/// How many bytes of runs of types go into one, a multiple of their size.
const RUNS_OF_A_REPLY: usize = 7 << 14;
/// The rows and columns of a sheet (ECMA-376, 18.3.1.73; Excel's limits).
pub(super) const ROWS: u32 = 1 << 20;
pub(super) const COLUMNS: u32 = 1 << 14;
/// How many cells the sheets of a workbook may span together, if calamine reads all of them into memory.
/// It takes about 72 bytes for each cell while it builds a sheet.
pub(super) const MOST_CELLS: u64 = 3 << 20;
/// How many bytes of text a sheet may have: this many, and this many more for each byte of its
/// workbook. A text that many cells share is in the workbook once.
const MOST_TEXT: u64 = 1 << 26;
const MOST_TEXT_PER_BYTE: u64 = 256;

/// Writes the text of a sheet as replies.
pub(super) struct TextWriter<'w> {
    replies: &'w mut dyn Write,
    text: String,
    /// The types of the cells of the text.
    types: TypeRuns,
    /// The size of the workbook in bytes.
    size: u64,
    /// How many bytes more the text may have.
    left: u64,
}

impl<'w> TextWriter<'w> {
    pub fn new(replies: &'w mut dyn Write, size: u64) -> Self {
        TextWriter {
            replies,
            text: String::new(),
            types: TypeRuns::default(),
            size,
            left: size
                .saturating_mul(MOST_TEXT_PER_BYTE)
                .saturating_add(MOST_TEXT),
        }
    }

    /// Writes the text if there is enough of it for a reply.
    fn flush_piece(&mut self) -> io::Result<()> {
        match self.text.len() < PIECE {
            true => Ok(()),
            false => self.flush(),
        }
    }

    /// Forgets the text that was not written.
    fn clear(&mut self) {
        self.text.clear();
        self.types = TypeRuns::default();
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.text.is_empty() {
            return Ok(());
        }
        let Some(left) = self.left.checked_sub(self.text.len() as u64) else {
            return Err(broken(
                "the cells of the sheet come to more text than a workbook of its size should \
                 hold; save the sheet as CSV",
            ));
        };
        self.left = left;
        // The types of cells are known before their text.
        for runs in self.types.take().chunks(RUNS_OF_A_REPLY) {
            Reply::Types(runs.to_vec()).write(self.replies)?;
        }
        for piece in self.text.as_bytes().chunks(PIECE * 2) {
            Reply::Text(piece.to_vec()).write(self.replies)?;
        }
        self.text.clear();
        Ok(())
    }
}

/// What becomes of the rows of a sheet.
#[derive(Clone, Copy)]
pub(super) enum RowUse<'s> {
    /// They are written.
    Write,
    /// They are written if the first of them are so surely a list, and counted otherwise; without a bound
    /// they are never written.
    Sample(&'s PhoneSearch, Option<ListLikeness>),
    /// They are counted.
    Count,
}

/// So many rows, or so many bytes, show whether a sheet has phones.
const SAMPLE_ROWS: u64 = 2 * SAMPLED_ROWS as u64;
const SAMPLE_BYTES: usize = 1 << 21;
/// A row that is longer is not waited for.
const LONGEST_SAMPLE: usize = 1 << 23;

/// Takes the rows of a sheet, whose cells arrive in order.
pub(super) struct SheetRows<'o, 'w> {
    out: &'o mut TextWriter<'w>,
    row_use: RowUse<'o>,
    /// The row of the sheet that is being written, and its cells so far.
    row: Option<u32>,
    columns: u32,
    /// How many rows have a value.
    rows: u64,
    /// How many line ends were written, those of rows without a value too.
    line_ends: usize,
    /// The last row of the sheet, if the format says.
    last: u32,
    /// The rows that are hidden, in order.
    hidden: Vec<u32>,
    likeness: ListLikeness,
    facts: SheetFacts,
    /// Buffer for the text of a cell.
    text: String,
}

/// How a sheet has ended.
pub(super) struct SheetEnd {
    /// Whether its rows were written.
    pub is_written: bool,
    /// How surely it is a list, if that was asked.
    pub likeness: ListLikeness,
    /// How many rows have a value.
    pub rows: u64,
    pub facts: SheetFacts,
}

impl<'o, 'w> SheetRows<'o, 'w> {
    pub fn new(out: &'o mut TextWriter<'w>, row_use: RowUse<'o>) -> Self {
        SheetRows {
            out,
            row_use,
            row: None,
            columns: 0,
            rows: 0,
            line_ends: 0,
            last: 0,
            hidden: Vec::new(),
            likeness: ListLikeness::No,
            facts: SheetFacts::default(),
            text: String::new(),
        }
    }

    /// Names the last row of the sheet, which the format may know before its cells.
    pub fn set_last(&mut self, row: u32) {
        self.last = row;
    }

    /// Says what is known of the sheet beside its cells; `hidden` are its hidden rows, in order.
    pub fn set_marks(&mut self, hidden: Vec<u32>, is_filtered: bool, unsaved_formulas: u64) {
        self.hidden = hidden;
        self.facts.filtered = is_filtered;
        self.facts.unsaved_formulas = unsaved_formulas;
    }

    /// Takes a cell; `show` writes its text, and returns its type.
    pub fn cell(
        &mut self,
        (row, column): (u32, u32),
        show: impl FnOnce(&mut String) -> CellType,
    ) -> io::Result<()> {
        if row >= ROWS || column >= COLUMNS {
            let (row, column) = (u64::from(row) + 1, u64::from(column) + 1);
            return Err(broken(format!(
                "the sheet has a cell in row {row} and column {column}; a sheet has at most \
                 {ROWS} rows and {COLUMNS} columns"
            )));
        }
        self.text.clear();
        let cell_type = show(&mut self.text);
        if self.text.is_empty() {
            return Ok(());
        }
        if self.row != Some(row) {
            self.begin_row(row)?;
        } else if column < self.columns {
            return Err(broken("the cells of the sheet are out of order"));
        }
        let before = self.columns;
        // The delimiter after this cell is written before the next.
        self.columns = column;
        if matches!(self.row_use, RowUse::Count) {
            return Ok(());
        }
        self.out.types.note((row, column), cell_type);
        for _ in before..column {
            self.out.text.push(char::from(DELIMITER));
        }
        write_cell(&self.text, &mut self.out.text);
        match self.row_use {
            RowUse::Sample(..) if self.out.text.len() > LONGEST_SAMPLE => self.decide(),
            RowUse::Sample(..) => Ok(()),
            _ => self.out.flush_piece(),
        }
    }

    fn begin_row(&mut self, row: u32) -> io::Result<()> {
        if self.row.is_some_and(|before| before > row) {
            return Err(broken("the rows of the sheet are out of order"));
        }
        // Rows without a value are blank lines, so that a line is a row of the sheet.
        self.end_rows(row - self.row.unwrap_or(0));
        (self.row, self.columns) = (Some(row), 0);
        self.rows += 1;
        self.facts.hidden_rows += u64::from(self.hidden.binary_search(&row).is_ok());
        let sampled = self.out.text.len().saturating_sub(self.line_ends);
        let is_sampled = self.rows > SAMPLE_ROWS || sampled > SAMPLE_BYTES;
        match self.row_use {
            RowUse::Sample(..) if is_sampled => self.decide()?,
            RowUse::Sample(..) | RowUse::Count => return Ok(()),
            RowUse::Write => {}
        }
        if self.out.text.len() < PIECE {
            return Ok(());
        }
        self.out.flush()?;
        let share = f64::from(row) / f64::from(self.last.max(row).max(1));
        let reached = (self.out.size as f64 * share) as u64;
        Reply::Reached(reached).write(self.out.replies)
    }

    fn end_rows(&mut self, rows: u32) {
        if !matches!(self.row_use, RowUse::Count) {
            self.out
                .text
                .extend(std::iter::repeat_n('\n', rows as usize));
            self.line_ends += rows as usize;
        }
    }

    /// Decides by the sample whether the rows are written.
    fn decide(&mut self) -> io::Result<()> {
        let RowUse::Sample(search, least) = self.row_use else {
            return Ok(());
        };
        self.likeness = search.likeness(self.out.text.as_bytes());
        if least.is_some_and(|least| self.likeness >= least) {
            self.row_use = RowUse::Write;
            return self.out.flush_piece();
        }
        self.row_use = RowUse::Count;
        self.out.clear();
        Ok(())
    }

    /// Drops a sheet that can't be read, if nothing of it is written; answers whether that is so.
    pub fn abandon(&mut self) -> bool {
        let is_written = matches!(self.row_use, RowUse::Write);
        if !is_written {
            self.out.clear();
        }
        !is_written
    }

    /// Ends the sheet, which has this name.
    pub fn finish(mut self, name: &str) -> io::Result<SheetEnd> {
        self.end_rows(u32::from(self.row.is_some()));
        self.decide()?;
        let is_written = matches!(self.row_use, RowUse::Write);
        if is_written {
            self.out.flush()?;
            Reply::Sheet(name.to_owned()).write(self.out.replies)?;
        }
        Ok(SheetEnd {
            is_written,
            likeness: self.likeness,
            rows: self.rows,
            facts: self.facts,
        })
    }
}

fn write_cell(text: &str, out: &mut String) {
    let needs_quotes = |byte: u8| byte == DELIMITER || matches!(byte, b'"' | b'\r' | b'\n');
    // A first line `sep=;` in a text names its delimiter. In a sheet it is an ordinary text, so it
    // is quoted.
    if text.bytes().any(needs_quotes) || text.starts_with("sep=") {
        out.push('"');
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(text);
    }
}

/// The sheets of cells among those that calamine found, each with its place among these.
pub(super) fn of_cells(sheets: &[Sheet]) -> Vec<(usize, SheetEntry)> {
    let of_cells = sheets.iter().enumerate();
    of_cells
        .filter(|(_, sheet)| sheet.typ == SheetType::WorkSheet)
        .map(|(place, sheet)| {
            let entry = SheetEntry {
                name: sheet.name.clone(),
                is_hidden: sheet.visible != SheetVisible::Visible,
            };
            (place, entry)
        })
        .collect()
}

/// Writes the value of a cell as text. Returns its type.
pub(super) fn write_value(value: &DataRef<'_>, out: &mut String) -> CellType {
    match value {
        DataRef::Empty => {}
        DataRef::String(text) => out.push_str(text),
        DataRef::SharedString(text) => out.push_str(text),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => out.push_str(text),
        DataRef::Int(number) => put(out, *number),
        DataRef::Float(number) => write_float(*number, out),
        DataRef::Bool(is) => out.push_str(truth(*is)),
        DataRef::DateTime(when) => put_date(out, when),
        DataRef::Error(error) => put(out, error),
    }
    match value {
        DataRef::Int(_) | DataRef::Float(_) => CellType::Number,
        DataRef::Bool(_) => CellType::Truth,
        DataRef::DateTime(when) => type_of_date(when),
        DataRef::DateTimeIso(_) => CellType::Date,
        DataRef::Error(_) => CellType::Error,
        _ => CellType::Text,
    }
}

fn type_of_date(when: &ExcelDateTime) -> CellType {
    match (is_shown(when.as_f64()), when.is_duration()) {
        (false, _) => CellType::Number,
        (true, true) => CellType::Duration,
        (true, false) => CellType::Date,
    }
}

/// Hands over the cells of a sheet that calamine has read whole.
pub(super) fn write_range(range: &Range<Data>, rows: &mut SheetRows<'_, '_>) -> io::Result<()> {
    let (first, column) = range.start().unwrap_or_default();
    rows.set_last(range.end().unwrap_or_default().0);
    for (row, at, value) in range.used_cells() {
        let position = (first + row as u32, column + at as u32);
        rows.cell(position, |text| write_whole_value(value, text))?;
    }
    Ok(())
}

/// Writes a value of a sheet that was read whole. Returns its type.
fn write_whole_value(value: &Data, out: &mut String) -> CellType {
    match value {
        Data::Empty => {}
        Data::String(text) | Data::DateTimeIso(text) => out.push_str(text),
        Data::DurationIso(text) => put_duration(out, text),
        Data::Int(number) => put(out, *number),
        Data::Float(number) => write_float(*number, out),
        Data::Bool(is) => out.push_str(truth(*is)),
        Data::DateTime(when) => put_date(out, when),
        Data::Error(error) => put(out, error),
    }
    match value {
        Data::Int(_) | Data::Float(_) => CellType::Number,
        Data::Bool(_) => CellType::Truth,
        Data::DateTime(when) => type_of_date(when),
        Data::DateTimeIso(_) | Data::DurationIso(_) => CellType::Date,
        Data::Error(_) => CellType::Error,
        _ => CellType::Text,
    }
}

fn put(out: &mut String, value: impl std::fmt::Display) {
    // Writing to a text never fails.
    let _ = write!(out, "{value}");
}

fn truth(is: bool) -> &'static str {
    match is {
        true => "TRUE",
        false => "FALSE",
    }
}

/// Sheets hold numbers as floats. A whole number below 2^53 is exact and becomes its digits; a
/// larger one may have lost digits. A large number with a fraction is not a phone, but its digits
/// may look like one. Both kinds are written with an exponent, which no phone has.
pub(super) fn write_float(number: f64, out: &mut String) {
    const EXACT: f64 = (1_u64 << 53) as f64;
    /// From this value on, a number with a fraction may have as many digits as a phone.
    const LONG: f64 = 1e7;
    let size = number.abs();
    if size < LONG || (size < EXACT && number.fract() == 0.0) {
        put(out, number + 0.0);
    } else {
        let _ = write!(out, "{number:E}");
    }
}

/// A duration of ISO 8601 as ODS writes times of day (`PT09H30M00S`), like those of other workbooks.
fn put_duration(out: &mut String, text: &str) {
    let parts = || {
        let (hours, rest) = text.strip_prefix("PT")?.split_once('H')?;
        let (minutes, rest) = rest.split_once('M')?;
        let seconds = rest.strip_suffix('S')?;
        let is_number = |text: &&str| text.len() > 1 && text.bytes().all(|b| b.is_ascii_digit());
        [hours, minutes, seconds]
            .iter()
            .all(is_number)
            .then_some((hours, minutes, seconds))
    };
    match parts() {
        Some((hours, minutes, "00")) if hours.len() == 2 => {
            let _ = write!(out, "{hours}:{minutes}");
        }
        Some((hours, minutes, seconds)) => {
            let _ = write!(out, "{hours}:{minutes}:{seconds}");
        }
        None => out.push_str(text),
    }
}

/// Whether a sheet shows a number as a date.
fn is_shown(serial: f64) -> bool {
    serial.is_finite() && (0.0..2_958_466.0).contains(&serial)
}

/// A date, a time of day, or both (RFC 3339 without an offset); a duration in hours.
fn put_date(out: &mut String, when: &ExcelDateTime) {
    let serial = when.as_f64();
    if !is_shown(serial) {
        return write_float(serial, out); // sheets show no date for it, either
    }
    if when.is_duration() {
        let seconds = (serial * 86_400.0).round() as u64;
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        let _ = write!(out, "{hours:02}:{minutes:02}:{:02}", seconds % 60);
        return;
    }
    let (year, month, day, hour, minute, second, milli) = when.to_ymd_hms_milli();
    if serial >= 1.0 {
        let _ = write!(out, "{year:04}-{month:02}-{day:02}");
        if (hour, minute, second, milli) == (0, 0, 0, 0) {
            return;
        }
        out.push('T');
    }
    let _ = write!(out, "{hour:02}:{minute:02}");
    if serial >= 1.0 || second > 0 || milli > 0 {
        let _ = write!(out, ":{second:02}");
    }
    if milli > 0 {
        let _ = write!(out, ".{milli:03}");
    }
}
