//! What one cell of a table looks like: a phone, a phone with a fault, a date, a number and so on.
//!
//! Whether a cell is a phone is decided by [`phone::resolve_or_rule`], as for a job. What is decided
//! here is which of the other cells were *meant* as a phone: see [`CellKind::Faulty`].

use std::borrow::Cow;

use super::text_memo::TextMemo;
use crate::batch::place::RowRegion;
use crate::job::ZoneNames;
use crate::phone::plan::NumberType;
use crate::phone::{self, PhoneOptions};
use crate::zone::{Meant, Regions, Zone};
use crate::{Rule, guard};

/// A longer cell is a text, whatever is in it.
const LONGEST: usize = 200;

/// What a cell looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CellKind {
    /// Blank.
    Blank,
    /// It means that there is no value: `нет`, `-`, `null`, `#ERROR!`.
    Nothing,
    /// A valid phone.
    Phone {
        /// Whether it is written as digits alone.
        is_bare: bool,
        is_mobile: bool,
    },
    /// It was surely meant as a phone and can't be dialled: too short, national, in scientific
    /// notation, with a note, several of them.
    Faulty,
    Zone,
    Date,
    /// Any other number.
    Number,
    Email,
    /// A UUID, an IP address, a formatted tax number.
    Code,
    Text,
}

impl CellKind {
    /// As many kinds there are.
    pub const COUNT: usize = 10;

    /// The place of the kind among all.
    pub fn index(self) -> usize {
        match self {
            CellKind::Blank => 0,
            CellKind::Nothing => 1,
            CellKind::Phone { .. } => 2,
            CellKind::Faulty => 3,
            CellKind::Zone => 4,
            CellKind::Date => 5,
            CellKind::Number => 6,
            CellKind::Email => 7,
            CellKind::Code => 8,
            CellKind::Text => 9,
        }
    }

    /// Whether there is a value.
    pub fn is_filled(self) -> bool {
        !matches!(self, CellKind::Blank | CellKind::Nothing)
    }

    pub fn is_valid_phone(self) -> bool {
        matches!(self, CellKind::Phone { .. })
    }

    /// Whether it is a phone or a faulty phone.
    pub fn is_phone(self) -> bool {
        self.is_valid_phone() || self == CellKind::Faulty
    }
}

/// Judges cells.
#[derive(Clone, Copy)]
pub(super) struct CellJudge<'j> {
    pub phone: PhoneOptions,
    pub regions: &'j Regions,
    /// What texts of the list mean as zones.
    pub zones: Option<&'j ZoneNames>,
}

