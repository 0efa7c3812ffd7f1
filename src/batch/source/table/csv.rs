//! Delimited text: its dialect, its header, and the jobs of its records.

use std::ops::ControlFlow;

use serde::Serialize;

use super::choice::{ChoiceRequest, SampledTable, UnusedColumn};
use super::compose::{ColumnPlan, ComposedCell, Composer};
use super::dialect::{Bounds, CellQuotes, Dialect, LineEnd, Span, Split};
use super::header::PassedOver;
use super::mapping::{ColumnMapping, text_of_uses};
use super::plain_lines::PlainLines;
use super::sample::Sample;
use crate::batch::error::BatchError;
use crate::batch::source::feed::{Feed, LineRule};
use crate::batch::source::limit::RowLimit;
use crate::batch::source::preset::ListDefaults;
use crate::batch::source::row::{OnRecord, Row, RowContent, RowCountry};
use crate::{Fault, Rule};

/// How many bytes of a table are looked at to tell its dialect.
pub const BEGINNING: usize = 1 << 16;

/// A delimited text whose dialect and columns are known.
#[derive(Debug)]
pub struct Csv {
    pub dialect: Dialect,
    pub mapping: ColumnMapping,
    plan: ColumnPlan,
    /// What comes before the records, unchanged: the byte order mark, the line that names the
    /// delimiter.
    pub preamble: Vec<u8>,
    /// All that comes before the first row, unchanged: the preamble, blank lines, what was passed over,
    /// the header.
    pub above: Vec<u8>,
    /// The header as it came, without its end; empty where there is none.
    pub header: Vec<u8>,
    /// Where in `above` the header begins.
    pub header_at: usize,
    /// What ends the first record.
    pub end: &'static [u8],
    /// Columns that are not used and look as if they could be.
    pub unused: Vec<UnusedColumn>,
    /// Where the header is, and what was passed over before the rows.
    pub layout: TableLayout,
}

/// Where the header of a table is, and what was passed over before its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TableLayout {
    /// The line of the header, from 1.
    pub header_line: Option<u64>,
    /// The records that are neither rows nor the header: all of them above the rows, and the first of
    /// those that repeat the header further down.
    pub skipped: Vec<SkippedRecord>,
    /// How many records repeat the header further down.
    pub repeated_headers: u64,
    /// Whether quotes in its cells have a backslash before them.
    #[serde(skip)]
    pub escaped_quotes: bool,
}

impl TableLayout {
    /// Notes a record that repeats the header.
    pub(in crate::batch) fn add_repeated_header(&mut self, line: impl FnOnce() -> u64) {
        if self.repeated_headers < MOST_NAMED {
            self.skipped.push(SkippedRecord {
                line: line(),
                why: PassedOver::RepeatedHeader,
            });
        }
        self.repeated_headers += 1;
    }
}

/// How many records that repeat the header are named.
const MOST_NAMED: u64 = 100;

/// A record that is neither a row nor the header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SkippedRecord {
    /// Its line, from 1.
    pub line: u64,
    /// What it is.
    pub why: PassedOver,
}

/// What is to become of a table.
pub struct TableRequest<'a> {
    pub columns: ChoiceRequest<'a>,
    pub preset: &'a ListDefaults,
    /// The byte between two cells; without one, the content decides.
    pub delimiter: Option<u8>,
    /// Whether the jobs are written whole, or as far as they are judged.
    pub with_payload: bool,
    /// Whether a byte order mark stood before it.
    pub has_mark: bool,
    /// How long a row may be.
    pub limit: RowLimit,
    /// Whether the text is that of a sheet, whose lines are its rows.
    pub is_sheet: bool,
}

impl Csv {
    /// Reads how a table is written, its header and its columns.
    pub fn begin(feed: &mut dyn Feed, wanted: &TableRequest<'_>) -> Result<Csv, BatchError> {
        while feed.window().len() < BEGINNING && !feed.at_end() {
            feed.more()?;
        }
        let mut preamble = match wanted.has_mark {
            true => b"\xEF\xBB\xBF".to_vec(),
            false => Vec::new(),
        };
        let mut delimiter = wanted.delimiter;
        // Blank lines were passed over when the format was detected.
        let mut line = feed.place().line();
        if let Some((named, length)) = named_delimiter(feed.window()) {
            delimiter = delimiter.or(Some(named));
            preamble.extend_from_slice(&feed.window()[..length]);
            feed.consume(length);
            line += 1;
        }
        let mut above = preamble.clone();
        line += skip_blank_lines(feed, &mut above)?;
        let window = feed.window();
        let beginning = &window[..window.len().min(BEGINNING)];
        let whole = feed.at_end() && beginning.len() == window.len();
        let dialect = Dialect::detect(beginning, whole, delimiter);
        let rule = match (wanted.is_sheet, dialect.end) {
            (true, _) => LineRule::SheetRow,
            (false, LineEnd::Lf) => LineRule::Feed,
            (false, LineEnd::Cr) => LineRule::Return,
        };
        feed.begin_lines(line, rule);
        let sample = Sample::read(feed, dialect, wanted.limit)?;
        let records = sample.records(feed.window());
        let choice = wanted.columns.table(SampledTable {
            records: &records,
            lines: &sample.lines(),
            is_sheet: wanted.is_sheet,
            is_whole: sample.is_whole(),
        })?;
        let mapping = choice.columns.mapping;
        let plan = ColumnPlan::of(
            &mapping,
            wanted.columns.options,
            wanted.preset,
            wanted.with_payload,
            wanted.limit,
        )
        .of_run(text_of_uses(
            &mapping,
            &records[choice.first_row.min(records.len())..],
        ));
        let begin = sample.beginning_of(choice.first_row);
        let records_at = above.len();
        above.extend_from_slice(&feed.window()[..begin]);
        let place = |record: usize| sample.line_of(record);
        let csv = Csv {
            dialect,
            plan,
            preamble,
            above,
            header: match choice.header {
                Some(header) => sample.bytes(header, feed.window()).to_vec(),
                None => Vec::new(),
            },
            header_at: records_at
                + choice
                    .header
                    .map_or(0, |header| sample.beginning_of(header)),
            end: sample.line_end(feed.window(), dialect),
            mapping,
            unused: choice.columns.unused,
            layout: TableLayout {
                header_line: choice.header.map(place),
                skipped: (choice.passed.iter())
                    .map(|(record, why)| SkippedRecord {
                        line: place(*record),
                        why: *why,
                    })
                    .collect(),
                repeated_headers: 0,
                escaped_quotes: dialect.escapes,
            },
        };
        feed.consume(begin);
        Ok(csv)
    }
}

