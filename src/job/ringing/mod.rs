//! When a job may ring: the instants from its start until its finish at which its zone's local
//! time is in an allowed window of an allowed day.
//!
//! A zone is read as periods with one offset each. Within a period the difference of local time and
//! instants is constant, so a part of allowed local time is a part of instants. At the end of a
//! period the clock changes, and the allowed time continues if the next period begins with an
//! allowed time. Local times that a change skips are in no period, and those that it repeats are in
//! two.
//!
//! A week with any allowed time has one within a week of any period, so the next window is found
//! after a few steps, even if start and finish are far apart.

mod ask;
mod clock;
mod distance;
mod nights;
mod period;
mod places;
mod plan;
mod times;
mod week;
mod window;
mod words;

use std::sync::OnceLock;

pub use ask::windows;
pub(super) use distance::Far;
pub(super) use nights::{NightCall, Nights};
pub(super) use places::Places;
pub(crate) use plan::{CallHours, CallPlan, HoursKey, KeptWeeks};
pub(crate) use times::{NEVER, RingingTimes};
pub(super) use week::Week;
pub use window::Window;
pub(super) use words::{far_fault, night_fault};

use super::phone_zones::{ByPlace, PhonePlace, PhoneZones};
use super::policy::{Dates, Instant, LocalDateTime, Night};
use crate::zone::{Regions, Zone};
use distance::{Agreement, Chances, Clocks, YEAR};
use window::{next, next_from};

/// Whether a job ever rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rings {
    /// In every zone in which it may be.
    Everywhere,
    /// In some of the zones in which it may be.
    Somewhere,
    /// In none of them.
    Nowhere,
    /// Its finish has passed.
    Expired,
}

/// Whether a job ever rings, and whether at night.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chance {
    pub rings: Rings,
    /// When it first rings at night; `None` unless it does in every zone in which it rings.
    pub night: Option<NightCall>,
}

/// When jobs ring from an instant on.
pub(super) struct Ringing<'r> {
    regions: &'r Regions,
    now: Instant,
    phones: PhoneZones<'r>,
    /// The clocks for nearly all jobs.
    soon: Clocks<'r>,
    /// The clocks for jobs that start or finish later.
    later: OnceLock<Clocks<'r>>,
    /// The zones of phones that have different clocks.
    clocks_of_phones: ByPlace<Vec<Zone<'r>>>,
    /// The week of the night that was asked for first; a batch has no other.
    night: OnceLock<(Night, Week)>,
}

/// How far the clocks are known, in seconds: a year from now, and a year for a job that starts
/// then.
const SOON: i64 = 2 * YEAR;

/// How far clocks are compared: laws about time change before that.
const LATER: i64 = 30 * YEAR;

impl<'r> Ringing<'r> {
    pub fn new(regions: &'r Regions, now: Instant) -> Self {
        Ringing {
            regions,
            now,
            phones: PhoneZones::new(regions, now.seconds),
            soon: Clocks::new(regions, now.seconds, SOON),
            later: OnceLock::new(),
            clocks_of_phones: ByPlace::new(),
            night: OnceLock::new(),
        }
    }

