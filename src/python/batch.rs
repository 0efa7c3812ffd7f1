//! Batches: Python's sources, options and errors on one side, the core's on the other.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use pyo3::exceptions::{
    PyBlockingIOError, PyFileExistsError, PyOSError, PyTypeError, PyValueError,
};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyDict, PyList, PyString};

use super::arrow;
use crate::batch::{
    self, ArrowLines, Detected, Duplicates, Encodings, Feed, Format, Halt, PathError, Preset,
    Progress, ReaderFeed, Record, Records, Refusal, RegularFile, SliceFeed, Source, SourceFailure,
    TableOptions, TextEncoding, Told, Watch,
};
use crate::zone::Regions;
use crate::{Fault, Rule, job};

/// One rule met at one field of one row.
#[pyclass(frozen, eq, get_all, module = "predial")]
#[derive(Clone, PartialEq)]
pub struct Diagnostic {
    row: u64,
    field: Option<String>,
    rule: &'static str,
    severity: &'static str,
    message: String,
    value: Option<String>,
    suggestion: Option<String>,
    offset: Option<u64>,
}

#[pymethods]
impl Diagnostic {
    fn __repr__(&self) -> String {
        let field = match &self.field {
            Some(field) => format!("{field:?}"),
            None => "None".to_owned(),
        };
        let (row, rule, severity) = (self.row, self.rule, self.severity);
        format!("Diagnostic(row={row}, field={field}, rule={rule:?}, severity={severity:?})")
    }
}

impl From<batch::Diagnostic> for Diagnostic {
    fn from(told: batch::Diagnostic) -> Self {
        Diagnostic {
            row: told.row,
            field: told.field,
            rule: told.rule.name(),
            severity: told.severity.name(),
            message: told.message,
            value: told.value,
            suggestion: told.suggestion,
            offset: told.offset,
        }
    }
}

/// One request body that was written; as a path it is its file.
#[pyclass(frozen, eq, get_all, module = "predial")]
#[derive(Clone, PartialEq)]
pub struct Body {
    path: PathBuf,
    jobs: u64,
    bytes: u64,
    rows: Vec<(u64, u64)>,
    sha256: String,
    idempotence_key: String,
}

#[pymethods]
impl Body {
    fn __fspath__(&self) -> OsString {
        self.path.clone().into_os_string()
    }

    fn __repr__(&self) -> String {
        format!("Body({:?}, jobs={})", self.path, self.jobs)
    }
}

/// What a batch came to.
#[pyclass(frozen, module = "predial")]
pub struct Report {
    #[pyo3(get)]
    total: u64,
    #[pyo3(get)]
    clean: u64,
    #[pyo3(get)]
    repaired: u64,
    #[pyo3(get)]
    rejected: u64,
    #[pyo3(get)]
    warned: u64,
    #[pyo3(get)]
    counts: Py<PyDict>,
    #[pyo3(get)]
    diagnostics: Py<PyList>,
    #[pyo3(get)]
    duplicates: &'static str,
    #[pyo3(get)]
    input: Py<PyDict>,
    #[pyo3(get)]
    mapping: Option<Mapping>,
    #[pyo3(get)]
    bodies: Py<PyList>,
    #[pyo3(get)]
    notes: Vec<String>,
}

#[pymethods]
impl Report {
    fn __repr__(&self) -> String {
        format!(
            "Report(total={}, clean={}, repaired={}, rejected={}, warned={})",
            self.total, self.clean, self.repaired, self.rejected, self.warned
        )
    }
}

