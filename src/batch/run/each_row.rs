//! The one loop over the rows of a batch.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};
use std::io::{self, Write};
use std::iter::Peekable;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Mutex;

use crate::batch::diagnostic::Diagnostic;
use crate::batch::error::BatchError;
use crate::batch::excluded::{ExcludedEntries, ExclusionLists};
use crate::batch::judged::{EarlierRow, JudgedRow, TakenBy};
use crate::batch::options::{BatchOptions, Duplicates, ForecastOptions, OutputOptions};
use crate::batch::out::bodies::{Bodies, BodyLimits, BodyPlace, Sendable, longest_job};
use crate::batch::out::clean_file::{CleanFile, CleanOptions, phone_in};
use crate::batch::out::journal::{
    EarlierRun, Journal, JournalHead, RunIdentity, SourceMark, unix_now,
};
use crate::batch::out::lines::RowLines;
use crate::batch::out::manifest;
use crate::batch::out::outdir::{OutDir, OutDirRefusal, PartFile, REJECTS, Replaces, SourceFile};
use crate::batch::out::rejects;
use crate::batch::out::report::Report;
use crate::batch::out::sheet_file::SheetFile;
use crate::batch::out::statistics::{LocationCounts, Statistics};
use crate::batch::out::table_file::TableFile;
use crate::batch::place::{FirstPlace, RowPlace};
use crate::batch::run::block::{BlockRows, JudgedBlock, LineFinder, LineOrigin};
use crate::batch::run::decided::{DecidedRow, OnDecided, sent_phone};
use crate::batch::run::duplicates::{DuplicateCandidate, SeenJobs};
use crate::batch::run::forecast::ForecastCounts;
use crate::batch::run::judge::{JudgeBuffer, RowJudge, may_be_one};
use crate::batch::run::late_duplicates::{LateDuplicates, NotedLines};
use crate::batch::run::parallel;
use crate::batch::run::sent_counts::SentCounts;
use crate::batch::run::word_room::WordRoom;
use crate::batch::source::input::{Detected, SourceInfo, TextEncoding};
use crate::batch::source::limit::RowLimit;
use crate::batch::source::open::{OpenSource, RowReader, RowRequest, Source};
use crate::batch::source::preset::DefaultsWriter;
use crate::batch::source::records;
use crate::batch::source::row::Row;
use crate::batch::source::table::{CleanTable, RejectTable};
use crate::job::{
    Finding, FindingCode, JobContext, JobOptions, KnownField, MultiplePhones, Standing,
    VerdictDetail,
};
use crate::zone::Regions;
use crate::{Rule, Severity};

impl BatchOptions {
    /// What a source needs to know to deliver rows. They include payloads if they go to a sink, or
    /// if their whole length or text is needed.
    pub(in crate::batch::run) fn asked<'a>(
        &'a self,
        regions: &'a Regions,
        for_sink: bool,
    ) -> RowRequest<'a> {
        RowRequest {
            columns: self.column_choice(regions),
            preset: &self.preset,
            with_payload: for_sink || self.within.is_some() || self.duplicates == Duplicates::Job,
            limit: self.row_limit(),
        }
    }

    fn row_limit(&self) -> RowLimit {
        RowLimit::of(self.max_row_bytes)
    }

    /// The same options with the list's field values as they are sent; fails if no job can have
    /// them.
    pub(in crate::batch) fn resolved(&self, regions: &Regions) -> Result<BatchOptions, BatchError> {
        if let Some(zones) = &self.job.zones {
            zones.check(regions).map_err(BatchError::Usage)?;
        }
        if self.preset.fields().is_empty() {
            return Ok(self.clone());
        }
        let clock = JobContext::new(regions, self.now.unwrap_or_else(unix_now))
            .with_zones(self.job.zones.clone());
        let preset = self.preset.resolved(&self.job, &clock);
        Ok(BatchOptions {
            preset: preset.map_err(BatchError::Usage)?,
            ..self.clone()
        })
    }
}

/// How far a batch has come.
#[derive(Clone, Copy, Debug, Default)]
pub struct Progress {
    /// Rows read.
    pub rows: u64,
    /// The byte at which the last of them begins. For a source that is compressed or not in UTF-8,
    /// the number of its bytes that were read.
    pub bytes: u64,
    /// How many of them were rejected. [`check`] finds duplicates later, and counts them then.
    pub rejected: u64,
}

/// Receives the progress of a run, and may stop the run by an error.
pub trait Watcher {
    /// Called from time to time.
    fn tick(&mut self, progress: Progress) -> io::Result<()>;
}

/// Rows between two calls: a fraction of a millisecond.
const TICK: u64 = 4096;

/// Checks a batch and writes nothing. The report covers the rows that were read, even if the source
/// could not be read to its end.
pub fn check(
    source: &mut Source<'_>,
    options: &BatchOptions,
    regions: &Regions,
    watch: &mut dyn Watcher,
) -> (Report, Result<(), BatchError>) {
    into_sink(source, options, regions, watch, (&mut RowSink::None, None))
}

