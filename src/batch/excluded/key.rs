//! Keys of phones: the same numbers, spread evenly.
//!
//! A key has as many bits as the largest number, so a number of few digits costs bits that it does not
//! need. Almost all phones have at most 13 digits: they are in a table of their own, with shorter keys.

/// How long the keys of a table are. It follows from the phone, so each phone is in one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyWidth {
    /// For all numbers of at most 13 digits, and the least ones of 14.
    Short,
    /// For the others: E.164 has at most 15 digits.
    Long,
}

impl KeyWidth {
    pub const ALL: [KeyWidth; 2] = [KeyWidth::Short, KeyWidth::Long];

    #[inline(always)]
    pub fn of(phone: u64) -> Self {
        match phone >> KeyWidth::Short.bits() {
            0 => KeyWidth::Short,
            _ => KeyWidth::Long,
        }
    }

    #[inline(always)]
    pub const fn bits(self) -> u32 {
        match self {
            KeyWidth::Short => 44,
            KeyWidth::Long => 50,
        }
    }

    /// Spreads phones over all bits. Odd factors and a shift by half of the bits can be undone, so no two
    /// phones of one width get the same key.
    #[inline(always)]
    pub fn key_of(self, phone: u64) -> u64 {
        let mask = (1 << self.bits()) - 1;
        let mixed = phone.wrapping_mul(0x9E37_79B9_7F4A_7C15) & mask;
        let mixed = mixed ^ mixed >> (self.bits() / 2);
        mixed.wrapping_mul(0xD6E8_FEB8_6659_FD93) & mask
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_phones_have_one_key() {
        for (from, width) in [
            (79_000_000_000, KeyWidth::Short),
            (999_999_000_000_000, KeyWidth::Long),
        ] {
            let phones = (0..1_000_000).map(|number| from + number * 7);
            assert!(phones.clone().all(|phone| KeyWidth::of(phone) == width));
            let mut keys: Vec<u64> = phones.map(|phone| width.key_of(phone)).collect();
            assert!(keys.iter().all(|key| key >> width.bits() == 0));
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), 1_000_000);
        }
    }

    #[test]
    fn numbers_of_thirteen_digits_have_short_keys() {
        assert_eq!(KeyWidth::of(9_999_999_999_999), KeyWidth::Short);
        assert_eq!(KeyWidth::of(20_000_000_000_000), KeyWidth::Long);
    }
}
