#![forbid(unsafe_code)]
//! Phone numbers by ITU E.164 and by every country's numbering plan: which number a text means,
//! and in which form the service takes it.
//!
//! [`Phone::parse`] reads one text as libphonenumber's `parse` does. [`settle`] decides which
//! phone a text of a list means. Both read text by the grammar at the head of `text.rs`, and
//! digits by the [`plan`].

mod decimal;
mod diagnose;
mod find;
mod glance;
mod guard;
pub mod plan;
mod readings;
mod refuse;
mod same;
mod text;
mod uri;
mod why;

use std::fmt;

use crate::{Fault, Rule, short};
pub use find::{FoundPhone, find_phones};
pub(crate) use glance::{BLOCK, Glances, WrittenPhone};
pub use plan::PhoneForm;
use plan::{Length, NumberType, PlanVerdict, Region};
use readings::{Doubt, Undecided};
pub use readings::{Evidence, Level, PhoneOptions, Reading};
pub use same::{PhoneMatch, same_phone};
use text::Dialled;

/// As many digits as ITU E.164 allows a number, its country calling code included.
const MAX_DIGITS: usize = 15;

/// One international phone number: a country calling code, a national significant number, and
/// what the numbering plan says of them.
///
/// ```
/// use predial::phone::Phone;
/// let phone = Phone::parse("+7 (912) 345-67-89")?;
/// assert_eq!(phone.digits(), "79123456789");
/// assert_eq!((phone.country_code(), phone.national_number()), (7, "9123456789"));
/// assert!(phone.is_valid());
/// # Ok::<(), predial::Fault>(())
/// ```
#[derive(Clone, Copy)]
pub struct Phone {
    /// The digits, and zeros behind them.
    digits: [u8; short::LEN],
    len: u8,
    verdict: PlanVerdict,
}

impl Phone {
    /// Reads a text as an international number, with or without a plus; a leading `00` stands
    /// for the plus.
    ///
    /// # Errors
    ///
    /// The first rule that the text breaks: see [`crate::rules`]. Positions are offsets in
    /// characters.
    pub fn parse(text: &str) -> Result<Phone, Fault> {
        let options = PhoneOptions::default();
        let dialled =
            text::read(text).map_err(|unread| refuse::unread(text, unread, Some(&options)))?;
        readings::international(&dialled)
            .map_err(|undecided| refuse::undecided(text, &dialled, undecided, &options))
    }

    /// Reads a text as libphonenumber's `parse(text, region)` does.
    ///
    /// ```
    /// use predial::phone::{self, Phone};
    /// let russia = phone::region("RU").unwrap();
    /// assert_eq!(Phone::parse_in("8 912 345-67-89", russia)?.digits(), "79123456789");
    /// # Ok::<(), predial::Fault>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where libphonenumber raises, and for texts that are not one phone and nothing else.
    pub fn parse_in(text: &str, region: Region) -> Result<Phone, Fault> {
        let options = PhoneOptions {
            region: Some(region),
            ..PhoneOptions::default()
        };
        let dialled =
            text::read(text).map_err(|unread| refuse::unread(text, unread, Some(&options)))?;
        readings::phone(dialled.digits(), dialled.plus, Some(region))
            .map_err(|undecided| refuse::undecided(text, &dialled, undecided, &options))
    }

    /// The phone with exactly these digits: ASCII, country calling code first, at most 15.
    pub fn from_digits(digits: &[u8]) -> Option<Phone> {
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let verdict = plan::verdict(digits);
        let code_len = usize::from(verdict.code_len);
        let is_phone = code_len > 0 && digits.len() > code_len;
        is_phone.then(|| Phone::new(digits, verdict))?
    }

    /// A number that the plan has read, if it has not too many digits.
    fn of_number(number: &plan::ParsedNumber) -> Option<Phone> {
        Phone::new(number.digits(), number.verdict())
    }

    fn new(number: &[u8], verdict: PlanVerdict) -> Option<Phone> {
        (number.len() <= MAX_DIGITS).then(|| Phone {
            digits: short::padded(number).to_le_bytes(),
            len: number.len() as u8,
            verdict,
        })
    }

    fn bytes(&self) -> &[u8] {
        &self.digits[..usize::from(self.len)]
    }

