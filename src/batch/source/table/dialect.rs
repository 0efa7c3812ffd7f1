//! How a delimited text is written: RFC 4180, and what spreadsheets make of it.
//!
//! ```text
//! table  = [ "sep=" delimiter end ] *( record end )
//! record = cell *( delimiter cell )
//! cell   = quoted / plain
//! quoted = DQUOTE *( any but DQUOTE / 2DQUOTE ) DQUOTE
//! plain  = *( any but delimiter and end )     ; that does not begin with DQUOTE
//! end    = CRLF / LF, or CR throughout
//! ```
//!
//! Beyond the RFC, lines may end with LF, with CR CR LF or with CR alone, and a plain cell may hold
//! quotes (`5" pipe`). If the beginning shows it, blanks before the quote of a cell are left out, or
//! every record as a whole is in quotes, or quotes inside of quoted cells have a backslash before
//! them instead of a second quote: there `\"` is a quote and `\\` a backslash. A quoted cell ends at
//! its quote: what some readers append after it is a fault here, since it is nearly always the sign
//! of a quote that was never closed.

use std::borrow::Cow;

use super::cell_kind;
use super::marks::{Marked, Plain};
use super::names::HeaderName;
use crate::batch::source::limit::{LONGEST_QUOTED, MOST_CELLS};

/// The delimiters that are looked for, the likeliest first.
///
/// A semicolon in every record is hardly ever a part of the text, and a comma often is.
pub const DELIMITERS: [u8; 4] = *b";\t|,";

/// Where the quotes of a record that has more cells don't match, all that was looked at is rejected
/// at once, and not its first line alone: so each line is looked at so many times at the most.
const MANY_CELLS: usize = 255;

/// What is asked of a record.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How many cells, from the first, somebody looks at.
    pub needed: usize,
    /// How many columns the table has: where there are no more cells, those after the needed ones may
    /// be left out.
    pub columns: usize,
    /// How many bytes after its beginning the end is looked for.
    pub longest: usize,
}

impl Bounds {
    /// All cells are needed, however many they are and however long.
    pub const ALL: Bounds = Bounds {
        needed: usize::MAX,
        columns: usize::MAX,
        longest: usize::MAX,
    };
}

/// How a delimited text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    pub delimiter: u8,
    pub end: LineEnd,
    /// Whether blanks may be before the quote that begins a cell.
    pub blanks: bool,
    /// Whether every record as a whole is in quotes, and its own quotes are doubled.
    pub is_wrapped: bool,
    /// Whether a quote inside a quoted cell has a backslash before it, and is not doubled.
    pub escapes: bool,
}

/// What ends a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnd {
    /// A line feed, and the carriage return before it if there is one.
    Lf,
    /// A carriage return alone.
    Cr,
}

impl LineEnd {
    /// The byte that ends a record.
    pub fn byte(self) -> u8 {
        match self {
            LineEnd::Lf => b'\n',
            LineEnd::Cr => b'\r',
        }
    }
}

/// One cell of a record: where it is in the text, without its quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub start: usize,
    pub end: usize,
    /// How quotes are written in it.
    pub quotes: CellQuotes,
}

/// How quotes are written in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellQuotes {
    /// As they are, if there are any.
    None,
    /// Doubled.
    Doubled,
    /// With a backslash before them, and before each backslash.
    Escaped,
}

/// What is at the beginning of some text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// A record of so many cells, up to its end; the next begins after the bytes of the end.
    Record {
        end: usize,
        next: usize,
        count: usize,
    },
    /// A line whose quotes don't match, likewise.
    Unmatched { end: usize, next: usize },
    /// A record that does not end within the bounds: up to the first end of a line after these.
    TooLong { end: usize, next: usize },
    /// More bytes are needed to tell.
    NeedsMore,
}

