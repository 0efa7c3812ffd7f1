//! White space between tokens (RFC 8259, 2).
//!
//! The standard library's notions of white space are wider: they have the form feed, and the spaces
//! of Unicode.

use std::borrow::Cow;

/// Whether a byte is white space between tokens.
#[inline(always)]
pub(crate) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// The first byte from `at` on that is not white space, or the end.
#[inline(always)]
pub(crate) fn space_end(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..]
        .iter()
        .take_while(|byte| is_space(**byte))
        .count()
}

/// Bytes without the white space around them.
pub(crate) fn trimmed(bytes: &[u8]) -> &[u8] {
    let bytes = &bytes[space_end(bytes, 0)..];
    let after = bytes.iter().rev().take_while(|byte| is_space(**byte));
    &bytes[..bytes.len() - after.count()]
}

/// A text without the white space around it.
pub(crate) fn trimmed_text(text: &str) -> &str {
    text.trim_matches(|c| u8::try_from(c).is_ok_and(is_space))
}

/// Valid JSON without line breaks. A line break in it is white space between tokens: inside a string
/// it is escaped.
pub(crate) fn on_one_line(json: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr2(b'\n', b'\r', json).is_none() {
        return Cow::Borrowed(json);
    }
    let space = |byte: &u8| match byte {
        b'\n' | b'\r' => b' ',
        _ => *byte,
    };
    Cow::Owned(json.iter().map(space).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_other_white_space_is_trimmed() {
        let text = " \t\r\n\u{c}{}\u{a0}\n\r\t ";
        assert_eq!(trimmed_text(text), "\u{c}{}\u{a0}");
        assert_eq!(trimmed(text.as_bytes()), "\u{c}{}\u{a0}".as_bytes());
        assert_eq!(trimmed(b" \n"), b"");
        assert_eq!(space_end(b"{ \n}", 1), 3);
        assert_eq!(space_end(b"{ ", 1), 2);
    }
}
