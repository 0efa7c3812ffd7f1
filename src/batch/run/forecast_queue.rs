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
//! A list may have as many groups as jobs, and each call is of another group than the last. So a call
//! looks at few places in memory: its entry among the groups that are due, its group, and two jobs of
//! that group, which are next to each other. The times of groups are elsewhere; only events need them.
//!
//! All calls take the same time, so lines become free in the order in which they were taken.

use std::cmp::Reverse;
use std::collections::binary_heap::PeekMut;
use std::collections::{BinaryHeap, VecDeque};

use crate::batch::out::forecast::ForecastQueue;
use crate::batch::run::planned_jobs::{GroupedJobs, SOON, milliseconds};
use crate::job::{CallHours, Instant, JobContext, NEVER, RingingTimes};

/// A queue is followed for so long, in milliseconds.
const LONGEST_QUEUE: i64 = 366 * 86_400 * 1000;

/// A queue of jobs; all times are in milliseconds since 1970, and all jobs are indexes of
/// [`GroupedJobs`].
pub(super) struct QueueSimulation<'q, 'c, 'r> {
    context: &'c JobContext<'r>,
    planned: &'q GroupedJobs,
    now: i64,
    groups: Vec<QueueGroup>,
    /// When the jobs of each group may ring.
    times: Vec<RingingTimes<'c, 'r>>,
    /// The groups with a job that may ring now, by the first such job. An entry of which
    /// [`QueueGroup::due`] is another job is left over.
    due: BinaryHeap<Reverse<DueGroup>>,
    /// When a stretch of a group begins or ends.
    events: BinaryHeap<Reverse<GroupEvent>>,
    /// The jobs that start later: when, and their groups; the soonest last.
    starts: Vec<LaterStart>,
    /// How many jobs were dropped: their finish passed before a call.
    dropped: u64,
    /// Jobs that may ring at any time and were not called.
    free: u64,
}

/// A job that starts later. The order is that of the starts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct LaterStart {
    from: i64,
    job: u32,
    group: u32,
}

/// A group with a job that may ring now, as one number. The order is that in which the service calls:
/// whether it calls the jobs of the group later, the place of the first such job in the list, and the
/// number of the group.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct DueGroup(u64);

impl DueGroup {
    /// There are not more groups than jobs, and a job takes more than one byte: so many do not fit into
    /// the memory of a machine.
    const GROUP_BITS: u32 = 31;

    fn new(is_later: bool, place: u32, group: usize) -> Self {
        let job = u64::from(is_later) << u32::BITS | u64::from(place);
        DueGroup(job << Self::GROUP_BITS | group as u64)
    }

    fn group(self) -> usize {
        self.0 as usize & ((1 << Self::GROUP_BITS) - 1)
    }

    fn place(self) -> u32 {
        (self.0 >> Self::GROUP_BITS) as u32
    }
}

/// When a stretch of a group begins or ends, as one number: the seconds from now on, and the number of
/// the group.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct GroupEvent(u64);

impl GroupEvent {
    /// `seconds` is limited to a time at which the queue is over.
    fn new(seconds: i64, group: usize) -> Self {
        let seconds = seconds.clamp(0, u32::MAX.into()) as u64;
        GroupEvent(seconds << DueGroup::GROUP_BITS | group as u64)
    }

    fn seconds(self) -> i64 {
        (self.0 >> DueGroup::GROUP_BITS) as i64
    }

    fn group(self) -> usize {
        self.0 as usize & ((1 << DueGroup::GROUP_BITS) - 1)
    }
}

