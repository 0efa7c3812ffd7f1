//! Whether a text may contain another number than those that were found. If so, none of them is
//! suggested: a caller who follows a suggestion must not ring somebody else.
//!
//! The finder splits candidates at spaces, brackets and dashes, and stops at the first part that is
//! a number. So the rest may contain a second number, or the part may be the end of a longer
//! number. Here every sequence of whole groups of digits is read again, if
//!
//! - it has no digit in common with the found number: `flat 2 07400 123425`;
//! - it contains the found number and more: `01512 3456762 2`, where only `3456762` was found;
//! - it is the found number without a short group at one end: `030 123456 2. Stock`.
//!
//! A sequence does not cross a slash. It crosses a plus only if that is out of place: `8+495 123 45 67` is
//! hardly +49 51234567, as the digits without the plus are a number too. Limits: digits that are not a valid number are not
//! a rival, so a second number with a mistake is not noticed.

use super::char_class::{CharClass, class, is_opening};
use super::find::FoundPhone;
use super::number::Phone;
use super::text::{SHORTEST_NUMBER, is_slash};

/// The most digits of a number: 15, and a prefix before them.
const MOST_DIGITS: usize = 20;
/// This many digits before or after a number may belong to something else.
const SHORT_GROUP: usize = 2;
/// The least digits in the last group of a number written in groups, if a short group follows it.
const LONG_GROUP: usize = 4;

/// Digits with nothing between them: their first position, and the position after the last.
type DigitGroup = (usize, usize);

/// Whether a text may contain another number than those that were found. `number_of` returns the
/// valid number of digits and marks.
pub(super) fn has_rival(
    text: &[char],
    found: &[FoundPhone],
    number_of: impl Fn(&str) -> Option<Phone>,
) -> bool {
    let is_rival = |phone: Phone| found.iter().all(|one| one.phone != phone);
    let is_rival_text = |(start, end): (usize, usize)| {
        let part: String = text[start..end].iter().collect();
        number_of(&part).is_some_and(is_rival)
    };
    let has_plus_inside = |one: &FoundPhone| {
        around_plus(text, one).is_some_and(|digits| {
            let international = format!("+{digits}");
            [digits, international]
                .iter()
                .any(|text| number_of(text).is_some_and(is_rival))
        })
    };
    found.iter().any(has_plus_inside)
        || stretches(text).iter().any(|stretch| {
            stretch.is_cut_by(found) || stretch.parts(text, found).into_iter().any(is_rival_text)
        })
}

/// The digits before the plus of a number, and its own, if they are written together.
fn around_plus(text: &[char], one: &FoundPhone) -> Option<String> {
    let is_plus = |at: &usize| class(text[*at]) == CharClass::Plus;
    let plus = (one.start..one.end).find(is_plus)?;
    let is_together = |at: Option<usize>| {
        at.and_then(|at| text.get(at))
            .is_some_and(|c| !c.is_whitespace())
    };
    if !is_together(plus.checked_sub(1)) && is_together(Some(plus + 1)) {
        return None;
    }
    let is_joined = |c: &&char| matches!(class(**c), CharClass::Digit(_) | CharClass::Mark);
    let before = text[..plus].iter().rev().take_while(is_joined).count();
    let digits = |part: &[char]| -> String {
        let values = part.iter().filter_map(|&c| match class(c) {
            CharClass::Digit(digit) => Some(char::from(b'0' + digit)),
            _ => None,
        });
        values.collect()
    };
    let before = digits(&text[plus - before..plus]);
    (!before.is_empty()).then(|| before + &digits(&text[plus..one.end]))
}

/// Groups of digits with marks between them, and no slash or plus.
#[derive(Default)]
struct Stretch {
    /// The position of the plus before the first group.
    plus: Option<usize>,
    groups: Vec<DigitGroup>,
}