impl Report {
    pub(super) fn new(
        py: Python<'_>,
        report: batch::Report,
        out: Option<&PathBuf>,
    ) -> PyResult<Self> {
        let counts = PyDict::new(py);
        for (rule, count) in report.counts() {
            counts.set_item(rule.name(), count)?;
        }
        let diagnostics: Vec<Diagnostic> = report.diagnostics.into_iter().map(Into::into).collect();
        let placed = |body: batch::Body| Body {
            path: out.cloned().unwrap_or_default().join(body.file),
            jobs: body.jobs,
            bytes: body.bytes,
            rows: body.rows.into_iter().map(Into::into).collect(),
            sha256: body.sha256,
            idempotence_key: body.idempotence_key,
        };
        let bodies: Vec<Body> = report.bodies.into_iter().map(placed).collect();
        Ok(Report {
            total: report.total,
            clean: report.clean,
            repaired: report.repaired,
            rejected: report.rejected,
            warned: report.warned,
            counts: counts.unbind(),
            diagnostics: PyList::new(py, diagnostics)?.unbind(),
            duplicates: report.duplicates.name(),
            input: input(py, &report.input)?.unbind(),
            mapping: report.mapping.map(mapping),
            bodies: PyList::new(py, bodies)?.unbind(),
            notes: report.notes,
        })
    }
}

/// What a source was found to be in, as the manifest shows it.
fn input<'py>(py: Python<'py>, found: &Detected) -> PyResult<Bound<'py, PyDict>> {
    let told = PyDict::new(py);
    told.set_item("format", found.format)?;
    told.set_item("encoding", found.encoding.map(TextEncoding::name))?;
    told.set_item("byte_order_mark", found.byte_order_mark)?;
    told.set_item("compression", found.compression.map(|how| how.name()))?;
    told.set_item("sheet", &found.sheet)?;
    told.set_item("delimiter", found.delimiter)?;
    Ok(told)
}

