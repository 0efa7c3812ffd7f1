//! What most texts of every list are: digits, perhaps after a plus and with the commonest marks,
//! which can be read in one way. They are settled at a glance; for all others the rooms around
//! have a second look, and whatever is settled here they would settle to the same.
//!
//! A block of texts is gone through step by step, and not text by text: each step is the same
//! for all, so that the processor has nothing to guess. Half of the time went to wrong guesses.

use super::readings::{Level, Options};
use super::{MAX_DIGITS, plan};
use crate::short::{FLAGS, Short, closed_up, common_marks, kept, no_digits};

/// As many texts as are looked at together.
pub(crate) const BLOCK: usize = 64;

/// The digits of a text and how it was written.
#[derive(Clone, Copy, Default)]
pub(crate) struct Written {
    /// ASCII digits, the first of them lowest, zeros above; none where the text is anything else.
    pub digits: [u64; 2],
    pub len: usize,
    /// A plus stands before them.
    has_plus: bool,
    /// There are marks among them.
    has_marks: bool,
}

impl Written {
    /// A text as it is read after its plus.
    #[inline(always)]
    fn after_plus(text: &Short) -> (Short, bool) {
        let has_plus = text.words[0] & 0xFF == u64::from(b'+');
        let [first, second, third, last] = text.words;
        let shifted = [
            first >> 8 | second << 56,
            second >> 8 | third << 56,
            third >> 8 | last << 56,
            last >> 8,
        ];
        let words = if has_plus { shifted } else { text.words };
        let len = text.len - usize::from(has_plus);
        (Short { words, len }, has_plus)
    }

    /// Digits and no marks; of any other text no digits.
    #[inline(always)]
    fn unmarked(text: &Short) -> Written {
        let (text, has_plus) = Written::after_plus(text);
        let [first, second, ..] = text.words;
        let [first_kept, second_kept, ..] = kept(text.len);
        // A zero is no digit, so that the flags are those behind the text and no more.
        let first_others = no_digits(first) ^ (FLAGS & !first_kept);
        let second_others = no_digits(second) ^ (FLAGS & !second_kept);
        let are_digits = (first_others | second_others == 0) & (text.len <= MAX_DIGITS);
        let all = u64::from(are_digits).wrapping_neg();
        Written {
            digits: [first & all, second & all],
            len: text.len & all as usize,
            has_plus,
            has_marks: false,
        }
    }

    /// Digits and marks, the first of them a digit; of any other text no digits.
    #[inline(always)]
    fn marked(text: &Short) -> Written {
        let (text, has_plus) = Written::after_plus(text);
        let kept = kept(text.len);
        let mut others = 0;
        let (mut digits, mut len) = (0, 0);
        for (place, word) in text.words.into_iter().enumerate() {
            if (place == 2) & (text.len <= 16) | (place == 3) & (text.len <= 24) {
                break;
            }
            let no_digits = no_digits(word);
            others |= no_digits & kept[place] & !common_marks(word);
            let (bytes, count) = closed_up(word, no_digits);
            digits |= u128::from(bytes) << (8 * len.min(15));
            len += count;
        }
        // A number in JSON may begin with a minus, and after a trunk prefix of 8 a gap tells.
        let begins = has_plus | matches!(text.words[0] as u8, b'1'..=b'7' | b'9');
        let are_digits = (others == 0) & (len <= MAX_DIGITS) & begins;
        let all = u64::from(are_digits).wrapping_neg();
        Written {
            digits: [digits as u64 & all, (digits >> 64) as u64 & all],
            len: len & all as usize,
            has_plus,
            has_marks: true,
        }
    }

    /// So many digits, written plainly.
    #[inline(always)]
    pub fn plainly(digits: u128, len: usize) -> Written {
        Written {
            digits: [digits as u64, (digits >> 64) as u64],
            len,
            has_plus: false,
            has_marks: false,
        }
    }

    /// The digits of one text.
    #[inline(always)]
    pub fn of(text: &Short) -> Written {
        match Written::unmarked(text) {
            unmarked if unmarked.len > 0 => unmarked,
            _ => Written::marked(text),
        }
    }

