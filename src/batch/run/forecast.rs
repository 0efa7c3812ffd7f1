//! When the jobs of a list may ring: how many in each hour, and when a queue would be through.
//!
//! The stretches of time in which jobs with the same hours may ring are computed once, and each job
//! takes the part between its own dates. So a list with a few policies costs a few of these, even if
//! every job has its own dates. Jobs without a policy may ring at any time: the campaign's settings,
//! which predial can't see, decide.

use std::collections::HashMap;
use std::sync::Arc;

use crate::batch::options::ForecastOptions;
use crate::batch::out::forecast::Forecast;
use crate::batch::run::forecast_queue::QueueSimulation;
use crate::batch::run::planned_jobs::{PlannedJobs, SOON};
use crate::job::{
    CallHours, CallPlan, FindingCode, Instant, JobContext, KeptWeeks, Night, RingingTimes,
};
use crate::zone::Zone;
use crate::{Rule, Severity};

const HOUR: i64 = 3600;

/// The first instant at which jobs may ring by their dates, the first one after the last, and how many
/// jobs have these.
type JobsOfSpan = ((Instant, Instant), u64);

/// The hours of a week.
const WEEK: usize = 7 * 24;

/// The hours from the beginning of a Monday to 1970-01-01T00:00.
const TO_EPOCH: i64 = 3 * 24;

/// What is counted while the rows come by.
#[derive(Default)]
pub(in crate::batch) struct ForecastCounts {
    /// Jobs without a plan.
    free: u64,
    jobs: PlannedJobs,
    never: u64,
    expired: u64,
}

impl ForecastCounts {
    /// Where the weeks of plans belong.
    pub fn weeks(&self) -> Arc<KeptWeeks> {
        self.jobs.weeks()
    }

    /// Counts so many jobs that may ring at any time.
    pub fn add_free(&mut self, jobs: u64) {
        self.free += jobs;
    }

    /// Counts a job that can be sent.
    pub fn add(&mut self, plan: Option<CallPlan>) {
        let Some(plan) = plan else {
            return self.add_free(1);
        };
        self.jobs.add(plan);
    }

    /// How many jobs with a plan were counted.
    pub fn planned(&self) -> usize {
        self.jobs.len()
    }

    /// Takes back a job that can't be sent after all: the one with so many plans before its own, or
    /// one without a plan.
    pub fn take_back(&mut self, plans_before: Option<usize>) {
        match plans_before {
            Some(place) => self.jobs.remove(place),
            None => self.free -= 1,
        }
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
        let (free, never, expired) = (self.free, self.never, self.expired);
        let planned = self.jobs.grouped(now);
        let begin = now - now.rem_euclid(HOUR);
        let mut hours = vec![free; wanted.days as usize * 24];
        let mut local = LocalWeek::new(context, now, free);
        let mut night_only = 0;
        // The queue goes on with the times that are computed here.
        let mut all_times = Vec::new();
        for (group, call_hours) in planned.hours.iter().enumerate() {
            let times = context.times(call_hours, now);
            let spans = planned.spans_of(group);
            let (by_hour, times) = GroupHours::count(times, begin, hours.len(), spans.clone());
            add(&mut hours, &by_hour);
            local.add_group(call_hours, spans.clone(), (begin, &by_hour));
            if wanted.queue.is_some() {
                all_times.push(times);
            }
            let by_day = |from| context.times_by_day(call_hours, night, from);
            let Some(mut times) = by_day(now) else {
                continue;
            };
            let night_only_jobs = |((from, until), jobs): JobsOfSpan| {
                let rings = match from.seconds < now + SOON {
                    true => times.rings(from, until),
                    false => by_day(from.seconds).is_none_or(|mut times| times.rings(from, until)),
                };
                if rings { 0 } else { jobs }
            };
            night_only += spans.map(night_only_jobs).sum::<u64>();
        }
        let jobs = free + planned.len() as u64;
        let queue = wanted.queue.map(|(lines, milliseconds)| {
            let queue = QueueSimulation::new(context, (&planned, all_times), now, free);
            queue.run(lines, milliseconds)
        });
        Forecast {
            begin,
            hours,
            local_week: local.jobs,
            jobs,
            free,
            never,
            expired,
            night_only,
            queue,
        }
    }
}

/// Adds the jobs of each hour to those of others.
fn add(sums: &mut [u64], jobs: &[u64]) {
    for (sum, jobs) in sums.iter_mut().zip(jobs) {
        *sum += jobs;
    }
}

/// How many jobs may ring in each hour of the week by their own clocks.
struct LocalWeek<'c, 'r> {
    context: &'c JobContext<'r>,
    now: i64,
    jobs: Vec<u64>,
    /// The clocks of the zones so far, by their offset and the number of their region.
    clocks: HashMap<(Option<i32>, Option<usize>), LocalClock>,
}

/// What a clock shows in the hours of the next week.
struct LocalClock {
    /// When the first of these hours of the clock begins.
    begin: i64,
    /// For each hour its place in the week that begins on Monday.
    shown: [usize; WEEK],
}

