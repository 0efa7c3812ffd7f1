//! The fast path of [`super::resolve`]. It answers for digits with at most a plus and the commonest
//! marks, if they can be read in one way only: most texts of every list. It has no answer for other
//! texts; `resolve` decides those, and would give the same answer for the texts decided here.
//!
//! A block of texts is read step by step, and not text by text: each step is the same for all
//! texts, so the processor has no branches to predict. Wrong predictions took half of the time.

use std::hint::select_unpredictable;

use super::number::{MAX_DIGITS, Phone};
use super::options::{Level, PhoneOptions};
use super::plan;
use crate::packed_text::{
    self, FLAGS, PackedText, closed_up, common_marks, kept, no_digits, padded,
};

/// How many texts are read together.
pub(crate) const BLOCK: usize = 64;

/// The digits of a text and how it was written.
#[derive(Clone, Copy, Default)]
pub(crate) struct WrittenPhone {
    /// ASCII digits, the first of them lowest, with zeros above; arbitrary if `len` is 0.
    pub digits: [u64; 2],
    /// How many digits there are; 0 if the text is anything else.
    pub len: usize,
    /// There is a plus before them.
    has_plus: bool,
    /// There are marks among them.
    has_marks: bool,
    /// The positions in digits without a plus where a group begins, as bits; without the first
    /// group.
    group_starts: u32,
}

impl Phone {
    /// The phone of digits that are not rewritten.
    #[inline]
    pub(super) fn of_written(written: &WrittenPhone) -> Phone {
        let digits = written.bytes();
        Phone {
            digits,
            len: written.len as u8,
            verdict: plan::verdict(&digits[..written.len]),
        }
    }

    /// The digits as they are written.
    #[inline(always)]
    pub(crate) fn written(&self) -> WrittenPhone {
        WrittenPhone::plainly(u128::from_le_bytes(self.digits), usize::from(self.len))
    }
}

impl WrittenPhone {
    /// The text after its plus.
    #[inline(always)]
    fn after_plus(text: &PackedText) -> (PackedText, bool) {
        let has_plus = text.words[0] & 0xFF == u64::from(b'+');
        let [first, second, third, last] = text.words;
        let words = [
            select_unpredictable(has_plus, first >> 8 | second << 56, first),
            select_unpredictable(has_plus, second >> 8 | third << 56, second),
            select_unpredictable(has_plus, third >> 8 | last << 56, third),
            select_unpredictable(has_plus, last >> 8, last),
        ];
        let len = text.len - usize::from(has_plus);
        (PackedText { words, len }, has_plus)
    }

    /// Digits without marks; no digits for any other text.
    #[inline(always)]
    fn unmarked(text: &PackedText) -> WrittenPhone {
        let (text, has_plus) = WrittenPhone::after_plus(text);
        let [first, second, ..] = text.words;
        let are_digits = are_digits([first, second], text.len) & (text.len <= MAX_DIGITS);
        WrittenPhone {
            digits: [first, second],
            len: select_unpredictable(are_digits, text.len, 0),
            has_plus,
            has_marks: false,
            group_starts: 0,
        }
    }

    /// Digits and marks, beginning with a digit; no digits for any other text.
    #[inline(always)]
    fn marked(text: &PackedText) -> WrittenPhone {
        let (text, has_plus) = WrittenPhone::after_plus(text);
        let kept = kept(text.len);
        let mut others = 0;
        let (mut digits, mut len) = (0, 0);
        let mut gaps = 0;
        for (place, word) in text.words.into_iter().enumerate() {
            if (place == 2) & (text.len <= 16) | (place == 3) & (text.len <= 24) {
                break;
            }
            let no_digits = no_digits(word);
            others |= no_digits & kept[place] & !common_marks(word);
            gaps |= u64::from(one_bit_each(no_digits)) << (8 * place);
            let (bytes, count) = closed_up(word, no_digits);
            digits |= u128::from(bytes) << (8 * len.min(15));
            len += count;
        }
        // A number in JSON may begin with a minus, the group after a trunk prefix of 8 matters, and
        // brackets after a plus may contain an area code.
        let first = text.words[0] as u8;
        let begins = matches!(first, b'1'..=b'7' | b'9') | has_plus & first.is_ascii_digit();
        // Digits in brackets at the end may be an extension.
        let last = text.len.wrapping_sub(1);
        let last = (text.words[(last / 8) & 3] >> (8 * (last & 7))) & 0xFF;
        let ends = last != u64::from(b')');
        let are_digits = (others == 0) & (len <= MAX_DIGITS) & begins & ends;
        WrittenPhone {
            digits: [digits as u64, (digits >> 64) as u64],
            len: select_unpredictable(are_digits, len, 0),
            has_plus,
            has_marks: true,
            group_starts: match has_plus {
                true => 0,
                false => group_starts(gaps, text.len),
            },
        }
    }

