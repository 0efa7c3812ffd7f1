//! Days of the week: `allowedDays`, and the keys of `allowedTime`.

use super::node::{JsonNode, PolicyFindings};
use crate::json::{Value, quoted};
use crate::service::Day;
use crate::{Fault, Rule};

impl Day {
    /// The day that a text certainly means: its English or Russian name in any case, in full or
    /// short. A number has no certain meaning: some count from Sunday, others from Monday.
    pub(super) fn meant_by(text: &str) -> Option<Day> {
        const OTHERS: [&[&str]; 7] = [
            &["monday", "mo", "пн", "понедельник"],
            &["tuesday", "tues", "tu", "вт", "вторник"],
            &["wednesday", "weds", "we", "ср", "среда"],
            &["thursday", "thurs", "thur", "th", "чт", "четверг"],
            &["friday", "fr", "пт", "пятница"],
            &["saturday", "sa", "сб", "суббота"],
            &["sunday", "su", "вс", "воскресенье"],
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
    pub(super) fn add(&mut self, day: Day) -> bool {
        let is_new = !self.contains(day);
        self.0 |= 1 << day as u8;
        is_new
    }

    /// The days of a text that lists names of days and ranges of them: `mon,tue`, `пн-пт, вс`. `None`
    /// for a text with a number in it, since a week begins on Monday or on Sunday; for a range that
    /// ends before it begins; and for a range with a day that comes twice. With whether a day comes
    /// twice in a list of single days.
    fn of_list(text: &str) -> Option<(Days, bool)> {
        /// The longest list of days in full is shorter.
        const LONGEST: usize = 200;
        if text.len() > LONGEST || text.contains(|c: char| c.is_numeric()) {
            return None;
        }
        let plain = text.to_lowercase().replace(['–', '—', '‑', '−'], "-");
        let mut words: Vec<&str> = Vec::new();
        let is_between =
            |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '/' | '|' | '+' | '&');
        for word in plain.split(is_between) {
            let mut parts = word.split('-').peekable();
            while let Some(part) = parts.next() {
                words.extend((!part.is_empty()).then_some(part));
                words.extend(parts.peek().map(|_| "-"));
            }
        }
        let mut days = Days::default();
        let (mut is_repeated, mut has_range) = (false, false);
        let mut words = words
            .into_iter()
            .filter(|word| !matches!(*word, "and" | "и"))
            .peekable();
        while let Some(word) = words.next() {
            let first = Day::meant_by(word)?;
            let last = match words.next_if(|word| matches!(*word, "-" | "to" | "по")) {
                Some(_) => Day::meant_by(words.next()?)?,
                None => first,
            };
            let is_range = last as usize >= first as usize;
            if !is_range {
                return None;
            }
            has_range |= last != first;
            for day in &Day::ALL[first as usize..=last as usize] {
                is_repeated |= !days.add(*day);
            }
        }
        let is_sure = !(is_repeated && has_range);
        (is_sure && days != Days::default()).then_some((days, is_repeated))
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
        Value::Text(text) => match Days::of_list(&text) {
            Some((days, false)) => return Some(repaired(node, days, findings)),
            Some((days, true)) => {
                let json = days.json();
                let fault = Fault::new(Rule::PolicyDaysRepeated).suggest(&*json);
                findings.suggestion(node, fault, json);
                return Some(days);
            }
            None => {
                let fault = Fault::new(Rule::PolicyDays).because("allowedDays must be an array");
                findings.error(node, fault);
                return None;
            }
        },
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
    if let Some(days) = in_lists(&elements) {
        return Some(repaired(node, days, findings));
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
        match sound {
            true => {
                findings.part_of_whole(element, fault.suggest(&*once));
                findings.rewrite_whole(node, once);
            }
            false => findings.error(element, fault),
        }
    }
    sound.then_some(days)
}

/// Notes that the value was read as these days.
fn repaired(node: &JsonNode<'_, '_>, days: Days, findings: &mut PolicyFindings) -> Days {
    let json = days.json();
    let fault = Fault::new(Rule::PolicyDaysFormat)
        .because("allowedDays must be an array of single days")
        .suggest(&*json);
    findings.repair(node, fault, json);
    days
}

/// The days of an array with lists or ranges among its elements (`["mon-fri", "sat"]`), if no day
/// comes twice.
fn in_lists(elements: &[JsonNode<'_, '_>]) -> Option<Days> {
    let mut texts = Vec::with_capacity(elements.len());
    for element in elements {
        let Value::Text(text) = element.value() else {
            return None;
        };
        texts.push(text);
    }
    if texts.iter().all(|text| Day::meant_by(text).is_some()) {
        return None;
    }
    let mut all = Days::default();
    for text in texts {
        let (days, is_repeated) = Days::of_list(&text)?;
        let mut within = Day::ALL.into_iter().filter(|day| days.contains(*day));
        if is_repeated || !within.all(|day| all.add(day)) {
            return None;
        }
    }
    Some(all)
}

fn day(node: &JsonNode<'_, '_>, findings: &mut PolicyFindings) -> Option<Day> {
    let value = node.value();
    let meant = match &value {
        Value::Text(text) => match Day::from_name(text) {
            Some(day) => return Some(day),
            None => Day::meant_by(text),
        },
        _ => None,
    };
    match meant {
        Some(day) => {
            let fault = Fault::new(Rule::PolicyDaysFormat).suggest(day.name());
            findings.repair(node, fault, quoted(day.name()));
        }
        None => findings.error(node, not_a_day(&value)),
    }
    meant
}

fn not_a_day(value: &Value<'_>) -> Fault {
    let is_number = match value {
        Value::Number(_) => true,
        Value::Text(text) => text.trim().parse::<u8>().is_ok(),
        _ => false,
    };
    let fault = Fault::new(Rule::PolicyDays);
    match is_number {
        true => fault.because("the days are numbers, and a week may begin on Monday or on Sunday"),
        false => fault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_days() {
        for (text, days) in [
            ("mon", Some(r#"["mon"]"#)),
            ("mon,tue", Some(r#"["mon","tue"]"#)),
            ("Mon; Wed / FRI", Some(r#"["mon","wed","fri"]"#)),
            ("mon-wed", Some(r#"["mon","tue","wed"]"#)),
            ("monday – wednesday", Some(r#"["mon","tue","wed"]"#)),
            ("Mon to Wed, sun", Some(r#"["mon","tue","wed","sun"]"#)),
            ("пн-ср и вс", Some(r#"["mon","tue","wed","sun"]"#)),
            ("sat-sun", Some(r#"["sat","sun"]"#)),
            ("fri-mon", None),
            ("mon,mon", Some(r#"["mon"] twice"#)),
            ("mon-wed,tue", None),
            ("1,2,3", None),
            ("1-5", None),
            ("mon-", None),
            ("-mon", None),
            ("mon--wed", None),
            ("mon-tue-wed", None),
            ("weekdays", None),
            ("", None),
            (",", None),
        ] {
            let read = Days::of_list(text).map(|(days, is_repeated)| match is_repeated {
                true => format!("{} twice", days.json()),
                false => days.json(),
            });
            assert_eq!(read.as_deref(), days, "{text}");
        }
    }

    #[test]
    fn every_name_of_a_day_is_read() {
        for (text, day) in [
            ("Mon", Some(Day::Mon)),
            (" MONDAY ", Some(Day::Mon)),
            ("1", None),
            ("7", None),
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
