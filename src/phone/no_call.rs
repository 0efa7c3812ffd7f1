//! Words beside a number that say that it is not to be called, or not the person's any more. Such a
//! number is named, but it is never suggested: a wrong *no* costs a look at the row, a wrong *yes*
//! calls somebody who has said no.

/// In small letters, with one space between two words. A `*` means any end of a word.
const WORDS: &[&str] = &[
    // English.
    "do not call*",
    "do not contact*",
    "do not ring",
    "do not dial",
    "don t call*",
    "don t contact*",
    "dont call*",
    "dont contact*",
    "never call*",
    "stop",
    "dnc",
    "dnd",
    "wrong*",
    "invalid*",
    "incorrect*",
    "not in service",
    "not in use",
    "out of service",
    "disconnected",
    "unreachable",
    "no longer*",
    "old number",
    "not his",
    "not her",
    "deceased",
    "died",
    "dead",
    "refus*",
    "declin*",
    "unsubscrib*",
    "opt out",
    "opted out",
    "optout",
    "blocked",
    "blacklist*",
    "black list*",
    "block list*",
    "blocklist*",
    // Russian and Ukrainian.
    "не звон*",
    "не беспоко*",
    "не тревож*",
    "не обзван*",
    "нельзя звон*",
    "не набир*",
    "не дзвон*",
    "нет",
    "немає",
    "стоп",
    "отказ*",
    "відмов*",
    "ошибоч*",
    "ошибся",
    "ошиблись",
    "неверн*",
    "невірн*",
    "неправильн*",
    "недейств*",
    "недоступ*",
    "не обслуживается",
    "не существует",
    "не работает",
    "не его",
    "не ее",
    "не её",
    "чужой",
    "старый номер",
    "отключен*",
    "заблокир*",
    "отписал*",
    "умер*",
    "скончал*",
    "помер",
    "померла",
    "черный список",
    "чёрный список",
    "чорний список",
    "чс",
    // German, French, Spanish, Portuguese, Italian.
    "nicht anrufen",
    "nicht mehr anrufen",
    "nicht kontaktieren",
    "falsch*",
    "gesperrt*",
    "ungültig*",
    "verstorben*",
    "gestorben",
    "ne pas appeler",
    "ne plus appeler",
    "ne pas contacter",
    "faux",
    "erroné*",
    "décédé*",
    "no llam*",
    "no contact*",
    "equivocad*",
    "fallecid*",
    "não ligar",
    "nao ligar",
    "não contatar",
    "errad*",
    "falecid*",
    "non chiamare",
    "sbagliat*",
    "errat*",
    "decedut*",
    // Polish, Czech, Turkish, Dutch.
    "nie dzwonić",
    "nie dzwonic",
    "błędn*",
    "bledny",
    "zmarł*",
    "nevolat",
    "špatn*",
    "zemřel*",
    "aramayın*",
    "yanlış*",
    "vefat*",
    "niet bellen",
    "verkeerd*",
    "overleden",
];

/// The same in scripts that have no spaces between words.
const SIGNS: &[&str] = &[
    "空号",
    "空號",
    "错号",
    "错误",
    "請勿",
    "请勿",
    "勿打",
    "黑名单",
    "黑名單",
    "결번",
    "수신거부",
];

/// Whether a text says that its number is not to be called.
pub(super) fn says_no(text: &str) -> bool {
    text.contains(char::is_alphabetic) && (has_phrase(&spaced_words(text)) || has_sign(text))
}

/// Whether words with one space before and after each have one of the phrases among them.
///
/// Each word is compared with the beginnings of all phrases. To search the text for each phrase takes
/// ten times as long: a search has to be prepared.
fn has_phrase(words: &str) -> bool {
    let begins = memchr::memchr_iter(b' ', words.as_bytes());
    begins.map(|at| &words[at + 1..]).any(begins_with_phrase)
}

fn begins_with_phrase(words: &str) -> bool {
    let &[first, second, ..] = words.as_bytes() else {
        return false;
    };
    // In most scripts two bytes are a letter.
    let may_be = |phrase: &&&str| phrase.as_bytes()[..2] == [first, second];
    WORDS.iter().filter(may_be).any(|phrase| {
        let rest = words.strip_prefix(phrase.strip_suffix('*').unwrap_or(phrase));
        rest.is_some_and(|rest| phrase.ends_with('*') || rest.starts_with(' '))
    })
}

/// Whether a text has one of the signs. They begin where the ideographs of Unicode do, or after them.
fn has_sign(text: &str) -> bool {
    const FIRST: char = '\u{4E00}';
    text.chars().any(|c| c >= FIRST) && SIGNS.iter().any(|sign| text.contains(sign))
}

/// The words of a text in small letters, with one space before and after each.
fn spaced_words(text: &str) -> String {
    let mut words = String::with_capacity(text.len() + 2);
    words.push(' ');
    for c in text.chars() {
        match c.is_alphabetic() {
            true if c.is_ascii() => words.push(c.to_ascii_lowercase()),
            true => words.extend(c.to_lowercase()),
            false if !words.ends_with(' ') => words.push(' '),
            false => {}
        }
    }
    words.push(' ');
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::test_cases::cases;

    /// The same as [`says_no`] by a search for each phrase.
    fn says_no_by_search(text: &str) -> bool {
        let words = spaced_words(text);
        let has_phrase = |phrase: &&str| {
            let begin = phrase.strip_suffix('*').unwrap_or(phrase);
            words.match_indices(begin).any(|(at, _)| {
                let (before, after) = (&words[..at], &words[at + begin.len()..]);
                before.ends_with(' ') && (begin.len() < phrase.len() || after.starts_with(' '))
            })
        };
        WORDS.iter().any(has_phrase) || SIGNS.iter().any(|sign| text.contains(sign))
    }

    /// Phrases, letters around them and numbers.
    fn texts() -> impl Strategy<Value = String> {
        let all: Vec<&str> = WORDS.iter().chain(SIGNS).copied().collect();
        let phrase = prop::sample::select(all).prop_map(|phrase| phrase.replace('*', ""));
        let other = "[a-zA-Zа-яёЁ ,.!'-]{0,3}|[0-9 +]{1,8}|\\PC{0,2}";
        let part = prop_oneof![
            phrase.clone(),
            phrase.prop_map(|phrase| phrase.to_uppercase()),
            other
        ];
        prop::collection::vec(part, 0..5).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(cases(5_000))]

        #[test]
        fn phrases_are_found_as_by_a_search(text in texts()) {
            prop_assert_eq!(says_no(&text), says_no_by_search(&text));
        }
    }

    #[test]
    fn every_phrase_says_no() {
        for phrase in WORDS.iter().chain(SIGNS) {
            let text = format!("79123456789 {}", phrase.replace('*', "x"));
            assert!(says_no(&text), "{text}");
        }
        assert!(SIGNS.iter().all(|sign| has_sign(sign)));
    }

    #[test]
    fn words_are_whole_and_in_any_letters() {
        for text in [
            "НЕ ЗВОНИТЬ 8 912 345-67-89",
            "89123456789 (отказалась)",
            "Don't call: 212 555 0123",
            "stop",
            "нет,8 912 345-67-89",
            "8 912 345-67-89(нет)",
            "空号 13800138000",
        ] {
            assert!(says_no(text), "{text}");
        }
        for text in [
            "8 912 345-67-89",
            "тел. 8 912 345-67-89 Анна",
            "nonstop 212 555 0123",
            "кабинет 89123456789",
            "call 212 555 0123",
            "",
        ] {
            assert!(!says_no(text), "{text}");
        }
    }
}
