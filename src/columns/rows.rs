//! The rows of a column, 64 at a time, which share a word of each bitmap.

use super::details::DetailsPart;
use crate::Rule;

/// Buffers for the results of some rows, except the texts.
pub(super) struct Notes<'o> {
    pub rules: &'o mut [i8],
    pub accepted: &'o mut [u64],
    pub rejected: &'o mut [u64],
    pub repaired: &'o mut [u64],
    pub details: Option<DetailsPart<'o>>,
}

/// The rows of one word, and the buffers for their results.
pub(super) struct ColumnRows<'n, 'o, W> {
    /// The index of the first of them in the part.
    pub from: usize,
    /// How many they are: 64, or fewer in the last word.
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
    /// Records that the row at this place breaks a rule.
    #[inline(always)]
    pub fn reject(&mut self, place: usize, rule: Rule) {
        self.rejected |= 1 << place;
        self.rules[place] = rule as i8;
    }

    /// Records that the row at this place is accepted, unchanged or repaired.
    #[inline(always)]
    pub fn accept(&mut self, place: usize, is_repaired: bool) {
        self.accepted |= 1 << place;
        self.repaired |= u64::from(is_repaired) << place;
    }
}
