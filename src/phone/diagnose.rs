//! Explains why a text is not one phone and nothing else: a rule for each kind of text that people
//! put into phone columns, and a suggestion if the meaning can be found. No text that is a phone is
//! diagnosed.

use super::char_class::{CharClass, class};
use super::extension_label::is_extension_label;
use super::fast_numbers::fast_numbers;
use super::find::{FoundNumber, FoundPhone};
use super::number::Phone;
use super::options::{Level, PhoneOptions};
use super::plan::NumberType;
use super::readings::{self, MeantPhone};
use super::refused_phone::{RefusedPhone, suggest};
use super::rivals;
use super::small_letters::SmallLetters;
use super::text::{self, position_of_digit};
use super::{asides, decimal, find, no_call, pieces, uri};
use crate::{Fault, Rule, guard};
use std::cell::Cell;

/// The least digits of a number of its own; fewer are an extension or a part.
pub(super) const NUMBER: usize = 7;

/// The least digits before an extension.
pub(super) const BEFORE_EXTENSION: usize = 3;

/// The fault of a text that does not consist of digits and marks. With options, the phone that they
/// make of it is suggested; without, the caller reads only the rule.
pub(super) fn diagnose(text: &str, options: Option<&PhoneOptions>) -> RefusedPhone {
    if is_nothing(text) {
        return Fault::new(Rule::PhoneEmpty).into();
    }
    let text = Diagnosed {
        text,
        runs: runs(text),
        options,
    };
    text.scientific()
        .or_else(|| text.several())
        .or_else(|| text.extension())
        .or_else(|| text.letters())
        .unwrap_or_else(|| text.leftover())
}

/// The rule of a text in scientific notation.
pub(super) fn scientific_rule(text: &str) -> Option<Rule> {
    let text = Diagnosed {
        text,
        runs: Runs::default(),
        options: None,
    };
    text.scientific().map(|refused| refused.fault.rule)
}

/// More characters than libphonenumber reads.
pub(super) fn too_many_characters(text: &str) -> Fault {
    if is_blank(text) {
        return Fault::new(Rule::PhoneEmpty);
    }
    Fault::new(Rule::PhoneTooLong).because("the text is longer than 250 characters")
}

/// The text has only marks and pluses.
pub(super) fn no_digits(text: &str) -> Fault {
    if is_nothing(text) {
        return Fault::new(Rule::PhoneEmpty);
    }
    let fault = Fault::new(Rule::PhoneSyntax);
    fault.because("there are no digits in the text").at(0)
}

/// Parameters of a `tel:` URI without a valid context (RFC 3966).
pub(super) fn context(text: &str) -> Fault {
    let at = uri::context_start(text).unwrap_or(0);
    Fault::new(Rule::PhoneSyntax)
        .because("the phone-context is neither a country's nor a domain")
        .at(position(text, at))
}

/// Two numbers with only marks between them.
pub(super) fn run_together(text: &str, options: Option<&PhoneOptions>) -> Option<RefusedPhone> {
    let text = Diagnosed {
        text,
        runs: runs(text),
        options,
    };
    text.several().or_else(|| text.halves())
}

/// The fault of a text that ends with a second number or a range.
pub(super) fn range(text: &str, fault: Fault, options: &PhoneOptions) -> RefusedPhone {
    match &numbers_to_name(text, options)[..] {
        [] | [_] => {
            let fault = fault.because("the phone ends with a second number or a range");
            suggest(fault, only_number(text, options))
        }
        phones => fault.because(named_numbers(phones)).into(),
    }
}

/// The fault of a text that falls into two numbers of one country. None of them is suggested.
pub(super) fn two_numbers(text: &str, fault: Fault, options: &PhoneOptions) -> Fault {
    match &numbers_to_name(text, options)[..] {
        [] | [_] => fault,
        phones => fault.because(named_numbers(phones)),
    }
}

/// The numbers of a text that has several.
fn numbers_to_name(text: &str, options: &PhoneOptions) -> Vec<Phone> {
    match numbers(text, options) {
        found if found.is_empty() => pieces::valid_numbers(text, options),
        found => found,
    }
}

