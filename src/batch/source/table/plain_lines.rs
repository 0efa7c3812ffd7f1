//! Lines of a table that are the digits of one phone, read 64 at a time.
//!
//! A list of phones may have 10^8 lines. If only the numbers are wanted, a line of digits needs neither
//! cells nor a job. The fast path of columns resolves such lines; whatever else a line is, the reader
//! of records takes it. So this only ever says yes.

use super::dialect::{Dialect, LineEnd};
use super::mapping::{ColumnMapping, ColumnUse};
use crate::packed_text::PackedText;
use crate::phone::{BLOCK, FastPhones, PhoneOptions};

/// The next lines of a block.
pub(super) struct PlainLines<'o> {
    options: &'o PhoneOptions,
    texts: Box<[PackedText; BLOCK]>,
    fast: FastPhones,
    /// Where each line begins, and the one after the last.
    begins: [usize; BLOCK + 1],
    count: usize,
    /// The next line.
    next: usize,
    /// A bit for each line that is a phone.
    phones: u64,
}

impl<'o> PlainLines<'o> {
    /// The lines of a table, if it has one column, and that of phones.
    pub fn of(
        mapping: &ColumnMapping,
        header: &[u8],
        dialect: Dialect,
        options: &'o PhoneOptions,
    ) -> Option<Self> {
        let is_of_phones = mapping.columns().len() == 1
            && mapping.places_for(ColumnUse::PHONE) == [0]
            && !mapping.has_row_regions();
        // A line that repeats the header is not a row.
        let has_name = header.is_empty() || header.iter().any(u8::is_ascii_alphabetic);
        let is_plain = is_of_phones
            && has_name
            && dialect.end == LineEnd::Lf
            && !matches!(dialect.delimiter, b'+' | b'0'..=b'9');
        is_plain.then(|| PlainLines {
            options,
            texts: Box::new([PackedText::default(); BLOCK]),
            fast: FastPhones::default(),
            begins: [0; BLOCK + 1],
            count: 0,
            next: 0,
            phones: 0,
        })
    }

    /// Passes the lines from `at` on that are phones, and hands over their numbers. Returns where the
    /// first other line begins.
    #[inline(always)]
    pub fn pass(&mut self, block: &[u8], at: usize, mut take: impl FnMut(u64)) -> usize {
        let mut at = at;
        loop {
            if self.next >= self.count || self.begins[self.next] != at {
                self.look(block, at);
                if self.count == 0 {
                    return at;
                }
            }
            while self.next < self.count && self.phones >> self.next & 1 != 0 {
                take(self.fast.written[self.next].number());
                self.next += 1;
            }
            at = self.begins[self.next];
            if self.next < self.count {
                self.next += 1;
                return at;
            }
        }
    }

    /// Reads the lines that begin at `at` and are whole, up to 64.
    #[inline(never)]
    fn look(&mut self, block: &[u8], at: usize) {
        (self.count, self.next, self.begins[0]) = (0, 0, at);
        let mut short = 0_u64;
        let mut begin = at;
        for end in memchr::memchr_iter(b'\n', &block[at..]).take(BLOCK) {
            let end = at + end;
            let has_return = end > begin && block[end - 1] == b'\r';
            let text = PackedText::within(block, begin, end - usize::from(has_return) - begin);
            short |= u64::from(text.is_some()) << self.count;
            self.texts[self.count] = text.unwrap_or_default();
            begin = end + 1;
            self.count += 1;
            self.begins[self.count] = begin;
        }
        self.fast.look(&self.texts, self.options);
        let are_digits = self
            .fast
            .written
            .iter()
            .zip(0..)
            .fold(0, |bits, (written, place)| {
                bits | u64::from(written.is_of_digits()) << place
            });
        self.phones = self.fast.resolved & short & are_digits;
    }
}
