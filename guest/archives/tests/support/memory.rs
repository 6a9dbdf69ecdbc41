//! How much memory a piece of code takes at its worst moment, the same on every machine.
#![allow(unsafe_code, reason = "an allocator hands out raw memory")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

#[global_allocator]
static COUNTED: Counted = Counted;

thread_local! {
    /// Bytes that are allocated now, and the most so far.
    static IN_USE: Cell<(isize, isize)> = const { Cell::new((0, 0)) };
}

/// What `work` gives, and the most bytes that it had allocated at a time.
pub fn of<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let (before, _) = IN_USE.get();
    IN_USE.set((before, before));
    let result = work();
    (result, (IN_USE.get().1 - before).unsigned_abs())
}

fn allocated(more: usize, less: usize) {
    let (now, most) = IN_USE.get();
    let now = now + more.cast_signed() - less.cast_signed();
    IN_USE.set((now, most.max(now)));
}

/// The system's allocator, counted.
struct Counted;

// SAFETY: every call is handed on to the system's allocator as it is. The counter is a plain cell
// that is made without memory and is never dropped.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        allocated(layout.size(), 0);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        allocated(layout.size(), 0);
        // SAFETY: as the caller promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, piece: *mut u8, layout: Layout) {
        allocated(0, layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(piece, layout) }
    }

    unsafe fn realloc(&self, piece: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        allocated(size, layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.realloc(piece, layout, size) }
    }
}
