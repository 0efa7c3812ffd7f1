//! What the header of a column says of it, by the words of `header_words.txt`.
//!
//! A header is folded (case, accents) and cut into words at everything that is not a letter or a
//! digit, between letters and digits, and where a small letter is followed by a capital. Because one
//! cannot know whether `PhoneNumber` is one word or two, a word in camel case is also compared whole.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::FixedState;
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
    /// It has a word of phones that are not to be called.
    pub no_call: bool,
    /// It has a word for what is no longer the phone of the person.
    pub former: bool,
    /// It is named as a time zone: and whether the header has no further word.
    pub zone: Option<bool>,
    /// It is named as a zone of any kind: its cells say whether that is a time zone.
    pub weak_zone: bool,
    /// It has a word for Moscow.
    pub moscow: bool,
    /// It is named as a country calling code.
    pub calling_code: bool,
    /// It is named as what may be an area code.
    pub area_code: bool,
    /// It is named as a code, and does not say of what.
    pub is_bare_code: bool,
    /// It is named as a country.
    pub country: bool,
    /// It has only words of headers that say nothing of phones: a name, a city.
    pub is_label: bool,
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
    /// A mobile phone with a word that no list has: it may be somebody else's.
    MobileOfSomebody,
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
        // Every word of the lists has a letter, and most cells of a table are not headers.
        if header.len() > LONGEST || !header.contains(char::is_alphabetic) {
            return HeaderName::default();
        }
        let words = Words::of(header);
        let found = LISTS.groups_of(&words);
        let has = |group: Group| found.iter().any(|groups| groups.has(group));
        let kinds = [
            (PhoneKind::Mobile, Group::Mobile),
            (PhoneKind::Home, Group::Home),
            (PhoneKind::Work, Group::Work),
        ];
        let kind = kinds.into_iter().find(|(_, group)| has(*group));
        let numbers = words.split.iter().map(|word| word.parse::<u32>().ok());
        let number = numbers.clone().flatten().next().unwrap_or(0);
        let further = numbers
            .zip(&found)
            .filter(|(number, groups)| number.is_none() && !groups.has_any(&Group::OF_PHONE));
        let has_further_words = further.clone().next().is_some();
        let has_unknown_words = further
            .clone()
            .any(|(_, groups)| !groups.has(Group::Person));
        let kind = kind.map(|(kind, _)| match kind {
            PhoneKind::Mobile if has_unknown_words => PhoneKind::MobileOfSomebody,
            kind => kind,
        });
        let is_of_zone = |groups: &Groups| groups.has_any(&[Group::Zone, Group::ZoneAlone]);
        // Words that mean a zone only if the header has no others.
        let is_whole = !found.is_empty() && found.iter().all(is_of_zone);
        let is_bare_code = found.len() == 1 && has(Group::BareCode);
        HeaderName {
            field: field_named(header),
            phone: has(Group::Phone).then_some(PhoneName {
                is_other: has(Group::Other),
                kind: kind.unwrap_or(PhoneKind::Plain),
                has_further_words,
                number,
            }),
            weak: has(Group::Weak),
            never: has(Group::Never),
            somebody: has(Group::Somebody),
            no_call: has(Group::NoCall),
            former: has(Group::Former),
            zone: (has(Group::Zone) || is_whole).then_some(is_whole),
            weak_zone: found.len() == 1 && has(Group::WeakZone),
            moscow: has(Group::Moscow),
            calling_code: has(Group::Code),
            area_code: has(Group::Area) || is_bare_code,
            is_bare_code,
            country: has(Group::Country),
            is_label: !found.is_empty() && found.iter().all(|groups| groups.has(Group::Label)),
        }
    }

    /// Whether it has a word of the lists by which headers are known. The words for people and for
    /// what became of a phone are values of rows as well: a position, a status.
    pub fn is_known(&self) -> bool {
        self.phone.is_some()
            || self.field.is_some()
            || self.weak
            || self.never
            || self.zone.is_some()
            || self.weak_zone
            || self.calling_code
    }

    /// Why a column that is named as a phone is not taken unasked, if it is not.
    pub fn why_not_taken(&self) -> Option<&'static str> {
        match self {
            name if name.no_call => Some("its header says not to call it"),
            name if name.somebody => Some("its header names somebody else"),
            name if name.former => Some("its header names a former phone"),
            name if name.never => Some("its header has a word of other columns"),
            _ => None,
        }
    }

    /// Whether it names a phone of the person of the row, and nothing else.
    pub fn claims_phone(&self) -> Option<PhoneName> {
        self.phone.filter(|_| self.why_not_taken().is_none())
    }
}

/// Whether a sheet of this name has phones that are not to be called.
pub fn is_stop_list(sheet: &str) -> bool {
    HeaderName::of(sheet).no_call
}

