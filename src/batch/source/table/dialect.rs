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
//! Beyond the RFC, lines may end with LF or with CR alone, and a plain cell may hold quotes
//! (`5" pipe`). A quoted cell ends at its quote: what some readers append from behind it is a
//! fault here, since it is nearly always the sign of a quote that was never closed.

use super::marks::{Marked, Plain};
use crate::batch::source::limit::{LONGEST_QUOTED, MOST_CELLS};
use crate::job::KnownField;

/// The delimiters that are looked for, the likeliest first.
pub const DELIMITERS: [u8; 4] = *b",;\t|";

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

/// One cell of a record: where it stands in the text, quotes left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub start: usize,
    pub end: usize,
    /// Whether quotes stand doubled in it.
    pub doubled: bool,
}

/// What stands at the beginning of some text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// A record of so many cells, up to its end; the next begins behind the end's bytes.
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
    PackedText,
}

impl Dialect {
    /// The text, to be split.
    pub fn marked(self, text: &[u8]) -> Marked<'_> {
        Marked::new(text, self.delimiter, self.end.byte())
    }

    /// Splits the record at `start` into `cells`, of which there are [`MOST_CELLS`] at the most, however
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
            if bytes.get(at) == Some(&b'"') {
                match self.quoted(text, start, at, whole) {
                    Quoted::Cell { span, stop } => {
                        let count = push(cells, span);
                        match stop {
                            Stop::Delimiter(next) => at = next,
                            Stop::End { end, next } => return Split::Record { end, next, count },
                        }
                    }
                    Quoted::PackedText => return Split::PackedText,
                    Quoted::Unmatched(at) => {
                        // To read the lines of a record of many cells one by one could mean to
                        // look at each again and again.
                        let many = cells.len() > bounds.columns.min(MANY_CELLS);
                        let from = if many { at } else { start };
                        return match self.line_end(text, from, whole) {
                            Some((end, next)) => Split::Unmatched { end, next },
                            None => Split::PackedText,
                        };
                    }
                }
                continue;
            }
            let stop = text.stop(at);
            if stop.is_none() && !whole {
                return Split::PackedText;
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
                doubled: false,
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
            doubled: false,
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

    /// A record that does not end before `limit`.
    #[cold]
    fn too_long(self, text: &mut Marked<'_>, limit: usize, whole: bool) -> Split {
        match self.line_end(text, limit, whole) {
            Some((end, next)) => Split::TooLong { end, next },
            None => Split::PackedText,
        }
    }

    /// Reads the cell whose quote stands at `at`, in a record that begins at `start`.
    fn quoted(self, marked: &mut Marked<'_>, start: usize, at: usize, whole: bool) -> Quoted {
        let text = marked.text();
        let limit = start + LONGEST_QUOTED;
        let within = limit.min(text.len());
        let mut doubled = false;
        let mut from = at + 1;
        loop {
            let Some(quote) = marked.quote(from, within) else {
                return match within < limit && !whole {
                    true => Quoted::PackedText,
                    false => Quoted::Unmatched(within),
                };
            };
            let after = quote + 1;
            let next = text.get(after).copied();
            if next.is_none() && !whole {
                return Quoted::PackedText;
            }
            if next == Some(b'"') {
                doubled = true;
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
                    None => return Quoted::PackedText,
                    Some(_) => return Quoted::Unmatched(after),
                },
                Some(_) => return Quoted::Unmatched(after),
            };
            return Quoted::Cell {
                span: Span {
                    start: at + 1,
                    end: quote,
                    doubled,
                },
                stop,
            };
        }
    }

    /// The end of the line that `from` stands in, and where the next begins.
    fn line_end(self, marked: &mut Marked<'_>, from: usize, whole: bool) -> Option<(usize, usize)> {
        let text = marked.text();
        match marked.end(from) {
            Some(stop) => Some((self.without_return(text, from, stop), stop + 1)),
            None => whole.then(|| (self.without_return(text, from, text.len()), text.len())),
        }
    }

    /// `end`, or the place of the carriage return before it, if that is not before `start`.
    fn without_return(self, text: &[u8], start: usize, end: usize) -> usize {
        match self.end == LineEnd::Lf && end > start && text[end - 1] == b'\r' {
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
                    out.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
                    out.push(b'"');
                }
                false => out.extend_from_slice(cell.as_bytes()),
            }
        }
    }

    /// Reads the dialect off the beginning of a table; `whole`: the source ends with it.
    pub fn detect(beginning: &[u8], whole: bool, delimiter: Option<u8>) -> Dialect {
        let end = line_end_of(beginning);
        let delimiter = delimiter.unwrap_or_else(|| likeliest_delimiter(beginning, end, whole));
        Dialect { delimiter, end }
    }
}

