//! What the header of a column says of it, by the words of `header_words.txt`.
//!
//! A header is folded (case, accents) and cut into words at everything that is not a letter or a
//! digit, between letters and digits, and where a small letter is followed by a capital. Because one
//! cannot know whether `PhoneNumber` is one word or two, a word in camel case is also compared whole.

use std::collections::HashSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::job::KnownField;

/// A header of more bytes names nothing: the whole of a text is not a name.
const LONGEST: usize = 200;

/// What a header says of its column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct HeaderName {
    /// It is the name of a field of the job, whatever its case and separators.
    pub field: Option<KnownField>,
    /// The column is named as a phone.
    pub phone: Option<PhoneName>,
    /// It is named as what is often a phone, and often not.
    pub weak: bool,
    /// It has a word of columns that are not phones.
    pub never: bool,
    /// It has a word for somebody else than the person of the row.
    pub somebody: bool,
    /// It is named as a time zone: and whether the header has no further word.
    pub zone: Option<bool>,
    /// It has a word for Moscow.
    pub moscow: bool,
    /// It is named as a country calling code.
    pub calling_code: bool,
}

/// Which of a person's phones a header names: the lesser one is preferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PhoneName {
    is_other: bool,
    kind: PhoneKind,
    has_further_words: bool,
    number: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum PhoneKind {
    Mobile,
    Plain,
    Home,
    Work,
}

impl PhoneName {
    /// Whether the header has words that no list has.
    pub fn has_further_words(self) -> bool {
        self.has_further_words
    }
}

impl HeaderName {
    /// What a header says.
    pub fn of(header: &str) -> HeaderName {
        if header.len() > LONGEST {
            return HeaderName::default();
        }
        let words = Words::of(header);
        let lists = &*LISTS;
        let mut counted = vec![false; words.split.len()];
        let is_phone = lists.phone.marks(&words, &mut counted);
        let weak = lists.weak.marks(&words, &mut counted);
        let mut is_of = |list: &WordList| list.marks(&words, &mut counted);
        let is_other = is_of(&lists.other);
        let kinds = [
            (PhoneKind::Mobile, &lists.mobile),
            (PhoneKind::Home, &lists.home),
            (PhoneKind::Work, &lists.work),
        ];
        let mut kind = PhoneKind::Plain;
        for (of_list, list) in kinds.into_iter().rev() {
            if is_of(list) {
                kind = of_list;
            }
        }
        let numbers = words.split.iter().map(|word| word.parse::<u32>().ok());
        let number = numbers.clone().flatten().next().unwrap_or(0);
        let has_further_words = numbers
            .zip(&counted)
            .any(|(n, known)| n.is_none() && !known);
        let mut of_zone = vec![false; words.split.len()];
        let is_zone = lists.zone.marks(&words, &mut of_zone);
        // Words that mean a zone only if the header has no others.
        lists.zone_alone.marks(&words, &mut of_zone);
        let is_whole = !of_zone.is_empty() && of_zone.iter().all(|known| *known);
        HeaderName {
            field: field_named(header),
            phone: is_phone.then_some(PhoneName {
                is_other,
                kind,
                has_further_words,
                number,
            }),
            weak,
            never: lists.never.marks(&words, &mut counted),
            somebody: lists.somebody.marks(&words, &mut counted),
            zone: (is_zone || is_whole).then_some(is_whole),
            moscow: lists.moscow.marks(&words, &mut counted),
            calling_code: lists.code.marks(&words, &mut counted),
        }
    }

    /// Whether it has any word of the lists.
    pub fn is_known(&self) -> bool {
        self.phone.is_some()
            || self.field.is_some()
            || self.weak
            || self.never
            || self.somebody
            || self.zone.is_some()
            || self.calling_code
    }

    /// Whether it names a phone of the person of the row, and nothing else.
    pub fn claims_phone(&self) -> Option<PhoneName> {
        self.phone.filter(|_| !self.never && !self.somebody)
    }
}

