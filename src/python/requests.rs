//! Short forms for Python: a job as a dict, a request as text.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use super::args;
use super::source::PyRecord;
use super::text::text_of;
use super::zones::zones_now;
use crate::batch::Record;
use crate::job::{self, LONE_SURROGATE};
use crate::request::{Address, Form, Job, Read, RequestRefusal};
use crate::{Fault, Rule};

/// A warning: message, rule, parameter.
type Warned = (String, &'static str, Option<String>);

/// The job of a URL, and warnings about it.
#[pyfunction]
pub(super) fn read_url<'py>(
    url: &Bound<'py, PyAny>,
) -> PyResult<(Bound<'py, PyDict>, Vec<Warned>)> {
    let url = args::string("url", "a str", url)?;
    answer(url.py(), Job::from_url(&text_of(url)?)?)
}

/// The job of a form's body, and warnings about it.
#[pyfunction]
pub(super) fn read_form<'py>(
    body: &Bound<'py, PyString>,
) -> PyResult<(Bound<'py, PyDict>, Vec<Warned>)> {
    answer(body.py(), Job::from_form(&text_of(body)?)?)
}

fn answer(py: Python<'_>, read: Read) -> PyResult<(Bound<'_, PyDict>, Vec<Warned>)> {
    let job = PyDict::new(py);
    job.set_item("phone", read.job.phone)?;
    if let Some(zone) = read.job.gmt_zone {
        job.set_item("gmtZone", zone)?;
    }
    if !read.job.payload.is_empty() {
        let payload = PyDict::new(py);
        for (name, value) in read.job.payload {
            payload.set_item(name, value)?;
        }
        job.set_item("payload", payload)?;
    }
    let warned = |refusal: RequestRefusal| {
        let message = refusal.message();
        (message, refusal.fault.rule.name(), refusal.field)
    };
    Ok((job, read.warnings.into_iter().map(warned).collect()))
}

/// What a receiver keeps of a job: the digits of its phone, its JSON, whether it has a policy.
type Accepted<'a> = (u64, &'a str, u8);

/// The jobs of the body of a request that was checked: the digits of each phone as a number, the job's
/// JSON, and whether it has a call policy of its own, as 0 or 1. SQLite takes these quickest.
///
/// Raises ValueError for bytes that are not UTF-8.
#[pyfunction]
pub(super) fn accepted_jobs(body: &[u8]) -> PyResult<Vec<Accepted<'_>>> {
    let body = std::str::from_utf8(body)
        .map_err(|broken| PyValueError::new_err(format!("body must be UTF-8: {broken}")))?;
    let jobs = job::accepted(body).into_iter();
    Ok(jobs
        .map(|job| (job.phone, job.text, u8::from(job.has_policy)))
        .collect())
}

/// The URL that adds the job of a record.
#[pyfunction]
pub(super) fn write_url(
    py: Python<'_>,
    record: PyRecord,
    host: &Bound<'_, PyAny>,
    token: &Bound<'_, PyAny>,
    idempotence_key: Option<&Bound<'_, PyAny>>,
    form: &Bound<'_, PyAny>,
) -> PyResult<String> {
    const FORM: &str = "'calls' or 'crmCalls'";
    let form = Form::from_name(args::text("form", FORM, form)?)
        .ok_or_else(|| args::wrong_value("form", FORM))?;
    let host = args::string("host", "a str", host)?;
    let token = args::string("token", "a str", token)?;
    let key = |key| args::string("idempotence_key", "a str or None", key);
    let idempotence_key = idempotence_key.map(key).transpose()?;
    let token = text_of(token)?;
    let address = Address::new(&text_of(host)?, &token, form)?;
    let key = idempotence_key.map(|key| unicode(key)).transpose()?;
    Ok(job_of(py, record, &token)?.to_url(&address, key)?)
}

/// The form's body that adds the job of a record.
#[pyfunction]
pub(super) fn write_form(py: Python<'_>, record: PyRecord) -> PyResult<String> {
    Ok(job_of(py, record, "")?.to_form())
}

fn job_of(py: Python<'_>, record: PyRecord, token: &str) -> PyResult<Job> {
    match record.into() {
        Record::Text(json) => Job::from_json(&json, token, || zones_now(py)),
        Record::Unwritable { fault, .. } => Err(RequestRefusal { field: None, fault }.into()),
    }
}

/// The text, if it has no half of a surrogate pair, which a URL can't contain.
fn unicode<'a>(text: &'a Bound<'_, PyString>) -> PyResult<&'a str> {
    text.to_str().map_err(|_| {
        let fault = Fault::new(Rule::UrlIdempotenceKey).because(LONE_SURROGATE);
        let field = Some(crate::request::IDEMPOTENCE_KEY.to_owned());
        RequestRefusal { field, fault }.into()
    })
}
