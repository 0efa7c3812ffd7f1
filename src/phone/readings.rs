//! Decides which phone a text means: a number at home (in the given region) or one abroad.
//!
//! There are three readings: *home national* (libphonenumber's `parse` of the text in the region),
//! *home international* (the digits begin with the region's own calling code) and *abroad* (they
//! begin with another country's). A reading is valid, or possible and not only local, or it does
//! not count. The evidence, in this order:
//!
//! 1. A plus, `00` or the region's international prefix: international. Without a plus, a number that
//!    is valid unchanged in the region's plan takes precedence (Japan's `0088-22-1234`).
//! 2. A form for dialling inside a country: a trunk prefix as the first group, a first group in
//!    brackets, groups as the region writes them, or a first group that a calling code would cut.
//!    With a region this leaves the readings at home; without one it is an error or a warning.
//! 3. The region's own calling code as the first group: home international, if valid.
//! 4. Otherwise the ranks of home and abroad decide. Only `prefer` decides between two that count.
//!
//! Without a region only the international reading exists.

use std::num::NonZeroU64;

use super::fast_resolve::WrittenPhone;
use super::number::{MAX_DIGITS, Phone};
use super::options::{Evidence, Level, PhoneOptions, Reading};
use super::plan::{self, Length, NumberType, ParseRefusal, Region};
use super::text::Dialled;
use crate::Rule;

/// The least digits of a number without its area code.
const SHORTEST_LOCAL: usize = 5;

/// The digits of a phone that is not the answer. They take fewer bytes than a phone with its
/// verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PhoneNumber(NonZeroU64);

impl PhoneNumber {
    fn of(phone: &Phone) -> Option<PhoneNumber> {
        NonZeroU64::new(phone.e164_number()).map(PhoneNumber)
    }

    /// The phone with these digits.
    pub fn phone(self) -> Option<Phone> {
        Phone::from_digits(self.0.to_string().as_bytes())
    }
}

/// Another meaning that the text may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// It may be written for dialling inside a country; with the number that it would be there, if
    /// any.
    MaybeNational(Option<PhoneNumber>),
    /// Another reading is valid too.
    TwoReadings(PhoneNumber),
    /// It is a number of another country than the region's.
    Abroad,
}

/// The phone that a text means, the evidence, and another meaning that the text may have.
#[derive(Clone, Copy)]
pub(super) struct Decided {
    pub phone: Phone,
    pub evidence: Evidence,
    pub doubt: Option<Doubt>,
}

impl Decided {
    fn new(phone: Phone, evidence: Evidence) -> Decided {
        Decided {
            phone,
            evidence,
            doubt: None,
        }
    }

    fn with(self, doubt: Option<Doubt>) -> Decided {
        Decided { doubt, ..self }
    }
}

/// A phone that is suggested, and another meaning of the digits that it was read from.
#[derive(Clone, Copy)]
pub(super) struct MeantPhone {
    pub phone: Phone,
    pub doubt: Option<Doubt>,
}

impl MeantPhone {
    /// A phone that the digits are not, but may be meant to be; `plus` says whether they have a plus.
    pub fn assumed(phone: Phone, plus: bool, options: &PhoneOptions) -> MeantPhone {
        let is_at_home = |region| phone.is_in_country_of(region);
        let is_abroad = !plus && !options.region.is_none_or(is_at_home);
        MeantPhone {
            phone,
            doubt: is_abroad.then_some(Doubt::Abroad),
        }
    }
}

impl From<Decided> for MeantPhone {
    fn from(decided: Decided) -> MeantPhone {
        MeantPhone {
            phone: decided.phone,
            doubt: decided.doubt,
        }
    }
}

/// Why the text means no phone, and the number that may be meant.
#[derive(Clone, Copy)]
pub(super) struct Undecided {
    pub cause: Cause,
    meant: Option<PhoneNumber>,
}

impl Undecided {
    /// The number that may be meant by these digits, which are those of the text.
    pub fn meant(&self, dialled: &Dialled) -> Option<Phone> {
        match (self.meant, self.cause) {
            (Some(number), _) => number.phone(),
            // It takes readings of its own, and most callers need only the rule.
            (None, Cause::National) if !dialled.local => in_likely_region(dialled),
            (None, _) => None,
        }
    }
}