fn into_sink(
    source: &mut Source<'_>,
    options: &BatchOptions,
    regions: &Regions,
    watch: &mut dyn Watcher,
    (sink, wanted): (&mut RowSink<'_>, Option<&ForecastOptions>),
) -> (Report, Result<(), BatchError>) {
    let begin = || Ok((options.resolved(regions)?, seen(options, None)?));
    let (options, seen) = match begin() {
        Ok(begun) => begun,
        Err(halt) => return (Report::new(options.duplicates), Err(halt)),
    };
    let mut run = BatchRun::new(&options, regions, watch, seen);
    run.note_exclusions();
    run.counts.forecast = wanted.map(|_| ForecastCounts::default());
    let end = source
        .begin(&options.asked(regions, false))
        .and_then(|begun| {
            run.report.begin(&begun);
            run.each_row(begun, sink)
        });
    run.forecast_for(wanted);
    (run.report, end)
}

/// Checks a batch as [`check`] does, and forecasts when its jobs may ring: the report has the
/// forecast.
pub fn forecast(
    source: &mut Source<'_>,
    options: &BatchOptions,
    wanted: &ForecastOptions,
    regions: &Regions,
    watch: &mut dyn Watcher,
) -> (Report, Result<(), BatchError>) {
    let to = (&mut RowSink::None, Some(wanted));
    into_sink(source, options, regions, watch, to)
}

/// Checks a batch as [`check`] does, and writes it again with the phones and zones that would be sent.
/// A file of the wanted name is whole; if anything fails, there is none.
pub fn clean(
    source: &mut Source<'_>,
    options: &BatchOptions,
    wanted: &CleanOptions,
    regions: &Regions,
    watch: &mut dyn Watcher,
) -> (Report, Result<(), BatchError>) {
    let begin = || Ok((options.resolved(regions)?, seen(options, None)?));
    let (options, seen) = match begin() {
        Ok(begun) => begun,
        Err(halt) => return (Report::new(options.duplicates), Err(halt)),
    };
    let mut run = BatchRun::new(&options, regions, watch, seen);
    run.note_exclusions();
    let end = run.clean(source, wanted);
    (run.report, end)
}

/// The result for one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowOutcome {
    /// Whether it is sent.
    pub standing: Standing,
    /// The first rule that rejects it, and what is wrong.
    pub rejected_for: Option<(Rule, String)>,
    /// All that was found at it, if it is rejected.
    pub found: Vec<Diagnostic>,
    /// The fields that are sent as suggested, or as the options say, and what is sent in them.
    pub sent_as_suggested: Vec<(Cow<'static, str>, String)>,
}

/// Checks a batch as [`check`] does, and hands over the result for each row, in order.
pub fn check_rows(
    source: &mut Source<'_>,
    options: &BatchOptions,
    regions: &Regions,
    watch: &mut dyn Watcher,
    on_row: &mut dyn FnMut(RowOutcome),
) -> (Report, Result<(), BatchError>) {
    let to = (&mut RowSink::Rows(on_row), None);
    into_sink(source, options, regions, watch, to)
}

/// Reads a list of phones that are not to be called. The report is of the reading: only what stopped
/// it counts.
pub fn read_excluded(
    source: &mut Source<'_>,
    options: &BatchOptions,
    regions: &Regions,
    watch: &mut dyn Watcher,
    lists: &mut ExclusionLists,
) -> (Report, Result<(), BatchError>) {
    let to = (&mut RowSink::Phones(lists), None);
    into_sink(source, options, regions, watch, to)
}

/// The sendable jobs so far, or the duplicates that the slice of the list lists.
pub(in crate::batch::run) fn seen(
    options: &BatchOptions,
    dir: Option<&Path>,
) -> io::Result<SeenJobs> {
    match &options.slice {
        Some(slice) => Ok(SeenJobs::Given(slice.doubled.clone())),
        None => SeenJobs::new(options.duplicates, dir),
    }
}

/// Checks a batch and writes bodies, rejects and a manifest. If the source could not be read to its
/// end, nothing remains. If reading, writing or the caller failed, the whole bodies and their
/// journal remain for a run that resumes.
pub fn prepare(
    source: &mut Source<'_>,
    options: &BatchOptions,
    output: &OutputOptions,
    regions: &Regions,
    watch: &mut dyn Watcher,
) -> Result<(Report, Result<(), BatchError>), OutDirRefusal> {
    let options = match options.resolved(regions) {
        Ok(resolved) => resolved,
        Err(halt) => return Ok((Report::new(options.duplicates), Err(halt))),
    };
    let mut dir = OutDir::claim(&output.dir, Replaces::of(output), SourceFile::of(output))?;
    let earlier = match output.resume {
        true => EarlierRun::read(&dir)?,
        false => None,
    };
    let resolved = RunIdentity::of(earlier.as_ref(), output.run.as_deref(), options.now);
    let asked = manifest::RunOptions {
        input_format: source.given_format(),
        encoding: source.given_encoding().map(TextEncoding::name),
        sheet: source.given_sheet().map(str::to_owned),
        ..manifest::RunOptions::of(&options, output, &resolved)?
    };
    let mark = match SourceMark::of(source, output.source.as_deref()).map_err(BatchError::from) {
        Ok(mark) => mark,
        Err(BatchError::Io(error)) => return Err(error.into()),
        Err(halt) => return Ok((Report::new(options.duplicates), Err(halt))),
    };
    let sheet = source.given_sheet().map(str::to_owned);
    let head = JournalHead::new(
        mark,
        resolved.instant,
        serde_json::to_value(&asked).map_err(io::Error::from)?,
    );
    let options = BatchOptions {
        now: Some(head.instant),
        ..options.clone()
    };
    let begun = match source.begin(&options.asked(regions, true)) {
        Ok(begun) => begun,
        Err(halt) => {
            if matches!(halt, BatchError::Source(_)) {
                dir.discard();
            }
            return Ok((Report::new(options.duplicates), Err(halt)));
        }
    };
    let (journal, note) = begin(&mut dir, &head, earlier, output.resume, watch)?;
    let seen = seen(&options, Some(&output.dir))?;
    let mut run = BatchRun::new(&options, regions, watch, seen);
    run.report.notes.extend(note);
    run.note_exclusions();
    run.report.begin(&begun);
    let wanted = output.forecast.as_ref();
    run.counts.forecast = wanted.map(|_| ForecastCounts::default());
    let to = Destination {
        dir: &dir,
        output,
        run: &resolved.run,
        sheet,
    };
    let end = fill(&to, begun, &mut run, journal);
    run.forecast_for(wanted);
    let mut report = run.report;
    report.hint_at_earlier_rounds(output.source.as_deref(), options.exclude.as_ref());
    let end = end.and_then(|bodies| {
        report.bodies = bodies;
        let text = manifest::text(asked, &report).map_err(io::Error::from)?;
        Ok(dir.keep(&text)?)
    });
    match &end {
        Err(BatchError::Source(_)) => dir.discard(),
        Err(BatchError::Io(_)) => report.notes.extend(unfinished_note(dir.left_bodies())),
        Ok(()) | Err(BatchError::Differs(_) | BatchError::Usage(_) | BatchError::List(_)) => {}
    }
    Ok((report, end))
}

/// Starts in the directory, or continues the unfinished run in it. Returns the journal, and a note
/// about the unfinished run.
fn begin(
    dir: &mut OutDir,
    head: &JournalHead,
    earlier: Option<EarlierRun>,
    resume: bool,
    watch: &mut dyn Watcher,
) -> Result<(Journal, Option<String>), OutDirRefusal> {
    if let Some(earlier) = earlier {
        earlier.head.resumable_as(head)?;
        let journal = earlier.resume(dir, || watch.tick(Progress::default()))?;
        let note = format!(
            "an unfinished run was resumed: {}",
            bodies_are_whole(journal.left().len())
        );
        return Ok((journal, Some(note)));
    }
    let left_over = dir.start_over()?;
    let note = started_over(left_over, resume);
    Ok((Journal::begin(dir, head)?, note))
}

/// The note if files of an unfinished run were removed.
pub(in crate::batch) fn started_over(left_over: usize, resume: bool) -> Option<String> {
    (left_over > 0).then(|| {
        let why_not = match resume {
            true => "its journal was lost, so it could not be resumed",
            false => "resume=True would have continued it",
        };
        let files = match left_over {
            1 => "1 file of an unfinished run was".to_owned(),
            _ => format!("{left_over} files of an unfinished run were"),
        };
        format!("{files} removed; {why_not}")
    })
}

fn bodies_are_whole(whole: usize) -> String {
    match whole {
        1 => "1 body was whole".to_owned(),
        _ => format!("{whole} bodies were whole"),
    }
}

fn unfinished_note(whole: usize) -> Option<String> {
    (whole > 0).then(|| {
        let whole = bodies_are_whole(whole);
        format!("the run is unfinished: {whole}, and resume=True continues after that")
    })
}

/// Where a run writes its files, and the name of the run.
struct Destination<'d> {
    dir: &'d OutDir,
    output: &'d OutputOptions,
    run: &'d str,
    /// The sheet that the caller named.
    sheet: Option<String>,
}

