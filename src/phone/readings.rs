//! Which phone a text means: the international reading of its digits or the national one.
//!
//! Digits without a plus may begin with a country calling code, or be what somebody dials inside
//! a region. Given the region, both readings are made, and ranked: a valid number beats one that
//! is only possible, and that beats any other; two of the same rank are ambiguous. Without a
//! region nothing is taken for national; but digits that look so are refused, and not sent to
//! another country.

use super::Phone;
use super::glance::Written;
use super::plan::{self, Length, NumberType, Refusal, Region};
use super::text::Dialled;
use crate::Rule;

/// How much of the numbering plan a phone has to comply with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    /// It parses: a country calling code, and at most 15 digits.
    E164,
    /// Its country has numbers of its length, that can be dialled from everywhere.
    #[default]
    Possible,
    /// It lies in a range that its country has assigned.
    Valid,
}

impl Level {
    /// Every level, the most lenient first.
    pub const ALL: [Level; 3] = [Level::E164, Level::Possible, Level::Valid];

    /// `e164`, `possible` or `valid`.
    pub const fn name(self) -> &'static str {
        match self {
            Level::E164 => "e164",
            Level::Possible => "possible",
            Level::Valid => "valid",
        }
    }

    /// The level of that name.
    ///
    /// ```
    /// use predial::phone::Level;
    /// assert_eq!(Level::from_name("valid"), Some(Level::Valid));
    /// assert_eq!(Level::from_name("Valid"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Level> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

/// One of the two ways to read digits without a plus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// As dialled in the region.
    National,
    /// As beginning with a country calling code.
    International,
}

impl Reading {
    /// Both readings.
    pub const ALL: [Reading; 2] = [Reading::National, Reading::International];

    /// `national` or `international`.
    pub const fn name(self) -> &'static str {
        match self {
            Reading::National => "national",
            Reading::International => "international",
        }
    }

    /// The reading of that name.
    pub fn from_name(name: &str) -> Option<Reading> {
        Self::ALL.into_iter().find(|reading| reading.name() == name)
    }
}

/// What a caller may ask of [`super::settle`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Where national numbers are dialled; none are read without. See [`super::region`].
    pub region: Option<Region>,
    /// What an ambiguous text is taken for; it is refused without.
    pub prefer: Option<Reading>,
    /// What a phone has to comply with.
    pub level: Level,
}

/// The phone that a text means, and what is to be said beside it.
#[derive(Clone, Copy)]
pub(super) struct Decided {
    pub phone: Phone,
    pub maybe_national: bool,
}

/// Why no phone is meant.
pub(super) enum Undecided {
    /// The digits are no number.
    Refused(Refusal),
    /// They are a number that has more digits than ITU E.164 allows.
    TooManyDigits,
    /// They are written for dialling inside a country; the number there, if it is likely.
    National(Option<Phone>),
    /// Both readings are as good.
    Ambiguous {
        national: Phone,
        international: Phone,
    },
    /// The phone is not what the level asks for.
    Level(Phone, Rule),
}

/// Decides between the readings, and holds the phone to the level.
pub(super) fn decide(dialled: &Dialled, options: &Options) -> Result<Decided, Undecided> {
    let decided = match options.region {
        _ if dialled.plus => Decided {
            phone: international(dialled)?,
            maybe_national: false,
        },
        Some(region) => Decided {
            phone: between_readings(dialled, region, options.prefer)?,
            maybe_national: false,
        },
        None => without_region(dialled)?,
    };
    match broken_rule(&decided.phone, options.level) {
        Some(rule) => Err(Undecided::Level(decided.phone, rule)),
        None => Ok(decided),
    }
}

/// The phone of a text that is settled at a glance, and whether the text is nothing but its
/// digits.
#[inline(always)]
pub(super) fn plain(text: &[u8], options: &Options) -> Option<(Phone, bool)> {
    let written = Written::of(text)?;
    if written.len == 0 || !written.is_international(options) {
        return None;
    }
    let digits = written.bytes();
    let phone = Phone {
        digits,
        len: written.len as u8,
        verdict: plan::verdict_as_it_stands(&digits[..written.len])?,
    };
    complies(&phone, options.level).then_some((phone, written.is_plain()))
}

/// The digits as an international number; a leading `00` stands for the plus.
pub(super) fn international(dialled: &Dialled) -> Result<Phone, Undecided> {
    if dialled.local {
        return Err(Undecided::National(None));
    }
    let digits = dialled.digits();
    let digits = match digits {
        [b'0', b'0', rest @ ..] if !dialled.plus => rest,
        _ => digits,
    };
    phone(digits, true, None)
}

