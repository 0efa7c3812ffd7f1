//! When the jobs of a list may ring: how many in each hour, and when a queue would be through.
//!
//! Jobs with equal plans are counted together, so a list with a few policies costs a few plans. Jobs
//! without a policy may ring at any time: the campaign's settings, which predial can't see, decide.
//!
//! The queue is plain. A line that is free calls the first job that may ring: jobs with a policy of
//! their own before the others, each in the order of the list. The simulation goes from event to
//! event: a line is free, a stretch of a plan begins or ends.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};

use crate::Rule;
use crate::Severity;
use crate::job::{CallPlan, FindingCode, Instant, JobContext, Night};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// A queue is followed for so long, in seconds.
const LONGEST_QUEUE: i64 = 366 * DAY;

/// What is forecast.
#[derive(Clone, Copy, Debug)]
pub struct ForecastOptions {
    /// For how many days.
    pub days: u32,
    /// How many lines call, and for how many milliseconds each call takes one.
    pub queue: Option<(u32, u64)>,
}

/// When the jobs of a list may ring.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forecast {
    /// The beginning of the first hour, in seconds since 1970.
    pub begin: i64,
    /// How many sendable jobs may ring in each hour.
    pub hours: Vec<u64>,
    /// How many jobs can be sent.
    pub jobs: u64,
    /// How many were rejected because their policies leave no time.
    pub never: u64,
    /// How many were rejected because their finish has passed.
    pub expired: u64,
    /// How many of those that can be sent ring only at night.
    pub night_only: u64,
    /// What becomes of the queue, if it is asked for.
    pub queue: Option<ForecastQueue>,
}

/// What becomes of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForecastQueue {
    /// When the last call ends, in milliseconds since 1970; `None` if there is none, or if jobs are
    /// left after 366 days.
    pub done: Option<i64>,
    /// How many jobs are not called before their last time is over.
    pub missed: u64,
}

/// What is counted while the rows come by.
#[derive(Default)]
pub(in crate::batch) struct ForecastCounts {
    /// Jobs without a plan.
    free: u64,
    plans: HashMap<CallPlan, u32, foldhash::fast::FixedState>,
    /// The plan of each job that has one, in the order of the list.
    order: Vec<u32>,
    never: u64,
    expired: u64,
}

impl ForecastCounts {
    /// Counts so many jobs that may ring at any time.
    pub fn add_free(&mut self, jobs: u64) {
        self.free += jobs;
    }

    /// Counts a job that can be sent.
    pub fn add(&mut self, plan: Option<CallPlan>) {
        let Some(plan) = plan else {
            return self.add_free(1);
        };
        let next = self.plans.len() as u32;
        let number = *self.plans.entry(plan).or_insert(next);
        self.order.push(number);
    }

    /// Counts a job that is rejected for these findings.
    pub fn add_rejected(&mut self, codes: &[FindingCode]) {
        let is_for = |rule| {
            let is_it = |code: &FindingCode| (code.rule, code.severity) == (rule, Severity::Error);
            u64::from(codes.iter().any(is_it))
        };
        self.never += is_for(Rule::PolicyNeverRings);
        self.expired += is_for(Rule::PolicyExpired);
    }

    /// What the counts come to.
    pub fn forecast(
        self,
        context: &JobContext<'_>,
        now: i64,
        night: Night,
        wanted: &ForecastOptions,
    ) -> Forecast {
        let mut plans: Vec<(CallPlan, Vec<u32>)> = vec![];
        let mut sorted: Vec<(CallPlan, u32)> = self.plans.into_iter().collect();
        sorted.sort_unstable_by_key(|(_, number)| *number);
        plans.extend(sorted.into_iter().map(|(plan, _)| (plan, Vec::new())));
        for (place, number) in self.order.iter().enumerate() {
            plans[*number as usize].1.push(place as u32);
        }
        let begin = now - now.rem_euclid(HOUR);
        let length = i64::from(wanted.days) * 24;
        let mut hours = vec![self.free; length as usize];
        let mut night_only = 0;
        for (plan, jobs) in &plans {
            let jobs = jobs.len() as u64;
            for hour in hours_of(context, plan, begin, length) {
                hours[hour] += jobs;
            }
            if context.is_by_night(plan, night) {
                night_only += jobs;
            }
        }
        let jobs = self.free + self.order.len() as u64;
        let queue = wanted.queue.map(|(lines, milliseconds)| {
            let mut queue = PlanQueue::new(context, &plans, now * 1000, self.free);
            queue.run(lines, milliseconds)
        });
        Forecast {
            begin,
            hours,
            jobs,
            never: self.never,
            expired: self.expired,
            night_only,
            queue,
        }
    }
}

/// The hours, from 0, in which jobs of a plan may ring, each once.
fn hours_of(context: &JobContext<'_>, plan: &CallPlan, begin: i64, length: i64) -> Vec<usize> {
    let mut found = Vec::new();
    let mut next = 0;
    for (start, end) in context.stretches(plan) {
        let first = ((start.seconds - begin) / HOUR).max(next);
        // The end is not part of the stretch.
        let last = end.map_or(i64::MAX, |end| match end.nanos {
            0 => end.seconds - 1,
            _ => end.seconds,
        });
        let last = ((last - begin).div_euclid(HOUR)).min(length - 1);
        found.extend((first..=last).map(|hour| hour as usize));
        next = next.max(last + 1);
        if next >= length || start.seconds >= begin + length * HOUR {
            break;
        }
    }
    found
}

