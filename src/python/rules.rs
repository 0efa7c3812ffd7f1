//! The table of rules, as Python reads it.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::rules::Rule as CoreRule;

/// One rule: everything there is to know of it.
///
/// `severity` is `error` (the job can't be sent), `repair` (it is sent once rewritten) or
/// `warning` (it is sent as it is). `service_type` is the `type` of the service's own 400 for the
/// same fault, None where it has none. `message` says what is wrong, `remedy` what to do, `why`
/// what the rule is for; `before` is a fragment of a job that breaks it, `after` the same mended.
#[pyclass(frozen, eq, hash, get_all, module = "predial")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Rule {
    name: &'static str,
    severity: &'static str,
    service_type: Option<&'static str>,
    message: &'static str,
    remedy: &'static str,
    why: &'static str,
    before: &'static str,
    after: &'static str,
}

#[pymethods]
impl Rule {
    fn __repr__(&self) -> String {
        format!("predial.Rule({:?})", self.name)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (&str,))> {
        let restore = py.import("predial._core")?.getattr("restore_rule")?;
        Ok((restore, (self.name,)))
    }
}

impl From<CoreRule> for Rule {
    fn from(rule: CoreRule) -> Self {
        let info = rule.info();
        Rule {
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

/// Every rule that predial knows, in the order of its table: phones, zones, payloads, jobs.
///
/// >>> import predial
/// >>> rule = next(rule for rule in predial.rules() if rule.name == "phone-scientific")
/// >>> rule.severity, rule.service_type, rule.remedy
/// ('error', 'phone.bad.format', 'export the column as text')
/// >>> rule.before, rule.after
/// ('{"phone": "7.911E+10"}', '{"phone": "79110000000"}')
#[pyfunction]
pub(crate) fn rules() -> Vec<Rule> {
    CoreRule::ALL.iter().copied().map(Rule::from).collect()
}

/// The rule of that name: what pickle makes one of again.
#[pyfunction]
pub(crate) fn restore_rule(name: &str) -> PyResult<Rule> {
    let unknown = || PyValueError::new_err(format!("this version of predial has no rule {name:?}"));
    CoreRule::from_name(name)
        .map(Rule::from)
        .ok_or_else(unknown)
}
