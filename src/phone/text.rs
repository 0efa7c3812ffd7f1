//! From text to digits: which characters a phone may contain, and the digits that remain.
//!
//! ```text
//! phone   = *mark [scheme] ( number [isub] / float / local )
//! number  = *mark *plus 1*( *mark digit ) *mark
//! float   = [plus] 1*DIGIT "." 1*"0"             ; a whole number that became a float
//! scheme  = "tel:"                               ; RFC 3966, in any case
//! isub    = ";isub=" *any                        ; only after the scheme, dropped
//! local   = number [isub] ";phone-context=" ( global / domain ) [ ";" *any ]
//!                                                ; RFC 3966, only after the scheme
//! plus    = "+" / U+FF0B
//! digit   = any character of Unicode's category Nd
//! mark    = libphonenumber's punctuation: dashes, spaces, brackets, dots, slashes, tildes
//! ```
//!
//! That is what libphonenumber's `parse` reads, restricted to texts that contain one phone and
//! nothing else. The deviations:
//!
//! - libphonenumber skips everything before the first digit or plus, and everything at the end that
//!   is neither a letter nor a number. Here only marks are skipped; anything else is a fault, so
//!   that a name or a second number is not lost silently.
//! - It reads three or more letters as keypad digits, and `x` as a placeholder. Here letters are a
//!   fault.
//! - It removes extensions. Here an extension is a fault: the service would dial the main line.
//! - `79110000000.0` is eleven digits here, and twelve there.

use std::borrow::Cow;

use super::char_class::{CharClass, class, is_closing, is_opening, trim_end, trim_start};
use super::number_part::{NumberPart, Unread};
use super::{date, decimal, uri};
use crate::guard;

/// The most digits in a text: 15 for the number, and an international prefix, a carrier code and a
/// trunk prefix before it. The longest prefixes have 9 and 7 digits.
const MAX_DIGITS: usize = 40;

/// libphonenumber reads no text with more characters.
const MAX_CHARS: usize = 250;

/// A number that can be dialled from everywhere has at least this many digits.
pub(super) const SHORTEST_NUMBER: usize = 7;

/// The digits of a text that contains one phone and nothing else, and their groups. In the masks
/// bit n is the position before digit n; the last bit is the end of the digits.
#[derive(Clone, Copy)]
pub(super) struct Dialled {
    digits: [u8; MAX_DIGITS],
    len: u8,
    /// There is a plus in front: a country calling code follows.
    pub plus: bool,
    /// The positions where a group of digits begins, without the first.
    pub group_starts: u64,
    /// The positions where a bracket opens.
    opens: u64,
    /// The positions where a bracket closes.
    closes: u64,
    /// The text names a private numbering plan, so it is not an international number.
    pub local: bool,
    /// The text ends with a slash and a few digits: a second number, or a range.
    pub range: bool,
    /// The text is a date: `2026-12-31`, `31.12.2026`.
    pub date: bool,
    /// The positions of slashes with a blank beside them and enough digits for a number before them.
    spaced_slashes: u64,
    /// The positions of all slashes.
    slashes: u64,
    /// It contains a tilde: an extension may follow.
    tilde: bool,
}

impl Dialled {
    pub fn digits(&self) -> &[u8] {
        &self.digits[..usize::from(self.len)]
    }

    /// The first group of digits; all digits if there is only one group.
    pub fn first_group(&self) -> &[u8] {
        let end = match self.group_starts {
            0 => usize::from(self.len),
            starts => starts.trailing_zeros() as usize,
        };
        &self.digits()[..end.min(usize::from(self.len))]
    }

    /// Whether there is more than one group of digits.
    pub fn is_punctuated(&self) -> bool {
        self.group_starts != 0
    }

    /// Whether the first group is in brackets that close before the last one: `(06 1) 234 5678`.
    pub fn first_is_in_brackets(&self) -> bool {
        let before_end = (1 << self.len) - 1;
        self.is_punctuated() && self.opens & 1 != 0 && self.closes & before_end & !1 != 0
    }

    /// The position of a zero in brackets that is a group of its own and not the first.
    pub fn bracketed_zero(&self) -> Option<usize> {
        let alone = self.group_starts & self.group_starts >> 1 & self.opens & self.closes >> 1;
        let at = alone.trailing_zeros() as usize;
        (self.digits().get(at) == Some(&b'0')).then_some(at)
    }