impl Dialect {
    /// The text, to be split.
    pub fn marked(self, text: &[u8]) -> Marked<'_> {
        Marked::new(text, self.delimiter, self.end.byte())
    }

    /// Splits the record at `start` into `cells`, at most [`MOST_CELLS`], however
    /// many the record has. `whole`: the source ends with the text.
    pub fn split(
        self,
        text: &mut Marked<'_>,
        start: usize,
        whole: bool,
        bounds: Bounds,
        cells: &mut Vec<Span>,
    ) -> Split {
        let limit = start.saturating_add(bounds.longest);
        if let Some((end, next, count)) = self.line(text, start, bounds, cells) {
            return match next - 1 > limit {
                true => Split::TooLong { end, next },
                false => Split::Record { end, next, count },
            };
        }
        cells.clear();
        if self.is_wrapped && text.text().get(start) == Some(&b'"') {
            return self.wrapped(text, start, whole, limit, cells);
        }
        let bytes = text.text();
        let (mut at, mut count) = (start, 0);
        let mut push = |cells: &mut Vec<Span>, span| {
            count += 1;
            if count <= MOST_CELLS {
                cells.push(span);
            }
            count
        };
        loop {
            if at > limit {
                return self.too_long(text, limit, whole);
            }
            let quote = self.quote_of(bytes, at);
            if self.blanks
                && quote.is_none()
                && !whole
                && bytes[at..].iter().all(|byte| *byte == b' ')
            {
                return Split::NeedsMore;
            }
            if let Some(quote) = quote {
                match self.quoted(text, start, quote, whole) {
                    Quoted::Cell { span, stop } => {
                        let count = push(cells, span);
                        match stop {
                            Stop::Delimiter(next) => at = next,
                            Stop::End { end, next } => return Split::Record { end, next, count },
                        }
                    }
                    Quoted::NeedsMore => return Split::NeedsMore,
                    Quoted::Unmatched(at) => {
                        // To read the lines of a record of many cells one by one could mean to
                        // look at each again and again.
                        let many = cells.len() > bounds.columns.min(MANY_CELLS);
                        let from = if many { at } else { start };
                        return match self.line_end(text, from, whole) {
                            Some((end, next)) => Split::Unmatched { end, next },
                            None => Split::NeedsMore,
                        };
                    }
                }
                continue;
            }
            let stop = text.stop(at);
            if stop.is_none() && !whole {
                return Split::NeedsMore;
            }
            let is_last = stop.is_none_or(|stop| bytes[stop] != self.delimiter);
            let stop = stop.unwrap_or(bytes.len());
            if stop > limit {
                return self.too_long(text, limit, whole);
            }
            let end = match is_last {
                true => self.without_return(bytes, at, stop),
                false => stop,
            };
            let span = Span {
                start: at,
                end,
                quotes: CellQuotes::None,
            };
            let count = push(cells, span);
            if is_last {
                let next = (stop + 1).min(bytes.len());
                return Split::Record { end, next, count };
            }
            at = stop + 1;
        }
    }

    /// Splits a record that is a line without quotes and without a cell too many, into the cells
    /// that are needed alone: most are. Answers its end, where the next begins, and how many cells it
    /// has.
    #[inline(always)]
    fn line(
        self,
        text: &mut Marked<'_>,
        start: usize,
        Bounds {
            needed, columns, ..
        }: Bounds,
        cells: &mut Vec<Span>,
    ) -> Option<(usize, usize, usize)> {
        let needed = needed.min(MOST_CELLS);
        cells.clear();
        let mut at = start;
        let cell = |start, end| Span {
            start,
            end,
            quotes: CellQuotes::None,
        };
        let Plain { end, delimiters } = text.plain(start, needed, |delimiter| {
            cells.push(cell(at, delimiter));
            at = delimiter + 1;
        })?;
        let count = delimiters + 1;
        let next = end + 1;
        let end = self.without_return(text.text(), at, end);
        if cells.len() < needed {
            cells.push(cell(at, end));
        }
        (count <= columns).then_some((end, next, count))
    }

    /// The place of the quote that begins the cell at `at`, if one does.
    #[inline(always)]
    fn quote_of(self, text: &[u8], at: usize) -> Option<usize> {
        match text.get(at)? {
            b'"' => Some(at),
            b' ' if self.blanks => {
                let blank = text[at..].iter().take_while(|byte| **byte == b' ').count();
                (text.get(at + blank) == Some(&b'"')).then_some(at + blank)
            }
            _ => None,
        }
    }

    /// Splits a record that is in quotes as a whole: `"name;""phone"";city"`.
    #[cold]
    fn wrapped(
        self,
        text: &mut Marked<'_>,
        start: usize,
        whole: bool,
        limit: usize,
        cells: &mut Vec<Span>,
    ) -> Split {
        let (span, end, next) = match self.quoted(text, start, start, whole) {
            Quoted::Cell {
                span,
                stop: Stop::End { end, next },
            } => (span, end, next),
            Quoted::NeedsMore => return Split::NeedsMore,
            Quoted::Cell { .. } | Quoted::Unmatched(_) => {
                return match self.line_end(text, start, whole) {
                    Some((end, next)) => Split::Unmatched { end, next },
                    None => Split::NeedsMore,
                };
            }
        };
        if end > limit {
            return Split::TooLong { end, next };
        }
        let inner = &text.text()[..span.end];
        let mut at = span.start;
        loop {
            let cell = match inner[at..].starts_with(b"\"\"") {
                true => within_doubled_quotes(inner, at + 2, self.delimiter),
                false => {
                    let stop = memchr::memchr(self.delimiter, &inner[at..]);
                    Some(Span {
                        start: at,
                        end: stop.map_or(inner.len(), |stop| at + stop),
                        quotes: match memchr::memchr(b'"', &inner[at..]) {
                            Some(_) => CellQuotes::Doubled,
                            None => CellQuotes::None,
                        },
                    })
                }
            };
            let Some(cell) = cell else {
                return Split::Unmatched { end, next };
            };
            let is_quoted = cell.start > at;
            at = cell.end + if is_quoted { 2 } else { 0 };
            cells.push(cell);
            if at >= inner.len() || cells.len() > MOST_CELLS {
                break;
            }
            at += 1;
            if at == inner.len() {
                cells.push(Span {
                    start: at,
                    end: at,
                    quotes: CellQuotes::None,
                });
                break;
            }
        }
        let count = cells.len();
        cells.truncate(MOST_CELLS);
        Split::Record { end, next, count }
    }

    /// A record that does not end before `limit`.
    #[cold]
    fn too_long(self, text: &mut Marked<'_>, limit: usize, whole: bool) -> Split {
        match self.line_end(text, limit, whole) {
            Some((end, next)) => Split::TooLong { end, next },
            None => Split::NeedsMore,
        }
    }

    /// Reads the cell whose quote is at `at`, in a record that begins at `start`.
    fn quoted(self, marked: &mut Marked<'_>, start: usize, at: usize, whole: bool) -> Quoted {
        let text = marked.text();
        let limit = start + LONGEST_QUOTED;
        let within = limit.min(text.len());
        let mut quotes = match self.escapes {
            true => CellQuotes::Escaped,
            false => CellQuotes::None,
        };
        let mut from = at + 1;
        loop {
            let Some(quote) = marked.quote(from, within) else {
                return match within < limit && !whole {
                    true => Quoted::NeedsMore,
                    false => Quoted::Unmatched(within),
                };
            };
            let after = quote + 1;
            if self.escapes && is_escaped(&text[at + 1..quote]) {
                from = after;
                continue;
            }
            let next = text.get(after).copied();
            if next.is_none() && !whole {
                return Quoted::NeedsMore;
            }
            if next == Some(b'"') && !self.escapes {
                quotes = CellQuotes::Doubled;
                from = after + 1;
                continue;
            }
            let stop = match next {
                None => Stop::End {
                    end: after,
                    next: after,
                },
                Some(byte) if byte == self.delimiter => Stop::Delimiter(after + 1),
                Some(byte) if byte == self.end.byte() => Stop::End {
                    end: after,
                    next: after + 1,
                },
                Some(b'\r') => match text.get(after + 1) {
                    Some(b'\n') => Stop::End {
                        end: after,
                        next: after + 2,
                    },
                    None if whole => Stop::End {
                        end: after,
                        next: after + 1,
                    },
                    None => return Quoted::NeedsMore,
                    Some(b'\r') => match text.get(after + 2) {
                        Some(b'\n') => Stop::End {
                            end: after,
                            next: after + 3,
                        },
                        None if !whole => return Quoted::NeedsMore,
                        _ => return Quoted::Unmatched(after),
                    },
                    Some(_) => return Quoted::Unmatched(after),
                },
                Some(_) => return Quoted::Unmatched(after),
            };
            return Quoted::Cell {
                span: Span {
                    start: at + 1,
                    end: quote,
                    quotes,
                },
                stop,
            };
        }
    }

    /// The end of the line that `from` is in, and where the next line begins.
    fn line_end(self, marked: &mut Marked<'_>, from: usize, whole: bool) -> Option<(usize, usize)> {
        let text = marked.text();
        match marked.end(from) {
            Some(stop) => Some((self.without_return(text, from, stop), stop + 1)),
            None => whole.then(|| (self.without_return(text, from, text.len()), text.len())),
        }
    }

    /// `end`, or the place of the carriage return before it, if that is not before `start`. A program
    /// that writes CR LF in a mode where LF becomes CR LF writes CR CR LF.
    #[inline(always)]
    fn without_return(self, text: &[u8], start: usize, end: usize) -> usize {
        let is_return = |end: usize| end > start && text[end - 1] == b'\r';
        match self.end == LineEnd::Lf && is_return(end) {
            true if is_return(end - 1) => end - 2,
            true => end - 1,
            false => end,
        }
    }

    /// Appends a record of these cells, without its end.
    pub fn write<'t>(self, cells: impl IntoIterator<Item = &'t str>, out: &mut Vec<u8>) {
        for (index, cell) in cells.into_iter().enumerate() {
            if index > 0 {
                out.push(self.delimiter);
            }
            let is_special =
                |byte: u8| byte == self.delimiter || matches!(byte, b'"' | b'\r' | b'\n');
            match cell.bytes().any(is_special) {
                true => {
                    out.push(b'"');
                    out.extend_from_slice(self.within_quotes(cell).as_bytes());
                    out.push(b'"');
                }
                false => out.extend_from_slice(cell.as_bytes()),
            }
        }
    }

    /// A text as it is written between the quotes of a cell.
    pub fn within_quotes(self, text: &str) -> String {
        match self.escapes {
            true => text.replace('\\', "\\\\").replace('"', "\\\""),
            false => text.replace('"', "\"\""),
        }
    }

    /// Reads the dialect off the beginning of a table; `whole`: the source ends with it.
    pub fn detect(beginning: &[u8], whole: bool, delimiter: Option<u8>) -> Dialect {
        let end = line_end_of(beginning);
        let plain = Dialect {
            delimiter: b',',
            end,
            blanks: has_blanks_before_quotes(beginning),
            is_wrapped: false,
            escapes: false,
        };
        let with_delimiter = |dialect: Dialect| Dialect {
            delimiter: delimiter.unwrap_or_else(|| likeliest_delimiter(beginning, dialect, whole)),
            ..dialect
        };
        let wrapped = Dialect {
            is_wrapped: true,
            ..plain
        };
        if is_wrapped(plain, beginning, whole) {
            return with_delimiter(wrapped);
        }
        let escaped = Dialect {
            escapes: true,
            ..plain
        };
        if may_escape_quotes(beginning) {
            let escaped = with_delimiter(escaped);
            if escaped.fits_better_than_doubled(beginning, whole) {
                return escaped;
            }
        }
        with_delimiter(plain)
    }

    /// Whether fewer records have another width or quotes that don't match than if quotes were doubled.
    fn fits_better_than_doubled(self, beginning: &[u8], whole: bool) -> bool {
        let misfits = |dialect: Dialect| dialect.misfits_of_first(beginning, whole);
        let doubled = Dialect {
            escapes: false,
            ..self
        };
        misfits(self) < misfits(doubled)
    }
}

