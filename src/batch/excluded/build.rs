//! Makes a table of phones that come in any order.
//!
//! Keys that begin with the same ten bits go to one of 1024 parts, where their other bits are kept as
//! five bytes. At the end the parts are sorted and coded, on several threads; each part fits into
//! the cache of its core. The bytes of a part are freed as it is coded, so the whole takes little more
//! than those bytes.

use std::io;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::key::KeyWidth;
use super::table::{MANY, PART_BITS, PhoneTable, TablePart, TableShape};

/// How many keys wait before they go to their parts.
const WAITING: usize = MANY as usize;
/// The bytes of a key in its part.
const KEY_BYTES: usize = 5;
const _: () = assert!(KeyWidth::Long.bits() - PART_BITS <= 8 * KEY_BYTES as u32);

/// The bits of the number of a list, beside a key in one word.
pub(super) const LIST_BITS: u32 = 64 - KeyWidth::Long.bits();

/// Called between two parts; its error ends the work.
pub(super) type OnPart<'a> = dyn FnMut() -> io::Result<()> + 'a;

/// Phones that a table is made of, all of one width.
#[derive(Clone, Debug)]
pub(super) struct TableBuilder {
    pub width: KeyWidth,
    /// Keys that came last, each with its list in the lowest bits.
    waiting: Vec<u64>,
    /// None before many have come.
    parts: Vec<KeysOfPart>,
}

/// The keys that begin with the same bits.
#[derive(Clone, Debug, Default)]
struct KeysOfPart {
    /// Their other bits.
    bytes: Vec<u8>,
    /// The lists of the keys, and with which key each begins; `lists` once they are sorted.
    runs: Vec<(u16, usize)>,
    lists: Vec<u16>,
}

impl TableBuilder {
    pub fn new(width: KeyWidth) -> Self {
        TableBuilder {
            width,
            waiting: Vec::new(),
            parts: Vec::new(),
        }
    }

    pub fn add(&mut self, key: u64, list: u16) {
        self.waiting.push(key << LIST_BITS | u64::from(list));
        if self.waiting.len() >= WAITING {
            self.spread();
        }
    }

    /// Puts the waiting keys into their parts.
    fn spread(&mut self) {
        self.parts.resize_with(1 << PART_BITS, KeysOfPart::default);
        let bits = self.bits_of_entry();
        let mask = (1 << bits) - 1;
        for entry in self.waiting.drain(..) {
            let part = (entry >> bits) as usize;
            self.parts[part].add(entry & mask);
        }
    }

    /// The bits of a key in its part, and of its list.
    fn bits_of_entry(&self) -> u32 {
        self.width.bits() - PART_BITS + LIST_BITS
    }

    /// The table of all keys. A phone belongs to the first list that has it.
    ///
    /// # Errors
    /// That of `on_part`.
    pub fn finish(
        mut self,
        lists: usize,
        threads: usize,
        on_part: &mut OnPart<'_>,
    ) -> io::Result<PhoneTable> {
        if self.parts.is_empty() {
            return Ok(small_table(self.width, self.waiting, lists));
        }
        self.spread();
        self.waiting = Vec::new();
        let (width, bits) = (self.width, self.bits_of_entry());
        let sort = |mut part: KeysOfPart| {
            part.sort(bits);
            part
        };
        let parts = on_threads(self.parts, threads, on_part, sort)?;
        let keys = parts.iter().map(|part| part.len() as u64).sum();
        if keys < MANY {
            let entries = parts
                .iter()
                .zip(0_u64..)
                .flat_map(|(part, first)| part.entries().map(move |entry| first << bits | entry));
            return Ok(small_table(width, entries.collect(), lists));
        }
        let shape = TableShape::of(width, keys, lists);
        let code = |part: KeysOfPart| part.coded(shape);
        let parts = on_threads(parts, threads, on_part, code)?;
        Ok(PhoneTable::of_parts(parts, shape))
    }
}

fn small_table(width: KeyWidth, mut entries: Vec<u64>, lists: usize) -> PhoneTable {
    sort_entries(&mut entries);
    let shape = TableShape::of(width, entries.len() as u64, lists);
    let keys: Vec<u64> = entries.iter().map(|entry| entry >> LIST_BITS).collect();
    let part = TablePart::of(&keys, entries.iter().map(list_of_entry), shape);
    PhoneTable::of_parts(vec![part], shape)
}

/// Sorts keys, and keeps each with its first list.
fn sort_entries(entries: &mut Vec<u64>) {
    entries.sort_unstable();
    entries.dedup_by_key(|entry| *entry >> LIST_BITS);
}

