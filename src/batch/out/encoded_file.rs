//! A text file in the encoding of its source.
//!
//! The encoding of a source may be known late: all encodings agree on ASCII, and so the first other
//! letter decides. Messages about its rows may contain other letters before that. So the file is
//! written in UTF-8 until the encoding is known, and rewritten if it is another one. The final
//! content does not depend on when the encoding became known.

use std::io::{self, BufReader, Read, Seek, Write};
use std::path::Path;

use crate::batch::error::at;
use crate::batch::out::outdir::PartFile;
use crate::batch::source::input::{SourceInfo, TextEncoding};

/// A text file that is being written. Each write has to be whole characters of UTF-8.
pub(in crate::batch) struct EncodedFile {
    file: PartFile,
    encoding: Encoding,
}

enum Encoding {
    Known(TextEncoding),
    /// It will be known when the source has been read.
    Open(SourceInfo),
}

/// How many bytes are rewritten at a time.
pub(in crate::batch) const PIECE: usize = 1 << 16;

impl EncodedFile {
    /// Begins a file. `info` has the facts about the source, if it consists of bytes.
    pub fn new(file: PartFile, info: Option<&SourceInfo>) -> EncodedFile {
        let encoding = match info {
            None => Encoding::Known(TextEncoding::UTF_8),
            Some(info) => match info.final_encoding() {
                Some(encoding) => Encoding::Known(encoding),
                None => Encoding::Open(info.clone()),
            },
        };
        EncodedFile { file, encoding }
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

impl Write for EncodedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut out = Encoded {
            encoding: self.encoding.now(),
            to: &mut self.file,
        };
        out.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
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