/// Why digits are not a phone.
#[derive(Clone, Copy)]
pub(super) enum Cause {
    /// The digits are not a number.
    Refused(ParseRefusal),
    /// They are a number that has more digits than ITU E.164 allows.
    TooManyDigits,
    /// They are written for dialling inside a country.
    National,
    /// They are the short number of an emergency or another service.
    ShortNumber,
    /// They end with an extension.
    Extension,
    /// They are a date.
    Date,
    /// They end with a second number that shares digits with the first, or with a range.
    Range,
    /// They are two numbers.
    TwoNumbers,
    /// Both readings are equally good: the one at home, or the national one, comes first.
    Ambiguous(Option<PhoneNumber>, Option<PhoneNumber>),
    /// The phone does not satisfy the level.
    Level(Phone, Rule),
}

impl From<Cause> for Undecided {
    fn from(cause: Cause) -> Undecided {
        Undecided { cause, meant: None }
    }
}

/// Whether digits without a plus may be a valid number of a region: by [`decide`] they are none in
/// most of the world.
pub(super) fn may_be_of(dialled: &Dialled, region: Region) -> bool {
    let digits = dialled.digits();
    let code = plan::country_code(digits).map(|(code, _)| code);
    code.is_some() && code == region.country_code()
        || digits.starts_with(b"00")
        || region.dials_abroad(digits)
        || phone(digits, false, Some(region))
            .and_then(as_read_again)
            .is_ok_and(|phone| phone.is_valid())
}

/// Decides between the readings, and checks the phone against the level.
pub(super) fn decide(dialled: &Dialled, options: &PhoneOptions) -> Result<Decided, Undecided> {
    if dialled.range {
        return Err(Cause::Range.into());
    }
    if dialled.date {
        return Err(Cause::Date.into());
    }
    if !dialled.is_punctuated() {
        return at_level(decide_as_written(dialled, options)?, options);
    }
    // `+49 30 123456 / 123`: in a country with long numbers all of it would be one valid number.
    let is_number = |before: Dialled| {
        decide_as_written(&before, options).is_ok_and(|decided| decided.phone.is_valid())
    };
    if dialled.before_spaced_slashes().any(is_number) {
        return Err(Cause::Range.into());
    }
    if let Some(number) = before_extension(dialled, options) {
        return Err(Undecided {
            cause: Cause::Extension,
            meant: PhoneNumber::of(&number.phone),
        });
    }
    let mut decided = decide_as_written(dialled, options);
    if is_two_numbers(dialled, &decided, options) {
        return Err(Cause::TwoNumbers.into());
    }
    if let Some(at) = dialled.bracketed_zero()
        && !decided
            .as_ref()
            .is_ok_and(|decided| decided.phone.is_valid())
        && let Some(without) = without_optional_zero(dialled, at, options)
    {
        decided = Ok(without);
    }
    at_level(decided?, options)
}

/// Whether digits that are not a valid number at home are two numbers: `82-12-34 82-12-35` in WF would
/// be one of Korea.
fn is_two_numbers(
    dialled: &Dialled,
    decided: &Result<Decided, Undecided>,
    options: &PhoneOptions,
) -> bool {
    if dialled.plus || dialled.local {
        return false;
    }
    let Some(region) = options.region else {
        let is_doubtful = decided
            .as_ref()
            .is_ok_and(|decided| decided.doubt.is_some());
        return is_doubtful && dialled.at_slashes().any(begins_anew);
    };
    let is_home = |decided: &Decided| {
        let phone = &decided.phone;
        phone.is_valid() && phone.is_in_country_of(region)
            || decided.evidence == Evidence::InternationalPrefix
    };
    if decided.as_ref().is_ok_and(is_home) {
        return false;
    }
    let home = |part: &Dialled| {
        let number = phone(part.digits(), false, Some(region)).ok();
        number.filter(|number| number.is_valid() && number.is_in_country_of(region))
    };
    let is_in_home_groups = |part: &Dialled| {
        let has_groups = |number: Phone| {
            let writing = number.writing();
            !part.is_punctuated() || writing.has_national_groups(part.digits(), part.group_starts)
        };
        home(part).is_some_and(has_groups)
    };
    dialled
        .halves()
        .is_some_and(|(first, last)| is_in_home_groups(&first) && is_in_home_groups(&last))
        || dialled
            .at_slashes()
            .any(|(before, after)| home(&before).is_some() && home(&after).is_some())
}