/// Sorts numbers of so many bits that are spread evenly: first into as many ranges as there are
/// numbers, and then each range. A range has one or two of them, or as many as somebody has chosen.
fn sorted_by_ranges(numbers: &[u64], bits: u32) -> Vec<u64> {
    let ranges = numbers.len().max(1).next_power_of_two();
    let shift = bits.saturating_sub(ranges.ilog2());
    let range_of = |number: u64| ((number >> shift) as usize).min(ranges - 1);
    let mut ends = vec![0_u32; ranges + 1];
    for number in numbers {
        ends[range_of(*number) + 1] += 1;
    }
    let mut sum = 0;
    for end in &mut ends {
        sum += *end;
        *end = sum;
    }
    // Each entry is where its range begins, and becomes where it ends.
    let mut sorted = vec![0; numbers.len()];
    for number in numbers {
        let place = &mut ends[range_of(*number)];
        sorted[*place as usize] = *number;
        *place += 1;
    }
    let mut begin = 0;
    for end in &ends[..ranges] {
        let range = &mut sorted[begin..*end as usize];
        match range {
            [] | [_] => {}
            [first, second] => {
                if first > second {
                    std::mem::swap(first, second);
                }
            }
            _ => range.sort_unstable(),
        }
        begin = *end as usize;
    }
    sorted
}

fn list_of_entry(entry: &u64) -> u16 {
    (entry & ((1 << LIST_BITS) - 1)) as u16
}

impl KeysOfPart {
    fn len(&self) -> usize {
        self.bytes.len() / KEY_BYTES
    }

    fn add(&mut self, entry: u64) {
        let list = list_of_entry(&entry);
        if self.runs.last().is_none_or(|(last, _)| *last != list) {
            self.runs.push((list, self.len()));
        }
        if self.bytes.capacity() - self.bytes.len() < KEY_BYTES {
            // To double it would waste half of the memory.
            self.bytes
                .reserve_exact(self.bytes.len() / 4 + 64 * KEY_BYTES);
        }
        let key = entry >> LIST_BITS;
        self.bytes
            .extend_from_slice(&key.to_le_bytes()[..KEY_BYTES]);
    }

    fn keys(&self, range: Range<usize>) -> impl Iterator<Item = u64> + '_ {
        let bytes = &self.bytes[KEY_BYTES * range.start..KEY_BYTES * range.end];
        bytes.chunks_exact(KEY_BYTES).map(|bytes| {
            let mut key = [0; 8];
            key[..KEY_BYTES].copy_from_slice(bytes);
            u64::from_le_bytes(key)
        })
    }

    /// Sorts the keys, which have so many bits with their lists.
    fn sort(&mut self, bits: u32) {
        let mut entries = Vec::with_capacity(self.len());
        let runs = std::mem::take(&mut self.runs);
        let ends = runs.iter().skip(1).map(|(_, begin)| *begin);
        for ((list, begin), end) in runs.iter().zip(ends.chain([self.len()])) {
            let keys = self.keys(*begin..end);
            entries.extend(keys.map(|key| key << LIST_BITS | u64::from(*list)));
        }
        let mut entries = sorted_by_ranges(&entries, bits);
        entries.dedup_by_key(|entry| *entry >> LIST_BITS);
        let has_lists = entries.iter().any(|entry| list_of_entry(entry) > 0);
        if has_lists {
            self.lists = entries.iter().map(list_of_entry).collect();
        }
        self.bytes.truncate(KEY_BYTES * entries.len());
        for (bytes, entry) in self.bytes.chunks_exact_mut(KEY_BYTES).zip(&entries) {
            let key = entry >> LIST_BITS;
            bytes.copy_from_slice(&key.to_le_bytes()[..KEY_BYTES]);
        }
    }

    /// The keys, each with its list. They are sorted.
    fn entries(&self) -> impl Iterator<Item = u64> + '_ {
        let lists = self.lists.iter().copied().chain(std::iter::repeat(0));
        let keys = self.keys(0..self.len()).zip(lists);
        keys.map(|(key, list)| key << LIST_BITS | u64::from(list))
    }

    fn coded(self, shape: TableShape) -> (TablePart, Vec<u64>) {
        let keys: Vec<u64> = self.keys(0..self.len()).collect();
        let lists = self.lists.iter().copied().chain(std::iter::repeat(0));
        TablePart::of(&keys, lists, shape)
    }
}

/// Does some work on each item, on as many threads, of which the caller's is one. Only the caller's
/// thread calls `on_item`.
fn on_threads<T: Send, A: Send>(
    items: Vec<T>,
    threads: usize,
    on_item: &mut OnPart<'_>,
    work: impl Fn(T) -> A + Sync,
) -> io::Result<Vec<A>> {
    let answers: Mutex<Vec<Option<A>>> = Mutex::new(items.iter().map(|_| None).collect());
    let queue = Mutex::new(items.into_iter().enumerate());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work_on_next = || -> bool {
        let Some((place, item)) = next() else {
            return false;
        };
        let answer = work(item);
        answers.lock().unwrap_or_else(PoisonError::into_inner)[place] = Some(answer);
        true
    };
    let ended = thread::scope(|scope| {
        for _ in 1..threads {
            // Fewer threads are enough.
            let _ = thread::Builder::new().spawn_scoped(scope, || while work_on_next() {});
        }
        while work_on_next() {
            if let Err(error) = on_item() {
                // The other threads find nothing to do.
                while next().is_some() {}
                return Err(error);
            }
        }
        Ok(())
    });
    let answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
    ended.map(|()| answers.into_iter().flatten().collect())
}