    /// The same digits without the group of one digit at this position.
    pub fn without_group(&self, at: usize) -> Dialled {
        let mut without = *self;
        without.digits.copy_within(at + 1.., at);
        without.len -= 1;
        let moved = |mask: u64| {
            let below = (1 << at) - 1;
            (mask & below) | (mask & 1 << at) | (mask >> 1 & !below & !(1 << at))
        };
        without.group_starts = moved(self.group_starts);
        without.opens = moved(self.opens);
        without.closes = moved(self.closes);
        without.spaced_slashes = moved(self.spaced_slashes);
        without.slashes = moved(self.slashes);
        without
    }

    /// The same digits up to each slash with a blank beside it. What comes after such a slash may be
    /// a second number or a range.
    pub fn before_spaced_slashes(&self) -> impl Iterator<Item = Dialled> {
        let ends = (1..u32::from(self.len)).filter(|end| self.spaced_slashes >> end & 1 != 0);
        ends.map(|end| Dialled {
            spaced_slashes: 0,
            ..self.first_digits(end)
        })
    }

    /// The digits before and after each slash.
    pub fn at_slashes(&self) -> impl Iterator<Item = (Dialled, Dialled)> {
        let places = (1..u32::from(self.len)).filter(|place| self.slashes >> place & 1 != 0);
        places.map(|place| (self.first_digits(place), self.digits_from(place)))
    }

    /// The halves of the digits, if a group begins in the middle.
    pub fn halves(&self) -> Option<(Dialled, Dialled)> {
        let half = u32::from(self.len / 2);
        let is_cut = self.len.is_multiple_of(2) && self.group_starts >> half & 1 != 0;
        is_cut.then(|| (self.first_digits(half), self.digits_from(half)))
    }

    /// The digits from the beginning of a group on.
    fn digits_from(&self, start: u32) -> Dialled {
        let mut rest = *self;
        rest.digits.copy_within(start as usize.., 0); // what is after the last digit is not read
        rest.len -= start as u8;
        rest.plus = false;
        rest.group_starts = self.group_starts >> start & !1;
        rest.opens = self.opens >> start;
        rest.closes = self.closes >> start;
        rest.spaced_slashes = 0;
        rest.slashes = 0;
        rest
    }

    /// The first digits, if another group begins after them.
    fn first_digits(&self, end: u32) -> Dialled {
        let before = (1 << end) - 1;
        Dialled {
            len: end as u8,
            group_starts: self.group_starts & before,
            opens: self.opens & before,
            closes: self.closes & (before | 1 << end),
            spaced_slashes: self.spaced_slashes & before,
            slashes: self.slashes & before,
            ..*self
        }
    }

    /// The same digits without the last group, if it is in brackets of its own after another group.
    pub fn without_last_in_brackets(&self) -> Option<Dialled> {
        let last = self.group_starts.checked_ilog2()?;
        let is_alone = self.opens >> last & 1 != 0 && self.closes >> self.len & 1 != 0;
        is_alone.then(|| self.first_digits(last))
    }

    /// The digits of an ASCII text that consists of digits, an optional plus before them and the
    /// commonest marks; `None` if [`read_written`] has to decide.
    pub fn of_ascii(text: &[u8]) -> Option<Dialled> {
        let (plus, text) = match text {
            [b'+', text @ ..] => (true, text),
            text => (false, text),
        };
        let mut digits = [0; MAX_DIGITS];
        let mut len = 0;
        let (mut marks, mut opens, mut closes) = (0_u64, 0_u64, 0_u64);
        for &byte in text {
            match byte {
                b'0'..=b'9' => {
                    *digits.get_mut(len)? = byte;
                    len += 1;
                }
                b' ' | b'-' => marks |= 1 << len,
                b'(' => {
                    marks |= 1 << len;
                    opens |= 1 << len;
                }
                b')' => {
                    marks |= 1 << len;
                    closes |= 1 << len;
                }
                _ => return None,
            }
        }
        let group_starts = starts_of_groups(marks, len);
        (len >= 3 && text.len() < MAX_CHARS).then_some(Dialled {
            digits,
            len: len as u8,
            plus,
            group_starts,
            opens,
            closes,
            local: false,
            range: false,
            date: !plus && date::has_groups(group_starts, len) && date::is_date(text),
            spaced_slashes: 0,
            slashes: 0,
            tilde: false,
        })
    }
}

/// The positions of marks between digits.
fn starts_of_groups(marks: u64, len: usize) -> u64 {
    marks & ((1 << len) - 1) & !1
}

/// The bytes as a text, with U+FFFD for invalid bytes.
pub(super) fn lossy(text: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(text) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(text),
    }
}

/// Reads the digits of a text.
pub(super) fn read(text: &str) -> Result<Dialled, Unread> {
    match Dialled::of_ascii(text.as_bytes()) {
        Some(dialled) => Ok(dialled),
        None => read_written(text),
    }
}