enum Quoted {
    Cell {
        span: Span,
        stop: Stop,
    },
    PackedText,
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
                return match beginning.get(at + 1) {
                    Some(b'\n') | None => LineEnd::Lf,
                    Some(_) => LineEnd::Cr,
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

/// Records that are looked at to tell the delimiter.
const SAMPLE: usize = 50;

/// The delimiter that tells the columns apart the best; a comma where there is none.
fn likeliest_delimiter(beginning: &[u8], end: LineEnd, whole: bool) -> u8 {
    let mut best = (Regularity::default(), b',');
    for delimiter in DELIMITERS {
        let regularity = Regularity::of(Dialect { delimiter, end }, beginning, whole);
        if regularity > best.0 {
            best = (regularity, delimiter);
        }
    }
    best.1
}

/// How well a delimiter tells the columns of the first records apart, the gravest first.
#[derive(Default, PartialEq, Eq, PartialOrd, Ord)]
struct Regularity {
    /// Whether the first record has a cell that is known, a header or the digits of a phone.
    known: bool,
    /// How many records have as many cells as the first.
    agree: usize,
    /// How many cells the first record has.
    cells: usize,
}

impl Regularity {
    fn of(dialect: Dialect, beginning: &[u8], whole: bool) -> Regularity {
        let mut marked = dialect.marked(beginning);
        let mut cells = Vec::new();
        let mut regularity = Regularity::default();
        let mut at = 0;
        for _ in 0..SAMPLE {
            if at >= beginning.len() {
                break;
            }
            match dialect.split(&mut marked, at, whole, Bounds::ALL, &mut cells) {
                Split::Record { end, next, .. } => {
                    if end > at {
                        regularity.record(beginning, &cells);
                    }
                    at = next;
                }
                Split::Unmatched { next, .. } | Split::TooLong { next, .. } => at = next,
                Split::PackedText => {
                    // The header alone may be longer than the beginning.
                    if regularity.cells == 0 {
                        regularity.record(beginning, &cells);
                    }
                    break;
                }
            }
        }
        match regularity.cells {
            0 | 1 => Regularity::default(),
            _ => regularity,
        }
    }

    fn record(&mut self, text: &[u8], cells: &[Span]) {
        if self.cells == 0 {
            self.cells = cells.len();
            let mut texts = cells.iter().map(|cell| &text[cell.start..cell.end]);
            self.known = texts.any(is_known);
        }
        self.agree += usize::from(cells.len() == self.cells);
    }
}

/// Whether a cell is the header of a field, or so many digits that it is a phone.
fn is_known(cell: &[u8]) -> bool {
    const DIGITS: usize = 10;
    let header = std::str::from_utf8(cell)
        .ok()
        .and_then(KnownField::from_header);
    header.is_some() || cell.len() >= DIGITS && cell.iter().all(u8::is_ascii_digit)
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
                Split::PackedText | Split::TooLong { .. } => unreachable!("the text is whole"),
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
                    some == Split::PackedText || some == all,
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
                    let told = dialect.split(&mut text, 0, true, bounds, &mut some);
                    assert_eq!(told, whole);
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
        let told = records(text, dialect("x,y\n"));
        let cells = |some: [&str; 2]| Some(some.map(str::to_owned).to_vec());
        assert_eq!(told, [None, cells(["2", "b"]), cells(["3", "c"])]);
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
            assert_eq!(dialect(text), Dialect { delimiter, end }, "{text:?}");
        }
    }
}
