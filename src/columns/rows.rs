//! The rows of a column, and the way through them: 64 at a time, which share a word of each bitmap.

use arrow_buffer::NullBuffer;

use super::bits::{self, WORD};
use super::cells::Cells;
use super::details::DetailsPart;
use super::judge::Judge;
use super::run::{ColumnError, ColumnRun};
use super::texts::Writer;
use crate::Rule;

/// Room for what some rows of an array come to, but for the texts.
pub(super) struct Notes<'o> {
    pub rules: &'o mut [i8],
    pub accepted: &'o mut [u64],
    pub rejected: &'o mut [u64],
    pub repaired: &'o mut [u64],
    pub details: Option<DetailsPart<'o>>,
}

/// The rows of one word, and what they are written to.
pub(super) struct Rows<'n, 'o, W> {
    /// The first of them, among those of the part.
    pub from: usize,
    /// How many there are: 64, but for the last.
    pub count: usize,
    /// A bit for each that is not null.
    pub valid: u64,
    pub writer: &'n mut W,
    pub rules: &'n mut [i8],
    pub details: Option<&'n mut DetailsPart<'o>>,
    /// A bit for each that has a normalized text.
    pub accepted: u64,
    /// A bit for each that breaks a rule.
    pub rejected: u64,
    /// A bit for each of those accepted that a batch would rewrite.
    pub repaired: u64,
    /// A row refers to bytes that its array does not have.
    pub is_broken: bool,
}

impl<W> Rows<'_, '_, W> {
    /// The row in this place breaks a rule.
    #[inline(always)]
    pub fn reject(&mut self, place: usize, rule: Rule) {
        self.rejected |= 1 << place;
        self.rules[place] = rule as i8;
    }

    /// The row in this place is accepted, as it is or repaired.
    #[inline(always)]
    pub fn accept(&mut self, place: usize, is_repaired: bool) {
        self.accepted |= 1 << place;
        self.repaired |= u64::from(is_repaired) << place;
    }
}

/// So many words of rows, which take about a millisecond, are judged until the next look whether to
/// stop.
const WORDS: usize = 512;

impl Notes<'_> {
    /// Judges cell after cell.
    ///
    /// # Errors
    /// See [`ColumnError`].
    pub fn judge<C: Cells + ?Sized, J: Judge, W: Writer>(
        mut self,
        cells: &C,
        nulls: Option<&NullBuffer>,
        (judge, memory): (&J, &mut J::Memory),
        mut writer: W,
        run: &ColumnRun<'_>,
    ) -> Result<(), ColumnError> {
        let rows = self.rules.len();
        judge.begin(memory);
        writer.begin();
        for (word, valid) in bits::words(nulls, rows).enumerate() {
            if word % WORDS == 0 && (run.is_stopped)() {
                return Err(ColumnError::Stopped);
            }
            let from = word * WORD;
            let count = WORD.min(rows - from);
            let mut rows = Rows {
                from,
                count,
                valid: valid & bits::first(count),
                writer: &mut writer,
                rules: &mut self.rules[from..from + count],
                details: self.details.as_mut(),
                accepted: 0,
                rejected: 0,
                repaired: 0,
                is_broken: false,
            };
            judge.judge(memory, cells, &mut rows);
            let Rows {
                accepted,
                rejected,
                repaired,
                is_broken,
                ..
            } = rows;
            if is_broken {
                return Err(ColumnError::Broken);
            }
            self.accepted[word] = accepted;
            self.rejected[word] = rejected;
            self.repaired[word] = repaired;
        }
        writer.end();
        Ok(())
    }
}
