//! The next window of a zone: its next stretch of allowed time.

use super::period::Period;
use super::week::Week;
use crate::job::policy::Instant;
use crate::zone::Zone;

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

/// The next window of a zone that ends after `from`, cut off before it and at `finish`.
pub(super) fn next<'r>(
    week: &Week,
    zone: Zone<'r>,
    from: Instant,
    finish: Option<Instant>,
) -> Option<Window<'r>> {
    next_from(week, zone, Period::at(zone, from.seconds), from, finish)
}

/// The same, if the period of `from` is known.
pub(super) fn next_from<'r>(
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
