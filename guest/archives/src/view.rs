//! Small pieces of a slice, of which some more is read at once.

use std::io;

use crate::slice::Slice;

/// Headers lie close to each other or far apart; a read takes a few bytes beyond what is asked.
pub(crate) struct View {
    slice: Slice,
    ahead: u64,
    start: u64,
    bytes: Vec<u8>,
}

impl View {
    /// A view that takes `ahead` bytes a read.
    pub fn new(slice: Slice, ahead: u64) -> Self {
        Self { slice, ahead, start: 0, bytes: Vec::new() }
    }

    /// The bytes at `offset`; fewer than `len` where the slice ends.
    pub fn get(&mut self, offset: u64, len: usize) -> io::Result<&[u8]> {
        let end = offset.saturating_add(len as u64);
        let is_here = offset >= self.start && end <= self.start + self.bytes.len() as u64;
        if !is_here {
            // What is here already is not asked for again.
            let here = offset.checked_sub(self.start).filter(|&at| at < self.bytes.len() as u64);
            let mut bytes = here.map_or_else(Vec::new, |at| self.bytes.split_off(at as usize));
            let wanted = (len as u64).max(self.ahead) - bytes.len().min(len) as u64;
            let mut more = self.slice.read(offset.saturating_add(bytes.len() as u64), wanted)?;
            bytes.append(&mut more);
            (self.start, self.bytes) = (offset.min(self.slice.len()), bytes);
        }
        let at = usize::try_from(offset - self.start).unwrap_or(usize::MAX).min(self.bytes.len());
        Ok(&self.bytes[at..self.bytes.len().min(at.saturating_add(len))])
    }

    /// As many bytes; `None` where there are fewer.
    pub fn exact<const N: usize>(&mut self, offset: u64) -> io::Result<Option<[u8; N]>> {
        Ok(self.get(offset, N)?.try_into().ok())
    }
}
