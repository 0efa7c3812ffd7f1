//! Call policies for Python: campaigns, nights, and when a job rings.

use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::args;
use super::zones::{self, PyZone};
use crate::job::{self, Campaign, Instant, Malformed, Night, Windows};

/// The campaign in a JSON text.
pub(super) fn campaign(text: Option<&str>) -> PyResult<Option<Arc<Campaign>>> {
    let Some(text) = text else {
        return Ok(None);
    };
    let regions = Python::attach(zones::regions)?;
    let read = job::one_job(text, |job| Campaign::read(job, regions))
        .map_err(|why| PyValueError::new_err(format!("the campaign is not JSON: {why}")))?;
    let refused = |malformed: Vec<Malformed>| refused("the campaign's policy", &malformed);
    read.map(|campaign| Some(Arc::new(campaign)))
        .map_err(refused)
}

/// What the option `night` takes.
pub(super) const NIGHT: &str = "two times such as '22:00-08:00', or '00:00-00:00' for none";

/// The hours of the night.
pub(super) fn night(text: &str) -> PyResult<Night> {
    Night::parse(text).ok_or_else(|| args::wrong_value("night", NIGHT))
}

/// How many faults a message names.
const MAX_FAULTS: usize = 10;

fn refused(what: &str, malformed: &[Malformed]) -> PyErr {
    let faults: Vec<String> = malformed
        .iter()
        .take(MAX_FAULTS)
        .map(Malformed::to_string)
        .collect();
    let more = match malformed.len().saturating_sub(MAX_FAULTS) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    PyValueError::new_err(format!("{what} is malformed: {}{more}", faults.join("; ")))
}

/// The windows of a job, earliest first: `(start, end, zone)`, with instants as seconds and
/// nanoseconds since 1970.
#[pyclass(module = "predial._core")]
pub struct CallWindows(Windows<'static>);

type WindowParts = ((i64, u32), Option<(i64, u32)>, PyZone);

#[pymethods]
impl CallWindows {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__(&mut self) -> Option<WindowParts> {
        let parts = |instant: Instant| (instant.seconds, instant.nanos);
        let window = self.0.next()?;
        Some((
            parts(window.start),
            window.end.map(parts),
            PyZone::of(window.zone),
        ))
    }
}

/// The windows of a job, given as a JSON text, from an instant on.
#[pyfunction]
pub fn call_windows(
    py: Python<'_>,
    job: &str,
    now: (i64, u32),
    campaign: Option<&str>,
) -> PyResult<CallWindows> {
    let campaign = self::campaign(campaign)?;
    let regions = zones::regions(py)?;
    let now = Instant {
        seconds: now.0,
        nanos: now.1,
    };
    let ask = |job: &job::RawJob<'_>| job::windows(job, campaign, now, regions);
    let windows = job::one_job(job, ask)
        .map_err(|why| PyValueError::new_err(format!("the job is not JSON: {why}")))?;
    windows
        .map(CallWindows)
        .map_err(|malformed| refused("the job", &malformed))
}
