//! Finds phone numbers in a longer text: libphonenumber's `PhoneNumberMatcher` at its level `VALID`.
//!
//! A candidate consists of digits with up to four marks between two of them, perhaps with brackets
//! and pluses before them and an extension at the end. If the whole candidate is not a number, its
//! parts are tried: the texts between slashes, brackets, dashes with a space, long dashes, dots and
//! spaces, in this order. Dates, times and page numbers are ignored, and so are digits next to a
//! Latin letter, a percent sign or a currency sign.
//!
//! The caller decides what a number is: libphonenumber's `parse`, or the readings.
//!
//! Limits: a candidate is at most 250 characters long, and the search ends after 65 535 candidates
//! that are not numbers. So the time is proportional to the length of the text.
//!
//! Difference: libphonenumber also finds numbers with more than 15 digits, which E.164 does not
//! allow; here they are ignored, together with the numbers inside of them.

use super::char_class::{CharClass, class, is_closing, is_opening};
use super::number::Phone;
use super::plan::{self, Region};
use super::{decimal, readings};

/// The most candidates of a text that are not numbers.
const MAX_TRIES: u32 = 65_535;
/// The most characters of a number that libphonenumber reads.
const MAX_CHARS: usize = 250;
/// The most digits of a group.
const MAX_GROUP: usize = 20;
/// The most groups after the first one.
const MAX_GROUPS: usize = 20;
/// The most marks between two groups.
const MAX_MARKS: usize = 4;

/// A number that was found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundPhone {
    /// Where it begins, in characters.
    pub start: usize,
    /// Where it ends, in characters.
    pub end: usize,
    /// The number.
    pub phone: Phone,
}

/// The valid numbers in a text, as libphonenumber's `PhoneNumberMatcher(text, region)` finds them.
/// Without a region they need a plus.
///
/// ```
/// use predial::phone::{self, find_phones};
/// let found = find_phones("Anna: 8 912 345-67-89, after 18:00", phone::region("RU"));
/// assert_eq!(found.len(), 1);
/// assert_eq!((found[0].start, found[0].end, found[0].phone.digits()), (6, 21, "79123456789"));
/// ```
pub fn find_phones(text: &str, region: Option<Region>) -> Vec<FoundPhone> {
    let chars: Vec<char> = text.chars().collect();
    let found = find(&chars, |candidate| parsed(candidate, region));
    found.into_iter().map(FoundPhone::from).collect()
}

/// What a caller makes of digits that were found in a text.
pub(super) struct FoundNumber<N> {
    /// Where they begin, in characters.
    pub start: usize,
    /// Where they end, in characters.
    pub end: usize,
    /// What they are.
    pub number: N,
}

impl From<FoundNumber<Phone>> for FoundPhone {
    fn from(found: FoundNumber<Phone>) -> FoundPhone {
        FoundPhone {
            start: found.start,
            end: found.end,
            phone: found.number,
        }
    }
}

/// The kind of a candidate.
pub(super) enum CandidateIs<N> {
    /// A valid number.
    Number(N),
    /// A valid number for libphonenumber with more digits than E.164 allows.
    TooLong,
    /// Not a number.
    Nothing,
}

impl<N> From<Option<N>> for CandidateIs<N> {
    fn from(number: Option<N>) -> CandidateIs<N> {
        number.map_or(CandidateIs::Nothing, CandidateIs::Number)
    }
}

/// The position of a number in the text; nothing more if it is too long.
struct Match<N> {
    start: usize,
    end: usize,
    number: Option<N>,
}

/// The numbers in a text. `number_of` decides what a candidate is.
pub(super) fn find<N>(
    text: &[char],
    number_of: impl Fn(&NumberCandidate<'_>) -> CandidateIs<N>,
) -> Vec<FoundNumber<N>> {
    let mut finder = Finder {
        text,
        number_of,
        tries_left: MAX_TRIES,
    };
    let mut found = Vec::new();
    let mut from = 0;
    while let Some((start, end)) = next_candidate(text, from) {
        let end = start + before_second_number(&text[start..end]);
        if let Some(Match { start, end, number }) = finder.in_candidate(start, end) {
            found.extend(number.map(|number| FoundNumber { start, end, number }));
            from = end;
            continue;
        }
        from = end;
        finder.fails(1);
        if finder.tries_left == 0 {
            break;
        }
    }
    found
}

/// Digits and marks that may be a number.
pub(super) struct NumberCandidate<'t> {
    /// The whole candidate.
    pub text: &'t [char],
    /// The number itself, from its first digit or plus.
    pub number: &'t [char],
    /// The number, and the marks before it.
    pub led: &'t [char],
    /// The digits of its extension.
    pub extension: Option<&'t [char]>,
}

