//! Workbooks: any bytes, archives whose parts are any bytes, and any markup give a text or an error.
//!
//! predial reads a workbook in a process of its own, because the libraries that read workbooks
//! trust the file: a panic or a lack of memory there is an error of the source. Here they read in
//! this process, so only panics of predial's own code end the run.

use std::alloc::{Layout, set_alloc_error_hook};
use std::io::{self, Cursor, Write};
use std::panic::{self, AssertUnwindSafe};

use predial::batch::{Container, SheetRequest, read_sheet};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

/// The parts that an input may contain; their first bytes are indexes into this list.
const PARTS: [&str; 6] = [
    "xl/worksheets/sheet1.xml",
    "xl/workbook.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/worksheets/sheet2.xml",
];

const WORKBOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="A" sheetId="1" r:id="rId1"/><sheet name="B" sheetId="2" r:id="rId2"/></sheets></workbook>"#;
const RELATIONSHIPS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId4" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;

/// Lets only panics of predial itself end the run.
pub fn prepare() {
    let end = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let place = info
            .location()
            .map(|place| place.file())
            .unwrap_or_default();
        let is_own = !place.contains("/registry/src/") && !place.contains("library/");
        if is_own && !place.ends_with(file!()) {
            end(info);
        }
    }));
    set_alloc_error_hook(|layout: Layout| panic!("{} bytes are too many", layout.size()));
}

/// The first byte decides whether the rest is a workbook or parts of one with a zero byte between
/// them, and which sheet is read.
pub fn run(data: &[u8]) -> Option<()> {
    let (control, bytes) = data.split_first()?;
    let (container, book) = match control & 0b11 {
        0 => (Container::Zip, bytes.to_vec()),
        1 => (Container::Compound, bytes.to_vec()),
        _ => (Container::Zip, archive(bytes).ok()?),
    };
    read(*control, container, book);
    Some(())
}

/// The first byte decides whether the rest is a page of HTML, XML of Excel 2003 or the content of
/// an ODS workbook, and which sheet is read.
pub fn markup(data: &[u8]) -> Option<()> {
    let (control, bytes) = data.split_first()?;
    let (container, book) = match control & 0b11 {
        0 => (Container::SpreadsheetMl, bytes.to_vec()),
        1 => (Container::Zip, open_document(bytes).ok()?),
        _ => (Container::Html, bytes.to_vec()),
    };
    read(*control, container, book);
    Some(())
}

fn read(control: u8, container: Container, book: Vec<u8>) {
    let request = SheetRequest {
        sheet: (control & 0b100 != 0).then(|| "B".to_owned()),
        ..SheetRequest::default()
    };
    let read = || read_sheet(container, Cursor::new(book), &request, &mut io::sink());
    let _ = panic::catch_unwind(AssertUnwindSafe(read));
}

fn open_document(content: &[u8]) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let parts: [(&str, &[u8]); 2] = [
        (
            "mimetype",
            b"application/vnd.oasis.opendocument.spreadsheet",
        ),
        ("content.xml", content),
    ];
    for (name, content) in parts {
        writer.start_file(name, options)?;
        writer.write_all(content)?;
    }
    Ok(writer.finish()?.into_inner())
}

fn archive(bytes: &[u8]) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut write = |name: &str, content: &[u8]| -> zip::result::ZipResult<()> {
        writer.start_file(name, options)?;
        Ok(writer.write_all(content)?)
    };
    write("[Content_Types].xml", b"<Types/>")?;
    let mut has = [false; PARTS.len()];
    for part in bytes.split(|byte| *byte == 0) {
        let Some((place, content)) = part.split_first() else {
            continue;
        };
        let place = usize::from(*place) % PARTS.len();
        if !std::mem::replace(&mut has[place], true) {
            write(PARTS[place], content)?;
        }
    }
    for (place, content) in [(1, WORKBOOK), (4, RELATIONSHIPS)] {
        if !has[place] {
            write(PARTS[place], content.as_bytes())?;
        }
    }
    Ok(writer.finish()?.into_inner())
}
