//! The phones of a text with several numbers. Each is what its own text means alone, by the same options.

use super::diagnose;
use super::no_call;
use super::number::Phone;
use super::options::PhoneOptions;
use super::pieces::{Piece, PieceIs, is_conjunction, pieces};
use super::resolve::{ResolvedPhone, resolve_or_rule};

/// The first phone in a text, unless the text says that it is not to be called. A number with an
/// extension does not count: whoever has the extension is not reached by it.
pub(crate) fn first_number(text: &str, options: &PhoneOptions) -> Option<ResolvedPhone> {
    if no_call::says_no(text) {
        return None;
    }
    let pieces = pieces(text, options);
    let first = (0..pieces.len()).find(|place| is_separate(&pieces, *place))?;
    resolve_or_rule(&pieces[first].text, options).ok()
}

/// Whether a piece is a phone, and unclear digits beside it are no part of it: only a plus begins a
/// number for sure, and only a valid number surely ends.
fn is_separate(pieces: &[Piece], place: usize) -> bool {
    let PieceIs::Number(phone) = pieces[place].is else {
        return false;
    };
    let is_unclear = |place: Option<usize>| {
        let piece = place.and_then(|place| pieces.get(place));
        piece.is_some_and(|piece| piece.is == PieceIs::Unclear)
    };
    let begins = pieces[place].text.starts_with('+') || !is_unclear(place.checked_sub(1));
    begins && (phone.is_valid() || !is_unclear(Some(place + 1)))
}

/// The parts of a text with several numbers, in their order: each phone once, and what else has enough
/// digits for a number. `None` if the numbers can't be separated, if none of the parts is a phone, or if
/// the text says that they are not to be called.
pub(crate) fn number_parts(text: &str, options: &PhoneOptions) -> Option<Vec<String>> {
    if no_call::says_no(text) {
        return None;
    }
    let mut parts: Vec<Piece> = Vec::new();
    for piece in pieces(text, options) {
        let is_same = |other: &Piece| match piece.is {
            PieceIs::Unclear => false,
            PieceIs::Refused | PieceIs::Extended => other.text == piece.text,
            PieceIs::Number(_) => other.is == piece.is,
        };
        match piece.is {
            PieceIs::Unclear => return None,
            _ if parts.iter().any(is_same) => {}
            _ => parts.push(piece),
        }
    }
    let is_phone = |part: &Piece| matches!(part.is, PieceIs::Number(_) | PieceIs::Extended);
    let has_phone = parts.iter().any(is_phone);
    has_phone.then(|| parts.into_iter().map(|part| part.text).collect())
}

/// The most digits in which another number of a range differs.
const LONGEST_END: usize = 4;
/// The most numbers between the first and the last of a range.
const LONGEST_RANGE: u64 = 100;
/// The least digits of a number that is the first of a range.
const SHORTEST_NUMBER: usize = 5;
/// The most digits of a number.
const MOST_DIGITS: usize = 15;

/// All numbers that a text may name: those that are found in it, its parts, and the other numbers of a
/// range. It is for texts that don't surely mean one number, and rather names one too many.
pub(crate) fn numbers_named(text: &str, options: &PhoneOptions) -> Vec<Phone> {
    let mut named = diagnose::numbers(text, options);
    for piece in pieces(text, options) {
        named.extend(resolve_or_rule(&piece.text, options).map(|resolved| resolved.phone));
    }
    let runs = digit_runs(text);
    let begins = (0..runs.len()).filter(|place| begins_number(text, &runs, *place));
    for first in begins {
        named.extend(numbers_from(text, &runs[first..], options));
    }
    named
}

/// Digits that follow each other.
struct DigitRun {
    start: usize,
    end: usize,
}

fn digit_runs(text: &str) -> Vec<DigitRun> {
    let mut runs: Vec<DigitRun> = Vec::new();
    for (at, _) in text.match_indices(|c: char| c.is_ascii_digit()) {
        match runs.last_mut() {
            Some(run) if run.end == at => run.end += 1,
            _ => runs.push(DigitRun {
                start: at,
                end: at + 1,
            }),
        }
    }
    runs
}

/// Whether a number may begin with these digits: they come first, or a plus or a separator is before
/// them.
fn begins_number(text: &str, runs: &[DigitRun], place: usize) -> bool {
    let Some(before) = place.checked_sub(1) else {
        return true;
    };
    let between = &text[runs[before].end..runs[place].start];
    between.contains(|c: char| c.is_alphabetic() || "+,;|/\n".contains(c))
}

/// The valid numbers that begin with the first of these digits, and those that follow as a range.
fn numbers_from(text: &str, runs: &[DigitRun], options: &PhoneOptions) -> Vec<Phone> {
    let mut named = Vec::new();
    let first = runs[0].start;
    let start = match text[..first].trim_end_matches('(').strip_suffix('+') {
        Some(before) => before.len(),
        None => first,
    };
    let mut digits = 0;
    for (place, run) in runs.iter().enumerate() {
        digits += run.end - run.start;
        if digits > MOST_DIGITS {
            break;
        }
        if digits < SHORTEST_NUMBER {
            continue;
        }
        let Ok(resolved) = resolve_or_rule(&text[start..run.end], options) else {
            continue;
        };
        if resolved.phone.is_valid() {
            named.push(resolved.phone);
            named.extend(rest_of_range(text, &runs[place..], &resolved.phone));
        }
    }
    named
}

