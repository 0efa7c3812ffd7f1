//! A text taken apart as an offset, however it is written.

use std::borrow::Cow;

use super::offset::{self, OffsetError, OffsetPrefix};

/// A sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Plus,
    Minus,
}

/// A text taken apart as an offset, however it is written.
#[derive(Debug)]
pub(super) struct LooseOffset<'t> {
    pub prefix: OffsetPrefix,
    /// Whether a space follows the prefix.
    pub spaced: bool,
    pub sign: Option<Sign>,
    /// All the rest.
    pub hours: &'t [u8],
}

impl<'t> LooseOffset<'t> {
    /// The parts of a text without spaces around it, in upper case.
    pub(super) fn of(upper: &'t [u8]) -> Self {
        let (prefix, rest) = offset::split_prefix(upper);
        let signed = rest.trim_ascii_start();
        let (sign, hours) = match signed {
            [b'+', hours @ ..] => (Some(Sign::Plus), hours.trim_ascii_start()),
            [b'-', hours @ ..] => (Some(Sign::Minus), hours.trim_ascii_start()),
            _ => (None, signed),
        };
        LooseOffset {
            prefix,
            spaced: signed.len() < rest.len(),
            sign,
            hours,
        }
    }

    /// The seconds that the hours come to, whatever their sign; `None` if they are not hours.
    pub(super) fn size(&self) -> Option<Result<i32, OffsetError>> {
        if self.is_bare_number() {
            return None;
        }
        if let Some((hours, minutes)) = decimal(self.hours) {
            return Some(offset::in_range(hours, minutes, 0));
        }
        match offset::unsigned(&two_digit_hour(self.hours)) {
            Err(OffsetError::Shape) => None,
            size => Some(size),
        }
    }

    /// Whether the text is six digits and nothing else, which may be any number.
    fn is_bare_number(&self) -> bool {
        let bare = self.prefix == OffsetPrefix::None && self.sign.is_none();
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

/// Hours and minutes of decimal hours, if the fraction cannot be minutes.
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
