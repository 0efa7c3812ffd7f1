//! Whether a job was there before.

use std::hash::BuildHasher;

use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};
use sha2::{Digest, Sha256};

use super::judge::Key;
use crate::job::{Field, Finding, KnownField};
use crate::{Fault, Rule, Severity};

/// What counts as the same job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Duplicates {
    /// The same phone, however spelt.
    #[default]
    Phone,
    /// The same value in every field, byte for byte; the order of the fields aside.
    Job,
    /// Nothing does: the caller vouches.
    Allow,
}

impl Duplicates {
    /// `phone`, `job` or `allow`.
    pub fn name(self) -> &'static str {
        match self {
            Duplicates::Phone => "phone",
            Duplicates::Job => "job",
            Duplicates::Allow => "allow",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [Duplicates::Phone, Duplicates::Job, Duplicates::Allow];
        all.into_iter().find(|kind| kind.name() == name)
    }
}

/// The sendable jobs so far, each by its first row.
pub(super) enum Seen {
    Phones(Phones),
    Jobs(Jobs),
    Nothing,
}

impl Seen {
    pub fn new(kind: Duplicates) -> Self {
        match kind {
            Duplicates::Phone => Seen::Phones(Phones::default()),
            Duplicates::Job => Seen::Jobs(Jobs::default()),
            Duplicates::Allow => Seen::Nothing,
        }
    }

    /// Notes a sendable job; answers what it breaks if it was there before.
    pub fn note(&mut self, row: u64, key: &Key, job: &[u8]) -> Option<Finding> {
        let (rule, first) = match self {
            Seen::Phones(phones) => (Rule::PhoneDuplicate, phones.first_row(key.phone, row)),
            Seen::Jobs(jobs) => {
                let digest = key.digest.unwrap_or_default();
                (Rule::JobDuplicate, jobs.first_row(&digest, row))
            }
            Seen::Nothing => return None,
        };
        (first != row).then(|| doubled(rule, first, &job[key.value.clone()]))
    }
}

/// Tables that grow one at a time: to grow, a table needs room for itself and for twice itself,
/// and of one among many that is little.
const SHARDS: usize = 64;

/// Phones and their first rows, at most 30 bytes for each: a table that has just doubled is seven
/// sixteenths full, and an entry takes 12 bytes and one of the table's own.
pub(super) struct Phones {
    shards: Vec<HashTable<PhoneRow>>,
    hasher: DefaultHashBuilder,
}

/// A phone's digits as a number, under 10^15 and so in 50 bits, behind a row in the 46 that are
/// left of 96.
#[derive(Clone, Copy)]
struct PhoneRow([u32; 3]);

impl PhoneRow {
    const PHONE_BITS: u32 = 50;

    fn new(phone: u64, row: u64) -> Self {
        let both = u128::from(row) << Self::PHONE_BITS | u128::from(phone);
        PhoneRow([both as u32, (both >> 32) as u32, (both >> 64) as u32])
    }

    fn both(self) -> u128 {
        let [low, middle, high] = self.0.map(u128::from);
        high << 64 | middle << 32 | low
    }

    fn phone(self) -> u64 {
        self.both() as u64 & ((1 << Self::PHONE_BITS) - 1)
    }

    fn row(self) -> u64 {
        (self.both() >> Self::PHONE_BITS) as u64
    }
}

impl Default for Phones {
    fn default() -> Self {
        Phones {
            shards: (0..SHARDS).map(|_| HashTable::new()).collect(),
            hasher: DefaultHashBuilder::default(),
        }
    }
}

impl Phones {
    /// The first row that had the phone, be it this one.
    fn first_row(&mut self, phone: u64, row: u64) -> u64 {
        let hash = self.hasher.hash_one(phone);
        // A table goes by the lowest bits and the highest.
        let shard = &mut self.shards[(hash >> 48) as usize % SHARDS];
        let entry = shard.entry(
            hash,
            |known| known.phone() == phone,
            |known| self.hasher.hash_one(known.phone()),
        );
        // An entry that is read just after it was written waits for the memory behind it.
        match entry {
            Entry::Occupied(known) => known.get().row(),
            Entry::Vacant(room) => {
                room.insert(PhoneRow::new(phone, row));
                row
            }
        }
    }
}