/// Whether the digits after a slash begin like those before it, or with the calling code of a country
/// where those before it are a number: `20 12 34 / 20 12 35`, `38 12 34 / 299 38 12 35`.
fn begins_anew((before, after): (Dialled, Dialled)) -> bool {
    let is_long = before.digits().len() >= SHORTEST_LOCAL;
    let is_alike = before.digits().len() == after.digits().len()
        && before.digits().get(..2) == after.digits().get(..2);
    let is_of_its_country = || {
        let after = phone(after.digits(), true, None).ok()?;
        let region = after.region().filter(|_| after.is_valid())?;
        phone(before.digits(), false, Some(region)).ok()
    };
    is_long && (is_alike || is_of_its_country().is_some_and(|number| number.is_valid()))
}

/// The valid number before a last group in brackets.
pub(super) fn before_extension(dialled: &Dialled, options: &PhoneOptions) -> Option<MeantPhone> {
    let without = dialled.without_last_in_brackets()?;
    let decided = decide_as_written(&without, options).ok()?;
    decided.phone.is_valid().then_some(decided.into())
}

/// Checks the phone against the level, as its own digits are read.
fn at_level(decided: Decided, options: &PhoneOptions) -> Result<Decided, Undecided> {
    let phone = as_read_again(decided.phone)?;
    match broken_rule(&phone, options.level) {
        Some(rule) => Err(Cause::Level(phone, rule).into()),
        None => Ok(Decided { phone, ..decided }),
    }
}

/// The number that the digits of a phone mean: those of a number that is not valid may begin with a
/// trunk prefix once more. What is sent and compared has to be one number however often it is read.
///
/// `0800754567` in Jersey is +440800754567 for libphonenumber, and that is +44800754567.
fn as_read_again(phone: Phone) -> Result<Phone, Undecided> {
    let mut phone = phone;
    if phone.is_valid() {
        return Ok(phone);
    }
    for _ in 0..MAX_DIGITS {
        let again = self::phone(phone.bytes(), true, None)?;
        if again == phone {
            return Ok(phone);
        }
        phone = again;
    }
    Err(Cause::Level(phone, Rule::PhoneNotInPlan).into())
}

/// `+48 (0) 12 345 67 89`: a zero in brackets directly after a calling code is not dialled, if the
/// number is valid without it.
fn without_optional_zero(dialled: &Dialled, at: usize, options: &PhoneOptions) -> Option<Decided> {
    let digits = match dialled.digits() {
        [b'0', b'0', rest @ ..] if !dialled.plus => rest,
        digits => digits,
    };
    let (_, code_length) = plan::country_code(digits)?;
    if at != dialled.digits().len() - digits.len() + code_length {
        return None;
    }
    let decided = decide_as_written(&dialled.without_group(at), options).ok()?;
    decided.phone.is_valid().then_some(decided)
}

fn decide_as_written(dialled: &Dialled, options: &PhoneOptions) -> Result<Decided, Undecided> {
    match options.region {
        _ if dialled.plus => after_plus(dialled, options.region),
        Some(region) => in_region(dialled, region, options),
        None => without_region(dialled),
    }
}

/// The number after a plus. `+(495) 123-45-67` has an area code in brackets, and +49 would be a part
/// of it.
fn after_plus(dialled: &Dialled, region: Option<Region>) -> Result<Decided, Undecided> {
    let phone = international(dialled)?;
    let is_code = usize::from(phone.verdict.code_len) == dialled.first_group().len();
    if dialled.first_is_in_brackets() && !is_code {
        let home =
            region.and_then(|region| self::phone(dialled.digits(), false, Some(region)).ok());
        return Err(Undecided {
            cause: Cause::National,
            meant: home
                .filter(Phone::is_valid)
                .as_ref()
                .and_then(PhoneNumber::of),
        });
    }
    Ok(Decided::new(phone, Evidence::Plus))
}

