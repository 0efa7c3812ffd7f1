//! The plan's verdict on a number, and its regions and types.

use std::fmt;
use std::num::NonZeroU8;

use super::length::{Length, NATIONAL_LENGTHS};
use super::table::{self, Country, FirstDigits, FourDigits, Opening, Plan, ZoneList};

/// A region of the numbering plan: an ISO 3166-1 alpha-2 code, or `001` for the
/// non-geographical country calling codes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region(NonZeroU8);

impl Region {
    fn from_number(number: u16) -> Option<Region> {
        NonZeroU8::new(u8::try_from(number).ok()?).map(Region)
    }

    /// The region of a code as libphonenumber spells it: in capitals.
    ///
    /// ```
    /// use predial::phone::plan::Region;
    /// assert_eq!(Region::from_code("RU").unwrap().code(), "RU");
    /// assert!(Region::from_code("ru").is_none());
    /// assert_eq!(Region::from_code("001").unwrap().code(), "001");
    /// ```
    pub fn from_code(code: &str) -> Option<Region> {
        let place = match code {
            "001" => table::REGIONS,
            code => Plan::place_of(code)?,
        };
        Region::from_number(place as u16 + 1)
    }

    /// All regions, in the order of their codes, `001` last.
    pub fn all() -> impl ExactSizeIterator<Item = Region> {
        (1..=table::REGIONS as u8 + 1)
            .map(|number| Region(NonZeroU8::MIN.saturating_add(number - 1)))
    }

    /// The main region of a country calling code: the one that libphonenumber chooses if several
    /// share the code, and `001` for a non-geographical code.
    ///
    /// ```
    /// use predial::phone::plan::Region;
    /// assert_eq!(Region::main_of(7).unwrap().code(), "RU");
    /// assert!(Region::main_of(999).is_none());
    /// ```
    pub fn main_of(country_code: u16) -> Option<Region> {
        let country = Opening::of(country_code.to_string().as_bytes())?.country;
        (country.code() == country_code).then(|| Region::from_code(country.plan().id()))?
    }

    /// Its code: `"RU"`, `"001"`.
    pub fn code(self) -> &'static str {
        // The plans of "001" follow those of the regions.
        Plan::at(self.index()).map_or("", Plan::id)
    }

    /// Its index in [`Region::all`].
    ///
    /// ```
    /// use predial::phone::plan::Region;
    /// assert!(Region::all().enumerate().all(|(place, region)| region.index() == place));
    /// ```
    pub fn index(self) -> usize {
        usize::from(self.0.get()) - 1
    }

    /// Its country calling code; `None` for `001`, which has many.
    ///
    /// ```
    /// use predial::phone::plan::Region;
    /// assert_eq!(Region::from_code("KZ").unwrap().country_code(), Some(7));
    /// ```
    pub fn country_code(self) -> Option<u16> {
        self.plan().map(|plan| plan.country().code())
    }

    /// The time zones of its whole country calling code, for numbers that do not show a place.
    ///
    /// ```
    /// use predial::phone::plan::Region;
    /// let zones = Region::from_code("KZ").unwrap().zone_list();
    /// assert!(zones.names().any(|id| id == "Europe/Moscow"));
    /// ```
    pub fn zone_list(self) -> ZoneList {
        let plan = self.plan();
        plan.map_or(ZoneList::NONE, |plan| plan.country().zones())
    }

    /// The trunk prefix for calls inside the region, as digits; empty if there is none.
    ///
    /// ```
    /// use predial::phone::plan::Region;
    /// let prefix = |code| Region::from_code(code).unwrap().trunk_prefix();
    /// assert_eq!((prefix("RU"), prefix("HU"), prefix("IT")), (&b"8"[..], &b"06"[..], &b""[..]));
    /// ```
    pub fn trunk_prefix(self) -> &'static [u8] {
        table::trunk_prefix(self.index())
    }

    /// Whether these digits are a short number there: an emergency number or a service.
    /// libphonenumber's `is_valid_short_number_for_region`.
    ///
    /// ```
    /// use predial::phone::plan::Region;
    /// assert!(Region::from_code("US").unwrap().has_short_number(b"911"));
    /// assert!(!Region::from_code("RU").unwrap().has_short_number(b"911"));
    /// ```
    pub fn has_short_number(self, digits: &[u8]) -> bool {
        table::is_short(self.index(), digits)
    }

    /// Whether digits begin with a prefix that is dialled there before a country calling code.
    pub(crate) fn dials_abroad(self, digits: &[u8]) -> bool {
        let prefix = self
            .plan()
            .and_then(|plan| plan.international_prefix(digits));
        prefix.is_some_and(|prefix| prefix.end > 0 && digits.get(prefix.end) != Some(&b'0'))
    }

    /// The plan that numbers dialled in it follow; libphonenumber has none for `001`.
    pub(super) fn plan(self) -> Option<Plan> {
        let place = self.index();
        (place < table::REGIONS).then(|| Plan::at(place)).flatten()
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Region({})", self.code())
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// What a number is used for, by libphonenumber's types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NumberType {
    /// A line that ends at an address.
    FixedLine,
    /// A mobile phone.
    Mobile,
    /// Either of the two, if the plan does not distinguish them (as in the USA).
    FixedLineOrMobile,
    /// Free for the caller.
    TollFree,
    /// Costs the caller more than a normal call.
    PremiumRate,
    /// Paid by caller and called together.
    SharedCost,
    /// Voice over IP.
    Voip,
    /// A number that follows a person.
    PersonalNumber,
    /// A pager.
    Pager,
    /// A universal access number: one for all offices of a company.
    Uan,
    /// A voice mailbox.
    Voicemail,
}

