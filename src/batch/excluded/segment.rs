//! A part of a table: the keys that begin with the same bits, coded as Elias and Fano do.
//!
//! The lowest bits of a key are kept as they are. The bits above them are its *slot*. There are about
//! as many slots as keys, and 16 slots are a *stretch*, which has in one place
//!
//! ```text
//! for each slot a one for each of its keys, and a zero │ the lowest bits of each key, in order
//! ```
//!
//! So the slot costs two bits a key instead of 23, and all that a look-up reads of a stretch is in one
//! or two lines of memory. Where a stretch begins follows from the number of keys before it, which
//! `starts` has. Such a number takes as many bits as that of all keys of the segment.
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
    /// How many keys it has.
    count: u32,
    /// The bits of a number in `starts`: two of them fit into a word.
    start_bits: u32,
    /// How many keys are before each stretch, and in all.
    starts: PackedBits,
    bits: PackedBits,
}

impl Segment {
    /// The segment of these keys, which are sorted and differ.
    pub fn of(keys: &[u64], shape: SegmentShape) -> Self {
        let (count, stretches) = (keys.len() as u32, shape.stretches() as u64);
        let start_bits = bits_of_start(count);
        let mut segment = Segment {
            count,
            start_bits,
            starts: PackedBits::new((stretches + 1) * u64::from(start_bits)),
            bits: PackedBits::new(shape.bits(count.into(), stretches)),
        };
        let mut rest = keys;
        for stretch in 0..stretches {
            let end = (stretch + 1) * SLOTS;
            let of_stretch = rest
                .iter()
                .take_while(|key| shape.slot(**key) < end)
                .count();
            let (keys_here, others) = rest.split_at(of_stretch);
            let before = (keys.len() - rest.len()) as u64;
            segment.starts.put(stretch * u64::from(start_bits), before);
            segment.put_stretch((stretch, before), keys_here, shape);
            rest = others;
        }
        let end = stretches * u64::from(start_bits);
        segment.starts.put(end, count.into());
        segment
    }

    /// Puts the keys of a stretch, which has so many keys before it.
    fn put_stretch(&mut self, (stretch, before): (u64, u64), keys: &[u64], shape: SegmentShape) {
        let at = shape.bits(before, stretch);
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
    pub fn read(
        count: u32,
        starts: Vec<u64>,
        words: Vec<u64>,
        shape: SegmentShape,
    ) -> Option<Self> {
        let segment = Segment {
            count,
            start_bits: bits_of_start(count),
            starts: PackedBits::of(starts),
            bits: PackedBits::of(words),
        };
        segment.is_sound(shape).then_some(segment)
    }

    /// How many words `starts` and the bits of a segment take that has so many keys.
    pub fn words_for(keys: u32, shape: SegmentShape) -> (usize, usize) {
        let stretches = shape.stretches() as u64;
        let starts = (stretches + 1) * u64::from(bits_of_start(keys));
        (
            words_of(starts),
            words_of(shape.bits(keys.into(), stretches)),
        )
    }

    /// Whether each stretch has as many ones as keys, and as many zeros as slots.
    fn is_sound(&self, shape: SegmentShape) -> bool {
        let has_size = (self.starts.words().len(), self.bits.words().len())
            == Segment::words_for(self.count, shape);
        let stretches = shape.stretches() as u64;
        has_size
            && self.bounds(0).0 == 0
            && self.bounds(stretches - 1).1 == self.count
            && (0..stretches).all(|stretch| {
                let (start, end) = self.bounds(stretch);
                start <= end
                    && end <= self.count
                    && self.has_ones(shape.bits(start.into(), stretch), end - start)
            })
    }

    /// How many keys are before a stretch, and before the next one.
    #[inline(always)]
    fn bounds(&self, stretch: u64) -> (u32, u32) {
        let both = self.starts.window(stretch * u64::from(self.start_bits));
        let mask = (1 << self.start_bits) - 1;
        (
            (both & mask) as u32,
            (both >> self.start_bits & mask) as u32,
        )
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
        self.count
    }

    /// Its numbers as bytes, in pieces: how many keys it has, where the stretches begin, and then their
    /// words.
    pub fn pieces(&self) -> impl Iterator<Item = Vec<u8>> + '_ {
        let count = std::iter::once(self.count.to_le_bytes().to_vec());
        let words = [&self.starts, &self.bits].into_iter();
        count.chain(words.flat_map(|bits| bits.words().chunks(WORDS).map(bytes_of_words)))
    }

    /// Where a key would be.
    #[inline(always)]
    pub fn place(&self, key: u64, shape: SegmentShape) -> KeyPlace {
        let slot = shape.slot(key);
        let stretch = slot / SLOTS;
        let (start, end) = self.bounds(stretch);
        KeyPlace {
            low: shape.low(key),
            slot: (slot % SLOTS) as u32,
            start,
            count: end - start,
            at: shape.bits(start.into(), stretch),
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
        let stretches = 0..shape.stretches() as u64;
        stretches.flat_map(move |stretch| {
            let (start, end) = self.bounds(stretch);
            let count = u64::from(end - start);
            let at = shape.bits(start.into(), stretch);
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
        self.starts.bytes() + self.bits.bytes()
    }
}

/// The bits of the number of some of so many keys.
fn bits_of_start(keys: u32) -> u32 {
    u32::BITS - keys.leading_zeros()
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
            let count = segment.len();
            let (starts, words) = (segment.starts.words().to_vec(), segment.bits.words().to_vec());
            let read = |starts: &[u64], words: &[u64]| {
                Segment::read(count, starts.to_vec(), words.to_vec(), shape)
            };
            prop_assert!(read(&starts, &words).is_some());
            prop_assert!(read(&starts, &words[1..]).is_none());
            prop_assert!(read(&starts, &[&words[..], &[0]].concat()).is_none());
            prop_assert!(read(&[&starts[..], &[0]].concat(), &words).is_none());
            for other in [count + 1, count.wrapping_sub(1), u32::MAX] {
                let read = Segment::read(other, starts.clone(), words.clone(), shape);
                prop_assert!(read.is_none());
            }
            let width = segment.start_bits as usize;
            if width > 0 {
                prop_assert!(read(&starts[1..], &words).is_none());
                // A bit of a number in `starts`.
                let mut other = starts.clone();
                let start = start.index((shape.stretches() + 1) * width);
                other[start / 64] ^= 1 << (start % 64);
                prop_assert!(read(&other, &words).is_none());
            }
            // A bit among the ones and zeros of the first stretch.
            let mut flipped = words;
            let bit = bit.index(SLOTS as usize + segment.bounds(0).1 as usize);
            flipped[bit / 64] ^= 1 << (bit % 64);
            prop_assert!(read(&starts, &flipped).is_none());
        }
    }
}