impl CellJudge<'_> {
    /// What the cells of some records look like.
    pub fn kinds(&self, records: &[Vec<Cow<'_, str>>]) -> Vec<Vec<CellKind>> {
        let mut memo = TextMemo::default();
        let mut kind = |cell| memo.get(cell, |cell| self.kind(cell, None));
        records
            .iter()
            .map(|record| record.iter().map(|cell| kind(&**cell)).collect())
            .collect()
    }

    /// What a cell looks like. `region` is that of its row, if the row has its own.
    pub fn kind(&self, cell: &str, region: Option<RowRegion>) -> CellKind {
        let text = cell.trim();
        if text.is_empty() {
            return CellKind::Blank;
        }
        if text.len() > LONGEST {
            return CellKind::Text;
        }
        if !text.bytes().any(|byte| byte.is_ascii_digit()) && !text.contains(char::is_numeric) {
            return self.without_digits(text);
        }
        let inner = guard::unguarded(text);
        if let Some(kind) = shaped(&inner) {
            return kind;
        }
        let may_be_scientific = inner.contains(['e', 'E']);
        let digits = digits(&inner);
        if digits < FEWEST && !may_be_scientific {
            return self.no_phone(&inner);
        }
        if digits < TWO_NUMBERS && !may_be_scientific && has_letters(&inner) {
            return match is_meant(&inner) {
                true => CellKind::Faulty,
                false => self.no_phone(&inner),
            };
        }
        let options = region.map_or(self.phone, |region| region.options(self.phone));
        match phone::resolve_or_rule(text, &options) {
            Ok(resolved) if resolved.phone.is_valid() => CellKind::Phone {
                is_bare: inner.bytes().all(|byte| byte.is_ascii_digit()),
                is_mobile: matches!(
                    resolved.phone.kind(),
                    Some(NumberType::Mobile | NumberType::FixedLineOrMobile)
                ),
            },
            Ok(_) if is_meant(&inner) => CellKind::Faulty,
            Err(Rule::PhoneScientific | Rule::PhoneMultiple) => CellKind::Faulty,
            Err(Rule::PhoneEmpty) => CellKind::Nothing,
            Err(_) if is_meant(&inner) => CellKind::Faulty,
            _ => self.no_phone(&inner),
        }
    }

    fn without_digits(&self, text: &str) -> CellKind {
        if is_no_value(text) {
            return CellKind::Nothing;
        }
        match text {
            _ if is_email(text) => CellKind::Email,
            _ if self.is_zone(text) => CellKind::Zone,
            _ if phone::means_nothing(text) => CellKind::Nothing,
            _ => CellKind::Text,
        }
    }

    /// What a text with digits is that was not meant as a phone.
    fn no_phone(&self, text: &str) -> CellKind {
        match text {
            _ if is_number(text) => CellKind::Number,
            _ if is_email(text) => CellKind::Email,
            _ if self.is_zone(text) => CellKind::Zone,
            _ => CellKind::Text,
        }
    }

    /// Whether a text is a zone, or an abbreviation of one. A bare number is not.
    fn is_zone(&self, text: &str) -> bool {
        const LONGEST_ZONE: usize = 40;
        if self.is_named_zone(text) {
            return true;
        }
        let may_be = text.len() <= LONGEST_ZONE && text.is_ascii() && !is_number(text);
        // Most texts are names.
        let begins = |prefix: &str| {
            let begin = text.get(..prefix.len());
            begin.is_some_and(|begin| begin.eq_ignore_ascii_case(prefix))
        };
        let is_loose =
            || text.contains('/') || ["UTC", "GMT", "+", "-", "("].into_iter().any(begins);
        may_be
            && (Zone::recognize(text, self.regions).is_some()
                || (is_loose() && self.is_zone_ish(text)))
    }

    /// Whether the owner of the list says that a text means a zone.
    fn is_named_zone(&self, text: &str) -> bool {
        self.zones.is_some_and(|zones| zones.meant(text).is_some())
    }

    /// Whether the text of a column of zones is a zone or a faulty zone.
    pub fn is_zone_ish(&self, text: &str) -> bool {
        let (text, at) = (text.trim(), self.regions.at(0));
        if self.is_named_zone(text) {
            return true;
        }
        if Zone::recognize(text, self.regions).is_some() || Zone::mend(text, at).is_some() {
            return true;
        }
        // To find what a text may mean takes much longer than to find the rule that it breaks.
        match Zone::refuse(text, at).rule {
            Rule::ZoneAbbreviation | Rule::ZoneUnsigned => true,
            rule => rule == Rule::ZoneRegion && text.contains('/'),
        }
    }

    /// Whether the text of a column that is named as a zone is one, or one that can be suggested: a
    /// city, minutes, the name that another program uses. Its row is rejected with the suggestion, and
    /// not called at an hour that nobody has checked.
    pub fn is_meant_as_zone(&self, text: &str) -> bool {
        self.is_zone_ish(text) || !Meant::by(text, self.regions.at(0)).is_empty()
    }
}

/// A text of fewer digits is not a phone, and was not meant as one.
const FEWEST: usize = 5;
/// A text of fewer digits does not have two numbers.
const TWO_NUMBERS: usize = 14;
/// So many digits are meant as a phone if they are written as one, with a plus, a bracket or a dash.
const FEW: usize = 7;
const MOST: usize = 15;

