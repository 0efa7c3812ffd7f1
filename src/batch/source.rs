//! Where rows come from, and how reading them can end.

use std::{fmt, io};

use super::feed::Feed;
use super::input::{Guess, TextEncoding, Told};
use super::records::{self, Records};
use super::{json, rejects};
use crate::Fault;
use crate::job::RawJob;

/// A batch as it comes in.
pub enum Source<'a> {
    /// Bytes in one of the text formats; the format is told by content where none is given.
    Bytes {
        /// The bytes, which are UTF-8 but for faults.
        feed: &'a mut dyn Feed,
        /// What is known of the source that they come from.
        told: Told,
        /// The encoding, where the caller named one.
        encoding: Option<TextEncoding>,
        /// The format, where the caller knows it.
        format: Option<Format>,
        /// The format to take where there is no content to tell it by.
        empty: Format,
    },
    /// Jobs that each come as a text of their own.
    Records(&'a mut dyn Records),
}

/// A text format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON array of jobs (RFC 8259).
    Json,
    /// A JSON text a line.
    Ndjson,
}

impl Format {
    /// The format of that name: `json` or `ndjson`.
    pub fn from_name(name: &str) -> Option<Format> {
        match name {
            "json" => Some(Format::Json),
            "ndjson" | "jsonl" => Some(Format::Ndjson),
            _ => None,
        }
    }

    /// Whether an encoding may be guessed for a text of the format, if that is known.
    pub fn guess(format: Option<Format>) -> Guess {
        match format {
            Some(Format::Json | Format::Ndjson) => Guess::Never,
            None => Guess::UnlessJson,
        }
    }

    /// The name of the format.
    pub fn name(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Ndjson => "ndjson",
        }
    }
}

/// One row of a source.
pub(super) struct Row<'a> {
    /// The byte at which it begins; `None` where the source is not of bytes.
    pub offset: Option<u64>,
    pub content: Content<'a>,
}

/// What a row holds.
pub(super) enum Content<'a> {
    Job(RawJob<'a>),
    /// No JSON: its bytes as they came, and why.
    Broken(&'a [u8], Fault),
}

/// Why a batch ended before its time.
#[derive(Debug)]
pub enum Halt {
    /// The source cannot be read on.
    Source(SourceFailure),
    /// It is not the source that the unfinished run read, which was to be resumed: how that is
    /// known, in words.
    Differs(String),
    /// Reading, writing or the caller failed.
    Io(io::Error),
}

impl From<io::Error> for Halt {
    fn from(error: io::Error) -> Self {
        match error.downcast() {
            Ok(failure) => Halt::Source(failure),
            Err(error) => Halt::Io(error),
        }
    }
}

/// Where and why a source cannot be read on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFailure {
    /// What is wrong there.
    pub message: String,
    /// The byte, from 0.
    pub offset: u64,
    /// The line, from 1.
    pub line: u64,
    /// The column, from 1, in characters.
    pub column: u64,
}

impl fmt::Display for SourceFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SourceFailure {}

/// Takes one row, and says whether to go on.
pub(super) type OnRow<'r> = dyn FnMut(Row<'_>) -> Result<(), Halt> + 'r;

impl Source<'_> {
    /// The name of the format that the caller gave.
    pub(super) fn given_format(&self) -> Option<&'static str> {
        match self {
            Source::Bytes { format, .. } => format.map(Format::name),
            Source::Records(_) => None,
        }
    }

    /// The encoding that the caller named.
    pub(super) fn given_encoding(&self) -> Option<TextEncoding> {
        match self {
            Source::Bytes { encoding, .. } => *encoding,
            Source::Records(_) => None,
        }
    }

    /// What is known of the bytes that it comes from, if it is of bytes.
    pub(super) fn told(&self) -> Option<Told> {
        match self {
            Source::Bytes { told, .. } => Some(told.clone()),
            Source::Records(_) => None,
        }
    }

    /// Reads as far as is needed to tell what the rows are in.
    pub(super) fn begin(&mut self) -> Result<Begun<'_>, Halt> {
        match self {
            Source::Records(records) => Ok(Begun::Records(*records)),
            Source::Bytes {
                feed,
                told,
                format,
                empty,
                ..
            } => {
                if skip_byte_order_mark(*feed)? {
                    told.set_byte_order_mark();
                }
                let format = told_format(*feed, *format, *empty)?;
                Ok(Begun::Text(*feed, format))
            }
        }
    }
}

/// A source of which it is known what its rows are in.
pub(super) enum Begun<'a> {
    Records(&'a mut dyn Records),
    Text(&'a mut dyn Feed, Format),
}

impl Begun<'_> {
    /// The name of what its rows are in.
    pub(super) fn format_name(&self) -> &'static str {
        match self {
            Begun::Records(_) => "records",
            Begun::Text(_, format) => format.name(),
        }
    }

    /// Hands every row to `on_row`, in order.
    pub(super) fn each_row(self, on_row: &mut OnRow<'_>) -> Result<(), Halt> {
        let on_row = &mut |row: Row<'_>| rejects::unwrapped(row, on_row);
        match self {
            Begun::Records(records) => records::each_row(records, on_row),
            Begun::Text(feed, Format::Json) => json::each_element(feed, on_row),
            Begun::Text(feed, Format::Ndjson) => json::each_line(feed, on_row),
        }
    }
}

/// Answers whether there is one. That of another encoding is gone by now.
fn skip_byte_order_mark(feed: &mut dyn Feed) -> Result<bool, Halt> {
    let mark = TextEncoding::UTF_8.byte_order_mark();
    while feed.window().len() < mark.len() && !feed.at_end() {
        feed.more()?;
    }
    let is_there = feed.window().starts_with(mark);
    if is_there {
        feed.consume(mark.len());
    }
    Ok(is_there)
}

/// What the content says: an array begins with its bracket. A caller's word stands above it.
fn told_format(feed: &mut dyn Feed, given: Option<Format>, empty: Format) -> Result<Format, Halt> {
    if let Some(format) = given {
        return Ok(format);
    }
    loop {
        let window = feed.window();
        match window.iter().position(|byte| !is_space(*byte)) {
            Some(at) if window[at] == b'[' => return Ok(Format::Json),
            Some(_) => return Ok(Format::Ndjson),
            None if feed.at_end() => return Ok(empty),
            None => {
                // Blank lines are no rows, however many there are.
                let blank = memchr::memrchr(b'\n', window).map_or(0, |last| last + 1);
                feed.consume(blank);
                feed.more()?;
            }
        }
    }
}

/// White space between JSON tokens (RFC 8259, 2).
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Bytes without the white space around them. The standard trimming takes a form feed away, too.
pub(super) fn trimmed(bytes: &[u8]) -> &[u8] {
    let after = bytes.iter().take_while(|byte| is_space(**byte)).count();
    let bytes = &bytes[after..];
    let before = bytes.iter().rev().take_while(|byte| is_space(**byte));
    &bytes[..bytes.len() - before.count()]
}

/// A failure at the byte at `index` of the window.
pub(super) fn failure(feed: &dyn Feed, index: usize, message: impl Into<String>) -> Halt {
    let (line, column) = feed.position(index);
    Halt::Source(SourceFailure {
        message: message.into(),
        offset: feed.offset() + index as u64,
        line,
        column,
    })
}