    /// These digits, written without marks.
    #[inline(always)]
    pub fn plainly(digits: u128, len: usize) -> WrittenPhone {
        WrittenPhone {
            digits: [digits as u64, (digits >> 64) as u64],
            len,
            has_plus: false,
            has_marks: false,
            group_starts: 0,
        }
    }

    /// The phone of the digits, which must be a phone's.
    pub fn phone(&self) -> Phone {
        Phone::of_written(self)
    }

    /// Whether there are no marks but a plus.
    #[inline(always)]
    pub fn is_of_digits(&self) -> bool {
        !self.has_marks
    }

    /// The digits, which must be those of a phone, as one integer.
    #[inline(always)]
    pub fn number(&self) -> u64 {
        let digits = u128::from(self.digits[0]) | u128::from(self.digits[1]) << 64;
        packed_text::number(digits, self.len)
    }

    /// The digits of one text, if they may be those of a phone.
    #[inline(always)]
    pub fn of(text: &[u8]) -> Option<WrittenPhone> {
        let (after_plus, has_plus) = match text {
            [b'+', text @ ..] => (text, true),
            text => (text, false),
        };
        if after_plus.len() <= MAX_DIGITS {
            let written = WrittenPhone {
                has_plus,
                ..WrittenPhone::plainly(padded(after_plus), after_plus.len())
            };
            if are_digits(written.digits, written.len) {
                return Some(written);
            }
        }
        Some(WrittenPhone::marked(&PackedText::of(text)?))
    }

    /// Whether the service accepts the text, if it accepts the digits.
    #[inline(always)]
    pub fn is_plain(&self) -> bool {
        !self.has_plus & !self.has_marks
    }

    /// Whether the digits can only begin with a country calling code. Without a plus they may be
    /// national if a region is given, and eleven digits that begin with an 8 may be Russian.
    #[inline(always)]
    pub fn is_international(&self, options: &PhoneOptions) -> bool {
        let may_be_russian = (self.digits[0] & 0xFF == u64::from(b'8')) & (self.len == 11);
        self.has_plus | (options.region.is_none() & !may_be_russian)
    }

    /// Whether digits in groups and without a plus are grouped as an international number.
    #[inline(always)]
    pub fn is_grouped_well(&self, code_length: usize) -> bool {
        !self.has_marks || self.has_plus || self.has_groups_from_abroad(code_length)
    }

    #[inline(never)]
    fn has_groups_from_abroad(&self, code_length: usize) -> bool {
        let digits = self.bytes();
        let writing = plan::Writing::of(&digits[..self.len], code_length);
        self.group_starts == 0 || writing.has_international_groups(self.group_starts.into())
    }

    /// Whether there are marks and the digit after a country calling code is a zero: it may be in
    /// brackets, which means that it is not dialled.
    #[inline(always)]
    pub fn may_have_optional_zero(&self, code_length: u32) -> bool {
        self.has_marks && self.digits[0] >> (8 * (code_length & 7)) & 0xFF == u64::from(b'0')
    }

    /// The bytes of the digits, followed by zeros.
    #[inline(always)]
    pub fn bytes(&self) -> [u8; 16] {
        (u128::from(self.digits[0]) | u128::from(self.digits[1]) << 64).to_le_bytes()
    }
}

/// The positions among the digits of a text where a group begins, as bits, without the first. A bit
/// of `gaps` is a byte that is not a digit.
#[inline(always)]
fn group_starts(gaps: u64, len: usize) -> u32 {
    let digits = !gaps & ((1_u64 << (len & 63)) - 1);
    // Digits that follow a gap, except the first digit.
    let mut firsts = digits & !(digits << 1);
    firsts &= firsts.wrapping_sub(1);
    let mut starts = 0_u32;
    while firsts != 0 {
        let below = (firsts & firsts.wrapping_neg()) - 1;
        starts |= 1_u32 << ((digits & below).count_ones() & 31);
        firsts &= firsts.wrapping_sub(1);
    }
    starts
}

