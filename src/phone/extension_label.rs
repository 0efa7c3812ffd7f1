//! Labels of extensions.

use super::small_letters::SmallLetters;

/// Labels of an extension, in lower case and without signs around them: libphonenumber's, and more
/// from Russian, French and Spanish lists.
const EXTENSION_LABELS: [&str; 21] = [
    "x",
    "xt",
    "xtn",
    "ext",
    "extn",
    "extension",
    "extensión",
    "int",
    "anexo",
    "poste",
    "доб",
    "добавочный",
    "вн",
    "внутр",
    "внутренний",
    "ｘ",
    "ｘｔ",
    "ｅｘｔ",
    "ｅｘｔｎ",
    "ｉｎｔ",
    "#",
];

/// The text between a number and its extension: a known label, or commas and semicolons.
pub(super) fn is_extension_label(label: &str) -> bool {
    let is_sign =
        |c: char| matches!(c, '.' | ',' | ':' | ';' | '-' | '(' | '=') || c.is_whitespace();
    match label.trim_matches(is_sign) {
        "" => label.contains([',', ';']),
        word => SmallLetters::of(word).is_some_and(|word| word.is_one_of(&EXTENSION_LABELS)),
    }
}
