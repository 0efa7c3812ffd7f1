//! The result of a batch for Python, as values that can be pickled, compared and hashed.

use std::borrow::Cow;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyTuple, PyType};

use super::bodies::PyBody;
use super::values::{Reduced, known, reduced, shown};
use crate::batch::{self, Detected, Duplicates, SheetFacts, TableLayout, TextEncoding};
use crate::rules::{Rule, Severity};

/// One rule that one field of one row breaks.
///
/// Two diagnostics are equal if all their fields are. They can be pickled and used as keys.
#[pyclass(name = "Diagnostic", frozen, eq, hash, get_all, module = "predial")]
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PyDiagnostic {
    /// The number of the row, from 0; a header is not counted.
    row: u64,
    /// The line of the source in which the row begins, from 1, as an editor counts; of a workbook the
    /// row that the sheet shows. None if the source has no lines.
    line: Option<u64>,
    /// Which job of the row it is about, from 0, if the row has several phones and is a job for each
    /// (`multiple="each"`); otherwise None.
    part: Option<u16>,
    /// The field at fault, with the path to an inner value (`allowedTime.mon[1].localTimeTo`); None
    /// if the whole row is at fault.
    field: Option<Cow<'static, str>>,
    /// The name of the rule, such as `phone-scientific`. `predial.rules()` explains each.
    rule: &'static str,
    /// `error` (the job is rejected), `repair` (it is sent after it is rewritten), `suggested` (the same,
    /// with a suggestion) or `warning` (it is sent unchanged).
    severity: &'static str,
    /// What is wrong, and what to do or what was meant, in one line.
    message: String,
    /// The value at fault as text, cut after 120 characters; None if no value is shown.
    value: Option<String>,
    /// The right value, or the value after the rewrite; None if nothing is certain enough.
    suggestion: Option<String>,
    /// The byte of the source where the row begins, from 0; None if the source has no bytes.
    offset: Option<u64>,
}

#[pymethods]
impl PyDiagnostic {
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        shown("Diagnostic", &self.fields().into_pyobject(py)?, DIAGNOSTIC)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Reduced<'py>> {
        reduced(py, "restore_diagnostic", self.fields().into_pyobject(py)?)
    }
}

const DIAGNOSTIC: &[&str] = &[
    "row",
    "line",
    "part",
    "field",
    "rule",
    "severity",
    "message",
    "value",
    "suggestion",
    "offset",
];

/// The fields of a diagnostic, in their order.
type DiagnosticFields<'a> = (
    u64,
    Option<u64>,
    Option<u16>,
    Option<&'a str>,
    &'a str,
    &'a str,
    &'a str,
    Option<&'a str>,
    Option<&'a str>,
    Option<u64>,
);

impl PyDiagnostic {
    pub(super) fn fields(&self) -> DiagnosticFields<'_> {
        (
            self.row,
            self.line,
            self.part,
            self.field.as_deref(),
            self.rule,
            self.severity,
            &self.message,
            self.value.as_deref(),
            self.suggestion.as_deref(),
            self.offset,
        )
    }
}

impl From<batch::Diagnostic> for PyDiagnostic {
    fn from(found: batch::Diagnostic) -> Self {
        PyDiagnostic {
            row: found.row,
            line: found.line,
            part: found.part,
            rule: found.rule().name(),
            severity: found.severity().name(),
            message: found.message(),
            offset: found.offset,
            field: found.finding.field,
            value: found.finding.value,
            suggestion: found.finding.fault.suggestion,
        }
    }
}

/// The diagnostic of these fields, for pickle.
#[pyfunction]
pub(super) fn restore_diagnostic(fields: &Bound<'_, PyTuple>) -> PyResult<PyDiagnostic> {
    let (row, line, part, field, rule, severity, message, value, suggestion, offset) =
        fields.extract()?;
    let (rule, severity): (String, String) = (rule, severity);
    let field: Option<String> = field;
    Ok(PyDiagnostic {
        row,
        line,
        part,
        field: field.map(Cow::Owned),
        rule: known(Rule::from_name(&rule).map(Rule::name), &rule)?,
        severity: known(
            Severity::from_name(&severity).map(Severity::name),
            &severity,
        )?,
        message,
        value,
        suggestion,
        offset,
    })
}