/// The columns of a table: the header, the field, the key of payload.
type Mapping = Vec<(String, Option<&'static str>, Option<String>)>;

fn mapping(mapping: batch::Mapping) -> Mapping {
    let columns = mapping.columns().iter().cloned();
    let told = |column: batch::Column| {
        let field = column.field.map(job::KnownField::name);
        (column.column, field, column.payload)
    };
    columns.map(told).collect()
}

/// The options of a batch, as Python names them.
#[derive(FromPyObject)]
pub struct Options {
    #[pyo3(item)]
    repair: bool,
    #[pyo3(item)]
    canonical: bool,
    #[pyo3(item)]
    duplicates: String,
    #[pyo3(item)]
    region: Option<String>,
    #[pyo3(item)]
    prefer: Option<String>,
    #[pyo3(item)]
    level: String,
    #[pyo3(item)]
    campaign: Option<String>,
    #[pyo3(item)]
    night: String,
    #[pyo3(item)]
    now: Option<i64>,
    #[pyo3(item, default)]
    input_format: Option<String>,
    #[pyo3(item, default)]
    encoding: Option<String>,
    #[pyo3(item, default)]
    sheet: Option<String>,
    #[pyo3(item)]
    max_diagnostics: Py<PyAny>,
    #[pyo3(item)]
    threads: Option<Py<PyAny>>,
    #[pyo3(item, default)]
    block: Option<NonZeroUsize>,
    #[pyo3(item, default)]
    map: Vec<(String, String)>,
    #[pyo3(item, default)]
    payload: Option<Vec<String>>,
    #[pyo3(item, default)]
    drop_empty: bool,
    #[pyo3(item, default)]
    delimiter: Option<String>,
    /// Fields with their values as JSON texts.
    #[pyo3(item, default)]
    set: Vec<(String, String)>,
    /// The size of a body, as a number or a text, in which the jobs have to go.
    #[pyo3(item, default)]
    max_bytes: Option<Py<PyAny>>,
    /// The size that a row may have, as a number or a text.
    #[pyo3(item, default)]
    max_row_bytes: Option<Py<PyAny>>,
}

/// More than a machine has cores.
const MAX_THREADS: NonZeroUsize = NonZeroUsize::new(1024).unwrap();

impl Options {
    pub(super) fn core(&self, py: Python<'_>) -> PyResult<batch::Options> {
        let duplicates = Duplicates::from_name(&self.duplicates)
            .ok_or_else(|| PyValueError::new_err("duplicates is 'phone', 'job' or 'allow'"))?;
        Ok(batch::Options {
            job: job::Options {
                repair: self.repair,
                canonical: self.canonical,
                phone: super::phones::options(
                    self.region.as_deref(),
                    self.prefer.as_deref(),
                    &self.level,
                )?,
                campaign: super::policy::campaign(self.campaign.as_deref())?,
                night: super::policy::night(&self.night)?,
            },
            table: self.table().map_err(PyValueError::new_err)?,
            preset: self.preset().map_err(PyValueError::new_err)?,
            duplicates,
            within: size(py, self.max_bytes.as_ref(), "max_bytes")?,
            max_row_bytes: size(py, self.max_row_bytes.as_ref(), "max_row_bytes")?
                .unwrap_or(batch::DEFAULT_ROW_BYTES),
            slice: None,
            now: self.now,
            threads: self.threads(py)?,
            block: self.block.unwrap_or(batch::BLOCK),
            max_diagnostics: count(self.max_diagnostics.bind(py), "max_diagnostics", 0)? as usize,
        })
    }

    fn table(&self) -> Result<TableOptions, String> {
        let field =
            |(name, column): &(String, String)| Ok((batch::field_of_name(name)?, column.clone()));
        let delimiter = |given: &String| match given.as_bytes() {
            [byte] if batch::is_delimiter(*byte) => Ok(*byte),
            _ if matches!(&**given, "tab" | "\\t") => Ok(b'\t'),
            _ => Err("delimiter is one ASCII character, such as ';', or 'tab'"),
        };
        Ok(TableOptions {
            map: self.map.iter().map(field).collect::<Result<_, String>>()?,
            payload: self.payload.clone(),
            drop_empty: self.drop_empty,
            delimiter: self.delimiter.as_ref().map(delimiter).transpose()?,
        })
    }

    fn preset(&self) -> Result<Preset, String> {
        let mut preset = Preset::default();
        for (name, json) in &self.set {
            preset.set(name, json)?;
        }
        Ok(preset)
    }

    /// As many as were asked for, or as there are cores for this process.
    fn threads(&self, py: Python<'_>) -> PyResult<NonZeroUsize> {
        let asked = match &self.threads {
            Some(threads) => count(threads.bind(py), "threads", 1)?,
            None => std::thread::available_parallelism().map_or(1, NonZeroUsize::get) as u64,
        };
        let threads = usize::try_from(asked).ok().and_then(NonZeroUsize::new);
        Ok(threads.unwrap_or(NonZeroUsize::MIN).min(MAX_THREADS))
    }

    fn format(&self) -> PyResult<Option<Format>> {
        let known = |name: &String| {
            let unknown = || {
                PyValueError::new_err(
                    "input_format is 'json', 'ndjson', 'csv', 'tsv', 'xlsx' or 'xls'",
                )
            };
            Format::from_name(name).ok_or_else(unknown)
        };
        self.input_format.as_ref().map(known).transpose()
    }

    fn encoding(&self) -> PyResult<Option<TextEncoding>> {
        let known = |label: &String| {
            let unknown = || {
                PyValueError::new_err(format!(
                    "no such encoding: {label:?}; some are 'utf-8', 'utf-16', 'windows-1251', \
                     'koi8-r' and 'ibm866'"
                ))
            };
            TextEncoding::from_label(label).ok_or_else(unknown)
        };
        self.encoding.as_ref().map(known).transpose()
    }
}

/// A source, as Python hands it over: a path, bytes, something with `read`, or an iterator over
/// chunks of records.
enum Given {
    File(RegularFile),
    Bytes(PyBackedBytes),
    Reader(Py<PyAny>),
    Records(Py<PyAny>),
    /// A table of Arrow's.
    Lines(Box<ReaderFeed<ArrowLines<'static>>>, batch::Mapping),
}

/// What the caller says of a source.
struct Said {
    format: Option<Format>,
    encoding: Option<TextEncoding>,
    sheet: Option<String>,
    /// What its name speaks for.
    named: Option<Format>,
}

impl Said {
    fn of(options: &Options, named: &str) -> PyResult<Self> {
        Ok(Said {
            format: options.format()?,
            encoding: options.encoding()?,
            sheet: options.sheet.clone(),
            named: Format::from_name(named),
        })
    }

    fn source<'a>(&self, feed: &'a mut dyn Feed, told: Told) -> Source<'a> {
        Source::Bytes {
            feed,
            told,
            encoding: self.encoding,
            sheet: self.sheet.clone(),
            format: self.format,
            named: self.named,
        }
    }
}