/// The clause that names the first five numbers of a text.
fn named_numbers(phones: &[Phone]) -> String {
    const MOST: usize = 5;
    let mut text = String::with_capacity(128);
    text.push_str("the phone field contains several numbers: ");
    for (place, phone) in phones.iter().take(MOST).enumerate() {
        text.push_str(if place > 0 { ", +" } else { "+" });
        text.push_str(phone.digits());
    }
    if phones.len() > MOST {
        text.push_str(" and more");
    }
    text
}

/// Texts that people and programs write if they have no phone, in lower case. Signs around them do
/// not count.
const NOTHING: [&str; 194] = [
    "null",
    "none",
    "nil",
    "nan",
    "na",
    "n/a",
    "n.a",
    "no",
    "not available",
    "not provided",
    "no phone",
    "no number",
    "no phone number",
    "unknown",
    "undefined",
    "empty",
    "missing",
    "tbd",
    "нет",
    "нету",
    "нет телефона",
    "нет номера",
    "без телефона",
    "не указан",
    "не указано",
    "нет данных",
    "н/д",
    "отсутствует",
    "неизвестно",
    "неизвестен",
    "немає",
    "keine",
    "kein",
    "kein telefon",
    "keine angabe",
    "k.a",
    "unbekannt",
    "aucun",
    "non renseigné",
    "pas de téléphone",
    "ninguno",
    "sin teléfono",
    "sin telefono",
    "no tiene",
    "nessuno",
    "nessun telefono",
    "nenhum",
    "sem telefone",
    "brak",
    "yok",
    "not specified",
    "not given",
    "not known",
    "no mobile",
    "to be confirmed",
    "tbc",
    "номер не указан",
    "телефон не указан",
    "номер отсутствует",
    "телефон отсутствует",
    "номер неизвестен",
    "не известен",
    "не предоставлен",
    "не оставил",
    "уточнить",
    "уточняется",
    "к уточнению",
    "уточнить номер",
    "уточнить телефон",
    "номер не вказано",
    "не вказано",
    "не вказаний",
    "nicht vorhanden",
    "nicht angegeben",
    "nicht bekannt",
    "keine nummer",
    "keine telefonnummer",
    "non communiqué",
    "no disponible",
    "sin número",
    "sin numero",
    "non disponibile",
    "não informado",
    "nao informado",
    "brak telefonu",
    "brak numeru",
    "无",
    "なし",
    "no tel",
    "no telephone",
    "no cell",
    "no cellphone",
    "no mobile phone",
    "no contact",
    "none given",
    "not applicable",
    "does not have",
    "телефона нет",
    "номера нет",
    "нет тел",
    "тел нет",
    "без номера",
    "без тел",
    "б/н",
    "б/т",
    "нет сотового",
    "нет мобильного",
    "нет контакта",
    "нет контактов",
    "не имеет",
    "не помнит",
    "не знает",
    "отсутствуют",
    "невідомо",
    "відсутній",
    "телефону немає",
    "немає телефону",
    "kein handy",
    "kein tel",
    "k. a",
    "ohne telefon",
    "ohne nummer",
    "sans téléphone",
    "sans telephone",
    "pas de telephone",
    "pas de numéro",
    "pas de numero",
    "aucun numéro",
    "aucun téléphone",
    "non renseigne",
    "inconnu",
    "no tiene teléfono",
    "no tiene telefono",
    "sin celular",
    "desconocido",
    "s/n",
    "s/t",
    "n/d",
    "n.d",
    "não tem",
    "nao tem",
    "sem número",
    "sem numero",
    "sem celular",
    "desconhecido",
    "senza telefono",
    "nessun numero",
    "sconosciuto",
    "non fornito",
    "nie ma",
    "nie podano",
    "bez telefonu",
    "nemá",
    "nemá telefon",
    "neuvedeno",
    "nincs",
    "nincs telefon",
    "nema",
    "nema telefona",
    "nu are",
    "fără telefon",
    "fara telefon",
    "няма",
    "няма телефон",
    "telefon yok",
    "numara yok",
    "yoktur",
    "bilinmiyor",
    "geen",
    "geen telefoon",
    "geen nummer",
    "onbekend",
    "n.v.t",
    "ingen",
    "ingen telefon",
    "saknas",
    "ukendt",
    "ei ole",
    "ei puhelinta",
    "tidak ada",
    "tidak punya",
    "không có",
    "жоқ",
    "yo'q",
    "没有",
    "没有电话",
    "無",
    "無し",
    "없음",
    "ไม่มี",
    "لا يوجد",
    "אין",
    "אין טלפון",
    "δεν υπάρχει",
];

