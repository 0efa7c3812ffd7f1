//! Repair: what was surely meant by a text that is not a gmtZone.
//!
//! A text is repaired only if one reading is left:
//!
//! ```text
//! repairable = clean / [prefix] *SP sign *SP hours / prefix 1*SP hours / hours / prefix zero
//! hours      = h / hh / hhmm / hhmmss / [h]h:mm[:ss] / [h]h ("." / ",") fraction
//! fraction   = "0" / "00" / "5" / "75"   ; of an hour
//! zero       = hours that come to nothing
//! ```
//!
//! - *clean* is a valid gmtZone once spaces around it are gone, dashes and full-width forms are
//!   ASCII, letters have their case, and in a region spaces are underscores.
//! - `prefix 1*SP hours`: a form decoder made a space of the plus. There is no other way to
//!   lose a sign and gain a space.
//! - Hours without prefix and sign go up to 14:00, the easternmost offset there is. Beyond that
//!   a bare number is more likely minutes, or no zone at all; and bare `hhmmss` is a number
//!   like any other. All else goes up to 18:00, as in the grammar.
//! - The fractions are those which can't be minutes as well: `5.30` and `5.50` may be either.
//! - `UTC3` is west by POSIX and east to people, so only `UTC0` is repaired.
//! - `+300` is three hours to some and 300 minutes to others: never.

use std::borrow::Cow;

use super::loose::{LooseOffset, Sign};
use super::offset::OffsetPrefix;
use super::regions::Regions;
use super::value::Zone;

/// The easternmost offset in use, in seconds.
const EASTERNMOST: i32 = 14 * 3600;

/// The zone that was surely meant by a text that is not valid, if there is one.
pub(super) fn mend<'r>(text: &str, regions: &'r Regions) -> Option<Zone<'r>> {
    let plain = to_ascii_forms(text);
    let clean = plain.trim_matches(is_space);
    let upper = clean.to_ascii_uppercase();
    Zone::parse_offset(&upper)
        .or_else(|| region(clean, regions))
        .or_else(|| loose_offset(upper.as_bytes()))
}

/// A text in ASCII forms and without the spaces around it, and how many characters were before that.
pub(super) fn cleaned(text: &str) -> (String, usize) {
    let plain = to_ascii_forms(text);
    let lead = plain.chars().take_while(|&c| is_space(c)).count();
    (plain.trim_matches(is_space).to_owned(), lead)
}

fn region<'r>(clean: &str, regions: &'r Regions) -> Option<Zone<'r>> {
    regions
        .get_loosely(clean)
        .filter(|region| region.is_usable())
        .map(Zone::of_region)
}

fn loose_offset(upper: &[u8]) -> Option<Zone<'static>> {
    let reading = LooseOffset::of(upper);
    let size = reading.size()?.ok()?;
    let seconds = match (reading.sign, reading.prefix) {
        (Some(Sign::Minus), _) => -size,
        (Some(Sign::Plus), _) => size,
        (None, OffsetPrefix::None) if size <= EASTERNMOST => size,
        (None, OffsetPrefix::Utc | OffsetPrefix::Gmt | OffsetPrefix::Ut)
            if reading.spaced || size == 0 =>
        {
            size
        }
        (None, _) => return None,
    };
    Some(Zone::of_offset(reading.prefix, seconds))
}

/// The text with dashes, spaces and full-width forms in ASCII, a character for a character.
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
        // Zero-width space, word joiner, byte order mark: what copying from a page leaves.
        '\u{200B}' | '\u{2060}' | '\u{FEFF}' => ' ',
        _ if c.is_whitespace() => ' ',
        _ => c,
    }
}

fn is_space(c: char) -> bool {
    c.is_whitespace()
}
