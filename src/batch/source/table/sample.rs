//! The first records of a table, as far as its header and its columns are chosen by them.
//!
//! They are read before the rows are, and stay in the window of the feed. How many there are depends on
//! the bytes of the source alone, and not on how many come at a time.

use std::ops::Range;

use super::choice::ROWS;
use super::dialect::{Bounds, Dialect, LineEnd, SLACK, Span, Split, text_of};
use super::header::{MOST, RecordCells};
use crate::batch::error::BatchError;
use crate::batch::source::feed::{Feed, SourcePlace, failure};
use crate::batch::source::limit::{MOST_CELLS, RowLimit};

/// No record is sampled that begins after so many bytes.
const BYTES: usize = 1 << 20;

/// The first records of a table.
#[derive(Debug, Default)]
pub(super) struct Sample {
    records: Vec<SampledRecord>,
    spans: Vec<Span>,
    /// Where the next record begins.
    end: (usize, SourcePlace),
    /// Whether the table has no other records.
    is_whole: bool,
}

#[derive(Debug)]
struct SampledRecord {
    bytes: Range<usize>,
    /// Where the next one begins.
    next: usize,
    /// Its cells; none if they can't be read.
    cells: Range<usize>,
    line: u64,
}

impl Sample {
    /// Reads the first records.
    pub fn read(
        feed: &mut dyn Feed,
        dialect: Dialect,
        limit: RowLimit,
    ) -> Result<Sample, BatchError> {
        let mut sample = Sample {
            end: (0, feed.place()),
            ..Sample::default()
        };
        let bounds = Bounds {
            longest: limit.record(),
            ..Bounds::ALL
        };
        let mut cells = Vec::new();
        while sample.records.len() < ROWS + MOST && sample.end.0 < BYTES {
            let (window, at_end) = (feed.window(), feed.at_end());
            let mut marked = dialect.marked(window);
            loop {
                let start = sample.end.0;
                if start >= window.len() || start >= BYTES || sample.records.len() >= ROWS + MOST {
                    break;
                }
                let split = dialect.split(&mut marked, start, at_end, bounds, &mut cells);
                if split == Split::NeedsMore {
                    break;
                }
                if sample.records.is_empty() {
                    readable(feed, split, limit)?;
                } else if end_of(split) > 2 * BYTES {
                    return Ok(sample);
                }
                sample.add(window, split, &cells, limit);
            }
            let is_enough = sample.records.len() >= ROWS + MOST || sample.end.0 >= BYTES;
            if is_enough || at_end {
                sample.is_whole = !is_enough;
                break;
            }
            // A long row is not put together twice.
            if !sample.records.is_empty() && feed.window().len() > 2 * BYTES {
                break;
            }
            let unread = feed.window().len() - sample.end.0;
            if unread > limit.record().saturating_add(SLACK) {
                // What is wrong with it is said where rows are judged, unless it is the first.
                match sample.records.is_empty() {
                    true => return Err(failure(feed, 0, limit.failure("the first record"))),
                    false => break,
                }
            }
            feed.more()?;
        }
        Ok(sample)
    }

    fn add(&mut self, window: &[u8], split: Split, cells: &[Span], limit: RowLimit) {
        let (start, mut place) = self.end;
        let (end, next, cells) = match split {
            Split::Record { end, next, count } => {
                let record = &window[start..end];
                let is_read = count == cells.len()
                    && limit.allows(record.len())
                    && simdutf8::basic::from_utf8(record).is_ok();
                (end, next, if is_read { cells } else { &[] })
            }
            Split::Unmatched { end, next } | Split::TooLong { end, next } => (end, next, &[][..]),
            Split::NeedsMore => return,
        };
        let is_blank = matches!(split, Split::Record { count: 1, .. })
            && window[start..end].trim_ascii().is_empty();
        if !is_blank {
            let first = self.spans.len();
            self.spans.extend(cells);
            self.records.push(SampledRecord {
                bytes: start..end,
                next,
                cells: first..self.spans.len(),
                line: place.line(),
            });
        }
        place.pass(&window[start..next]);
        self.end = (next, place);
    }

    /// Whether the table has no other records.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// The cells of each record.
    pub fn records<'w>(&self, window: &'w [u8]) -> Vec<RecordCells<'w>> {
        let cells = |record: &SampledRecord| {
            let text = simdutf8::basic::from_utf8(&window[record.bytes.clone()]);
            let spans = self.spans[record.cells.clone()].iter();
            let text = text.unwrap_or_default();
            let start = record.bytes.start;
            spans
                .map(|span| {
                    let within = Span {
                        start: span.start - start,
                        end: span.end - start,
                        quotes: span.quotes,
                    };
                    text_of(text, within)
                })
                .collect()
        };
        self.records.iter().map(cells).collect()
    }

    /// The line of each record.
    pub fn lines(&self) -> Vec<u64> {
        self.records.iter().map(|record| record.line).collect()
    }

    /// The line of a record.
    pub fn line_of(&self, record: usize) -> u64 {
        self.records
            .get(record)
            .map_or(self.end.1.line(), |record| record.line)
    }

    /// The bytes of a record, without its end.
    pub fn bytes<'w>(&self, record: usize, window: &'w [u8]) -> &'w [u8] {
        &window[self.records[record].bytes.clone()]
    }

    /// Where a record begins, which may be the one after the last.
    pub fn beginning_of(&self, record: usize) -> usize {
        let found = self.records.get(record);
        found.map_or(self.end.0, |record| record.bytes.start)
    }

    /// What ends the first record.
    pub fn line_end(&self, window: &[u8], dialect: Dialect) -> &'static [u8] {
        let first = self.records.first();
        let has_return = first.is_some_and(|first| window[..first.next].ends_with(b"\r\n"));
        match (dialect.end, has_return) {
            (LineEnd::Cr, _) => b"\r",
            (LineEnd::Lf, true) => b"\r\n",
            (LineEnd::Lf, false) => b"\n",
        }
    }
}

/// Where the record after a split begins.
fn end_of(split: Split) -> usize {
    match split {
        Split::Record { next, .. }
        | Split::Unmatched { next, .. }
        | Split::TooLong { next, .. } => next,
        Split::NeedsMore => 0,
    }
}

/// Fails if the first record can't be read: the columns are unknown without it.
fn readable(feed: &dyn Feed, split: Split, limit: RowLimit) -> Result<(), BatchError> {
    let message = match split {
        Split::Record { count, .. } if count > MOST_CELLS => {
            format!("the table has {count} columns; at most {MOST_CELLS} are read")
        }
        Split::Record { end, .. } if !limit.allows(end) => limit.failure("the first record"),
        Split::Record { end, .. } => {
            return match simdutf8::basic::from_utf8(&feed.window()[..end]) {
                Ok(_) => Ok(()),
                Err(_) => Err(failure(feed, 0, "the first record is not UTF-8")),
            };
        }
        Split::TooLong { .. } | Split::NeedsMore => limit.failure("the first record"),
        Split::Unmatched { .. } => "the quotes of the first record don't match".to_owned(),
    };
    Err(failure(feed, 0, message))
}
