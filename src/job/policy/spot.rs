//! A value inside a policy: its JSON, where it stands, and what is found there.

use std::collections::HashSet;
use std::convert::Infallible;

use super::date_time::Local;
use super::note::{Kind, Note, Shown};
use crate::job::shown::{cut, shown};
use crate::json::{self, MemberName, PlainMember, Value};
use crate::service::KnownField;
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
    Key(&'u Spot<'a, 'u>, &'u MemberName<'a, Infallible>),
    Element(&'u Spot<'a, 'u>, usize),
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

    /// The members of an object, in their order. A name that the object has twice is there twice.
    pub fn members(&self) -> Vec<PlainMember<'a>> {
        json::members(self.json)
    }

    /// The elements of an array.
    pub fn elements(&'u self) -> Vec<Spot<'a, 'u>> {
        let elements = json::array(self.json).into_iter().enumerate();
        elements
            .map(|(index, (json, at))| Spot {
                json,
                at: self.at + at,
                step: Step::Element(self, index),
            })
            .collect()
    }

    /// The value of a member.
    pub fn member<'m>(&'m self, member: &'m PlainMember<'a>) -> Spot<'a, 'm>
    where
        'u: 'm,
    {
        Spot {
            json: member.value,
            at: self.at + member.at,
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
        self.field().is_secret()
    }

    fn path(&self) -> String {
        match self.step {
            Step::Field(_) => String::new(),
            // A text that came to stand where a key belongs may be the secret of a URL.
            Step::Key(up, key) if self.is_secret() && !is_name(&key.text()) => {
                format!("{}.…", up.path())
            }
            Step::Key(up, key) => format!("{}.{}", up.path(), cut(&key.text())),
            Step::Element(up, index) => format!("{}[{index}]", up.path()),
        }
    }
}

fn is_name(key: &str) -> bool {
    key.len() <= 40 && key.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Errors of one field that are told; of a field with more, the rest says nothing new.
const MOST_ERRORS: usize = 100;

/// What is found while a policy is read.
#[derive(Default)]
pub(super) struct Notes {
    list: Vec<Note>,
    errors: usize,
}

impl Notes {
    /// Begins with the next field.
    pub fn begin_field(&mut self) {
        self.errors = 0;
    }

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
    pub fn repeated_names(&mut self, spot: &Spot<'_, '_>, members: &[PlainMember<'_>]) {
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
