//! Dates, times, durations and intervals as texts.
//!
//! An instant (a timestamp with a time zone) is written by RFC 3339 in UTC: the zone in which a
//! column shows it means nothing to a job. A date, a time and a timestamp without a zone are
//! written by ISO 8601. A fraction of a second has 3, 6 or 9 digits, as many as it needs. A
//! duration is a count of seconds by ISO 8601, `PT90.5S`. An interval is in words, `1 mons 2 days`,
//! because a month has no fixed length.

use std::fmt::{Debug, Display};
use std::io::Write;

use arrow_array::cast::AsArray;
use arrow_array::temporal_conversions::{as_date, as_datetime, as_time};
use arrow_array::types::{
    ArrowTimestampType, Date32Type, Date64Type, DurationMicrosecondType, DurationMillisecondType,
    DurationNanosecondType, DurationSecondType, IntervalDayTimeType, IntervalMonthDayNanoType,
    IntervalYearMonthType, Time32MillisecondType, Time32SecondType, Time64MicrosecondType,
    Time64NanosecondType, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType,
};
use arrow_array::{Array, ArrowPrimitiveType};
use arrow_schema::{DataType, IntervalUnit, TimeUnit};
use jiff::Timestamp;

/// Appends the text of a row; `None` if a calendar or a clock can't show the value.
pub(super) type WriteText<'a> = dyn Fn(usize, &mut Vec<u8>) -> Option<()> + 'a;

/// Returns the writer for the values of an array; `None` if its type is not temporal.
pub(super) fn texts(array: &dyn Array) -> Option<Box<WriteText<'_>>> {
    use DataType::{Date32, Date64, Duration, Interval, Time32, Time64, Timestamp};
    use TimeUnit::{Microsecond, Millisecond, Nanosecond, Second};
    Some(match array.data_type() {
        Date32 => of::<Date32Type, _>(array, as_date::<Date32Type>),
        Date64 => of::<Date64Type, _>(array, as_datetime::<Date64Type>),
        Time32(Second) => of::<Time32SecondType, _>(array, as_time::<Time32SecondType>),
        Time32(_) => of::<Time32MillisecondType, _>(array, as_time::<Time32MillisecondType>),
        Time64(Microsecond) => {
            of::<Time64MicrosecondType, _>(array, as_time::<Time64MicrosecondType>)
        }
        Time64(_) => of::<Time64NanosecondType, _>(array, as_time::<Time64NanosecondType>),
        Timestamp(Second, zone) => timestamps::<TimestampSecondType>(array, zone.is_some()),
        Timestamp(Millisecond, zone) => {
            timestamps::<TimestampMillisecondType>(array, zone.is_some())
        }
        Timestamp(Microsecond, zone) => {
            timestamps::<TimestampMicrosecondType>(array, zone.is_some())
        }
        Timestamp(Nanosecond, zone) => timestamps::<TimestampNanosecondType>(array, zone.is_some()),
        Duration(Second) => durations::<DurationSecondType>(array, 0),
        Duration(Millisecond) => durations::<DurationMillisecondType>(array, 3),
        Duration(Microsecond) => durations::<DurationMicrosecondType>(array, 6),
        Duration(Nanosecond) => durations::<DurationNanosecondType>(array, 9),
        Interval(IntervalUnit::YearMonth) => {
            let months = array.as_primitive::<IntervalYearMonthType>();
            Box::new(move |row, out| write_years(months.value(row), out))
        }
        Interval(IntervalUnit::DayTime) => {
            let spans = array.as_primitive::<IntervalDayTimeType>();
            Box::new(move |row, out| {
                let span = spans.value(row);
                write_span(0, span.days, span.milliseconds.into(), 3, out)
            })
        }
        Interval(IntervalUnit::MonthDayNano) => {
            let spans = array.as_primitive::<IntervalMonthDayNanoType>();
            Box::new(move |row, out| {
                let span = spans.value(row);
                write_span(span.months, span.days, span.nanoseconds, 9, out)
            })
        }
        _ => return None,
    })
}

