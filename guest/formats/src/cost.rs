//! For tests: what a piece of code costs in memory and in work, the same on every machine, however
//! busy that is.
#![allow(unsafe_code, reason = "an allocator hands out raw memory")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

#[global_allocator]
static COUNTED: Counted = Counted;

thread_local! {
    static SO_FAR: Cell<Cost> = const { Cell::new(Cost { in_use: 0, memory: 0, allocated: 0, asks: 0, given: 0 }) };
}

/// What this thread has done so far.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Cost {
    /// Bytes that are allocated now. Memory that another thread frees makes this negative, which
    /// does no harm.
    in_use: isize,
    /// The most bytes that were allocated at a time, beside what was there before.
    pub memory: isize,
    /// Bytes that were allocated in all, however soon they were freed.
    pub allocated: u64,
    /// How often a reader was asked for bytes.
    pub asks: u64,
    /// The bytes that readers gave, the same ones as often as they were asked for.
    pub given: u64,
}

/// What `work` gives, and what that costs.
pub(crate) fn of<T>(work: impl FnOnce() -> T) -> (T, Cost) {
    let in_use = SO_FAR.get().in_use;
    SO_FAR.set(Cost { in_use, memory: in_use, ..Cost::default() });
    let result = work();
    let cost = SO_FAR.get();
    (result, Cost { memory: cost.memory - in_use, ..cost })
}

/// Notes that a reader was asked for so many bytes, and had them.
pub(crate) fn asked(bytes: usize) {
    let cost = SO_FAR.get();
    SO_FAR.set(Cost { asks: cost.asks + 1, given: cost.given + bytes as u64, ..cost });
}

fn allocated(more: usize, less: usize) {
    let cost = SO_FAR.get();
    let in_use = cost.in_use + more.cast_signed() - less.cast_signed();
    SO_FAR.set(Cost { in_use, memory: cost.memory.max(in_use), allocated: cost.allocated + more as u64, ..cost });
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

mod tests {
    use super::*;
    use crate::reader::tests::reader;

    #[test]
    fn memory_is_that_of_the_worst_moment_and_what_was_allocated_is_the_sum() {
        let (len, cost) = of(|| (0..100).map(|_| vec![1_u8; 10_000].len()).sum::<usize>());
        assert_eq!(len, 1_000_000);
        assert!((10_000..20_000).contains(&cost.memory), "{cost:?}");
        assert!((1_000_000..1_010_000).contains(&cost.allocated), "{cost:?}");
        let (_, cost) = of(|| Vec::<u8>::with_capacity(5_000_000));
        assert!(cost.memory >= 5_000_000, "{cost:?}");
    }

    #[test]
    fn whoever_asks_again_is_counted_again() {
        let mut reader = reader(vec![7; 1000]);
        let (_, cost) = of(|| {
            for _ in 0..10 {
                assert!(reader.peek(0, &mut [0; 100]).unwrap() && reader.piece(500, 100).unwrap().is_some());
            }
            assert!(reader.piece(500, 1000).unwrap().is_none());
        });
        assert_eq!((cost.asks, cost.given), (21, 2000));
        assert_eq!(reader.reads().len(), 1);
    }
}
