//! Single rows for Python, and the check of one job.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};

use super::batch::ended;
use super::options::PyOptions;
use super::report::{PyDiagnostic, restore_diagnostic};
use super::source::PyRecord;
use super::values::{Reduced, known, reduced, shown};
use super::zones::zones_now;
use crate::batch::{self, DecidedRow, Record};
use crate::job::Standing;

/// One row of a list and what became of it, as `judge` and `check_job` return it.
///
/// Two rows are equal if all their fields are. They can be pickled and used as keys.
#[pyclass(name = "Row", frozen, eq, hash, module = "predial")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct PyRow {
    /// The number of the row, from 0; a header is not counted.
    #[pyo3(get)]
    number: u64,
    /// The line of the source in which the row begins, from 1, as an editor counts; of a workbook the
    /// row that the sheet shows. None if the source has no lines.
    #[pyo3(get)]
    line: Option<u64>,
    /// Which job of the row it is, from 0, if the row has several phones and is a job for each
    /// (`multiple="each"`); otherwise None.
    #[pyo3(get)]
    part: Option<u16>,
    /// The byte of the source where the row begins, from 0; None if the source has no bytes.
    #[pyo3(get)]
    offset: Option<u64>,
    /// `clean` (the job is sent as it came), `repaired` (it is sent after it is rewritten) or
    /// `rejected`.
    #[pyo3(get)]
    standing: &'static str,
    phone: Option<u64>,
    /// The job as it is sent, or as it came.
    text: Vec<u8>,
    diagnostics: Vec<PyDiagnostic>,
}

const CLEAN: &str = "clean";
const REPAIRED: &str = "repaired";
const REJECTED: &str = "rejected";

#[pymethods]
impl PyRow {
    /// The digits of the phone; None if the row has none that can be read.
    #[getter]
    fn phone(&self) -> Option<String> {
        self.phone.map(|phone| phone.to_string())
    }

    /// The normalized zone of the job; None if it has no gmtZone, or none that can be read.
    #[getter]
    fn zone(&self, py: Python<'_>) -> PyResult<Option<String>> {
        Ok(batch::zone_of(&self.text, zones_now(py)?))
    }

    /// The JSON of the job as it is sent, in UTF-8; None if the row is rejected.
    #[getter]
    fn job<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        let is_sent = self.standing != REJECTED;
        is_sent.then(|| PyBytes::new(py, &self.text))
    }

    /// What was found at the row, as a tuple of `Diagnostic`.
    #[getter]
    fn diagnostics<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.diagnostics.iter().cloned())
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let of_all = (
            self.number,
            self.line,
            self.part,
            self.offset,
            self.standing,
            self.phone(),
            self.zone(py)?,
            self.job(py),
            self.diagnostics(py)?,
        );
        shown("Row", &of_all.into_pyobject(py)?, SHOWN)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Reduced<'py>> {
        let found = self.diagnostics.iter();
        let found = found.map(|one| one.fields().into_pyobject(py));
        let found = PyTuple::new(py, found.collect::<Result<Vec<_>, _>>()?)?;
        let of_all = (
            self.number,
            self.line,
            self.part,
            self.offset,
            self.standing,
            self.phone,
            PyBytes::new(py, &self.text),
            found,
        );
        reduced(py, "restore_row", of_all.into_pyobject(py)?)
    }
}

const SHOWN: &[&str] = &[
    "number",
    "line",
    "part",
    "offset",
    "standing",
    "phone",
    "zone",
    "job",
    "diagnostics",
];

impl From<DecidedRow> for PyRow {
    fn from(row: DecidedRow) -> PyRow {
        PyRow {
            number: row.number,
            line: row.line,
            part: row.part,
            offset: row.offset,
            standing: match row.standing {
                Standing::Clean => CLEAN,
                Standing::Repaired => REPAIRED,
                Standing::Rejected => REJECTED,
            },
            phone: row.phone,
            text: row.text,
            diagnostics: row.diagnostics.into_iter().map(Into::into).collect(),
        }
    }
}

/// The row of these fields, for pickle.
#[pyfunction]
pub(super) fn restore_row(fields: &Bound<'_, PyTuple>) -> PyResult<PyRow> {
    let (number, line, part, offset, standing, phone, text, found) = fields.extract()?;
    let (standing, text): (String, Vec<u8>) = (standing, text);
    let found: Vec<Bound<'_, PyTuple>> = found;
    let mut standings = [CLEAN, REPAIRED, REJECTED].into_iter();
    Ok(PyRow {
        number,
        line,
        part,
        offset,
        standing: known(standings.find(|one| *one == standing), &standing)?,
        phone,
        text,
        diagnostics: found
            .iter()
            .map(restore_diagnostic)
            .collect::<PyResult<_>>()?,
    })
}

/// Checks one job: a record as `_records.py` writes it, or a text of the caller's.
#[pyfunction]
pub(super) fn check_one_job(
    py: Python<'_>,
    job: PyRecord,
    is_text: bool,
    options: &Bound<'_, PyDict>,
) -> PyResult<PyRow> {
    let core = PyOptions::read(options)?.core()?;
    super::options::refuse_each(&core, "check_job")?;
    let regions = super::zones::regions(py)?;
    let job = Record::from(job);
    let job = match is_text {
        true => job.of_text(),
        false => job,
    };
    let decided = py.detach(|| batch::check_job(job, &core, regions));
    match decided {
        Ok(Some(row)) => Ok(row.into()),
        Ok(None) => Err(PyTypeError::new_err("job must be one job")),
        Err(halt) => match ended(Err(halt)) {
            Err(error) => Err(error),
            Ok(_) => Err(PyTypeError::new_err("job must be one job")),
        },
    }
}
