//! Why a text is not one phone and nothing else: a rule for each thing that people put into
//! phone columns, and what was meant where that can be told. No text that is a phone comes here.

use super::readings;
use super::refuse::suggest;
use super::text::{self, Class, class, position_of_digit};
use super::{Level, Options, Phone, decimal, uri};
use crate::{Fault, Rule};

/// How few digits make a run of digits a number of its own, and not an extension or a part.
const NUMBER: usize = 7;

/// How few digits stand before an extension.
const BEFORE_EXTENSION: usize = 3;

/// What introduces an extension, in small letters and without the signs around it:
/// libphonenumber's labels, and more of Russian, French and Spanish lists.
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

/// The rule that a text breaks which is not digits and marks alone. With options, what they say
/// that it means is suggested.
pub(super) fn diagnose(text: &str, options: Option<&Options>) -> Fault {
    if is_blank(text) {
        return Fault::new(Rule::PhoneEmpty);
    }
    let text = Text {
        text,
        runs: runs(text),
        options,
    };
    text.scientific()
        .or_else(|| several(text.text, &text.runs))
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

/// Nothing but marks and pluses.
pub(super) fn no_digits(text: &str) -> Fault {
    if is_blank(text) {
        return Fault::new(Rule::PhoneEmpty);
    }
    let fault = Fault::new(Rule::PhoneSyntax);
    fault.because("there are no digits in the text").at(0)
}

/// Parameters of a `tel:` URI that name no context as RFC 3966 has it.
pub(super) fn context(text: &str) -> Fault {
    let at = uri::context_start(text).unwrap_or(0);
    Fault::new(Rule::PhoneSyntax)
        .because("the phone-context is neither a country's nor a domain")
        .at(position(text, at))
}

/// Two numbers without more between them than marks.
pub(super) fn run_together(text: &str) -> Option<Fault> {
    several(text, &runs(text)).or_else(|| halves(text))
}

fn is_blank(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_whitespace() || matches!(c, '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}'))
}

/// A stretch of text that could be a number by itself: digits, marks, pluses in front.
struct Run<'t> {
    text: &'t str,
    /// In bytes.
    start: usize,
    digits: usize,
}

impl Run<'_> {
    fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// What is kept of the runs of a text: more is never asked for, and most texts have one.
#[derive(Default)]
struct Runs<'t> {
    first: Option<Run<'t>>,
    /// The second of those that are long enough for a number.
    second_number: Option<Run<'t>>,
    count: usize,
    numbers: usize,
}

impl<'t> Runs<'t> {
    fn add(&mut self, run: Run<'t>) {
        self.count += 1;
        self.numbers += usize::from(run.digits >= NUMBER);
        if self.numbers == 2 && run.digits >= NUMBER {
            self.second_number = Some(run);
        } else if self.count == 1 {
            self.first = Some(run);
        }
    }
}

