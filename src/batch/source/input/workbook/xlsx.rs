//! XLSX workbooks.

use std::collections::{HashMap, HashSet};
use std::io::{self, Read, Seek};

use calamine::{Reader, Xlsx};
use memchr::memmem;

use super::Workbook;
use super::bounded::Bounded;
use super::cells::{SheetRows, of_cells, write_value};
use super::sheet_facts::SheetEntry;
use super::sheet_marks::{self, SheetMarks};
use super::sheets::Book;
use crate::batch::error::broken;

/// How many bytes the parts of a workbook may unpack to, and how many more for each byte of the
/// workbook.
const MOST_UNPACKED: u64 = 1 << 24;
const MOST_UNPACKED_PER_BYTE: u64 = 256;
/// The longest tag or text of a part: a cell has at most 32 767 characters.
const LONGEST: usize = 1 << 20;
/// The longest tag of the styles: a number format has at most 255 characters. calamine copies it
/// for each style that uses it.
const LONGEST_OF_STYLES: usize = 1 << 12;
/// The least size of a shared text: the five bytes of `<si/>`.
const SHORTEST_SHARED: u64 = 5;
/// A count of shared texts that reserves little memory, even if it is wrong.
const MODEST: u64 = 1 << 21;
/// How many bytes may be read for the sheets beyond the size of the workbook.
const SLACK: u64 = 1 << 12;
/// The count of the shared texts is in the first tag of their part, within these bytes.
const BEGINNING: usize = 1 << 12;

/// Opens a workbook of `size` bytes.
pub(super) fn open<R: Read + Seek>(mut workbook: R, size: u64) -> io::Result<XlsxBook<R>> {
    let marked = look_through(&mut workbook, size, Workbook::Xlsx)?;
    workbook.rewind()?;
    let marks = sheet_marks::of(&mut workbook, &marked);
    workbook.rewind()?;
    let (workbook, allowance) = Bounded::new(workbook);
    let book = Xlsx::new(workbook).map_err(wrong)?;
    allowance.set(allowance_of(size));
    if book.sheets_metadata().is_empty() {
        return Err(Workbook::Xlsx.damaged("it has no sheet"));
    }
    let sheets = of_cells(book.sheets_metadata());
    Ok(XlsxBook {
        book,
        sheets: sheets.into_iter().map(|(_, sheet)| sheet).collect(),
        marks,
    })
}

/// How many bytes may be read for the sheets: each one once, and the list perhaps again.
pub(super) fn allowance_of(size: u64) -> u64 {
    size.saturating_mul(2).saturating_add(SLACK)
}

fn wrong(why: calamine::XlsxError) -> io::Error {
    match why {
        calamine::XlsxError::Io(error) => error,
        why => Workbook::Xlsx.damaged(why),
    }
}

/// An XLSX workbook.
pub(super) struct XlsxBook<R: Read + Seek> {
    book: Xlsx<Bounded<R>>,
    sheets: Vec<SheetEntry>,
    marks: HashMap<String, SheetMarks>,
}

impl<R: Read + Seek> Book for XlsxBook<R> {
    fn sheets(&self) -> Vec<SheetEntry> {
        self.sheets.clone()
    }

    fn read(&mut self, sheet: usize, rows: &mut SheetRows<'_, '_>) -> io::Result<()> {
        let name = &self.sheets[sheet].name;
        if let Some(marks) = self.marks.get(name) {
            rows.set_marks(marks.hidden.clone(), marks.is_filtered, marks.unsaved);
        }
        let mut cells = self.book.worksheet_cells_reader(name).map_err(wrong)?;
        rows.set_last(cells.dimensions().end.0);
        while let Some(cell) = cells.next_cell().map_err(wrong)? {
            rows.cell(cell.get_position(), |text| {
                write_value(cell.get_value(), text)
            })?;
        }
        Ok(())
    }
}