/// The same for a text from a list, without the characters that exports add.
pub(super) fn read_guarded(text: &str) -> Result<Dialled, Unread> {
    match Dialled::of_ascii(text.as_bytes()) {
        Some(dialled) => Ok(dialled),
        None => read_guarded_slowly(text),
    }
}

/// The same for a text that [`Dialled::of_ascii`] leaves.
pub(super) fn read_guarded_slowly(text: &str) -> Result<Dialled, Unread> {
    read_written(text).or_else(|unread| {
        let inner = without_guards(text).ok_or(unread)?;
        read(&inner).map_err(|_| unread)
    })
}

/// The text without the characters that exports add, and without the `p:` of contact lists before a
/// plus; `None` if it has none of them.
fn without_guards(text: &str) -> Option<String> {
    let plain = guard::without(text);
    let inner = plain.as_deref().unwrap_or(text);
    let number = inner.strip_prefix("p:").or(inner.strip_prefix("P:"));
    let number = number.filter(|number| number.trim_start().starts_with(['+', '\u{FF0B}']));
    number.map(str::to_owned).or(plain)
}

fn read_written(text: &str) -> Result<Dialled, Unread> {
    // A character has at most four bytes, so most texts need no count of characters.
    if text.len() > MAX_CHARS && text.chars().nth(MAX_CHARS).is_some() {
        return Err(Unread::TooManyCharacters);
    }
    let number = number_part(text)?;
    let dialled = scan(&number.text)?;
    if dialled.tilde && extension_by_tilde(&number.text) {
        return Err(Unread::Other);
    }
    if !viable(&number, &dialled) {
        return Err(Unread::TooFewDigits);
    }
    Ok(Dialled {
        local: number.local,
        opens: dialled.opens | u64::from(number.opens_bracket),
        closes: dialled.closes | u64::from(number.closes_bracket) << dialled.len,
        range: range_start(&number.text).is_some(),
        date: !dialled.plus
            && date::has_groups(dialled.group_starts, dialled.len.into())
            && date::is_date(number.text.as_bytes()),
        ..dialled
    })
}

/// Removes `tel:` and its parameters, or the `.0` of a float.
fn number_part(text: &str) -> Result<NumberPart<'_>, Unread> {
    if let Some(after_scheme) = uri::after_scheme(text) {
        return uri::number(text, after_scheme);
    }
    let part = whole_float(text).unwrap_or(text);
    let trimmed = trim_start(part);
    let number = trim_end(trimmed);
    Ok(NumberPart {
        text: Cow::Borrowed(number),
        local: false,
        closes_bracket: trimmed[number.len()..].contains(is_closing),
        opens_bracket: part[..part.len() - trimmed.len()].contains(is_opening),
    })
}

/// `79110000000.0` without its fraction, if that is all zeros and a double can hold the whole
/// number.
fn whole_float(text: &str) -> Option<&str> {
    let (whole, fraction) = text.trim_matches([' ', '\u{A0}']).split_once('.')?;
    let digits = whole.strip_prefix('+').unwrap_or(whole);
    let is_whole = digits.bytes().all(|b| b.is_ascii_digit())
        && digits.parse::<u64>().is_ok_and(|value| value < 1 << 53)
        && !fraction.is_empty()
        && fraction.bytes().all(|b| b == b'0');
    is_whole.then_some(whole)
}

/// Reads digits, marks, and pluses before the first digit.
pub(super) fn scan(text: &str) -> Result<Dialled, Unread> {
    let mut digits = [0; MAX_DIGITS];
    let mut len = 0;
    let mut plus = false;
    let mut tilde = false;
    let (mut marks, mut opens, mut closes) = (0_u64, 0_u64, 0_u64);
    let (mut spaced_slashes, mut slashes) = (0_u64, 0_u64);
    let mut previous = CharClass::Mark;
    let mut visible = ' ';
    for c in text.chars() {
        let class = class(c);
        match class {
            CharClass::Digit(digit) => {
                *digits.get_mut(len).ok_or(Unread::TooManyDigits)? = b'0' + digit;
                len += 1;
            }
            // Several pluses are allowed together, before the first digit.
            CharClass::Plus if len == 0 && (!plus || previous == CharClass::Plus) => plus = true,
            CharClass::Mark => {
                tilde |= is_tilde(c);
                marks |= u64::from(!is_invisible(c)) << len;
                opens |= u64::from(is_opening(c)) << len;
                closes |= u64::from(is_closing(c)) << len;
                let is_spaced = is_slash(c) && visible.is_whitespace()
                    || c.is_whitespace() && is_slash(visible);
                spaced_slashes |= u64::from(is_spaced && len >= SHORTEST_NUMBER) << len;
                slashes |= u64::from(is_slash(c)) << len;
            }
            CharClass::Plus | CharClass::Other => return Err(Unread::Other),
        }
        previous = class;
        if !is_invisible(c) {
            visible = c;
        }
    }
    Ok(Dialled {
        digits,
        len: len as u8,
        plus,
        group_starts: starts_of_groups(marks, len),
        opens,
        closes,
        local: false,
        range: false,
        date: false,
        spaced_slashes,
        slashes,
        tilde,
    })
}

