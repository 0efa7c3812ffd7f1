//! What is said of digits that were read and mean no phone, or one with a warning.

use super::plan::{NumberType, Refusal, Region};
use super::readings::{self, Undecided};
use super::text::{Dialled, position_of_digit};
use super::{Options, Phone, diagnose};
use crate::{Fault, Rule};

/// What is wrong with digits that are read, but mean no phone.
pub(super) fn undecided(
    text: &str,
    dialled: &Dialled,
    undecided: Undecided,
    options: &Options,
) -> Fault {
    match undecided {
        Undecided::TooManyDigits | Undecided::Refused(Refusal::TooLong) => too_many_digits(text),
        Undecided::Refused(Refusal::InvalidCountryCode) => {
            let fault = at_digit(Fault::new(Rule::PhoneCountryCode), text, 0);
            suggest(fault, readings::russian(dialled.digits()))
        }
        Undecided::Refused(
            Refusal::NotANumber | Refusal::TooShortAfterIdd | Refusal::TooShortNsn,
        ) => too_few_digits(text),
        Undecided::National(likely) => {
            suggest(at_digit(Fault::new(Rule::PhoneNational), text, 0), likely)
        }
        Undecided::Ambiguous {
            national,
            international,
        } => ambiguous(&national, &international, options),
        Undecided::Level(phone, rule) => at_level(&phone, rule),
    }
}

/// Not enough digits for any number.
pub(super) fn too_few_digits(text: &str) -> Fault {
    match position_of_digit(text, 0) {
        Some(position) => Fault::new(Rule::PhoneTooShort).at(position),
        None => diagnose::no_digits(text),
    }
}

/// More digits than ITU E.164 allows: perhaps two numbers run together.
pub(super) fn too_many_digits(text: &str) -> Fault {
    diagnose::run_together(text)
        .unwrap_or_else(|| at_digit(Fault::new(Rule::PhoneTooLong), text, super::MAX_DIGITS))
}

/// Both readings of a text, as good as each other.
fn ambiguous(national: &Phone, international: &Phone, options: &Options) -> Fault {
    let region = options.region.map_or("", Region::code);
    Fault::new(Rule::PhoneAmbiguous).because(format!(
        "dialled in {region} the phone is {}, as an international number it is {}",
        national.e164(),
        international.e164(),
    ))
}

/// A phone that is not what the level asks for.
fn at_level(phone: &Phone, rule: Rule) -> Fault {
    let code = phone.country_code();
    let digits = phone.national_number().len();
    Fault::new(rule).because(match rule {
        Rule::PhoneLocalOnly => {
            format!("{digits} digits after +{code} are a number for local calls alone")
        }
        Rule::PhoneTooShort => format!("{digits} digits after +{code} are too few"),
        Rule::PhoneTooLong => format!("{digits} digits after +{code} are too many"),
        Rule::PhoneLength => format!("no number of +{code} has {digits} digits after that"),
        _ => format!("the number lies in no range that is assigned under +{code}"),
    })
}

/// A number outside all ranges of its country, where that is no error.
pub(super) fn not_in_plan(phone: &Phone) -> Fault {
    at_level(phone, Rule::PhoneNotInPlan)
}

/// Digits that are valid both as they stand and in Russia or Kazakhstan.
pub(super) fn maybe_national(phone: &Phone) -> Fault {
    let russian = readings::russian(phone.bytes());
    suggest(Fault::new(Rule::PhoneMaybeNational), russian)
}

/// A number whose calls are dear.
pub(super) fn costly(phone: &Phone) -> Fault {
    Fault::new(Rule::PhoneCostly).because(match phone.kind() {
        Some(NumberType::SharedCost) => "the phone is a shared-cost number",
        _ => "the phone is a premium-rate number",
    })
}

pub(super) fn suggest(fault: Fault, phone: Option<Phone>) -> Fault {
    match phone {
        Some(phone) => fault.suggest(phone.digits()),
        None => fault,
    }
}

/// The fault, at the digit with this index among the text's digits.
fn at_digit(fault: Fault, text: &str, index: usize) -> Fault {
    match position_of_digit(text, index) {
        Some(position) => fault.at(position),
        None => fault,
    }
}
