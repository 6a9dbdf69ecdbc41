//! Objects (section 2.1): an identifier of 16 bytes, a size, a content.

use std::io;
use std::ops::Range;

use super::guid::Guid;
use crate::reader::{FileReader, ReadAt};

/// Bytes of an identifier and a size.
const HEADER: u64 = 24;
/// The most objects that are looked at in one parent; headers have some twenty.
const MOST: u32 = 512;

/// An object.
pub(super) struct Object {
    pub guid: Guid,
    /// Its content, as far as the parent reaches.
    pub content: Range<u64>,
    /// The end of its content by its own size.
    claimed_end: u64,
}

impl Object {
    /// Whether it claims bytes that its parent does not have.
    pub fn is_cut(&self) -> bool {
        self.claimed_end > self.content.end
    }
}

/// The objects in a range, one after the other.
pub(super) struct Objects {
    position: u64,
    end: u64,
    left: u32,
}

impl Objects {
    pub fn within(range: Range<u64>) -> Self {
        Self { position: range.start, end: range.end, left: MOST }
    }

    /// The next object. `None` at the end of the range, and where nothing stands that can be an
    /// object.
    pub fn next<S: ReadAt>(&mut self, reader: &mut FileReader<S>) -> io::Result<Option<Object>> {
        let start = self.position;
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        let mut header = [0; HEADER as usize];
        if self.end.saturating_sub(start) < HEADER || !reader.peek(start, &mut header)? {
            return Ok(None);
        }
        let size = u64_at(&header, 16).unwrap_or(0);
        if size < HEADER {
            return Ok(None);
        }
        let mut guid = [0; 16];
        guid.copy_from_slice(&header[..16]);
        let claimed_end = start.saturating_add(size);
        self.left = left;
        self.position = claimed_end.min(self.end);
        Ok(Some(Object { guid, content: start + HEADER..self.position, claimed_end }))
    }

    /// Whether bytes are left that were no object.
    pub fn stopped_early<S: ReadAt>(&self, reader: &mut FileReader<S>) -> io::Result<bool> {
        let mut header = [0; HEADER as usize];
        let is_there = self.end.saturating_sub(self.position) >= HEADER && reader.peek(self.position, &mut header)?;
        Ok(is_there && header != [0; HEADER as usize])
    }
}

/// The beginning of a range, at most `most` bytes of it, and none where the file ends before.
pub(super) fn beginning<'r, S: ReadAt>(
    reader: &'r mut FileReader<S>,
    range: &Range<u64>,
    most: u64,
) -> io::Result<&'r [u8]> {
    let len = range.end.min(reader.len()).saturating_sub(range.start).min(most);
    Ok(reader.piece(range.start, len)?.unwrap_or_default())
}

/// The little-endian number of 16 bits at an offset of some bytes.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

/// The little-endian number of 32 bits at an offset of some bytes.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

/// The little-endian number of 64 bits at an offset of some bytes.
pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}
