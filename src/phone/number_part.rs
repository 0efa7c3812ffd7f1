//! The part of a text that holds the number, and why a text is not read.

use std::borrow::Cow;

/// The part of a text that holds the number itself.
pub(super) struct NumberPart<'t> {
    /// Without the marks around it, where libphonenumber trims them.
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
    /// It has more digits than any prefix and number have together.
    TooManyDigits,
    /// It has digits and marks alone, and not enough digits for any number.
    TooFewDigits,
    /// It is a `tel:` URI whose context is none.
    Context,
    /// Something stands there that is no part of a number.
    Other,
}
