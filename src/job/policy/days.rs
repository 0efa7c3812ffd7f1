//! Days of the week: `allowedDays`, and the keys of `allowedTime`.

use super::spot::{Notes, Spot};
use crate::job::value::Value;
use crate::{Fault, Rule};

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::job) enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Day {
    /// Monday first.
    pub const ALL: [Day; 7] = [
        Day::Mon,
        Day::Tue,
        Day::Wed,
        Day::Thu,
        Day::Fri,
        Day::Sat,
        Day::Sun,
    ];

    /// `mon` and so on.
    pub const fn name(self) -> &'static str {
        match self {
            Day::Mon => "mon",
            Day::Tue => "tue",
            Day::Wed => "wed",
            Day::Thu => "thu",
            Day::Fri => "fri",
            Day::Sat => "sat",
            Day::Sun => "sun",
        }
    }

    /// The day of exactly that name.
    pub fn from_name(name: &str) -> Option<Day> {
        Day::ALL.into_iter().find(|day| day.name() == name)
    }

    /// The day after it.
    pub const fn next(self) -> Day {
        Day::ALL[(self as usize + 1) % 7]
    }

    /// The day that a text surely means: its English or Russian name in any case, in full or
    /// short, or its number by ISO 8601, 1 for Monday to 7 for Sunday. 0 is Sunday to some and
    /// Monday to others.
    pub fn meant_by(text: &str) -> Option<Day> {
        const OTHERS: [&[&str]; 7] = [
            &["1", "monday", "mo", "пн", "понедельник"],
            &["2", "tuesday", "tues", "tu", "вт", "вторник"],
            &["3", "wednesday", "weds", "we", "ср", "среда"],
            &["4", "thursday", "thurs", "thur", "th", "чт", "четверг"],
            &["5", "friday", "fr", "пт", "пятница"],
            &["6", "saturday", "sa", "сб", "суббота"],
            &["7", "sunday", "su", "вс", "воскресенье"],
        ];
        /// No name of a day is longer.
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

    /// Adds a day; whether it is new.
    fn add(&mut self, day: Day) -> bool {
        let is_new = !self.contains(day);
        self.0 |= 1 << day as u8;
        is_new
    }

    fn names(self) -> Vec<&'static str> {
        let within = Day::ALL.into_iter().filter(|day| self.contains(*day));
        within.map(Day::name).collect()
    }
}

/// Reads `allowedDays`; None where it is absent or is no set of days.
pub(super) fn read(spot: &Spot<'_, '_>, notes: &mut Notes) -> Option<Days> {
    match spot.value() {
        Value::Null => return None,
        Value::Array => {}
        Value::Text(text) => {
            let mut fault = Fault::new(Rule::PolicyDays).because("the days are no array");
            fault.suggestion = Day::meant_by(&text).map(|day| format!("[\"{}\"]", day.name()));
            notes.error(spot, fault);
            return None;
        }
        Value::Number(_) | Value::LoneSurrogate(_) | Value::Bool | Value::Object => {
            notes.error(
                spot,
                Fault::new(Rule::PolicyDays).because("the days are no array"),
            );
            return None;
        }
    }
    let elements = spot.elements();
    if elements.is_empty() {
        notes.error(spot, Fault::new(Rule::PolicyDaysEmpty));
        return None;
    }
    let mut days = Days::default();
    let mut repeated = None;
    let mut sound = true;
    for element in &elements {
        match day(element, notes) {
            Some(day) if days.add(day) => {}
            Some(_) => repeated = repeated.or(Some(element)),
            None => sound = false,
        }
    }
    if let Some(element) = repeated {
        let once = serde_json::to_string(&days.names()).unwrap_or_default();
        let fault = Fault::new(Rule::PolicyDaysRepeated);
        // What is left out can only be told where every day can be read.
        notes.error(element, if sound { fault.suggest(once) } else { fault });
        sound = false;
    }
    sound.then_some(days)
}

fn day(spot: &Spot<'_, '_>, notes: &mut Notes) -> Option<Day> {
    let meant = match spot.value() {
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
            notes.repair(spot, fault, format!("\"{}\"", day.name()));
        }
        None => notes.error(spot, Fault::new(Rule::PolicyDays)),
    }
    meant
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_by_any_of_their_names() {
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
