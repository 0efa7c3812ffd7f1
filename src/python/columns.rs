//! Answers to a whole column at once.

use arrow_array::ArrayRef;
use pyo3::exceptions::{PyMemoryError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyList, PySequence, PyString};

use super::list_outcomes::ListOutcomes;
use super::signals::Signals;
use super::{args, arrow};
use crate::columns::{self, Answer, Cell, ColumnError, ColumnRun, Outcome};

/// The verdicts on a column: lists of the same length, or Arrow arrays if it was one.
#[pyclass(name = "Column", frozen, module = "predial")]
pub(crate) struct PyColumn {
    /// The values as a batch would send them: phones as digits, zones as `Zone.normalized`; null for
    /// a value that is rejected or was null.
    #[pyo3(get)]
    normalized: Py<PyAny>,
    outcomes: ColumnOutcomes,
    counts: ColumnCounts,
    details: Option<PyDetails>,
}

/// What became of each value.
enum ColumnOutcomes {
    /// Arrow arrays: the rules, and whether a value is rewritten.
    Arrow {
        rules: Py<PyAny>,
        repaired: Py<PyAny>,
    },
    List(ListOutcomes),
}

/// How many values there are, are rewritten, are rejected.
#[derive(Clone, Copy, Default)]
struct ColumnCounts {
    rows: usize,
    repaired: usize,
    rejected: usize,
}

/// More about each phone, if the caller asked for it.
pub(super) struct PyDetails {
    pub country_code: Py<PyAny>,
    pub region: Py<PyAny>,
    pub kind: Py<PyAny>,
    pub time_zones: Py<PyAny>,
}

impl PyColumn {
    fn detail(&self, py: Python<'_>, of: fn(&PyDetails) -> &Py<PyAny>) -> Option<Py<PyAny>> {
        self.details
            .as_ref()
            .map(|details| of(details).clone_ref(py))
    }
}

#[pymethods]
impl PyColumn {
    /// The name of the rule for which each value is rejected; null if it is not rejected.
    #[getter]
    fn rules(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        match &self.outcomes {
            ColumnOutcomes::Arrow { rules, .. } => Ok(rules.clone_ref(py)),
            ColumnOutcomes::List(outcomes) => outcomes.rules(py),
        }
    }

    /// Whether a batch would rewrite the value.
    #[getter]
    fn repaired(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        match &self.outcomes {
            ColumnOutcomes::Arrow { repaired, .. } => Ok(repaired.clone_ref(py)),
            ColumnOutcomes::List(outcomes) => outcomes.repaired(py),
        }
    }

    /// The country calling code of each phone, null for others; None without `details`.
    #[getter]
    fn country_code(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.detail(py, |details| &details.country_code)
    }

    /// The region of each valid phone (ISO 3166-1 alpha-2), null for others; None without
    /// `details`.
    #[getter]
    fn region(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.detail(py, |details| &details.region)
    }

    /// The type of each valid phone, such as `mobile`, null for others; None without `details`.
    #[getter]
    fn r#type(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.detail(py, |details| &details.kind)
    }

    /// A list for each phone: the IANA IDs of the zones where it may be, null for others; None
    /// without `details`.
    #[getter]
    fn time_zones(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.detail(py, |details| &details.time_zones)
    }

    fn __len__(&self) -> usize {
        self.counts.rows
    }

    fn __repr__(&self) -> String {
        let ColumnCounts {
            rows,
            repaired,
            rejected,
        } = self.counts;
        format!("<predial.Column of {rows}: {repaired} repaired, {rejected} rejected>")
    }
}

