//! The jobs of a list that have a plan for their calls, in few bytes: a list has millions.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::job::{CallHours, CallPlan, Instant};

/// Jobs that start later than this, in seconds, are rare: their times are computed for each.
pub(super) const SOON: i64 = 400 * 86_400;

/// The jobs with a plan, as they come.
#[derive(Default)]
pub(super) struct PlannedJobs {
    /// The numbers of the hours so far.
    numbers: HashMap<CallHours, u32, FixedState>,
    /// The same by what is cheap to compare. The hours are kept, so no others get their identity.
    by_identity: HashMap<(usize, u64), (CallHours, u32), FixedState>,
    jobs: Vec<PlannedJob>,
    /// Their dates: the first instant of each, and the first one after it.
    spans: Vec<(Instant, Instant)>,
}

/// So many identities are kept: jobs with equal hours share few of them.
const MOST_IDENTITIES: usize = 1 << 16;

#[derive(Clone, Copy)]
struct PlannedJob {
    /// The number of its hours; [`REMOVED`] if it does not count after all.
    hours: u32,
    /// The index of its dates; [`NO_DATES`] if it has none.
    span: u32,
}

const NO_DATES: u32 = u32::MAX;

const REMOVED: u32 = u32::MAX;

/// All jobs with a plan, by their hours. Jobs with the same hours are a group.
pub(super) struct GroupedJobs {
    pub hours: Vec<CallHours>,
    /// How many jobs of each group have no dates.
    undated: Vec<u32>,
    /// The jobs with dates.
    dated: Buckets,
    jobs: Vec<PlannedJob>,
    spans: Vec<(Instant, Instant)>,
    now: Instant,
}

/// Numbers by groups: those of a group in order, one group after the other.
pub(super) struct Buckets {
    starts: Vec<u32>,
    numbers: Vec<u32>,
}

impl Buckets {
    /// Pairs of a group and a number, sorted by counting.
    pub fn of(groups: usize, pairs: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        // The end of each group, at the place of the next one.
        let mut starts = vec![0; groups + 2];
        for (group, _) in pairs.clone() {
            starts[group as usize + 2] += 1;
        }
        for group in 2..starts.len() {
            starts[group] += starts[group - 1];
        }
        let mut numbers = vec![0; starts[groups + 1] as usize];
        for (group, number) in pairs {
            let next = &mut starts[group as usize + 1];
            numbers[*next as usize] = number;
            *next += 1;
        }
        Buckets { starts, numbers }
    }

    /// The numbers of a group.
    pub fn of_group(&self, group: usize) -> &[u32] {
        &self.numbers[self.starts[group] as usize..self.starts[group + 1] as usize]
    }
}

impl PlannedJobs {
    /// Adds the next job of the list.
    #[inline]
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
        let hours = match self.by_identity.get(&plan.hours.identity()) {
            Some((_, number)) => *number,
            None => self.number_of(plan.hours),
        };
        self.jobs.push(PlannedJob { hours, span });
    }

    /// How many jobs were added.
    pub fn len(&self) -> usize {
        self.jobs.len()
    }

    /// Removes the job that was added after so many others.
    pub fn remove(&mut self, place: usize) {
        self.jobs[place].hours = REMOVED;
    }

    /// The number of hours whose identity is new.
    #[inline(never)]
    fn number_of(&mut self, hours: CallHours) -> u32 {
        let next = self.numbers.len() as u32;
        let number = *self.numbers.entry(hours.clone()).or_insert(next);
        if self.by_identity.len() < MOST_IDENTITIES {
            let identity = hours.identity();
            self.by_identity.insert(identity, (hours, number));
        }
        number
    }

    /// The jobs by their hours, from an instant on.
    pub fn grouped(mut self, now: i64) -> GroupedJobs {
        self.jobs.retain(|job| job.hours != REMOVED);
        let mut hours: Vec<(CallHours, u32)> = self.numbers.into_iter().collect();
        hours.sort_unstable_by_key(|(_, number)| *number);
        let hours: Vec<CallHours> = hours.into_iter().map(|(hours, _)| hours).collect();
        let mut undated = vec![0; hours.len()];
        let of_no_date = self.jobs.iter().filter(|job| job.span == NO_DATES);
        of_no_date.for_each(|job| undated[job.hours as usize] += 1);
        let places = self.jobs.iter().zip(0..);
        let dated = places.filter(|(job, _)| job.span != NO_DATES);
        GroupedJobs {
            dated: Buckets::of(hours.len(), dated.map(|(job, place)| (job.hours, place))),
            hours,
            undated,
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

    /// The dates of the jobs of a group, as [`GroupedJobs::span`] has them, and how many jobs have
    /// the same.
    pub fn spans_of(
        &self,
        group: usize,
    ) -> impl Iterator<Item = ((Instant, Instant), u64)> + Clone + '_ {
        let dated = self.dated.of_group(group).iter();
        let undated = u64::from(self.undated[group]);
        let always = (undated > 0).then_some(((self.now, Instant::LAST), undated));
        dated.map(|job| (self.span(*job), 1)).chain(always)
    }

    /// The first instant from now on at which a job may ring by its dates, and the first one after
    /// the last.
    pub fn span(&self, job: u32) -> (Instant, Instant) {
        let span = self.spans.get(self.jobs[job as usize].span as usize);
        let (from, until) = span.copied().unwrap_or((Instant::FIRST, Instant::LAST));
        (from.max(self.now), until)
    }

    /// The first instant after the last at which a job may ring by its dates, if it has dates.
    pub fn end(&self, job: u32) -> Option<Instant> {
        let span = self.spans.get(self.jobs[job as usize].span as usize);
        span.map(|(_, until)| *until)
    }
}
