//! How many examples a property test tries.

use proptest::prelude::ProptestConfig;

/// So many examples, or more if PREDIAL_PROPERTY_CASES says so: a million is for a night.
pub(crate) fn cases(usual: u32) -> ProptestConfig {
    let given = std::env::var("PREDIAL_PROPERTY_CASES").ok();
    let given = given.map_or(0, |given| given.parse().expect("a number of examples"));
    ProptestConfig::with_cases(usual.max(given))
}
