//! The jobs of a list that have a plan for their calls, in few bytes: a list has millions.

use std::collections::HashMap;

use crate::job::{CallHours, CallPlan, Instant};

/// Jobs that start later than this, in seconds, are rare: their times are computed for each.
pub(super) const SOON: i64 = 400 * 86_400;

/// The jobs with a plan, as they come.
#[derive(Default)]
pub(super) struct PlannedJobs {
    hours: HashMap<CallHours, u32, foldhash::fast::FixedState>,
    jobs: Vec<PlannedJob>,
    /// Their dates: the first instant of each, and the first one after it.
    spans: Vec<(Instant, Instant)>,
}

#[derive(Clone, Copy)]
struct PlannedJob {
    /// The number of its hours.
    hours: u32,
    /// The index of its dates; [`NO_DATES`] if it has none.
    span: u32,
}

const NO_DATES: u32 = u32::MAX;

/// All jobs with a plan, by their hours.
pub(super) struct GroupedJobs {
    pub groups: Vec<JobGroup>,
    jobs: Vec<PlannedJob>,
    spans: Vec<(Instant, Instant)>,
    now: Instant,
}

/// The jobs with the same hours.
pub(super) struct JobGroup {
    pub hours: CallHours,
    /// The places of the jobs among those with a plan, in order.
    pub jobs: Vec<u32>,
}

impl PlannedJobs {
    /// Adds the next job of the list.
    pub fn add(&mut self, plan: CallPlan) {
        let span = match plan.span() {
            None => NO_DATES,
            Some(dates) => {
                if self.spans.last() != Some(&dates) {
                    self.spans.push(dates);
                }
                self.spans.len() as u32 - 1
            }
        };
        let next = self.hours.len() as u32;
        let hours = *self.hours.entry(plan.hours).or_insert(next);
        self.jobs.push(PlannedJob { hours, span });
    }

    /// The jobs by their hours, from an instant on.
    pub fn grouped(self, now: i64) -> GroupedJobs {
        let mut hours: Vec<(CallHours, u32)> = self.hours.into_iter().collect();
        hours.sort_unstable_by_key(|(_, number)| *number);
        let group = |(hours, _)| JobGroup {
            hours,
            jobs: Vec::new(),
        };
        let mut groups: Vec<JobGroup> = hours.into_iter().map(group).collect();
        for (place, job) in self.jobs.iter().enumerate() {
            groups[job.hours as usize].jobs.push(place as u32);
        }
        GroupedJobs {
            groups,
            jobs: self.jobs,
            spans: self.spans,
            now: Instant::of_seconds(now),
        }
    }
}

impl GroupedJobs {
    /// How many jobs there are.
    pub fn len(&self) -> usize {
        self.jobs.len()
    }

    /// The number of the group of a job.
    pub fn group_of(&self, job: u32) -> usize {
        self.jobs[job as usize].hours as usize
    }

    /// The first instant from now on at which a job may ring by its dates, and the first one after
    /// the last.
    pub fn span(&self, job: u32) -> (Instant, Instant) {
        let span = self.spans.get(self.jobs[job as usize].span as usize);
        let (from, until) = span.copied().unwrap_or((Instant::FIRST, Instant::LAST));
        (from.max(self.now), until)
    }
}