    /// The phone of digits that stand as they are.
    #[inline]
    fn of_written(written: &WrittenPhone) -> Phone {
        let digits = written.bytes();
        Phone {
            digits,
            len: written.len as u8,
            verdict: plan::verdict(&digits[..written.len]),
        }
    }

    /// The digits as they are written.
    #[inline(always)]
    pub(crate) fn written(&self) -> WrittenPhone {
        WrittenPhone::plainly(u128::from_le_bytes(self.digits), usize::from(self.len))
    }

    /// The number as the service takes it: country calling code first, digits only.
    pub fn digits(&self) -> &str {
        str::from_utf8(self.bytes()).unwrap_or_default()
    }

    /// The number in E.164 form.
    ///
    /// ```
    /// # use predial::phone::Phone;
    /// assert_eq!(Phone::parse("79123456789")?.e164(), "+79123456789");
    /// # Ok::<(), predial::Fault>(())
    /// ```
    pub fn e164(&self) -> String {
        format!("+{}", self.digits())
    }

    /// The number as people write it: libphonenumber's `format_number`.
    ///
    /// ```
    /// # use predial::phone::{Phone, PhoneForm};
    /// let phone = Phone::parse("12015550123")?;
    /// assert_eq!(phone.format(PhoneForm::National), "(201) 555-0123");
    /// # Ok::<(), predial::Fault>(())
    /// ```
    pub fn format(&self, form: PhoneForm) -> String {
        let mut text = String::with_capacity(32);
        self.writing().write(form, &mut text);
        text
    }

    pub(crate) fn writing(&self) -> plan::Writing<'_> {
        plan::Writing::of(self.bytes(), usize::from(self.verdict.code_len))
    }

    /// The digits as one integer: no two numbers have the same, since none begins with a zero
    /// and none has more than 15 digits.
    pub fn e164_number(&self) -> u64 {
        short::number(u128::from_le_bytes(self.digits), usize::from(self.len))
    }

    /// The country calling code.
    pub fn country_code(&self) -> u16 {
        self.verdict.country_code
    }

    /// The national significant number: what follows the country calling code, zeros kept.
    pub fn national_number(&self) -> &str {
        let national = self.digits().get(usize::from(self.verdict.code_len)..);
        national.unwrap_or_default()
    }

    /// The region of a valid number, as libphonenumber's `region_code_for_number` has it.
    pub fn region(&self) -> Option<Region> {
        self.verdict.region
    }

    /// The type of a valid number, as libphonenumber's `number_type` has it.
    pub fn kind(&self) -> Option<NumberType> {
        self.verdict.kind
    }

    /// What the number of digits tells, as libphonenumber's `is_possible_number_with_reason`.
    pub fn length(&self) -> Length {
        self.verdict.length
    }

    /// libphonenumber's `is_possible_number`: its country has numbers of this length, if perhaps
    /// for local calls alone.
    pub fn is_possible(&self) -> bool {
        self.verdict.length.is_possible()
    }

    /// libphonenumber's `is_valid_number`: the number lies in a range that is assigned.
    pub fn is_valid(&self) -> bool {
        self.verdict.valid
    }

    /// Whether the number has the country calling code of a region.
    fn is_in_country_of(&self, region: Region) -> bool {
        region.country_code() == Some(self.verdict.country_code)
    }

    /// Whether somebody wrote it where they had no number: all digits after the country calling code
    /// are the same, or they count up from 1.
    ///
    /// ```
    /// # use predial::phone::Phone;
    /// let is_placeholder = |digits: &[u8]| Phone::from_digits(digits).unwrap().is_placeholder();
    /// assert!(is_placeholder(b"79999999999") && is_placeholder(b"71234567890"));
    /// assert!(!is_placeholder(b"79123456789"));
    /// ```
    #[inline]
    pub fn is_placeholder(&self) -> bool {
        // Places 4 to 7 come after every calling code. One number in 500 gets beyond this.
        let [_, _, _, _, a, b, c, d, ..] = self.digits;
        let middle = u32::from_le_bytes([a, b, c, d]);
        let steps = (middle >> 8).wrapping_sub(middle & 0xFF_FFFF);
        (steps == 0 || steps == 0x1_0101) && self.counts_or_repeats()
    }

    #[cold]
    fn counts_or_repeats(&self) -> bool {
        let national = self.national_number().as_bytes();
        let repeats = national.windows(2).all(|pair| pair[0] == pair[1]);
        let counts = national.len() >= 9
            && national
                .iter()
                .zip(1..)
                .all(|(digit, place)| *digit == b'0' + place % 10);
        // A shorter number has empty places among those that were compared.
        usize::from(self.len) >= 8 && (repeats || counts)
    }

    /// The IANA IDs of the time zones where the number may be, as libphonenumber maps them; none
    /// where that is unknown.
    ///
    /// ```
    /// # use predial::phone::Phone;
    /// assert!(Phone::parse("74951234567")?.time_zones().eq(["Europe/Moscow"]));
    /// # Ok::<(), predial::Fault>(())
    /// ```
    pub fn time_zones(&self) -> impl ExactSizeIterator<Item = &'static str> + Clone {
        self.zone_list().names()
    }

    /// The same zones as one of the plan's lists.
    pub fn zone_list(&self) -> plan::ZoneList {
        plan::zone_list(self.bytes(), self.verdict.kind)
    }
}

