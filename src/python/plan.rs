//! A door for tests: the bare numbering plan, digits in and plain values out. Nothing of the
//! public face comes by here.

use pyo3::prelude::*;

use crate::phone::plan::{self, Region};

/// Country calling code, region, type, length and validity of a number.
type PlanAnswer = (
    u16,
    Option<&'static str>,
    Option<&'static str>,
    &'static str,
    bool,
);

/// What the plan says of each E.164 number (digits alone).
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

/// A number as country calling code and national significant number, or why there is none.
#[derive(IntoPyObject)]
pub(super) enum Parsed {
    Number(u16, String),
    #[pyo3(transparent)]
    Refused(&'static str),
}

/// The number that each (digits, whether a plus was there, region) makes. A region that the
/// plan does not know counts as none.
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
