//! When a job may ring: the instants from its start until its finish at which its zone's local
//! time is in an allowed window of an allowed day.
//!
//! A zone is read as periods of one offset each. Within a period local time and instants run side by
//! side, so an allowed stretch of local time is a stretch of instants. At the end of a period the
//! clock is changed, and the stretch continues if the next period begins with an allowed time. Local
//! times that a change skips are in no period, and those that it repeats are in two.
//!
//! A week that allows anything allows it within a week of any period, so the next window is found
//! after a few steps, however far apart start and finish are.

mod ask;
mod places;
mod week;

use std::sync::OnceLock;

use jiff::Timestamp;

pub use ask::windows;
pub(super) use places::{Places, offset_of_local};
pub(super) use week::Week;

use super::phone_zones::{PhonePlace, PhoneZones};
use super::policy::{Dates, Instant};
use crate::zone::{Regions, Zone};

/// A stretch in which every instant is allowed, half open: the end is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window<'r> {
    /// From when.
    pub start: Instant,
    /// Until when; `None` if it never ends.
    pub end: Option<Instant>,
    /// The zone whose local time allows it.
    pub zone: Zone<'r>,
}

/// Whether a job ever rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rings {
    /// In every zone in which it may be.
    Everywhere,
    /// In some of the zones in which it may be.
    Somewhere,
    /// In none.
    Nowhere,
    /// Its finish has passed.
    Expired,
}

/// Whether jobs ring from an instant on. The period of each region at that instant is kept: most
/// jobs start now, in few of them.
pub(super) struct Ringing<'r> {
    regions: &'r Regions,
    now: Instant,
    phones: PhoneZones<'r>,
    periods: OnceLock<Box<[OnceLock<Period>]>>,
}

impl<'r> Ringing<'r> {
    pub fn new(regions: &'r Regions, now: Instant) -> Self {
        Ringing {
            regions,
            now,
            phones: PhoneZones::new(regions, now.seconds),
            periods: OnceLock::new(),
        }
    }

    /// The zones where a phone is; none if they are unknown.
    pub fn phone_zones(&self, place: PhonePlace) -> &[Zone<'r>] {
        self.phones.of(place)
    }

    /// The zones where a job may be; never none.
    pub fn zones(&self, places: Places) -> Vec<Zone<'r>> {
        places.zones(self.regions, &self.phones)
    }

    /// Whether a job of these hours and dates rings in the zones in which it may be.
    pub fn rings(&self, week: &Week, dates: Dates, places: Places) -> Rings {
        let Dates { start, finish } = dates;
        if finish.is_some_and(|finish| finish <= self.now) {
            return Rings::Expired;
        }
        let from = start.map_or(self.now, |start| start.max(self.now));
        let mut outcomes = [false; 2];
        let mut ask = |zone: Zone<'_>| {
            let period = self.period(zone, from.seconds);
            let rings = next_from(week, zone, period, from, finish).is_some();
            outcomes[usize::from(rings)] = true;
        };
        match places {
            Places::Offset(seconds) => ask(Zone::of_seconds(seconds)),
            Places::Region(index) => Zone::of_index(index, self.regions)
                .into_iter()
                .for_each(ask),
            Places::Phone(place) if !self.phones.of(place).is_empty() => {
                self.phones.of(place).iter().copied().for_each(ask);
            }
            Places::Phone(_) | Places::World => places::world().for_each(ask),
        }
        match outcomes {
            [false, _] => Rings::Everywhere,
            [true, true] => Rings::Somewhere,
            [true, false] => Rings::Nowhere,
        }
    }

    /// The period of an instant that is not before `now`.
    fn period(&self, zone: Zone<'_>, seconds: i64) -> Period {
        let (None, Some(region)) = (zone.offset_seconds(), zone.region()) else {
            return Period::at(zone, seconds);
        };
        let empty = || self.regions.iter().map(|_| OnceLock::new()).collect();
        let periods = self.periods.get_or_init(empty);
        let now = periods[region.index()].get_or_init(|| Period::at(zone, self.now.seconds));
        if now.end.is_none_or(|end| seconds < end) {
            *now
        } else {
            Period::at(zone, seconds)
        }
    }
}

/// The windows of a job from `now` on, soonest first; each is a window of one zone where it may
/// be. Where the job is in one zone for sure, they are far from each other.
pub struct Windows<'r> {
    week: Week,
    finish: Option<Instant>,
    /// The next window of each zone that has one.
    ahead: Vec<Window<'r>>,
}

impl<'r> Windows<'r> {
    pub(super) fn new(week: Week, dates: Dates, zones: Vec<Zone<'r>>, now: Instant) -> Self {
        let from = dates.start.map_or(now, |start| start.max(now));
        let ahead = zones
            .into_iter()
            .filter_map(|zone| next(&week, zone, from, dates.finish))
            .collect();
        Windows {
            week,
            finish: dates.finish,
            ahead,
        }
    }
}