/// Digests of jobs and their first rows, at most 46 bytes for each.
pub(super) struct Jobs {
    shards: Vec<HashTable<DigestRow>>,
}

/// How much of a digest an entry keeps; the shard tells six bits more.
const KEPT: usize = 14;

/// The beginning of a job's SHA-256 and its row, in 40 bits. No two texts are known that agree in
/// the 118 bits which are compared, and nobody can look for them by chance: among a thousand
/// million jobs the odds for one such pair are under one in 10^17.
#[derive(Clone, Copy)]
struct DigestRow {
    digest: [u8; KEPT],
    row: [u8; 5],
}

impl DigestRow {
    fn hash(&self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.digest;
        u64::from_le_bytes([a, b, c, d, e, f, g, h])
    }

    fn row(&self) -> u64 {
        let [a, b, c, d, e] = self.row;
        u64::from_le_bytes([a, b, c, d, e, 0, 0, 0])
    }
}

impl Default for Jobs {
    fn default() -> Self {
        Jobs {
            shards: (0..SHARDS).map(|_| HashTable::new()).collect(),
        }
    }
}

impl Jobs {
    /// The first row that had the digest, be it this one.
    fn first_row(&mut self, digest: &[u8; 32], row: u64) -> u64 {
        let [a, b, c, d, e, ..] = row.to_le_bytes();
        let mut noted = DigestRow {
            digest: [0; KEPT],
            row: [a, b, c, d, e],
        };
        noted.digest.copy_from_slice(&digest[..KEPT]);
        let shard = &mut self.shards[usize::from(digest[KEPT]) % SHARDS];
        let entry = shard.entry(
            noted.hash(),
            |known| known.digest == noted.digest,
            DigestRow::hash,
        );
        entry.or_insert(noted).get().row()
    }
}

fn doubled(rule: Rule, first: u64, phone: &[u8]) -> Finding {
    let what = match rule {
        Rule::JobDuplicate => "the job equals that of",
        _ => "the phone belongs to",
    };
    Finding {
        field: (rule == Rule::PhoneDuplicate).then(|| KnownField::Phone.name().into()),
        severity: Severity::Error,
        fault: Fault::new(rule).because(format!("{what} row {first}")),
        value: Some(crate::job::shown(&String::from_utf8_lossy(phone))),
    }
}

/// One digest for the same fields in any order. Lengths stand before the texts, so that no
/// name can run over into a value.
pub(super) fn digest(fields: &[Field<'_>]) -> [u8; 32] {
    let mut sorted: Vec<(&[u8], &[u8])> = fields
        .iter()
        .map(|field| (field.name.bytes(), field.value.as_bytes()))
        .collect();
    sorted.sort_unstable();
    let mut sha = Sha256::new();
    for (name, value) in sorted {
        for text in [name, value] {
            sha.update((text.len() as u64).to_le_bytes());
            sha.update(text);
        }
    }
    sha.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_hold_the_largest_phone_and_row() {
        let (phone, row) = (999_999_999_999_999, (1 << 46) - 1);
        let entry = PhoneRow::new(phone, row);
        assert_eq!((entry.phone(), entry.row()), (phone, row));
        let entry = PhoneRow::new(phone, 0);
        assert_eq!((entry.phone(), entry.row()), (phone, 0));
    }

    #[test]
    fn first_rows_are_kept_while_tables_grow() {
        let mut phones = Phones::default();
        let mut jobs = Jobs::default();
        for row in 0..100_000u64 {
            let digest = Sha256::digest((row % 60_000).to_le_bytes()).into();
            assert_eq!(
                phones.first_row(70_000_000 + row % 60_000, row),
                row % 60_000
            );
            assert_eq!(jobs.first_row(&digest, row), row % 60_000);
        }
    }

    #[test]
    fn entries_take_the_bytes_that_are_told() {
        assert_eq!(size_of::<PhoneRow>(), 12);
        assert_eq!(size_of::<DigestRow>(), 19);
    }
}
