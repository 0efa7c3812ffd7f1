//! The reject file in the format and the encoding of its source.
//!
//! The encoding of a source may be known late: all encodings agree on ASCII, and so the first other
//! letter decides. Messages about its rows may contain other letters before that. So the file is
//! written in UTF-8 until the encoding is known, and rewritten if it is another one. The final
//! content does not depend on when the encoding became known.

use std::io::{self, BufReader, Read, Seek, Write};
use std::path::Path;

use crate::batch::diagnostic::Diagnostic;
use crate::batch::error::at;
use crate::batch::out::outdir::{OutDir, PartFile, REJECT_TABLE};
use crate::batch::place::FirstPlace;
use crate::batch::source::input::{SourceInfo, TextEncoding};
use crate::batch::source::table::RejectTable;

/// The reject file of a table that is being written.
pub(in crate::batch) struct TableFile {
    table: RejectTable,
    file: PartFile,
    encoding: Encoding,
    /// Buffer for one line.
    line: Vec<u8>,
}

enum Encoding {
    Known(TextEncoding),
    /// It will be known when the source has been read.
    Open(SourceInfo),
}

/// How many bytes are rewritten at a time.
const PIECE: usize = 1 << 16;

impl TableFile {
    /// Begins the file with its header. `info` has the facts about the source, if it consists of
    /// bytes.
    pub fn begin(
        dir: &OutDir,
        table: RejectTable,
        info: Option<&SourceInfo>,
    ) -> io::Result<TableFile> {
        let encoding = match info {
            None => Encoding::Known(TextEncoding::UTF_8),
            Some(info) => match info.final_encoding() {
                Some(encoding) => Encoding::Known(encoding),
                None => Encoding::Open(info.clone()),
            },
        };
        let mut file = dir.begin(REJECT_TABLE)?;
        let mut out = Encoded {
            encoding: encoding.now(),
            to: &mut file,
        };
        out.write_all(table.head())?;
        Ok(TableFile {
            table,
            file,
            encoding,
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
        about: (&[Diagnostic], &FirstPlace),
    ) -> io::Result<()> {
        let mut out = Encoded {
            encoding: self.encoding.now(),
            to: &mut self.file,
        };
        if record.len() > PIECE {
            return self.table.write_record(record, about, &mut out);
        }
        self.line.clear();
        self.table.write_record(record, about, &mut self.line)?;
        out.write_all(&self.line)
    }

    /// Puts the file on the disk in the encoding of its source, and gives it its name.
    pub fn finish(mut self) -> io::Result<()> {
        if let Encoding::Open(info) = &self.encoding
            && let Some(encoding) = info.final_encoding()
            && encoding != TextEncoding::UTF_8
        {
            let dir = self.file.directory().to_owned();
            rewrite(&mut self.file, &dir, encoding)?;
        }
        self.file.finish()
    }
}

impl Encoding {
    /// The encoding to use until the file is finished.
    fn now(&self) -> TextEncoding {
        match self {
            Encoding::Known(encoding) => *encoding,
            Encoding::Open(_) => TextEncoding::UTF_8,
        }
    }
}

/// Writes UTF-8 in another encoding. Each write has to be whole characters.
struct Encoded<W> {
    to: W,
    encoding: TextEncoding,
}

impl<W: Write> Write for Encoded<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.encoding == TextEncoding::UTF_8 {
            return self.to.write(bytes);
        }
        for piece in pieces(bytes) {
            let text = String::from_utf8_lossy(piece);
            self.to.write_all(&self.encoding.encode(&text))?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Cuts a text into pieces between characters.
fn pieces(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let length = match rest.split_at_checked(PIECE) {
            Some((piece, _)) => between_characters(piece),
            None => rest.len(),
        };
        let (piece, more) = rest.split_at(length);
        rest = more;
        (!piece.is_empty()).then_some(piece)
    })
}

/// Where a piece of text can be cut: before its last character.
fn between_characters(piece: &[u8]) -> usize {
    /// The most bytes in a character.
    const LONGEST: usize = 4;
    let mut last = (1..piece.len()).rev().take(LONGEST);
    let place = last.find(|at| piece[*at] & 0xC0 != 0x80);
    place.unwrap_or(piece.len())
}

/// Rewrites a file of UTF-8 in another encoding, through a temporary file.
fn rewrite(file: &mut PartFile, dir: &Path, encoding: TextEncoding) -> io::Result<()> {
    let mut rewritten = tempfile::tempfile_in(dir).map_err(at(dir))?;
    let mut text = BufReader::new(file.reader()?);
    let mut out = Encoded {
        to: io::BufWriter::new(&mut rewritten),
        encoding,
    };
    let mut piece = Vec::with_capacity(PIECE);
    loop {
        let room = (PIECE - piece.len()) as u64;
        let is_last = text.by_ref().take(room).read_to_end(&mut piece)? < room as usize;
        let length = match is_last {
            true => piece.len(),
            false => between_characters(&piece),
        };
        out.write_all(&piece[..length]).map_err(at(dir))?;
        piece.drain(..length);
        if is_last {
            break;
        }
    }
    out.flush().map_err(at(dir))?;
    drop(out);
    rewritten.rewind().map_err(at(dir))?;
    file.begin_again()?;
    io::copy(&mut rewritten, file).map(drop)
}
