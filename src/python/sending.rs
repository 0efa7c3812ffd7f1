//! The journal of sending, for Python.

use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::batch::refused;
use super::errors::raised;
use crate::batch;

/// The journal of sending in a directory, which no other run uses until it is closed.
#[pyclass(frozen, module = "predial._core", name = "SendingJournal")]
pub(crate) struct PySendingJournal {
    lines: Vec<Py<PyBytes>>,
    journal: Mutex<Option<batch::SendingJournal>>,
}

#[pymethods]
impl PySendingJournal {
    #[new]
    fn new(py: Python<'_>, out: PathBuf) -> PyResult<Self> {
        let claimed = py.detach(|| batch::SendingJournal::claim(&out));
        let (journal, found) = claimed.map_err(|refusal| match refusal {
            batch::OutDirRefusal::Io(error) => unread(error),
            other => refused(other),
        })?;
        Ok(PySendingJournal {
            lines: lines_of(py, &found),
            journal: Mutex::new(Some(journal)),
        })
    }

    /// The lines that were there.
    #[getter]
    fn lines(&self, py: Python<'_>) -> Vec<Py<PyBytes>> {
        self.lines.iter().map(|line| line.clone_ref(py)).collect()
    }

    /// Adds a line. Once this returns, it is on the disk.
    fn append(&self, py: Python<'_>, line: &[u8]) -> PyResult<()> {
        let append = || match &mut *self.journal() {
            Some(journal) => journal.append(line),
            None => Err(io::Error::other("the journal is closed")),
        };
        py.detach(append).map_err(raised)
    }

    /// Ends the use of the directory.
    fn close(&self) {
        self.journal().take();
    }
}

impl PySendingJournal {
    fn journal(&self) -> MutexGuard<'_, Option<batch::SendingJournal>> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The lines of the journal of sending in a directory; none if there is no journal.
#[pyfunction]
pub(super) fn read_sending(py: Python<'_>, out: PathBuf) -> PyResult<Vec<Py<PyBytes>>> {
    let found = py.detach(|| batch::read_sending(&out)).map_err(unread)?;
    Ok(lines_of(py, &found))
}

fn lines_of(py: Python<'_>, found: &batch::SendingLines) -> Vec<Py<PyBytes>> {
    let lines = found.lines.iter();
    lines.map(|line| PyBytes::new(py, line).unbind()).collect()
}

fn unread(error: io::Error) -> PyErr {
    match error.kind() {
        ErrorKind::InvalidData => PyValueError::new_err(error.to_string()),
        _ => raised(error),
    }
}
