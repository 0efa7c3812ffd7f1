//! The Python extension module: PyO3, and only translation.

mod args;
mod arrow;
mod batch;
mod bodies;
mod build;
mod columns;
mod errors;
mod exclusions;
mod list_outcomes;
mod options;
mod phones;
#[cfg(feature = "test-door")]
mod plan;
mod policy;
mod prepared;
mod report;
mod requests;
mod rows;
mod rules;
mod sending;
mod signals;
mod slices;
mod source;
mod stream;
mod table;
mod text;
mod values;
mod workbook;
mod zones;

use pyo3::prelude::*;

/// The native core of predial.
#[pymodule(gil_used = false)]
mod _core {
    use pyo3::prelude::*;

    #[pymodule_export]
    use super::arrow::{ArrowArray, ArrowChunkedArray};
    #[pymodule_export]
    use super::batch::{
        check_batch, clean_batch, finish_excluded, forecast_batch, open_excluded, prepare_batch,
        read_excluded, write_excluded,
    };
    #[pymodule_export]
    use super::bodies::{PyBody, restore_body};
    #[pymodule_export]
    use super::columns::PyColumn;
    #[pymodule_export]
    use super::exclusions::PyExclusions;
    #[pymodule_export]
    use super::phones::{
        PyFoundPhone, PyPhone, check_phones, explain_phone, find_phones, is_phone, normalize_phone,
        parse_phone, phone_of_digits, region_of, same_phone,
    };
    #[cfg(feature = "test-door")]
    #[pymodule_export]
    use super::plan::{phone_zones, plan_parse, plan_time_zones, plan_verdicts};
    #[pymodule_export]
    use super::policy::{CallWindows, call_windows};
    #[pymodule_export]
    use super::prepared::read_prepared;
    #[pymodule_export]
    use super::report::{PyDiagnostic, PyHint, PyReport, restore_diagnostic, restore_report};
    #[pymodule_export]
    use super::requests::{accepted_jobs, read_form, read_url, write_form, write_url};
    #[pymodule_export]
    use super::rows::{PyRow, check_one_job, restore_row};
    #[pymodule_export]
    use super::rules::{PyRule, restore_rule, rules};
    #[pymodule_export]
    use super::sending::{PySendingJournal, read_sending};
    #[pymodule_export]
    use super::slices::{PySlices, duplicate_fault, prepare_slice};
    #[pymodule_export]
    use super::stream::{PyStream, judge_rows, make_bodies};
    #[pymodule_export]
    use super::table::{PyCheckedTable, check_table, jobs_of_table};
    #[pymodule_export]
    use super::workbook::serve_workbook;
    #[pymodule_export]
    use super::zones::{PyZone, check_zones, is_zone, normalize_zone, parse_zone};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("PLAN_VERSION", crate::phone::plan::VERSION)?;
        module.add("BUILD", super::build::facts())?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
