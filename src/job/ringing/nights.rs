//! Whether a job can ring at night.
//!
//! A policy that names hours is taken at its word, so one instant at night in these hours is enough
//! for a warning. A policy with dates alone only says when to begin and to end; the hours come from
//! the campaign's settings in the service, which predial can't see. Dates get a warning only if
//! they leave nothing but night.

use super::clock::Clock;
use super::period::Period;
use super::week::Week;
use super::window::next_from;
use crate::job::policy::Instant;
use crate::zone::Zone;

/// The times that are compared with the night.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::job) enum Nights {
    /// The policy names hours: those of them at night.
    Hours(Week),
    /// It names no hours: the night, and the day.
    Dates { night: Week, day: Week },
}

/// The first instant at night at which a job can ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::job) struct NightCall {
    /// The instant, in seconds since 1970.
    pub at: i64,
    /// The clock that shows this night.
    pub clock: Clock,
}

/// A part of time with this length certainly contains a minute by day, even if clocks change.
const SURELY_BY_DAY: i64 = 4 * 86_400;

impl Nights {
    /// Whether the zones of a phone need not be checked one by one: nearly no job can ring at
    /// night.
    pub fn is_quick(&self) -> bool {
        match self {
            Nights::Hours(at_night) => at_night.is_empty(),
            Nights::Dates { .. } => true,
        }
    }

    /// Whether a job that may ring at any hour between two instants surely rings by day, in whichever
    /// zone it is.
    pub(super) fn are_surely_by_day(&self, from: Instant, finish: Option<Instant>) -> bool {
        let length = finish.map(|finish| finish.seconds.saturating_sub(from.seconds));
        match self {
            Nights::Hours(at_night) => {
                at_night.is_empty() && length.is_none_or(|length| length > 0)
            }
            Nights::Dates { .. } => length.is_none_or(|length| length > SURELY_BY_DAY),
        }
    }

    /// The first instant at night in a zone where a job rings. The period is that of `from`. `None`
    /// if there is no reason for a warning.
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