fn fill(
    to: &Destination<'_>,
    begun: OpenSource<'_>,
    run: &mut BatchRun<'_>,
    journal: Journal,
) -> Result<Vec<crate::batch::out::body::Body>, BatchError> {
    let Destination { dir, output, .. } = *to;
    let limits = BodyLimits {
        jobs: output.max_jobs,
        bytes: output.max_bytes,
    };
    let one_a_phone = run.options.duplicates == Duplicates::Job;
    let is_each = run.options.job.multiple == MultiplePhones::Each;
    let parts = is_each.then(|| RecordParts {
        table: begun.clean_table(false),
    });
    let files = Box::new(RunFiles {
        bodies: Bodies::new(
            BodyPlace::Directory(dir, journal),
            limits,
            to.run.to_owned(),
            one_a_phone,
        )?,
        rejects: dir.begin(REJECTS)?,
        table: begun
            .reject_table(is_each)
            .map(|table| RejectFile::begin(to, table, begun.info.as_ref()))
            .transpose()?,
        line: Vec::new(),
        run: to.run.to_owned(),
        parts,
    });
    let mut sink = RowSink::Files(files);
    let end = run.each_row(begun, &mut sink);
    let RowSink::Files(mut files) = sink else {
        return end.map(|()| Vec::new());
    };
    if let Err(halt) = end {
        // If the unfinished run came further, its source did not end here.
        if matches!(halt, BatchError::Source(_)) {
            files.bodies.differs()?;
        }
        return Err(halt);
    }
    // Bodies first: they show whether the source is that of the unfinished run.
    let bodies = files.bodies.finish()?;
    files.rejects.finish()?;
    if let Some(table) = files.table {
        run.report.notes.extend(table.finish()?);
    }
    Ok(bodies)
}

