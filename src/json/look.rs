//! Several bytes of a document at once.
//!
//! Most scalars of a list are shorter than one look. A mask gives the end of a scalar, because the
//! branch predictor would guess the end of a loop over bytes wrong for nearly each of them.

use wide::u8x16;

/// How many bytes one look reads.
pub(super) const LOOK: usize = 32;

/// Some bytes at once.
pub(super) struct Look([u8x16; LOOK / 16]);

impl Look {
    #[inline(always)]
    fn at(bytes: &[u8; LOOK]) -> Look {
        let (sixteens, _) = bytes.as_chunks();
        Look([u8x16::new(sixteens[0]), u8x16::new(sixteens[1])])
    }

    /// A look at the bytes from `at` on, if there are enough.
    #[inline(always)]
    pub fn whole(bytes: &[u8], at: usize) -> Option<Look> {
        bytes.get(at..)?.first_chunk().map(Look::at)
    }

    /// A look at the first bytes. After their end it has zeros, which are in no scalar.
    pub fn of(bytes: &[u8]) -> Look {
        if let Some(look) = Look::whole(bytes, 0) {
            return look;
        }
        let mut few = [0; LOOK];
        few[..bytes.len()].copy_from_slice(bytes);
        Look::at(&few)
    }

    /// How many bytes are before the first quote, backslash or control character.
    #[inline(always)]
    pub fn special(&self) -> usize {
        let [low, high] = self.0;
        (special(high) << 16 | special(low)).trailing_zeros() as usize
    }

    /// How many bytes are before the first one that is not a digit.
    #[inline(always)]
    pub fn digits(&self) -> usize {
        let [low, high] = self.0;
        (digits(high) << 16 | digits(low)).trailing_ones() as usize
    }
}

/// A bit for each byte that is a quote, a backslash or a control character.
#[inline(always)]
pub(super) fn special(bytes: u8x16) -> u32 {
    let quote = bytes.simd_eq(u8x16::splat(b'"'));
    let backslash = bytes.simd_eq(u8x16::splat(b'\\'));
    (quote | backslash | at_most(bytes, b' ' - 1)).to_bitmask()
}

/// The bytes that are ASCII digits, as bits.
#[inline(always)]
fn digits(bytes: u8x16) -> u32 {
    at_most(bytes - u8x16::splat(b'0'), 9).to_bitmask()
}

#[inline(always)]
fn at_most(bytes: u8x16, most: u8) -> u8x16 {
    bytes.min(u8x16::splat(most)).simd_eq(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_is_found_at_each_place() {
        for at in 0..LOOK {
            for byte in 0..=u8::MAX {
                let looked_at = |of: u8| {
                    let mut bytes = [of; LOOK];
                    bytes[at] = byte;
                    Look::at(&bytes)
                };
                let digits = if byte.is_ascii_digit() { LOOK } else { at };
                assert_eq!(looked_at(b'7').digits(), digits, "{byte} at {at}");
                let special = if matches!(byte, b'"' | b'\\' | 0..b' ') {
                    at
                } else {
                    LOOK
                };
                assert_eq!(looked_at(b'x').special(), special, "{byte} at {at}");
                assert_eq!(looked_at(0xFF).special(), special, "{byte} at {at}");
            }
        }
    }
}
