//! What is left of the limits.

use std::cell::Cell;

use crate::limits::Limits;
use crate::seat::Seat;
use crate::trouble::Trouble;

/// A stream may grow by more than the ratio as long as it is smaller than this.
const RATIO_FROM: u64 = 64 << 20;

/// One part in so many of the memory may hold what has passed.
const KEPT_PART: usize = 4;

/// Counts for an archive and those inside it.
pub(crate) struct Budget {
    pub limits: Limits,
    entries: Cell<usize>,
    bytes: Cell<u64>,
    held: Cell<usize>,
    kept: Cell<usize>,
    cursors: Cell<u64>,
    /// The place of the one stream that may have a large dictionary.
    pub seat: Seat,
}

impl Budget {
    pub fn new(limits: &Limits) -> Self {
        Self {
            limits: limits.clone(),
            entries: Cell::new(0),
            bytes: Cell::new(0),
            held: Cell::new(0),
            kept: Cell::new(0),
            cursors: Cell::new(0),
            seat: Seat::default(),
        }
    }

    /// Counts a record of a directory.
    pub fn entry(&self) -> Result<(), Trouble> {
        if self.entries.get() >= self.limits.entries {
            return Err(Trouble::limit(format!("more than {} entries", self.limits.entries)));
        }
        self.entries.set(self.entries.get() + 1);
        Ok(())
    }

    /// Counts memory that the archive holds from now on. Call it before the memory is taken.
    pub fn hold(&self, bytes: usize) -> Result<(), Trouble> {
        let held = self.held.get().saturating_add(bytes);
        if held > self.limits.memory {
            return Err(self.no_memory());
        }
        self.held.set(held);
        Ok(())
    }

    /// Whether there is room to keep so many more bytes of what passes, which spares another pass.
    pub fn keeps(&self, bytes: usize) -> bool {
        let kept = self.kept.get().saturating_add(bytes);
        let has_room = kept <= self.limits.memory / KEPT_PART;
        if has_room {
            self.kept.set(kept);
        }
        has_room
    }

    /// Whether a dictionary or the like may be as large.
    pub fn may_take(&self, bytes: u64) -> Result<(), Trouble> {
        if bytes > self.limits.memory as u64 { Err(self.no_memory()) } else { Ok(()) }
    }

    /// Counts decompressed bytes: `more` of a stream that has become `all` out of `from` bytes.
    pub fn decompressed(&self, more: usize, all: u64, from: u64) -> Result<(), Trouble> {
        self.bytes.set(self.bytes.get().saturating_add(more as u64));
        if self.bytes.get() > self.limits.bytes {
            return Err(Trouble::limit(format!("more than {} bytes decompressed", self.limits.bytes)));
        }
        if all > RATIO_FROM && all > self.limits.ratio.saturating_mul(from) {
            return Err(Trouble::limit(format!("grows to more than {} times its compressed size", self.limits.ratio)));
        }
        Ok(())
    }

    /// A number for a cursor, which no other one has.
    pub fn number(&self) -> u64 {
        self.cursors.set(self.cursors.get() + 1);
        self.cursors.get()
    }

    fn no_memory(&self) -> Trouble {
        Trouble::limit(format!("needs more than {} bytes of memory", self.limits.memory))
    }
}
