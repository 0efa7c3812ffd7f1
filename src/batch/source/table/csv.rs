//! Delimited text: its dialect, its header, and the jobs of its records.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::compose::{ColumnPlan, ComposedCell, Composer};
use super::dialect::{Bounds, Dialect, LineEnd, Span, Split};
use super::mapping::{ColumnMapping, TableOptions, is_phone};
use crate::batch::error::BatchError;
use crate::batch::source::feed::Feed;
use crate::batch::source::feed::failure;
use crate::batch::source::limit::{MOST_CELLS, RowLimit};
use crate::batch::source::preset::ListDefaults;
use crate::batch::source::row::{OnRecord, Row, RowContent};
use crate::phone;
use crate::{Fault, Rule};

/// How many bytes of a table are looked at to tell its dialect.
pub const BEGINNING: usize = 1 << 16;

/// A delimited text, of which it is known how it is written and what its columns are.
#[derive(Debug)]
pub struct Csv {
    pub dialect: Dialect,
    pub mapping: ColumnMapping,
    plan: ColumnPlan,
    /// What stands before the records, as it came: the byte order mark, the line that names the
    /// delimiter.
    pub preamble: Vec<u8>,
    /// The header as it came, without its end; empty where there is none.
    pub header: Vec<u8>,
    /// What ends the first record.
    pub end: &'static [u8],
}

/// What is to become of a table.
pub struct TableRequest<'a> {
    pub options: &'a TableOptions,
    pub preset: &'a ListDefaults,
    pub phone: &'a phone::PhoneOptions,
    /// The byte between two cells; told by the content where there is none.
    pub delimiter: Option<u8>,
    /// Whether the jobs are written whole, or as far as they are judged.
    pub with_payload: bool,
    /// Whether a byte order mark stood before it.
    pub has_mark: bool,
    /// How long a row may be.
    pub limit: RowLimit,
}

impl Csv {
    /// Reads how a table is written, and its header.
    pub fn begin(feed: &mut dyn Feed, wanted: &TableRequest<'_>) -> Result<Csv, BatchError> {
        while feed.window().len() < BEGINNING && !feed.at_end() {
            feed.more()?;
        }
        let mut preamble = match wanted.has_mark {
            true => b"\xEF\xBB\xBF".to_vec(),
            false => Vec::new(),
        };
        let mut delimiter = wanted.delimiter;
        if let Some((named, length)) = named_delimiter(feed.window()) {
            delimiter = delimiter.or(Some(named));
            preamble.extend_from_slice(&feed.window()[..length]);
            feed.consume(length);
        }
        skip_blank_lines(feed)?;
        let window = feed.window();
        let beginning = &window[..window.len().min(BEGINNING)];
        let whole = feed.at_end() && beginning.len() == window.len();
        let dialect = Dialect::detect(beginning, whole, delimiter);
        let mut spans = Vec::new();
        let (end, next) = first_record(feed, dialect, wanted.limit, &mut spans)?;
        let window = &feed.window()[..next];
        let Ok(record) = simdutf8::basic::from_utf8(&window[..end]) else {
            return Err(failure(feed, 0, "the first record is no UTF-8"));
        };
        let cells: Vec<Cow<'_, str>> = spans.iter().map(|span| text_of(record, *span)).collect();
        let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
        let is_phone = |cell: &str| is_phone(cell, wanted.phone);
        let mapping =
            ColumnMapping::of(&cells, wanted.options, is_phone).map_err(BatchError::Usage)?;
        let plan = ColumnPlan::of(
            &mapping,
            wanted.options,
            wanted.preset,
            wanted.with_payload,
            wanted.limit,
        );
        let line_end = match (dialect.end, window.ends_with(b"\r\n")) {
            (LineEnd::Cr, _) => &b"\r"[..],
            (LineEnd::Lf, true) => b"\r\n",
            (LineEnd::Lf, false) => b"\n",
        };
        let csv = Csv {
            dialect,
            plan,
            preamble,
            header: match mapping.has_header {
                true => record.as_bytes().to_vec(),
                false => Vec::new(),
            },
            end: line_end,
            mapping,
        };
        if csv.mapping.has_header {
            feed.consume(next);
        }
        Ok(csv)
    }
}

/// The delimiter that the first line names, as spreadsheets write it, and the line's length.
fn named_delimiter(window: &[u8]) -> Option<(u8, usize)> {
    let (name, rest) = window.split_at_checked(4)?;
    let (&delimiter, rest) = rest.split_first()?;
    let end = match rest {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        [] => 0,
        _ => return None,
    };
    let is_named = name.eq_ignore_ascii_case(b"sep=") && is_delimiter(delimiter);
    is_named.then_some((delimiter, 5 + end))
}

/// Whether cells can be told apart by the byte.
pub fn is_delimiter(byte: u8) -> bool {
    byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n')
}

fn skip_blank_lines(feed: &mut dyn Feed) -> Result<(), BatchError> {
    loop {
        let window = feed.window();
        let blank = window
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let blank = blank.count();
        let all = blank == window.len();
        feed.consume(blank);
        if !all || feed.at_end() {
            return Ok(());
        }
        feed.more()?;
    }
}

