//! The rows of a block about which words are made as they are judged: those of which a report still
//! keeps diagnostics. To read such a row again takes as long as to judge it.
//!
//! A report keeps the first so many diagnostics of each severity. The blocks count what was found, in
//! the order in which they are judged. On one thread that is the order of the rows, so little more than
//! the words that are kept are made: a row gets words about all its findings if there is room for one,
//! and duplicates are not counted. Blocks that are judged at the same time do not know the counts of each
//! other. So a block may make words that are not needed, or too few. The taker of the rows makes those
//! that are missing, so the report is the same for every number of threads.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::Severity;
use crate::job::{FindingCode, Standing, WantedWords};

/// How many severities there are.
const SEVERITIES: usize = 4;

/// How many findings of each severity were counted in the blocks so far.
#[derive(Default)]
pub(in crate::batch) struct WordRoom {
    most: usize,
    counted: [AtomicUsize; SEVERITIES],
}

impl WordRoom {
    /// Room for the words about so many findings of each severity.
    pub fn new(most: usize) -> WordRoom {
        WordRoom {
            most,
            ..WordRoom::default()
        }
    }

    /// The room for the words about the rows of the next block. `explains`: somebody reads what is
    /// wrong with every rejected row.
    pub fn of_block(&self, explains: bool) -> BlockWordRoom {
        let before = |at: usize| self.counted[at].load(Ordering::Relaxed);
        let left = std::array::from_fn(|at| self.most.saturating_sub(before(at)));
        let mut block = BlockWordRoom {
            left,
            at_first: left,
            explains,
            wanted: WantedWords::default(),
        };
        block.want();
        block
    }

    /// Counts what was found in a block.
    pub fn add(&self, block: &BlockWordRoom) {
        for (at, counted) in self.counted.iter().enumerate() {
            let found = block.at_first[at] - block.left[at];
            if found > 0 {
                counted.fetch_add(found, Ordering::Relaxed);
            }
        }
    }
}

/// How many findings of each severity there is room for in the rest of a block.
pub(in crate::batch) struct BlockWordRoom {
    left: [usize; SEVERITIES],
    at_first: [usize; SEVERITIES],
    explains: bool,
    wanted: WantedWords,
}

impl BlockWordRoom {
    /// The severities about which somebody reads words.
    #[inline]
    pub fn wanted(&self) -> WantedWords {
        self.wanted
    }

    /// Counts what was found at a row, and answers whether somebody reads words about it: the report
    /// keeps at least one of its diagnostics, or it is rejected and that is explained.
    pub fn take(&mut self, standing: Standing, codes: &[FindingCode]) -> bool {
        let severities = codes.iter().map(|code| code.severity as usize);
        let has_room = severities.clone().any(|severity| self.left[severity] > 0);
        if has_room {
            severities.for_each(|severity| {
                self.left[severity] = self.left[severity].saturating_sub(1);
            });
            self.want();
        }
        has_room || self.explains && standing == Standing::Rejected
    }

