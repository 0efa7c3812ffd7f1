//! Rows and bodies one after the other: the core's loop on a thread of its own, and an iterator of
//! Python's that takes what the loop makes.
//!
//! The loop pushes and Python pulls, so the two take turns. The thread waits at each hand-over until
//! Python asks for the next value, and memory holds no more than what is handed over. Objects of
//! Python's (a file, an iterable, the callback of the progress) are used by the thread that asks for
//! the next value and by no other: some, such as a cursor of sqlite3, can't be used elsewhere, and only
//! there can Ctrl-C end a read that waits. The thread starts with the first value, and has ended when
//! the iterator is closed or dropped.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};

use super::batch::{FailureFields, ended};
use super::bodies::PyBody;
use super::options::{PyOptions, body_options};
use super::report::PyReport;
use super::rows::PyRow;
use super::source::{Given, PyReader, PyRecords, SourceOptions};
use crate::batch::{
    self, BatchError, BatchOptions, Body, BodyOptions, DecidedRow, Progress, Record, Records,
    Watcher,
};
use crate::zone::Regions;

/// What the thread hands over, or asks for.
enum Handed {
    Rows(Vec<DecidedRow>),
    Body(Body, Vec<u8>),
    /// So many bytes of the source.
    Read(usize, SyncSender<io::Result<Vec<u8>>>),
    /// The next records of the source.
    Records(SyncSender<io::Result<Vec<Record>>>),
    /// A call of the progress.
    Progress(Progress, SyncSender<io::Result<()>>),
    Ended(Box<(batch::Report, Result<(), BatchError>)>),
}

/// What the thread makes.
enum Wanted {
    Rows,
    Bodies(BodyOptions),
}

/// The channel to the iterator, and the rows that wait to be handed over together.
struct Outbox {
    to: SyncSender<Handed>,
    rows: Vec<DecidedRow>,
    bytes: usize,
}

/// Rows are handed over by so many, because each hand-over costs two switches between threads.
const MOST_ROWS: usize = 512;

/// Or by so many bytes.
const MOST_BYTES: usize = 1 << 18;

/// The thread uses it in all its parts.
#[derive(Clone)]
struct Port(Arc<Mutex<Outbox>>);

/// The error that ends the loop once nobody takes what it makes.
fn nobody_takes() -> io::Error {
    io::Error::other("the iterator was closed")
}

impl Port {
    fn new(to: SyncSender<Handed>) -> Port {
        Port(Arc::new(Mutex::new(Outbox {
            to,
            rows: Vec::new(),
            bytes: 0,
        })))
    }

    fn outbox(&self) -> MutexGuard<'_, Outbox> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn row(&self, row: DecidedRow) -> io::Result<()> {
        let mut outbox = self.outbox();
        outbox.bytes += row.text.len();
        outbox.rows.push(row);
        match outbox.rows.len() >= MOST_ROWS || outbox.bytes >= MOST_BYTES {
            true => outbox.flush(),
            false => Ok(()),
        }
    }

    /// Hands over the rows that wait. Whole rows never wait for the next bytes of a slow source.
    fn flush(&self) -> io::Result<()> {
        self.outbox().flush()
    }

    fn hand(&self, handed: Handed) -> io::Result<()> {
        let to = self.outbox().to.clone();
        to.send(handed).map_err(|_| nobody_takes())
    }

    /// Asks the iterator for something, and waits for the answer.
    fn ask<T>(&self, question: impl FnOnce(SyncSender<io::Result<T>>) -> Handed) -> io::Result<T> {
        self.flush()?;
        let (answer, answered) = sync_channel(1);
        self.hand(question(answer))?;
        answered.recv().map_err(|_| nobody_takes())?
    }
}

impl Outbox {
    fn flush(&mut self) -> io::Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        self.bytes = 0;
        let rows = std::mem::take(&mut self.rows);
        let handed = self.to.send(Handed::Rows(rows));
        handed.map_err(|_| nobody_takes())
    }
}

/// A file of Python's, read by the thread that asks for the next value.
struct FarReader {
    port: Port,
    left: VecDeque<u8>,
}

