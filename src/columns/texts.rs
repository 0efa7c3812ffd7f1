//! Normalized texts, written in the layout that the values came in.

use std::sync::Arc;

use arrow_array::{ArrayRef, GenericStringArray, OffsetSizeTrait};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::DataType;

use super::cells::INLINE;
use super::{parts, views};
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
    /// The offset where each text ends within its part.
    Small(Vec<i32>),
    Large(Vec<i64>),
    Views(Vec<u128>),
}

/// Room for the texts of some of its rows.
pub(super) enum TextsPart<'o> {
    Small(&'o mut [i32]),
    Large(&'o mut [i64]),
    /// The views, and the number of the buffer that they refer to where they are too long.
    Views(&'o mut [u128], u32),
}

impl Texts {
    pub(super) fn room(layout: Layout, rows: usize) -> Texts {
        match layout {
            Layout::Small => Texts::Small(vec![0; rows + 1]),
            Layout::Large => Texts::Large(vec![0; rows + 1]),
            Layout::Views => Texts::Views(vec![0; rows]),
        }
    }

    /// The rooms of parts of so many rows each.
    pub(super) fn split(&mut self, rows: usize) -> Vec<TextsPart<'_>> {
        match self {
            Texts::Small(ends) => ends[1..].chunks_mut(rows).map(TextsPart::Small).collect(),
            Texts::Large(ends) => ends[1..].chunks_mut(rows).map(TextsPart::Large).collect(),
            Texts::Views(views) => (0..)
                .zip(views.chunks_mut(rows))
                .map(|(buffer, views)| TextsPart::Views(views, buffer))
                .collect(),
        }
    }

    /// The array, of the bytes that were written for each part of so many rows.
    pub(super) fn array(
        self,
        (bytes, rows): (Vec<Vec<u8>>, usize),
        valid: Option<NullBuffer>,
        threads: usize,
    ) -> ArrayRef {
        match self {
            Texts::Small(ends) => joined(ends, bytes, rows, valid, threads),
            Texts::Large(ends) => joined(ends, bytes, rows, valid, threads),
            Texts::Views(views) => Arc::new(views::array(views, bytes, valid)),
        }
    }
}

/// One part's offsets and bytes, and where the bytes go.
struct Piece<'o, O> {
    ends: &'o mut [O],
    from: Vec<u8>,
    to: &'o mut [u8],
    before: usize,
}

fn joined<O: OffsetSizeTrait>(
    mut ends: Vec<O>,
    mut bytes: Vec<Vec<u8>>,
    rows: usize,
    valid: Option<NullBuffer>,
    threads: usize,
) -> ArrayRef {
    let bytes = if bytes.len() <= 1 {
        let mut bytes = bytes.pop().unwrap_or_default();
        bytes.shrink_to_fit();
        bytes
    } else {
        let mut all = vec![0; bytes.iter().map(Vec::len).sum()];
        let mut rest = all.as_mut_slice();
        let mut before = 0;
        let mut pieces = Vec::with_capacity(bytes.len());
        for (ends, from) in ends[1..].chunks_mut(rows).zip(bytes) {
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
        parts::each(pieces, threads, |piece| {
            piece.to.copy_from_slice(&piece.from);
            let before = O::usize_as(piece.before);
            piece.ends.iter_mut().for_each(|end| *end += before);
        });
        all
    };
    let offsets = OffsetBuffer::new(ScalarBuffer::from(ends));
    Arc::new(GenericStringArray::new(
        offsets,
        Buffer::from_vec(bytes),
        valid,
    ))
}

/// Writes the texts of one part, row after row.
pub(super) trait Writer {
    /// The text of this row: a short one of so many bytes.
    fn put(&mut self, row: usize, text: u128, len: usize);
    /// A text that comes often, the first `len` of the bytes; `view` is the writer's, 0 at first.
    fn put_again<const SIZE: usize>(
        &mut self,
        row: usize,
        bytes: &[u8; SIZE],
        len: usize,
        view: &mut u128,
    );
    /// A text of any length.
    fn put_long(&mut self, row: usize, text: &[u8]);
    /// There is none.
    fn skip(&mut self, row: usize);
    /// What lies outside of the rows' own room.
    fn bytes(self) -> Vec<u8>;
}

/// Writes offsets, and the bytes one after the other.
pub(super) struct Offsets<'o, O> {
    ends: &'o mut [O],
    bytes: Vec<u8>,
}

impl<'o, O: OffsetSizeTrait> Offsets<'o, O> {
    pub(super) fn new(ends: &'o mut [O]) -> Self {
        // Room that is not written to costs no memory.
        let bytes = Vec::with_capacity((ends.len() + 1) * short::LEN);
        Offsets { ends, bytes }
    }
}

impl<O: OffsetSizeTrait> Writer for Offsets<'_, O> {
    #[inline(always)]
    fn put(&mut self, row: usize, text: u128, len: usize) {
        // All bytes, since as many each time take one step; and by halves, as they are in
        // registers: what is stored by halves and loaded as a whole has to wait.
        let end = self.bytes.len() + len;
        self.bytes.extend_from_slice(&(text as u64).to_le_bytes());
        self.bytes
            .extend_from_slice(&((text >> 64) as u64).to_le_bytes());
        self.bytes.truncate(end);
        self.ends[row] = O::usize_as(end);
    }

    #[inline(always)]
    fn put_again<const SIZE: usize>(
        &mut self,
        row: usize,
        bytes: &[u8; SIZE],
        len: usize,
        _: &mut u128,
    ) {
        let end = self.bytes.len() + len;
        self.bytes.extend_from_slice(bytes);
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

    fn bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// Writes views: a text that fits is in the view itself, another beside it.
pub(super) struct Views<'o> {
    views: &'o mut [u128],
    buffer: u32,
    bytes: Vec<u8>,
}

impl<'o> Views<'o> {
    pub(super) fn new(views: &'o mut [u128], buffer: u32) -> Self {
        Views {
            views,
            buffer,
            bytes: Vec::new(),
        }
    }

    /// The view of a text that begins with this short one.
    #[inline(always)]
    fn view(&mut self, start: u128, len: usize, text: impl FnOnce(&mut Vec<u8>)) -> u128 {
        if len <= INLINE {
            return len as u128 | start << 32;
        }
        let at = self.bytes.len() as u128;
        text(&mut self.bytes);
        let prefix = u128::from(start as u32);
        len as u128 | prefix << 32 | u128::from(self.buffer) << 64 | at << 96
    }
}

impl Writer for Views<'_> {
    #[inline(always)]
    fn put(&mut self, row: usize, text: u128, len: usize) {
        self.views[row] = self.view(text, len, |bytes| {
            bytes.extend_from_slice(&text.to_le_bytes()[..len]);
        });
    }

    #[inline(always)]
    fn put_again<const SIZE: usize>(
        &mut self,
        row: usize,
        bytes: &[u8; SIZE],
        len: usize,
        view: &mut u128,
    ) {
        if *view == 0 {
            let text = &bytes[..len];
            *view = self.view(short::padded(text), len, |bytes| {
                bytes.extend_from_slice(text)
            });
        }
        self.views[row] = *view;
    }

    fn put_long(&mut self, row: usize, text: &[u8]) {
        self.views[row] = self.view(short::padded(text), text.len(), |bytes| {
            bytes.extend_from_slice(text);
        });
    }

    #[inline(always)]
    fn skip(&mut self, _: usize) {}

    fn bytes(self) -> Vec<u8> {
        self.bytes
    }
}