/// Whether a text has a backslash before a quote, and no doubled quote inside a cell.
fn may_escape_quotes(beginning: &[u8]) -> bool {
    let is_inside = |at: usize| {
        let is_of_text =
            |byte: &u8| !DELIMITERS.contains(byte) && !matches!(byte, b'\r' | b'\n' | b'"');
        let before = at.checked_sub(1).and_then(|before| beginning.get(before));
        let is_doubled =
            before.is_some_and(is_of_text) || beginning.get(at + 2).is_some_and(is_of_text);
        // The first of `\""` is a quote of the text, and the second ends the cell.
        is_doubled && !is_escaped(&beginning[..at])
    };
    memchr::memmem::find(beginning, b"\\\"").is_some()
        && !memchr::memmem::find_iter(beginning, b"\"\"").any(is_inside)
}

/// Whether a quote after these bytes of a cell is a part of it.
fn is_escaped(before: &[u8]) -> bool {
    let backslashes = before.iter().rev().take_while(|byte| **byte == b'\\');
    backslashes.count() % 2 == 1
}

/// A cell without the backslashes before its quotes and its backslashes.
pub fn unescaped(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    let mut rest = cell;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match rest.as_bytes().first() {
            Some(b'"') => text.push('"'),
            Some(b'\\') => text.push('\\'),
            _ => {
                text.push('\\');
                continue;
            }
        }
        rest = &rest[1..];
    }
    text.push_str(rest);
    text
}