/// Splits a text where anything stands that no number has inside: letters, commas, a plus after
/// digits; and at slashes, which numbers do have, but more often stand between two.
fn runs(text: &str) -> Runs<'_> {
    let mut runs = Runs::default();
    let mut start = 0;
    let mut digits = 0;
    let mut end_run = |start: usize, end: usize, digits: usize| {
        if digits > 0 {
            let text = &text[start..end];
            runs.add(Run {
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
                start = match class {
                    Class::Plus => at,
                    _ => at + c.len_utf8(),
                };
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

/// Two runs that are numbers both.
fn several(text: &str, runs: &Runs<'_>) -> Option<Fault> {
    let second = runs.second_number.as_ref()?;
    let number = second.text.trim_start_matches(is_mark);
    Some(Fault::new(Rule::PhoneMultiple).at(position(text, second.end() - number.len())))
}

/// Too many digits for one number that split at a gap into two of the same length.
fn halves(text: &str) -> Option<Fault> {
    let digits = text.chars().filter(|&c| is_digit(c)).count();
    let half = digits / 2;
    if digits % 2 != 0 || half < NUMBER {
        return None;
    }
    let before = position_of_digit(text, half - 1)?;
    let after = position_of_digit(text, half)?;
    (after > before + 1).then(|| Fault::new(Rule::PhoneMultiple).at(after))
}

fn is_mark(c: char) -> bool {
    class(c) == Class::Mark
}

fn is_digit(c: char) -> bool {
    decimal::value(c).is_some()
}

/// A text under diagnosis.
struct Text<'t> {
    text: &'t str,
    runs: Runs<'t>,
    options: Option<&'t Options>,
}

impl Text<'_> {
    /// The phone that a part of the text would mean, if it were the whole; such a part is not
    /// diagnosed in its turn.
    fn phone(&self, part: &str) -> Option<Phone> {
        let options = self.options?;
        let dialled = text::scan(part).ok()?;
        // What is suggested has to be a phone that somebody may have.
        let options = Options {
            level: Level::Valid,
            ..*options
        };
        match readings::decide(&dialled, &options) {
            Ok(decided) => Some(decided.phone),
            Err(undecided) => undecided.meant,
        }
    }

    /// The phone in the one run of digits that is long enough for a number.
    fn only_phone(&self) -> Option<Phone> {
        let run = self.runs.first.as_ref().filter(|_| self.runs.count == 1)?;
        (run.digits >= NUMBER).then(|| self.phone(run.text))?
    }

    /// `7.911E+10` as spreadsheets write it, with a Latin or a Cyrillic E, a dot or a comma.
    fn scientific(&self) -> Option<Fault> {
        let (mantissa, exponent) = self.text.split_once(['e', 'E', 'е', 'Е'])?;
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
        let fault = Fault::new(Rule::PhoneScientific).at(at);
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
        Some(suggest(fault, before.and_then(|part| self.phone(part))))
    }

    /// Where the extension begins that follows a number, in bytes.
    fn extension_start(&self, number: &Run<'_>) -> Option<usize> {
        if number.digits < BEFORE_EXTENSION {
            return None;
        }
        if let Some(at) = uri::extension_start(self.text) {
            return Some(at);
        }
        let rest = &self.text[number.end()..];
        if rest.is_empty() {
            // Marks and digits alone: it is a tilde that makes the text no phone.
            let at = number.text.rfind(['~', '\u{FF5E}'])?;
            return Some(number.start + at);
        }
        if rest.trim_end() == "#" {
            // As American lists have it: +1 201 555-0123 - 503#
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
        // The scheme of a tel: URI is no fault.
        let rest = uri::after_scheme(self.text).unwrap_or(self.text);
        let at = self.text.len() - rest.len() + rest.find(char::is_alphabetic)?;
        let fault = Fault::new(Rule::PhoneLetters).at(position(self.text, at));
        let phone = self
            .look_alikes()
            .or_else(|| self.only_phone())
            .or_else(|| self.vanity());
        Some(suggest(fault, phone))
    }

    /// Letters that look like digits, taken for those.
    fn look_alikes(&self) -> Option<Phone> {
        let look_alike = |c| match c {
            'O' | 'o' | 'О' | 'о' => '0',
            'l' | 'I' => '1',
            'З' | 'з' => '3',
            _ => c,
        };
        let digits: String = self.text.chars().map(look_alike).collect();
        self.phone(&digits)
    }

    /// A number with a word in it, dialled on a keypad with letters (ITU E.161).
    fn vanity(&self) -> Option<Phone> {
        let starts_as_number = |c| matches!(class(c), Class::Digit(_) | Class::Plus);
        if !self.text.starts_with(starts_as_number) {
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
        self.phone(&keys.collect::<String>())
    }

    /// Whatever else is no part of a number.
    fn leftover(&self) -> Fault {
        let mut digits = 0;
        let found = self.text.chars().enumerate().find(|&(_, c)| {
            let class = class(c);
            digits += usize::from(matches!(class, Class::Digit(_)));
            class == Class::Other || (class == Class::Plus && digits > 0)
        });
        // A plus before the digits is left over where marks part it from another.
        let (at, c) = found.unwrap_or((0, '+'));
        let fault = Fault::new(Rule::PhoneSyntax)
            .because(what_is_left(c))
            .at(at);
        suggest(fault, self.only_phone())
    }
}

/// What stands between a number and its extension: a known word, or commas and semicolons.
fn is_extension_label(label: &str) -> bool {
    let is_sign =
        |c: char| matches!(c, '.' | ',' | ':' | ';' | '-' | '(' | '=') || c.is_whitespace();
    match label.trim_matches(is_sign) {
        "" => label.contains([',', ';']),
        word => {
            EXTENSION_LABELS.contains(&word)
                || EXTENSION_LABELS.contains(&word.to_lowercase().as_str())
        }
    }
}

fn what_is_left(c: char) -> &'static str {
    match c {
        '\0' => "there is a NUL in the text",
        '\u{FFFD}' => "there is a character in the text that is none",
        '+' | '\u{FF0B}' => "a plus stands where none can",
        '*' | '#' => "the text is a service code",
        c if c.is_whitespace() => "there is a tab, a line end or an unusual space in the text",
        c if c.is_control() => "there is a control character in the text",
        _ => "there is a character in the text that phones are not written with",
    }
}