impl<'r> Iterator for Windows<'r> {
    type Item = Window<'r>;

    fn next(&mut self) -> Option<Window<'r>> {
        // The first of the zones with the same local time represents them all.
        let soonest = *self.ahead.iter().min_by_key(|window| window.start)?;
        let (week, finish) = (&self.week, self.finish);
        let is_taken = |window: &Window<'r>| {
            let same = (window.start, window.end) == (soonest.start, soonest.end);
            same && offset_of(window) == offset_of(&soonest)
        };
        self.ahead = std::mem::take(&mut self.ahead)
            .into_iter()
            .filter_map(|window| match is_taken(&window) {
                true => next(week, window.zone, window.end?, finish),
                false => Some(window),
            })
            .collect();
        Some(soonest)
    }
}

fn offset_of(window: &Window<'_>) -> i32 {
    window.zone.offset_at(window.start.seconds)
}

/// The next window of a zone that ends after `from`, cut off before it and at `finish`.
fn next<'r>(
    week: &Week,
    zone: Zone<'r>,
    from: Instant,
    finish: Option<Instant>,
) -> Option<Window<'r>> {
    next_from(week, zone, Period::at(zone, from.seconds), from, finish)
}

/// The same, if the period of `from` is known.
fn next_from<'r>(
    week: &Week,
    zone: Zone<'r>,
    period: Period,
    from: Instant,
    finish: Option<Instant>,
) -> Option<Window<'r>> {
    let limit = finish.map_or(i64::MAX, |finish| finish.seconds);
    let (start, end) = stretch(week, zone, period, from.seconds, limit)?;
    // Windows begin and end with seconds; start and finish may be within one.
    let start = Instant::of_seconds(start).max(from);
    let end = (end < i64::MAX).then(|| Instant::of_seconds(end));
    let end = match (end, finish) {
        (Some(end), Some(finish)) => Some(end.min(finish)),
        (end, finish) => end.or(finish),
    };
    let is_window = end.is_none_or(|end| start < end);
    is_window.then_some(Window { start, end, zone })
}

/// The next allowed stretch of a zone that ends after `from`, cut off before it, in seconds since
/// 1970. A stretch that begins after `limit` is not found, and one that continues after it need not
/// be whole.
fn stretch(
    week: &Week,
    zone: Zone<'_>,
    mut period: Period,
    from: i64,
    limit: i64,
) -> Option<(i64, i64)> {
    if week.is_full() {
        return Some((from, i64::MAX));
    }
    let mut at = from;
    while at <= limit {
        let (start, end) = period.next(week, at)?;
        match period.end {
            Some(change) if start >= change => {
                at = change;
                period = Period::at(zone, change);
            }
            _ => return Some((start, goes_on(week, zone, period, end, limit))),
        }
    }
    None
}

/// Where a stretch ends that reaches to `end` within a period, or goes on in the next.
fn goes_on(week: &Week, zone: Zone<'_>, mut period: Period, mut end: i64, limit: i64) -> i64 {
    while let Some(change) = period.end
        && change <= end
        && change <= limit
    {
        period = Period::at(zone, change);
        end = match period.next(week, change) {
            Some((start, end)) if start == change => end,
            _ => return change,
        };
    }
    end
}

/// A stretch of time in which a zone has one offset.
#[derive(Clone, Copy, Debug)]
struct Period {
    offset: i64,
    /// When the offset changes.
    end: Option<i64>,
}

impl Period {
    /// The period of an instant. jiff's timestamps reach from the year -9999 to 9999; an instant
    /// beyond has the offset of the nearest one within.
    fn at(zone: Zone<'_>, seconds: i64) -> Period {
        let fixed = zone.offset_seconds();
        let offset = fixed.unwrap_or_else(|| zone.offset_at(seconds));
        let changes = match (fixed, zone.region().and_then(|region| region.time_zone())) {
            (None, Some(rules)) => Timestamp::from_second(seconds)
                .ok()
                .map(|instant| rules.following(instant)),
            _ => None,
        };
        let other = |change: &jiff::tz::TimeZoneTransition<'_>| change.offset().seconds() != offset;
        let change = changes.into_iter().flatten().find(other);
        Period {
            offset: i64::from(offset),
            end: change.map(|change| change.timestamp().as_second()),
        }
    }

    /// The first allowed stretch that ends after `at`, were the period to go on for ever.
    fn next(self, week: &Week, at: i64) -> Option<(i64, i64)> {
        let (start, end) = week.next(at + self.offset)?;
        Some((start - self.offset, end - self.offset))
    }
}
