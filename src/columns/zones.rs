//! Columns of gmtZones.

use arrow_array::ArrayRef;

use super::answer::Answer;
use super::cells::{Cell, Cells, ShortTexts};
use super::judge::{ColumnJudge, Outcome};
use super::rows::ColumnRows;
use super::run::{ColumnError, ColumnRun};
use super::writer::{UNWRITTEN, Writer};
use crate::Rule;
use crate::packed_text::{LONGEST, PackedText};
use crate::slots::slot_of;
use crate::zone::{RegionsAt, Zone};

/// The gmtZones of a column, in the same number of arrays.
///
/// Texts in any of Arrow's three layouts and numbers, which are hours, are read; a
/// dictionary's values are judged once each. Values of other types break the rule `zone-type`.
///
/// # Errors
/// See [`ColumnError`].
pub fn check_zones(
    column: &[ArrayRef],
    at: RegionsAt<'_>,
    run: &ColumnRun<'_>,
) -> Result<Vec<Answer>, ColumnError> {
    let repair = run.repair;
    super::check(column, &Zones { at, repair }, run)
}

/// Judges gmtZones.
pub(crate) struct Zones<'r> {
    pub at: RegionsAt<'r>,
    /// Whether a text that can only mean one zone is rewritten; otherwise it is rejected.
    pub repair: bool,
}

impl<'r> Zones<'r> {
    /// The result for one value.
    pub(crate) fn outcome(&self, cell: Cell<'_>) -> Outcome<Zone<'r>> {
        match cell {
            Cell::Text(text) => self.text(&String::from_utf8_lossy(text)),
            Cell::Integer(hours) => match i64::try_from(hours).map(Zone::from_hours) {
                Ok(Ok(zone)) if self.repair => Outcome::Repaired(zone),
                Ok(Ok(_)) => Outcome::Rejected(Rule::ZoneFormat),
                Ok(Err(_)) | Err(_) => Outcome::Rejected(Rule::ZoneType),
            },
            Cell::Float(hours) => match Zone::from_decimal_hours(hours, self.at) {
                Ok(zone) if self.repair => Outcome::Repaired(zone),
                Ok(_) => Outcome::Rejected(Rule::ZoneFormat),
                Err(_) => Outcome::Rejected(Rule::ZoneType),
            },
            Cell::Other | Cell::OutOfBounds => Outcome::Rejected(Rule::ZoneType),
        }
    }

    fn text(&self, text: &str) -> Outcome<Zone<'r>> {
        if let Some(zone) = Zone::recognize(text, self.at.regions()) {
            return Outcome::Clean(zone);
        }
        match Zone::mend(text, self.at) {
            Some((zone, _)) if self.repair => Outcome::Repaired(zone),
            Some((_, fault)) => Outcome::Rejected(fault.rule),
            None => Outcome::Rejected(Zone::refuse(text, self.at).rule),
        }
    }
}

impl ColumnJudge for Zones<'_> {
    type Memory = ZoneMemory;

    fn begin(&self, memory: &mut ZoneMemory) {
        memory
            .slots
            .0
            .iter_mut()
            .for_each(|slot| slot.view = UNWRITTEN);
    }

    #[inline(always)]
    fn judge<C: Cells + ?Sized, W: Writer>(
        &self,
        memory: &mut ZoneMemory,
        cells: &C,
        rows: &mut ColumnRows<'_, '_, W>,
    ) {
        let ZoneMemory {
            texts,
            slots,
            other,
        } = memory;
        let short = cells.short_texts(rows.from, rows.count, texts, false);
        for (place, text) in texts.0.iter().enumerate().take(rows.count) {
            let row = rows.from + place;
            if rows.valid >> place & 1 == 0 {
                rows.writer.skip(row);
                continue;
            }
            let judge = || self.outcome(cells.cell(row));
            let slot = if short >> place & 1 != 0 {
                slots.slot(text, judge)
            } else {
                let cell = cells.cell(row);
                if cell.is_nan() || matches!(cell, Cell::OutOfBounds) {
                    rows.is_broken |= !cell.is_nan();
                    rows.writer.skip(row);
                    continue;
                }
                other.insert(Slot::new(PackedText::default(), self.outcome(cell)))
            };
            rows.accepted |= u64::from(slot.is_accepted) << place;
            rows.rejected |= u64::from(!slot.is_accepted) << place;
            rows.repaired |= u64::from(slot.is_repaired) << place;
            rows.rules[place] = slot.rule;
            match &slot.long {
                None => rows
                    .writer
                    .put_again(row, &slot.name, slot.len, &mut slot.view),
                Some(name) => rows.writer.put_long(row, name.as_bytes()),
            }
        }
    }
}

