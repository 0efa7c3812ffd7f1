//! Normalized texts, written in the layout of the values.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow_array::{ArrayRef, GenericStringArray, OffsetSizeTrait};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::DataType;

use super::parts;
use super::room;
use super::views::{Views, ViewsRoom};
use super::writer::Writer;
use crate::packed_text;

/// The three layouts of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    Small,
    Large,
    Views,
}

impl Layout {
    /// The layout of the answer for values of this type.
    pub(super) fn of(values: &DataType) -> Layout {
        match values {
            DataType::LargeUtf8 => Layout::Large,
            DataType::Utf8View => Layout::Views,
            _ => Layout::Small,
        }
    }
}

/// Buffers for the texts of a whole array.
pub(super) enum Texts {
    Small(OffsetsRoom<i32>),
    Large(OffsetsRoom<i64>),
    Views(ViewsRoom),
}

/// Buffers for the texts of some of its rows.
pub(super) enum TextsPart<'o> {
    Small(Offsets<'o, i32>),
    Large(Offsets<'o, i64>),
    Views(Views<'o>),
}

impl Texts {
    /// Buffers for this many rows, in parts of this many.
    pub(super) fn room(layout: Layout, rows: usize, part: usize) -> Texts {
        match layout {
            Layout::Small => Texts::Small(OffsetsRoom::new(rows, part)),
            Layout::Large => Texts::Large(OffsetsRoom::new(rows, part)),
            Layout::Views => Texts::Views(ViewsRoom::new(rows, part)),
        }
    }

    /// The buffers of the parts of this many rows.
    pub(super) fn split(&mut self, part: usize) -> Vec<TextsPart<'_>> {
        match self {
            Texts::Small(room) => room.split(part).map(TextsPart::Small).collect(),
            Texts::Large(room) => room.split(part).map(TextsPart::Large).collect(),
            Texts::Views(room) => room.split(part).map(TextsPart::Views).collect(),
        }
    }

    /// The array of the texts that were written, in parts of this many rows.
    pub(super) fn array(self, part: usize, valid: Option<NullBuffer>, threads: usize) -> ArrayRef {
        match self {
            Texts::Small(room) => room.array(part, valid, threads),
            Texts::Large(room) => room.array(part, valid, threads),
            Texts::Views(room) => Arc::new(room.array(valid)),
        }
    }
}

/// Buffers for the offsets of a whole array, and for the bytes of each part.
pub(super) struct OffsetsRoom<O> {
    /// The end of each text within its part.
    ends: Vec<O>,
    parts: Vec<Vec<u8>>,
}

/// The offsets and bytes of one part, and the final place of its bytes.
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

    /// arrow-array's own check of offsets and texts goes through all of them on one thread; this
    /// check goes through each part on its thread.
    ///
    /// # Panics
    /// If the offsets or the bytes are not valid texts, or the bits and the rows differ in count.
    fn array(mut self, part: usize, valid: Option<NullBuffer>, threads: usize) -> ArrayRef {
        let (bytes, are_texts) = match self.parts.len() {
            0 | 1 => {
                let mut bytes = self.parts.pop().unwrap_or_default();
                bytes.shrink_to_fit();
                let are_texts = are_texts(&self.ends[1..], &bytes);
                (bytes, are_texts)
            }
            _ => self.joined(part, threads),
        };
        let rows = self.ends.len() - 1;
        let as_many = valid.as_ref().is_none_or(|valid| valid.len() == rows);
        let are_within = O::from_usize(bytes.len()).is_some() && self.ends[0] == O::default();
        let (ends, bytes) = (ScalarBuffer::from(self.ends), Buffer::from_vec(bytes));
        if !(are_texts && are_within && as_many) {
            let offsets = OffsetBuffer::new(ends);
            return Arc::new(GenericStringArray::new(offsets, bytes, valid));
        }
        #[expect(unsafe_code, reason = "the checks that it leaves out were made above")]
        // SAFETY: the offsets begin with zero and never decrease: each part checks its own, and
        // each part begins where the one before ends. Their sum is within the type. All bytes are
        // ASCII, so every text is UTF-8. There are as many texts as rows.
        let texts = unsafe {
            GenericStringArray::new_unchecked(OffsetBuffer::new_unchecked(ends), bytes, valid)
        };
        Arc::new(texts)
    }

    /// The bytes of all parts in order, with the ends of their texts moved accordingly; and whether
    /// each part passes [`are_texts`].
    fn joined(&mut self, part: usize, threads: usize) -> (Vec<u8>, bool) {
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
        let all_are_texts = AtomicBool::new(true);
        let Ok(()) = parts::each(
            pieces,
            threads,
            || (),
            |(), piece| -> Result<(), Infallible> {
                if !are_texts(piece.ends, &piece.from) {
                    all_are_texts.store(false, Ordering::Relaxed);
                }
                piece.to.copy_from_slice(&piece.from);
                let before = O::usize_as(piece.before);
                piece.ends.iter_mut().for_each(|end| *end += before);
                Ok(())
            },
        );
        (all, all_are_texts.into_inner())
    }
}

