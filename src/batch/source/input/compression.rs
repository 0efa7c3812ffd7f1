//! gzip and zstd, detected by the first bytes and decompressed as a stream: a source takes the
//! memory of a window, however much it unpacks to. Workbooks are detected here too, because they
//! are packed files.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use flate2::bufread::GzDecoder;

use super::fill::fill;
use super::source_info::{Compression, SourceInfo};
use super::workbook::{self, Container, Host, ReaderText, SheetRequest};
use crate::batch::error::broken;

/// XML names its kind within so many bytes.
const MARKUP: usize = 1 << 12;
/// How many first bytes are needed to detect a compression.
const MAGIC: usize = 8;

/// The compression that the first bytes of a source show.
pub(super) fn of(head: &[u8]) -> Option<Packed> {
    let begins = |magic: &[u8]| head.starts_with(magic);
    // RFC 8878, 3.1.2: a skippable frame may be the first.
    let skippable = matches!(head, [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..]);
    if begins(b"\x1F\x8B") {
        Some(Packed::Gzip)
    } else if begins(b"\x28\xB5\x2F\xFD") || skippable {
        Some(Packed::Zstd)
    } else if begins(b"BZh") && matches!(head.get(3), Some(b'1'..=b'9')) {
        Some(Packed::Unreadably("bzip2"))
    } else if begins(b"\xFD7zXZ\0") {
        Some(Packed::Unreadably("xz"))
    } else if begins(b"7z\xBC\xAF\x27\x1C") {
        Some(Packed::Unreadably("7-Zip"))
    } else if begins(b"Rar!\x1A\x07") {
        Some(Packed::Unreadably("RAR"))
    } else if begins(b"PK\x03\x04") || begins(b"PK\x05\x06") {
        Some(Packed::In(Container::Zip))
    } else if begins(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        Some(Packed::In(Container::Compound))
    } else {
        None
    }
}

/// How many first bytes are needed to tell what a source is that begins like this.
fn wanted(head: &[u8]) -> usize {
    match first_letters(head).first() {
        Some(b'<') => MARKUP,
        None if head.len() < MARKUP => head.len() + 1,
        _ => MAGIC,
    }
}

/// The first bytes without a byte order mark, the zeros of UTF-16, and blanks.
fn first_letters(head: &[u8]) -> Vec<u8> {
    let marks = [&b"\xEF\xBB\xBF"[..], b"\xFF\xFE", b"\xFE\xFF"];
    let head = marks
        .into_iter()
        .find_map(|mark| head.strip_prefix(mark))
        .unwrap_or(head);
    let letters = head.iter().copied().filter(|byte| *byte != 0);
    letters.skip_while(u8::is_ascii_whitespace).collect()
}

/// Whether a source is a page of HTML or a workbook in XML.
fn markup_form(head: &[u8]) -> Option<Container> {
    const PAGES: [&[u8]; 13] = [
        b"<!doctype html",
        b"<html",
        b"<head",
        b"<meta",
        b"<body",
        b"<table",
        b"<style",
        b"<div",
        b"<center",
        b"<font",
        b"<title",
        b"<tr",
        b"<form",
    ];
    let text = first_letters(head).to_ascii_lowercase();
    let has = |word: &[u8]| memchr::memmem::find(&text, word).is_some();
    if !text.starts_with(b"<") {
        return None;
    }
    if has(b"urn:schemas-microsoft-com:office:spreadsheet") && has(b"<?xml") {
        return Some(Container::SpreadsheetMl);
    }
    let is_page = PAGES.iter().any(|start| text.starts_with(start));
    let is_late = (text.starts_with(b"<?xml") || text.starts_with(b"<!--"))
        && (has(b"<html") || has(b"<table"));
    (is_page || is_late).then_some(Container::Html)
}

/// Whether the bytes of a source are not those of its text.
pub(super) fn is_packed(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(MARKUP)];
    of(head)
        .or_else(|| markup_form(head).map(Packed::In))
        .is_some()
}

/// How a source is packed.
pub(super) enum Packed {
    Gzip,
    Zstd,
    /// A workbook, or another file in the same container.
    In(Container),
    /// A format that predial does not unpack.
    Unreadably(&'static str),
}

/// The bytes of a source without its compression, if it has one.
pub(super) struct Decompressed<'a, R> {
    /// The source, until its first bytes were examined.
    unexamined: Option<R>,
    bytes: Box<dyn Read + 'a>,
    /// The first of these bytes so far.
    head: Vec<u8>,
    /// Which sheet to read if it is a workbook, and the host that starts its reader.
    workbook: (SheetRequest, Host),
    is_in_archive: bool,
    info: SourceInfo,
}

