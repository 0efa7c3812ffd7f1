//! A part of a table: the keys that begin with the same bits, coded as Elias and Fano do.
//!
//! The lowest bits of a key are kept as they are. The bits above them are its *slot*. There are about
//! as many slots as keys, and 16 slots are a *stretch*, which has in one place
//!
//! ```text
//! for each slot a one for each of its keys, and a zero │ the lowest bits of each key, in order
//! ```
//!
//! So the slot costs two bits a key instead of 25, and all that a look-up reads of a stretch is in one
//! or two lines of memory. Where a stretch begins follows from the number of keys before it, which
//! `starts` has.
//!
//! Limits: 2^32 keys.

use super::bits::{PackedBits, WORDS, bytes_of_words, place_of_one, words_of};

/// The slots of a stretch.
const SLOTS: u64 = 16;
const SLOT_BITS: u32 = SLOTS.ilog2();

/// How the bits of keys are divided. It is the same for all segments of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SegmentShape {
    /// The bits of a key in its segment.
    key_bits: u32,
    /// The lowest bits, which are kept as they are.
    low_bits: u32,
}

impl SegmentShape {
    /// The shape for keys of `key_bits` in one segment, if the table has so many segments and keys.
    pub fn of(key_bits: u32, segments: usize, keys: u64) -> Self {
        let in_each = (keys / segments as u64).max(1);
        let slot_bits = in_each.ilog2().clamp(SLOT_BITS, key_bits - 1);
        SegmentShape {
            key_bits,
            low_bits: key_bits - slot_bits,
        }
    }

    pub fn stretches(self) -> usize {
        1 << (self.key_bits - self.low_bits - SLOT_BITS)
    }

    fn slot(self, key: u64) -> u64 {
        key >> self.low_bits
    }

    fn low(self, bits: u64) -> u64 {
        bits & ((1 << self.low_bits) - 1)
    }

    /// The bits of so many keys in so many stretches.
    fn bits(self, keys: u64, stretches: u64) -> u64 {
        keys * u64::from(self.low_bits + 1) + stretches * SLOTS
    }
}

/// Where a key would be.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeyPlace {
    /// The lowest bits of the key.
    low: u64,
    /// Its slot in the stretch.
    slot: u32,
    /// The number of keys before the stretch, and in it.
    start: u32,
    count: u32,
    /// Where the stretch begins.
    at: u64,
    /// The first bits of the stretch, once they were read.
    ones: u64,
}

/// The keys of a part of a table, in order.
#[derive(Debug, Default)]
pub(super) struct Segment {
    /// How many keys are before each stretch, and in all.
    starts: Vec<u32>,
    bits: PackedBits,
}

impl Segment {
    /// The segment of these keys, which are sorted and differ.
    pub fn of(keys: &[u64], shape: SegmentShape) -> Self {
        let stretches = shape.stretches();
        let mut segment = Segment {
            starts: Vec::with_capacity(stretches + 1),
            bits: PackedBits::new(shape.bits(keys.len() as u64, stretches as u64)),
        };
        segment.starts.push(0);
        let mut rest = keys;
        for stretch in 0..stretches as u64 {
            let end = (stretch + 1) * SLOTS;
            let of_stretch = rest
                .iter()
                .take_while(|key| shape.slot(**key) < end)
                .count();
            let (keys_here, others) = rest.split_at(of_stretch);
            segment.put_stretch(stretch, keys_here, shape);
            rest = others;
            segment.starts.push((keys.len() - rest.len()) as u32);
        }
        segment
    }

    fn put_stretch(&mut self, stretch: u64, keys: &[u64], shape: SegmentShape) {
        let before = self.starts.last().copied().unwrap_or_default();
        let at = shape.bits(before.into(), stretch);
        let first_low = at + SLOTS + keys.len() as u64;
        for (key, place) in keys.iter().zip(0..) {
            // Before the one of this key are those of the keys before it, and a zero for each slot.
            self.bits.put(at + place + shape.slot(*key) % SLOTS, 1);
            let low_at = first_low + place * u64::from(shape.low_bits);
            self.bits.put(low_at, shape.low(*key));
        }
    }

