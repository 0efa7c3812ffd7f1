//! `tel:` URIs (RFC 3966): the position of the number, and the meaning of the parameters.

use std::borrow::Cow;

use super::char_class::{CharClass, class, is_opening, trim_end, trim_start};
use super::decimal;
use super::number_part::{NumberPart, Unread};

const CONTEXT: &str = ";phone-context=";
const SUBADDRESS: &str = ";isub=";
const EXTENSION: &str = ";ext=";

/// The text after `tel:`, if it begins with that, in any case of letters.
pub(super) fn after_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = trim_start(text).split_at_checked("tel:".len())?;
    scheme.eq_ignore_ascii_case("tel:").then_some(rest)
}

/// The number of a URI, given the text after its scheme.
///
/// # Errors
///
/// The URI has an extension, parameters that RFC 3966 does not allow, or a context that is not
/// valid.
pub(super) fn number<'t>(text: &str, after_scheme: &'t str) -> Result<NumberPart<'t>, Unread> {
    let parameters = after_scheme.find(';').map_or("", |at| &after_scheme[at..]);
    if !parameters.bytes().all(|byte| byte.is_ascii_graphic()) || parameters.contains(EXTENSION) {
        return Err(Unread::Other);
    }
    if let Some((local, context)) = after_scheme.split_once(CONTEXT) {
        // Here libphonenumber searches for the scheme in small letters, and fails for any other.
        let number = text.contains("tel:").then(|| in_context(local, context));
        return number.flatten().ok_or(Unread::Context);
    }
    let part = match after_scheme.split_once(SUBADDRESS) {
        // libphonenumber trims the end of the subaddress; one that consists of signs disappears.
        Some((number, subaddress)) if subaddress.contains(|c| is_alphanumeric(c) || c == '#') => {
            number
        }
        _ => trim_end(after_scheme),
    };
    let number = trim_start(part);
    Ok(NumberPart {
        text: Cow::Borrowed(number),
        local: false,
        opens_bracket: part[..part.len() - number.len()].contains(is_opening),
        closes_bracket: false,
    })
}

/// The byte at which the extension of a URI begins.
pub(super) fn extension_start(text: &str) -> Option<usize> {
    after_scheme(text).and_then(|_| text.find(EXTENSION))
}

/// The byte at which the context of a URI begins.
pub(super) fn context_start(text: &str) -> Option<usize> {
    text.find(CONTEXT)
}

/// A local number in its context: `tel:912-345-67-89;phone-context=+7`.
fn in_context<'t>(local: &'t str, context: &str) -> Option<NumberPart<'t>> {
    let context = context.split(';').next().unwrap_or_default();
    // Section 5.3: the ISDN subaddress is not part of the number.
    let local = local.split(SUBADDRESS).next().unwrap_or_default();
    if is_global(context) {
        Some(NumberPart {
            text: Cow::Owned(format!("{context}{local}")),
            local: false,
            opens_bracket: false,
            closes_bracket: false,
        })
    } else if is_domain(context) {
        Some(NumberPart {
            text: Cow::Borrowed(local),
            local: !local.starts_with(|c| class(c) == CharClass::Plus),
            opens_bracket: false,
            closes_bracket: false,
        })
    } else {
        None
    }
}

/// RFC 3966's `global-number-digits`: a plus, then digits and visual separators.
fn is_global(context: &str) -> bool {
    context.strip_prefix('+').is_some_and(|digits| {
        digits.contains(|c| decimal::value(c).is_some())
            && digits
                .chars()
                .all(|c| matches!(c, '-' | '.' | '(' | ')') || decimal::value(c).is_some())
    })
}

/// RFC 3966's `domainname`: labels of letters, digits and inner dashes; the last label begins
/// with a letter and may have a dot after it.
fn is_domain(context: &str) -> bool {
    let context = context.strip_suffix('.').unwrap_or(context);
    let is_label = |label: &str| {
        label.starts_with(is_alphanumeric)
            && label.ends_with(is_alphanumeric)
            && label.chars().all(|c| c == '-' || is_alphanumeric(c))
    };
    let top = context.rsplit('.').next().unwrap_or_default();
    context.split('.').all(is_label) && top.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// By libphonenumber's definition: ASCII letters, and digits of every script.
fn is_alphanumeric(c: char) -> bool {
    c.is_ascii_alphabetic() || decimal::value(c).is_some()
}
