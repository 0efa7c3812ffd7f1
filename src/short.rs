#![forbid(unsafe_code)]
//! Texts of up to 16 bytes as one number each, since a look at a number is one step where one at
//! a text is a loop.

/// As many bytes as there are in one number.
pub(crate) const LEN: usize = 16;

/// A text of no more than [`LEN`] bytes, the first of them lowest, and zeros above; what a longer
/// one begins with.
#[inline(always)]
pub(crate) fn padded(text: &[u8]) -> u128 {
    let eight = |bytes: &[u8; 8]| u128::from(u64::from_le_bytes(*bytes));
    let four = |bytes: &[u8; 4]| u128::from(u32::from_le_bytes(*bytes));
    let len = text.len().min(LEN);
    // What is read twice is or-ed to itself.
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

/// Whether a text of no more than [`LEN`] bytes is ASCII digits alone.
#[inline(always)]
pub(crate) fn is_digits(text: &[u8]) -> bool {
    match (text.first_chunk(), text.last_chunk()) {
        // Eight bytes each, which overlap unless there are sixteen.
        (Some(first), Some(last)) => {
            are_digits(u64::from_le_bytes(*first)) && are_digits(u64::from_le_bytes(*last))
        }
        _ => text.iter().all(u8::is_ascii_digit),
    }
}

/// The number that up to 16 digits write, [`padded`]: pairs, then fours, then eights at once.
#[inline(always)]
pub(crate) fn number(digits: u128, len: usize) -> u64 {
    let eight = |digits: u64| {
        let ones = digits & 0x0F0F_0F0F_0F0F_0F0F;
        let twos = (ones * 10 + (ones >> 8)) & 0x00FF_00FF_00FF_00FF;
        let fours = (twos * 100 + (twos >> 16)) & 0x0000_FFFF_0000_FFFF;
        (fours * 10_000 + (fours >> 32)) & 0xFFFF_FFFF
    };
    // Moved up, they have zeros before them.
    let moved = digits
        .checked_shl(8 * (LEN - len) as u32)
        .unwrap_or_default();
    eight(moved as u64) * 100_000_000 + eight((moved >> 64) as u64)
}

#[inline(always)]
fn are_digits(eight: u64) -> bool {
    const EACH: u64 = u64::MAX / 0xFF;
    // A digit's byte is its value after this; what is above 9 reaches the highest bit then.
    let values = eight ^ (EACH * 0x30);
    let above = ((values & (EACH * 0x7F)) + EACH * 0x76) | values;
    above & (EACH * 0x80) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_told_from_all_other_bytes() {
        assert!(is_digits(b""));
        for len in 1..=LEN {
            for place in 0..len {
                for byte in 0..=u8::MAX {
                    let mut text = [b'5'; LEN];
                    text[place] = byte;
                    let found = is_digits(&text[..len]);
                    assert_eq!(found, byte.is_ascii_digit(), "{byte} at {place} of {len}");
                }
            }
        }
    }

    #[test]
    fn digits_are_the_number_they_write() {
        let digits = "9876543210123456";
        for len in 1..=LEN {
            let text = &digits[..len];
            let parsed: u64 = text.parse().unwrap();
            assert_eq!(number(padded(text.as_bytes()), len), parsed);
        }
        assert_eq!(number(0, 0), 0);
    }

    #[test]
    fn every_byte_is_in_its_place() {
        let text: Vec<u8> = (1..=20).collect();
        for len in 0..=20 {
            let mut bytes = [0; LEN];
            let kept = len.min(LEN);
            bytes[..kept].copy_from_slice(&text[..kept]);
            assert_eq!(padded(&text[..len]), u128::from_le_bytes(bytes), "{len}");
        }
    }
}