fn digits(text: &str) -> usize {
    match text.is_ascii() {
        true => text.bytes().filter(u8::is_ascii_digit).count(),
        false => text.chars().filter(|c| c.is_numeric()).count(),
    }
}

/// Whether a text surely has a letter that is not a part of a phone. With a colon it may be a URI.
fn has_letters(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_alphabetic()) && !text.contains([':', 'е', 'Е'])
}

/// The kind of a text whose shape says that it is not a phone, whatever its digits are.
fn shaped(text: &str) -> Option<CellKind> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return is_day_of_digits(text).then_some(CellKind::Date);
    }
    if text.starts_with(|c: char| matches!(c, '0'..='9' | '+' | '-' | '−')) {
        if is_date(text) {
            return Some(CellKind::Date);
        }
        if is_fraction(text) || is_negative(text) {
            return Some(CellKind::Number);
        }
    }
    is_code(text).then_some(CellKind::Code)
}

/// Whether a text was meant as a phone: 7 to 15 digits with only the punctuation of phones; 5 or 6
/// with a plus, bracket or dash; the same with a note.
fn is_meant(text: &str) -> bool {
    if text.chars().all(is_of_phone) {
        return has_digits_of_phone(text);
    }
    let mut numbers = text
        .split(|c: char| !is_of_phone(c))
        .filter(|part| has_digits_of_phone(part) && shaped(part.trim()).is_none());
    let (Some(number), None) = (numbers.next(), numbers.next()) else {
        return false;
    };
    let at = number.as_ptr() as usize - text.as_ptr() as usize;
    let (before, after) = (&text[..at], &text[at + number.len()..]);
    // A note is apart from the number: `INV-2026-000123` and `AB1234567` are codes.
    let is_apart = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_alphanumeric());
    let (begin, end) = (number.chars().next(), number.chars().last());
    let opens = |c: Option<char>| matches!(c, Some(' ' | '\u{A0}' | '(' | '+' | '.'));
    let closes = |c: Option<char>| matches!(c, Some(' ' | '\u{A0}' | ')' | '('));
    let others = digits(before) + digits(after);
    const DIGITS_OF_NOTE: usize = 5;
    (opens(begin) || is_apart(before.chars().last()))
        && (closes(end) || is_apart(after.chars().next()))
        && others <= DIGITS_OF_NOTE
}

/// Whether a text is digits of a phone with only the punctuation of phones.
pub(super) fn is_written_as_phone(text: &str) -> bool {
    text.chars().all(is_of_phone) && has_digits_of_phone(text) && shaped(text).is_none()
}

/// Whether some part of a text, whatever is around it, has the digits of a phone and is not a date.
pub(super) fn has_digits_of_a_phone(text: &str) -> bool {
    let mut parts = text.split(|c: char| !is_of_phone(c));
    parts.any(|part| digits(part) >= FEW && shaped(part.trim()).is_none())
}

fn is_of_phone(c: char) -> bool {
    c.is_numeric()
        || c.is_whitespace()
        || matches!(
            c,
            '+' | '＋'
                | '-'
                | '‐'
                | '‑'
                | '‒'
                | '–'
                | '—'
                | '−'
                | '('
                | ')'
                | '['
                | ']'
                | '.'
                | '/'
                | '~'
        )
}

fn has_digits_of_phone(text: &str) -> bool {
    let is_written = || text.contains(['+', '(', ')', '-', '–', '‑']);
    match digits(text) {
        FEW..=MOST => true,
        FEWEST..FEW => is_written(),
        _ => false,
    }
}

/// What spreadsheets and databases write in place of a value.
fn is_no_value(text: &str) -> bool {
    let is_error = text.starts_with('#') && text.ends_with(['!', '?']);
    is_error || matches!(text, "\\N" | "#DIV/0!" | "#N/A")
}

fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !text.contains(char::is_whitespace)
    })
}

/// A number that is not a phone: digits with signs of sums and fractions.
fn is_number(text: &str) -> bool {
    let is_of_number = |c: char| {
        c.is_numeric()
            || matches!(
                c,
                ' ' | '\u{A0}' | '\u{202F}' | '.' | ',' | '+' | '-' | '−' | '\'' | '%'
            )
            || matches!(c, '€' | '$' | '£' | '₽' | '¥')
    };
    text.chars().all(is_of_number)
}

/// Digits, one point or comma, and digits. Digits with `.0` are a number that a spreadsheet has
/// written as a fraction, and may be a phone.
fn is_fraction(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+', '−']).unwrap_or(text);
    let Some((whole, fraction)) = unsigned.split_once(['.', ',']) else {
        return false;
    };
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_whole = fraction == "0" && whole.len() >= 9 && unsigned.contains('.');
    are_digits(whole) && are_digits(fraction) && !is_whole
}

fn is_negative(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '−']);
    digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A day, in the orders and with the separators in use, and perhaps a time of day.
fn is_date(text: &str) -> bool {
    let ends_day = |byte: u8| matches!(byte, b' ' | b'T' | b',');
    let day_end = text.bytes().position(ends_day).unwrap_or(text.len());
    let (day, time) = text.split_at(day_end);
    let is_time = time.is_empty() || time[1..].trim_start().contains(':') && time.is_ascii();
    if !is_time {
        return false;
    }
    let numbers = |mark: u8| -> Option<[(u32, usize); 3]> {
        let mut parts = day.split(char::from(mark));
        let mut number = || {
            let part = parts.next()?;
            Some((part.parse().ok()?, part.len()))
        };
        Some([number()?, number()?, number()?])
    };
    let marks = |mark: u8| day.bytes().filter(|byte| *byte == mark).count();
    [b'.', b'-', b'/']
        .into_iter()
        .filter(|mark| marks(*mark) == 2)
        .any(|mark| match numbers(mark) {
            Some([first, second, third]) if first.1 == 4 => {
                is_year(first) && is_day(third.0, second.0)
            }
            Some([first, second, third]) => {
                is_year(third) && (is_day(first.0, second.0) || is_day(second.0, first.0))
            }
            None => false,
        })
}

/// A day as eight digits, the year first.
fn is_day_of_digits(digits: &str) -> bool {
    let part = |range: std::ops::Range<usize>| digits[range].parse().unwrap_or_default();
    digits.len() == 8 && is_year((part(0..4), 4)) && is_day(part(6..8), part(4..6))
}

fn is_day(day: u32, month: u32) -> bool {
    (1..=31).contains(&day) && (1..=12).contains(&month)
}

/// Whether a number of so many digits is a year.
fn is_year((year, length): (u32, usize)) -> bool {
    match length {
        2 => true,
        4 => (1900..2100).contains(&year),
        _ => false,
    }
}

