//! The options for reading a phone, and the evidence for a reading.

use super::plan::Region;

/// How strictly a phone has to follow the numbering plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    /// It parses: a country calling code, and at most 15 digits.
    E164,
    /// Its country has numbers of this length that can be dialled from everywhere.
    #[default]
    Possible,
    /// It is in a range that is in use in its country.
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

/// The options of [`super::resolve`].
#[derive(Clone, Copy, Debug, Default)]
pub struct PhoneOptions {
    /// Where national numbers are dialled; without it they are not read. See [`super::region`].
    pub region: Option<Region>,
    /// How an ambiguous text is read; without it such a text is refused.
    pub prefer: Option<Reading>,
    /// What a phone has to satisfy.
    pub level: Level,
    /// Whether the region is that of a calling code beside the phone: a number of another country is
    /// not meant by digits that are a number of the region.
    pub is_after_code: bool,
}

/// The evidence for a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// A plus is in front.
    Plus,
    /// `00` or the region's international prefix is in front.
    InternationalPrefix,
    /// Without a region, the digits begin with a calling code.
    CallingCode,
    /// The first group of digits is the region's trunk prefix.
    TrunkPrefix,
    /// The first group of digits is in brackets.
    Brackets,
    /// The groups of digits are those of the region's national format.
    NationalGroups,
    /// A calling code abroad would end inside the first group of digits.
    FirstGroup,
    /// The first group of digits is the region's own calling code.
    OwnCode,
    /// The better of the readings at home, and also better than the one abroad.
    Home,
    /// A valid number abroad, and not a number at home.
    Abroad,
    /// Both are numbers, and [`PhoneOptions::prefer`] chose.
    Preferred,
}

impl Evidence {
    /// Whether the form of the text points to its region, and not only the digits.
    pub(super) fn shows_the_region(self) -> bool {
        matches!(
            self,
            Evidence::TrunkPrefix | Evidence::NationalGroups | Evidence::OwnCode
        )
    }
}
