//! Texts that are put aside on the disk, to be looked at again by few.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::batch::error::at;

/// A file without a name, which the system removes with the process, and what is about to be
/// written to it.
pub(in crate::batch) struct Spool {
    file: File,
    /// Where it is: whoever runs out of room there wants to know.
    dir: PathBuf,
    /// How many bytes the file has.
    written: u64,
    /// Where the last text begins.
    last: u64,
    pending: Vec<u8>,
}

/// As much as is written at once.
const ROOM: usize = 1 << 18;

impl Spool {
    /// An empty one in the directory, or where the system keeps what is temporary.
    ///
    /// # Errors
    /// No file can be made there.
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

    /// Where the next text will stand.
    pub fn end(&self) -> u64 {
        self.written + self.pending.len() as u64
    }

    /// Puts a text of a row aside, at [`Spool::end`]: its length in bytes and its parts.
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
        // After what was written, wherever the file was read since.
        self.file.seek(SeekFrom::Start(self.written))?;
        self.file.write_all(&self.pending)?;
        self.written += self.pending.len() as u64;
        self.pending.clear();
        Ok(())
    }

    /// The row and the text that were put aside at that place.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn get(&mut self, place: u64) -> io::Result<(u64, Vec<u8>)> {
        match place.checked_sub(self.written) {
            Some(index) => read_text(&self.pending[index as usize..]),
            None => {
                if place == self.last {
                    // Its end may not be in the file yet.
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
    fn texts_come_back_from_the_file_and_from_memory() {
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
    fn a_text_longer_than_what_is_written_at_once_comes_back() {
        let mut spool = Spool::new(None).unwrap();
        let text: Vec<u8> = (0..ROOM * 5 / 2).map(|at| at as u8).collect();
        for row in 0..3 {
            let place = spool.end();
            spool.push(row, text.len(), [&*text].into_iter()).unwrap();
            assert!(spool.get(place).unwrap() == (row, text.clone()));
        }
    }
}
