//! Lists that are prepared in slices, for engines that run on a cluster.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use arrow_array::ArrayRef;
use arrow_array::cast::AsArray;
use arrow_schema::ArrowError;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::args;
use super::arrow;
use super::batch::{ended, refused};
use super::errors::refused_table;
use super::options::{PyOptions, PyOutput};
use super::report::PyReport;
use super::source::PyWatch;
use crate::batch::{self, BatchError, Duplicates, SliceCut, SliceRows};
use crate::columns::{self, BatchesError, JobLines};

/// The rule and the message for a row that repeats the row `first`. An engine that finds duplicates
/// itself asks for them.
#[pyfunction]
pub(super) fn duplicate_fault(duplicates: &str, first: &str) -> PyResult<(&'static str, String)> {
    let kind = Duplicates::from_name(duplicates);
    let fault = kind.and_then(|kind| kind.fault(first));
    let no_kind = || PyValueError::new_err("duplicates must be 'phone' or 'job'");
    let fault = fault.ok_or_else(no_kind)?;
    Ok((fault.rule.name(), fault.message()))
}

/// The directory of a list that is prepared slice by slice, from its claim to its manifest.
///
/// A context: what ends it early hears of the slices that are whole.
#[pyclass(name = "Slices", frozen, module = "predial._core")]
pub(crate) struct PySlices {
    slices: Mutex<Option<batch::SlicedOutput>>,
    out: PathBuf,
    /// The folder in which the slices are prepared.
    #[pyo3(get)]
    folder: PathBuf,
    /// The instant of the run, in seconds since 1970-01-01T00:00:00Z.
    #[pyo3(get)]
    instant: i64,
}

#[pymethods]
impl PySlices {
    /// `columns` is a table with the columns of the list, whose rows are not looked at.
    #[new]
    fn new(
        py: Python<'_>,
        columns: &Bound<'_, PyAny>,
        options: &Bound<'_, PyDict>,
        output: &Bound<'_, PyDict>,
        order_by: Vec<String>,
        slice_rows: &Bound<'_, PyAny>,
    ) -> PyResult<PySlices> {
        let core = PyOptions::read(options)?.core()?;
        super::options::refuse_each(&core, "predial.spark")?;
        let output = PyOutput::read(output)?.core();
        let Some(table) = arrow::table(columns)? else {
            return Err(arrow::not_a_table(columns));
        };
        let regions = super::zones::regions(py)?;
        let choice = core.column_choice(regions);
        let (_, found) = JobLines::new(&table.columns, table.batches, &choice, core.max_row_bytes)
            .map_err(refused_table)?;
        let cut = SliceCut {
            order_by,
            slice_rows: args::count("slice_rows", 1, slice_rows)?,
        };
        let out = output.dir.clone();
        let slices = py
            .detach(|| batch::SlicedOutput::begin(&core, output, cut, found.mapping, regions))
            .map_err(refused)?;
        Ok(PySlices {
            folder: slices.folder(),
            instant: slices.instant(),
            slices: Mutex::new(Some(slices)),
            out,
        })
    }

    /// Joins the slices of these names, in this order, to one list of `rows` rows.
    fn join(&self, py: Python<'_>, names: Vec<String>, rows: u64) -> PyResult<PyReport> {
        let mut watch = PyWatch::new(None);
        let joined = py.detach(|| {
            let mut slices = self.slices.lock().unwrap_or_else(PoisonError::into_inner);
            let slices = slices.as_mut()?;
            Some(slices.join(&names, rows, &mut watch))
        });
        match joined {
            Some(Ok(report)) => PyReport::new(py, report, Some(&self.out)),
            Some(Err(halt)) => Err(failed(halt)),
            None => Err(PyValueError::new_err("the run has ended")),
        }
    }

    fn __enter__(this: Py<Self>) -> Py<Self> {
        this
    }

    fn __exit__(
        &self,
        py: Python<'_>,
        _class: &Bound<'_, PyAny>,
        error: Option<Bound<'_, PyAny>>,
        _traceback: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let slices = self
            .slices
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let left = slices
            .as_ref()
            .and_then(batch::SlicedOutput::unfinished_note);
        py.detach(|| drop(slices));
        match error.zip(left) {
            Some((error, left)) => error.call_method1("add_note", (left,)).map(drop),
            None => Ok(()),
        }
    }
}

/// Prepares a slice in the folder of the slices, unless it is there; returns its name.
///
/// `rows` is a table of the number of each row, the number of the first row with its job where
/// that is an earlier one, and the JSON of its job.
#[pyfunction]
pub(crate) fn prepare_slice(
    py: Python<'_>,
    folder: PathBuf,
    slice: u64,
    first_row: u64,
    rows: &Bound<'_, PyAny>,
    options: &Bound<'_, PyDict>,
    output: &Bound<'_, PyDict>,
) -> PyResult<String> {
    let core = PyOptions::read(options)?.core()?;
    super::options::refuse_each(&core, "predial.spark")?;
    let output = PyOutput::read(output)?.core();
    let Some(table) = arrow::table(rows)? else {
        return Err(arrow::not_a_table(rows));
    };
    let regions = super::zones::regions(py)?;
    let mut watch = PyWatch::new(None);
    let prepared = py.detach(|| {
        let mut rows = SliceRows {
            slice,
            first_row,
            ..SliceRows::default()
        };
        for batch in table.batches {
            take(&batch?, &mut rows)?;
        }
        Ok::<_, BatchesError>(batch::prepare_slice(
            &folder, rows, &core, &output, regions, &mut watch,
        ))
    });
    match prepared.map_err(arrow::raised)? {
        Ok(Ok(name)) => Ok(name),
        Ok(Err(halt)) => Err(failed(halt)),
        Err(refusal) => Err(refused(refusal)),
    }
}

/// Adds the rows of a batch.
fn take(batch: &ArrayRef, rows: &mut SliceRows) -> Result<(), ArrowError> {
    let [places, firsts, jobs] = batch.as_struct().columns() else {
        return Err(unfit("three columns"));
    };
    let numbers = |column| columns::row_numbers(column).ok_or_else(|| unfit("row numbers"));
    for (place, first) in numbers(places)?.into_iter().zip(numbers(firsts)?) {
        if let Some((place, first)) = place.zip(first) {
            rows.doubled.insert(place, first);
        }
    }
    let append = |job: &str| {
        rows.lines.extend_from_slice(job.as_bytes());
        rows.lines.push(b'\n');
    };
    columns::each_text(jobs, append).ok_or_else(|| unfit("texts of jobs"))
}

fn unfit(what: &str) -> ArrowError {
    ArrowError::SchemaError(format!("the rows of a slice have no {what}"))
}

/// The exception for what ended a slice.
fn failed(halt: BatchError) -> PyErr {
    match ended(Err(halt)) {
        Err(error) => error,
        Ok(failure) => PyValueError::new_err(failure.map(|(message, ..)| message)),
    }
}
