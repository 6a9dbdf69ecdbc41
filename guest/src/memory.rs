//! The component's memory: small pieces from lists of free ones, everything else from the standard
//! library's allocator.
//!
//! Tags are many short texts, and dlmalloc, which is that allocator here, took a tenth of the time
//! of a scan for them. A small piece goes back to the list of its size and never to dlmalloc, so
//! that lists hold what was in use at the worst moment of an instance; a host replaces one that has
//! grown.
#![allow(unsafe_code, reason = "an allocator hands out raw memory")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::ptr;

/// Sizes of small pieces are multiples of this, and so are their addresses.
const GRAIN: usize = 16;
/// The largest small piece, in bytes.
const LARGEST: usize = 128;
/// What is asked of dlmalloc at a time, to be cut into small pieces.
const CHUNK: usize = 16 * 1024;

#[cfg(target_family = "wasm")]
#[global_allocator]
static MEMORY: Memory = Memory::new();

/// See the module.
struct Memory(UnsafeCell<Pieces>);

// SAFETY: an instance of a component has one thread.
unsafe impl Sync for Memory {}

struct Pieces {
    /// Free pieces of 16 bytes, of 32, and so on.
    lists: [List; LARGEST / GRAIN],
    /// What is left of the last chunk.
    rest: *mut u8,
    left: usize,
}

/// The free pieces of one size, the last one given back on top. An array holds their addresses, and
/// not the pieces themselves: a file was read since they were used, so the processor's caches have
/// none of them, and the next address would have to be waited for.
#[derive(Clone, Copy)]
struct List {
    /// Has room for every piece of this size that there is.
    free: *mut *mut u8,
    len: usize,
    room: usize,
    /// Pieces of this size, free and in use.
    pieces: usize,
}

impl Memory {
    const fn new() -> Self {
        let list = List { free: ptr::null_mut(), len: 0, room: 0, pieces: 0 };
        Self(UnsafeCell::new(Pieces { lists: [list; LARGEST / GRAIN], rest: ptr::null_mut(), left: 0 }))
    }

    /// The list of a small piece; `None` for others.
    #[inline]
    fn list(layout: Layout) -> Option<usize> {
        let is_small = layout.size() <= LARGEST && layout.align() <= GRAIN;
        is_small.then(|| layout.size().saturating_sub(1) / GRAIN)
    }
}

impl List {
    /// Makes room for one piece more; `false` if there is no memory for that.
    #[cold]
    #[inline(never)]
    fn grow(&mut self) -> bool {
        const ENTRY: usize = size_of::<*mut u8>();
        if self.pieces == self.room {
            let room = (2 * self.room).max(CHUNK / GRAIN / 8);
            let Ok(old) = Layout::array::<*mut u8>(self.room) else { return false };
            // SAFETY: the array is of this layout, and the sizes of both are not zero.
            let free = unsafe {
                match self.free.is_null() {
                    true => System.alloc(Layout::from_size_align_unchecked(room * ENTRY, ENTRY)),
                    false => System.realloc(self.free.cast(), old, room * ENTRY),
                }
            };
            if free.is_null() {
                return false;
            }
            (self.free, self.room) = (free.cast(), room);
        }
        self.pieces += 1;
        true
    }
}

impl Pieces {
    /// Cuts a piece for this list. What is left of a chunk that is too small for it is given up.
    #[cold]
    #[inline(never)]
    fn cut(&mut self, list: usize) -> *mut u8 {
        let size = (list + 1) * GRAIN;
        if self.left < size {
            // SAFETY: the layout is valid, and its size is not zero.
            let chunk = unsafe { System.alloc(Layout::from_size_align_unchecked(CHUNK, GRAIN)) };
            if chunk.is_null() {
                return chunk;
            }
            (self.rest, self.left) = (chunk, CHUNK);
        }
        if !self.lists[list].grow() {
            return ptr::null_mut();
        }
        let piece = self.rest;
        // SAFETY: there is room for it in the chunk.
        self.rest = unsafe { piece.add(size) };
        self.left -= size;
        piece
    }
}