impl NumberType {
    /// Every type.
    pub const ALL: [NumberType; 11] = [
        NumberType::FixedLine,
        NumberType::Mobile,
        NumberType::FixedLineOrMobile,
        NumberType::TollFree,
        NumberType::PremiumRate,
        NumberType::SharedCost,
        NumberType::Voip,
        NumberType::PersonalNumber,
        NumberType::Pager,
        NumberType::Uan,
        NumberType::Voicemail,
    ];

    /// The types as the table numbers them.
    const IN_TABLE: [Option<NumberType>; 16] = [
        None,
        Some(NumberType::FixedLine),
        Some(NumberType::Mobile),
        Some(NumberType::FixedLineOrMobile),
        Some(NumberType::TollFree),
        Some(NumberType::PremiumRate),
        Some(NumberType::SharedCost),
        Some(NumberType::Voip),
        Some(NumberType::PersonalNumber),
        Some(NumberType::Pager),
        Some(NumberType::Uan),
        Some(NumberType::Voicemail),
        None,
        None,
        None,
        None,
    ];

    /// A bit for the place of each of these types in [`Self::IN_TABLE`].
    const fn bits(types: &[NumberType]) -> u16 {
        let mut bits = 0;
        let mut place = 0;
        while place < Self::IN_TABLE.len() {
            let mut of = 0;
            while of < types.len() {
                if let Some(kind) = Self::IN_TABLE[place]
                    && kind as u8 == types[of] as u8
                {
                    bits |= 1 << place;
                }
                of += 1;
            }
            place += 1;
        }
        bits
    }

    /// Its name in libphonenumber, in snake_case.
    ///
    /// ```
    /// use predial::phone::plan::NumberType;
    /// assert_eq!(NumberType::FixedLineOrMobile.name(), "fixed_line_or_mobile");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            NumberType::FixedLine => "fixed_line",
            NumberType::Mobile => "mobile",
            NumberType::FixedLineOrMobile => "fixed_line_or_mobile",
            NumberType::TollFree => "toll_free",
            NumberType::PremiumRate => "premium_rate",
            NumberType::SharedCost => "shared_cost",
            NumberType::Voip => "voip",
            NumberType::PersonalNumber => "personal_number",
            NumberType::Pager => "pager",
            NumberType::Uan => "uan",
            NumberType::Voicemail => "voicemail",
        }
    }
}

impl fmt::Display for NumberType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The numbering plan's verdict on an E.164 number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PlanVerdict {
    /// The country calling code; 0 if the digits do not begin with one.
    pub country_code: u16,
    /// How many digits it has.
    pub code_len: u8,
    /// The region of a valid number (libphonenumber's `region_code_for_number`); `None` for any
    /// other number.
    pub region: Option<Region>,
    /// The type of a valid number (`number_type`); `None` for any other number.
    pub kind: Option<NumberType>,
    /// What the length shows (`is_possible_number_with_reason`).
    pub length: Length,
    /// `is_valid_number`: the number is in a range that is in use.
    pub valid: bool,
}