/// Reads the first record; answers its end and where the next begins.
fn first_record(
    feed: &mut dyn Feed,
    dialect: Dialect,
    limit: RowLimit,
    cells: &mut Vec<Span>,
) -> Result<(usize, usize), BatchError> {
    let bounds = Bounds {
        longest: limit.record(),
        ..Bounds::ALL
    };
    let too_long = |feed: &dyn Feed| failure(feed, 0, limit.failure("the first record"));
    loop {
        let window = feed.window();
        if window.is_empty() && feed.at_end() {
            return Ok((0, 0));
        }
        let split = dialect.split(&mut dialect.marked(window), 0, feed.at_end(), bounds, cells);
        match split {
            Split::Record { count, .. } if count > MOST_CELLS => {
                let message =
                    format!("the table has {count} columns; at most {MOST_CELLS} are read");
                return Err(failure(feed, 0, message));
            }
            Split::Record { end, next, .. } if limit.allows(end) => return Ok((end, next)),
            Split::Record { .. } | Split::TooLong { .. } => return Err(too_long(feed)),
            Split::Unmatched { .. } => {
                let message = "the quotes of the first record don't match";
                return Err(failure(feed, 0, message));
            }
            Split::PackedText if window.len() > limit.record().saturating_add(SLACK) => {
                return Err(too_long(feed));
            }
            Split::PackedText => feed.more()?,
        }
    }
}

/// How many bytes after the last place at which a record may end decide that it ends there: a
/// carriage return and a line feed.
pub const SLACK: usize = 2;

/// The text of a cell, its quotes no longer doubled.
pub(super) fn text_of(record: &str, span: Span) -> Cow<'_, str> {
    let text = &record[span.start..span.end];
    match span.doubled {
        true => Cow::Owned(text.replace("\"\"", "\"")),
        false => Cow::Borrowed(text),
    }
}

/// Hands over the job of each record of a block, which begins with one; where it stands, and whether
/// the source ends with it, is told beside it. Answers how many bytes the records take that are whole.
pub fn walk(
    (block, whole, offset): (&[u8], bool, u64),
    table: &Csv,
    limit: RowLimit,
    on_record: &mut dyn OnRecord,
) -> Result<usize, BatchError> {
    let valid = match simdutf8::compat::from_utf8(block) {
        Ok(text) => text,
        Err(error) => simdutf8::basic::from_utf8(&block[..error.valid_up_to()]).unwrap_or_default(),
    };
    let bounds = Bounds {
        needed: table.plan.needed(),
        columns: table.mapping.columns().len(),
        longest: limit.record(),
    };
    let (mut spans, mut cells) = (Vec::new(), Vec::new());
    let mut composer = Composer::default();
    let mut marked = table.dialect.marked(block);
    let mut at = 0;
    while at < block.len() {
        let split = table
            .dialect
            .split(&mut marked, at, whole, bounds, &mut spans);
        let (end, next, count) = match split {
            Split::Record { end, next, count } => (end, next, count),
            Split::Unmatched { end, next } | Split::TooLong { end, next } => (end, next, 0),
            Split::PackedText => return Ok(at),
        };
        let record = &block[at..end];
        let is_too_long = !limit.allows(record.len());
        let offset = Some(offset + at as u64);
        let refused = |rule: Rule| Row {
            offset,
            content: RowContent::Refused(record, Fault::new(rule)),
        };
        // What is whole in itself may have been cut off from the text by what follows.
        let text = match valid.get(at..end) {
            Some(text) => Some(text),
            None => simdutf8::basic::from_utf8(record).ok(),
        };
        let taken = match (split, text) {
            _ if is_too_long => on_record.row(Row {
                offset,
                content: RowContent::TooLong {
                    length: record.len() as u64,
                    is_record: true,
                },
            })?,
            (Split::Unmatched { .. }, _) => on_record.row(refused(Rule::RecordQuotes))?,
            _ if count == 1 && record.trim_ascii().is_empty() => ControlFlow::Continue(()),
            (_, None) => on_record.row(refused(Rule::RecordEncoding))?,
            (_, Some(text)) => {
                let cell = |span: &Span| {
                    let cell = &text[span.start - at..span.end - at];
                    match span.doubled {
                        true => ComposedCell::Doubled(cell),
                        false => ComposedCell::Text(cell),
                    }
                };
                let plan = &table.plan;
                let fast_compose = plan.fast_compose(count, |column| spans.get(column).map(cell));
                match fast_compose {
                    Some((phone, zone)) if on_record.clean(offset, record, phone, zone) => {
                        ControlFlow::Continue(())
                    }
                    _ => {
                        cells.clear();
                        cells.extend(spans.iter().map(cell));
                        let on_row = &mut |row: Row<'_>| on_record.row(row);
                        let taken =
                            composer.row(plan, (&cells, count), (offset, record), on_row)?;
                        on_record.take_text(composer.text());
                        taken
                    }
                }
            }
        };
        at = next;
        if taken.is_break() {
            break;
        }
    }
    Ok(at)
}
