//! Tables of HTML, which many programs save under the name of a workbook.
//!
//! html5gum splits the page into tags and texts as browsers do (WHATWG HTML, 13.2.5); it runs nothing and
//! fetches nothing. Every table is a sheet, also one that is inside of another, because pages use tables
//! for their layout. A cell that spans others has its text in the first place, as in other workbooks.

use std::io;

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

use super::cells::{COLUMNS, ROWS};
use super::memory_book::MemoryBook;
use crate::batch::error::broken;

/// A page has no more tables, and no more of them inside of each other.
const MOST_TABLES: usize = 1 << 12;
const DEEPEST: usize = 64;
/// The longest text of a cell.
const LONGEST: usize = 1 << 20;
/// WHATWG HTML, 4.9.11: larger numbers mean these.
const WIDEST: u32 = 1000;
const TALLEST: u32 = 65_534;

/// Reads the tables of a page.
pub(super) fn read(page: &str) -> io::Result<MemoryBook> {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut reader = TableReader::default();
    for token in Tokenizer::new_with_emitter(page, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => reader.start(&tag)?,
            Token::EndTag(tag) => reader.end(&tag.name)?,
            Token::String(text) => reader.text(&String::from_utf8_lossy(&text))?,
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    while !reader.open.is_empty() {
        reader.end(b"table")?;
    }
    match reader.book.sheet_count() {
        0 => Err(broken(
            "the source is an HTML page without a table; save the list as XLSX or CSV",
        )),
        _ => Ok(reader.book),
    }
}

#[derive(Default)]
struct TableReader {
    book: MemoryBook,
    /// The tables that are open, the innermost last.
    open: Vec<OpenTable>,
    /// The tag whose text is not shown, while it is open.
    unseen: Option<Vec<u8>>,
}

/// A table that is open.
struct OpenTable {
    sheet: usize,
    /// The next row; the one before is open.
    row: u32,
    /// The column of the next cell.
    column: u32,
    /// The row before which each column is taken by a cell above.
    taken: Vec<u32>,
    cell: Option<OpenHtmlCell>,
}

struct OpenHtmlCell {
    column: u32,
    text: String,
    /// The value that the program that wrote the page says, beside the text that it shows.
    value: Option<String>,
}

impl TableReader {
    fn start(&mut self, tag: &StartTag<()>) -> io::Result<()> {
        match &**tag.name {
            b"table" => self.begin_table()?,
            b"tr" => {
                self.end_cell()?;
                let Some(table) = self.open.last_mut() else {
                    return Ok(());
                };
                (table.row, table.column) = (table.row.saturating_add(1), 0);
                if attribute(tag, "style").is_some_and(|style| is_not_shown(&style)) {
                    self.book.sheet(table.sheet).hidden.push(table.row - 1);
                }
            }
            b"td" | b"th" => self.begin_cell(tag)?,
            b"br" | b"p" | b"div" | b"li" => {
                if let Some(cell) = self.open_cell() {
                    let end = cell.text.trim_end_matches(' ').len();
                    cell.text.truncate(end);
                    if end > 0 {
                        cell.text.push('\n');
                    }
                }
            }
            b"script" | b"style" | b"title" | b"template" if !tag.self_closing => {
                self.unseen.get_or_insert_with(|| tag.name.to_vec());
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &[u8]) -> io::Result<()> {
        if self.unseen.as_deref() == Some(name) {
            self.unseen = None;
        }
        match name {
            b"td" | b"th" | b"tr" => self.end_cell(),
            b"table" => {
                self.end_cell()?;
                self.open.pop();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn begin_table(&mut self) -> io::Result<()> {
        if self.open.len() >= DEEPEST || self.book.sheet_count() >= MOST_TABLES {
            return Err(broken(format!(
                "the HTML page has more than {MOST_TABLES} tables, or more than {DEEPEST} inside \
                 of each other; save the list as XLSX or CSV"
            )));
        }
        let name = format!("Table {}", self.book.sheet_count() + 1);
        let sheet = self.book.add_sheet(name);
        self.open.push(OpenTable {
            sheet,
            row: 0,
            column: 0,
            taken: Vec::new(),
            cell: None,
        });
        Ok(())
    }

    fn begin_cell(&mut self, tag: &StartTag<()>) -> io::Result<()> {
        self.end_cell()?;
        let Some(table) = self.open.last_mut() else {
            return Ok(());
        };
        // A cell without a row is in one.
        table.row = table.row.max(1);
        let row = table.row - 1;
        while (table.taken.get(table.column as usize)).is_some_and(|until| *until > row) {
            table.column += 1;
        }
        let number =
            |key, most: u32| match attribute(tag, key).map(|text| text.trim().parse::<u64>()) {
                Some(Ok(number)) => u32::try_from(number).unwrap_or(most).min(most),
                _ => 1,
            };
        let width = number("colspan", WIDEST).max(1);
        // Zero means all rows below.
        let height = match number("rowspan", TALLEST) {
            0 => TALLEST,
            height => height,
        };
        let begin = table.column;
        table.column = begin.saturating_add(width);
        if table.column > COLUMNS || row >= ROWS {
            return Err(broken(format!(
                "a table of the HTML page has a cell in row {} and column {}; a sheet has at most \
                 {ROWS} rows and {COLUMNS} columns",
                u64::from(row) + 1,
                table.column
            )));
        }
        if height > 1 {
            let end = table.column as usize;
            if table.taken.len() < end {
                table.taken.resize(end, 0);
            }
            table.taken[begin as usize..end].fill(row.saturating_add(height));
        }
        table.cell = Some(OpenHtmlCell {
            column: begin,
            text: String::new(),
            value: attribute(tag, "x:num")
                .or_else(|| attribute(tag, "x:str"))
                .filter(|value| !value.trim().is_empty()),
        });
        Ok(())
    }

    fn end_cell(&mut self) -> io::Result<()> {
        let Some(table) = self.open.last_mut() else {
            return Ok(());
        };
        let Some(cell) = table.cell.take() else {
            return Ok(());
        };
        let place = (table.row.saturating_sub(1), cell.column);
        let text = cell.value.unwrap_or(cell.text);
        self.book.add_cell(table.sheet, place, text.trim())
    }

    fn open_cell(&mut self) -> Option<&mut OpenHtmlCell> {
        self.open.last_mut()?.cell.as_mut()
    }

    /// Takes a text. White space in it is one blank, however long it is.
    fn text(&mut self, text: &str) -> io::Result<()> {
        if self.unseen.is_some() {
            return Ok(());
        }
        let Some(cell) = self.open_cell() else {
            return Ok(());
        };
        if cell.text.len() + text.len() > LONGEST {
            return Err(broken(
                "a cell of the HTML page is too long; save the list as CSV",
            ));
        }
        for c in text.chars() {
            let is_space = matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}');
            match is_space {
                true if cell.text.is_empty() || cell.text.ends_with([' ', '\n']) => {}
                true => cell.text.push(' '),
                false => cell.text.push(c),
            }
        }
        Ok(())
    }
}

fn attribute(tag: &StartTag<()>, key: &str) -> Option<String> {
    let value = tag.attributes.get(key.as_bytes())?;
    Some(String::from_utf8_lossy(value).into_owned())
}

fn is_not_shown(style: &str) -> bool {
    let bare: String = style.chars().filter(|c| !c.is_whitespace()).collect();
    bare.to_ascii_lowercase().contains("display:none")
}