/// The cell whose doubled quotes begin before `start`, within a text whose quotes are all doubled.
/// Quotes in the cell are doubled twice: such a cell can't be read in place.
fn within_doubled_quotes(text: &[u8], start: usize, delimiter: u8) -> Option<Span> {
    let end = start + memchr::memmem::find(&text[start..], b"\"\"")?;
    let after = text.get(end + 2);
    (after.is_none() || after == Some(&delimiter)).then_some(Span {
        start,
        end,
        quotes: CellQuotes::None,
    })
}

/// Whether blanks are before the quote that begins a cell, in a text in which they mean nothing.
fn has_blanks_before_quotes(beginning: &[u8]) -> bool {
    let mut places = memchr::memmem::find_iter(beginning, b" \"");
    places.any(|at| {
        let before = beginning[..at].trim_ascii_end().last();
        before.is_some_and(|byte| DELIMITERS.contains(byte))
    })
}

/// Whether each of the first records as a whole is in quotes, and has several cells within.
fn is_wrapped(plain: Dialect, beginning: &[u8], whole: bool) -> bool {
    let mut marked = plain.marked(beginning);
    let (mut cells, mut records, mut at) = (Vec::new(), 0, 0);
    let mut common: Option<Vec<u8>> = None;
    let mut has_other = false;
    while at < beginning.len() && records < SAMPLE {
        let quoted = beginning[at] == b'"';
        let Split::Record { end, next, .. } =
            plain.split(&mut marked, at, whole, Bounds::ALL, &mut cells)
        else {
            return records > 0 && !whole && has_other;
        };
        let is_one = quoted && cells.len() == 1 && cells[0].end + 1 == end;
        if end > at && !is_one {
            return false;
        }
        if end > at {
            let inner = &beginning[cells[0].start..cells[0].end];
            let mut delimiters = DELIMITERS.to_vec();
            delimiters.retain(|delimiter| inner.contains(delimiter));
            let common = common.get_or_insert_with(|| delimiters.clone());
            common.retain(|delimiter| delimiters.contains(delimiter));
            if common.is_empty() {
                return false;
            }
            has_other |= !str::from_utf8(inner).is_ok_and(are_phones);
            records += 1;
        }
        at = next;
    }
    // A single line in quotes may be one cell.
    records > 1 && has_other
}