impl LocalClock {
    fn new(zone: Zone<'_>, now: i64) -> Self {
        let offset = |at: i64| i64::from(zone.offset_at(at));
        let begin = now - (now + offset(now)).rem_euclid(HOUR);
        let shown = |hour: usize| {
            let at = begin + hour as i64 * HOUR;
            let shown = (at + offset(at)).div_euclid(HOUR) + TO_EPOCH;
            shown.rem_euclid(WEEK as i64) as usize
        };
        LocalClock {
            begin,
            shown: std::array::from_fn(shown),
        }
    }
}

impl<'c, 'r> LocalWeek<'c, 'r> {
    fn new(context: &'c JobContext<'r>, now: i64, free: u64) -> Self {
        LocalWeek {
            context,
            now,
            jobs: vec![free; WEEK],
            clocks: HashMap::new(),
        }
    }

    /// Adds the jobs of a group. `known` is how many of them may ring in each hour from an instant
    /// on, in all their zones.
    fn add_group(
        &mut self,
        all_hours: &CallHours,
        spans: impl Iterator<Item = JobsOfSpan>,
        (known_from, known): (i64, &[u64]),
    ) {
        let (zone, hours) = self.context.in_one_zone(all_hours);
        let key = (
            zone.offset_seconds(),
            zone.region().map(|region| region.index()),
        );
        let make = || LocalClock::new(zone, self.now);
        let clock = self.clocks.entry(key).or_insert_with(make);
        let is_known = known_from == clock.begin && known.len() >= WEEK && hours == *all_hours;
        let counted;
        let by_hour = match is_known {
            true => known,
            false => {
                let times = self.context.times(&hours, self.now);
                counted = GroupHours::count(times, clock.begin, WEEK, spans).0;
                &counted
            }
        };
        // A clock that is set back shows an hour twice.
        let mut by_clock = [0; WEEK];
        for (shown, jobs) in clock.shown.iter().zip(by_hour) {
            by_clock[*shown] = (*jobs).max(by_clock[*shown]);
        }
        add(&mut self.jobs, &by_clock);
    }
}

/// How many jobs of a group may ring in each hour.
///
/// A job counts in the hours of its group from the first one in which it may ring to the last one,
/// so only these two have to be found for each job.
struct GroupHours<'c, 'r> {
    times: RingingTimes<'c, 'r>,
    begin: i64,
    /// The hours in which a job without dates may ring.
    rings: Vec<bool>,
    /// How many more jobs are between their first and their last hour than in the hour before.
    changes: Vec<i64>,
}

impl<'c, 'r> GroupHours<'c, 'r> {
    /// How many jobs with these dates may ring in each of so many hours; the times go on.
    fn count(
        times: RingingTimes<'c, 'r>,
        begin: i64,
        length: usize,
        spans: impl Iterator<Item = JobsOfSpan>,
    ) -> (Vec<u64>, RingingTimes<'c, 'r>) {
        let mut counts = GroupHours::new(times, begin, length);
        spans.for_each(|span| counts.add(span));
        (counts.by_hour(), counts.times)
    }

    fn new(mut times: RingingTimes<'c, 'r>, begin: i64, length: usize) -> Self {
        let mut rings = vec![false; length];
        let end = begin + length as i64 * HOUR;
        let mut at = begin;
        while let Some((start, until)) = times.first(at, end) {
            let first = (start.max(at) - begin) / HOUR;
            let last = (until.min(end) - 1 - begin) / HOUR;
            rings[first as usize..=last as usize].fill(true);
            at = until;
            if at >= end {
                break;
            }
        }
        GroupHours {
            times,
            begin,
            rings,
            changes: vec![0; length + 1],
        }
    }

    /// Counts jobs with these dates.
    fn add(&mut self, ((from, until), jobs): JobsOfSpan) {
        let last_second = until.seconds - i64::from(until.nanos == 0);
        let mut first = (from.seconds - self.begin) / HOUR;
        let most = self.rings.len() as i64 - 1;
        let mut last = (last_second - self.begin).div_euclid(HOUR).min(most);
        if first > last {
            return;
        }
        // The dates may cut off the times of the first and of the last hour.
        first += i64::from(!self.rings_in(first, from, until));
        if first > last {
            return;
        }
        last -= i64::from(!self.rings_in(last, from, until));
        if first <= last {
            self.changes[first as usize] += jobs as i64;
            self.changes[last as usize + 1] -= jobs as i64;
        }
    }

    /// Whether a job with these dates may ring in an hour.
    fn rings_in(&mut self, hour: i64, from: Instant, until: Instant) -> bool {
        let start = Instant::of_seconds(self.begin + hour * HOUR);
        let end = Instant::of_seconds(start.seconds + HOUR);
        let is_whole = from <= start && until >= end;
        let rings = self.rings[hour as usize];
        rings && (is_whole || self.times.rings(from.max(start), until.min(end)))
    }

    /// The jobs of each hour.
    fn by_hour(&self) -> Vec<u64> {
        let mut jobs = 0;
        let hours = self.rings.iter().zip(&self.changes);
        let in_hour = hours.map(|(rings, change)| {
            jobs += change;
            if *rings { jobs as u64 } else { 0 }
        });
        in_hour.collect()
    }
}
