//! The fields of a job, and the known field that an unknown name certainly means.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use crate::json::{KnownName, Member, MemberName};
use crate::service::KnownField;

/// A job with more fields is rejected, because the findings about each field take memory.
pub const MOST_FIELDS: usize = 1 << 16;

/// One member of a job's object.
pub type Field<'a> = Member<'a, KnownField>;

/// The name of a field.
pub type Name<'a> = MemberName<'a, KnownField>;

impl KnownName for KnownField {
    fn from_bytes(name: &[u8]) -> Option<Self> {
        KnownField::from_name(name)
    }

    fn text(self) -> &'static str {
        self.name()
    }
}

/// Names for the two fields that every list has, in English and in Russian, in the form of
/// [`squeezed`].
const ALIASES: &[(KnownField, &[&str])] = &[
    (
        KnownField::Phone,
        &[
            "tel",
            "telephone",
            "telephonenumber",
            "telno",
            "phonenumber",
            "phoneno",
            "number",
            "mobile",
            "mobilephone",
            "mobilenumber",
            "mobileno",
            "cell",
            "cellphone",
            "contactphone",
            "contactnumber",
            "msisdn",
            "телефон",
            "тел",
            "номер",
            "номертелефона",
            "телефонномер",
            "мобильный",
            "мобильныйтелефон",
            "мобильныйномер",
            "мобтелефон",
            "сотовый",
            "сотовыйтелефон",
            "контактныйтелефон",
        ],
    ),
    (
        KnownField::GmtZone,
        &[
            "timezone",
            "timezoneid",
            "timezoneoffset",
            "tz",
            "zone",
            "gmt",
            "gmtoffset",
            "utc",
            "utcoffset",
            "часовойпояс",
            "часоваязона",
            "временнаязона",
            "таймзона",
        ],
    ),
];

/// The field of each known header, in the form of [`squeezed`].
static HEADERS: LazyLock<HashMap<Cow<'static, str>, KnownField>> = LazyLock::new(|| {
    let common = ALIASES.iter().flat_map(|(field, names)| {
        let names = names.iter().copied();
        names.map(|name| (Cow::Borrowed(name), *field))
    });
    let own = KnownField::ALL.iter();
    let own = own.map(|field| (Cow::Owned(squeezed(field.name())), *field));
    common.chain(own).collect()
});

/// The names of the fields in the form of [`squeezed`].
static OWN_NAMES: LazyLock<Vec<(String, LetterCounts, KnownField)>> = LazyLock::new(|| {
    let own = KnownField::ALL.iter();
    let own = own.map(|field| (squeezed(field.name()), *field));
    own.map(|(name, field)| (name.clone(), LetterCounts::of(&name), field))
        .collect()
});

/// What excludes most pairs of names before their edit distance is computed: how many letters there
/// are, and which.
#[derive(Clone, Copy, Debug)]
struct LetterCounts {
    letters: usize,
    /// A bit for each letter; letters may share one.
    set: u64,
}

impl LetterCounts {
    fn of(name: &str) -> LetterCounts {
        LetterCounts {
            letters: name.chars().count(),
            set: name
                .chars()
                .fold(0, |set, letter| set | 1 << (letter as u32 % u64::BITS)),
        }
    }

    /// Whether so many edits may make one name of the other: each changes the length by at most one,
    /// and takes away one letter and adds one at most.
    fn may_be_within(&self, edits: usize, other: &LetterCounts) -> bool {
        self.letters.abs_diff(other.letters) <= edits
            && (self.set ^ other.set).count_ones() as usize <= 2 * edits
    }
}

/// A longer name, in bytes, means no field: no name above has more, even with separators.
const LONGEST: usize = 80;

impl KnownField {
    /// The field that an unknown name certainly means: the same name in another case or with other
    /// separators, a common name for the field, or one with one or two wrong letters.
    ///
    /// ```
    /// use predial::job::KnownField;
    /// assert_eq!(KnownField::meant_by("gmtzone"), Some(KnownField::GmtZone));
    /// assert_eq!(KnownField::meant_by("time_zone"), Some(KnownField::GmtZone));
    /// assert_eq!(KnownField::meant_by("maxAtempts"), Some(KnownField::MaxAttempts));
    /// assert_eq!(KnownField::meant_by("name"), None);
    /// ```
    pub fn meant_by(name: &str) -> Option<KnownField> {
        if let Some(field) = Self::from_header(name) {
            return Some(field);
        }
        if name.len() > LONGEST {
            return None;
        }
        let name = squeezed(name);
        // In a short name two wrong letters make another word: "home" does not mean "phone".
        let within = if name.len() < 8 { 1 } else { 2 };
        let letters = LetterCounts::of(&name);
        let near = OWN_NAMES
            .iter()
            .filter(|(_, own, _)| letters.may_be_within(within, own));
        near.map(|(own_name, _, field)| (strsim::osa_distance(own_name, &name), *field))
            .filter(|(distance, _)| *distance <= within)
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, field)| field)
    }

    /// The field of a column with this header: the field's name in any case and with any
    /// separators, or a common name for it. Wrong letters are not corrected, because a list has
    /// columns of its own.
    ///
    /// ```
    /// use predial::job::KnownField;
    /// assert_eq!(KnownField::from_header("GMT zone"), Some(KnownField::GmtZone));
    /// assert_eq!(KnownField::from_header("Номер телефона"), Some(KnownField::Phone));
    /// assert_eq!(KnownField::from_header("phones"), None);
    /// ```
    pub fn from_header(header: &str) -> Option<KnownField> {
        if header.len() > LONGEST {
            return None;
        }
        HEADERS.get(&*squeezed(header)).copied()
    }
}

/// The name in lower case, without separators.
fn squeezed(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '.' | ':' | '#' | '№'))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn names_that_are_excluded_are_far_away(
            field in prop::sample::select(KnownField::ALL.to_vec()),
            edits in prop::collection::vec((any::<prop::sample::Index>(), "[a-zя]{0,2}"), 0..3),
        ) {
            let own = squeezed(field.name());
            let mut name: Vec<char> = own.chars().collect();
            for (at, with) in edits {
                let at = at.index(name.len());
                name.splice(at..=at, with.chars());
                if name.is_empty() {
                    name.push('x');
                }
            }
            let name: String = name.into_iter().collect();
            for within in [1, 2] {
                let is_kept = LetterCounts::of(&name).may_be_within(within, &LetterCounts::of(&own));
                prop_assert!(is_kept || strsim::osa_distance(&own, &name) > within, "{}", name);
            }
        }
    }
}
