//! Times of day: `HH:MM`, from 00:00 to 23:59, in 24 hours.
//!
//! Java's `LocalTime.parse` accepts seconds too; the document does not.

use std::fmt;

use super::node::{JsonNode, PolicyFindings};
use crate::json::{Value, quoted};
use crate::{Fault, Rule};

/// A minute of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::job) struct Time(pub u16);

impl Time {
    /// The beginning of the day.
    pub const FIRST: Time = Time(0);
    /// The last minute that can be written.
    pub const LAST: Time = Time(23 * 60 + 59);

    fn of(hour: u16, minute: u16) -> Option<Time> {
        (hour < 24 && minute < 60).then_some(Time(hour * 60 + minute))
    }

    /// The time in a text of exactly this form.
    pub fn parse(text: &str) -> Option<Time> {
        let [h1, h2, b':', m1, m2] = text.as_bytes() else {
            return None;
        };
        Time::of(number(&[*h1, *h2])?, number(&[*m1, *m2])?)
    }
}

/// A time, and how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::job) struct WrittenTime {
    pub time: Time,
    /// Whether `AM` or `PM` is after it.
    pub has_mark: bool,
}

impl WrittenTime {
    /// The time that a text certainly means, in the form of the service or another one.
    pub fn meant_by(text: &str) -> Option<WrittenTime> {
        let text = text.trim();
        let time = match loosely(text) {
            Loosely::Meant(time) => time,
            _ => Time::parse(text)?,
        };
        let has_mark = has_mark(text);
        Some(WrittenTime { time, has_mark })
    }

    /// The afternoon hour that is meant if the time is in twelve hours and its mark is missing. Nobody
    /// leaves the mark out for midnight, so `12:00` is noon.
    pub fn in_the_afternoon(self) -> Option<Time> {
        const HOUR: u16 = 60;
        let minutes = self.time.0;
        let is_morning = (HOUR..12 * HOUR).contains(&minutes);
        (is_morning && !self.has_mark).then_some(Time(minutes + 12 * HOUR))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

fn number(digits: &[u8]) -> Option<u16> {
    digits.iter().try_fold(0u16, |number, digit| {
        let digit = digit.is_ascii_digit().then(|| u16::from(digit - b'0'))?;
        Some(number * 10 + digit)
    })
}

/// Reads a time; `None` for null. If the value is not a time, that is a finding. A time that is only
/// suggested is returned as well.
pub(super) fn read(node: &JsonNode<'_, '_>, findings: &mut PolicyFindings) -> Option<WrittenTime> {
    let not_text = "the value is not text, so it is not a time of day";
    let (text, is_text) = match node.value() {
        Value::Null => return None,
        Value::Text(text) => (text, true),
        Value::Number(number) => (number.into(), false),
        _ => {
            findings.error(node, Fault::new(Rule::PolicyTime).because(not_text));
            return None;
        }
    };
    if let Some(time) = Time::parse(&text) {
        let has_mark = false;
        return Some(WrittenTime { time, has_mark });
    }
    let fault = match is_text {
        true => Fault::new(Rule::PolicyTime),
        false => Fault::new(Rule::PolicyTime).because(not_text),
    };
    let read = match is_text {
        true => loosely(text.trim()),
        // Only a sheet writes a time as a number.
        false => part_of_day(&text).unwrap_or(Loosely::None),
    };
    let time = match read {
        Loosely::Meant(time) => {
            let fault = Fault::new(Rule::PolicyTimeFormat).suggest(time.to_string());
            findings.repair(node, fault, quoted(&time.to_string()));
            time
        }
        Loosely::Perhaps(time) => {
            let json = quoted(&time.to_string());
            findings.suggestion(node, fault.suggest(time.to_string()), json);
            time
        }
        Loosely::EndOfDay => {
            let why = "24:00 is not a time of day: the last minute is 23:59";
            let fault = Fault::new(Rule::PolicyTime).because(why);
            let last = Time::LAST.to_string();
            let json = quoted(&last);
            findings.suggestion(node, fault.suggest(last), json);
            Time::LAST
        }
        Loosely::None => {
            findings.error(node, fault);
            return None;
        }
    };
    let has_mark = has_mark(text.trim());
    Some(WrittenTime { time, has_mark })
}

enum Loosely {
    /// The text has exactly this meaning.
    Meant(Time),
    /// A likely meaning among several.
    Perhaps(Time),
    EndOfDay,
    None,
}

/// What may be meant by a text that is not `HH:MM`. A lost zero, seconds of zero, full-width characters,
/// `AM` and `PM`, and a sheet's part of a day leave one meaning; `930` and `9.30` may be numbers.
fn loosely(text: &str) -> Loosely {
    /// No form of a time is longer.
    const LONGEST: usize = 64;
    if text.len() > LONGEST {
        return Loosely::None;
    }
    let plain = plain_form(text);
    if let Some((clock, is_afternoon)) = without_mark(&plain) {
        return twelve_hours(clock, is_afternoon);
    }
    let of_day = part_of_day(&plain);
    of_day.unwrap_or_else(|| twenty_four_hours(&plain))
}

/// Whether `AM` or `PM` is after a time.
fn has_mark(text: &str) -> bool {
    without_mark(&plain_form(text)).is_some()
}

/// The time before `AM` or `PM` in a plain form, and whether it is in the afternoon.
fn without_mark(plain: &str) -> Option<(&str, bool)> {
    let marks = [(["a.m.", "am"], false), (["p.m.", "pm"], true)];
    marks.into_iter().find_map(|(marks, is_afternoon)| {
        let clock = marks.iter().find_map(|mark| plain.strip_suffix(mark))?;
        Some((clock.trim_end(), is_afternoon))
    })
}

/// A text in lower case and without full-width characters.
fn plain_form(text: &str) -> String {
    let ascii: String = text.chars().map(to_ascii_form).collect();
    ascii.to_ascii_lowercase()
}

/// A full-width character as the one of ASCII.
fn to_ascii_form(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFF01 + 0x21).unwrap_or(c),
        _ => c,
    }
}