/// Checks a workbook before it is read: each part has to match its check sum, and no part may claim
/// or unpack to more than a workbook of this size can hold. Returns the parts that have hidden rows or
/// formulas.
pub(super) fn look_through(
    workbook: &mut (impl Read + Seek),
    size: u64,
    form: Workbook,
) -> io::Result<HashSet<String>> {
    workbook.rewind()?;
    let wrong = |why: &dyn std::fmt::Display| form.damaged(why);
    let mut archive = zip::ZipArchive::new(workbook).map_err(|why| wrong(&why))?;
    if archive.has_overlapping_files().map_err(|why| wrong(&why))? {
        return Err(wrong(&"its parts overlap"));
    }
    let mut unpacked = 0_u64;
    let most = size
        .saturating_mul(MOST_UNPACKED_PER_BYTE)
        .saturating_add(MOST_UNPACKED);
    let mut some = vec![0; 1 << 16];
    let mut marked = HashSet::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(|why| wrong(&why))?;
        let name = part.name().map_err(|why| wrong(&why))?.into_owned();
        let mut look = PartLook::new(&name, form);
        loop {
            let count = match part.read(&mut some) {
                Ok(0) => break,
                Ok(count) => count,
                Err(why) => return Err(wrong(&format!("{name}: {why}"))),
            };
            unpacked += count as u64;
            if !look.passes(&some[..count]) || unpacked > most {
                return Err(broken(format!(
                    "the {} unpacks to more than is read: {name}",
                    form.title()
                )));
            }
        }
        if look.is_marked {
            marked.insert(name.clone());
        }
        if let Some(claimed) = look.overclaimed() {
            return Err(wrong(&format!(
                "{name} claims {claimed} texts, and has room for fewer"
            )));
        }
    }
    Ok(marked)
}

/// What the checks know of a part so far.
struct PartLook {
    kind: PartKind,
    /// How many bytes it has so far.
    size: u64,
    /// How many of them follow the last `<` or `>`.
    run: usize,
    /// Its first bytes.
    beginning: Vec<u8>,
    /// Whether it has a tag of a hidden row or of a formula, if it is a sheet.
    is_marked: bool,
    /// Its last bytes so far, in which such a tag may begin.
    tail: Vec<u8>,
}

/// The kinds of parts, by what they may contain. The names by which calamine finds the parts end
/// like this, in any case of letters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PartKind {
    SharedTexts,
    Styles,
    Sheet,
    OtherXml,
    Other,
}

impl PartLook {
    fn new(name: &str, form: Workbook) -> Self {
        let name = name.to_lowercase();
        let kind = if form != Workbook::Xlsx && name.ends_with(".xml") {
            PartKind::OtherXml
        } else if name.ends_with("sharedstrings.xml") {
            PartKind::SharedTexts
        } else if name.ends_with("styles.xml") {
            PartKind::Styles
        } else if name.contains("worksheets/") && name.ends_with(".xml") {
            PartKind::Sheet
        } else if name.ends_with(".xml") {
            PartKind::OtherXml
        } else {
            PartKind::Other
        };
        PartLook {
            kind,
            size: 0,
            run: 0,
            beginning: Vec::new(),
            is_marked: false,
            tail: Vec::new(),
        }
    }

    fn look_for_marks(&mut self, bytes: &[u8]) {
        let has = |text: &[u8]| {
            sheet_marks::MARKS
                .iter()
                .any(|mark| memmem::find(text, mark).is_some())
        };
        self.tail
            .extend_from_slice(&bytes[..bytes.len().min(sheet_marks::LONGEST)]);
        self.is_marked = self.is_marked || has(bytes) || has(&self.tail);
        self.tail.clear();
        self.tail
            .extend_from_slice(&bytes[bytes.len().saturating_sub(sheet_marks::LONGEST)..]);
    }

    /// Takes more bytes of the part. Returns whether every tag and text is short enough.
    fn passes(&mut self, bytes: &[u8]) -> bool {
        self.size += bytes.len() as u64;
        let longest = match self.kind {
            PartKind::Other => return true,
            PartKind::Styles => LONGEST_OF_STYLES,
            PartKind::Sheet | PartKind::OtherXml | PartKind::SharedTexts => LONGEST,
        };
        if self.kind == PartKind::Sheet && !self.is_marked {
            self.look_for_marks(bytes);
        }
        if self.kind == PartKind::SharedTexts {
            let missing = BEGINNING.saturating_sub(self.beginning.len());
            let more = &bytes[..missing.min(bytes.len())];
            self.beginning.extend_from_slice(more);
        }
        // A run longer than a block of bytes is found by the bytes before the first tag of each
        // block.
        let Some(first) = memchr::memchr2(b'<', b'>', bytes) else {
            self.run += bytes.len();
            return self.run <= longest;
        };
        if self.run + first > longest || has_run(&bytes[first..], longest) {
            return false;
        }
        let last = memchr::memrchr2(b'<', b'>', bytes).unwrap_or(first);
        self.run = bytes.len() - last;
        self.run <= longest
    }

