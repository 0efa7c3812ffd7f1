//! Phones that are not to be called: a table that is built before a run and asked for every job.
//!
//! A phone of at most 13 digits has 44 bits, and a longer one 50 ([`key`]). They are mixed by a
//! bijection, so that the keys of any list are spread evenly, and the table stays exact: equal keys are
//! equal phones. The sorted keys are coded as Elias and Fano do, in stretches that begin where their
//! number says ([`segment`]). If there are several lists, the number of the list of each phone takes
//! as many bits as it needs. Most phones of a list are not in the table: a filter of one byte a phone
//! ([`filter`]) passes over them by one line of memory. A look-up reads two or three, and the look-ups
//! of a block wait for them together. In all a phone takes 3.6 bytes of 10^8, and 4 of 10^7.
//!
//! Tables may also be a file ([`file`]), which is read and not built again.
//!
//! Limits: 16 384 lists, and 2^32 phones in a table.

mod bits;
mod build;
mod file;
mod filter;
mod key;
mod segment;
mod table;

use std::io;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest, Sha256};

pub use file::{ExcludeFile, ExcludeFileFacts, ExcludeReading, FileList};

use build::{LIST_BITS, OnPart, TableBuilder};
use key::KeyWidth;
use table::PhoneTable;

const MOST_LISTS: usize = 1 << LIST_BITS;

/// One of the lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExcludedList {
    /// What messages call it.
    pub name: String,
    /// Its entries that are phones.
    pub phones: u64,
    /// Its other entries.
    #[serde(skip)]
    pub others: u64,
    /// The earlier run whose phones it has, if it is the directory of one.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub run: Option<ListedRun>,
}

/// An earlier run whose phones are excluded. A name may be used again, and a directory may be prepared
/// again: only the digest says that it is this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedRun {
    /// The name of the loading.
    pub run: String,
    /// The SHA-256 of its manifest.
    pub manifest_sha256: String,
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
#[derive(Debug)]
pub struct ExclusionLists {
    lists: Vec<ExcludedList>,
    /// One for each width of keys.
    builders: [TableBuilder; 2],
    /// Tables that were read as a whole, each with the number of its list.
    tables: Vec<(u16, PhoneTable)>,
    /// The earlier runs whose phones are in files.
    runs_of_files: Vec<ListedRun>,
    /// What the entries are that come.
    pub(in crate::batch) kind: ExcludedEntries,
}

impl Default for ExclusionLists {
    fn default() -> Self {
        ExclusionLists {
            lists: Vec::new(),
            builders: KeyWidth::ALL.map(TableBuilder::new),
            tables: Vec::new(),
            runs_of_files: Vec::new(),
            kind: ExcludedEntries::default(),
        }
    }
}

impl ExclusionLists {
    /// Begins a list of this name. The entries that are added belong to it. Several sources may make
    /// one list, if each begins it by the same name and the same run. `kind` says what the entries are.
    ///
    /// # Errors
    /// There are too many lists.
    pub fn begin(
        &mut self,
        name: &str,
        kind: ExcludedEntries,
        run: Option<ListedRun>,
    ) -> Result<(), String> {
        self.kind = kind;
        let is_same = |last: &ExcludedList| last.name == name && last.run == run;
        if self.lists.last().is_some_and(is_same) {
            return Ok(());
        }
        if self.lists.len() == MOST_LISTS {
            return Err(format!("exclude takes at most {MOST_LISTS} lists"));
        }
        self.lists.push(ExcludedList {
            name: name.to_owned(),
            phones: 0,
            others: 0,
            run,
        });
        Ok(())
    }

    /// The number of the last list.
    fn last(&self) -> u16 {
        self.lists.len().saturating_sub(1) as u16
    }

    /// Adds an entry of the last list: a phone as a number, or something else.
    pub fn add(&mut self, phone: Option<u64>) {
        let number = self.last();
        let Some(list) = self.lists.last_mut() else {
            return;
        };
        match phone {
            Some(phone) => {
                list.phones += 1;
                self.add_phone(phone, number);
            }
            None => list.others += 1,
        }
    }

    /// Adds entries of the last list that are phones, as numbers.
    pub(crate) fn add_phones(&mut self, phones: &[u64]) {
        let number = self.last();
        if let Some(list) = self.lists.last_mut() {
            list.phones += phones.len() as u64;
            for phone in phones {
                self.add_phone(*phone, number);
            }
        }
    }