/// Invisible marks, which do not separate groups.
fn is_invisible(c: char) -> bool {
    guard::is_invisible(c)
}

/// The position of a last slash that has a number before it and too few digits for another one after
/// it, perhaps after spaces and a dash: one or two, or up to four if there is no plus or `00` in
/// front. With one of these, `+49 33203/123` has a short number after its codes.
pub(super) fn range_start(text: &str) -> Option<usize> {
    let is_digit = |c: char| decimal::value(c).is_some();
    let is_gap = |c: char| c.is_whitespace() || is_invisible(c);
    let before_digits = text.trim_end_matches(is_digit);
    let count = text[before_digits.len()..].chars().count();
    let after_slash = before_digits.trim_end_matches(is_gap);
    let number = after_slash.strip_suffix(is_dash).unwrap_or(after_slash);
    let number = number.trim_end_matches(is_gap);
    let number = number.strip_suffix(is_slash)?;
    let is_number = number.chars().filter(|&c| is_digit(c)).count() >= SHORTEST_NUMBER;
    let are_few = match count {
        1..=2 => true,
        3..=4 => !is_from_abroad(number),
        _ => false,
    };
    (are_few && is_number && !has_slashes_alone(text)).then_some(number.len())
}

/// Whether a plus or `00` is in front of the digits.
fn is_from_abroad(number: &str) -> bool {
    let number = number.trim_start_matches(|c| class(c) == CharClass::Mark);
    number.starts_with("00") || number.starts_with(|c| class(c) == CharClass::Plus)
}

/// Whether a text is four or more short groups with a slash between each two: `06/12/34/56/78`.
fn has_slashes_alone(text: &str) -> bool {
    /// No group of a number in a row of groups is longer.
    const LONGEST: usize = 4;
    let text = text.trim_start_matches(|c| class(c) == CharClass::Plus);
    let is_group = |group: &str| {
        (1..=LONGEST).contains(&group.chars().count())
            && group.chars().all(|c| decimal::value(c).is_some())
    };
    text.split(is_slash).count() >= 4 && text.split(is_slash).all(is_group)
}

pub(super) fn is_slash(c: char) -> bool {
    matches!(c, '/' | '\u{FF0F}')
}

pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FF0D}')
}

/// Whether libphonenumber accepts the text as a number: three digits, or two and nothing else.
fn viable(number: &NumberPart<'_>, dialled: &Dialled) -> bool {
    match dialled.len {
        0 | 1 => false,
        2 => number.text.chars().count() == 2,
        _ => !dialled.plus || number.text.starts_with(|c| class(c) == CharClass::Plus),
    }
}

/// The tildes that libphonenumber also reads as the label of an extension.
fn is_tilde(c: char) -> bool {
    matches!(c, '~' | '\u{FF5E}')
}

/// libphonenumber reads a tilde and up to nine digits at the end as an extension, if the text
/// before it is a number by itself.
fn extension_by_tilde(text: &str) -> bool {
    let Some(at) = text.rfind(is_tilde) else {
        return false;
    };
    let after = text[at..].trim_start_matches(is_tilde);
    let after = after.strip_prefix(['.', '\u{FF0E}']).unwrap_or(after);
    let extension = after.trim_start_matches([' ', '\u{A0}', '-']);
    let is_extension = (1..=9).contains(&extension.chars().count())
        && extension.chars().all(|c| decimal::value(c).is_some());
    if !is_extension {
        return false;
    }
    let before = text[..at].trim_end_matches([' ', '\u{A0}']);
    let digits = before.chars().filter(|&c| decimal::value(c).is_some());
    match digits.count() {
        0 | 1 => false,
        2 => before.chars().count() == 2,
        _ => true,
    }
}

/// The offset in characters of digit number `index` of a text.
pub(super) fn position_of_digit(text: &str, index: usize) -> Option<usize> {
    text.chars()
        .enumerate()
        .filter(|&(_, c)| decimal::value(c).is_some())
        .map(|(position, _)| position)
        .nth(index)
}
