//! Writes a workbook with one sheet (Office Open XML, ECMA-376) as a stream of bytes.
//!
//! Texts are inline strings in the format *Text*. So a spreadsheet shows them unchanged, never
//! computes them, and keeps text that people type over them as text too. Cells of other types are
//! numbers, truth values, dates and errors, as they were in the sheet that they are from; how that sheet
//! showed them is not known here. The zip crate writes the
//! container. The other parts are constant, and no part contains a time: the same rows give the
//! same bytes.
//!
//! Memory: one row, and the buffer of the compression.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::rc::Rc;

use crate::batch::out::sheet_date::{self, DateForm};
use crate::batch::source::input::CellType;
use zip::ZipWriter;
use zip::write::{SimpleFileOptions, StreamWriter};

/// The rows and columns of a sheet (Excel's limits).
const ROWS: u32 = 1 << 20;
const COLUMNS: usize = 1 << 14;
/// How many UTF-16 code units a cell may have.
const CELL: usize = 32_767;
/// How many bytes the sheet may have before compression. From 4 GiB on the container would need
/// another form (ZIP64), which some programs can't read.
const SHEET: u64 = 0xFF00_0000;

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"#;
const PACKAGE: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const WORKBOOK_PARTS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;
/// The second cell format is *Text*, with number 49. Those after it are of dates: 14, 22, 20, 21, 46
/// (ECMA-376, 18.8.30).
const STYLES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="7"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="22" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="20" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="21" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="46" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"#;
/// The first row stays visible, and all columns are formatted as text.
const SHEET_BEGIN: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols><col min="1" max="16384" width="16" style="1" customWidth="1"/></cols><sheetData>"#;
const SHEET_END: &str = "</sheetData></worksheet>";

/// Writes one sheet of texts.
pub(in crate::batch) struct SheetWriter {
    zip: ZipWriter<StreamWriter<Buffer>>,
    buffer: Buffer,
    rows: u32,
    /// How many bytes more the sheet may have.
    left: u64,
    /// Buffer for one row.
    xml: String,
}