/// A text that nobody could dial: blanks, dashes and similar marks, or a word for nothing.
pub(super) fn is_nothing(text: &str) -> bool {
    const LONGEST: usize = 64;
    if text.len() > LONGEST {
        return is_blank(text);
    }
    let is_sign = |c: char| {
        c.is_whitespace()
            || guard::is_invisible(c)
            || matches!(
                c,
                '-' | '–' | '—' | '−' | '_' | '.' | '?' | '#' | '\'' | '"' | '(' | ')' | '/' | '!'
            )
    };
    match text.trim_matches(is_sign) {
        "" => !text.contains('#'),
        word if !word.starts_with(char::is_alphabetic) => false,
        word => SmallLetters::of(word).is_some_and(|word| word.is_one_of(&NOTHING)),
    }
}

fn is_blank(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_whitespace() || guard::is_invisible(c))
}

/// A part of the text that could be a number by itself: digits, marks, pluses in front.
struct DigitRun<'t> {
    text: &'t str,
    /// In bytes.
    start: usize,
    digits: usize,
}

impl DigitRun<'_> {
    fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// The runs of a text that are needed; most texts have one.
#[derive(Default)]
struct Runs<'t> {
    first: Option<DigitRun<'t>>,
    /// The second run that is long enough for a number.
    second_number: Option<DigitRun<'t>>,
    count: usize,
    numbers: usize,
}

impl<'t> Runs<'t> {
    fn add(&mut self, run: DigitRun<'t>) {
        self.count += 1;
        self.numbers += usize::from(run.digits >= NUMBER);
        if self.numbers == 2 && run.digits >= NUMBER {
            self.second_number = Some(run);
        } else if self.count == 1 {
            self.first = Some(run);
        }
    }
}

/// Splits a text at everything that is never inside a number: letters, commas, a plus after digits.
/// It also splits at slashes, which numbers may contain but which are more often between two
/// numbers.
fn runs(text: &str) -> Runs<'_> {
    let mut runs = Runs::default();
    let mut start = 0;
    let mut digits = 0;
    let mut end_run = |start: usize, end: usize, digits: usize| {
        if digits > 0 {
            let text = &text[start..end];
            runs.add(DigitRun {
                text,
                start,
                digits,
            });
        }
    };
    for (at, c) in text.char_indices() {
        match class(c) {
            CharClass::Digit(_) => digits += 1,
            CharClass::Mark if !text::is_slash(c) => {}
            CharClass::Plus if digits == 0 => {}
            class => {
                end_run(start, at, digits);
                digits = 0;
                start = match class {
                    CharClass::Plus => at,
                    _ => at + c.len_utf8(),
                };
            }
        }
    }
    end_run(start, text.len(), digits);
    runs
}

/// The position of a byte of the text, in characters.
fn position(text: &str, byte: usize) -> usize {
    text[..byte].chars().count()
}

fn is_mark(c: char) -> bool {
    class(c) == CharClass::Mark
}

fn is_digit(c: char) -> bool {
    decimal::value(c).is_some()
}

/// A text that is diagnosed.
struct Diagnosed<'t> {
    text: &'t str,
    runs: Runs<'t>,
    options: Option<&'t PhoneOptions>,
}