/// Data that one thread keeps from row to row.
#[derive(Default)]
pub(super) struct ZoneMemory {
    texts: ShortTexts,
    slots: Slots,
    /// The last zone that is not in the slots.
    other: Option<Slot>,
}

/// The results for recent texts: a column repeats few zones. The hash of a text selects a slot; the
/// text is in this slot or one of the next ones, until another text replaces it.
struct Slots(Box<[Slot; SLOTS]>);

const SLOTS: usize = 256;

/// How many slots are searched for one text.
const PLACES: usize = 4;

impl Default for Slots {
    fn default() -> Self {
        let nothing = |_| Slot::new(NOTHING, Outcome::Rejected(Rule::ZoneEmpty));
        Slots(Box::new(std::array::from_fn(nothing)))
    }
}

impl Slots {
    /// The result for a text, from its slot or computed now.
    #[inline(always)]
    fn slot<'r>(
        &mut self,
        text: &PackedText,
        judge: impl FnOnce() -> Outcome<Zone<'r>>,
    ) -> &mut Slot {
        let first = slot_of(text.mixed(), SLOTS.ilog2());
        let place = if self.0[first].text.is(text) {
            first
        } else {
            self.other_place(first, text, judge)
        };
        &mut self.0[place]
    }

    /// The place of a text that is not in its first slot.
    #[inline(never)]
    fn other_place<'r>(
        &mut self,
        first: usize,
        text: &PackedText,
        judge: impl FnOnce() -> Outcome<Zone<'r>>,
    ) -> usize {
        let places = || (first..first + PLACES).map(|place| place % SLOTS);
        if let Some(place) = places().find(|&place| self.0[place].text == *text) {
            return place;
        }
        let place = places().find(|&place| self.0[place].text == NOTHING);
        let place = place.unwrap_or(first);
        self.0[place] = Slot::new(*text, judge());
        place
    }
}

/// The text of an empty slot.
const NOTHING: PackedText = PackedText {
    words: [0; 4],
    len: usize::MAX,
};

/// The result for one text.
struct Slot {
    text: PackedText,
    is_accepted: bool,
    is_repaired: bool,
    /// The rule that it breaks, if it is not accepted.
    rule: i8,
    len: usize,
    /// The normalized name, followed by zeros.
    name: [u8; LONGEST],
    /// A name that is too long for `name`; today's IDs are all shorter.
    long: Option<Box<str>>,
    /// The name as a view of the writer, after it was written once.
    view: u128,
}

impl Slot {
    #[inline(never)]
    fn new(text: PackedText, outcome: Outcome<Zone<'_>>) -> Slot {
        let mut slot = Slot {
            text,
            is_accepted: !matches!(outcome, Outcome::Rejected(_)),
            is_repaired: matches!(outcome, Outcome::Repaired(_)),
            rule: 0,
            len: 0,
            name: [0; LONGEST],
            long: None,
            view: UNWRITTEN,
        };
        match outcome {
            Outcome::Clean(zone) | Outcome::Repaired(zone) => {
                let name = zone.normalized();
                match slot.name.get_mut(..name.len()) {
                    Some(room) => room.copy_from_slice(name.as_bytes()),
                    None => slot.long = Some(name.as_str().into()),
                }
                slot.len = name.len();
            }
            Outcome::Rejected(rule) => slot.rule = rule as i8,
        }
        slot
    }
}
