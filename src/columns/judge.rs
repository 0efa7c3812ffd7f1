//! What decides over the cells of a column.

use arrow_buffer::NullBuffer;

use super::bits::{self, WORD};
use super::cells::Cells;
use super::rows::{ColumnRows, Notes};
use super::run::{ColumnError, ColumnRun};
use super::writer::Writer;
use crate::Rule;

/// What one value came to.
pub(crate) enum Outcome<T> {
    /// It stands as it is; what it is worth, normalized.
    Clean(T),
    /// A batch would rewrite it to this.
    Repaired(T),
    /// The rule it breaks.
    Rejected(Rule),
}

impl<T> Outcome<T> {
    /// The same outcome with another form of what the value is worth.
    #[cfg(feature = "python")]
    pub(crate) fn map<U>(self, form: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Outcome::Clean(value) => Outcome::Clean(form(value)),
            Outcome::Repaired(value) => Outcome::Repaired(form(value)),
            Outcome::Rejected(rule) => Outcome::Rejected(rule),
        }
    }
}

/// Decides over cells, on whatever thread.
pub(super) trait ColumnJudge: Sync {
    /// What one thread keeps from one part to the next.
    type Memory: Default;

    /// A part begins, and with it another writer.
    fn begin(&self, _: &mut Self::Memory) {}

    /// Decides over some rows, and writes what each came to.
    fn judge<C: Cells + ?Sized, W: Writer>(
        &self,
        memory: &mut Self::Memory,
        cells: &C,
        rows: &mut ColumnRows<'_, '_, W>,
    );
}

/// So many words of rows, which take about a millisecond, are judged until the next look whether to
/// stop.
const WORDS: usize = 512;

impl Notes<'_> {
    /// Judges cell after cell.
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
