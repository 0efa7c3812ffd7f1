#![forbid(unsafe_code)]
//! Characters that exports and copies add to a value by mistake: quotes, `="…"`, a leading
//! apostrophe, tabs and separators at the ends, invisible characters, unusual spaces.

use std::borrow::Cow;

/// The text without them, and without the spaces around it.
pub(crate) fn unguarded(text: &str) -> Cow<'_, str> {
    match without(text) {
        Some(inner) => Cow::Owned(inner),
        None => Cow::Borrowed(text),
    }
}

/// The text without them; `None` if the text has none of them.
pub(crate) fn without(text: &str) -> Option<String> {
    if is_bare(text) {
        return None;
    }
    let visible = visible(text);
    let mut inner = trim(&visible);
    if let Some(formula) = inner
        .strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'))
    {
        inner = trim(formula);
    } else if let Some(quoted) = unquoted(inner) {
        inner = trim(quoted);
    }
    (inner != text).then(|| inner.to_owned())
}

/// Whether a text surely has none of them: most texts begin with a digit or a sign, and end with
/// no separator.
fn is_bare(text: &str) -> bool {
    let begins = matches!(text.bytes().next(), Some(b'0'..=b'9' | b'+' | b'('));
    begins && !text.ends_with(is_around) && !has_hidden(text)
}

/// Whether a text has invisible characters or unusual spaces.
fn has_hidden(text: &str) -> bool {
    let is_hidden = |c| c >= '\u{AD}' && (is_invisible(c) || is_unusual_space(c));
    !text.is_ascii() && text.chars().any(is_hidden)
}

/// The text without invisible characters, and with every space as an ordinary one.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !has_hidden(text) {
        return Cow::Borrowed(text);
    }
    let kept = text.chars().filter(|&c| !is_invisible(c));
    Cow::Owned(
        kept.map(|c| if is_unusual_space(c) { ' ' } else { c })
            .collect(),
    )
}

fn trim(text: &str) -> &str {
    text.trim_matches(is_around)
}

/// Separators and spaces that are trimmed.
fn is_around(c: char) -> bool {
    matches!(c, ' ' | '\u{A0}' | '\t' | ',' | ';')
}

fn unquoted(text: &str) -> Option<&str> {
    const PAIRS: [(char, char); 8] = [
        ('"', '"'),
        ('\'', '\''),
        ('`', '`'),
        ('“', '”'),
        ('„', '“'),
        ('‘', '’'),
        ('«', '»'),
        ('’', '’'),
    ];
    let within = |(open, close)| text.strip_prefix(open)?.strip_suffix(close);
    let quoted = PAIRS.into_iter().find_map(within);
    quoted.or_else(|| text.strip_prefix(['\'', '’', '‘']))
}

/// Unicode's format characters (category Cf) and variation selectors.
pub(crate) fn is_invisible(c: char) -> bool {
    // Most letters of lists come before the others.
    if c < '\u{600}' {
        return c == '\u{AD}';
    }
    matches!(
        c,
        '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}' | '\u{890}' | '\u{891}'
            | '\u{8E2}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}' | '\u{110BD}' | '\u{110CD}' | '\u{13430}'..='\u{1343F}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0001}'
            | '\u{E0020}'..='\u{E007F}' | '\u{E0100}'..='\u{E01EF}'
    )
}

/// Spaces (category Zs) that are not marks of a number.
fn is_unusual_space(c: char) -> bool {
    matches!(
        c,
        '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guards_are_taken_away() {
        for text in [
            "'+79",
            "=\"+79\"",
            "\t+79",
            "\u{202A}+79\u{202C}",
            "\"+79\"",
            "«+79»;",
            ", +79 ,",
            "+7\u{200B}9",
            "\u{FEFF}+79",
        ] {
            assert_eq!(without(text).as_deref(), Some("+79"), "{text:?}");
        }
        assert_eq!(without("7\u{202F}9").as_deref(), Some("7 9"));
        for text in ["+79", "p:+79", "79?", "", "(79)"] {
            assert_eq!(without(text), None, "{text:?}");
        }
    }
}
