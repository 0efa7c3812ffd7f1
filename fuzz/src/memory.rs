//! An allocator with a limit: the memory that predial may take for any file. AddressSanitizer takes
//! far more for itself, so a limit on the process would not show anything.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// 256 MiB, and the memory of the targets and their references.
const LIMIT: usize = 320 << 20;

/// The system's allocator, up to a limit.
pub struct Limited(AtomicUsize);

impl Limited {
    pub const fn new() -> Self {
        Limited(AtomicUsize::new(0))
    }
}

// SAFETY: it is the system's allocator, except that it refuses some requests.
unsafe impl GlobalAlloc for Limited {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let used = self.0.fetch_add(layout.size(), Ordering::Relaxed);
        if used.saturating_add(layout.size()) <= LIMIT {
            // SAFETY: the caller's layout is passed on.
            let memory = unsafe { System.alloc(layout) };
            if !memory.is_null() {
                return memory;
            }
        }
        self.0.fetch_sub(layout.size(), Ordering::Relaxed);
        std::ptr::null_mut()
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the memory comes from the same allocator.
        unsafe { System.dealloc(memory, layout) };
        self.0.fetch_sub(layout.size(), Ordering::Relaxed);
    }
}
