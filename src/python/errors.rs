//! Faults as Python exceptions. Under abi3 an exception class with fields can't be made here:
//! the classes stand in `predial/_errors.py`.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

use crate::Fault;
use crate::request::RequestRefusal;

/// The exceptions that stand for a fault of one text.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Class {
    Zone,
    Phone,
}

impl Class {
    fn type_object<'py>(self, py: Python<'py>) -> PyResult<&'py Bound<'py, PyType>> {
        static ZONE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        static PHONE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        match self {
            Class::Zone => ZONE.import(py, "predial._errors", "ZoneError"),
            Class::Phone => PHONE.import(py, "predial._errors", "PhoneError"),
        }
    }
}

/// The exception that a fault of this text is raised as; `text` is the object as it came.
pub(crate) fn raise(class: Class, text: &Bound<'_, PyAny>, fault: &Fault) -> PyErr {
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
