//! The interface that writes the texts of a part.

use crate::packed_text;

/// The view of a text that was not written yet: no text is so long.
pub(super) const UNWRITTEN: u128 = u128::MAX;

/// Writes the texts of one part, one row after another.
pub(super) trait Writer {
    /// Called before the first row.
    fn begin(&mut self) {}
    /// Writes the text of this row, which has at most 16 bytes, with zeros above them.
    fn put(&mut self, row: usize, text: [u64; 2], len: usize);
    /// Writes a text that occurs often: the first `len` of the bytes. The writer stores its `view`,
    /// which is [`UNWRITTEN`] at the beginning of each part.
    fn put_again(
        &mut self,
        row: usize,
        text: &[u8; packed_text::LONGEST],
        len: usize,
        view: &mut u128,
    );
    /// Writes a text of any length.
    fn put_long(&mut self, row: usize, text: &[u8]);
    /// The row has no text.
    fn skip(&mut self, row: usize);
    /// Called after the last row.
    fn end(self)
    where
        Self: Sized,
    {
    }
}
