//! The fields of a policy that a job gives.

use std::hash::{Hash, Hasher};

use crate::job::field::{Field, KnownField};

/// The fields of a policy among a job's, each by its place; what is null is not given, and of a
/// field that stands twice, for which the job is rejected, the first counts.
#[derive(Clone, Copy)]
pub(in crate::job) struct Given<'f, 'a>([Option<&'f Field<'a>>; COUNT]);

/// How many fields a policy has: those behind the first three.
const COUNT: usize = KnownField::ALL.len() - FIRST;
const FIRST: usize = KnownField::StartDateTime as usize;

impl<'f, 'a> Given<'f, 'a> {
    /// Sorts the fields of a job.
    pub fn of(fields: &'f [Field<'a>]) -> Self {
        let mut given = [None; COUNT];
        for field in fields {
            let Some(known) = field.name.known() else {
                continue;
            };
            if let Some(place) = (known as usize).checked_sub(FIRST)
                && given[place].is_none()
                && field.value != "null"
            {
                given[place] = Some(field);
            }
        }
        Given(given)
    }

    /// The field of a policy, if it is given.
    pub fn get(&self, known: KnownField) -> Option<&'f Field<'a>> {
        self.0[(known as usize).checked_sub(FIRST)?]
    }

    /// Those of these fields that are given.
    pub fn only(self, group: &'static [KnownField]) -> Group<'f, 'a> {
        Group { given: self, group }
    }

    /// All that are given.
    pub fn all(self) -> Group<'f, 'a> {
        self.only(KnownField::ALL.split_at(FIRST).1)
    }
}

/// Some of a policy's fields; as a key they are what they say.
#[derive(Clone, Copy)]
pub(in crate::job) struct Group<'f, 'a> {
    given: Given<'f, 'a>,
    group: &'static [KnownField],
}

impl<'f, 'a> Group<'f, 'a> {
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

impl Hash for Group<'_, '_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for (known, field) in self.iter() {
            state.write_u8(known as u8);
            state.write(field.value.as_bytes());
        }
    }
}
