//! The names that the service knows, and which of them an unknown name surely means.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A job with more fields is rejected: what is found at each takes memory.
pub const MOST_FIELDS: usize = 1 << 16;

/// One member of a job's object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its name, escapes decoded.
    pub name: Name<'a>,
    /// Its value as JSON text, without white space around it.
    pub value: &'a str,
    /// The byte of the job's text at which the value begins.
    pub at: usize,
}

impl Field<'_> {
    /// The room of an emptied vector for the fields of another job: collecting in place allocates
    /// nothing.
    pub fn recycled<'to>(mut fields: Vec<Field<'_>>) -> Vec<Field<'to>> {
        fields.clear();
        fields.into_iter().map_while(|_| None).collect()
    }
}

/// The name of a field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Name<'a> {
    /// One that the service reads.
    Known(KnownField),
    /// Any other. Bytes, since an escape in JSON can write what UTF-8 cannot.
    Unknown(Cow<'a, [u8]>),
}

impl<'a> Name<'a> {
    /// Sorts a name, as its bytes came out of the JSON.
    pub fn of(bytes: Cow<'a, [u8]>) -> Self {
        match KnownField::from_name(&bytes) {
            Some(known) => Name::Known(known),
            None => Name::Unknown(bytes),
        }
    }

    /// The field, if the service reads it.
    pub fn known(&self) -> Option<KnownField> {
        match self {
            Name::Known(known) => Some(*known),
            Name::Unknown(_) => None,
        }
    }

    /// The name as its bytes.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Name::Known(known) => known.name().as_bytes(),
            Name::Unknown(bytes) => bytes,
        }
    }

    /// The name as text; what is no UTF-8 in it becomes U+FFFD.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Name::Known(known) => Cow::Borrowed(known.name()),
            Name::Unknown(bytes) => String::from_utf8_lossy(bytes),
        }
    }
}

macro_rules! known_fields {
    ($($field:ident $name:literal)*) => {
        /// The fields of a call job that the service reads.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum KnownField {
            $(#[doc = concat!("`", $name, "`")] $field,)*
        }

        impl KnownField {
            /// Every field, in the order of the API document.
            pub const ALL: &'static [KnownField] = &[$(KnownField::$field,)*];

            /// The name on the wire.
            pub const fn name(self) -> &'static str {
                match self { $(KnownField::$field => $name,)* }
            }

            /// The field of exactly that name: the service minds case.
            pub fn from_name(name: &[u8]) -> Option<KnownField> {
                $(if name == $name.as_bytes() { return Some(KnownField::$field); })*
                None
            }
        }
    };
}

known_fields! {
    Phone "phone"
    GmtZone "gmtZone"
    Payload "payload"
    StartDateTime "startDateTime"
    FinishDateTime "finishDateTime"
    AllowedDays "allowedDays"
    AllowedTime "allowedTime"
    LocalTimeFrom "localTimeFrom"
    LocalTimeTo "localTimeTo"
    RetryIntervalInMinutes "retryIntervalInMinutes"
    MaxAttempts "maxAttempts"
    DialerPriority "dialerPriority"
    ExternalCheck "externalCheck"
}

/// Names that lists use, in English and in Russian, for the two fields that every list has, as
/// [`squeezed`] writes them.
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

/// The field of each header that names one, as [`squeezed`] writes it.
static HEADERS: LazyLock<HashMap<Cow<'static, str>, KnownField>> = LazyLock::new(|| {
    let common = ALIASES.iter().flat_map(|(field, names)| {
        let names = names.iter().copied();
        names.map(|name| (Cow::Borrowed(name), *field))
    });
    let own = KnownField::ALL.iter();
    let own = own.map(|field| (Cow::Owned(squeezed(field.name())), *field));
    common.chain(own).collect()
});

/// Names of more bytes are nobody's: none of the above has more, with a separator or two.
const LONGEST: usize = 80;

impl KnownField {
    /// Whether the field is of the call policy.
    ///
    /// ```
    /// use predial::job::KnownField;
    /// assert!(KnownField::MaxAttempts.is_policy());
    /// assert!(!KnownField::Payload.is_policy());
    /// ```
    pub const fn is_policy(self) -> bool {
        !matches!(
            self,
            KnownField::Phone | KnownField::GmtZone | KnownField::Payload
        )
    }

    /// The field that an unknown name surely means: the same but for case and separators, a
    /// common name for it, or one or two letters off.
    ///
    /// ```
    /// use predial::job::KnownField;
    /// assert_eq!(KnownField::meant_by("gmtzone"), Some(KnownField::GmtZone));
    /// assert_eq!(KnownField::meant_by("time_zone"), Some(KnownField::GmtZone));
    /// assert_eq!(KnownField::meant_by("maxAtempts"), Some(KnownField::MaxAttempts));
    /// assert_eq!(KnownField::meant_by("name"), None);
    /// ```
    pub fn meant_by(name: &str) -> Option<KnownField> {
        if let Some(field) = Self::headed(name) {
            return Some(field);
        }
        if name.len() > LONGEST {
            return None;
        }
        let name = squeezed(name);
        // A short name two letters off is another word ("home" is no "phone").
        let within = if name.len() < 8 { 1 } else { 2 };
        Self::ALL
            .iter()
            .map(|field| (strsim::osa_distance(&squeezed(field.name()), &name), *field))
            .filter(|(distance, _)| *distance <= within)
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, field)| field)
    }

    /// The field that a column of this header holds: its name but for case and separators, or a
    /// common name for it. A letter off is another header: a list has columns of its own.
    ///
    /// ```
    /// use predial::job::KnownField;
    /// assert_eq!(KnownField::headed("GMT zone"), Some(KnownField::GmtZone));
    /// assert_eq!(KnownField::headed("Номер телефона"), Some(KnownField::Phone));
    /// assert_eq!(KnownField::headed("phones"), None);
    /// ```
    pub fn headed(header: &str) -> Option<KnownField> {
        if header.len() > LONGEST {
            return None;
        }
        HEADERS.get(&*squeezed(header)).copied()
    }
}

/// Lower case, without the separators that names are written with.
fn squeezed(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '.' | ':' | '#' | '№'))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_kept_from_job_to_job() {
        let mut fields: Vec<Field<'_>> = Vec::with_capacity(13);
        let room = fields.as_ptr() as usize;
        fields.push(Field {
            name: Name::Known(KnownField::Phone),
            value: "1",
            at: 0,
        });
        let again: Vec<Field<'_>> = Field::recycled(fields);
        assert_eq!((again.as_ptr() as usize, again.capacity()), (room, 13));
    }
}
