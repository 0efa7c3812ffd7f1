//! Finds phones that come twice, long after the rows that have them: in logs instead of a table.
//!
//! A table of all phones does not fit into a cache, so each row waits for memory. A log only grows at
//! its end. Phones go to one of up to 1024 logs by their hash, so equal phones are in the same log, and
//! what looks for doubles in one log (an index by open addressing) fits into the cache of a core.
//! This is the partitioning step of a radix hash join.
//!
//! Logs are settled when they have grown several times, and at the end: of each phone the first row is
//! kept, and the others are duplicates. Logs are settled in parallel.
//!
//! Limits: a duplicate is found late, so the logs are only for callers who don't need the answer row
//! by row. Duplicates take memory, at most 15 bytes each, until the logs are settled; those that are
//! listed take 8 more while they are handed over.

use std::hash::BuildHasher;
use std::ops::AddAssign;
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread;

use hashbrown::DefaultHashBuilder;

/// One log of so many phones and its index fit into the cache of a core.
const FEW: usize = 1 << 15;

/// At most so many bits of a hash choose the log. More logs would each need a page of their own.
const MOST_BITS: u32 = 10;

/// Logs are settled when they have so many times the phones that are known to differ: each phone is
/// looked at little more than once, however long the list is.
const GROWTH: usize = 8;

/// A log doubles until it has so many entries, and then grows by as many, or a quarter.
const SHORT: usize = 1 << 11;

/// The phones of sendable rows.
pub(in crate::batch::run) struct PhoneLogs {
    logs: Vec<Vec<PhoneEntry>>,
    /// How many bits of a hash choose the log.
    bits: u32,
    /// How many entries there are, and at how many they are settled.
    entries: usize,
    limit: usize,
    hasher: DefaultHashBuilder,
}

/// The digits of a phone as a number (below 10^15, so 50 bits), whether its row is sent after a repair,
/// and the row in the other 45 of 96 bits.
#[derive(Clone, Copy)]
struct PhoneEntry([u32; 3]);

impl PhoneEntry {
    const PHONE_BITS: u32 = 50;

    #[inline(always)]
    fn new(phone: u64, row: u64, is_repaired: bool) -> Self {
        let row = u128::from(row) << 1 | u128::from(is_repaired);
        let all = row << Self::PHONE_BITS | u128::from(phone);
        PhoneEntry([all as u32, (all >> 32) as u32, (all >> 64) as u32])
    }

    #[inline(always)]
    fn all(self) -> u128 {
        let [low, middle, high] = self.0;
        u128::from(high) << 64 | u128::from(middle) << 32 | u128::from(low)
    }

    #[inline(always)]
    fn phone(self) -> u64 {
        self.all() as u64 & ((1 << Self::PHONE_BITS) - 1)
    }

    fn is_repaired(self) -> bool {
        self.all() >> Self::PHONE_BITS & 1 == 1
    }

    fn row(self) -> u64 {
        (self.all() >> (Self::PHONE_BITS + 1)) as u64
    }
}

/// Which duplicates are wanted.
#[derive(Clone, Copy)]
pub(in crate::batch::run) struct WantedRows {
    /// Rows from here on do not count.
    pub end: u64,
    /// The rows before this one are wanted by their numbers,
    pub named_end: u64,
    /// but at most so many of them.
    pub most: usize,
    /// Whether all rows are to be listed.
    pub are_listed: bool,
}

/// The duplicates that were found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::batch::run) struct FoundDuplicates {
    /// How many would be clean otherwise.
    pub clean: u64,
    /// How many would be sent after a repair otherwise.
    pub repaired: u64,
    /// The first of the wanted ones, in order.
    pub named: Vec<NamedDuplicate>,
    /// All of them in any order, if they are to be listed.
    pub rows: Vec<u64>,
}

/// One duplicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::batch::run) struct NamedDuplicate {
    pub row: u64,
    /// The first row of its phone.
    pub first: u64,
    pub phone: u64,
}

impl AddAssign for FoundDuplicates {
    fn add_assign(&mut self, other: Self) {
        self.clean += other.clean;
        self.repaired += other.repaired;
        self.named.extend(other.named);
        self.rows.extend(other.rows);
    }
}

