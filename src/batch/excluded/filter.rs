//! The keys that a table may have: one word passes over most keys that it does not have.
//!
//! Each key sets two bits of one word, as in the blocked Bloom filters of Putze, Sanders and Singler
//! (*Cache-, Hash- and Space-Efficient Bloom Filters*). The keys are spread evenly already: the leading
//! bits of a key choose its word, the lowest ones its two bits. One in 16 or so of the keys that the
//! table does not have isn't passed over.
//!
//! Limits: it takes one byte a key, and a table has to be asked for the keys that are left. A table of
//! long keys has no filter: few jobs ask it, and its keys take the byte already.

use super::key::KeyWidth;

/// There is a word for so many keys.
const KEYS_OF_WORD: u64 = 8;
/// The leading bits of a key that choose its word.
const WORD_BITS: u32 = 32;
/// The lowest bits of a key that choose two bits of its word. They are others.
const TWO_BITS: u32 = 12;
const _: () = assert!(WORD_BITS + TWO_BITS <= KeyWidth::Short.bits());

/// How the words are divided among the parts of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FilterShape {
    /// The words of all parts; each part has the same number. Without a filter there are none.
    pub words: usize,
    parts: usize,
    width: KeyWidth,
}

impl FilterShape {
    pub fn of(width: KeyWidth, keys: u64, parts: usize) -> Self {
        let in_each = match width {
            KeyWidth::Short => keys.div_ceil(KEYS_OF_WORD * parts as u64).max(1),
            KeyWidth::Long => 0,
        };
        FilterShape {
            words: in_each as usize * parts,
            parts,
            width,
        }
    }

    /// The words of one part, of whose keys the bits come that the part does not have in common.
    pub fn words_of_part(self, keys: &[u64]) -> Vec<u64> {
        let mut words = vec![0; self.words / self.parts];
        if !words.is_empty() {
            for key in keys {
                words[place(*key, self.width, self.words)] |= bits_of(*key);
            }
        }
        words
    }
}

/// The words of all parts.
#[derive(Debug)]
pub(super) struct KeyFilter(pub Vec<u64>);

impl KeyFilter {
    /// The word of a key of this width.
    #[inline(always)]
    pub fn word_of(&self, key: u64, width: KeyWidth) -> u64 {
        match width {
            KeyWidth::Short => self.0[place(key, width, self.0.len())],
            KeyWidth::Long => u64::MAX,
        }
    }

    #[cfg(test)]
    pub fn bytes(&self) -> usize {
        8 * self.0.capacity()
    }
}

/// Whether the table may have a key that has this word.
#[inline(always)]
pub(super) fn word_may_have(word: u64, key: u64) -> bool {
    let bits = bits_of(key);
    word & bits == bits
}

/// The place of the word of a key, if there are so many. Each part has as many, so without the bits that its keys
/// have in common this is the place among the words of the part.
#[inline(always)]
fn place(key: u64, width: KeyWidth, words: usize) -> usize {
    let leading = key >> (width.bits() - WORD_BITS);
    ((leading * words as u64) >> WORD_BITS) as usize
}

/// The bits of a key in its word.
#[inline(always)]
fn bits_of(key: u64) -> u64 {
    1 << (key & 63) | 1 << (key >> (TWO_BITS / 2) & 63)
}

#[cfg(test)]
mod tests {
    use super::super::table::PART_BITS;
    use super::*;

    #[test]
    fn the_keys_of_all_parts_are_found_and_few_others() {
        let width = KeyWidth::Short;
        for part_bits in [0, PART_BITS] {
            let (parts, bits) = (1 << part_bits, width.bits() - part_bits);
            let phones = |from: u64| (from..from + 100_000).map(|phone| width.key_of(phone));
            let mut keys: Vec<Vec<u64>> = vec![Vec::new(); parts];
            phones(79_000_000_000)
                .for_each(|key| keys[(key >> bits) as usize].push(key & ((1 << bits) - 1)));
            let shape = FilterShape::of(width, 100_000, parts);
            let words = keys.iter().flat_map(|keys| shape.words_of_part(keys));
            let filter = KeyFilter(words.collect());
            assert_eq!(filter.0.len(), shape.words);
            let may_have = |key: &u64| word_may_have(filter.word_of(*key, width), *key);
            assert!(phones(79_000_000_000).all(|key| may_have(&key)));
            let others = phones(79_100_000_000).filter(may_have);
            assert!((1_000..10_000).contains(&others.count()));
        }
    }

    #[test]
    fn long_keys_have_no_filter() {
        let shape = FilterShape::of(KeyWidth::Long, 100_000, 1);
        assert!(shape.words_of_part(&[1, 2, 3]).is_empty());
        let key = (1 << 50) - 1;
        let word = KeyFilter(Vec::new()).word_of(key, KeyWidth::Long);
        assert!(word_may_have(word, key));
    }
}
