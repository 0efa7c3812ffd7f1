//! Tables of phones as a file, which is read and not built again.
//!
//! ```text
//! mark │ version │ length of the facts │ facts (JSON) │ two tables │ SHA-256 of all before it
//! 8      u32       u32                   ≤ 64 MiB
//!
//! table:    number of its phones │ segments │ words of the filter
//!           u64                               u64 each
//! segment:  number of its phones │ words of its starts │ words of its stretches
//!           u32                    u64 each              u64 each
//! ```
//!
//! There is a table of short keys and then one of long keys. How many segments and words there are
//! follows from the numbers of phones. All numbers are little-endian. The file is read from its
//! beginning to its end, and never mapped: another process may cut a mapped file. What a number in it
//! says is only believed as far as bytes come, so a file takes no more memory than its own size.

use std::io::{self, ErrorKind, Read, Write};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::key::KeyWidth;
use super::segment::{Segment, SegmentShape};
use super::table::{PhoneTable, TablePart, TableShape};
use super::{ExcludedList, ListedRun};

/// The first bytes of such a file. A line end that was converted, or a text, is not that.
pub(super) const MARK: [u8; 8] = *b"\x89predial";
const VERSION: u32 = 3;
const MOST_FACTS: u32 = 64 << 20;
/// Bytes that are read or written at a time.
const PIECE: usize = 1 << 18;

/// How the entries of the lists were read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExcludeReading {
    /// The option `region`.
    pub region: Option<String>,
    /// The option `prefer`.
    pub prefer: Option<String>,
    /// The version of the numbering plan.
    pub plan: String,
}

/// What is known of a file of excluded phones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExcludeFileFacts {
    /// How many different phones it has.
    pub phones: u64,
    /// The lists that it was made of.
    pub lists: Vec<FileList>,
    /// The earlier runs whose phones it has from other files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runs_of_files: Vec<ListedRun>,
    /// How their entries were read.
    #[serde(flatten)]
    pub reading: ExcludeReading,
}

impl ExcludeFileFacts {
    /// The earlier runs whose phones it has.
    pub(super) fn runs(&self) -> impl Iterator<Item = ListedRun> + '_ {
        let of_lists = self.lists.iter().filter_map(|list| list.run.as_ref());
        of_lists.chain(&self.runs_of_files).cloned()
    }
}

/// A list that a file was made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileList {
    /// Its name.
    pub name: String,
    /// Its entries that are phones.
    pub phones: u64,
    /// Its other entries.
    pub others: u64,
    /// The earlier run whose phones it has, if it is the directory of one.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub run: Option<ListedRun>,
}

/// Excluded phones that are kept as a file.
#[derive(Debug)]
pub struct ExcludeFile {
    /// What is known of it.
    pub facts: ExcludeFileFacts,
    /// One for each width of keys.
    pub(super) tables: [PhoneTable; 2],
}

impl ExcludeFile {
    pub(super) fn of(
        tables: [PhoneTable; 2],
        (lists, runs_of_files): (Vec<ExcludedList>, Vec<ListedRun>),
        reading: ExcludeReading,
    ) -> Self {
        let lists = lists.into_iter().map(|list| FileList {
            name: list.name,
            phones: list.phones,
            others: list.others,
            run: list.run,
        });
        ExcludeFile {
            facts: ExcludeFileFacts {
                phones: tables.iter().map(PhoneTable::len).sum(),
                lists: lists.collect(),
                runs_of_files,
                reading,
            },
            tables,
        }
    }

    /// Whether a file that begins with these bytes is one of excluded phones.
    pub fn is_begun_by(bytes: &[u8]) -> bool {
        bytes.starts_with(&MARK)
    }

    /// Writes the file.
    ///
    /// # Errors
    /// Those of `to`.
    pub fn write(&self, to: &mut dyn Write) -> io::Result<()> {
        let mut sha = Sha256::new();
        let mut put = |bytes: &[u8]| {
            sha.update(bytes);
            to.write_all(bytes)
        };
        let facts = serde_json::to_vec(&self.facts)?;
        put(&MARK)?;
        put(&VERSION.to_le_bytes())?;
        put(&(facts.len() as u32).to_le_bytes())?;
        put(&facts)?;
        for table in &self.tables {
            put(&table.len().to_le_bytes())?;
            let segments = table.segments().flat_map(Segment::pieces);
            let mut pieces = segments.chain(table.filter_pieces());
            pieces.try_for_each(|piece| put(&piece))?;
        }
        to.write_all(&sha.finalize())
    }

