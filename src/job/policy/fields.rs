//! The fields of a policy that a job gives.

use std::hash::{Hash, Hasher};

use crate::job::field::Field;
use crate::service::KnownField;

/// The policy fields of a job, by index. Null counts as absent. A job with a repeated field is
/// rejected; here the first one counts.
#[derive(Clone, Copy)]
pub(in crate::job) struct PolicyFields<'f, 'a> {
    fields: [Option<&'f Field<'a>>; COUNT],
    span: Option<PolicySpan<'f>>,
}

/// The text of a job from the value of its first policy field to the end of the last one, if no
/// other field is between them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::job) struct PolicySpan<'f> {
    /// The field whose value comes first; the names of the others are in the text.
    pub first: KnownField,
    pub text: &'f str,
}

/// What a policy is known by.
#[derive(Clone, Copy)]
pub(in crate::job) enum PolicyKey<'f> {
    /// There is none.
    Empty,
    /// The text of all its fields.
    Span(PolicySpan<'f>),
}

impl<'f> PolicySpan<'f> {
    /// The span of these fields of a job with this text, which are all fields of its policy.
    pub fn of(text: &'f str, fields: &[Field<'_>]) -> Option<Self> {
        let (first, last) = (fields.first()?, fields.last()?);
        Some(PolicySpan {
            first: first.name.known()?,
            text: text.get(first.at..last.end())?,
        })
    }
}

/// How many fields a policy has: those after the first three.
const COUNT: usize = KnownField::ALL.len() - FIRST;
const FIRST: usize = KnownField::StartDateTime as usize;

// The policy fields come last in the API document, so a field's number gives its index.
const _: () = {
    let mut number = 0;
    while number < KnownField::ALL.len() {
        let field = KnownField::ALL[number];
        assert!(field as usize == number && field.is_policy() == (number >= FIRST));
        number += 1;
    }
};

/// All policy fields, in the order in which they are read: first those that are fast to read, or
/// that differ from job to job; then the external check; then those about local times of the week.
const ALL: [KnownField; COUNT] = [
    KnownField::StartDateTime,
    KnownField::FinishDateTime,
    KnownField::RetryIntervalInMinutes,
    KnownField::MaxAttempts,
    KnownField::DialerPriority,
    KnownField::ExternalCheck,
    KnownField::AllowedDays,
    KnownField::AllowedTime,
    KnownField::LocalTimeFrom,
    KnownField::LocalTimeTo,
];

/// Dates and numbers.
pub(super) const OWN: &[KnownField] = ALL.split_at(5).0;
/// The external check.
pub(super) const CHECK: &[KnownField] = ALL.split_at(5).1.split_at(1).0;
/// Days and windows.
pub(super) const HOURS: &[KnownField] = ALL.split_at(6).1;

impl<'f, 'a> PolicyFields<'f, 'a> {
    /// The policy fields of a job with this text.
    pub fn of(text: &'f str, fields: &'f [Field<'a>]) -> Self {
        let mut given = [None; COUNT];
        let mut first = None;
        let (mut last, mut count) = (0, 0);
        for (i, field) in fields.iter().enumerate() {
            let Some(known) = field.name.known() else {
                continue;
            };
            if let Some(place) = (known as usize).checked_sub(FIRST) {
                first = first.or(Some(i));
                last = i;
                count += 1;
                if given[place].is_none() && field.value != "null" {
                    given[place] = Some(field);
                }
            }
        }
        let span = first.filter(|first| last - first + 1 == count);
        PolicyFields {
            fields: given,
            span: span.and_then(|first| PolicySpan::of(text, &fields[first..=last])),
        }
    }

    /// The text of all given fields, if they are adjacent.
    pub(super) fn span(&self) -> Option<PolicySpan<'f>> {
        self.span
    }

    /// Whether none is given.
    pub fn is_empty(&self) -> bool {
        self.fields.iter().all(Option::is_none)
    }

    /// The field of a policy, if it is given.
    pub fn get(&self, known: KnownField) -> Option<&'f Field<'a>> {
        self.fields[(known as usize).checked_sub(FIRST)?]
    }

    /// The fields of this group that are given.
    pub fn only(self, group: &'static [KnownField]) -> FieldGroup<'f, 'a> {
        FieldGroup { given: self, group }
    }

    /// All fields that are given.
    pub fn all(self) -> FieldGroup<'f, 'a> {
        self.only(&ALL)
    }
}

/// Some fields of a policy. As a key, two groups are equal if their texts are.
#[derive(Clone, Copy)]
pub(in crate::job) struct FieldGroup<'f, 'a> {
    given: PolicyFields<'f, 'a>,
    group: &'static [KnownField],
}

impl<'f, 'a> FieldGroup<'f, 'a> {
    /// The fields that are given, in the order of the group.
    pub fn iter(&self) -> impl Iterator<Item = (KnownField, &'f Field<'a>)> {
        let all = self.group.iter();
        all.filter_map(|known| Some((*known, self.given.get(*known)?)))
    }

    /// How many bytes their values take.
    pub fn size(&self) -> usize {
        self.iter().map(|(_, field)| field.value.len()).sum()
    }
}

impl Hash for FieldGroup<'_, '_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for (known, field) in self.iter() {
            state.write_u8(known as u8);
            state.write(field.value.as_bytes());
        }
    }
}
