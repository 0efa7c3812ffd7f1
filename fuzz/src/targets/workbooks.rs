//! Workbooks: any bytes, and XLSX archives whose parts hold any bytes, end in a text or an error,
//! in bounded memory and time.
//!
//! A panic of a parser that predial uses is such an error, too: it ends the thread that reads the
//! workbook. So only panics in predial's own code end the run.

use std::io::{Cursor, Read, Write};
use std::panic;

use predial::batch::{Encodings, Guess, text_of};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

/// No more text is read than this.
const MOST: u64 = 1 << 22;

/// The parts that an input may hold, in the order in which their first bytes count them.
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
        let is_dependency = place.contains("/registry/src/") || place.contains("/library/");
        let is_main = std::thread::current().name() == Some("main");
        if is_main || !is_dependency {
            end(info);
        }
    }));
}

/// The first byte says whether the rest is a workbook, or parts of one with a zero byte between them.
pub fn run(data: &[u8]) -> Option<()> {
    let (control, bytes) = data.split_first()?;
    let book = match control & 0b1 {
        0 => bytes.to_vec(),
        _ => archive(bytes).ok()?,
    };
    let encodings = Encodings {
        asked: None,
        guess: Guess::Never,
    };
    let sheet = (control & 0b10 != 0).then(|| "B".to_owned());
    let (reader, told) = text_of(Cursor::new(book), encodings, sheet);
    let mut text = Vec::new();
    let end = reader.take(MOST).read_to_end(&mut text);
    if told.detected().workbook.is_some() && end.is_ok() && (text.len() as u64) < MOST {
        assert!(str::from_utf8(&text).is_ok(), "a sheet is UTF-8");
    }
    Some(())
}

fn archive(bytes: &[u8]) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut write = |name: &str, content: &[u8]| {
        writer.start_file(name, options)?;
        writer.write_all(content).map_err(Into::into)
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
