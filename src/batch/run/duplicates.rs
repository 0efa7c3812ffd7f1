//! Finds jobs that repeat an earlier one.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::io;
use std::path::Path;

use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};
use sha2::{Digest, Sha256};

use crate::batch::options::Duplicates;
use crate::batch::out::spool::Spool;
use crate::job::{Field, parse_whole};

/// A sendable job that is compared with the ones before it.
pub(in crate::batch) struct DuplicateCandidate<'t> {
    pub row: u64,
    /// The digits of its phone as a number.
    pub phone: u64,
    /// Its [`digest`], if duplicates are found by job.
    pub digest: Option<&'t [u8; 32]>,
    pub text: &'t [u8],
}

/// The sendable jobs so far, with the first row of each.
pub(in crate::batch) enum SeenJobs {
    Phones(PhoneTable),
    Jobs(JobTable),
    Nothing,
    /// The caller has the whole list and has found the duplicates: each one with its first row.
    Given(HashMap<u64, u64>),
}

impl SeenJobs {
    /// No jobs so far. Texts that do not stay in memory go into `dir`, or into the system's
    /// directory for temporary files.
    pub fn new(kind: Duplicates, dir: Option<&Path>) -> io::Result<Self> {
        Ok(match kind {
            Duplicates::Phone => SeenJobs::Phones(PhoneTable::default()),
            Duplicates::Job => SeenJobs::Jobs(JobTable::new(Spool::new(dir)?)),
            Duplicates::Allow => SeenJobs::Nothing,
        })
    }

    /// Finds which of some sendable jobs are duplicates: their rows, in order, and the first row of
    /// each.
    ///
    /// # Errors
    /// The temporary file can't be written or read.
    pub fn doubled<'t>(
        &mut self,
        jobs: impl Iterator<Item = DuplicateCandidate<'t>>,
    ) -> io::Result<Vec<(u64, u64)>> {
        match self {
            SeenJobs::Phones(phones) => Ok(phones.doubled(jobs.map(|job| (job.row, job.phone)))),
            SeenJobs::Jobs(known) => {
                let mut doubled = Vec::new();
                for job in jobs {
                    let digest = job.digest.unwrap_or(&[0; 32]);
                    let first = known.first_row(digest, job.row, job.text)?;
                    doubled.extend((first != job.row).then_some((job.row, first)));
                }
                Ok(doubled)
            }
            SeenJobs::Nothing => Ok(Vec::new()),
            SeenJobs::Given(doubled) => {
                let doubled_job =
                    |job: DuplicateCandidate<'_>| Some((job.row, *doubled.get(&job.row)?));
                Ok(jobs.filter_map(doubled_job).collect())
            }
        }
    }
}

/// Many tables grow one at a time. A table that grows needs three times its memory for a moment,
/// which is little for one of many.
const SHARDS: usize = 64;

/// Phones and their first rows, with at most 30 bytes for each: a table that has just doubled is
/// seven sixteenths full, and an entry takes 12 bytes and a byte of the table's own.
pub(in crate::batch) struct PhoneTable {
    shards: Vec<HashTable<PhoneRow>>,
    hasher: DefaultHashBuilder,
}

/// The digits of a phone as a number (below 10^15, so 50 bits), and its row in the other 46 of 96
/// bits.
#[derive(Clone, Copy)]
struct PhoneRow([u32; 3]);

impl PhoneRow {
    const PHONE_BITS: u32 = 50;

    fn new(phone: u64, row: u64) -> Self {
        let both = u128::from(row) << Self::PHONE_BITS | u128::from(phone);
        PhoneRow([both as u32, (both >> 32) as u32, (both >> 64) as u32])
    }

    fn both(self) -> u128 {
        let [low, middle, high] = self.0;
        u128::from(high) << 64 | u128::from(middle) << 32 | u128::from(low)
    }

    fn phone(self) -> u64 {
        self.both() as u64 & ((1 << Self::PHONE_BITS) - 1)
    }

