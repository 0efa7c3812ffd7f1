//! The periods of time in which a zone has one offset.

use jiff::Timestamp;

use super::week::Week;
use crate::zone::Zone;

/// A period of time in which a zone has one offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Period {
    pub offset: i32,
    /// When the offset changes.
    pub end: Option<i64>,
}

impl Period {
    /// The period of an instant. jiff's timestamps reach from the year -9999 to 9999; an instant
    /// beyond has the offset of the nearest one within.
    pub fn at(zone: Zone<'_>, seconds: i64) -> Period {
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
            offset,
            end: change.map(|change| change.timestamp().as_second()),
        }
    }

    /// The first allowed part that ends after `at`, as if the period had no end.
    pub fn next(self, week: &Week, at: i64) -> Option<(i64, i64)> {
        let offset = i64::from(self.offset);
        let (start, end) = week.next(at + offset)?;
        Some((start - offset, end - offset))
    }
}

/// The periods of a zone from an instant on, up to a limit.
#[derive(Debug)]
pub(super) struct Timeline(Box<[Period]>);

impl Timeline {
    /// The periods that begin before `until`.
    pub fn new(zone: Zone<'_>, from: i64, until: i64) -> Self {
        let mut period = Period::at(zone, from);
        let mut periods = vec![period];
        while let Some(end) = period.end.filter(|end| *end < until) {
            period = Period::at(zone, end);
            periods.push(period);
        }
        Timeline(periods.into())
    }

    /// All periods, in order.
    pub fn periods(&self) -> &[Period] {
        &self.0
    }

    /// The period of an instant that is not before the first; `None` after the last.
    pub fn period_of(&self, seconds: i64) -> Option<Period> {
        let reaches = |period: &&Period| period.end.is_none_or(|end| seconds < end);
        self.0.iter().find(reaches).copied()
    }
}