impl FoundDuplicates {
    fn add(&mut self, entry: PhoneEntry, first: u64, wanted: WantedRows) {
        let row = entry.row();
        if row >= wanted.end {
            return;
        }
        match entry.is_repaired() {
            true => self.repaired += 1,
            false => self.clean += 1,
        }
        if wanted.are_listed {
            self.rows.push(row);
        }
        if row < wanted.named_end && wanted.most > 0 {
            let phone = entry.phone();
            self.named.push(NamedDuplicate { row, first, phone });
            if self.named.len() >= wanted.most.saturating_mul(2) {
                self.keep_first(wanted.most);
            }
        }
    }

    fn keep_first(&mut self, most: usize) {
        if self.named.len() > most {
            self.named.select_nth_unstable(most);
            self.named.truncate(most);
        }
    }
}

impl PhoneLogs {
    pub fn new() -> Self {
        PhoneLogs {
            logs: vec![Vec::new()],
            bits: 0,
            entries: 0,
            limit: FEW,
            hasher: DefaultHashBuilder::default(),
        }
    }

    /// Adds the phones of sendable rows, which come in order.
    pub fn extend(&mut self, rows: impl Iterator<Item = (u64, u64, bool)>) {
        for (row, phone, is_repaired) in rows {
            let log = log_of(self.hasher.hash_one(phone), self.bits);
            push(
                &mut self.logs[log],
                PhoneEntry::new(phone, row, is_repaired),
            );
            self.entries += 1;
        }
    }

    pub fn len(&self) -> usize {
        self.entries
    }

    /// Whether the logs have grown so much that they are to be settled.
    pub fn is_full(&self) -> bool {
        self.entries >= self.limit
    }

    /// Finds the duplicates that were added since the last time, and keeps the first row of each
    /// phone.
    pub fn settle(&mut self, threads: usize, wanted: WantedRows) -> FoundDuplicates {
        let (bits, hasher, count) = (self.bits, &self.hasher, self.logs.len());
        let left = Mutex::new(self.logs.iter_mut());
        let settle = || {
            let (mut found, mut index) = (FoundDuplicates::default(), Vec::new());
            loop {
                // The lock is released as soon as there is a log.
                let log = left.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some(log) = log else { return found };
                settle_log(log, &mut index, (hasher, bits), |entry, first| {
                    found.add(entry, first, wanted)
                });
            }
        };
        let mut found = thread::scope(|scope| {
            let start = |_| thread::Builder::new().spawn_scoped(scope, settle);
            // Fewer threads are enough.
            let others: Vec<_> = (1..threads.min(count))
                .map_while(|i| start(i).ok())
                .collect();
            let mut found = settle();
            for other in others {
                found += other.join().unwrap_or_else(|panic| resume_unwind(panic));
            }
            found
        });
        found.keep_first(wanted.most);
        found.named.sort_unstable();
        self.entries = self.logs.iter().map(Vec::len).sum();
        self.limit = self.entries.saturating_mul(GROWTH).max(FEW);
        // Few logs at a time, because each page that is written for the first time costs a fault.
        let bits = (self.limit / FEW).ilog2().clamp(self.bits, MOST_BITS);
        if bits > self.bits {
            self.divide(bits);
        }
        found
    }

    /// Divides the logs into more: so many bits choose one.
    fn divide(&mut self, bits: u32) {
        self.bits = bits;
        let all = std::mem::take(&mut self.logs);
        self.logs.resize_with(1 << bits, Vec::new);
        for entry in all.into_iter().flatten() {
            let hash = self.hasher.hash_one(entry.phone());
            push(&mut self.logs[log_of(hash, bits)], entry);
        }
    }
}

/// The number of the log. The index of a log uses the bits below.
#[inline(always)]
fn log_of(hash: u64, bits: u32) -> usize {
    (hash >> 32 >> (32 - bits)) as usize
}

/// Adds an entry. A vector that doubles would take half as much memory again on average.
#[inline(always)]
fn push(log: &mut Vec<PhoneEntry>, entry: PhoneEntry) {
    if log.len() == log.capacity() {
        grow(log);
    }
    log.push(entry);
}

#[cold]
fn grow(log: &mut Vec<PhoneEntry>) {
    let length = log.len();
    log.reserve_exact((length / 4).max(length.clamp(32, SHORT)));
}