/// The result of a batch, as `check` and `prepare` return it.
///
/// Two reports are equal if all their fields are. They can be pickled and used as keys.
#[pyclass(name = "Report", frozen, module = "predial")]
pub struct PyReport {
    /// How many rows were read: `clean + repaired + rejected`.
    #[pyo3(get)]
    total: u64,
    /// How many jobs can be sent unchanged, byte for byte.
    #[pyo3(get)]
    clean: u64,
    /// How many jobs can be sent after they are rewritten.
    #[pyo3(get)]
    repaired: u64,
    /// How many jobs can't be sent.
    #[pyo3(get)]
    rejected: u64,
    /// How many jobs have at least one warning, sent or not.
    #[pyo3(get)]
    warned: u64,
    /// How often each rule was broken, by its name. Complete, however many diagnostics are kept.
    #[pyo3(get)]
    counts: Py<PyDict>,
    /// How many rows each rule alone keeps back, by its name: so many more could be sent if only that
    /// were corrected. A rule that is not here has 0.
    #[pyo3(get)]
    alone: Py<PyAny>,
    /// The decision about the list in one line, such as `1 042 of 2 000 jobs can be sent (52.1 %); 958
    /// are rejected`.
    #[pyo3(get)]
    verdict: String,
    /// How many diagnostics of each severity were found that `diagnostics` does not have. A severity
    /// that is not here has 0.
    #[pyo3(get)]
    left_out: Py<PyAny>,
    diagnostics: LateDiagnostics,
    /// How duplicates were found: `phone`, `job` or `allow`.
    #[pyo3(get)]
    duplicates: &'static str,
    /// What was detected in the source: `format`, `encoding`, `encoding_runner_up`,
    /// `byte_order_mark`, `compression`, `sheet`, `workbook`, `delimiter` and `header_line`, each None if it does not apply; `skipped`,
    /// the records that are neither rows nor the header (`line` and `why` of each); and
    /// `repeated_headers`, how many of them repeat the header further down (the first 100 are in
    /// `skipped`). `workbook` says whether the sheet is hidden (`hidden_sheet`), how many of its rows
    /// are (`hidden_rows`) and whether a filter is set (`filtered`), how many cells are formulas
    /// without a saved value (`unsaved_formulas`), and which other sheets have rows
    /// (`other_sheets`: `name`, `rows` and `hidden` of each).
    #[pyo3(get)]
    input: Py<PyDict>,
    /// See the getter.
    mapping: Option<PyMapping>,
    /// The request bodies that were written, in order; empty after `check`.
    #[pyo3(get)]
    bodies: Py<PyList>,
    /// Other facts for the caller, one sentence each.
    #[pyo3(get)]
    notes: Vec<String>,
    /// Options that would help the list as a whole, the best first; at most three. They are measured
    /// on the first 1 000 phones that are refused or warned about.
    #[pyo3(get)]
    hints: Vec<PyHint>,
    /// Where the jobs are that can be sent, if `statistics=True` asked for it, else None: a dict with
    /// `countries`, `types` and `zones`, each a dict from a name to a number of jobs, the most first,
    /// and `local_hours`, a list with the number of jobs for each hour that their clocks show now.
    #[pyo3(get)]
    statistics: Option<Py<PyDict>>,
}

/// An option that would help a list: why (`text`), the option as an argument (`region="RU"`), and how
/// many more of the sampled rows could be sent with it (`rows`).
#[pyclass(
    name = "Hint",
    frozen,
    eq,
    hash,
    get_all,
    from_py_object,
    module = "predial"
)]
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct PyHint {
    /// Why the option would help, as one line for people.
    text: String,
    /// The option in Python's words, such as `region="RU"`.
    option: String,
    /// How many more rows could be sent with it.
    rows: u64,
}

#[pymethods]
impl PyHint {
    #[new]
    fn new(text: String, option: String, rows: u64) -> PyHint {
        PyHint { text, option, rows }
    }

