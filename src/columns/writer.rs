//! Who writes the texts of a part.

use crate::packed_text;

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
    fn put_again(
        &mut self,
        row: usize,
        text: &[u8; packed_text::LONGEST],
        len: usize,
        view: &mut u128,
    );
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
