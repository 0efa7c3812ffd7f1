//! Bitmaps, written 64 rows at a time.

use arrow_array::BooleanArray;
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer};

/// Rows that share one word of a bitmap.
pub(super) const WORD: usize = 64;

/// The first bits of a word.
#[inline(always)]
pub(super) fn first(count: usize) -> u64 {
    u64::MAX >> (WORD - count.clamp(1, WORD))
}

/// The positions of the bits that are set.
#[inline(always)]
pub(super) fn places(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = word.trailing_zeros() as usize;
        word &= word.wrapping_sub(1);
        (place < WORD).then_some(place)
    })
}

/// A bitmap for this many rows, all of them unset.
pub(super) fn room(rows: usize) -> Vec<u64> {
    vec![0; rows.div_ceil(WORD)]
}

/// The words of a bitmap as memory in Arrow's form: the lowest bit first.
fn buffer(words: Vec<u64>, rows: usize) -> BooleanBuffer {
    let words = if cfg!(target_endian = "big") {
        words.into_iter().map(u64::to_le).collect()
    } else {
        words
    };
    BooleanBuffer::new(Buffer::from_vec(words), 0, rows)
}

/// Rows whose bit is set hold a value; `None` if all of them do.
pub(super) fn valid(words: Vec<u64>, rows: usize) -> Option<NullBuffer> {
    Some(NullBuffer::new(buffer(words, rows))).filter(|nulls| nulls.null_count() > 0)
}

/// Rows whose bit is set are true.
pub(super) fn booleans(words: Vec<u64>, rows: usize) -> BooleanArray {
    BooleanArray::new(buffer(words, rows), None)
}

/// The bitmap of the rows that hold a value, as words.
pub(super) fn words(nulls: Option<&NullBuffer>, rows: usize) -> impl Iterator<Item = u64> {
    let chunks = nulls.map(|nulls| nulls.inner().bit_chunks());
    let mut given = chunks.as_ref().map(|chunks| {
        let words: Vec<u64> = chunks.iter_padded().collect();
        words.into_iter()
    });
    (0..rows.div_ceil(WORD)).map(move |_| match &mut given {
        Some(words) => words.next().unwrap_or_default(),
        None => u64::MAX,
    })
}