/// A number of one digit or two.
fn one_or_two(part: &str) -> Option<u16> {
    let fits = (1..=2).contains(&part.len());
    fits.then(|| number(part.as_bytes())).flatten()
}

/// A number of two digits.
fn two(part: &str) -> Option<u16> {
    (part.len() == 2).then(|| number(part.as_bytes())).flatten()
}

/// Whether seconds are zero, however many digits they have.
fn is_zero(seconds: &str) -> bool {
    let fraction = seconds.strip_prefix("00");
    fraction.is_some_and(|rest| {
        let zeros = rest.strip_prefix(['.', ',']).unwrap_or(rest);
        rest.is_empty()
            || (zeros.len() < rest.len() && !zeros.is_empty() && zeros.bytes().all(|b| b == b'0'))
    })
}

/// A time before `AM` or `PM`. Noon and midnight are often mixed up, and an hour after 12 has no need
/// of the mark: a suggestion.
fn twelve_hours(clock: &str, is_afternoon: bool) -> Loosely {
    let mut parts = clock.splitn(3, ':');
    let hour = parts.next().and_then(one_or_two);
    let minute = parts.next().map_or(Some(0), two);
    let seconds = parts.next().is_none_or(is_zero);
    let (Some(hour), Some(minute), true) = (hour, minute, seconds) else {
        return Loosely::None;
    };
    let time = match (hour, is_afternoon) {
        (12, false) => Time::of(0, minute),
        (0 | 12, _) | (13.., true) => Time::of(hour, minute),
        (1..12, false) => return Time::of(hour, minute).map_or(Loosely::None, Loosely::Meant),
        (1..12, true) => return Time::of(hour + 12, minute).map_or(Loosely::None, Loosely::Meant),
        (13.., false) => None,
    };
    time.map_or(Loosely::None, Loosely::Perhaps)
}