    /// Adds one entry of the last list, which may mean any of these phones; none for something else.
    pub fn add_readings(&mut self, phones: &[u64]) {
        let number = self.last();
        let [first, others @ ..] = phones else {
            return self.add(None);
        };
        self.add(Some(*first));
        for phone in others {
            self.add_phone(*phone, number);
        }
    }

    #[inline]
    fn add_phone(&mut self, phone: u64, list: u16) {
        let width = KeyWidth::of(phone);
        self.builders[width as usize].add(width.key_of(phone), list);
    }

    /// Adds the phones of a file to the last list, whose table they are.
    pub fn add_file(&mut self, file: ExcludeFile) {
        let number = self.last();
        if let Some(list) = self.lists.last_mut() {
            list.phones += file.facts.phones;
            let tables = file.tables.into_iter();
            self.tables.extend(tables.map(|table| (number, table)));
        }
        self.runs_of_files.extend(file.facts.runs());
    }

    /// Adds the phones of a file to the last list, one by one.
    pub fn merge_file(&mut self, file: &ExcludeFile) {
        let number = self.last();
        if let Some(list) = self.lists.last_mut() {
            list.phones += file.facts.phones;
            for (builder, table) in self.builders.iter_mut().zip(&file.tables) {
                table.keys().for_each(|key| builder.add(key, number));
            }
        }
        self.runs_of_files.extend(file.facts.runs());
    }

    /// How many entries of all lists are phones, and how many are not.
    pub fn entries(&self) -> (u64, u64) {
        let sum = |count: fn(&ExcludedList) -> u64| self.lists.iter().map(count).sum();
        (sum(|list| list.phones), sum(|list| list.others))
    }

    /// How many entries of each list are not phones, in words.
    pub fn notes(&self) -> Vec<String> {
        self.lists.iter().filter_map(ExcludedList::note).collect()
    }

    /// The phones of all lists. A phone belongs to the first list that has it. Several threads work,
    /// of which the caller's is one; it calls `on_part` from time to time.
    ///
    /// # Errors
    /// That of `on_part`.
    pub fn finish(self, threads: usize, on_part: &mut OnPart<'_>) -> io::Result<ExcludedPhones> {
        let of_files = self.tables.into_iter();
        let mut tables: Vec<(Option<u16>, PhoneTable)> =
            of_files.map(|(list, table)| (Some(list), table)).collect();
        for builder in self.builders {
            let table = builder.finish(self.lists.len(), threads, on_part)?;
            tables.push((None, table));
        }
        // Each table that is asked costs time.
        tables.retain(|(_, table)| table.len() > 0);
        let of_lists = self.lists.iter().filter_map(|list| list.run.clone());
        Ok(ExcludedPhones(Arc::new(Tables {
            runs: of_lists.chain(self.runs_of_files).collect(),
            lists: self.lists,
            tables,
            sha256: OnceLock::new(),
        })))
    }

    /// The tables of all phones, for a file. They do not say which list a phone is from.
    ///
    /// # Errors
    /// That of `on_part`.
    pub fn into_file(
        self,
        reading: ExcludeReading,
        threads: usize,
        on_part: &mut OnPart<'_>,
    ) -> io::Result<ExcludeFile> {
        let [short, long] = self.builders;
        let tables = [
            short.finish(1, threads, on_part)?,
            long.finish(1, threads, on_part)?,
        ];
        Ok(ExcludeFile::of(
            tables,
            (self.lists, self.runs_of_files),
            reading,
        ))
    }
}

#[derive(Debug)]
struct Tables {
    lists: Vec<ExcludedList>,
    /// Each of one list, or of all others.
    tables: Vec<(Option<u16>, PhoneTable)>,
    /// The earlier runs whose phones they have.
    runs: Vec<ListedRun>,
    sha256: OnceLock<String>,
}

/// The phones of all lists. A clone shares them.
///
/// ```
/// use predial::batch::{ExcludedEntries, ExclusionLists};
/// let mut lists = ExclusionLists::default();
/// lists.begin("called.csv", ExcludedEntries::Phones, None).unwrap();
/// lists.add(Some(79110000000));
/// let excluded = lists.finish(1, &mut || Ok(())).unwrap();
/// assert_eq!(excluded.list_of(79110000000), Some(0));
/// assert_eq!(excluded.name(0), "called.csv");
/// assert_eq!(excluded.list_of(79110000001), None);
/// ```
#[derive(Clone, Debug)]
pub struct ExcludedPhones(Arc<Tables>);

