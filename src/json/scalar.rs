//! Finds the end of a JSON string, number, boolean or null.

use super::look::{LOOK, Look};
use super::string::string_end;

/// The byte after the string, number, boolean or null that begins at `at`; `None` if there is
/// certainly no such value.
#[inline(always)]
pub(crate) fn scalar_end(bytes: &[u8], at: usize) -> Option<usize> {
    match *bytes.get(at)? {
        b'"' => string_end(bytes, at + 1),
        b'0'..=b'9' | b'-' => number_end(bytes, at),
        b't' | b'f' => boolean_end(bytes, at),
        b'n' => word_end(bytes, at, b"null"),
        _ => None,
    }
}

fn word_end(bytes: &[u8], at: usize, word: &[u8]) -> Option<usize> {
    bytes[at..].starts_with(word).then_some(at + word.len())
}

/// The byte after `true` or `false`. It has no branch between the two, because nothing predicts which
/// of them comes.
#[inline(always)]
fn boolean_end(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let Some(five) = rest.first_chunk::<5>() else {
        return word_end(bytes, at, b"true");
    };
    let [first @ .., last] = *five;
    let is_true = first == *b"true";
    let is_false = first == *b"fals" && last == b'e';
    (is_true | is_false).then_some(at + 5 - usize::from(is_true))
}

/// The byte after a number: `-`, digits without a zero in front, a fraction, an exponent.
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

/// The byte after at least one digit.
#[inline(always)]
fn digits_end(bytes: &[u8], at: usize) -> Option<usize> {
    if let Some(look) = Look::whole(bytes, at)
        && (1..LOOK).contains(&look.digits())
    {
        return Some(at + look.digits());
    }
    long_digits_end(bytes, at)
}

/// The same for many digits, or digits near the end.
#[cold]
fn long_digits_end(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit());
    let count = digits.count();
    (count > 0).then_some(at + count)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            for after in [
                "",
                ",",
                "}",
                " ",
                ", \"name\": \"something that is long enough\"}",
            ] {
                let text = format!(" {scalar}{after}");
                assert_eq!(
                    scalar_end(text.as_bytes(), 1),
                    Some(1 + scalar.len()),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn other_texts_have_no_end() {
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
