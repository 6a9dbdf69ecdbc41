//! Metadata blocks (RFC 9639, section 8): their headers, and their content as bytes in their order.

use std::io;
use std::ops::Range;

use crate::ogg::vorbis_comment::Bytes;
use crate::reader::{FileReader, ReadAt};

/// Bytes of a block's header.
pub(crate) const HEADER: u64 = 4;

/// What is in a block, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    StreamInfo,
    Comments,
    Picture,
    CueSheet,
    /// Padding, an application's data, a seek table, or what is not defined yet.
    Other,
    /// Never a block (section 8.1).
    Invalid,
}

/// The header of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub kind: Kind,
    /// Whether audio follows it.
    pub is_last: bool,
    /// The length of its content in bytes, as it says.
    pub len: u32,
}

impl Header {
    /// Section 8.1.
    pub fn of([kind, len @ ..]: [u8; 4]) -> Self {
        Self {
            kind: match kind & 0x7f {
                0 => Kind::StreamInfo,
                4 => Kind::Comments,
                5 => Kind::CueSheet,
                6 => Kind::Picture,
                127 => Kind::Invalid,
                _ => Kind::Other,
            },
            is_last: kind & 0x80 != 0,
            len: u32::from_be_bytes([0, len[0], len[1], len[2]]),
        }
    }

    /// Whether four bytes with `left` bytes behind them are the header of a block that is defined
    /// today and not the first.
    pub fn is_likely(bytes: [u8; 4], left: u64) -> bool {
        matches!(bytes[0] & 0x7f, 1..=6) && u64::from(Self::of(bytes).len) <= left
    }
}

/// The bytes of a block's content.
pub(crate) struct Block<'r, S> {
    reader: &'r mut FileReader<S>,
    position: u64,
    end: u64,
}

impl<'r, S: ReadAt> Block<'r, S> {
    /// The content that lies there.
    pub fn new(reader: &'r mut FileReader<S>, content: Range<u64>) -> Self {
        Self { position: content.start, end: content.end.min(reader.len()), reader }
    }
}

impl<S: ReadAt> Bytes for Block<'_, S> {
    type Place = u64;

    fn place(&self) -> u64 {
        self.position
    }

    fn go_back(&mut self, place: &u64) {
        self.position = *place;
    }

    fn at_most(&self) -> u64 {
        self.end.saturating_sub(self.position)
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = usize::try_from(self.at_most()).unwrap_or(usize::MAX).min(buffer.len());
        if !self.reader.peek(self.position, &mut buffer[..count])? {
            return Ok(0);
        }
        self.position += count as u64;
        Ok(count)
    }

    fn pass(&mut self, len: u64, pieces: &mut Vec<Range<u64>>) -> io::Result<u64> {
        let passed = len.min(self.at_most());
        if passed > 0 {
            pieces.push(self.position..self.position + passed);
        }
        self.position += passed;
        Ok(passed)
    }

    fn seal(&mut self, pieces: &[Range<u64>]) {
        pieces.iter().for_each(|piece| self.reader.blank(piece.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::tests::reader;

    #[test]
    fn a_header_says_what_follows() {
        let header = Header::of([0x84, 1, 2, 3]);
        assert_eq!(header, Header { kind: Kind::Comments, is_last: true, len: 0x01_0203 });
        assert!(Header::is_likely([1, 0, 0, 9], 9) && !Header::is_likely([1, 0, 0, 10], 9));
        assert!(!Header::is_likely([0, 0, 0, 0], 9) && !Header::is_likely([9, 0, 0, 0], 9));
    }

    #[test]
    fn a_block_ends_with_its_content() {
        let mut reader = reader((0..100).collect());
        let mut block = Block::new(&mut reader, 10..20);
        let mut bytes = [0; 8];
        assert_eq!((block.read(&mut bytes).unwrap(), bytes[7]), (8, 17));
        let mut pieces = Vec::new();
        assert_eq!((block.pass(5, &mut pieces).unwrap(), block.read(&mut bytes).unwrap()), (2, 0));
        assert_eq!(pieces.first(), Some(&(18..20)));
        block.go_back(&15);
        assert_eq!((block.read(&mut bytes).unwrap(), block.place()), (5, 20));
    }
}
