//! One JSON value, told apart as far as the fields of a job need it.

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer as _;
use serde::de::{Error, Visitor};

use super::field::KnownField;
use super::scalar;

/// A JSON value by its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number, as its JSON text.
    Number(&'a str),
    /// A string, escapes decoded.
    Text(Cow<'a, str>),
    /// A string with half of a surrogate pair in it, shown with U+FFFD in its place: JSON can
    /// write it, Unicode text cannot hold it.
    LoneSurrogate(String),
    /// An array.
    Array,
    /// An object.
    Object,
}

impl<'a> Value<'a> {
    /// Tells a value from its JSON text, which must be valid JSON without white space around.
    ///
    /// ```
    /// use predial::job::Value;
    /// assert_eq!(Value::of(r#""+7\u0031""#), Value::Text("+71".into()));
    /// assert_eq!(Value::of("79110000000"), Value::Number("79110000000"));
    /// ```
    pub fn of(json: &'a str) -> Self {
        match json.as_bytes().first() {
            Some(b'"') => text_of(json),
            Some(b'{') => Value::Object,
            Some(b'[') => Value::Array,
            Some(b't' | b'f') => Value::Bool,
            Some(b'n') | None => Value::Null,
            Some(_) => Value::Number(json),
        }
    }
}

/// What a JSON string has between its quotes, escapes as they are; any other value as it is.
#[inline(always)]
pub(super) fn inner(json: &str) -> &str {
    let inner = json
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or(json)
}

/// What a JSON string says, escapes decoded.
fn text_of(json: &str) -> Value<'_> {
    let inner = inner(json);
    if scalar::is_plain(inner.as_bytes()) {
        return Value::Text(Cow::Borrowed(inner));
    }
    // As bytes, since an escape can write half of a surrogate pair, which becomes three bytes that
    // are no UTF-8.
    match decoded(json).map(String::from_utf8) {
        Ok(Ok(text)) => Value::Text(Cow::Owned(text)),
        Ok(Err(broken)) => Value::LoneSurrogate(lossy(broken.as_bytes())),
        Err(_) => Value::Text(Cow::Borrowed(inner)),
    }
}

/// One U+FFFD for each lone surrogate, which WTF-8 writes in three bytes.
fn lossy(bytes: &[u8]) -> String {
    let mut shown = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while !rest.is_empty() {
        match std::str::from_utf8(rest) {
            Ok(text) => {
                shown.push_str(text);
                break;
            }
            Err(error) => {
                let (good, bad) = rest.split_at(error.valid_up_to());
                shown.push_str(&String::from_utf8_lossy(good));
                shown.push(char::REPLACEMENT_CHARACTER);
                rest = bad.get(3..).unwrap_or_default();
            }
        }
    }
    shown
}

fn decoded(json: &str) -> Result<Vec<u8>, serde_json::Error> {
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
    // Asked for bytes, serde_json decodes a lone surrogate (as WTF-8) where for text it fails.
    serde_json::Deserializer::from_str(json).deserialize_bytes(Bytes)
}

/// Whether a job with this value counts as one without the field: `null`, or a gmtZone in which
/// nothing is but white space.
///
/// ```
/// use predial::job::{KnownField, is_absent};
/// assert!(is_absent(KnownField::GmtZone, r#"" \t""#));
/// assert!(is_absent(KnownField::MaxAttempts, "null"));
/// assert!(!is_absent(KnownField::LocalTimeFrom, r#""""#));
/// ```
pub fn is_absent(field: KnownField, value: &str) -> bool {
    let is_blank = || matches!(Value::of(value), Value::Text(text) if text.trim().is_empty());
    value == "null" || (field == KnownField::GmtZone && is_blank())
}

/// How much of a value a diagnostic shows, in characters.
const SHOWN: usize = 120;

/// A value as a diagnostic shows it: the text of a string, the JSON of anything else, cut
/// after 120 characters.
pub fn shown(json: &str) -> String {
    match Value::of(json) {
        Value::Text(text) => cut(&text),
        Value::LoneSurrogate(text) => cut(&text),
        _ => cut(json),
    }
}

/// A text cut after 120 characters.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