impl Given {
    fn of(source: &Bound<'_, PyAny>, options: &TableOptions) -> PyResult<Self> {
        if source.is_instance_of::<PyString>() {
            return Given::of_path(source);
        }
        if let Some(table) = arrow::table(source)? {
            let lines = ArrowLines::new(&table.columns, table.batches, options);
            let (lines, mapping) = lines.map_err(PyValueError::new_err)?;
            return Ok(Given::Lines(Box::new(ReaderFeed::new(lines)), mapping));
        }
        if let Ok(bytes) = source.cast::<PyBytes>() {
            return Ok(Given::Bytes(bytes.clone().into()));
        }
        let source_is_file = source.hasattr("read")?;
        let source = source.clone().unbind();
        Ok(if source_is_file {
            Given::Reader(source)
        } else {
            Given::Records(source)
        })
    }

    /// Regular files are read by the core. Whatever else has a path (a pipe, a device) may keep
    /// its reader waiting, and Python knows how to be interrupted then; and how to say what is
    /// wrong with a path.
    fn of_path(path: &Bound<'_, PyAny>) -> PyResult<Self> {
        let file = path.extract::<PathBuf>()?;
        if fs::metadata(&file).is_ok_and(|status| status.is_file()) {
            return RegularFile::open(&file).map(Given::File).map_err(raised);
        }
        let open = path.py().import("io")?.getattr("open")?;
        let opened = open.call1((path, "rb", 0))?;
        Ok(Given::Reader(opened.unbind()))
    }

    fn run<T>(mut self, said: &Said, work: impl FnOnce(&mut Source<'_>) -> T) -> T {
        let encodings = Encodings {
            asked: said.encoding,
            guess: Format::guess(said.format),
        };
        let reader: Box<dyn Read + '_> = match &mut self {
            Given::Records(chunks) => return work(&mut Source::Records(&mut PyRecords(chunks))),
            Given::Lines(feed, mapping) => {
                let (feed, mapping) = (&mut **feed, mapping.clone());
                return work(&mut Source::Lines { feed, mapping });
            }
            Given::Bytes(bytes) => match batch::plain(bytes, encodings) {
                Some(told) => return work(&mut said.source(&mut SliceFeed::new(bytes), told)),
                None => Box::new(Interruptible::new(&bytes[..])),
            },
            Given::Reader(file) => Box::new(PyReader::new(file)),
            Given::File(file) => Box::new(Interruptible::new(file)),
        };
        let (text, told) = batch::text_of(reader, encodings, said.sheet.clone());
        // A few bytes may unpack to very many.
        let text = Interruptible::new(text);
        work(&mut said.source(&mut ReaderFeed::new(text), told))
    }
}

/// A reader of the core's own that a signal can interrupt.
struct Interruptible<R> {
    reader: R,
    last: Instant,
}

impl<R: Read> Interruptible<R> {
    fn new(reader: R) -> Self {
        Interruptible {
            reader,
            last: Instant::now(),
        }
    }
}

impl<R: Read> Read for Interruptible<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            // A row may be so long that between two of them nobody looks.
            if self.last.elapsed() >= LOOK {
                Python::attach(|py| py.check_signals())?;
                self.last = Instant::now();
            }
            match self.reader.read(into) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    Python::attach(|py| py.check_signals())?;
                }
                read => return read,
            }
        }
    }
}