impl Diagnosed<'_> {
    /// The phone that a part of the text would mean if it were the whole; the part itself is not
    /// diagnosed.
    fn phone(&self, part: &str) -> Option<MeantPhone> {
        self.options.and_then(|options| meant_by(part, options))
    }

    /// The number in the text, if there is one and no other.
    fn only_phone(&self) -> Option<MeantPhone> {
        only_number(self.text, self.options?)
    }

    /// Two runs that are each long enough for a number.
    fn several(&self) -> Option<RefusedPhone> {
        let second = self.runs.second_number.as_ref()?;
        let number = second.text.trim_start_matches(is_mark);
        let at = position(self.text, second.end() - number.len());
        Some(self.name_numbers(Fault::new(Rule::PhoneMultiple).at(at)))
    }

    /// Too many digits for one number that split at a gap into two of the same length.
    fn halves(&self) -> Option<RefusedPhone> {
        let digits = self.text.chars().filter(|&c| is_digit(c)).count();
        let half = digits / 2;
        if digits % 2 != 0 || half < NUMBER {
            return None;
        }
        let before = position_of_digit(self.text, half - 1)?;
        let after = position_of_digit(self.text, half)?;
        let fault = (after > before + 1).then(|| Fault::new(Rule::PhoneMultiple).at(after));
        fault.map(|fault| self.name_numbers(fault))
    }

    /// The first five numbers of the text; if they are all the same, it is suggested.
    fn name_numbers(&self, fault: Fault) -> RefusedPhone {
        let Some(options) = self.options else {
            return fault.into();
        };
        match &numbers_to_name(self.text, options)[..] {
            [] => fault.into(),
            [_] => suggest(fault, self.only_phone()),
            phones => fault.because(named_numbers(phones)).into(),
        }
    }

    /// `7.911E+10` from spreadsheets, with a Latin or a Cyrillic E, a dot or a comma.
    fn scientific(&self) -> Option<RefusedPhone> {
        let is_letter = |c| matches!(c, 'e' | 'E' | 'е' | 'Е');
        let (mantissa, exponent) = self.text.split_once(is_letter)?;
        let at = mantissa.chars().count();
        let unsigned = |number| str::strip_prefix(number, ['+', '-']).unwrap_or(number);
        let mantissa = unsigned(mantissa.trim_start());
        let exponent = unsigned(exponent.trim_end());
        let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
        let is_number = [whole, fraction, exponent]
            .iter()
            .all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
        if !is_number || whole.is_empty() || exponent.is_empty() {
            return None;
        }
        // All digits are there, and some are after the decimal point: sheets have such amounts.
        let digits = fraction.trim_end_matches('0').len();
        if exponent
            .parse()
            .is_ok_and(|exponent: usize| digits > exponent)
        {
            let fault = Fault::new(Rule::PhoneSyntax);
            let clause = "the text is a number with a fraction, not a phone";
            return Some(fault.because(clause).into());
        }
        let fault = Fault::new(Rule::PhoneScientific).at(at);
        if self.options.is_none() {
            return Some(fault.into());
        }
        let is_complete = whole.len() == 1 && exponent.parse() == Ok(fraction.len());
        Some(match self.phone(&format!("{whole}{fraction}")) {
            Some(meant) if is_complete => {
                let fault = fault.because("the phone is in scientific notation");
                suggest(fault, Some(meant))
            }
            _ => fault.into(),
        })
    }

    /// A number, a label and a few digits.
    fn extension(&self) -> Option<RefusedPhone> {
        let number = self.runs.first.as_ref()?;
        let at = self.extension_start(number)?;
        let fault = Fault::new(Rule::PhoneExtension).at(position(self.text, at));
        // The number of a URI may come after its parameters.
        let before = self.text.get(number.start..at.min(number.end()));
        let phone = before.and_then(|part| self.phone(part));
        let phone = phone.filter(|_| !no_call::says_no(self.text));
        Some(suggest(fault, phone.or_else(|| self.only_phone())))
    }

    /// The byte at which the extension after a number begins.
    fn extension_start(&self, number: &DigitRun<'_>) -> Option<usize> {
        if number.digits < BEFORE_EXTENSION {
            return None;
        }
        if let Some(at) = uri::extension_start(self.text) {
            return Some(at);
        }
        let rest = &self.text[number.end()..];
        if rest.is_empty() {
            // The text has only marks and digits, so a tilde is the fault.
            let at = number.text.rfind(['~', '\u{FF5E}'])?;
            return Some(number.start + at);
        }
        if rest.trim_end() == "#" {
            // A form in American lists: +1 201 555-0123 - 503#
            let before = number.text.trim_end_matches(is_digit);
            return before
                .ends_with(['-', ' '])
                .then_some(number.start + before.len());
        }
        let (label, digits) = rest.split_at(rest.find(is_digit)?);
        let is_extension = digits
            .trim_end_matches(|c| c == '#' || is_mark(c))
            .chars()
            .all(is_digit);
        (is_extension && is_extension_label(label)).then_some(number.end())
    }

    /// Letters: a vanity number, a name, an O for a zero.
    fn letters(&self) -> Option<RefusedPhone> {
        // The scheme of a tel: URI is not a fault.
        let rest = uri::after_scheme(self.text).unwrap_or(self.text);
        let at = self.text.len() - rest.len() + rest.find(char::is_alphabetic)?;
        let mut fault = Fault::new(Rule::PhoneLetters).at(position(self.text, at));
        if self.options.is_none() {
            return Some(fault.into());
        }
        if let Some(meant) = self.look_alikes() {
            let strange = self
                .text
                .chars()
                .find(|c| c.is_alphabetic() && !c.is_ascii());
            if let Some(strange) = strange {
                fault = fault.because(format!("the phone contains {}", named(strange)));
            }
            return Some(suggest(fault, self.phone(&meant)));
        }
        let phone = self.only_phone().or_else(|| self.vanity());
        Some(suggest(fault, phone))
    }

    /// The text with digits instead of the letters that look like them, if everything else is
    /// digits and marks.
    fn look_alikes(&self) -> Option<String> {
        let mut digits = 0;
        let mut read = |c: char| {
            digits += usize::from(is_digit(c));
            look_alike(c).or_else(|| {
                matches!(
                    class(c),
                    CharClass::Digit(_) | CharClass::Plus | CharClass::Mark
                )
                .then_some(c)
            })
        };
        let text: Option<String> = self.text.chars().map(&mut read).collect();
        text.filter(|_| digits >= NUMBER)
    }

    /// A toll-free number with a word in it, dialled on a keypad with letters (ITU E.161).
    fn vanity(&self) -> Option<MeantPhone> {
        let is_letter = |c: char| c.is_ascii_alphabetic();
        let first = self.text.find(is_letter)?;
        let last = self.text.rfind(is_letter)?;
        let word = &self.text[first..=last];
        let is_one_word = word.chars().all(|c| is_letter(c) || c == '-');
        let rest = self.text[..first]
            .chars()
            .chain(self.text[last + 1..].chars());
        let are_marks = |c: char| {
            matches!(
                class(c),
                CharClass::Digit(_) | CharClass::Plus | CharClass::Mark
            )
        };
        let mut letters: Vec<u8> = word.bytes().filter(u8::is_ascii_alphabetic).collect();
        letters.make_ascii_uppercase();
        letters.sort_unstable();
        letters.dedup();
        // `8OO-FLOWERS`: an O may be a zero, so the word is not all of the letters.
        let may_be_digits = |piece: &str| piece.chars().all(|c| look_alike(c).is_some());
        if !is_one_word
            || word.split('-').any(may_be_digits)
            || !rest.into_iter().all(are_marks)
            || letters.len() < 3
            || asides::is_masked(self.text)
        {
            return None;
        }
        let keys = self.text.chars().map(|c| match c.to_ascii_uppercase() {
            'A'..='C' => '2',
            'D'..='F' => '3',
            'G'..='I' => '4',
            'J'..='L' => '5',
            'M'..='O' => '6',
            'P'..='S' => '7',
            'T'..='V' => '8',
            'W'..='Z' => '9',
            _ => c,
        });
        let meant = self.phone(&keys.collect::<String>())?;
        (meant.phone.kind() == Some(NumberType::TollFree)).then_some(meant)
    }

    /// Any other character that is not part of a number.
    fn leftover(&self) -> RefusedPhone {
        let mut digits = 0;
        let found = self.text.chars().enumerate().find(|&(_, c)| {
            let class = class(c);
            digits += usize::from(matches!(class, CharClass::Digit(_)));
            class == CharClass::Other || (class == CharClass::Plus && digits > 0)
        });
        // A plus before the digits is the fault if marks separate it from another plus.
        let (at, c) = found.unwrap_or((0, '+'));
        let fault = Fault::new(Rule::PhoneSyntax).at(at);
        if self.options.is_none() {
            return fault.into();
        }
        let is_strange = c.is_control() || c.is_whitespace() || !c.is_ascii();
        let fault = match is_strange && c != '\u{FFFD}' && c != '\u{FF0B}' {
            true => fault.because(format!("{}: {}", leftover_clause(c), named(c))),
            false => fault.because(leftover_clause(c)),
        };
        suggest(fault, self.only_phone())
    }
}

