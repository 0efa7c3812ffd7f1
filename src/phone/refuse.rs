//! Why a text is no phone: one rule for each thing that people put into phone columns, and what
//! was meant where that can be told. Nothing here runs for a text that is a phone.

use super::text::{self, Class, Dialled, class, position_of_digit};
use super::{Phone, decimal};
use crate::{Fault, Rule};

/// How few digits make a run of digits a number of its own, and not an extension or a part.
const NUMBER: usize = 7;

/// How few digits stand before an extension.
const BEFORE_EXTENSION: usize = 3;

/// What introduces an extension, in small letters and without its dots: libphonenumber's labels
/// and those of Russian, French and Spanish lists.
const EXTENSION_LABELS: [&str; 22] = [
    "x",
    "ｘ",
    "xt",
    "ext",
    "extn",
    "extension",
    "extensión",
    "ｅｘｔ",
    "ｅｘｔｎ",
    "ｘｔ",
    "int",
    "ｉｎｔ",
    "anexo",
    "доб",
    "добавочный",
    "вн",
    "внутр",
    "внутренний",
    "poste",
    "#",
    "＃",
    ";ext=",
];

/// The rule that a text breaks which is not digits and marks alone.
pub(super) fn diagnose(text: &str) -> Fault {
    if is_blank(text) {
        return Fault::new(Rule::PhoneEmpty);
    }
    if let Some(fault) = scientific(text) {
        return fault;
    }
    let runs = runs(text);
    several(text, &runs)
        .or_else(|| extension(text, &runs))
        .or_else(|| letters(text, &runs))
        .unwrap_or_else(|| leftover(text, &runs))
}

/// More characters than libphonenumber reads.
pub(super) fn long_text(text: &str) -> Fault {
    if is_blank(text) {
        return Fault::new(Rule::PhoneEmpty);
    }
    Fault::new(Rule::PhoneTooLong).because("the text is longer than 250 characters")
}

/// An RFC 3966 context that is neither a country's nor a domain.
pub(super) fn context(text: &str) -> Fault {
    let at = text.find(";phone-context=").unwrap_or(0);
    Fault::new(Rule::PhoneSyntax)
        .because("the parameters of the tel: URI are none of RFC 3966")
        .at(position(text, at))
}

/// Digits, but not enough of them for any number.
pub(super) fn too_few_digits(text: &str) -> Fault {
    if is_blank(text) {
        return Fault::new(Rule::PhoneEmpty);
    }
    match position_of_digit(text, 0) {
        Some(position) => Fault::new(Rule::PhoneTooShort).at(position),
        None => Fault::new(Rule::PhoneSyntax)
            .because("the text has no digits")
            .at(0),
    }
}

/// More digits than ITU E.164 allows: perhaps two numbers run together.
pub(super) fn too_many_digits(text: &str) -> Fault {
    if let Some(fault) = several(text, &runs(text)).or_else(|| halves(text)) {
        return fault;
    }
    let fault = Fault::new(Rule::PhoneTooLong);
    match position_of_digit(text, super::MAX_DIGITS) {
        Some(position) => fault.at(position),
        None => fault,
    }
}

/// No country has the code that the number begins with.
pub(super) fn country_code(text: &str) -> Fault {
    let fault = Fault::new(Rule::PhoneCountryCode);
    let fault = match position_of_digit(text, 0) {
        Some(position) => fault.at(position),
        None => fault,
    };
    let digits: String = text
        .chars()
        .filter_map(decimal::value)
        .map(|digit| char::from(b'0' + digit))
        .collect();
    match likely_number(&digits) {
        Some(phone) => fault.suggest(phone.digits()),
        None => fault,
    }
}

/// A trunk prefix in front, and no country that it could be dialled in.
pub(super) fn national(text: &str, dialled: &Dialled) -> Fault {
    let fault = Fault::new(Rule::PhoneNational);
    let fault = match position_of_digit(text, 0) {
        Some(position) => fault.at(position),
        None => fault,
    };
    match likely_number(dialled.digits()) {
        Some(phone) => fault.suggest(phone.digits()),
        None => fault,
    }
}

/// What a number with a trunk prefix is in Russia, the likely country of a trunk prefix 8.
fn likely_number(digits: &str) -> Option<Phone> {
    let national = digits.strip_prefix('8')?;
    (national.len() == 10)
        .then(|| number(&format!("7{national}")))
        .flatten()
}

/// The phone that a part of a text would be, if it were the whole; such a part is not diagnosed
/// in its turn.
fn number(part: &str) -> Option<Phone> {
    let dialled = text::scan(part).ok()?;
    Phone::international(part, &dialled).ok()
}

