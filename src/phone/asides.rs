//! Parts of a text with digits that are not parts of a number: times, dates and ordinal numbers. And
//! texts that hide the digits of a number.

use super::decimal;
use super::text::SHORTEST_NUMBER;

fn is_digit(c: char) -> bool {
    decimal::value(c).is_some()
}

/// Replaces times, dates and ordinal numbers by bars.
pub(super) fn blank_out_asides(chars: &mut [char]) {
    blank_out(chars, end_of_time);
    blank_out(chars, end_of_date);
    blank_out(chars, end_of_ordinal);
}

/// Whether digits are hidden by signs: `8912*****89`, `+7 9XX XXX`.
pub(super) fn is_masked(text: &str) -> bool {
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
    (1..SHORTEST_NUMBER).contains(&before.take_while(|&&c| is_digit(c)).count())
}
