//! Where a JSON string, number, boolean or null ends (RFC 8259).
//!
//! Most scalars of a list are shorter than what one look takes in: where they end is read off a
//! mask, since the end of a loop over bytes would be guessed wrong for nearly each of them.

use wide::u8x16;

use crate::short;

/// The byte behind the string, number, boolean or null that begins at `at`; `None` where there
/// surely is none.
#[inline(always)]
pub(crate) fn scalar_end(bytes: &[u8], at: usize) -> Option<usize> {
    match *bytes.get(at)? {
        b'"' => string_end(bytes, at + 1),
        b'0'..=b'9' | b'-' => number_end(bytes, at),
        b't' => word_end(bytes, at, b"true"),
        b'f' => word_end(bytes, at, b"false"),
        b'n' => word_end(bytes, at, b"null"),
        _ => None,
    }
}

fn word_end(bytes: &[u8], at: usize, word: &[u8]) -> Option<usize> {
    bytes[at..].starts_with(word).then_some(at + word.len())
}

/// The byte behind the closing quote of a string, whose text begins at `at`.
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

/// The same from a byte of the string on that is none of an escape.
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

/// Whether the bytes of a string mean themselves, each of them.
#[inline(always)]
pub(super) fn is_plain(inner: &[u8]) -> bool {
    match inner.len() {
        0..=short::LEN => {
            let special = special(u8x16::new(short::padded(inner).to_le_bytes()));
            special.trailing_zeros() as usize >= inner.len()
        }
        _ => memchr::memchr(b'\\', inner).is_none(),
    }
}

/// The byte behind an escape, whose backslash stands before `at`.
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

/// The byte behind a number: `-`, digits without a zero in front, a fraction, an exponent.
#[inline(always)]
fn number_end(bytes: &[u8], at: usize) -> Option<usize> {
    let at = at + usize::from(bytes[at] == b'-');
    let mut at = match bytes.get(at)? {
        b'0' => at + 1,
        _ => digits_end(bytes, at)?,
    };
    if bytes.get(at) == Some(&b'.') {
        at = digits_end(bytes, at + 1)?;
    }
    match bytes.get(at) {
        Some(b'e' | b'E') => exponent_end(bytes, at + 1),
        _ => Some(at),
    }
}

fn exponent_end(bytes: &[u8], at: usize) -> Option<usize> {
    let sign = matches!(bytes.get(at), Some(b'+' | b'-'));
    digits_end(bytes, at + usize::from(sign))
}

/// The byte behind at least one digit.
#[inline(always)]
fn digits_end(bytes: &[u8], at: usize) -> Option<usize> {
    if let Some(look) = Look::whole(bytes, at)
        && (1..LOOK).contains(&look.digits())
    {
        return Some(at + look.digits());
    }
    long_digits_end(bytes, at)
}

/// The same for digits that are many, or stand near the end.
#[cold]
fn long_digits_end(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit());
    let count = digits.count();
    (count > 0).then_some(at + count)
}

/// How many bytes one look takes in.
const LOOK: usize = 32;

/// Some bytes at once.
struct Look([u8x16; LOOK / 16]);

impl Look {
    #[inline(always)]
    fn at(bytes: &[u8; LOOK]) -> Look {
        let (sixteens, _) = bytes.as_chunks();
        Look([u8x16::new(sixteens[0]), u8x16::new(sixteens[1])])
    }

    /// A look at the bytes from `at` on, if there are so many.
    #[inline(always)]
    fn whole(bytes: &[u8], at: usize) -> Option<Look> {
        bytes.get(at..)?.first_chunk().map(Look::at)
    }

    /// A look at the first of some bytes. Behind their end it sees zeros, which stand in no scalar.
    fn of(bytes: &[u8]) -> Look {
        if let Some(look) = Look::whole(bytes, 0) {
            return look;
        }
        let mut few = [0; LOOK];
        few[..bytes.len()].copy_from_slice(bytes);
        Look::at(&few)
    }

    /// How many bytes stand before the first quote, backslash or control character.
    #[inline(always)]
    fn special(&self) -> usize {
        let [low, high] = self.0.map(special);
        (high << 16 | low).trailing_zeros() as usize
    }

    /// How many bytes stand before the first one that is no digit.
    #[inline(always)]
    fn digits(&self) -> usize {
        let [low, high] = self
            .0
            .map(|bytes| at_most(bytes - u8x16::splat(b'0'), 9).to_bitmask());
        (high << 16 | low).trailing_ones() as usize
    }
}

/// A bit for each byte that is a quote, a backslash or a control character.
#[inline(always)]
fn special(bytes: u8x16) -> u32 {
    let quote = bytes.simd_eq(u8x16::splat(b'"'));
    let backslash = bytes.simd_eq(u8x16::splat(b'\\'));
    (quote | backslash | at_most(bytes, b' ' - 1)).to_bitmask()
}

#[inline(always)]
fn at_most(bytes: u8x16, most: u8) -> u8x16 {
    bytes.min(u8x16::splat(most)).simd_eq(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_is_told_at_each_place() {
        for at in 0..LOOK {
            for byte in 0..=u8::MAX {
                let looked_at = |of: u8| {
                    let mut bytes = [of; LOOK];
                    bytes[at] = byte;
                    Look::at(&bytes)
                };
                let digits = if byte.is_ascii_digit() { LOOK } else { at };
                assert_eq!(looked_at(b'7').digits(), digits, "{byte} at {at}");
                let special = if matches!(byte, b'"' | b'\\' | 0..b' ') {
                    at
                } else {
                    LOOK
                };
                assert_eq!(looked_at(b'x').special(), special, "{byte} at {at}");
                assert_eq!(looked_at(0xFF).special(), special, "{byte} at {at}");
            }
        }
    }

    #[test]
    fn scalars_end_where_serde_json_says() {
        let long = "x".repeat(100);
        let scalars = [
            r#""""#,
            r#""a""#,
            r#""\\""#,
            r#""\"""#,
            r#""\u0041 \n\\\"""#,
            r#""\/ \b \f \n \r \t""#,
            r#""é""#,
            "0",
            "-0",
            "10",
            "-1.5",
            "1.25e10",
            "1E-7",
            "1e+9",
            "true",
            "false",
            "null",
            "12345678901234567890123456789012",
            "123456789012345678901234567890123456.5",
        ];
        let long = [format!("\"{long}\""), format!("\"{long}\\n{long}\"")];
        for scalar in scalars.into_iter().chain(long.iter().map(String::as_str)) {
            let is_json = serde_json::from_str::<serde::de::IgnoredAny>(scalar).is_ok();
            assert!(is_json, "{scalar}");
            for behind in [
                "",
                ",",
                "}",
                " ",
                ", \"name\": \"something that is long enough\"}",
            ] {
                let text = format!(" {scalar}{behind}");
                assert_eq!(
                    scalar_end(text.as_bytes(), 1),
                    Some(1 + scalar.len()),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn what_is_no_scalar_has_no_end() {
        for text in [
            "",
            "\"",
            "\"a",
            "\"\\",
            "\"\\\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"\\u12",
            "\"a\nb\"",
            "\"\0\"",
            "-",
            ".5",
            "+1",
            "1.",
            "1.e5",
            "1e",
            "1e+",
            "tru",
            "nul",
            "fals",
            "[",
            "{",
            "}",
            ",",
        ] {
            assert_eq!(scalar_end(text.as_bytes(), 0), None, "{text}");
        }
    }
}