fn is_blank(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_whitespace() || matches!(c, '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}'))
}

/// `7.911E+10` as spreadsheets write it, with a Latin or a Cyrillic E, a dot or a comma.
fn scientific(text: &str) -> Option<Fault> {
    let trimmed = text.trim();
    let (mantissa, exponent) = trimmed.split_once(['e', 'E', 'е', 'Е'])?;
    let mantissa = mantissa.strip_prefix(['+', '-']).unwrap_or(mantissa);
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || exponent.is_empty() {
        return None;
    }
    if ![whole, fraction, exponent].into_iter().all(is_digits) {
        return None;
    }
    let at = text
        .chars()
        .position(|c| matches!(c, 'e' | 'E' | 'е' | 'Е'));
    let fault = Fault::new(Rule::PhoneScientific).at(at.unwrap_or(0));
    let complete = whole.len() == 1 && exponent.parse() == Ok(fraction.len());
    let digits = format!("{whole}{fraction}");
    Some(match number(&digits) {
        Some(phone) if complete => fault
            .because("the phone is in scientific notation")
            .suggest(phone.digits()),
        _ => fault,
    })
}

/// A stretch of text that could be a number by itself: digits, marks, pluses in front.
struct Run<'t> {
    text: &'t str,
    /// In bytes.
    start: usize,
    digits: usize,
}

/// Splits a text where anything stands that no number has inside: letters, commas, a plus after
/// digits, a slash.
fn runs(text: &str) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    let mut start = 0;
    let mut digits = 0;
    let mut end_run = |start: usize, end: usize, digits: usize| {
        if digits > 0 {
            let text = &text[start..end];
            runs.push(Run {
                text,
                start,
                digits,
            });
        }
    };
    for (at, c) in text.char_indices() {
        match class(c) {
            Class::Digit(_) => digits += 1,
            Class::Mark if !matches!(c, '/' | '\u{FF0F}') => {}
            Class::Plus if digits == 0 => {}
            class => {
                end_run(start, at, digits);
                digits = 0;
                let inside = class == Class::Plus;
                start = if inside { at } else { at + c.len_utf8() };
            }
        }
    }
    end_run(start, text.len(), digits);
    runs
}

/// Where a byte of the text stands, in characters.
fn position(text: &str, byte: usize) -> usize {
    text[..byte].chars().count()
}

/// Where the first character of a run stands that is no mark.
fn run_position(text: &str, run: &Run<'_>) -> usize {
    let marks = run.text.trim_start_matches(|c| class(c) == Class::Mark);
    position(text, run.start + run.text.len() - marks.len())
}

/// Two runs that are numbers both.
fn several(text: &str, runs: &[Run<'_>]) -> Option<Fault> {
    let second = runs.iter().filter(|run| run.digits >= NUMBER).nth(1)?;
    Some(Fault::new(Rule::PhoneMultiple).at(run_position(text, second)))
}

/// Too many digits for one number that split at a gap into two numbers of the same length.
fn halves(text: &str) -> Option<Fault> {
    let digits = text
        .chars()
        .filter(|&c| decimal::value(c).is_some())
        .count();
    let half = digits / 2;
    if digits % 2 != 0 || half < NUMBER {
        return None;
    }
    let before = position_of_digit(text, half - 1)?;
    let after = position_of_digit(text, half)?;
    (after > before + 1).then(|| Fault::new(Rule::PhoneMultiple).at(after))
}

/// A number, a label and a few digits.
fn extension(text: &str, runs: &[Run<'_>]) -> Option<Fault> {
    let main = runs.first().filter(|run| run.digits >= BEFORE_EXTENSION)?;
    let main_end = main.start + main.text.len();
    let rest = &text[main_end..];
    if let Some(at) = suffixed_extension(main, rest) {
        return Some(extension_fault(text, &text[..at], at));
    }
    if let Some(at) = tilde_extension(main, rest) {
        return Some(extension_fault(text, &text[..at], at));
    }
    let first_digit = rest.find(|c| decimal::value(c).is_some())?;
    let (label, digits) = rest.split_at(first_digit);
    let is_extension = digits
        .trim_end_matches(|c: char| c == '#' || class(c) == Class::Mark)
        .chars()
        .all(|c| decimal::value(c).is_some());
    (is_extension && is_extension_label(label)).then(|| extension_fault(text, main.text, main_end))
}

/// What stands between a number and its extension: a known word, or commas and semicolons.
fn is_extension_label(label: &str) -> bool {
    let label = label.to_lowercase();
    let word =
        label.trim_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ',' | ':' | '-' | '('));
    if word.is_empty() {
        return label.contains([',', ';']);
    }
    EXTENSION_LABELS.contains(&word) || word == ";"
}

