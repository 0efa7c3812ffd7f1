//! What one cell of a table looks like: a phone, a phone with a fault, a date, a number and so on.
//!
//! Whether a cell is a phone is decided by [`phone::resolve_or_rule`], as for a job. What is decided
//! here is which of the other cells were *meant* as a phone: see [`CellKind::Faulty`].

use crate::batch::source::row::RowRegion;
use crate::phone::plan::NumberType;
use crate::phone::{self, PhoneOptions};
use crate::zone::{Regions, Zone};
use crate::{Fault, Rule, guard};

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
}

impl CellJudge<'_> {
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
        let options = region.map_or(self.phone, |region| region.options(self.phone));
        let may_be_scientific = inner.contains(['e', 'E']);
        if digits(&inner) < FEWEST && !may_be_scientific {
            return self.no_phone(&inner);
        }
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
        let may_be = text.len() <= LONGEST_ZONE && text.is_ascii() && !is_number(text);
        // To say what else a text may mean takes thousands of times as long, and most are names.
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

    /// Whether the text of a column of zones is a zone or a faulty zone.
    pub fn is_zone_ish(&self, text: &str) -> bool {
        match Zone::repair(text.trim(), self.regions.at(0)) {
            Ok(_) => true,
            Err(Fault {
                rule: Rule::ZoneAbbreviation | Rule::ZoneUnsigned,
                ..
            }) => true,
            Err(fault) => fault.rule == Rule::ZoneRegion && text.contains('/'),
        }
    }
}

/// A text of fewer digits is not a phone, and was not meant as one.
const FEWEST: usize = 5;
/// So many digits are meant as a phone if they are written as one, with a plus, a bracket or a dash.
const FEW: usize = 7;
const MOST: usize = 15;

fn digits(text: &str) -> usize {
    text.chars().filter(|c| c.is_numeric()).count()
}

/// The kind of a text whose shape says that it is not a phone, whatever its digits are.
fn shaped(text: &str) -> Option<CellKind> {
    if is_date(text) {
        return Some(CellKind::Date);
    }
    if is_fraction(text) || is_negative(text) {
        return Some(CellKind::Number);
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
        FEWEST.. => is_written() && digits(text) < FEW,
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
    let day_end = text.find([' ', 'T', ',']).unwrap_or(text.len());
    let (day, time) = text.split_at(day_end);
    let is_time = time.is_empty() || time[1..].trim_start().contains(':') && time.is_ascii();
    if !is_time {
        return false;
    }
    let numbers = |mark| -> Option<Vec<(u32, usize)>> {
        let parts = day.split(mark);
        let number = |part: &str| Some((part.parse().ok()?, part.len()));
        parts.map(number).collect()
    };
    let is_day = |day: u32, month: u32| (1..=31).contains(&day) && (1..=12).contains(&month);
    let is_year = |(year, length): (u32, usize)| match length {
        2 => true,
        4 => (1900..2100).contains(&year),
        _ => false,
    };
    if day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit()) && time.is_empty() {
        let part = |range: std::ops::Range<usize>| day[range].parse::<u32>().unwrap_or_default();
        return is_year((part(0..4), 4)) && is_day(part(6..8), part(4..6));
    }
    ['.', '-', '/']
        .into_iter()
        .any(|mark| match numbers(mark).as_deref() {
            Some(&[first, second, third]) if first.1 == 4 => {
                is_year(first) && is_day(third.0, second.0)
            }
            Some(&[first, second, third]) => {
                is_year(third) && (is_day(first.0, second.0) || is_day(second.0, first.0))
            }
            _ => false,
        })
}

/// A UUID, an IP address, a CPF or CNPJ with its marks.
fn is_code(text: &str) -> bool {
    let is_uuid = || {
        let groups: Vec<usize> = text.split('-').map(str::len).collect();
        let is_hex = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
        groups == [8, 4, 4, 4, 12] && text.bytes().all(is_hex)
    };
    let is_address = || {
        let parts: Vec<Option<u8>> = text.split('.').map(|part| part.parse().ok()).collect();
        parts.len() == 4 && parts.iter().all(Option::is_some)
    };
    let shape: String = text
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    matches!(&*shape, "000.000.000-00" | "00.000.000/0000-00") || is_uuid() || is_address()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(cell: &str) -> CellKind {
        let regions = Regions::new([]);
        let judge = CellJudge {
            phone: PhoneOptions::default(),
            regions: &regions,
        };
        judge.kind(cell, None)
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