impl<'t> NumberCandidate<'t> {
    fn of(text: &'t [char]) -> NumberCandidate<'t> {
        let start = text.iter().position(|&c| is_digit(c) || is_plus(c));
        let whole = trim_end(&text[start.unwrap_or(text.len())..]);
        let (number, extension) = match split_extension(whole) {
            Some((number, extension)) => (number, Some(extension)),
            None => (whole, None),
        };
        let led = start.unwrap_or(text.len()) + number.len();
        NumberCandidate {
            text,
            number,
            led: &text[..led],
            extension,
        }
    }

    /// Whether libphonenumber accepts the number: pluses, then digits with marks, and letters only
    /// at its end.
    fn is_viable(&self) -> bool {
        let pluses = self.number.iter().take_while(|&&c| is_plus(c)).count();
        let mut digits = 0;
        self.number[pluses..].iter().all(|&c| {
            digits += usize::from(is_digit(c));
            let is_letter = c.is_ascii_alphabetic() && digits >= 3;
            is_digit(c) || is_candidate_mark(c) || c == '*' || is_letter
        })
    }

    /// The ASCII digits of the number, and whether a plus is in front. Three letters are read on a
    /// keypad; the only letter in a candidate is x.
    fn dialled(&self) -> (Vec<u8>, bool) {
        let plus = self.number.first().is_some_and(|&c| is_plus(c));
        let letters = self.number.iter().filter(|c| c.is_ascii_alphabetic());
        if letters.count() < 3 {
            return (digits(self.number), plus);
        }
        let keys = self.number.iter().map(|&c| match c {
            'x' | 'X' => '9',
            other => other,
        });
        (digits(&keys.collect::<Vec<char>>()), plus)
    }
}

fn digits(chars: &[char]) -> Vec<u8> {
    let values = chars.iter().filter_map(|&c| decimal::value(c));
    values.map(|value| b'0' + value).collect()
}

/// The result of libphonenumber's `parse` at its level `VALID` for a candidate.
fn parsed(candidate: &NumberCandidate<'_>, region: Option<Region>) -> CandidateIs<Phone> {
    if !candidate.is_viable() {
        return CandidateIs::Nothing;
    }
    let (digits, plus) = candidate.dialled();
    let Ok(number) = plan::parse(&digits, plus, region) else {
        return CandidateIs::Nothing;
    };
    let Some(phone) = Phone::of_number(&number) else {
        return match number.verdict().valid {
            true => CandidateIs::TooLong,
            false => CandidateIs::Nothing,
        };
    };
    let has_its_prefix =
        || region.is_some_and(|region| has_its_prefix(&digits, candidate, &phone, region));
    let is_number =
        phone.is_valid() && has_only_valid_x(candidate, &phone) && (plus || has_its_prefix());
    is_number.then_some(phone).into()
}

/// Whether each letter x belongs to a carrier code, or comes before the extension.
fn has_only_valid_x(candidate: &NumberCandidate<'_>, phone: &Phone) -> bool {
    let text = candidate.text;
    let is_x = |at: usize| matches!(text.get(at), Some('x' | 'X'));
    let mut at = 0;
    while at + 1 < text.len() {
        if is_x(at) {
            if is_x(at + 1) {
                at += 1;
                if !is_national(&NumberCandidate::of(&text[at..]), phone) {
                    return false;
                }
            } else if Some(digits(&text[at..])) != candidate.extension.map(digits) {
                return false;
            }
        }
        at += 1;
    }
    true
}

/// Whether a text is the same phone without its calling code.
fn is_national(text: &NumberCandidate<'_>, phone: &Phone) -> bool {
    let (digits, plus) = text.dialled();
    if plus {
        return false;
    }
    match Region::main_of(phone.country_code()).filter(|main| main.country_code().is_some()) {
        Some(main) => readings::phone(&digits, false, Some(main)).is_ok_and(|same| same == *phone),
        None => digits == phone.national_number().as_bytes(),
    }
}

/// Whether the trunk prefix is there, if the number is always written with one.
fn has_its_prefix(
    digits: &[u8],
    candidate: &NumberCandidate<'_>,
    phone: &Phone,
    region: Region,
) -> bool {
    if !plan::is_dialled_inside(digits, region) || !phone.writing().needs_prefix() {
        return true;
    }
    let all = self::digits(candidate.text);
    plan::has_national_prefix(&all, phone.country_code())
}

struct Finder<'t, F> {
    text: &'t [char],
    number_of: F,
    tries_left: u32,
}

