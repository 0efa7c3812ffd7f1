//! Explains why a text is not one phone and nothing else: a rule for each kind of text that people
//! put into phone columns, and a suggestion if the meaning can be found. No text that is a phone is
//! diagnosed.

use super::char_class::{CharClass, class};
use super::fast_numbers::fast_numbers;
use super::find::FoundPhone;
use super::number::{Phone, suggest};
use super::options::{Level, PhoneOptions};
use super::plan::NumberType;
use super::readings;
use super::rivals;
use super::small_letters::SmallLetters;
use super::text::{self, position_of_digit};
use super::{decimal, find, uri};
use crate::{Fault, Rule, guard};
use std::cell::Cell;

/// The least digits of a number of its own; fewer are an extension or a part.
pub(super) const NUMBER: usize = 7;

/// The least digits before an extension.
const BEFORE_EXTENSION: usize = 3;

/// Labels of an extension, in lower case and without signs around them: libphonenumber's, and more
/// from Russian, French and Spanish lists.
const EXTENSION_LABELS: [&str; 21] = [
    "x",
    "xt",
    "xtn",
    "ext",
    "extn",
    "extension",
    "extensión",
    "int",
    "anexo",
    "poste",
    "доб",
    "добавочный",
    "вн",
    "внутр",
    "внутренний",
    "ｘ",
    "ｘｔ",
    "ｅｘｔ",
    "ｅｘｔｎ",
    "ｉｎｔ",
    "#",
];

