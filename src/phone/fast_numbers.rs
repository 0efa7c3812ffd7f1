//! The fast path of [`super::diagnose::numbers`]: the numbers of a text that has nothing but digits,
//! pluses, separators between numbers, and spaces inside of numbers with a plus. It has no answer for
//! other texts, and gives the same answer for these; a property test compares the two.

use std::borrow::Cow;

use super::number::Phone;
use super::options::{Level, PhoneOptions};
use super::readings;
use super::text::SHORTEST_NUMBER;

/// The numbers of the text, each once; `None` if only the search in the text can find them.
pub(super) fn fast_numbers(text: &str, options: &PhoneOptions) -> Option<Vec<Phone>> {
    // What is suggested has to be a phone that somebody may have.
    let options = PhoneOptions {
        level: Level::Valid,
        ..*options
    };
    let mut phones: Vec<Phone> = Vec::with_capacity(2);
    for part in text.split(is_separator) {
        let part = part.trim_matches(' ');
        let part = match part.contains(' ') {
            true => Cow::Owned(without_spaces(part)?),
            false => Cow::Borrowed(part),
        };
        let part = part.as_bytes();
        let digits = part.strip_prefix(b"+").unwrap_or(part);
        if digits.len() < SHORTEST_NUMBER || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let (phone, _) = readings::plain(part, &options)?;
        if !phones.contains(&phone) {
            phones.push(phone);
        }
    }
    Some(phones)
}

/// A number with a plus, without the single spaces between its groups. Two digits after a space may be
/// another thing: `+49 30 123456 2` is left to the search.
fn without_spaces(part: &str) -> Option<String> {
    const LEAST: usize = 3;
    let mut groups = part.split(' ');
    let code = groups.next().filter(|code| code.starts_with('+'))?;
    let mut number = code.to_owned();
    for group in groups {
        number.push_str(Some(group).filter(|group| group.len() >= LEAST)?);
    }
    Some(number)
}

fn is_separator(c: char) -> bool {
    matches!(c, ',' | ';' | '|')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::phone::diagnose::numbers_by_search;
    use crate::phone::region;
    use crate::test_cases::cases;

    proptest! {
        #![proptest_config(cases(4_000))]

        /// The search finds the same numbers.
        #[test]
        fn the_search_finds_the_same_numbers(
            parts in prop::collection::vec(
                " ?(\\+?7912345678[0-9]|\\+?7495[0-9]{7}|\\+?49301234[0-9]{1,5}|84951234567|\\+?[0-9]{6,16}\
                  |\\+7 912 [0-9]{3,4} ?[0-9]{3,4}|\\+49 ?1512 ?34567[0-9]{1,3}|\\+49 30 ?1234[0-9]{1,4} ?[0-9]{0,4}\
                  |\\+?[1-9][0-9]{0,2} [0-9]{2,5} [0-9]{3,8}|\\+[1-9][0-9 ]{6,16})? ?",
                1..4,
            ),
            separator in "[,;|]",
            code in prop::option::of(prop::sample::select(vec!["RU", "DE", "US", "VN"])),
        ) {
            let options = PhoneOptions { region: code.and_then(region), ..PhoneOptions::default() };
            let text = parts.join(&separator);
            if let Some(phones) = fast_numbers(&text, &options) {
                prop_assert_eq!(phones, numbers_by_search(&text, &options), "{}", text);
            }
        }
    }

    #[test]
    fn plain_numbers_need_no_search() {
        let options = PhoneOptions::default();
        for text in [
            "79123456789, +79123456780",
            "79123456789;493012345678 | +39061234567",
            "79123456789, +49 1512 3456789",
        ] {
            assert!(fast_numbers(text, &options).is_some(), "{text}");
        }
        for text in [
            "79123456789 79123456780",
            "79123456789, 8 912 345 67 89",
            "79123456789, +7 912 345 67 89",
            "79123456789, +7  9123456789",
            "",
            ",",
            "79123456789,",
        ] {
            assert!(fast_numbers(text, &options).is_none(), "{text}");
        }
    }
}
