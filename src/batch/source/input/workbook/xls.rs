//! XLS workbooks (BIFF8 in a compound file).
//!
//! calamine reads all sheets into memory, with a cell for each place in the rectangle that a sheet
//! spans. The checks here find out how large the rectangles are. They read the compound file with
//! another library, and a hostile file can show the two libraries different content. So the checks
//! are for the message, and the limit on the process is for the bound.

use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};

use calamine::{Reader, Xls};

use super::Workbook;
use super::cells::{MOST_CELLS, SheetRows, of_cells, write_range};
use super::sheet_facts::SheetEntry;
use super::sheets::Book;
use crate::batch::error::Broken;
use crate::batch::error::broken;

/// Opens a workbook. What calamine would read wrongly is mended before, in a copy that only has the
/// workbook's stream.
pub(super) fn open<'w>(mut workbook: impl Read + Seek + 'w) -> io::Result<XlsBook<'w>> {
    let wrong = |why: io::Error| match why.downcast::<Broken>() {
        Ok(Broken(why)) => broken(why),
        Err(why) => Workbook::Xls.damaged(why),
    };
    let mended_file = mend_mini_stream(&mut workbook).map_err(wrong)?;
    workbook.rewind()?;
    let has_mended_file = mended_file.is_some();
    let mut stream = match mended_file {
        Some(file) => stream_of(Cursor::new(file)),
        None => stream_of(&mut workbook),
    }
    .map_err(wrong)?;
    let marks = look_through(&stream).map_err(wrong)?;
    let has_mended_text = mend_code_page(&mut stream);
    let file: Box<dyn ReadSeek + 'w> = match has_mended_file || has_mended_text {
        true => Box::new(compound_file(stream).map_err(wrong)?),
        false => {
            drop(stream);
            workbook.rewind()?;
            Box::new(workbook)
        }
    };
    let book: Xls<_> = Xls::new(file).map_err(|why| Workbook::Xls.damaged(why))?;
    if book.sheets_metadata().is_empty() {
        return Err(Workbook::Xls.damaged("it has no sheet"));
    }
    Ok(XlsBook { book, marks })
}

/// A file, or a copy of one in memory.
trait ReadSeek: Read + Seek {}
impl<R: Read + Seek> ReadSeek for R {}

/// Ruby's `spreadsheet` writes a mini stream whose size is not a number of whole mini sectors, which it has
/// to be (MS-CFB, 2.6.3). Returns the file with the size rounded up, if it needs that.
fn mend_mini_stream(workbook: &mut (impl Read + Seek)) -> io::Result<Option<Vec<u8>>> {
    /// The places in the header of the sizes of sectors and mini sectors as powers of two, and of the first
    /// sector of the directory; the place of a stream's size in its entry.
    const SECTOR: usize = 30;
    const MINI_SECTOR: usize = 32;
    const DIRECTORY: usize = 48;
    const SIZE: u64 = 120;
    let mut head = [0; 512];
    workbook.rewind()?;
    workbook.read_exact(&mut head)?;
    let number =
        |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let [sector, mini_sector] = [SECTOR, MINI_SECTOR].map(|at| u32::from(head[at]));
    if !(7..=16).contains(&sector) || !(4..sector).contains(&mini_sector) {
        return Ok(None);
    }
    let root = (u64::from(number(DIRECTORY)) + 1) << sector;
    let mut size = [0; 4];
    workbook.seek(SeekFrom::Start(root + SIZE))?;
    if workbook.read_exact(&mut size).is_err() {
        return Ok(None);
    }
    let old = u32::from_le_bytes(size);
    let Some(new) = old
        .checked_next_multiple_of(1 << mini_sector)
        .filter(|new| *new != old)
    else {
        return Ok(None);
    };
    let mut file = Vec::new();
    workbook.rewind()?;
    workbook.read_to_end(&mut file)?;
    let at = (root + SIZE) as usize;
    if let Some(place) = file.get_mut(at..at + 4) {
        place.copy_from_slice(&new.to_le_bytes());
    }
    Ok(Some(file))
}

