//! The part of a text that contains the number, and reasons for not reading a text.

use std::borrow::Cow;

/// The part of a text that contains the number itself.
pub(super) struct NumberPart<'t> {
    /// The text without the marks around it, if libphonenumber trims them.
    pub text: Cow<'t, str>,
    /// The text names a private numbering plan.
    pub local: bool,
    /// A bracket opens among the marks that were trimmed before it.
    pub opens_bracket: bool,
    /// A bracket closes among the marks that were trimmed after it.
    pub closes_bracket: bool,
}

/// Why a text is not read.
#[derive(Clone, Copy)]
pub(super) enum Unread {
    /// It has more characters than libphonenumber reads.
    TooManyCharacters,
    /// It has more digits than the longest prefixes and number together.
    TooManyDigits,
    /// It has only digits and marks, and too few digits for any number.
    TooFewDigits,
    /// It is a `tel:` URI whose context is not valid.
    Context,
    /// It contains something that is not part of a number.
    Other,
}
