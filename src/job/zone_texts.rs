//! Texts of gmtZones with their readings: a list has few different ones, each a million times.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use super::memo::{Found, Memo};
use super::phone_zones::PhonePlace;
use super::zone_names::ZoneNames;
use crate::packed_text::PackedText;
use crate::slots::slot_of;
use crate::zone::{Meant, Nearness, RegionsAt, Zone};
use crate::{Fault, Rule};

/// The reading of a value as a gmtZone.
#[derive(Clone, Debug)]
pub(crate) enum ReadZone<'r> {
    /// It is a valid gmtZone.
    Zone(Zone<'r>),
    /// It breaks a rule, and certainly means this zone.
    Meant(Zone<'r>, Fault),
    /// It breaks a rule.
    Refused(RefusedZone<'r>),
}

impl<'r> ReadZone<'r> {
    /// Reads a text.
    pub fn of(text: &str, at: RegionsAt<'r>) -> Self {
        if let Some(zone) = Zone::recognize(text, at.regions()) {
            return ReadZone::Zone(zone);
        }
        match Zone::mend(text, at) {
            Some((zone, fault)) => ReadZone::Meant(zone, fault),
            None => ReadZone::Refused(RefusedZone::of(Zone::refuse(text, at))),
        }
    }

    /// Reads a JSON number that is not one of whole hours in use.
    pub fn of_number(number: &str, at: RegionsAt<'r>) -> Self {
        let hours = number.parse().unwrap_or(f64::NAN);
        match Zone::from_decimal_hours(hours, at) {
            Ok(zone) => ReadZone::Meant(zone, of_hours(zone)),
            Err(fault) => ReadZone::Refused(RefusedZone::of(fault)),
        }
    }
}

/// The fault of a number of hours.
pub(super) fn of_hours(zone: Zone<'_>) -> Fault {
    Fault::new(Rule::ZoneFormat)
        .because("the gmtZone is a number of hours, not text")
        .suggest(&*zone.normalized())
}

/// A value that is not a gmtZone and can't be repaired. What it perhaps means is looked up when it is
/// first asked for.
#[derive(Clone, Debug)]
pub(crate) struct RefusedZone<'r> {
    fault: Fault,
    meant: OnceLock<Meant<'r>>,
}

impl<'r> RefusedZone<'r> {
    /// A value with this fault.
    pub fn of(fault: Fault) -> Self {
        RefusedZone {
            fault,
            meant: OnceLock::new(),
        }
    }

    /// The fault without a suggestion.
    pub fn fault(&self) -> &Fault {
        &self.fault
    }

    /// Whether the value of this text perhaps means a zone.
    pub fn has_meanings(&self, text: &str, at: RegionsAt<'r>) -> bool {
        !self.meanings(text, at).is_empty()
    }

    /// The zone that the value of this text perhaps means, among those that are near.
    pub fn meant(
        &self,
        text: &str,
        at: RegionsAt<'r>,
        nearness: impl Fn(Zone<'_>) -> Nearness,
    ) -> Option<Zone<'r>> {
        self.meanings(text, at).one(at, nearness)
    }

    /// The fault, with the zone that the value of this text perhaps means as its suggestion.
    pub fn suggesting(&self, text: &str, meant: Option<Zone<'r>>) -> Fault {
        match meant {
            Some(zone) => zone.suggest_for(text, self.fault.clone()),
            None => self.fault.clone(),
        }
    }

    fn meanings(&self, text: &str, at: RegionsAt<'r>) -> &Meant<'r> {
        self.meant.get_or_init(|| Meant::by(text, at))
    }
}

/// The texts so far. Each text has two slots that it may use; if other texts have both, it is read
/// again every time.
pub(super) struct ZoneTexts<'r> {
    at: RegionsAt<'r>,
    /// What texts mean as the owner of the list says.
    names: Option<Arc<ZoneNames>>,
    /// Whether each of these names was read, in their order.
    read_names: Box<[AtomicBool]>,
    slots: Box<[OnceLock<KeptZone<'r>>]>,
    /// Texts with more bytes than any ID, such as `(GMT+03:00) Moscow, St. Petersburg, Volgograd`.
    long: Memo<(Box<str>, ReadZone<'r>)>,
    /// What refused texts perhaps mean beside phones.
    meant: Memo<(Box<str>, MeantNear, Option<Zone<'r>>)>,
}

/// All of a phone on which it depends which zones are near: where it is, and its calling code.
type MeantNear = Option<(PhonePlace, u16)>;

/// A text with more bytes is read every time.
const LONGEST: usize = 256;

/// Most lists have fewer zones, and the whole database has not many more.
const SLOTS: usize = 1024;

struct KeptZone<'r> {
    text: PackedText,
    /// The zone of a text about which nothing is found.
    clean: Option<Zone<'r>>,
    read: ReadZone<'r>,
}

impl<'r> KeptZone<'r> {
    fn new(text: PackedText, read: ReadZone<'r>) -> Self {
        let clean = match read {
            ReadZone::Zone(zone) => Some(zone).filter(|zone| zone.warning().is_none()),
            ReadZone::Meant(..) | ReadZone::Refused(_) => None,
        };
        KeptZone { text, clean, read }
    }
}

impl<'r> ZoneTexts<'r> {
    pub fn new(at: RegionsAt<'r>, names: Option<Arc<ZoneNames>>) -> Self {
        let names = names.filter(|names| !names.is_empty());
        let all = names.iter().flat_map(|names| names.iter());
        ZoneTexts {
            at,
            read_names: all.map(|_| AtomicBool::new(false)).collect(),
            names,
            slots: (0..SLOTS).map(|_| OnceLock::new()).collect(),
            long: Memo::default(),
            meant: Memo::default(),
        }
    }

    /// The zone that a refused text perhaps means beside a phone. `make` looks for it.
    pub fn meant(
        &self,
        text: &str,
        near: MeantNear,
        make: impl FnOnce() -> Option<Zone<'r>>,
    ) -> Option<Zone<'r>> {
        if text.len() > LONGEST {
            return make();
        }
        let is_it =
            |kept: &(Box<str>, MeantNear, Option<Zone<'r>>)| kept.1 == near && *kept.0 == *text;
        let make = || (text.into(), near, make());
        self.meant
            .get_or_make((text, near), is_it, make, |(_, _, zone)| *zone)
    }

    /// The zone of a text that is sent unchanged and without a finding, and a number of its own;
    /// `None` for any other text, and for some of these.
    #[inline(always)]
    pub fn clean(&self, text: &str) -> Option<(usize, &Zone<'r>)> {
        let short = PackedText::of(text.as_bytes())?;
        let (slot, kept) = self.kept(text, short)?;
        Some((slot, kept.clean.as_ref()?))
    }

    /// Reads a text.
    pub fn read(&self, text: &str) -> Cow<'_, ReadZone<'r>> {
        // Every ID is short enough.
        if let Some(short) = PackedText::of(text.as_bytes()) {
            if let Some((_, kept)) = self.kept(text, short) {
                return Cow::Borrowed(&kept.read);
            }
        } else if text.len() <= LONGEST {
            return self.read_long(text);
        }
        Cow::Owned(self.read_anew(text))
    }

    /// What is kept for a short text, and in which slot, unless other texts have its slots.
    #[inline(always)]
    fn kept(&self, text: &str, short: PackedText) -> Option<(usize, &KeptZone<'r>)> {
        let slot = slot(&short);
        for slot in [slot, slot ^ 1] {
            match self.slots[slot].get() {
                Some(kept) if kept.text.is(&short) => return Some((slot, kept)),
                Some(_) => {}
                None => return Some((slot, self.keep(text, slot)?)),
            }
        }
        None
    }

    /// Reads a short text for a free slot.
    #[cold]
    fn keep(&self, text: &str, slot: usize) -> Option<&KeptZone<'r>> {
        let short = PackedText::of(text.as_bytes())?;
        let read = || KeptZone::new(short, self.read_anew(text));
        // Another thread may have filled the slot with another text.
        Some(self.slots[slot].get_or_init(read)).filter(|kept| kept.text.is(&short))
    }

    /// The texts of the owner of the list that none of the texts so far is.
    pub fn unread_names(&self) -> impl Iterator<Item = &str> {
        let all = self.names.iter().flat_map(|names| names.iter());
        let unread = all.zip(&self.read_names);
        let unread = unread.filter(|(_, is_read)| !is_read.load(Ordering::Relaxed));
        unread.map(|((text, _), _)| text)
    }

    #[inline(never)]
    fn read_long(&self, text: &str) -> Cow<'_, ReadZone<'r>> {
        match self.long.find(text, |(kept, _)| **kept == *text) {
            Found::Kept((_, read)) => Cow::Borrowed(read),
            Found::Free(free) => {
                let made = (text.into(), self.read_anew(text));
                Cow::Owned(free.keep(made, |(_, read)| read.clone()))
            }
            Found::Full => Cow::Owned(self.read_anew(text)),
        }
    }

    #[cold]
    fn read_anew(&self, text: &str) -> ReadZone<'r> {
        let named = self.names.as_ref().and_then(|names| {
            let (known, zone) = names.entry(text)?;
            let place = names.iter().position(|(name, _)| name == known)?;
            self.read_names[place].store(true, Ordering::Relaxed);
            Some(zone)
        });
        let zone = named.and_then(|name| Zone::recognize(name, self.at.regions()));
        match zone {
            Some(zone) => ReadZone::Meant(zone, of_names(zone)),
            None => ReadZone::of(text, self.at),
        }
    }
}

/// The fault of a text for which the owner of the list names a zone.
fn of_names(zone: Zone<'_>) -> Fault {
    Fault::new(Rule::ZoneFormat)
        .because("the text means another zone in this list")
        .suggest(&*zone.normalized())
}

/// A slot of a text, chosen by its bytes.
#[inline(always)]
fn slot(text: &PackedText) -> usize {
    let [first, second, third, last] = text.words;
    let all = first ^ second.rotate_left(21) ^ third.rotate_left(42) ^ last.rotate_left(53);
    slot_of(all, SLOTS.ilog2())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::Regions;

    #[test]
    fn more_texts_than_slots_are_still_read_correctly() {
        let regions = Regions::new([]);
        let texts = ZoneTexts::new(regions.at(1_800_000_000), None);
        for _ in 0..2 {
            for seconds in 0..3 * SLOTS {
                let text = format!(
                    "+{:02}:{:02}:{:02}",
                    seconds / 3600,
                    seconds / 60 % 60,
                    seconds % 60
                );
                let ReadZone::Zone(zone) = *texts.read(&text) else {
                    panic!("{text} is a zone");
                };
                assert_eq!(zone.offset_seconds(), Some(seconds as i32), "{text}");
            }
        }
        for _ in 0..2 {
            for length in [33, 256, 257] {
                let long = "x".repeat(length);
                assert!(matches!(*texts.read(&long), ReadZone::Refused(_)));
                let long = format!("+03:00{}", " ".repeat(length));
                assert!(
                    matches!(*texts.read(&long), ReadZone::Meant(..)),
                    "{length}"
                );
            }
        }
    }
}
