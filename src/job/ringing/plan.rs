//! When one job may ring, as data that many jobs share: what a forecast counts.

use std::sync::Arc;

use super::places::Places;
use super::week::Week;
use crate::job::policy::Dates;

/// When a job with a policy may ring. Jobs with equal plans ring at the same times.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CallPlan {
    pub(in crate::job) week: Arc<Week>,
    pub(in crate::job) dates: Dates,
    pub(in crate::job) places: Places,
    /// Whether the job has a policy of its own; the service calls such jobs first.
    pub is_own: bool,
}
