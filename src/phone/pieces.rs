//! Cuts a text with several numbers into pieces that are each written for one number.
//!
//! Separators are characters that are never inside a number (`;`, `,`, `|`, line ends) and words. A
//! slash is one only if the digits around it are not a number together, and so is a plus after digits.
//! Digits with only marks between them are cut in the middle, if both halves are valid numbers.
//! Each piece is read as a whole, so that no group of digits is lost: `+44 / 20 7946 0123` is not a
//! number of Egypt. Words are not pieces, and neither are a few digits after a word, as in `flat 3`.
//!
//! Limits: a number whose parts are separated by words or commas is not put together.

use super::asides;
use super::char_class::{CharClass, class, is_closing, is_opening};
use super::extension_label::is_extension_label;
use super::number::Phone;
use super::options::PhoneOptions;
use super::readings;
use super::text::{self, SHORTEST_NUMBER, is_slash, position_of_digit};
use crate::guard;

/// The least digits in each half of digits that are cut in the middle.
const SHORTEST_HALF: usize = 5;

/// The most times that a piece is cut again.
const MOST_CUTS: usize = 8;

/// Words between two numbers.
const CONJUNCTIONS: [&str; 16] = [
    "и", "или", "та", "або", "or", "and", "und", "oder", "et", "ou", "y", "o", "e", "i", "lub",
    "ve",
];

/// A part of a text that is written for one number.
pub(super) struct Piece {
    pub text: String,
    pub is: PieceIs,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PieceIs {
    /// A phone.
    Number(Phone),
    /// A number with an extension.
    Extended,
    /// Enough digits for a number, but not a phone as they are written.
    Refused,
    /// Digits that may belong to another piece.
    Unclear,
}

/// The pieces of a text, in their order.
pub(super) fn pieces(text: &str, options: &PhoneOptions) -> Vec<Piece> {
    let visible = guard::visible(text);
    if asides::is_masked(&visible) {
        return Vec::new();
    }
    let mut chars: Vec<char> = visible.chars().collect();
    asides::blank_out_asides(&mut chars);
    let runs = Runs::of(&chars).with_extensions(&chars).0;
    let mut pieces = Vec::new();
    for (place, run) in runs.iter().enumerate() {
        let text_of = |start: usize, end: usize| chars[start..end].iter().collect::<String>();
        let mut found = cut(&text_of(run.start, run.end), options, MOST_CUTS);
        if let Some(end) = run.extended_to {
            found.extend([Piece {
                text: trimmed(&text_of(run.end, end)).to_owned(),
                is: PieceIs::Extended,
            }]);
        }
        let is_unclear = |piece: &Piece| piece.is == PieceIs::Unclear;
        match found.iter().all(is_unclear) && is_note(&runs, place) {
            true => {}
            false => pieces.extend(found),
        }
    }
    pieces
}

/// The valid numbers of a text that is cut into pieces without a doubt, each once.
pub(super) fn valid_numbers(text: &str, options: &PhoneOptions) -> Vec<Phone> {
    let pieces = pieces(text, options);
    if pieces.iter().any(|piece| piece.is == PieceIs::Unclear) {
        return Vec::new();
    }
    let mut phones: Vec<Phone> = Vec::new();
    for piece in pieces {
        if let PieceIs::Number(phone) = piece.is
            && phone.is_valid()
            && !phones.contains(&phone)
        {
            phones.push(phone);
        }
    }
    phones
}

/// Digits, marks and pluses that follow each other.
#[derive(Clone, Copy, Default)]
struct Run {
    start: usize,
    end: usize,
    digits: usize,
    /// Which of the parts between separators it belongs to.
    part: usize,
    /// A word is before it, in the same part.
    is_after_word: bool,
    /// There is no mark between its digits and a letter.
    touches_letter: bool,
    has_plus: bool,
    /// The end of a number with an extension that follows these digits directly. It begins where they
    /// end.
    extended_to: Option<usize>,
}

struct Runs(Vec<Run>);

impl Runs {
    fn of(chars: &[char]) -> Runs {
        let mut runs = Runs(Vec::new());
        let mut part = 0;
        let mut is_after_word = false;
        let mut at = 0;
        while at < chars.len() {
            let from = at;
            at += match class(chars[at]) {
                CharClass::Other if chars[at].is_alphabetic() => {
                    let length = count(&chars[at..], char::is_alphabetic);
                    let word: String = chars[at..at + length].iter().collect();
                    is_after_word = true;
                    if is_conjunction(&word) {
                        (part, is_after_word) = (part + 1, false);
                    }
                    length
                }
                CharClass::Other => {
                    if !is_extension_sign(chars[at]) {
                        (part, is_after_word) = (part + 1, false);
                    }
                    1
                }
                _ => count(&chars[at..], |c| class(c) != CharClass::Other),
            };
            if class(chars[from]) != CharClass::Other {
                runs.add(chars, (from, at), (part, is_after_word));
                is_after_word = false;
            }
        }
        runs
    }

