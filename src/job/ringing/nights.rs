//! Whether a job can ring at night.
//!
//! Hours that a policy names hold. So one instant at night that they leave is enough for a warning.
//! Dates alone say when to begin and when to end, and the hours between are those of the campaign's
//! settings in the service, which predial can't see. They are warned of if they leave nothing but
//! night.

use super::clock::Clock;
use super::period::Period;
use super::week::Week;
use super::window::next_from;
use crate::job::policy::Instant;
use crate::zone::Zone;

/// What is compared with the night.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::job) enum Nights {
    /// The policy names hours: those of them that are at night.
    Hours(Week),
    /// It names none: the night, and the day.
    Dates { night: Week, day: Week },
}

/// The first instant at night at which a job can ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::job) struct NightCall {
    /// The instant, in seconds since 1970.
    pub at: i64,
    /// The clock that shows night.
    pub clock: Clock,
}

/// A stretch of so many seconds has a minute of each day in it, whatever clocks are changed.
const SURELY_BY_DAY: i64 = 4 * 86_400;

impl Nights {
    /// Whether the zones of a phone need not be asked one by one: nearly no job can ring at night.
    pub fn is_quick(&self) -> bool {
        match self {
            Nights::Hours(at_night) => at_night.is_empty(),
            Nights::Dates { .. } => true,
        }
    }

    /// The first instant at night in a zone where a job rings, whose period at `from` this is; `None`
    /// if there is nothing to warn of.
    pub(super) fn first(
        &self,
        zone: Zone<'_>,
        period: Period,
        from: Instant,
        finish: Option<Instant>,
    ) -> Option<NightCall> {
        let next = |week: &Week| next_from(week, zone, period, from, finish);
        let window = match self {
            Nights::Hours(at_night) if at_night.is_empty() => None,
            Nights::Hours(at_night) => next(at_night),
            Nights::Dates { night, day } => {
                let length = finish?.seconds.saturating_sub(from.seconds);
                let by_day = length > SURELY_BY_DAY || next(day).is_some();
                if by_day { None } else { next(night) }
            }
        };
        let at = window?.start.seconds;
        let clock = Clock::of(zone, zone.offset_at(at));
        Some(NightCall { at, clock })
    }
}