    /// Whether the text is what the service takes, if its digits are.
    #[inline(always)]
    pub fn is_plain(&self) -> bool {
        !self.has_plus & !self.has_marks
    }

    /// Whether the digits can only be read as beginning with a country calling code. Without a
    /// plus they may be national where a region is given; and eleven of them that begin with an 8
    /// may be Russian.
    #[inline(always)]
    fn is_international(&self, options: &Options) -> bool {
        let may_be_russian = (self.digits[0] & 0xFF == u64::from(b'8')) & (self.len == 11);
        self.has_plus | (options.region.is_none() & !may_be_russian)
    }

    /// Whether the digits are a number as they stand; for the level `valid` they may still be
    /// none.
    #[inline(always)]
    pub fn stands(&self, options: &Options) -> bool {
        let glance = plan::glance(self.digits[0], self.len, options.level != Level::E164);
        self.is_international(options)
            && glance.has_length
            && !(glance.may_have_prefix && plan::has_prefix(&self.bytes(), self.len))
    }

    /// The bytes of the digits, with zeros behind them.
    #[inline(always)]
    pub fn bytes(&self) -> [u8; 16] {
        (u128::from(self.digits[0]) | u128::from(self.digits[1]) << 64).to_le_bytes()
    }
}

/// The texts of a block that are settled at a glance.
pub(crate) struct Glances {
    /// What stands in each text; of those that are not settled it may be anything.
    pub written: [Written; BLOCK],
    /// A bit for each text that is settled: to a phone that has the level asked for.
    pub settled: u64,
    /// A bit for each of those that is already what the service takes.
    pub plain: u64,
}

impl Default for Glances {
    fn default() -> Self {
        Glances {
            written: [Written::default(); BLOCK],
            settled: 0,
            plain: 0,
        }
    }
}

impl Glances {
    /// Looks at the texts of a block.
    #[inline(always)]
    pub fn look(&mut self, texts: &[Short; BLOCK], options: &Options) {
        let mut marked = Places::default();
        for (place, text) in texts.iter().enumerate() {
            self.written[place] = Written::unmarked(text);
            marked.add_if(place, self.written[place].len == 0);
        }
        for place in marked.iter() {
            self.written[place] = Written::marked(&texts[place]);
        }
        let possible = options.level != Level::E164;
        let (mut settled, mut plain) = (0, 0);
        let mut prefixed = Places::default();
        for (place, written) in self.written.iter().enumerate() {
            let glance = plan::glance(written.digits[0], written.len, possible);
            let is_read = written.is_international(options) & glance.has_length;
            settled |= u64::from(is_read) << place;
            plain |= u64::from(written.is_plain()) << place;
            prefixed.add_if(place, is_read & glance.may_have_prefix);
        }
        for place in prefixed.iter() {
            if plan::has_prefix(self.written[place].bytes().as_slice(), self.written[place].len) {
                settled &= !(1 << place);
            }
        }
        if options.level == Level::Valid {
            for (place, written) in self.written.iter().enumerate() {
                let is_settled = settled >> place & 1 != 0;
                if is_settled && !plan::verdict(&written.bytes()[..written.len]).valid {
                    settled &= !(1 << place);
                }
            }
        }
        (self.settled, self.plain) = (settled, plain & settled);
    }
}

/// Some places of a block. To add one is the same for all, whether it is added or not.
struct Places {
    places: [u8; BLOCK],
    count: usize,
}

impl Default for Places {
    fn default() -> Self {
        Places {
            places: [0; BLOCK],
            count: 0,
        }
    }
}

impl Places {
    #[inline(always)]
    fn add_if(&mut self, place: usize, is_one: bool) {
        self.places[self.count % BLOCK] = place as u8;
        self.count += usize::from(is_one);
    }

    #[inline(always)]
    fn iter(&self) -> impl Iterator<Item = usize> {
        let places = &self.places[..self.count.min(BLOCK)];
        places.iter().map(|&place| usize::from(place) % BLOCK)
    }
}
