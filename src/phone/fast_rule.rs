//! The fast path for the rule of a text that is not a phone, if nobody needs words: one look at each
//! byte.
//!
//! It knows digits, the commonest marks, commas, and Latin and Russian letters. In a text of these
//! [`diagnose`](super::diagnose) asks only for the runs of digits and what is between them. It only
//! ever says yes: any other text is read as a whole.

use super::diagnose::{self, BEFORE_EXTENSION, NUMBER};
use super::extension_label::is_extension_label;
use crate::Rule;

/// In bytes. Longer texts are rare, and perhaps too long for a phone.
const LONGEST: usize = 64;

/// A text with more digits is not read as a phone.
const MOST_DIGITS: usize = 40;

/// The rule that a text breaks; `None` if it may be a phone, or if only
/// [`slow_resolve`](super::slow_resolve) can decide.
pub(super) fn fast_rule(text: &str) -> Option<Rule> {
    let bytes = text.as_bytes();
    // Exports add these.
    let is_around = |byte: Option<&u8>| matches!(byte, None | Some(b' ' | b','));
    if bytes.len() > LONGEST || is_around(bytes.first()) || is_around(bytes.last()) {
        return None;
    }
    let look = Look::at(bytes)?;
    // Without letters and commas it may be a phone.
    if look.digits > MOST_DIGITS || !(look.has_letter || look.has_comma) {
        return None;
    }
    // No word for nothing has a digit.
    if look.digits == 0 && diagnose::is_nothing(text) {
        return Some(Rule::PhoneEmpty);
    }
    let scientific = look
        .may_be_scientific
        .then(|| diagnose::scientific_rule(text));
    if let Some(rule) = scientific.flatten() {
        return Some(rule);
    }
    Some(match () {
        () if look.numbers > 1 => Rule::PhoneMultiple,
        () if look.has_extension(text) => Rule::PhoneExtension,
        () if look.has_letter => Rule::PhoneLetters,
        () => Rule::PhoneSyntax,
    })
}

/// What is in a text.
#[derive(Default)]
struct Look {
    digits: usize,
    has_letter: bool,
    has_comma: bool,
    /// Whether an exponent may follow the first E.
    may_be_scientific: bool,
    has_e: bool,
    /// How many runs of digits there are, in which no letter, comma, slash or later plus is.
    runs: usize,
    /// How many of them are long enough for a number.
    numbers: usize,
    /// The digits of the last run so far.
    run: usize,
    first_digits: usize,
    /// Where the first run ends, with the marks after it.
    first_end: usize,
    /// The first digit after that.
    second_start: usize,
}