/// The jobs with the same hours, in one line of the processor's cache.
#[repr(align(64))]
struct QueueGroup {
    is_later: bool,
    /// The first of the jobs that could start at once and was not called or dropped, or one before it
    /// that starts later.
    next: u32,
    /// The index after those of the group.
    end: u32,
    /// The job by which the group is due.
    due: Option<u32>,
    /// The jobs that started later and were not called.
    late: BinaryHeap<Reverse<u32>>,
    state: GroupState,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum GroupState {
    /// No job that has started waits for a call.
    Idle,
    /// The next stretch ends then.
    Ahead(i64),
    /// A stretch has begun.
    Open,
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
        let group = |(number, hours): (usize, &CallHours)| {
            let jobs = planned.group(number);
            let later = jobs.clone().map(|job| LaterStart {
                from: milliseconds(planned.span(job).0),
                job,
                group: number as u32,
            });
            starts.extend(later.filter(|later| later.from > start));
            QueueGroup {
                is_later: !hours.is_own,
                next: jobs.start,
                end: jobs.end,
                due: None,
                late: BinaryHeap::new(),
                state: GroupState::Idle,
            }
        };
        let groups = planned.hours.iter().enumerate().map(group).collect();
        starts.sort_unstable_by_key(|start| Reverse(*start));
        let mut queue = QueueSimulation {
            context,
            planned,
            now: start,
            groups,
            times,
            due: BinaryHeap::new(),
            events: BinaryHeap::new(),
            starts,
            dropped: 0,
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
        let stretch = self.events.peek();
        let stretch = stretch.map(|Reverse(event)| self.time_of(*event));
        let start = self.starts.last().map(|start| start.from);
        match (stretch, start) {
            (Some(stretch), Some(start)) => Some(stretch.min(start)),
            (stretch, start) => stretch.or(start),
        }
    }

    /// Lets jobs start and stretches begin and end until an instant.
    fn advance(&mut self, at: i64) {
        while let Some(next) = self.next_event().filter(|next| *next <= at) {
            while let Some(start) = self.starts.pop_if(|start| start.from <= next) {
                let number = start.group as usize;
                let group = &mut self.groups[number];
                group.late.push(Reverse(start.job));
                match group.state {
                    GroupState::Idle => self.await_next(number, next),
                    GroupState::Ahead(..) => {}
                    GroupState::Open => {
                        self.renew(number, next);
                    }
                }
            }
            while let Some(&Reverse(event)) = self.events.peek()
                && self.time_of(event) <= next
            {
                self.events.pop();
                let number = event.group();
                match self.groups[number].state {
                    GroupState::Idle => {}
                    GroupState::Ahead(end) => self.open(number, end, next),
                    GroupState::Open => self.await_next(number, self.time_of(event)),
                }
            }
        }
    }

    /// The instant of an event; all are at whole seconds, as `now` is.
    fn time_of(&self, event: GroupEvent) -> i64 {
        self.now + event.seconds() * 1000
    }

    fn await_event(&mut self, time: i64, group: usize) {
        let seconds = (time - self.now) / 1000;
        self.events.push(Reverse(GroupEvent::new(seconds, group)));
    }

    /// Waits for the next stretch of a group at an instant, or begins with the present one.
    fn await_next(&mut self, number: usize, at: i64) {
        self.groups[number].state = GroupState::Idle;
        if self.renew(number, at).is_none() {
            return;
        }
        let limit = self.now.saturating_add(LONGEST_QUEUE) / 1000 + 1;
        let Some((start, end)) = self.times[number].first(at.div_euclid(1000), limit) else {
            return;
        };
        let end = match end {
            NEVER => i64::MAX,
            end => end * 1000,
        };
        match start * 1000 <= at {
            true => self.open(number, end, at),
            false => {
                self.groups[number].state = GroupState::Ahead(end);
                self.await_event(start * 1000, number);
            }
        }
    }

    /// Begins a stretch of a group.
    fn open(&mut self, number: usize, end: i64, at: i64) {
        self.groups[number].state = GroupState::Open;
        if self.renew(number, at).is_none() {
            self.groups[number].state = GroupState::Idle;
        } else if end < i64::MAX {
            self.await_event(end, number);
        }
    }

    /// Whether the finish of a job has passed.
    fn is_over(&self, job: u32, at: i64) -> bool {
        self.planned.progress(job, at).1
    }

    /// Whether a job could not start at once.
    fn starts_later(&self, job: u32) -> bool {
        !self.planned.progress(job, self.now).0
    }

    /// Drops the first jobs of a group that are over; returns the first one that is not.
    fn first(&mut self, number: usize, at: i64) -> Option<u32> {
        let QueueGroup { mut next, end, .. } = self.groups[number];
        while next < end {
            let starts_later = self.starts_later(next);
            let is_over = self.is_over(next, at);
            if !starts_later && !is_over {
                break;
            }
            self.dropped += u64::from(!starts_later);
            next += 1;
        }
        self.groups[number].next = next;
        while let Some(Reverse(job)) = self.groups[number].late.peek()
            && self.is_over(*job, at)
        {
            self.groups[number].late.pop();
            self.dropped += 1;
        }
        let started = (next < end).then_some(next);
        let late = self.groups[number].late.peek().map(|job| job.0);
        match (started, late) {
            (Some(started), Some(late)) => Some(started.min(late)),
            (started, late) => started.or(late),
        }
    }

    /// The entry of a group that is due by a job.
    fn due_by(&self, number: usize, job: u32) -> DueGroup {
        DueGroup::new(
            self.groups[number].is_later,
            self.planned.place(job),
            number,
        )
    }

    /// Updates whether the group is due; returns its first job.
    fn renew(&mut self, number: usize, at: i64) -> Option<u32> {
        let first = self.first(number, at);
        let is_open = self.groups[number].state == GroupState::Open;
        let due = first.filter(|_| is_open);
        if due != self.groups[number].due {
            self.groups[number].due = due;
            let entry = due.map(|job| Reverse(self.due_by(number, job)));
            self.due.extend(entry);
        }
        first
    }

    /// Calls the first job that is due; returns whether there was one.
    fn call(&mut self, at: i64) -> bool {
        while let Some(&Reverse(top)) = self.due.peek() {
            let number = top.group();
            let due = self.groups[number].due;
            let Some(job) = due.filter(|job| self.planned.place(*job) == top.place()) else {
                self.due.pop();
                continue;
            };
            if self.is_over(job, at) {
                self.renew(number, at);
                continue;
            }
            self.take(number, job);
            let next = self.first(number, at);
            self.groups[number].due = next;
            let entry = next.map(|job| self.due_by(number, job));
            // The entry becomes that of the next job.
            if let Some(mut top) = self.due.peek_mut() {
                match entry {
                    Some(entry) => top.0 = entry,
                    None => {
                        PeekMut::pop(top);
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
        let group = &mut self.groups[number];
        match group.next == job {
            true => group.next += 1,
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
        let mut left = vec![Vec::new(); self.groups.len()];
        for (group, left) in self.groups.iter().zip(&mut left) {
            left.extend((group.next..group.end).filter(|job| !self.starts_later(*job)));
            left.extend(group.late.iter().map(|job| job.0));
        }
        for start in &self.starts {
            left[start.group as usize].push(start.job);
        }
        let (mut missed, mut others) = (self.dropped, self.free);
        for (number, jobs) in left.iter().enumerate() {
            for job in jobs {
                let rings = self.rings_after(number, *job, at);
                missed += u64::from(!rings);
                others += u64::from(rings);
            }
        }
        (missed, others)
    }

    /// Whether a job of a group may ring after an instant.
    fn rings_after(&mut self, number: usize, job: u32, at: Instant) -> bool {
        let (from, until) = self.planned.span(job);
        let from = from.max(at);
        match from.seconds * 1000 < self.now + SOON * 1000 {
            true => self.times[number].rings(from, until),
            false => {
                let hours = &self.planned.hours[number];
                self.context.times(hours, from.seconds).rings(from, until)
            }
        }
    }
}
