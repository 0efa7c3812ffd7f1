//! Splits a text into the parts of an offset, in any spelling.

use std::borrow::Cow;

use super::at::RegionsAt;
use super::offset::{self, OffsetError, OffsetPrefix};

/// A sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Plus,
    Minus,
}

/// The parts of an offset, in any spelling.
#[derive(Debug)]
pub(super) struct LooseOffset<'t> {
    pub prefix: OffsetPrefix,
    /// Whether a space follows the prefix.
    pub spaced: bool,
    pub sign: Option<Sign>,
    /// The rest of the text.
    pub hours: &'t [u8],
}

/// The value of hours in seconds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum LooseSize {
    /// They are hours, perhaps with minutes and seconds.
    Clock(Result<i32, OffsetError>),
    /// They are a decimal number: each meaning of the digits after the point, as a fraction of an
    /// hour and as minutes.
    Decimal(Vec<i32>),
    /// They are something else.
    None,
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

    /// The value of the hours in seconds, without the sign.
    pub(super) fn size(&self) -> LooseSize {
        if self.is_bare_number() {
            return LooseSize::None;
        }
        if let Some(readings) = decimal(self.hours) {
            return readings;
        }
        match offset::unsigned(&two_digit_hour(self.hours)) {
            Err(OffsetError::Shape) => LooseSize::None,
            size => LooseSize::Clock(size),
        }
    }

    /// The seconds of the offset with its sign, if it has exactly one meaning: a decimal number is
    /// read as an offset that some zone has.
    pub(super) fn in_use(&self, at: RegionsAt<'_>) -> Option<i32> {
        match self.size() {
            LooseSize::Clock(size) => Some(self.signed(size.ok()?)),
            LooseSize::Decimal(_) => match *self.readings_in_use(at) {
                [seconds] => Some(seconds),
                _ => None,
            },
            LooseSize::None => None,
        }
    }

    /// The meanings of the hours, with their sign, that are offsets of some zone.
    pub(super) fn readings_in_use(&self, at: RegionsAt<'_>) -> Vec<i32> {
        let readings = match self.size() {
            LooseSize::Clock(size) => size.into_iter().collect(),
            LooseSize::Decimal(readings) => readings,
            LooseSize::None => Vec::new(),
        };
        let signed = readings.into_iter().map(|size| self.signed(size));
        signed.filter(|&seconds| at.is_in_use(seconds)).collect()
    }

    /// These seconds, with the sign of the text.
    pub(super) fn signed(&self, size: i32) -> i32 {
        match self.sign {
            Some(Sign::Minus) => -size,
            Some(Sign::Plus) | None => size,
        }
    }

    /// Whether the text is six digits and nothing else, which may be any number.
    fn is_bare_number(&self) -> bool {
        let bare = self.prefix == OffsetPrefix::None && self.sign.is_none();
        bare && self.hours.len() == 6 && self.hours.iter().all(u8::is_ascii_digit)
    }
}

/// `3:00` as `03:00`; any other text unchanged.
fn two_digit_hour(hours: &[u8]) -> Cow<'_, [u8]> {
    match hours {
        [digit, b':', ..] if digit.is_ascii_digit() => [b"0", hours].concat().into(),
        _ => hours.into(),
    }
}

/// The meanings of decimal hours.
fn decimal(hours: &[u8]) -> Option<LooseSize> {
    /// Databases write `5.500000`.
    const MOST_DIGITS: usize = 6;
    let point = hours.iter().position(|byte| matches!(byte, b'.' | b','))?;
    let (whole, fraction) = (&hours[..point], &hours[point + 1..]);
    let digits = |part: &[u8], most: usize| {
        (1..=most).contains(&part.len()) && part.iter().all(u8::is_ascii_digit)
    };
    if !digits(whole, 2) || !digits(fraction, MOST_DIGITS) {
        return None;
    }
    let whole = number(whole);
    if let Err(range) = offset::in_range(whole, 0, 0) {
        return Some(LooseSize::Clock(Err(range)));
    }
    let parts = 10_i32.pow(fraction.len() as u32);
    let of_hour = number(fraction) * 60;
    let of_hour = (of_hour % parts == 0).then_some(of_hour / parts);
    let as_minutes = (fraction.len() == 2).then(|| number(fraction));
    let mut readings: Vec<i32> = [of_hour, as_minutes]
        .into_iter()
        .flatten()
        .filter_map(|minutes| offset::in_range(whole, minutes, 0).ok())
        .collect();
    readings.dedup();
    Some(LooseSize::Decimal(readings))
}

fn number(digits: &[u8]) -> i32 {
    let add = |sum, digit: &u8| sum * 10 + i32::from(digit - b'0');
    digits.iter().fold(0, add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_have_one_meaning_or_two() {
        for (hours, readings) in [
            ("5.5", vec![19_800]),
            ("5,75", vec![20_700]),
            ("5.50", vec![19_800, 21_000]),
            ("5.30", vec![19_080, 19_800]),
            ("3.00", vec![10_800]),
            ("3.000000", vec![10_800]),
            ("5.333333", vec![]),
            ("5.99", vec![]),
        ] {
            let reading = LooseOffset::of(hours.as_bytes());
            assert_eq!(reading.size(), LooseSize::Decimal(readings), "{hours}");
        }
        for none in ["5.", ".5", "123.5", "5.0000000"] {
            assert_eq!(
                LooseOffset::of(none.as_bytes()).size(),
                LooseSize::None,
                "{none}"
            );
        }
    }
}
