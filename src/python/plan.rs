//! An entrance for tests to the bare numbering plan and the zones of phones: digits in, plain
//! values out. The public API does not use it.

use pyo3::prelude::*;

use super::zones;
use crate::job::JobContext;
use crate::phone::Phone;
use crate::phone::plan::{self, Region};

/// Country calling code, region, type, length and validity of a number.
type PlanAnswer = (
    u16,
    Option<&'static str>,
    Option<&'static str>,
    &'static str,
    bool,
);

/// The plan's verdict on each E.164 number (digits alone).
#[pyfunction]
pub(super) fn plan_verdicts(numbers: Vec<String>) -> Vec<PlanAnswer> {
    numbers
        .iter()
        .map(|number| {
            let found = plan::verdict(number.as_bytes());
            (
                found.country_code,
                found.region.map(Region::code),
                found.kind.map(plan::NumberType::name),
                found.length.name(),
                found.valid,
            )
        })
        .collect()
}

/// A number as country calling code and national significant number, or the reason why there is
/// none.
#[derive(IntoPyObject)]
pub(super) enum Parsed {
    Number(u16, String),
    #[pyo3(transparent)]
    Refused(&'static str),
}

/// The number that each (digits, whether there was a plus, region) means. An unknown region counts
/// as none.
#[pyfunction]
pub(super) fn plan_parse(dialled: Vec<(String, bool, Option<String>)>) -> Vec<Parsed> {
    dialled
        .iter()
        .map(|(digits, international, region)| {
            let region = region.as_deref().and_then(Region::from_code);
            match plan::parse(digits.as_bytes(), *international, region) {
                Ok(number) => Parsed::Number(number.country_code(), number.national().to_owned()),
                Err(refusal) => Parsed::Refused(refusal.name()),
            }
        })
        .collect()
}

/// The time zones of each E.164 number (digits alone).
#[pyfunction]
pub(super) fn plan_time_zones(numbers: Vec<String>) -> Vec<Vec<&'static str>> {
    numbers
        .iter()
        .map(|number| plan::time_zones(number.as_bytes()).collect())
        .collect()
}

/// The zones where each E.164 number is (digits alone), at an instant in seconds since 1970.
#[pyfunction]
pub(super) fn phone_zones(
    py: Python<'_>,
    numbers: Vec<String>,
    now: i64,
) -> PyResult<Vec<Vec<String>>> {
    let context = JobContext::new(zones::regions(py)?, now);
    let zones = |number: &String| match Phone::from_digits(number.as_bytes()) {
        Some(phone) => {
            let zones = context.phone_zones(&phone).iter();
            zones.map(|zone| zone.id().to_string()).collect()
        }
        None => Vec::new(),
    };
    Ok(numbers.iter().map(zones).collect())
}