/// Bytes that were written and not yet taken. Writing to memory does not fail, so the container
/// never sees a failure of the disk.
#[derive(Clone, Default)]
struct Buffer(Rc<RefCell<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl SheetWriter {
    /// Begins a workbook with a sheet of this name, or `Sheet1` if a sheet can't have the name.
    pub fn new(name: &str) -> io::Result<Self> {
        let name = match is_sheet_name(name) {
            true => name,
            false => "Sheet1",
        };
        let buffer = Buffer::default();
        let mut zip = ZipWriter::new_stream(buffer.clone());
        // The time of each part is 1980, the default.
        let options = SimpleFileOptions::default();
        for (part, text) in [
            ("[Content_Types].xml", TYPES),
            ("_rels/.rels", PACKAGE),
            ("xl/workbook.xml", &workbook(name)),
            ("xl/_rels/workbook.xml.rels", WORKBOOK_PARTS),
            ("xl/styles.xml", STYLES),
            ("xl/worksheets/sheet1.xml", SHEET_BEGIN),
        ] {
            zip.start_file(part, options)?;
            zip.write_all(text.as_bytes())?;
        }
        Ok(SheetWriter {
            zip,
            buffer,
            rows: 0,
            left: SHEET - (SHEET_BEGIN.len() + SHEET_END.len()) as u64,
            xml: String::new(),
        })
    }

    /// Writes the next row, all of whose cells are texts, as [`Self::typed_row`] does.
    pub fn row<'c>(
        &mut self,
        cells: impl IntoIterator<Item = &'c str>,
        out: &mut dyn Write,
    ) -> io::Result<bool> {
        let texts = cells.into_iter().map(|cell| (cell, CellType::Text));
        self.typed_row(texts, out)
    }

    /// Writes the next row, and sends the compressed bytes so far to `out`. Returns whether the
    /// sheet can hold the row; a row that does not fit is left out.
    pub fn typed_row<'c>(
        &mut self,
        cells: impl IntoIterator<Item = (&'c str, CellType)>,
        out: &mut dyn Write,
    ) -> io::Result<bool> {
        let number = self.rows + 1;
        self.xml.clear();
        let _ = write!(self.xml, r#"<row r="{number}">"#);
        let mut letters = ColumnLetters::default();
        for (column, (cell, cell_type)) in cells.into_iter().enumerate() {
            let is_long = cell.len() > CELL && cell.encode_utf16().count() > CELL;
            if column >= COLUMNS || is_long {
                return Ok(false);
            }
            let letters = letters.next();
            if cell.is_empty() {
                continue;
            }
            let _ = write!(self.xml, r#"<c r="{letters}{number}""#);
            write_content(cell, cell_type, &mut self.xml);
        }
        self.xml.push_str("</row>");
        let Some(left) = self.left.checked_sub(self.xml.len() as u64) else {
            return Ok(false);
        };
        if self.rows == ROWS {
            return Ok(false);
        }
        (self.rows, self.left) = (number, left);
        self.zip.write_all(self.xml.as_bytes())?;
        self.hand_over(out)?;
        Ok(true)
    }

    /// Ends the workbook and writes its last bytes.
    pub fn finish(mut self, out: &mut dyn Write) -> io::Result<()> {
        self.zip.write_all(SHEET_END.as_bytes())?;
        self.zip.finish()?;
        out.write_all(&self.buffer.0.borrow())
    }

    fn hand_over(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let mut buffer = self.buffer.0.borrow_mut();
        out.write_all(&buffer)?;
        buffer.clear();
        Ok(())
    }
}

/// Writes the rest of a cell after its place. A text that is not of its type is written as a text.
fn write_content(cell: &str, cell_type: CellType, xml: &mut String) {
    let is_number = |text: &str| text.parse::<f64>().is_ok_and(f64::is_finite);
    let written = match cell_type {
        CellType::Text => None,
        CellType::Number => is_number(cell).then(|| write!(xml, "><v>{cell}</v></c>")),
        CellType::Truth => match cell {
            "TRUE" => Some(write!(xml, r#" t="b"><v>1</v></c>"#)),
            "FALSE" => Some(write!(xml, r#" t="b"><v>0</v></c>"#)),
            _ => None,
        },
        CellType::Date => sheet_date::serial(cell).map(|date| write_date(date, xml)),
        CellType::Duration => sheet_date::duration(cell).map(|date| write_date(date, xml)),
        CellType::Error => cell.starts_with('#').then(|| {
            xml.push_str(r#" t="e"><v>"#);
            escape(cell, xml);
            write!(xml, "</v></c>")
        }),
    };
    if written.is_none() {
        xml.push_str(r#" s="1" t="inlineStr"><is><t xml:space="preserve">"#);
        escape(cell, xml);
        xml.push_str("</t></is></c>");
    }
}

fn write_date((serial, form): (f64, DateForm), xml: &mut String) -> std::fmt::Result {
    let style = match form {
        DateForm::Date => 2,
        DateForm::DateAndTime => 3,
        DateForm::Time => 4,
        DateForm::TimeWithSeconds => 5,
        DateForm::Duration => 6,
    };
    write!(xml, r#" s="{style}"><v>{serial}</v></c>"#)
}

fn workbook(sheet: &str) -> String {
    let mut name = String::new();
    escape(sheet, &mut name);
    let name = name.replace('"', "&quot;");
    format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><bookViews><workbookView/></bookViews><sheets><sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>"#
    )
}

/// Whether Excel accepts a text as the name of a sheet.
fn is_sheet_name(name: &str) -> bool {
    let is_taken = |char: char| !char.is_control() && !r"[]:*?/\".contains(char);
    let length = name.encode_utf16().count();
    (1..=31).contains(&length)
        && name.chars().all(is_taken)
        && !name.starts_with('\'')
        && !name.ends_with('\'')
        && !name.eq_ignore_ascii_case("history")
}

/// Appends a text as XML. A character that XML can't contain becomes `_xHHHH_` (ECMA-376, 22.4.2.4,
/// `ST_Xstring`), and so does the underscore of a text that looks like such an escape.
fn escape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '_' if looks_escaped(rest) => out.push_str("_x005F_"),
            '\t' | '\n' => out.push(char),
            // An XML reader turns a carriage return into a line feed.
            '\0'..' ' | '\u{FFFE}' | '\u{FFFF}' => {
                let _ = write!(out, "_x{:04X}_", u32::from(char));
            }
            _ => out.push(char),
        }
        rest = &rest[char.len_utf8()..];
    }
}

/// Whether an escape may begin here. Its last underscore may be the first one of the next escape.
fn looks_escaped(text: &str) -> bool {
    let digits = text.strip_prefix("_x").and_then(|rest| rest.get(..4));
    digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The letters of the columns in order: A, B, … Z, AA, …
#[derive(Default)]
struct ColumnLetters(Vec<u8>);

impl ColumnLetters {
    fn next(&mut self) -> &str {
        let Self(letters) = self;
        let last = letters.iter().rposition(|letter| *letter != b'Z');
        let carried = last.map_or(0, |last| last + 1);
        letters[carried..].fill(b'A');
        match last {
            Some(last) => letters[last] += 1,
            None => letters.push(b'A'),
        }
        std::str::from_utf8(letters).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;
    use crate::batch::source::input::{Container, sheet_of};

    fn written(name: &str, rows: &[Vec<String>]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut sheet = SheetWriter::new(name).unwrap();
        for row in rows {
            assert!(sheet.row(row.iter().map(String::as_str), &mut out).unwrap());
        }
        sheet.finish(&mut out).unwrap();
        out
    }

    #[test]
    fn the_columns_in_order() {
        let mut letters = ColumnLetters::default();
        let all: Vec<String> = (0..COLUMNS).map(|_| letters.next().to_owned()).collect();
        for (column, expected) in [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (51, "AZ"),
            (52, "BA"),
            (701, "ZZ"),
            (702, "AAA"),
            (16_383, "XFD"),
        ] {
            assert_eq!(all[column], expected);
        }
    }

    #[test]
    fn a_text_that_looks_like_an_escape_is_escaped() {
        for (text, expected) in [
            ("_x0041_", "_x005F_x0041_"),
            ("_x0041_x0042_", "_x005F_x0041_x005F_x0042_"),
            ("_x0041\u{1}", "_x005F_x0041_x0001_"),
            ("_x004g_ _X0041_ _x", "_x004g_ _X0041_ _x"),
            ("a\r\n\tb", "a_x000D_\n\tb"),
            ("<&>\"'", "&lt;&amp;&gt;\"'"),
            ("_xя041", "_xя041"),
        ] {
            let mut out = String::new();
            escape(text, &mut out);
            assert_eq!(out, expected);
        }
    }

    #[test]
    fn a_row_that_a_sheet_cannot_hold_is_left_out() {
        let mut out = Vec::new();
        let mut sheet = SheetWriter::new("Лист").unwrap();
        let longest = "я".repeat(CELL);
        let mut row = |cells: &[&str]| sheet.row(cells.iter().copied(), &mut out).unwrap();
        assert!(row(&["a", &longest]));
        assert!(!row(&["a", &format!("{longest}я")]));
        assert!(row(&vec!["b"; COLUMNS]));
        assert!(!row(&vec!["b"; COLUMNS + 1]));
        assert!(row(&["c"]));
        sheet.rows = ROWS;
        assert!(!sheet.row(["d"], &mut out).unwrap());
        sheet.finish(&mut out).unwrap();
        let (name, text) = sheet_of(Container::Zip, Cursor::new(out), None).unwrap();
        assert_eq!(name, "Лист");
        let expected = format!("a,{longest}\nb{}\nc\n", ",b".repeat(COLUMNS - 1));
        assert!(text == expected);
    }

    #[test]
    fn a_name_that_a_sheet_cannot_have_is_replaced() {
        for (name, expected) in [
            ("Люди & <Ко> \"1\"", "Люди & <Ко> \"1\""),
            ("", "Sheet1"),
            ("a/b", "Sheet1"),
            ("'a", "Sheet1"),
            ("a\nb", "Sheet1"),
            (&"a".repeat(32), "Sheet1"),
        ] {
            let book = written(name, &[vec!["phone".to_owned()]]);
            let (name, _) = sheet_of(Container::Zip, Cursor::new(book), None).unwrap();
            assert_eq!(name, expected);
        }
    }

    proptest! {
        /// Cells are read back as they were written: calamine is the oracle.
        #[test]
        fn cells_come_back(
            rows in proptest::collection::vec(proptest::collection::vec(
                prop_oneof![
                    "\\PC{0,12}",
                    "[\\x00-\\x20_x0-9A-F=+@<>&\"',;\u{FFFE}\u{FFFF}]{0,12}",
                    "(_x[0-9A-Fa-f]{4}_?){1,3}",
                ],
                1..6,
            ), 1..5),
        ) {
            let book = written("Sheet", &rows);
            prop_assert_eq!(&book, &written("Sheet", &rows), "the same bytes");
            let (_, text) = sheet_of(Container::Zip, Cursor::new(book), Some("Sheet")).unwrap();
            let mut expected = String::new();
            // An empty row is a blank line, if another row comes after it.
            let mut blank = 0;
            for row in &rows {
                let filled = row.iter().rposition(|cell| !cell.is_empty());
                let Some(last) = filled else {
                    blank += 1;
                    continue;
                };
                expected += &"\n".repeat(std::mem::take(&mut blank));
                let cells: Vec<String> = row[..=last].iter().map(|cell| {
                    let quoted = cell.contains(['"', ',', '\r', '\n']) || cell.starts_with("sep=");
                    match quoted {
                        true => format!("\"{}\"", cell.replace('"', "\"\"")),
                        false => cell.clone(),
                    }
                }).collect();
                expected += &cells.join(",");
                expected.push('\n');
            }
            prop_assert_eq!(text, expected);
        }
    }
}
