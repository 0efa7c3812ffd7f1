//! When one job may ring, as data that many jobs share: what a forecast counts.

use std::sync::Arc;

use super::places::Places;
use super::week::Week;
use crate::job::policy::{Dates, Instant};

/// The hours of a policy, and where they hold. Jobs with equal hours ring at the same times, each
/// between its own dates.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CallHours {
    pub(in crate::job) week: Arc<Week>,
    pub(in crate::job) places: Places,
    /// Whether the job has a policy of its own; the service calls such jobs first.
    pub is_own: bool,
}

impl CallHours {
    /// What is cheap to compare: hours with the same identity are equal as long as both exist.
    #[inline]
    pub fn identity(&self) -> (usize, u64) {
        let week = Arc::as_ptr(&self.week) as usize;
        (week, self.places.packed() << 1 | u64::from(self.is_own))
    }
}

/// When a job with a policy may ring.
#[derive(Clone, Debug)]
pub(crate) struct CallPlan {
    pub hours: CallHours,
    pub(in crate::job) dates: Dates,
}

impl CallPlan {
    /// The instant of the first possible call, and the first one after the last, if the job has
    /// dates.
    pub fn span(&self) -> Option<(Instant, Instant)> {
        match (self.dates.start, self.dates.finish) {
            (None, None) => None,
            (start, finish) => Some((
                start.unwrap_or(Instant::FIRST),
                finish.unwrap_or(Instant::LAST),
            )),
        }
    }
}
