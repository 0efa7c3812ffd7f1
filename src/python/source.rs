//! The source of a batch: a path, bytes, a binary file, records or a table of Python's.

use std::collections::VecDeque;
use std::fs;
use std::io::{self, Read};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyString};

use super::arrow;
use super::errors::{raised, refused_table};
use super::options::PyOptions;
use super::workbook::HOST;
use crate::batch::{
    self, Encodings, Feed, PhoneSearch, Progress, ReaderFeed, Record, Records, RegularFile,
    SheetRequest, SliceFeed, Source, SourceFormat, SourceInfo, TextEncoding, Watcher,
};
use crate::columns::JobLines;
use crate::{Fault, Rule};

/// A source as Python passes it: a path, bytes, an object with `read`, or an iterator over chunks
/// of records.
pub(super) enum Given {
    File(RegularFile),
    Bytes(PyBackedBytes),
    Reader(Py<PyAny>),
    Records(Py<PyAny>),
    /// A file that can't be opened, and why.
    Damaged(String),
    /// A file that another thread reads.
    Far(Box<dyn Read + Send>),
    /// Records that another thread asks for.
    FarRecords(Box<dyn Records + Send>),
    /// A table in Arrow's form.
    Lines(Box<ReaderFeed<JobLines<'static>>>, batch::ColumnChoice),
}

/// The caller's options about a source.
pub(super) struct SourceOptions {
    format: Option<SourceFormat>,
    encoding: Option<TextEncoding>,
    sheets: SheetRequest,
    /// The format that its name suggests.
    named: Option<SourceFormat>,
}

impl SourceOptions {
    pub(super) fn of(options: &PyOptions, core: &batch::BatchOptions, named: &str) -> Self {
        SourceOptions {
            format: options.format,
            encoding: options.encoding,
            sheets: SheetRequest {
                sheet: options.sheet.clone(),
                search: PhoneSearch::of(&core.table, &core.job.phone),
                encoding: options.encoding.map(TextEncoding::name),
            },
            named: SourceFormat::from_name(named),
        }
    }

    fn source<'a>(&self, feed: &'a mut dyn Feed, info: SourceInfo) -> Source<'a> {
        Source::Bytes {
            feed,
            info,
            encoding: self.encoding,
            sheet: self.sheets.sheet.clone(),
            format: self.format,
            named: self.named,
        }
    }
}

impl Given {
    pub(super) fn of(source: &Bound<'_, PyAny>, core: &batch::BatchOptions) -> PyResult<Self> {
        if source.is_instance_of::<PyString>() {
            return Given::of_path(source);
        }
        let table = arrow::table(source);
        if let Some(why) = arrow::damage_of(source, table.as_ref().err())? {
            return Ok(Given::Damaged(why));
        }
        if let Some(table) = table? {
            let regions = super::zones::regions(source.py())?;
            let choice = core.column_choice(regions);
            let (batches, limit) = (table.batches, core.max_row_bytes);
            let lines = JobLines::new(&table.columns, batches, &choice, limit);
            let (lines, columns) = lines.map_err(refused_table)?;
            return Ok(Given::Lines(Box::new(ReaderFeed::new(lines)), columns));
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

    /// The core reads regular files. A pipe or a device may keep its reader waiting, and Python can
    /// be interrupted then. Python also reports what is wrong with a path.
    fn of_path(path: &Bound<'_, PyAny>) -> PyResult<Self> {
        let file = path.extract::<PathBuf>()?;
        if fs::metadata(&file).is_ok_and(|status| status.is_file()) {
            return RegularFile::open(&file).map(Given::File).map_err(raised);
        }
        let open = path.py().import("io")?.getattr("open")?;
        let opened = open.call1((path, "rb", 0))?;
        Ok(Given::Reader(opened.unbind()))
    }

    /// The rows of a table in Arrow's form and its columns, if each row has one phone and that in one
    /// column.
    pub(super) fn column_of_phones(
        &mut self,
    ) -> Option<(&mut JobLines<'static>, &batch::ColumnChoice)> {
        match self {
            Given::Lines(feed, columns) => {
                let lines = feed.reader_mut();
                lines.has_one_phone_column().then_some((lines, columns))
            }
            _ => None,
        }
    }

    pub(super) fn run<T>(
        mut self,
        said: &SourceOptions,
        work: impl FnOnce(&mut Source<'_>) -> T,
    ) -> T {
        let encodings = Encodings {
            asked: said.encoding,
            guess: SourceFormat::guess(said.format),
        };
        let reader: Box<dyn Read + '_> = match &mut self {
            Given::Records(chunks) => return work(&mut Source::Records(&mut PyRecords(chunks))),
            Given::FarRecords(records) => return work(&mut Source::Records(&mut **records)),
            Given::Lines(feed, columns) => {
                let (feed, columns) = (&mut **feed, columns.clone());
                return work(&mut Source::Lines { feed, columns });
            }
            Given::Bytes(bytes) => match batch::plain(bytes, encodings) {
                Some(info) => return work(&mut said.source(&mut SliceFeed::new(bytes), info)),
                None => Box::new(Interruptible::new(&bytes[..])),
            },
            Given::Damaged(why) => Box::new(DamagedFile(why)),
            Given::Reader(file) => Box::new(PyReader::new(file)),
            Given::Far(reader) => Box::new(reader),
            Given::File(file) => Box::new(Interruptible::new(file)),
        };
        let (text, info) = batch::text_of(reader, encodings, said.sheets.clone(), HOST);
        // Few bytes may unpack to very many.
        let text = Interruptible::new(text);
        work(&mut said.source(&mut ReaderFeed::new(text), info))
    }
}

/// Where a file of excluded phones is read from.
pub(super) enum ExcludeFileSource {
    File(RegularFile),
    Bytes(PyBackedBytes),
    Reader(Py<PyAny>),
}

impl ExcludeFileSource {
    pub(super) fn of(source: &Bound<'_, PyAny>) -> PyResult<Self> {
        if source.is_instance_of::<PyString>() {
            let path = source.extract::<PathBuf>()?;
            let file = RegularFile::open(&path).map_err(raised)?;
            return Ok(ExcludeFileSource::File(file));
        }
        Ok(match source.cast::<PyBytes>() {
            Ok(bytes) => ExcludeFileSource::Bytes(bytes.clone().into()),
            Err(_) => ExcludeFileSource::Reader(source.clone().unbind()),
        })
    }

    pub(super) fn read(
        self,
        on_piece: &mut dyn FnMut(u64) -> io::Result<()>,
    ) -> io::Result<batch::ExcludeFile> {
        match self {
            ExcludeFileSource::File(file) => {
                batch::ExcludeFile::read(io::BufReader::new(file), on_piece)
            }
            ExcludeFileSource::Bytes(bytes) => batch::ExcludeFile::read(&bytes[..], on_piece),
            ExcludeFileSource::Reader(file) => {
                batch::ExcludeFile::read(PyReader::new(&file), on_piece)
            }
        }
    }
}

/// A file that only returns an error.
struct DamagedFile<'a>(&'a str);

impl Read for DamagedFile<'_> {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(batch::broken(self.0))
    }
}

