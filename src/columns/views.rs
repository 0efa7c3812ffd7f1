//! Arrays of views into texts that predial wrote.

use arrow_array::StringViewArray;
use arrow_buffer::{Buffer, NullBuffer, ScalarBuffer};

use super::cells::INLINE;
use super::room;
use super::writer::{UNWRITTEN, Writer};
use crate::packed_text;

/// The highest bit of each byte of a view that may hold text; no ASCII byte has it.
const BEYOND_ASCII: u128 = 0x8080_8080_8080_8080_8080_8080 << 32;

/// Buffers for the views of a whole array. Only its own [`Views`] write to them, and check each
/// view as they write it. arrow-array's own check of all views takes as long as checking a column
/// of zones.
pub(super) struct ViewsRoom {
    views: Vec<u128>,
    parts: Vec<Aside>,
}

/// The long texts of a part. Each part has cache lines of its own, because threads write to them.
#[derive(Default)]
#[repr(align(128))]
struct Aside {
    /// The texts that are too long for a view.
    bytes: Vec<u8>,
    /// Whether a view was written that is not ASCII, or refers to anything but these bytes.
    is_invalid: bool,
}

impl ViewsRoom {
    /// Buffers for this many rows, in parts of this many.
    pub(super) fn new(rows: usize, part: usize) -> Self {
        let parts = (0..rows.div_ceil(part)).map(|_| Aside::default()).collect();
        ViewsRoom {
            views: room::zeroed(rows),
            parts,
        }
    }

    /// The buffers of each part of this many rows.
    pub(super) fn split(&mut self, part: usize) -> impl Iterator<Item = Views<'_>> {
        let parts = (0..).zip(&mut self.parts);
        let views = self.views.chunks_mut(part);
        views.zip(parts).map(|(views, (buffer, aside))| Views {
            views,
            buffer,
            aside,
        })
    }

    /// The array of these views.
    ///
    /// # Panics
    /// If a view is invalid, or the bits and the rows differ in count.
    pub(super) fn array(self, valid: Option<NullBuffer>) -> StringViewArray {
        let is_ascii = |part: &Aside| !part.is_invalid && part.bytes.is_ascii();
        let are_ascii = self.parts.iter().all(is_ascii);
        let as_many = valid
            .as_ref()
            .is_none_or(|valid| valid.len() == self.views.len());
        let buffers = self.parts.into_iter();
        let buffers: Vec<Buffer> = buffers.map(|part| Buffer::from_vec(part.bytes)).collect();
        let views = ScalarBuffer::from(self.views);
        if !are_ascii || !as_many {
            return StringViewArray::new(views, buffers, valid);
        }
        #[expect(unsafe_code, reason = "the check that it leaves out was made above")]
        // SAFETY: a view that was never written is empty. `Views::put_view` checked that every
        // other view is ASCII itself or within its part's buffer, which only grows and is ASCII. So
        // every text is within its buffer and is UTF-8. There are as many views as rows.
        unsafe {
            StringViewArray::new_unchecked(views, buffers.into(), valid)
        }
    }
}

/// Writes views: a short text is inside the view, a longer one in a buffer.
pub(super) struct Views<'o> {
    views: &'o mut [u128],
    buffer: u32,
    aside: &'o mut Aside,
}

impl Views<'_> {
    /// The view of a text. A long text is added to the buffer.
    #[inline(never)]
    fn view(&mut self, text: &[u8]) -> u128 {
        let (start, len) = (packed_text::padded(text), text.len() as u128);
        if text.len() <= INLINE {
            return start << 32 | len;
        }
        let (buffer, at) = (u128::from(self.buffer), self.aside.bytes.len() as u128);
        self.aside.bytes.extend_from_slice(text);
        len | u128::from(start as u32) << 32 | buffer << 64 | at << 96
    }

    /// Writes a view of one of this part's texts.
    #[inline(always)]
    fn put_view(&mut self, row: usize, view: u128) {
        let (len, at) = (view as u32 as usize, (view >> 96) as usize);
        // The branch predictor can't guess which of the two it is, so both are checked.
        let is_beyond_ascii = view & BEYOND_ASCII != 0;
        let is_elsewhere =
            ((view >> 64) as u32 != self.buffer) | (at + len > self.aside.bytes.len());
        let is_inline = len <= INLINE;
        if (is_inline & is_beyond_ascii) | (!is_inline & is_elsewhere) {
            self.aside.is_invalid = true;
        }
        self.views[row] = view;
    }
}

impl Writer for Views<'_> {
    #[inline(always)]
    fn put(&mut self, row: usize, text: [u64; 2], len: usize) {
        let text = u128::from(text[0]) | u128::from(text[1]) << 64;
        if len > INLINE {
            return self.put_long(row, &text.to_le_bytes()[..len.min(packed_text::LEN)]);
        }
        if text << 32 & BEYOND_ASCII != 0 {
            self.aside.is_invalid = true;
        }
        self.views[row] = text << 32 | len as u128;
    }

    #[inline(always)]
    fn put_again(
        &mut self,
        row: usize,
        text: &[u8; packed_text::LONGEST],
        len: usize,
        view: &mut u128,
    ) {
        if *view == UNWRITTEN {
            *view = self.view(&text[..len]);
        }
        self.put_view(row, *view);
    }

    fn put_long(&mut self, row: usize, text: &[u8]) {
        let view = self.view(text);
        self.put_view(row, view);
    }

    #[inline(always)]
    fn skip(&mut self, _: usize) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::Array;

    fn view(len: u128, start: &[u8; 4], buffer: u128, at: u128) -> u128 {
        len | u128::from(u32::from_le_bytes(*start)) << 32 | buffer << 64 | at << 96
    }

    #[test]
    fn short_and_long_texts_are_read_back() {
        let texts = [
            "abc",
            "",
            "Europe/Moscow",
            "79123456789",
            "America/Argentina/Buenos_Aires",
        ];
        let mut room = ViewsRoom::new(texts.len() + 1, 2);
        for (part, mut views) in room.split(2).enumerate() {
            for row in 0..2 {
                if let Some(text) = texts.get(2 * part + row) {
                    views.put_long(row, text.as_bytes());
                }
            }
        }
        let array = room.array(None);
        array.to_data().validate_full().unwrap();
        let found: Vec<_> = array.iter().flatten().collect();
        assert_eq!(found[..texts.len()], texts);
        assert_eq!(found[texts.len()], "");
    }

    #[test]
    fn invalid_views_are_refused() {
        let is_refused = |view: u128, laid_aside: &[u8]| {
            let made = || {
                let mut room = ViewsRoom::new(4, 2);
                for mut views in room.split(2) {
                    views.put_long(0, laid_aside);
                    views.put_again(1, &[b'x'; 32], 13, &mut view.clone());
                }
                room.array(None)
            };
            std::panic::catch_unwind(made).is_err()
        };
        let text = b"Europe/Moscow";
        for view in [
            view(14, b"Euro", 0, 0),
            view(13, b"Euro", 0, 1),
            view(13, b"Euro", 2, 0),
            view(3, b"ab\xff\0", 0, 0),
        ] {
            assert!(is_refused(view, text));
        }
        assert!(!is_refused(view(3, b"abc\0", 0, 0), text));
        assert!(is_refused(view(3, b"abc\0", 0, 0), b"Europe/Mosc\xff\xff"));
    }
}
