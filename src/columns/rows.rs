//! The rows of a column, and the way through them: 64 at a time, which share a word of each bitmap.

use super::details::DetailsPart;
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
pub(super) struct ColumnRows<'n, 'o, W> {
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

impl<W> ColumnRows<'_, '_, W> {
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
