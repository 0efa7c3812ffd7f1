#![forbid(unsafe_code)]
//! Slots of small tables, chosen by a number: Fibonacci hashing, as Knuth has it in The Art of Computer
//! Programming, 6.4.

/// A slot among `1 << bits`, from 1 to 63 bits. Numbers that differ in few bits mostly have other ones.
#[inline(always)]
pub(crate) fn slot_of(number: u64, bits: u32) -> usize {
    /// 2 to the 64 divided by the golden ratio.
    const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
    (number.wrapping_mul(GOLDEN) >> (u64::BITS - bits)) as usize
}
