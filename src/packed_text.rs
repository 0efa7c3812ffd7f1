#![forbid(unsafe_code)]
//! Short texts packed into numbers: comparing two numbers takes one step, comparing two texts a
//! loop.

/// The number of bytes in the largest integer.
pub(crate) const LEN: usize = 16;

/// A text of at most [`LEN`] bytes, the first of them lowest, with zeros above; for a longer text,
/// its first bytes.
#[inline(always)]
pub(crate) fn padded(text: &[u8]) -> u128 {
    let eight = |bytes: &[u8; 8]| u128::from(u64::from_le_bytes(*bytes));
    let four = |bytes: &[u8; 4]| u128::from(u32::from_le_bytes(*bytes));
    let len = text.len().min(LEN);
    // Bytes that are read twice are or-ed with themselves.
    if let (Some(first), Some(last)) = (text.first_chunk(), text[..len].last_chunk()) {
        return eight(first) | eight(last) << (8 * (len - 8));
    }
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        return four(first) | four(last) << (8 * (len - 4));
    }
    let bytes = text.iter().enumerate();
    bytes.fold(0, |number, (place, &byte)| {
        number | u128::from(byte) << (8 * place)
    })
}

/// The most bytes of a [`PackedText`].
pub(crate) const LONGEST: usize = 32;

/// The number of words, each of eight bytes.
const WORDS: usize = LONGEST / 8;

/// A one in each byte of a word.
const EACH: u64 = u64::MAX / 0xFF;
/// The highest bit of each byte of a word.
pub(crate) const FLAGS: u64 = EACH * 0x80;

/// A text of up to 32 bytes, in any encoding: the first of them lowest, with zeros above.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PackedText {
    pub words: [u64; WORDS],
    pub len: usize,
}

/// For each length, the mask of the bytes that belong to a text.
static KEPT: [[u64; WORDS]; LONGEST + 1] = {
    let mut kept = [[0; WORDS]; LONGEST + 1];
    let mut len = 0;
    while len <= LONGEST {
        let mut place = 0;
        while place < len {
            kept[len][place / 8] |= 0xFF << (8 * (place % 8));
            place += 1;
        }
        len += 1;
    }
    kept
};

/// The mask of the bytes that belong to a text of this length.
#[inline(always)]
pub(crate) fn kept(len: usize) -> &'static [u64; WORDS] {
    &KEPT[len.min(LONGEST)]
}

impl PackedText {
    /// The text, if it is short.
    #[inline(always)]
    pub fn of(text: &[u8]) -> Option<PackedText> {
        (text.len() <= LONGEST).then(|| PackedText::alone(text))
    }

    /// The text of `len` bytes at this position, if it is short. The bytes after it are read and
    /// removed in the same step.
    #[inline(always)]
    pub fn within(bytes: &[u8], from: usize, len: usize) -> Option<PackedText> {
        if len > LONGEST {
            return None;
        }
        match bytes.get(from..).and_then(<[u8]>::first_chunk) {
            Some(room) => Some(PackedText::starting(words(room), len)),
            None => bytes.get(from..)?.get(..len).map(PackedText::alone),
        }
    }

    /// The text that these bytes start with.
    #[inline(always)]
    pub fn starting(words: [u64; WORDS], len: usize) -> PackedText {
        let ([a, b, c, d], kept) = (words, kept(len));
        let words = [a & kept[0], b & kept[1], c & kept[2], d & kept[3]];
        PackedText { words, len }
    }

    /// Whether it is the same text, in one step.
    #[inline(always)]
    pub fn is(&self, other: &PackedText) -> bool {
        let ([a, b, c, d], [e, f, g, h]) = (self.words, other.words);
        (a ^ e) | (b ^ f) | (c ^ g) | (d ^ h) | (self.len ^ other.len) as u64 == 0
    }

    /// A number that differs for most texts.
    #[inline(always)]
    pub fn mixed(&self) -> u64 {
        let [first, second, third, last] = self.words;
        first ^ second.rotate_left(24) ^ (third ^ last).rotate_left(32) ^ self.len as u64
    }

    /// The text of exactly these bytes. Copying it to a buffer and reading it back would have to
    /// wait for the write.
    #[inline(always)]
    fn alone(text: &[u8]) -> PackedText {
        let first = padded(text);
        let rest = text.get(LEN..).map_or(0, padded);
        let halves = |number: u128| (number as u64, (number >> 64) as u64);
        let ((a, b), (c, d)) = (halves(first), halves(rest));
        PackedText {
            words: [a, b, c, d],
            len: text.len(),
        }
    }
}

/// The number that up to 16 digits express, [`padded`]: combines pairs, then fours, then eights.
#[inline(always)]
pub(crate) fn number(digits: u128, len: usize) -> u64 {
    let eight = |digits: u64| {
        let ones = digits & 0x0F0F_0F0F_0F0F_0F0F;
        let twos = (ones * 10 + (ones >> 8)) & 0x00FF_00FF_00FF_00FF;
        let fours = (twos * 100 + (twos >> 16)) & 0x0000_FFFF_0000_FFFF;
        (fours * 10_000 + (fours >> 32)) & 0xFFFF_FFFF
    };
    // After the shift, zeros come before them.
    let moved = digits
        .checked_shl(8 * (LEN - len) as u32)
        .unwrap_or_default();
    eight(moved as u64) * 100_000_000 + eight((moved >> 64) as u64)
}

