//! Chunks of RIFF and IFF files (Multimedia Programming Interface and Data Specifications 1.0; EBU
//! Tech 3306 for sizes of 64 bits).
//!
//! Writers get sizes wrong in ways of their own: 0 or all ones where they could not go back, an odd
//! one without the padding. What follows decides.

use std::io;
use std::ops::Range;

use crate::reader::{FileReader, ReadAt};

/// Bytes of a chunk's header.
const HEADER: u64 = 8;
/// The most chunks of a list. Editors write some dozens.
const MOST_CHUNKS: usize = 1024;
/// Sizes that writers give who cannot go back to the header, as in a pipe: ffmpeg, others, SoX.
const UNKNOWN: [u32; 3] = [u32::MAX, 0x7fff_ffff, 0x7fff_f000];

/// A chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chunk {
    /// Its name.
    pub name: [u8; 4],
    /// Where its content is, as far as it is in the file.
    pub content: Range<u64>,
    /// How many bytes more it claims.
    pub missing: u64,
}

/// The chunks between two places in a file, one after the other.
pub(crate) struct Chunks {
    position: u64,
    end: u64,
    is_big_endian: bool,
    left: usize,
    /// The size of the chunk `data` where that has more than 32 bits.
    pub long_data: Option<u64>,
}

impl Chunks {
    /// Sizes are little-endian in RIFF and big-endian in RIFX and IFF.
    pub fn new(range: Range<u64>, is_big_endian: bool) -> Self {
        Self { position: range.start, end: range.end, is_big_endian, left: MOST_CHUNKS, long_data: None }
    }

    /// The next chunk. `None` at the end, and where no chunk is.
    pub fn next<S: ReadAt>(&mut self, reader: &mut FileReader<S>) -> io::Result<Option<Chunk>> {
        let Some((name, claimed)) = self.header(reader, self.position)?.filter(|_| self.left > 0) else {
            return Ok(None);
        };
        self.left -= 1;
        let start = self.position + HEADER;
        let there = self.end.saturating_sub(start);
        let is_audio = &name == b"data";
        let mut size = u64::from(claimed);
        if is_audio {
            size = match self.long_data.filter(|_| claimed == u32::MAX) {
                Some(long) => long,
                None if UNKNOWN.contains(&claimed) && size > there => there,
                None if claimed == 0 && self.header(reader, start)?.is_none() => there,
                None => size,
            };
        }
        let content = start..start.saturating_add(size).min(self.end);
        self.position = content.end;
        if size % 2 == 1 && content.end < self.end {
            // The padding may be missing.
            let is_padded =
                self.header(reader, content.end + 1)?.is_some() || self.header(reader, content.end)?.is_none();
            self.position += u64::from(is_padded);
        }
        Ok(Some(Chunk { name, missing: size - (content.end - content.start), content }))
    }

    /// Whether bytes are left that are no chunk.
    pub fn is_broken(&self) -> bool {
        self.left == 0 || self.position + HEADER < self.end
    }

    /// Name and size of the chunk at a place, if its name is printable.
    fn header<S: ReadAt>(&self, reader: &mut FileReader<S>, position: u64) -> io::Result<Option<([u8; 4], u32)>> {
        let mut bytes = [0; HEADER as usize];
        if position.checked_add(HEADER).is_none_or(|end| end > self.end) || !reader.peek(position, &mut bytes)? {
            return Ok(None);
        }
        let [n0, n1, n2, n3, size @ ..] = bytes;
        let name = [n0, n1, n2, n3];
        let size = if self.is_big_endian { u32::from_be_bytes(size) } else { u32::from_le_bytes(size) };
        Ok(name.iter().all(|byte| (b' '..=b'~').contains(byte)).then_some((name, size)))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::reader::tests::reader;

    /// A chunk with its padding.
    pub fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let padding = vec![0; content.len() % 2];
        [name.as_slice(), &(content.len() as u32).to_le_bytes(), content, &padding].concat()
    }

    fn chunks(bytes: &[u8], long: Option<u64>) -> Vec<(String, Range<u64>, u64)> {
        let mut reader = reader(bytes.to_vec());
        let mut chunks = Chunks { long_data: long, ..Chunks::new(0..bytes.len() as u64, false) };
        let mut found = Vec::new();
        while let Some(chunk) = chunks.next(&mut reader).unwrap() {
            found.push((String::from_utf8(chunk.name.to_vec()).unwrap(), chunk.content, chunk.missing));
        }
        found
    }

    fn names(bytes: &[u8]) -> Vec<String> {
        chunks(bytes, None).into_iter().map(|(name, ..)| name).collect()
    }

    #[test]
    fn chunks_follow_each_other_with_and_without_their_padding() {
        let padded = [chunk(b"odd ", b"123"), chunk(b"even", b"1234")].concat();
        assert_eq!(chunks(&padded, None), [("odd ".into(), 8..11, 0), ("even".into(), 20..24, 0)]);
        let bare = [&chunk(b"odd ", b"123")[..11], &chunk(b"even", b"1234")].concat();
        assert_eq!(names(&bare), ["odd ", "even"]);
    }

    #[test]
    fn a_size_that_nobody_knew_reaches_to_the_end() {
        for size in [0, u32::MAX, 0x7fff_ffff, 0x7fff_f000] {
            let bytes = [b"data".as_slice(), &size.to_le_bytes(), &[1; 50]].concat();
            assert_eq!(chunks(&bytes, None), [("data".into(), 8..58, 0)], "{size}");
        }
        // Data of no bytes with a chunk behind it has none.
        let bytes = [chunk(b"data", b""), chunk(b"LIST", b"INFO")].concat();
        assert_eq!(names(&bytes), ["data", "LIST"]);
    }

    #[test]
    fn a_size_of_64_bits_counts_where_the_short_one_says_so() {
        let bytes = [b"data\xff\xff\xff\xff".as_slice(), &[1; 50], &chunk(b"LIST", b"INFO")].concat();
        assert_eq!(chunks(&bytes, Some(50))[0], ("data".into(), 8..58, 0));
        assert_eq!(chunks(&bytes, Some(50))[1].0, "LIST");
        assert_eq!(chunks(&bytes, Some(u64::MAX))[0], ("data".into(), 8..70, u64::MAX - 62));
    }

    #[test]
    fn what_claims_more_than_there_is_ends_with_the_file() {
        let bytes = [b"data".as_slice(), &100_u32.to_le_bytes(), &[1; 50]].concat();
        assert_eq!(chunks(&bytes, None), [("data".into(), 8..58, 50)]);
    }

    #[test]
    fn what_has_no_printable_name_is_no_chunk() {
        let bytes = [chunk(b"fmt ", b"1234"), vec![0; 40]].concat();
        assert_eq!(names(&bytes), ["fmt "]);
        assert_eq!(names(&chunk(b"even", b"").repeat(5_000)).len(), MOST_CHUNKS);
    }
}
