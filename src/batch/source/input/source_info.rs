//! The facts about a source: what its content shows, and how far it was read.

use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Serialize, Serializer};

use super::TextEncoding;
use super::workbook::{CellType, CellTypes, SheetFacts, Workbook};

/// What was detected in a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Detected {
    /// The format of its rows.
    pub format: Option<&'static str>,
    /// The encoding of its text; `None` if it is not text.
    #[serde(serialize_with = "encoding_name")]
    pub encoding: Option<TextEncoding>,
    /// The encoding that may be right as well, if the encoding was guessed on little evidence.
    #[serde(serialize_with = "encoding_name")]
    pub encoding_runner_up: Option<TextEncoding>,
    /// Whether its text begins with a byte order mark.
    pub byte_order_mark: bool,
    /// How it is compressed.
    #[serde(serialize_with = "compression_name")]
    pub compression: Option<Compression>,
    /// The sheet of a workbook that its rows are from.
    pub sheet: Option<String>,
    /// What is known of that sheet and of the others, once it is read.
    #[serde(rename = "workbook")]
    pub sheets: Option<SheetFacts>,
    /// The character between its cells.
    pub delimiter: Option<char>,
    /// The format of the workbook, if it is one.
    #[serde(skip)]
    pub workbook: Option<Workbook>,
}

impl Detected {
    /// Whether the bytes that rows are read from are those of the source itself.
    pub fn is_as_it_came(&self) -> bool {
        self.compression.is_none() && self.encoding == Some(TextEncoding::UTF_8)
    }
}

fn encoding_name<S: Serializer>(value: &Option<TextEncoding>, to: S) -> Result<S::Ok, S::Error> {
    value.map(TextEncoding::name).serialize(to)
}

fn compression_name<S: Serializer>(value: &Option<Compression>, to: S) -> Result<S::Ok, S::Error> {
    value.map(Compression::name).serialize(to)
}

/// A compression that predial undoes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
    /// A file of a ZIP archive.
    Zip,
}

impl Compression {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
            Compression::Zip => "zip",
        }
    }
}

/// The facts about a source while it is read. The layers that find them out share it with their
/// callers.
#[derive(Clone, Default)]
pub struct SourceInfo(Arc<Shared>);

#[derive(Default)]
struct Shared {
    read: AtomicU64,
    failed: AtomicBool,
    detected: Mutex<Detected>,
    cell_types: Mutex<CellTypes>,
}

impl SourceInfo {
    /// What was detected in the source so far. The encoding is UTF-8 until a byte shows another.
    pub fn detected(&self) -> Detected {
        let mut detected = self.lock().clone();
        if detected.workbook.is_none() {
            detected.encoding.get_or_insert(TextEncoding::UTF_8);
        }
        detected
    }

    /// The encoding, if a byte or the caller has decided it.
    pub fn final_encoding(&self) -> Option<TextEncoding> {
        self.lock().encoding
    }

    /// How many bytes of the source itself were read; compressed bytes count as they are.
    pub fn read(&self) -> u64 {
        self.0.read.load(Ordering::Relaxed)
    }

    pub(in crate::batch) fn set_byte_order_mark(&self) {
        self.lock().byte_order_mark = true;
    }

    pub(super) fn set_encoding(&self, encoding: TextEncoding) {
        self.lock().encoding = Some(encoding);
    }

    pub(super) fn set_runner_up(&self, encoding: Option<TextEncoding>) {
        self.lock().encoding_runner_up = encoding;
    }

    pub(super) fn set_workbook(&self, form: Workbook) {
        self.lock().workbook = Some(form);
    }

    pub(super) fn set_sheet(&self, name: &str) {
        self.lock().sheet = Some(name.to_owned());
    }

    pub(super) fn set_sheet_facts(&self, facts: SheetFacts) {
        self.lock().sheets = Some(facts);
    }

    pub(super) fn add_cell_types(&self, runs: &[u8]) {
        self.cell_types().add(runs);
    }

    /// The types of the cells in these columns of a row of a sheet, both from 0. They are known once the text
    /// of the row is.
    pub(in crate::batch) fn types_of_cells<'c>(
        &self,
        row: u32,
        columns: impl Iterator<Item = Option<usize>> + 'c,
    ) -> Vec<CellType> {
        let types = self.cell_types();
        let of = |column: Option<usize>| column.map_or(CellType::Text, |at| types.of(row, at));
        columns.map(of).collect()
    }

    fn cell_types(&self) -> std::sync::MutexGuard<'_, CellTypes> {
        let types = self.0.cell_types.lock();
        types.unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets how far reading is, if that differs from how much was read.
    pub(super) fn set_read(&self, bytes: u64) {
        self.0.read.store(bytes, Ordering::Relaxed);
    }

    pub(super) fn set_compression(&self, compression: Compression) {
        self.lock().compression = Some(compression);
    }

    /// Whether reading the source itself failed, as opposed to decoding its bytes.
    pub(super) fn failed(&self) -> bool {
        self.0.failed.load(Ordering::Relaxed)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Detected> {
        let shared = self.0.detected.lock();
        shared.unwrap_or_else(PoisonError::into_inner)
    }
}

/// A reader that records how far it has read.
pub(super) struct Metered<R> {
    reader: R,
    info: SourceInfo,
}

impl<R> Metered<R> {
    pub fn new(reader: R, info: SourceInfo) -> Self {
        Metered { reader, info }
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let shared = &self.info.0;
        let read = self.reader.read(into);
        match &read {
            Ok(count) => {
                shared.read.fetch_add(*count as u64, Ordering::Relaxed);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => shared.failed.store(true, Ordering::Relaxed),
        }
        read
    }
}
