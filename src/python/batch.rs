//! Batches: `check` and `prepare` for Python, and the exceptions that end one early.

use std::io::{self, ErrorKind};
use std::path::PathBuf;

use pyo3::exceptions::{PyBlockingIOError, PyFileExistsError, PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::errors::{raised, refused_list};
use super::exclusions::PyExclusions;
use super::options::{PyOptions, PyOutput};
use super::report::PyReport;
use super::source::{ExcludeFileSource, Given, PyWatch, SourceOptions};
use crate::batch::{
    self, BatchError, CleanOptions, ForecastOptions, OutDirRefusal, SourceFailure, Watcher,
};
use crate::columns::read_excluded_table;
use crate::phone::Level;
use crate::zone::Regions;

/// Why a source could not be read further: message, line, column, offset.
pub(super) type FailureFields = (String, u64, u64, u64);

pub(super) fn ended(end: Result<(), BatchError>) -> PyResult<Option<FailureFields>> {
    match end {
        Ok(()) => Ok(None),
        Err(BatchError::Source(SourceFailure {
            message,
            offset,
            line,
            column,
        })) => Ok(Some((message, line, column, offset))),
        Err(BatchError::Differs(why) | BatchError::Usage(why)) => Err(PyValueError::new_err(why)),
        Err(BatchError::List(why)) => Err(refused_list(&why)),
        Err(BatchError::Io(error)) => Err(raised(error)),
    }
}

/// The failure of a run with the notes of its report (PEP 678).
fn noted(py: Python<'_>, failure: PyErr, notes: &[String]) -> PyErr {
    for note in notes {
        if let Err(other) = failure.value(py).call_method1("add_note", (note,)) {
            return other;
        }
    }
    failure
}

/// Checks a batch. Returns the report, and the failure that ended the source early.
#[pyfunction]
pub fn check_batch(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    named: &str,
    options: &Bound<'_, PyDict>,
    progress: Option<Py<PyAny>>,
) -> PyResult<(PyReport, Option<FailureFields>)> {
    let options = PyOptions::read(options)?;
    let core = options.core()?;
    let given = Given::of(source, &core)?;
    let said = SourceOptions::of(&options, &core, named);
    let regions: &Regions = super::zones::regions(py)?;
    let mut watch = PyWatch::new(progress);
    let (report, end) = py.detach(|| {
        given.run(&said, |source| {
            batch::check(source, &core, regions, &mut watch)
        })
    });
    Ok((PyReport::new(py, report, None)?, ended(end)?))
}

/// A forecast: the beginning of the first hour, the jobs of each hour and of each hour of the week by
/// their own clocks, the counts, and when the queue is through with how many jobs were missed.
type ForecastFields = (
    i64,
    (Vec<u64>, Vec<u64>),
    (u64, u64, u64, u64, u64),
    Option<(Option<i64>, u64)>,
);

fn forecast_fields(found: batch::Forecast) -> ForecastFields {
    let batch::Forecast {
        jobs,
        free,
        never,
        expired,
        ..
    } = found;
    let counts = (jobs, free, never, expired, found.night_only);
    let queue = found.queue.map(|queue| (queue.done, queue.missed));
    (found.begin, (found.hours, found.local_week), counts, queue)
}

/// Checks a batch, and forecasts when its jobs may ring. Returns the report, the failure that ended
/// the source early, and the forecast.
#[pyfunction]
pub fn forecast_batch(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    named: &str,
    options: &Bound<'_, PyDict>,
    wanted: (u32, Option<(u32, u64)>),
    progress: Option<Py<PyAny>>,
) -> PyResult<(PyReport, Option<FailureFields>, ForecastFields)> {
    let options = PyOptions::read(options)?;
    let core = options.core()?;
    let given = Given::of(source, &core)?;
    let said = SourceOptions::of(&options, &core, named);
    let regions: &Regions = super::zones::regions(py)?;
    let (days, queue) = wanted;
    let wanted = ForecastOptions { days, queue };
    let mut watch = PyWatch::new(progress);
    let (mut report, end) = py.detach(|| {
        given.run(&said, |source| {
            batch::forecast(source, &core, &wanted, regions, &mut watch)
        })
    });
    let fields = forecast_fields(report.forecast.take().unwrap_or_default());
    Ok((PyReport::new(py, report, None)?, ended(end)?, fields))
}

/// Reads one more list of phones that are not to be called. `listed` has what messages call it, and
/// what its entries are: `phones`, the `bodies` of an earlier run, or its `rejects`; and of a directory
/// the name of its run and the SHA-256 of its manifest. Returns the report of the reading, and the
/// failure that ended the source early.
#[pyfunction]
pub(crate) fn read_excluded(
    py: Python<'_>,
    exclusions: &Bound<'_, PyExclusions>,
    source: &Bound<'_, PyAny>,
    named: &str,
    listed: (String, String, Option<(String, String)>),
    options: &Bound<'_, PyDict>,
    progress: Option<Py<PyAny>>,
) -> PyResult<(PyReport, Option<FailureFields>)> {
    let (name, entries, run) = listed;
    let run = run.map(|(run, manifest_sha256)| batch::ListedRun {
        run,
        manifest_sha256,
    });
    let kind = batch::ExcludedEntries::from_name(&entries)
        .ok_or_else(|| PyValueError::new_err("entries: phones, bodies or rejects"))?;
    let options = PyOptions::read(options)?;
    let mut core = options.core()?;
    // A number is excluded, even if nobody can have it.
    core.job.phone.level = Level::E164;
    core.max_diagnostics = 0;
    core.table.purpose = batch::ListPurpose::Exclusion;
    let mut given = Given::of(source, &core)?;
    let said = SourceOptions::of(&options, &core, named);
    let regions: &Regions = super::zones::regions(py)?;
    let mut watch = PyWatch::new(progress);
    let exclusions = exclusions.get();
    let (report, end) = py.detach(|| {
        let mut lists = exclusions.lists();
        let begun = lists.begin(&name, kind, run);
        begun.map_err(PyValueError::new_err)?;
        if let Some(table) = given.column_of_phones() {
            let read = read_excluded_table(table, &core, regions, &mut watch, &mut lists);
            return Ok(read);
        }
        PyResult::Ok(given.run(&said, |source| {
            batch::read_excluded(source, &core, regions, &mut watch, &mut lists)
        }))
    })?;
    Ok((PyReport::new(py, report, None)?, ended(end)?))
}

/// Makes the table of the excluded lists, on as many threads as the options of a batch have. No list
/// is added after that.
#[pyfunction]
pub(crate) fn finish_excluded(
    py: Python<'_>,
    exclusions: &Bound<'_, PyExclusions>,
    options: &Bound<'_, PyDict>,
) -> PyResult<()> {
    let threads = PyOptions::read(options)?.core()?.threads.get();
    let mut watch = PyWatch::new(None);
    let on_part = &mut || watch.tick(batch::Progress::default());
    let exclusions = exclusions.get();
    py.detach(|| exclusions.finish(threads, on_part))
        .map_err(raised)
}

/// Adds a file of excluded phones as one more list of this name: as a table of its own, or with
/// `merge` phone by phone. `source` is its path, its bytes or a binary file.
#[pyfunction]
pub(crate) fn open_excluded(
    py: Python<'_>,
    exclusions: &Bound<'_, PyExclusions>,
    source: &Bound<'_, PyAny>,
    name: &str,
    merge: bool,
    progress: Option<Py<PyAny>>,
) -> PyResult<()> {
    let given = ExcludeFileSource::of(source)?;
    let mut watch = PyWatch::new(progress);
    let on_piece = &mut |bytes| {
        watch.tick(batch::Progress {
            bytes,
            ..batch::Progress::default()
        })
    };
    let exclusions = exclusions.get();
    py.detach(|| {
        let file = given.read(on_piece).map_err(unreadable)?;
        let mut lists = exclusions.lists();
        let kind = batch::ExcludedEntries::Phones;
        let begun = lists.begin(name, kind, None);
        begun.map_err(PyValueError::new_err)?;
        match merge {
            true => lists.merge_file(&file),
            false => lists.add_file(file),
        }
        Ok(())
    })
}

/// What is wrong with a file of excluded phones is said as a ValueError.
fn unreadable(error: io::Error) -> PyErr {
    match (error.kind(), error.raw_os_error()) {
        (ErrorKind::InvalidData, None) => PyValueError::new_err(error.to_string()),
        _ => raised(error),
    }
}

/// Writes the lists, which were read by these options, as one file of excluded phones. Returns how many
/// different phones it has, how many entries were phones, and notes about the others.
#[pyfunction]
pub(crate) fn write_excluded(
    py: Python<'_>,
    exclusions: &Bound<'_, PyExclusions>,
    path: PathBuf,
    overwrite: bool,
    options: &Bound<'_, PyDict>,
) -> PyResult<(u64, u64, Vec<String>)> {
    let core = PyOptions::read(options)?.core()?;
    let (threads, phones) = (core.threads.get(), core.job.phone);
    let mut watch = PyWatch::new(None);
    let on_part = &mut || watch.tick(batch::Progress::default());
    let reading = batch::ExcludeReading {
        region: phones.region.map(|region| region.code().to_owned()),
        prefer: phones.prefer.map(|prefer| prefer.name().to_owned()),
        plan: crate::phone::plan::VERSION.to_owned(),
    };
    let lists = exclusions.get().take();
    let notes = lists.notes();
    let file = py.detach(|| -> io::Result<batch::ExcludeFile> {
        let file = lists.into_file(reading, threads, on_part)?;
        batch::write_exclude_file(&file, &path, overwrite)?;
        Ok(file)
    });
    let facts = match file {
        Ok(file) => file.facts,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let why = "the file exists; overwrite=True replaces it";
            return Err(PyFileExistsError::new_err((17, why, path.into_os_string())));
        }
        Err(error) => return Err(raised(error)),
    };
    let entries = facts.lists.iter().map(|list| list.phones).sum();
    Ok((facts.phones, entries, notes))
}

