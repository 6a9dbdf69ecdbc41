//! Places of a source as one stream of bytes.

use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::ops::Range;

use crate::reader::ReadAt;

/// The most that is read at a time: what a WASI host gives in one read.
const MOST: u64 = 64 * 1024;
/// A read after a jump: whoever jumps looks at some bytes and jumps again.
const JUMP: u64 = 1024;

/// The bytes of some places, in their order. It can be read and searched like a file.
pub(super) struct Pieces<'a, S> {
    source: &'a S,
    pieces: &'a [Range<u64>],
    len: u64,
    position: u64,
    /// Bytes at hand, and where among all of them they begin.
    at_hand: Vec<u8>,
    start: u64,
}

impl<'a, S: ReadAt> Pieces<'a, S> {
    pub fn new(source: &'a S, pieces: &'a [Range<u64>]) -> Self {
        let len = pieces.iter().map(|piece| piece.end.saturating_sub(piece.start)).sum();
        Self { source, pieces, len, position: 0, at_hand: Vec::new(), start: 0 }
    }

    /// Where in the source the byte at the position is, and how many follow it there.
    fn place(&self) -> Option<(u64, u64)> {
        let mut before = 0;
        for piece in self.pieces {
            let len = piece.end.saturating_sub(piece.start);
            if self.position < before + len {
                let offset = self.position - before;
                return Some((piece.start + offset, len - offset));
            }
            before += len;
        }
        None
    }
}

impl<S: ReadAt> BufRead for Pieces<'_, S> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let end = self.start + self.at_hand.len() as u64;
        if !(self.start..end).contains(&self.position) {
            let Some((offset, rest)) = self.place() else { return Ok(&[]) };
            let goes_on = self.position == end && end > 0;
            let len = if goes_on { (self.at_hand.len() as u64 * 4).clamp(JUMP, MOST) } else { JUMP };
            self.at_hand = self.source.read_at(offset, len.min(rest))?;
            self.start = self.position;
        }
        Ok(self.at_hand.get((self.position - self.start) as usize..).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.position += count as u64;
    }
}

impl<S: ReadAt> Read for Pieces<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let count = bytes.len().min(buffer.len());
        buffer[..count].copy_from_slice(&bytes[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl<S: ReadAt> Seek for Pieces<'_, S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(by) => self.len.checked_add_signed(by),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