    fn __repr__(&self) -> String {
        let PyHint { text, option, rows } = self;
        format!("predial.Hint({text:?}, {option:?}, {rows})")
    }

    fn __reduce__<'py>(
        slf: &Bound<'py, Self>,
    ) -> (Bound<'py, pyo3::types::PyType>, (String, String, u64)) {
        let PyHint { text, option, rows } = slf.get().clone();
        (slf.get_type(), (text, option, rows))
    }
}

impl From<batch::Hint> for PyHint {
    fn from(hint: batch::Hint) -> PyHint {
        let batch::Hint { text, option, rows } = hint;
        PyHint { text, option, rows }
    }
}

/// Diagnostics that become objects of Python when they are looked at.
struct LateDiagnostics {
    found: Vec<batch::Diagnostic>,
    list: PyOnceLock<Py<PyList>>,
}

/// More diagnostics become objects at once: both forms would take much memory.
const MOST_LATE: usize = 100_000;

impl LateDiagnostics {
    fn new(py: Python<'_>, found: Vec<batch::Diagnostic>) -> PyResult<Self> {
        if found.len() > MOST_LATE {
            let found: Vec<PyDiagnostic> = found.into_iter().map(Into::into).collect();
            return Ok(LateDiagnostics::of_list(&PyList::new(py, found)?));
        }
        Ok(LateDiagnostics {
            found,
            list: PyOnceLock::new(),
        })
    }

    fn of_list(list: &Bound<'_, PyList>) -> Self {
        let made = PyOnceLock::new();
        let py = list.py();
        // It is empty, so this does not fail.
        let _ = made.set(py, list.clone().unbind());
        LateDiagnostics {
            found: Vec::new(),
            list: made,
        }
    }

    fn list<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyList>> {
        let list = self.list.get_or_try_init(py, || {
            let found = self.found.iter().cloned().map(PyDiagnostic::from);
            PyList::new(py, found.collect::<Vec<_>>()).map(Bound::unbind)
        });
        list.map(|list| list.bind(py))
    }
}

#[pymethods]
impl PyReport {
    /// The diagnostics in the order of the rows, at most `max_diagnostics` of them: errors before
    /// suggested fixes, warnings and repairs if not all fit.
    #[getter]
    fn diagnostics<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        self.diagnostics.list(py).cloned()
    }

    /// What each column of a table became, as a list of `MappedColumn`. None if the source is not a
    /// table.
    #[getter]
    fn mapping<'py>(&self, py: Python<'py>) -> PyResult<Option<Vec<Bound<'py, PyAny>>>> {
        static COLUMN: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let Some(columns) = &self.mapping else {
            return Ok(None);
        };
        let class = COLUMN.import(py, "predial._table", "MappedColumn")?;
        let made = columns.iter().map(|column| class.call1(column.clone()));
        made.collect::<PyResult<Vec<_>>>().map(Some)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let counts = self.counts.bind(py).repr()?;
        Ok(format!(
            "Report(total={}, clean={}, repaired={}, rejected={}, warned={}, counts={counts})",
            self.total, self.clean, self.repaired, self.rejected, self.warned
        ))
    }

    fn __eq__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        match other.cast::<PyReport>() {
            Ok(other) => self.fields(py)?.eq(other.get().fields(py)?),
            Err(_) => Ok(false),
        }
    }

    /// Hashes only the numbers: lists and dicts have no hash, and equal reports have equal numbers.
    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        let numbers = (
            self.total,
            self.clean,
            self.repaired,
            self.rejected,
            self.warned,
        );
        numbers.hash(&mut hasher);
        hasher.finish()
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Reduced<'py>> {
        reduced(py, "restore_report", self.fields(py)?)
    }

    /// The launch preview: one HTML page that needs no network, in English (`lang="en"`) or Russian
    /// (`"ru"`).
    ///
    /// `name` is what people call the list, and `forecast` a forecast of it, for the hours in which it
    /// rings. Phones are masked except for their last four digits unless `show_phones`. `docs` is the
    /// address of predial's documentation (`https://…`): each rule links to its section there. Without
    /// it the page names the command that shows the section. Needs the extra `report`. Raises ValueError
    /// for another language or address.
    ///
    /// >>> import predial
    /// >>> page = predial.check([{"phone": "7.9E+10"}]).to_html(name="contacts.csv")
    /// >>> "1 will not be sent" in page
    /// True
    #[pyo3(signature = (*, name = "", lang = "en", forecast = None, show_phones = false, docs = None))]
    fn to_html<'py>(
        slf: &Bound<'py, Self>,
        name: &str,
        lang: &str,
        forecast: Option<Bound<'py, PyAny>>,
        show_phones: bool,
        docs: Option<&str>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let preview = slf.py().import("predial.preview")?;
        let options = PyDict::new(slf.py());
        options.set_item("name", name)?;
        options.set_item("forecast", forecast)?;
        options.set_item("show_phones", show_phones)?;
        let figures = preview.getattr("figures")?.call((slf,), Some(&options))?;
        preview.getattr("page")?.call1((figures, lang, docs))
    }

    /// The report as a table, for notebooks. All text is escaped.
    fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let notebook = slf.py().import("predial._notebook")?;
        notebook.getattr("table")?.call1((slf,))
    }
}

