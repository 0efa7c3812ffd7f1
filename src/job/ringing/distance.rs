//! Compares the clock of a job's zone with that of its phone while the job can ring.
//!
//! A zone is a [`Timeline`] of periods with one offset each. So is a phone: in each span of time
//! its zones have a few offsets. Both are stored from now on up to the horizon of [`Clocks`], and
//! one walk compares them. The result is kept as one byte for each zone and each list of a phone's
//! zones. If the clocks agree, which is usual, no job needs a walk of its own.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

use super::clock::Clock;
use super::period::{Period, Timeline};
use super::week::Week;
use super::window::next_from;
use crate::job::phone_zones::{ByPlace, PhonePlace};
use crate::job::policy::Instant;
use crate::zone::{Regions, Zone};

/// How far ahead a job without a finish is compared, in seconds.
pub(super) const YEAR: i64 = 366 * 86_400;

/// The offsets in use are quarters of an hour, and no zone is more than 18 hours from UTC.
const QUARTER: i32 = 900;
const OFFSETS: usize = 2 * 18 * 4 + 1;

/// The first instant at which a job can ring and its clock differs from all clocks of its phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::job) struct Far {
    /// The instant, in seconds since 1970.
    pub at: i64,
    /// The job's clock.
    pub job: Clock,
    /// The clock of the phone that is nearest to it.
    pub phone: Clock,
}

/// The clocks of zones and of phones from now until a horizon.
pub(super) struct Clocks<'r> {
    regions: &'r Regions,
    now: i64,
    horizon: i64,
    timelines: OnceLock<Box<[OnceLock<Timeline>]>>,
    phones: ByPlace<PhoneClocks>,
}

/// The clocks of a phone, and which zones agree with them.
struct PhoneClocks {
    spans: Vec<ClockSpan>,
    /// An [`Agreement`] for each zone; 0 if it was not computed yet.
    agreements: Box<[AtomicU8]>,
}

/// A span of time in which the zones of a phone have these offsets.
#[derive(Debug)]
struct ClockSpan {
    /// The first instant after it.
    end: i64,
    /// The first one of the zones with each offset.
    clocks: Box<[Clock]>,
}

/// How long the clocks of a zone and of a phone agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Agreement {
    /// Up to the horizon.
    Always = 1,
    /// For the next year.
    ForAYear = 2,
    /// Not even for a year.
    Never = 3,
}

/// When a job can ring: in this week, from one instant until before another.
#[derive(Clone, Copy)]
pub(super) struct Chances<'w> {
    pub week: &'w Week,
    pub from: Instant,
    pub until: Instant,
}

impl<'r> Clocks<'r> {
    /// The clocks from `now` until `reach` seconds later.
    pub fn new(regions: &'r Regions, now: i64, reach: i64) -> Self {
        Clocks {
            regions,
            now,
            horizon: now.saturating_add(reach),
            timelines: OnceLock::new(),
            phones: ByPlace::new(),
        }
    }

    /// The end of the known clocks, in seconds since 1970.
    pub fn horizon(&self) -> i64 {
        self.horizon
    }

    /// The period of an instant that is not before `now`.
    pub fn period(&self, zone: Zone<'_>, seconds: i64) -> Period {
        let kept = self.timeline(zone);
        kept.and_then(|kept| kept.period_of(seconds))
            .unwrap_or_else(|| Period::at(zone, seconds))
    }

    /// Whether two zones have the same clock up to the horizon.
    pub fn are_alike(&self, zone: Zone<'_>, other: Zone<'_>) -> bool {
        match (self.timeline(zone), self.timeline(other)) {
            (Some(one), Some(other)) => one.periods() == other.periods(),
            (None, None) => zone.offset_seconds() == other.offset_seconds(),
            _ => false,
        }
    }

    /// The stored periods of a region; `None` for a zone with one offset.
    fn timeline(&self, zone: Zone<'_>) -> Option<&Timeline> {
        let region = zone.region().filter(|_| zone.offset_seconds().is_none())?;
        let empty = || self.regions.iter().map(|_| OnceLock::new()).collect();
        let kept = &self.timelines.get_or_init(empty)[region.index()];
        Some(kept.get_or_init(|| Timeline::new(zone, self.now, self.horizon)))
    }