fn stretches(text: &[char]) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    let mut stretch = Stretch::default();
    let mut is_in_group = false;
    for (at, &c) in text.iter().enumerate() {
        let class = class(c);
        match (class, stretch.groups.last_mut()) {
            (CharClass::Digit(_), Some(last)) if is_in_group => last.1 = at + 1,
            (CharClass::Digit(_), _) => stretch.groups.push((at, at + 1)),
            (CharClass::Mark, _) if !is_slash(c) => {}
            _ => {
                stretches.push(std::mem::take(&mut stretch));
                stretch.plus = (class == CharClass::Plus).then_some(at);
            }
        }
        is_in_group = matches!(class, CharClass::Digit(_));
    }
    stretches.push(stretch);
    stretches
}

impl Stretch {
    /// Whether a number was found in it after its plus: then the plus begins another number, or
    /// none.
    fn is_cut_by(&self, found: &[FoundPhone]) -> bool {
        let (Some(plus), Some(&(first, _)), Some(&(_, end))) =
            (self.plus, self.groups.first(), self.groups.last())
        else {
            return false;
        };
        let begins_inside = |one: &FoundPhone| one.start > plus && one.start < end;
        let has_beginning = |one: &FoundPhone| one.start <= plus && one.end > first;
        found.iter().any(begins_inside) && !found.iter().any(has_beginning)
    }

    /// The sequences of groups that may be another number: their beginnings and ends.
    fn parts(&self, text: &[char], found: &[FoundPhone]) -> Vec<(usize, usize)> {
        let mut parts = Vec::new();
        for first in 0..self.groups.len() {
            let mut digits = 0;
            for last in first..self.groups.len() {
                let (start, end) = self.groups[last];
                digits += end - start;
                if digits > MOST_DIGITS {
                    break;
                }
                if digits >= SHORTEST_NUMBER && self.may_be_other(text, found, first, last) {
                    parts.push((self.start_of(text, first), end));
                }
            }
        }
        parts
    }

    /// Whether these groups have nothing in common with the found numbers, contain one and more, or
    /// are one without a short group.
    fn may_be_other(&self, text: &[char], found: &[FoundPhone], first: usize, last: usize) -> bool {
        let (start, end) = (self.groups[first].0, self.groups[last].1);
        let mut overlapping = found
            .iter()
            .filter(|one| one.start < end && start < one.end);
        let Some(one) = overlapping.next() else {
            return true;
        };
        let digits_start = skip_marks(text, one.start);
        let is_more =
            start <= digits_start && one.end <= end && end - start > one.end - digits_start;
        is_more && overlapping.next().is_none()
            || self.is_less_a_short_group(text, one, first, last)
    }

    fn is_less_a_short_group(
        &self,
        text: &[char],
        one: &FoundPhone,
        first: usize,
        last: usize,
    ) -> bool {
        let length = |(start, end): DigitGroup| end - start;
        let (start, end) = (self.groups[first].0, self.groups[last].1);
        let begins_with = skip_marks(text, one.start) == start;
        if let Some(&next) = self.groups.get(last + 1) {
            let is_short = length(next) == 1
                || length(next) <= SHORT_GROUP && length(self.groups[last]) >= LONG_GROUP;
            let is_end = next.1 == one.end && text[end].is_whitespace();
            if begins_with && is_end && is_short {
                return true;
            }
        }
        let Some(before) = first.checked_sub(1).map(|before| self.groups[before]) else {
            return false;
        };
        let is_short = length(before) <= SHORT_GROUP && text[before.1].is_whitespace();
        let is_beginning = skip_marks(text, one.start) == before.0 && one.end == end;
        let is_led = text[start] == '0' || self.start_of(text, first) < start;
        is_short && is_beginning && self.plus.is_none() && is_led
    }

    /// The beginning of a group, with the plus or the bracket before it.
    fn start_of(&self, text: &[char], group: usize) -> usize {
        let (start, _) = self.groups[group];
        let after = match group.checked_sub(1) {
            None => return self.plus.unwrap_or(start),
            Some(before) => self.groups[before].1,
        };
        let marks = text[after..start].iter();
        marks
            .into_iter()
            .rposition(|&c| is_opening(c))
            .map_or(start, |at| after + at)
    }
}

/// The position of the first digit from here on.
fn skip_marks(text: &[char], from: usize) -> usize {
    let is_digit = |&c: &char| matches!(class(c), CharClass::Digit(_));
    text[from..]
        .iter()
        .position(is_digit)
        .map_or(text.len(), |at| from + at)
}
