//! Columns of phones.

use std::num::NonZeroUsize;

use arrow_array::ArrayRef;

use super::answer::Answer;
use super::cells::Cell;
use super::details::DetailsPart;
use super::judge::{Judge, Outcome, Take, Worth};
use super::texts::Writer;
use crate::Rule;
use crate::phone::{self, Options, Phone, Settled};

/// No phone is a larger number.
const MAX: i128 = i64::MAX as i128;

/// Below this, every whole number is one as a double, too.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The phones of a column, in as many arrays.
///
/// Texts in any of Arrow's three layouts, integers and whole floats are read; a dictionary's
/// values are judged once each. Values of other types break the rule `phone-type`. `details`
/// asks for what more is known of each phone.
///
/// ```
/// use arrow_array::{Array, ArrayRef, StringArray, cast::AsArray};
/// use predial::{columns, phone::Options};
/// let column = StringArray::from(vec!["+7 912 345-67-89", "7.911E+10"]);
/// let [answer] = &columns::check_phones(&[std::sync::Arc::new(column)], &Options::default(), true, false, None)[..]
/// else { unreachable!() };
/// assert_eq!(answer.normalized.as_string::<i32>().value(0), "79123456789");
/// assert!(answer.normalized.is_null(1) && answer.rules.is_valid(1));
/// ```
pub fn check_phones(
    column: &[ArrayRef],
    options: &Options,
    repair: bool,
    details: bool,
    threads: Option<NonZeroUsize>,
) -> Vec<Answer> {
    let phones = Phones {
        options: *options,
        repair,
    };
    super::check(column, &phones, details, threads)
}

/// Decides over phones.
pub(crate) struct Phones {
    pub options: Options,
    /// Whether what is not written as the service takes it is rewritten; else it is rejected.
    pub repair: bool,
}

impl Phones {
    /// What one value came to.
    #[inline(never)]
    pub(crate) fn outcome(&self, cell: Cell<'_>) -> Outcome<Phone> {
        match self.settled(cell) {
            Ok((settled, true)) => Outcome::Clean(settled.phone),
            Ok((settled, false)) if self.repair => Outcome::Repaired(settled.phone),
            Ok(_) => Outcome::Rejected(Rule::PhoneFormat),
            Err(rule) => Outcome::Rejected(rule),
        }
    }

    /// What a value is settled to, and whether a batch takes it as it is: plain digits, in a text
    /// or an integer. A float counts if it is whole and small enough to be exact.
    #[inline(always)]
    fn settled(&self, cell: Cell<'_>) -> Result<(Settled, bool), Rule> {
        match cell {
            Cell::Text(text) => {
                let settled = phone::settle_bytes(text, &self.options)?;
                Ok((settled, settled.plain))
            }
            Cell::Integer(..0) => Err(Rule::PhoneSyntax),
            Cell::Integer(number) => {
                let number = i64::try_from(number).map_err(|_| Rule::PhoneTooLong)?;
                let settled = self.digits(number)?;
                Ok((settled, settled.plain))
            }
            Cell::Float(number) if number.fract() == 0.0 && (0.0..EXACT).contains(&number) => {
                Ok((self.digits(number as i64)?, false))
            }
            Cell::Float(_) | Cell::Other => Err(Rule::PhoneType),
        }
    }

    fn digits(&self, number: i64) -> Result<Settled, Rule> {
        let mut digits = itoa::Buffer::new();
        phone::settle_bytes(digits.format(number).as_bytes(), &self.options)
    }
}

impl Judge for Phones {
    type Memory = ();
    type Worth<'j> = Phone;

    #[inline(always)]
    fn judge<'j, T: Take<Self::Worth<'j>>>(&'j self, (): &'j mut (), cell: Cell<'_>, take: &mut T) {
        let mut digits = itoa::Buffer::new();
        let text = match cell {
            Cell::Text(text) => text,
            Cell::Integer(number @ 0..=MAX) => digits.format(number as u64).as_bytes(),
            _ => &[],
        };
        match phone::settle_at_a_glance(text, &self.options) {
            Some(settled) if settled.plain => take.take(Outcome::Clean(settled.phone)),
            Some(settled) if self.repair => take.take(Outcome::Repaired(settled.phone)),
            _ => take.take(self.outcome(cell)),
        }
    }
}

impl Worth for Phone {
    #[inline(always)]
    fn put<W: Writer>(&mut self, row: usize, writer: &mut W) {
        let (digits, len) = self.padded_digits();
        writer.put(row, digits, len);
    }

    fn note(&self, row: usize, details: &mut DetailsPart<'_>) {
        details.note(row, self);
    }
}