    /// How long the clocks of a zone and of a phone agree. `zones` are those of the phone; if they
    /// are unknown, its clocks agree with all.
    #[inline(always)]
    pub fn agreement<'z>(
        &self,
        zone: Zone<'_>,
        place: PhonePlace,
        zones: impl FnOnce() -> &'z [Zone<'z>],
    ) -> Agreement {
        let phone = self.phone(place, zones);
        let kept = self.slot(zone).map(|slot| &phone.agreements[slot]);
        let byte = kept.map_or(0, |kept| kept.load(Ordering::Relaxed));
        Agreement::of(byte).unwrap_or_else(|| {
            let made = self.compare(zone, phone);
            if let Some(kept) = kept {
                kept.store(made as u8, Ordering::Relaxed);
            }
            made
        })
    }

    #[inline(always)]
    fn phone<'z>(&self, place: PhonePlace, zones: impl FnOnce() -> &'z [Zone<'z>]) -> &PhoneClocks {
        self.phones.get_or_init(place, || PhoneClocks {
            spans: spans(zones(), self.now, self.horizon),
            agreements: (0..OFFSETS + self.regions.iter().len())
                .map(|_| AtomicU8::new(0))
                .collect(),
        })
    }

    /// The index of a zone in the agreements; `None` for an offset that is not in use.
    #[inline(always)]
    fn slot(&self, zone: Zone<'_>) -> Option<usize> {
        match (zone.region(), zone.offset_seconds()) {
            (Some(region), _) => Some(OFFSETS + region.index()),
            (None, Some(seconds)) if seconds % QUARTER == 0 => {
                usize::try_from(seconds / QUARTER + OFFSETS as i32 / 2).ok()
            }
            _ => None,
        }
    }

    #[cold]
    fn compare(&self, zone: Zone<'_>, phone: &PhoneClocks) -> Agreement {
        let chances = Chances {
            week: &Week::full(),
            from: Instant::of_seconds(self.now),
            until: Instant::of_seconds(self.horizon),
        };
        match self.first_apart(zone, &phone.spans, chances) {
            None => Agreement::Always,
            Some(far) if far.at >= self.now.saturating_add(YEAR) => Agreement::ForAYear,
            Some(_) => Agreement::Never,
        }
    }

    /// The first of these chances at which the clocks of a zone and of a phone differ.
    pub fn first_far<'z>(
        &self,
        zone: Zone<'_>,
        place: PhonePlace,
        zones: impl FnOnce() -> &'z [Zone<'z>],
        chances: Chances<'_>,
    ) -> Option<Far> {
        if chances.until <= Instant::of_seconds(self.horizon) {
            return self.first_apart(zone, &self.phone(place, zones).spans, chances);
        }
        let until = chances.until.seconds.saturating_add(1);
        let spans = spans(zones(), chances.from.seconds, until);
        self.first_apart(zone, &spans, chances)
    }

    fn first_apart(
        &self,
        zone: Zone<'_>,
        spans: &[ClockSpan],
        chances: Chances<'_>,
    ) -> Option<Far> {
        let Chances { week, from, until } = chances;
        let (mut at, mut rest) = (from, spans.iter());
        let mut span = rest.find(|span| at.seconds < span.end)?;
        while at < until {
            let period = self.period(zone, at.seconds);
            let end = span.end.min(period.end.unwrap_or(i64::MAX));
            let end = Instant::of_seconds(end).min(until);
            if span.is_far(period.offset)
                && let Some(window) = next_from(week, zone, period, at, Some(end))
            {
                return span.far(window.start.seconds, Clock::of(zone, period.offset));
            }
            at = end;
            if at.seconds >= span.end {
                span = rest.next()?;
            }
        }
        None
    }
}

impl Agreement {
    fn of(byte: u8) -> Option<Agreement> {
        use Agreement::{Always, ForAYear, Never};
        [Always, ForAYear, Never]
            .into_iter()
            .find(|known| *known as u8 == byte)
    }
}

impl ClockSpan {
    /// Whether no clock has this offset, although there are clocks.
    fn is_far(&self, offset: i32) -> bool {
        !self.clocks.is_empty() && self.clocks.iter().all(|clock| clock.offset != offset)
    }

    fn far(&self, at: i64, job: Clock) -> Option<Far> {
        let apart = |clock: &&Clock| clock.offset.abs_diff(job.offset);
        let phone = *self.clocks.iter().min_by_key(apart)?;
        Some(Far { at, job, phone })
    }
}

/// The spans of a phone in these zones; the last one has no end.
fn spans(zones: &[Zone<'_>], from: i64, until: i64) -> Vec<ClockSpan> {
    let timelines: Vec<(Zone<'_>, Timeline)> = zones
        .iter()
        .map(|zone| (*zone, Timeline::new(*zone, from, until)))
        .collect();
    let periods = timelines
        .iter()
        .flat_map(|(_, timeline)| timeline.periods());
    let mut ends: Vec<i64> = periods
        .filter_map(|period| period.end)
        .filter(|end| *end < until)
        .collect();
    ends.push(i64::MAX);
    ends.sort_unstable();
    ends.dedup();
    let mut at = from;
    let span = |end: i64| {
        let mut clocks: Vec<Clock> = Vec::new();
        for (zone, timeline) in &timelines {
            let offset = timeline.period_of(at).map(|period| period.offset);
            if let Some(offset) = offset
                && clocks.iter().all(|clock| clock.offset != offset)
            {
                clocks.push(Clock::of(*zone, offset));
            }
        }
        at = end;
        ClockSpan {
            end,
            clocks: clocks.into(),
        }
    };
    ends.into_iter().map(span).collect()
}
