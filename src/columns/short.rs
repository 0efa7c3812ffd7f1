//! Texts of up to 16 bytes as one number each.

/// As many bytes as there are in one number.
pub(super) const LEN: usize = 16;

/// A text of no more than [`LEN`] bytes, the first of them lowest, and zeros above; what a longer
/// one begins with.
#[inline(always)]
pub(super) fn padded(text: &[u8]) -> u128 {
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

#[cfg(test)]
mod tests {
    use super::*;

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
