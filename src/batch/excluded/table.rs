//! A table of phones whose keys are equally long: segments, each with the keys that begin with the same
//! bits.

use super::bits::{PackedBits, WORDS, bytes_of_words};
use super::filter::{FilterShape, KeyFilter, word_may_have};
use super::key::KeyWidth;
use super::segment::{KeyPlace, Segment, SegmentShape};

/// A table of fewer keys has one segment.
pub(super) const MANY: u64 = 1 << 16;
/// The bits that keys of one segment have in common, if a table has many keys.
pub(super) const PART_BITS: u32 = 10;

/// The look-ups that are made together.
const GROUP: usize = 64;

/// The keys of one segment, and for each its list, if there are several lists.
#[derive(Debug, Default)]
pub(super) struct TablePart {
    pub segment: Segment,
    lists: PackedBits,
}

/// Phones in a few bytes each.
#[derive(Debug)]
pub(super) struct PhoneTable {
    width: KeyWidth,
    parts: Vec<TablePart>,
    shape: SegmentShape,
    /// The bits of the number of a list.
    list_bits: u32,
    filter: KeyFilter,
}

/// How the keys of a table are divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TableShape {
    pub width: KeyWidth,
    pub segment: SegmentShape,
    pub parts: usize,
    pub list_bits: u32,
    pub filter: FilterShape,
}

impl TableShape {
    /// The shape for so many different keys of so many lists: one segment, or 1024 of them.
    pub fn of(width: KeyWidth, keys: u64, lists: usize) -> Self {
        let part_bits = if keys < MANY { 0 } else { PART_BITS };
        let parts = 1 << part_bits;
        TableShape {
            width,
            segment: SegmentShape::of(width.bits() - part_bits, parts, keys),
            parts,
            list_bits: lists.max(1).next_power_of_two().ilog2(),
            filter: FilterShape::of(width, keys, parts),
        }
    }
}

impl TablePart {
    /// The part of these keys, which are sorted and differ, and of the list of each; and its words of
    /// the filter.
    pub fn of(
        keys: &[u64],
        lists: impl Iterator<Item = u16>,
        shape: TableShape,
    ) -> (Self, Vec<u64>) {
        let width = u64::from(shape.list_bits);
        let mut packed = PackedBits::new(width * keys.len() as u64);
        if width > 0 {
            for (list, place) in lists.take(keys.len()).zip(0..) {
                packed.put(place * width, list.into());
            }
        }
        let part = TablePart {
            segment: Segment::of(keys, shape.segment),
            lists: packed,
        };
        (part, shape.filter.words_of_part(keys))
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
    pub fn of(parts: Vec<TablePart>, filter: Vec<u64>, shape: TableShape) -> Self {
        PhoneTable {
            width: shape.width,
            parts,
            shape: shape.segment,
            list_bits: shape.list_bits,
            filter: KeyFilter(filter),
        }
    }

    /// The table of parts, each with its words of the filter.
    pub fn of_parts(parts: Vec<(TablePart, Vec<u64>)>, shape: TableShape) -> Self {
        let mut filter = Vec::with_capacity(shape.filter.words);
        let of_part = |(part, words): (TablePart, Vec<u64>)| {
            filter.extend(words);
            part
        };
        let parts = parts.into_iter().map(of_part).collect();
        PhoneTable::of(parts, filter, shape)
    }

    /// How many phones it has.
    pub fn len(&self) -> u64 {
        let lengths = self.parts.iter().map(|part| u64::from(part.segment.len()));
        lengths.sum()
    }

    pub fn segments(&self) -> impl Iterator<Item = &Segment> {
        self.parts.iter().map(|part| &part.segment)
    }

    /// The words of the filter as bytes, in pieces.
    pub fn filter_pieces(&self) -> impl Iterator<Item = Vec<u8>> + '_ {
        self.filter.0.chunks(WORDS).map(bytes_of_words)
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
        self.width.bits() - self.parts.len().max(1).ilog2()
    }

    /// Adds to `listed` those of some jobs, each with its phone, whose phone the table has, and the list
    /// of the phone. Phones of another width it does not have.
    #[inline(always)]
    pub fn find<J: Copy + Default>(
        &self,
        jobs: impl Iterator<Item = (J, u64)>,
        listed: &mut Vec<(J, u16)>,
    ) {
        // Each width is compiled by itself.
        match self.width {
            KeyWidth::Short => self.find_of_width(KeyWidth::Short, jobs, listed),
            KeyWidth::Long => self.find_of_width(KeyWidth::Long, jobs, listed),
        }
    }

    #[inline(always)]
    fn find_of_width<J: Copy + Default>(
        &self,
        width: KeyWidth,
        jobs: impl Iterator<Item = (J, u64)>,
        listed: &mut Vec<(J, u16)>,
    ) {
        let mut jobs = jobs
            .filter(|(_, phone)| KeyWidth::of(*phone) == width)
            .map(|(job, phone)| (job, width.key_of(phone)));
        let mut group = [(J::default(), 0); GROUP];
        let mut words = [0; GROUP];
        let mut left = [(J::default(), 0); 2 * GROUP];
        let mut count = 0;
        loop {
            let mut asked = 0;
            for (place, job) in group.iter_mut().zip(&mut jobs) {
                *place = job;
                asked += 1;
            }
            let group = &group[..asked];
            // A loop of few steps: as many words as possible are waited for together.
            for ((_, key), word) in group.iter().zip(&mut words) {
                *word = self.filter.word_of(*key, width);
            }
            for (job, word) in group.iter().zip(words) {
                left[count] = *job;
                count += usize::from(word_may_have(word, job.1));
            }
            let is_last = asked < GROUP;
            if count >= GROUP || is_last {
                self.find_keys(&left[..count], listed);
                count = 0;
            }
            if is_last {
                return;
            }
        }
    }

    /// The same for jobs with their keys. The table does not fit into a cache: each step of all look-ups
    /// comes before the next one, so that they wait for memory together.
    #[inline(never)]
    fn find_keys<J: Copy>(&self, jobs: &[(J, u64)], listed: &mut Vec<(J, u16)>) {
        let bits = self.bits_of_part();
        let part_of = |key: u64| &self.parts[(key >> bits) as usize];
        let place = |(_, key): &(J, u64)| {
            let within = key & ((1 << bits) - 1);
            part_of(*key).segment.place(within, self.shape)
        };
        let mut places: Vec<KeyPlace> = jobs.iter().map(place).collect();
        for ((_, key), place) in jobs.iter().zip(&mut places) {
            part_of(*key).segment.fetch(place);
        }
        for ((job, key), place) in jobs.iter().zip(&places) {
            let part = part_of(*key);
            if let Some(found) = part.segment.find(place, self.shape) {
                listed.push((*job, self.list_of(part, found)));
            }
        }
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
        self.parts.iter().map(bytes).sum::<usize>()
            + self.parts.capacity() * size_of::<TablePart>()
            + self.filter.bytes()
    }
}
