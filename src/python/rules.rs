//! The table of rules, as Python reads it.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::rules::Rule as CoreRule;

/// One rule, with all its texts.
///
/// Two rules are equal if all their fields are. They can be pickled and used as keys.
#[pyclass(name = "Rule", frozen, eq, hash, get_all, module = "predial")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct PyRule {
    /// The name, such as `phone-scientific`. It never changes its meaning.
    name: &'static str,
    /// `error` (the job can't be sent), `repair` (it is sent after it is rewritten) or `warning` (it is
    /// sent unchanged).
    severity: &'static str,
    /// The `type` of the service's answer with status 400 for the same fault; None if the service's
    /// documents name none.
    service_type: Option<&'static str>,
    /// What is wrong, as a clause without a full stop.
    message: &'static str,
    /// What to do, as a clause without a full stop.
    remedy: &'static str,
    /// The purpose of the rule, in full sentences.
    why: &'static str,
    /// A fragment of a job that breaks the rule.
    before: &'static str,
    /// The same fragment after the correction.
    after: &'static str,
}

#[pymethods]
impl PyRule {
    fn __repr__(&self) -> String {
        format!("predial.Rule({:?})", self.name)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (&str,))> {
        let restore = py.import("predial._core")?.getattr("restore_rule")?;
        Ok((restore, (self.name,)))
    }
}

impl From<CoreRule> for PyRule {
    fn from(rule: CoreRule) -> Self {
        let info = rule.info();
        PyRule {
            name: info.name,
            severity: info.severity.name(),
            service_type: info.service_type,
            message: info.message,
            remedy: info.remedy,
            why: info.why,
            before: info.before,
            after: info.after,
        }
    }
}

/// All rules of predial, in the order of docs/rules.md: phones, zones, payloads, jobs, policies.
///
/// >>> import predial
/// >>> rule = next(rule for rule in predial.rules() if rule.name == "phone-scientific")
/// >>> rule.severity, rule.service_type, rule.remedy
/// ('error', 'phone.bad.format', 'export the column as text')
/// >>> rule.before, rule.after
/// ('{"phone": "7.911E+10"}', '{"phone": "79110000000"}')
#[pyfunction]
pub(crate) fn rules() -> Vec<PyRule> {
    CoreRule::ALL.iter().copied().map(PyRule::from).collect()
}

/// The rule of that name, for pickle.
#[pyfunction]
pub(crate) fn restore_rule(name: &str) -> PyResult<PyRule> {
    let unknown = || PyValueError::new_err(format!("this version of predial has no rule {name:?}"));
    CoreRule::from_name(name)
        .map(PyRule::from)
        .ok_or_else(unknown)
}