/// The receiver of the rows.
pub(in crate::batch::run) enum RowSink<'d> {
    None,
    Rows(&'d mut dyn FnMut(RowOutcome)),
    Decided(&'d mut OnDecided<'d>),
    Bodies(Box<Bodies<'d>>),
    Phones(&'d mut ExclusionLists),
    Files(Box<RunFiles<'d>>),
    Clean(Box<CleanFile>),
}

impl RowSink<'_> {
    /// The most bytes of a job that a body can hold.
    fn longest_job(&self) -> Option<u64> {
        match self {
            RowSink::None
            | RowSink::Rows(_)
            | RowSink::Decided(_)
            | RowSink::Phones(_)
            | RowSink::Clean(_) => None,
            RowSink::Bodies(bodies) => bodies.longest_job(),
            RowSink::Files(files) => files.bodies.longest_job(),
        }
    }

    /// Whether it wants nothing of a row but the number of its phone.
    fn takes_numbers(&self) -> bool {
        matches!(self, RowSink::Phones(lists) if lists.kind == ExcludedEntries::Phones)
    }

    /// Whether somebody besides the report may read where a row is.
    fn shows(&self, row: &JudgedRow<'_>, is_found: bool) -> bool {
        match self {
            RowSink::Rows(_) | RowSink::Decided(_) => true,
            // A body has the lines of its rows.
            RowSink::Files(_) => row.key.is_some() || is_found,
            RowSink::Bodies(_) => row.key.is_some(),
            RowSink::Clean(file) => file.needs_lines(),
            RowSink::None | RowSink::Phones(_) => false,
        }
    }
}

pub(in crate::batch::run) struct RunFiles<'d> {
    bodies: Bodies<'d>,
    rejects: PartFile,
    /// The same in the format of the source, if that is a table.
    table: Option<RejectFile>,
    /// Buffer for one line.
    line: Vec<u8>,
    /// The name of the run.
    run: String,
    /// Rewrites the phones of records that are several jobs; without it, no row is several.
    parts: Option<RecordParts>,
}

/// How rejected parts of rows are written.
#[derive(Default)]
struct RecordParts {
    /// How the records of a table are rewritten, if the source is one.
    table: Option<CleanTable>,
}

/// The reject file in the format of the source.
enum RejectFile {
    Text(Box<TableFile>),
    Sheet(Box<SheetFile>),
}

impl RejectFile {
    fn begin(
        to: &Destination<'_>,
        table: RejectTable,
        info: Option<&SourceInfo>,
    ) -> io::Result<Self> {
        let is_sheet = info.is_some_and(|info| info.detected().workbook.is_some());
        Ok(match is_sheet {
            true => {
                let sheet = SheetFile::begin(to.dir, table, to.sheet.as_deref())?;
                RejectFile::Sheet(Box::new(sheet))
            }
            false => RejectFile::Text(Box::new(TableFile::begin(to.dir, table, info)?)),
        })
    }

    fn write_record(&mut self, record: &[u8], about: (&[Finding], &FirstPlace)) -> io::Result<()> {
        match self {
            RejectFile::Text(table) => table.write_record(record, about),
            RejectFile::Sheet(sheet) => sheet.write_record(record, about),
        }
    }

    fn first_place(&self, record: &[u8]) -> Option<FirstPlace> {
        match self {
            RejectFile::Text(table) => table.first_place(record),
            RejectFile::Sheet(sheet) => sheet.first_place(record),
        }
    }

    /// Puts the file on the disk. Returns a note about rows that it lacks.
    fn finish(self) -> io::Result<Option<String>> {
        match self {
            RejectFile::Text(table) => table.finish().map(|()| None),
            RejectFile::Sheet(sheet) => sheet.finish(),
        }
    }
}

pub(in crate::batch::run) struct BatchRun<'a> {
    options: &'a BatchOptions,
    regions: &'a Regions,
    watch: &'a mut dyn Watcher,
    seen: SeenJobs,
    /// The search for duplicates, if their rows may be counted before they are found.
    late: Option<LateDuplicates>,
    /// Whether offsets in the source mean anything to its reader.
    has_offsets: bool,
    /// Whether lines do; those of a sheet are its rows.
    has_lines: bool,
    lines: LineFinder,
    /// The lines of the jobs, if messages name them.
    first_lines: Option<RowLines>,
    first_finder: LineFinder,
    /// Whether two jobs may be in one line.
    lines_are_shared: bool,
    /// Whether the lines are the rows of a sheet.
    is_sheet: bool,
    /// The numbers of the jobs that are of the same row as the job before them, in order.
    later_parts: Vec<u64>,
    pub report: Report,
    counts: SentCounts,
    /// The instant at which the jobs are judged.
    now: i64,
    /// How the rows of the reject file that is read say where they were first.
    earlier: Option<RejectTable>,
    /// The row at which the watcher is called again.
    next_tick: u64,
    /// The facts about the source, if it consists of bytes.
    info: Option<SourceInfo>,
}

impl<'a> BatchRun<'a> {
    pub fn new(
        options: &'a BatchOptions,
        regions: &'a Regions,
        watch: &'a mut dyn Watcher,
        seen: SeenJobs,
    ) -> Self {
        BatchRun {
            options,
            regions,
            watch,
            seen,
            late: None,
            has_offsets: true,
            has_lines: true,
            lines: LineFinder::default(),
            first_lines: None,
            first_finder: LineFinder::default(),
            lines_are_shared: false,
            is_sheet: false,
            later_parts: Vec::new(),
            report: Report::new(options.duplicates),
            counts: SentCounts::new(options.statistics.then(LocationCounts::default), None),
            now: options.now.unwrap_or_else(unix_now),
            earlier: None,
            next_tick: TICK,
            info: None,
        }
    }

    fn clean(&mut self, source: &mut Source<'_>, wanted: &CleanOptions) -> Result<(), BatchError> {
        let begun = source.begin(&self.options.asked(self.regions, false))?;
        self.report.begin(&begun);
        let file = CleanFile::begin(wanted, &begun)?;
        let mut sink = RowSink::Clean(Box::new(file));
        self.each_row(begun, &mut sink)?;
        if let RowSink::Clean(file) = sink {
            self.report.notes.extend(file.finish()?);
        }
        Ok(())
    }

    /// Processes every row of the source.
    pub fn each_row(
        &mut self,
        begun: OpenSource<'_>,
        sink: &mut RowSink<'_>,
    ) -> Result<(), BatchError> {
        let (format, delimiter) = (begun.format_name(), begun.delimiter());
        self.info = begun.info.clone();
        if self.report.is_second_round && self.options.exclude.is_some() {
            self.earlier = begun.reject_table(false);
        }
        let detected = self.info.as_ref().map(SourceInfo::detected);
        let is_sheet = detected.is_some_and(|detected| detected.workbook.is_some());
        self.has_lines = begun.lines_of.is_none();
        self.has_offsets = self.has_lines && !is_sheet;
        let is_named = self.options.names_lines && self.options.duplicates != Duplicates::Allow;
        self.first_lines = (is_named && self.has_lines).then(RowLines::default);
        self.lines_are_shared =
            begun.may_share_lines() || self.options.job.multiple == MultiplePhones::Each;
        self.is_sheet = is_sheet;
        let end = self.each_row_of(begun, sink);
        self.report.keep_diagnostics(self.options.max_diagnostics);
        self.report.measure_hints(&self.options.job.phone);
        // The first letter outside ASCII, which decides the encoding, may come late.
        self.report.input = Detected {
            format: Some(format),
            delimiter: delimiter.filter(|_| !is_sheet),
            ..self
                .info
                .as_ref()
                .map(SourceInfo::detected)
                .unwrap_or_default()
        };
        self.report.note_source();
        end
    }

    /// Makes the forecast of what was counted.
    fn forecast_for(&mut self, wanted: Option<&ForecastOptions>) {
        let counted = self.counts.forecast.take().zip(wanted);
        self.report.forecast = counted.map(|(counts, wanted)| {
            let context = JobContext::new(self.regions, self.now);
            counts.forecast(&context, self.now, self.options.job.night, wanted)
        });
    }

