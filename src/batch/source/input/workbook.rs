//! Workbooks of spreadsheets: one sheet, as delimited text.
//!
//! A sheet comes out as a table of commas, a line a row, in UTF-8; from there on it is read as any
//! other table. Rows without a value are left out. The sheet is read on a thread of its own, since
//! its reader borrows from the workbook, and so far ahead as the channel holds.

use std::fmt::Write as _;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use calamine::{Data, DataRef, ExcelDateTime, Reader, Sheet, SheetType, SheetVisible, Xls, Xlsx};
use tempfile::SpooledTempFile;

use super::{Broken, Told, broken};

/// A form that a workbook is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workbook {
    /// Office Open XML (ECMA-376).
    Xlsx,
    /// BIFF8 in a compound file.
    Xls,
}

impl Workbook {
    /// The name of the form.
    pub fn name(self) -> &'static str {
        match self {
            Workbook::Xlsx => "xlsx",
            Workbook::Xls => "xls",
        }
    }
}

/// What separates the cells of a sheet as text.
pub const DELIMITER: u8 = b',';

/// Workbooks up to this size are kept in memory while they are read, larger ones in a file.
const IN_MEMORY: usize = 1 << 24;
/// Text is handed over in pieces of about so many bytes.
const PIECE: usize = 1 << 17;
/// Pieces that wait at the most.
const AHEAD: usize = 4;
/// What of a workbook is held in memory, above all the texts of its cells, may be as long.
const MOST_HELD: u64 = 1 << 29;
/// No tag and no text of a sheet is longer: a cell has at most 32 767 characters.
const LONGEST: usize = 1 << 20;
/// Cells that an XLS sheet may span.
const MOST_CELLS: u64 = 1 << 23;

/// Reads a workbook whole and answers the text of its sheet. Without a name it is the first
/// visible sheet that holds anything.
pub fn text_of(
    form: Workbook,
    mut reader: impl Read,
    sheet: Option<String>,
    told: &Told,
) -> io::Result<SheetText> {
    let mut file = SpooledTempFile::new(IN_MEMORY);
    io::copy(&mut reader, &mut file)?;
    let size = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    let (pieces, text) = sync_channel(AHEAD);
    let mut out = Pieces {
        pieces,
        text: String::new(),
        size,
        told: told.clone(),
    };
    let work = move || {
        let end = match form {
            Workbook::Xlsx => xlsx(file, sheet.as_deref(), &mut out),
            Workbook::Xls => xls(file, sheet.as_deref(), &mut out),
        };
        // Nobody waits for it any more where the run has failed.
        let _ = out.pieces.send(end.map(|()| Vec::new()));
    };
    thread::Builder::new().spawn(work)?;
    Ok(SheetText {
        form,
        text,
        piece: Vec::new(),
        at: 0,
        ended: false,
    })
}

/// The text of a sheet.
pub struct SheetText {
    form: Workbook,
    text: Receiver<io::Result<Vec<u8>>>,
    piece: Vec<u8>,
    at: usize,
    ended: bool,
}