/// The phone of a text that the fast path resolves, and whether the text consists of its digits.
#[inline(always)]
pub(super) fn plain(text: &[u8], options: &PhoneOptions) -> Option<(Phone, bool)> {
    let written = WrittenPhone::of(text)?;
    // Three digits may be an emergency number.
    if written.len <= 3 || !written.is_international(options) {
        return None;
    }
    let digits = written.bytes();
    let phone = Phone {
        digits,
        len: written.len as u8,
        verdict: plan::fast_verdict(&digits[..written.len])?,
    };
    let code_length = u32::from(phone.verdict.code_len);
    let is_sure = !written.may_have_optional_zero(code_length)
        && written.is_grouped_well(usize::from(phone.verdict.code_len));
    (complies(&phone, options.level) && is_sure).then_some((phone, written.is_plain()))
}

/// The digits as an international number; a leading `00` means a plus.
pub(super) fn international(dialled: &Dialled) -> Result<Phone, Undecided> {
    if dialled.local {
        return Err(Cause::National.into());
    }
    let digits = dialled.digits();
    let digits = match digits {
        [b'0', b'0', rest @ ..] if !dialled.plus => rest,
        _ => digits,
    };
    phone(digits, true, None)
}

/// libphonenumber's `parse`, restricted to E.164.
pub(super) fn phone(
    digits: &[u8],
    international: bool,
    region: Option<Region>,
) -> Result<Phone, Undecided> {
    if international && let Some(verdict) = plan::fast_verdict(digits) {
        return Phone::new(digits, verdict).ok_or(Cause::TooManyDigits.into());
    }
    of_number(plan::parse(digits, international, region))
}

fn of_number(number: Result<plan::ParsedNumber, ParseRefusal>) -> Result<Phone, Undecided> {
    let number = number.map_err(Cause::Refused)?;
    Phone::of_number(&number).ok_or(Cause::TooManyDigits.into())
}

impl Dialled {
    /// Whether the digits, perhaps after `00`, have the groups of an international number.
    fn has_groups_of(&self, phone: &Phone) -> bool {
        let digits = self.digits();
        let prefix = match digits.starts_with(b"00") {
            true => 2,
            false => 0,
        };
        let starts = self.group_starts >> prefix & !1;
        phone.writing().has_international_groups(starts) && digits[prefix..] == *phone.bytes()
    }
}

/// The rank of a reading: 2 if it is valid, 1 if it is possible and not only local, otherwise 0.
fn rank(phone: &Phone) -> u8 {
    match phone.is_valid() {
        true => 2,
        false => u8::from(phone.length() == Length::Possible),
    }
}

/// The readings of a text without a plus in a region.
struct Readings {
    /// The number that is dialled inside the region.
    national: Result<Phone, Undecided>,
    /// The digits after the region's own calling code.
    own_code: Option<Phone>,
    /// The digits after another country's calling code.
    abroad: Option<Phone>,
}

fn in_region(
    dialled: &Dialled,
    region: Region,
    options: &PhoneOptions,
) -> Result<Decided, Undecided> {
    let decided = by_evidence(dialled, region, options);
    let is_valid_at_home = decided
        .as_ref()
        .is_ok_and(|decided| decided.phone.is_valid() && decided.phone.is_in_country_of(region));
    if !is_valid_at_home && region.has_short_number(dialled.digits()) {
        return Err(Cause::ShortNumber.into());
    }
    decided.map(|decided| match decided.doubt {
        None => decided.with(after_own_code(dialled, region, &decided.phone, options)),
        Some(_) => decided,
    })
}

/// The other meaning of digits without marks that begin with the region's own calling code and are a
/// national number all the same. They may be what was sent for a number after that code.
fn after_own_code(
    dialled: &Dialled,
    region: Region,
    taken: &Phone,
    options: &PhoneOptions,
) -> Option<Doubt> {
    let digits = dialled.digits();
    let is_bare = !dialled.is_punctuated() && !dialled.local;
    if !is_bare || taken.bytes() == digits || !taken.is_in_country_of(region) {
        return None;
    }
    let code = plan::country_code(digits).map(|(code, _)| code);
    if code.is_none() || code != region.country_code() {
        return None;
    }
    let other = phone(digits, true, None)
        .ok()
        .filter(|other| other != taken)?;
    let is_number = rank(&other) > 0 || options.level == Level::E164;
    is_number.then(|| two_readings(&other))?
}