/// How many bytes after the last place at which a record may end decide that it ends there: two
/// carriage returns and a line feed.
pub const SLACK: usize = 3;

/// The text of a cell, its quotes no longer doubled or escaped.
pub fn text_of(record: &str, span: Span) -> Cow<'_, str> {
    let text = &record[span.start..span.end];
    match span.quotes {
        CellQuotes::None => Cow::Borrowed(text),
        CellQuotes::Doubled => Cow::Owned(text.replace("\"\"", "\"")),
        CellQuotes::Escaped => Cow::Owned(unescaped(text)),
    }
}

enum Quoted {
    Cell {
        span: Span,
        stop: Stop,
    },
    NeedsMore,
    /// Up to here it is known that the quotes don't match.
    Unmatched(usize),
}

enum Stop {
    Delimiter(usize),
    End { end: usize, next: usize },
}

/// What ends the first line outside of quotes.
fn line_end_of(beginning: &[u8]) -> LineEnd {
    let mut in_quotes = false;
    for (at, byte) in beginning.iter().enumerate() {
        match byte {
            b'"' => in_quotes = !in_quotes,
            b'\n' if !in_quotes => return LineEnd::Lf,
            b'\r' if !in_quotes => {
                return match &beginning[at + 1..] {
                    [] | [b'\n', ..] | [b'\r', b'\n', ..] => LineEnd::Lf,
                    _ => LineEnd::Cr,
                };
            }
            _ => {}
        }
    }
    // One line, whose quotes may not match.
    match memchr::memchr(b'\n', beginning) {
        None if memchr::memchr(b'\r', beginning).is_some() => LineEnd::Cr,
        _ => LineEnd::Lf,
    }
}

