//! A table of phones: segments, each with the keys that begin with the same bits.

use super::bits::{PackedBits, WORDS, bytes_of_words};
use super::key::{KEY_BITS, key_of};
use super::segment::{KeyPlace, Segment, SegmentShape};

/// A table of fewer keys has one segment.
pub(super) const MANY: u64 = 1 << 16;
/// The bits that keys of one segment have in common, if a table has many keys.
pub(super) const PART_BITS: u32 = 10;

/// The keys of one segment, and for each its list, if there are several lists.
#[derive(Debug, Default)]
pub(super) struct TablePart {
    pub segment: Segment,
    lists: PackedBits,
}

/// Phones in a few bytes each.
#[derive(Debug)]
pub(super) struct PhoneTable {
    parts: Vec<TablePart>,
    shape: SegmentShape,
    /// The bits of the number of a list.
    list_bits: u32,
}

/// How the keys of a table are divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TableShape {
    pub segment: SegmentShape,
    pub parts: usize,
    pub list_bits: u32,
}

impl TableShape {
    /// The shape for so many different keys of so many lists: one segment, or 1024 of them.
    pub fn of(keys: u64, lists: usize) -> Self {
        let part_bits = if keys < MANY { 0 } else { PART_BITS };
        let parts = 1 << part_bits;
        TableShape {
            segment: SegmentShape::of(KEY_BITS - part_bits, parts, keys),
            parts,
            list_bits: lists.max(1).next_power_of_two().ilog2(),
        }
    }
}

impl TablePart {
    /// The part of these keys, which are sorted and differ, and of the list of each.
    pub fn of(keys: &[u64], lists: impl Iterator<Item = u16>, shape: TableShape) -> Self {
        let width = u64::from(shape.list_bits);
        let mut packed = PackedBits::new(width * keys.len() as u64);
        if width > 0 {
            for (list, place) in lists.take(keys.len()).zip(0..) {
                packed.put(place * width, list.into());
            }
        }
        TablePart {
            segment: Segment::of(keys, shape.segment),
            lists: packed,
        }
    }

    /// A part of one list.
    pub fn of_segment(segment: Segment) -> Self {
        TablePart {
            segment,
            lists: PackedBits::default(),
        }
    }
}

impl PhoneTable {
    pub fn of(parts: Vec<TablePart>, shape: TableShape) -> Self {
        PhoneTable {
            parts,
            shape: shape.segment,
            list_bits: shape.list_bits,
        }
    }

    /// How many phones it has.
    pub fn len(&self) -> u64 {
        let lengths = self.parts.iter().map(|part| u64::from(part.segment.len()));
        lengths.sum()
    }

    pub fn segments(&self) -> impl Iterator<Item = &Segment> {
        self.parts.iter().map(|part| &part.segment)
    }

    /// Hands over the bytes of all segments and of the lists of their phones, in order.
    pub fn each_piece(&self, take: &mut dyn FnMut(&[u8])) {
        for part in &self.parts {
            part.segment.pieces().for_each(|piece| take(&piece));
            let lists = part.lists.words().chunks(WORDS);
            lists.for_each(|words| take(&bytes_of_words(words)));
        }
    }

    /// The keys of all phones, in order.
    pub fn keys(&self) -> impl Iterator<Item = u64> + '_ {
        let (shape, bits) = (self.shape, self.bits_of_part());
        let parts = self.parts.iter().zip(0_u64..);
        parts.flat_map(move |(part, first)| {
            part.segment.keys(shape).map(move |key| first << bits | key)
        })
    }

    /// The bits of a key in its part.
    fn bits_of_part(&self) -> u32 {
        KEY_BITS - self.parts.len().max(1).ilog2()
    }

    /// The list of each of these phones that has one, and the place of the phone among them.
    pub fn listed(&self, phones: &[u64]) -> Vec<(usize, u16)> {
        // The table does not fit into a cache. Each step of all look-ups comes before the next one, so
        // that they wait for memory together.
        let bits = self.bits_of_part();
        let mut places: Vec<(u32, KeyPlace)> = (phones.iter())
            .map(|phone| {
                let key = key_of(*phone);
                let part = (key >> bits) as u32;
                let within = key & ((1 << bits) - 1);
                (
                    part,
                    self.parts[part as usize].segment.place(within, self.shape),
                )
            })
            .collect();
        for (part, place) in &mut places {
            self.parts[*part as usize].segment.fetch(place);
        }
        let found = places
            .iter()
            .enumerate()
            .filter_map(|(asked, (part, place))| {
                let part = &self.parts[*part as usize];
                let found = part.segment.find(place, self.shape)?;
                Some((asked, self.list_of(part, found)))
            });
        found.collect()
    }

    fn list_of(&self, part: &TablePart, place: u32) -> u16 {
        match self.list_bits {
            0 => 0,
            width => {
                let bits = part.lists.window(u64::from(place) * u64::from(width));
                (bits & ((1 << width) - 1)) as u16
            }
        }
    }

    #[cfg(test)]
    pub fn bytes(&self) -> usize {
        let bytes = |part: &TablePart| part.segment.bytes() + part.lists.bytes();
        self.parts.iter().map(bytes).sum::<usize>() + self.parts.capacity() * size_of::<TablePart>()
    }
}