/// A Python object with `read(size) -> bytes`.
struct PyReader<'a> {
    file: &'a Py<PyAny>,
    /// What was read beyond what there was room for.
    left: VecDeque<u8>,
}

/// How much a Python object is asked for at the least: each call has a price.
const PY_READ: usize = 1 << 16;

impl<'a> PyReader<'a> {
    fn new(file: &'a Py<PyAny>) -> Self {
        PyReader {
            file,
            left: VecDeque::new(),
        }
    }

    fn read_more(&mut self, py: Python<'_>, into: &mut [u8]) -> PyResult<usize> {
        // A signal that came while the core was at work interrupts no read that follows it.
        py.check_signals()?;
        let size = into.len().max(PY_READ);
        let file = self.file.bind(py);
        // A buffered file waits until it has all that it is asked for, unless it is asked so. What
        // it gives at the end it gives as well where it does not block: which it is, `read` tells.
        let answer = match is_buffered(file)? {
            true => Some(file.call_method1("read1", (size,))?).filter(|bytes| !is_empty(bytes)),
            false => None,
        };
        let answer = match answer {
            Some(answer) => answer,
            None => file.call_method1("read", (size,))?,
        };
        // Nor is the end of a pipe whose writer was interrupted, too, the end of the list.
        py.check_signals()?;
        let bytes = answer.cast::<PyBytes>().map_err(|_| {
            PyTypeError::new_err("the source must be a binary file: its read() gave no bytes")
        })?;
        let bytes = bytes.as_bytes();
        if bytes.len() > size {
            return Err(PyValueError::new_err(
                "read(size) gave more than size bytes",
            ));
        }
        let (now, later) = bytes.split_at(bytes.len().min(into.len()));
        into[..now.len()].copy_from_slice(now);
        self.left.extend(later);
        Ok(now.len())
    }
}

/// Whether it is one of Python's own buffered files. A class derived from it may give other bytes by
/// its `read`, and inherit `read1`.
fn is_buffered(file: &Bound<'_, PyAny>) -> PyResult<bool> {
    let buffered = file.py().import("io")?.getattr("BufferedReader")?;
    Ok(file.get_type().is(&buffered))
}

fn is_empty(answer: &Bound<'_, PyAny>) -> bool {
    answer
        .cast::<PyBytes>()
        .is_ok_and(|bytes| bytes.as_bytes().is_empty())
}

impl Read for PyReader<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        if !self.left.is_empty() {
            return self.left.read(into);
        }
        Python::attach(|py| self.read_more(py, into)).map_err(io::Error::from)
    }
}

/// A Python iterator over lists of records: `bytes` of JSON, or `(shown, why, too deep)` of a
/// job that has none.
struct PyRecords<'a>(&'a Py<PyAny>);

#[derive(FromPyObject)]
pub(super) enum PyRecord {
    Text(PyBackedBytes),
    Unwritable(PyBackedBytes, String, bool),
}

impl Records for PyRecords<'_> {
    fn next(&mut self, into: &mut Vec<Record>) -> io::Result<()> {
        let next = |py: Python<'_>| -> PyResult<()> {
            let Some(chunk) = self.0.bind(py).try_iter()?.next() else {
                return Ok(());
            };
            for record in chunk?.extract::<Vec<PyRecord>>()? {
                into.push(record.into());
            }
            Ok(())
        };
        Python::attach(next).map_err(io::Error::from)
    }
}

impl From<PyRecord> for Record {
    fn from(record: PyRecord) -> Self {
        match record {
            PyRecord::Text(bytes) => match String::from_utf8(bytes.to_vec()) {
                Ok(text) => Record::Text(text),
                Err(error) => Record::Unwritable {
                    shown: error.into_bytes(),
                    fault: Fault::new(Rule::JobUnwritable),
                },
            },
            PyRecord::Unwritable(shown, _, true) => Record::Unwritable {
                shown: shown.to_vec(),
                fault: Fault::new(Rule::JobTooDeep),
            },
            PyRecord::Unwritable(shown, why, false) => Record::Unwritable {
                shown: shown.to_vec(),
                fault: Fault::new(Rule::JobUnwritable).because(why),
            },
        }
    }
}