    /// Reads the file. `on_piece` is called from time to time with the bytes that were read.
    ///
    /// # Errors
    /// Those of `from` and `on_piece`; `InvalidData` if the file is damaged, or of another version.
    pub fn read(
        from: impl Read,
        on_piece: &mut dyn FnMut(u64) -> io::Result<()>,
    ) -> io::Result<ExcludeFile> {
        let mut bytes = CheckedBytes {
            from,
            sha: Sha256::new(),
            read: 0,
            on_piece,
        };
        if bytes.array()? != MARK {
            return Err(damaged("it is not a file of predial exclude build"));
        }
        let version = u32::from_le_bytes(bytes.array()?);
        if version != VERSION {
            return Err(damaged(&format!(
                "it has version {version}, and this predial reads version {VERSION}; build it again"
            )));
        }
        let length = u32::from_le_bytes(bytes.array()?);
        if length > MOST_FACTS {
            return Err(damaged("its facts are too long"));
        }
        let facts = bytes.vec(length as usize)?;
        let facts: ExcludeFileFacts =
            serde_json::from_slice(&facts).map_err(|_| damaged("its facts are not readable"))?;
        let [short, long] = KeyWidth::ALL;
        let tables = [bytes.table(short)?, bytes.table(long)?];
        if tables.iter().map(PhoneTable::len).sum::<u64>() != facts.phones {
            return Err(contradicts());
        }
        bytes.end()?;
        Ok(ExcludeFile { facts, tables })
    }
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}

/// Bytes of a file, while their digest is made.
struct CheckedBytes<'p, R> {
    from: R,
    sha: Sha256,
    read: u64,
    on_piece: &'p mut dyn FnMut(u64) -> io::Result<()>,
}

impl<R: Read> CheckedBytes<'_, R> {
    fn fill(&mut self, into: &mut [u8]) -> io::Result<()> {
        self.from.read_exact(into).map_err(cut_off)?;
        self.sha.update(&*into);
        self.read += into.len() as u64;
        Ok(())
    }

    fn array<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// So many bytes. Memory is taken as they come.
    fn vec(&mut self, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        while bytes.len() < length {
            let begin = bytes.len();
            bytes.resize(length.min(begin + PIECE), 0);
            self.fill(&mut bytes[begin..])?;
        }
        Ok(bytes)
    }

    /// So many words. Memory is taken as they come.
    fn words(&mut self, count: usize) -> io::Result<Vec<u64>> {
        const BYTES: usize = size_of::<u64>();
        let in_piece = PIECE / BYTES;
        let mut piece = vec![0; BYTES * count.min(in_piece)];
        let mut words = Vec::new();
        while words.len() < count {
            let left = count - words.len();
            let bytes = &mut piece[..BYTES * left.min(in_piece)];
            self.fill(bytes)?;
            (self.on_piece)(self.read)?;
            if words.capacity() - words.len() < bytes.len() / BYTES {
                // A spare word follows those of a segment.
                let more = words.len().max(in_piece).min(left) + 1;
                words.try_reserve_exact(more).map_err(|_| no_memory())?;
            }
            let of_piece = bytes.as_chunks::<BYTES>().0.iter();
            words.extend(of_piece.map(|bytes| u64::from_le_bytes(*bytes)));
        }
        Ok(words)
    }

    fn table(&mut self, width: KeyWidth) -> io::Result<PhoneTable> {
        let phones = u64::from_le_bytes(self.array()?);
        if phones > u64::from(u32::MAX) {
            return Err(damaged("it has too many phones"));
        }
        let shape = TableShape::of(width, phones, 1);
        let mut parts = Vec::new();
        for _ in 0..shape.parts {
            let segment = self.segment(shape.segment)?;
            parts.push(TablePart::of_segment(segment));
        }
        let filter = self.words(shape.filter.words)?;
        let table = PhoneTable::of(parts, filter, shape);
        match table.len() == phones {
            true => Ok(table),
            false => Err(contradicts()),
        }
    }

    fn segment(&mut self, shape: SegmentShape) -> io::Result<Segment> {
        let keys = u32::from_le_bytes(self.array()?);
        let (starts, words) = Segment::words_for(keys, shape);
        let starts = self.words(starts)?;
        let words = self.words(words)?;
        Segment::read(keys, starts, words, shape).ok_or_else(contradicts)
    }

    /// Compares the digest, which has to be the end of the file.
    fn end(mut self) -> io::Result<()> {
        let made = std::mem::take(&mut self.sha).finalize();
        let mut noted = [0; 32];
        self.from.read_exact(&mut noted).map_err(cut_off)?;
        if noted[..] != made[..] {
            return Err(damaged("its checksum is wrong"));
        }
        match self.from.read(&mut [0])? {
            0 => Ok(()),
            _ => Err(damaged("something follows its end")),
        }
    }
}

const CONTRADICTS: &str = "its numbers contradict each other";

fn contradicts() -> io::Error {
    damaged(CONTRADICTS)
}

fn no_memory() -> io::Error {
    io::Error::from(ErrorKind::OutOfMemory)
}

