//! Atoms, which ISO/IEC 14496-12 calls boxes (section 4.2): a size, a type of four characters, a
//! content.

use std::io;
use std::ops::Range;

use crate::reader::{FileReader, ReadAt};

/// Bytes of a size and a type.
pub(super) const HEADER: u64 = 8;
/// Bytes of a size of 64 bits behind these.
const LONG_SIZE: u64 = 8;
/// Bytes of version and flags, with which many contents begin ("full box").
pub(super) const VERSION: u64 = 4;

/// An atom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Atom {
    /// Its type.
    pub name: [u8; 4],
    /// Its content, as far as the parent reaches.
    pub content: Range<u64>,
    /// The end of its content by its own size, which may lie behind the parent's.
    pub claimed_end: u64,
}

impl Atom {
    /// Whether it claims bytes that its parent does not have.
    pub fn is_cut(&self) -> bool {
        self.claimed_end > self.content.end
    }

    /// Its type as text: the four bytes in Latin-1, of which the copyright sign is the one that
    /// occurs.
    pub fn text(&self) -> String {
        self.name.iter().copied().map(char::from).collect()
    }

    /// The atoms in its content.
    pub fn children(&self) -> Atoms {
        Atoms::within(self.content.clone())
    }
}

/// The atoms in a range, one after the other.
#[derive(Debug, Clone)]
pub(super) struct Atoms {
    /// Where the next one begins.
    pub position: u64,
    end: u64,
    left: u32,
}

/// The most atoms that are looked at in one parent. Files of music have tens, item lists of
/// diligent taggers a hundred; a parent full of empty ones would cost a step for each 8 bytes.
const MOST: u32 = 2048;

impl Atoms {
    pub fn within(range: Range<u64>) -> Self {
        Self { position: range.start, end: range.end, left: MOST }
    }

    /// The next atom. `None` at the end of the range, and where nothing stands that can be an atom:
    /// `position` is there then.
    pub fn next<S: ReadAt>(&mut self, reader: &mut FileReader<S>) -> io::Result<Option<Atom>> {
        let start = self.position;
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        if self.end.saturating_sub(start) < HEADER {
            return Ok(None);
        }
        let Some(header) = bytes::<8, S>(reader, start)? else { return Ok(None) };
        let [size, name] = [[header[0], header[1], header[2], header[3]], [header[4], header[5], header[6], header[7]]];
        let mut content = start + HEADER;
        let claimed_end = match u32::from_be_bytes(size) {
            // To the end: of the file by the specification, of the parent where a writer did not
            // mind.
            0 if name == [0; 4] => return Ok(None),
            0 => self.end,
            1 => {
                let Some(long) = bytes::<8, S>(reader, content)? else { return Ok(None) };
                content += LONG_SIZE;
                start.saturating_add(u64::from_be_bytes(long))
            }
            size => start + u64::from(size),
        };
        if claimed_end < content {
            return Ok(None);
        }
        self.left = left;
        self.position = claimed_end.min(self.end);
        Ok(Some(Atom { name, content: content.min(self.position)..self.position, claimed_end }))
    }

    /// Whether bytes are left that were no atom, other than the zeros that end a list in QuickTime.
    pub fn stopped_early<S: ReadAt>(&self, reader: &mut FileReader<S>) -> io::Result<bool> {
        if self.end.saturating_sub(self.position) < HEADER {
            return Ok(false);
        }
        Ok(bytes::<8, S>(reader, self.position)?.is_some_and(|header| header != [0; 8]))
    }
}

/// So many bytes at an offset; `None` if the file ends before.
pub(super) fn bytes<const N: usize, S: ReadAt>(reader: &mut FileReader<S>, offset: u64) -> io::Result<Option<[u8; N]>> {
    let mut bytes = [0; N];
    Ok(reader.peek(offset, &mut bytes)?.then_some(bytes))
}

/// The beginning of a range, at most `most` bytes of it, and none where the file ends before.
pub(super) fn beginning<S: ReadAt>(reader: &mut FileReader<S>, range: &Range<u64>, most: u64) -> io::Result<Vec<u8>> {
    let len = range.end.min(reader.len()).saturating_sub(range.start).min(most);
    Ok(reader.piece(range.start, len)?.map(<[u8]>::to_vec).unwrap_or_default())
}

/// The big-endian number of 16 bits at an offset of some bytes.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_be_bytes(*bytes))
}

/// The big-endian number of 32 bits at an offset of some bytes.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

/// The big-endian number of 64 bits at an offset of some bytes.
pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|bytes| u64::from_be_bytes(*bytes))
}