/// Records that are looked at to find the delimiter.
const SAMPLE: usize = 50;
/// So many records may be above the rows, and have names.
const ABOVE: usize = 20;
/// So many of them may have fewer cells than the others.
const ABOVE_FEW: usize = 3;

/// The delimiter that separates the columns best; a comma if there is none.
fn likeliest_delimiter(beginning: &[u8], dialect: Dialect, whole: bool) -> u8 {
    let mut best = (Regularity::default(), b',');
    for delimiter in DELIMITERS {
        let dialect = Dialect {
            delimiter,
            ..dialect
        };
        let regularity = Regularity::of(dialect, beginning, whole);
        if regularity > best.0 {
            best = (regularity, delimiter);
        }
    }
    best.1
}

/// How well a delimiter separates the columns of the first records, what counts most first.
#[derive(Default, PartialEq, Eq, PartialOrd, Ord)]
struct Regularity {
    /// How many records have a cell that is digits and marks of a phone, or several such.
    phones: usize,
    /// Whether a record has a cell that is a name of the word list.
    is_named: bool,
    /// How many records have as many cells as most.
    agree: usize,
    /// How many cells most records have.
    cells: usize,
}

impl Regularity {
    fn of(dialect: Dialect, beginning: &[u8], whole: bool) -> Regularity {
        let (mut spans, mut widths) = (Vec::new(), Vec::new());
        dialect.each_of_first(beginning, whole, |cells| {
            widths.push(cells.len());
            if widths.len() <= ABOVE {
                spans.push(cells.to_vec());
            }
        });
        let mut sorted = widths.clone();
        sorted.sort_unstable();
        let groups = sorted.chunk_by(|a, b| a == b);
        let usual = groups.max_by_key(|group| group.len()).unwrap_or_default();
        let (agree, cells) = (usual.len(), usual.first().copied().unwrap_or_default());
        // Most delimiters end here: to look at names takes longer than to count cells.
        if cells <= 1 {
            return Regularity::default();
        }
        let mut is_named = false;
        // How many cells the last record with the name of a phone has.
        let mut named_width = None;
        // Whether that record is a text without a delimiter, as titles are.
        let mut is_plain = false;
        for cells in &spans {
            for text in cells.iter().filter_map(|cell| raw_text(beginning, *cell)) {
                let name = HeaderName::of(text);
                is_named |= name.is_known() && cells.len() > 1;
                if name.phone.is_some() {
                    named_width = Some(cells.len());
                    is_plain = !text.bytes().any(|byte| DELIMITERS.contains(&byte));
                }
            }
        }
        let (mut phones, mut records, mut whole_phones) = (0, 0, 0);
        dialect.each_of_first(beginning, whole, |cells| {
            let mut texts = cells.iter().filter_map(|cell| raw_text(beginning, *cell));
            phones += usize::from(texts.any(are_phones));
            let (Some(first), Some(last)) = (cells.first(), cells.last()) else {
                return;
            };
            records += 1;
            let record = str::from_utf8(&beginning[first.start..last.end]);
            // A phone has blanks in it, and no tab.
            let is_phone = |record: &str| !record.contains('\t') && are_phones(record);
            whole_phones += usize::from(record.is_ok_and(is_phone));
        });
        // The name is that of the whole record, and not a title above columns that have no phones.
        let is_title = is_plain && whole_phones * 3 <= records && agree + ABOVE_FEW >= records;
        if named_width == Some(1) && !is_title {
            return Regularity::default();
        }
        Regularity {
            phones,
            is_named,
            agree,
            cells,
        }
    }
}

