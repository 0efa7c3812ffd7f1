//! Memory for answers: whole columns of numbers, each written once from beginning to end.

/// This many numbers, all of them zero.
///
/// The system hands out new memory in pages of 4 KiB, and each page costs a page fault when it is
/// first written to: a third of the time of a column of zones. For a large buffer this asks for
/// pages of 2 MiB, if the system has them.
pub(super) fn zeroed<T: Copy + Default>(len: usize) -> Vec<T> {
    let room = vec![T::default(); len];
    large_pages(room.as_ptr().addr(), size_of_val(room.as_slice()));
    room
}

/// Whether the system has memory for this many answers of `bytes` each. An allocation that fails ends
/// the process, and a column can have far more rows than bytes: runs, nulls, a dictionary.
pub(super) fn is_there(rows: usize, bytes: usize) -> bool {
    // The allocator takes smaller buffers from its heap, and learns from each that is freed.
    const ASKED_OF_THE_SYSTEM: usize = 64 << 20;

    let size = rows.saturating_mul(bytes);
    size < ASKED_OF_THE_SYSTEM || Vec::<u8>::new().try_reserve_exact(size).is_ok()
}

/// A smaller buffer may reuse memory that the program has freed.
const LARGE: usize = 4 << 20;

/// Informs the system that all of this memory will be used.
fn large_pages(from: usize, size: usize) {
    /// At least as large as a page on any system.
    const PAGE: usize = 1 << 16;

    let start = from.next_multiple_of(PAGE);
    let end = (from + size) & !(PAGE - 1);
    if size < LARGE || end <= start {
        return;
    }
    #[cfg(target_os = "linux")]
    #[expect(unsafe_code, reason = "a system call")]
    // SAFETY: the advice changes how the memory is backed, and not its content; the system refuses
    // advice that it can't follow.
    unsafe {
        let room = std::ptr::without_provenance_mut(start);
        libc::madvise(room, end - start, libc::MADV_HUGEPAGE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_that_no_system_has_is_not_there() {
        assert!(is_there(1000, 20));
        for rows in [1 << 45, usize::MAX / 20, usize::MAX] {
            assert!(!is_there(rows, 20), "{rows}");
        }
    }

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