/// Prepares a batch, and forecasts as many `days` of its jobs as are asked for. Returns the report, the
/// failure that ended the source early, and the forecast.
#[pyfunction]
pub fn prepare_batch(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    named: &str,
    options: &Bound<'_, PyDict>,
    output: &Bound<'_, PyDict>,
    days: Option<u32>,
    progress: Option<Py<PyAny>>,
) -> PyResult<(PyReport, Option<FailureFields>, Option<ForecastFields>)> {
    let options = PyOptions::read(options)?;
    let core = options.core()?;
    let given = Given::of(source, &core)?;
    let said = SourceOptions::of(&options, &core, named);
    let output = batch::OutputOptions {
        forecast: days.map(|days| ForecastOptions { days, queue: None }),
        ..PyOutput::read(output)?.core()
    };
    let regions: &Regions = super::zones::regions(py)?;
    let mut watch = PyWatch::new(progress);
    let prepared = py.detach(|| {
        given.run(&said, |source| {
            batch::prepare(source, &core, &output, regions, &mut watch)
        })
    });
    match prepared {
        Ok((mut report, end)) => {
            let failure = ended(end).map_err(|error| noted(py, error, &report.notes))?;
            let fields = report.forecast.take().map(forecast_fields);
            let report = PyReport::new(py, report, Some(&output.dir))?;
            Ok((report, failure, fields))
        }
        Err(refusal) => Err(refused(refusal)),
    }
}

