//! What answers need that are values: their pickles and their `repr`.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// What `__reduce__` returns: a function of `predial._core`, and its one argument.
pub(super) type Reduced<'py> = (Bound<'py, PyAny>, (Bound<'py, PyTuple>,));

pub(super) fn reduced<'py>(
    py: Python<'py>,
    restore: &str,
    fields: Bound<'py, PyTuple>,
) -> PyResult<Reduced<'py>> {
    Ok((py.import("predial._core")?.getattr(restore)?, (fields,)))
}

/// A name that this version knows.
///
/// # Errors
/// ValueError for a name that another version has pickled.
pub(super) fn known(name: Option<&'static str>, pickled: &str) -> PyResult<&'static str> {
    let unknown = || PyValueError::new_err(format!("this version of predial has no {pickled:?}"));
    name.ok_or_else(unknown)
}

/// A value as Python shows it, with the name of each of its fields.
pub(super) fn shown(class: &str, fields: &Bound<'_, PyTuple>, names: &[&str]) -> PyResult<String> {
    let mut parts = Vec::new();
    for (name, value) in names.iter().zip(fields) {
        parts.push(format!("{name}={}", value.repr()?));
    }
    Ok(format!("{class}({})", parts.join(", ")))
}