/// The valid numbers in a text, each once, by the options.
pub(super) fn numbers(text: &str, options: &PhoneOptions) -> Vec<Phone> {
    fast_numbers(text, options).unwrap_or_else(|| numbers_by_search(text, options))
}

/// The same for texts that [`fast_numbers`] leaves.
pub(super) fn numbers_by_search(text: &str, options: &PhoneOptions) -> Vec<Phone> {
    let mut phones: Vec<Phone> = Vec::new();
    for one in found_numbers(text, options) {
        if !phones.contains(&one.number.phone) {
            phones.push(one.number.phone);
        }
    }
    phones
}

/// The number in a text, if there is one and no other, and nothing says that it is not to be called.
fn only_number(text: &str, options: &PhoneOptions) -> Option<MeantPhone> {
    if no_call::says_no(text) {
        return None;
    }
    let found = found_numbers(text, options);
    let first = found.first()?.number;
    let is_same = |one: &FoundNumber<MeantPhone>| one.number.phone == first.phone;
    // If one of several writings has one meaning, the others have the same.
    let sure = found.iter().find(|one| one.number.doubt.is_none());
    let meant = sure.map_or(first, |one| one.number);
    found.iter().all(is_same).then_some(meant)
}

/// The numbers that are found in a text. None are found if the text may mean another number as well.
fn found_numbers(text: &str, options: &PhoneOptions) -> Vec<FoundNumber<MeantPhone>> {
    let visible = guard::visible(text);
    if asides::is_masked(&visible) {
        return Vec::new();
    }
    // libphonenumber's matcher splits at one of the two slashes.
    let plain_slash = |c| if text::is_slash(c) { '/' } else { c };
    let mut chars: Vec<char> = visible.chars().map(plain_slash).collect();
    asides::blank_out_asides(&mut chars);
    let is_range_of_two = Cell::new(false);
    let found = find::find(&chars, |candidate| {
        let written: String = candidate.led.iter().collect();
        let number = match before_ranges(&written, options) {
            BeforeRanges::Number(number) => Some(number),
            BeforeRanges::Doubtful => {
                is_range_of_two.set(true);
                None
            }
        };
        number.and_then(|number| meant_by(number, options)).into()
    });
    let phone_of = |part: &str| meant_by(part, options).map(|meant| meant.phone);
    if is_range_of_two.get() || rivals::has_rival(&chars, &phones_of(&found), phone_of) {
        return Vec::new();
    }
    found
}