// SAFETY: a piece is in no list while it is in use, pieces of a chunk do not overlap and are as
// large as the largest layout of their list, and their addresses are multiples of the largest
// alignment. Nobody else holds a reference to the lists meanwhile: there is one thread, and nothing
// in here allocates but dlmalloc, which does not call back.
unsafe impl GlobalAlloc for Memory {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        let Some(list) = Self::list(layout) else { return unsafe { System.alloc(layout) } };
        // SAFETY: see above.
        let pieces = unsafe { &mut *self.0.get() };
        let free = &mut pieces.lists[list];
        if free.len == 0 {
            return pieces.cut(list);
        }
        free.len -= 1;
        // SAFETY: the array has as many entries.
        unsafe { *free.free.add(free.len) }
    }

    #[inline]
    unsafe fn dealloc(&self, piece: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        let Some(list) = Self::list(layout) else { return unsafe { System.dealloc(piece, layout) } };
        // SAFETY: see above.
        let pieces = unsafe { &mut *self.0.get() };
        let free = &mut pieces.lists[list];
        // SAFETY: the array has room for every piece of this size, and this one is not in it.
        unsafe { *free.free.add(free.len) = piece };
        free.len += 1;
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if Self::list(layout).is_none() {
            // SAFETY: as the caller promises. New memory of a component is zero, and need not be
            // filled.
            return unsafe { System.alloc_zeroed(layout) };
        }
        // SAFETY: as the caller promises.
        let piece = unsafe { self.alloc(layout) };
        if !piece.is_null() {
            // SAFETY: the piece is that large.
            unsafe { piece.write_bytes(0, layout.size()) };
        }
        piece
    }

    #[inline]
    unsafe fn realloc(&self, piece: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller promises that the size is valid for this alignment.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        match (Self::list(layout), Self::list(wanted)) {
            // SAFETY: as the caller promises; it comes from there.
            (None, None) => unsafe { System.realloc(piece, layout, size) },
            (old, new) if old == new => piece,
            _ => {
                // SAFETY: as the caller promises.
                let moved = unsafe { self.alloc(wanted) };
                if !moved.is_null() {
                    // SAFETY: both are at least that large, and they are two.
                    unsafe {
                        ptr::copy_nonoverlapping(piece, moved, layout.size().min(size));
                        self.dealloc(piece, layout);
                    }
                }
                moved
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A piece in use, and what was written into all of it.
    struct Used {
        piece: *mut u8,
        layout: Layout,
        mark: u8,
    }

    impl Used {
        fn check(&self, len: usize) {
            // SAFETY: the piece is in use, and that large.
            let bytes = unsafe { std::slice::from_raw_parts(self.piece, len) };
            assert!(bytes.iter().all(|&byte| byte == self.mark), "somebody else has written into {:?}", self.layout);
        }

        fn fill(&self) {
            // SAFETY: the piece is in use, and that large.
            unsafe { self.piece.write_bytes(self.mark, self.layout.size()) };
        }
    }

    /// Numbers that look like chance (xorshift).
    fn next(state: &mut u32) -> usize {
        *state ^= *state << 13;
        *state ^= *state >> 17;
        *state ^= *state << 5;
        *state as usize
    }

    #[test]
    fn no_piece_is_given_twice_and_none_changes_under_its_user() {
        let memory = Memory::new();
        let mut state = 7;
        let mut used: Vec<Used> = Vec::new();
        for round in 0..50_000 {
            let size = [1, 16, 17, 48, 300, 512, 513, 5_000][next(&mut state) % 8];
            let layout = Layout::from_size_align(size, [1, 8, 16, 64][next(&mut state) % 4]).unwrap();
            let mark = round as u8 | 1;
            // SAFETY: layouts are those that pieces were asked for with, and none is used after it
            // was given back.
            unsafe {
                match next(&mut state) % 5 {
                    0 | 1 => {
                        let used_now = Used { piece: memory.alloc(layout), layout, mark };
                        assert_eq!(used_now.piece as usize % layout.align(), 0);
                        used_now.fill();
                        used.push(used_now);
                    }
                    2 => {
                        let used_now = Used { piece: memory.alloc_zeroed(layout), layout, mark: 0 };
                        used_now.check(size);
                        used.push(used_now);
                    }
                    3 if !used.is_empty() => {
                        let place = next(&mut state) % used.len();
                        let old = used.swap_remove(place);
                        let piece = memory.realloc(old.piece, old.layout, size);
                        let layout = Layout::from_size_align(size, old.layout.align()).unwrap();
                        let moved = Used { piece, layout, mark: old.mark };
                        moved.check(size.min(old.layout.size()));
                        moved.fill();
                        used.push(moved);
                    }
                    _ if !used.is_empty() => {
                        let place = next(&mut state) % used.len();
                        let old = used.swap_remove(place);
                        old.check(old.layout.size());
                        memory.dealloc(old.piece, old.layout);
                    }
                    _ => {}
                }
            }
        }
        for old in used {
            old.check(old.layout.size());
            // SAFETY: it is in use.
            unsafe { memory.dealloc(old.piece, old.layout) };
        }
    }

    #[test]
    fn what_was_given_back_is_given_out_again() {
        let memory = Memory::new();
        let layout = Layout::from_size_align(40, 8).unwrap();
        // SAFETY: the layout is that of all of them.
        unsafe {
            let piece = memory.alloc(layout);
            memory.dealloc(piece, layout);
            assert_eq!(memory.alloc(layout), piece);
            assert_ne!(memory.alloc(layout), piece);
        }
    }
}
