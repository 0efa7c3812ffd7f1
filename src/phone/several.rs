//! The phones of a text with several numbers.

use super::decimal;
use super::diagnose::{NUMBER, found_numbers};
use super::find::FoundPhone;
use super::number::Phone;
use super::options::PhoneOptions;
use super::resolve::resolve_or_rule;
use crate::{Rule, guard};

/// The first valid number in a text, by the options. A number with an extension is none: whoever has
/// the extension is not reached by it.
pub(crate) fn first_number(text: &str, options: &PhoneOptions) -> Option<Phone> {
    let visible = guard::visible(text);
    let (_, found) = found_numbers(&visible, options);
    let shown: Vec<char> = visible.chars().collect();
    let mut places = 0..found.len();
    let first = places.find(|place| extended(&shown, &found[*place..], options).is_none())?;
    Some(found[first].phone)
}

/// The text of the first of the numbers that were found and of its extension, and where it ends, if it
/// has an extension.
fn extended(
    shown: &[char],
    found: &[FoundPhone],
    options: &PhoneOptions,
) -> Option<(String, usize)> {
    let (one, rest) = found.split_first()?;
    let end = rest.first().map_or(shown.len(), |next| next.start);
    // An extension may be after a separator, and what follows it may be no number.
    let after = shown[one.end..end].iter().zip(one.end..);
    let separators = after.filter(|(c, _)| is_separator(**c)).map(|(_, at)| at);
    let mut ends = separators.take(SEPARATORS).chain([end]);
    ends.find_map(|end| {
        let text: String = shown[one.start..end].iter().collect();
        let text = text.trim_matches(is_around);
        let rule = resolve_or_rule(text, options).err();
        (rule == Some(Rule::PhoneExtension)).then(|| (text.to_owned(), end))
    })
}

/// An extension ends before so many separators after its number.
const SEPARATORS: usize = 3;

/// Whether a character may be between two numbers.
fn is_separator(c: char) -> bool {
    ",;|/／\\\n".contains(c)
}

fn is_around(c: char) -> bool {
    c.is_whitespace() || is_separator(c)
}

/// The parts of a text with several numbers, in their order: each valid number once, with its plus
/// (one with an extension as it is written), and the texts between them that have enough digits for
/// a number. Nothing if no valid number is found.
pub(crate) fn number_parts(text: &str, options: &PhoneOptions) -> Vec<String> {
    let visible = guard::visible(text);
    let (chars, found) = found_numbers(&visible, options);
    if found.is_empty() {
        return Vec::new();
    }
    let shown: Vec<char> = visible.chars().collect();
    let between = |from: usize, to: usize| {
        let digits = chars[from..to]
            .iter()
            .filter(|c| decimal::value(**c).is_some())
            .count();
        let text: String = shown[from..to].iter().collect();
        (digits >= NUMBER).then(|| text.trim_matches(is_around).to_owned())
    };
    let mut parts: Vec<String> = Vec::new();
    let mut from = 0;
    for (place, one) in found.iter().enumerate() {
        parts.extend(between(from, one.start));
        let (number, end) = extended(&shown, &found[place..], options)
            .unwrap_or_else(|| (one.phone.e164(), one.end));
        if !parts.contains(&number) {
            parts.push(number);
        }
        from = end;
    }
    parts.extend(between(from, chars.len()));
    parts
}