impl Read for SheetText {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at == self.piece.len() && !self.ended {
            self.at = 0;
            self.piece = match self.text.recv() {
                Ok(piece) => piece?,
                // The reader has panicked.
                Err(_) => return Err(damaged(self.form, "it can't be read")),
            };
            self.ended = self.piece.is_empty();
        }
        let count = into.len().min(self.piece.len() - self.at);
        into[..count].copy_from_slice(&self.piece[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

fn damaged(form: Workbook, why: impl std::fmt::Display) -> io::Error {
    let form = form.name().to_ascii_uppercase();
    broken(format!("the {form} workbook is damaged: {why}"))
}

/// Where the text goes.
struct Pieces {
    pieces: SyncSender<io::Result<Vec<u8>>>,
    text: String,
    /// The size of the workbook in bytes.
    size: u64,
    told: Told,
}

impl Pieces {
    /// Hands the text over if there is enough of it, or all of it. Answers whether anybody waits
    /// for more.
    fn hand_over(&mut self, all: bool) -> bool {
        if self.text.is_empty() || (self.text.len() < PIECE && !all) {
            return true;
        }
        let piece = std::mem::take(&mut self.text).into_bytes();
        self.pieces.send(Ok(piece)).is_ok()
    }
}

/// Writes the rows of a sheet, whose cells arrive in order.
struct Rows<'o> {
    out: &'o mut Pieces,
    /// The row of the sheet that is being written, and its cells so far.
    row: Option<u32>,
    columns: u32,
    /// The last row of the sheet, if that is known.
    last: u32,
    /// Room for what a cell shows.
    text: String,
}

impl<'o> Rows<'o> {
    fn new(out: &'o mut Pieces, last: u32) -> Self {
        Rows {
            out,
            row: None,
            columns: 0,
            last,
            text: String::new(),
        }
    }

    /// Takes a cell, whose text `show` writes. Answers whether anybody waits for more.
    fn cell(
        &mut self,
        (row, column): (u32, u32),
        show: impl FnOnce(&mut String),
    ) -> io::Result<bool> {
        self.text.clear();
        show(&mut self.text);
        if self.text.is_empty() {
            return Ok(true);
        }
        if self.row != Some(row) {
            if self.row.is_some_and(|before| before > row) {
                return Err(broken("the rows of the sheet are out of order"));
            }
            if self.row.is_some() {
                self.out.text.push('\n');
            }
            if !self.out.hand_over(false) {
                return Ok(false);
            }
            let share = f64::from(row) / f64::from(self.last.max(row).max(1));
            self.out
                .told
                .set_read((self.out.size as f64 * share) as u64);
            (self.row, self.columns) = (Some(row), 0);
        } else if column < self.columns {
            return Err(broken("the cells of the sheet are out of order"));
        }
        for _ in self.columns..column {
            self.out.text.push(char::from(DELIMITER));
        }
        // The delimiter behind this cell is written before the next.
        self.columns = column;
        write_cell(&self.text, &mut self.out.text);
        Ok(true)
    }

    /// Ends the sheet. Answers whether it is the one: it was asked for, or holds anything.
    fn finish(self, name: &str, asked: Option<&str>) -> bool {
        if self.row.is_some() {
            self.out.text.push('\n');
        }
        self.out.hand_over(true);
        let is_it = self.row.is_some() || asked.is_some();
        if is_it {
            self.out.told.set_sheet(name);
        }
        is_it
    }
}

fn write_cell(text: &str, out: &mut String) {
    let needs_quotes = |byte: u8| byte == DELIMITER || matches!(byte, b'"' | b'\r' | b'\n');
    // What names the delimiter of a text is a text like any other in a sheet.
    if text.bytes().any(needs_quotes) || text.starts_with("sep=") {
        out.push('"');
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(text);
    }
}

/// A sheet is the one that was asked for, or the first that is seen and holds anything.
fn candidates(sheets: &[Sheet], asked: Option<&str>) -> io::Result<Vec<String>> {
    let names = |is: &dyn Fn(&Sheet) -> bool| -> Vec<String> {
        let of_cells = sheets
            .iter()
            .filter(|sheet| sheet.typ == SheetType::WorkSheet);
        of_cells
            .filter(|sheet| is(sheet))
            .map(|sheet| sheet.name.clone())
            .collect()
    };
    let Some(asked) = asked else {
        return Ok(names(&|sheet| sheet.visible == SheetVisible::Visible));
    };
    let found = names(&|sheet| sheet.name == asked);
    if found.is_empty() {
        let there = names(&|_| true).join(", ");
        return Err(broken(format!(
            "the workbook has no sheet {asked:?}; it has {there}"
        )));
    }
    Ok(found)
}

fn xlsx(mut file: SpooledTempFile, sheet: Option<&str>, out: &mut Pieces) -> io::Result<()> {
    let wrong = |why: calamine::XlsxError| damaged(Workbook::Xlsx, why);
    look_through_xlsx(&mut file)?;
    let mut book = Xlsx::new(file).map_err(wrong)?;
    let sheets = book.sheets_metadata().to_vec();
    if sheets.is_empty() {
        return Err(damaged(Workbook::Xlsx, "it has no sheet"));
    }
    for name in candidates(&sheets, sheet)? {
        let mut cells = book.worksheet_cells_reader(&name).map_err(wrong)?;
        let mut rows = Rows::new(out, cells.dimensions().end.0);
        while let Some(cell) = cells.next_cell().map_err(wrong)? {
            if !rows.cell(cell.get_position(), |text| shown(cell.get_value(), text))? {
                return Ok(());
            }
        }
        if rows.finish(&name, sheet) {
            return Ok(());
        }
    }
    Ok(())
}

/// Looks a workbook through before it is read: that all of it is as it was written (each part has
/// a check sum), and that no part of it unpacks to more than is meant to be held in memory.
fn look_through_xlsx(file: &mut SpooledTempFile) -> io::Result<()> {
    let wrong = |why: &dyn std::fmt::Display| damaged(Workbook::Xlsx, why);
    let mut archive = zip::ZipArchive::new(&mut *file).map_err(|why| wrong(&why))?;
    let has = |part: &str| {
        let mut names = archive.file_names().flatten();
        names.any(|name| name.ends_with(part))
    };
    let is_workbook = has("[Content_Types].xml") && !has("workbook.bin");
    if !is_workbook {
        return Err(broken(
            "the source is a ZIP archive and no XLSX workbook; unpack it, or save it as XLSX",
        ));
    }
    let mut held = 0_u64;
    let mut some = vec![0; 1 << 16];
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(|why| wrong(&why))?;
        let name = part.name().map_err(|why| wrong(&why))?.into_owned();
        let is_sheet = name.contains("worksheets/");
        let mut run = 0;
        loop {
            let count = match part.read(&mut some) {
                Ok(0) => break,
                Ok(count) => count,
                Err(why) => return Err(wrong(&format!("{name}: {why}"))),
            };
            match is_sheet {
                true => run = longest_run(run, &some[..count]),
                false => held += count as u64,
            }
            if run > LONGEST || held > MOST_HELD {
                return Err(broken(format!(
                    "the XLSX workbook unpacks to more than is read: {name}"
                )));
            }
        }
    }
    file.rewind()
}

/// How many bytes there are since the last tag began or ended; `LONGEST` is passed where there
/// were more than that before.
fn longest_run(before: usize, bytes: &[u8]) -> usize {
    match memchr::memrchr2(b'<', b'>', bytes) {
        None => before + bytes.len(),
        Some(_) if before > LONGEST => before,
        Some(last) => bytes.len() - last,
    }
}

fn xls(mut file: SpooledTempFile, sheet: Option<&str>, out: &mut Pieces) -> io::Result<()> {
    let wrong = |why: &dyn std::fmt::Display| damaged(Workbook::Xls, why);
    look_through_xls(&mut file).map_err(|why| match why.downcast::<Broken>() {
        Ok(Broken(why)) => broken(why),
        Err(why) => wrong(&why),
    })?;
    let mut book: Xls<_> = Xls::new(file).map_err(|why| wrong(&why))?;
    let sheets = book.sheets_metadata().to_vec();
    if sheets.is_empty() {
        return Err(wrong(&"it has no sheet"));
    }
    for name in candidates(&sheets, sheet)? {
        let range = book.worksheet_range(&name).map_err(|why| wrong(&why))?;
        let (first, column) = range.start().unwrap_or_default();
        let mut rows = Rows::new(out, range.end().unwrap_or_default().0);
        for (row, at, value) in range.used_cells() {
            let position = (first + row as u32, column + at as u32);
            if !rows.cell(position, |text| shown_xls(value, text))? {
                return Ok(());
            }
        }
        if rows.finish(&name, sheet) {
            return Ok(());
        }
    }
    Ok(())
}

/// Looks at how much room the sheets of an XLS workbook take before they are laid out in memory:
/// a hostile one may claim any, and the few cells that it has may lie at the ends of a sheet.
fn look_through_xls(file: &mut SpooledTempFile) -> io::Result<()> {
    let mut stream = Vec::new();
    {
        let mut compound = cfb::CompoundFile::open(&mut *file)?;
        let is_there = |name: &&str| compound.is_stream(name);
        let Some(name) = ["/Workbook", "/Book"].into_iter().find(is_there) else {
            return Err(broken(match compound.is_stream("/EncryptedPackage") {
                true => "the workbook is encrypted; save it without a password",
                false => "the source is a compound file and no XLS workbook",
            }));
        };
        compound.open_stream(name)?.read_to_end(&mut stream)?;
    }
    let mut begins = vec![0];
    for (kind, record) in BiffRecords(&stream) {
        if let (BOUND_SHEET, Some(begin)) = (kind, record.first_chunk::<4>()) {
            begins.push(u32::from_le_bytes(*begin) as usize);
        }
    }
    for begin in begins {
        let mut room = Room::default();
        for (kind, record) in BiffRecords(stream.get(begin..).unwrap_or_default()) {
            room.grow(kind, record)?;
        }
        if room.rows.saturating_mul(room.columns) > MOST_CELLS {
            let Room { rows, columns } = room;
            return Err(broken(format!(
                "a sheet of the XLS workbook spans {rows} rows and {columns} columns; save it as \
                 XLSX"
            )));
        }
    }
    file.rewind()
}

/// The records of a stream (MS-XLS, 2.1.4): their kinds and contents.
struct BiffRecords<'a>(&'a [u8]);

