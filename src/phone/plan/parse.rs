#![forbid(unsafe_code)]
//! From the digits that somebody dials to a number: libphonenumber's `parse`, from where its
//! text has become digits.
//!
//! A number dialled with a plus, or with the international prefix of the caller's region, says
//! its country calling code. So may one that begins with the region's own code and makes more
//! sense without it. Any other is a national number of the region. Then the national prefix
//! goes, where what is left still has a length of the plan.

use super::table::{Country, Plan};
use super::{Length, Region, Verdict, time_zones, verdict};

/// E.164 allows 15 digits in all; libphonenumber allows 17 after the country calling code,
/// since some countries have longer ones.
const MAX_NATIONAL: usize = 17;
const MIN_NATIONAL: usize = 2;
const MAX_CODE: usize = 3;

/// What is longer than this is too long, or refused for another reason, by its first so many
/// digits: no prefix that could be stripped comes near the difference to `MAX_NATIONAL`.
const HORIZON: usize = 64;

/// Why digits are no number: libphonenumber's `NumberParseException`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// No country calling code is where one has to be, or there is neither a plus nor a region.
    InvalidCountryCode,
    /// Fewer than two digits, or than three after a plus.
    NotANumber,
    /// There is an international prefix, and hardly anything after it.
    TooShortAfterIdd,
    /// Fewer than two digits after the country calling code.
    TooShortNsn,
    /// More than 17 digits after the country calling code.
    TooLong,
}

impl Refusal {
    /// Its name in libphonenumber, in snake_case.
    pub const fn name(self) -> &'static str {
        match self {
            Refusal::InvalidCountryCode => "invalid_country_code",
            Refusal::NotANumber => "not_a_number",
            Refusal::TooShortAfterIdd => "too_short_after_idd",
            Refusal::TooShortNsn => "too_short_nsn",
            Refusal::TooLong => "too_long",
        }
    }
}

/// A number: its country calling code and its national significant number, zeros and all.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Number {
    digits: [u8; MAX_CODE + MAX_NATIONAL],
    length: u8,
    code_length: u8,
    country_code: u16,
}

impl Number {
    fn new(country_code: u16, national: &[u8]) -> Number {
        let mut number = Number {
            digits: [0; MAX_CODE + MAX_NATIONAL],
            length: 0,
            code_length: 0,
            country_code,
        };
        for place in [100, 10, 1] {
            if country_code >= place {
                number.push(b'0' + (country_code / place % 10) as u8);
            }
        }
        number.code_length = number.length;
        for &digit in national {
            number.push(digit);
        }
        number
    }

    fn push(&mut self, digit: u8) {
        self.digits[usize::from(self.length)] = digit;
        self.length += 1;
    }

    /// Its country calling code.
    pub fn country_code(&self) -> u16 {
        self.country_code
    }

    /// The ASCII digits of its E.164 form, without the plus.
    pub fn digits(&self) -> &[u8] {
        &self.digits[..usize::from(self.length)]
    }

    /// The same as text.
    pub fn as_str(&self) -> &str {
        str::from_utf8(self.digits()).unwrap_or_default()
    }

    /// Its national significant number.
    pub fn national(&self) -> &str {
        let digits = self.as_str().get(usize::from(self.code_length)..);
        digits.unwrap_or_default()
    }

    /// What the plan says of it.
    pub fn verdict(&self) -> Verdict {
        verdict(self.digits())
    }

    /// The time zones where it may be, as [`time_zones`] tells them.
    pub fn time_zones(&self) -> impl ExactSizeIterator<Item = &'static str> + Clone {
        time_zones(self.digits())
    }
}

impl std::fmt::Debug for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Number(+{} {})", self.country_code, self.national())
    }
}

/// The digits left of others once a prefix is gone.
#[derive(Clone, Copy)]
enum Left<'a> {
    Cut(&'a [u8]),
    Rewritten([u8; HORIZON + 8], usize),
}

impl Left<'_> {
    fn digits(&self) -> &[u8] {
        match self {
            Left::Cut(digits) => digits,
            Left::Rewritten(digits, length) => &digits[..*length],
        }
    }
}