/// Looks after signals, and tells a callback how far the batch is.
pub(super) struct PyWatch {
    callback: Option<Py<PyAny>>,
    last: Instant,
}

/// Often enough for Ctrl-C and a progress bar, seldom enough to cost nothing.
const LOOK: Duration = Duration::from_millis(50);

impl PyWatch {
    pub(super) fn new(callback: Option<Py<PyAny>>) -> Self {
        PyWatch {
            callback,
            last: Instant::now(),
        }
    }
}

impl Watch for PyWatch {
    fn tick(&mut self, progress: Progress) -> io::Result<()> {
        if self.last.elapsed() < LOOK {
            return Ok(());
        }
        self.last = Instant::now();
        let look = |py: Python<'_>| -> PyResult<()> {
            py.check_signals()?;
            if let Some(callback) = &self.callback {
                callback.call1(py, (progress.rows, progress.bytes, progress.rejected))?;
            }
            Ok(())
        };
        Python::attach(look).map_err(io::Error::from)
    }
}

/// Why a source could not be read on: message, line, column, offset.
pub(super) type Failure = (String, u64, u64, u64);

pub(super) fn ended(end: Result<(), Halt>) -> PyResult<Option<Failure>> {
    match end {
        Ok(()) => Ok(None),
        Err(Halt::Source(SourceFailure {
            message,
            offset,
            line,
            column,
        })) => Ok(Some((message, line, column, offset))),
        Err(Halt::Differs(why) | Halt::Usage(why)) => Err(PyValueError::new_err(why)),
        Err(Halt::Io(error)) => Err(raised(error)),
    }
}

/// The failure of a run with what the caller should know beside it, as notes (PEP 678).
fn noted(py: Python<'_>, failure: PyErr, notes: &[String]) -> PyErr {
    for note in notes {
        if let Err(other) = failure.value(py).call_method1("add_note", (note,)) {
            return other;
        }
    }
    failure
}

/// An OSError with its file, as Python's own functions raise it; what Python raised within the
/// run comes out as it was.
fn raised(error: io::Error) -> PyErr {
    let told = error.get_ref().and_then(|inner| {
        let told = inner.downcast_ref::<PathError>()?;
        Some((told.error.raw_os_error()?, told))
    });
    match told {
        // Of these arguments OSError makes the subclass that fits the number.
        Some((number, told)) => {
            let message = told.error.to_string();
            let said = message.split(" (os error").next().unwrap_or_default();
            PyOSError::new_err((number, said.to_owned(), told.path.clone().into_os_string()))
        }
        None => error.into(),
    }
}

/// Checks a batch: the report, and the failure that ended the source before its time.
#[pyfunction]
pub fn check_batch(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    named: &str,
    options: Options,
    progress: Option<Py<PyAny>>,
) -> PyResult<(Report, Option<Failure>)> {
    let core = options.core(py)?;
    let given = Given::of(source, &core.table)?;
    let said = Said::of(&options, named)?;
    let regions: &Regions = super::zones::regions(py)?;
    let mut watch = PyWatch::new(progress);
    let (report, end) = py.detach(|| {
        given.run(&said, |source| {
            batch::check(source, &core, regions, &mut watch)
        })
    });
    Ok((Report::new(py, report, None)?, ended(end)?))
}