const BOUND_SHEET: u16 = 0x0085;
const DIMENSIONS: u16 = 0x0200;

impl<'a> Iterator for BiffRecords<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (&[kind0, kind1, length0, length1], rest) = self.0.split_first_chunk::<4>()?;
        let length = usize::from(u16::from_le_bytes([length0, length1]));
        let (record, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((u16::from_le_bytes([kind0, kind1]), record))
    }
}

/// How many rows and columns a sheet spans.
#[derive(Default)]
struct Room {
    rows: u64,
    columns: u64,
}

impl Room {
    fn grow(&mut self, kind: u16, record: &[u8]) -> io::Result<()> {
        /// Records of cells, which begin with row and column (MS-XLS, 2.3.1).
        const CELLS: [u16; 8] = [
            0x0006, 0x00BD, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E,
        ];
        /// That of several cells in a row, each of six bytes.
        const SEVERAL: u16 = 0x00BD;
        let short = |at: usize| match record.get(at..at + 2) {
            Some(bytes) => u64::from(u16::from_le_bytes([bytes[0], bytes[1]])),
            None => 0,
        };
        let (rows, columns) = match (kind, record.len()) {
            (DIMENSIONS, 10) => ((short(0), short(2)), (short(4), short(6))),
            (DIMENSIONS, _) => {
                let long = |at| short(at) | short(at + 2) << 16;
                ((long(0), long(4)), (short(8), short(10)))
            }
            _ if CELLS.contains(&kind) => {
                let several = match kind {
                    SEVERAL => record.len() as u64 / 6,
                    _ => 0,
                };
                ((0, short(0) + 1), (0, short(2) + 1 + several))
            }
            _ => return Ok(()),
        };
        if rows.0 > rows.1.max(1) {
            return Err(io::Error::from(io::ErrorKind::InvalidData));
        }
        self.rows = self.rows.max(rows.1);
        self.columns = self.columns.max(columns.1);
        Ok(())
    }
}