#[inline(always)]
fn words(bytes: &[u8; LONGEST]) -> [u64; WORDS] {
    let (words, _) = bytes.as_chunks::<8>();
    let mut numbers = [0; WORDS];
    for (number, word) in numbers.iter_mut().zip(words) {
        *number = u64::from_le_bytes(*word);
    }
    numbers
}

/// A flag at each byte of a word that is not an ASCII digit.
#[inline(always)]
pub(crate) fn no_digits(word: u64) -> u64 {
    // This turns a digit into its value; for larger values the addition sets the highest bit.
    let values = word ^ (EACH * 0x30);
    (((values & !FLAGS) + EACH * 0x76) | values) & FLAGS
}

/// A flag at each byte of a word that is a space, a dash or a round bracket.
#[inline(always)]
pub(crate) fn common_marks(word: u64) -> u64 {
    let others = |word: u64, byte: u8| {
        let rest = word ^ (EACH * u64::from(byte));
        ((rest & !FLAGS) + EACH * 0x7F) | rest
    };
    // The two brackets differ in their lowest bit only.
    let none = others(word, b' ') & others(word, b'-') & others(word & !EACH, b'(');
    !none & FLAGS
}

/// The bytes of a word without the flagged ones, moved together, with zeros above; and how many
/// remain.
#[inline(always)]
pub(crate) fn closed_up(word: u64, flags: u64) -> (u64, usize) {
    let gone = flags >> 7;
    // Each byte counts the removed bytes up to it, which is how far it moves.
    let counts = gone.wrapping_mul(EACH);
    let left = 8 - (counts >> 56) as usize;
    let kept = !(gone * 0xFF);
    let (mut bytes, mut moves) = (word & kept, counts & kept);
    for power in 0..3 {
        let movers = (moves >> power & EACH) * 0xFF;
        let shift = 8 << power;
        bytes = (bytes & !movers) | (bytes & movers) >> shift;
        moves = (moves & !movers) | (moves & movers) >> shift;
    }
    (bytes, left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_become_the_number_that_they_express() {
        let digits = "9876543210123456";
        for len in 1..=LEN {
            let text = &digits[..len];
            let parsed: u64 = text.parse().unwrap();
            assert_eq!(number(padded(text.as_bytes()), len), parsed);
        }
        assert_eq!(number(0, 0), 0);
    }

    #[test]
    fn every_byte_of_padded_is_in_order() {
        let text: Vec<u8> = (1..=20).collect();
        for len in 0..=20 {
            let mut bytes = [0; LEN];
            let kept = len.min(LEN);
            bytes[..kept].copy_from_slice(&text[..kept]);
            assert_eq!(padded(&text[..len]), u128::from_le_bytes(bytes), "{len}");
        }
    }

    #[test]
    fn every_byte_of_a_packed_text_is_in_order() {
        let text: Vec<u8> = (1..=80).collect();
        for from in 0..text.len() {
            for len in 0..=LONGEST.min(text.len() - from) {
                let short = PackedText::within(&text, from, len).unwrap();
                let bytes: Vec<u8> = short
                    .words
                    .iter()
                    .flat_map(|word| word.to_le_bytes())
                    .collect();
                assert_eq!((&bytes[..len], short.len), (&text[from..from + len], len));
                assert!(bytes[len..].iter().all(|&byte| byte == 0));
                assert_eq!(PackedText::of(&text[from..from + len]), Some(short));
            }
        }
        assert_eq!(PackedText::of(&text[..=LONGEST]), None);
        assert_eq!(PackedText::within(&text, 70, 11), None);
        assert_eq!(PackedText::within(&text, 81, 1), None);
    }

    #[test]
    fn digits_and_marks_are_distinguished_from_all_other_bytes() {
        for byte in 0..=u8::MAX {
            for place in 0..8 {
                for filling in [b'5', b'-', 0, 0xFF] {
                    let mut text = [filling; 8];
                    text[place] = byte;
                    let flag = |flags: u64| flags >> (8 * place) & 0xFF;
                    let word = u64::from_le_bytes(text);
                    let flags = (flag(no_digits(word)), flag(common_marks(word)));
                    let (digit, mark) = (byte.is_ascii_digit(), b" -()".contains(&byte));
                    assert_eq!(flags, (0x80 * u64::from(!digit), 0x80 * u64::from(mark)));
                }
            }
        }
    }

    #[test]
    fn remaining_bytes_keep_their_order() {
        let word = u64::from_le_bytes(*b"abcdefgh");
        for gone in 0..=u8::MAX {
            let is_gone = |place: usize| gone >> place & 1 != 0;
            let flags = (0..8)
                .map(|place| u64::from(is_gone(place)) << (8 * place + 7))
                .sum();
            let mut left: Vec<u8> = (0..8)
                .filter(|&place| !is_gone(place))
                .map(|place| b"abcdefgh"[place])
                .collect();
            let count = left.len();
            left.resize(8, 0);
            let (bytes, found) = closed_up(word, flags);
            assert_eq!((bytes.to_le_bytes().to_vec(), found), (left, count));
        }
    }
}