impl Dialect {
    /// How many of the first records have quotes that don't match, or not as many cells as the first.
    fn misfits_of_first(self, beginning: &[u8], whole: bool) -> usize {
        let mut marked = self.marked(beginning);
        let mut cells = Vec::new();
        let (mut at, mut records, mut misfits) = (0, 0, 0);
        let mut width = None;
        while at < beginning.len() && records < SAMPLE {
            let split = self.split(&mut marked, at, whole, Bounds::ALL, &mut cells);
            let (Split::Record { next, .. }
            | Split::Unmatched { next, .. }
            | Split::TooLong { next, .. }) = split
            else {
                break;
            };
            misfits += usize::from(match split {
                Split::Record { end, .. } if end == at => false,
                Split::Record { count, .. } => *width.get_or_insert(count) != count,
                _ => true,
            });
            records += 1;
            at = next;
        }
        misfits
    }

    /// Calls `take` with the cells of each of the first records.
    fn each_of_first(self, beginning: &[u8], whole: bool, mut take: impl FnMut(&[Span])) {
        let mut marked = self.marked(beginning);
        let mut cells = Vec::new();
        let (mut at, mut records) = (0, 0);
        while at < beginning.len() && records < SAMPLE {
            let (next, is_record) =
                match self.split(&mut marked, at, whole, Bounds::ALL, &mut cells) {
                    Split::Record { end, next, .. } => (next, end > at),
                    Split::Unmatched { next, .. } | Split::TooLong { next, .. } => (next, false),
                    // The header alone may be longer than the beginning.
                    Split::NeedsMore => (beginning.len(), records == 0),
                };
            at = next;
            if is_record {
                records += 1;
                take(&cells);
            }
        }
    }
}

/// The text of a cell, its quotes still doubled.
fn raw_text(text: &[u8], cell: Span) -> Option<&str> {
    str::from_utf8(&text[cell.start..cell.end]).ok()
}

