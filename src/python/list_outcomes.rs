//! What became of the values of a list: a byte for each; the Python lists are made on request.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyList, PyString};

use crate::Rule;
use crate::columns::Outcome;

/// The outcome of each value of a list, without the normalized value.
pub(super) struct ListOutcomes {
    outcomes: Vec<Outcome<()>>,
    repaired_count: usize,
    rejected_count: usize,
    /// What was made.
    rules: PyOnceLock<Py<PyAny>>,
    repaired: PyOnceLock<Py<PyAny>>,
}

const _: () = assert!(size_of::<Outcome<()>>() == 1);

impl ListOutcomes {
    pub fn new(outcomes: Vec<Outcome<()>>) -> Self {
        let count = |is: fn(&&Outcome<()>) -> bool| outcomes.iter().filter(is).count();
        ListOutcomes {
            repaired_count: count(|outcome| matches!(outcome, Outcome::Repaired(()))),
            rejected_count: count(|outcome| matches!(outcome, Outcome::Rejected(_))),
            outcomes,
            rules: PyOnceLock::new(),
            repaired: PyOnceLock::new(),
        }
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.outcomes.len()
    }

    /// How many are rewritten.
    pub fn repaired_count(&self) -> usize {
        self.repaired_count
    }

    /// How many are rejected.
    pub fn rejected_count(&self) -> usize {
        self.rejected_count
    }

    /// The name of the rule for which each value is rejected; None if it is not rejected.
    pub fn rules(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let made = self.rules.get_or_try_init(py, || {
            let rules = filled(py.None().into_bound(py), self.len())?;
            if self.rejected_count > 0 {
                let names = RuleNames::new(py);
                for (row, outcome) in self.outcomes.iter().enumerate() {
                    if let Outcome::Rejected(rule) = outcome {
                        rules.set_item(row, names.get(*rule))?;
                    }
                }
            }
            PyResult::Ok(rules.into_any().unbind())
        });
        Ok(made?.clone_ref(py))
    }

    /// Whether a batch would rewrite each value.
    pub fn repaired(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let made = self.repaired.get_or_try_init(py, || {
            let repaired = filled(PyBool::new(py, false).to_owned().into_any(), self.len())?;
            if self.repaired_count > 0 {
                for (row, outcome) in self.outcomes.iter().enumerate() {
                    if matches!(outcome, Outcome::Repaired(())) {
                        repaired.set_item(row, true)?;
                    }
                }
            }
            PyResult::Ok(repaired.into_any().unbind())
        });
        Ok(made?.clone_ref(py))
    }
}

/// A list that repeats one value.
fn filled<'py>(value: Bound<'py, PyAny>, len: usize) -> PyResult<Bound<'py, PyList>> {
    let one = PyList::new(value.py(), [value])?;
    Ok(one.as_sequence().repeat(len)?.cast_into::<PyList>()?)
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
