//! Bytes as they arrive: a window over a source of any size that moves forward only.

use std::io::{self, ErrorKind, Read};

use crate::batch::error::{BatchError, Broken, SourceFailure};
use crate::batch::source::limit::no_memory;

/// The least number of bytes by which a window grows.
const STEP: usize = 1 << 20;

/// A window over the bytes of a source. The bytes before it were consumed; [`Feed::more`] brings
/// the bytes after it.
pub trait Feed {
    /// The bytes that are available and not consumed.
    fn window(&self) -> &[u8];
    /// How many bytes have been consumed before the window.
    fn offset(&self) -> u64;
    /// Whether the source ends where the window does.
    fn at_end(&self) -> bool;
    /// Consumes the first `count` bytes of the window.
    fn consume(&mut self, count: usize);
    /// Lets the window grow: by a step, or by its own length if that is more. So the reader looks
    /// at a row of any length a bounded number of times.
    fn more(&mut self) -> io::Result<()>;
    /// Whether reading failed; the next call of [`Feed::more`] returns the error.
    fn failed(&self) -> bool {
        false
    }
    /// Where the window begins, in lines and characters.
    fn place(&self) -> SourcePlace;
    /// Says in which line (from 1) the window begins, and what a line is from there on.
    fn begin_lines(&mut self, line: u64, rule: LineRule);
    /// All bytes that are not consumed, if the source has no more than these. A window over them
    /// never needs to grow.
    fn rest(&self) -> Option<&[u8]> {
        None
    }
    /// The line (from 1) and column (from 1, in characters) of the byte at `index` of the
    /// window.
    fn position(&self, index: usize) -> (u64, u64) {
        let mut place = self.place();
        place.pass(&self.window()[..index]);
        place.line_and_column()
    }
}

/// A failure at the byte at `index` of the window.
pub(in crate::batch) fn failure(
    feed: &dyn Feed,
    index: usize,
    message: impl Into<String>,
) -> BatchError {
    let (line, column) = feed.position(index);
    BatchError::Source(SourceFailure {
        message: message.into(),
        offset: feed.offset() + index as u64,
        line,
        column,
    })
}

/// Bytes that are all in memory: nothing is copied.
pub struct SliceFeed<'a> {
    bytes: &'a [u8],
    start: usize,
    end: usize,
    /// A byte, and its place.
    known: (usize, SourcePlace),
}

impl<'a> SliceFeed<'a> {
    /// A feed of these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        SliceFeed {
            bytes,
            start: 0,
            end: 0,
            known: (0, SourcePlace::default()),
        }
    }
}

impl Feed for SliceFeed<'_> {
    fn window(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    fn offset(&self) -> u64 {
        self.start as u64
    }

    fn at_end(&self) -> bool {
        self.end == self.bytes.len()
    }

    fn consume(&mut self, count: usize) {
        self.start += count;
    }

    fn more(&mut self) -> io::Result<()> {
        let step = STEP.max(self.end - self.start);
        self.end = self.end.saturating_add(step).min(self.bytes.len());
        Ok(())
    }

    fn place(&self) -> SourcePlace {
        let (known, mut place) = self.known;
        place.pass(&self.bytes[known..self.start]);
        place
    }

    fn begin_lines(&mut self, line: u64, rule: LineRule) {
        self.known = (self.start, SourcePlace::begin(line, rule));
    }

    fn rest(&self) -> Option<&[u8]> {
        self.bytes.get(self.start..)
    }
}

/// Bytes that a reader brings. Consumed bytes are dropped.
pub struct ReaderFeed<R> {
    reader: R,
    /// The buffer; the window is its `start..filled`.
    buffer: Vec<u8>,
    start: usize,
    filled: usize,
    consumed: u64,
    ended: bool,
    place: SourcePlace,
    /// The error that ended reading after `filled`.
    failed: Option<io::Error>,
}

impl<R: Read> ReaderFeed<R> {
    /// A feed of the bytes that `reader` brings.
    pub fn new(reader: R) -> Self {
        ReaderFeed {
            reader,
            buffer: Vec::new(),
            start: 0,
            filled: 0,
            consumed: 0,
            ended: false,
            place: SourcePlace::default(),
            failed: None,
        }
    }

    /// The reader, for a caller who takes all of it.
    pub fn reader_mut(&mut self) -> &mut R {
        &mut self.reader
    }

    /// The failure with its place, if the source is at fault.
    fn placed(&self, error: io::Error) -> io::Error {
        match error.downcast::<Broken>() {
            Ok(Broken(message)) => {
                let index = self.filled - self.start;
                let (line, column) = self.position(index);
                let failure = SourceFailure {
                    message,
                    offset: self.offset() + index as u64,
                    line,
                    column,
                };
                io::Error::new(io::ErrorKind::InvalidData, failure)
            }
            Err(error) => error,
        }
    }

    fn forget_consumed(&mut self) {
        self.buffer.copy_within(self.start..self.filled, 0);
        self.filled -= self.start;
        self.start = 0;
    }
}

impl<R: Read> Feed for ReaderFeed<R> {
    fn window(&self) -> &[u8] {
        &self.buffer[self.start..self.filled]
    }

    fn offset(&self) -> u64 {
        self.consumed
    }

    fn at_end(&self) -> bool {
        self.ended
    }