    /// The count of shared texts, if the part claims more than it has room for. calamine reserves
    /// memory by that count.
    fn overclaimed(&self) -> Option<u64> {
        const NUMBER: &[u8] = b"uniqueCount=\"";
        if self.kind != PartKind::SharedTexts {
            return None;
        }
        let at = memmem::find(&self.beginning, NUMBER)? + NUMBER.len();
        let digits = self.beginning[at..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit());
        let value = |number: u64, digit: &u8| {
            number
                .saturating_mul(10)
                .saturating_add(u64::from(digit - b'0'))
        };
        let claimed = digits.fold(0, value);
        // Some programs count each use of a text.
        let is_possible = claimed <= MODEST || claimed <= self.size / SHORTEST_SHARED;
        (!is_possible).then_some(claimed)
    }
}

/// Whether two neighbouring `<` or `>` are further apart than this. Needed only if a run may be
/// shorter than the block.
fn has_run(bytes: &[u8], longest: usize) -> bool {
    if longest >= bytes.len() {
        return false;
    }
    let mut last = 0;
    for at in memchr::memchr2_iter(b'<', b'>', bytes) {
        if at - last > longest {
            return true;
        }
        last = at;
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_count_of_shared_texts_larger_than_its_part_is_found() {
        let claimed = |text: &str| {
            let mut look = PartLook::new("xl/sharedStrings.xml", Workbook::Xlsx);
            for piece in text.as_bytes().chunks(7) {
                assert!(look.passes(piece));
            }
            look.overclaimed()
        };
        assert_eq!(
            claimed(r#"<sst uniqueCount="9000000000">"#),
            Some(9_000_000_000)
        );
        assert_eq!(
            claimed(r#"<x:sst uniqueCount="99999999999999999999999">"#),
            Some(u64::MAX)
        );
        for fine in [
            r#"<sst uniqueCount="2000000">"#, // wrong but harmless
            r#"<sst count="9000000000">"#,
            r#"<sst uniqueCount="">"#,
            "",
        ] {
            assert_eq!(claimed(fine), None, "{fine}");
        }
        let texts = "<si/>".repeat(2_200_000);
        assert_eq!(
            claimed(&format!(r#"<sst uniqueCount="2200000">{texts}"#)),
            None
        );
        let mut other = PartLook::new("xl/workbook.xml", Workbook::Xlsx);
        assert!(other.passes(br#"<sst uniqueCount="9000000000">"#));
        assert_eq!(other.overclaimed(), None);
    }

    proptest! {
        /// A tag or text that is too long is found, however the bytes arrive.
        #[test]
        fn the_longest_run(
            runs in proptest::collection::vec((0_usize..6000, "[<>]"), 0..6),
            rest in 0_usize..6000,
            block in 1_usize..9000,
        ) {
            let mut bytes: Vec<u8> = runs
                .iter()
                .flat_map(|(length, end)| [vec![b'a'; *length], end.as_bytes().to_vec()].concat())
                .collect();
            bytes.resize(bytes.len() + rest, b'a');
            let is_end = |at: &usize| matches!(bytes[*at], b'<' | b'>');
            let mut marks: Vec<usize> = (0..bytes.len()).filter(is_end).collect();
            marks.insert(0, 0);
            marks.push(bytes.len());
            let fine = marks.windows(2).all(|pair| pair[1] - pair[0] <= LONGEST_OF_STYLES);
            let mut look = PartLook::new("xl/Styles.XML", Workbook::Xlsx);
            prop_assert_eq!(bytes.chunks(block).all(|piece| look.passes(piece)), fine);
            let mut other = PartLook::new("xl/media/image.png", Workbook::Xlsx);
            prop_assert!(bytes.chunks(block).all(|piece| other.passes(piece)));
        }
    }
}