impl<'a, R: Read + 'a> Decompressed<'a, R> {
    pub fn new(reader: R, workbook: (SheetRequest, Host), info: SourceInfo) -> Self {
        Decompressed {
            unexamined: Some(reader),
            bytes: Box::new(io::empty()),
            head: Vec::with_capacity(MAGIC),
            workbook,
            is_in_archive: false,
            info,
        }
    }

    /// Fails if the bytes begin as a Parquet or an Arrow file does. Such a file comes here only through
    /// a pipe or compressed; from elsewhere it is a table before its bytes are read.
    fn refuse_table(&mut self, more: &[u8]) -> io::Result<()> {
        let missing = MAGIC - self.head.len();
        if missing == 0 {
            return Ok(());
        }
        self.head
            .extend_from_slice(&more[..more.len().min(missing)]);
        table_form(&self.head).map_or(Ok(()), |form| {
            Err(broken(format!(
                "the source is {form}, which can be read from a file, and not through a pipe or \
                 compressed"
            )))
        })
    }

    /// Opens a workbook, or the list in an archive, which may be compressed or a workbook itself.
    fn open(&mut self, container: Container, whole: impl Read) -> io::Result<Box<dyn Read + 'a>> {
        let (sheets, host) = &mut self.workbook;
        let (sheets, host) = (std::mem::take(sheets), *host);
        let of_list = sheets.clone();
        let place = (container, self.is_in_archive);
        match workbook::text_of(place, whole, sheets, &self.info, host)? {
            ReaderText::Sheet(form, text) => {
                self.info.set_workbook(form);
                Ok(Box::new(text))
            }
            ReaderText::File(file) => {
                self.info.set_compression(Compression::Zip);
                let sheets = SheetRequest {
                    sheet: None,
                    ..of_list
                };
                let mut list = Decompressed::new(file, (sheets, host), self.info.clone());
                list.is_in_archive = true;
                Ok(Box::new(list))
            }
        }
    }

    fn tell(&mut self, mut reader: R) -> io::Result<()> {
        let mut head = Vec::new();
        let mut filled = fill(&mut reader, &mut head, MAGIC);
        // A page or XML may begin with blanks, and says later what it is.
        while filled.is_ok() && head.len() < wanted(&head) {
            let (before, more) = (head.len(), wanted(&head));
            filled = fill(&mut reader, &mut head, more);
            if head.len() == before {
                break;
            }
        }
        let packed = of(&head).or_else(|| markup_form(&head).map(Packed::In));
        let whole = Cursor::new(head).chain(reader);
        self.bytes = match packed {
            None => Box::new(whole),
            Some(Packed::Gzip) => {
                self.info.set_compression(Compression::Gzip);
                Box::new(Gunzip::new(BufReader::with_capacity(ROOM, whole)))
            }
            Some(Packed::Zstd) => {
                self.info.set_compression(Compression::Zstd);
                let whole = BufReader::with_capacity(ROOM, whole);
                let mut decoder = zstd::Decoder::with_buffer(whole)?;
                decoder.window_log_max(WINDOW_LOG)?;
                Box::new(decoder)
            }
            Some(Packed::In(container)) => self.open(container, whole)?,
            Some(Packed::Unreadably(how)) => {
                return Err(broken(format!(
                    "the source is compressed with {how}; unpack it, or pack it with gzip, zstd or ZIP"
                )));
            }
        };
        filled
    }
}

/// The form of a table that begins with these bytes. A text may begin with the letters of a mark, but
/// not with the bytes after it.
fn table_form(head: &[u8]) -> Option<&'static str> {
    match head {
        [b'P', b'A', b'R', b'1', 0..=8 | 14..=31, ..] => Some("a Parquet file"),
        b"ARROW1\0\0" => Some("an Arrow file"),
        [0xFF, 0xFF, 0xFF, 0xFF, _, _, _, 0] => Some("an Arrow stream"),
        _ => None,
    }
}

/// How much of a compressed source is read at a time.
const ROOM: usize = 1 << 17;

/// The largest zstd window that is accepted, as a power of two: 128 MiB, which is the default of
/// the zstd command too.
const WINDOW_LOG: u32 = 27;

impl<'a, R: Read + 'a> Read for Decompressed<'a, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if let Some(reader) = self.unexamined.take() {
            self.tell(reader)?;
        }
        let read = self.bytes.read(into);
        let count = match (read, self.info.detected().compression) {
            (Err(error), Some(how))
                if how != Compression::Zip
                    && !self.info.failed()
                    && error.kind() != io::ErrorKind::Interrupted =>
            {
                Err(damaged(how, &error))
            }
            (read, _) => read,
        }?;
        self.refuse_table(&into[..count])?;
        Ok(count)
    }
}

/// The members of a gzip file, one after another (RFC 1952, 2.2). Zeros at the end are padding that
/// tapes and some tools write; gzip skips them too.
struct Gunzip<R> {
    /// `None` after the last member.
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> Gunzip<R> {
    fn new(reader: R) -> Self {
        Gunzip {
            member: Some(GzDecoder::new(reader)),
        }
    }
}

impl<R: BufRead> Read for Gunzip<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let count = member.read(into)?;
            if count > 0 || into.is_empty() {
                return Ok(count);
            }
            let Some(member) = self.member.take() else {
                break;
            };
            let mut reader = member.into_inner();
            match reader.fill_buf()?.first() {
                None => {}
                Some(0) => pass_zeros(&mut reader)?,
                Some(_) => self.member = Some(GzDecoder::new(reader)),
            }
        }
        Ok(0)
    }
}

/// Fails if anything but zeros follows.
fn pass_zeros(reader: &mut impl BufRead) -> io::Result<()> {
    loop {
        let rest = reader.fill_buf()?;
        if rest.is_empty() {
            return Ok(());
        }
        if rest.iter().any(|byte| *byte != 0) {
            let message = "something follows the zeros at its end";
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        let count = rest.len();
        reader.consume(count);
    }
}

fn damaged(how: Compression, error: &io::Error) -> io::Error {
    /// How zstd names the error when it gets no memory.
    const NO_MEMORY: &str = "not enough memory";
    let how = how.name();
    broken(match error.kind() {
        _ if error.to_string().contains(NO_MEMORY) => {
            format!("there is not enough memory to decompress the {how} data")
        }
        io::ErrorKind::UnexpectedEof => format!("the {how} data is cut short"),
        _ => format!("the {how} data is damaged: {error}"),
    })
}