/// Removes the entries whose phone an earlier one has, and hands over each with the row of that one.
/// `index` is memory to use.
fn settle_log(
    log: &mut Vec<PhoneEntry>,
    index: &mut Vec<u32>,
    (hasher, bits): (&DefaultHashBuilder, u32),
    mut on_double: impl FnMut(PhoneEntry, u64),
) {
    let size = (2 * log.len()).next_power_of_two().max(2);
    let (mask, shift) = (size - 1, 64 - size.trailing_zeros());
    index.clear();
    index.resize(size, 0);
    let mut kept = 0;
    for next in 0..log.len() {
        let entry = log[next];
        let phone = entry.phone();
        let mut at = (hasher.hash_one(phone) << bits >> shift) as usize;
        loop {
            // A slot has the place of an entry, plus one.
            let slot = index[at & mask];
            if slot == 0 {
                log[kept] = entry;
                kept += 1;
                index[at & mask] = kept as u32;
                break;
            }
            let earlier = log[slot as usize - 1];
            if earlier.phone() == phone {
                on_double(entry, earlier.row());
                break;
            }
            at += 1;
        }
    }
    log.truncate(kept);
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    const ALL: WantedRows = WantedRows {
        end: u64::MAX,
        named_end: u64::MAX,
        most: usize::MAX,
        are_listed: true,
    };

    #[test]
    fn entries_hold_the_largest_phone_and_row() {
        let (phone, row) = (999_999_999_999_999, (1 << 45) - 1);
        for is_repaired in [false, true] {
            let entry = PhoneEntry::new(phone, row, is_repaired);
            let held = (entry.phone(), entry.row(), entry.is_repaired());
            assert_eq!(held, (phone, row, is_repaired));
            let entry = PhoneEntry::new(phone, 0, is_repaired);
            assert_eq!((entry.phone(), entry.row()), (phone, 0));
        }
        assert_eq!(size_of::<PhoneEntry>(), 12);
    }

    /// Some phones of so many, as an unsigned step of a generator.
    fn rows(count: u64, phones: u64) -> impl Iterator<Item = (u64, u64, bool)> {
        let phone = move |row: u64| row.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        (0..count).map(move |row| (row, 70_000_000_000 + phone(row) % phones, row % 3 == 0))
    }

    /// What a table of all phones finds.
    fn by_table(rows: impl Iterator<Item = (u64, u64, bool)>) -> FoundDuplicates {
        let (mut firsts, mut found) = (HashMap::new(), FoundDuplicates::default());
        for (row, phone, is_repaired) in rows {
            let first = *firsts.entry(phone).or_insert(row);
            if first != row {
                found.named.push(NamedDuplicate { row, first, phone });
                found.rows.push(row);
                match is_repaired {
                    true => found.repaired += 1,
                    false => found.clean += 1,
                }
            }
        }
        found
    }

    #[test]
    fn logs_find_what_a_table_finds_however_often_they_are_settled() {
        for (count, phones) in [
            (0, 1),
            (1, 1),
            (1000, 1),
            (400_000, 1_000_000),
            (400_000, 70_000),
        ] {
            for threads in [1, 3] {
                let (mut logs, mut found) = (PhoneLogs::new(), FoundDuplicates::default());
                let mut left = rows(count, phones);
                for length in [0, 7, 30_000, 60_000, 400_000] {
                    logs.extend(left.by_ref().take(length));
                    found += logs.settle(threads, ALL);
                }
                let expected = by_table(rows(count, phones));
                found.rows.sort_unstable();
                assert!(found == expected, "{count} {phones} {threads}");
                let distinct = count as usize - expected.named.len();
                assert_eq!(logs.len(), distinct);
            }
        }
    }

    #[test]
    fn only_the_wanted_rows_are_named_and_only_counted_rows_count() {
        let mut logs = PhoneLogs::new();
        logs.extend(rows(90_000, 30_000));
        let (end, named_end, most) = (80_000, 70_000, 9000);
        let found = logs.settle(
            2,
            WantedRows {
                end,
                named_end,
                most,
                are_listed: false,
            },
        );
        let mut expected = by_table(rows(end, 30_000));
        expected.named.retain(|double| double.row < named_end);
        assert!(expected.named.len() > most);
        expected.named.truncate(most);
        expected.rows.clear();
        assert!(found == expected);
    }

    #[test]
    fn an_entry_takes_at_most_fifteen_bytes() {
        let mut logs = PhoneLogs::new();
        for count in [200_000, 400_000, 600_000] {
            logs.extend(rows(count, 1 << 40).skip(logs.len()));
            if logs.is_full() {
                logs.settle(1, ALL);
            }
            let room: usize = logs.logs.iter().map(Vec::capacity).sum();
            let short = logs.logs.len() * SHORT;
            assert!(room <= logs.len() + logs.len() / 4 + short);
        }
    }
}
