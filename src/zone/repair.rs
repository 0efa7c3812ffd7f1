//! Repair: the certain meaning of a text that is not a gmtZone.
//!
//! A text is repaired only if it has exactly one meaning:
//!
//! ```text
//! repairable = clean / [prefix] *SP sign *SP hours / prefix 1*SP hours / hours / prefix zero / parts
//! hours      = h / hh / hhmm / hhmmss / [h]h:mm[:ss] / [h]h ("." / ",") 1*6DIGIT
//! zero       = hours that come to nothing
//! parts      = regions and offsets that say the same, with brackets and the like around them
//! ```
//!
//! - *clean* is a valid gmtZone after these changes: spaces and the characters that exports add
//!   around it are removed, dashes and full-width forms become ASCII, letters get their case, and
//!   in a region spaces become underscores.
//! - `prefix 1*SP hours`: a form decoder turned the plus into a space. Nothing else removes a sign
//!   and adds a space.
//! - Hours without a sign, and decimal numbers, must be an offset that some zone has now or within
//!   a year: a sheet's noon is 0.5, and no zone uses `+00:30`. The digits after a point are read as
//!   a fraction of an hour and as minutes.
//! - Hours without prefix and sign go up to 14:00, the easternmost offset. A larger bare number is
//!   more likely minutes, or not a zone; and bare `hhmmss` may be any number.
//! - `UTC3` is west by POSIX and east for people, so only `UTC0` is repaired.
//! - `+300` means three hours for some people and 300 minutes for others, so it is never repaired.

use std::borrow::Cow;

use super::at::RegionsAt;
use super::loose::{LooseOffset, LooseSize};
use super::offset::OffsetPrefix;
use super::parts::ZoneParts;
use super::regions::Regions;
use super::value::Zone;
use crate::guard;

/// The easternmost offset in use, in seconds.
const EASTERNMOST: i32 = 14 * 3600;

/// The zone that a text certainly means although it is not valid, if there is one.
pub(super) fn mend<'r>(text: &str, at: RegionsAt<'r>) -> Option<Zone<'r>> {
    let (clean, _) = cleaned(text);
    mend_whole(&clean, at)
        .or_else(|| mend_whole(within_brackets(&clean)?, at))
        .or_else(|| ZoneParts::of(&clean, at).agreeing(at))
}

fn mend_whole<'r>(clean: &str, at: RegionsAt<'r>) -> Option<Zone<'r>> {
    let upper = clean.to_ascii_uppercase();
    Zone::parse_offset(&upper)
        .or_else(|| region(clean, at.regions()))
        .or_else(|| loose_offset(upper.as_bytes(), at))
}

/// The text inside brackets that enclose all of it. In accounting a number in brackets is negative.
fn within_brackets(clean: &str) -> Option<&str> {
    let inner = [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>')]
        .into_iter()
        .find_map(|(open, close)| clean.strip_prefix(open)?.strip_suffix(close))?;
    let inner = inner.trim();
    (!inner.starts_with(|c: char| c.is_ascii_digit())).then_some(inner)
}

/// The text in ASCII forms, without characters around it that nobody means, and the number of
/// characters that were removed before it.
pub(super) fn cleaned(text: &str) -> (String, usize) {
    let inner = guard::without(text);
    let plain = to_ascii_forms(inner.as_deref().unwrap_or(text));
    let clean = plain.trim_matches(char::is_whitespace);
    let first = clean.chars().next();
    let before = |c: &char| Some(to_ascii_form(*c)) != first;
    let lead = first.map_or(0, |_| text.chars().take_while(before).count());
    (clean.to_owned(), lead)
}

fn region<'r>(clean: &str, regions: &'r Regions) -> Option<Zone<'r>> {
    regions
        .get_loosely(clean)
        .filter(|region| region.is_usable())
        .map(Zone::of_region)
}

fn loose_offset<'r>(upper: &[u8], at: RegionsAt<'r>) -> Option<Zone<'r>> {
    let reading = LooseOffset::of(upper);
    let seconds = match (reading.sign, reading.size()) {
        (Some(_), LooseSize::Clock(size)) => reading.signed(size.ok()?),
        (_, LooseSize::None) => return None,
        _ => match *reading.readings_in_use(at) {
            [seconds] => seconds,
            _ => return None,
        },
    };
    let is_clear = match (reading.sign, reading.prefix) {
        (Some(_), _) => true,
        (None, OffsetPrefix::None) => seconds <= EASTERNMOST,
        (None, _) => reading.spaced || seconds == 0,
    };
    is_clear.then_some(Zone::of_offset(reading.prefix, seconds))
}

/// The text with dashes, spaces and full-width forms in ASCII, one character for each.
fn to_ascii_forms(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    text.chars().map(to_ascii_form).collect()
}

fn to_ascii_form(c: char) -> char {
    match c {
        // Hyphens, dashes and the minus sign, among them the small and the full-width one.
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}' => '-',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFF01 + 0x21).unwrap_or(c),
        // Zero-width space, word joiner, byte order mark, which copies from a web page contain.
        '\u{200B}' | '\u{2060}' | '\u{FEFF}' => ' ',
        _ if c.is_whitespace() => ' ',
        _ => c,
    }
}
