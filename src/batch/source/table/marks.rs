//! The positions of the bytes that separate cells.
//!
//! Cells have few bytes, so starting a search for each costs more than the search itself. So 64
//! bytes of the text are read together and give three numbers of 64 bits: a search in these is one
//! step, and counting the delimiters before the end of a line is another.

use wide::u8x16;

/// How many bytes are read together: as many as a number has bits.
const WIDTH: usize = u64::BITS as usize;

/// A text, and the marks in its part that was read last.
pub struct Marked<'t> {
    text: &'t [u8],
    /// A delimiter, the end of a line, a quote.
    bytes: [u8; 3],
    /// The beginning of the part.
    begin: usize,
    marks: Marks,
}

/// A bit for every byte of a part; the first byte has the lowest bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Marks {
    delimiters: u64,
    ends: u64,
    quotes: u64,
}

/// A line without quotes, as far as the caller needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plain {
    /// The position of its end.
    pub end: usize,
    /// How many delimiters are before that.
    pub delimiters: usize,
}

impl<'t> Marked<'t> {
    /// A text whose cells and lines end with these bytes.
    pub fn new(text: &'t [u8], delimiter: u8, end: u8) -> Self {
        let mut marked = Marked {
            text,
            bytes: [delimiter, end, b'"'],
            begin: 0,
            marks: Marks::default(),
        };
        marked.look(0);
        marked
    }

    /// The text.
    pub fn text(&self) -> &'t [u8] {
        self.text
    }

    /// The position of the first delimiter or end from `from` on.
    pub fn stop(&mut self, from: usize) -> Option<usize> {
        self.find(from, |marks| marks.delimiters | marks.ends)
    }

    /// The position of the first end from `from` on.
    pub fn end(&mut self, from: usize) -> Option<usize> {
        self.find(from, |marks| marks.ends)
    }

    /// The position of the first quote from `from` on and before `limit`.
    pub fn quote(&mut self, from: usize, limit: usize) -> Option<usize> {
        let mut from = from;
        while from < limit {
            let next = self.begin_of(from) + WIDTH;
            let found = self.at(from).quotes;
            if found != 0 {
                return Some(self.place(found)).filter(|place| *place < limit);
            }
            from = next;
        }
        None
    }

    /// The rest of the line from `from` on. Calls `tell` with the positions of its first
    /// delimiters, up to `some` of them. `None` if the line contains a quote, or its end is
    /// missing.
    #[inline(always)]
    pub fn plain(
        &mut self,
        from: usize,
        some: usize,
        mut tell: impl FnMut(usize),
    ) -> Option<Plain> {
        let (mut from, mut delimiters) = (from, 0);
        while from < self.text.len() {
            let next = self.begin_of(from) + WIDTH;
            let marks = self.at(from);
            // All bits below the lowest end, or all bits if there is no end.
            let before = !marks.ends & marks.ends.wrapping_sub(1);
            if marks.quotes & before != 0 {
                return None;
            }
            let mut here = marks.delimiters & before;
            while delimiters < some && here != 0 {
                tell(self.place(here));
                here &= here - 1;
                delimiters += 1;
            }
            delimiters += here.count_ones() as usize;
            if marks.ends != 0 {
                let end = self.place(marks.ends);
                return Some(Plain { end, delimiters });
            }
            from = next;
        }
        None
    }

    #[inline(always)]
    fn find(&mut self, from: usize, which: impl Fn(Marks) -> u64) -> Option<usize> {
        let mut from = from;
        while from < self.text.len() {
            let next = self.begin_of(from) + WIDTH;
            let found = which(self.at(from));
            if found != 0 {
                return Some(self.place(found));
            }
            from = next;
        }
        None
    }

    fn begin_of(&self, place: usize) -> usize {
        place & !(WIDTH - 1)
    }

    /// The position of the first of these marks in the part.
    fn place(&self, marks: u64) -> usize {
        self.begin + marks.trailing_zeros() as usize
    }

    /// The marks of the part that contains `from`, without those before it.
    #[inline(always)]
    fn at(&mut self, from: usize) -> Marks {
        let begin = self.begin_of(from);
        if begin != self.begin {
            self.look(begin);
        }
        let from_here = u64::MAX << (from - begin);
        Marks {
            delimiters: self.marks.delimiters & from_here,
            ends: self.marks.ends & from_here,
            quotes: self.marks.quotes & from_here,
        }
    }

    /// Reads the part that begins there.
    fn look(&mut self, begin: usize) {
        self.begin = begin;
        let rest = self.text.get(begin..).unwrap_or_default();
        self.marks = match rest.first_chunk() {
            Some(stretch) => Marks::of(stretch, self.bytes),
            None => {
                let mut padded = [0; WIDTH];
                padded[..rest.len()].copy_from_slice(rest);
                let there = (1 << rest.len()) - 1;
                Marks::of(&padded, self.bytes).within(there)
            }
        };
    }
}

