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

/// Reads a time; `None` for null. A value that is not a time is a finding.
pub(super) fn read(node: &JsonNode<'_, '_>, findings: &mut PolicyFindings) -> Option<Time> {
    let text = match node.value() {
        Value::Null => return None,
        Value::Text(text) => text,
        _ => {
            let why = "the value is not text, so it is not a time of day";
            findings.error(node, Fault::new(Rule::PolicyTime).because(why));
            return None;
        }
    };
    if let Some(time) = Time::parse(&text) {
        return Some(time);
    }
    match loosely(text.trim()) {
        Loosely::Meant(time) => {
            let fault = Fault::new(Rule::PolicyTimeFormat).suggest(time.to_string());
            findings.repair(node, fault, quoted(&time.to_string()));
            Some(time)
        }
        Loosely::Perhaps(time) => {
            let fault = Fault::new(Rule::PolicyTime).suggest(time.to_string());
            findings.error(node, fault);
            None
        }
        Loosely::EndOfDay => {
            let why = "24:00 is not a time of day: the last minute is 23:59";
            let fault = Fault::new(Rule::PolicyTime).because(why);
            findings.error(node, fault.suggest(Time::LAST.to_string()));
            None
        }
        Loosely::None => {
            findings.error(node, Fault::new(Rule::PolicyTime));
            None
        }
    }
}

enum Loosely {
    /// The text has exactly this meaning.
    Meant(Time),
    /// A likely meaning among several.
    Perhaps(Time),
    EndOfDay,
    None,
}

/// The meaning of a text that is not `HH:MM`. A missing zero, or seconds that are zero, leave one
/// meaning; `930` and `9.30` may be numbers.
fn loosely(text: &str) -> Loosely {
    let whole = |part: &str| match part.len() {
        1 | 2 => number(part.as_bytes()),
        _ => None,
    };
    let two = |part: &str| if part.len() == 2 { whole(part) } else { None };
    let time = |hour: Option<u16>, minute: Option<u16>| Time::of(hour?, minute?);
    let mut parts = text.splitn(3, ':');
    let (hour, minute, rest) = (parts.next(), parts.next(), parts.next());
    if let (Some(hour), Some(minute)) = (hour, minute) {
        let zeros = matches!(rest, None | Some("00" | "00.0" | "00.000"));
        return match (whole(hour), two(minute)) {
            (Some(24), Some(0)) if zeros => Loosely::EndOfDay,
            (hour, minute) if zeros => time(hour, minute).map_or(Loosely::None, Loosely::Meant),
            (hour, minute) => match rest.and_then(two) {
                // For example 23:59:59 as the end of a day.
                Some(0..=59) => time(hour, minute).map_or(Loosely::None, Loosely::Perhaps),
                _ => Loosely::None,
            },
        };
    }
    let likely = match text.split_once(['.', '-', 'h']) {
        Some((hour, minute)) => time(whole(hour), two(minute)),
        None if text.len() > 2 && text.is_ascii() => {
            let (hour, minute) = text.split_at(text.len() - 2);
            time(whole(hour), two(minute))
        }
        None => time(whole(text), Some(0)),
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
            ("9:00 PM", None),
            ("٣0", None),
            (":", None),
            ("", None),
        ] {
            assert_eq!(meant(text).as_deref(), time, "{text}");
        }
    }
}