fn cut_off(error: io::Error) -> io::Error {
    match error.kind() {
        ErrorKind::UnexpectedEof => damaged("it is cut off"),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ExcludedEntries, ExclusionLists};
    use super::*;

    fn file(count: u64) -> ExcludeFile {
        let mut lists = ExclusionLists::default();
        lists
            .begin("dnc.csv", ExcludedEntries::Phones, None)
            .unwrap();
        (0..count).for_each(|phone| lists.add(Some(79_000_000_000 + 7 * phone)));
        (0..count / 3).for_each(|phone| lists.add(Some(999_000_000_000_000 + phone)));
        lists.add(None);
        let reading = ExcludeReading {
            plan: "1.2".to_owned(),
            ..ExcludeReading::default()
        };
        lists.into_file(reading, 1, &mut || Ok(())).unwrap()
    }

    fn bytes_of(file: &ExcludeFile) -> Vec<u8> {
        let mut bytes = Vec::new();
        file.write(&mut bytes).unwrap();
        bytes
    }

    fn read(bytes: &[u8]) -> io::Result<ExcludeFile> {
        ExcludeFile::read(bytes, &mut |_| Ok(()))
    }

    /// The bytes with a digest that is right for them.
    fn signed(bytes: &[u8]) -> Vec<u8> {
        let content = &bytes[..bytes.len() - 32];
        [content, &Sha256::digest(content)[..]].concat()
    }

    fn why(bytes: &[u8]) -> String {
        read(bytes).unwrap_err().to_string()
    }

    #[test]
    fn a_file_is_read_as_it_was_written() {
        for count in [0, 1, 100, 200_000] {
            let written = file(count);
            let bytes = bytes_of(&written);
            assert!(ExcludeFile::is_begun_by(&bytes));
            let again = read(&bytes).unwrap();
            assert_eq!(again.facts, written.facts);
            assert_eq!(
                (again.facts.phones, again.facts.lists[0].others),
                (count + count / 3, 1)
            );
            let keys = |file: &ExcludeFile| -> Vec<Vec<u64>> {
                let tables = file.tables.iter();
                tables.map(|table| table.keys().collect()).collect()
            };
            assert_eq!(keys(&again), keys(&written));
            assert_eq!(bytes_of(&again), bytes);
        }
    }

    #[test]
    fn a_file_that_is_cut_off_or_changed_is_refused() {
        let bytes = bytes_of(&file(300));
        for length in 0..bytes.len() {
            assert_eq!(why(&bytes[..length]), "it is cut off", "{length}");
        }
        assert_eq!(
            why(&[&bytes[..], b"\n"].concat()),
            "something follows its end"
        );
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            assert!(read(&changed).is_err(), "{place}");
        }
    }

    #[test]
    fn numbers_that_contradict_each_other_are_refused_before_memory_is_taken() {
        let bytes = bytes_of(&file(300));
        let text = |from: &str, to: &str| {
            let at = bytes
                .windows(from.len())
                .position(|at| at == from.as_bytes());
            let mut changed = bytes.clone();
            changed[at.unwrap()..][..to.len()].copy_from_slice(to.as_bytes());
            signed(&changed)
        };
        assert_eq!(why(&text(":400,", ":399,")), CONTRADICTS);
        assert_eq!(
            why(&text("{\"phones\":400,", "{\"phones\":9e9,")),
            "its facts are not readable"
        );
        let with = |at: usize, numbers: &[u8]| {
            let mut changed = bytes.clone();
            changed[at..][..numbers.len()].copy_from_slice(numbers);
            signed(&changed)
        };
        let huge = with(12, &u32::MAX.to_le_bytes());
        assert_eq!(why(&huge), "its facts are too long");
        for version in [2, 4] {
            let why = why(&with(8, &[version]));
            assert_eq!(
                why,
                format!(
                    "it has version {version}, and this predial reads version 3; build it again"
                )
            );
        }
        // The numbers of phones of the first table and of its only segment, and then of the second.
        let facts = u32::from_le_bytes(*bytes[12..].first_chunk().unwrap());
        let first = 16 + facts as usize;
        assert_eq!(bytes[first..][..12], [44, 1, 0, 0, 0, 0, 0, 0, 44, 1, 0, 0]);
        let second = bytes
            .windows(12)
            .rposition(|at| at == [100, 0, 0, 0, 0, 0, 0, 0, 100, 0, 0, 0]);
        let second = second.unwrap();
        for table in [first, second] {
            assert_eq!(why(&with(table + 4, &[1])), "it has too many phones");
            for number in [table, table + 8] {
                assert!(read(&with(number, &[0, 0, 0, 0])).is_err());
                assert!(read(&with(number, &[101, 0, 0, 0])).is_err());
                assert_eq!(why(&with(number, &[255; 4])), "it is cut off");
            }
        }
        // Four thousand million phones, of which nothing follows.
        let facts = br#"{"phones":4294967295,"lists":[],"region":null,"prefer":null,"plan":""}"#;
        let length = (facts.len() as u32).to_le_bytes();
        let phones = u64::from(u32::MAX).to_le_bytes();
        let claims = [&MARK[..], &[3, 0, 0, 0], &length, facts, &phones, &[0; 40]].concat();
        assert_eq!(why(&claims), "it is cut off");
        assert_eq!(
            why(b"phone\n79110000000\n"),
            "it is not a file of predial exclude build"
        );
    }

    #[test]
    fn reading_ends_at_an_error_of_the_caller() {
        let bytes = bytes_of(&file(300));
        let ended = ExcludeFile::read(&bytes[..], &mut |_| Err(io::Error::other("stop")));
        assert_eq!(ended.unwrap_err().to_string(), "stop");
    }
}
