//! Phones that are not to be called: a table that is built before a run and asked for every job.
//!
//! A phone has 50 bits. They are mixed by a bijection, so that the keys of any list are spread
//! evenly, and the table stays exact: equal keys are equal phones. The keys are sorted, each with the
//! number of its list, in 8 bytes. The places where stretches of keys begin take at most two bytes a
//! phone more, and a stretch has two to four keys. So a look-up reads two lines of memory, and the
//! look-ups of a block wait for them together.
//!
//! Limits: 16 384 lists, and 2^32 phones.

use std::sync::Arc;

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

/// E.164 has at most 15 digits.
const PHONE_BITS: u32 = 50;
const PHONE_MASK: u64 = (1 << PHONE_BITS) - 1;
const LIST_BITS: u32 = 64 - PHONE_BITS;
const MOST_LISTS: usize = 1 << LIST_BITS;
/// A stretch has between so many keys on average and twice as many.
const STRETCH: usize = 2;

/// Spreads phones over all 50 bits. Odd factors and a shift by half of the bits can be undone, so no
/// two phones get the same key.
fn key(phone: u64) -> u64 {
    let mixed = phone.wrapping_mul(0x9E37_79B9_7F4A_7C15) & PHONE_MASK;
    let mixed = mixed ^ mixed >> (PHONE_BITS / 2);
    mixed.wrapping_mul(0xD6E8_FEB8_6659_FD93) & PHONE_MASK
}

fn list_of_entry(entry: u64) -> u16 {
    (entry & (MOST_LISTS as u64 - 1)) as u16
}

/// One of the lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct ExcludedList {
    name: String,
    /// Its entries that are phones.
    phones: u64,
    /// Its other entries.
    #[serde(skip)]
    others: u64,
}

/// What the entries of a source of excluded phones are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExcludedEntries {
    /// Phones, read under the options of the batch.
    #[default]
    Phones,
    /// Jobs of request bodies of an earlier run, whose phones are digits of E.164.
    Bodies,
    /// The lines of the reject file of an earlier run. Only the phones count that it has rejected
    /// because they were sent already, or are not to be called.
    Rejects,
}

impl ExcludedEntries {
    /// The entries of this name: `phones`, `bodies` or `rejects`.
    pub fn from_name(name: &str) -> Option<ExcludedEntries> {
        match name {
            "phones" => Some(ExcludedEntries::Phones),
            "bodies" => Some(ExcludedEntries::Bodies),
            "rejects" => Some(ExcludedEntries::Rejects),
            _ => None,
        }
    }
}

/// The lists, while they are read.
#[derive(Clone, Debug, Default)]
pub struct ExclusionLists {
    lists: Vec<ExcludedList>,
    entries: Vec<u64>,
    /// What the entries are that come.
    pub(in crate::batch) kind: ExcludedEntries,
}

impl ExclusionLists {
    /// Begins a list of this name. The entries that are added belong to it. Several sources may make
    /// one list, if each begins it by the same name. `kind` says what the entries are.
    ///
    /// # Errors
    /// There are too many lists.
    pub fn begin(&mut self, name: &str, kind: ExcludedEntries) -> Result<(), String> {
        self.kind = kind;
        if self.lists.last().is_some_and(|last| last.name == name) {
            return Ok(());
        }
        if self.lists.len() == MOST_LISTS {
            return Err(format!("exclude takes at most {MOST_LISTS} lists"));
        }
        self.lists.push(ExcludedList {
            name: name.to_owned(),
            phones: 0,
            others: 0,
        });
        Ok(())
    }

    /// Adds an entry of the last list: a phone as a number, or something else.
    pub fn add(&mut self, phone: Option<u64>) {
        let number = self.lists.len().saturating_sub(1) as u64;
        let Some(list) = self.lists.last_mut() else {
            return;
        };
        match phone {
            Some(phone) => {
                list.phones += 1;
                self.entries.push(key(phone) << LIST_BITS | number);
            }
            None => list.others += 1,
        }
    }

    /// The table of all lists. A phone belongs to the first list that has it.
    pub fn finish(self) -> ExcludedPhones {
        let ExclusionLists {
            lists, mut entries, ..
        } = self;
        entries.sort_unstable();
        entries.dedup_by_key(|entry| *entry >> LIST_BITS);
        entries.shrink_to_fit();
        let bits = (entries.len() / STRETCH).max(1).ilog2();
        let shift = PHONE_BITS - bits;
        let mut starts = Vec::with_capacity((1 << bits) + 1);
        let mut at = 0;
        for stretch in 0..1_u64 << bits {
            starts.push(at as u32);
            let end = (stretch + 1) << shift;
            at += entries[at..].partition_point(|entry| entry >> LIST_BITS < end);
        }
        starts.push(at as u32);
        ExcludedPhones(Arc::new(Table {
            lists,
            entries,
            starts,
            shift,
        }))
    }
}

#[derive(Debug)]
struct Table {
    lists: Vec<ExcludedList>,
    /// Sorted: the key of a phone, and the number of its list in the lowest bits.
    entries: Vec<u64>,
    /// Where each stretch of entries begins whose keys agree above the shift, and the end of the last.
    starts: Vec<u32>,
    shift: u32,
}