impl PartialEq for Phone {
    fn eq(&self, other: &Phone) -> bool {
        // The verdict follows from the digits, and no digit is a zero byte.
        self.digits == other.digits
    }
}

impl Eq for Phone {}

impl std::hash::Hash for Phone {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.bytes().hash(state);
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.e164())
    }
}

/// A region that numbers can be dialled in, by its ISO 3166-1 alpha-2 code in capitals.
///
/// ```
/// use predial::phone::region;
/// assert_eq!(region("RU").unwrap().country_code(), Some(7));
/// assert!(region("ru").is_none() && region("XX").is_none() && region("001").is_none());
/// ```
pub fn region(code: &str) -> Option<Region> {
    Region::from_code(code).filter(|region| region.country_code().is_some())
}

/// Which phone a text means, whether the text is already what the service takes, and what a
/// caller should know of it.
#[derive(Clone, Copy, Debug)]
pub struct ResolvedPhone {
    /// The phone that is meant.
    pub phone: Phone,
    /// The text is ASCII digits, and those of [`Phone::digits`].
    pub plain: bool,
    /// Why this phone is meant, and not another one.
    pub evidence: Evidence,
    doubt: Option<Doubt>,
    not_in_plan: bool,
}

impl ResolvedPhone {
    /// Whether there is any warning.
    #[inline]
    pub fn is_warned(&self) -> bool {
        let phone = &self.phone;
        self.doubt.is_some()
            || self.not_in_plan
            || readings::is_costly(phone)
            || phone.is_placeholder()
    }

    /// The warnings, with what may have been meant instead.
    pub fn warnings(&self) -> impl Iterator<Item = Fault> {
        let phone = &self.phone;
        let doubt = self.doubt.map(|doubt| refuse::doubt(phone, doubt));
        let not_in_plan = self.not_in_plan.then(|| refuse::not_in_plan(phone));
        let costly = readings::is_costly(phone).then(|| refuse::costly(phone));
        let placeholder = phone
            .is_placeholder()
            .then(|| Fault::new(Rule::PhonePlaceholder));
        [doubt, not_in_plan, costly, placeholder]
            .into_iter()
            .flatten()
    }
}

/// Under which regions how many of these texts are valid numbers of the region: the region, and their
/// number, best first. Of regions with as many, the one goes first where the writing shows it more
/// often, and then the one where more of the numbers are. A text with a plus says nothing of regions.
///
/// ```
/// use predial::phone::regions_of;
/// let texts = ["8 912 345-67-89", "030 123456", "8 (495) 123-45-67"];
/// let (region, count) = regions_of(&texts)[0];
/// assert_eq!((region.code(), count), ("RU", 2));
/// ```
pub fn regions_of<T: AsRef<str>>(texts: &[T]) -> Vec<(Region, usize)> {
    let mut found: Vec<_> = Region::all()
        .filter(|region| region.country_code().is_some())
        .map(|region| {
            let options = PhoneOptions {
                region: Some(region),
                level: Level::Valid,
                ..PhoneOptions::default()
            };
            let (mut count, mut shown, mut exact) = (0, 0, 0);
            for settled in texts
                .iter()
                .filter_map(|text| settle_or_rule(text.as_ref(), &options).ok())
            {
                let evidence = settled.evidence;
                if evidence != Evidence::Plus && settled.phone.is_in_country_of(region) {
                    count += 1;
                    shown += usize::from(evidence.shows_the_region());
                    exact += usize::from(settled.phone.region() == Some(region));
                }
            }
            (region, count, shown, exact)
        })
        .filter(|&(_, count, ..)| count > 0)
        .collect();
    found.sort_by_key(|&(region, count, shown, exact)| {
        (std::cmp::Reverse((count, shown, exact)), region)
    });
    found
        .into_iter()
        .map(|(region, count, ..)| (region, count))
        .collect()
}

