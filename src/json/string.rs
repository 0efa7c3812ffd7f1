//! Strings: their ends, their content, and how they are written.
//!
//! Three kinds of bytes have a special meaning: the quote, the backslash and control characters
//! (RFC 8259, 7). [`special`] is the only place that lists them.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};

use serde::Deserializer as _;
use serde::de::{Error, Visitor};
use wide::u8x16;

use super::look::{Look, special};
use crate::packed_text;

/// The byte after the closing quote of a string, whose text begins at `at`; `None` if there is
/// certainly no such quote.
#[inline(always)]
pub(crate) fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut end = at;
    if let Some(look) = Look::whole(bytes, at) {
        end += look.special();
        if bytes.get(end) == Some(&b'"') {
            return Some(end + 1);
        }
    }
    long_string_end(bytes, end)
}

/// The same, from a byte of the string that is not part of an escape.
#[cold]
fn long_string_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at = escape_end(bytes, at + 1)?,
            0..b' ' => return None,
            _ => at += Look::of(&bytes[at..]).special(),
        }
    }
}

/// The byte after an escape, whose backslash is before `at`.
fn escape_end(bytes: &[u8], at: usize) -> Option<usize> {
    match *bytes.get(at)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(at + 1),
        b'u' => {
            let digits = bytes.get(at + 1..at + 5)?;
            digits.iter().all(u8::is_ascii_hexdigit).then_some(at + 5)
        }
        _ => None,
    }
}

/// The text between the quotes of a string, with its escapes; any other value unchanged.
#[inline(always)]
pub(crate) fn inner(json: &str) -> &str {
    let inner = json
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or(json)
}

/// Whether the text between the quotes of a valid string has no escape.
#[inline(always)]
pub(super) fn is_plain(inner: &[u8]) -> bool {
    match inner.len() {
        0..=packed_text::LEN => is_short_and_plain(inner),
        _ => memchr::memchr(b'\\', inner).is_none(),
    }
}

/// The content of a string with escapes decoded, as bytes: an escape can express half of a
/// surrogate pair, which is not in any text. It becomes three bytes that are not UTF-8 (WTF-8).
/// `None` if `json` is not a string.
pub(super) fn decoded(json: &str) -> Option<Vec<u8>> {
    struct Bytes;
    impl Visitor<'_> for Bytes {
        type Value = Vec<u8>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }
        fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
            Ok(bytes.to_vec())
        }
    }
    // When it reads text, serde_json fails at half of a surrogate pair.
    serde_json::Deserializer::from_str(json)
        .deserialize_bytes(Bytes)
        .ok()
}

/// Decoded bytes as text, with one U+FFFD for each half of a surrogate pair.
pub(super) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    let Err(error) = std::str::from_utf8(bytes) else {
        return String::from_utf8_lossy(bytes);
    };
    let mut shown = String::with_capacity(bytes.len());
    let (mut rest, mut valid) = (bytes, error.valid_up_to());
    loop {
        let (good, bad) = rest.split_at(valid);
        shown.push_str(&String::from_utf8_lossy(good));
        if bad.is_empty() {
            return Cow::Owned(shown);
        }
        shown.push(char::REPLACEMENT_CHARACTER);
        // Half of a surrogate pair has three bytes.
        rest = bad.get(3..).unwrap_or_default();
        valid = std::str::from_utf8(rest).map_or_else(|error| error.valid_up_to(), str::len);
    }
}

/// Whether a text needs no escape, so that it may be written unchanged.
#[inline(always)]
pub(crate) fn needs_no_escape(text: &[u8]) -> bool {
    match text.last_chunk() {
        // The last sixteen bytes may overlap the ones before them.
        Some(last) => {
            let (sixteens, _) = text.as_chunks();
            let is_plain = |bytes: &[u8; 16]| special(u8x16::new(*bytes)) == 0;
            sixteens.iter().all(is_plain) && is_plain(last)
        }
        None => is_short_and_plain(text),
    }
}

/// The same for a text that fits into one look. Zeros follow it.
#[inline(always)]
fn is_short_and_plain(text: &[u8]) -> bool {
    let special = special(u8x16::new(packed_text::padded(text).to_le_bytes()));
    special.trailing_zeros() as usize >= text.len()
}