impl Marks {
    #[inline(always)]
    fn of(stretch: &[u8; WIDTH], [delimiter, end, quote]: [u8; 3]) -> Marks {
        let (parts, _) = stretch.as_chunks::<16>();
        let (a, b) = (u8x16::new(parts[0]), u8x16::new(parts[1]));
        let (c, d) = (u8x16::new(parts[2]), u8x16::new(parts[3]));
        let bits = |part: u8x16, byte: u8x16| u64::from(part.simd_eq(byte).to_bitmask());
        let places = |byte: u8| {
            let byte = u8x16::splat(byte);
            bits(a, byte) | bits(b, byte) << 16 | bits(c, byte) << 32 | bits(d, byte) << 48
        };
        Marks {
            delimiters: places(delimiter),
            ends: places(end),
            quotes: places(quote),
        }
    }

    fn within(self, there: u64) -> Marks {
        Marks {
            delimiters: self.delimiters & there,
            ends: self.ends & there,
            quotes: self.quotes & there,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same, with a look at each byte.
    struct SlowMarks<'t>(&'t [u8], u8, u8);

    impl SlowMarks<'_> {
        fn find(&self, from: usize, is_it: impl Fn(u8) -> bool) -> Option<usize> {
            let found = self.0[from..].iter().position(|byte| is_it(*byte));
            found.map(|length| from + length)
        }

        fn plain(&self, from: usize) -> Option<Plain> {
            let end = self.find(from, |byte| byte == self.2)?;
            let line = &self.0[from..end];
            let delimiters = line.iter().filter(|byte| **byte == self.1).count();
            (!line.contains(&b'"')).then_some(Plain { end, delimiters })
        }
    }

    /// Bytes with a meaning, similar ones, and others; runs longer than a part.
    fn text() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop::sample::select(b",;\"\r\n\0\x01x!#+-\x80\xC2\xFF".as_slice());
        let run = (byte, prop_oneof![4 => Just(1), 1 => 1..150usize]);
        let runs = prop::collection::vec(run, 0..60);
        runs.prop_map(|runs| {
            let runs = runs.into_iter();
            runs.flat_map(|(byte, length)| vec![byte; length]).collect()
        })
    }

    proptest! {
        #[test]
        fn marks_agree_with_a_look_at_each_byte(
            text in text(),
            (delimiter, end) in prop::sample::select(vec![(b',', b'\n'), (b'\0', b'\r'), (0x7F, b'\n')]),
            places in prop::collection::vec((any::<prop::sample::Index>(), 0..400usize), 20),
        ) {
            let (mut marked, slow) = (Marked::new(&text, delimiter, end), SlowMarks(&text, delimiter, end));
            for (place, length) in places {
                // Forwards and backwards, including the end of the text.
                let from = place.index(text.len() + 1);
                let limit = (from + length).min(text.len());
                let quote = slow.find(from, |byte| byte == b'"').filter(|place| *place < limit);
                prop_assert_eq!(marked.quote(from, limit), quote);
                prop_assert_eq!(marked.end(from), slow.find(from, |byte| byte == end));
                let stop = slow.find(from, |byte| byte == end || byte == delimiter);
                prop_assert_eq!(marked.stop(from), stop);
                let mut seen = Vec::new();
                let plain = marked.plain(from, length % 4, |place| seen.push(place));
                prop_assert_eq!(plain, slow.plain(from));
                if let Some(Plain { end, delimiters }) = plain {
                    let places = (from..end).filter(|place| text[*place] == delimiter);
                    let places: Vec<usize> = places.take(length % 4).collect();
                    prop_assert!(seen == places && seen.len() <= delimiters);
                }
            }
        }
    }
}
