//! Duplicates by phone that are found after their rows were counted, and what the report says of them.
//!
//! The counts need only how many duplicates there are, and how each would be sent otherwise. The
//! report names the first ones, so their traces are kept until it has all the errors that it keeps,
//! or until the logs are settled: a later duplicate is a later row.

use crate::batch::judged::TakenBy;
use crate::batch::out::lines::RowLines;
use crate::batch::run::block::{JudgedBlock, LineFinder};
use crate::batch::run::phone_logs::{FoundDuplicates, PhoneLogs, WantedRows};
use crate::batch::run::row_traces::RowTraces;
use crate::job;

/// The traces may take so much memory for each phone, and in any case [`LITTLE`].
const TRACED_BYTES: usize = 8;
const LITTLE: usize = 1 << 24;

/// The search for duplicates among the rows of a list.
pub(in crate::batch::run) struct LateDuplicates {
    logs: PhoneLogs,
    traces: RowTraces,
    /// The first row without a trace, once the report has all the errors that it keeps.
    traced_end: Option<u64>,
    threads: usize,
    /// How many duplicates the report names at most.
    most: usize,
    /// Whether the rows of all duplicates are wanted.
    are_listed: bool,
    named: Vec<LateRow>,
    lines: Option<NotedLines>,
}

/// The lines of the rows that have traces, if they can't be counted at the end.
pub(in crate::batch::run) struct NotedLines {
    lines: RowLines,
    finder: LineFinder,
    /// Whether two jobs may be in one line.
    are_shared: bool,
}

impl NotedLines {
    pub fn new(are_shared: bool) -> Self {
        NotedLines {
            lines: RowLines::default(),
            finder: LineFinder::default(),
            are_shared,
        }
    }
}

/// A duplicate that the report may name.
pub(in crate::batch::run) struct LateRow {
    /// The number of the job.
    pub job: u64,
    /// The number of the first job with its phone.
    pub first: u64,
    /// The byte at which it begins.
    pub offset: u64,
    /// Its line, if lines are noted.
    pub line: Option<u64>,
    pub part: Option<u16>,
    /// The phone as it is shown.
    pub phone: String,
}

impl LateDuplicates {
    /// At most `most` duplicates are named; all are listed when they are found if `are_listed`. `lines`
    /// is for rows whose bytes will be gone.
    pub fn new(
        threads: usize,
        (most, are_listed): (usize, bool),
        lines: Option<NotedLines>,
    ) -> Self {
        LateDuplicates {
            logs: PhoneLogs::new(),
            traces: RowTraces::default(),
            traced_end: None,
            threads,
            most,
            are_listed,
            named: Vec::new(),
            lines,
        }
    }

    /// Whether the next rows may be named; `errors` are kept of the rows before them.
    pub fn traces(&self, errors: usize) -> bool {
        self.traced_end.is_none() && errors.saturating_add(self.named.len()) < self.most
    }

    /// Adds the rows of a block, the first of which is the job `number`. The rows of `taken` can't be
    /// sent anyway.
    pub fn add(
        &mut self,
        block: &JudgedBlock<'_>,
        number: u64,
        taken: &[(u64, TakenBy)],
        is_traced: bool,
    ) {
        let rows = block.sendable(number);
        match taken {
            [] => self.logs.extend(rows),
            _ => {
                let mut taken = taken.iter().map(|(row, _)| *row).peekable();
                self.logs.extend(rows.filter(|(row, ..)| {
                    while taken.next_if(|taken| taken < row).is_some() {}
                    taken.peek() != Some(row)
                }));
            }
        }
        if !is_traced {
            self.traced_end.get_or_insert(number);
            return;
        }
        self.traces.extend(number, block.traced());
        if let Some(noted) = &mut self.lines {
            let NotedLines { lines, finder, .. } = noted;
            block.note_lines(number, noted.are_shared, lines, finder);
        }
    }

    /// Whether it is time to settle what was added.
    pub fn is_full(&self) -> bool {
        let lines = self.lines.as_ref().map_or(0, |noted| noted.lines.bytes());
        let traced = self.traces.bytes() + lines;
        self.logs.is_full() || traced > LITTLE.max(self.logs.len() * TRACED_BYTES)
    }

    /// Finds the duplicates that were added since the last time and come before the job `end`.
    pub fn settle(&mut self, end: u64) -> FoundDuplicates {
        let wanted = WantedRows {
            end,
            named_end: self.traced_end.unwrap_or(u64::MAX),
            most: self.most - self.named.len(),
            are_listed: self.are_listed,
        };
        let mut found = self.logs.settle(self.threads, wanted);
        let (traces, lines) = (&self.traces, self.lines.as_ref());
        let named = found.named.drain(..).filter_map(|double| {
            let trace = traces.of(double.row)?;
            let phone = match trace.phone {
                Some(text) => job::shown(&String::from_utf8_lossy(text)),
                None => double.phone.to_string(),
            };
            Some(LateRow {
                job: double.row,
                first: double.first,
                offset: trace.offset,
                line: lines.and_then(|noted| noted.lines.line_of(double.row)),
                part: trace.part,
                phone,
            })
        });
        self.named.extend(named);
        self.traces.clear();
        if let Some(noted) = &mut self.lines {
            noted.lines = RowLines::default();
        }
        found
    }

    /// The duplicates that the report may name, in order.
    pub fn into_named(self) -> Vec<LateRow> {
        self.named
    }
}
