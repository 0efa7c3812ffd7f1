//! Answers to a whole column at once.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyList, PySequence, PyString};

use crate::Rule;

/// What a column came to: three lists as long as it.
#[pyclass(frozen, module = "predial")]
pub(crate) struct Column {
    /// The normalized values; None where a value was rejected, or was None.
    #[pyo3(get)]
    normalized: Py<PyList>,
    /// The name of the rule for which each value is rejected; None where it is not.
    #[pyo3(get)]
    rules: Py<PyList>,
    /// True where a batch would rewrite the value.
    #[pyo3(get)]
    repaired: Py<PyList>,
}

#[pymethods]
impl Column {
    fn __len__(&self, py: Python<'_>) -> usize {
        self.rules.bind(py).len()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let repaired = self.repaired.bind(py).iter();
        let repaired = repaired.filter(|value| value.is(PyBool::new(py, true)));
        let rejected = self
            .normalized
            .bind(py)
            .iter()
            .zip(self.rules.bind(py))
            .filter(|(normalized, rule)| normalized.is_none() && !rule.is_none());
        Ok(format!(
            "<predial.Column of {}: {} repaired, {} rejected>",
            self.__len__(py),
            repaired.count(),
            rejected.count()
        ))
    }
}

/// What one value of a column came to.
pub(crate) enum Outcome<T> {
    /// There is no value.
    Null,
    /// It stands as it is; what it is worth, normalized.
    Clean(T),
    /// A batch would rewrite it to this.
    Repaired(T),
    /// The rule it breaks.
    Rejected(Rule),
}

impl<T> Outcome<T> {
    /// The same outcome with another form of what the value is worth.
    pub(crate) fn map<U>(self, form: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Outcome::Null => Outcome::Null,
            Outcome::Clean(value) => Outcome::Clean(form(value)),
            Outcome::Repaired(value) => Outcome::Repaired(form(value)),
            Outcome::Rejected(rule) => Outcome::Rejected(rule),
        }
    }
}

/// Judges every value of a sequence. None and NaN are null, and never reach the judge.
///
/// # Errors
/// TypeError for what is no sequence of values, a single text among them; what the judge raises.
pub(crate) fn check<'py, T, F>(values: &Bound<'py, PyAny>, mut judge: F) -> PyResult<Column>
where
    T: IntoPyObject<'py>,
    F: FnMut(&Bound<'py, PyAny>) -> PyResult<Outcome<T>>,
{
    let py = values.py();
    let normalized = PyList::empty(py);
    // Most values break no rule, and stand as they are: only the others are noted.
    let (mut rejected, mut rewritten) = (Vec::new(), Vec::new());
    let mut row = 0;
    let mut add = |value: &Bound<'py, PyAny>| {
        let outcome = if is_null(value) {
            Outcome::Null
        } else {
            judge(value)?
        };
        match outcome {
            Outcome::Clean(text) => normalized.append(text)?,
            Outcome::Null => normalized.append(py.None())?,
            Outcome::Repaired(text) => {
                normalized.append(text)?;
                rewritten.push(row);
            }
            Outcome::Rejected(rule) => {
                normalized.append(py.None())?;
                rejected.push((row, rule));
            }
        }
        row += 1;
        PyResult::Ok(())
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
    let rules = filled(py.None().into_bound(py), row)?;
    let names = RuleNames::new(py);
    for (row, rule) in rejected {
        rules.set_item(row, names.get(rule))?;
    }
    let repaired = filled(PyBool::new(py, false).to_owned().into_any(), row)?;
    for row in rewritten {
        repaired.set_item(row, true)?;
    }
    Ok(Column {
        normalized: normalized.unbind(),
        rules: rules.unbind(),
        repaired: repaired.unbind(),
    })
}

fn sequence<'a, 'py>(values: &'a Bound<'py, PyAny>) -> PyResult<&'a Bound<'py, PySequence>> {
    let refused = || {
        let kind = values.get_type().name();
        let kind = kind.map_or_else(|_| "object".to_owned(), |name| name.to_string());
        pyo3::exceptions::PyTypeError::new_err(format!(
            "values must be a sequence of str, int or None, not {kind}"
        ))
    };
    if values.is_instance_of::<PyString>() || values.is_instance_of::<pyo3::types::PyBytes>() {
        return Err(refused());
    }
    values.cast::<PySequence>().map_err(|_| refused())
}

/// A list of so many times the same value.
fn filled<'py>(value: Bound<'py, PyAny>, len: usize) -> PyResult<Bound<'py, PyList>> {
    let one = PyList::new(value.py(), [value])?;
    Ok(one.as_sequence().repeat(len)?.cast_into::<PyList>()?)
}

fn is_null(value: &Bound<'_, PyAny>) -> bool {
    let is_nan = |value: &Bound<'_, PyAny>| {
        let float = value.cast::<PyFloat>();
        float.is_ok_and(|float| float.value().is_nan())
    };
    // Nearly every value is a str, which is told faster than a subclass of float.
    value.is_none() || !value.is_exact_instance_of::<PyString>() && is_nan(value)
}

/// The rules' names as Python strings, made once for a column.
struct RuleNames<'py>(Vec<Bound<'py, PyString>>);

impl<'py> RuleNames<'py> {
    fn new(py: Python<'py>) -> Self {
        RuleNames(
            Rule::ALL
                .iter()
                .map(|rule| PyString::intern(py, rule.name()))
                .collect(),
        )
    }

    fn get(&self, rule: Rule) -> &Bound<'py, PyString> {
        &self.0[rule as usize]
    }
}
