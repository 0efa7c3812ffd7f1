//! Tables of whole jobs for Python.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_schema::{DataType, Field, FieldRef};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict};

use super::arrow;
use super::batch::{FailureFields, ended};
use super::errors::refused_table;
use super::options::PyOptions;
use super::report::PyReport;
use super::source::PyWatch;
use crate::batch::{self, ReaderFeed, Source};
use crate::columns::{self, ColumnRun, JobLines, TableVerdicts};

/// A table of jobs with the verdict on each row, as `check_table` returns it.
///
/// It exports Arrow's PyCapsule interface without a copy: use `polars.DataFrame(table)` or
/// `pyarrow.table(table)`.
#[pyclass(name = "CheckedTable", frozen, module = "predial")]
pub(crate) struct PyCheckedTable {
    field: FieldRef,
    batches: Vec<ArrayRef>,
    reasons: Option<ArrayRef>,
    /// The report on all jobs, as `check` returns it.
    #[pyo3(get)]
    report: Py<PyReport>,
}

#[pymethods]
impl PyCheckedTable {
    fn __len__(&self) -> usize {
        self.batches.iter().map(|batch| batch.len()).sum()
    }

    fn __repr__(&self) -> String {
        format!("<predial.CheckedTable of {} jobs>", self.__len__())
    }

    /// Why each row is rejected, as structs of the columns of a reject file, if that was wanted.
    fn _reasons(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        let reasons = self.reasons.clone();
        reasons
            .map(|reasons| arrow::export(py, vec![reasons], false))
            .transpose()
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        arrow::schema_capsule(py, &self.field)
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        arrow::stream_capsule(py, &self.field, self.batches.clone())
    }
}

/// Checks a table of jobs, and gives it back with the verdicts.
#[pyfunction]
#[pyo3(signature = (table, options, progress, for_clean = false, with_reasons = false))]
pub(crate) fn check_table(
    py: Python<'_>,
    table: &Bound<'_, PyAny>,
    options: &Bound<'_, PyDict>,
    progress: Option<Py<PyAny>>,
    for_clean: bool,
    with_reasons: bool,
) -> PyResult<(PyCheckedTable, Option<FailureFields>)> {
    let core = PyOptions::read(options)?.core()?;
    super::options::refuse_each(&core, "check_table")?;
    let regions = super::zones::regions(py)?;
    let Some(table) = arrow::table(table)? else {
        return Err(arrow::not_a_table(table));
    };
    let batches: Result<Vec<ArrayRef>, _> = py.detach(|| table.batches.collect());
    let batches = columns::batches_within_offsets(&batches.map_err(arrow::raised)?);
    let again = batches
        .clone()
        .into_iter()
        .map(|batch| Ok(Arc::new(batch) as ArrayRef));
    let choice = core.column_choice(regions);
    let (lines, found) =
        JobLines::new(&table.columns, Box::new(again), &choice, core.max_row_bytes)
            .map_err(refused_table)?;
    let mut watch = PyWatch::new(progress);
    let mut verdicts = match with_reasons {
        true => TableVerdicts::default().with_reasons(),
        false => TableVerdicts::default(),
    };
    let (report, end) = py.detach(|| {
        let mut feed = ReaderFeed::new(lines);
        let mut source = Source::Lines {
            feed: &mut feed,
            columns: found.clone(),
        };
        let mut take = |row| verdicts.add(&row);
        batch::check_rows(&mut source, &core, regions, &mut watch, &mut take)
    });
    let failure = ended(end)?;
    let reasons = verdicts.take_reasons();
    let report = Py::new(py, PyReport::new(py, report, None)?)?;
    let (columns, batches) = match failure {
        Some(_) => (table.columns, Vec::new()),
        None => {
            let run = ColumnRun {
                repair: core.job.repair.is_any(),
                threads: Some(core.threads),
                ..ColumnRun::default()
            };
            // A list that is written again keeps what is valid.
            let values = match for_clean && !core.job.canonical {
                true => columns::CheckedValues::Repaired,
                false => columns::CheckedValues::Normalized,
            };
            let came = (&table.columns, &batches[..]);
            let readers = (
                &core.job.phone,
                regions.at(core.now.unwrap_or_else(batch::unix_now)),
            );
            let checked = super::columns::checked(py, run, |run| {
                columns::CheckedTable::new(came, (&found.mapping, values), verdicts, readers, run)
            })?;
            (checked.columns, checked.batches)
        }
    };
    let field = Field::new("", DataType::Struct(columns), false).with_metadata(table.metadata);
    let field = Arc::new(field);
    Ok((
        PyCheckedTable {
            field,
            batches,
            reasons: reasons.map(|reasons| Arc::new(reasons) as ArrayRef),
            report,
        },
        failure,
    ))
}

/// Fails if the caller maps a column to the country or the calling code of each row: a job has neither.
fn refuse_row_regions(core: &batch::BatchOptions) -> PyResult<()> {
    let mut asked = core.table.map.iter().map(|(wanted, _)| wanted);
    match asked.find(|wanted| wanted.field().is_none()) {
        Some(wanted) => Err(PyValueError::new_err(format!(
            "map names columns for {}, which predial.spark does not take; write the phones with their \
             country codes",
            wanted.name()
        ))),
        None => Ok(()),
    }
}

/// The JSON of the job in each row of a table, as [`check_table`] checks it.
#[pyfunction]
pub(crate) fn jobs_of_table(
    py: Python<'_>,
    table: &Bound<'_, PyAny>,
    options: &Bound<'_, PyDict>,
) -> PyResult<Py<PyAny>> {
    let core = PyOptions::read(options)?.core()?;
    refuse_row_regions(&core)?;
    let Some(table) = arrow::table(table)? else {
        return Err(arrow::not_a_table(table));
    };
    let choice = core.column_choice(super::zones::regions(py)?);
    let (lines, _) = JobLines::new(&table.columns, table.batches, &choice, core.max_row_bytes)
        .map_err(refused_table)?;
    let texts = py.detach(|| lines.texts()).map_err(arrow::raised)?;
    arrow::export(py, vec![Arc::new(texts)], false)
}
