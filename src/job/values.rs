//! Readers for the values of a phone and a zone, and the test whether a field counts as given.
//! `check` and the short form of a request both use them, so they agree on every value.

use std::borrow::Cow;

use super::policy::is_empty_allowed_time;
use super::zone_texts::of_hours;
use crate::guard;
use crate::json::{Value, inner};
use crate::phone::{self, ResolvedPhone};
use crate::service::KnownField;
use crate::zone::Zone;
use crate::{Fault, Rule};

/// A phone or a zone with more bytes is not read, because reading takes memory.
const LONGEST_TEXT: usize = 1 << 20;

/// Reads the value of `phone`. `None` for null, which counts as absent.
pub(crate) fn read_phone(
    value: &str,
    options: &phone::PhoneOptions,
) -> Option<Result<ResolvedPhone, Fault>> {
    if value.len() > LONGEST_TEXT {
        let long = "the text is far longer than a phone";
        return Some(Err(Fault::new(Rule::PhoneTooLong).because(long)));
    }
    // JSON can write digits as a number or as a text; both have the same digits and need no
    // decoding.
    if let Some(resolved) = phone::fast_resolve(inner(value).as_bytes(), options) {
        return Some(Ok(resolved));
    }
    Some(match Value::of(value) {
        Value::Null => return None,
        Value::Text(text) => phone::resolve(&text, options),
        Value::Number(number) => phone::resolve_number(number, options),
        Value::LoneSurrogate(text) => Err(lone_surrogate(Rule::PhoneSyntax, &text)),
        Value::Bool | Value::Array | Value::Object => Err(Fault::new(Rule::PhoneType)),
    })
}

/// The phone that is suggested for a value that is refused, with the warnings about it.
pub(super) fn read_suggested_phone(
    value: &str,
    options: &phone::PhoneOptions,
) -> Option<ResolvedPhone> {
    if value.len() > LONGEST_TEXT {
        return None;
    }
    match Value::of(value) {
        Value::Text(text) => phone::resolve_suggested(&text, options),
        Value::Number(number) => phone::resolve_suggested_number(number, options),
        _ => None,
    }
}

/// [`read_phone`] for those who ask for no more than the rule.
#[inline(always)]
pub(super) fn read_phone_or_rule(
    value: &str,
    options: &phone::PhoneOptions,
) -> Option<Result<ResolvedPhone, Rule>> {
    match fast_read_phone(value, options) {
        Some(resolved) => Some(Ok(resolved)),
        None => slow_read_phone(value, options),
    }
}

/// The phone of a value that one look decides: most values of every list.
#[inline(always)]
pub(super) fn fast_read_phone(value: &str, options: &phone::PhoneOptions) -> Option<ResolvedPhone> {
    phone::fast_resolve(inner(value).as_bytes(), options)
}

/// The phone of a value for which [`fast_read_phone`] has no answer.
pub(super) fn slow_read_phone(
    value: &str,
    options: &phone::PhoneOptions,
) -> Option<Result<ResolvedPhone, Rule>> {
    if value.len() > LONGEST_TEXT {
        return Some(Err(Rule::PhoneTooLong));
    }
    Some(match Value::of(value) {
        Value::Null => return None,
        Value::Text(text) => phone::slow_resolve_text(&text, options),
        Value::Number(number) => phone::resolve_number_or_rule(number, options),
        Value::LoneSurrogate(_) => Err(Rule::PhoneSyntax),
        Value::Bool | Value::Array | Value::Object => Err(Rule::PhoneType),
    })
}

/// The same, with the fault of a phone that is refused.
pub(super) fn explained_phone(
    value: &str,
    options: &phone::PhoneOptions,
) -> Option<Result<ResolvedPhone, (Rule, Option<Fault>)>> {
    let read = read_phone(value, options)?;
    Some(read.map_err(|fault| (fault.rule, Some(fault))))
}

/// The value of `gmtZone`, before a text is read as a zone.
pub(crate) enum ZoneValue<'a> {
    /// Null or an empty text: the service uses the zone of the number.
    Absent,
    /// A text of white space, which certainly means an absent zone.
    Blank,
    /// A text.
    Text(Cow<'a, str>),
    /// A number of whole hours: the zone that it certainly means, and the rule that it breaks.
    Hours(Zone<'static>, Fault),
    /// Another number.
    Number(&'a str),
    /// A value that can't be read as a zone.
    Refused(Fault),
}

impl<'a> ZoneValue<'a> {
    /// Distinguishes the kinds of values.
    pub fn of(value: &'a str) -> Self {
        if value.len() > LONGEST_TEXT {
            let long = "the text is far longer than a gmtZone";
            return ZoneValue::Refused(Fault::new(Rule::ZoneSyntax).because(long));
        }
        match Value::of(value) {
            Value::Null => ZoneValue::Absent,
            Value::Text(text) if text.is_empty() => ZoneValue::Absent,
            Value::Text(text) if is_blank(&text) => ZoneValue::Blank,
            Value::Text(text) => ZoneValue::Text(text),
            Value::Number(number) => Self::of_number(number),
            Value::LoneSurrogate(text) => {
                ZoneValue::Refused(lone_surrogate(Rule::ZoneSyntax, &text))
            }
            Value::Bool | Value::Array | Value::Object => {
                ZoneValue::Refused(Fault::new(Rule::ZoneType))
            }
        }
    }

    /// A JSON number is never valid. Whole hours have exactly one meaning.
    fn of_number(number: &'a str) -> Self {
        let hours = number.parse().ok();
        match hours.and_then(|hours| Zone::from_hours(hours).ok()) {
            Some(zone) => ZoneValue::Hours(zone, of_hours(zone)),
            None => ZoneValue::Number(number),
        }
    }
}

/// Whether a text has nothing in it but spaces, and the characters that exports add.
fn is_blank(text: &str) -> bool {
    /// No export adds more.
    const LONGEST: usize = 64;
    // Nearly every zone ends the look at its first letter or digit.
    if text.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
        return false;
    }
    text.trim().is_empty()
        || text.len() <= LONGEST
            && guard::without(text).is_some_and(|inner| inner.trim().is_empty())
}

/// Whether a job with this value counts as a job without the field: null, a gmtZone of white space,
/// quotes and invisible characters, or an allowedTime without a window.
///
/// ```
/// use predial::job::{KnownField, is_absent};
/// assert!(is_absent(KnownField::MaxAttempts, "null"));
/// assert!(is_absent(KnownField::GmtZone, r#"" \t""#));
/// assert!(is_absent(KnownField::AllowedTime, r#"{"default": null}"#));
/// assert!(!is_absent(KnownField::LocalTimeFrom, r#""""#));
/// ```
pub fn is_absent(field: KnownField, value: &str) -> bool {
    match Value::of(value) {
        Value::Null => true,
        Value::Text(text) => field == KnownField::GmtZone && is_blank(&text),
        Value::Object => field == KnownField::AllowedTime && is_empty_allowed_time(value),
        _ => false,
    }
}

/// The fault of a text that contains half of a surrogate pair, at the first such half.
fn lone_surrogate(rule: Rule, shown: &str) -> Fault {
    let position = shown
        .chars()
        .position(|c| c == char::REPLACEMENT_CHARACTER)
        .unwrap_or_default();
    Fault::new(rule).at(position).because(LONE_SURROGATE)
}

/// The message for a text that contains half of a surrogate pair.
pub(crate) const LONE_SURROGATE: &str = "half of a surrogate pair is not a character";
