//! A reader with a limit on the bytes that it brings.

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

use crate::batch::error::broken;

/// A reader that brings no more bytes than its allowance. Several sheets may share one part of a
/// workbook, so the size of a workbook does not bound the work of reading all sheets.
pub(super) struct Bounded<R> {
    reader: R,
    allowance: Allowance,
}

/// How many bytes more a [`Bounded`] reader may bring.
#[derive(Clone)]
pub(super) struct Allowance(Rc<Cell<u64>>);

impl Allowance {
    pub fn set(&self, bytes: u64) {
        self.0.set(bytes);
    }
}

impl<R> Bounded<R> {
    /// A reader that may bring any number of bytes until its allowance is set.
    pub fn new(reader: R) -> (Self, Allowance) {
        let allowance = Allowance(Rc::new(Cell::new(u64::MAX)));
        let bounded = Bounded {
            reader,
            allowance: allowance.clone(),
        };
        (bounded, allowance)
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(into)?;
        let Some(left) = self.allowance.0.get().checked_sub(count as u64) else {
            return Err(broken("a part of the workbook is read over and over"));
        };
        self.allowance.set(left);
        Ok(count)
    }
}

impl<R: Seek> Seek for Bounded<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.reader.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_the_allowance_is_read() {
        let (mut reader, allowance) = Bounded::new(io::Cursor::new(vec![0; 100]));
        let mut some = [0; 40];
        for _ in 0..3 {
            reader.rewind().unwrap();
            reader.read_exact(&mut some).unwrap();
        }
        allowance.set(50);
        reader.rewind().unwrap();
        reader.read_exact(&mut some).unwrap();
        reader.rewind().unwrap();
        assert!(reader.read_exact(&mut some).is_err());
    }
}