/// The field of exactly this name, but for case and separators.
fn field_named(header: &str) -> Option<KnownField> {
    fn letters(text: &str) -> impl Iterator<Item = char> {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase)
    }
    let mut all = KnownField::ALL.iter().copied();
    all.find(|field| letters(field.name()).eq(letters(header)))
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
        let visible = match header.is_ascii() {
            true => Cow::Borrowed(header),
            false => Cow::Owned(header.nfc().collect()),
        };
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
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let plain = text.nfd().filter(|c| !is_combining_mark(*c));
    let small: String = plain.flat_map(char::to_lowercase).collect();
    small.replace('ß', "ss").replace('ı', "i").nfc().collect()
}

/// A group of the word list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    Phone,
    Mobile,
    Home,
    Work,
    Other,
    Weak,
    Person,
    Label,
    Somebody,
    NoCall,
    Former,
    Never,
    Zone,
    ZoneAlone,
    WeakZone,
    Moscow,
    Code,
    Area,
    BareCode,
    Country,
}

impl Group {
    /// The groups of words that say more of a phone.
    const OF_PHONE: [Group; 6] = [
        Group::Phone,
        Group::Weak,
        Group::Other,
        Group::Mobile,
        Group::Home,
        Group::Work,
    ];

    fn from_name(name: &str) -> Option<Group> {
        Some(match name {
            "phone" => Group::Phone,
            "mobile" => Group::Mobile,
            "home" => Group::Home,
            "work" => Group::Work,
            "other" => Group::Other,
            "weak" => Group::Weak,
            "person" => Group::Person,
            "label" => Group::Label,
            "somebody" => Group::Somebody,
            "nocall" => Group::NoCall,
            "former" => Group::Former,
            "never" => Group::Never,
            "zone" => Group::Zone,
            "zonealone" => Group::ZoneAlone,
            "moscow" => Group::Moscow,
            "weakzone" => Group::WeakZone,
            "code" => Group::Code,
            "area" => Group::Area,
            "barecode" => Group::BareCode,
            "country" => Group::Country,
            _ => return None,
        })
    }
}

/// A set of groups.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Groups(u32);

impl Groups {
    fn add(&mut self, others: Groups) {
        self.0 |= others.0;
    }

    fn has(self, group: Group) -> bool {
        self.0 & Groups::from(group).0 != 0
    }

    fn has_any(self, groups: &[Group]) -> bool {
        groups.iter().any(|group| self.has(*group))
    }
}

impl From<Group> for Groups {
    fn from(group: Group) -> Groups {
        Groups(1 << group as u16)
    }
}

/// Words of the list by a key of theirs, each with its groups.
type WordIndex<K, W> = HashMap<K, Vec<(W, Groups)>, FixedState>;

/// The word list. A header is looked up in all groups at once, word by word.
#[derive(Debug, Default)]
struct WordLists {
    /// Whole words, and phrases without their spaces.
    whole: HashMap<String, Groups, FixedState>,
    /// Beginnings and insides of words, by their first letter.
    beginnings: WordIndex<char, String>,
    insides: WordIndex<char, String>,
    /// Phrases, by their first word.
    phrases: WordIndex<String, Vec<String>>,
}

impl WordLists {
    /// Adds a word as the file writes it.
    fn add(&mut self, word: &str, group: Group) {
        let groups = Groups::from(group);
        let by_letter = |index: &mut WordIndex<char, String>, part: &str| {
            let part = folded(part);
            if let Some(first) = part.chars().next() {
                index.entry(first).or_default().push((part, groups));
            }
        };
        if let Some(phrase) = word.strip_prefix('"') {
            let phrase = Words::of(phrase.trim_end_matches('"')).split;
            self.whole.entry(phrase.concat()).or_default().add(groups);
            if let Some(first) = phrase.first().cloned() {
                let others = self.phrases.entry(first).or_default();
                others.push((phrase, groups));
            }
        } else if let Some(inside) = word.strip_prefix('*') {
            by_letter(&mut self.insides, inside.trim_end_matches('*'));
        } else if let Some(beginning) = word.strip_suffix('*') {
            by_letter(&mut self.beginnings, beginning);
        } else {
            self.whole.entry(folded(word)).or_default().add(groups);
        }
    }

    /// The groups of one word.
    fn groups_of_word(&self, word: &str) -> Groups {
        let mut groups = self.whole.get(word).copied().unwrap_or_default();
        let mut add_from = |index: &WordIndex<char, String>, rest: &str, first: char| {
            for (part, of_part) in index.get(&first).into_iter().flatten() {
                if rest.starts_with(&**part) {
                    groups.add(*of_part);
                }
            }
        };
        for (at, letter) in word.char_indices() {
            if at == 0 {
                add_from(&self.beginnings, word, letter);
            }
            add_from(&self.insides, &word[at..], letter);
        }
        groups
    }

