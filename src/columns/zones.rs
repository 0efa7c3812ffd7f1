//! Columns of gmtZones.

use std::num::NonZeroUsize;

use arrow_array::ArrayRef;

use super::answer::Answer;
use super::cells::Cell;
use super::judge::{Judge, Outcome, Take, Worth};
use super::texts::Writer;
use crate::short::padded;
use crate::zone::{Regions, Zone};
use crate::{Fault, Rule};

/// The gmtZones of a column, in as many arrays.
///
/// Texts in any of Arrow's three layouts and integers, which are whole hours, are read; a
/// dictionary's values are judged once each. Values of other types break the rule `zone-type`.
pub fn check_zones(
    column: &[ArrayRef],
    regions: &Regions,
    repair: bool,
    threads: Option<NonZeroUsize>,
) -> Vec<Answer> {
    super::check(column, &Zones { regions, repair }, false, threads)
}

/// Decides over gmtZones.
pub(crate) struct Zones<'r> {
    pub regions: &'r Regions,
    /// Whether what has one reading left is rewritten; else it is rejected.
    pub repair: bool,
}

impl<'r> Zones<'r> {
    /// What one value came to.
    pub(crate) fn outcome(&self, cell: Cell<'_>) -> Outcome<Zone<'r>> {
        match cell {
            Cell::Text(text) => self.text(&String::from_utf8_lossy(text)),
            Cell::Integer(hours) => match i64::try_from(hours).map(Zone::from_hours) {
                Ok(Ok(zone)) if self.repair => Outcome::Repaired(zone),
                Ok(Ok(_)) => Outcome::Rejected(Rule::ZoneFormat),
                Ok(Err(_)) | Err(_) => Outcome::Rejected(Rule::ZoneType),
            },
            Cell::Float(_) | Cell::Other => Outcome::Rejected(Rule::ZoneType),
        }
    }

    fn text(&self, text: &str) -> Outcome<Zone<'r>> {
        let rejected = |fault: Fault| Outcome::Rejected(fault.rule);
        match Zone::recognize(text, self.regions) {
            Some(zone) => Outcome::Clean(zone),
            None if self.repair => {
                Zone::repair(text, self.regions).map_or_else(rejected, Outcome::Repaired)
            }
            None => Zone::parse(text, self.regions).map_or_else(rejected, Outcome::Clean),
        }
    }
}

impl<'r> Judge for Zones<'r> {
    type Memory = Memory;
    type Worth<'j>
        = &'j mut Slot
    where
        Self: 'j;

    #[inline(always)]
    fn judge<'j, T: Take<Self::Worth<'j>>>(
        &'j self,
        memory: &'j mut Memory,
        cell: Cell<'_>,
        take: &mut T,
    ) {
        let slot = match cell {
            Cell::Text(text) if text.len() <= LONGEST => {
                let key = Key::of(text);
                let slot = &mut memory.slots[key.place()];
                if slot.key != key {
                    *slot = Slot::new(key, self.outcome(cell));
                }
                slot
            }
            _ => memory
                .other
                .insert(Slot::new(Key::NONE, self.outcome(cell))),
        };
        take.take(match slot.kind {
            Kind::Clean => Outcome::Clean(slot),
            Kind::Repaired => Outcome::Repaired(slot),
            Kind::Rejected(rule) => Outcome::Rejected(rule),
        });
    }
}

/// A column repeats few zones: what a text came to is remembered where its hash says, until
/// another takes the place.
pub(super) struct Memory {
    slots: Box<[Slot]>,
    /// What came last and is not remembered.
    other: Option<Slot>,
}

const SLOTS: usize = 256;

impl Default for Memory {
    fn default() -> Self {
        let nothing = || Slot::new(Key::NONE, Outcome::Rejected(Rule::ZoneEmpty));
        Memory {
            slots: (0..SLOTS).map(|_| nothing()).collect(),
            other: None,
        }
    }
}

/// Texts that are longer are not remembered; the longest ID has 32 bytes.
const LONGEST: usize = 32;

/// A text, all of it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    len: usize,
    first: u128,
    rest: u128,
}

impl Key {
    /// The key of no text.
    const NONE: Key = Key {
        len: usize::MAX,
        first: 0,
        rest: 0,
    };

    #[inline(always)]
    fn of(text: &[u8]) -> Key {
        Key {
            len: text.len(),
            first: padded(text),
            rest: text.get(16..).map_or(0, padded),
        }
    }

    #[inline(always)]
    fn place(&self) -> usize {
        let fold = |number: u128| number as u64 ^ (number >> 64) as u64;
        let mixed = fold(self.first) ^ fold(self.rest).rotate_left(32) ^ self.len as u64;
        (mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as usize % SLOTS
    }
}

/// What one text came to.
pub(super) struct Slot {
    key: Key,
    kind: Kind,
    /// The normalized name, with zeros behind it.
    name: [u8; LONGEST],
    len: usize,
    /// A name that has no room there; no ID is so long today.
    long: Option<Box<str>>,
    /// The name as the writer's views have it, once it was written.
    view: u128,
}

#[derive(Clone, Copy)]
enum Kind {
    Clean,
    Repaired,
    Rejected(Rule),
}

impl Slot {
    #[inline(never)]
    fn new(key: Key, outcome: Outcome<Zone<'_>>) -> Slot {
        let (kind, zone) = match outcome {
            Outcome::Clean(zone) => (Kind::Clean, Some(zone)),
            Outcome::Repaired(zone) => (Kind::Repaired, Some(zone)),
            Outcome::Rejected(rule) => (Kind::Rejected(rule), None),
        };
        let mut slot = Slot {
            key,
            kind,
            name: [0; LONGEST],
            len: 0,
            long: None,
            view: 0,
        };
        if let Some(name) = zone.map(Zone::normalized) {
            match slot.name.get_mut(..name.len()) {
                Some(room) => room.copy_from_slice(name.as_bytes()),
                None => slot.long = Some(name.as_str().into()),
            }
            slot.len = name.len();
        }
        slot
    }
}

impl Worth for &mut Slot {
    #[inline(always)]
    fn put<W: Writer>(&mut self, row: usize, writer: &mut W) {
        match &self.long {
            None => writer.put_again(row, &self.name, self.len, &mut self.view),
            Some(name) => writer.put_long(row, name.as_bytes()),
        }
    }
}