fn by_evidence(
    dialled: &Dialled,
    region: Region,
    options: &PhoneOptions,
) -> Result<Decided, Undecided> {
    let prefer = options.prefer;
    let digits = dialled.digits();
    if !dialled.local
        && let Some(decided) = after_international_prefix(dialled, region)
    {
        return decided;
    }
    let national = phone(digits, false, Some(region));
    if let Ok(national) = &national
        && national.is_valid()
        && let Some(evidence) = sure_at_home(dialled, region, national)
    {
        return Ok(Decided::new(*national, evidence));
    }
    let international = match dialled.local {
        true => None,
        false => phone(digits, true, None).ok(),
    };
    let (own_code, abroad) = match international {
        Some(phone) if phone.is_in_country_of(region) => (Some(phone), None),
        other => (None, other),
    };
    let readings = Readings {
        national,
        own_code,
        abroad,
    };
    if dialled.is_punctuated()
        && let Some(decided) = readings.by_writing(dialled, region, prefer)
    {
        return decided;
    }
    readings.by_rank(options)
}

/// The evidence for a valid number at home, if it is clear without the other readings.
fn sure_at_home(dialled: &Dialled, region: Region, national: &Phone) -> Option<Evidence> {
    let digits = dialled.digits();
    if dialled.is_punctuated() {
        let own_code = plan::country_code(digits).filter(|&(code, length)| {
            region.country_code() == Some(code) && length == dialled.first_group().len()
        });
        return match own_code {
            None => shown_at_home(dialled, region, national),
            Some(_) => None,
        };
    }
    let is_only_reading = match plan::fast_verdict(digits) {
        Some(verdict) => !verdict.valid || national.bytes() == digits,
        None => plan::country_code(digits).is_none(),
    };
    is_only_reading.then_some(Evidence::Home)
}

/// The evidence in the form of a valid number that it is dialled inside its region.
fn shown_at_home(dialled: &Dialled, region: Region, national: &Phone) -> Option<Evidence> {
    let is_bracketed = dialled.first_is_in_brackets();
    let writing = national.writing();
    let is_shown =
        is_bracketed || writing.has_national_groups(dialled.digits(), dialled.group_starts);
    is_shown.then(|| match (has_trunk_prefix(dialled, region), is_bracketed) {
        (true, _) => Evidence::TrunkPrefix,
        (_, true) => Evidence::Brackets,
        _ => Evidence::NationalGroups,
    })
}

/// Whether the first of several groups is the region's trunk prefix. North America's 1 is also a
/// calling code.
fn has_trunk_prefix(dialled: &Dialled, region: Region) -> bool {
    let trunk = region.trunk_prefix();
    !trunk.is_empty() && trunk != b"1" && dialled.first_group() == trunk
}

/// Step 1, for texts without a plus.
fn after_international_prefix(
    dialled: &Dialled,
    region: Region,
) -> Option<Result<Decided, Undecided>> {
    let digits = dialled.digits();
    let has_prefix = region.dials_abroad(digits);
    if !has_prefix && !digits.starts_with(b"00") {
        return None;
    }
    let valid_inside = |digits: &[u8]| {
        let number = of_number(plan::parse_inside(digits, region));
        number.ok().filter(Phone::is_valid)
    };
    if let Some(home) = valid_inside(digits) {
        return Some(Ok(Decided::new(home, Evidence::Home)));
    }
    let found = match has_prefix {
        true => phone(digits, false, Some(region)),
        false => phone(&digits[2..], true, None),
    };
    let phone = match found {
        Ok(phone) => phone,
        Err(undecided) => return Some(Err(undecided)),
    };
    let is_abroad = !phone.is_in_country_of(region);
    // A first zero that was typed twice also makes a prefix.
    let is_doubtful = is_abroad
        && dialled.is_punctuated()
        && digits.starts_with(b"00")
        && !(phone.is_valid() && dialled.has_groups_of(&phone));
    if is_doubtful && let Some(home) = valid_inside(&digits[1..]) {
        return Some(Err(ambiguous(&home, &phone)));
    }
    let decided = Decided::new(phone, Evidence::InternationalPrefix);
    Some(Ok(decided.with(is_abroad.then_some(Doubt::Abroad))))
}

