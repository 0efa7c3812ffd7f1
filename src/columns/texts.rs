//! Normalized texts, written in the layout that the values came in.

use std::sync::Arc;

use arrow_array::{ArrayRef, GenericStringArray, OffsetSizeTrait};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::DataType;

use super::parts;
use super::room;
use super::views::{Views, ViewsRoom};
use crate::short;

/// The three layouts of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    Small,
    Large,
    Views,
}

impl Layout {
    /// The layout of the texts that answer values of this type.
    pub(super) fn of(values: &DataType) -> Layout {
        match values {
            DataType::LargeUtf8 => Layout::Large,
            DataType::Utf8View => Layout::Views,
            _ => Layout::Small,
        }
    }
}

/// Room for the texts of a whole array.
pub(super) enum Texts {
    Small(OffsetsRoom<i32>),
    Large(OffsetsRoom<i64>),
    Views(ViewsRoom),
}

/// Room for the texts of some of its rows.
pub(super) enum TextsPart<'o> {
    Small(Offsets<'o, i32>),
    Large(Offsets<'o, i64>),
    Views(Views<'o>),
}

impl Texts {
    /// Room for so many rows, in parts of so many.
    pub(super) fn room(layout: Layout, rows: usize, part: usize) -> Texts {
        match layout {
            Layout::Small => Texts::Small(OffsetsRoom::new(rows, part)),
            Layout::Large => Texts::Large(OffsetsRoom::new(rows, part)),
            Layout::Views => Texts::Views(ViewsRoom::new(rows, part)),
        }
    }

    /// The rooms of the parts of so many rows.
    pub(super) fn split(&mut self, part: usize) -> Vec<TextsPart<'_>> {
        match self {
            Texts::Small(room) => room.split(part).map(TextsPart::Small).collect(),
            Texts::Large(room) => room.split(part).map(TextsPart::Large).collect(),
            Texts::Views(room) => room.split(part).map(TextsPart::Views).collect(),
        }
    }

    /// The array of the texts that were written, in parts of so many rows.
    pub(super) fn array(self, part: usize, valid: Option<NullBuffer>, threads: usize) -> ArrayRef {
        match self {
            Texts::Small(room) => room.array(part, valid, threads),
            Texts::Large(room) => room.array(part, valid, threads),
            Texts::Views(room) => Arc::new(room.array(valid)),
        }
    }
}

/// Room for the offsets of a whole array, and for the bytes of each part.
pub(super) struct OffsetsRoom<O> {
    /// Where each text ends within its part.
    ends: Vec<O>,
    parts: Vec<Vec<u8>>,
}

/// One part's offsets and bytes, and where the bytes go.
struct Piece<'o, O> {
    ends: &'o mut [O],
    from: Vec<u8>,
    to: &'o mut [u8],
    before: usize,
}

impl<O: OffsetSizeTrait> OffsetsRoom<O> {
    fn new(rows: usize, part: usize) -> Self {
        OffsetsRoom {
            ends: room::zeroed(rows + 1),
            parts: vec![Vec::new(); rows.div_ceil(part)],
        }
    }

    fn split(&mut self, part: usize) -> impl Iterator<Item = Offsets<'_, O>> {
        let ends = self.ends[1..].chunks_mut(part);
        ends.zip(&mut self.parts).map(|(ends, bytes)| Offsets {
            ends,
            laid: bytes,
            bytes: Vec::new(),
        })
    }

    fn array(mut self, part: usize, valid: Option<NullBuffer>, threads: usize) -> ArrayRef {
        let bytes = match self.parts.len() {
            0 | 1 => {
                let mut bytes = self.parts.pop().unwrap_or_default();
                bytes.shrink_to_fit();
                bytes
            }
            _ => self.joined(part, threads),
        };
        let offsets = OffsetBuffer::new(ScalarBuffer::from(self.ends));
        Arc::new(GenericStringArray::new(
            offsets,
            Buffer::from_vec(bytes),
            valid,
        ))
    }

    /// The bytes of all parts, one after the other; the ends of their texts are moved along.
    fn joined(&mut self, part: usize, threads: usize) -> Vec<u8> {
        let mut all: Vec<u8> = room::zeroed(self.parts.iter().map(Vec::len).sum());
        let mut rest = all.as_mut_slice();
        let mut before = 0;
        let mut pieces = Vec::with_capacity(self.parts.len());
        let parts = std::mem::take(&mut self.parts);
        for (ends, from) in self.ends[1..].chunks_mut(part).zip(parts) {
            let (to, after) = std::mem::take(&mut rest).split_at_mut(from.len());
            let len = from.len();
            pieces.push(Piece {
                ends,
                from,
                to,
                before,
            });
            (before, rest) = (before + len, after);
        }
        parts::each(
            pieces,
            threads,
            || (),
            |(), piece| {
                piece.to.copy_from_slice(&piece.from);
                let before = O::usize_as(piece.before);
                piece.ends.iter_mut().for_each(|end| *end += before);
            },
        );
        all
    }
}

/// The view of a text that has none yet: no text is so long.
pub(super) const UNWRITTEN: u128 = u128::MAX;

/// Writes the texts of one part, row after row.
pub(super) trait Writer {
    /// Before the first row.
    fn begin(&mut self) {}
    /// The text of this row: one of no more than 16 bytes, with zeros above.
    fn put(&mut self, row: usize, text: [u64; 2], len: usize);
    /// A text that comes often, the first `len` of the bytes; `view` is the writer's, and
    /// [`UNWRITTEN`] at first in each part.
    fn put_again(&mut self, row: usize, text: &[u8; short::LONGEST], len: usize, view: &mut u128);
    /// A text of any length.
    fn put_long(&mut self, row: usize, text: &[u8]);
    /// There is none.
    fn skip(&mut self, row: usize);
    /// After the last row.
    fn end(self)
    where
        Self: Sized,
    {
    }
}

/// Writes offsets, and the bytes one after the other.
pub(super) struct Offsets<'o, O> {
    ends: &'o mut [O],
    bytes: Vec<u8>,
    /// Where the bytes go in the end: threads that write to each other's neighbours wait.
    laid: &'o mut Vec<u8>,
}

impl<O: OffsetSizeTrait> Writer for Offsets<'_, O> {
    fn begin(&mut self) {
        // Room that is not written to costs no memory.
        self.bytes.reserve((self.ends.len() + 1) * short::LEN);
    }

    #[inline(always)]
    fn put(&mut self, row: usize, text: [u64; 2], len: usize) {
        // All bytes, since as many each time take one step.
        let end = self.bytes.len() + len;
        self.bytes.extend_from_slice(&text[0].to_le_bytes());
        self.bytes.extend_from_slice(&text[1].to_le_bytes());
        self.bytes.truncate(end);
        self.ends[row] = O::usize_as(end);
    }

    #[inline(always)]
    fn put_again(&mut self, row: usize, text: &[u8; short::LONGEST], len: usize, _: &mut u128) {
        let end = self.bytes.len() + len;
        self.bytes.extend_from_slice(text);
        self.bytes.truncate(end);
        self.ends[row] = O::usize_as(end);
    }

    fn put_long(&mut self, row: usize, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.skip(row);
    }

    #[inline(always)]
    fn skip(&mut self, row: usize) {
        self.ends[row] = O::usize_as(self.bytes.len());
    }

    fn end(self) {
        *self.laid = self.bytes;
    }
}