/// A queue of jobs, in milliseconds.
struct PlanQueue<'q, 'r> {
    now: i64,
    groups: Vec<PlanGroup<'q, 'r>>,
    /// The groups whose jobs may ring: class, place of the first job, number.
    due: BTreeSet<(bool, u32, usize)>,
    /// When a stretch of a group begins or ends.
    events: BinaryHeap<Reverse<(i64, usize)>>,
    free: u64,
    missed: u64,
}

/// The jobs of one plan that are not called yet.
struct PlanGroup<'q, 'r> {
    is_later: bool,
    jobs: std::slice::Iter<'q, u32>,
    stretches: Box<dyn Iterator<Item = (i64, Option<i64>)> + 'r>,
    /// The end of the stretch that has begun, or the next stretch.
    open_until: Option<Option<i64>>,
    ahead: Option<(i64, Option<i64>)>,
}

impl PlanGroup<'_, '_> {
    fn key(&self, number: usize) -> Option<(bool, u32, usize)> {
        let first = self.jobs.as_slice().first()?;
        Some((self.is_later, *first, number))
    }
}

fn milliseconds(instant: Instant) -> i64 {
    let nanos = i64::from(instant.nanos);
    instant.seconds * 1000 + (nanos + 999_999) / 1_000_000
}

impl<'q, 'r> PlanQueue<'q, 'r> {
    fn new(
        context: &JobContext<'r>,
        plans: &'q [(CallPlan, Vec<u32>)],
        now: i64,
        free: u64,
    ) -> Self {
        let mut queue = PlanQueue {
            now,
            groups: Vec::with_capacity(plans.len()),
            due: BTreeSet::new(),
            events: BinaryHeap::new(),
            free,
            missed: 0,
        };
        for (number, (plan, jobs)) in plans.iter().enumerate() {
            let stretches = context.stretches(plan);
            let stretches =
                stretches.map(|(start, end)| (milliseconds(start), end.map(milliseconds)));
            queue.groups.push(PlanGroup {
                is_later: !plan.is_own,
                jobs: jobs.iter(),
                stretches: Box::new(stretches),
                open_until: None,
                ahead: None,
            });
            queue.await_next(number);
        }
        queue
    }

    /// Waits for the next stretch of a group; without one its jobs are missed.
    fn await_next(&mut self, number: usize) {
        let group = &mut self.groups[number];
        group.open_until = None;
        group.ahead = group.stretches.next();
        match group.ahead {
            Some((start, _)) => self.events.push(Reverse((start, number))),
            None => {
                self.missed += group.jobs.len() as u64;
                group.jobs = [].iter();
            }
        }
    }

    /// Lets stretches begin and end until an instant.
    fn advance(&mut self, at: i64) {
        while let Some(&Reverse((time, number))) = self.events.peek()
            && time <= at
        {
            self.events.pop();
            let group = &mut self.groups[number];
            let Some(key) = group.key(number) else {
                continue;
            };
            match group.ahead.take() {
                Some((_, end)) => {
                    group.open_until = Some(end);
                    self.due.insert(key);
                    self.events.extend(end.map(|end| Reverse((end, number))));
                }
                None => {
                    self.due.remove(&key);
                    self.await_next(number);
                }
            }
        }
    }

    /// Calls the first job that is due; answers whether there was one.
    fn call(&mut self) -> bool {
        let Some(key) = self.due.pop_first() else {
            let is_free = self.free > 0;
            self.free = self.free.saturating_sub(1);
            return is_free;
        };
        let (_, _, number) = key;
        let group = &mut self.groups[number];
        group.jobs.next();
        self.due.extend(group.key(number));
        true
    }

    fn run(&mut self, lines: u32, each: u64) -> ForecastQueue {
        let each = i64::try_from(each).unwrap_or(i64::MAX);
        let limit = self.now.saturating_add(LONGEST_QUEUE * 1000);
        let lines = (0..lines).map(|_| Reverse(self.now));
        let mut lines: BinaryHeap<Reverse<i64>> = lines.collect();
        let mut done = None;
        let mut is_through = true;
        let mut at = self.now;
        while let Some(Reverse(free_at)) = lines.pop() {
            at = at.max(free_at);
            self.advance(at);
            while !self.call() {
                match self.events.peek() {
                    Some(&Reverse((time, _))) if time <= limit => at = at.max(time),
                    Some(_) => is_through = false,
                    None => {}
                }
                if self.events.is_empty() || !is_through {
                    let done = done.filter(|_| is_through);
                    return ForecastQueue {
                        done,
                        missed: self.missed,
                    };
                }
                self.advance(at);
            }
            if at > limit {
                is_through = false;
                break;
            }
            let end = at.saturating_add(each);
            done = done.max(Some(end));
            lines.push(Reverse(end));
        }
        ForecastQueue {
            done: done.filter(|_| is_through),
            missed: self.missed,
        }
    }
}