impl PlanVerdict {
    /// The verdict for an outcome of the table, for a number of this country.
    #[inline]
    pub(super) fn new(country: Country, outcome: u16) -> PlanVerdict {
        PlanVerdict::of((country.code(), country.code_digits().1 as u8), outcome)
    }

    /// The same for a number of the country with this calling code, which has so many digits.
    #[inline(always)]
    fn of((country_code, code_len): (u16, u8), outcome: u16) -> PlanVerdict {
        let kind = NumberType::IN_TABLE[usize::from(outcome >> 3 & 15)];
        PlanVerdict {
            country_code,
            code_len,
            region: Region::from_number(outcome >> 7),
            kind,
            length: Length::IN_TABLE[usize::from(outcome & 7)],
            valid: kind.is_some(),
        }
    }
}

/// The country calling code that digits begin with, and how many digits it has.
///
/// ```
/// use predial::phone::plan::country_code;
/// assert_eq!(country_code(b"79110000000"), Some((7, 1)));
/// assert_eq!(country_code(b"21012345678"), None);
/// ```
pub fn country_code(digits: &[u8]) -> Option<(u16, usize)> {
    Opening::of(digits).map(|opening| (opening.country.code(), opening.code_length))
}

/// The plan's verdict on an E.164 number: its digits, country calling code first.
///
/// ```
/// use predial::phone::plan::{Length, NumberType, verdict};
/// let found = verdict(b"79123456789");
/// assert_eq!(found.region.unwrap().code(), "RU");
/// assert_eq!(found.kind, Some(NumberType::Mobile));
/// assert!(found.valid);
/// assert_eq!(verdict(b"7912345678").length, Length::TooShort);
/// ```
#[inline]
pub fn verdict(digits: &[u8]) -> PlanVerdict {
    let Some(opening) = Opening::of(digits) else {
        return PlanVerdict {
            country_code: 0,
            code_len: 0,
            region: None,
            kind: None,
            length: Length::InvalidCountryCode,
            valid: false,
        };
    };
    PlanVerdict::new(opening.country, opening.outcome(digits))
}

/// The fast path of [`verdict`] for nearly all numbers: it answers for digits after a plus that
/// [`parse`] leaves unchanged because they do not begin with a national prefix.
///
/// ```
/// use predial::phone::plan::{verdict, fast_verdict};
/// assert_eq!(fast_verdict(b"4930123456"), Some(verdict(b"4930123456")));
/// assert!(fast_verdict(b"49030123456").is_none());
/// assert!(fast_verdict(b"493").is_none());
/// ```
#[inline(always)]
pub fn fast_verdict(digits: &[u8]) -> Option<PlanVerdict> {
    let Some(four) = FourDigits::of(digits).filter(|four| four.is_readable(digits.len())) else {
        return verdict_by_opening(digits);
    };
    let code = (four.first.code, four.first.code_length);
    if four.first.may_begin_with_prefix(digits) && has_prefix(digits) {
        return None;
    }
    Some(PlanVerdict::of(code, four.outcome(digits)))
}

/// The same for few digits or many.
#[inline(never)]
fn verdict_by_opening(digits: &[u8]) -> Option<PlanVerdict> {
    let opening = Opening::of(digits)?;
    let national = &digits[opening.code_length..];
    if !NATIONAL_LENGTHS.contains(&national.len())
        || opening.may_have_prefix(national) && opening.has_prefix(national)
    {
        return None;
    }
    Some(PlanVerdict::new(opening.country, opening.outcome(digits)))
}

/// The verdict on a valid number that is not costly, in few bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PackedVerdict {
    /// As [`PlanVerdict::region`].
    pub region: Region,
    /// As [`PlanVerdict::kind`].
    pub kind: NumberType,
    /// As [`zone_list`].
    pub zones: ZoneList,
}