/// Texts of BIFF8 are UTF-16 (MS-XLS, 2.5.294), and calamine decodes them by the code page that the stream
/// names. Names the code page of UTF-16 if the stream names another; returns whether it did.
fn mend_code_page(stream: &mut [u8]) -> bool {
    const UTF_16: [u8; 2] = 1200_u16.to_le_bytes();
    let mut found = None;
    let mut rest = BiffRecords(stream);
    for count in 0.. {
        let at = stream.len() - rest.0.len();
        match rest.next() {
            // The version is in the first record.
            Some((BEGIN, record)) if count == 0 && record.starts_with(&BIFF_8) => {}
            Some((CODE_PAGE, record)) if count > 0 => {
                found = (record.len() == 2 && record != UTF_16).then_some(at + 4);
                break;
            }
            Some(_) if count > 0 => {}
            _ => break,
        }
    }
    if let Some(at) = found {
        stream[at..at + 2].copy_from_slice(&UTF_16);
    }
    found.is_some()
}

/// A compound file with nothing but this stream.
fn compound_file(stream: Vec<u8>) -> io::Result<Cursor<Vec<u8>>> {
    let mut file =
        cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new()))?;
    file.create_stream("/Workbook")?.write_all(&stream)?;
    file.flush()?;
    Ok(file.into_inner())
}

/// An XLS workbook.
pub(super) struct XlsBook<'w> {
    book: Xls<Box<dyn ReadSeek + 'w>>,
    /// What the sheets say beside their values, in the order of the workbook.
    marks: Vec<SheetSpan>,
}

impl Book for XlsBook<'_> {
    fn sheets(&self) -> Vec<SheetEntry> {
        let sheets = of_cells(self.book.sheets_metadata());
        sheets.into_iter().map(|(_, sheet)| sheet).collect()
    }

    fn read(&mut self, sheet: usize, rows: &mut SheetRows<'_, '_>) -> io::Result<()> {
        let sheets = of_cells(self.book.sheets_metadata());
        let (place, entry) = &sheets[sheet];
        if let Some(span) = self.marks.get(*place) {
            rows.set_marks(span.hidden.clone(), span.is_filtered, 0);
        }
        let range = self.book.worksheet_range(&entry.name);
        let range = range.map_err(|why| Workbook::Xls.damaged(why))?;
        write_range(&range, rows)
    }
}

/// The stream of the workbook in a compound file.
fn stream_of(workbook: impl Read + Seek) -> io::Result<Vec<u8>> {
    let mut stream = Vec::new();
    let mut compound = cfb::CompoundFile::open(workbook)?;
    let is_there = |name: &&str| compound.is_stream(name);
    let Some(name) = ["/Workbook", "/Book"].into_iter().find(is_there) else {
        return Err(other_document(|name| compound.exists(name)));
    };
    compound.open_stream(name)?.read_to_end(&mut stream)?;
    Ok(stream)
}

/// Checks how much the sheets span. A few cells may be at the ends of a sheet, a sheet may claim
/// any size, and several sheets may share one part of the file. Returns what each sheet says of itself.
fn look_through(stream: &[u8]) -> io::Result<Vec<SheetSpan>> {
    let mut begins = Vec::new();
    for (kind, record) in BiffRecords(stream) {
        if kind == FILE_PASS {
            return Err(Workbook::Xls.encrypted());
        }
        if let (BOUND_SHEET, Some(begin)) = (kind, record.first_chunk::<4>()) {
            begins.push(u32::from_le_bytes(*begin) as usize);
        }
    }
    let order = begins.clone();
    begins.sort_unstable();
    let mut spans: Vec<(usize, SheetSpan)> = Vec::new();
    let mut end = 0;
    let mut cells = 0_u64;
    for begin in begins {
        // calamine reads each sheet that is named, and many names may point to the same bytes.
        if begin < end {
            return Err(Workbook::Xls.damaged("its sheets overlap"));
        }
        let (span, length) = span_of_sheet(stream.get(begin..).unwrap_or_default())?;
        let SheetSpan { rows, columns, .. } = span;
        end = begin + length.max(1);
        cells = cells.saturating_add(rows.saturating_mul(columns));
        if cells > MOST_CELLS {
            return Err(broken(format!(
                "a sheet of the XLS workbook spans {rows} rows and {columns} columns, and the \
                 sheets together more than {MOST_CELLS} cells; save the sheet as XLSX or CSV"
            )));
        }
        spans.push((begin, span));
    }
    let mut span_of = |begin: &usize| {
        let place = spans
            .binary_search_by_key(begin, |(begin, _)| *begin)
            .ok()?;
        Some(std::mem::take(&mut spans[place].1))
    };
    Ok(order
        .iter()
        .map(|begin| span_of(begin).unwrap_or_default())
        .collect())
}

