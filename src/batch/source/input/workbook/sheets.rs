//! Which sheet of a workbook is the list: the named one, or the first with a column of phones.
//!
//! Visible sheets come first, hidden ones last. The beginning of each sheet is kept until it is known
//! whether it has phones, so most workbooks are read once. Sheets that are not the list are only
//! counted. A cover sheet may have the number of a hotline: a sheet with a few phones and no header
//! that says so is the list only if no later sheet is, and is read again then. If a hidden sheet looks
//! like the list beside it, nobody can tell which is meant, and the caller has to choose. A sheet whose
//! columns leave a choice is the list, too: no later sheet takes its place. A sheet that is named as a
//! stop list is the list only if the caller names it, or wants phones to exclude. If no sheet has phones,
//! the first with rows is the list, and the choice of its columns says what is missing.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::cells::{RowUse, SheetRows, TextWriter};
use super::phone_search::{ListLikeness, PhoneSearch};
use super::reply::Reply;
use super::sheet_facts::{OtherSheet, SheetEntry, SheetFacts};
use crate::batch::error::broken;

/// What is asked of a workbook.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetRequest {
    /// The name of the sheet, if the caller named one.
    pub sheet: Option<String>,
    /// How a column of phones is found.
    pub search: PhoneSearch,
    /// The label of the encoding of a workbook that is a text, if the caller named one.
    pub encoding: Option<String>,
}

/// A workbook that is open.
pub(super) trait Book {
    /// The sheets of cells, in the order of the workbook.
    fn sheets(&self) -> Vec<SheetEntry>;

    /// Hands over the cells of a sheet in their order.
    fn read(&mut self, sheet: usize, rows: &mut SheetRows<'_, '_>) -> io::Result<()>;
}

/// Writes the rows of the sheet that is the list.
pub(super) fn write_sheet(
    book: &mut dyn Book,
    request: &SheetRequest,
    replies: &mut dyn Write,
    size: u64,
) -> io::Result<()> {
    let sheets = book.sheets();
    let mut out = TextWriter::new(replies, size);
    let mut facts = SheetFacts::default();
    let mut read = None;
    match &request.sheet {
        Some(asked) => {
            let sheet = named(&sheets, asked)?;
            read = Some(sheet);
            facts = read_whole(book, sheet, &sheets[sheet].name, &mut out)?;
        }
        None => {
            let mut order: Vec<usize> = (0..sheets.len()).collect();
            order.sort_by_key(|sheet| {
                let sheet = &sheets[*sheet];
                (sheet.is_hidden, request.search.is_later(&sheet.name))
            });
            let mut counted = Vec::new();
            // The first sheet that is perhaps the list, and a hidden one that is surely a list beside it.
            let (mut perhaps, mut hidden_list) = (None, None);
            for (at, &sheet) in order.iter().enumerate() {
                let is_hidden = sheets[sheet].is_hidden;
                let has_rival = at + 1 < order.len();
                // A hidden sheet does not take the place of one that is shown.
                let is_open =
                    perhaps.is_none_or(|first: usize| sheets[first].is_hidden || !is_hidden);
                let may_be_list = request.search.may_be_list(&sheets[sheet].name);
                let wanted = match (read, perhaps) {
                    _ if !may_be_list => RowUse::Count,
                    (None, None) if !has_rival => {
                        RowUse::Sample(&request.search, Some(ListLikeness::Perhaps))
                    }
                    (None, _) if is_open => {
                        RowUse::Sample(&request.search, Some(ListLikeness::Yes))
                    }
                    (None, _) => RowUse::Sample(&request.search, None),
                    _ => RowUse::Count,
                };
                let mut rows = SheetRows::new(&mut out, wanted);
                let cells = book.read(sheet, &mut rows);
                if cells.is_err() && (read.is_some() || perhaps.is_some()) && rows.abandon() {
                    counted.push((sheet, None));
                    continue;
                }
                cells?;
                let end = rows.finish(&sheets[sheet].name)?;
                if end.is_written {
                    read = Some(sheet);
                    facts = end.facts;
                    continue;
                }
                match end.likeness {
                    ListLikeness::No => {}
                    ListLikeness::Perhaps => perhaps = perhaps.or(Some(sheet)),
                    ListLikeness::Yes => hidden_list = hidden_list.or(Some(sheet)),
                }
                if end.rows > 0 {
                    counted.push((sheet, Some(end.rows)));
                }
            }
            if let (Some(shown), Some(hidden)) = (perhaps, hidden_list) {
                let [shown, hidden] = [shown, hidden].map(|sheet| &sheets[sheet].name);
                return Err(broken(format!(
                    "the sheet {shown:?} has a few phones and no header for them, and the hidden \
                     sheet {hidden:?} looks like a list; choose one, such as sheet={shown:?}"
                )));
            }
            if read.is_none() && !counted.is_empty() {
                let is_perhaps = |(sheet, _): &(usize, _)| Some(*sheet) == perhaps;
                let may_be = |(sheet, _): &(usize, _)| {
                    let SheetEntry { name, .. } = &sheets[*sheet];
                    request.search.may_be_list(name)
                };
                let place = (counted.iter().position(is_perhaps))
                    .or_else(|| counted.iter().position(may_be))
                    .ok_or_else(|| only_stop_lists(&sheets[counted[0].0].name))?;
                let (sheet, _) = counted.remove(place);
                read = Some(sheet);
                facts = read_whole(book, sheet, &sheets[sheet].name, &mut out)?;
            }
            facts.other_sheets = counted
                .into_iter()
                .map(|(sheet, rows)| OtherSheet {
                    name: sheets[sheet].name.clone(),
                    rows,
                    hidden: sheets[sheet].is_hidden,
                })
                .collect();
        }
    }
    facts.hidden_sheet = read.is_some_and(|sheet| sheets[sheet].is_hidden);
    Reply::Facts(facts).write(replies)
}

fn read_whole(
    book: &mut dyn Book,
    sheet: usize,
    name: &str,
    out: &mut TextWriter<'_>,
) -> io::Result<SheetFacts> {
    let mut rows = SheetRows::new(out, RowUse::Write);
    book.read(sheet, &mut rows)?;
    Ok(rows.finish(name)?.facts)
}

/// No other sheet has a row than those of phones that are not to be called.
fn only_stop_lists(name: &str) -> io::Error {
    broken(format!(
        "the sheet {name:?} is named as a list of phones that are not to be called, and no other \
         sheet has rows; if it is to be read, choose it: sheet={name:?}"
    ))
}

fn named(sheets: &[SheetEntry], asked: &str) -> io::Result<usize> {
    let found = sheets.iter().position(|sheet| sheet.name == asked);
    found.ok_or_else(|| {
        let there: Vec<&str> = sheets.iter().map(|sheet| &*sheet.name).collect();
        broken(format!(
            "the workbook has no sheet {asked:?}; it has {}",
            there.join(", ")
        ))
    })
}