fn phones_of(found: &[FoundNumber<MeantPhone>]) -> Vec<FoundPhone> {
    let phone = |one: &FoundNumber<MeantPhone>| FoundPhone {
        start: one.start,
        end: one.end,
        phone: one.number.phone,
    };
    found.iter().map(phone).collect()
}

/// The valid phone that a text of digits and marks means.
fn meant_by(text: &str, options: &PhoneOptions) -> Option<MeantPhone> {
    let dialled = text::scan(text).ok()?;
    // A suggestion has to be a phone that somebody may have.
    let options = PhoneOptions {
        level: Level::Valid,
        ..*options
    };
    match readings::decide(&dialled, &options) {
        Ok(decided) => Some(decided.into()),
        Err(undecided) => {
            let phone = undecided.meant(&dialled)?;
            Some(MeantPhone::assumed(phone, dialled.plus, &options))
        }
    }
}

/// What is before the ranges at the end of a text.
enum BeforeRanges<'t> {
    /// The text of a number; all of the text if it has no range.
    Number(&'t str),
    /// The text names several numbers, and none is the first of them.
    Doubtful,
}

/// The text before the ranges at its end: `030 1234567` of `030 1234567/68/69`.
fn before_ranges<'t>(text: &'t str, options: &PhoneOptions) -> BeforeRanges<'t> {
    let (mut number, mut ranges) = (text, 0);
    while let Some(at) = text::range_start(number) {
        match before_range(number, at, options) {
            Some(before) => number = before,
            None => return BeforeRanges::Doubtful,
        }
        ranges += 1;
    }
    // `1234567/68/69/70`: the digits after the first slash are not a number by themselves.
    if ranges > 1 && meant_by(number, options).is_none() {
        return BeforeRanges::Doubtful;
    }
    BeforeRanges::Number(number)
}

