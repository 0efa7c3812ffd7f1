//! Columns of phones.

use std::hint::select_unpredictable;

use arrow_array::ArrayRef;

use super::answer::Answer;
use super::bits::{self, WORD};
use super::cells::{Cell, Cells, ShortTexts};
use super::judge::{ColumnJudge, Outcome};
use super::rows::ColumnRows;
use super::run::{ColumnError, ColumnRun};
use super::writer::Writer;
use crate::Rule;
use crate::phone::{self, FastPhones, Phone, PhoneOptions, ResolvedPhone, WrittenPhone};

const _: () = assert!(WORD == phone::BLOCK, "a block of phones is a word of rows");

/// Below this, a double represents every whole number exactly.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The phones of a column, in the same number of arrays.
///
/// Texts in any of Arrow's three layouts, integers and whole floats are read; a dictionary's
/// values are judged once each. Values of other types break the rule `phone-type`.
///
/// # Errors
/// See [`ColumnError`].
///
/// ```
/// use arrow_array::{Array, ArrayRef, StringArray, cast::AsArray};
/// use predial::columns::{ColumnRun, check_phones};
/// use predial::phone::PhoneOptions;
/// let column = StringArray::from(vec!["+7 912 345-67-89", "7.911E+10"]);
/// let column: [ArrayRef; 1] = [std::sync::Arc::new(column)];
/// let answer = check_phones(&column, &PhoneOptions::default(), &ColumnRun::default())?.remove(0);
/// assert_eq!(answer.normalized.as_string::<i32>().value(0), "79123456789");
/// assert!(answer.normalized.is_null(1) && answer.rules.is_valid(1));
/// # Ok::<(), predial::columns::ColumnError>(())
/// ```
pub fn check_phones(
    column: &[ArrayRef],
    options: &PhoneOptions,
    run: &ColumnRun<'_>,
) -> Result<Vec<Answer>, ColumnError> {
    let phones = Phones {
        options: *options,
        repair: run.repair,
    };
    super::check(column, &phones, run)
}

/// Judges phones.
pub(crate) struct Phones {
    pub options: PhoneOptions,
    /// Whether a phone in another form than the service's is rewritten; otherwise it is rejected.
    pub repair: bool,
}

impl Phones {
    /// The result for one value.
    #[cfg(feature = "python")]
    pub(crate) fn outcome(&self, cell: Cell<'_>) -> Outcome<Phone> {
        self.outcome_of(self.resolved(cell))
    }

    /// Whether a text is certainly sent unchanged.
    #[cfg(feature = "python")]
    pub(crate) fn is_clean(&self, text: &[u8]) -> bool {
        phone::fast_clean(text, &self.options).is_some()
    }

    fn outcome_of(&self, resolved: Result<(ResolvedPhone, bool), Rule>) -> Outcome<Phone> {
        match resolved {
            Ok((resolved, true)) => Outcome::Clean(resolved.phone),
            Ok((resolved, false)) if self.repair => Outcome::Repaired(resolved.phone),
            Ok(_) => Outcome::Rejected(Rule::PhoneFormat),
            Err(rule) => Outcome::Rejected(rule),
        }
    }

    /// The phone that a value means, and whether a batch sends the value unchanged: plain digits,
    /// in a text or an integer. A float counts if it is whole and small enough to be exact.
    #[inline(always)]
    fn resolved(&self, cell: Cell<'_>) -> Result<(ResolvedPhone, bool), Rule> {
        match cell {
            Cell::Text(text) => {
                let resolved = phone::resolve_bytes(text, &self.options)?;
                Ok((resolved, resolved.plain))
            }
            Cell::Integer(..0) => Err(Rule::PhoneSyntax),
            Cell::Integer(number) => {
                let number = i64::try_from(number).map_err(|_| Rule::PhoneTooLong)?;
                let resolved = self.digits(number)?;
                Ok((resolved, resolved.plain))
            }
            Cell::Float(number) if number.fract() == 0.0 && (0.0..EXACT).contains(&number) => {
                Ok((self.digits(number as i64)?, false))
            }
            Cell::Float(_) | Cell::Other | Cell::OutOfBounds => Err(Rule::PhoneType),
        }
    }

    fn digits(&self, number: i64) -> Result<ResolvedPhone, Rule> {
        let mut digits = itoa::Buffer::new();
        phone::resolve_bytes(digits.format(number).as_bytes(), &self.options)
    }
}

/// Buffers for the texts that are read together; they are not cleared in between.
#[derive(Default)]
pub(super) struct PhoneBlock {
    texts: ShortTexts,
    fast: FastPhones,
}

impl ColumnJudge for Phones {
    type Memory = PhoneBlock;

    #[inline(always)]
    fn judge<C: Cells + ?Sized, W: Writer>(
        &self,
        PhoneBlock { texts, fast }: &mut PhoneBlock,
        cells: &C,
        rows: &mut ColumnRows<'_, '_, W>,
    ) {
        let short = cells.short_texts(rows.from, rows.count, texts, true) & rows.valid;
        fast.look(&texts.0, &self.options);
        let resolved = short & fast.resolved;
        rows.repaired = resolved & !fast.plain;
        if !self.repair {
            rows.repaired = 0;
        }
        rows.accepted = resolved & fast.plain | rows.repaired;
        for place in bits::places(rows.valid & !rows.accepted) {
            let cell = cells.cell(rows.from + place);
            if !cell.is_nan() {
                self.look_again(cell, place, rows, fast);
            }
        }
        for place in 0..rows.count {
            let is_accepted = rows.accepted >> place & 1 != 0;
            let WrittenPhone { digits, len, .. } = fast.written[place % WORD];
            let text = [
                select_unpredictable(is_accepted, digits[0], 0),
                select_unpredictable(is_accepted, digits[1], 0),
            ];
            let len = select_unpredictable(is_accepted, len, 0);
            rows.writer.put(rows.from + place, text, len);
        }
        if let Some(details) = &mut rows.details {
            for place in bits::places(rows.accepted) {
                details.note(rows.from + place, &fast.written[place].phone());
            }
        }
    }
}

impl Phones {
    /// Handles a phone that the fast path does not resolve.
    #[inline(never)]
    fn look_again<W>(
        &self,
        cell: Cell<'_>,
        place: usize,
        rows: &mut ColumnRows<'_, '_, W>,
        fast: &mut FastPhones,
    ) {
        let resolved = match cell {
            Cell::OutOfBounds => {
                rows.is_broken = true;
                return;
            }
            Cell::Text(text) => {
                phone::slow_resolve(text, &self.options).map(|resolved| (resolved, resolved.plain))
            }
            _ => self.resolved(cell),
        };
        let (phone, is_repaired) = match self.outcome_of(resolved) {
            Outcome::Clean(phone) => (phone, false),
            Outcome::Repaired(phone) => (phone, true),
            Outcome::Rejected(rule) => return rows.reject(place, rule),
        };
        rows.accept(place, is_repaired);
        fast.written[place] = phone.written();
    }
}
