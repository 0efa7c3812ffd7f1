#![forbid(unsafe_code)]
//! From dialled digits to a number: the part of libphonenumber's `parse` that comes after its text
//! has become digits.
//!
//! A number that is dialled with a plus, or with the international prefix of the caller's region,
//! contains its country calling code. So may a number that begins with the region's own code and
//! fits the plan better without it. Any other number is a national number of the region. Then the
//! national prefix is removed, if the rest still has a length of the plan.

use super::length::{Length, MAX_NATIONAL, MIN_NATIONAL};
use super::table::{Country, Opening, Plan};
use super::verdict::{PlanVerdict, Region, zone_list};

const MAX_CODE: usize = 3;

/// Digits after this many are not read. No one or two prefixes that could be removed are as long as
/// the difference to `MAX_NATIONAL`, so such a number is too long anyway, or refused for its
/// beginning.
const HORIZON: usize = 56;

/// A buffer for digits whose prefix was rewritten.
type Scratch = [u8; HORIZON + 8];

/// Why digits are not a number: libphonenumber's `NumberParseException`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParseRefusal {
    /// The country calling code is missing, or there is neither a plus nor a region.
    InvalidCountryCode,
    /// Fewer than two digits, or than three after a plus.
    NotANumber,
    /// There is an international prefix with too few digits after it.
    TooShortAfterIdd,
    /// Fewer than two digits after the country calling code.
    TooShortNsn,
    /// More than 17 digits after the country calling code.
    TooLong,
}

impl ParseRefusal {
    /// Its name in libphonenumber, in snake_case.
    pub const fn name(self) -> &'static str {
        match self {
            ParseRefusal::InvalidCountryCode => "invalid_country_code",
            ParseRefusal::NotANumber => "not_a_number",
            ParseRefusal::TooShortAfterIdd => "too_short_after_idd",
            ParseRefusal::TooShortNsn => "too_short_nsn",
            ParseRefusal::TooLong => "too_long",
        }
    }
}

/// A number: its country calling code, its national significant number with leading zeros, and the
/// plan's verdict.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ParsedNumber {
    digits: [u8; MAX_CODE + MAX_NATIONAL],
    length: u8,
    verdict: PlanVerdict,
}

impl ParsedNumber {
    /// `national` has no more than `MAX_NATIONAL` digits.
    fn new(country: Country, national: &[u8]) -> ParsedNumber {
        let mut digits = [0; MAX_CODE + MAX_NATIONAL];
        let (code, code_length) = country.code_digits();
        let length = code_length + national.len();
        digits[..MAX_CODE].copy_from_slice(&code);
        digits[code_length..length].copy_from_slice(national);
        ParsedNumber {
            digits,
            length: length as u8,
            verdict: PlanVerdict::new(country, country.outcome(national)),
        }
    }

    /// Its country calling code.
    pub fn country_code(&self) -> u16 {
        self.verdict.country_code
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
        let digits = self.as_str().get(usize::from(self.verdict.code_len)..);
        digits.unwrap_or_default()
    }

    /// The plan's verdict.
    pub fn verdict(&self) -> PlanVerdict {
        self.verdict
    }

    /// The time zones where it may be: [`super::time_zones`].
    pub fn time_zones(&self) -> impl ExactSizeIterator<Item = &'static str> + Clone {
        zone_list(self.digits(), self.verdict.kind).names()
    }
}

impl std::fmt::Debug for ParsedNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "ParsedNumber(+{} {})",
            self.country_code(),
            self.national()
        )
    }
}

/// The number that the digits mean: `international` after a plus, otherwise as dialled in a region.
///
/// ```
/// use predial::phone::plan::{ParseRefusal, Region, parse};
/// let russia = Region::from_code("RU");
/// assert_eq!(parse(b"89123456789", false, russia).unwrap().as_str(), "79123456789");
/// assert_eq!(parse(b"8108412345678", false, russia).unwrap().country_code(), 84);
/// assert_eq!(parse(b"390236618300", true, None).unwrap().national(), "0236618300");
/// assert_eq!(parse(b"89123456789", false, None), Err(ParseRefusal::InvalidCountryCode));
/// ```
///
/// # Errors
/// The same errors as libphonenumber's `parse`, for the same digits.
pub fn parse(
    digits: &[u8],
    international: bool,
    region: Option<Region>,
) -> Result<ParsedNumber, ParseRefusal> {
    if digits.len() < if international { 3 } else { 2 } {
        return Err(ParseRefusal::NotANumber);
    }
    let digits = &digits[..digits.len().min(HORIZON)];
    let home = region.and_then(Region::plan);
    let (mut before, mut after): (Scratch, Scratch) = ([0; _], [0; _]);
    let said = match home {
        _ if international => Some(after_plus(digits, home, &mut before)?),
        Some(home) => as_dialled(digits, home, &mut before)?,
        None => return Err(ParseRefusal::InvalidCountryCode),
    };
    let (country, plan, national) = match (said, home) {
        (Some((country, national)), _) => (country, country.plan(), national),
        (None, Some(home)) => (home.country(), home, digits),
        (None, None) => return Err(ParseRefusal::InvalidCountryCode),
    };
    number_of(country, plan, national, &mut after)
}

