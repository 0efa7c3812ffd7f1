//! Plays the queue of a forecast.
//!
//! The queue is plain. A line that is free calls the first job that may ring: jobs with a policy of
//! their own before the others, each in the order of the list. The simulation goes from event to
//! event: a line is free, a job starts, a stretch of a group's time begins or ends.
//!
//! A group has the jobs with the same hours. Its jobs that may start at once wait in the order of the
//! list, and those that start later in a heap by their place in it. A job whose finish has passed is
//! dropped when it is the first one.
//!
//! All calls take the same time, so lines become free in the order in which they were taken.

use std::cmp::Reverse;
use std::collections::binary_heap::PeekMut;
use std::collections::{BinaryHeap, VecDeque};

use crate::batch::out::forecast::ForecastQueue;
use crate::batch::run::planned_jobs::{Buckets, GroupedJobs, SOON};
use crate::job::{CallHours, Instant, JobContext, NEVER, RingingTimes};

/// A queue is followed for so long, in milliseconds.
const LONGEST_QUEUE: i64 = 366 * 86_400 * 1000;

/// A queue of jobs; all times are in milliseconds since 1970.
pub(super) struct QueueSimulation<'q, 'c, 'r> {
    context: &'c JobContext<'r>,
    planned: &'q GroupedJobs,
    now: i64,
    groups: Vec<QueueGroup<'c, 'r>>,
    /// The jobs that may start at once, by their groups.
    started: Buckets,
    /// The groups with a job that may ring now, by the first such job. An entry of which
    /// [`QueueGroup::due`] is another job is left over.
    due: BinaryHeap<Reverse<DueGroup>>,
    /// When a stretch of a group begins or ends.
    events: BinaryHeap<Reverse<(i64, usize)>>,
    /// The jobs that start later: when, and their places; the soonest last.
    starts: Vec<(i64, u32)>,
    /// Whether each job was called.
    called: Vec<bool>,
    /// Jobs that may ring at any time and were not called.
    free: u64,
}

/// A group with a job that may ring now, in the order in which the service calls.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct DueGroup {
    /// Whether the service calls its jobs later.
    is_later: bool,
    /// The place of the first such job.
    job: u32,
    number: u32,
}

/// The jobs with the same hours.
struct QueueGroup<'c, 'r> {
    is_later: bool,
    times: RingingTimes<'c, 'r>,
    /// How many of the jobs that could start at once were called or dropped.
    taken: usize,
    /// The jobs that started later and were not called.
    late: BinaryHeap<Reverse<u32>>,
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
        let mut at_once = Vec::with_capacity(planned.len());
        for job in 0..planned.len() as u32 {
            match milliseconds(planned.span(job).0) {
                from if from <= start => at_once.push((planned.group_of(job) as u32, job)),
                from => starts.push((from, job)),
            }
        }
        let group = |(hours, times): (&CallHours, _)| QueueGroup {
            is_later: !hours.is_own,
            times,
            taken: 0,
            late: BinaryHeap::new(),
            state: GroupState::Idle,
            due: None,
        };
        let groups: Vec<_> = planned.hours.iter().zip(times).map(group).collect();
        starts.sort_unstable_by_key(|start| Reverse(*start));
        let mut queue = QueueSimulation {
            context,
            planned,
            now: start,
            started: Buckets::of(groups.len(), at_once.into_iter()),
            groups,
            due: BinaryHeap::new(),
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
        let mut lines: VecDeque<i64> = (0..lines).map(|_| self.now).collect();
        let mut done = None;
        let mut at = self.now;
        'calls: while let Some(free_at) = lines.pop_front() {
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
            lines.push_back(end);
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
                group.late.push(Reverse(job));
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

    /// Drops the first jobs of a group that are over; returns the first one that is not.
    fn first(&mut self, number: usize, at: i64) -> Option<u32> {
        let started = self.started.of_group(number);
        let planned = self.planned;
        let is_over = |job: u32| planned.end(job).is_some_and(|end| milliseconds(end) <= at);
        let group = &mut self.groups[number];
        let over = started[group.taken..].iter();
        group.taken += over.take_while(|job| is_over(**job)).count();
        while let Some(Reverse(job)) = group.late.peek()
            && is_over(*job)
        {
            group.late.pop();
        }
        let started = started.get(group.taken).copied();
        let late = group.late.peek().map(|job| job.0);
        match (started, late) {
            (Some(started), Some(late)) => Some(started.min(late)),
            (started, late) => started.or(late),
        }
    }

    /// Updates whether the group is due; returns its first job.
    fn renew(&mut self, number: usize, at: i64) -> Option<u32> {
        let first = self.first(number, at);
        let group = &mut self.groups[number];
        let is_open = matches!(group.state, GroupState::Open(_));
        let due = first.filter(|_| is_open);
        if due != group.due {
            group.due = due;
            let is_later = group.is_later;
            let number = number as u32;
            self.due.extend(due.map(|job| {
                Reverse(DueGroup {
                    is_later,
                    job,
                    number,
                })
            }));
        }
        first
    }

    /// Calls the first job that is due; returns whether there was one.
    fn call(&mut self, at: i64) -> bool {
        while let Some(&Reverse(top)) = self.due.peek() {
            let number = top.number as usize;
            if self.groups[number].due != Some(top.job) {
                self.due.pop();
                continue;
            }
            // The finish of the first job may have passed.
            if self.first(number, at) != Some(top.job) {
                self.renew(number, at);
                continue;
            }
            self.called[top.job as usize] = true;
            self.take(number, top.job);
            let next = self.first(number, at);
            self.groups[number].due = next;
            // The entry becomes that of the next job.
            if let Some(mut entry) = self.due.peek_mut() {
                match next {
                    Some(job) => entry.0.job = job,
                    None => {
                        PeekMut::pop(entry);
                    }
                }
            }
            return true;
        }
        let is_free = self.free > 0;
        self.free = self.free.saturating_sub(1);
        is_free
    }

    /// Takes the first job out of a group.
    fn take(&mut self, number: usize, job: u32) {
        let is_started = {
            let started = self.started.of_group(number);
            started.get(self.groups[number].taken) == Some(&job)
        };
        let group = &mut self.groups[number];
        match is_started {
            true => group.taken += 1,
            false => {
                group.late.pop();
            }
        }
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
                    let hours = &self.planned.hours[number];
                    self.context.times(hours, from.seconds).rings(from, until)
                }
            };
            missed += u64::from(!rings);
            left += u64::from(rings);
        }
        (missed, left)
    }
}
