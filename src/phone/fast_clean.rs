//! The fast path for the phones of clean jobs: digits that are sent unchanged, in the numbering plan
//! and without a warning.
//!
//! It answers with a number and a place, which fit into registers. A [`Phone`](super::Phone) is
//! written to memory in words and copied in larger pieces, and the processor has to wait between the
//! two. It only ever says yes: [`super::resolve`] decides over any other text.

use super::number::MAX_DIGITS;
use super::options::{Level, PhoneOptions};
use super::plan::{self, PackedVerdict};
use crate::packed_text::{number, padded};

/// A phone that is sent unchanged, and about which there is nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CleanPhone {
    /// As [`super::Phone::e164_number`].
    pub number: u64,
    /// Where the plan places it.
    pub verdict: PackedVerdict,
}

/// The phone of a text, if it is certainly clean.
#[inline(always)]
pub(crate) fn fast_clean(text: &[u8], options: &PhoneOptions) -> Option<CleanPhone> {
    let len = text.len();
    // Three digits may be an emergency number.
    if !(4..=MAX_DIGITS).contains(&len) || options.region.is_some() {
        return None;
    }
    let digits = padded(text);
    let may_be_russian = digits as u8 == b'8' && len == 11;
    if !are_digits(digits, len) || may_be_russian || options.level == Level::E164 {
        return None;
    }
    if may_be_placeholder(digits) {
        return None;
    }
    let verdict = plan::packed_verdict(digits, len)?;
    Some(CleanPhone {
        number: number(digits, len),
        verdict,
    })
}

/// Whether a text of this length, with zeros above, consists of ASCII digits.
#[inline(always)]
fn are_digits(text: u128, len: usize) -> bool {
    const EACH: u128 = u128::MAX / 0xFF;
    // The zeros above become digits, too.
    let text = text | (EACH * 0x30).unbounded_shl(8 * len as u32);
    let values = text ^ (EACH * 0x30);
    // No carry leaves a byte: larger bytes have their highest bit taken away.
    let high = EACH * 0x80;
    (((values & !high) + EACH * 0x76) | values) & high == 0
}

/// Whether digits 4 to 7, which follow every calling code, are the same or count up.
#[inline(always)]
fn may_be_placeholder(digits: u128) -> bool {
    let middle = (digits >> 32) as u32;
    let steps = (middle >> 8).wrapping_sub(middle & 0xFF_FFFF);
    steps == 0 || steps == 0x1_0101
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::phone::{self, resolve};
    use crate::test_cases::cases;

    proptest! {
        #![proptest_config(cases(50_000))]

        #[test]
        fn a_clean_phone_is_resolved_unchanged_and_without_a_warning(
            text in prop_oneof![
                4 => "(7|1|44|49|55|52|54|61|81|84|86|375|39|8|20|34|33|800|881)[0-9]{2,12}",
                2 => "[0-9]{0,17}",
                1 => r"[+]?[0-9]{3,5}[0-9 /:\x00\x80é-]{0,11}",
                1 => "[1-9]{1,3}(00000000|12345678|2345678)[0-9]{0,4}",
            ],
            level in prop::sample::select(&Level::ALL),
            region in prop::option::of(prop::sample::select(vec!["RU", "US"])),
        ) {
            let region = region.and_then(phone::region);
            let options = PhoneOptions { region, level, ..PhoneOptions::default() };
            let resolved = resolve(&text, &options);
            let fast = fast_clean(text.as_bytes(), &options);
            if let Some(clean) = fast {
                let resolved = resolved.clone().unwrap();
                prop_assert!(resolved.plain && !resolved.is_warned(), "{}", text);
                let phone = resolved.phone;
                prop_assert_eq!(clean.number, phone.e164_number());
                let verdict = clean.verdict;
                let place = (verdict.zones, Some(verdict.region), Some(verdict.kind));
                prop_assert_eq!(place, (phone.zone_list(), phone.region(), phone.kind()));
            }
            // It answers for most of them.
            if let Ok(resolved) = resolved
                && resolved.plain && !resolved.is_warned() && resolved.phone.is_valid()
                && resolved.phone.length() == plan::Length::Possible
                && options.region.is_none() && level != Level::E164
            {
                let digits = padded(text.as_bytes());
                let is_odd = may_be_placeholder(digits) || digits as u8 == b'8'
                    || plan::has_prefix(text.as_bytes());
                prop_assert!(fast.is_some() || is_odd, "{}", text);
            }
        }
    }
}