    fn each_row_of(
        &mut self,
        begun: OpenSource<'_>,
        sink: &mut RowSink<'_>,
    ) -> Result<(), BatchError> {
        let options = self.options;
        let longest = sink.longest_job().or(options.within.map(longest_job));
        let judge = RowJudge {
            options: &options.job,
            clock: JobContext::new(self.regions, self.now)
                .with_zones(options.job.zones.clone())
                .with_plans(self.counts.forecast.as_ref().map(ForecastCounts::weeks))
                .with_locations(options.statistics),
            duplicates: options.duplicates,
            preset: &options.preset,
            longest,
            row_limit: options.row_limit(),
            detail: match (&*sink, longest) {
                (RowSink::Files(_) | RowSink::Decided(_), _) => VerdictDetail::Errors,
                (RowSink::Bodies(_) | RowSink::Clean(_), _) | (_, Some(_)) => VerdictDetail::Edits,
                _ => VerdictDetail::Codes,
            },
            explains: matches!(
                sink,
                RowSink::Rows(_) | RowSink::Decided(_) | RowSink::Files(_)
            ),
            room: WordRoom::new(options.max_diagnostics),
            excluded: options.exclude.as_ref(),
            shapes: Mutex::default(),
            numbers_wanted: sink.takes_numbers(),
        };
        let end = self.take_rows(begun, &judge, sink);
        if end.is_ok() && self.report.total > 0 && options.slice.is_none() {
            let unread = judge.clock.unread_zone_names();
            let note =
                |text| format!("zones names {text:?}, but no gmtZone of the list is this text");
            self.report.notes.extend(unread.map(note));
        }
        let counts = self.counts.locations.take();
        self.report.statistics = counts.map(|counts| Statistics::of(counts, &judge.clock));
        end
    }