    fn row(self) -> u64 {
        (self.both() >> Self::PHONE_BITS) as u64
    }
}

impl Default for PhoneTable {
    fn default() -> Self {
        PhoneTable {
            shards: (0..SHARDS).map(|_| HashTable::new()).collect(),
            hasher: DefaultHashBuilder::default(),
        }
    }
}

impl PhoneTable {
    /// Finds duplicates among phones with their rows: their rows, and the first row of each.
    fn doubled(&mut self, phones: impl Iterator<Item = (u64, u64)>) -> Vec<(u64, u64)> {
        let hashed = phones.map(|(row, phone)| (row, phone, self.hasher.hash_one(phone)));
        let hashed: Vec<(u64, u64, u64)> = hashed.collect();
        // The tables do not fit into a cache. All lookups come first, with nothing else between
        // them, so that they wait for memory together. Waiting one by one took half of the time.
        let known = |(_, phone, hash): &(u64, u64, u64)| {
            let known = self.shards[shard(*hash)].find(*hash, |known| known.phone() == *phone);
            known.map(|known| known.row())
        };
        let firsts: Vec<Option<u64>> = hashed.iter().map(known).collect();
        let mut doubled = Vec::new();
        for ((row, phone, hash), first) in hashed.into_iter().zip(firsts) {
            let first = first.unwrap_or_else(|| self.first_row(row, phone, hash));
            if first != row {
                doubled.push((row, first));
            }
        }
        doubled
    }

    fn first_row(&mut self, row: u64, phone: u64, hash: u64) -> u64 {
        let entry = self.shards[shard(hash)].entry(
            hash,
            |known| known.phone() == phone,
            |known| self.hasher.hash_one(known.phone()),
        );
        match entry {
            Entry::Occupied(known) => known.get().row(),
            // Reading the new entry back would wait for the memory again.
            Entry::Vacant(room) => {
                room.insert(PhoneRow::new(phone, row));
                row
            }
        }
    }
}

/// The index of the table. Inside a table the lowest and the highest bits of a hash are used.
fn shard(hash: u64) -> usize {
    (hash >> 48) as usize % SHARDS
}

/// Jobs, by the first bytes of their digests, with at most 34 bytes for each. Their texts are on
/// the disk and are compared: two jobs are the same if their texts have the same fields.
pub(in crate::batch) struct JobTable {
    shards: Vec<HashTable<JobPlace>>,
    texts: Spool,
}

/// How many bytes of a digest an entry keeps. They only have to distinguish nearly all jobs.
const KEPT: usize = 8;

/// The first bytes of a job's digest, and the place of its text in 48 bits.
#[derive(Clone, Copy)]
struct JobPlace {
    digest: [u8; KEPT],
    at: [u8; 6],
}

impl JobPlace {
    fn hash(&self) -> u64 {
        u64::from_le_bytes(self.digest)
    }

    fn at(&self) -> u64 {
        let [a, b, c, d, e, f] = self.at;
        u64::from_le_bytes([a, b, c, d, e, f, 0, 0])
    }
}

impl JobTable {
    fn new(texts: Spool) -> Self {
        JobTable {
            shards: (0..SHARDS).map(|_| HashTable::new()).collect(),
            texts,
        }
    }

    /// The first row of the same job, which may be this row.
    fn first_row(&mut self, digest: &[u8; 32], row: u64, text: &[u8]) -> io::Result<u64> {
        let [a, b, c, d, e, f, ..] = self.texts.end().to_le_bytes();
        let mut noted = JobPlace {
            digest: [0; KEPT],
            at: [a, b, c, d, e, f],
        };
        noted.digest.copy_from_slice(&digest[..KEPT]);
        let mut first = Ok(None);
        let entry = self.shards[usize::from(digest[KEPT]) % SHARDS].entry(
            noted.hash(),
            |known| {
                if known.digest != noted.digest || !matches!(first, Ok(None)) {
                    return false;
                }
                first = self.texts.get(known.at()).map(|(row, known)| {
                    let is_same = known == text || same_fields(&known, text);
                    is_same.then_some(row)
                });
                matches!(first, Ok(Some(_)))
            },
            JobPlace::hash,
        );
        if let Entry::Vacant(room) = entry {
            first?;
            room.insert(noted);
            self.texts.push(row, text.len(), std::iter::once(text))?;
            return Ok(row);
        }
        Ok(first?.unwrap_or(row))
    }
}

