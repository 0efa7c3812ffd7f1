//! White space between tokens (RFC 8259, 2).
//!
//! The standard library's definitions of white space are wider: they include the form feed and the
//! spaces of Unicode.

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

/// Valid JSON without line breaks, in parts. A line break in it is white space between tokens: inside
/// a string it is escaped.
pub(crate) fn on_one_line(json: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = json;
    std::iter::from_fn(move || {
        let part = match memchr::memchr2(b'\n', b'\r', rest) {
            Some(0) => {
                rest = &rest[1..];
                return Some(&b" "[..]);
            }
            Some(at) => &rest[..at],
            None => rest,
        };
        rest = &rest[part.len()..];
        (!part.is_empty()).then_some(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_break_becomes_a_space() {
        let one_line = |json: &[u8]| on_one_line(json).collect::<Vec<_>>().concat();
        assert_eq!(one_line(b"\r\n[\n\"\\n\",\r1]\n"), b"  [ \"\\n\", 1] ");
        assert_eq!(one_line(b"[1]"), b"[1]");
        assert_eq!(one_line(b""), b"");
    }

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