/// Checks a batch, and writes it again to a file. Returns the report, and the failure that ended the
/// source early.
#[pyfunction]
pub fn clean_batch(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    named: &str,
    options: &Bound<'_, PyDict>,
    output: (PathBuf, bool, bool),
    progress: Option<Py<PyAny>>,
) -> PyResult<(PyReport, Option<FailureFields>)> {
    let options = PyOptions::read(options)?;
    let core = options.core()?;
    let given = Given::of(source, &core)?;
    let said = SourceOptions::of(&options, &core, named);
    let regions: &Regions = super::zones::regions(py)?;
    let mut watch = PyWatch::new(progress);
    let (path, keep, overwrite) = output;
    let taken = path.clone();
    let (report, end) = py.detach(|| {
        given.run(&said, |source| {
            let wanted = CleanOptions {
                path,
                keep,
                overwrite,
                sheet: source.given_sheet().map(str::to_owned),
            };
            batch::clean(source, &core, &wanted, regions, &mut watch)
        })
    });
    let end = match end {
        Err(BatchError::Io(error)) if error.kind() == ErrorKind::AlreadyExists => {
            let why = "the file exists; overwrite=True replaces it";
            return Err(PyFileExistsError::new_err((
                17,
                why,
                taken.into_os_string(),
            )));
        }
        end => end,
    };
    Ok((PyReport::new(py, report, None)?, ended(end)?))
}

pub(super) fn refused(refusal: OutDirRefusal) -> PyErr {
    match refusal {
        OutDirRefusal::Io(error) => raised(error),
        OutDirRefusal::Differs(why) | OutDirRefusal::Usage(why) => PyValueError::new_err(why),
        OutDirRefusal::Link(path) => PyOSError::new_err((
            40,
            "it is a symbolic link, and predial writes to its own directory alone; remove the link",
            path.into_os_string(),
        )),
        OutDirRefusal::Source => PyValueError::new_err(
            "the source is a file of the directory that it would be prepared into; choose another",
        ),
        OutDirRefusal::Busy(dir) => PyBlockingIOError::new_err((
            11,
            "another run is at work in the directory",
            dir.into_os_string(),
        )),
        OutDirRefusal::Sent(journal) => PyFileExistsError::new_err((
            17,
            "the directory holds the journal of what was sent, so preparing it anew could call people \
             twice; choose another directory, or forget_sent=True removes the journal",
            journal.into_os_string(),
        )),
        OutDirRefusal::Prepared(manifest) => PyFileExistsError::new_err((
            17,
            "the directory holds the manifest of an earlier run, whose bodies may have been sent; \
             overwrite=True removes them",
            manifest.into_os_string(),
        )),
    }
}
