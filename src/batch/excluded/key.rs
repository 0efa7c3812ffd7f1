//! Keys of phones: the same numbers, spread evenly.

/// E.164 has at most 15 digits.
pub(super) const KEY_BITS: u32 = 50;
const MASK: u64 = (1 << KEY_BITS) - 1;

/// Spreads phones over all 50 bits. Odd factors and a shift by half of the bits can be undone, so no
/// two phones get the same key.
#[inline(always)]
pub(super) fn key_of(phone: u64) -> u64 {
    let mixed = phone.wrapping_mul(0x9E37_79B9_7F4A_7C15) & MASK;
    let mixed = mixed ^ mixed >> (KEY_BITS / 2);
    mixed.wrapping_mul(0xD6E8_FEB8_6659_FD93) & MASK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_phones_have_one_key() {
        let phones = (0..1_000_000).map(|number| 79_000_000_000 + number * 7);
        let mut keys: Vec<u64> = phones.map(key_of).collect();
        assert!(keys.iter().all(|key| *key <= MASK));
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 1_000_000);
    }
}