    /// The segment of these numbers, which somebody else has written. `None` if they contradict each
    /// other.
    pub fn read(starts: Vec<u32>, words: Vec<u64>, shape: SegmentShape) -> Option<Self> {
        let segment = Segment {
            starts,
            bits: PackedBits::of(words),
        };
        segment.is_sound(shape).then_some(segment)
    }

    /// How many words the bits of a segment take that has so many keys.
    pub fn words_for(keys: u32, shape: SegmentShape) -> usize {
        words_of(shape.bits(keys.into(), shape.stretches() as u64))
    }

    /// Whether each stretch has as many ones as keys, and as many zeros as slots.
    fn is_sound(&self, shape: SegmentShape) -> bool {
        let is_rising = self.starts.first() == Some(&0) && self.starts.is_sorted();
        let has_size = self.starts.len() == shape.stretches() + 1
            && self.bits.words().len() == Segment::words_for(self.len(), shape);
        is_rising
            && has_size
            && self.starts.windows(2).zip(0..).all(|(bounds, stretch)| {
                let at = shape.bits(bounds[0].into(), stretch);
                let count = bounds[1] - bounds[0];
                self.has_ones(at, count)
            })
    }

    /// Whether there are as many ones as this before the sixteenth zero, and no bit in between.
    fn has_ones(&self, at: u64, count: u32) -> bool {
        let length = SLOTS + u64::from(count);
        let mut ones = 0;
        for begin in (0..length).step_by(64) {
            let left = (length - begin).min(64);
            ones += (self.bits.window(at + begin) & (u64::MAX >> (64 - left))).count_ones();
        }
        let last = self.bits.window(at + length - 1) & 1;
        ones == count && last == 0
    }

    /// How many keys it has.
    pub fn len(&self) -> u32 {
        self.starts.last().copied().unwrap_or_default()
    }

    /// Its numbers as bytes, in pieces: where the stretches begin, and then their words.
    pub fn pieces(&self) -> impl Iterator<Item = Vec<u8>> + '_ {
        let bytes = |starts: &[u32]| {
            starts
                .iter()
                .flat_map(|start| start.to_le_bytes())
                .collect()
        };
        let starts = self.starts.chunks(WORDS).map(bytes);
        starts.chain(self.bits.words().chunks(WORDS).map(bytes_of_words))
    }

    /// Where a key would be.
    #[inline(always)]
    pub fn place(&self, key: u64, shape: SegmentShape) -> KeyPlace {
        let slot = shape.slot(key);
        let stretch = (slot / SLOTS) as usize;
        let (start, end) = match self.starts.get(stretch..) {
            Some([start, end, ..]) => (*start, *end),
            _ => (0, 0),
        };
        KeyPlace {
            low: shape.low(key),
            slot: (slot % SLOTS) as u32,
            start,
            count: end - start,
            at: shape.bits(start.into(), stretch as u64),
            ones: 0,
        }
    }

    /// Reads the first bits of the stretch of a key.
    #[inline(always)]
    pub fn fetch(&self, place: &mut KeyPlace) {
        place.ones = self.bits.window(place.at);
    }

    /// How many keys are before the key of this place, if that is there.
    #[inline(always)]
    pub fn find(&self, place: &KeyPlace, shape: SegmentShape) -> Option<u32> {
        let (before, count) = match place.count {
            ..=48 => ones_of_slot(place.ones, place.slot),
            _ => self.ones_of_far_slot(place),
        };
        let lows = place.at + SLOTS + u64::from(place.count);
        (before..before + count)
            .find(|key| {
                let at = lows + u64::from(*key) * u64::from(shape.low_bits);
                shape.low(self.bits.window(at)) == place.low
            })
            .map(|key| place.start + key)
    }

    /// The keys before a slot in a stretch whose ones and zeros take more than a word, and the keys
    /// of the slot.
    #[cold]
    fn ones_of_far_slot(&self, place: &KeyPlace) -> (u32, u32) {
        let is_one = |at: u64| self.bits.window(place.at + at) & 1 == 1;
        let length = SLOTS + u64::from(place.count);
        let (mut slot, mut before, mut count) = (0, 0, 0);
        for at in 0..length {
            match is_one(at) {
                true if slot < place.slot => before += 1,
                true if slot == place.slot => count += 1,
                true => {}
                false => slot += 1,
            }
        }
        (before, count)
    }

    /// All keys, in order.
    pub fn keys(&self, shape: SegmentShape) -> impl Iterator<Item = u64> + '_ {
        let stretches = self.starts.windows(2).zip(0_u64..);
        stretches.flat_map(move |(bounds, stretch)| {
            let count = u64::from(bounds[1] - bounds[0]);
            let at = shape.bits(bounds[0].into(), stretch);
            let lows = at + SLOTS + count;
            let ones =
                (0..SLOTS + count).filter(move |place| self.bits.window(at + place) & 1 == 1);
            ones.zip(0..).map(move |(place, key)| {
                let low = self.bits.window(lows + key * u64::from(shape.low_bits));
                let slot = stretch * SLOTS + (place - key);
                slot << shape.low_bits | shape.low(low)
            })
        })
    }

    #[cfg(test)]
    pub fn bytes(&self) -> usize {
        4 * self.starts.capacity() + self.bits.bytes()
    }
}

