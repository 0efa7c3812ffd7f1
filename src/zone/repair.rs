//! Repair: what was surely meant by a text that is no gmtZone.
//!
//! Nothing is repaired unless one reading is left:
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

use super::offset::{self, Refused};
use super::{Prefix, Regions, Zone, diagnose};
use crate::Fault;

/// The easternmost offset in use, in seconds.
const EASTERNMOST: i32 = 14 * 3600;

/// The zone that was surely meant by a text that is not valid, or why there is none.
pub(super) fn mend<'r>(text: &str, regions: &'r Regions) -> Result<Zone<'r>, Fault> {
    let plain = to_ascii_forms(text);
    let clean = plain.trim_matches(is_space);
    let upper = clean.to_ascii_uppercase();
    let mended = Zone::parse_offset(&upper)
        .or_else(|| region(clean, regions))
        .or_else(|| loose_offset(upper.as_bytes()));
    mended.ok_or_else(|| {
        let lead = plain.chars().take_while(|&c| is_space(c)).count();
        diagnose::hopeless(clean, lead, regions)
    })
}

fn region<'r>(clean: &str, regions: &'r Regions) -> Option<Zone<'r>> {
    regions
        .get_loosely(clean)
        .filter(|region| region.is_usable())
        .map(Zone::of_region)
}

fn loose_offset(upper: &[u8]) -> Option<Zone<'static>> {
    let reading = Reading::of(upper);
    let size = reading.size()?.ok()?;
    let seconds = match (reading.sign, reading.prefix) {
        (Some(Sign::Minus), _) => -size,
        (Some(Sign::Plus), _) => size,
        (None, Prefix::None) if size <= EASTERNMOST => size,
        (None, Prefix::Utc | Prefix::Gmt | Prefix::Ut) if reading.spaced || size == 0 => size,
        (None, _) => return None,
    };
    Some(Zone::of_offset(reading.prefix, seconds))
}

/// A sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Plus,
    Minus,
}

/// A text taken apart as an offset, however it is written.
#[derive(Debug)]
pub(super) struct Reading<'t> {
    pub prefix: Prefix,
    /// Whether a space follows the prefix.
    pub spaced: bool,
    pub sign: Option<Sign>,
    /// All the rest.
    pub hours: &'t [u8],
}

impl<'t> Reading<'t> {
    /// The parts of a text without spaces around it, in upper case.
    pub(super) fn of(upper: &'t [u8]) -> Self {
        let (prefix, rest) = offset::split_prefix(upper);
        let signed = rest.trim_ascii_start();
        let (sign, hours) = match signed {
            [b'+', hours @ ..] => (Some(Sign::Plus), hours.trim_ascii_start()),
            [b'-', hours @ ..] => (Some(Sign::Minus), hours.trim_ascii_start()),
            _ => (None, signed),
        };
        Reading {
            prefix,
            spaced: signed.len() < rest.len(),
            sign,
            hours,
        }
    }

    /// The seconds that the hours come to, whatever their sign; `None` where they are no hours.
    pub(super) fn size(&self) -> Option<Result<i32, Refused>> {
        if self.is_bare_number() {
            return None;
        }
        if let Some((hours, minutes)) = decimal(self.hours) {
            return Some(offset::in_range(hours, minutes, 0));
        }
        match offset::unsigned(&two_digit_hour(self.hours)) {
            Err(Refused::Shape) => None,
            size => Some(size),
        }
    }

    /// Whether the text is six digits and nothing else, which may be any number.
    fn is_bare_number(&self) -> bool {
        let bare = self.prefix == Prefix::None && self.sign.is_none();
        bare && self.hours.len() == 6 && self.hours.iter().all(u8::is_ascii_digit)
    }
}

/// `3:00` as `03:00`; anything else as it is.
fn two_digit_hour(hours: &[u8]) -> Cow<'_, [u8]> {
    match hours {
        [digit, b':', ..] if digit.is_ascii_digit() => [b"0", hours].concat().into(),
        _ => hours.into(),
    }
}

/// Hours and minutes of decimal hours, if the fraction is none that minutes could be.
fn decimal(hours: &[u8]) -> Option<(i32, i32)> {
    let point = hours.iter().position(|byte| matches!(byte, b'.' | b','))?;
    let minutes = match &hours[point + 1..] {
        b"0" | b"00" => 0,
        b"5" => 30,
        b"75" => 45,
        _ => return None,
    };
    let whole = &hours[..point];
    let plain = (1..=2).contains(&whole.len()) && whole.iter().all(u8::is_ascii_digit);
    plain.then(|| {
        let hours = whole
            .iter()
            .fold(0, |sum, digit| sum * 10 + i32::from(digit - b'0'));
        (hours, minutes)
    })
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
