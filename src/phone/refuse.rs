//! The faults of digits that mean no phone, and the warnings about those that do.

use super::diagnose;
use super::number::{self, MAX_DIGITS, Phone};
use super::number_part::Unread;
use super::options::PhoneOptions;
use super::plan::{NumberType, ParseRefusal, Region};
use super::readings::{self, Cause, Doubt, MeantPhone, PhoneNumber, Undecided};
use super::refused_phone::{RefusedPhone, suggest};
use super::text::{Dialled, position_of_digit};
use crate::fault::counted;
use crate::{Fault, Rule};

/// The fault of a text that is not read. With options, the phone that they make of it is suggested.
pub(super) fn unread(text: &str, unread: Unread, options: Option<&PhoneOptions>) -> RefusedPhone {
    match unread {
        Unread::TooManyCharacters => diagnose::too_many_characters(text).into(),
        Unread::TooManyDigits => too_many_digits(text, options),
        Unread::TooFewDigits => too_few_digits(text).into(),
        Unread::Context => diagnose::context(text).into(),
        Unread::Other => diagnose::diagnose(text, options),
    }
}

/// The fault of digits that mean no phone.
pub(super) fn undecided(
    text: &str,
    dialled: &Dialled,
    undecided: Undecided,
    options: &PhoneOptions,
) -> RefusedPhone {
    let cause = undecided.cause;
    let meant = undecided.meant(dialled);
    let fault = Fault::new(rule(text, &undecided));
    let assumed = |phone: Phone| MeantPhone::assumed(phone, dialled.plus, options);
    let fault = match cause {
        Cause::TooManyDigits | Cause::Refused(ParseRefusal::TooLong) => {
            return too_many_digits(text, Some(options)).or_rather(meant.map(assumed));
        }
        Cause::Refused(ParseRefusal::InvalidCountryCode) => {
            let meant = meant
                .or_else(|| readings::without_second_plus(dialled))
                .or_else(|| readings::russian_of(dialled));
            return suggest(at_digit(fault, text, 0), meant.map(assumed));
        }
        Cause::Extension => {
            let number = meant.map_or(0, |_| dialled.digits().len());
            let groups = dialled.group_starts.checked_ilog2().unwrap_or_default() as usize;
            let fault = at_digit(fault, text, groups.min(number));
            return suggest(fault, readings::before_extension(dialled, options));
        }
        Cause::Range => return diagnose::range(text, fault, options),
        Cause::TwoNumbers => return diagnose::two_numbers(text, fault, options).into(),
        Cause::Date => return fault.because("the phone is a date").into(),
        Cause::Refused(_) => too_few_digits(text),
        Cause::National | Cause::ShortNumber => at_digit(fault, text, 0),
        Cause::Ambiguous(national, international) => {
            fault.because(both(national, international, options))
        }
        Cause::Level(phone, rule) => {
            let meant = meant.or_else(|| readings::mended(&phone, dialled, options));
            return suggest(at_level(&phone, rule), meant.map(assumed));
        }
    };
    suggest(fault, meant.map(assumed))
}

/// The rule of the same fault.
pub(super) fn rule(text: &str, undecided: &Undecided) -> Rule {
    match undecided.cause {
        // Without a gap they are not two numbers.
        Cause::TooManyDigits | Cause::Refused(ParseRefusal::TooLong)
            if text.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            Rule::PhoneTooLong
        }
        Cause::TooManyDigits | Cause::Refused(ParseRefusal::TooLong) => {
            too_many_digits(text, None).fault.rule
        }
        Cause::Refused(ParseRefusal::InvalidCountryCode) => Rule::PhoneCountryCode,
        Cause::Refused(
            ParseRefusal::NotANumber | ParseRefusal::TooShortAfterIdd | ParseRefusal::TooShortNsn,
        ) => too_few_digits(text).rule,
        Cause::National => Rule::PhoneNational,
        Cause::ShortNumber => Rule::PhoneShort,
        Cause::Extension => Rule::PhoneExtension,
        Cause::Range | Cause::TwoNumbers => Rule::PhoneMultiple,
        Cause::Date => Rule::PhoneSyntax,
        Cause::Ambiguous(..) => Rule::PhoneAmbiguous,
        Cause::Level(_, rule) => rule,
    }
}

