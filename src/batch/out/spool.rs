//! Texts that are kept on the disk because few of them are read again.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::batch::error::at;

/// A file without a name, which the system removes with the process, and a buffer of bytes to be
/// written to it.
pub(in crate::batch) struct Spool {
    file: File,
    /// Its directory, named in errors so that the user knows where space is missing.
    dir: PathBuf,
    /// How many bytes the file has.
    written: u64,
    /// The place of the last text.
    last: u64,
    pending: Vec<u8>,
}

/// How many bytes are written at once.
const ROOM: usize = 1 << 18;

impl Spool {
    /// A new empty spool in the directory, or in the system's directory for temporary files.
    ///
    /// # Errors
    /// The file can't be created there.
    pub fn new(dir: Option<&Path>) -> io::Result<Self> {
        let dir = dir.map_or_else(std::env::temp_dir, Path::to_owned);
        Ok(Spool {
            file: tempfile::tempfile_in(&dir).map_err(at(&dir))?,
            dir,
            written: 0,
            last: 0,
            pending: Vec::new(),
        })
    }

    /// The place of the next text.
    pub fn end(&self) -> u64 {
        self.written + self.pending.len() as u64
    }

    /// Adds the text of a row at [`Spool::end`], given its length in bytes and its parts.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn push<'t>(
        &mut self,
        row: u64,
        length: usize,
        parts: impl Iterator<Item = &'t [u8]>,
    ) -> io::Result<()> {
        self.last = self.end();
        self.pending.extend(row.to_le_bytes());
        self.pending.extend((length as u64).to_le_bytes());
        for piece in parts.flat_map(|part| part.chunks(ROOM)) {
            self.pending.extend(piece);
            if self.pending.len() >= ROOM {
                self.write().map_err(at(&self.dir))?;
            }
        }
        Ok(())
    }

    fn write(&mut self) -> io::Result<()> {
        // Writing continues at the end, though reading has moved the position.
        self.file.seek(SeekFrom::Start(self.written))?;
        self.file.write_all(&self.pending)?;
        self.written += self.pending.len() as u64;
        self.pending.clear();
        Ok(())
    }

    /// The row and the text at that place.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn get(&mut self, place: u64) -> io::Result<(u64, Vec<u8>)> {
        match place.checked_sub(self.written) {
            Some(index) => read_text(&self.pending[index as usize..]),
            None => {
                if place == self.last {
                    // The end of the text may still be in the buffer.
                    self.write().map_err(at(&self.dir))?;
                }
                self.read(place).map_err(at(&self.dir))
            }
        }
    }

    fn read(&mut self, place: u64) -> io::Result<(u64, Vec<u8>)> {
        self.file.seek(SeekFrom::Start(place))?;
        read_text(&self.file)
    }
}

fn read_text(mut from: impl Read) -> io::Result<(u64, Vec<u8>)> {
    let mut number = [0; 8];
    from.read_exact(&mut number)?;
    let row = u64::from_le_bytes(number);
    from.read_exact(&mut number)?;
    let length = u64::from_le_bytes(number);
    let mut text = Vec::new();
    let reserved = text.try_reserve_exact(usize::try_from(length).unwrap_or(usize::MAX));
    reserved.map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
    from.take(length).read_to_end(&mut text)?;
    Ok((row, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_from_the_file_and_from_the_buffer() {
        let mut spool = Spool::new(None).unwrap();
        let text = |row: u64| "x".repeat((row * 37 % 1_000) as usize).into_bytes();
        let mut places = Vec::new();
        for row in 0..2_000 {
            places.push(spool.end());
            let (first, second) = (text(row), text(row + 1));
            let parts = [&*first, &*second].into_iter();
            spool.push(row, first.len() + second.len(), parts).unwrap();
            let earlier = row * row % (row + 1);
            assert_eq!(
                spool.get(places[earlier as usize]).unwrap(),
                (earlier, [text(earlier), text(earlier + 1)].concat())
            );
        }
        assert!(spool.written > 0 && !spool.pending.is_empty());
    }

    #[test]
    fn a_text_longer_than_the_buffer_is_read() {
        let mut spool = Spool::new(None).unwrap();
        let text: Vec<u8> = (0..ROOM * 5 / 2).map(|at| at as u8).collect();
        for row in 0..3 {
            let place = spool.end();
            spool.push(row, text.len(), [&*text].into_iter()).unwrap();
            assert!(spool.get(place).unwrap() == (row, text.clone()));
        }
    }
}
