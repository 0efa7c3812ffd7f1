//! What a sheet of an XLSX workbook says beside its values: hidden rows, a filter, and formulas that
//! were saved without a value. calamine shows none of these.
//!
//! Only sheets that have such tags are read for them ([`MARKS`]). What can't be read here is left to
//! calamine, whose errors are the ones that are shown.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader, Read, Seek};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// Texts of which a sheet has at least one, if it has something to find.
pub(super) const MARKS: [&[u8]; 4] = [b"hidden=", b":f>", b"<f>", b"<f "];
/// No mark is longer.
pub(super) const LONGEST: usize = 8;
/// A workbook has no more sheets; the lists of sheets are not read further.
const MOST_SHEETS: usize = 1 << 12;

/// What a sheet says beside its values.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SheetMarks {
    /// The rows that are hidden, in order.
    pub hidden: Vec<u32>,
    /// Whether a filter is set.
    pub is_filtered: bool,
    /// How many cells are formulas without a value.
    pub unsaved: u64,
}

/// The marks of the sheets in these parts, by the names of the sheets.
pub(super) fn of(
    workbook: &mut (impl Read + Seek),
    parts: &HashSet<String>,
) -> HashMap<String, SheetMarks> {
    let mut marks = HashMap::new();
    if parts.is_empty() {
        return marks;
    }
    let Ok(mut archive) = zip::ZipArchive::new(workbook) else {
        return marks;
    };
    let ends = |name: &str, end: &str| name.to_lowercase().ends_with(end);
    let all: Vec<String> = archive
        .file_names()
        .flatten()
        .map(|name| name.into_owned())
        .collect();
    let named = |end: &str| all.iter().find(|name| ends(name, end));
    let (Some(list), Some(relations)) = (named("/workbook.xml"), named("/workbook.xml.rels"))
    else {
        return marks;
    };
    let folder = list.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut pairs = |part: &str, tag: &str, keys: [&str; 2]| match archive.by_name(part) {
        Ok(part) => attributes_of(BufReader::new(part), tag, keys),
        Err(_) => Vec::new(),
    };
    let sheets = pairs(list, "sheet", ["name", "id"]);
    let targets: HashMap<String, String> = pairs(relations, "Relationship", ["Id", "Target"])
        .into_iter()
        .collect();
    for (name, id) in sheets {
        let Some(target) = targets.get(&id) else {
            continue;
        };
        let part = match target.strip_prefix('/') {
            Some(whole) => whole.to_owned(),
            None => format!("{folder}/{target}"),
        };
        if parts.contains(&part)
            && let Ok(part) = archive.by_name(&part)
        {
            marks.insert(name, marks_of(BufReader::new(part)));
        }
    }
    marks
}

/// Two attributes of each tag of that name.
fn attributes_of(part: impl BufRead, tag: &str, keys: [&str; 2]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut reader = Reader::from_reader(part);
    let mut buffer = Vec::new();
    while found.len() < MOST_SHEETS {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(start) | Event::Empty(start)) if start.local_name().as_ref() == tag => {
                if let [Some(first), Some(second)] = keys.map(|key| attribute(&start, key)) {
                    found.push((first, second));
                }
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    found
}

/// The value of an attribute, whatever its prefix is.
pub(super) fn attribute(tag: &BytesStart<'_>, key: &str) -> Option<String> {
    let mut all = tag.attributes();
    let mut all = all.with_checks(false).flatten();
    let found = all.find(|attribute| attribute.key.local_name().as_ref() == key)?;
    Some(
        found
            .normalized_value(XmlVersion::Implicit1_0)
            .ok()?
            .into_owned(),
    )
}

fn marks_of(part: impl BufRead) -> SheetMarks {
    let mut marks = SheetMarks::default();
    let mut reader = Reader::from_reader(part);
    let mut buffer = Vec::new();
    // The row that is next, unless it says its number.
    let mut row = 0;
    let mut cell = CellMarks::default();
    loop {
        buffer.clear();
        let event = match reader.read_event_into(&mut buffer) {
            Ok(Event::Eof) | Err(_) => return marks,
            Ok(event) => event,
        };
        match event {
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                "row" => {
                    let number = attribute(&tag, "r").and_then(|text| text.parse::<u32>().ok());
                    row = number.unwrap_or(row + 1);
                    let hidden = attribute(&tag, "hidden");
                    if hidden.is_some_and(|text| text == "1" || text == "true") {
                        marks.hidden.push(row.saturating_sub(1));
                    }
                }
                "c" => cell = CellMarks::default(),
                "f" => cell.has_formula = true,
                "v" | "t" => cell.is_value = true,
                "autoFilter" => marks.is_filtered = true,
                _ => {}
            },
            Event::Text(text) => cell.has_value |= cell.is_value && !text.is_empty(),
            Event::GeneralRef(_) | Event::CData(_) => cell.has_value |= cell.is_value,
            Event::End(tag) => match tag.local_name().as_ref() {
                "c" => {
                    marks.unsaved += u64::from(cell.has_formula && !cell.has_value);
                    cell = CellMarks::default();
                }
                "v" | "t" => cell.is_value = false,
                _ => {}
            },
            _ => {}
        }
    }
}

/// What is known of a cell so far.
#[derive(Default)]
struct CellMarks {
    has_formula: bool,
    is_value: bool,
    has_value: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_rows_and_formulas() {
        let sheet = r#"<x:worksheet><x:sheetData>
            <x:row r="1"><x:c r="A1"><x:f>1+1</x:f><x:v>2</x:v></x:c></x:row>
            <x:row hidden="1"><x:c r="A2"><x:f>1+1</x:f><x:v/></x:c></x:row>
            <x:row r="7" hidden="true"><x:c t="str"><x:f>A</x:f><x:v></x:v></x:c></x:row>
            <x:row hidden="0"><x:c><x:f>A</x:f></x:c><x:c/><x:c><x:v>1</x:v></x:c></x:row>
            </x:sheetData><x:autoFilter ref="A1:B9"/></x:worksheet>"#;
        let marks = marks_of(sheet.as_bytes());
        let expected = SheetMarks {
            hidden: vec![1, 6],
            is_filtered: true,
            unsaved: 3,
        };
        assert_eq!(marks, expected);
        assert!(MARKS.iter().all(|mark| mark.len() <= LONGEST));
        for damaged in ["", "<row hidden=", "<row hidden='1' <c>", "<f>"] {
            assert_eq!(marks_of(damaged.as_bytes()).unsaved, 0);
        }
    }
}