impl Read for FarReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.left.is_empty() && !into.is_empty() {
            let size = into.len().max(READ);
            self.left = self.port.ask(|answer| Handed::Read(size, answer))?.into();
        }
        self.left.read(into)
    }
}

/// The least number of bytes to ask a file of Python's for.
const READ: usize = 1 << 16;

/// An iterator of Python's, asked by the thread that asks for the next value.
struct FarRecords(Port);

impl Records for FarRecords {
    fn next(&mut self, into: &mut Vec<Record>) -> io::Result<()> {
        into.append(&mut self.0.ask(Handed::Records)?);
        Ok(())
    }
}

/// Ends the loop once nobody takes what it makes, and reports its progress.
struct FarWatch {
    port: Port,
    is_closed: Arc<AtomicBool>,
    has_callback: bool,
    last: Instant,
}

impl Watcher for FarWatch {
    fn tick(&mut self, progress: Progress) -> io::Result<()> {
        if self.is_closed.load(Ordering::Relaxed) {
            return Err(nobody_takes());
        }
        if !self.has_callback || self.last.elapsed() < LOOK {
            return Ok(());
        }
        self.last = Instant::now();
        self.port.ask(|answer| Handed::Progress(progress, answer))
    }
}

/// Frequent enough for Ctrl-C and a progress bar, rare enough to cost nothing.
const LOOK: Duration = Duration::from_millis(50);

/// The source as the thread has it.
enum NearSource {
    Given(Given),
    /// A file of Python's, which the thread does not have.
    File,
    /// An iterator of Python's, which the thread does not have.
    Records,
}

/// Everything that the thread needs to begin.
struct StreamBeginning {
    given: NearSource,
    said: SourceOptions,
    options: BatchOptions,
    wanted: Wanted,
    regions: &'static Regions,
}

impl StreamBeginning {
    /// The work of the thread.
    fn run(self, port: &Port, is_closed: Arc<AtomicBool>, has_callback: bool) {
        let StreamBeginning {
            given,
            said,
            options,
            wanted,
            regions,
        } = self;
        let mut watch = FarWatch {
            port: port.clone(),
            is_closed,
            has_callback,
            last: Instant::now(),
        };
        let given = match given {
            NearSource::Given(given) => given,
            NearSource::File => Given::Far(Box::new(FarReader {
                port: port.clone(),
                left: VecDeque::new(),
            })),
            NearSource::Records => Given::FarRecords(Box::new(FarRecords(port.clone()))),
        };
        let (report, end) = given.run(&said, |source| match wanted {
            Wanted::Rows => {
                let mut take = |row| port.row(row);
                batch::judge(source, &options, regions, &mut watch, &mut take)
            }
            Wanted::Bodies(output) => {
                let to = port.clone();
                let take = Box::new(move |body, content| to.hand(Handed::Body(body, content)));
                batch::bodies(source, &options, &output, regions, &mut watch, take)
            }
        });
        // Nobody is left to hear of a failure if this fails.
        let _ = port.flush();
        let _ = port.hand(Handed::Ended(Box::new((report, end))));
    }
}

/// A loop that is under way.
struct Running {
    handed: Receiver<Handed>,
    thread: JoinHandle<()>,
    is_closed: Arc<AtomicBool>,
    rows: std::vec::IntoIter<DecidedRow>,
}

impl Running {
    fn begin(beginning: StreamBeginning, has_callback: bool) -> io::Result<Running> {
        let (to, handed) = sync_channel(0);
        let is_closed = Arc::new(AtomicBool::new(false));
        let closed = Arc::clone(&is_closed);
        let work = move || beginning.run(&Port::new(to), closed, has_callback);
        Ok(Running {
            handed,
            thread: thread::Builder::new().spawn(work)?,
            is_closed,
            rows: Vec::new().into_iter(),
        })
    }

    /// Ends the loop, and waits for its thread. That may need the interpreter: do not hold it.
    fn end(self) {
        self.is_closed.store(true, Ordering::Relaxed);
        drop(self.handed);
        // A panic there was reported already.
        let _ = self.thread.join();
    }
}

enum StreamStage {
    Ready(Box<StreamBeginning>),
    Running(Running),
    Ended,
}