/// Where and how a prepared batch is left, as Python names it.
#[derive(FromPyObject)]
pub struct Output {
    #[pyo3(item)]
    out: PathBuf,
    #[pyo3(item)]
    max_jobs: Py<PyAny>,
    #[pyo3(item)]
    max_bytes: Option<Py<PyAny>>,
    #[pyo3(item)]
    run: Option<Py<PyString>>,
    #[pyo3(item)]
    resume: bool,
    #[pyo3(item)]
    overwrite: bool,
    #[pyo3(item, default)]
    source: Option<PathBuf>,
    /// The device and the number of a file that was opened.
    #[pyo3(item, default)]
    source_id: Option<(u64, u64)>,
}

/// A whole number that is not below `least`.
pub(super) fn count(value: &Bound<'_, PyAny>, name: &str, least: u64) -> PyResult<u64> {
    let number = value.extract::<u64>().ok();
    number
        .filter(|number| *number >= least)
        .ok_or_else(|| PyValueError::new_err(format!("{name} is a whole number, {least} or more")))
}

/// A number of bytes, or a text that means one; `None` where nothing is given.
fn size(py: Python<'_>, value: Option<&Py<PyAny>>, name: &str) -> PyResult<Option<u64>> {
    let Some(value) = value.map(|value| value.bind(py)) else {
        return Ok(None);
    };
    let Ok(text) = value.cast::<PyString>() else {
        return count(value, name, 1).map(Some);
    };
    let bytes = batch::bytes_of(text.to_str()?).filter(|bytes| *bytes > 0);
    let message = || format!("{name} is a size such as '5MB' or '64 KiB'");
    bytes
        .map(Some)
        .ok_or_else(|| PyValueError::new_err(message()))
}

impl Output {
    pub(super) fn core(self, py: Python<'_>) -> PyResult<batch::Output> {
        let run = self.run.map(|run| run.to_str(py).map(str::to_owned));
        Ok(batch::Output {
            dir: self.out,
            max_jobs: count(self.max_jobs.bind(py), "max_jobs", 1)?,
            max_bytes: size(py, self.max_bytes.as_ref(), "max_bytes")?,
            run: run.transpose()?,
            resume: self.resume,
            overwrite: self.overwrite,
            source: self.source,
            source_id: self.source_id,
        })
    }
}

/// Prepares a batch: the report, and the failure that ended the source before its time.
#[pyfunction]
pub fn prepare_batch(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    named: &str,
    options: Options,
    output: Output,
    progress: Option<Py<PyAny>>,
) -> PyResult<(Report, Option<Failure>)> {
    let core = options.core(py)?;
    let given = Given::of(source, &core.table)?;
    let said = Said::of(&options, named)?;
    let output = output.core(py)?;
    let regions: &Regions = super::zones::regions(py)?;
    let mut watch = PyWatch::new(progress);
    let prepared = py.detach(|| {
        given.run(&said, |source| {
            batch::prepare(source, &core, &output, regions, &mut watch)
        })
    });
    match prepared {
        Ok((report, end)) => {
            let failure = ended(end).map_err(|error| noted(py, error, &report.notes))?;
            Ok((Report::new(py, report, Some(&output.dir))?, failure))
        }
        Err(refusal) => Err(refused(refusal)),
    }
}

pub(super) fn refused(refusal: Refusal) -> PyErr {
    match refusal {
        Refusal::Io(error) => raised(error),
        Refusal::Differs(why) | Refusal::Usage(why) => PyValueError::new_err(why),
        Refusal::Link(path) => PyOSError::new_err((
            40,
            "it is a symbolic link, and predial writes to its own directory alone; remove the link",
            path.into_os_string(),
        )),
        Refusal::Source => PyValueError::new_err(
            "the source is a file of the directory that it would be prepared into; choose another",
        ),
        Refusal::Busy(dir) => PyBlockingIOError::new_err((
            11,
            "another run is at work in the directory",
            dir.into_os_string(),
        )),
        Refusal::Prepared(manifest) => PyFileExistsError::new_err((
            17,
            "the directory holds the manifest of an earlier run, whose bodies may have been sent; \
             overwrite removes them",
            manifest.into_os_string(),
        )),
    }
}