    fn take_rows(
        &mut self,
        begun: OpenSource<'_>,
        judge: &RowJudge<'_>,
        sink: &mut RowSink<'_>,
    ) -> Result<(), BatchError> {
        let options = self.options;
        let (threads, size) = (options.threads.get(), options.block.get());
        let (feed, text) = match begun.rows {
            RowReader::Text(feed, text) => (feed, text),
            RowReader::Records(records) => {
                let mut setter = DefaultsWriter::new(judge.preset);
                let mut take = |row: Row<'_>| {
                    let taken = self.record(&row, judge, sink);
                    taken.map(ControlFlow::Continue)
                };
                let mut set = |row: Row<'_>| setter.hand_on(row, &mut take);
                let unwrap = &mut |row: Row<'_>| rejects::unwrapped(row, &mut set);
                return records::each_row(records, judge.row_limit, unwrap);
            }
        };
        let is_one_block = feed.rest().is_some_and(|rest| rest.len() <= size);
        let threads = if is_one_block { 1 } else { threads };
        let is_late = matches!((&*sink, &self.seen), (RowSink::None, SeenJobs::Phones(_)));
        if is_late {
            let is_counted = self.counts.is_any();
            if is_counted {
                self.counts.note(self.number());
            }
            let are_noted = self.has_lines && feed.rest().is_none();
            let lines = are_noted.then(|| NotedLines::new(self.lines_are_shared));
            let wanted = (options.max_diagnostics, is_counted);
            self.late = Some(LateDuplicates::new(threads, wanted, lines));
        }
        let on_block = &mut |block: &mut JudgedBlock<'_>| self.block(block, judge, sink);
        let end = parallel::each_block(feed, &text, judge, (threads, size), on_block);
        self.settle();
        self.name_late(judge, LineOrigin::at_hand(feed));
        end
    }

    /// Finds the duplicates among the rows so far, and rejects them.
    fn settle(&mut self) {
        let end = self.number();
        if let Some(late) = &mut self.late {
            let found = late.settle(end);
            self.counts.take_back(&found.rows, end);
            let found = (found.clean, found.repaired);
            self.report.reject_late(Rule::PhoneDuplicate, found);
        }
    }

    /// Reports the first of the duplicates that were found late. The bytes of the rows begin at
    /// `origin`.
    fn name_late(&mut self, judge: &RowJudge<'_>, origin: Option<LineOrigin<'_>>) {
        let Some(late) = self.late.take() else {
            return;
        };
        let mut finder = LineFinder::default();
        let origin = origin.filter(|_| self.has_lines);
        let named = late.into_named().into_iter().map(|row| {
            let first = TakenBy::Row(self.earlier(row.first), Rule::PhoneDuplicate);
            let at_hand = origin.map(|origin| finder.line_at_hand(row.offset, &origin));
            let place = RowPlace {
                row: self.row_of(row.job),
                part: row.part,
                line: row.line.or(at_hand),
                offset: Some(row.offset).filter(|_| self.has_offsets),
            };
            Diagnostic::new(place, judge.taken(first, row.phone))
        });
        let named: Vec<Diagnostic> = named.collect();
        let most = self.options.max_diagnostics;
        self.report.keep_late_errors(most, named.into_iter());
    }

    /// A row, for messages about a later one.
    fn earlier(&self, job: u64) -> EarlierRow {
        let lines = self.first_lines.as_ref();
        EarlierRow {
            row: self.row_of(job),
            line: lines.and_then(|lines| lines.line_of(job)),
            is_of_sheet: self.is_sheet,
        }
    }

    /// How far reading was in the source's own bytes for a row at the byte `offset` of the text.
    fn bytes_read(&self, offset: Option<u64>) -> u64 {
        match &self.info {
            Some(info) if !info.detected().is_as_it_came() => info.read(),
            _ => offset.filter(|_| self.has_offsets).unwrap_or_default(),
        }
    }

    /// The number of the next job. It is that of its row, as long as no row was several jobs.
    fn number(&self) -> u64 {
        let slice = self.options.slice.as_ref();
        slice.map_or(0, |slice| slice.first_row) + self.report.total
    }

    /// The number of the row of a job.
    fn row_of(&self, job: u64) -> u64 {
        job - self.later_parts.partition_point(|later| *later <= job) as u64
    }

    /// Takes a row that comes by itself.
    fn record(
        &mut self,
        row: &Row<'_>,
        judge: &RowJudge<'_>,
        sink: &mut RowSink<'_>,
    ) -> Result<(), BatchError> {
        let mut buffer = JudgeBuffer::default();
        judge.rule(row, &mut buffer);
        self.report.is_second_round |= row.first.is_some();
        let Some(parts) = judge.parts(row, &buffer.verdict) else {
            return self.judged_record(row, &mut buffer, judge, sink);
        };
        let mut done = Ok(());
        parts.each(row, |part| {
            if done.is_ok() {
                judge.rule(part, &mut buffer);
                done = self.judged_record(part, &mut buffer, judge, sink);
            }
        });
        done
    }

    fn judged_record(
        &mut self,
        row: &Row<'_>,
        buffer: &mut JudgeBuffer,
        judge: &RowJudge<'_>,
        sink: &mut RowSink<'_>,
    ) -> Result<(), BatchError> {
        let most = self.options.max_diagnostics;
        let mut codes = buffer.verdict.codes.iter();
        if buffer.verdict.lacks_words() && codes.any(|code| self.report.has_room(*code, most)) {
            judge.rule_in_words(row, buffer);
        }
        let rejected = judge.rejected_phone(&buffer.verdict);
        let row = buffer.judged(row);
        let (number, offset) = (self.number(), row.offset);
        self.later_parts.extend(row.goes_on().then_some(number));
        let job = row.key.iter().map(|key| DuplicateCandidate {
            row: number,
            phone: key.phone,
            digest: key.digest.as_ref(),
            text: row.text,
        });
        self.report.sample_sent(job.clone().map(|job| job.text));
        let mut taken = self.taken(&|| job.clone())?;
        taken.extend(self.listed(rejected.map(|phone| (number, phone)).into_iter()));
        self.row(row, taken.first().map(|(_, by)| *by), judge, sink)?;
        self.tick(offset)
    }

    /// Takes the rows of a block.
    fn block(
        &mut self,
        block: &mut JudgedBlock<'_>,
        judge: &RowJudge<'_>,
        sink: &mut RowSink<'_>,
    ) -> Result<(), BatchError> {
        if sink.takes_numbers()
            && let RowSink::Phones(lists) = sink
        {
            return self.excluded_block(block, judge, lists);
        }
        let number = self.number();
        self.report.is_second_round |= block.has_rejects();
        if self.options.job.multiple == MultiplePhones::Each {
            self.later_parts.extend(block.later_parts(number));
        }
        if let Some(lines) = &mut self.first_lines {
            block.note_lines(number, self.lines_are_shared, lines, &mut self.first_finder);
        }
        let jobs = block.candidates(number).map(|job| job.text);
        self.report.sample_sent(jobs);
        let mut taken = match self.late.is_some() {
            true => self.add_late(block, number),
            false => self.taken(&|| block.candidates(number))?,
        };
        // Who corrects the other faults should know that it is in vain.
        let rejected = self.listed(block.rejected_phones(number));
        if !rejected.is_empty() {
            taken.extend(rejected);
            taken.sort_by_key(|(row, _)| *row);
        }
        let mut taken = taken.into_iter().peekable();
        let offset = block.last_offset();
        let mut headers = block.take_headers().into_iter().peekable();
        let mut rows = block.rows();
        loop {
            if matches!(sink, RowSink::None) {
                let next = taken.peek().map_or(u64::MAX, |(row, _)| *row);
                let (passed, locations) = rows.pass_clean(next - self.number());
                self.counts.add_clean(passed, locations);
                self.report.add_clean(passed);
                if self.number() != next
                    && let Some(offset) = self.pass(&mut rows)
                {
                    self.tick(Some(offset))?;
                    continue;
                }
            }
            let Some(mut row) = rows.next() else { break };
            let (number, offset) = (self.number(), row.offset);
            let taken_by = taken.next_if(|(row, _)| *row == number);
            let taken_by = taken_by.map(|(_, by)| by);
            if self.has_lines && self.shows(sink, &row, taken_by) {
                self.note_headers(&mut headers, offset, &rows);
                let lines = &mut self.lines;
                row.line = offset.map(|offset| rows.line_of(offset, lines));
            }
            self.row(row, taken_by, judge, sink)?;
            self.tick(offset)?;
        }
        self.note_headers(&mut headers, None, &rows);
        // A block may have few long rows.
        self.look(offset)
    }

    /// Adds the rows of a block to those among which duplicates are found later; answers which rows
    /// can't be sent anyway.
    fn add_late(&mut self, block: &JudgedBlock<'_>, number: u64) -> Vec<(u64, TakenBy)> {
        // Before the block, because only rows that were counted can be rejected.
        let is_full = self.late.as_ref().is_some_and(LateDuplicates::is_full);
        if is_full || self.counts.is_full() {
            self.settle();
        }
        let taken = self.listed(phones_of(block.candidates(number)));
        if let Some(late) = &mut self.late {
            let is_traced = late.traces(self.report.kept_errors());
            late.add(block, number, &taken, is_traced);
        }
        taken
    }

    /// Takes the phones of a block, of which nothing else is wanted.
    fn excluded_block(
        &mut self,
        block: &JudgedBlock<'_>,
        judge: &RowJudge<'_>,
        lists: &mut ExclusionLists,
    ) -> Result<(), BatchError> {
        let (numbers, phones) = (block.numbers(), block.phones());
        self.report.total += (numbers.len() + phones.len()) as u64;
        numbers.iter().for_each(|number| lists.add(Some(*number)));
        for (phone, text) in phones {
            match phone > 0 && may_be_one(phone) {
                true => lists.add(Some(phone)),
                false => lists.add_readings(&judge.excluded_phones_of(text)),
            }
        }
        self.look(Some(block.block.offset))
    }

    /// Whether somebody may read where a row is. Its line is counted then.
    fn shows(&self, sink: &RowSink<'_>, row: &JudgedRow<'_>, taken_by: Option<TakenBy>) -> bool {
        let codes = row.codes.iter().copied();
        let mut codes = codes.chain(taken_by.map(TakenBy::code));
        let is_found = row.findings.is_some() || !row.codes.is_empty() || taken_by.is_some();
        let most = self.options.max_diagnostics;
        sink.shows(row, is_found) || codes.any(|code| self.report.has_room(code, most))
    }

    /// Notes the records before a row that repeat the header: lines are found in order.
    fn note_headers(
        &mut self,
        headers: &mut Peekable<impl Iterator<Item = u64>>,
        row: Option<u64>,
        rows: &BlockRows<'_>,
    ) {
        while let Some(header) = headers.next_if(|header| row.is_none_or(|row| *header < row)) {
            let layout = self.report.layout.get_or_insert_default();
            layout.add_repeated_header(|| rows.line_of(header, &mut self.lines));
        }
    }

    /// Takes the next row by its codes alone, if that is enough; answers where it begins.
    fn pass(&mut self, rows: &mut BlockRows<'_>) -> Option<u64> {
        let most = self.options.max_diagnostics;
        let report = &mut self.report;
        let passed = rows.pass(|standing, codes| report.add_codes(standing, codes, most))?;
        match passed.is_sent {
            true => self.counts.add_sent(passed.location, passed.plan),
            false => self.counts.add_rejected(passed.codes),
        }
        Some(passed.offset)
    }

    /// Finds which of some sendable jobs an earlier row or an excluded list has: their rows, in order.
    fn taken<'t, I: Iterator<Item = DuplicateCandidate<'t>> + Clone>(
        &mut self,
        jobs: &dyn Fn() -> I,
    ) -> io::Result<Vec<(u64, TakenBy)>> {
        let rule = self
            .options
            .duplicates
            .rule()
            .unwrap_or(Rule::PhoneDuplicate);
        let doubled = self.seen.doubled(jobs())?.into_iter();
        let doubled = doubled.map(|(job, first)| (job, TakenBy::Row(self.earlier(first), rule)));
        // Every row of an excluded phone is rejected for that, the first one too.
        let mut taken = self.listed(phones_of(jobs()));
        let has_listed = !taken.is_empty();
        taken.extend(doubled);
        if has_listed {
            taken.sort_by_key(|(row, _)| *row);
            taken.dedup_by_key(|(row, _)| *row);
        }
        Ok(taken)
    }

    /// Finds which of some rows, each with its phone, an excluded list has, in order.
    fn listed(&self, phones: impl Iterator<Item = (u64, u64)> + Clone) -> Vec<(u64, TakenBy)> {
        let Some(excluded) = &self.options.exclude else {
            return Vec::new();
        };
        let listed = excluded.listed(phones).into_iter();
        listed
            .map(|(row, list)| (row, TakenBy::List(list)))
            .collect()
    }

    pub fn note_exclusions(&mut self) {
        let notes = self
            .options
            .exclude
            .iter()
            .flat_map(|excluded| excluded.notes());
        self.report.notes.extend(notes);
    }

    /// Reports the progress from time to time.
    fn tick(&mut self, offset: Option<u64>) -> Result<(), BatchError> {
        match self.report.total < self.next_tick {
            true => Ok(()),
            false => self.look(offset),
        }
    }

    fn look(&mut self, offset: Option<u64>) -> Result<(), BatchError> {
        self.next_tick = self.report.total + TICK;
        let progress = Progress {
            rows: self.report.total,
            bytes: self.bytes_read(offset),
            rejected: self.report.rejected,
        };
        Ok(self.watch.tick(progress)?)
    }

    /// A duplicate of the run before stays one: its first row was sent then.
    fn as_before(&self, taken_by: TakenBy, row: &JudgedRow<'_>) -> TakenBy {
        let TakenBy::List(list) = taken_by else {
            return taken_by;
        };
        let of_record = || self.earlier.as_ref()?.first_place(row.record?);
        let was_duplicate = match &row.first {
            Some(first) => first.was_duplicate,
            None => of_record().is_some_and(|first| first.was_duplicate),
        };
        match was_duplicate && self.options.duplicates == Duplicates::Phone {
            true => TakenBy::SentBefore(list),
            false => taken_by,
        }
    }

    /// Notes the run in which a row was rejected first, if its phones are not among those that are
    /// excluded.
    fn note_first_run(&mut self, row: &JudgedRow<'_>) {
        let Some(excluded) = self.options.exclude.as_ref() else {
            return;
        };
        if !self.report.is_second_round || self.report.unknown_run.is_some() {
            return;
        }
        let of_record = || self.earlier.as_ref()?.first_place(row.record?);
        let run = match &row.first {
            Some(first) => Some(first.run.clone()),
            None => of_record().map(|first| first.run),
        };
        let is_unknown = |run: &String| excluded.runs().iter().all(|known| known.run != *run);
        self.report.unknown_run = run.filter(|run| !run.is_empty()).filter(is_unknown);
    }

    /// Makes the decisions that depend on other rows, and hands the row to its receiver. `taken_by` is
    /// what has the same job already, if anything has.
    fn row(
        &mut self,
        mut row: JudgedRow<'_>,
        taken_by: Option<TakenBy>,
        judge: &RowJudge<'_>,
        sink: &mut RowSink<'_>,
    ) -> Result<(), BatchError> {
        let number = self.row_of(self.number());
        row.offset = row.offset.filter(|_| self.has_offsets);
        let taken_by = taken_by.map(|taken_by| self.as_before(taken_by, &row));
        if let Some(key) = &row.key {
            if taken_by.is_none() {
                self.counts.add_sent(row.location, row.plan.take());
            }
            match (taken_by, &mut *sink) {
                (Some(taken_by), _) => row.reject(taken_by),
                (None, RowSink::Files(files)) => {
                    files.bodies.add(Sendable::of(number, key, &row))?;
                }
                (None, RowSink::Bodies(bodies)) => bodies.add(Sendable::of(number, key, &row))?,
                (
                    None,
                    RowSink::None
                    | RowSink::Rows(_)
                    | RowSink::Decided(_)
                    | RowSink::Phones(_)
                    | RowSink::Clean(_),
                ) => {}
            }
        }
        if let (Some(taken_by), None) = (taken_by, &row.key) {
            row.reject(taken_by);
        }
        if let RowSink::Files(_) = sink {
            self.note_first_run(&row);
        }
        if row.standing == Standing::Rejected {
            self.counts.add_rejected(row.codes);
        }
        let made = row.findings.take();
        let words = RowWords::new(|| judge.words(&row, made));
        match sink {
            RowSink::Files(files) if row.standing == Standing::Rejected => {
                files.reject(number, &row, words.get())?
            }
            RowSink::Rows(take) => {
                take(RowOutcome::of(number, &row, judge.options, || words.get()))
            }
            RowSink::Decided(take) => take(DecidedRow::of(number, &row, words.get(), || {
                judge.phone_of(row.text)
            }))?,
            RowSink::Phones(lists) => match (lists.kind, &row.key) {
                (ExcludedEntries::Bodies, _) => lists.add(sent_phone(row.text)),
                (ExcludedEntries::Phones, Some(key)) if may_be_one(key.phone) => {
                    lists.add(Some(key.phone));
                }
                (ExcludedEntries::Phones, _) => {
                    lists.add_readings(&judge.excluded_phones_of(row.text));
                }
                (ExcludedEntries::Rejects, _) => {
                    let first = row.first.as_ref();
                    if let Some(text) = first.and_then(|first| first.taken_phone.as_deref()) {
                        lists.add(judge.number_of(text));
                    }
                }
            },
            RowSink::Clean(file) => {
                let is_itself = |digits: &str| judge.is_number_in(row.region, digits);
                file.row(number, &row, (is_itself, || words.get()))?;
            }
            RowSink::Files(_) | RowSink::Bodies(_) | RowSink::None => {}
        }
        let kept = self.options.max_diagnostics;
        self.report.add(number, &row, kept, || words.take());
        Ok(())
    }
}