/// Writes the converted values in the form of chrono's `Debug`, which is ISO 8601.
fn of<'a, T: ArrowPrimitiveType<Native: Into<i64>>, V: Debug + 'a>(
    array: &'a dyn Array,
    convert: fn(i64) -> Option<V>,
) -> Box<WriteText<'a>> {
    let values = array.as_primitive::<T>();
    Box::new(move |row, out| {
        let value = convert(values.value(row).into())?;
        write!(out, "{value:?}").ok()
    })
}

fn timestamps<T: ArrowTimestampType>(array: &dyn Array, has_zone: bool) -> Box<WriteText<'_>> {
    if !has_zone {
        return of::<T, _>(array, as_datetime::<T>);
    }
    let instants = array.as_primitive::<T>();
    Box::new(move |row, out| {
        let since = instants.value(row);
        // RFC 3339 can't write an instant outside of its years.
        let instant = match T::UNIT {
            TimeUnit::Second => Timestamp::from_second(since),
            TimeUnit::Millisecond => Timestamp::from_millisecond(since),
            TimeUnit::Microsecond => Timestamp::from_microsecond(since),
            TimeUnit::Nanosecond => Timestamp::from_nanosecond(since.into()),
        };
        write_shown(instant.ok()?, out)
    })
}

/// `digits` is how many digits a second has after its point.
fn durations<T: ArrowPrimitiveType<Native = i64>>(
    array: &dyn Array,
    digits: u32,
) -> Box<WriteText<'_>> {
    let durations = array.as_primitive::<T>();
    Box::new(move |row, out| write_duration(durations.value(row), digits, out))
}

/// chrono's durations, which Arrow offers, end at 2^63 milliseconds; a column may have longer ones.
fn write_duration(count: i64, digits: u32, out: &mut Vec<u8>) -> Option<()> {
    if count == 0 {
        return write!(out, "P0D").ok();
    }
    let in_a_second = 10_u64.pow(digits);
    let (seconds, fraction) = (
        count.unsigned_abs() / in_a_second,
        count.unsigned_abs() % in_a_second,
    );
    let sign = if count < 0 { "-" } else { "" };
    write!(out, "{sign}PT{seconds}").ok()?;
    if fraction != 0 {
        let digits = digits as usize;
        let fraction = format!("{fraction:0digits$}");
        write!(out, ".{}", fraction.trim_end_matches('0')).ok()?;
    }
    write!(out, "S").ok()
}

fn write_shown(value: impl Display, out: &mut Vec<u8>) -> Option<()> {
    write!(out, "{value}").ok()
}

fn write_years(months: i32, out: &mut Vec<u8>) -> Option<()> {
    let (years, months) = (months.div_euclid(12), months.rem_euclid(12));
    write!(out, "{years} years {months} mons").ok()
}

/// Writes the parts that are not zero. `digits` is how many digits a second has after its point.
fn write_span(months: i32, days: i32, parts: i64, digits: u32, out: &mut Vec<u8>) -> Option<()> {
    if (months, days, parts) == (0, 0, 0) {
        return write!(out, "0 secs").ok();
    }
    let in_a_second = 10_i64.pow(digits);
    let (seconds, fraction) = (parts / in_a_second, parts % in_a_second);
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    let (hours, minutes) = (minutes / 60, minutes % 60);
    let whole = [
        (months.into(), "mons"),
        (days.into(), "days"),
        (hours, "hours"),
        (minutes, "mins"),
    ];
    let mut separator = "";
    for (count, unit) in whole.into_iter().filter(|(count, _)| *count != 0) {
        write!(out, "{separator}{count} {unit}").ok()?;
        separator = " ";
    }
    if seconds != 0 || fraction != 0 {
        let sign = if parts < 0 { "-" } else { "" };
        let (seconds, fraction, digits) = (seconds.abs(), fraction.abs(), digits as usize);
        write!(out, "{separator}{sign}{seconds}.{fraction:0digits$} secs").ok()?;
    }
    Some(())
}