    fn add(
        &mut self,
        chars: &[char],
        (start, end): (usize, usize),
        (part, is_after_word): (usize, bool),
    ) {
        let run = &chars[start..end];
        let is_digit = |c: &char| matches!(class(*c), CharClass::Digit(_));
        let is_letter = |at: Option<usize>| {
            at.and_then(|at| chars.get(at))
                .is_some_and(|c| c.is_alphabetic())
        };
        let touches_letter = run.first().is_some_and(is_digit) && is_letter(start.checked_sub(1))
            || run.last().is_some_and(is_digit) && is_letter(Some(end));
        let digits = digits_in(run);
        if digits > 0 {
            self.0.push(Run {
                start,
                end,
                digits,
                part,
                is_after_word,
                touches_letter,
                has_plus: run.iter().any(|c| class(*c) == CharClass::Plus),
                extended_to: None,
            });
        }
    }

    /// The same runs, the last number of each together with the extension after it.
    fn with_extensions(self, chars: &[char]) -> Runs {
        let mut runs: Vec<Run> = Vec::new();
        for mut run in self.0 {
            let before = runs
                .last_mut()
                .filter(|before| before.extended_to.is_none());
            if let Some(before) = before
                && before.digits >= SHORTEST_NUMBER
                && let Some(end) = extension_end(chars, before.end, &run)
            {
                before.extended_to = Some(end);
                before.end = last_beginning(chars, before);
                run = run.from(chars, end);
            }
            if run.digits > 0 {
                runs.push(run);
            }
        }
        Runs(runs)
    }
}

impl Run {
    /// The rest of the run.
    fn from(self, chars: &[char], start: usize) -> Run {
        Run {
            start,
            digits: digits_in(&chars[start..self.end]),
            is_after_word: false,
            touches_letter: false,
            ..self
        }
    }
}

/// The end of the extension at the beginning of a run, after a label. If more digits follow it directly,
/// nobody knows where it ends, and they belong to it. After a comma alone, they are another number.
fn extension_end(chars: &[char], label: usize, run: &Run) -> Option<usize> {
    let label: String = chars[label..run.start].iter().collect();
    if !is_extension_label(&label) {
        return None;
    }
    let has_word = label.contains(|c: char| c.is_alphabetic() || c == '#');
    let digits = &chars[run.start..run.end];
    let end = cuts(digits, is_blank_beside).first().copied();
    let end = end.filter(|_| has_word).unwrap_or(digits.len());
    let is_short = digits_in(&digits[..end]) < SHORTEST_NUMBER;
    let begins_with_plus = digits[..end].iter().any(|c| class(*c) == CharClass::Plus);
    ((is_short || has_word) && !begins_with_plus).then_some(run.start + end)
}

/// Where the last number of a run begins.
fn last_beginning(chars: &[char], run: &Run) -> usize {
    let cuts = cuts(&chars[run.start..run.end], |_, _| true);
    cuts.last().map_or(run.start, |at| run.start + at)
}

/// The positions after digits and before others where a run is cut: at pluses and at some slashes.
fn cuts(run: &[char], is_cut_at_slash: impl Fn(&[char], usize) -> bool) -> Vec<usize> {
    let is_cut = |at: &usize| {
        class(run[*at]) == CharClass::Plus || is_slash(run[*at]) && is_cut_at_slash(run, *at)
    };
    let has_digits = |at: &usize| digits_in(&run[..*at]) > 0 && digits_in(&run[*at..]) > 0;
    (0..run.len()).filter(is_cut).filter(has_digits).collect()
}

fn is_blank_beside(run: &[char], at: usize) -> bool {
    let is_blank = |at: Option<usize>| {
        at.and_then(|at| run.get(at))
            .is_some_and(|c| c.is_whitespace())
    };
    is_blank(at.checked_sub(1)) || is_blank(Some(at + 1))
}

fn digits_in(chars: &[char]) -> usize {
    let is_digit = |c: &&char| matches!(class(**c), CharClass::Digit(_));
    chars.iter().filter(is_digit).count()
}

/// Whether a run of a few digits is a part of a note: `flat 3`, `2nd`. In `mob. 44 (Anna) 20 7946 0123`
/// it may be a part of the number.
fn is_note(runs: &[Run], place: usize) -> bool {
    let run = runs[place];
    let belongs_to_next = || {
        let next = runs.get(place + 1).filter(|next| next.part == run.part);
        next.is_some_and(|next| !next.has_plus && next.digits >= SHORTEST_NUMBER)
    };
    !run.has_plus && (run.touches_letter || run.is_after_word && !belongs_to_next())
}

pub(super) fn is_conjunction(word: &str) -> bool {
    let word = word.to_lowercase();
    CONJUNCTIONS.contains(&word.as_str())
}

/// The characters of labels such as `#5` and `доб.: 5`.
fn is_extension_sign(c: char) -> bool {
    matches!(c, '#' | ':' | '=' | '№' | '\'' | '"')
}

fn count(chars: &[char], is_one: impl Fn(char) -> bool) -> usize {
    chars.iter().take_while(|&&c| is_one(c)).count()
}

/// A text without the blanks and marks around it that are not its own.
fn trimmed(text: &str) -> &str {
    let is_around = |c: char| class(c) == CharClass::Mark;
    text.trim_start_matches(|c| is_around(c) && !is_opening(c))
        .trim_end_matches(|c| is_around(c) && !is_closing(c))
}

/// The pieces of a text of digits, marks and pluses.
fn cut(text: &str, options: &PhoneOptions, cuts_left: usize) -> Vec<Piece> {
    let text = trimmed(text);
    let digits = digits_of(text);
    if digits == 0 {
        return Vec::new();
    }
    let piece = |is| {
        vec![Piece {
            text: text.to_owned(),
            is,
        }]
    };
    if let Some(phone) = phone_of(text, options) {
        return piece(PieceIs::Number(phone));
    }
    if let Some(cuts_left) = cuts_left.checked_sub(1) {
        if let Some(parts) = at_plus(text) {
            let parts = parts.into_iter();
            return parts
                .flat_map(|part| after_plus(part, options, cuts_left))
                .collect();
        }
        for is_cut in [is_spaced_slash, is_any_slash] {
            let parts = at_slashes(text, is_cut);
            if parts.len() > 1 {
                let parts = parts.into_iter();
                return parts
                    .flat_map(|part| cut(part, options, cuts_left))
                    .collect();
            }
        }
        if let Some(found) = halves(text, digits, options, cuts_left) {
            return found;
        }
    }
    match digits < SHORTEST_NUMBER {
        true => piece(PieceIs::Unclear),
        false => piece(PieceIs::Refused),
    }
}

/// The phone that a piece is as a whole.
fn phone_of(text: &str, options: &PhoneOptions) -> Option<Phone> {
    let dialled = text::read_guarded(text).ok()?;
    let phone = readings::decide(&dialled, options).ok()?.phone;
    let is_number = phone.is_valid() || dialled.digits().len() >= SHORTEST_NUMBER;
    is_number.then_some(phone)
}

fn digits_of(text: &str) -> usize {
    let is_digit = |c: &char| matches!(class(*c), CharClass::Digit(_));
    text.chars().filter(is_digit).count()
}

/// The parts of a text that each begin with a plus, except the first; `None` if there is one part.
fn at_plus(text: &str) -> Option<Vec<&str>> {
    let mut parts = Vec::new();
    let (mut start, mut has_digits) = (0, false);
    for (at, c) in text.char_indices() {
        match class(c) {
            CharClass::Digit(_) => has_digits = true,
            CharClass::Plus if has_digits => {
                parts.push(&text[start..at]);
                (start, has_digits) = (at, false);
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    (parts.len() > 1).then_some(parts)
}

/// The pieces of a part that may begin with a plus. A plus with a blank after it may be a word: `8 912
/// 345 67 89 + 8 912 345 67 90`. Then it must not make a number of New Zealand of `647 234 5678`.
fn after_plus(part: &str, options: &PhoneOptions, cuts_left: usize) -> Vec<Piece> {
    let is_plus = |c: char| class(c) == CharClass::Plus;
    let without = part.trim_start_matches(is_plus);
    if !without.starts_with(char::is_whitespace) || without.len() == part.len() {
        return cut(part, options, cuts_left);
    }
    match (phone_of(part, options), phone_of(without, options)) {
        (None, Some(_)) => cut(without, options, cuts_left),
        (Some(one), other) if other != Some(one) => vec![Piece {
            text: part.trim().to_owned(),
            is: PieceIs::Unclear,
        }],
        _ => cut(part, options, cuts_left),
    }
}

/// Whether a text is cut at a character, by the characters before and after it.
type IsCut = fn(Option<char>, char, Option<char>) -> bool;

fn is_any_slash(_: Option<char>, c: char, _: Option<char>) -> bool {
    is_slash(c)
}

fn is_spaced_slash(before: Option<char>, c: char, after: Option<char>) -> bool {
    let is_blank = |c: Option<char>| c.is_some_and(char::is_whitespace);
    is_slash(c) && (is_blank(before) || is_blank(after))
}

fn at_slashes(text: &str, is_cut: IsCut) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        let after = at + c.len_utf8();
        let (before, next) = (text[..at].chars().next_back(), text[after..].chars().next());
        if is_cut(before, c, next) {
            parts.push(&text[start..at]);
            start = after;
        }
    }
    parts.push(&text[start..]);
    parts
}

/// The pieces of the two halves of the digits, if there is a mark between them and all are valid numbers.
fn halves(
    text: &str,
    digits: usize,
    options: &PhoneOptions,
    cuts_left: usize,
) -> Option<Vec<Piece>> {
    let half = digits / 2;
    if !digits.is_multiple_of(2) || half < SHORTEST_HALF {
        return None;
    }
    let last = position_of_digit(text, half - 1)?;
    let first = position_of_digit(text, half)?;
    if first == last + 1 {
        return None;
    }
    let chars = || text.chars();
    let before: String = chars().take(last + 1).collect();
    let between: Vec<char> = chars().take(first).skip(last + 1).collect();
    let opens = between.iter().rposition(|c| is_opening(*c));
    let start = opens.map_or(first, |at| last + 1 + at);
    let closing: String = between[..start - last - 1]
        .iter()
        .filter(|c| is_closing(**c))
        .collect();
    let after: String = chars().skip(start).collect();
    let mut pieces = cut(&(before + &closing), options, cuts_left);
    pieces.extend(cut(&after, options, cuts_left));
    let is_valid = |piece: &Piece| matches!(piece.is, PieceIs::Number(phone) if phone.is_valid());
    pieces.iter().all(is_valid).then_some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::region;

    fn cut_in(text: &str, code: &str) -> Vec<(String, char)> {
        let options = PhoneOptions {
            region: region(code),
            ..PhoneOptions::default()
        };
        let kind = |is| match is {
            PieceIs::Number(_) => 'n',
            PieceIs::Extended => 'e',
            PieceIs::Refused => 'r',
            PieceIs::Unclear => 'u',
        };
        let pieces = pieces(text, &options).into_iter();
        pieces.map(|piece| (piece.text, kind(piece.is))).collect()
    }

    fn assert_cut(text: &str, code: &str, expected: &[(&str, char)]) {
        let expected: Vec<_> = expected
            .iter()
            .map(|(text, is)| ((*text).to_owned(), *is))
            .collect();
        assert_eq!(cut_in(text, code), expected, "{text}");
    }

    #[test]
    fn separators_and_words_are_between_pieces() {
        let both = [("8 912 345-67-89", 'n'), ("8 912 345-67-90", 'n')];
        for between in [
            "; ",
            ", ",
            " | ",
            "\n",
            " / ",
            "/",
            " и ",
            " Anna ",
            " + ",
            " ",
            " (дом), моб. ",
            ", flat 3, ",
            " после 18:00, ",
            " доп.: ",
        ] {
            assert_cut(
                &format!("8 912 345-67-89{between}8 912 345-67-90"),
                "RU",
                &both,
            );
        }
    }

    #[test]
    fn a_number_keeps_its_extension() {
        for between in [" / ", ", "] {
            let text =
                format!("8 912 345-67-89{between}8 495 123-45-67 доб. 12{between}+1 801 555 0123");
            let cut = [
                ("8 912 345-67-89", 'n'),
                ("8 495 123-45-67 доб. 12", 'e'),
                ("+1 801 555 0123", 'n'),
            ];
            assert_cut(&text, "RU", &cut);
        }
        let text = "8 495 123-45-67 доб. 12 8 912 345-67-89";
        assert_cut(text, "RU", &[(text, 'e')]);
        assert_cut(
            "8 495 123-45-67, 12; 8 912 345-67-89",
            "RU",
            &[("8 495 123-45-67, 12", 'e'), ("8 912 345-67-89", 'n')],
        );
    }

    #[test]
    fn no_group_is_lost() {
        assert_cut(
            "8 912 345-67-89/90",
            "RU",
            &[("8 912 345-67-89", 'n'), ("90", 'u')],
        );
        assert_cut(
            "8 912 345-67-89 и 90",
            "RU",
            &[("8 912 345-67-89", 'n'), ("90", 'u')],
        );
        assert_cut(
            "+44: 20 7946 0123",
            "RU",
            &[("+44", 'u'), ("20 7946 0123", 'n')],
        );
        assert_cut(
            "+2303012345/031 2345678",
            "MU",
            &[("+2303012345", 'n'), ("031 2345678", 'n')],
        );
        assert_cut(
            "8 495 123-45-67 доб. 12, 8 912 345-67-89",
            "RU",
            &[("8 495 123-45-67 доб. 12", 'e'), ("8 912 345-67-89", 'n')],
        );
    }
}
