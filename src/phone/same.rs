//! Whether two texts mean the same number: libphonenumber's `is_number_match`.

use super::plan::Region;
use super::{Phone, PhoneOptions, refuse, text};
use crate::Fault;

/// How much two numbers have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneMatch {
    /// The country calling code and all digits after it.
    Exact,
    /// All digits after the country calling code; one text has no code.
    Nsn,
    /// One ends with the other, and the calling codes do not differ.
    ShortNsn,
    /// Not enough to be one number.
    No,
}

impl PhoneMatch {
    /// `exact`, `nsn`, `short-nsn` or `no`.
    pub const fn name(self) -> &'static str {
        match self {
            PhoneMatch::Exact => "exact",
            PhoneMatch::Nsn => "nsn",
            PhoneMatch::ShortNsn => "short-nsn",
            PhoneMatch::No => "no",
        }
    }
}

/// Whether two texts mean the same number. With a region both are read as dialled there. Without one,
/// a text without a plus is read in the other's country, and has no code if neither has a plus.
///
/// ```
/// use predial::phone::{self, PhoneMatch, same_phone};
/// let russia = phone::region("RU");
/// assert_eq!(same_phone("+7 911 000-00-00", "8 911 0000000", russia)?, PhoneMatch::Exact);
/// assert_eq!(same_phone("+7 911 000-00-00", "9110000000", None)?, PhoneMatch::Nsn);
/// assert_eq!(same_phone("+7 911 000-00-00", "0000000", None)?, PhoneMatch::ShortNsn);
/// assert_eq!(same_phone("+7 911 000-00-00", "+7 911 000-00-01", None)?, PhoneMatch::No);
/// # Ok::<(), predial::Fault>(())
/// ```
///
/// # Errors
///
/// The rule that one of the texts breaks.
pub fn same_phone(first: &str, second: &str, region: Option<Region>) -> Result<PhoneMatch, Fault> {
    if let Some(region) = region {
        let both = (
            Phone::parse_in(first, region)?,
            Phone::parse_in(second, region)?,
        );
        return Ok(of_numbers(&both.0, &both.1));
    }
    let options = PhoneOptions::default();
    let read =
        |text| text::read(text).map_err(|unread| refuse::unread(text, unread, Some(&options)));
    let (one, other) = (read(first)?, read(second)?);
    match (one.plus, other.plus) {
        (true, true) => Ok(of_numbers(&Phone::parse(first)?, &Phone::parse(second)?)),
        (true, false) => with_code(&Phone::parse(first)?, second),
        (false, true) => with_code(&Phone::parse(second)?, first),
        (false, false) => Ok(of_digits(one.digits(), other.digits())),
    }
}

/// A number and a text that has no plus.
fn with_code(number: &Phone, text: &str) -> Result<PhoneMatch, Fault> {
    let main = Region::main_of(number.country_code()).filter(|main| main.country_code().is_some());
    let Some(main) = main else {
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
        return Ok(of_digits(number.national_number().as_bytes(), &digits));
    };
    let found = of_numbers(number, &Phone::parse_in(text, main)?);
    Ok(match found {
        PhoneMatch::Exact => PhoneMatch::Nsn,
        other => other,
    })
}

fn of_numbers(first: &Phone, second: &Phone) -> PhoneMatch {
    if first.country_code() != second.country_code() {
        return PhoneMatch::No;
    }
    let national = |phone: &Phone| phone.national_number().as_bytes().to_vec();
    match of_digits(&national(first), &national(second)) {
        PhoneMatch::Nsn => PhoneMatch::Exact,
        other => other,
    }
}

/// Numbers of the same country, or of an unknown one. Leading zeros count only for equality.
fn of_digits(first: &[u8], second: &[u8]) -> PhoneMatch {
    if first == second {
        return PhoneMatch::Nsn;
    }
    let (first, second) = (without_zeros(first), without_zeros(second));
    match first.ends_with(second) || second.ends_with(first) {
        true => PhoneMatch::ShortNsn,
        false => PhoneMatch::No,
    }
}

/// The digits without leading zeros.
fn without_zeros(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
    &digits[zeros.min(digits.len().saturating_sub(1))..]
}