impl Readings {
    /// Steps 2 and 3: the evidence of the groups.
    fn by_writing(
        &self,
        dialled: &Dialled,
        region: Region,
        prefer: Option<Reading>,
    ) -> Option<Result<Decided, Undecided>> {
        let first = dialled.first_group();
        let code_length = |phone: &Phone| usize::from(phone.verdict.code_len);
        let first_is_own_code = self.own_code.filter(|own| code_length(own) == first.len());
        let is_bracketed = dialled.first_is_in_brackets();
        if let Ok(national) = &self.national
            && national.is_valid()
            && let Some(evidence) = shown_at_home(dialled, region, national)
        {
            let other = first_is_own_code.filter(|own| own.is_valid() && own != national);
            let decided = Decided::new(*national, evidence);
            return Some(Ok(decided.with(other.as_ref().and_then(two_readings))));
        }
        if has_trunk_prefix(dialled, region) {
            return Some(self.at_home(Evidence::TrunkPrefix, prefer));
        }
        if is_bracketed && first_is_own_code.is_none() {
            let meant = self
                .abroad
                .filter(|abroad| code_length(abroad) == first.len());
            return Some(self.at_home_or(Evidence::Brackets, prefer, meant));
        }
        if let Some(abroad) = self.abroad
            && code_length(&abroad) != first.len()
        {
            let doubt = two_readings(&abroad).filter(|_| abroad.is_valid());
            let decided = self.at_home(Evidence::FirstGroup, prefer);
            return Some(decided.map(|decided| decided.with(decided.doubt.or(doubt))));
        }
        let own = first_is_own_code.filter(Phone::is_valid)?;
        Some(Ok(Decided::new(own, Evidence::OwnCode)))
    }

    /// The better of the readings at home.
    fn at_home(&self, evidence: Evidence, prefer: Option<Reading>) -> Result<Decided, Undecided> {
        self.at_home_or(evidence, prefer, None)
    }

    /// The same; if there is none, a valid number abroad may be meant.
    fn at_home_or(
        &self,
        evidence: Evidence,
        prefer: Option<Reading>,
        meant: Option<Phone>,
    ) -> Result<Decided, Undecided> {
        let national = self.national.as_ref().ok();
        let own = self.own_code.as_ref();
        let ranks = (national.map_or(0, rank), own.map_or(0, rank));
        match (national, own) {
            _ if ranks == (0, 0) => Err(self.fault(meant)),
            (Some(national), Some(own)) if ranks.0 == ranks.1 && national != own => {
                choose(*national, *own, prefer)
            }
            (Some(national), _) if ranks.0 >= ranks.1 => Ok(Decided::new(*national, evidence)),
            (_, Some(own)) => Ok(Decided::new(*own, evidence)),
            _ => Err(self.fault(meant)),
        }
    }

    /// Step 4: the ranks of home and abroad.
    fn by_rank(&self, options: &PhoneOptions) -> Result<Decided, Undecided> {
        let prefer = options.prefer;
        let Some(abroad) = self.abroad else {
            return self.at_home(Evidence::Home, prefer);
        };
        let national = self.national.as_ref().ok();
        match (national, national.map_or(0, rank), rank(&abroad)) {
            (Some(national), 1.., 2) => match options.is_after_code {
                true => choose(*national, abroad, Some(Reading::National)),
                false => choose(*national, abroad, prefer),
            },
            (_, 0, 2) => Ok(Decided::new(abroad, Evidence::Abroad).with(Some(Doubt::Abroad))),
            _ => self.at_home(Evidence::Home, prefer),
        }
    }

    /// Why the text is not a number at home, and the number abroad that may be meant.
    fn fault(&self, meant: Option<Phone>) -> Undecided {
        let cause = match &self.national {
            Ok(phone) => {
                let rule = broken_rule(phone, Level::Possible).unwrap_or(Rule::PhoneNotInPlan);
                Cause::Level(*phone, rule)
            }
            Err(undecided) => undecided.cause,
        };
        Undecided {
            cause,
            meant: meant
                .filter(Phone::is_valid)
                .as_ref()
                .and_then(PhoneNumber::of),
        }
    }
}