/// Whether two jobs have the same fields in any order.
fn same_fields(one: &[u8], other: &[u8]) -> bool {
    let mut rooms = [Vec::new(), Vec::new()];
    let [first, second] = &mut rooms;
    let (one, other) = (sorted_fields(one, first), sorted_fields(other, second));
    one.is_some() && one == other
}

/// The names and values of a job's fields, sorted.
fn sorted_fields<'a: 'f, 'f>(
    text: &'a [u8],
    fields: &'f mut Vec<Field<'a>>,
) -> Option<Vec<(&'f [u8], &'f str)>> {
    let job = parse_whole(std::str::from_utf8(text).ok()?, fields).ok()?;
    let fields = job.fields?.iter();
    let mut sorted: Vec<_> = fields
        .map(|field| (field.name.bytes(), field.value))
        .collect();
    sorted.sort_unstable();
    Some(sorted)
}

/// The same digest for the same fields in any order. The length comes before each text, so that a
/// name can't continue into a value.
pub(in crate::batch) fn digest(fields: &[Field<'_>]) -> [u8; 32] {
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
        let mut phones = PhoneTable::default();
        let rows: Vec<u64> = (0..100_000).collect();
        for block in rows.chunks(999) {
            let with_phones = block.iter().map(|row| (*row, 70_000_000 + row % 60_000));
            let late = block.iter().filter(|row| **row >= 60_000);
            let doubled = late.map(|row| (*row, row - 60_000));
            assert!(phones.doubled(with_phones).into_iter().eq(doubled));
        }
        let same = phones.doubled([(100_000, 1), (100_001, 1)].into_iter());
        assert_eq!(same, [(100_001, 100_000)]);
    }

    fn first_row(jobs: &mut JobTable, row: u64, text: &str) -> u64 {
        let mut fields = Vec::new();
        let job = parse_whole(text, &mut fields).unwrap();
        let digest = digest(job.fields.unwrap());
        jobs.first_row(&digest, row, text.as_bytes()).unwrap()
    }

    #[test]
    fn jobs_are_the_same_when_their_fields_are() {
        let mut jobs = JobTable::new(Spool::new(None).unwrap());
        for row in 0..20_000 {
            let number = row % 15_000;
            let text = match row < 15_000 {
                true => format!(r#"{{"phone":"{number}","gmtZone":"Z"}}"#),
                false => format!(r#"{{"gmtZone": "Z", "phone": "{number}"}}"#),
            };
            assert_eq!(first_row(&mut jobs, row, &text), number);
        }
    }

    #[test]
    fn jobs_whose_digests_agree_are_compared_by_text() {
        let mut jobs = JobTable::new(Spool::new(None).unwrap());
        let mut first_row = |row: u64, text: &[u8]| jobs.first_row(&[7; 32], row, text).unwrap();
        assert_eq!(first_row(0, br#"{"phone":"1"}"#), 0);
        assert_eq!(first_row(1, br#"{"phone":"2"}"#), 1);
        assert_eq!(first_row(2, br#"{"phone": "1"}"#), 0);
        assert_eq!(first_row(3, br#"{"phone":"2"}"#), 1);
        assert_eq!(first_row(4, br#"{"phone":"3"}"#), 4);
    }

    #[test]
    fn entries_take_the_bytes_that_the_options_promise() {
        assert_eq!(size_of::<PhoneRow>(), 12);
        assert_eq!(size_of::<JobPlace>(), 14);
    }
}