/// The ones before a slot, and those of the slot.
#[inline(always)]
fn ones_of_slot(ones: u64, slot: u32) -> (u32, u32) {
    let begin = match slot {
        0 => 0,
        _ => place_of_one(!ones, slot - 1) + 1,
    };
    (begin - slot, (!(ones >> begin)).trailing_zeros())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn keys() -> impl Strategy<Value = (u32, BTreeSet<u64>)> {
        (8_u32..=50).prop_flat_map(|bits| {
            let even = prop::collection::btree_set(0..1_u64 << bits, 0..300);
            let crowded = (0..1_u64 << bits).prop_flat_map(move |from| {
                let to = (from + 200).min(1 << bits);
                prop::collection::btree_set(from..to, 0..200)
            });
            let keys = prop_oneof![even, crowded];
            (Just(bits), keys)
        })
    }

    proptest! {
        #[test]
        fn a_segment_has_its_keys_and_no_others((bits, keys) in keys(), more in 1_u64..100_000) {
            let sorted: Vec<u64> = keys.iter().copied().collect();
            for total in [keys.len() as u64, more] {
                let shape = SegmentShape::of(bits, 1, total);
                let segment = Segment::of(&sorted, shape);
                prop_assert!(segment.is_sound(shape));
                prop_assert_eq!(segment.keys(shape).collect::<Vec<_>>(), sorted.clone());
                let near = keys.iter().flat_map(|key| key.saturating_sub(2)..key + 3);
                for key in near.filter(|key| key >> bits == 0) {
                    let mut place = segment.place(key, shape);
                    segment.fetch(&mut place);
                    let found = segment.find(&place, shape).map(|place| place as usize);
                    prop_assert_eq!(found, sorted.binary_search(&key).ok());
                }
            }
        }

        #[test]
        fn what_contradicts_itself_is_refused(
            (bits, keys) in keys(),
            bit in any::<prop::sample::Index>(),
            start in any::<prop::sample::Index>(),
        ) {
            let sorted: Vec<u64> = keys.iter().copied().collect();
            let shape = SegmentShape::of(bits, 1, sorted.len() as u64);
            let segment = Segment::of(&sorted, shape);
            let (starts, words) = (segment.starts.clone(), segment.bits.words().to_vec());
            prop_assert!(Segment::read(starts.clone(), words.clone(), shape).is_some());
            let mut fewer = words.clone();
            fewer.pop();
            prop_assert!(Segment::read(starts.clone(), fewer, shape).is_none());
            let mut other = starts.clone();
            let start = start.index(other.len());
            other[start] += 1;
            prop_assert!(Segment::read(other, words.clone(), shape).is_none());
            // A bit among the ones and zeros of the first stretch.
            let mut flipped = words;
            let bit = bit.index(SLOTS as usize + starts[1] as usize);
            flipped[bit / 64] ^= 1 << (bit % 64);
            prop_assert!(Segment::read(starts, flipped, shape).is_none());
        }
    }
}