fn ambiguous(national: &Phone, international: &Phone) -> Undecided {
    let number = |phone: &Phone| PhoneNumber::of(&as_read_again(*phone).unwrap_or(*phone));
    let (national, international) = (number(national), number(international));
    Cause::Ambiguous(national, international).into()
}

fn two_readings(other: &Phone) -> Option<Doubt> {
    PhoneNumber::of(other).map(Doubt::TwoReadings)
}

/// Lets `prefer` choose between two equally good readings.
fn choose(
    national: Phone,
    international: Phone,
    prefer: Option<Reading>,
) -> Result<Decided, Undecided> {
    let (taken, other) = match prefer {
        Some(Reading::National) => (national, international),
        Some(Reading::International) => (international, national),
        None => return Err(ambiguous(&national, &international)),
    };
    let is_abroad = taken.country_code() != national.country_code();
    let doubt = match other.is_valid() {
        true => two_readings(&other),
        false => is_abroad.then_some(Doubt::Abroad),
    };
    Ok(Decided::new(taken, Evidence::Preferred).with(doubt))
}

fn without_region(dialled: &Dialled) -> Result<Decided, Undecided> {
    let digits = dialled.digits();
    let national = || Undecided::from(Cause::National);
    if dialled.local {
        return Err(Cause::National.into());
    }
    if matches!(digits, b"112" | b"911") {
        return Err(Cause::ShortNumber.into());
    }
    let first = dialled.first_group();
    let is_trunk_prefix = dialled.is_punctuated() && first == b"8";
    let is_dialled_abroad = digits.starts_with(b"00");
    if is_trunk_prefix || digits.starts_with(b"0") && !is_dialled_abroad {
        return Err(national());
    }
    let found = international(dialled);
    if is_dialled_abroad {
        let decided = Decided::new(found?, Evidence::InternationalPrefix);
        let is_doubtful = dialled.is_punctuated()
            && decided.phone.is_valid()
            && !dialled.has_groups_of(&decided.phone);
        return Ok(decided.with(is_doubtful.then_some(Doubt::MaybeNational(None))));
    }
    if dialled.is_punctuated() {
        return in_groups(dialled, found).ok_or_else(national)?;
    }
    match (found, russian(digits)) {
        (Ok(phone), None) => Ok(Decided::new(phone, Evidence::CallingCode)),
        (Ok(phone), likely) if phone.is_valid() => {
            let doubt = Some(Doubt::MaybeNational(
                likely.as_ref().and_then(PhoneNumber::of),
            ));
            Ok(Decided::new(phone, Evidence::CallingCode).with(doubt))
        }
        (_, Some(_)) => Err(national()),
        (Err(undecided), None) => Err(undecided),
    }
}

/// The meaning of groups of digits without a region: an international number if the groups are
/// those of one; otherwise the meaning is doubtful. `None` if they are written for dialling inside
/// a country.
fn in_groups(
    dialled: &Dialled,
    found: Result<Phone, Undecided>,
) -> Option<Result<Decided, Undecided>> {
    let phone = match found {
        Ok(phone) => phone,
        Err(undecided) => {
            let is_no_code = matches!(
                undecided.cause,
                Cause::Refused(ParseRefusal::InvalidCountryCode)
            );
            return (!is_no_code).then_some(Err(undecided));
        }
    };
    let is_bracketed = dialled.first_is_in_brackets();
    if is_bracketed && dialled.first_group().len() != usize::from(phone.verdict.code_len) {
        return None;
    }
    let decided = Decided::new(phone, Evidence::CallingCode);
    if !is_bracketed && dialled.has_groups_of(&phone) {
        return Some(Ok(decided));
    }
    let likely = russian_of(dialled);
    let likely = Doubt::MaybeNational(likely.as_ref().and_then(PhoneNumber::of));
    phone.is_valid().then_some(Ok(decided.with(Some(likely))))
}