/// libphonenumber's `parse`, cut down to E.164.
pub(super) fn phone(
    digits: &[u8],
    international: bool,
    region: Option<Region>,
) -> Result<Phone, Undecided> {
    if international && let Some(verdict) = plan::verdict_as_it_stands(digits) {
        return Phone::new(digits, verdict).ok_or(Undecided::TooManyDigits);
    }
    let number = plan::parse(digits, international, region).map_err(Undecided::Refused)?;
    Phone::of_number(&number).ok_or(Undecided::TooManyDigits)
}

fn between_readings(
    dialled: &Dialled,
    region: Region,
    prefer: Option<Reading>,
) -> Result<Phone, Undecided> {
    let national = phone(dialled.digits(), false, Some(region));
    let (national, international) = match (national, international(dialled)) {
        (Ok(national), Ok(international)) => (national, international),
        (Ok(phone), Err(_)) | (Err(_), Ok(phone)) => return Ok(phone),
        (Err(undecided), Err(_)) => return Err(undecided),
    };
    if rank(&national) != rank(&international) {
        return Ok(if rank(&national) > rank(&international) {
            national
        } else {
            international
        });
    }
    match prefer {
        _ if national == international => Ok(national),
        Some(Reading::National) => Ok(national),
        Some(Reading::International) => Ok(international),
        None => Err(Undecided::Ambiguous {
            national,
            international,
        }),
    }
}

fn rank(phone: &Phone) -> u8 {
    u8::from(phone.is_possible()) + u8::from(phone.is_valid())
}

fn without_region(dialled: &Dialled) -> Result<Decided, Undecided> {
    if dialled.lone_trunk {
        return Err(Undecided::National(in_likely_region(dialled.digits())));
    }
    let international = international(dialled);
    match (international, russian(dialled.digits())) {
        (Ok(phone), None) => Ok(Decided {
            phone,
            maybe_national: false,
        }),
        (Ok(phone), Some(_)) if phone.is_valid() => Ok(Decided {
            phone,
            maybe_national: true,
        }),
        (_, Some(likely)) => Err(Undecided::National(Some(likely))),
        (Err(undecided), None) => Err(undecided),
    }
}

/// The valid number that eleven digits are which begin with 8, the trunk prefix of Russia and
/// Kazakhstan, once their country calling code stands in its place.
pub(super) fn russian(digits: &[u8]) -> Option<Phone> {
    let [b'8', national @ ..] = digits else {
        return None;
    };
    let mut international = [b'7'; 11];
    if national.len() != 10 {
        return None;
    }
    international[1..].copy_from_slice(national);
    let phone = phone(&international, true, None).ok()?;
    phone.is_valid().then_some(phone)
}

/// The number after a lone trunk digit in the first likely region where it is valid.
fn in_likely_region(digits: &[u8]) -> Option<Phone> {
    let in_region = |code| {
        let phone = phone(digits, false, Some(Region::from_code(code)?)).ok()?;
        phone.is_valid().then_some(phone)
    };
    // Where the trunk prefix is 8; a 0 is one in half of the world.
    match digits {
        [b'8', ..] => russian(digits).or_else(|| in_region("BY")),
        _ => None,
    }
}

/// Whether a phone is what a level asks for.
#[inline(always)]
fn complies(phone: &Phone, level: Level) -> bool {
    match level {
        Level::E164 => true,
        Level::Possible => phone.length() == Length::Possible,
        Level::Valid => phone.is_valid(),
    }
}

/// The rule that a phone breaks at a level.
fn broken_rule(phone: &Phone, level: Level) -> Option<Rule> {
    if complies(phone, level) {
        return None;
    }
    match phone.length() {
        Length::Possible => Some(Rule::PhoneNotInPlan),
        Length::LocalOnly => Some(Rule::PhoneLocalOnly),
        Length::TooShort => Some(Rule::PhoneTooShort),
        Length::TooLong => Some(Rule::PhoneTooLong),
        Length::InvalidLength => Some(Rule::PhoneLength),
        Length::InvalidCountryCode => Some(Rule::PhoneCountryCode),
    }
}

/// Whether calls to the number cost more than calls of its kind.
pub(super) fn is_costly(phone: &Phone) -> bool {
    matches!(
        phone.kind(),
        Some(NumberType::PremiumRate | NumberType::SharedCost)
    )
}
