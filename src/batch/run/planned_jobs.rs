//! The jobs of a list that have a plan for their calls, in few bytes: a list has millions.
//!
//! While the rows come by, a job is 16 bytes at the end of a list. Then the jobs are sorted by their
//! hours, so that the jobs of a group are next to each other in memory. If a list has more groups than
//! the processor's cache holds, one look at a job of another group takes as long as many steps within
//! a group.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::job::{CallHours, CallPlan, HoursKey, Instant, KeptWeeks};

/// Jobs that start later than this, in seconds, are rare: their times are computed for each.
pub(super) const SOON: i64 = 400 * 86_400;

/// The jobs with a plan, as they come.
#[derive(Default)]
pub(super) struct PlannedJobs {
    /// The weeks of their hours.
    weeks: Arc<KeptWeeks>,
    jobs: Vec<(HoursKey, PackedSpan)>,
    /// The dates that no packed span can have.
    rare: Vec<(Instant, Instant)>,
}

/// The first instant at which a job may ring by its dates, and the first one after the last, in
/// seconds since 1970.
#[derive(Clone, Copy, PartialEq, Eq)]
struct PackedSpan {
    /// [`ALWAYS`] without a start; [`RARE`] if the dates are elsewhere.
    from: u32,
    /// [`NEVER`] without a finish; the index of the dates if they are elsewhere.
    until: u32,
}

const ALWAYS: u32 = 0;
const RARE: u32 = u32::MAX;
const NEVER: u32 = u32::MAX;

/// All jobs with a plan, by their hours. Jobs with the same hours are a group; an index is that of a
/// job among all, group by group.
pub(super) struct GroupedJobs {
    pub hours: Vec<CallHours>,
    /// The first index of each group, and the end of the last one.
    starts: Vec<u32>,
    jobs: Vec<GroupedJob>,
    rare: Vec<(Instant, Instant)>,
    now: Instant,
}

#[derive(Clone, Copy)]
struct GroupedJob {
    /// Its place in the list.
    place: u32,
    span: PackedSpan,
}

impl PlannedJobs {
    /// Where the weeks of plans belong.
    pub fn weeks(&self) -> Arc<KeptWeeks> {
        Arc::clone(&self.weeks)
    }

    /// Adds the next job of the list.
    #[inline]
    pub fn add(&mut self, plan: CallPlan) {
        let dates = plan.span();
        let packed = dates.map_or(Some(PackedSpan::NONE), PackedSpan::of);
        let span = packed.unwrap_or_else(|| {
            self.rare.extend(dates);
            PackedSpan {
                from: RARE,
                until: self.rare.len() as u32 - 1,
            }
        });
        self.jobs.push((plan.hours, span));
    }

    /// How many jobs were added.
    pub fn len(&self) -> usize {
        self.jobs.len()
    }

    /// Removes the job that was added after so many others.
    pub fn remove(&mut self, place: usize) {
        self.jobs[place].1 = PackedSpan::REMOVED;
    }

    /// The jobs by their hours, from an instant on. Groups are in the order of their first jobs.
    pub fn grouped(mut self, now: i64) -> GroupedJobs {
        self.jobs.retain(|(_, span)| *span != PackedSpan::REMOVED);
        let mut numbers: HashMap<HoursKey, u32, FixedState> = HashMap::default();
        let mut hours = Vec::new();
        // How many jobs each group has.
        let mut sizes: Vec<u32> = Vec::new();
        let group_of = |(key, _): &(HoursKey, PackedSpan)| {
            let number = *numbers.entry(*key).or_insert_with(|| {
                hours.push(self.weeks.hours(*key));
                sizes.push(0);
                sizes.len() as u32 - 1
            });
            sizes[number as usize] += 1;
            number
        };
        let groups: Vec<u32> = self.jobs.iter().map(group_of).collect();
        let mut end = 0;
        // While jobs are placed, the start of a group is where its next job belongs.
        let mut starts: Vec<u32> = Vec::with_capacity(sizes.len() + 1);
        for size in sizes {
            starts.push(end);
            end += size;
        }
        let nobody = GroupedJob {
            place: 0,
            span: PackedSpan::NONE,
        };
        let mut jobs = vec![nobody; self.jobs.len()];
        for ((place, group), (_, span)) in (0..).zip(groups).zip(self.jobs) {
            let next = &mut starts[group as usize];
            jobs[*next as usize] = GroupedJob { place, span };
            *next += 1;
        }
        starts.insert(0, 0);
        GroupedJobs {
            hours,
            starts,
            jobs,
            rare: self.rare,
            now: Instant::of_seconds(now),
        }
    }
}

/// An instant in milliseconds since 1970, rounded up.
pub(super) fn milliseconds(instant: Instant) -> i64 {
    let nanos = i64::from(instant.nanos);
    let seconds = instant.seconds.saturating_mul(1000);
    seconds.saturating_add((nanos + 999_999) / 1_000_000)
}