/// The valid number that is meant by digits that have a plus, calling code or trunk prefix
/// twice, or that belong to an older plan.
pub(super) fn mended(phone: &Phone, dialled: &Dialled, options: &PhoneOptions) -> Option<Phone> {
    without_second_code(dialled.digits())
        .or_else(|| without_second_trunk(dialled, options.region))
        .or_else(|| mended_number(phone))
}

/// The same, where only the number is known that the digits became.
pub(super) fn mended_number(phone: &Phone) -> Option<Phone> {
    without_second_code(phone.bytes()).or_else(|| as_it_is_today(phone))
}

/// `+380380…`: what follows the first calling code begins with the same.
fn without_second_code(digits: &[u8]) -> Option<Phone> {
    let (_, length) = plan::country_code(digits)?;
    let (code, rest) = digits.split_at(length);
    rest.starts_with(code).then(|| valid_after_plus(rest))?
}

/// `8 8 912 …` and `8 7 912 …` in RU: a trunk prefix before another, or before the calling code.
fn without_second_trunk(dialled: &Dialled, region: Option<Region>) -> Option<Phone> {
    let region = region.filter(|_| !dialled.plus)?;
    let trunk = region.trunk_prefix();
    let rest = dialled.digits().strip_prefix(trunk)?;
    let code = region.country_code()?.to_string();
    let first = dialled.first_group();
    let is_cut = |part: &[u8]| first.len() > trunk.len() && first[trunk.len()..] != *part;
    if dialled.is_punctuated() && is_cut(trunk) && is_cut(code.as_bytes()) {
        return None;
    }
    let found = match rest {
        _ if trunk.is_empty() => None,
        _ if rest.starts_with(trunk) => phone(rest, false, Some(region)).ok(),
        _ if rest.starts_with(code.as_bytes()) => valid_after_plus(rest),
        _ => None,
    };
    found.filter(|phone| phone.is_valid() && phone.is_in_country_of(region))
}

/// `+007…`: `00` written after a plus, though it means the plus.
pub(super) fn without_second_plus(dialled: &Dialled) -> Option<Phone> {
    let rest = dialled.digits().strip_prefix(b"00")?;
    dialled.plus.then(|| valid_after_plus(rest))?
}

fn valid_after_plus(digits: &[u8]) -> Option<Phone> {
    phone(digits, true, None).ok().filter(Phone::is_valid)
}

/// Today's valid number for a number of an older plan.
pub(super) fn as_it_is_today(phone: &Phone) -> Option<Phone> {
    let digits = plan::todays_digits(phone.digits())?;
    let today = Phone::from_digits(digits.as_bytes())?;
    today.is_valid().then_some(today)
}

/// The valid number of eleven digits that begin with 8, the trunk prefix of Russia and Kazakhstan:
/// their country calling code replaces the 8.
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

/// The same for digits whose groups allow it.
pub(super) fn russian_of(dialled: &Dialled) -> Option<Phone> {
    may_begin_with(dialled, b"8").then(|| russian(dialled.digits()))?
}

/// Whether digits may begin with a trunk prefix: it is a group of its own, or there are no groups. In
/// `801-555-0123` the 8 is the beginning of an area code.
fn may_begin_with(dialled: &Dialled, trunk: &[u8]) -> bool {
    let first = dialled.first_group();
    let is_it = !dialled.is_punctuated() || first == trunk;
    is_it && first.starts_with(trunk)
}

/// The number after a trunk prefix of 8, if it is valid in exactly one of the countries that dial
/// an 8. Half of the world dials a 0.
fn in_likely_region(dialled: &Dialled) -> Option<Phone> {
    if !may_begin_with(dialled, b"8") {
        return None;
    }
    let in_region = |code| {
        let region = Region::from_code(code)?;
        let phone = phone(dialled.digits(), false, Some(region)).ok()?;
        (phone.is_valid() && phone.is_in_country_of(region)).then_some(phone)
    };
    let mut found = ["RU", "BY", "TM"].into_iter().filter_map(in_region);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// Whether a phone satisfies a level.
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

/// Whether calls to the number cost more than normal calls.
pub(super) fn is_costly(phone: &Phone) -> bool {
    matches!(
        phone.kind(),
        Some(NumberType::PremiumRate | NumberType::SharedCost)
    )
}