/// A sheet's time: a part of a day that is a whole minute (`0.375` is 09:00). With one digit or two it
/// may be hours or minutes as well.
fn part_of_day(text: &str) -> Option<Loosely> {
    /// Sheets write so many digits that less than this is lost, in minutes.
    const LOST: f64 = 0.01;
    let fraction = text.strip_prefix("0.").or(text.strip_prefix("0,"))?;
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let minutes = format!("0.{fraction}").parse::<f64>().ok()? * 24.0 * 60.0;
    if (minutes - minutes.round()).abs() > LOST {
        return Some(Loosely::None);
    }
    let minutes = minutes.round() as u16;
    let time = Time::of(minutes / 60, minutes % 60);
    let reading = if fraction.len() > 2 {
        Loosely::Meant
    } else {
        Loosely::Perhaps
    };
    Some(time.map_or(Loosely::None, reading))
}

fn twenty_four_hours(text: &str) -> Loosely {
    let time = |hour: Option<u16>, minute: Option<u16>| Time::of(hour?, minute?);
    let mut parts = text.splitn(3, ':');
    let (hour, minute, rest) = (parts.next(), parts.next(), parts.next());
    if let (Some(hour), Some(minute)) = (hour, minute) {
        let zeros = rest.is_none_or(is_zero);
        return match (one_or_two(hour), two(minute)) {
            (Some(24), Some(0)) if zeros => Loosely::EndOfDay,
            (hour, minute) if zeros => time(hour, minute).map_or(Loosely::None, Loosely::Meant),
            (hour, minute) => match rest.and_then(two) {
                // 23:59:59 as the end of a day, say.
                Some(0..=59) => time(hour, minute).map_or(Loosely::None, Loosely::Perhaps),
                _ => Loosely::None,
            },
        };
    }
    let likely = match text.split_once(['.', '-', 'h']) {
        Some((hour, minute)) => time(one_or_two(hour), two(minute)),
        None if text.len() > 2 && text.is_ascii() => {
            let (hour, minute) = text.split_at(text.len() - 2);
            time(one_or_two(hour), two(minute))
        }
        None => time(one_or_two(text), Some(0)),
    };
    likely.map_or(Loosely::None, Loosely::Perhaps)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(text: &str) -> Option<String> {
        match loosely(text) {
            Loosely::Meant(time) => Some(time.to_string()),
            Loosely::Perhaps(time) => Some(format!("{time}?")),
            Loosely::EndOfDay => Some("23:59?".to_owned()),
            Loosely::None => None,
        }
    }

    #[test]
    fn times() {
        assert_eq!(Time::parse("00:00"), Some(Time::FIRST));
        assert_eq!(Time::parse("23:59"), Some(Time::LAST));
        for text in ["24:00", "23:60", "9:00", "09:00:00", "+9:00", "09:0٣", ""] {
            assert_eq!(Time::parse(text), None, "{text}");
        }
        for (text, time) in [
            ("9:00", Some("09:00")),
            ("09:00:00", Some("09:00")),
            ("09:30:00.000", Some("09:30")),
            ("23:59:59", Some("23:59?")),
            ("24:00", Some("23:59?")),
            ("24:00:00", Some("23:59?")),
            ("24:01", None),
            ("9:5", None),
            ("09:60", None),
            ("9.30", Some("09:30?")),
            ("0930", Some("09:30?")),
            ("930", Some("09:30?")),
            ("9", Some("09:00?")),
            ("9:00 PM", Some("21:00")),
            ("9:00 AM", Some("09:00")),
            ("9 am", Some("09:00")),
            ("9:30 a.m.", Some("09:30")),
            ("11:00:00 PM", Some("23:00")),
            ("12:00 AM", Some("00:00?")),
            ("12:30 PM", Some("12:30?")),
            ("13:00 PM", Some("13:00?")),
            ("13:00 AM", None),
            ("am", None),
            ("10：00", Some("10:00")),
            ("１０:００", Some("10:00")),
            ("10:00:00.0000000", Some("10:00")),
            ("10:00:00.", None),
            ("0.375", Some("09:00")),
            ("0,375", Some("09:00")),
            ("0.4166666667", Some("10:00")),
            ("0.41667", Some("10:00")),
            ("0.5", Some("12:00?")),
            ("0.123", None),
            ("0.", None),
            ("٣0", None),
            (":", None),
            ("", None),
        ] {
            assert_eq!(meant(text).as_deref(), time, "{text}");
        }
    }
}
