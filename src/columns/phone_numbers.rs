//! The phones of a column as numbers, as far as the fast path resolves them.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_schema::DataType;

use super::bits::{self, WORD};
use super::cells::{self, Cells, ShortTexts};
use crate::phone::{FastPhones, PhoneOptions};

/// Phones of some rows.
pub(super) enum RowPhones<'t> {
    /// As numbers.
    Numbers(&'t [u64]),
    /// The rows as lines of JSON.
    Lines(&'t [u8]),
}

/// Reads phones as numbers. Its buffers are not cleared in between.
#[derive(Default)]
pub(super) struct PhoneNumbers {
    texts: ShortTexts,
    fast: FastPhones,
    /// The numbers of the rows that the fast path resolves.
    pub numbers: Vec<u64>,
    /// A bit for each of the other rows.
    others: Vec<u64>,
}

impl PhoneNumbers {
    /// Reads a column. Values of other types than texts and integers are left.
    pub fn read(&mut self, column: &dyn Array, options: &PhoneOptions) {
        self.numbers.clear();
        self.others.clear();
        match column.data_type() {
            DataType::Utf8 => self.cells(column, column.as_string::<i32>(), options),
            DataType::LargeUtf8 => self.cells(column, column.as_string::<i64>(), options),
            DataType::Utf8View => self.cells(column, column.as_string_view(), options),
            _ => self.cells(column, cells::of(column), options),
        }
    }

    /// Leaves all rows.
    pub fn leave(&mut self, rows: usize) {
        self.numbers.clear();
        self.others.clear();
        self.others.resize(rows.div_ceil(WORD), u64::MAX);
    }

    /// Whether rows were left.
    pub fn has_others(&self) -> bool {
        self.others.iter().any(|word| *word != 0)
    }

    /// Whether this row was left.
    pub fn is_other(&self, row: usize) -> bool {
        self.others[row / WORD] >> (row % WORD) & 1 != 0
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
            self.others.push(all & !resolved);
        }
    }
}
