//! The phones of a column as numbers, as far as the fast path resolves them.

use arrow_array::cast::AsArray;
use arrow_array::{AnyDictionaryArray, Array};
use arrow_schema::DataType;

use super::bits::{self, WORD};
use super::cells::{self, Cell, Cells, ShortTexts};
use crate::phone::{FastPhones, PhoneOptions};

/// Reads phones as numbers. Its buffers are not cleared in between.
#[derive(Default)]
pub(super) struct PhoneNumbers {
    texts: ShortTexts,
    fast: FastPhones,
    /// The numbers of the rows that the fast path resolves.
    pub numbers: Vec<u64>,
    /// Rows that it does not resolve.
    pub others: OtherRows,
}

/// Rows that were left: a bit for each.
#[derive(Clone, Default)]
pub(super) struct OtherRows(Vec<u64>);

impl OtherRows {
    /// All of so many rows.
    pub fn all(rows: usize) -> OtherRows {
        let words = (0..rows).step_by(WORD);
        OtherRows(
            words
                .map(|from| bits::first(WORD.min(rows - from)))
                .collect(),
        )
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether this row is one.
    pub fn has(&self, row: usize) -> bool {
        self.0[row / WORD] >> (row % WORD) & 1 != 0
    }
}

impl PhoneNumbers {
    /// Reads a column. Values of other types than texts and integers are left.
    pub fn read(&mut self, column: &dyn Array, options: &PhoneOptions) {
        self.numbers.clear();
        self.others.0.clear();
        match column.data_type() {
            DataType::Utf8 => self.cells(column, column.as_string::<i32>(), options),
            DataType::LargeUtf8 => self.cells(column, column.as_string::<i64>(), options),
            DataType::Utf8View => self.cells(column, column.as_string_view(), options),
            DataType::Dictionary(..) => {
                let dictionary = column.as_any_dictionary();
                self.cells(column, &KeyedCells::of(dictionary), options);
            }
            _ => self.cells(column, cells::of(column), options),
        }
    }

    fn cells<C: Cells + ?Sized>(&mut self, column: &dyn Array, cells: &C, options: &PhoneOptions) {
        let rows = column.len();
        let nulls = column.logical_nulls();
        for (word, valid) in bits::words(nulls.as_ref(), rows).enumerate() {
            let from = word * WORD;
            let count = WORD.min(rows - from);
            let all = bits::first(count);
            let short = cells.short_texts(from, count, &mut self.texts, true) & valid & all;
            self.fast.look(&self.texts.0, options);
            let resolved = short & self.fast.resolved;
            let written = &self.fast.written;
            let numbers = bits::places(resolved).map(|place| written[place].number());
            self.numbers.extend(numbers);
            self.others.0.push(all & !resolved);
        }
    }
}

/// The values of a dictionary in the rows of its keys.
struct KeyedCells<'a> {
    keys: Vec<usize>,
    values: &'a dyn Cells,
}

impl<'a> KeyedCells<'a> {
    fn of(dictionary: &'a dyn AnyDictionaryArray) -> KeyedCells<'a> {
        let values = dictionary.values().as_ref();
        KeyedCells {
            // Without values, all rows are null.
            keys: match values.len() {
                0 => Vec::new(),
                _ => dictionary.normalized_keys(),
            },
            values: match values.data_type() {
                DataType::Utf8 => values.as_string::<i32>(),
                DataType::LargeUtf8 => values.as_string::<i64>(),
                DataType::Utf8View => values.as_string_view(),
                _ => cells::of(values),
            },
        }
    }
}

impl Cells for KeyedCells<'_> {
    fn cell(&self, row: usize) -> Cell<'_> {
        (self.keys.get(row)).map_or(Cell::Other, |key| self.values.cell(*key))
    }

    fn short_texts(&self, from: usize, count: usize, texts: &mut ShortTexts, numbers: bool) -> u64 {
        let keys = self.keys.iter().skip(from).take(count.min(WORD));
        let mut short = 0;
        let mut one = ShortTexts::default();
        for (place, key) in keys.enumerate() {
            short |= (self.values.short_texts(*key, 1, &mut one, numbers) & 1) << place;
            texts.0[place] = one.0[0];
        }
        short
    }
}
