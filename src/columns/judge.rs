//! How the cells of a column are judged.

use arrow_buffer::NullBuffer;

use super::bits::{self, WORD};
use super::cells::Cells;
use super::rows::{ColumnRows, Notes};
use super::run::{ColumnError, ColumnRun};
use super::writer::Writer;
use crate::Rule;

/// The result for one value.
#[derive(Clone, Copy)]
pub(crate) enum Outcome<T> {
    /// It is valid as it is; the normalized value.
    Clean(T),
    /// A batch would rewrite it to this value.
    Repaired(T),
    /// The rule that it breaks.
    Rejected(Rule),
}

impl<T> Outcome<T> {
    /// The same outcome with the value converted.
    #[cfg(feature = "python")]
    pub(crate) fn map<U>(self, form: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Outcome::Clean(value) => Outcome::Clean(form(value)),
            Outcome::Repaired(value) => Outcome::Repaired(form(value)),
            Outcome::Rejected(rule) => Outcome::Rejected(rule),
        }
    }

    /// The outcome, and the value if it is not rejected.
    #[cfg(feature = "python")]
    pub(crate) fn split(self) -> (Outcome<()>, Option<T>) {
        match self {
            Outcome::Clean(value) => (Outcome::Clean(()), Some(value)),
            Outcome::Repaired(value) => (Outcome::Repaired(()), Some(value)),
            Outcome::Rejected(rule) => (Outcome::Rejected(rule), None),
        }
    }
}

/// Judges cells, on any thread.
pub(super) trait ColumnJudge: Sync {
    /// Data that one thread keeps from one part to the next.
    type Memory: Default;

    /// A part begins, and it has another writer.
    fn begin(&self, _: &mut Self::Memory) {}

    /// Judges some rows, and writes the result for each.
    fn judge<C: Cells + ?Sized, W: Writer>(
        &self,
        memory: &mut Self::Memory,
        cells: &C,
        rows: &mut ColumnRows<'_, '_, W>,
    );
}

/// How many words of rows, about a millisecond's work, are judged between two checks whether to
/// stop.
const WORDS: usize = 512;

impl Notes<'_> {
    /// Judges one cell after another.
    ///
    /// # Errors
    /// See [`ColumnError`].
    pub fn judge<C: Cells + ?Sized, J: ColumnJudge, W: Writer>(
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
            let mut rows = ColumnRows {
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
            let ColumnRows {
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