/// A reader of the core that a signal can interrupt.
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
            // A row may be so long that signals are not checked between two rows.
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
pub(super) struct PyReader<'a> {
    file: &'a Py<PyAny>,
    /// Bytes that were read but found no room.
    left: VecDeque<u8>,
}

/// The least number of bytes to ask a Python object for, because each call costs time.
const PY_READ: usize = 1 << 16;

impl<'a> PyReader<'a> {
    pub(super) fn new(file: &'a Py<PyAny>) -> Self {
        PyReader {
            file,
            left: VecDeque::new(),
        }
    }

    fn read_more(&mut self, py: Python<'_>, into: &mut [u8]) -> PyResult<usize> {
        // A signal during the core's work does not interrupt the next read.
        py.check_signals()?;
        let size = into.len().max(PY_READ);
        let file = self.file.bind(py);
        // `read` on a buffered file waits until it has all bytes; `read1` does not. `read1` returns
        // nothing at the end, but also if a file does not block; `read` shows which of the two it
        // is.
        let answer = match is_buffered(file)? {
            true => Some(file.call_method1("read1", (size,))?).filter(|bytes| !is_empty(bytes)),
            false => None,
        };
        let answer = match answer {
            Some(answer) => answer,
            None => file.call_method1("read", (size,))?,
        };
        // If the same signal ended the writer of a pipe, the end of the pipe is not the end of the
        // list.
        py.check_signals()?;
        let bytes = answer.cast::<PyBytes>().map_err(|_| {
            PyTypeError::new_err(
                "the source must be a binary file: its read() did not return bytes",
            )
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

/// Whether it is one of Python's own buffered files. A class derived from it may define another
/// `read` and still inherit `read1`.
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

/// A Python iterator over lists of records: `bytes` of JSON, or `(shown, why, too deep)` for a job
/// without a JSON form.
pub(super) struct PyRecords<'a>(pub &'a Py<PyAny>);

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

/// Checks for signals, and calls a callback with the progress of the batch.
pub(super) struct PyWatch {
    callback: Option<Py<PyAny>>,
    last: Instant,
}

/// Frequent enough for Ctrl-C and a progress bar, rare enough to cost nothing.
const LOOK: Duration = Duration::from_millis(50);

impl PyWatch {
    pub(super) fn new(callback: Option<Py<PyAny>>) -> Self {
        PyWatch {
            callback,
            last: Instant::now(),
        }
    }
}

impl Watcher for PyWatch {
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
