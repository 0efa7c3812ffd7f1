//! The counts of a report, in the form of a manifest.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The counts of a report.
#[derive(Serialize, Deserialize)]
pub(in crate::batch) struct ReportCounts {
    pub total: u64,
    pub clean: u64,
    pub repaired: u64,
    pub rejected: u64,
    pub warned: u64,
    /// How often each rule was found, by its name.
    pub rules: BTreeMap<String, u64>,
    /// How many rows each rule alone keeps back.
    #[serde(default)]
    pub alone: BTreeMap<String, u64>,
    /// How many findings there are of each severity.
    #[serde(default)]
    pub severities: BTreeMap<String, u64>,
}
