//! Plays the queue of a forecast.
//!
//! The queue is plain. A line that is free calls the first job that may ring: jobs with a policy of
//! their own before the others, each in the order of the list. The simulation goes from event to
//! event: a line is free, a job starts, a stretch of a group's time begins or ends.
//!
//! A group has the jobs with the same hours. Its jobs that have started wait in a heap by their place
//! in the list. A job whose finish has passed is dropped when it comes to the top.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use crate::batch::out::forecast::ForecastQueue;
use crate::batch::run::planned_jobs::{GroupedJobs, SOON};
use crate::job::{Instant, JobContext, NEVER, RingingTimes};

/// A queue is followed for so long, in milliseconds.
const LONGEST_QUEUE: i64 = 366 * 86_400 * 1000;

/// A queue of jobs; all times are in milliseconds since 1970.
pub(super) struct QueueSimulation<'q, 'c, 'r> {
    context: &'c JobContext<'r>,
    planned: &'q GroupedJobs,
    now: i64,
    groups: Vec<QueueGroup<'c, 'r>>,
    /// The groups with a job that may ring now: whether the service calls them later, the place of
    /// the first such job, the number of the group.
    due: BTreeSet<(bool, u32, usize)>,
    /// When a stretch of a group begins or ends.
    events: BinaryHeap<Reverse<(i64, usize)>>,
    /// The jobs that start later: when, and their places; the soonest last.
    starts: Vec<(i64, u32)>,
    /// Whether each job was called.
    called: Vec<bool>,
    /// Jobs that may ring at any time and were not called.
    free: u64,
}

/// The jobs with the same hours.
struct QueueGroup<'c, 'r> {
    is_later: bool,
    times: RingingTimes<'c, 'r>,
    /// The jobs that have started and were not called.
    jobs: BinaryHeap<Reverse<u32>>,
    state: GroupState,
    /// The job by which the group is due.
    due: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum GroupState {
    /// No job that has started waits for a call.
    Idle,
    /// The next stretch begins and ends then.
    Ahead(i64, i64),
    /// A stretch has begun, and ends then.
    Open(i64),
}

/// An instant in milliseconds, rounded up.
fn milliseconds(instant: Instant) -> i64 {
    let nanos = i64::from(instant.nanos);
    let seconds = instant.seconds.saturating_mul(1000);
    seconds.saturating_add((nanos + 999_999) / 1_000_000)
}

impl<'q, 'c, 'r> QueueSimulation<'q, 'c, 'r> {
    /// The queue at `now`, in seconds since 1970, of planned jobs and of others that may ring at any
    /// time. `times` are those of the groups, in their order.
    pub fn new(
        context: &'c JobContext<'r>,
        (planned, times): (&'q GroupedJobs, Vec<RingingTimes<'c, 'r>>),
        now: i64,
        free: u64,
    ) -> Self {
        let start = now * 1000;
        let mut starts = Vec::new();
        let mut groups = Vec::with_capacity(planned.groups.len());
        for (group, times) in planned.groups.iter().zip(times) {
            let mut jobs = Vec::new();
            for job in &group.jobs {
                let from = milliseconds(planned.span(*job).0);
                match from <= start {
                    true => jobs.push(Reverse(*job)),
                    false => starts.push((from, *job)),
                }
            }
            groups.push(QueueGroup {
                is_later: !group.hours.is_own,
                times,
                jobs: jobs.into(),
                state: GroupState::Idle,
                due: None,
            });
        }
        starts.sort_unstable_by_key(|start| Reverse(*start));
        let mut queue = QueueSimulation {
            context,
            planned,
            now: start,
            groups,
            due: BTreeSet::new(),
            events: BinaryHeap::new(),
            starts,
            called: vec![false; planned.len()],
            free,
        };
        for number in 0..queue.groups.len() {
            queue.await_next(number, start);
        }
        queue
    }

    /// Plays the queue to its end, with so many lines, each busy with a call for so long.
    pub fn run(mut self, lines: u32, each: u64) -> ForecastQueue {
        let each = i64::try_from(each).unwrap_or(i64::MAX);
        let limit = self.now.saturating_add(LONGEST_QUEUE);
        let lines = (0..lines).map(|_| Reverse(self.now));
        let mut lines: BinaryHeap<Reverse<i64>> = lines.collect();
        let mut done = None;
        let mut at = self.now;
        'calls: while let Some(Reverse(free_at)) = lines.pop() {
            at = at.max(free_at);
            self.advance(at);
            while at > limit || !self.call(at) {
                match self.next_event() {
                    Some(next) if next.max(at) <= limit => at = at.max(next),
                    _ => break 'calls,
                }
                self.advance(at);
            }
            let end = at.saturating_add(each);
            done = done.max(Some(end));
            lines.push(Reverse(end));
        }
        let (missed, left) = self.uncalled(at);
        ForecastQueue {
            done: done.filter(|_| left == 0),
            missed,
        }
    }