impl ExcludedPhones {
    /// The number of the first list that has a phone.
    pub fn list_of(&self, phone: u64) -> Option<u16> {
        let listed = self.listed(std::iter::once((0, phone)));
        listed.first().map(|(_, list)| *list)
    }

    /// Those of some phones, with their rows in order, that a list has: the rows, and the number of the
    /// first list of each.
    #[inline(always)]
    pub(in crate::batch) fn listed(
        &self,
        phones: impl Iterator<Item = (u64, u64)> + Clone,
    ) -> Vec<(u64, u16)> {
        let mut listed = Vec::new();
        for (list, table) in &self.0.tables {
            let before = listed.len();
            table.find(phones.clone(), &mut listed);
            if let Some(list) = list {
                let of_table = listed[before..].iter_mut();
                of_table.for_each(|(_, of_phone)| *of_phone = *list);
            }
        }
        if self.0.tables.len() > 1 {
            listed.sort_unstable();
            listed.dedup_by_key(|(row, _)| *row);
        }
        listed
    }

    /// The earlier runs whose phones the lists have.
    pub(in crate::batch) fn runs(&self) -> &[ListedRun] {
        &self.0.runs
    }

    /// The name of a list.
    pub fn name(&self, list: u16) -> &str {
        let list = self.0.lists.get(usize::from(list));
        list.map_or("", |list| &list.name)
    }

    /// Why a job whose phone is in this list is not sent, as a clause.
    pub(in crate::batch) fn why(&self, list: u16) -> String {
        let list = self.0.lists.get(usize::from(list));
        list.map_or_else(String::new, ExcludedList::why)
    }

    /// What a reader of the report has to know of the lists.
    pub(in crate::batch) fn notes(&self) -> impl Iterator<Item = String> + '_ {
        self.0.lists.iter().filter_map(ExcludedList::note)
    }

    /// A digest of the phones.
    fn sha256(&self) -> &str {
        self.0.sha256.get_or_init(|| {
            let mut sha = Sha256::new();
            for (list, table) in &self.0.tables {
                sha.update(format!("{list:?} {} ", table.len()));
                table.each_piece(&mut |bytes| sha.update(bytes));
            }
            data_encoding::HEXLOWER.encode(&sha.finalize())
        })
    }

    #[cfg(test)]
    fn bytes(&self) -> usize {
        self.0.tables.iter().map(|(_, table)| table.bytes()).sum()
    }
}

impl ExcludedList {
    /// Why a job whose phone is in this list is not sent. A run's own list has those that it sent, and
    /// those that it left out because they were sent or excluded before.
    fn why(&self) -> String {
        let name = &self.name;
        match &self.run {
            None => format!("the phone is in the excluded list {name}"),
            Some(ListedRun { run, .. }) => format!(
                "the phone was already sent in the run {run:?} in {name}, or was left out there"
            ),
        }
    }

    /// How many of its entries are not phones, if any, or that it has no entries. An earlier run may
    /// have sent nothing.
    pub fn note(&self) -> Option<String> {
        let name = &self.name;
        match self.others {
            0 if self.phones == 0 && self.run.is_none() => Some(format!(
                "the excluded list {name} is empty, so it excludes nobody"
            )),
            0 => None,
            1 => Some(format!(
                "1 entry of the excluded list {name} is not a phone"
            )),
            others => Some(format!(
                "{others} entries of the excluded list {name} are not phones"
            )),
        }
    }
}