    /// The regions that are known.
    pub fn regions(&self) -> &'r Regions {
        self.regions
    }

    /// The zones where a phone is; none if they are unknown.
    pub fn phone_zones(&self, place: PhonePlace) -> &[Zone<'r>] {
        self.phones.of(place)
    }

    /// The zones where a job may be; never none.
    pub fn zones(&self, places: Places) -> Vec<Zone<'r>> {
        places.zones(self.regions, &self.phones)
    }

    /// A local time of a job with its offset, if that is the same in all zones where the job may be.
    pub fn with_offset(&self, places: Option<Places>, local: &LocalDateTime) -> Option<String> {
        let offset = places::offset_of_local(&self.zones(places?), local)?;
        local.with_offset(offset)
    }

    /// Whether a job of these hours and dates rings in the zones in which it may be.
    pub fn chance(&self, week: &Week, nights: &Nights, dates: Dates, places: Places) -> Chance {
        let Dates { start, finish } = dates;
        if finish.is_some_and(|finish| finish <= self.now) {
            return Chance {
                rings: Rings::Expired,
                night: None,
            };
        }
        let from = start.map_or(self.now, |start| start.max(self.now));
        if week.is_full() && nights.are_surely_by_day(from, finish) {
            return Chance {
                rings: Rings::Everywhere,
                night: None,
            };
        }
        let mut outcomes = [false; 2];
        let mut by_day = false;
        let mut night = None;
        let mut ask = |zone: Zone<'_>| {
            let period = self.soon.period(zone, from.seconds);
            let rings = next_from(week, zone, period, from, finish).is_some();
            outcomes[usize::from(rings)] = true;
            if rings && !by_day {
                let first = nights.first(zone, period, from, finish);
                by_day = first.is_none();
                night = night.or(first);
            }
        };
        match places {
            Places::Offset(seconds) => ask(Zone::of_seconds(seconds)),
            Places::Region(index) => Zone::of_index(index, self.regions)
                .into_iter()
                .for_each(ask),
            Places::Phone(place) if !self.phones.of(place).is_empty() => {
                self.zones_to_ask(place, from).iter().copied().for_each(ask);
            }
            Places::Phone(_) | Places::World => places::world().for_each(ask),
        }
        let rings = match outcomes {
            [false, _] => Rings::Everywhere,
            [true, true] => Rings::Somewhere,
            [true, false] => Rings::Nowhere,
        };
        let night = night.filter(|_| !by_day);
        Chance { rings, night }
    }

    /// The zones of a phone, and only the first of those that have the same clock: a Russian mobile is
    /// in 26 zones with 11 clocks. The clocks are compared for two years, and a job that starts in the
    /// first of them first rings, or never, before these are over.
    fn zones_to_ask(&self, place: PhonePlace, from: Instant) -> &[Zone<'r>] {
        let all = self.phones.of(place);
        if from.seconds > self.now.seconds.saturating_add(YEAR) {
            return all;
        }
        self.clocks_of_phones.get_or_init(place, || {
            let mut found: Vec<Zone<'r>> = Vec::new();
            for zone in all {
                if !found.iter().any(|other| self.soon.are_alike(*zone, *other)) {
                    found.push(*zone);
                }
            }
            found
        })
    }

    /// Whether the clocks of a zone and of a phone differ at some time of the next year.
    #[inline(always)]
    pub fn is_far(&self, zone: Zone<'_>, place: PhonePlace) -> bool {
        let agreement = self.soon.agreement(zone, place, || self.phones.of(place));
        agreement == Agreement::Never
    }

    /// When the clocks of a job's zone and of its phone first differ while the job can ring: from
    /// its start until its finish, or for a year if it has none.
    pub fn first_far(
        &self,
        zone: Zone<'_>,
        place: PhonePlace,
        week: &Week,
        dates: Dates,
    ) -> Option<Far> {
        let from = dates.start.map_or(self.now, |start| start.max(self.now));
        let a_year_on = Instant {
            seconds: from.seconds.saturating_add(YEAR),
            ..from
        };
        let until = dates.finish.unwrap_or(a_year_on);
        let clocks = match until.seconds < self.soon.horizon() {
            true => &self.soon,
            false => self.later(),
        };
        let latest = Instant::of_seconds(clocks.horizon()).max(a_year_on);
        let until = until.min(latest);
        let zones = || self.phones.of(place);
        let agree_until = match clocks.agreement(zone, place, zones) {
            Agreement::Always => clocks.horizon(),
            Agreement::ForAYear => self.now.seconds.saturating_add(YEAR),
            Agreement::Never => i64::MIN,
        };
        if until <= Instant::of_seconds(agree_until) {
            return None;
        }
        clocks.first_far(zone, place, zones, Chances { week, from, until })
    }

    fn later(&self) -> &Clocks<'r> {
        self.later
            .get_or_init(|| Clocks::new(self.regions, self.now.seconds, LATER))
    }
}

/// The windows of a job from `now` on, earliest first. Each is a window of one zone where the job
/// may be. If the job is certainly in one zone, they do not touch.
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
