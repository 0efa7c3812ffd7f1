//! The classes of characters in a phone.

use super::decimal;

/// The class of a character in a phone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum CharClass {
    Digit(u8),
    Plus,
    Mark,
    Other,
}

#[inline(always)]
pub(super) fn class(c: char) -> CharClass {
    match c {
        '0'..='9' => CharClass::Digit(c as u8 - b'0'),
        '+' => CharClass::Plus,
        '-' | ' ' | '(' | ')' | '[' | ']' | '.' | '/' | '~' => CharClass::Mark,
        '\0'..='\x7F' => CharClass::Other,
        _ => class_beyond_ascii(c),
    }
}

fn class_beyond_ascii(c: char) -> CharClass {
    match c {
        '\u{FF0B}' => CharClass::Plus,
        // NBSP, soft hyphen, zero-width space, dashes, word joiner, tilde-like signs, minus.
        '\u{A0}' | '\u{AD}' | '\u{200B}' | '\u{2010}'..='\u{2015}' | '\u{2053}' | '\u{2060}'
        | '\u{2212}' | '\u{223C}'
        // The ideographic space, the long-vowel mark used as a dash, full-width forms.
        | '\u{3000}' | '\u{30FC}' | '\u{FF08}' | '\u{FF09}' | '\u{FF0D}'..='\u{FF0F}'
        | '\u{FF3B}' | '\u{FF3D}' | '\u{FF5E}' => CharClass::Mark,
        _ => decimal::value(c).map_or(CharClass::Other, CharClass::Digit),
    }
}

/// A text without the marks before it.
pub(super) fn trim_start(text: &str) -> &str {
    text.trim_start_matches(|c| class(c) == CharClass::Mark)
}

/// A text without the marks after it. libphonenumber does not trim the long-vowel mark there,
/// because it is a letter.
pub(super) fn trim_end(text: &str) -> &str {
    text.trim_end_matches(|c| class(c) == CharClass::Mark && c != '\u{30FC}')
}

pub(super) fn is_opening(c: char) -> bool {
    matches!(c, '(' | '[' | '\u{FF08}' | '\u{FF3B}')
}

pub(super) fn is_closing(c: char) -> bool {
    matches!(c, ')' | ']' | '\u{FF09}' | '\u{FF3D}')
}
