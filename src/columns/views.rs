//! Arrays of views, made of texts that predial wrote.

use arrow_array::StringViewArray;
use arrow_buffer::{Buffer, NullBuffer, ScalarBuffer};

use super::cells::INLINE;

/// The highest bit of each byte of a view that may hold text, which no ASCII has.
const BEYOND_ASCII: u128 = 0x8080_8080_8080_8080_8080_8080 << 32;

/// The array of these views into these buffers. Both are ASCII: that is looked at, and quickly,
/// where arrow-array's own check of UTF-8 takes as long as a column of zones does in all.
///
/// # Panics
/// Where a view reaches beyond its buffer.
pub(super) fn array(
    views: Vec<u128>,
    buffers: Vec<Vec<u8>>,
    valid: Option<NullBuffer>,
) -> StringViewArray {
    let is_within = |view: u128| {
        let (len, at) = (view as u32 as usize, (view >> 96) as usize);
        let buffer = buffers.get((view >> 64) as u32 as usize);
        buffer.is_some_and(|buffer| {
            let text = buffer.get(at..at + len);
            text.is_some_and(|text| text[..4] == (view as u64 >> 32).to_le_bytes()[..4])
        })
    };
    let is_ascii = |view: u128| match view as u32 as usize {
        ..=INLINE => view & BEYOND_ASCII == 0,
        _ => is_within(view),
    };
    let are_ascii = buffers.iter().all(|buffer| buffer.is_ascii())
        && views.iter().fold(true, |all, &view| all & is_ascii(view));
    let buffers: Vec<Buffer> = buffers.into_iter().map(Buffer::from_vec).collect();
    let views = ScalarBuffer::from(views);
    let as_many = valid
        .as_ref()
        .is_none_or(|valid| valid.len() == views.len());
    if !are_ascii || !as_many {
        return StringViewArray::new(views, buffers, valid);
    }
    #[expect(unsafe_code, reason = "the check that it leaves out was made above")]
    // SAFETY: every text is ASCII, and so UTF-8, every view is within its buffer, and there are
    // as many rows as views.
    unsafe {
        StringViewArray::new_unchecked(views, buffers.into(), valid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::Array;

    fn view(len: u128, start: &[u8; 4], buffer: u128, at: u128) -> u128 {
        len | u128::from(u32::from_le_bytes(*start)) << 32 | buffer << 64 | at << 96
    }

    #[test]
    fn short_and_long_texts_are_read_back() {
        let buffers = vec![b"-Europe/Moscow".to_vec()];
        let views = vec![view(3, b"abc\0", 0, 0), 0, view(13, b"Euro", 0, 1)];
        let array = array(views, buffers, None);
        array.to_data().validate_full().unwrap();
        let texts: Vec<_> = array.iter().flatten().collect();
        assert_eq!(texts, ["abc", "", "Europe/Moscow"]);
    }

    #[test]
    fn what_is_no_text_does_not_become_one() {
        for views in [
            vec![view(13, b"Euro", 0, 2)],
            vec![view(13, b"Euro", 1, 0)],
            vec![view(13, b"euro", 0, 1)],
            vec![view(3, b"ab\xff\0", 0, 0)],
        ] {
            let buffers = vec![b"-Europe/Moscow".to_vec()];
            assert!(std::panic::catch_unwind(|| array(views, buffers, None)).is_err());
        }
        let buffers = vec![b"Europe/Mosc\xff\xff".to_vec()];
        let views = vec![view(13, b"Euro", 0, 0)];
        assert!(std::panic::catch_unwind(|| array(views, buffers, None)).is_err());
    }
}
