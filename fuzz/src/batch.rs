//! Checks one batch in several ways, which must all give the same result.

use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::sync::OnceLock;

use predial::Rule;
use predial::batch::{
    self, BatchOptions, DEFAULT_ROW_BYTES, Duplicates, Feed, Host, ListDefaults, Progress,
    ReaderFeed, RowOutcome, SliceFeed, Source, SourceFormat, SourceInfo, TableOptions, Watcher,
};
use predial::job::{self, JobContext, RawJob, Standing, Verdict};

use crate::world;

/// A watcher that ignores the progress.
pub struct Nobody;

impl Watcher for Nobody {
    fn tick(&mut self, _: Progress) -> io::Result<()> {
        Ok(())
    }
}

/// Only the target of workbooks reads workbooks, and it needs no process.
pub const HOST: Host = Host {
    reader_command: || Err(io::Error::other("a workbook is another target's")),
    check_signals: || Ok(()),
};

/// A way to read a batch; the result must not depend on it.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    pub threads: usize,
    pub block: usize,
    /// The most bytes that one read brings; `None` if all bytes are in memory.
    pub read: Option<usize>,
}

impl Way {
    /// All bytes in memory, one block, one thread.
    pub const PLAIN: Way = Way {
        threads: 1,
        block: 1 << 20,
        read: None,
    };

    /// Another way, chosen by a byte of the input.
    pub fn of(byte: u8) -> Way {
        const BLOCKS: [usize; 4] = [1, 7, 64, 1 << 20];
        const READS: [Option<usize>; 4] = [None, Some(1), Some(5), Some(1 << 16)];
        Way {
            threads: 1 + usize::from(byte & 0b11),
            block: BLOCKS[usize::from(byte >> 2 & 0b11)],
            read: READS[usize::from(byte >> 4 & 0b11)],
        }
    }
}

/// A reader that brings a few bytes at a time.
pub struct Trickle<'a> {
    pub bytes: &'a [u8],
    pub most: usize,
}

impl Read for Trickle<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.most.min(into.len()).min(self.bytes.len());
        into[..count].copy_from_slice(&self.bytes[..count]);
        self.bytes = &self.bytes[count..];
        Ok(count)
    }
}

/// The result of a batch.
#[derive(Debug, PartialEq)]
pub struct Outcome {
    /// Total, clean, repaired, rejected, warned.
    pub counts: [u64; 5],
    pub rows: Vec<RowOutcome>,
    pub diagnostics: Vec<batch::Diagnostic>,
    /// Why it ended early.
    pub halt: Option<String>,
}

impl Outcome {
    /// The findings about a row.
    pub fn findings(&self, row: u64) -> Vec<Shown> {
        let of_row = self.diagnostics.iter().filter(|found| found.row == row);
        of_row
            .map(|found| Shown::of_finding(&found.finding))
            .collect()
    }

    /// The rule that each row is rejected for.
    pub fn rules(&self) -> impl Iterator<Item = Option<Rule>> {
        let rejected = self.rows.iter().map(|row| row.rejected_for.as_ref());
        rejected.map(|why| why.map(|(rule, _)| *rule))
    }
}

/// A finding about one value.
#[derive(Debug, PartialEq)]
pub struct Shown {
    rule: Rule,
    field: Option<String>,
    value: Option<String>,
    suggestion: Option<String>,
}

impl Shown {
    pub fn of_finding(finding: &job::Finding) -> Shown {
        Shown {
            rule: finding.fault.rule,
            field: finding.field.as_ref().map(ToString::to_string),
            value: finding.value.clone(),
            suggestion: finding.fault.suggestion.clone(),
        }
    }
}

/// The options that all targets share.
pub fn options(table: TableOptions, duplicates: Duplicates, way: Way) -> BatchOptions {
    BatchOptions {
        job: job::JobOptions::default(),
        table,
        preset: ListDefaults::default(),
        duplicates,
        exclude: None,
        names_lines: false,
        within: None,
        max_row_bytes: DEFAULT_ROW_BYTES,
        slice: None,
        statistics: false,
        max_diagnostics: 100_000,
        now: Some(world::NOW),
        threads: NonZeroUsize::new(way.threads).expect("at least one"),
        block: NonZeroUsize::new(way.block).expect("at least one"),
    }
}

/// Checks UTF-8 bytes of this format.
pub fn check(bytes: &[u8], format: SourceFormat, options: &BatchOptions, way: Way) -> Outcome {
    let mut at_hand = SliceFeed::new(bytes);
    let mut arriving = ReaderFeed::new(Trickle {
        bytes,
        most: way.read.unwrap_or(1),
    });
    let feed: &mut dyn Feed = match way.read {
        None => &mut at_hand,
        Some(_) => &mut arriving,
    };
    let mut source = Source::Bytes {
        feed,
        info: SourceInfo::default(),
        encoding: None,
        sheet: None,
        format: Some(format),
        named: None,
    };
    let mut rows = Vec::new();
    let mut take = |row| rows.push(row);
    let (report, end) = batch::check_rows(
        &mut source,
        options,
        world::regions(),
        &mut Nobody,
        &mut take,
    );
    let outcome = Outcome {
        counts: [
            report.total,
            report.clean,
            report.repaired,
            report.rejected,
            report.warned,
        ],
        rows,
        diagnostics: report.diagnostics,
        halt: end.err().map(|halt| format!("{halt:?}")),
    };
    let [total, clean, repaired, rejected, _] = outcome.counts;
    assert_eq!(total, clean + repaired + rejected);
    assert_eq!(total, outcome.rows.len() as u64);
    outcome
}

/// One context for all jobs that are read alone: creating one takes longer than using it.
fn context() -> &'static JobContext<'static> {
    static CONTEXT: OnceLock<JobContext<'static>> = OnceLock::new();
    CONTEXT.get_or_init(|| JobContext::new(world::regions(), world::NOW))
}

/// The verdict on one JSON text that is read alone, and the key of the job among others.
pub fn alone<T>(text: &str, read: impl FnOnce(&RawJob<'_>, Verdict) -> T) -> Result<T, String> {
    let options = job::JobOptions::default();
    job::one_job(text, |job| {
        let verdict = job::check(job, &options, context());
        read_and_mend(job, &verdict);
        read(job, verdict)
    })
}

/// A rewritten job is clean: rewriting it again changes nothing. Only a phone that is not in use may
/// have another prefix to lose, and that is another repair.
fn read_and_mend(job: &RawJob<'_>, verdict: &Verdict) {
    if verdict.standing != Standing::Repaired {
        return;
    }
    let mut mended = Vec::new();
    job::rewritten(job.text.as_bytes(), &verdict.edits, &mut mended);
    let mended = String::from_utf8(mended).expect("a job is rewritten as text");
    let again = job::one_job(&mended, |job| {
        let again = job::check(job, &job::JobOptions::default(), context());
        (again.standing, again.phone)
    });
    let (standing, phone) = again.expect("what is rewritten is JSON");
    let is_in_use = verdict.phone.is_none_or(|phone| phone.is_valid());
    match standing {
        Standing::Clean => assert_eq!(phone, verdict.phone, "{mended}"),
        _ => assert!(!is_in_use, "{mended}"),
    }
}
