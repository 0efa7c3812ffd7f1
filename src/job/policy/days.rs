//! Days of the week: `allowedDays`, and the keys of `allowedTime`.

use super::node::{JsonNode, PolicyFindings};
use crate::json::{Value, quoted};
use crate::service::Day;
use crate::{Fault, Rule};

impl Day {
    /// The day that a text certainly means: its English or Russian name in any case, in full or
    /// short, or its number by ISO 8601, 1 for Monday to 7 for Sunday. 0 has no certain meaning:
    /// some count from Sunday, others from Monday.
    pub(super) fn meant_by(text: &str) -> Option<Day> {
        const OTHERS: [&[&str]; 7] = [
            &["1", "monday", "mo", "пн", "понедельник"],
            &["2", "tuesday", "tues", "tu", "вт", "вторник"],
            &["3", "wednesday", "weds", "we", "ср", "среда"],
            &["4", "thursday", "thurs", "thur", "th", "чт", "четверг"],
            &["5", "friday", "fr", "пт", "пятница"],
            &["6", "saturday", "sa", "сб", "суббота"],
            &["7", "sunday", "su", "вс", "воскресенье"],
        ];
        /// The longest name of a day is shorter.
        const LONGEST: usize = 40;
        let text = text.trim().trim_end_matches('.');
        if text.len() > LONGEST {
            return None;
        }
        let text = text.to_lowercase();
        let mut named = Day::ALL.into_iter().zip(OTHERS);
        let found = named.find(|(day, others)| day.name() == text || others.contains(&&*text));
        found.map(|(day, _)| day)
    }
}

/// A set of days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(in crate::job) struct Days(u8);

impl Days {
    /// All seven.
    pub const ALL: Days = Days(0x7f);

    /// Whether the day is one of them.
    pub const fn contains(self, day: Day) -> bool {
        self.0 & (1 << day as u8) != 0
    }

    /// Adds a day; returns whether it is new.
    fn add(&mut self, day: Day) -> bool {
        let is_new = !self.contains(day);
        self.0 |= 1 << day as u8;
        is_new
    }

    /// The names of the days as a JSON array.
    fn json(self) -> String {
        let within = Day::ALL.into_iter().filter(|day| self.contains(*day));
        let names: Vec<String> = within.map(|day| quoted(day.name())).collect();
        format!("[{}]", names.join(","))
    }
}

/// Reads `allowedDays`; `None` if it is absent or not a set of days.
pub(super) fn read(node: &JsonNode<'_, '_>, findings: &mut PolicyFindings) -> Option<Days> {
    match node.value() {
        Value::Null => return None,
        Value::Array => {}
        Value::Text(text) => {
            let mut fault = Fault::new(Rule::PolicyDays).because("allowedDays must be an array");
            fault.suggestion = Day::meant_by(&text).map(|day| format!("[{}]", quoted(day.name())));
            findings.error(node, fault);
            return None;
        }
        Value::Number(_) | Value::LoneSurrogate(_) | Value::Bool | Value::Object => {
            findings.error(
                node,
                Fault::new(Rule::PolicyDays).because("allowedDays must be an array"),
            );
            return None;
        }
    }
    let elements = node.elements();
    if elements.is_empty() {
        findings.error(node, Fault::new(Rule::PolicyDaysEmpty));
        return None;
    }
    let mut days = Days::default();
    let mut repeated = None;
    let mut sound = true;
    for element in &elements {
        match day(element, findings) {
            Some(day) if days.add(day) => {}
            Some(_) => repeated = repeated.or(Some(element)),
            None => sound = false,
        }
    }
    if let Some(element) = repeated {
        let once = days.json();
        let fault = Fault::new(Rule::PolicyDaysRepeated);
        // The days that remain are known only if every day can be read.
        findings.error(element, if sound { fault.suggest(once) } else { fault });
        sound = false;
    }
    sound.then_some(days)
}

fn day(node: &JsonNode<'_, '_>, findings: &mut PolicyFindings) -> Option<Day> {
    let meant = match node.value() {
        Value::Text(text) => match Day::from_name(&text) {
            Some(day) => return Some(day),
            None => Day::meant_by(&text),
        },
        Value::Number(number) => Day::meant_by(number),
        _ => None,
    };
    match meant {
        Some(day) => {
            let fault = Fault::new(Rule::PolicyDaysFormat).suggest(day.name());
            findings.repair(node, fault, quoted(day.name()));
        }
        None => findings.error(node, Fault::new(Rule::PolicyDays)),
    }
    meant
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_a_day_is_read() {
        for (text, day) in [
            ("Mon", Some(Day::Mon)),
            (" MONDAY ", Some(Day::Mon)),
            ("1", Some(Day::Mon)),
            ("7", Some(Day::Sun)),
            ("Sun.", Some(Day::Sun)),
            ("ПН", Some(Day::Mon)),
            ("0", None),
            ("8", None),
            ("1.0", None),
            ("m", None),
            ("t", None),
            ("", None),
        ] {
            assert_eq!(Day::meant_by(text), day, "{text}");
        }
    }
}