impl PackedSpan {
    /// That of a job without dates.
    const NONE: PackedSpan = PackedSpan {
        from: ALWAYS,
        until: NEVER,
    };

    /// That of a job that does not count after all.
    const REMOVED: PackedSpan = PackedSpan {
        from: RARE,
        until: u32::MAX,
    };

    /// The span of these dates; `None` if it is a rare one: dates with a part of a second, before 1970
    /// or after 2106.
    fn of((from, until): (Instant, Instant)) -> Option<PackedSpan> {
        let packed = |instant: Instant| {
            let seconds = u32::try_from(instant.seconds).ok()?;
            let is_plain = instant.nanos == 0 && !matches!(seconds, ALWAYS | NEVER);
            is_plain.then_some(seconds)
        };
        let from = match from {
            Instant::FIRST => ALWAYS,
            from => packed(from)?,
        };
        let until = match until {
            Instant::LAST => NEVER,
            until => packed(until)?,
        };
        Some(PackedSpan { from, until })
    }
}

impl GroupedJobs {
    /// How many jobs there are.
    pub fn len(&self) -> usize {
        self.jobs.len()
    }

    /// The indexes of the jobs of a group, in the order of the list.
    pub fn group(&self, group: usize) -> std::ops::Range<u32> {
        self.starts[group]..self.starts[group + 1]
    }

    /// The place of a job in the list.
    pub fn place(&self, index: u32) -> u32 {
        self.jobs[index as usize].place
    }

    /// The dates of the jobs of a group, as [`GroupedJobs::span`] has them, and how many jobs have
    /// the same.
    pub fn spans_of(
        &self,
        group: usize,
    ) -> impl Iterator<Item = ((Instant, Instant), u64)> + Clone + '_ {
        let is_dated = |index: &u32| self.jobs[*index as usize].span != PackedSpan::NONE;
        let dated = self.group(group).filter(is_dated);
        let undated = self.group(group).filter(move |index| !is_dated(index));
        let undated = undated.count() as u64;
        let always = (undated > 0).then_some(((self.now, Instant::LAST), undated));
        dated.map(|index| (self.span(index), 1)).chain(always)
    }

    /// Whether a job has started at an instant, in milliseconds since 1970, and whether it is over.
    #[inline]
    pub fn progress(&self, index: u32, at: i64) -> (bool, bool) {
        let (from, until) = match self.jobs[index as usize].span {
            PackedSpan { from: RARE, until } => {
                let (from, until) = self.rare[until as usize];
                (milliseconds(from), milliseconds(until))
            }
            PackedSpan { from, until: NEVER } => (i64::from(from) * 1000, i64::MAX),
            PackedSpan { from, until } => (i64::from(from) * 1000, i64::from(until) * 1000),
        };
        (from <= at, until <= at)
    }

    /// The first instant from now on at which a job may ring by its dates, and the first one after
    /// the last.
    pub fn span(&self, index: u32) -> (Instant, Instant) {
        let (from, until) = match self.jobs[index as usize].span {
            PackedSpan { from: RARE, until } => self.rare[until as usize],
            PackedSpan { from, until } => {
                let from = match from {
                    ALWAYS => Instant::FIRST,
                    from => Instant::of_seconds(from.into()),
                };
                let until = match until {
                    NEVER => Instant::LAST,
                    until => Instant::of_seconds(until.into()),
                };
                (from, until)
            }
        };
        (from.max(self.now), until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_keeps_its_dates() {
        let at = Instant::of_seconds;
        let half = |seconds| Instant {
            seconds,
            nanos: 500_000_000,
        };
        let most = i64::from(u32::MAX);
        for (dates, is_packed) in [
            ((Instant::FIRST, Instant::LAST), true),
            ((Instant::FIRST, at(1)), true),
            ((at(1), Instant::LAST), true),
            ((at(1_800_000_000), at(most - 1)), true),
            ((at(0), at(7)), false),
            ((at(-1), at(7)), false),
            ((at(1), at(most)), false),
            ((at(1), at(most + 1)), false),
            ((half(1), at(7)), false),
            ((at(1), half(7)), false),
        ] {
            let packed = PackedSpan::of(dates);
            assert_eq!(packed.is_some(), is_packed, "{dates:?}");
            let (span, rare) = match packed {
                Some(span) => (span, Vec::new()),
                None => (
                    PackedSpan {
                        from: RARE,
                        until: 0,
                    },
                    vec![dates],
                ),
            };
            let jobs = GroupedJobs {
                hours: Vec::new(),
                starts: vec![0, 1],
                jobs: vec![GroupedJob { place: 0, span }],
                rare,
                now: Instant::FIRST,
            };
            assert_eq!(jobs.span(0), dates);
        }
    }
}
