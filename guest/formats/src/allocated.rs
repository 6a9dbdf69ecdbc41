//! For tests: how much memory a piece of code takes at its worst moment.
#![allow(unsafe_code, reason = "an allocator hands out raw memory")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

#[global_allocator]
static COUNTED: Counted = Counted;

thread_local! {
    /// Bytes that this thread has in use, and the most that it had. Memory that another thread
    /// frees makes the first negative, which does no harm.
    static IN_USE: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

/// The system's allocator, counted.
struct Counted;

/// The most bytes that were allocated at a time while `work` ran, beside what was there before.
pub(crate) fn at_most<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = IN_USE.get();
    MOST.set(before);
    let result = work();
    (result, (MOST.get() - before).unsigned_abs())
}

fn note(more: usize, less: usize) {
    let now = IN_USE.get() + more.cast_signed() - less.cast_signed();
    IN_USE.set(now);
    MOST.set(MOST.get().max(now));
}

// SAFETY: every call is handed on to the system's allocator as it is. The counters are plain cells
// that are made without memory and are never dropped.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size(), 0);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(layout.size(), 0);
        // SAFETY: as the caller promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, piece: *mut u8, layout: Layout) {
        note(0, layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(piece, layout) }
    }

    unsafe fn realloc(&self, piece: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(size, layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.realloc(piece, layout, size) }
    }
}

#[test]
fn the_worst_moment_counts_and_not_the_sum() {
    let (len, most) = at_most(|| (0..100).map(|_| vec![1_u8; 10_000].len()).sum::<usize>());
    assert_eq!(len, 1_000_000);
    assert!((10_000..20_000).contains(&most), "{most}");
    let (_, most) = at_most(|| Vec::<u8>::with_capacity(5_000_000));
    assert!(most >= 5_000_000, "{most}");
}
