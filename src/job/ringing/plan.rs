//! When one job may ring, as data that many jobs share: what a forecast counts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::places::Places;
use super::week::Week;
use crate::job::policy::{Dates, Instant};

/// The hours of a policy, and where they hold. Jobs with equal hours ring at the same times, each
/// between its own dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CallHours {
    pub(in crate::job) week: Arc<Week>,
    pub(in crate::job) places: Places,
    /// Whether the job has a policy of its own; the service calls such jobs first.
    pub is_own: bool,
}

/// Hours as one number: that of their week among the [`KeptWeeks`], where they hold, and whether they
/// are a job's own. A list has a plan for each of millions of jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct HoursKey(u64);

impl HoursKey {
    pub(in crate::job) fn new(week: u32, places: Places) -> Self {
        let week = u64::from(week) << Places::PACKED_BITS;
        HoursKey((week | places.packed()) << 1)
    }

    /// The same hours as a job's own.
    pub(in crate::job) fn of_its_own(self) -> Self {
        HoursKey(self.0 | 1)
    }
}

/// The weeks of the plans so far, each once.
#[derive(Default)]
pub(crate) struct KeptWeeks {
    weeks: Mutex<Vec<Arc<Week>>>,
    numbers: Mutex<HashMap<Arc<Week>, u32>>,
}

impl KeptWeeks {
    /// The number of a week.
    pub(in crate::job) fn number(&self, week: &Arc<Week>) -> u32 {
        let mut numbers = locked(&self.numbers);
        if let Some(number) = numbers.get(week) {
            return *number;
        }
        let mut weeks = locked(&self.weeks);
        let number = weeks.len() as u32;
        weeks.push(Arc::clone(week));
        numbers.insert(Arc::clone(week), number);
        number
    }

    /// The hours of a key that was made with a number of these weeks.
    pub fn hours(&self, key: HoursKey) -> CallHours {
        let places = key.0 >> 1 & ((1 << Places::PACKED_BITS) - 1);
        let week = key.0 >> (1 + Places::PACKED_BITS);
        CallHours {
            week: Arc::clone(&locked(&self.weeks)[week as usize]),
            places: Places::unpacked(places),
            is_own: key.0 & 1 != 0,
        }
    }
}

/// The contents of a lock. No thread fails while it holds one of these.
fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// When a job with a policy may ring.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallPlan {
    pub hours: HoursKey,
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