struct StreamState {
    stage: StreamStage,
    /// The source, if only the thread that asks for the next value may use it.
    source: Option<FarSource>,
    callback: Option<Py<PyAny>>,
    report: Option<Py<PyReport>>,
}

enum FarSource {
    File(Py<PyAny>),
    Records(Py<PyAny>),
}

/// Bodies or rows, one after the other, as `bodies` and `judge` return them: an iterator.
///
/// It reads the source as its values are asked for. Leave it half-way at will: when it is closed or
/// dropped, nothing is left of it. It is a context manager that closes itself.
#[pyclass(name = "Stream", frozen, module = "predial")]
pub(crate) struct PyStream(Mutex<StreamState>);

#[pymethods]
impl PyStream {
    fn __iter__(this: Py<Self>) -> Py<Self> {
        this
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        let mut state = self.state()?;
        let next = state.next(py);
        if !matches!(next, Ok(Some(_))) {
            state.close(py);
        }
        next
    }

    /// The report on all rows, as `check` returns it; None before the last value was taken.
    #[getter]
    fn report(&self, py: Python<'_>) -> PyResult<Option<Py<PyReport>>> {
        let state = self.state()?;
        Ok(state.report.as_ref().map(|report| report.clone_ref(py)))
    }

    /// Ends the iteration. Nothing of it is left.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        self.state()?.close(py);
        Ok(())
    }

    fn __enter__(this: Py<Self>) -> Py<Self> {
        this
    }

    fn __exit__(
        &self,
        py: Python<'_>,
        _class: &Bound<'_, PyAny>,
        _error: &Bound<'_, PyAny>,
        _traceback: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        self.close(py)
    }
}

impl PyStream {
    fn new(
        py: Python<'_>,
        (source, named): (&Bound<'_, PyAny>, &str),
        options: &Bound<'_, PyDict>,
        wanted: Wanted,
        callback: Option<Py<PyAny>>,
    ) -> PyResult<PyStream> {
        let options = PyOptions::read(options)?;
        let core = options.core()?;
        let (given, far) = match Given::of(source, &core)? {
            Given::Reader(file) => (NearSource::File, Some(FarSource::File(file))),
            Given::Records(records) => (NearSource::Records, Some(FarSource::Records(records))),
            given => (NearSource::Given(given), None),
        };
        let beginning = StreamBeginning {
            given,
            said: SourceOptions::of(&options, &core, named),
            options: core,
            wanted,
            regions: super::zones::regions(py)?,
        };
        Ok(PyStream(Mutex::new(StreamState {
            stage: StreamStage::Ready(Box::new(beginning)),
            source: far,
            callback,
            report: None,
        })))
    }

    /// The state, unless it is in use: by another thread, or by this one further up.
    fn state(&self) -> PyResult<MutexGuard<'_, StreamState>> {
        match self.0.try_lock() {
            Ok(state) => Ok(state),
            Err(TryLockError::Poisoned(state)) => Ok(state.into_inner()),
            Err(TryLockError::WouldBlock) => {
                Err(PyValueError::new_err("the iterator is already running"))
            }
        }
    }
}

impl Drop for PyStream {
    fn drop(&mut self) {
        let state = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let StreamStage::Running(running) =
            std::mem::replace(&mut state.stage, StreamStage::Ended)
        {
            // At the end of the program there may be no interpreter any more, and no thread waits for it.
            let mut running = Some(running);
            let ended = Python::try_attach(|py| {
                let running = running.take();
                py.detach(|| running.map(Running::end));
            });
            if ended.is_none() {
                drop(running);
            }
        }
    }
}

