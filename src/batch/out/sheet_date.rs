//! Dates and times as spreadsheets keep them: days since 1899-12-30, with the time as a fraction.

const SECONDS_OF_A_DAY: f64 = 86_400.0;

/// How a date is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DateForm {
    Date,
    DateAndTime,
    Time,
    TimeWithSeconds,
    Duration,
}

/// The number of a text that the reader of a workbook wrote for a date, a time of day, or both. `None`
/// for another text, and for dates before March of 1900, which spreadsheets count in different ways.
pub(super) fn serial(text: &str) -> Option<(f64, DateForm)> {
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (Some(date), Some(time)),
        None if text.contains(':') => (None, Some(text)),
        None => (Some(text), None),
    };
    let days = match date {
        Some(date) => Some(day(date)?),
        None => None,
    };
    let seconds = match time {
        Some(time) => Some(seconds_of(time).filter(|(seconds, _)| *seconds < SECONDS_OF_A_DAY)?),
        None => None,
    };
    match (days, seconds) {
        (Some(days), None) => Some((days, DateForm::Date)),
        (Some(days), Some((seconds, _))) => {
            Some((days + seconds / SECONDS_OF_A_DAY, DateForm::DateAndTime))
        }
        (None, Some((seconds, false))) => Some((seconds / SECONDS_OF_A_DAY, DateForm::Time)),
        (None, Some((seconds, true))) => {
            Some((seconds / SECONDS_OF_A_DAY, DateForm::TimeWithSeconds))
        }
        (None, None) => None,
    }
}

/// The same of a duration in hours, minutes and seconds.
pub(super) fn duration(text: &str) -> Option<(f64, DateForm)> {
    let (seconds, has_seconds) = seconds_of(text)?;
    has_seconds.then_some((seconds / SECONDS_OF_A_DAY, DateForm::Duration))
}

fn day(text: &str) -> Option<f64> {
    let date: jiff::civil::Date = text.parse().ok()?;
    let [zero, first] = [(1899, 12, 30), (1900, 3, 1)]
        .map(|(year, month, day)| jiff::civil::date(year, month, day));
    let days = zero.until((jiff::Unit::Day, date)).ok()?.get_days();
    (date >= first).then_some(f64::from(days))
}

/// The seconds of `HH:MM`, `HH:MM:SS` or `HH:MM:SS.mmm`, and whether the text has seconds.
fn seconds_of(text: &str) -> Option<(f64, bool)> {
    let mut parts = text.split(':');
    let number = |part: &str| part.parse::<u32>().ok().map(f64::from);
    let (hours, minutes) = (number(parts.next()?)?, number(parts.next()?)?);
    let seconds = match parts.next() {
        Some(part) => Some(
            part.parse::<f64>()
                .ok()
                .filter(|it| (0.0..60.0).contains(it))?,
        ),
        None => None,
    };
    let is_whole = parts.next().is_none() && minutes < 60.0;
    let sum = hours * 3600.0 + minutes * 60.0 + seconds.unwrap_or(0.0);
    is_whole.then_some((sum, seconds.is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_become_their_numbers() {
        for (text, expected) in [
            ("1900-03-01", Some((61.0, DateForm::Date))),
            ("2026-03-01", Some((46_082.0, DateForm::Date))),
            (
                "2026-03-01T12:00:00",
                Some((46_082.5, DateForm::DateAndTime)),
            ),
            ("06:00", Some((0.25, DateForm::Time))),
            ("18:00:00", Some((0.75, DateForm::TimeWithSeconds))),
            ("1900-02-28", None),
            ("24:00", None),
            ("12:60", None),
            ("2026-02-30", None),
            ("12", None),
            ("", None),
            ("soon", None),
            ("2026-03-01T", None),
        ] {
            assert_eq!(serial(text), expected, "{text}");
        }
        assert_eq!(duration("36:00:00"), Some((1.5, DateForm::Duration)));
        assert_eq!(duration("36:00"), None);
    }
}