/// The error about a compound file that is not an XLS workbook; `has` says whether it has an entry.
fn other_document(has: impl Fn(&str) -> bool) -> io::Error {
    const DOCUMENTS: [(&str, &str); 6] = [
        ("/WordDocument", "a Word document (DOC)"),
        ("/PowerPoint Document", "a PowerPoint presentation (PPT)"),
        ("/VisioDocument", "a Visio drawing (VSD)"),
        ("/__properties_version1.0", "an Outlook message (MSG)"),
        ("/!_StringPool", "an installer (MSI)"),
        ("/Contents", "a document of Microsoft Works or Publisher"),
    ];
    if has("/EncryptedPackage") {
        return broken("the workbook is encrypted; save it without a password");
    }
    let found = DOCUMENTS.iter().find(|(entry, _)| has(entry));
    broken(match found {
        Some((_, document)) => format!(
            "the source is {document}; copy its table into a spreadsheet and save that as XLSX or CSV"
        ),
        None => {
            "the source is a compound file and not an XLS workbook; save its table as XLSX or CSV"
                .to_owned()
        }
    })
}

/// How many rows and columns the sheet that begins here spans, and how many bytes it has. It may
/// contain other streams, which belong to charts.
fn span_of_sheet(stream: &[u8]) -> io::Result<(SheetSpan, usize)> {
    let mut span = SheetSpan::default();
    let mut records = BiffRecords(stream);
    let mut depth = 0_usize;
    for (kind, record) in records.by_ref() {
        match kind {
            BEGIN => depth += 1,
            END if depth <= 1 => break,
            END => depth -= 1,
            _ => span.grow(kind, record)?,
        }
    }
    Ok((span, stream.len() - records.0.len()))
}

/// The records of a stream (MS-XLS, 2.1.4): their kinds and contents.
struct BiffRecords<'a>(&'a [u8]);

const BEGIN: u16 = 0x0809;
const END: u16 = 0x000A;
const BOUND_SHEET: u16 = 0x0085;
const DIMENSIONS: u16 = 0x0200;
const CODE_PAGE: u16 = 0x0042;
/// How the record begins that opens a stream of BIFF8.
const BIFF_8: [u8; 2] = 0x0600_u16.to_le_bytes();
const FILE_PASS: u16 = 0x002F;
const ROW: u16 = 0x0208;
const AUTO_FILTER: u16 = 0x009E;

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
struct SheetSpan {
    rows: u64,
    columns: u64,
    /// The rows that are hidden, in order.
    hidden: Vec<u32>,
    /// Whether a filter is set.
    is_filtered: bool,
}

impl SheetSpan {
    fn grow(&mut self, kind: u16, record: &[u8]) -> io::Result<()> {
        /// Records of one cell; they begin with row and column (MS-XLS, 2.3.1).
        const CELLS: [u16; 8] = [
            0x0006, 0x00BD, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E,
        ];
        /// The record of several cells in a row, with six bytes for each.
        const SEVERAL: u16 = 0x00BD;
        let short = |at: usize| match record.get(at..at + 2) {
            Some(bytes) => u64::from(u16::from_le_bytes([bytes[0], bytes[1]])),
            None => 0,
        };
        let (rows, columns) = match (kind, record.len()) {
            (ROW, 16) => {
                // MS-XLS, 2.4.221: fDyZero.
                const HIDDEN: u64 = 1 << 5;
                if short(12) & HIDDEN != 0 {
                    self.hidden.push(short(0) as u32);
                }
                return Ok(());
            }
            (AUTO_FILTER, _) => {
                self.is_filtered = true;
                return Ok(());
            }
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
