//! Values of gmtZone and what they were read as: a list has few, a million times each.

use std::borrow::Cow;
use std::hash::BuildHasher;
use std::sync::OnceLock;

use foldhash::fast::FixedState;

use super::value::{Value, lone_surrogate};
use crate::zone::{Regions, Zone};
use crate::{Fault, Rule};

/// What a value came to as a gmtZone.
#[derive(Clone, Debug)]
pub(super) enum Read<'r> {
    /// It is null or empty, which the service takes for none.
    Absent,
    /// It is white space alone, by which none was meant.
    Blank(Fault),
    /// It is one.
    Zone(Zone<'r>),
    /// It breaks a rule, and this zone was surely meant.
    Meant(Zone<'r>, Fault),
    /// It breaks a rule.
    Refused(Fault),
}

/// The values so far by their texts, each in one of the two slots that it may take: a text that
/// finds others in both is read again every time.
pub(super) struct ZoneTexts<'r> {
    regions: &'r Regions,
    slots: Box<[OnceLock<Kept<'r>>]>,
    hasher: FixedState,
    read_anew: fn(&str, &'r Regions) -> Read<'r>,
}

/// Most lists have fewer zones; all of the database are not many more.
const SLOTS: usize = 1024;
/// Longer than any ID.
const LONGEST: usize = 64;

struct Kept<'r> {
    text: Box<str>,
    read: Read<'r>,
}

impl<'r> ZoneTexts<'r> {
    /// Values by their JSON texts.
    pub fn json(regions: &'r Regions) -> Self {
        Self::of(regions, read_json)
    }

    /// Texts by themselves.
    pub fn plain(regions: &'r Regions) -> Self {
        Self::of(regions, read_text)
    }

    fn of(regions: &'r Regions, read_anew: fn(&str, &'r Regions) -> Read<'r>) -> Self {
        ZoneTexts {
            regions,
            slots: (0..SLOTS).map(|_| OnceLock::new()).collect(),
            hasher: FixedState::default(),
            read_anew,
        }
    }

    /// Reads a value.
    pub fn read(&self, text: &str) -> Cow<'_, Read<'r>> {
        if text.len() > LONGEST {
            return Cow::Owned((self.read_anew)(text, self.regions));
        }
        let slot = self.hasher.hash_one(text) as usize % SLOTS;
        for slot in [slot, slot ^ 1] {
            let kept = self.slots[slot].get_or_init(|| Kept {
                text: text.into(),
                read: (self.read_anew)(text, self.regions),
            });
            if *kept.text == *text {
                return Cow::Borrowed(&kept.read);
            }
        }
        Cow::Owned((self.read_anew)(text, self.regions))
    }
}

#[cold]
fn read_json<'r>(json: &str, regions: &'r Regions) -> Read<'r> {
    match Value::of(json) {
        Value::Null => Read::Absent,
        Value::Text(text) if text.is_empty() => Read::Absent,
        Value::Text(text) if text.trim().is_empty() => {
            let blank = "the gmtZone is blank; the service uses the zone of the number";
            Read::Blank(Fault::new(Rule::ZoneFormat).because(blank).suggest(""))
        }
        Value::Text(text) => read_text(&text, regions),
        Value::Number(number) => hours(number),
        Value::LoneSurrogate(text) => Read::Refused(lone_surrogate(Rule::ZoneSyntax, &text)),
        Value::Bool | Value::Array | Value::Object => Read::Refused(Fault::new(Rule::ZoneType)),
    }
}

fn read_text<'r>(text: &str, regions: &'r Regions) -> Read<'r> {
    match (Zone::parse(text, regions), Zone::repair(text, regions)) {
        (Ok(zone), _) => Read::Zone(zone),
        (Err(fault), Ok(zone)) => Read::Meant(zone, fault),
        (Err(fault), Err(_)) => Read::Refused(fault),
    }
}
/// A JSON number as a zone: never valid, surely meant where it is a whole hour.
fn hours(number: &str) -> Read<'static> {
    let meant = match number.parse() {
        Ok(hours) => Zone::from_hours(hours),
        Err(_) => Err(Fault::new(Rule::ZoneType)),
    };
    match meant {
        Ok(zone) => {
            let fault = Fault::new(Rule::ZoneFormat)
                .because("the gmtZone is a number of hours, not text")
                .suggest(&*zone.normalized());
            Read::Meant(zone, fault)
        }
        Err(fault) => Read::Refused(fault),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_texts_than_slots_are_each_read_as_themselves() {
        let regions = Regions::new([]);
        let texts = ZoneTexts::json(&regions);
        for _ in 0..2 {
            for seconds in 0..3 * SLOTS {
                let text = format!(
                    "\"+{:02}:{:02}:{:02}\"",
                    seconds / 3600,
                    seconds / 60 % 60,
                    seconds % 60
                );
                let Read::Zone(zone) = *texts.read(&text) else {
                    panic!("{text} is a zone");
                };
                assert_eq!(zone.offset_seconds(), Some(seconds as i32), "{text}");
            }
        }
        let long = "x".repeat(LONGEST + 1);
        assert!(matches!(*texts.read(&long), Read::Refused(_)));
    }
}