/// Too few digits for any number.
pub(super) fn too_few_digits(text: &str) -> Fault {
    match position_of_digit(text, 0) {
        Some(position) => Fault::new(Rule::PhoneTooShort).at(position),
        None => diagnose::no_digits(text),
    }
}

/// More digits than ITU E.164 allows: perhaps two numbers run together.
pub(super) fn too_many_digits(text: &str, options: Option<&PhoneOptions>) -> RefusedPhone {
    let too_long = || at_digit(Fault::new(Rule::PhoneTooLong), text, MAX_DIGITS).into();
    diagnose::run_together(text, options).unwrap_or_else(too_long)
}

/// The fault of a text with two equally good readings.
fn both(
    national: Option<PhoneNumber>,
    international: Option<PhoneNumber>,
    options: &PhoneOptions,
) -> String {
    let written = |number: Option<PhoneNumber>| {
        number
            .and_then(PhoneNumber::phone)
            .map_or_else(String::new, |phone| phone.e164())
    };
    format!(
        "dialled in {} the phone is {}, as an international number it is {}",
        options.region.map_or("", Region::code),
        written(national),
        written(international),
    )
}

/// The fault of a phone that does not satisfy the level.
fn at_level(phone: &Phone, rule: Rule) -> Fault {
    let code = phone.country_code();
    let digits = counted(phone.national_number().len(), "digit");
    Fault::new(rule).because(match rule {
        Rule::PhoneLocalOnly => {
            format!("a number with {digits} after +{code} is only for local calls")
        }
        Rule::PhoneTooShort => format!("{digits} after +{code} are too few"),
        Rule::PhoneTooLong => format!("{digits} after +{code} are too many"),
        Rule::PhoneLength => format!("no number of +{code} has {digits} after the code"),
        _ => format!("no numbers in this range are in use under +{code}"),
    })
}

/// The warning about a number outside all ranges of its country.
pub(super) fn not_in_plan(phone: &Phone) -> Fault {
    number::suggest(
        at_level(phone, Rule::PhoneNotInPlan),
        readings::mended_number(phone),
    )
}

/// The rule of a doubt.
pub(super) fn doubt_rule(doubt: Doubt) -> Rule {
    match doubt {
        Doubt::MaybeNational(_) => Rule::PhoneMaybeNational,
        Doubt::TwoReadings(_) => Rule::PhoneTwoReadings,
        Doubt::Abroad => Rule::PhoneAbroad,
    }
}

/// What else a text may have meant.
pub(super) fn doubt(phone: &Phone, doubt: Doubt) -> Fault {
    match doubt {
        Doubt::MaybeNational(likely) => number::suggest(
            Fault::new(Rule::PhoneMaybeNational),
            likely.and_then(PhoneNumber::phone),
        ),
        Doubt::TwoReadings(other) => {
            let other = other.phone().map_or_else(String::new, |other| other.e164());
            let taken = phone.e164();
            Fault::new(Rule::PhoneTwoReadings).because(format!(
                "the phone was read as {taken}, and may also be {other}"
            ))
        }
        Doubt::Abroad => {
            let taken = phone.e164();
            Fault::new(Rule::PhoneAbroad)
                .because(format!("the phone is a number of another country: {taken}"))
        }
    }
}

/// The warning about a number that is expensive to call.
pub(super) fn costly(phone: &Phone) -> Fault {
    Fault::new(Rule::PhoneCostly).because(match phone.kind() {
        Some(NumberType::SharedCost) => "the phone is a shared-cost number",
        _ => "the phone is a premium-rate number",
    })
}

/// The fault, at the digit with this index among the text's digits.
fn at_digit(fault: Fault, text: &str, index: usize) -> Fault {
    match position_of_digit(text, index) {
        Some(position) => fault.at(position),
        None => fault,
    }
}
