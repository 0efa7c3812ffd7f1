//! The next window of a zone: its next part of allowed time.

use super::period::Period;
use super::week::Week;
use crate::job::policy::Instant;
use crate::zone::Zone;

/// A part of time in which every instant is allowed; the end is excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window<'r> {
    /// The first instant.
    pub start: Instant,
    /// The first instant after it; `None` if it never ends.
    pub end: Option<Instant>,
    /// The zone whose local time allows it.
    pub zone: Zone<'r>,
}

/// The next window of a zone that ends after `from`, limited to the time from `from` to `finish`.
pub(super) fn next<'r>(
    week: &Week,
    zone: Zone<'r>,
    from: Instant,
    finish: Option<Instant>,
) -> Option<Window<'r>> {
    next_from(week, zone, Period::at(zone, from.seconds), from, finish)
}

/// The same, with the known period of `from`.
pub(super) fn next_from<'r>(
    week: &Week,
    zone: Zone<'r>,
    period: Period,
    from: Instant,
    finish: Option<Instant>,
) -> Option<Window<'r>> {
    let limit = finish.map_or(i64::MAX, |finish| finish.seconds);
    let (start, end) = stretch(week, zone, period, from.seconds, limit)?;
    // Windows begin and end at whole seconds; start and finish may be between them.
    let start = Instant::of_seconds(start).max(from);
    let end = (end < i64::MAX).then(|| Instant::of_seconds(end));
    let end = match (end, finish) {
        (Some(end), Some(finish)) => Some(end.min(finish)),
        (end, finish) => end.or(finish),
    };
    let is_window = end.is_none_or(|end| start < end);
    is_window.then_some(Window { start, end, zone })
}

/// The next allowed part of a zone that ends after `from`, without what comes before it, in seconds
/// since 1970. A part that begins after `limit` is not found, and one that continues after it may
/// be incomplete.
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

/// The end of a part that reaches `end` inside a period, or continues in the next period.
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