/// The numbers of a range after its first one, which ends with the first of these digits:
/// `…-01/02` or `…-01–05`.
fn rest_of_range(text: &str, runs: &[DigitRun], first: &Phone) -> Vec<Phone> {
    let mut named = Vec::new();
    let number = first.e164_number();
    for pair in runs.windows(2) {
        let between = &text[pair[0].end..pair[1].start];
        let end = &text[pair[1].start..pair[1].end];
        if end.len() > LONGEST_END || between.contains(is_of_note) {
            break;
        }
        if !ends_number(&text[pair[1].end..]) || begins_date(&text[pair[1].start..]) {
            break;
        }
        let unit = 10_u64.pow(end.len() as u32);
        let Ok(end) = end.parse::<u64>() else { break };
        let last = number / unit * unit + end;
        let is_dash = between.contains(['-', '–', '—', '…']) || between.contains("..");
        let is_span = is_dash && last > number;
        let from = match is_span && last - number <= LONGEST_RANGE {
            true => number + 1,
            false => last,
        };
        let phones = (from..=last).filter_map(|one| Phone::from_digits(one.to_string().as_bytes()));
        named.extend(phones.filter(Phone::is_valid));
    }
    named
}

/// Whether a character is never between the numbers of a range: a letter, the colon of a time.
fn is_of_note(c: char) -> bool {
    c.is_alphabetic() || c == ':'
}

/// Whether a number of a range may end before this text. Digits before a word are a count, and those
/// before a colon or a point and further digits are a time or a date.
fn ends_number(after: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit();
    let word = after.trim_start();
    match word.chars().next() {
        None => true,
        Some(c) if c.is_alphabetic() => {
            let end = word.find(|c: char| !c.is_alphabetic());
            word.len() < after.len() && is_conjunction(&word[..end.unwrap_or(word.len())])
        }
        Some(':' | '%' | '°') => false,
        Some('.') => !word[1..].starts_with(is_digit),
        Some(_) => true,
    }
}

/// Whether a text begins with a date: three numbers with one mark between them, of which the first or
/// the last is a year.
fn begins_date(text: &str) -> bool {
    let end = text.find(|c: char| !(c.is_ascii_digit() || "-./".contains(c)));
    let text = &text[..end.unwrap_or(text.len())];
    let is_date = |mark: char| match text.split(mark).collect::<Vec<_>>()[..] {
        [first, month, last] => month.len() <= 2 && (first.len() == 4 || last.len() == 4),
        _ => false,
    };
    ['-', '.', '/'].into_iter().any(is_date)
}

#[cfg(test)]
mod tests {
    use super::super::region;
    use super::*;

    fn named(text: &str) -> Vec<String> {
        let options = PhoneOptions {
            region: region("RU"),
            ..PhoneOptions::default()
        };
        let mut named: Vec<String> = numbers_named(text, &options)
            .iter()
            .map(|phone| phone.digits().to_owned())
            .collect();
        named.sort();
        named.dedup();
        named
    }

    #[test]
    fn every_number_of_a_text_is_named() {
        let (first, second, third) = ("79110000001", "79110000002", "79110000003");
        for text in [
            "8 911 000-00-01, 02",
            "+7 911 000-00-01/02",
            "+7 911 000-00-01-02",
            "8 911 000-00-01 / 8 911 000-00-02",
            "8(911)000-00-01; 8(911)000-00-02",
        ] {
            let named = named(text);
            assert!(named.iter().any(|one| one == first), "{text} {named:?}");
            assert!(named.iter().any(|one| one == second), "{text} {named:?}");
        }
        assert_eq!(named("8 911 000-00-01-03"), [first, second, third]);
        let extended = named("+7 911 000-00-01 доб. 12, +79110000002");
        assert!(
            extended.iter().any(|one| one == first) && extended.iter().any(|one| one == second)
        );
        assert!(named("Anna 12, flat 3").is_empty());
        let both = named("8 911 000-00-01, 02 и 03");
        assert!(both.iter().any(|one| one == second), "{both:?}");
    }

    #[test]
    fn dates_times_and_counts_are_no_range() {
        for note in [
            " 2026-03-12 10:00",
            " 12.03.2026",
            " 12/03/2026",
            " - 12.03",
            " - 12.03 10:00",
            " - 5 звонков",
            ", 9 этаж",
            " (09:00)",
            " - 9:00",
            " - 50%",
        ] {
            let text = format!("+7 911 000-00-01{note}");
            let (named, first) = (named(&text), "79110000001");
            assert!(named.iter().any(|one| one == first), "{text}");
            // All digits together may be a longer number, which is nobody's neighbour.
            let is_neighbour = |one: &String| one.len() == first.len() && one != first;
            assert!(!named.iter().any(is_neighbour), "{text}: {named:?}");
        }
    }
}