/// The phones of all lists. A clone shares them.
///
/// ```
/// use predial::batch::{ExcludedEntries, ExclusionLists};
/// let mut lists = ExclusionLists::default();
/// lists.begin("called.csv", ExcludedEntries::Phones).unwrap();
/// lists.add(Some(79110000000));
/// let excluded = lists.finish();
/// assert_eq!(excluded.list_of(79110000000), Some(0));
/// assert_eq!(excluded.name(0), "called.csv");
/// assert_eq!(excluded.list_of(79110000001), None);
/// ```
#[derive(Clone, Debug)]
pub struct ExcludedPhones(Arc<Table>);

impl ExcludedPhones {
    /// The number of the first list that has a phone.
    #[inline]
    pub fn list_of(&self, phone: u64) -> Option<u16> {
        let key = key(phone);
        self.entry(key, self.stretch(key)).map(list_of_entry)
    }

    /// Those of some phones, with their rows, that a list has: the rows and the numbers of the lists.
    pub(in crate::batch) fn listed(
        &self,
        phones: impl Iterator<Item = (u64, u64)>,
    ) -> Vec<(u64, u16)> {
        // The table does not fit into a cache: the bounds of all stretches come first, so that they
        // wait for memory together, and then the stretches do.
        let bounded = phones.map(|(row, phone)| {
            let key = key(phone);
            (row, key, self.stretch(key))
        });
        let bounded: Vec<(u64, u64, (u32, u32))> = bounded.collect();
        let entries = bounded
            .into_iter()
            .map(|(row, key, stretch)| (row, self.entry(key, stretch)));
        let listed = entries.filter_map(|(row, entry)| Some((row, list_of_entry(entry?))));
        listed.collect()
    }

    /// The bounds of the entries among which a key would be.
    #[inline(always)]
    fn stretch(&self, key: u64) -> (u32, u32) {
        let stretch = (key >> self.0.shift) as usize;
        (self.0.starts[stretch], self.0.starts[stretch + 1])
    }

    #[inline(always)]
    fn entry(&self, key: u64, (start, end): (u32, u32)) -> Option<u64> {
        let entries = &self.0.entries[start as usize..end as usize];
        entries
            .iter()
            .copied()
            .find(|entry| entry >> LIST_BITS == key)
    }

    /// The name of a list.
    pub fn name(&self, list: u16) -> &str {
        let list = self.0.lists.get(usize::from(list));
        list.map_or("", |list| &list.name)
    }

    /// What a reader of the report has to know of the lists.
    pub(in crate::batch) fn notes(&self) -> impl Iterator<Item = String> + '_ {
        let lists = self.0.lists.iter().filter(|list| list.others > 0);
        lists.map(|list| match list.others {
            1 => format!("1 entry of the excluded list {} is not a phone", list.name),
            others => format!(
                "{others} entries of the excluded list {} are not phones",
                list.name
            ),
        })
    }

    #[cfg(test)]
    fn bytes(&self) -> usize {
        8 * self.0.entries.capacity() + 4 * self.0.starts.capacity()
    }
}

impl Serialize for ExcludedPhones {
    /// The lists and a digest of the phones, by which another run can be compared.
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Lists<'a> {
            lists: &'a [ExcludedList],
            sha256: String,
        }
        let mut sha = Sha256::new();
        for entry in &self.0.entries {
            sha.update(entry.to_le_bytes());
        }
        let sha256 = data_encoding::HEXLOWER.encode(&sha.finalize());
        let lists = &self.0.lists;
        Lists { lists, sha256 }.serialize(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_phones_have_one_key() {
        let phones = (0..1_000_000).map(|number| 79_000_000_000 + number * 7);
        let mut keys: Vec<u64> = phones.map(key).collect();
        assert!(keys.iter().all(|key| *key <= PHONE_MASK));
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 1_000_000);
    }

    #[test]
    fn the_first_list_that_has_a_phone_is_named() {
        let mut lists = ExclusionLists::default();
        for (name, phones) in [
            ("a", [1, 2]),
            ("b", [2, 3]),
            ("b", [4, 999_999_999_999_999]),
        ] {
            lists.begin(name, ExcludedEntries::Phones).unwrap();
            phones.iter().for_each(|phone| lists.add(Some(*phone)));
        }
        lists.add(None);
        let excluded = lists.finish();
        let found: Vec<_> = [1, 2, 3, 4, 5, 999_999_999_999_999]
            .into_iter()
            .map(|phone| excluded.list_of(phone))
            .collect();
        assert_eq!(found, [Some(0), Some(0), Some(1), Some(1), None, Some(1)]);
        assert_eq!((excluded.name(0), excluded.name(1)), ("a", "b"));
        let notes: Vec<_> = excluded.notes().collect();
        assert_eq!(notes, ["1 entry of the excluded list b is not a phone"]);
        assert_eq!(ExclusionLists::default().finish().list_of(1), None);
    }

    #[test]
    fn a_table_is_exact_and_takes_less_than_twelve_bytes_a_phone() {
        for count in [1, 2, 7, 1_000, 123_457, 1 << 20] {
            let mut lists = ExclusionLists::default();
            lists.begin("list", ExcludedEntries::Phones).unwrap();
            let phone = |number: u64| 79_000_000_000 + 3 * number;
            (0..count).for_each(|number| lists.add(Some(phone(number))));
            let excluded = lists.finish();
            for number in 0..count {
                assert_eq!(excluded.list_of(phone(number)), Some(0));
                assert_eq!(excluded.list_of(phone(number) + 1), None);
            }
            assert!(excluded.bytes() as u64 <= 12 * count + 8, "{count}");
            let longest = excluded
                .0
                .starts
                .windows(2)
                .map(|pair| pair[1] - pair[0])
                .max();
            assert!(longest.unwrap() <= 32);
        }
    }
}
