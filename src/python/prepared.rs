//! What an earlier run of `prepare` left, for Python.

use std::io::ErrorKind;
use std::path::PathBuf;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::args;
use super::errors::raised;
use super::report::PyReport;
use crate::batch;

/// What an earlier run left in a directory: the text of its manifest, the name of the loading, and the
/// report with the counts and the bodies.
#[pyfunction]
pub(super) fn read_prepared(
    py: Python<'_>,
    out: &Bound<'_, PyAny>,
) -> PyResult<(Py<PyBytes>, String, PyReport)> {
    const OUT: &str = "a path, which is a str or an os.PathLike";
    let out: PathBuf = out
        .extract()
        .map_err(|_| args::wrong_type("out", OUT, out))?;
    let read = py.detach(|| batch::read_prepared(&out));
    let read = read.map_err(|error| match error.kind() {
        ErrorKind::InvalidData => PyValueError::new_err(error.to_string()),
        _ => raised(error),
    })?;
    let manifest = PyBytes::new(py, &read.manifest).unbind();
    Ok((
        manifest,
        read.run,
        PyReport::new(py, read.report, Some(&out))?,
    ))
}
