//! The same loop for callers without a directory: they take each row, or each body, from memory.

use std::io;

use crate::batch::error::BatchError;
use crate::batch::options::{BatchOptions, BodyOptions, Duplicates};
use crate::batch::out::bodies::{Bodies, BodyLimits, BodyPlace};
use crate::batch::out::journal::RunIdentity;
use crate::batch::out::report::Report;
use crate::batch::out::writer::TakeBody;
use crate::batch::run::decided::{DecidedRow, OnDecided};
use crate::batch::run::each_row::{BatchRun, RowSink, Watcher, seen};
use crate::batch::source::open::Source;
use crate::batch::source::records::{Record, Records};
use crate::zone::Regions;

/// Checks a batch as [`check`](super::each_row::check) does, and hands over each row, in order. An
/// error of `on_row` ends the run.
pub fn judge(
    source: &mut Source<'_>,
    options: &BatchOptions,
    regions: &Regions,
    watch: &mut dyn Watcher,
    on_row: &mut OnDecided<'_>,
) -> (Report, Result<(), BatchError>) {
    // The reborrow gives both references one lifetime.
    let mut take = |row| on_row(row);
    run(source, options, regions, watch, |_| {
        Ok(RowSink::Decided(&mut take))
    })
}

/// Checks a batch as [`prepare`](super::each_row::prepare) does, and hands over each whole body with
/// its bytes: the same bytes, SHA-256 and keys. Nothing is written to a directory. An error of
/// `on_body` ends the run.
pub fn bodies(
    source: &mut Source<'_>,
    options: &BatchOptions,
    output: &BodyOptions,
    regions: &Regions,
    watch: &mut dyn Watcher,
    on_body: Box<TakeBody>,
) -> (Report, Result<(), BatchError>) {
    run(source, options, regions, watch, |options| {
        let limits = BodyLimits {
            jobs: output.max_jobs,
            bytes: output.max_bytes,
        };
        let one_a_phone = options.duplicates == Duplicates::Job;
        let place = BodyPlace::Caller(on_body);
        let bodies = Bodies::new(place, limits, output.run.clone(), one_a_phone)?;
        Ok(RowSink::Bodies(Box::new(bodies)))
    })
}

/// Checks one job.
pub fn check_job(
    job: Record,
    options: &BatchOptions,
    regions: &Regions,
) -> Result<Option<DecidedRow>, BatchError> {
    let mut decided = None;
    let mut one = OneRecord(Some(job));
    let (_, end) = judge(
        &mut Source::Records(&mut one),
        options,
        regions,
        &mut Nobody,
        &mut |row| {
            decided = Some(row);
            Ok(())
        },
    );
    end.map(|()| decided)
}

fn run<'s>(
    source: &mut Source<'_>,
    options: &BatchOptions,
    regions: &Regions,
    watch: &mut dyn Watcher,
    sink: impl FnOnce(&BatchOptions) -> io::Result<RowSink<'s>>,
) -> (Report, Result<(), BatchError>) {
    let begin = || {
        let resolved = options.resolved(regions)?;
        // The instant of the beginning holds for all rows.
        let now = RunIdentity::of(None, None, options.now).instant;
        let now = Some(now);
        Ok((
            BatchOptions { now, ..resolved },
            seen(options, None)?,
            sink(options)?,
        ))
    };
    let (options, seen, mut sink) = match begin() {
        Ok(begun) => begun,
        Err(halt) => return (Report::new(options.duplicates), Err(halt)),
    };
    let mut run = BatchRun::new(&options, regions, watch, seen);
    run.note_exclusions();
    let begun = source.begin(&options.asked(regions, true));
    let end = begun.and_then(|begun| {
        run.report.begin(&begun);
        run.each_row(begun, &mut sink)
    });
    let end = match (end, sink) {
        (Ok(()), RowSink::Bodies(bodies)) => bodies.finish().map(drop),
        (end, _) => end,
    };
    (run.report, end)
}

struct OneRecord(Option<Record>);

impl Records for OneRecord {
    fn next(&mut self, into: &mut Vec<Record>) -> io::Result<()> {
        into.extend(self.0.take());
        Ok(())
    }
}

struct Nobody;

impl Watcher for Nobody {
    fn tick(&mut self, _: super::each_row::Progress) -> io::Result<()> {
        Ok(())
    }
}