impl<N, F: Fn(&NumberCandidate<'_>) -> CandidateIs<N>> Finder<'_, F> {
    fn fails(&mut self, times: usize) {
        let times = u32::try_from(times).unwrap_or(u32::MAX);
        self.tries_left = self.tries_left.saturating_sub(times);
    }

    /// The number in a candidate, whole or in part.
    fn in_candidate(&mut self, start: usize, end: usize) -> Option<Match<N>> {
        let candidate = &self.text[start..end];
        if has_slashed_date(candidate) || self.is_time_stamp(start, end) {
            return None;
        }
        self.whole(start, end).or_else(|| self.part(start, end))
    }

    fn part(&mut self, start: usize, end: usize) -> Option<Match<N>> {
        let candidate = &self.text[start..end];
        for breaks in [
            at_slashes,
            at_brackets,
            at_dashes,
            at_wide_dashes,
            at_dots,
            at_spaces,
        ] {
            let mut from = 0;
            let mut is_first = true;
            while let Some((at, (part_start, part_end))) = next_break(candidate, from, breaks) {
                if self.tries_left == 0 {
                    return None;
                }
                if is_first {
                    is_first = false;
                    let before = trim_end(&candidate[..at]).len();
                    if let Some(found) = self.tried(start, start + before) {
                        return Some(found);
                    }
                }
                let len = trim_end(&candidate[part_start..part_end]).len();
                if let Some(found) = self.tried(start + part_start, start + part_start + len) {
                    return Some(found);
                }
                // The same white space separates the same part.
                let spaces = &candidate[at..part_start.max(at)];
                let is_one_break = spaces.iter().all(|c| c.is_whitespace());
                from = if is_one_break {
                    part_start.max(at + 1)
                } else {
                    at + 1
                };
                self.fails(from - at - 1);
            }
        }
        None
    }

    fn tried(&mut self, start: usize, end: usize) -> Option<Match<N>> {
        let found = self.whole(start, end);
        if found.is_none() {
            self.fails(1);
        }
        found
    }

    fn whole(&self, start: usize, end: usize) -> Option<Match<N>> {
        let text = &self.text[start..end];
        if text.len() > MAX_CHARS || !has_matching_brackets(text) || has_pages(text) {
            return None;
        }
        let before = start.checked_sub(1).map(|at| self.text[at]);
        let begins_with_lead = text.first().is_some_and(|&c| is_lead(c));
        let touches = |c: char| is_latin_letter(c) || is_price_sign(c);
        if !begins_with_lead && before.is_some_and(touches)
            || self.text.get(end).copied().is_some_and(touches)
        {
            return None;
        }
        let number = match (self.number_of)(&NumberCandidate::of(text)) {
            CandidateIs::Number(number) => Some(number),
            CandidateIs::TooLong => None,
            CandidateIs::Nothing => return None,
        };
        Some(Match { start, end, number })
    }

    /// Whether the text is `2012-01-02 08:00`; the candidate has all of it except the minutes.
    fn is_time_stamp(&self, start: usize, end: usize) -> bool {
        let is_minutes = matches!(
            self.text.get(end..end + 3),
            Some([':', '0'..='5', minute]) if is_digit(*minute)
        );
        is_minutes && ends_with_hour_of_day(&self.text[start..end])
    }
}

/// The next candidate at or after this place.
fn next_candidate(text: &[char], from: usize) -> Option<(usize, usize)> {
    let mut start = from;
    while start < text.len() {
        if let Some(digit) = first_digit(text, start) {
            return Some((start, end_of_candidate(text, digit)));
        }
        start += 1;
    }
    None
}

/// The position of the first digit after up to two brackets or pluses with marks.
fn first_digit(text: &[char], start: usize) -> Option<usize> {
    let c = *text.get(start)?;
    if is_digit(c) {
        return Some(start);
    }
    if !is_lead(c) {
        return None;
    }
    let most = 2 * (MAX_MARKS + 1);
    let digit = (start + 1..text.len().min(start + most + 1)).find(|&at| is_digit(text[at]))?;
    let are_marks =
        |chars: &[char]| chars.len() <= MAX_MARKS && chars.iter().all(|&c| is_candidate_mark(c));
    let between = &text[start + 1..digit];
    let is_led = are_marks(between)
        || (0..between.len()).any(|at| {
            is_lead(between[at]) && are_marks(&between[..at]) && are_marks(&between[at + 1..])
        });
    is_led.then_some(digit)
}

fn end_of_candidate(text: &[char], digit: usize) -> usize {
    let count = |from: usize, most: usize, is_one: fn(char) -> bool| {
        let rest = text.get(from..).unwrap_or_default();
        rest.iter().take(most).take_while(|&&c| is_one(c)).count()
    };
    let mut end = digit + count(digit, MAX_GROUP, is_digit);
    for _ in 0..MAX_GROUPS {
        let marks = count(end, MAX_MARKS, is_candidate_mark);
        let group = count(end + marks, MAX_GROUP, is_digit);
        if group == 0 {
            break;
        }
        end += marks + group;
    }
    extension_at(text, end).unwrap_or(end)
}

fn is_digit(c: char) -> bool {
    decimal::value(c).is_some()
}

fn is_plus(c: char) -> bool {
    class(c) == CharClass::Plus
}

fn is_lead(c: char) -> bool {
    is_opening(c) || is_plus(c)
}

/// libphonenumber's punctuation includes the letter x.
fn is_candidate_mark(c: char) -> bool {
    matches!(c, 'x' | 'X') || class(c) == CharClass::Mark
}

/// The text without characters that a number does not end with.
fn trim_end(text: &[char]) -> &[char] {
    let is_kept = |c: &char| *c == '#' || c.is_alphanumeric() || is_digit(*c);
    let end = text.iter().rposition(is_kept).map_or(0, |at| at + 1);
    &text[..end]
}

/// The position of a second number: after a slash and an x.
fn before_second_number(text: &[char]) -> usize {
    let begins = |at: &usize| {
        matches!(text[*at], '/' | '\\') && text[at + 1..].iter().find(|&&c| c != ' ') == Some(&'x')
    };
    (0..text.len()).find(begins).unwrap_or(text.len())
}

/// `31/10/96`, `3/10/2011`.
fn has_slashed_date(text: &[char]) -> bool {
    let digit = |at: usize| text.get(at).copied().is_some_and(is_digit);
    let slash = |at: usize| text.get(at) == Some(&'/');
    (1..text.len()).any(|at| {
        let is_date = |second: usize| slash(second) && digit(second + 1) && digit(second + 2);
        let tens = text.get(at + 1).copied().and_then(decimal_ascii);
        slash(at)
            && digit(at - 1)
            && digit(at + 1)
            && (is_date(at + 2)
                || tens.is_some_and(|tens| tens <= 3) && digit(at + 2) && is_date(at + 3))
    })
}

fn decimal_ascii(c: char) -> Option<u32> {
    c.to_digit(10)
}

/// `2012-01-02 08` at the end.
fn ends_with_hour_of_day(text: &[char]) -> bool {
    let mut rest = text;
    let mut ends = |is_one: fn(char) -> bool| match rest.split_last() {
        Some((&last, before)) if is_one(last) => {
            rest = before;
            true
        }
        _ => false,
    };
    let is_dash = |c: char| matches!(c, '-' | '/');
    if !(ends(is_digit) && ends(|c| matches!(c, '0'..='2')) && ends(|c| c == ' ')) {
        return false;
    }
    while ends(|c| c == ' ') {}
    if !(ends(is_digit) && ends(|c| matches!(c, '0'..='3'))) {
        return false;
    }
    ends(is_dash);
    if !(ends(is_digit) && ends(|c| matches!(c, '0' | '1'))) {
        return false;
    }
    ends(is_dash);
    ends(is_digit) && ends(is_digit) && ends(is_digit) && ends(|c| matches!(c, '1' | '2'))
}

/// `12(3): 211-227 (2003)`: pages of a journal.
fn has_pages(text: &[char]) -> bool {
    let run = |from: usize, is_one: fn(char) -> bool| {
        text[from..].iter().take_while(|&&c| is_one(c)).count()
    };
    (1..text.len()).any(|at| {
        if text[at] != '-' || !is_digit(text[at - 1]) {
            return false;
        }
        let digits = at + run(at, |c| c == '-');
        let count = run(digits, is_digit);
        let spaces = run(digits + count, char::is_whitespace);
        let bracket = digits + count + spaces;
        (1..=5).contains(&count)
            && spaces <= 4
            && text.get(bracket) == Some(&'(')
            && text.get(bracket + 1).copied().is_some_and(is_digit)
    })
}

/// Whether brackets close in the order in which they open, and have something in them. The first
/// one may stay open, or may only close.
fn has_matching_brackets(text: &[char]) -> bool {
    let is_bracket = |c: &char| is_opening(*c) || is_closing(*c);
    let others = |text: &[char]| text.iter().take_while(|c| !is_bracket(c)).count();
    let after_first = |text: &[char]| {
        let first = others(text);
        if first == 0 {
            return false;
        }
        let mut rest = &text[first..];
        for _ in 0..3 {
            if !rest.first().is_some_and(|&c| is_opening(c)) {
                break;
            }
            let inside = others(&rest[1..]);
            if inside == 0 || !rest.get(inside + 1).is_some_and(|&c| is_closing(c)) {
                return false;
            }
            rest = &rest[inside + 2..];
        }
        others(rest) == rest.len()
    };
    let rest = match text.split_first() {
        Some((&first, rest)) if is_opening(first) => rest,
        _ => text,
    };
    let closed = others(rest);
    let after_closed = rest
        .get(closed)
        .is_some_and(|&c| closed > 0 && is_closing(c))
        .then(|| &rest[closed + 1..]);
    after_closed.is_some_and(after_first) || after_first(rest)
}

/// The part after a break at a position of a text, if there is one: its start and its end.
type BreakAt = fn(&[char], usize) -> Option<(usize, usize)>;

/// The position of the next break, and the part after it.
fn next_break(text: &[char], from: usize, breaks: BreakAt) -> Option<(usize, (usize, usize))> {
    (from..text.len()).find_map(|at| breaks(text, at).map(|part| (at, part)))
}

fn skip(text: &[char], from: usize, is_one: impl Fn(char) -> bool) -> usize {
    from + text[from..].iter().take_while(|&&c| is_one(c)).count()
}

fn to_end(text: &[char], from: usize) -> Option<(usize, usize)> {
    (from < text.len()).then_some((from, text.len()))
}

fn at_slashes(text: &[char], at: usize) -> Option<(usize, usize)> {
    (text[at] == '/').then(|| (skip(text, at, |c| c == '/'), text.len()))
}

fn at_brackets(text: &[char], at: usize) -> Option<(usize, usize)> {
    (text[at] == '(').then(|| (at, skip(text, at + 1, |c| c != '(')))
}

fn at_dashes(text: &[char], at: usize) -> Option<(usize, usize)> {
    let is_space = |at: usize| text.get(at).copied().is_some_and(char::is_whitespace);
    let is_dash = |at: usize| text.get(at) == Some(&'-');
    if is_space(at) && is_dash(at + 1) || is_dash(at) && is_space(at + 1) {
        // The rest has at least one character, which may be a space.
        let part = skip(text, at + 2, char::is_whitespace);
        return to_end(text, part.min(text.len().saturating_sub(1)).max(at + 2));
    }
    None
}

fn at_wide_dashes(text: &[char], at: usize) -> Option<(usize, usize)> {
    if !matches!(text[at], '\u{2012}'..='\u{2015}' | '\u{FF0D}') {
        return None;
    }
    let part = skip(text, at + 1, char::is_whitespace);
    to_end(text, part.min(text.len().saturating_sub(1)).max(at + 1))
}

fn at_dots(text: &[char], at: usize) -> Option<(usize, usize)> {
    if text[at] != '.' {
        return None;
    }
    let dots = skip(text, at, |c| c == '.');
    let part = skip(text, dots, char::is_whitespace);
    let end = skip(text, part, |c| c != '.');
    // White space may be the part itself.
    match end > part {
        true => Some((part, end)),
        false => (part > dots).then_some((part - 1, part)),
    }
}

fn at_spaces(text: &[char], at: usize) -> Option<(usize, usize)> {
    if !text[at].is_whitespace() {
        return None;
    }
    let part = skip(text, at, char::is_whitespace);
    let end = skip(text, part, |c| !c.is_whitespace());
    (end > part).then_some((part, end))
}

/// A label of an extension.
struct Label {
    /// The lengths of the labels that begin here, the longest first.
    lengths: fn(&[char]) -> Vec<usize>,
    is_separator: fn(char) -> bool,
    most_digits: usize,
}

fn is_label_separator(c: char) -> bool {
    matches!(c, ' ' | '\u{A0}' | '\t' | ',')
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\u{A0}' | '\t')
}

const EXPLICIT: Label = Label {
    lengths: explicit_label,
    is_separator: is_label_separator,
    most_digits: 20,
};
const AMBIGUOUS: Label = Label {
    lengths: ambiguous_label,
    is_separator: is_label_separator,
    most_digits: 9,
};
const AUTO_DIALLING: Label = Label {
    lengths: auto_dialling_label,
    is_separator: is_blank,
    most_digits: 15,
};
const COMMAS: Label = Label {
    lengths: comma_label,
    is_separator: is_blank,
    most_digits: 9,
};

fn begins(text: &[char], word: &str) -> Option<usize> {
    let mut len = 0;
    for wanted in word.chars() {
        let c = *text.get(len)?;
        let is_it = c == wanted
            || match c.is_ascii() {
                true => c.to_ascii_lowercase() == wanted,
                false => c.to_lowercase().eq(std::iter::once(wanted)),
            };
        if !is_it {
            return None;
        }
        len += 1;
    }
    Some(len)
}

/// Whether a label may begin with a character: nearly all texts are passed over by that.
fn may_begin_label(text: &[char], firsts: &[char]) -> bool {
    let is_first = |c: char| firsts.contains(&c.to_ascii_lowercase()) || !c.is_ascii();
    text.first().copied().is_some_and(is_first)
}

fn explicit_label(text: &[char]) -> Vec<usize> {
    const WORDS: [&str; 22] = [
        "extensio\u{301}n",
        "xtensio\u{301}n",
        "extensio\u{301}",
        "xtensio\u{301}",
        "extensión",
        "xtensión",
        "extension",
        "xtension",
        "extensin",
        "xtensin",
        "extensi",
        "xtensi",
        "extn",
        "xtn",
        "ext",
        "xt",
        "ｅｘｔｎ",
        "ｘｔｎ",
        "ｅｘｔ",
        "ｘｔ",
        "доб",
        "anexo",
    ];
    if !may_begin_label(text, &['e', 'x', 'a']) {
        return Vec::new();
    }
    let mut lengths: Vec<usize> = WORDS.iter().filter_map(|word| begins(text, word)).collect();
    lengths.extend(
        ["extensió", "xtensió", "extensio", "xtensio"]
            .iter()
            .filter_map(|word| begins(text, word)),
    );
    lengths
}

fn ambiguous_label(text: &[char]) -> Vec<usize> {
    if !may_begin_label(text, &['x', '#', '~', 'i']) {
        return Vec::new();
    }
    let words = ["x", "ｘ", "#", "＃", "~", "～", "int", "ｉｎｔ"];
    words.iter().filter_map(|word| begins(text, word)).collect()
}

fn auto_dialling_label(text: &[char]) -> Vec<usize> {
    if !may_begin_label(text, &[',', ';']) {
        return Vec::new();
    }
    let words = [",,", ";"];
    words.iter().filter_map(|word| begins(text, word)).collect()
}

/// The text after a label may contain commas, so only the longest label is needed.
fn comma_label(text: &[char]) -> Vec<usize> {
    let commas = text.iter().take_while(|&&c| c == ',').count();
    if commas > 0 { vec![commas] } else { Vec::new() }
}

impl Label {
    /// The end of the extension that begins here, and the position of its digits. With `whole` it
    /// has to be the rest of the text.
    fn extension(&self, text: &[char], whole: bool) -> Option<(usize, (usize, usize))> {
        let separators = skip(text, 0, self.is_separator);
        for label in (0..=separators).rev() {
            for length in (self.lengths)(&text[label..]) {
                let after = label + length;
                let sign = usize::from(matches!(text.get(after), Some(':' | '.' | '\u{FF0E}')));
                for from in [after + sign, after] {
                    let is_mark = |c: char| is_label_separator(c) || c == '-';
                    let digits = skip(text, from.min(text.len()), is_mark);
                    if let Some(found) = digits_at(text, digits, self.most_digits, whole) {
                        return Some(found);
                    }
                }
            }
        }
        None
    }
}

/// At most this many digits and perhaps a hash: the end, and the position of the digits.
fn digits_at(
    text: &[char],
    from: usize,
    most: usize,
    whole: bool,
) -> Option<(usize, (usize, usize))> {
    let count = text
        .get(from..)?
        .iter()
        .take(most)
        .take_while(|&&c| is_digit(c))
        .count();
    let end = from + count;
    let hash = usize::from(text.get(end) == Some(&'#'));
    (count > 0 && (!whole || end + hash == text.len())).then_some((end + hash, (from, end)))
}

fn rfc_extension(text: &[char], whole: bool) -> Option<(usize, (usize, usize))> {
    let digits = begins(text, ";ext=")?;
    digits_at(text, digits, 20, whole)
}

/// `- 503#`, a form in American lists.
fn hashed_extension(text: &[char], whole: bool) -> Option<(usize, (usize, usize))> {
    let marks = skip(text, 0, |c| matches!(c, '-' | ' '));
    let (end, digits) = digits_at(text, marks, 6, whole)?;
    (marks > 0 && text[end - 1] == '#').then_some((end, digits))
}

/// The end of an extension that begins here, by the pattern for candidates.
fn extension_at(text: &[char], from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    let found = rfc_extension(rest, false)
        .or_else(|| EXPLICIT.extension(rest, false))
        .or_else(|| AMBIGUOUS.extension(rest, false))
        .or_else(|| hashed_extension(rest, false))?;
    Some(from + found.0)
}

/// A number and the digits of its extension at its end.
fn split_extension(text: &[char]) -> Option<(&[char], &[char])> {
    // Every form of an extension has one of these.
    let is_of_extension =
        |c: &char| c.is_ascii_alphabetic() || matches!(c, '#' | '~' | ';' | ',') || !c.is_ascii();
    if !text.iter().any(is_of_extension) {
        return None;
    }
    (0..text.len()).find_map(|at| {
        let rest = &text[at..];
        // The labels read a run of separators in the same way from its beginning on.
        let is_separator = |at: usize| is_label_separator(text[at]);
        let goes_on = at > 0 && is_separator(at - 1) && is_separator(at);
        let labelled = |label: &Label| (!goes_on).then(|| label.extension(rest, true))?;
        let (_, (start, end)) = rfc_extension(rest, true)
            .or_else(|| labelled(&EXPLICIT))
            .or_else(|| labelled(&AMBIGUOUS))
            .or_else(|| hashed_extension(rest, true))
            .or_else(|| AUTO_DIALLING.extension(rest, true))
            .or_else(|| COMMAS.extension(rest, true))?;
        let number = &text[..at];
        let count = number.iter().filter(|&&c| is_digit(c)).count();
        let is_number = count > 2 || count == 2 && number.len() == 2;
        Some(is_number.then_some((number, &rest[start..end])))
    })?
}

/// A letter of the Latin script, or a mark on one.
fn is_latin_letter(c: char) -> bool {
    match c {
        '\u{300}'..='\u{36F}' => true,
        '\0'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => c.is_alphabetic(),
        _ => false,
    }
}

/// A percent sign, or one of Unicode's category Sc.
fn is_price_sign(c: char) -> bool {
    matches!(
        c,
        '%' | '$' | '¢'..='¥' | '\u{58F}' | '\u{60B}' | '\u{7FE}' | '\u{7FF}' | '\u{9F2}' | '\u{9F3}'
            | '\u{9FB}' | '\u{AF1}' | '\u{BF9}' | '\u{E3F}' | '\u{17DB}' | '\u{20A0}'..='\u{20C0}'
            | '\u{A838}' | '\u{FDFC}' | '\u{FE69}' | '\u{FF04}' | '\u{FFE0}' | '\u{FFE1}'
            | '\u{FFE5}' | '\u{FFE6}' | '\u{11FDD}'..='\u{11FE0}' | '\u{1E2FF}' | '\u{1ECB0}'
    )
}