/// The text before a range that begins here. `123456-78/-79` gives two numbers of the number before
/// them, and neither is before the other.
fn before_range<'t>(text: &'t str, at: usize, options: &PhoneOptions) -> Option<&'t str> {
    let (number, range) = text.split_at(at);
    let digits = range.trim_start_matches(|c| !is_digit(c)).chars().count();
    let number = number.trim_end();
    let before = number.trim_end_matches(is_digit);
    let last = number[before.len()..].chars().count();
    let are_both =
        range.contains(text::is_dash) && before.ends_with(text::is_dash) && last <= digits;
    let is_number = |before: &str| meant_by(before.trim_end_matches(is_mark), options).is_some();
    (!(are_both && is_number(before))).then_some(number)
}

/// The digit that a letter looks like.
fn look_alike(c: char) -> Option<char> {
    Some(match c {
        'O' | 'o' | 'О' | 'о' | 'Ο' | 'ο' => '0',
        'l' | 'I' | 'І' | 'Ι' => '1',
        'Z' => '2',
        'З' | 'з' => '3',
        'S' | 'Ѕ' => '5',
        'B' | 'В' | 'Β' => '8',
        _ => return None,
    })
}

/// A character by its code point, and by its name in Unicode if it looks like another one.
fn named(c: char) -> String {
    let code = format!("U+{:04X}", c as u32);
    match name(c) {
        Some(name) => format!("{code} {name}"),
        None => code,
    }
}

/// The names of Cyrillic letters from А to Я.
const CYRILLIC: [&str; 32] = [
    "A",
    "BE",
    "VE",
    "GHE",
    "DE",
    "IE",
    "ZHE",
    "ZE",
    "I",
    "SHORT I",
    "KA",
    "EL",
    "EM",
    "EN",
    "O",
    "PE",
    "ER",
    "ES",
    "TE",
    "U",
    "EF",
    "HA",
    "TSE",
    "CHE",
    "SHA",
    "SHCHA",
    "HARD SIGN",
    "YERU",
    "SOFT SIGN",
    "E",
    "YU",
    "YA",
];

fn name(c: char) -> Option<String> {
    let other = match c {
        'А'..='я' => {
            let place = c as usize - 'А' as usize;
            let size = if place < 32 { "CAPITAL" } else { "SMALL" };
            return Some(format!("CYRILLIC {size} LETTER {}", CYRILLIC[place % 32]));
        }
        'Ѕ' => "CYRILLIC CAPITAL LETTER DZE",
        'І' => "CYRILLIC CAPITAL LETTER BYELORUSSIAN-UKRAINIAN I",
        'Ο' => "GREEK CAPITAL LETTER OMICRON",
        'ο' => "GREEK SMALL LETTER OMICRON",
        'Ι' => "GREEK CAPITAL LETTER IOTA",
        'Β' => "GREEK CAPITAL LETTER BETA",
        '\0' => "NULL",
        '\t' => "CHARACTER TABULATION",
        '\n' => "LINE FEED",
        '\r' => "CARRIAGE RETURN",
        '\u{AD}' => "SOFT HYPHEN",
        '\u{200B}' => "ZERO WIDTH SPACE",
        '\u{200C}' => "ZERO WIDTH NON-JOINER",
        '\u{200D}' => "ZERO WIDTH JOINER",
        '\u{200E}' => "LEFT-TO-RIGHT MARK",
        '\u{200F}' => "RIGHT-TO-LEFT MARK",
        '\u{202A}' => "LEFT-TO-RIGHT EMBEDDING",
        '\u{202C}' => "POP DIRECTIONAL FORMATTING",
        '\u{2028}' => "LINE SEPARATOR",
        '\u{2060}' => "WORD JOINER",
        '\u{FEFF}' => "ZERO WIDTH NO-BREAK SPACE",
        '\u{3164}' => "HANGUL FILLER",
        '\u{2800}' => "BRAILLE PATTERN BLANK",
        _ => return None,
    };
    Some(other.to_owned())
}

fn leftover_clause(c: char) -> &'static str {
    match c {
        '\0' => "there is a NUL in the text",
        '\u{FFFD}' => "the text contains a replacement character (U+FFFD) for an unreadable one",
        '+' | '\u{FF0B}' => "a plus is not at the beginning of the number",
        '*' | '#' => "the text is a service code",
        c if c.is_whitespace() => "there is a tab, a line end or an unusual space in the text",
        c if c.is_control() => "there is a control character in the text",
        _ => "the text contains a character that is not part of a phone",
    }
}