/// Runs a check of columns without the interpreter's lock. A signal ends it early.
///
/// # Errors
/// ValueError for a column that is broken, MemoryError for one whose answer is too large; the exception
/// that a signal's handler raises.
pub(super) fn checked<T: Send>(
    py: Python<'_>,
    run: ColumnRun<'_>,
    check: impl FnOnce(&ColumnRun<'_>) -> Result<T, ColumnError> + Send,
) -> PyResult<T> {
    let signals = Signals::new();
    let is_stopped = || signals.is_stopped();
    let run = ColumnRun {
        is_stopped: &is_stopped,
        ..run
    };
    let checked = py.detach(|| check(&run));
    checked.map_err(|error| match signals.into_raised() {
        Some(raised) => raised,
        None if error == ColumnError::NoMemory => PyMemoryError::new_err(error.to_string()),
        None => PyValueError::new_err(error.to_string()),
    })
}

/// The answers to the arrays of a column as a Python object.
pub(super) fn of_arrays(py: Python<'_>, answers: &[Answer], is_stream: bool) -> PyResult<PyColumn> {
    let exported = |arrays| arrow::export(py, arrays, is_stream);
    let column = |of: fn(&Answer) -> &ArrayRef| {
        exported(answers.iter().map(|answer| of(answer).clone()).collect())
    };
    let details: Option<Vec<_>> = answers
        .iter()
        .map(|answer| answer.details.as_ref())
        .collect();
    let details = details.map(|details| {
        let column = |of: fn(&columns::Details) -> &ArrayRef| {
            exported(details.iter().map(|details| of(details).clone()).collect())
        };
        PyResult::Ok(PyDetails {
            country_code: column(|details| &details.country_code)?,
            region: column(|details| &details.region)?,
            kind: column(|details| &details.kind)?,
            time_zones: column(|details| &details.time_zones)?,
        })
    });
    Ok(PyColumn {
        normalized: column(|answer| &answer.normalized)?,
        outcomes: ColumnOutcomes::Arrow {
            rules: column(|answer| &answer.rules)?,
            repaired: column(|answer| &answer.repaired)?,
        },
        counts: ColumnCounts {
            rows: answers.iter().map(Answer::rows).sum(),
            repaired: answers.iter().map(Answer::repaired).sum(),
            rejected: answers.iter().map(Answer::rejected).sum(),
        },
        details: details.transpose()?,
    })
}

/// Checks every value of a sequence. None and NaN are null, and are not checked.
///
/// # Errors
/// TypeError for an object that is not a sequence of values, such as a single text; the exceptions
/// of the check.
pub(super) fn of_sequence<'py, F>(values: &Bound<'py, PyAny>, mut judge: F) -> PyResult<PyColumn>
where
    F: FnMut(&Bound<'py, PyAny>) -> PyResult<Outcome<Bound<'py, PyString>>>,
{
    let py = values.py();
    let normalized = PyList::empty(py);
    let mut outcomes = Vec::new();
    let mut add = |value: &Bound<'py, PyAny>| {
        if outcomes.len() % LOOK == 0 {
            py.check_signals()?;
        }
        let (outcome, text) = match is_null(value) {
            true => (Outcome::Clean(()), None),
            false => judge(value)?.split(),
        };
        outcomes.push(outcome);
        normalized.append(text)
    };
    if let Ok(list) = values.cast::<PyList>() {
        for value in list {
            add(&value)?;
        }
    } else {
        for value in sequence(values)?.try_iter()? {
            add(&value?)?;
        }
    }
    let outcomes = ListOutcomes::new(outcomes);
    Ok(PyColumn {
        normalized: normalized.into_any().unbind(),
        counts: ColumnCounts {
            rows: outcomes.len(),
            repaired: outcomes.repaired_count(),
            rejected: outcomes.rejected_count(),
        },
        outcomes: ColumnOutcomes::List(outcomes),
        details: None,
    })
}

/// How many values of a sequence are judged between two checks for a signal.
const LOOK: usize = 1 << 16;

/// A value that is neither None nor NaN, in the core's form; `text` is its text if it is a str.
pub(super) fn cell<'a>(value: &Bound<'_, PyAny>, text: Option<&'a str>) -> Cell<'a> {
    if let Some(text) = text {
        return Cell::Text(text.as_bytes());
    }
    if value.is_instance_of::<PyInt>() && !value.is_instance_of::<PyBool>() {
        let number = value.extract::<i64>().map_or(i128::MAX, i128::from);
        return Cell::Integer(number);
    }
    let float = value.cast::<PyFloat>();
    float.map_or(Cell::Other, |float| Cell::Float(float.value()))
}

impl PyColumn {
    /// The same column with details.
    pub(super) fn with(mut self, details: PyDetails) -> PyColumn {
        self.details = Some(details);
        self
    }

    /// The normalized values of a sequence.
    pub(super) fn texts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        Ok(self.normalized.bind(py).cast::<PyList>()?.clone())
    }
}

fn sequence<'a, 'py>(values: &'a Bound<'py, PyAny>) -> PyResult<&'a Bound<'py, PySequence>> {
    const TAKES: &str =
        "a sequence of str, int or None, or a column that exports Arrow's interface";
    let refused = || args::wrong_type("values", TAKES, values);
    if values.is_instance_of::<PyString>() || values.is_instance_of::<pyo3::types::PyBytes>() {
        return Err(refused());
    }
    values.cast::<PySequence>().map_err(|_| refused())
}

fn is_null(value: &Bound<'_, PyAny>) -> bool {
    let is_nan = |value: &Bound<'_, PyAny>| {
        let float = value.cast::<PyFloat>();
        float.is_ok_and(|float| float.value().is_nan())
    };
    // Nearly every value is a str, and this test is faster than the one for a subclass of float.
    value.is_none() || !value.is_exact_instance_of::<PyString>() && is_nan(value)
}
