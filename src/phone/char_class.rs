//! What one character is to a phone.

use super::decimal;

/// What one character is to a phone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Digit(u8),
    Plus,
    Mark,
    Other,
}

#[inline(always)]
pub(super) fn class(c: char) -> Class {
    match c {
        '0'..='9' => Class::Digit(c as u8 - b'0'),
        '+' => Class::Plus,
        '-' | ' ' | '(' | ')' | '[' | ']' | '.' | '/' | '~' => Class::Mark,
        '\0'..='\x7F' => Class::Other,
        _ => class_beyond_ascii(c),
    }
}

fn class_beyond_ascii(c: char) -> Class {
    match c {
        '\u{FF0B}' => Class::Plus,
        // NBSP, soft hyphen, zero-width space, dashes, word joiner, tilde-like signs, minus.
        '\u{A0}' | '\u{AD}' | '\u{200B}' | '\u{2010}'..='\u{2015}' | '\u{2053}' | '\u{2060}'
        | '\u{2212}' | '\u{223C}'
        // The ideographic space, the long-vowel mark used as a dash, full-width forms.
        | '\u{3000}' | '\u{30FC}' | '\u{FF08}' | '\u{FF09}' | '\u{FF0D}'..='\u{FF0F}'
        | '\u{FF3B}' | '\u{FF3D}' | '\u{FF5E}' => Class::Mark,
        _ => decimal::value(c).map_or(Class::Other, Class::Digit),
    }
}

/// A text without the marks before it.
pub(super) fn trim_start(text: &str) -> &str {
    text.trim_start_matches(|c| class(c) == Class::Mark)
}

/// A text without the marks after it; libphonenumber keeps the long-vowel mark there, which is a
/// letter.
pub(super) fn trim_end(text: &str) -> &str {
    text.trim_end_matches(|c| class(c) == Class::Mark && c != '\u{30FC}')
}