/// The row and the phone of each of some jobs.
fn phones_of<'t>(
    jobs: impl Iterator<Item = DuplicateCandidate<'t>> + Clone,
) -> impl Iterator<Item = (u64, u64)> + Clone {
    jobs.map(|job| (job.row, job.phone))
}

/// The words about a row, made when they are first asked for.
struct RowWords<F> {
    make: Cell<Option<F>>,
    made: OnceCell<Vec<Finding>>,
}

impl<F: FnOnce() -> Vec<Finding>> RowWords<F> {
    fn new(make: F) -> Self {
        RowWords {
            make: Cell::new(Some(make)),
            made: OnceCell::new(),
        }
    }

    fn get(&self) -> &[Finding] {
        let make = || self.make.take().map_or_else(Vec::new, |make| make());
        self.made.get_or_init(make)
    }

    fn take(self) -> Vec<Finding> {
        self.get();
        self.made.into_inner().unwrap_or_default()
    }
}

impl RowOutcome {
    fn of<'w>(
        number: u64,
        row: &JudgedRow<'_>,
        options: &JobOptions,
        words: impl FnOnce() -> &'w [Finding],
    ) -> RowOutcome {
        let mut outcome = RowOutcome {
            standing: row.standing,
            rejected_for: None,
            found: Vec::new(),
            sent_as_suggested: Vec::new(),
        };
        // A reader of the value alone does not know the region.
        if let (Some(_), Some(key)) = (row.region, &row.key)
            && row.standing != Standing::Rejected
        {
            let phone = KnownField::Phone.name().into();
            outcome.sent_as_suggested = vec![(phone, key.phone.to_string())];
        }
        // What a reader of the value alone would not write.
        let is_chosen = |severity: Severity, rule: Rule| match (severity, rule) {
            (Severity::Suggested, _) | (Severity::Repair, Rule::PhoneMultiple) => true,
            (Severity::Repair, Rule::ZoneFormat) => options.zones.is_some(),
            _ => false,
        };
        let is_suggested = |code: FindingCode| is_chosen(code.severity, code.rule);
        match row.standing {
            Standing::Rejected => {
                let found = words().iter();
                let diagnostic =
                    |finding: &Finding| Diagnostic::new(row.place(number), finding.clone());
                outcome.found = found.map(diagnostic).collect();
                let mut found = outcome.found.iter();
                let error = found.find(|found| found.severity() == Severity::Error);
                outcome.rejected_for = error.map(|error| (error.rule(), error.message()));
            }
            Standing::Repaired if row.all_codes().any(is_suggested) => {
                let suggested = words()
                    .iter()
                    .filter(|found| is_chosen(found.severity, found.fault.rule));
                let chosen = suggested
                    .filter_map(|found| found.field.clone().zip(found.fault.suggestion.clone()));
                outcome.sent_as_suggested.extend(chosen);
            }
            Standing::Clean | Standing::Repaired => {}
        }
        outcome
    }
}

