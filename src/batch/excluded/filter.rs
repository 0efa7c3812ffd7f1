//! The keys that a table may have: one word passes over most keys that it does not have.
//!
//! Each key sets two bits of one word, as in the blocked Bloom filters of Putze, Sanders and Singler
//! (*Cache-, Hash- and Space-Efficient Bloom Filters*). The keys are spread evenly already: the leading
//! bits of a key choose its word, the lowest ones its two bits. One in 16 or so of the keys that the
//! table does not have isn't passed over.
//!
//! Limits: it takes one byte a key, and a table has to be asked for the keys that are left.

use super::key::KEY_BITS;

/// There is a word for so many keys.
const KEYS_OF_WORD: u64 = 8;
/// The leading bits of a key that choose its word.
const WORD_BITS: u32 = 32;

/// How the words are divided among the parts of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FilterShape {
    /// The words of all parts, as many of each.
    pub words: usize,
    parts: usize,
}

impl FilterShape {
    pub fn of(keys: u64, parts: usize) -> Self {
        let in_each = keys.div_ceil(KEYS_OF_WORD * parts as u64).max(1);
        FilterShape {
            words: in_each as usize * parts,
            parts,
        }
    }

    /// The words of one part, of whose keys the bits come that the part does not have in common.
    pub fn words_of_part(self, keys: &[u64]) -> Vec<u64> {
        let mut words = vec![0; self.words / self.parts];
        for key in keys {
            words[place(*key, self.words)] |= bits_of(*key);
        }
        words
    }
}

/// The words of all parts.
#[derive(Debug)]
pub(super) struct KeyFilter(pub Vec<u64>);

impl KeyFilter {
    /// Whether the table may have a key.
    #[inline(always)]
    pub fn may_have(&self, key: u64) -> bool {
        let bits = bits_of(key);
        self.0[place(key, self.0.len())] & bits == bits
    }

    #[cfg(test)]
    pub fn bytes(&self) -> usize {
        8 * self.0.capacity()
    }
}

/// The word of a key, if there are so many. Each part has as many, so without the bits that its keys
/// have in common this is the place among the words of the part.
#[inline(always)]
fn place(key: u64, words: usize) -> usize {
    let leading = key >> (KEY_BITS - WORD_BITS);
    ((leading * words as u64) >> WORD_BITS) as usize
}

/// The bits of a key in its word.
#[inline(always)]
fn bits_of(key: u64) -> u64 {
    1 << (key & 63) | 1 << (key >> 6 & 63)
}

#[cfg(test)]
mod tests {
    use super::super::key::key_of;
    use super::super::table::PART_BITS;
    use super::*;

    #[test]
    fn the_keys_of_all_parts_are_found_and_few_others() {
        for part_bits in [0, PART_BITS] {
            let (parts, bits) = (1 << part_bits, KEY_BITS - part_bits);
            let phones = |from: u64| (from..from + 100_000).map(key_of);
            let mut keys: Vec<Vec<u64>> = vec![Vec::new(); parts];
            phones(79_000_000_000)
                .for_each(|key| keys[(key >> bits) as usize].push(key & ((1 << bits) - 1)));
            let shape = FilterShape::of(100_000, parts);
            let words = keys.iter().flat_map(|keys| shape.words_of_part(keys));
            let filter = KeyFilter(words.collect());
            assert_eq!(filter.0.len(), shape.words);
            assert!(phones(79_000_000_000).all(|key| filter.may_have(key)));
            let others = phones(79_100_000_000).filter(|key| filter.may_have(*key));
            assert!((1_000..10_000).contains(&others.count()));
        }
    }
}
