//! Why the columns of a table are not used: an option that does not fit, or no column that is surely
//! the phone.

use std::fmt;

/// Why the columns of a table are not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableRefusal {
    /// The options don't fit the table: how, in words.
    Usage(String),
    /// No column is surely the phone.
    List(ListRefusal),
}

impl From<String> for TableRefusal {
    fn from(why: String) -> TableRefusal {
        TableRefusal::Usage(why)
    }
}

/// No column of a list is surely the phone, or several are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRefusal {
    /// The columns that could be the phone, the likeliest first.
    pub candidates: Vec<PhoneCandidate>,
    /// The option that would take several of them, where they are equally good.
    pub together: Option<String>,
    /// The option for the country in which most of the likeliest column's cells are valid phones,
    /// and how many are.
    pub region: Option<(String, usize)>,
    /// A record further down that may be the header.
    pub header: Option<LaterHeader>,
    /// How many columns the table has.
    pub columns: usize,
}

/// A record below the first row that has the name of a phone over phones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaterHeader {
    /// Its line, from 1.
    pub line: u64,
    /// The name of the phone.
    pub column: String,
}

/// A column that could be the phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneCandidate {
    /// Its header, or `column2`.
    pub header: String,
    /// Its place, from 1.
    pub place: usize,
    /// Whether its header has a word for phones.
    pub is_named: bool,
    /// How many of its sampled cells are phones, faulty ones too; how many are valid; how many
    /// have a value.
    pub phones: u32,
    /// How many are valid phones.
    pub valid: u32,
    /// How many have a value.
    pub filled: u32,
    /// How many rows were looked at.
    pub rows: usize,
    /// Why it is not taken, if that has a reason of its own.
    pub why_not: Option<&'static str>,
    /// The option that takes it, as an argument of Python.
    pub option: String,
}

/// More candidates are not listed.
const MOST: usize = 10;

impl fmt::Display for ListRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.candidates.is_empty() && self.header.is_none() {
            let place = self.columns.clamp(1, 2);
            return write!(
                f,
                "no column holds phones, so no job was read; if one does, name it, such as \
                 map={{\"phone\": \"#{place}\"}}",
            );
        }
        f.write_str(match self.together {
            Some(_) => "several columns are equally likely the phone, so no job was read; choose:",
            None => "no column is surely the phone, so no job was read; choose:",
        })?;
        if let Some(LaterHeader { line, column }) = &self.header {
            write!(
                f,
                "\n  header_row={line}: {column:?} in line {line} is over phones"
            )?;
        }
        for candidate in self.candidates.iter().take(MOST) {
            write!(f, "\n  {candidate}")?;
        }
        if let Some(more) = self
            .candidates
            .len()
            .checked_sub(MOST)
            .filter(|more| *more > 0)
        {
            write!(f, "\n  and {more} more")?;
        }
        if let Some(together) = &self.together {
            write!(f, "\n  {together}: the first of them that has a value")?;
        }
        if let Some((option, count)) = &self.region {
            let of = self.candidates[0].filled;
            let cells = if of == 1 { "cell" } else { "cells" };
            let valid = match count {
                1 => "is a valid phone",
                _ => "are valid phones",
            };
            write!(
                f,
                "\n  With {option}, {count} of {of} {cells} of the first {valid}."
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for PhoneCandidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PhoneCandidate {
            header,
            place,
            phones,
            valid,
            filled,
            rows,
            option,
            ..
        } = self;
        write!(f, "{option}: column {place}, {header:?}, ")?;
        match filled {
            0 if *rows > 1 => write!(f, "none of its first {rows} cells has a value")?,
            0 => f.write_str("no cell has a value")?,
            _ => {
                let look = if *phones == 1 {
                    "looks like a phone"
                } else {
                    "look like phones"
                };
                let cells = if *filled == 1 { "cell" } else { "cells" };
                let are = if *valid == 1 { "is" } else { "are" };
                write!(
                    f,
                    "{phones} of {filled} {cells} {look}, {valid} {are} valid"
                )?;
            }
        }
        match self.why_not {
            Some(why) => write!(f, " ({why})"),
            None => Ok(()),
        }
    }
}