impl Serialize for ExcludedPhones {
    /// The lists and a digest of the phones, by which another run can be compared.
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Lists<'a> {
            lists: &'a [ExcludedList],
            sha256: &'a str,
        }
        let (lists, sha256) = (&*self.0.lists, self.sha256());
        Lists { lists, sha256 }.serialize(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    fn finished(lists: ExclusionLists) -> ExcludedPhones {
        lists.finish(2, &mut || Ok(())).unwrap()
    }

    #[test]
    fn the_first_list_that_has_a_phone_is_named() {
        let mut lists = ExclusionLists::default();
        for (name, phones) in [
            ("a", [1, 2]),
            ("b", [2, 3]),
            ("b", [4, 999_999_999_999_999]),
        ] {
            lists.begin(name, ExcludedEntries::Phones, None).unwrap();
            phones.iter().for_each(|phone| lists.add(Some(*phone)));
        }
        lists.add(None);
        let excluded = finished(lists);
        let found: Vec<_> = [1, 2, 3, 4, 5, 999_999_999_999_999]
            .into_iter()
            .map(|phone| excluded.list_of(phone))
            .collect();
        assert_eq!(found, [Some(0), Some(0), Some(1), Some(1), None, Some(1)]);
        assert_eq!((excluded.name(0), excluded.name(1)), ("a", "b"));
        let notes: Vec<_> = excluded.notes().collect();
        assert_eq!(notes, ["1 entry of the excluded list b is not a phone"]);
        assert_eq!(finished(ExclusionLists::default()).list_of(1), None);
    }

    #[test]
    fn a_table_is_exact_and_takes_few_bytes_a_phone() {
        for (count, most) in [
            (1, 80),
            (2, 40),
            (7, 20),
            (1_000, 6),
            (123_457, 6),
            (1 << 20, 5),
        ] {
            let mut lists = ExclusionLists::default();
            lists.begin("list", ExcludedEntries::Phones, None).unwrap();
            let phone = |number: u64| 79_000_000_000 + 3 * number;
            (0..count).for_each(|number| lists.add(Some(phone(number))));
            let excluded = finished(lists);
            for number in 0..count {
                assert_eq!(excluded.list_of(phone(number)), Some(0));
                assert_eq!(excluded.list_of(phone(number) + 1), None);
            }
            // One segment takes as much as few phones do.
            assert!(
                excluded.bytes() as u64 <= most * count + 200,
                "{count} {}",
                excluded.bytes()
            );
        }
    }

    /// Numbers of 4 to 15 digits, far from each other or near.
    fn phones() -> impl Strategy<Value = Vec<u64>> {
        let any = (3_u32..15, any::<u64>()).prop_map(|(digits, number)| {
            let least = 10_u64.pow(digits);
            least + number % (9 * least)
        });
        let near = any.clone().prop_flat_map(|from| {
            prop::collection::vec((0..500_u64).prop_map(move |more| from + more), 0..100)
        });
        prop_oneof![prop::collection::vec(any, 0..100), near]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn lists_are_what_a_map_says(
            lists in prop::collection::vec(phones(), 0..5),
            files in prop::collection::vec(any::<bool>(), 5),
            more in prop::sample::select(&[0_u64, 65_535, 65_536, 140_000]),
        ) {
            let mut first: HashMap<u64, u16> = HashMap::new();
            let mut all = ExclusionLists::default();
            for (number, (phones, is_file)) in lists.iter().zip(&files).enumerate() {
                let more = (0..if number == 1 { more } else { 0 }).map(|n| 491_500_000_000 + 11 * n);
                let phones: Vec<u64> = phones.iter().copied().chain(more).collect();
                let mut alone = ExclusionLists::default();
                for lists in [&mut all, &mut alone] {
                    lists.begin(&number.to_string(), ExcludedEntries::Phones, None).unwrap();
                }
                let lists = if *is_file { &mut alone } else { &mut all };
                phones.iter().for_each(|phone| lists.add(Some(*phone)));
                if *is_file {
                    let file = alone.into_file(Default::default(), 2, &mut || Ok(())).unwrap();
                    all.add_file(file);
                }
                for phone in phones {
                    first.entry(phone).or_insert(number as u16);
                }
            }
            let excluded = finished(all);
            let near = first.keys().flat_map(|phone| [phone - 1, *phone, phone + 1]);
            let asked: Vec<(u64, u64)> = (0..).zip(near).collect();
            let listed = excluded.listed(asked.iter().copied());
            let expected = asked.iter().filter_map(|(row, phone)| Some((*row, *first.get(phone)?)));
            prop_assert_eq!(listed, expected.collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_work_ends_at_an_error_of_the_caller() {
        let mut lists = ExclusionLists::default();
        lists.begin("list", ExcludedEntries::Phones, None).unwrap();
        (0..200_000).for_each(|phone| lists.add(Some(79_000_000_000 + phone)));
        let ended = lists.finish(2, &mut || Err(io::Error::other("stop")));
        assert_eq!(ended.unwrap_err().to_string(), "stop");
    }
}
