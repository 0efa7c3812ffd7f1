//! The answer to an array of values, and the way to it.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use arrow_array::cast::AsArray;
use arrow_array::types::{Int8Type, Int64Type};
use arrow_array::{Array, ArrayRef, DictionaryArray, PrimitiveArray, StringArray};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;

use super::bits::{self, WORD};
use super::cells::{self, Cells};
use super::details::{Details, DetailsPart, DetailsRoom};
use super::judge::{Judge, Outcome, Take, Worth};
use super::parts;
use super::texts::{Layout, Offsets, Texts, TextsPart, Views, Writer};
use crate::Rule;

/// What an array of values came to: arrays as long as it.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The normalized values, in the layout of the values; null where one was rejected or null.
    pub normalized: ArrayRef,
    /// The names of the rules broken; null where none is.
    pub rules: ArrayRef,
    /// Whether a batch would rewrite the value.
    pub repaired: ArrayRef,
    /// What more is known of phones, where that was asked for.
    pub details: Option<Details>,
}

impl Answer {
    /// How many values there were.
    pub fn rows(&self) -> usize {
        self.rules.len()
    }

    /// How many values are rejected.
    pub fn rejected(&self) -> usize {
        self.rules.len() - self.rules.null_count()
    }

    /// How many values a batch would rewrite.
    pub fn repaired(&self) -> usize {
        self.repaired.as_boolean().true_count()
    }
}

// The names of the rules are keyed by one byte with a sign, which every reader of Arrow takes.
const _: () = assert!(Rule::ALL.len() <= i8::MAX as usize);

/// The names of all rules, as a dictionary has them.
pub(super) static RULES: LazyLock<ArrayRef> = LazyLock::new(|| {
    let names = Rule::ALL.iter().map(|rule| rule.name());
    Arc::new(StringArray::from_iter_values(names))
});

/// Room for the answer to one array.
struct Room {
    texts: Texts,
    rules: Vec<i8>,
    accepted: Vec<u64>,
    rejected: Vec<u64>,
    repaired: Vec<u64>,
    details: Option<DetailsRoom>,
}

/// Some rows of an array, and the room for what they come to.
struct Part<'o> {
    values: ArrayRef,
    nulls: Option<NullBuffer>,
    texts: TextsPart<'o>,
    /// Where the texts' bytes go in the end.
    bytes: &'o Mutex<Vec<u8>>,
    notes: Notes<'o>,
}

/// Room for all but the texts.
struct Notes<'o> {
    rules: &'o mut [i8],
    accepted: &'o mut [u64],
    rejected: &'o mut [u64],
    repaired: &'o mut [u64],
    details: Option<DetailsPart<'o>>,
}

impl Room {
    fn new(values: &dyn Array, with_details: bool) -> Room {
        let rows = values.len();
        Room {
            texts: Texts::room(Layout::of(values.data_type()), rows),
            rules: vec![0; rows],
            accepted: bits::room(rows),
            rejected: bits::room(rows),
            repaired: bits::room(rows),
            details: with_details.then(|| DetailsRoom::new(rows)),
        }
    }

    /// The parts of so many rows each, and a place for the bytes of each.
    fn split<'o>(
        &'o mut self,
        (values, wanted): &Values,
        rows: usize,
        bytes: &'o [Mutex<Vec<u8>>],
    ) -> Vec<Part<'o>> {
        let words = rows / WORD;
        let mut details = self.details.as_mut().map(|details| details.split(rows));
        let mut rules = self.rules.chunks_mut(rows);
        let mut accepted = self.accepted.chunks_mut(words);
        let mut rejected = self.rejected.chunks_mut(words);
        let mut repaired = self.repaired.chunks_mut(words);
        let texts = self.texts.split(rows).into_iter().zip(bytes);
        let parts = texts.enumerate().map(|(part, (texts, bytes))| {
            let from = part * rows;
            let len = rows.min(values.len() - from);
            let values = values.slice(from, len);
            let wanted = wanted.as_ref().map(|wanted| wanted.slice(from, len));
            Part {
                nulls: NullBuffer::union(values.logical_nulls().as_ref(), wanted.as_ref()),
                values,
                texts,
                bytes,
                notes: Notes {
                    rules: rules.next().unwrap_or_default(),
                    accepted: accepted.next().unwrap_or_default(),
                    rejected: rejected.next().unwrap_or_default(),
                    repaired: repaired.next().unwrap_or_default(),
                    details: details.as_mut().and_then(Iterator::next),
                },
            }
        });
        parts.collect()
    }

    /// The answer, once all parts are judged.
    fn answer(self, bytes: Vec<Vec<u8>>, part: usize, threads: usize) -> Answer {
        let rows = self.rules.len();
        let valid = bits::valid(self.accepted, rows);
        let details = self.details.map(|details| details.arrays(valid.as_ref()));
        let keys =
            PrimitiveArray::<Int8Type>::new(self.rules.into(), bits::valid(self.rejected, rows));
        Answer {
            normalized: self.texts.array((bytes, part), valid, threads),
            rules: Arc::new(DictionaryArray::new(keys, RULES.clone())),
            repaired: Arc::new(bits::booleans(self.repaired, rows)),
            details,
        }
    }
}

