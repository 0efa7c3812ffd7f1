//! Room for answers: whole columns of numbers, which are written once and from end to end.

/// So many numbers, all of them zero.
///
/// Room that is given by the system comes in pages of 4 KiB, each of which costs a fault when it
/// is first written to: a third of the time of a column of zones. Large room is asked for in pages
/// of 2 MiB, where the system has them.
pub(super) fn zeroed<T: Copy + Default>(len: usize) -> Vec<T> {
    let room = vec![T::default(); len];
    large_pages(room.as_ptr().addr(), size_of_val(room.as_slice()));
    room
}

/// Room that is smaller may come from what the program has given back before.
const LARGE: usize = 4 << 20;

/// Tells the system that all of this room will be needed.
fn large_pages(from: usize, size: usize) {
    /// As large as a page is anywhere.
    const PAGE: usize = 1 << 16;

    let start = from.next_multiple_of(PAGE);
    let end = (from + size) & !(PAGE - 1);
    if size < LARGE || end <= start {
        return;
    }
    #[cfg(target_os = "linux")]
    #[expect(unsafe_code, reason = "a call of the system")]
    // SAFETY: the advice changes how memory is backed, and nothing of what is in it; the system
    // refuses what it cannot do.
    unsafe {
        let room = std::ptr::without_provenance_mut(start);
        libc::madvise(room, end - start, libc::MADV_HUGEPAGE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_of_every_size_is_zero_and_can_be_written_to() {
        for len in [0, 1, 1000, LARGE / 8 - 1, LARGE / 8, LARGE, LARGE + 12_345] {
            let mut room: Vec<u64> = zeroed(len);
            assert!(room.len() == len && room.iter().all(|&number| number == 0));
            room.fill(u64::MAX);
            assert!(room.iter().all(|&number| number == u64::MAX));
        }
    }
}
