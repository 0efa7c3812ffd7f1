//! What a caller may ask of a phone, and why a reading was taken.

use super::plan::Region;

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

/// What a caller may ask of [`super::resolve`].
#[derive(Clone, Copy, Debug, Default)]
pub struct PhoneOptions {
    /// Where national numbers are dialled; none are read without. See [`super::region`].
    pub region: Option<Region>,
    /// What an ambiguous text is taken for; it is refused without.
    pub prefer: Option<Reading>,
    /// What a phone has to comply with.
    pub level: Level,
}

/// Why a reading was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// A plus is in front.
    Plus,
    /// `00` or the region's international prefix is in front.
    InternationalPrefix,
    /// There is no region, and the digits begin with a calling code.
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
    /// The better of the readings at home, and better than the one abroad.
    Home,
    /// A valid number abroad, and not a number at home.
    Abroad,
    /// Both are numbers, and [`PhoneOptions::prefer`] chose.
    Preferred,
}

impl Evidence {
    /// Whether the text is written as in its region, and not merely valid there.
    pub(super) fn shows_the_region(self) -> bool {
        matches!(
            self,
            Evidence::TrunkPrefix | Evidence::NationalGroups | Evidence::OwnCode
        )
    }
}