impl Look {
    /// `None` if there is anything that is not known here.
    fn at(bytes: &[u8]) -> Option<Look> {
        let mut look = Look::default();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let next = bytes.get(at + 1).copied();
            match byte {
                b'0'..=b'9' => look.digit(at),
                b' ' | b'-' | b'(' | b')' | b'[' | b']' | b'.' => {}
                b'+' if look.run == 0 => {}
                b'+' | b'/' => look.end_run(at),
                b',' => {
                    look.end_run(at);
                    look.has_comma = true;
                }
                b'a'..=b'z' | b'A'..=b'Z' => look.letter(at, matches!(byte, b'e' | b'E'), next),
                0xD0 | 0xD1 => {
                    let second = next?;
                    let is_e = byte == 0xD0 && matches!(second, 0x95 | 0xB5);
                    let after = bytes.get(at + 2).copied();
                    match (byte, second) {
                        (0xD0, 0x81 | 0x90..=0xBF) | (0xD1, 0x80..=0x8F | 0x91) => {
                            look.letter(at, is_e, after);
                        }
                        _ => return None,
                    }
                    at += 1;
                }
                _ => return None,
            }
            at += 1;
        }
        look.end_run(bytes.len());
        Some(look)
    }

    fn digit(&mut self, at: usize) {
        if self.run == 0 && self.runs == 1 {
            self.second_start = at;
        }
        self.run += 1;
        self.digits += 1;
    }

    fn letter(&mut self, at: usize, is_e: bool, next: Option<u8>) {
        self.end_run(at);
        self.has_letter = true;
        if is_e && !self.has_e {
            self.has_e = true;
            self.may_be_scientific = matches!(next, Some(b'0'..=b'9' | b'+' | b'-'));
        }
    }

    fn end_run(&mut self, at: usize) {
        if self.run == 0 {
            return;
        }
        self.runs += 1;
        self.numbers += usize::from(self.run >= NUMBER);
        if self.runs == 1 {
            (self.first_digits, self.first_end) = (self.run, at);
        }
        self.run = 0;
    }

    /// Whether the text is a number, a label and a few digits.
    fn has_extension(&self, text: &str) -> bool {
        if self.runs != 2 || self.first_digits < BEFORE_EXTENSION {
            return false;
        }
        let marks = [' ', '-', '(', ')', '[', ']', '.', '/'];
        let digits = text[self.second_start..].trim_end_matches(marks);
        digits.bytes().all(|byte| byte.is_ascii_digit())
            && is_extension_label(&text[self.first_end..self.second_start])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::text;
    use super::super::{PhoneOptions, refuse, resolve};
    use super::*;
    use crate::test_cases::cases;

    /// The rule of a text that is read as a whole.
    fn slow_rule(text: &str) -> Option<Rule> {
        let unread = text::read_guarded(text).err()?;
        Some(refuse::unread(text, unread, None).fault.rule)
    }

    fn texts() -> impl Strategy<Value = String> {
        let pieces = [
            "79123456789",
            "8 (912) 345-67-89",
            "+7 912 345 67 89",
            "112",
            "12",
            "00",
            "7.911",
            "E+10",
            "e10",
            "Е5",
            "е-3",
            "OO",
            "ext. ",
            " доб. ",
            "вн",
            " x",
            ", ",
            ",",
            ";",
            "/",
            "//",
            "+",
            "-",
            " ",
            ".",
            "[",
            "]",
            "~",
            "#",
            "нет",
            "Нет телефона",
            "N/A",
            "n/a",
            "Анна",
            "ё",
            "і",
            "tel:",
            "p:",
            "FLOWERS",
            "\u{A0}",
            "'",
            "\"",
            "=\"",
            "é",
        ];
        let piece = prop::sample::select(pieces.to_vec()).prop_map(str::to_owned);
        let piece =
            prop_oneof![8 => piece, 1 => "[0-9]{1,24}", 1 => "[0-9a-zA-Zа-яА-Я ,+/().-]{1,8}"];
        prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(cases(10_000))]

        #[test]
        fn a_fast_rule_is_that_of_the_whole_reading(text in texts()) {
            if let Some(rule) = fast_rule(&text) {
                prop_assert_eq!(Some(rule), slow_rule(&text), "{:?}", text);
                let fault = resolve(&text, &PhoneOptions::default()).unwrap_err();
                prop_assert_eq!(rule, fault.rule);
            }
        }
    }

    #[test]
    fn it_answers_for_the_texts_of_most_lists() {
        for (text, rule) in [
            ("79123OO6789", Rule::PhoneLetters),
            ("79123456789, +49 1512 3456789", Rule::PhoneMultiple),
            ("79123456789 / 79123456780 Анна", Rule::PhoneMultiple),
            ("7.911E+10", Rule::PhoneScientific),
            ("нет", Rule::PhoneEmpty),
            ("79123456789 доб. 12", Rule::PhoneExtension),
            ("моб. 79123456789", Rule::PhoneLetters),
            ("1-800-FLOWERS", Rule::PhoneLetters),
            ("79,12345678", Rule::PhoneSyntax),
        ] {
            assert_eq!(fast_rule(text), Some(rule), "{text}");
        }
        for text in [
            "79123456789",
            "+7 912",
            "",
            "tel:79123456789",
            "79123456789,",
        ] {
            assert_eq!(fast_rule(text), None, "{text}");
        }
    }
}