impl PyReport {
    pub(super) fn new(
        py: Python<'_>,
        report: batch::Report,
        out: Option<&PathBuf>,
    ) -> PyResult<Self> {
        let counts = PyDict::new(py);
        for (rule, count) in report.counts() {
            counts.set_item(rule.name(), count)?;
        }
        let verdict = report.verdict();
        let alone = counter(py, report.alone().map(|(rule, rows)| (rule.name(), rows)))?;
        let left_out = report
            .left_out()
            .map(|(severity, left)| (severity.name(), left));
        let left_out = counter(py, left_out)?;
        let placed = |body| PyBody::in_directory(body, out);
        let bodies: Vec<PyBody> = report.bodies.into_iter().map(placed).collect();
        Ok(PyReport {
            total: report.total,
            clean: report.clean,
            repaired: report.repaired,
            rejected: report.rejected,
            warned: report.warned,
            counts: counts.unbind(),
            alone,
            verdict,
            left_out,
            diagnostics: LateDiagnostics::new(py, report.diagnostics)?,
            duplicates: report.duplicates.name(),
            input: input(py, &report.input, report.layout.as_ref())?.unbind(),
            mapping: report.mapping.as_ref().map(mapping),
            bodies: PyList::new(py, bodies)?.unbind(),
            notes: report.notes,
            hints: report.hints.into_iter().map(PyHint::from).collect(),
            statistics: report
                .statistics
                .map(|found| statistics(py, &found))
                .transpose()?,
        })
    }

    fn fields<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let counts = (
            self.total,
            self.clean,
            self.repaired,
            self.rejected,
            self.warned,
        );
        let sums = (&self.counts, &self.alone, &self.left_out, &self.verdict);
        let found = (sums, self.diagnostics.list(py)?, self.duplicates);
        let source = (&self.input, self.mapping.clone());
        let said = (self.notes.clone(), self.hints.clone(), &self.statistics);
        (counts, found, source, &self.bodies, said).into_pyobject(py)
    }
}

/// The report of these fields, for pickle.
#[pyfunction]
pub(super) fn restore_report(fields: &Bound<'_, PyTuple>) -> PyResult<PyReport> {
    let (numbers, found, source, bodies, said) = fields.extract()?;
    let (notes, hints, statistics) = said;
    let (total, clean, repaired, rejected, warned) = numbers;
    let (sums, diagnostics, duplicates) = found;
    let (counts, alone, left_out, verdict) = sums;
    let diagnostics: Bound<'_, PyList> = diagnostics;
    let (input, mapping) = source;
    let duplicates: String = duplicates;
    Ok(PyReport {
        total,
        clean,
        repaired,
        rejected,
        warned,
        counts,
        alone,
        verdict,
        left_out,
        diagnostics: LateDiagnostics::of_list(&diagnostics),
        duplicates: known(
            Duplicates::from_name(&duplicates).map(Duplicates::name),
            &duplicates,
        )?,
        input,
        mapping,
        bodies,
        notes,
        hints,
        statistics,
    })
}