/// Packs the flags of a word, which are the highest bits of its bytes, into eight bits.
#[inline(always)]
fn one_bit_each(flags: u64) -> u8 {
    ((flags >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8
}

/// Whether a text of this length, with zeros above, consists of ASCII digits.
#[inline(always)]
fn are_digits([first, second]: [u64; 2], len: usize) -> bool {
    let [first_kept, second_kept, ..] = kept(len);
    // A zero byte is not a digit, so exactly the bytes after the text have flags.
    let first_others = no_digits(first) ^ (FLAGS & !first_kept);
    let second_others = no_digits(second) ^ (FLAGS & !second_kept);
    first_others | second_others == 0
}

/// The texts of a block that the fast path resolves.
pub(crate) struct FastPhones {
    /// The digits of each text; arbitrary if the text is not resolved.
    pub written: [WrittenPhone; BLOCK],
    /// A bit for each text that is resolved to a phone of the requested level.
    pub resolved: u64,
    /// A bit for each of those that the service accepts unchanged.
    pub plain: u64,
}

impl Default for FastPhones {
    fn default() -> Self {
        FastPhones {
            written: [WrittenPhone::default(); BLOCK],
            resolved: 0,
            plain: 0,
        }
    }
}

impl FastPhones {
    /// Reads the texts of a block.
    pub fn look(&mut self, texts: &[PackedText; BLOCK], options: &PhoneOptions) {
        // Each step is a function of its own, so that its few numbers stay in registers.
        let mut bits = Bits::default();
        self.look_at_unmarked(texts, &mut bits);
        self.look_at_marked(texts, &mut bits);
        self.look_at_digits(options, &mut bits);
        if options.level == Level::Valid {
            bits.resolved = self.valid(bits.resolved);
        }
        self.resolved = bits.resolved;
        self.plain = bits.resolved & !bits.marked;
    }

    #[inline(never)]
    fn look_at_unmarked(&mut self, texts: &[PackedText; BLOCK], bits: &mut Bits) {
        let mut marked = 0;
        for (place, (text, written)) in texts.iter().zip(&mut self.written).enumerate() {
            *written = WrittenPhone::unmarked(text);
            marked |= u64::from(written.len == 0) << place;
        }
        bits.marked = marked;
    }

    #[inline(never)]
    fn look_at_marked(&mut self, texts: &[PackedText; BLOCK], bits: &mut Bits) {
        for place in places(bits.marked) {
            self.written[place] = WrittenPhone::marked(&texts[place]);
        }
    }

    #[inline(never)]
    fn look_at_digits(&mut self, options: &PhoneOptions, bits: &mut Bits) {
        let possible = options.level != Level::E164;
        let (mut resolved, mut prefixed, mut pluses) = (0, 0, 0);
        for (place, written) in self.written.iter().enumerate() {
            let facts = plan::length_facts(written.digits[0], written.len, possible);
            let is_number = facts.has_length
                & written.is_international(options)
                & !written.may_have_optional_zero(facts.code_length);
            resolved |= u64::from(is_number) << place;
            prefixed |= u64::from(facts.may_have_prefix) << place;
            pluses |= u64::from(written.has_plus) << place;
        }
        for place in places(resolved & bits.marked & !pluses) {
            let written = &self.written[place];
            let code_length = plan::country_code(&written.bytes()[..written.len]);
            if !written.is_grouped_well(code_length.map_or(0, |(_, length)| length)) {
                resolved &= !(1 << place);
            }
        }
        for place in places(resolved & prefixed) {
            let written = &self.written[place];
            if plan::has_prefix(&written.bytes()[..written.len]) {
                resolved &= !(1 << place);
            }
        }
        bits.resolved = resolved;
        bits.marked |= pluses;
    }

    /// The resolved texts that are valid numbers.
    #[inline(never)]
    fn valid(&self, mut resolved: u64) -> u64 {
        for place in places(resolved) {
            let written = &self.written[place];
            if !plan::verdict(&written.bytes()[..written.len]).valid {
                resolved &= !(1 << place);
            }
        }
        resolved
    }
}

/// Properties of the texts of a block, with a bit for each text.
#[derive(Default)]
struct Bits {
    resolved: u64,
    /// It has more than digits.
    marked: u64,
}

/// The places of the bits that are set.
#[inline(always)]
pub(crate) fn places(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = bits.trailing_zeros() as usize;
        bits &= bits.wrapping_sub(1);
        (place < BLOCK).then_some(place)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::{self, fast_resolve, slow_resolve};
    use crate::test_cases::{cases, cases_of};
    use proptest::prelude::*;

    /// Texts that are often phones, and texts that rarely are.
    fn texts() -> impl Strategy<Value = String> {
        let codes = prop::sample::select(&[
            "7", "8", "1", "44", "49", "54", "55", "84", "86", "375", "0", "",
        ]);
        let gaps = "[ ()-]{0,2}";
        let written = (
            r"\+?",
            codes,
            "[0-9]{0,4}",
            gaps,
            "[0-9]{0,7}",
            gaps,
            "[0-9]{0,4}",
        )
            .prop_map(|(a, b, c, d, e, f, g)| [&a, b, &c, &d, &e, &f, &g].concat());
        prop_oneof![
            6 => written,
            2 => r"[+]?[0-9]{1,17}",
            1 => r"[+0-9 ()\-.,/x\x00]{0,34}",
            1 => r"\PC{0,20}",
        ]
    }

    fn options() -> impl Strategy<Value = PhoneOptions> {
        let regions = prop::sample::select(&[None, None, Some("RU"), Some("AR"), Some("US")]);
        let levels = prop::sample::select(&Level::ALL);
        (regions, levels).prop_map(|(region, level)| PhoneOptions {
            region: region.and_then(phone::region),
            level,
            ..PhoneOptions::default()
        })
    }

    proptest! {
        #![proptest_config(cases(20_000))]

        /// If the fast path has an answer, the slow path gives the same one.
        #[test]
        fn fast_resolve_agrees_with_slow_resolve(text in texts(), options in options()) {
            if let Some(fast) = fast_resolve(text.as_bytes(), &options) {
                let looked = slow_resolve(text.as_bytes(), &options);
                let facts = |resolved: phone::ResolvedPhone| {
                    let phone = resolved.phone;
                    let verdict = (phone.digits().to_owned(), phone.is_valid(), phone.length());
                    (verdict, resolved.plain, resolved.is_warned())
                };
                prop_assert_eq!(looked.map(facts), Ok(facts(fast)));
            }
        }
    }

    proptest! {
        #![proptest_config(cases_of(500, BLOCK))]

        /// A block resolves only texts that are also resolved alone, and to the same phone. It
        /// leaves a few more to the slow path: a valid number of a length that its country has only
        /// for local calls, such as +1 310 0000.
        #[test]
        fn a_block_is_its_texts(texts in prop::collection::vec(texts(), BLOCK), options in options()) {
            let short = std::array::from_fn(|place| PackedText::of(texts[place].as_bytes()).unwrap_or_default());
            let mut fast = FastPhones::default();
            fast.look(&short, &options);
            for (place, text) in texts.iter().enumerate() {
                if text.len() > crate::packed_text::LONGEST {
                    continue;
                }
                let one = fast_resolve(text.as_bytes(), &options);
                let is_resolved = fast.resolved >> place & 1 != 0;
                prop_assert!(!is_resolved || one.is_some(), "{}", text);
                if let Some(one) = one.filter(|_| is_resolved) {
                    let written = &fast.written[place];
                    prop_assert_eq!(&written.bytes()[..written.len], one.phone.digits().as_bytes());
                    prop_assert_eq!(fast.plain >> place & 1 != 0, one.plain);
                }
            }
        }
    }

    #[test]
    fn fast_resolve_answers_for_most_texts_of_a_list() {
        let options = PhoneOptions::default();
        for text in [
            "79123456789",
            "+79123456789",
            "+7 (912) 345-67-89",
            "7 912 345 67 89",
            "7 (912) 345-67-89",
            "5491123456789",
            "8613123456789",
            "+84912345678",
            "+44 7400 123456",
        ] {
            assert!(fast_resolve(text.as_bytes(), &options).is_some(), "{text}");
        }
        for text in [
            "84912345678",
            "7 9123 45 67 89",
            "(7) 912 345 67 89",
            "+48 (0) 12 345 67 89",
            "112",
            "-79123456789",
            "89123456789",
            "",
            "+",
            "7912345678",
        ] {
            assert!(fast_resolve(text.as_bytes(), &options).is_none(), "{text}");
        }
    }
}
