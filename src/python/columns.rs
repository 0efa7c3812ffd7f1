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
    /// The name of the rule that each value breaks; None where it breaks none.
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
    /// A batch would rewrite it to this; the rule it breaks.
    Repaired(T, Rule),
    /// The rule it breaks.
    Rejected(Rule),
}

impl<T> Outcome<T> {
    /// The same outcome with another form of what the value is worth.
    pub(crate) fn map<U>(self, form: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Outcome::Null => Outcome::Null,
            Outcome::Clean(value) => Outcome::Clean(form(value)),
            Outcome::Repaired(value, rule) => Outcome::Repaired(form(value), rule),
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
    let names = RuleNames::new(py);
    let (normalized, rules, repaired) = (PyList::empty(py), PyList::empty(py), PyList::empty(py));
    let mut add = |value: &Bound<'py, PyAny>| {
        let outcome = if is_null(value) {
            Outcome::Null
        } else {
            judge(value)?
        };
        let rewritten = matches!(outcome, Outcome::Repaired(..));
        let (text, rule) = match outcome {
            Outcome::Null => (None, None),
            Outcome::Clean(text) => (Some(text), None),
            Outcome::Repaired(text, rule) => (Some(text), Some(rule)),
            Outcome::Rejected(rule) => (None, Some(rule)),
        };
        normalized.append(text)?;
        rules.append(rule.map(|rule| names.get(rule)))?;
        repaired.append(rewritten)
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

fn is_null(value: &Bound<'_, PyAny>) -> bool {
    value.is_none()
        || value
            .cast::<PyFloat>()
            .is_ok_and(|float| float.value().is_nan())
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
