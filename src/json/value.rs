//! One JSON value by its kind.

use std::borrow::Cow;

use super::string::{self, inner};

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
    /// A string that contains half of a surrogate pair, replaced by U+FFFD: JSON can express it,
    /// and no text can contain it.
    LoneSurrogate(String),
    /// An array.
    Array,
    /// An object.
    Object,
}

impl<'a> Value<'a> {
    /// The kind of a value, given its JSON text, which must be valid and without white space around
    /// it. The content of an array or an object is not read.
    ///
    /// ```
    /// use predial::json::Value;
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

/// The content of a string, with escapes decoded.
fn text_of(json: &str) -> Value<'_> {
    let inner = inner(json);
    if string::is_plain(inner.as_bytes()) {
        return Value::Text(Cow::Borrowed(inner));
    }
    match string::decoded(json).map(String::from_utf8) {
        Some(Ok(text)) => Value::Text(Cow::Owned(text)),
        Some(Err(broken)) => Value::LoneSurrogate(string::lossy(broken.as_bytes()).into_owned()),
        None => Value::Text(Cow::Borrowed(inner)),
    }
}
