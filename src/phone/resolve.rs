//! Decides which phone a text of a list means, and the warnings about it.

use super::fast_rule::fast_rule;
use super::number::Phone;
use super::options::{Evidence, Level, PhoneOptions};
use super::plan::Region;
use super::readings::{self, Doubt, Undecided};
use super::refuse;
use super::refused_phone::RefusedPhone;
use super::text::{self, Dialled};
use crate::{Fault, Rule};

impl Phone {
    /// Reads a text as an international number, with or without a plus; a leading `00` means a
    /// plus.
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
            .map_err(|undecided| refuse::undecided(text, &dialled, undecided, &options).fault)
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
    /// Those of libphonenumber; and texts that contain anything besides one phone.
    pub fn parse_in(text: &str, region: Region) -> Result<Phone, Fault> {
        let options = PhoneOptions {
            region: Some(region),
            ..PhoneOptions::default()
        };
        let dialled =
            text::read(text).map_err(|unread| refuse::unread(text, unread, Some(&options)))?;
        readings::phone(dialled.digits(), dialled.plus, Some(region))
            .map_err(|undecided| refuse::undecided(text, &dialled, undecided, &options).fault)
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

/// The phone that a text means, whether the service accepts the text unchanged, and the warnings.
#[derive(Clone, Copy, Debug)]
pub struct ResolvedPhone {
    /// The phone that is meant.
    pub phone: Phone,
    /// The text is ASCII digits, and those of [`Phone::digits`].
    pub plain: bool,
    /// The evidence for this phone.
    pub evidence: Evidence,
    doubt: Option<Doubt>,
    not_in_plan: bool,
}

impl ResolvedPhone {
    /// Whether there is any warning.
    #[inline(always)]
    pub fn is_warned(&self) -> bool {
        let phone = &self.phone;
        self.doubt.is_some()
            || self.not_in_plan
            || readings::is_costly(phone)
            || phone.is_placeholder()
    }

    /// The warnings, each with the phone that may be meant instead.
    pub fn warnings(&self) -> impl Iterator<Item = Fault> {
        self.warned_rules().map(|rule| self.warning(rule))
    }

    /// The rules of the warnings.
    pub(crate) fn warned_rules(&self) -> impl Iterator<Item = Rule> + use<> {
        let phone = &self.phone;
        [
            self.doubt.map(refuse::doubt_rule),
            self.not_in_plan.then_some(Rule::PhoneNotInPlan),
            readings::is_costly(phone).then_some(Rule::PhoneCostly),
            phone.is_placeholder().then_some(Rule::PhonePlaceholder),
        ]
        .into_iter()
        .flatten()
    }

    /// What is to be said of a phone that breaks one of its [`Self::warned_rules`].
    pub(crate) fn warning(&self, rule: Rule) -> Fault {
        let phone = &self.phone;
        match (rule, self.doubt) {
            (Rule::PhoneNotInPlan, _) => refuse::not_in_plan(phone),
            (Rule::PhoneCostly, _) => refuse::costly(phone),
            (Rule::PhonePlaceholder, _) | (_, None) => Fault::new(rule),
            (_, Some(doubt)) => refuse::doubt(phone, doubt),
        }
    }
}

/// Decides which phone a text means.
///
/// Without a region the text is international, with or without a plus. With one it may also be a
/// number as dialled there, and the better reading wins.
///
/// ```
/// use predial::phone::{self, PhoneOptions, resolve};
/// let options = PhoneOptions::default();
/// assert!(resolve("79123456789", &options)?.plain);
/// assert!(!resolve("+7 912 345-67-89", &options)?.plain);
/// assert!(resolve("8 (912) 345-67-89", &options).is_err());
/// let options = PhoneOptions { region: phone::region("RU"), ..options };
/// assert_eq!(resolve("8 (912) 345-67-89", &options)?.phone.digits(), "79123456789");
/// # Ok::<(), predial::Fault>(())
/// ```
///
/// # Errors
///
/// The first rule that the text breaks.
pub fn resolve(text: &str, options: &PhoneOptions) -> Result<ResolvedPhone, Fault> {
    match fast_resolve(text.as_bytes(), options) {
        Some(resolved) => Ok(resolved),
        None => resolve_or_suggest(text, options).map_err(|refused| refused.fault),
    }
}

fn resolve_or_suggest(text: &str, options: &PhoneOptions) -> Result<ResolvedPhone, RefusedPhone> {
    let dialled =
        text::read_guarded(text).map_err(|unread| refuse::unread(text, unread, Some(options)))?;
    resolve_dialled(text.as_bytes(), &dialled, options)
        .map_err(|undecided| refuse::undecided(text, &dialled, undecided, options))
}

/// The phone that is suggested for a text that is refused, with the warnings about the digits of the
/// text that it was read from.
pub(crate) fn resolve_suggested(text: &str, options: &PhoneOptions) -> Option<ResolvedPhone> {
    let refused = resolve_or_suggest(text, options).err()?;
    let suggested = resolve_or_rule(&refused.fault.suggestion?, options).ok()?;
    Some(ResolvedPhone {
        doubt: refused.doubt,
        ..suggested
    })
}

/// The same as [`resolve`] for callers that only need the rule, which saves the words of most
/// faults.
///
/// # Errors
///
/// The first rule that the text breaks.
pub fn resolve_or_rule(text: &str, options: &PhoneOptions) -> Result<ResolvedPhone, Rule> {
    match fast_resolve(text.as_bytes(), options) {
        Some(resolved) => Ok(resolved),
        None => slow_resolve_text(text, options),
    }
}

/// Whether a text means that there is no phone, such as `нет`, `-` or `null`.
///
/// ```
/// use predial::phone::means_nothing;
/// assert!(means_nothing("нет") && !means_nothing("Anna"));
/// ```
pub fn means_nothing(text: &str) -> bool {
    resolve_or_rule(text, &PhoneOptions::default()).err() == Some(Rule::PhoneEmpty)
}

/// The same for bytes that should be UTF-8. Invalid bytes break a rule, as U+FFFD does.
///
/// ```
/// # use predial::Rule;
/// # use predial::phone::{PhoneOptions, resolve_bytes};
/// let options = PhoneOptions::default();
/// assert_eq!(resolve_bytes(b"79123456789", &options).unwrap().phone.digits(), "79123456789");
/// assert_eq!(resolve_bytes(b"7912345678\xff", &options).unwrap_err(), Rule::PhoneSyntax);
/// ```
///
/// # Errors
///
/// The first rule that the text breaks.
pub fn resolve_bytes(text: &[u8], options: &PhoneOptions) -> Result<ResolvedPhone, Rule> {
    match fast_resolve(text, options) {
        Some(resolved) => Ok(resolved),
        None => slow_resolve(text, options),
    }
}

/// The fast path of [`resolve_bytes`], which answers for most texts of every list; `None` if only
/// [`slow_resolve`] can decide.
#[inline(always)]
pub(crate) fn fast_resolve(text: &[u8], options: &PhoneOptions) -> Option<ResolvedPhone> {
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

/// The phone of a text for which [`fast_resolve`] has no answer.
pub(crate) fn slow_resolve(text: &[u8], options: &PhoneOptions) -> Result<ResolvedPhone, Rule> {
    match Dialled::of_ascii(text) {
        Some(dialled) => resolve_dialled(text, &dialled, options)
            .map_err(|undecided| refuse::rule(&text::lossy(text), &undecided)),
        None => resolve_written(&text::lossy(text), options),
    }
}

/// The same for a text that is known to be UTF-8.
pub(crate) fn slow_resolve_text(text: &str, options: &PhoneOptions) -> Result<ResolvedPhone, Rule> {
    match Dialled::of_ascii(text.as_bytes()) {
        Some(dialled) => resolve_dialled(text.as_bytes(), &dialled, options)
            .map_err(|undecided| refuse::rule(text, &undecided)),
        None => resolve_written(text, options),
    }
}

/// The same for a text that [`Dialled::of_ascii`] leaves.
fn resolve_written(text: &str, options: &PhoneOptions) -> Result<ResolvedPhone, Rule> {
    if let Some(rule) = fast_rule(text) {
        return Err(rule);
    }
    let dialled = text::read_guarded_slowly(text)
        .map_err(|unread| refuse::unread(text, unread, None).fault.rule)?;
    resolve_dialled(text.as_bytes(), &dialled, options)
        .map_err(|undecided| refuse::rule(text, &undecided))
}

/// The result for the digits of a text.
#[inline]
fn resolve_dialled(
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

/// The same for a number in JSON. In a text a minus and a dot are punctuation. A negative number
/// and a number with a fraction are not phones.
///
/// # Errors
///
/// The first rule that the number breaks.
pub fn resolve_number(text: &str, options: &PhoneOptions) -> Result<ResolvedPhone, Fault> {
    let number = unsigned(text)?;
    if has_fraction(number) {
        return Err(Fault::new(Rule::PhoneType).because("the phone is a number with a fraction"));
    }
    resolve(number, options)
}

/// The same for those who ask for no more than the rule.
pub(crate) fn resolve_number_or_rule(
    text: &str,
    options: &PhoneOptions,
) -> Result<ResolvedPhone, Rule> {
    let number = unsigned(text).map_err(|fault| fault.rule)?;
    match has_fraction(number) {
        true => Err(Rule::PhoneType),
        false => resolve_or_rule(number, options),
    }
}

/// [`resolve_suggested`] for a number in JSON.
pub(crate) fn resolve_suggested_number(
    number: &str,
    options: &PhoneOptions,
) -> Option<ResolvedPhone> {
    let number = unsigned(number)
        .ok()
        .filter(|number| !has_fraction(number))?;
    resolve_suggested(number, options)
}

fn has_fraction(number: &str) -> bool {
    let (_, fraction) = number.split_once('.').unwrap_or((number, ""));
    let is_scientific = number.contains(['e', 'E']); // which has a rule of its own
    !is_scientific && fraction.bytes().any(|digit| digit != b'0')
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
    use crate::phone::plan::NumberType;

    fn warnings(text: &str, level: Level) -> Vec<(Rule, Option<String>)> {
        let options = PhoneOptions {
            level,
            ..PhoneOptions::default()
        };
        let resolved = resolve(text, &options).unwrap();
        let warnings: Vec<_> = resolved
            .warnings()
            .map(|fault| (fault.rule, fault.suggestion))
            .collect();
        assert_eq!(resolved.is_warned(), !warnings.is_empty());
        warnings
    }

    #[test]
    fn a_plain_mobile_has_no_warning() {
        assert_eq!(warnings("79123456789", Level::Possible), []);
    }

    #[test]
    fn eleven_digits_that_are_russian_or_vietnamese_get_a_warning() {
        let russian = Some("+74951234567".to_owned());
        for level in Level::ALL {
            let found = warnings("84951234567", level);
            assert_eq!(found, [(Rule::PhoneMaybeNational, russian.clone())]);
        }
        assert_eq!(warnings("+84951234567", Level::Possible), []);
    }

    #[test]
    fn a_number_outside_the_plan_gets_a_warning_if_it_is_not_an_error() {
        let found = warnings("72123456789", Level::Possible);
        assert_eq!(found, [(Rule::PhoneNotInPlan, None)]);
        assert_eq!(warnings("72123456789", Level::E164), []);
        let valid = PhoneOptions {
            level: Level::Valid,
            ..PhoneOptions::default()
        };
        let fault = resolve("72123456789", &valid).unwrap_err();
        assert_eq!(fault.rule, Rule::PhoneNotInPlan);
    }

    #[test]
    fn expensive_numbers_get_a_warning() {
        for text in ["78091234567", "+44 9012345678", "+49 180 10123456"] {
            let phone = Phone::parse(text).unwrap();
            let costly = [NumberType::PremiumRate, NumberType::SharedCost];
            assert!(costly.contains(&phone.kind().unwrap()), "{text}");
            assert_eq!(warnings(text, Level::Valid), [(Rule::PhoneCostly, None)]);
        }
    }

    #[test]
    fn the_rule_alone_is_that_of_the_fault() {
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
            let fault = resolve(text, &options).unwrap_err();
            assert_eq!(resolve_or_rule(text, &options).unwrap_err(), fault.rule);
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
