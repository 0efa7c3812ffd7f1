//! Numbers of a fixed width, packed into words.

/// Words with a spare one at the end, so that any 64 bits can be read by two words.
#[derive(Debug, Default)]
pub(super) struct PackedBits(Vec<u64>);

impl PackedBits {
    /// Room for so many bits, which are zero.
    pub fn new(bits: u64) -> Self {
        PackedBits(vec![0; words_of(bits) + 1])
    }

    /// The bits of these words.
    pub fn of(mut words: Vec<u64>) -> Self {
        words.push(0);
        PackedBits(words)
    }

    /// The words, without the spare one.
    pub fn words(&self) -> &[u64] {
        let (_, words) = self.0.split_last().unwrap_or((&0, &[]));
        words
    }

    /// The 64 bits from this place on. Bits after the end are zero.
    #[inline(always)]
    pub fn window(&self, at: u64) -> u64 {
        let (word, shift) = ((at / 64) as usize, at % 64);
        match self.0.get(word..) {
            Some([first, second, ..]) => first >> shift | second << 1 << (63 - shift),
            _ => 0,
        }
    }

    /// Sets the lowest bits at this place, where all bits are zero, to those of `value`.
    #[inline(always)]
    pub fn put(&mut self, at: u64, value: u64) {
        let (word, shift) = ((at / 64) as usize, at % 64);
        self.0[word] |= value << shift;
        if shift > 0 {
            self.0[word + 1] |= value >> (64 - shift);
        }
    }

    #[cfg(test)]
    pub fn bytes(&self) -> usize {
        8 * self.0.capacity()
    }
}

/// How many words hold so many bits.
pub(super) fn words_of(bits: u64) -> usize {
    bits.div_ceil(64) as usize
}

/// So many words become bytes at a time.
pub(super) const WORDS: usize = 1 << 15;

/// The bytes of some words.
pub(super) fn bytes_of_words(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// The place of the one after `before` other ones. There have to be so many.
///
/// The ones of each byte are counted at once, as in Vigna's *Broadword implementation of rank/select
/// queries*.
#[inline(always)]
pub(super) fn place_of_one(word: u64, before: u32) -> u32 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let pairs = word - (word >> 1 & 0x5555_5555_5555_5555);
    let fours = (pairs & 0x3333_3333_3333_3333) + (pairs >> 2 & 0x3333_3333_3333_3333);
    let bytes = (fours + (fours >> 4)) & 0x0F0F_0F0F_0F0F_0F0F;
    // The ones of each byte and of those below it.
    let sums = bytes.wrapping_mul(EACH);
    let passed = (((u64::from(before) * EACH) | (EACH << 7)) - sums) >> 7 & EACH;
    let place = 8 * (passed.wrapping_mul(EACH) >> 56);
    let left = u64::from(before) - ((sums << 8) >> place & 0xFF);
    let mut byte = word >> place;
    for _ in 0..left {
        byte &= byte - 1;
    }
    place as u32 + byte.trailing_zeros()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_place_of_a_one_is_that_of_a_walk(word: u64) {
            let ones = (0..64).filter(|place| word >> place & 1 == 1);
            for (before, place) in ones.enumerate() {
                prop_assert_eq!(place_of_one(word, before as u32), place);
            }
        }

        #[test]
        fn what_was_put_is_read(width in 1_u64..=50, values in prop::collection::vec(any::<u64>(), 0..200)) {
            let mask = (1 << width) - 1;
            let mut bits = PackedBits::new(width * values.len() as u64);
            for (value, place) in values.iter().zip(0..) {
                bits.put(place * width, value & mask);
            }
            for (value, place) in values.iter().zip(0..) {
                prop_assert_eq!(bits.window(place * width) & mask, value & mask);
            }
            prop_assert_eq!(bits.window(1 << 40), 0);
        }
    }
}