/// An array, and which of its rows are wanted; the others count as null.
pub(super) type Values = (ArrayRef, Option<NullBuffer>);

/// Judges arrays of no dictionary on so many threads.
pub(super) fn check<J: Judge>(
    arrays: &[Values],
    judge: &J,
    with_details: bool,
    threads: usize,
) -> Vec<Answer> {
    let rows_of = |(array, _): &Values| match threads {
        1 => array.len().next_multiple_of(WORD).max(WORD),
        _ => parts::ROWS,
    };
    let mut rooms: Vec<Room> = arrays
        .iter()
        .map(|(array, _)| Room::new(array, with_details))
        .collect();
    let places: Vec<Vec<Mutex<Vec<u8>>>> = arrays
        .iter()
        .map(|array| {
            let parts = array.0.len().div_ceil(rows_of(array));
            (0..parts).map(|_| Mutex::default()).collect()
        })
        .collect();
    let parts = rooms
        .iter_mut()
        .zip(arrays.iter().zip(&places))
        .flat_map(|(room, (array, places))| room.split(array, rows_of(array), places))
        .collect();
    parts::each(parts, threads, |part| part.check(judge));
    let bytes = places.into_iter().map(|places| {
        let inner =
            |place: Mutex<Vec<u8>>| place.into_inner().unwrap_or_else(PoisonError::into_inner);
        places.into_iter().map(inner).collect()
    });
    rooms
        .into_iter()
        .zip(arrays.iter().zip(bytes))
        .map(|(room, (array, bytes))| room.answer(bytes, rows_of(array), threads))
        .collect()
}

impl Part<'_> {
    fn check<J: Judge>(self, judge: &J) {
        let (values, nulls) = (&self.values, self.nulls.as_ref());
        // The common types have a loop of their own.
        let bytes = match self.texts {
            TextsPart::Large(ends) => {
                let cells = values.as_string::<i64>();
                self.notes.judged(cells, nulls, judge, Offsets::new(ends))
            }
            TextsPart::Views(views, buffer) => {
                let cells = values.as_string_view();
                self.notes
                    .judged(cells, nulls, judge, Views::new(views, buffer))
            }
            TextsPart::Small(ends) => {
                let writer = Offsets::new(ends);
                match values.data_type() {
                    DataType::Utf8 => {
                        let cells = values.as_string::<i32>();
                        self.notes.judged(cells, nulls, judge, writer)
                    }
                    DataType::Int64 => {
                        let cells = values.as_primitive::<Int64Type>();
                        self.notes.judged(cells, nulls, judge, writer)
                    }
                    _ => self.notes.judged(cells::of(values), nulls, judge, writer),
                }
            }
        };
        *self.bytes.lock().unwrap_or_else(PoisonError::into_inner) = bytes;
    }
}

/// The row that is judged, and what it is written to.
struct Rows<'o, W> {
    notes: Notes<'o>,
    writer: W,
    row: usize,
    /// Its bit in a word, and the words of the row and those before it.
    bit: u64,
    accepted: u64,
    rejected: u64,
    repaired: u64,
}

impl<'o> Notes<'o> {
    /// Judges cell after cell, and answers the bytes that the writer laid aside.
    fn judged<C: Cells + ?Sized, J: Judge, W: Writer>(
        self,
        cells: &C,
        nulls: Option<&NullBuffer>,
        judge: &J,
        writer: W,
    ) -> Vec<u8> {
        let mut memory = J::Memory::default();
        let count = self.rules.len();
        let mut rows = Rows {
            notes: self,
            writer,
            row: 0,
            bit: 0,
            accepted: 0,
            rejected: 0,
            repaired: 0,
        };
        for (word, valid) in bits::words(nulls, count).enumerate() {
            let from = word * WORD;
            for row in from..count.min(from + WORD) {
                (rows.row, rows.bit) = (row, 1 << (row - from));
                let cell = cells.cell(row);
                if valid & rows.bit == 0 || cell.is_nan() {
                    rows.writer.skip(row);
                } else {
                    judge.judge(&mut memory, cell, &mut rows);
                }
            }
            rows.end_word(word);
        }
        rows.writer.bytes()
    }
}

impl<W: Writer> Rows<'_, W> {
    #[inline(always)]
    fn end_word(&mut self, word: usize) {
        self.notes.accepted[word] = std::mem::take(&mut self.accepted);
        self.notes.rejected[word] = std::mem::take(&mut self.rejected);
        self.notes.repaired[word] = std::mem::take(&mut self.repaired);
    }
}

impl<W: Writer, V: Worth> Take<V> for Rows<'_, W> {
    #[inline(always)]
    fn take(&mut self, outcome: Outcome<V>) {
        let mut worth = match outcome {
            Outcome::Clean(worth) => worth,
            Outcome::Repaired(worth) => {
                self.repaired |= self.bit;
                worth
            }
            Outcome::Rejected(rule) => {
                self.rejected |= self.bit;
                self.notes.rules[self.row] = rule as i8;
                return self.writer.skip(self.row);
            }
        };
        self.accepted |= self.bit;
        worth.put(self.row, &mut self.writer);
        if let Some(details) = &mut self.notes.details {
            worth.note(self.row, details);
        }
    }
}