/// A UUID, an IP address, a CPF or CNPJ with its marks.
fn is_code(text: &str) -> bool {
    let is_shaped = |shape: &str| {
        let is_it = |(byte, of_shape): (u8, u8)| match of_shape {
            b'0' => byte.is_ascii_digit(),
            mark => byte == mark,
        };
        text.len() == shape.len() && text.bytes().zip(shape.bytes()).all(is_it)
    };
    let is_uuid = || {
        let is_it = |(at, byte): (usize, u8)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        };
        text.len() == 36 && text.bytes().enumerate().all(is_it)
    };
    let is_address = || {
        let mut parts = text.split('.').map(str::parse::<u8>);
        let are_four = (0..4).all(|_| matches!(parts.next(), Some(Ok(_))));
        are_four && parts.next().is_none()
    };
    is_shaped("000.000.000-00") || is_shaped("00.000.000/0000-00") || is_uuid() || is_address()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kind(cell: &str) -> CellKind {
        let regions = Regions::new([]);
        let judge = CellJudge {
            phone: PhoneOptions::default(),
            regions: &regions,
            zones: None,
        };
        judge.kind(cell, None)
    }

    /// The kind of a text of digits and letters, by the words of the phone's reader.
    fn kind_by_reading(judge: &CellJudge<'_>, text: &str) -> CellKind {
        let inner = guard::unguarded(text);
        match phone::resolve_or_rule(text, &judge.phone) {
            Ok(resolved) => {
                assert!(!resolved.phone.is_valid(), "{text}");
                CellKind::Faulty
            }
            Err(Rule::PhoneScientific | Rule::PhoneMultiple) => CellKind::Faulty,
            Err(Rule::PhoneEmpty) => CellKind::Nothing,
            Err(_) if is_meant(&inner) => CellKind::Faulty,
            Err(_) => judge.no_phone(&inner),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]

        /// A text with letters is not read as a phone, and the reader would say the same of it.
        #[test]
        fn letters_decide_as_the_reader_does(
            before in "[\"'(+A-Za-zя ]{0,4}",
            text in "[0-9 ()+.,/;xXA-Dт:-]{4,20}|[0-9 ]{3,9}[xA, .т-]{1,2}[0-9]{2,9}",
            after in "[ A-Zеp:\"';]{0,4}",
        ) {
            let text = [&*before, &text, &after].concat();
            let text = text.trim();
            let inner = guard::unguarded(text);
            let is_short = (FEWEST..TWO_NUMBERS).contains(&digits(&inner));
            if is_short && has_letters(&inner) && shaped(&inner).is_none() {
                let regions = Regions::new([]);
                let judge = CellJudge { phone: PhoneOptions::default(), regions: &regions, zones: None };
                prop_assert_eq!(judge.kind(text, None), kind_by_reading(&judge, text));
            }
        }
    }

    #[test]
    fn phones_that_were_meant() {
        for cell in [
            "8 (912) 345-67-89",
            "+7 (912) 345-67-8",
            "7.912E+10",
            "79123456789, 12015550123",
            "8 912 345-67-89 (Анна)",
            "+7 912 345-67-89 доб. 12",
            "12-34-56",
            "'8912345678",
            "тел. 8 912 345 67 89",
            "9123456789",
            "912345678.0",
        ] {
            assert_eq!(kind(cell), CellKind::Faulty, "{cell}");
        }
        for cell in [
            "+79123456789",
            "79123456789",
            "=\"79123456789\"",
            "79123456789.0",
        ] {
            assert!(kind(cell).is_valid_phone(), "{cell}");
        }
    }

    #[test]
    fn what_is_not_a_phone() {
        for (cell, expected) in [
            ("", CellKind::Blank),
            (" \u{A0}", CellKind::Blank),
            ("нет", CellKind::Nothing),
            ("#ERROR!", CellKind::Nothing),
            ("\\N", CellKind::Nothing),
            ("01.03.2026", CellKind::Date),
            ("2026-03-01 12:00:00", CellKind::Date),
            ("2026-03-01T12:00:00+03:00", CellKind::Date),
            ("20260301", CellKind::Date),
            ("1234567.89", CellKind::Number),
            ("55.755826", CellKind::Number),
            ("-99.12345", CellKind::Number),
            ("123456", CellKind::Number),
            ("12", CellKind::Number),
            ("a1@example.com", CellKind::Email),
            ("192.168.100.200", CellKind::Code),
            ("123.456.789-09", CellKind::Code),
            ("c88fa0a6-aa62-482e-9251-9e715a7d33b7", CellKind::Code),
            ("INV-2026-000123", CellKind::Text),
            ("ул. Ленина 5, кв. 12", CellKind::Text),
            ("Anna", CellKind::Text),
            ("UTC+3", CellKind::Zone),
        ] {
            assert_eq!(kind(cell), expected, "{cell}");
        }
    }
}