/// Whether a cell is a phone, or several, by its digits and marks.
fn are_phones(cell: &str) -> bool {
    let parts = cell.split([',', ';', '|']);
    let mut parts = parts
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .peekable();
    parts.peek().is_some() && parts.all(cell_kind::is_written_as_phone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str, dialect: Dialect) -> Vec<Option<Vec<String>>> {
        let mut marked = dialect.marked(text.as_bytes());
        let mut cells = Vec::new();
        let mut records = Vec::new();
        let mut at = 0;
        while at < text.len() {
            match dialect.split(&mut marked, at, true, Bounds::ALL, &mut cells) {
                Split::Record { next, .. } => {
                    let texts = cells
                        .iter()
                        .map(|cell| text[cell.start..cell.end].to_owned());
                    records.push(Some(texts.collect()));
                    at = next;
                }
                Split::Unmatched { next, .. } => {
                    records.push(None);
                    at = next;
                }
                Split::NeedsMore | Split::TooLong { .. } => unreachable!("the text is whole"),
            }
        }
        records
    }

    fn dialect(text: &str) -> Dialect {
        Dialect::detect(text.as_bytes(), true, None)
    }

    #[test]
    fn what_is_short_stays_short_until_it_can_be_told() {
        let text = "a,\"b\r\n\"\"c\",d\r\n\"e\"\r\nf";
        let dialect = dialect(text);
        let mut cells = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let mut marked = dialect.marked(text.as_bytes());
            let all = dialect.split(&mut marked, at, true, Bounds::ALL, &mut cells);
            for cut in at..text.len() {
                let mut short = dialect.marked(&text.as_bytes()[..cut]);
                let some = dialect.split(&mut short, at, false, Bounds::ALL, &mut cells);
                assert!(
                    some == Split::NeedsMore || some == all,
                    "{at} {cut}: {some:?}"
                );
            }
            let Split::Record { next, .. } = all else {
                unreachable!("every record is whole");
            };
            at = next;
        }
    }

    #[test]
    fn cells_that_nobody_needs_change_nothing_else() {
        let texts = [
            "a,b,c,d\r\n",
            "a,\"b\",c\n",
            "a,b,\"c\n\",d\n",
            "a,b\n",
            "a\n",
            "a,,,\n",
        ];
        let dialect = dialect("a,b\n");
        let (mut all, mut some) = (Vec::new(), Vec::new());
        for text in texts {
            for needed in 0..5 {
                for columns in needed..5 {
                    let bounds = Bounds {
                        needed,
                        columns,
                        ..Bounds::ALL
                    };
                    let mut text = dialect.marked(text.as_bytes());
                    let whole = dialect.split(&mut text, 0, true, Bounds::ALL, &mut all);
                    let read = dialect.split(&mut text, 0, true, bounds, &mut some);
                    assert_eq!(read, whole);
                    assert!(some.len() >= needed.min(all.len()));
                    assert_eq!(some[..], all[..some.len()]);
                    assert!(all.len() <= columns || some.len() == all.len());
                }
            }
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_costs_its_line_alone() {
        let text = "1,\"a\n2,b\n3,\"c\"\n";
        let read = records(text, dialect("x,y\n"));
        let cells = |some: [&str; 2]| Some(some.map(str::to_owned).to_vec());
        assert_eq!(read, [None, cells(["2", "b"]), cells(["3", "c"])]);
    }

    #[test]
    fn the_dialect_is_read_off_the_first_records() {
        let long = "name;".repeat(20_000);
        let long = Dialect::detect(&long.as_bytes()[..1 << 16], false, None);
        assert_eq!(long.delimiter, b';');
        for (text, delimiter, end) in [
            ("a;b\n1;2,5\n", b';', LineEnd::Lf),
            ("a,b\r\n\"x;y\",2\r\n", b',', LineEnd::Lf),
            ("a\tb\r1\t2\r", b'\t', LineEnd::Cr),
            ("a|b|c\n1|2|3\n", b'|', LineEnd::Lf),
            ("\"a\r\nb\";c\n", b';', LineEnd::Lf),
            ("a\n1,5\n", b',', LineEnd::Lf),
            ("", b',', LineEnd::Lf),
        ] {
            let found = dialect(text);
            assert_eq!((found.delimiter, found.end), (delimiter, end), "{text:?}");
        }
    }
}
