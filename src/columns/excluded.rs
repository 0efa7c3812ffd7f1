//! A column of phones that are not to be called.
//!
//! What the fast path resolves becomes a number at once, 64 rows at a time and on several threads; the
//! other rows go the way of all lists, as lines of JSON. A list of plain numbers is read this way in a
//! few nanoseconds each.

use std::io;
use std::sync::{Mutex, PoisonError};

use super::job_lines::{JobLines, PhoneRows};
use crate::batch::{
    BatchError, BatchOptions, ColumnChoice, ExclusionLists, Progress, Report, SliceFeed, Source,
    Watcher, read_excluded,
};
use crate::zone::Regions;

/// Reads a table of phones that are not to be called, as
/// [`read_excluded`](crate::batch::read_excluded) does.
pub fn read_excluded_table(
    (lines, columns): (&mut JobLines<'_>, &ColumnChoice),
    options: &BatchOptions,
    regions: &Regions,
    watch: &mut dyn Watcher,
    lists: &mut ExclusionLists,
) -> (Report, Result<(), BatchError>) {
    let mut progress = Progress::default();
    let mut halt = None;
    let read_lines = |text: &[u8], lists: &mut ExclusionLists, watch: &mut dyn Watcher| {
        let mut feed = SliceFeed::new(text);
        let mut source = Source::Lines {
            feed: &mut feed,
            columns: columns.clone(),
        };
        read_excluded(&mut source, options, regions, watch, lists)
    };
    let added = Mutex::new(lists);
    let lists = || added.lock().unwrap_or_else(PoisonError::into_inner);
    let add = |numbers: &[u64]| lists().add_phones(numbers);
    let on = (&options.job.phone, options.threads.get());
    let read = lines.each_phone(on, &add, &mut |phones| {
        match phones {
            PhoneRows::Numbers(count) => progress.rows += count as u64,
            PhoneRows::Lines(text) => {
                let (report, end) = read_lines(text, &mut lists(), &mut Quiet);
                progress.rows += report.total;
                if let Err(error) = end {
                    halt = Some(error);
                    return Err(io::Error::other("the reading has ended"));
                }
            }
        }
        watch.tick(progress)
    });
    // The report is that of a list without rows.
    let (report, end) = read_lines(b"", &mut lists(), watch);
    let read = match halt {
        Some(halt) => Err(halt),
        None => read.map_err(BatchError::from),
    };
    (report, read.and(end))
}

/// Shows no progress: that of a part of the rows says nothing.
struct Quiet;

impl Watcher for Quiet {
    fn tick(&mut self, _: Progress) -> io::Result<()> {
        Ok(())
    }
}
