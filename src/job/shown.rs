//! Cuts values for diagnostics.

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

/// A text cut after 120 characters.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
