//! A value inside a policy: its JSON, where it stands, and what is found there.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::date_time::Local;
use super::note::{Kind, Note, Shown};
use crate::job::field::KnownField;
use crate::job::value::{Value, cut, shown};
use crate::{Fault, Rule};

/// One value inside a policy.
#[derive(Clone, Copy)]
pub(super) struct Spot<'a, 'u> {
    /// The value's JSON text.
    pub json: &'a str,
    /// The byte of the field's value at which it begins.
    at: usize,
    step: Step<'a, 'u>,
}

/// How a value is reached.
#[derive(Clone, Copy)]
enum Step<'a, 'u> {
    Field(KnownField),
    Key(&'u Spot<'a, 'u>, &'u str),
    Element(&'u Spot<'a, 'u>, usize),
}

/// One member of an object inside a policy.
pub(super) struct Member<'a> {
    /// Its name; what is no UTF-8 in it is U+FFFD.
    pub name: Cow<'a, str>,
    json: &'a str,
    at: usize,
}

impl<'a> Spot<'a, '_> {
    /// The value of a field itself.
    pub fn of_field(field: KnownField, value: &'a str) -> Self {
        Spot {
            json: value,
            at: 0,
            step: Step::Field(field),
        }
    }
}

impl<'a, 'u> Spot<'a, 'u> {
    /// The value by its kind.
    pub fn value(&self) -> Value<'a> {
        Value::of(self.json)
    }

    /// The members of an object, in their order. Of a name that stands twice each is there.
    pub fn members(&self) -> Vec<Member<'a>> {
        struct Object<'a>(&'a str, usize);
        impl<'de> Visitor<'de> for Object<'de> {
            type Value = Vec<Member<'de>>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(name) = map.next_key_seed(MemberName)? {
                    let json = map.next_value::<&'de RawValue>()?.get();
                    let at = self.1 + (json.as_ptr() as usize - self.0.as_ptr() as usize);
                    members.push(Member { name, json, at });
                }
                Ok(members)
            }
        }
        let mut reader = serde_json::Deserializer::from_str(self.json);
        // The batch has read the text once: it is valid.
        let members = reader.deserialize_map(Object(self.json, self.at));
        members.unwrap_or_default()
    }

    /// The elements of an array.
    pub fn elements(&'u self) -> Vec<Spot<'a, 'u>> {
        struct Array<'a, 'u>(&'u Spot<'a, 'u>);
        impl<'de, 'u> Visitor<'de> for Array<'de, 'u> {
            type Value = Vec<Spot<'de, 'u>>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let up = self.0;
                let mut elements = Vec::new();
                while let Some(raw) = seq.next_element::<&'de RawValue>()? {
                    let json = raw.get();
                    elements.push(Spot {
                        json,
                        at: up.at + (json.as_ptr() as usize - up.json.as_ptr() as usize),
                        step: Step::Element(up, elements.len()),
                    });
                }
                Ok(elements)
            }
        }
        let mut reader = serde_json::Deserializer::from_str(self.json);
        let elements = reader.deserialize_seq(Array(self));
        elements.unwrap_or_default()
    }

    /// The value of a member.
    pub fn member<'m>(&'m self, member: &'m Member<'a>) -> Spot<'a, 'm>
    where
        'u: 'm,
    {
        Spot {
            json: member.json,
            at: member.at,
            step: Step::Key(self, &member.name),
        }
    }

    fn field(&self) -> KnownField {
        match self.step {
            Step::Field(field) => field,
            Step::Key(up, _) | Step::Element(up, _) => up.field(),
        }
    }

    /// Whether what stands there may be a secret.
    fn is_secret(&self) -> bool {
        self.field() == KnownField::ExternalCheck
    }

    fn path(&self) -> String {
        match self.step {
            Step::Field(_) => String::new(),
            // A text that came to stand where a key belongs may be the secret of a URL.
            Step::Key(up, key) if self.is_secret() && !is_name(key) => format!("{}.…", up.path()),
            Step::Key(up, key) => format!("{}.{}", up.path(), cut(key)),
            Step::Element(up, index) => format!("{}[{index}]", up.path()),
        }
    }
}

fn is_name(key: &str) -> bool {
    key.len() <= 40 && key.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Reads a name. As bytes, since a name may hold an escaped lone surrogate.
struct MemberName;

impl<'de> DeserializeSeed<'de> for MemberName {
    type Value = Cow<'de, str>;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_bytes(self)
    }
}

impl<'de> Visitor<'de> for MemberName {
    type Value = Cow<'de, str>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }
    fn visit_borrowed_bytes<E: Error>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
        Ok(String::from_utf8_lossy(bytes))
    }
    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        Ok(String::from_utf8_lossy(bytes).into_owned().into())
    }
}

/// Errors of one policy that are told; of a policy with more, the rest says nothing new.
const MOST_ERRORS: usize = 100;

/// What is found while a policy is read.
#[derive(Default)]
pub(super) struct Notes {
    list: Vec<Note>,
    errors: usize,
}

impl Notes {
    /// The value has no reading.
    pub fn error(&mut self, spot: &Spot<'_, '_>, fault: Fault) {
        self.push(spot, fault, Shown::Text(shown(spot.json)), Kind::Error);
    }

    /// The value has no reading, and may hold a secret: this is what is shown of it.
    pub fn secret_error(&mut self, spot: &Spot<'_, '_>, fault: Fault, value: Shown) {
        self.push(spot, fault, value, Kind::Error);
    }

    /// The date-time lacks its offset.
    pub fn no_offset(&mut self, spot: &Spot<'_, '_>, fault: Fault, local: Local) {
        self.push(
            spot,
            fault,
            Shown::Text(shown(spot.json)),
            Kind::NoOffset(local),
        );
    }

    /// Somebody should look at the value, which is not shown.
    pub fn warning(&mut self, spot: &Spot<'_, '_>, fault: Fault) {
        self.push(spot, fault, Shown::Nothing, Kind::Warning);
    }

    /// The value has one reading, and is to be written as this JSON.
    pub fn repair(&mut self, spot: &Spot<'_, '_>, fault: Fault, json: String) {
        let range = spot.at..spot.at + spot.json.len();
        let kind = Kind::Repair(range, json);
        self.push(spot, fault, Shown::Text(shown(spot.json)), kind);
    }

    fn push(&mut self, spot: &Spot<'_, '_>, fault: Fault, value: Shown, kind: Kind) {
        let note = Note {
            field: spot.field(),
            path: spot.path(),
            fault,
            value,
            kind,
        };
        if note.is_error() {
            self.errors += 1;
        }
        if self.errors <= MOST_ERRORS {
            self.list.push(note);
        }
    }

    /// Names that stand twice: which of the two a reader takes is its own affair.
    pub fn repeated_names(&mut self, spot: &Spot<'_, '_>, members: &[Member<'_>]) {
        let mut seen = HashSet::with_capacity(members.len());
        for member in members {
            if !seen.insert(&member.name) {
                // What stands there may be a secret.
                let fault = Fault::new(Rule::JobDuplicateKey);
                self.secret_error(&spot.member(member), fault, Shown::Nothing);
            }
        }
    }

    /// What was found, in the order of the text.
    pub fn into_list(self) -> Vec<Note> {
        self.list
    }
}
