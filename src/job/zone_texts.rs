//! Texts of gmtZones with their readings: a list has few different ones, each a million times.

use std::borrow::Cow;
use std::sync::OnceLock;

use crate::Fault;
use crate::packed_text::PackedText;
use crate::zone::{Regions, Zone};

/// The reading of a value as a gmtZone.
#[derive(Clone, Debug)]
pub(crate) enum ReadZone<'r> {
    /// It is a valid gmtZone.
    Zone(Zone<'r>),
    /// It breaks a rule, and certainly means this zone.
    Meant(Zone<'r>, Fault),
    /// It breaks a rule.
    Refused(Fault),
}

impl<'r> ReadZone<'r> {
    /// Reads a text.
    pub fn of(text: &str, regions: &'r Regions) -> Self {
        match (Zone::parse(text, regions), Zone::repair(text, regions)) {
            (Ok(zone), _) => ReadZone::Zone(zone),
            (Err(fault), Ok(zone)) => ReadZone::Meant(zone, fault),
            (Err(fault), Err(_)) => ReadZone::Refused(fault),
        }
    }
}

/// The texts so far. Each text has two slots that it may use; if other texts have both, it is read
/// again every time.
pub(super) struct ZoneTexts<'r> {
    regions: &'r Regions,
    slots: Box<[OnceLock<KeptZone<'r>>]>,
}

/// Most lists have fewer zones, and the whole database has not many more.
const SLOTS: usize = 1024;

struct KeptZone<'r> {
    text: PackedText,
    read: ReadZone<'r>,
}

impl<'r> ZoneTexts<'r> {
    pub fn new(regions: &'r Regions) -> Self {
        ZoneTexts {
            regions,
            slots: (0..SLOTS).map(|_| OnceLock::new()).collect(),
        }
    }

    /// Reads a text.
    #[inline(always)]
    pub fn read(&self, text: &str) -> Cow<'_, ReadZone<'r>> {
        // Every ID is short enough.
        if let Some(short) = PackedText::of(text.as_bytes()) {
            let slot = slot(&short);
            for slot in [slot, slot ^ 1] {
                let kept = self.slots[slot].get_or_init(|| KeptZone {
                    text: short,
                    read: self.read_anew(text),
                });
                if kept.text.is(&short) {
                    return Cow::Borrowed(&kept.read);
                }
            }
        }
        Cow::Owned(self.read_anew(text))
    }

    #[cold]
    fn read_anew(&self, text: &str) -> ReadZone<'r> {
        ReadZone::of(text, self.regions)
    }
}

/// A slot of a text, chosen by its bytes.
#[inline(always)]
fn slot(text: &PackedText) -> usize {
    /// 2 to the 64 divided by the golden ratio, which spreads values that differ in few bits.
    const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
    let [first, second, third, last] = text.words;
    let all = first ^ second.rotate_left(21) ^ third.rotate_left(42) ^ last.rotate_left(53);
    (all.wrapping_mul(GOLDEN) >> (u64::BITS - SLOTS.ilog2())) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_texts_than_slots_are_still_read_correctly() {
        let regions = Regions::new([]);
        let texts = ZoneTexts::new(&regions);
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
        let long = "x".repeat(33);
        assert!(matches!(*texts.read(&long), ReadZone::Refused(_)));
    }
}