/// `+1 650 253-0000 - 503#`: where the extension begins, in bytes.
fn suffixed_extension(main: &Run<'_>, rest: &str) -> Option<usize> {
    if rest.trim_end() != "#" {
        return None;
    }
    let number = main.text.trim_end_matches(|c| decimal::value(c).is_some());
    number
        .ends_with(['-', ' '])
        .then_some(main.start + number.len())
}

/// `+1 650 253-0000~503`: where the extension begins, in bytes.
fn tilde_extension(main: &Run<'_>, rest: &str) -> Option<usize> {
    let at = main.text.rfind(['~', '\u{FF5E}'])?;
    rest.is_empty().then_some(main.start + at)
}

fn extension_fault(text: &str, main: &str, at: usize) -> Fault {
    let fault = Fault::new(Rule::PhoneExtension).at(position(text, at));
    match number(main) {
        Some(phone) => fault.suggest(phone.digits()),
        None => fault,
    }
}

/// Letters: a vanity number, a name, an O for a zero.
fn letters(text: &str, runs: &[Run<'_>]) -> Option<Fault> {
    let at = text.chars().position(char::is_alphabetic)?;
    let fault = Fault::new(Rule::PhoneLetters).at(at);
    Some(
        match look_alikes(text)
            .or_else(|| only_number(runs))
            .or_else(|| vanity(text))
        {
            Some(phone) => fault.suggest(phone.digits()),
            None => fault,
        },
    )
}

/// Letters that look like digits, taken for those.
fn look_alikes(text: &str) -> Option<Phone> {
    let digits: String = text
        .chars()
        .map(|c| match c {
            'O' | 'o' | 'О' | 'о' => '0',
            'l' | 'I' => '1',
            'З' | 'з' => '3',
            _ => c,
        })
        .collect();
    if digits.contains(char::is_alphabetic) {
        return None;
    }
    number(&digits)
}

/// The one run of digits in a text that is long enough for a number and parses as one.
fn only_number(runs: &[Run<'_>]) -> Option<Phone> {
    let [run] = runs else { return None };
    (run.digits >= NUMBER).then(|| number(run.text)).flatten()
}

/// A number with a word in it, read on a telephone keypad (ITU E.161).
fn vanity(text: &str) -> Option<Phone> {
    let starts_as_number = text.starts_with(|c| matches!(class(c), Class::Digit(_) | Class::Plus));
    if !starts_as_number {
        return None;
    }
    let digits: Option<String> = text
        .chars()
        .map(|c| match c.to_ascii_uppercase() {
            'A'..='C' => Some('2'),
            'D'..='F' => Some('3'),
            'G'..='I' => Some('4'),
            'J'..='L' => Some('5'),
            'M'..='O' => Some('6'),
            'P'..='S' => Some('7'),
            'T'..='V' => Some('8'),
            'W'..='Z' => Some('9'),
            _ => (class(c) != Class::Other).then_some(c),
        })
        .collect();
    number(&digits?)
}

/// Whatever else is no part of a number.
fn leftover(text: &str, runs: &[Run<'_>]) -> Fault {
    let mut digits = 0;
    let mut found = None;
    for (position, c) in text.chars().enumerate() {
        match class(c) {
            Class::Digit(_) => digits += 1,
            Class::Plus if digits > 0 => found = Some((position, c)),
            Class::Other => found = Some((position, c)),
            _ => {}
        }
        if found.is_some() {
            break;
        }
    }
    let fault = match found {
        Some((at, c)) => Fault::new(Rule::PhoneSyntax)
            .because(what_is_left(c))
            .at(at),
        None => Fault::new(Rule::PhoneSyntax),
    };
    match only_number(runs) {
        Some(phone) => fault.suggest(phone.digits()),
        None => fault,
    }
}

fn what_is_left(c: char) -> &'static str {
    match c {
        '\0' => "the text has a NUL in it",
        '\u{FFFD}' => "the text has a character that is no character",
        '+' | '\u{FF0B}' => "a plus stands inside the number",
        '*' | '#' => "the text is a service code",
        c if c.is_whitespace() => "the text has a tab, a line end or an unusual space in it",
        c if c.is_control() => "the text has a control character in it",
        _ => "the text has a character in it that no phone number is written with",
    }
}