/// Decides which phone a text means.
///
/// Without a region the text is international, with or without a plus; with one it may also be
/// what is dialled there, and the better reading wins.
///
/// ```
/// use predial::phone::{self, PhoneOptions, settle};
/// let options = Options::default();
/// assert!(settle("79123456789", &options)?.plain);
/// assert!(!settle("+7 912 345-67-89", &options)?.plain);
/// assert!(settle("8 (912) 345-67-89", &options).is_err());
/// let options = Options { region: phone::region("RU"), ..options };
/// assert_eq!(settle("8 (912) 345-67-89", &options)?.phone.digits(), "79123456789");
/// # Ok::<(), predial::Fault>(())
/// ```
///
/// # Errors
///
/// The first rule that the text breaks.
pub fn settle(text: &str, options: &PhoneOptions) -> Result<ResolvedPhone, Fault> {
    if let Some(settled) = settle_at_a_glance(text.as_bytes(), options) {
        return Ok(settled);
    }
    let dialled =
        text::read_guarded(text).map_err(|unread| refuse::unread(text, unread, Some(options)))?;
    settle_dialled(text.as_bytes(), &dialled, options)
        .map_err(|undecided| refuse::undecided(text, &dialled, undecided, options))
}

/// The same as [`settle`] for those who ask for no more than the rule: most faults need no words
/// then.
///
/// # Errors
///
/// The first rule that the text breaks.
pub fn settle_or_rule(text: &str, options: &PhoneOptions) -> Result<ResolvedPhone, Rule> {
    settle_bytes(text.as_bytes(), options)
}

/// The same for bytes that should be UTF-8; those that are not break a rule, as U+FFFD does.
///
/// ```
/// # use predial::Rule;
/// # use predial::phone::{PhoneOptions, settle_bytes};
/// let options = Options::default();
/// assert_eq!(settle_bytes(b"79123456789", &options).unwrap().phone.digits(), "79123456789");
/// assert_eq!(settle_bytes(b"7912345678\xff", &options).unwrap_err(), Rule::PhoneSyntax);
/// ```
///
/// # Errors
///
/// The first rule that the text breaks.
pub fn settle_bytes(text: &[u8], options: &PhoneOptions) -> Result<ResolvedPhone, Rule> {
    match settle_at_a_glance(text, options) {
        Some(settled) => Ok(settled),
        None => settle_at_second_look(text, options),
    }
}

/// What most texts of every list are settled to; `None` where a second look is needed.
#[inline(always)]
pub(crate) fn settle_at_a_glance(text: &[u8], options: &PhoneOptions) -> Option<ResolvedPhone> {
    let (phone, plain) = readings::plain(text, options)?;
    let evidence = match options.region {
        None => Evidence::CallingCode,
        Some(_) => Evidence::Plus,
    };
    Some(ResolvedPhone {
        phone,
        plain,
        evidence,
        doubt: None,
        not_in_plan: is_outside_plan(&phone, options),
    })
}

/// What a text is settled to that was not at a glance.
pub(crate) fn settle_at_second_look(
    text: &[u8],
    options: &PhoneOptions,
) -> Result<ResolvedPhone, Rule> {
    let refuse = |text: &str, unread| refuse::unread(text, unread, None).rule;
    let dialled = text::read_bytes(text, refuse)?;
    settle_dialled(text, &dialled, options)
        .map_err(|undecided| refuse::rule(&text::lossy(text), &undecided))
}

/// What the digits of a text are settled to.
#[inline]
fn settle_dialled(
    text: &[u8],
    dialled: &Dialled,
    options: &PhoneOptions,
) -> Result<ResolvedPhone, Undecided> {
    let decided = readings::decide(dialled, options)?;
    Ok(ResolvedPhone {
        phone: decided.phone,
        plain: text == decided.phone.bytes(),
        evidence: decided.evidence,
        doubt: decided.doubt,
        not_in_plan: is_outside_plan(&decided.phone, options),
    })
}