/// The field of exactly this name, but for case and separators.
fn field_named(header: &str) -> Option<KnownField> {
    let letters = |text: &str| -> String {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let header = letters(header);
    let mut all = KnownField::ALL.iter().copied();
    all.find(|field| letters(field.name()) == header)
}

/// A header as words.
#[derive(Debug)]
struct Words {
    /// Split in camel case, too.
    split: Vec<String>,
    /// Each word that was split there, and the place of its first part and the number of its parts.
    whole: Vec<(String, usize, usize)>,
}

impl Words {
    fn of(header: &str) -> Words {
        let mut words = Words {
            split: Vec::new(),
            whole: Vec::new(),
        };
        let visible: String = header.nfc().collect();
        for run in visible.split(|c: char| !c.is_alphanumeric()) {
            if run.is_empty() {
                continue;
            }
            let first = words.split.len();
            words.split.extend(parts(run));
            let count = words.split.len() - first;
            if count > 1 {
                words.whole.push((folded(run), first, count));
            }
        }
        words
    }
}

/// The parts of a word: letters and digits apart, and camel case.
fn parts(run: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut last: Option<char> = None;
    let mut letters = run.chars().peekable();
    while let Some(letter) = letters.next() {
        let begins = last.is_some_and(|last| {
            let digits = last.is_numeric() != letter.is_numeric();
            let follows_small = last.is_lowercase() && letter.is_uppercase();
            let next_is_small = letters.peek().is_some_and(|next| next.is_lowercase());
            let ends_capitals = last.is_uppercase() && letter.is_uppercase() && next_is_small;
            digits || follows_small || ends_capitals
        });
        if begins {
            parts.push(String::new());
        }
        if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
        last = Some(letter);
    }
    parts.iter().map(|part| folded(part)).collect()
}

/// Small letters without accents.
fn folded(text: &str) -> String {
    let plain = text.nfd().filter(|c| !is_combining_mark(*c));
    let small: String = plain.flat_map(char::to_lowercase).collect();
    small.replace('ß', "ss").replace('ı', "i").nfc().collect()
}

#[derive(Debug, Default)]
struct WordList {
    whole: HashSet<String>,
    beginnings: Vec<String>,
    insides: Vec<String>,
    phrases: Vec<Vec<String>>,
}

impl WordList {
    /// Adds a word as the file writes it.
    fn add(&mut self, word: &str) {
        let folded_words = |text: &str| Words::of(text).split;
        if let Some(phrase) = word.strip_prefix('"') {
            self.phrases
                .push(folded_words(phrase.trim_end_matches('"')));
        } else if let Some(inside) = word.strip_prefix('*') {
            self.insides.push(folded(inside.trim_end_matches('*')));
        } else if let Some(beginning) = word.strip_suffix('*') {
            self.beginnings.push(folded(beginning));
        } else {
            self.whole.insert(folded(word));
        }
    }

    fn has(&self, word: &str) -> bool {
        self.whole.contains(word)
            || self
                .beginnings
                .iter()
                .any(|begin| word.starts_with(&**begin))
            || self.insides.iter().any(|inside| word.contains(&**inside))
    }

    /// Whether a header has words of the list. They are marked.
    fn marks(&self, words: &Words, marked: &mut [bool]) -> bool {
        let mut any = false;
        for (word, mark) in words.split.iter().zip(marked.iter_mut()) {
            if self.has(word) {
                *mark = true;
                any = true;
            }
        }
        for (word, first, count) in &words.whole {
            let is_phrase = |phrase: &Vec<String>| phrase.concat() == *word;
            if self.has(word) || self.phrases.iter().any(is_phrase) {
                marked[*first..first + count].fill(true);
                any = true;
            }
        }
        for phrase in &self.phrases {
            let joined = phrase.concat();
            for (first, word) in words.split.iter().enumerate() {
                let is_here = words.split[first..].starts_with(phrase);
                let count = if is_here { phrase.len() } else { 1 };
                if is_here || *word == joined {
                    marked[first..first + count].fill(true);
                    any = true;
                }
            }
        }
        any
    }
}

#[derive(Debug, Default)]
struct WordLists {
    phone: WordList,
    mobile: WordList,
    home: WordList,
    work: WordList,
    other: WordList,
    weak: WordList,
    somebody: WordList,
    never: WordList,
    zone: WordList,
    zone_alone: WordList,
    moscow: WordList,
    code: WordList,
}

static LISTS: LazyLock<WordLists> = LazyLock::new(|| {
    let mut lists = WordLists::default();
    for line in include_str!("header_words.txt").lines() {
        let Some((group, words)) = line.split_once(':').filter(|_| !line.starts_with('#')) else {
            continue;
        };
        let list = match group.split(' ').next().unwrap_or_default() {
            "phone" => &mut lists.phone,
            "mobile" => &mut lists.mobile,
            "home" => &mut lists.home,
            "work" => &mut lists.work,
            "other" => &mut lists.other,
            "weak" => &mut lists.weak,
            "somebody" => &mut lists.somebody,
            "never" => &mut lists.never,
            "zone" => &mut lists.zone,
            "zonealone" => &mut lists.zone_alone,
            "moscow" => &mut lists.moscow,
            "code" => &mut lists.code,
            _ => continue,
        };
        for (place, quoted) in words.split('"').enumerate() {
            match place % 2 {
                0 => quoted.split_whitespace().for_each(|word| list.add(word)),
                _ => list.add(&format!("\"{quoted}\"")),
            }
        }
    }
    lists
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_phones() {
        for header in [
            "phone",
            "Phone (mobile)",
            "PhoneNumber",
            "MOBILE_NO",
            "Номер телефона",
            "Моб. тел.",
            "手机号码",
            "Número de celular",
            "Phone 1 - Value",
            "CELULARES",
            "TELÉFONO",
            "Handynummer",
            "контактный номер",
            "contactNumber",
        ] {
            assert!(HeaderName::of(header).claims_phone().is_some(), "{header}");
        }
        for header in [
            "Account Phone",
            "Телефон (дата)",
            "Phone 1 - Type",
            "Manager phone",
            "Телефон менеджера",
            "Phone ID",
            "phone_code",
        ] {
            let name = HeaderName::of(header);
            assert!(
                name.phone.is_some() && name.claims_phone().is_none(),
                "{header}"
            );
        }
        for header in [
            "number",
            "номер",
            "Контакт",
            "name",
            "编号",
            "INN",
            "ИНН",
            "Город",
        ] {
            assert_eq!(HeaderName::of(header).phone, None, "{header}");
        }
    }

    #[test]
    fn names_of_other_columns() {
        for header in [
            "编号",
            "Order ID",
            "CPF",
            "ИНН",
            "Договор",
            "orderNumber",
            "Kundennr.",
        ] {
            assert!(HeaderName::of(header).never, "{header}");
        }
        for header in ["number", "номер", "Контакт", "Contato", "No."] {
            assert!(HeaderName::of(header).weak, "{header}");
        }
        for header in [
            "timezone",
            "Time Zone",
            "gmt_offset_now",
            "TimeZoneSidKey",
            "hs_timezone",
        ] {
            assert!(HeaderName::of(header).zone.is_some(), "{header}");
        }
        let relative = HeaderName::of("Часовой пояс (МСК)");
        assert!(relative.zone.is_some() && relative.moscow);
        assert!(HeaderName::of("phone_code").calling_code);
    }

    #[test]
    fn the_likelier_phone_of_a_person_is_preferred() {
        let order = [
            "Mobile",
            "Mobile of the client",
            "Phone",
            "Phone 2",
            "Phone 1 - Value",
            "Phone 2 - Value",
            "Home phone",
            "Work phone",
            "Other mobile",
            "Second phone",
        ];
        let names = order.map(|header| HeaderName::of(header).claims_phone().unwrap());
        assert!(names.is_sorted(), "{names:?}");
        let alike = |header| HeaderName::of(header).claims_phone();
        assert_eq!(alike("Телефон"), alike("Номер телефона"));
    }
}
