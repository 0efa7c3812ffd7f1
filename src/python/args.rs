//! Arguments from Python: a value of the right type, or an error that names the argument and what
//! it takes. PyO3's own errors name neither.

use std::num::NonZeroUsize;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyInt, PyString};

/// A TypeError: the value has another type than the argument takes.
pub(super) fn wrong_type(name: &str, takes: &str, value: &Bound<'_, PyAny>) -> PyErr {
    let kind = type_name(value);
    PyTypeError::new_err(format!("{name} must be {takes}, not {kind}"))
}

/// A ValueError: the argument does not take this value of the right type.
pub(super) fn wrong_value(name: &str, takes: &str) -> PyErr {
    PyValueError::new_err(format!("{name} must be {takes}"))
}

/// The name of a value's class.
pub(super) fn type_name(value: &Bound<'_, PyAny>) -> String {
    let name = value.get_type().name();
    name.map_or_else(|_| "object".to_owned(), |name| name.to_string())
}

/// A `str`, unchanged.
pub(super) fn string<'a, 'py>(
    name: &str,
    takes: &str,
    value: &'a Bound<'py, PyAny>,
) -> PyResult<&'a Bound<'py, PyString>> {
    value
        .cast::<PyString>()
        .map_err(|_| wrong_type(name, takes, value))
}

/// The text of a `str`. No option takes half of a surrogate pair.
pub(super) fn text<'a>(name: &str, takes: &str, value: &'a Bound<'_, PyAny>) -> PyResult<&'a str> {
    let text = string(name, takes, value)?.to_str();
    text.map_err(|_| wrong_value(name, takes))
}

/// The text of a `str`, or nothing for None.
pub(super) fn optional_text<'a>(
    name: &str,
    takes: &str,
    value: Option<&'a Bound<'_, PyAny>>,
) -> PyResult<Option<&'a str>> {
    value.map(|value| text(name, takes, value)).transpose()
}

/// The flag `repair`.
pub(super) fn repair(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    flag("repair", value)
}

/// The flag `details`.
pub(super) fn details(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    flag("details", value)
}

/// The number of threads `threads`, or nothing for None.
pub(super) fn threads(value: &Bound<'_, PyAny>) -> PyResult<Option<NonZeroUsize>> {
    let value = Some(value).filter(|value| !value.is_none());
    let threads = optional_count("threads", 1, value)?;
    let in_memory = |threads| usize::try_from(threads).unwrap_or(usize::MAX);
    Ok(threads.and_then(|threads| NonZeroUsize::new(in_memory(threads))))
}

/// A `bool`.
pub(super) fn flag(name: &str, value: &Bound<'_, PyAny>) -> PyResult<bool> {
    let flag = value.extract::<bool>();
    flag.map_err(|_| wrong_type(name, "True or False", value))
}

/// A whole number of at least `least`.
pub(super) fn count(name: &str, least: u64, value: &Bound<'_, PyAny>) -> PyResult<u64> {
    let number = value.extract::<u64>().ok();
    number
        .filter(|number| *number >= least)
        .ok_or_else(|| wrong_count(name, least, "", value))
}

/// The same, or nothing for None.
pub(super) fn optional_count(
    name: &str,
    least: u64,
    value: Option<&Bound<'_, PyAny>>,
) -> PyResult<Option<u64>> {
    let Some(value) = value else {
        return Ok(None);
    };
    let number = value.extract::<u64>().ok();
    let number = number.filter(|number| *number >= least);
    number
        .map(Some)
        .ok_or_else(|| wrong_count(name, least, ", or None", value))
}

fn wrong_count(name: &str, least: u64, or: &str, value: &Bound<'_, PyAny>) -> PyErr {
    let takes = format!("a whole number, {least} or more{or}");
    if value.is_instance_of::<PyInt>() && !value.is_instance_of::<PyBool>() {
        return wrong_value(name, &takes);
    }
    wrong_type(name, &takes, value)
}

/// Arguments by their names, as `predial/_batch.py` hands them over: each is read once, by name.
#[derive(Clone, Copy)]
pub(super) struct Named<'a, 'py>(pub &'a Bound<'py, PyDict>);

impl<'py> Named<'_, 'py> {
    /// The value of that name; `None` if it is missing, or None.
    pub fn get(self, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        let value = self.0.get_item(name)?;
        Ok(value.filter(|value| !value.is_none()))
    }

    /// The value of that name, which every caller gives.
    pub fn given(self, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let value = self.0.get_item(name)?;
        value.ok_or_else(|| PyTypeError::new_err(format!("{name} is missing")))
    }

    pub fn text(self, name: &str, takes: &str) -> PyResult<String> {
        text(name, takes, &self.given(name)?).map(str::to_owned)
    }

    pub fn optional_text(self, name: &str, takes: &str) -> PyResult<Option<String>> {
        let value = self.get(name)?;
        let text = optional_text(name, takes, value.as_ref())?;
        Ok(text.map(str::to_owned))
    }

    /// A flag; it is off if the function has no argument of that name.
    pub fn flag(self, name: &str) -> PyResult<bool> {
        let value = self.0.get_item(name)?;
        value.map_or(Ok(false), |value| flag(name, &value))
    }

    pub fn count(self, name: &str, least: u64) -> PyResult<u64> {
        count(name, least, &self.given(name)?)
    }

    pub fn optional_count(self, name: &str, least: u64) -> PyResult<Option<u64>> {
        optional_count(name, least, self.get(name)?.as_ref())
    }
}