#[inline(always)]
fn is_outside_plan(phone: &Phone, options: &PhoneOptions) -> bool {
    options.level == Level::Possible && !phone.is_valid()
}

/// The same for a number as JSON writes it. In text a minus and a dot are punctuation, in a number
/// they are not: a negative one is no phone, nor is one with a fraction.
///
/// # Errors
///
/// The first rule that the number breaks.
pub fn settle_number(text: &str, options: &PhoneOptions) -> Result<ResolvedPhone, Fault> {
    let number = unsigned(text)?;
    let (_, fraction) = number.split_once('.').unwrap_or((number, ""));
    let is_scientific = number.contains(['e', 'E']); // which has a rule of its own
    if !is_scientific && fraction.bytes().any(|digit| digit != b'0') {
        return Err(Fault::new(Rule::PhoneType).because("the phone is a number with a fraction"));
    }
    settle(number, options)
}

/// A number as JSON or Python writes it, unless it is negative: the minus would be taken for a
/// dash.
///
/// # Errors
///
/// A negative number breaks the rule `phone-syntax`.
pub fn unsigned(number: &str) -> Result<&str, Fault> {
    if number.starts_with('-') {
        let fault = Fault::new(Rule::PhoneSyntax);
        return Err(fault.because("the phone is a negative number").at(0));
    }
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warnings(text: &str, level: Level) -> Vec<(Rule, Option<String>)> {
        let options = PhoneOptions {
            level,
            ..PhoneOptions::default()
        };
        let settled = settle(text, &options).unwrap();
        let warnings: Vec<_> = settled
            .warnings()
            .map(|fault| (fault.rule, fault.suggestion))
            .collect();
        assert_eq!(settled.is_warned(), !warnings.is_empty());
        warnings
    }

    #[test]
    fn a_plain_mobile_has_no_warning() {
        assert_eq!(warnings("79123456789", Level::Possible), []);
    }

    #[test]
    fn eleven_digits_that_are_russian_and_vietnamese_are_noticed() {
        let russian = Some("74951234567".to_owned());
        for level in Level::ALL {
            let found = warnings("84951234567", level);
            assert_eq!(found, [(Rule::PhoneMaybeNational, russian.clone())]);
        }
        assert_eq!(warnings("+84951234567", Level::Possible), []);
    }

    #[test]
    fn a_number_outside_the_plan_is_noticed_where_it_is_no_error() {
        let found = warnings("72123456789", Level::Possible);
        assert_eq!(found, [(Rule::PhoneNotInPlan, None)]);
        assert_eq!(warnings("72123456789", Level::E164), []);
        let valid = PhoneOptions {
            level: Level::Valid,
            ..PhoneOptions::default()
        };
        let fault = settle("72123456789", &valid).unwrap_err();
        assert_eq!(fault.rule, Rule::PhoneNotInPlan);
    }

    #[test]
    fn costly_numbers_are_noticed() {
        for text in ["78091234567", "+44 9012345678", "+49 180 10123456"] {
            let phone = Phone::parse(text).unwrap();
            let costly = [NumberType::PremiumRate, NumberType::SharedCost];
            assert!(costly.contains(&phone.kind().unwrap()), "{text}");
            assert_eq!(warnings(text, Level::Valid), [(Rule::PhoneCostly, None)]);
        }
    }

    #[test]
    fn settling_for_the_rule_says_the_rule_of_the_fault() {
        let options = PhoneOptions::default();
        for text in [
            "",
            "7",
            "8 (912) 345-67-89",
            "7.911E+10",
            "+999123456",
            "7912345678",
            "1-800-FLOWERS",
            "79123456789 79123456780",
            "1234567890123456",
        ] {
            let fault = settle(text, &options).unwrap_err();
            assert_eq!(settle_or_rule(text, &options).unwrap_err(), fault.rule);
        }
    }

    #[test]
    fn a_number_keeps_its_digits_as_one_integer() {
        let phone = Phone::parse("+39 02 1234 5678").unwrap();
        assert_eq!(phone.e164_number(), 390_212_345_678);
        assert_eq!(phone.national_number(), "0212345678");
        assert_eq!(Phone::from_digits(b"390212345678"), Some(phone));
        for digits in ["", "39", "3a9", "0212345678", "3902123456781234"] {
            assert_eq!(Phone::from_digits(digits.as_bytes()), None, "{digits}");
        }
    }
}