    fn want(&mut self) {
        let is_read = |severity: &Severity| {
            self.left[*severity as usize] > 0 || self.explains && *severity == Severity::Error
        };
        self.wanted = Severity::ALL.into_iter().filter(is_read).collect();
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::num::NonZeroUsize;

    use super::*;
    use crate::Rule;
    use crate::batch::{
        BatchOptions, DEFAULT_ROW_BYTES, Diagnostic, Duplicates, ListDefaults, Progress, SliceFeed,
        Source, SourceInfo, TableOptions, Watcher, check,
    };
    use crate::job::{self, Finding, JobContext, JobOptions, parse_whole};
    use crate::zone::Regions;

    fn code(severity: Severity) -> FindingCode {
        FindingCode {
            rule: Rule::PhoneFormat,
            severity,
            field: None,
        }
    }

    /// Takes the codes of a row that is sent.
    fn takes(block: &mut BlockWordRoom, codes: &[FindingCode]) -> bool {
        block.take(Standing::Repaired, codes)
    }

    #[test]
    fn words_are_made_as_long_as_one_severity_of_a_row_has_room() {
        let (error, repair) = (code(Severity::Error), code(Severity::Repair));
        let room = WordRoom::new(3);
        let mut block = room.of_block(false);
        assert!(!takes(&mut block, &[]));
        assert!(takes(&mut block, &[repair, repair]));
        assert!(block.wanted().is_all());
        assert!(takes(&mut block, &[repair, repair, error]));
        assert!(!takes(&mut block, &[repair]));
        room.add(&block);

        let mut next = room.of_block(false);
        assert!(!next.wanted().has(Severity::Repair));
        assert!(next.wanted().has(Severity::Error));
        assert!(!takes(&mut next, &[repair]));
        assert!(takes(&mut next, &[repair, error]));
        assert!(takes(&mut next, &[error]));
        assert!(!takes(&mut next, &[error, repair]));
        room.add(&next);
        let last = room.of_block(false).wanted();
        let left = [Severity::Suggested, Severity::Warning];
        let is_left = |one: &Severity| last.has(*one) == left.contains(one);
        assert!(Severity::ALL.iter().all(is_left));
    }

    #[test]
    fn words_about_rejected_rows_are_read_without_room_too() {
        let error = [code(Severity::Error)];
        let mut kept = WordRoom::new(0).of_block(false);
        assert!(!kept.take(Standing::Rejected, &error));
        assert_eq!(kept.wanted(), WantedWords::default());
        let mut explained = WordRoom::new(0).of_block(true);
        assert!(explained.take(Standing::Rejected, &error));
        assert!(!explained.take(Standing::Repaired, &[code(Severity::Repair)]));
        let only_errors = WantedWords::default().with(Severity::Error);
        assert_eq!(explained.wanted(), only_errors);
    }

    struct Nobody;

    impl Watcher for Nobody {
        fn tick(&mut self, _: Progress) -> io::Result<()> {
            Ok(())
        }
    }

    /// The diagnostics of a list that a report keeps, if it keeps so many.
    fn kept(list: &str, most: usize, threads: usize) -> Vec<Diagnostic> {
        let count = |count| NonZeroUsize::new(count).unwrap();
        let options = BatchOptions {
            job: JobOptions::default(),
            table: TableOptions::default(),
            preset: ListDefaults::default(),
            duplicates: Duplicates::Phone,
            exclude: None,
            within: None,
            slice: None,
            max_row_bytes: DEFAULT_ROW_BYTES,
            statistics: false,
            names_lines: false,
            max_diagnostics: most,
            now: Some(1_800_000_000),
            threads: count(threads),
            block: count(600),
        };
        let mut feed = SliceFeed::new(list.as_bytes());
        let mut source = Source::Bytes {
            feed: &mut feed,
            info: SourceInfo::default(),
            encoding: None,
            sheet: None,
            format: None,
            named: None,
        };
        let regions = Regions::new([]);
        let (report, end) = check(&mut source, &options, &regions, &mut Nobody);
        end.unwrap();
        report.diagnostics
    }

    /// Of each severity the first, and of these the gravest.
    fn first(all: &[Diagnostic], most: usize) -> Vec<Diagnostic> {
        let gravest = [
            Severity::Error,
            Severity::Suggested,
            Severity::Warning,
            Severity::Repair,
        ];
        let mut places: Vec<usize> = (gravest.iter())
            .flat_map(|severity| {
                let is_it = |(_, found): &(usize, &Diagnostic)| found.severity() == *severity;
                let places = all.iter().enumerate().filter(is_it);
                places.map(|(place, _)| place).take(most)
            })
            .take(most)
            .collect();
        places.sort_unstable();
        places.iter().map(|place| all[*place].clone()).collect()
    }

    /// What is found at each row by itself.
    fn found_alone(list: &str) -> Vec<Finding> {
        let regions = Regions::new([]);
        let context = JobContext::new(&regions, 1_800_000_000);
        let of_row = |row: &str| {
            let mut fields = Vec::new();
            let job = parse_whole(row, &mut fields).ok();
            job.map(|job| job::check(&job, &JobOptions::default(), &context).findings)
        };
        list.lines().filter_map(of_row).flatten().collect()
    }

    #[test]
    fn the_first_diagnostics_of_each_severity_are_kept_for_any_number_of_threads() {
        let rows = (0..200).map(|row| {
            let phone = 79_120_000_000_u64 + row;
            match row % 9 {
                0 => format!(r#"{{"phone":"+{phone}","gmtZone":"utc+3","x":1}}"#),
                1 => format!(r#"{{"phone":"+{phone}"}}"#),
                2 => format!(r#"{{"phone":"{phone}","gmtZone":"MSK"}}"#),
                3 => format!(r#"{{"x":1,"phone":{phone},"gmtZone":"-08:00"}}"#),
                4 => format!(r#"{{"gmtZone":"MSK","phone":"{phone}, +49 1512 3456789"}}"#),
                5 => format!(r#"{{"phone":"+{phone}","maxAttempts":"3","dialerPriority":0}}"#),
                6 => r#"{"phone":"79120000001"}"#.to_owned(),
                7 => "{".to_owned(),
                _ => format!(r#"{{"phone":{phone}}}"#),
            }
        });
        let list = rows.collect::<Vec<_>>().join("\n");
        let all = kept(&list, 10_000, 1);
        let is_of_row =
            |found: &&Diagnostic| ![Rule::PhoneDuplicate, Rule::JobSyntax].contains(&found.rule());
        let of_rows = all.iter().filter(is_of_row);
        let of_rows: Vec<Finding> = of_rows.map(|found| found.finding.clone()).collect();
        assert!(of_rows.len() > 200);
        assert_eq!(of_rows, found_alone(&list));
        for most in [0, 1, 2, 7, 30, 60, 10_000] {
            for threads in 1..4 {
                let found = kept(&list, most, threads);
                assert_eq!(found, first(&all, most), "{most} {threads}");
            }
        }
    }
}