/// What a cell says, as text.
fn shown(value: &DataRef<'_>, out: &mut String) {
    match value {
        DataRef::Empty => {}
        DataRef::String(text) => out.push_str(text),
        DataRef::SharedString(text) => out.push_str(text),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => out.push_str(text),
        DataRef::Int(number) => put(out, *number),
        DataRef::Float(number) => put_number(out, *number),
        DataRef::Bool(is) => out.push_str(truth(*is)),
        DataRef::DateTime(when) => put_date(out, when),
        DataRef::Error(error) => put(out, error),
    }
}

fn shown_xls(value: &Data, out: &mut String) {
    match value {
        Data::Empty => {}
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            out.push_str(text);
        }
        Data::Int(number) => put(out, *number),
        Data::Float(number) => put_number(out, *number),
        Data::Bool(is) => out.push_str(truth(*is)),
        Data::DateTime(when) => put_date(out, when),
        Data::Error(error) => put(out, error),
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

/// Sheets hold numbers as floats. A whole one below 2^53 is exact, and is its digits; a larger one
/// may have lost some. A large one with a fraction is no phone, though its digits may look like
/// one. Both are written with an exponent, of which no phone is made.
fn put_number(out: &mut String, number: f64) {
    const EXACT: f64 = (1_u64 << 53) as f64;
    /// From so many on, a number and its fraction may have the digits of a phone.
    const LONG: f64 = 1e7;
    let size = number.abs();
    if size < LONG || (size < EXACT && number.fract() == 0.0) {
        put(out, number + 0.0);
    } else {
        let _ = write!(out, "{number:E}");
    }
}

/// A date, a time of day, or both (RFC 3339 without an offset); a duration in hours.
fn put_date(out: &mut String, when: &ExcelDateTime) {
    let serial = when.as_f64();
    if !serial.is_finite() || !(0.0..2_958_466.0).contains(&serial) {
        return put_number(out, serial); // sheets show no date for it, either
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