    /// When something begins or ends next.
    fn next_event(&self) -> Option<i64> {
        let stretch = self.events.peek().map(|Reverse((time, _))| *time);
        let start = self.starts.last().map(|(time, _)| *time);
        match (stretch, start) {
            (Some(stretch), Some(start)) => Some(stretch.min(start)),
            (stretch, start) => stretch.or(start),
        }
    }

    /// Lets jobs start and stretches begin and end until an instant.
    fn advance(&mut self, at: i64) {
        while let Some(next) = self.next_event().filter(|next| *next <= at) {
            while let Some((_, job)) = self.starts.pop_if(|(time, _)| *time <= next) {
                let number = self.planned.group_of(job);
                let group = &mut self.groups[number];
                group.jobs.push(Reverse(job));
                match group.state {
                    GroupState::Idle => self.await_next(number, next),
                    GroupState::Ahead(..) => {}
                    GroupState::Open(_) => {
                        self.renew(number, next);
                    }
                }
            }
            while let Some(&Reverse((time, number))) = self.events.peek()
                && time <= next
            {
                self.events.pop();
                match self.groups[number].state {
                    GroupState::Idle => {}
                    GroupState::Ahead(_, end) => self.open(number, end, next),
                    GroupState::Open(end) => self.await_next(number, end),
                }
            }
        }
    }

    /// Waits for the next stretch of a group at an instant, or begins with the present one.
    fn await_next(&mut self, number: usize, at: i64) {
        self.groups[number].state = GroupState::Idle;
        if self.renew(number, at).is_none() {
            return;
        }
        let group = &mut self.groups[number];
        let limit = self.now.saturating_add(LONGEST_QUEUE) / 1000 + 1;
        let Some((start, end)) = group.times.first(at.div_euclid(1000), limit) else {
            return;
        };
        let end = match end {
            NEVER => i64::MAX,
            end => end * 1000,
        };
        match start * 1000 <= at {
            true => self.open(number, end, at),
            false => {
                group.state = GroupState::Ahead(start * 1000, end);
                self.events.push(Reverse((start * 1000, number)));
            }
        }
    }

    /// Begins a stretch of a group.
    fn open(&mut self, number: usize, end: i64, at: i64) {
        self.groups[number].state = GroupState::Open(end);
        if self.renew(number, at).is_none() {
            self.groups[number].state = GroupState::Idle;
        } else if end < i64::MAX {
            self.events.push(Reverse((end, number)));
        }
    }

    /// Drops the jobs at the top of a group that are over. Updates whether the group is due; returns
    /// its first job.
    fn renew(&mut self, number: usize, at: i64) -> Option<u32> {
        let group = &mut self.groups[number];
        let is_over = |job: &Reverse<u32>| milliseconds(self.planned.span(job.0).1) <= at;
        while group.jobs.peek().is_some_and(is_over) {
            group.jobs.pop();
        }
        let first = group.jobs.peek().map(|job| job.0);
        let is_open = matches!(group.state, GroupState::Open(_));
        let due = first.filter(|_| is_open);
        if due != group.due {
            let key = |job| (group.is_later, job, number);
            if let Some(before) = group.due {
                self.due.remove(&key(before));
            }
            self.due.extend(due.map(key));
            group.due = due;
        }
        first
    }

    /// Calls the first job that is due; returns whether there was one.
    fn call(&mut self, at: i64) -> bool {
        while let Some(&(_, job, number)) = self.due.first() {
            // The finish of the first job may have passed.
            if self.renew(number, at) != Some(job) {
                continue;
            }
            self.called[job as usize] = true;
            self.groups[number].jobs.pop();
            self.renew(number, at);
            return true;
        }
        let is_free = self.free > 0;
        self.free = self.free.saturating_sub(1);
        is_free
    }

    /// How many jobs were not called before their last time was over, and how many others are left.
    fn uncalled(mut self, at: i64) -> (u64, u64) {
        let at = Instant {
            seconds: at.div_euclid(1000),
            nanos: at.rem_euclid(1000) as u32 * 1_000_000,
        };
        let (mut missed, mut left) = (0, self.free);
        for job in 0..self.called.len() as u32 {
            if self.called[job as usize] {
                continue;
            }
            let number = self.planned.group_of(job);
            let (from, until) = self.planned.span(job);
            let from = from.max(at);
            let times = &mut self.groups[number].times;
            let rings = match from.seconds * 1000 < self.now + SOON * 1000 {
                true => times.rings(from, until),
                false => {
                    let hours = &self.planned.groups[number].hours;
                    self.context.times(hours, from.seconds).rings(from, until)
                }
            };
            missed += u64::from(!rings);
            left += u64::from(rings);
        }
        (missed, left)
    }
}