impl RecordParts {
    /// The record of a row, with the phone of its part alone if it is several jobs.
    fn record_of<'r>(&self, record: &'r [u8], row: &JudgedRow<'_>) -> Cow<'r, [u8]> {
        match (&self.table, row.part) {
            (Some(table), Some(_)) => Cow::Owned(table.with_values(record, &phone_in(row.text))),
            _ => Cow::Borrowed(record),
        }
    }
}

/// Rows up to this size are written in one piece.
const SHORT: usize = 1 << 16;

impl RunFiles<'_> {
    fn reject(&mut self, number: u64, row: &JudgedRow<'_>, findings: &[Finding]) -> io::Result<()> {
        let first = self.first_place(number, row);
        let about = (findings, &first);
        let has_parts = self.parts.is_some();
        if row.text.len() > SHORT {
            rejects::write_line((number, has_parts), row, about, &mut self.rejects)?;
        } else {
            self.line.clear();
            rejects::write_line((number, has_parts), row, about, &mut self.line)?;
            self.rejects.write_all(&self.line)?;
        }
        match (&mut self.table, row.record) {
            (Some(table), Some(record)) => {
                let record = match &self.parts {
                    Some(parts) => parts.record_of(record, row),
                    None => Cow::Borrowed(record),
                };
                table.write_record(&record, about)
            }
            _ => Ok(()),
        }
    }

    /// Where a row was in the list that was prepared first: in this one, unless the row says otherwise.
    fn first_place(&self, number: u64, row: &JudgedRow<'_>) -> FirstPlace {
        let of_record = || self.table.as_ref()?.first_place(row.record?);
        let said = row.first.as_deref().cloned().or_else(of_record);
        // A row that is several jobs only now has no parts in the first list.
        let said = said.map(|first| FirstPlace {
            part: first.part.or(row.part),
            ..first
        });
        said.unwrap_or_else(|| FirstPlace {
            row: number,
            line: row.line,
            part: row.part,
            run: self.run.clone(),
            was_duplicate: false,
            taken_phone: None,
        })
    }
}
