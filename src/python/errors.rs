//! Faults as Python exceptions. The stable ABI does not allow an exception class with fields to be
//! made here, so the classes are in `predial/_errors.py`.

use std::io;

use arrow_schema::ArrowError;
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

use super::arrow;
use crate::Fault;
use crate::batch::{ListRefusal, PathError, ReaderNotStarted, TableRefusal};
use crate::request::RequestRefusal;

/// The exceptions for a fault of one text.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ErrorClass {
    Zone,
    Phone,
}

impl ErrorClass {
    fn type_object<'py>(self, py: Python<'py>) -> PyResult<&'py Bound<'py, PyType>> {
        static ZONE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        static PHONE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        match self {
            ErrorClass::Zone => ZONE.import(py, "predial._errors", "ZoneError"),
            ErrorClass::Phone => PHONE.import(py, "predial._errors", "PhoneError"),
        }
    }
}

/// The exception for a fault of this text; `text` is the caller's object.
pub(crate) fn raise(class: ErrorClass, text: &Bound<'_, PyAny>, fault: &Fault) -> PyErr {
    let fields = (
        fault.message(),
        fault.rule.name(),
        text,
        fault.position,
        fault.suggestion.as_deref(),
    );
    let error = class
        .type_object(text.py())
        .and_then(|class| class.call1(fields));
    error.map_or_else(|failure| failure, PyErr::from_value)
}

/// That the columns of a table are not used.
pub(super) fn refused_table(refusal: TableRefusal) -> PyErr {
    match refusal {
        TableRefusal::Usage(why) => PyValueError::new_err(why),
        TableRefusal::List(why) => refused_list(&why),
    }
}

/// That no column of a list is surely the phone.
pub(super) fn refused_list(refusal: &ListRefusal) -> PyErr {
    static LIST: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let candidates = refusal.candidates.iter().map(|candidate| {
        (
            candidate.header.clone(),
            candidate.place,
            candidate.phones,
            candidate.valid,
            candidate.filled,
            candidate.option.clone(),
        )
    });
    let candidates: Vec<_> = candidates.collect();
    Python::attach(|py| {
        let error = LIST
            .import(py, "predial._errors", "ListError")
            .and_then(|class| class.call1((refusal.to_string(), candidates)));
        error.map_or_else(|failure| failure, PyErr::from_value)
    })
}

impl From<RequestRefusal> for PyErr {
    fn from(refusal: RequestRefusal) -> PyErr {
        static REQUEST: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let fields = (
            refusal.message(),
            refusal.fault.rule.name(),
            refusal.field.as_deref(),
            refusal.fault.suggestion.as_deref(),
        );
        Python::attach(|py| {
            let error = REQUEST
                .import(py, "predial._errors", "RequestError")
                .and_then(|class| class.call1(fields));
            error.map_or_else(|failure| failure, PyErr::from_value)
        })
    }
}

/// An OSError with its file, as Python's own functions raise it. An exception that Python code
/// raised during the run stays as it was.
pub(super) fn raised(error: io::Error) -> PyErr {
    /// The error number for which OSError becomes a ChildProcessError.
    const ECHILD: i32 = 10;
    let inner = error.get_ref();
    if let Some(why) = inner.and_then(|inner| inner.downcast_ref::<ReaderNotStarted>()) {
        return PyOSError::new_err((ECHILD, why.to_string()));
    }
    let path_error = error.get_ref().and_then(|inner| {
        let path_error = inner.downcast_ref::<PathError>()?;
        Some((path_error.error.raw_os_error()?, path_error))
    });
    match path_error {
        // With these arguments OSError makes the subclass for the number.
        Some((number, path_error)) => {
            let message = path_error.error.to_string();
            let said = message.split(" (os error").next().unwrap_or_default();
            PyOSError::new_err((
                number,
                said.to_owned(),
                path_error.path.clone().into_os_string(),
            ))
        }
        None => match error.downcast::<ArrowError>() {
            Ok(error) => arrow::refused(error),
            Err(error) => error.into(),
        },
    }
}
