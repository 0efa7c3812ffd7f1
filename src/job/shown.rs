//! Cuts values for diagnostics.

use std::borrow::Cow;

use super::field::Name;
use crate::json::Value;

/// In characters.
const LONGEST: usize = 120;

/// A value as a diagnostic shows it: the text of a string, or the JSON of any other value. It is
/// cut after 120 characters.
pub fn shown(json: &str) -> String {
    match Value::of(json) {
        Value::Text(text) => cut(&text),
        Value::LoneSurrogate(text) => cut(&text),
        _ => cut(json),
    }
}

/// The name of a field as a diagnostic shows it.
pub(super) fn shown_name(name: &Name<'_>) -> Cow<'static, str> {
    match name {
        Name::Known(known) => known.name().into(),
        Name::Unknown(_) => cut(&name.text()).into(),
    }
}

/// A text cut after 120 characters.
pub(super) fn cut(text: &str) -> String {
    // No text has more characters than bytes.
    if text.len() <= LONGEST {
        return text.to_owned();
    }
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