/// Whether the texts with these ends follow each other in these bytes, cover all of them, and are
/// ASCII.
fn are_texts<O: OffsetSizeTrait>(ends: &[O], bytes: &[u8]) -> bool {
    let mut are_ordered = true;
    let mut before = O::default();
    for &end in ends {
        are_ordered &= before <= end;
        before = end;
    }
    are_ordered && before.as_usize() == bytes.len() && bytes.is_ascii()
}

/// Writes offsets, and the bytes of the texts.
pub(super) struct Offsets<'o, O> {
    ends: &'o mut [O],
    bytes: Vec<u8>,
    /// The final place of the bytes. Threads that write into neighbouring memory slow each other
    /// down.
    laid: &'o mut Vec<u8>,
}

impl<O: OffsetSizeTrait> Writer for Offsets<'_, O> {
    fn begin(&mut self) {
        // Reserved memory that is never written to costs nothing.
        self.bytes.reserve((self.ends.len() + 1) * packed_text::LEN);
    }

    #[inline(always)]
    fn put(&mut self, row: usize, text: [u64; 2], len: usize) {
        // All bytes, because a copy of constant size takes one step.
        let end = self.bytes.len() + len;
        self.bytes.extend_from_slice(&text[0].to_le_bytes());
        self.bytes.extend_from_slice(&text[1].to_le_bytes());
        self.bytes.truncate(end);
        self.ends[row] = O::usize_as(end);
    }

    #[inline(always)]
    fn put_again(
        &mut self,
        row: usize,
        text: &[u8; packed_text::LONGEST],
        len: usize,
        _: &mut u128,
    ) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::cast::AsArray;

    fn written<O: OffsetSizeTrait>(
        texts: &[&[u8]],
        part: usize,
        spoil: impl Fn(&mut Offsets<'_, O>),
    ) -> ArrayRef {
        let mut room = OffsetsRoom::<O>::new(texts.len(), part);
        for (mut writer, texts) in room.split(part).zip(texts.chunks(part)) {
            writer.begin();
            for (row, text) in texts.iter().enumerate() {
                writer.put_long(row, text);
            }
            spoil(&mut writer);
            writer.end();
        }
        room.array(part, None, 2)
    }

    fn check<O: OffsetSizeTrait>() {
        let texts: [&[u8]; 5] = [b"79123456789", b"", b"Europe/Moscow", b"", b"+03:00"];
        for part in 1..=6 {
            let array = written::<O>(&texts, part, |_| ());
            array.to_data().validate_full().unwrap();
            let found = array.as_string::<O>().iter().flatten();
            assert!(found.map(str::as_bytes).eq(texts));
        }
        for part in [1, 2, 5] {
            let refused = |texts: &[&[u8]], spoil: fn(&mut Offsets<'_, O>)| {
                std::panic::catch_unwind(|| written::<O>(texts, part, spoil)).is_err()
            };
            assert!(refused(&[b"7912", b"\xff\xff"], |_| ()));
            assert!(refused(&texts, |writer| writer.ends[0] = O::usize_as(1000)));
            assert!(refused(&texts, |writer| writer.ends[0] = O::default() - O::one()));
            assert!(!refused(&texts, |_| ()));
        }
    }

    #[test]
    fn texts_are_read_back_and_invalid_ones_are_refused() {
        check::<i32>();
        check::<i64>();
    }
}
