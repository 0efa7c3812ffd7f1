//! A table of phones as a file, which is read and not built again.
//!
//! ```text
//! mark │ version │ length of the facts │ facts (JSON) │ segments │ filter │ SHA-256 of all before it
//! 8      u32       u32                   ≤ 64 MiB
//! ```
//!
//! A segment is its `starts` as u32 and then the words of its stretches as u64; how many there are
//! follows from the number of phones and from `starts`. The filter is words, too. All numbers are little-endian. The file is
//! read from its beginning to its end, and never mapped: another process may cut a mapped file. What
//! a number in it says is only believed as far as bytes come, so a file takes no more memory than
//! its own size.

use std::io::{self, ErrorKind, Read, Write};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::segment::{Segment, SegmentShape};
use super::table::{PhoneTable, TablePart, TableShape};
use super::{ExcludedList, ListedRun};

/// The first bytes of such a file. A line end that was converted, or a text, is not that.
pub(super) const MARK: [u8; 8] = *b"\x89predial";
const VERSION: u32 = 2;
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
    pub(super) table: PhoneTable,
}

impl ExcludeFile {
    pub(super) fn of(
        table: PhoneTable,
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
                phones: table.len(),
                lists: lists.collect(),
                runs_of_files,
                reading,
            },
            table,
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
        for segment in self.table.segments() {
            segment.pieces().try_for_each(|piece| put(&piece))?;
        }
        self.table
            .filter_pieces()
            .try_for_each(|piece| put(&piece))?;
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
        if facts.phones > u64::from(u32::MAX) {
            return Err(damaged("it has too many phones"));
        }
        let table = bytes.table(facts.phones)?;
        bytes.end()?;
        Ok(ExcludeFile { facts, table })
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

    /// So many numbers of `N` bytes. Memory is taken as they come.
    fn numbers<const N: usize, T>(
        &mut self,
        count: usize,
        number: impl Fn([u8; N]) -> T,
    ) -> io::Result<Vec<T>> {
        let in_piece = PIECE / N;
        let mut piece = vec![0; N * count.min(in_piece)];
        let mut numbers = Vec::new();
        while numbers.len() < count {
            let left = count - numbers.len();
            let bytes = &mut piece[..N * left.min(in_piece)];
            self.fill(bytes)?;
            (self.on_piece)(self.read)?;
            if numbers.capacity() - numbers.len() < bytes.len() / N {
                let more = numbers.len().max(in_piece).min(left);
                numbers.try_reserve_exact(more).map_err(|_| no_memory())?;
            }
            let of_piece = bytes.as_chunks::<N>().0.iter();
            numbers.extend(of_piece.map(|bytes| number(*bytes)));
        }
        Ok(numbers)
    }

    fn table(&mut self, phones: u64) -> io::Result<PhoneTable> {
        let shape = TableShape::of(phones, 1);
        let mut parts = Vec::new();
        for _ in 0..shape.parts {
            let segment = self.segment(shape.segment)?;
            parts.push(TablePart::of_segment(segment));
        }
        let filter = self.numbers(shape.filter.words, u64::from_le_bytes)?;
        let table = PhoneTable::of(parts, filter, shape);
        match table.len() == phones {
            true => Ok(table),
            false => Err(contradicts()),
        }
    }

    fn segment(&mut self, shape: SegmentShape) -> io::Result<Segment> {
        let starts = self.numbers(shape.stretches() + 1, u32::from_le_bytes)?;
        let keys = starts.last().copied().unwrap_or_default();
        let words = self.numbers(Segment::words_for(keys, shape), u64::from_le_bytes)?;
        Segment::read(starts, words, shape).ok_or_else(contradicts)
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

fn contradicts() -> io::Error {
    damaged("its numbers contradict each other")
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
        for count in [0, 1, 100, 70_000] {
            let written = file(count);
            let bytes = bytes_of(&written);
            assert!(ExcludeFile::is_begun_by(&bytes));
            let again = read(&bytes).unwrap();
            assert_eq!(again.facts, written.facts);
            assert_eq!(
                (again.facts.phones, again.facts.lists[0].others),
                (count, 1)
            );
            assert!(again.table.keys().eq(written.table.keys()));
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
        assert_eq!(
            why(&text(":300,", ":299,")),
            "its numbers contradict each other"
        );
        assert_eq!(
            why(&text("{\"phones\":300,", "{\"phones\":9e9,")),
            "its facts are not readable"
        );
        let mut huge = bytes.clone();
        huge[12..16].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(why(&signed(&huge)), "its facts are too long");
        let mut newer = bytes.clone();
        newer[8] = 3;
        assert!(why(&signed(&newer)).starts_with("it has version 3"));
        // Four thousand million phones, of which nothing follows.
        let facts = br#"{"phones":4294967295,"lists":[],"region":null,"prefer":null,"plan":""}"#;
        let length = (facts.len() as u32).to_le_bytes();
        let claims = [&MARK[..], &[2, 0, 0, 0], &length, facts, &[0; 40]].concat();
        assert_eq!(why(&signed(&claims)), "it is cut off");
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
