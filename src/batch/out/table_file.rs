//! The reject file in the format and the encoding of its source.

use std::io::{self, Write};

use crate::batch::out::encoded_file::{EncodedFile, PIECE};
use crate::batch::out::outdir::{OutDir, REJECT_TABLE};
use crate::batch::place::FirstPlace;
use crate::batch::source::input::SourceInfo;
use crate::batch::source::table::RejectTable;
use crate::job::Finding;

/// The reject file of a table that is being written.
pub(in crate::batch) struct TableFile {
    table: RejectTable,
    file: EncodedFile,
    /// Buffer for one line.
    line: Vec<u8>,
}

impl TableFile {
    /// Begins the file with its header. `info` has the facts about the source, if it consists of
    /// bytes.
    pub fn begin(
        dir: &OutDir,
        table: RejectTable,
        info: Option<&SourceInfo>,
    ) -> io::Result<TableFile> {
        let mut file = EncodedFile::new(dir.begin(REJECT_TABLE)?, info);
        file.write_all(table.head())?;
        Ok(TableFile {
            table,
            file,
            line: Vec::new(),
        })
    }

    /// Where a record was in the list that was prepared first, if it says so.
    pub fn first_place(&self, record: &[u8]) -> Option<FirstPlace> {
        self.table.first_place(record)
    }

    /// Writes a rejected record.
    pub fn write_record(
        &mut self,
        record: &[u8],
        about: (&[Finding], &FirstPlace),
    ) -> io::Result<()> {
        if record.len() > PIECE {
            return self.table.write_record(record, about, &mut self.file);
        }
        self.line.clear();
        self.table.write_record(record, about, &mut self.line)?;
        self.file.write_all(&self.line)
    }

    /// Puts the file on the disk in the encoding of its source, and gives it its name.
    pub fn finish(self) -> io::Result<()> {
        self.file.finish()
    }
}