/// The number that digits make, `international` after a plus, else as dialled in a region.
///
/// ```
/// use predial::phone::plan::{Refusal, Region, parse};
/// let russia = Region::from_code("RU");
/// assert_eq!(parse(b"89123456789", false, russia).unwrap().as_str(), "79123456789");
/// assert_eq!(parse(b"8108412345678", false, russia).unwrap().country_code(), 84);
/// assert_eq!(parse(b"390236618300", true, None).unwrap().national(), "0236618300");
/// assert_eq!(parse(b"89123456789", false, None), Err(Refusal::InvalidCountryCode));
/// ```
///
/// # Errors
/// Where libphonenumber's `parse` raises, and for the same reason.
pub fn parse(
    digits: &[u8],
    international: bool,
    region: Option<Region>,
) -> Result<Number, Refusal> {
    if digits.len() < if international { 3 } else { 2 } {
        return Err(Refusal::NotANumber);
    }
    let digits = &digits[..digits.len().min(HORIZON)];
    let home = region.and_then(Region::plan);
    let dialled = if international {
        Some(after_plus(digits, home)?)
    } else {
        as_dialled(digits, home.ok_or(Refusal::InvalidCountryCode)?)?
    };
    let (plan, country_code, left) = match (dialled, home) {
        (Some((country, left)), _) => (country.plan(), country.code(), left),
        (None, Some(home)) => (home, home.country_code(), Left::Cut(digits)),
        (None, None) => return Err(Refusal::InvalidCountryCode),
    };
    let national = left.digits();
    if national.len() < MIN_NATIONAL {
        return Err(Refusal::TooShortNsn);
    }
    let stripped = without_national_prefix(national, plan);
    // A number that gets too short without its prefix may be a short number, and keeps it.
    let national = match Length::in_plan(plan, stripped.digits().len()) {
        Length::Possible | Length::TooLong => stripped.digits(),
        _ => national,
    };
    match national.len() {
        ..MIN_NATIONAL => Err(Refusal::TooShortNsn),
        MIN_NATIONAL..=MAX_NATIONAL => Ok(Number::new(country_code, national)),
        _ => Err(Refusal::TooLong),
    }
}

/// The country calling code after a plus, and what follows. Should there be none, the plus is
/// taken for a slip: the digits may begin with the region's international prefix.
fn after_plus(digits: &[u8], home: Option<Plan>) -> Result<(Country, Left<'_>), Refusal> {
    match international(digits) {
        Err(Refusal::InvalidCountryCode) => home
            .map_or(Ok(None), |home| as_dialled(digits, home))?
            .ok_or(Refusal::InvalidCountryCode),
        found => found,
    }
}

fn international(digits: &[u8]) -> Result<(Country, Left<'_>), Refusal> {
    if digits.len() <= MIN_NATIONAL {
        return Err(Refusal::TooShortAfterIdd);
    }
    let country = Country::of(digits).ok_or(Refusal::InvalidCountryCode)?;
    Ok((country, Left::Cut(&digits[country.code_length()..])))
}

/// The country calling code of digits dialled in a region, if they hold one, and what follows.
fn as_dialled(digits: &[u8], home: Plan) -> Result<Option<(Country, Left<'_>)>, Refusal> {
    if let Some(prefix) = home.international_prefix(digits) {
        let after = &digits[prefix.end..];
        // No country calling code begins with a zero.
        if after.first() != Some(&b'0') {
            return international(after).map(Some);
        }
    }
    let Some(country) = Country::of(digits).filter(|found| found.code() == home.country_code())
    else {
        return Ok(None);
    };
    let left = without_national_prefix(&digits[country.code_length()..], home);
    let better = !home.describes(digits) && home.describes(left.digits());
    let too_long = Length::in_plan(home, digits.len()) == Length::TooLong;
    Ok((better || too_long).then_some((country, left)))
}

/// National digits without the national prefix, carrier code or the like, if they have one; but
/// digits that fit the plan are left alone where they would not fit it without.
fn without_national_prefix(national: &[u8], plan: Plan) -> Left<'_> {
    let Some(prefix) = plan.national_prefix(national) else {
        return Left::Cut(national);
    };
    let rest = &national[prefix.end..];
    let left = match prefix.kept {
        None => Left::Cut(rest),
        Some((start, end)) => {
            let mut digits = [0; HORIZON + 8];
            let parts = [plan.inserted(), &national[start..end], rest];
            let mut length = 0;
            for (slot, &digit) in digits.iter_mut().zip(parts.into_iter().flatten()) {
                *slot = digit;
                length += 1;
            }
            Left::Rewritten(digits, length)
        }
    };
    if plan.describes(national) && !plan.describes(left.digits()) {
        return Left::Cut(national);
    }
    left
}
