//! How many examples a property test tries.

use proptest::prelude::ProptestConfig;

/// So many examples, or more if PREDIAL_PROPERTY_CASES says so: `make properties` tries a million.
pub(crate) fn cases(usual: u32) -> ProptestConfig {
    cases_of(usual, 1)
}

/// The same for examples of so many values each: PREDIAL_PROPERTY_CASES counts the values.
pub(crate) fn cases_of(usual: u32, values: usize) -> ProptestConfig {
    let given = std::env::var("PREDIAL_PROPERTY_CASES").ok();
    let given = given.map_or(0, |given| given.parse().expect("a number of examples"));
    ProptestConfig::with_cases(usual.max(given / values as u32))
}