/// How many bytes a text has in a string, without the quotes.
pub(crate) fn escaped_length(text: &str) -> usize {
    let length = |byte: u8| match byte {
        b'"' | b'\\' | 0x08 | 0x09 | 0x0A | 0x0C | 0x0D => 2,
        0x00..0x20 => 6,
        _ => 1,
    };
    text.bytes().map(length).sum()
}

/// Writes a text as a part of a JSON string, without quotes.
pub(crate) fn write_escaped(text: &str, out: &mut impl Write) -> io::Result<()> {
    let mut rest = text.as_bytes();
    if needs_no_escape(rest) {
        return out.write_all(rest);
    }
    while let Some(at) = rest.iter().position(|byte| needs_escape(*byte)) {
        out.write_all(&rest[..at])?;
        write_escape(rest[at], out)?;
        rest = &rest[at + 1..];
    }
    out.write_all(rest)
}

fn needs_escape(byte: u8) -> bool {
    byte < b' ' || matches!(byte, b'"' | b'\\')
}

/// Writes a byte that needs an escape as serde_json does.
fn write_escape(byte: u8, out: &mut impl Write) -> io::Result<()> {
    let letter = match byte {
        0x08 => b'b',
        b'\t' => b't',
        b'\n' => b'n',
        0x0C => b'f',
        b'\r' => b'r',
        b'"' | b'\\' => byte,
        _ => return write!(out, "\\u{byte:04x}"),
    };
    out.write_all(&[b'\\', letter])
}

/// A text as a JSON string.
pub(crate) fn quoted(text: &str) -> String {
    match needs_no_escape(text.as_bytes()) {
        true => format!("\"{text}\""),
        // A text always has a JSON form.
        false => serde_json::to_string(text).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_an_escape_is_found_at_any_place() {
        for byte in 0..=255u8 {
            let needed = byte < 0x20 || byte == b'"' || byte == b'\\';
            for length in 1..36 {
                for at in 0..length {
                    let mut text = vec![b'x'; length];
                    text[at] = byte;
                    assert_eq!(
                        needs_no_escape(&text),
                        !needed,
                        "{byte} at {at} of {length}"
                    );
                }
            }
        }
        assert!(needs_no_escape(b""));
    }

    #[test]
    fn strings_are_written_as_serde_json_writes_them() {
        for text in [
            "",
            "79110000000",
            "a\"b\\c/d",
            "\u{0}\u{8}\t\n\u{c}\r\u{1f}\u{7f}",
            "Анна \u{2028}\u{fffd}\u{10ffff}",
            "a text that is longer than one look \n takes in",
        ] {
            assert_eq!(quoted(text), serde_json::to_string(text).unwrap());
        }
        let escaped = |text: &str| {
            let mut out = Vec::new();
            write_escaped(text, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        for byte in 0..=127u8 {
            let byte = char::from(byte);
            for text in [
                format!("{byte}"),
                format!("a{byte}{byte}"),
                format!("{byte}é\"x"),
            ] {
                let quoted = serde_json::to_string(&text).unwrap();
                assert_eq!(escaped(&text), inner(&quoted), "{text:?}");
            }
        }
    }

    #[test]
    fn the_length_of_an_escaped_text_is_known_before() {
        for byte in 0..=127u8 {
            let text = char::from(byte).to_string().repeat(3) + "\u{e9}";
            assert_eq!(escaped_length(&text) + 2, quoted(&text).len());
        }
    }

    #[test]
    fn one_character_is_shown_for_each_half_of_a_pair() {
        for (json, shown) in [
            (r#""a\ud800""#, "a\u{fffd}"),
            (r#""\udc00\ud800b""#, "\u{fffd}\u{fffd}b"),
            (r#""\ud83d\ude00\ud83d""#, "\u{1f600}\u{fffd}"),
            (r#""\u0410""#, "А"),
        ] {
            assert_eq!(lossy(&decoded(json).unwrap()), shown, "{json}");
        }
        assert_eq!(decoded("1"), None);
    }
}
