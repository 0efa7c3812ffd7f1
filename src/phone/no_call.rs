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
    if !text.contains(char::is_alphabetic) {
        return false;
    }
    let words = spaced_words(text);
    WORDS.iter().any(|phrase| has_phrase(&words, phrase))
        || SIGNS.iter().any(|sign| text.contains(sign))
}

/// Whether words with one space before and after each have this phrase among them.
fn has_phrase(words: &str, phrase: &str) -> bool {
    let begin = phrase.strip_suffix('*').unwrap_or(phrase);
    words.match_indices(begin).any(|(at, _)| {
        let (before, after) = (&words[..at], &words[at + begin.len()..]);
        before.ends_with(' ') && (begin.len() < phrase.len() || after.starts_with(' '))
    })
}

/// The words of a text in small letters, with one space before and after each.
fn spaced_words(text: &str) -> String {
    let mut words = String::with_capacity(text.len() + 2);
    words.push(' ');
    for c in text.chars() {
        match c.is_alphabetic() {
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
    use super::*;

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
