//! A regular file, opened by its path.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::batch::error::{at, broken};

/// A file that has to hold, to its end, what it held when it was opened. It may grow.
pub struct RegularFile {
    file: File,
    size: u64,
    read: u64,
}

impl RegularFile {
    /// Opens the file; a failure names the path ([`PathError`](crate::batch::error::PathError)).
    pub fn open(path: &Path) -> io::Result<Self> {
        let open = || -> io::Result<Self> {
            let file = File::open(path)?;
            let size = file.metadata()?.len();
            Ok(RegularFile {
                file,
                size,
                read: 0,
            })
        };
        open().map_err(at(path))
    }
}

impl Read for RegularFile {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(into)?;
        self.read += count as u64;
        if count == 0 && !into.is_empty() && self.read < self.size {
            let (read, size) = (self.read, self.size);
            return Err(broken(format!(
                "the file was cut short while it was read: it had {size} bytes, and ends after \
                 {read}"
            )));
        }
        Ok(count)
    }
}
