//! The stretches of time in which jobs with the same hours may ring, in whichever of their zones they
//! are.
//!
//! They are computed as far as they are asked for, [`STEP`] by step, and kept: a job with dates of
//! its own asks for the part between them.

use std::sync::Arc;

use super::distance::Clocks;
use super::week::Week;
use super::{CallHours, Ringing};
use crate::job::policy::{Instant, Night};
use crate::zone::Zone;

/// How far the stretches are computed at a time, in seconds.
const STEP: i64 = 8 * 86_400;

/// The end of a stretch that never ends.
pub(crate) const NEVER: i64 = i64::MAX;

/// Stretches of time from an instant on.
pub(crate) struct RingingTimes<'c, 'r> {
    clocks: &'c Clocks<'r>,
    week: Arc<Week>,
    zones: Vec<Zone<'r>>,
    /// The stretches up to `known_until`, soonest first: the first second of each, and the first one
    /// after it. No two touch.
    known: Vec<(i64, i64)>,
    known_until: i64,
}

impl<'r> Ringing<'r> {
    /// When jobs with these hours may ring from `now` or from a later instant on.
    pub fn times(&self, hours: &CallHours, from: i64) -> RingingTimes<'_, 'r> {
        self.times_of(Arc::clone(&hours.week), hours, from)
    }

    /// The same without the night; `None` if no part of the hours is at night.
    pub fn times_by_day(
        &self,
        hours: &CallHours,
        night: Night,
        from: i64,
    ) -> Option<RingingTimes<'_, 'r>> {
        let (kept, week) = self.night.get_or_init(|| (night, night.week()));
        let other = (*kept != night).then(|| night.week());
        let night = other.as_ref().unwrap_or(week);
        let by_day = || Arc::new(hours.week.without(night));
        let has_night = hours.week.meets(night);
        has_night.then(|| self.times_of(by_day(), hours, from))
    }

    fn times_of(&self, week: Arc<Week>, hours: &CallHours, from: i64) -> RingingTimes<'_, 'r> {
        let (known, known_until) = match (week.is_empty(), week.is_full()) {
            (true, _) => (Vec::new(), NEVER),
            (_, true) => (vec![(from, NEVER)], NEVER),
            _ => (Vec::new(), from),
        };
        RingingTimes {
            clocks: &self.soon,
            week,
            zones: self.zones(hours.places),
            known,
            known_until,
        }
    }
}

impl RingingTimes<'_, '_> {
    /// The first stretch that ends after an instant, and begins before another. A long one may be
    /// only its first part: zones around the world may leave no gap.
    pub fn first(&mut self, from: i64, until: i64) -> Option<(i64, i64)> {
        loop {
            let index = self.known.partition_point(|(_, end)| *end <= from);
            match self.known.get(index) {
                Some(found) => return Some(*found).filter(|(start, _)| *start < until),
                None if self.known_until >= until => return None,
                None => self.extend(),
            }
        }
    }

    /// Whether jobs may ring between two instants; the second one is excluded.
    pub fn rings(&mut self, from: Instant, until: Instant) -> bool {
        // Stretches begin and end at whole seconds; the instants may be between them.
        let first_after = until.seconds.saturating_add(i64::from(until.nanos > 0));
        let found = self.first(from.seconds, first_after);
        found.is_some_and(|(start, _)| Instant::of_seconds(start).max(from) < until)
    }

    /// Computes the stretches of the next step.
    fn extend(&mut self) {
        let from = self.known_until;
        let until = from.saturating_add(STEP);
        let mut parts = Vec::new();
        for zone in &self.zones {
            self.parts(*zone, (from, until), &mut parts);
        }
        parts.sort_unstable();
        for (start, end) in parts {
            match self.known.last_mut() {
                Some(last) if start <= last.1 => last.1 = last.1.max(end),
                _ => self.known.push((start, end)),
            }
        }
        self.known_until = until;
    }

    /// The allowed parts of a zone between two instants.
    fn parts(&self, zone: Zone<'_>, (from, until): (i64, i64), found: &mut Vec<(i64, i64)>) {
        let mut at = from;
        while at < until {
            let period = self.clocks.period(zone, at);
            let limit = period.end.map_or(until, |end| end.min(until));
            while at < limit
                && let Some((start, end)) = period.next(&self.week, at)
                && start < limit
            {
                found.push((start, end.min(limit)));
                at = end;
            }
            at = limit;
        }
    }
}