/// The number that the digits mean inside a region, even if they begin with its international
/// prefix.
///
/// # Errors
/// There are too few or too many digits.
pub(crate) fn parse_inside(digits: &[u8], region: Region) -> Result<ParsedNumber, ParseRefusal> {
    let plan = region.plan().ok_or(ParseRefusal::InvalidCountryCode)?;
    let digits = &digits[..digits.len().min(HORIZON)];
    number_of(plan.country(), plan, digits, &mut [0; _])
}

/// Whether digits without a plus are dialled inside a region: they begin neither with its
/// international prefix nor with its own calling code.
pub(crate) fn is_dialled_inside(digits: &[u8], region: Region) -> bool {
    let digits = &digits[..digits.len().min(HORIZON)];
    let said = region
        .plan()
        .map(|home| as_dialled(digits, home, &mut [0; _]).map(|said| said.is_some()));
    said == Some(Ok(false))
}

/// Whether digits begin with a national prefix or carrier code of a country, and leave a number
/// without it.
pub(crate) fn has_national_prefix(digits: &[u8], country_code: u16) -> bool {
    let code = country_code.to_string();
    let digits = &digits[..digits.len().min(HORIZON)];
    Opening::of(code.as_bytes()).is_some_and(|opening| {
        let plan = opening.country.plan();
        let left = without_national_prefix(digits, plan, &mut [0; _]).len();
        left != digits.len()
            || plan
                .national_prefix(digits)
                .is_some_and(|prefix| prefix.end == 0)
    })
}

/// The number of a country whose national digits may begin with a national prefix.
fn number_of(
    country: Country,
    plan: Plan,
    national: &[u8],
    scratch: &mut Scratch,
) -> Result<ParsedNumber, ParseRefusal> {
    if national.len() < MIN_NATIONAL {
        return Err(ParseRefusal::TooShortNsn);
    }
    let stripped = without_national_prefix(national, plan, scratch);
    // A number that is too short without its prefix may be a short number, so it keeps the prefix.
    let national = match Length::in_plan(plan, stripped.len()) {
        Length::Possible | Length::TooLong => stripped,
        _ => national,
    };
    match national.len() {
        ..MIN_NATIONAL => Err(ParseRefusal::TooShortNsn),
        MIN_NATIONAL..=MAX_NATIONAL => Ok(ParsedNumber::new(country, national)),
        _ => Err(ParseRefusal::TooLong),
    }
}

/// A country, and the digits after its calling code.
type CountryAndRest<'a> = (Country, &'a [u8]);

/// The country calling code after a plus, and the rest. If there is no such code, the plus counts
/// as a mistake: the digits may begin with the region's international prefix.
fn after_plus<'a>(
    digits: &'a [u8],
    home: Option<Plan>,
    scratch: &'a mut Scratch,
) -> Result<CountryAndRest<'a>, ParseRefusal> {
    match (international(digits), home) {
        (Err(ParseRefusal::InvalidCountryCode), Some(home)) => {
            as_dialled(digits, home, scratch)?.ok_or(ParseRefusal::InvalidCountryCode)
        }
        (found, _) => found,
    }
}

fn international(digits: &[u8]) -> Result<CountryAndRest<'_>, ParseRefusal> {
    if digits.len() <= MIN_NATIONAL {
        return Err(ParseRefusal::TooShortAfterIdd);
    }
    let opening = Opening::of(digits).ok_or(ParseRefusal::InvalidCountryCode)?;
    Ok((opening.country, &digits[opening.code_length..]))
}

/// The country calling code of digits dialled in a region, if they contain one, and the rest.
fn as_dialled<'a>(
    digits: &'a [u8],
    home: Plan,
    scratch: &'a mut Scratch,
) -> Result<Option<CountryAndRest<'a>>, ParseRefusal> {
    if let Some(prefix) = home.international_prefix(digits) {
        let after = &digits[prefix.end..];
        // No country calling code begins with a zero.
        if after.first() != Some(&b'0') {
            return international(after).map(Some);
        }
    }
    let Some(opening) =
        Opening::of(digits).filter(|found| found.country.code() == home.country().code())
    else {
        return Ok(None);
    };
    let left = without_national_prefix(&digits[opening.code_length..], home, scratch);
    let better = !home.describes(digits) && home.describes(left);
    let too_long = Length::in_plan(home, digits.len()) == Length::TooLong;
    Ok((better || too_long).then_some((opening.country, left)))
}

/// National digits without their national prefix or carrier code. Digits that fit the plan only
/// with the prefix keep it.
fn without_national_prefix<'a>(
    national: &'a [u8],
    plan: Plan,
    scratch: &'a mut Scratch,
) -> &'a [u8] {
    let Some(prefix) = plan.national_prefix(national) else {
        return national;
    };
    let rest = &national[prefix.end..];
    let left = match prefix.kept {
        None => rest,
        Some((start, end)) => {
            let parts = [plan.inserted(), &national[start..end], rest];
            let mut length = 0;
            for (slot, &digit) in scratch.iter_mut().zip(parts.into_iter().flatten()) {
                *slot = digit;
                length += 1;
            }
            &scratch[..length]
        }
    };
    if plan.describes(national) && !plan.describes(left) {
        return national;
    }
    left
}