/// The delimiter that the first line names, as spreadsheets write it, and the line's length.
fn named_delimiter(window: &[u8]) -> Option<(u8, usize)> {
    let quoted = window.strip_prefix(b"\"");
    let (name, rest) = quoted.unwrap_or(window).split_at_checked(4)?;
    let (&delimiter, rest) = rest.split_first()?;
    let rest = match quoted {
        Some(_) => rest.strip_prefix(b"\"")?,
        None => rest,
    };
    let quotes = if quoted.is_some() { 2 } else { 0 };
    let end = match rest {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        [] => 0,
        _ => return None,
    };
    let is_named = name.eq_ignore_ascii_case(b"sep=") && is_delimiter(delimiter);
    is_named.then_some((delimiter, 5 + quotes + end))
}

/// Whether a record is the header again. A list that was joined to another keeps its byte order mark.
fn is_header(record: &[u8], header: &[u8]) -> bool {
    let is_it = record == header || record.strip_prefix(b"\xEF\xBB\xBF") == Some(header);
    is_it && !header.is_empty()
}

/// Whether the byte can separate cells.
pub fn is_delimiter(byte: u8) -> bool {
    byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n')
}

/// Skips lines without a byte, appends them to `above`, and answers how many.
fn skip_blank_lines(feed: &mut dyn Feed, above: &mut Vec<u8>) -> Result<u64, BatchError> {
    let mut lines = 0;
    loop {
        let window = feed.window();
        let blank = window
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let blank = blank.count();
        let all = blank == window.len();
        let ends = |end: u8| window[..blank].iter().filter(|byte| **byte == end).count() as u64;
        lines += match ends(b'\n') {
            0 => ends(b'\r'),
            feeds => feeds,
        };
        above.extend_from_slice(&window[..blank]);
        feed.consume(blank);
        if !all || feed.at_end() {
            return Ok(lines);
        }
        feed.more()?;
    }
}

/// Hands over the job of each record of a block. The block begins with a record; the two values beside
/// it say whether the source ends with it, and at which byte it begins. Returns how many bytes the whole records take.
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
    let header = &*table.header;
    let offset_of = |at: usize| offset + at as u64;
    let options = on_record.numbers_wanted().copied();
    let lines_for = |options| PlainLines::of(&table.mapping, &table.header, table.dialect, options);
    let mut plain = options.as_ref().and_then(lines_for);
    let mut at = 0;
    while at < block.len() {
        if let Some(lines) = &mut plain {
            at = lines.pass(block, at, |number| on_record.number(number));
            if at == block.len() {
                break;
            }
        }
        let split = table
            .dialect
            .split(&mut marked, at, whole, bounds, &mut spans);
        let (end, next, count) = match split {
            Split::Record { end, next, count } => (end, next, count),
            Split::Unmatched { end, next } | Split::TooLong { end, next } => (end, next, 0),
            Split::NeedsMore => return Ok(at),
        };
        let record = &block[at..end];
        let is_too_long = !limit.allows(record.len());
        let offset = Some(offset_of(at));
        let refused = |rule: Rule| Row {
            offset,
            first: None,
            country: RowCountry::Unsaid,
            content: RowContent::Refused(record, Fault::new(rule)),
        };
        // What is whole in itself may have been cut off from the text by what follows.
        let text = match valid.get(at..end) {
            Some(text) => Some(text),
            None => simdutf8::basic::from_utf8(record).ok(),
        };
        let taken = match (split, text) {
            // Lists that were joined have the header of each.
            _ if is_header(record, header) => {
                on_record.header(offset_of(at));
                ControlFlow::Continue(())
            }
            _ if is_too_long => on_record.row(Row {
                offset,
                first: None,
                country: RowCountry::Unsaid,
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
                    match span.quotes {
                        CellQuotes::None => ComposedCell::Text(cell),
                        CellQuotes::Doubled => ComposedCell::Doubled(cell),
                        CellQuotes::Escaped => ComposedCell::Escaped(cell),
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