/// The fault of a text that does not consist of digits and marks. With options, the phone that they
/// make of it is suggested; without, the caller reads only the rule.
pub(super) fn diagnose(text: &str, options: Option<&PhoneOptions>) -> Fault {
    if is_nothing(text) {
        return Fault::new(Rule::PhoneEmpty);
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
pub(super) fn run_together(text: &str, options: Option<&PhoneOptions>) -> Option<Fault> {
    let text = Diagnosed {
        text,
        runs: runs(text),
        options,
    };
    text.several().or_else(|| text.halves())
}

/// Texts that people and programs write if they have no phone, in lower case. Signs around them do
/// not count.
const NOTHING: [&str; 52] = [
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
    "无",
    "なし",
];

/// A text that nobody could dial: blanks, dashes and similar marks, or a word for nothing.
fn is_nothing(text: &str) -> bool {
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
    fn phone(&self, part: &str) -> Option<Phone> {
        self.options.and_then(|options| meant_by(part, options))
    }

    /// The number in the text, if there is one and no other.
    fn only_phone(&self) -> Option<Phone> {
        match self.options.map(|options| numbers(self.text, options))?[..] {
            [phone] => Some(phone),
            _ => None,
        }
    }

    /// Two runs that are each long enough for a number.
    fn several(&self) -> Option<Fault> {
        let second = self.runs.second_number.as_ref()?;
        let number = second.text.trim_start_matches(is_mark);
        let at = position(self.text, second.end() - number.len());
        Some(self.name_numbers(Fault::new(Rule::PhoneMultiple).at(at)))
    }

    /// Too many digits for one number that split at a gap into two of the same length.
    fn halves(&self) -> Option<Fault> {
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
    fn name_numbers(&self, fault: Fault) -> Fault {
        let found = self.options.map(|options| numbers(self.text, options));
        match found.as_deref() {
            Some([phone]) => fault.suggest(phone.e164()),
            Some(phones @ [_, _, ..]) => {
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
                fault.because(text)
            }
            _ => fault,
        }
    }

    /// `7.911E+10` from spreadsheets, with a Latin or a Cyrillic E, a dot or a comma.
    fn scientific(&self) -> Option<Fault> {
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
            return Some(fault.because("the text is a number with a fraction, not a phone"));
        }
        let fault = Fault::new(Rule::PhoneScientific).at(at);
        if self.options.is_none() {
            return Some(fault);
        }
        let is_complete = whole.len() == 1 && exponent.parse() == Ok(fraction.len());
        Some(match self.phone(&format!("{whole}{fraction}")) {
            Some(phone) if is_complete => fault
                .because("the phone is in scientific notation")
                .suggest(phone.e164()),
            _ => fault,
        })
    }

    /// A number, a label and a few digits.
    fn extension(&self) -> Option<Fault> {
        let number = self.runs.first.as_ref()?;
        let at = self.extension_start(number)?;
        let fault = Fault::new(Rule::PhoneExtension).at(position(self.text, at));
        // The number of a URI may come after its parameters.
        let before = self.text.get(number.start..at.min(number.end()));
        let phone = before.and_then(|part| self.phone(part));
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
    fn letters(&self) -> Option<Fault> {
        // The scheme of a tel: URI is not a fault.
        let rest = uri::after_scheme(self.text).unwrap_or(self.text);
        let at = self.text.len() - rest.len() + rest.find(char::is_alphabetic)?;
        let mut fault = Fault::new(Rule::PhoneLetters).at(position(self.text, at));
        if self.options.is_none() {
            return Some(fault);
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
    fn vanity(&self) -> Option<Phone> {
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
            || is_masked(self.text)
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
        let phone = self.phone(&keys.collect::<String>())?;
        (phone.kind() == Some(NumberType::TollFree)).then_some(phone)
    }

    /// Any other character that is not part of a number.
    fn leftover(&self) -> Fault {
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
            return fault;
        }
        let is_strange = c.is_control() || c.is_whitespace() || !c.is_ascii();
        let fault = match is_strange && c != '\u{FFFD}' && c != '\u{FF0B}' {
            true => fault.because(format!("{}: {}", leftover_clause(c), named(c))),
            false => fault.because(leftover_clause(c)),
        };
        suggest(fault, self.only_phone())
    }
}

/// The text between a number and its extension: a known label, or commas and semicolons.
fn is_extension_label(label: &str) -> bool {
    let is_sign =
        |c: char| matches!(c, '.' | ',' | ':' | ';' | '-' | '(' | '=') || c.is_whitespace();
    match label.trim_matches(is_sign) {
        "" => label.contains([',', ';']),
        word => SmallLetters::of(word).is_some_and(|word| word.is_one_of(&EXTENSION_LABELS)),
    }
}

/// The valid numbers in a text, each once, by the options.
pub(super) fn numbers(text: &str, options: &PhoneOptions) -> Vec<Phone> {
    fast_numbers(text, options).unwrap_or_else(|| numbers_by_search(text, options))
}

/// The same for texts that [`fast_numbers`] leaves.
pub(super) fn numbers_by_search(text: &str, options: &PhoneOptions) -> Vec<Phone> {
    let visible = guard::visible(text);
    let mut phones: Vec<Phone> = Vec::new();
    for one in found_numbers(&visible, options).1 {
        if !phones.contains(&one.phone) {
            phones.push(one.phone);
        }
    }
    phones
}

/// The characters of a text without dates and times, and the numbers that are found in it. None are
/// found if the text may mean another number as well.
pub(super) fn found_numbers(visible: &str, options: &PhoneOptions) -> (Vec<char>, Vec<FoundPhone>) {
    if is_masked(visible) {
        return (Vec::new(), Vec::new());
    }
    // libphonenumber's matcher splits at one of the two slashes.
    let plain_slash = |c| if text::is_slash(c) { '/' } else { c };
    let mut chars: Vec<char> = visible.chars().map(plain_slash).collect();
    blank_out(&mut chars, end_of_time);
    blank_out(&mut chars, end_of_date);
    blank_out(&mut chars, end_of_ordinal);
    let is_range_of_two = Cell::new(false);
    let found = find::find(&chars, |candidate| {
        let written: String = candidate.led.iter().collect();
        let number = match text::range_start(&written) {
            None => Some(written.as_str()),
            Some(at) => before_range(&written, at).or_else(|| {
                is_range_of_two.set(true);
                None
            }),
        };
        number.and_then(|number| meant_by(number, options)).into()
    });
    if is_range_of_two.get() || rivals::has_rival(&chars, &found, |part| meant_by(part, options)) {
        return (chars, Vec::new());
    }
    (chars, found)
}

/// The valid phone that a text of digits and marks means.
fn meant_by(text: &str, options: &PhoneOptions) -> Option<Phone> {
    let dialled = text::scan(text).ok()?;
    // A suggestion has to be a phone that somebody may have.
    let options = PhoneOptions {
        level: Level::Valid,
        ..*options
    };
    match readings::decide(&dialled, &options) {
        Ok(decided) => Some(decided.phone),
        Err(undecided) => undecided.meant(&dialled),
    }
}

/// The text before a range that begins here. `-78/-79` gives two numbers, and neither is before the
/// other.
fn before_range(text: &str, at: usize) -> Option<&str> {
    let (number, range) = text.split_at(at);
    let digits = range.trim_start_matches(|c| !is_digit(c)).chars().count();
    let number = number.trim_end();
    let before = number.trim_end_matches(is_digit);
    let last = number[before.len()..].chars().count();
    let are_both =
        range.contains(text::is_dash) && before.ends_with(text::is_dash) && last <= digits;
    (!are_both).then_some(number)
}

/// Whether digits are hidden by signs: `8912*****89`, `+7 9XX XXX`.
fn is_masked(text: &str) -> bool {
    let is_sign = |c: char| matches!(c, 'x' | 'X' | 'х' | 'Х' | '*' | '#' | '_' | '•' | '…' | '●');
    let mut runs = 0;
    let mut rest = text;
    let mut before = ' ';
    while let Some(at) = rest.find(is_sign) {
        before = rest[..at].chars().next_back().unwrap_or(before);
        let run = &rest[at..];
        let after = run.trim_start_matches(is_sign);
        let count = run[..run.len() - after.len()].chars().count();
        let next = after.chars().next().unwrap_or(' ');
        if !before.is_alphabetic() && !next.is_alphabetic() {
            runs += if count > 1 { 2 } else { 1 };
        }
        before = 'x';
        rest = after;
    }
    runs > 1
}

/// Replaces parts with digits that are not part of a number. `end` returns the end of such a part
/// that begins at a position.
fn blank_out(chars: &mut [char], end: fn(&[char], usize) -> Option<usize>) {
    let mut at = 0;
    while at < chars.len() {
        let is_inside = at > 0 && (is_digit(chars[at - 1]) || is_date_mark(chars[at - 1]));
        let end = if is_inside { None } else { end(chars, at) };
        match end {
            Some(end) => {
                chars[at..end].fill('|');
                at = end;
            }
            None => at += 1,
        }
    }
}

fn is_date_mark(c: char) -> bool {
    matches!(c, '.' | '/' | '-' | ':')
}

fn digits_at(chars: &[char]) -> usize {
    chars.iter().take_while(|&&c| is_digit(c)).count()
}

/// The end of the time of day that begins here: `18:00`.
fn end_of_time(chars: &[char], at: usize) -> Option<usize> {
    let minutes = at + digits_at(&chars[at..]) + 1;
    let is_time = (at + 2..=at + 3).contains(&minutes)
        && chars.get(minutes - 1) == Some(&':')
        && digits_at(&chars[minutes..]) == 2;
    is_time.then_some(minutes + 2)
}

/// The end of the date that begins here: `31.12.2026`, `31/12/26`, `2026-12-31`.
fn end_of_date(chars: &[char], at: usize) -> Option<usize> {
    let mut groups = [(0, 0); 3];
    let mut mark = None;
    let mut end = at;
    for (place, group) in groups.iter_mut().enumerate() {
        if place > 0 {
            let c = *chars.get(end)?;
            let is_same = mark.is_none_or(|mark| mark == c);
            mark = (is_date_mark(c) && c != ':' && is_same).then_some(c);
            mark?;
            end += 1;
        }
        let count = digits_at(chars.get(end..)?);
        *group = (count, value(chars.get(end..end + count.min(4))?));
        end += count;
    }
    let is_day =
        |(count, value): (usize, u32)| (1..=2).contains(&count) && (1..=31).contains(&value);
    let is_year = |(count, value): (usize, u32)| count == 4 && (1900..2100).contains(&value);
    let is_date = match groups {
        [first, month, day] if first.0 == 4 => is_year(first) && is_day(month) && is_day(day),
        [day, month, year] => {
            is_day(day) && is_day(month) && (is_year(year) || year.0 == 2 && !ends_group(chars, at))
        }
    };
    let goes_on = chars.get(end).is_some_and(|&c| is_date_mark(c))
        && chars.get(end + 1).copied().is_some_and(is_digit);
    (is_date && !goes_on).then_some(end)
}

/// The end of the ordinal number that begins here: `2º`, `3rd`.
fn end_of_ordinal(chars: &[char], at: usize) -> Option<usize> {
    let end = at + digits_at(&chars[at..]);
    let is_short = (at + 1..=at + 2).contains(&end);
    let sign = match chars.get(end..)? {
        ['º' | 'ª' | '°', ..] => 1,
        ['s', 't', ..] | ['n', 'd', ..] | ['r', 'd', ..] | ['t', 'h', ..] => 2,
        _ => return None,
    };
    let goes_on = chars.get(end + sign).is_some_and(|c| c.is_alphanumeric());
    (is_short && !goes_on).then_some(end + sign)
}

fn value(digits: &[char]) -> u32 {
    let digits = digits.iter().filter_map(|&c| decimal::value(c));
    digits.fold(0, |value, digit| value * 10 + u32::from(digit))
}

/// Whether a group of digits that is too short for a number is before this position, as in `+375
/// 152 30-09-12`, where the end of a number looks like a date.
fn ends_group(chars: &[char], at: usize) -> bool {
    let before = chars[..at]
        .iter()
        .rev()
        .skip_while(|c| c.is_whitespace() || **c == ')');
    (1..NUMBER).contains(&before.take_while(|&&c| is_digit(c)).count())
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