/// The verdict on a number of four to fifteen ASCII digits, the first of them lowest, if it is valid,
/// of a possible length and not costly. `None` also if digits may begin with a national prefix.
#[inline(always)]
pub(crate) fn packed_verdict(digits: u128, len: usize) -> Option<PackedVerdict> {
    let four = FourDigits::of_packed(digits);
    if !four.is_readable(len)
        || four.first.may_have_prefix(digits as u64) && packed_prefix(digits, len)
    {
        return None;
    }
    // Types are compared by bits: no branch can be predicted that depends on the type.
    const COSTLY: u16 = NumberType::bits(&[NumberType::PremiumRate, NumberType::SharedCost]);
    const PLACED: u16 = NumberType::bits(&[NumberType::FixedLine, NumberType::FixedLineOrMobile]);
    const MOBILE: u16 = NumberType::bits(&[NumberType::Mobile]);
    let outcome = four.packed_outcome(digits, len);
    let place = outcome >> 3 & 15;
    let kind = NumberType::IN_TABLE[usize::from(place)]?;
    let is_one = |types: u16| types >> place & 1 != 0;
    if is_one(COSTLY) {
        return None;
    }
    let is_placed = is_one(PLACED) | (is_one(MOBILE) & four.places_mobiles());
    if Length::IN_TABLE[usize::from(outcome & 7)] != Length::Possible {
        return None;
    }
    Some(PackedVerdict {
        region: Region::from_number(outcome >> 7)?,
        kind,
        zones: match is_placed {
            true => four.packed_zones(digits, len),
            false => four.zones_of_country(),
        },
    })
}

#[cold]
fn packed_prefix(digits: u128, len: usize) -> bool {
    has_prefix(&digits.to_le_bytes()[..len])
}

/// What the first digits after a plus and the length show, without a walk.
#[derive(Clone, Copy)]
pub(crate) struct LengthFacts {
    /// Numbers of their country have this length.
    pub has_length: bool,
    /// They may begin with a national prefix; [`has_prefix`] decides.
    pub may_have_prefix: bool,
    /// How many digits the country calling code has.
    pub code_length: u32,
}

/// What the first digits and the length of ASCII digits after a plus show. `digits` are the first
/// eight with zeros above. With `possible`, the length has to be a possible one, otherwise one that
/// is read. If it is, and there is no prefix, [`parse`] leaves the digits unchanged.
#[inline(always)]
pub(crate) fn length_facts(digits: u64, len: usize, possible: bool) -> LengthFacts {
    let first = FirstDigits::of(digits);
    let lengths = if possible {
        first.possible
    } else {
        first.readable
    };
    LengthFacts {
        has_length: u32::from(lengths) >> (len & 31) & 1 != 0,
        may_have_prefix: first.may_have_prefix(digits),
        code_length: u32::from(first.code_length),
    }
}

/// Whether [`parse`] might remove digits after a plus.
#[inline(never)]
pub(crate) fn has_prefix(digits: &[u8]) -> bool {
    Opening::of(digits).is_none_or(|opening| opening.has_prefix(&digits[opening.code_length..]))
}

/// The IDs of the IANA time zones where an E.164 number may be, by libphonenumber's map
/// (`time_zones_for_number`); none if the map has none, or if the number is not valid.
///
/// ```
/// use predial::phone::plan::time_zones;
/// assert!(time_zones(b"74951234567").eq(["Europe/Moscow"]));
/// assert_eq!(time_zones(b"7495").len(), 0);
/// ```
pub fn time_zones(digits: &[u8]) -> impl ExactSizeIterator<Item = &'static str> + Clone {
    zone_list(digits, verdict(digits).kind).names()
}

/// The same as one of the plan's lists, so that callers can use it as a key. `kind` is the type in
/// the verdict on the digits.
#[inline]
pub fn zone_list(digits: &[u8], kind: Option<NumberType>) -> ZoneList {
    // A number with a type has more digits.
    let (Some(kind), Some(four)) = (kind, FourDigits::of(digits)) else {
        return ZoneList::NONE;
    };
    let is_placed = match kind {
        NumberType::FixedLine | NumberType::FixedLineOrMobile => true,
        NumberType::Mobile => four.places_mobiles(),
        _ => false,
    };
    match is_placed {
        true => four.zones_of_place(digits),
        false => four.zones_of_country(),
    }
}