/// Where jobs are, as `Report.statistics` gives it.
fn statistics(py: Python<'_>, found: &batch::Statistics) -> PyResult<Py<PyDict>> {
    let tables = [
        ("countries", found.countries()),
        ("types", found.types()),
        ("zones", found.zones()),
    ];
    let all = PyDict::new(py);
    for (name, rows) in tables {
        let table = PyDict::new(py);
        for (row, jobs) in rows {
            table.set_item(row, jobs)?;
        }
        all.set_item(name, table)?;
    }
    all.set_item("local_hours", found.local_hours().to_vec())?;
    Ok(all.unbind())
}

/// A `Counter`: a dict in which each other name has 0.
fn counter<'n>(
    py: Python<'_>,
    counts: impl Iterator<Item = (&'n str, u64)>,
) -> PyResult<Py<PyAny>> {
    static COUNTER: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let found = PyDict::new(py);
    for (name, count) in counts {
        found.set_item(name, count)?;
    }
    let class = COUNTER.import(py, "collections", "Counter")?;
    class.call1((found,)).map(Bound::unbind)
}

fn workbook<'py>(py: Python<'py>, facts: &SheetFacts) -> PyResult<Bound<'py, PyDict>> {
    let workbook = PyDict::new(py);
    workbook.set_item("hidden_sheet", facts.hidden_sheet)?;
    workbook.set_item("hidden_rows", facts.hidden_rows)?;
    workbook.set_item("filtered", facts.filtered)?;
    workbook.set_item("unsaved_formulas", facts.unsaved_formulas)?;
    let other_sheets = facts.other_sheets.iter().map(|sheet| {
        let shown = PyDict::new(py);
        shown.set_item("name", &sheet.name)?;
        shown.set_item("rows", sheet.rows)?;
        shown.set_item("hidden", sheet.hidden)?;
        Ok(shown)
    });
    let other_sheets = other_sheets.collect::<PyResult<Vec<_>>>()?;
    workbook.set_item("other_sheets", other_sheets)?;
    Ok(workbook)
}

fn input<'py>(
    py: Python<'py>,
    found: &Detected,
    layout: Option<&TableLayout>,
) -> PyResult<Bound<'py, PyDict>> {
    let input = PyDict::new(py);
    input.set_item("format", found.format)?;
    input.set_item("encoding", found.encoding.map(TextEncoding::name))?;
    let runner_up = found.encoding_runner_up.map(TextEncoding::name);
    input.set_item("encoding_runner_up", runner_up)?;
    input.set_item("byte_order_mark", found.byte_order_mark)?;
    input.set_item("compression", found.compression.map(|how| how.name()))?;
    input.set_item("sheet", &found.sheet)?;
    let workbook = found.sheets.as_ref().map(|facts| workbook(py, facts));
    input.set_item("workbook", workbook.transpose()?)?;
    input.set_item("delimiter", found.delimiter)?;
    input.set_item("header_line", layout.and_then(|layout| layout.header_line))?;
    let skipped = layout.map_or(&[][..], |layout| &layout.skipped);
    let skipped = skipped.iter().map(|record| {
        let found = PyDict::new(py);
        found.set_item("line", record.line)?;
        found.set_item("why", record.why.name())?;
        Ok(found)
    });
    input.set_item("skipped", skipped.collect::<PyResult<Vec<_>>>()?)?;
    let repeated = layout.map_or(0, |layout| layout.repeated_headers);
    input.set_item("repeated_headers", repeated)?;
    Ok(input)
}

/// The columns of a table: the header, the place, the field, the key of payload, why, and the share of
/// the sampled cells that are what the column is used for.
type PyMapping = Vec<(
    String,
    usize,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<f64>,
)>;

fn mapping(mapping: &batch::ColumnMapping) -> PyMapping {
    let parts = |column: &batch::MappedColumn| {
        let named = |name: &'static str| name.to_owned();
        (
            column.column.clone(),
            column.place,
            column.column_use.map(batch::ColumnUse::name).map(named),
            column.payload.clone(),
            column.why.map(batch::MappingReason::name).map(named),
            column.share(),
        )
    };
    mapping.columns().iter().map(parts).collect()
}
