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

/// The places of the bits that are set.
#[inline(always)]
pub(super) fn places(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = word.trailing_zeros() as usize;
        word &= word.wrapping_sub(1);
        (place < WORD).then_some(place)
    })
}

/// A bitmap with room for so many rows, all of them unset.
pub(super) fn room(rows: usize) -> Vec<u64> {
    vec![0; rows.div_ceil(WORD)]
}

/// The words of a bitmap, in memory as Arrow has them: the lowest bit first.
fn buffer(words: Vec<u64>, rows: usize) -> BooleanBuffer {
    let words = if cfg!(target_endian = "big") {
        words.into_iter().map(u64::to_le).collect()
    } else {
        words
    };
    BooleanBuffer::new(Buffer::from_vec(words), 0, rows)
}

/// The rows that are set as those that hold a value; `None` where all of them do.
pub(super) fn valid(words: Vec<u64>, rows: usize) -> Option<NullBuffer> {
    Some(NullBuffer::new(buffer(words, rows))).filter(|nulls| nulls.null_count() > 0)
}

/// The rows that are set as true.
pub(super) fn booleans(words: Vec<u64>, rows: usize) -> BooleanArray {
    BooleanArray::new(buffer(words, rows), None)
}

/// The words that tell which rows hold a value, as many as it takes.
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
