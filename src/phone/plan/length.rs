//! The lengths of numbers.

/// E.164 allows 15 digits in all; libphonenumber allows 17 after the country calling code, because
/// some countries have longer numbers.
pub(super) const MAX_NATIONAL: usize = 17;

pub(super) const MIN_NATIONAL: usize = 2;

/// How many digits a number may have after its country calling code.
pub(super) const NATIONAL_LENGTHS: std::ops::RangeInclusive<usize> = MIN_NATIONAL..=MAX_NATIONAL;

/// What a number's length shows: libphonenumber's `is_possible_number_with_reason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Length {
    /// Numbers of the country have this length.
    Possible,
    /// A number of this length can be dialled within its area only, without the area code.
    LocalOnly,
    /// Shorter than every number of the country.
    TooShort,
    /// Longer than every number of the country.
    TooLong,
    /// Between two lengths of the country, and not one of its lengths.
    InvalidLength,
    /// The digits do not begin with a country calling code.
    InvalidCountryCode,
}

impl Length {
    /// The values as the table numbers them; the table does not use the last three.
    pub(super) const IN_TABLE: [Length; 8] = [
        Length::Possible,
        Length::LocalOnly,
        Length::TooShort,
        Length::TooLong,
        Length::InvalidLength,
        Length::InvalidCountryCode,
        Length::InvalidCountryCode,
        Length::InvalidCountryCode,
    ];

    /// libphonenumber's `is_possible_number`: possible, even if only for local calls.
    pub const fn is_possible(self) -> bool {
        matches!(self, Length::Possible | Length::LocalOnly)
    }

    /// Its name in libphonenumber, in snake_case.
    pub const fn name(self) -> &'static str {
        match self {
            Length::Possible => "is_possible",
            Length::LocalOnly => "is_possible_local_only",
            Length::TooShort => "too_short",
            Length::TooLong => "too_long",
            Length::InvalidLength => "invalid_length",
            Length::InvalidCountryCode => "invalid_country_code",
        }
    }
}