    fn consume(&mut self, count: usize) {
        self.place
            .pass(&self.buffer[self.start..self.start + count]);
        self.start += count;
        self.consumed += count as u64;
    }

    fn more(&mut self) -> io::Result<()> {
        if let Some(error) = self.failed.take() {
            return Err(self.placed(error));
        }
        self.forget_consumed();
        let had = self.filled;
        let room = had + STEP.max(had);
        if self.buffer.len() < room {
            if self
                .buffer
                .try_reserve_exact(room - self.buffer.len())
                .is_err()
            {
                let error = io::Error::new(ErrorKind::InvalidData, Broken(no_memory(had)));
                return Err(self.placed(error));
            }
            self.buffer.resize(room, 0);
        }
        // A pipe brings little at a time. Waiting for a whole step would hold back rows that are
        // already here. Returning with little more would make the reader scan a long row again
        // after each read.
        while self.filled < had + had.max(1) && !self.ended {
            match self.reader.read(&mut self.buffer[self.filled..room]) {
                Ok(0) => self.ended = true,
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // The bytes before the error are used first.
                Err(error) if self.filled > 0 => {
                    self.failed = Some(error);
                    break;
                }
                Err(error) => return Err(self.placed(error)),
            }
        }
        Ok(())
    }

    fn failed(&self) -> bool {
        self.failed.is_some()
    }

    fn place(&self) -> SourcePlace {
        self.place
    }

    fn begin_lines(&mut self, line: u64, rule: LineRule) {
        self.place = SourcePlace::begin(line, rule);
    }
}

/// What a line of a text is for its reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LineRule {
    /// It ends with a line feed, as editors count.
    #[default]
    Feed,
    /// It ends with a carriage return.
    Return,
    /// It is a row of a sheet: a line feed in quotes is a part of a cell.
    SheetRow,
}

/// A place in a text, in lines and characters.
#[derive(Clone, Copy, Debug, Default)]
pub struct SourcePlace {
    rule: LineRule,
    newlines: u64,
    characters: u64,
    /// Whether a quote is open, if that is asked.
    is_quoted: bool,
}

impl SourcePlace {
    /// The beginning of a line, from 1.
    pub fn begin(line: u64, rule: LineRule) -> SourcePlace {
        SourcePlace {
            rule,
            newlines: line.saturating_sub(1),
            ..SourcePlace::default()
        }
    }

    /// Moves past these bytes.
    pub fn pass(&mut self, bytes: &[u8]) {
        self.pass_lines(bytes);
        let end = match self.rule {
            LineRule::Feed => b'\n',
            LineRule::Return => b'\r',
            LineRule::SheetRow => return,
        };
        let line = match memchr::memrchr(end, bytes) {
            Some(last) => {
                self.characters = 0;
                &bytes[last + 1..]
            }
            None => bytes,
        };
        let begins_character = |byte: &&u8| **byte & 0xC0 != 0x80;
        self.characters += line.iter().filter(begins_character).count() as u64;
    }

    /// The same if only the line is asked for: to count the characters of a long line takes much
    /// longer than to look for its end.
    pub fn pass_lines(&mut self, bytes: &[u8]) {
        let newlines = |end: u8| memchr::memchr_iter(end, bytes).count() as u64;
        match self.rule {
            LineRule::Feed => self.newlines += newlines(b'\n'),
            LineRule::Return => self.newlines += newlines(b'\r'),
            LineRule::SheetRow => {
                for at in memchr::memchr2_iter(b'"', b'\n', bytes) {
                    match bytes[at] {
                        b'"' => self.is_quoted = !self.is_quoted,
                        _ => self.newlines += u64::from(!self.is_quoted),
                    }
                }
                self.characters = 0;
            }
        }
    }

    /// The line, from 1.
    pub fn line(self) -> u64 {
        self.newlines + 1
    }

    /// The line and the column, from 1.
    pub fn line_and_column(self) -> (u64, u64) {
        (self.newlines + 1, self.characters + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that brings one byte at a time.
    struct TrickleReader<'a>(&'a [u8]);

    impl Read for TrickleReader<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else {
                return Ok(0);
            };
            self.0 = rest;
            into[0] = *first;
            Ok(1)
        }
    }

    #[test]
    fn a_trickle_and_a_slice_give_the_same_places() {
        let text = "аб\nв\n\nгд".as_bytes();
        let mut trickle = ReaderFeed::new(TrickleReader(text));
        let mut slice = SliceFeed::new(text);
        slice.more().unwrap();
        for index in 0..text.len() {
            trickle.more().unwrap();
            assert_eq!(trickle.window(), &text[index..=index]);
            assert_eq!(trickle.position(0), slice.position(0));
            assert_eq!(trickle.offset(), slice.offset());
            trickle.consume(1);
            slice.consume(1);
        }
        assert!(!trickle.at_end());
        trickle.more().unwrap();
        assert!(trickle.at_end() && slice.at_end());
    }

    #[test]
    fn a_window_that_is_not_consumed_doubles() {
        let text = [b'x'; 100];
        let mut trickle = ReaderFeed::new(TrickleReader(&text));
        for length in [1, 2, 4, 8, 16, 32, 64, 100] {
            trickle.more().unwrap();
            assert_eq!(trickle.window().len(), length);
        }
        assert!(trickle.at_end());
    }
}