impl StreamState {
    fn next(&mut self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.begin()?;
        loop {
            let StreamStage::Running(running) = &mut self.stage else {
                return Ok(None);
            };
            if let Some(row) = running.rows.next() {
                return Ok(Some(Py::new(py, PyRow::from(row))?.into_any()));
            }
            let handed = &mut running.handed;
            match py.detach(move || handed.recv_timeout(LOOK)) {
                Err(RecvTimeoutError::Timeout) => py.check_signals()?,
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(PyRuntimeError::new_err(
                        "the thread of the iterator has ended",
                    ));
                }
                Ok(Handed::Rows(rows)) => running.rows = rows.into_iter(),
                Ok(Handed::Body(body, content)) => {
                    let body = PyBody::in_memory(py, body, &content);
                    return Ok(Some(Py::new(py, body)?.into_any()));
                }
                // The other end is gone only if the thread has ended, which shows at the next turn.
                Ok(Handed::Read(size, answer)) => drop(answer.send(self.read(size))),
                Ok(Handed::Records(answer)) => drop(answer.send(self.records())),
                Ok(Handed::Progress(progress, answer)) => {
                    let told = self.call_back(py, progress).map_err(io::Error::from);
                    drop(answer.send(told));
                }
                Ok(Handed::Ended(end)) => return self.end(py, *end).map(|()| None),
            }
        }
    }

    /// Starts the thread, if it has not started.
    fn begin(&mut self) -> PyResult<()> {
        match std::mem::replace(&mut self.stage, StreamStage::Ended) {
            StreamStage::Ready(beginning) => {
                let has_callback = self.callback.is_some();
                self.stage = StreamStage::Running(Running::begin(*beginning, has_callback)?);
            }
            stage => self.stage = stage,
        }
        Ok(())
    }

    /// The next bytes of the source, which is a file of Python's.
    fn read(&self, size: usize) -> io::Result<Vec<u8>> {
        let Some(FarSource::File(file)) = &self.source else {
            return Ok(Vec::new());
        };
        let mut bytes = vec![0; size];
        let read = PyReader::new(file).read(&mut bytes)?;
        bytes.truncate(read);
        Ok(bytes)
    }

    /// The next records of the source, which is an iterator of Python's.
    fn records(&self) -> io::Result<Vec<Record>> {
        let Some(FarSource::Records(records)) = &self.source else {
            return Ok(Vec::new());
        };
        let mut some = Vec::new();
        PyRecords(records).next(&mut some)?;
        Ok(some)
    }

    fn call_back(&self, py: Python<'_>, progress: Progress) -> PyResult<()> {
        if let Some(callback) = &self.callback {
            callback.call1(py, (progress.rows, progress.bytes, progress.rejected))?;
        }
        Ok(())
    }

    /// Keeps the report, and raises what ended the source early.
    fn end(
        &mut self,
        py: Python<'_>,
        (report, end): (batch::Report, Result<(), BatchError>),
    ) -> PyResult<()> {
        let report = Py::new(py, PyReport::new(py, report, None)?)?;
        self.report = Some(report.clone_ref(py));
        match ended(end)? {
            Some(failure) => Err(source_error(py, failure, report)),
            None => Ok(()),
        }
    }

    fn close(&mut self, py: Python<'_>) {
        let stage = std::mem::replace(&mut self.stage, StreamStage::Ended);
        if let StreamStage::Running(running) = stage {
            py.detach(|| running.end());
        }
        self.source = None;
        self.callback = None;
    }
}

fn source_error(py: Python<'_>, failure: FailureFields, report: Py<PyReport>) -> PyErr {
    static SOURCE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let (message, line, column, offset) = failure;
    let class = SOURCE.import(py, "predial._errors", "SourceError");
    let error = class.and_then(|class| class.call1((message, line, column, offset, report)));
    error.map_or_else(|failure| failure, PyErr::from_value)
}

/// Begins to check a list row by row.
#[pyfunction]
pub(crate) fn judge_rows(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    named: &str,
    options: &Bound<'_, PyDict>,
    progress: Option<Py<PyAny>>,
) -> PyResult<PyStream> {
    PyStream::new(py, (source, named), options, Wanted::Rows, progress)
}

/// Begins to prepare a list in memory.
#[pyfunction]
pub(crate) fn make_bodies(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    named: &str,
    options: &Bound<'_, PyDict>,
    output: &Bound<'_, PyDict>,
    progress: Option<Py<PyAny>>,
) -> PyResult<PyStream> {
    let wanted = Wanted::Bodies(body_options(output)?);
    PyStream::new(py, (source, named), options, wanted, progress)
}