    /// The groups of each word of a header.
    fn groups_of(&self, words: &Words) -> Vec<Groups> {
        let split = &words.split;
        let mut found: Vec<Groups> = (split.iter())
            .map(|word| self.groups_of_word(word))
            .collect();
        for (first, word) in split.iter().enumerate() {
            for (phrase, groups) in self.phrases.get(word).into_iter().flatten() {
                if split[first..].starts_with(phrase) {
                    let of_phrase = found[first..].iter_mut().take(phrase.len());
                    of_phrase.for_each(|of_word| of_word.add(*groups));
                }
            }
        }
        for (word, first, count) in &words.whole {
            let groups = self.groups_of_word(word);
            let parts = found[*first..].iter_mut().take(*count);
            parts.for_each(|of_part| of_part.add(groups));
        }
        found
    }
}

static LISTS: LazyLock<WordLists> = LazyLock::new(|| {
    let mut lists = WordLists::default();
    for line in include_str!("header_words.txt").lines() {
        let Some((group, words)) = line.split_once(':').filter(|_| !line.starts_with('#')) else {
            continue;
        };
        let name = group.split(' ').next().unwrap_or_default();
        let Some(group) = Group::from_name(name) else {
            continue;
        };
        for (place, quoted) in words.split('"').enumerate() {
            match place % 2 {
                0 => quoted
                    .split_whitespace()
                    .for_each(|word| lists.add(word, group)),
                _ => lists.add(&format!("\"{quoted}\""), group),
            }
        }
    }
    lists
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_lists_has_a_letter() {
        let has_letter = |word: &str| word.contains(char::is_alphabetic);
        assert!(LISTS.whole.keys().all(|word| has_letter(word)));
        let letters = LISTS.beginnings.keys().chain(LISTS.insides.keys());
        assert!(letters.copied().all(char::is_alphabetic));
    }

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
            "Telefon Ansprechpartner",
            "Телефон контактного лица",
            "Bewerber Telefon",
            "الهاتف الدولي",
            "客户电话",
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
            "Recruiter cell",
            "Supervisor phone",
            "Sales rep phone",
            "Doctor phone",
            "Broker phone",
            "Our phone",
            "Телефон руководителя",
            "Телефон куратора",
            "Телефон банка",
            "Телефон поддержки",
            "Телефон юриста",
            "Do not call phone",
            "DNC phone",
            "doNotCallPhone",
            "Blocked phone",
            "Opt-out phone",
            "Не звонить телефон",
            "Wrong phone",
            "Invalid phone",
            "Assistant's Phone",
            "AssistantPhone",
            "Asst Phone",
            "Assistant Mobile",
            "Reports To Mobile",
            "Ответственный: Мобильный телефон",
            "Мобильный телефон поручителя",
            "Сотовый представителя",
            "Телефон доверенного лица",
            "Телефон бухгалтера",
            "Handy Partner",
            "Mobil Außendienst",
            "Telefon Bürge",
            "Sekretariat Telefon",
            "Notruftelefon",
            "Téléphone du conjoint",
            "Teléfono de la secretaria",
            "Telefone do fiador",
            "Telefon poręczyciela",
            "Kefil telefon",
            "担保人电话",
            "보호자 전화번호",
            "Mobile (old)",
            "Мобильный (старый)",
            "Previous phone",
            "Bad Phone",
            "Phone hash",
            "Billing mobile",
            "Телефон дизайнера",
            "Сотовый прораба",
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
        for header in ["Zone", "zone"] {
            let name = HeaderName::of(header);
            assert!(name.zone.is_none() && name.weak_zone, "{header}");
        }
        for header in ["Area Code", "Vorwahl", "Код города", "Код"] {
            assert!(HeaderName::of(header).area_code, "{header}");
        }
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
            "Мобильный садовника",
            "Home phone",
            "Work phone",
            "Company Main Phone",
            "Other mobile",
            "Second phone",
        ];
        let names = order.map(|header| HeaderName::of(header).claims_phone().unwrap());
        assert!(names.is_sorted(), "{names:?}");
        for header in [
            "Мобильный клиента",
            "Customer mobile",
            "Handy Kunde",
            "Celular del cliente",
        ] {
            let name = HeaderName::of(header).claims_phone().unwrap();
            assert!(name < names[2], "{header}");
        }
        for header in [
            "Мобильный садовника",
            "Mobile of the gardener",
            "Handy Gärtner",
        ] {
            let name = HeaderName::of(header).claims_phone().unwrap();
            assert!(names[3] < name && name < names[7], "{header}");
        }
        let alike = |header| HeaderName::of(header).claims_phone();
        assert_eq!(alike("Телефон"), alike("Номер телефона"));
    }
}
