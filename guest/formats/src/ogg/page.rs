//! Pages (RFC 3533, section 6).

use std::io;
use std::ops::Range;

use crate::reader::{FileReader, ReadAt};

/// Bytes of a page's header without its segment table.
pub(super) const FIXED: usize = 27;
/// What every page begins with.
pub(super) const MARK: &[u8] = b"OggS";
/// The longest page in bytes.
pub(super) const LONGEST: u64 = FIXED as u64 + 255 + 255 * 255;

/// Bits of the header type.
const CONTINUED: u8 = 1;
const FIRST: u8 = 2;

/// A page without its body.
#[derive(Clone, Debug)]
pub(super) struct Header {
    /// Where the page begins in the file.
    pub position: u64,
    /// The serial number of its logical stream.
    pub serial: u32,
    /// Its number in that stream.
    pub number: u32,
    granule: u64,
    kind: u8,
    segments: [u8; 255],
    count: usize,
}

impl Header {
    /// The header at a place in the file; `None` if no page begins there, or the file ends in its
    /// header.
    pub fn at<S: ReadAt>(reader: &mut FileReader<S>, position: u64) -> io::Result<Option<Self>> {
        let mut fixed = [0; FIXED];
        if !reader.peek(position, &mut fixed)? {
            return Ok(None);
        }
        let Some(mut header) = Self::fixed(&fixed, position) else { return Ok(None) };
        let count = header.count;
        let is_whole = reader.peek(position + FIXED as u64, &mut header.segments[..count])?;
        Ok(is_whole.then_some(header))
    }

    /// The header at the beginning of these bytes, which lie at `position`.
    pub fn of(bytes: &[u8], position: u64) -> Option<Self> {
        let (fixed, rest) = bytes.split_first_chunk()?;
        let mut header = Self::fixed(fixed, position)?;
        header.segments[..header.count].copy_from_slice(rest.get(..header.count)?);
        Some(header)
    }

    fn fixed(fixed: &[u8; FIXED], position: u64) -> Option<Self> {
        let [mark @ .., 0, kind, g0, g1, g2, g3, g4, g5, g6, g7, s0, s1, s2, s3, n0, n1, n2, n3, _, _, _, _, count] =
            fixed
        else {
            return None;
        };
        (mark == MARK).then_some(Self {
            position,
            serial: u32::from_le_bytes([*s0, *s1, *s2, *s3]),
            number: u32::from_le_bytes([*n0, *n1, *n2, *n3]),
            granule: u64::from_le_bytes([*g0, *g1, *g2, *g3, *g4, *g5, *g6, *g7]),
            kind: *kind,
            segments: [0; 255],
            count: usize::from(*count),
        })
    }

    /// The granule position: samples up to the end of the last packet that ends on the page, or the
    /// like. `None` where no packet does, and for what no stream reaches.
    pub fn granule(&self) -> Option<u64> {
        i64::try_from(self.granule).ok().map(i64::cast_unsigned)
    }

    /// Whether a logical stream begins with it.
    pub fn is_first(&self) -> bool {
        self.kind & FIRST != 0
    }

    /// Whether it begins with the rest of a packet.
    pub fn is_continued(&self) -> bool {
        self.kind & CONTINUED != 0
    }

    /// The lengths of its segments: one of less than 255 ends a packet.
    pub fn segments(&self) -> &[u8] {
        &self.segments[..self.count]
    }

    /// How many packets end on it.
    pub fn packets(&self) -> u64 {
        self.segments().iter().filter(|&&segment| segment < 255).count() as u64
    }

    /// Bytes of its body.
    pub fn body_len(&self) -> u64 {
        self.segments().iter().map(|&segment| u64::from(segment)).sum()
    }

    /// Where its body lies.
    pub fn body(&self) -> Range<u64> {
        let start = self.position + (FIXED + self.count) as u64;
        start..start + self.body_len()
    }

    /// Where it ends.
    pub fn end(&self) -> u64 {
        self.body().end
    }

    /// Whether it is the page that comes so many pages after another one of the same stream.
    pub fn follows(&self, other: &Self, pages: u32) -> bool {
        self.serial == other.serial && self.number == other.number.wrapping_add(pages)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::reader::tests::reader;

    /// How a page's last packet ends.
    #[derive(Clone, Copy, PartialEq)]
    pub enum Kind {
        /// On the page.
        Whole,
        /// On a later page.
        GoesOn,
    }

    /// The serial number of pages, unless another is given.
    pub const SERIAL: u32 = 7;

    /// A page with this number and granule position, which holds one packet or the part of one.
    pub fn page(number: u32, granule: u64, kind: Kind, body: &[u8]) -> Vec<u8> {
        let mut segments: Vec<u8> = body.chunks(255).map(|segment| segment.len() as u8).collect();
        if kind == Kind::Whole && body.len().is_multiple_of(255) {
            segments.push(0);
        }
        assert!(kind == Kind::Whole || segments.iter().all(|&segment| segment == 255));
        page_of(number, granule, &segments, body)
    }

    /// A page of these segments. The first one of a stream says so.
    pub fn page_of(number: u32, granule: u64, segments: &[u8], body: &[u8]) -> Vec<u8> {
        assert!(segments.len() < 256);
        let head = [
            [b"OggS\0", [if number == 0 { FIRST } else { 0 }].as_slice()].concat().as_slice(),
            &granule.to_le_bytes(),
            &SERIAL.to_le_bytes(),
            &number.to_le_bytes(),
            &[0; 4],
            &[segments.len() as u8],
        ]
        .concat();
        [&head, segments, body].concat()
    }

    /// The page as one of another stream.
    pub fn with_serial(serial: u32, mut page: Vec<u8>) -> Vec<u8> {
        page[14..18].copy_from_slice(&serial.to_le_bytes());
        page
    }

    /// The page as one that begins with the rest of a packet.
    pub fn continued(mut page: Vec<u8>) -> Vec<u8> {
        page[5] |= CONTINUED;
        page
    }

    #[test]
    fn a_header_tells_its_page() {
        let bytes = [vec![9; 5], page(4, 99, Kind::Whole, &[1; 600])].concat();
        let header = Header::at(&mut reader(bytes.clone()), 5).unwrap().unwrap();
        assert_eq!((header.granule(), header.segments(), header.body()), (Some(99), &[255, 255, 90][..], 35..635));
        assert_eq!((header.serial, header.number, header.packets(), header.end()), (SERIAL, 4, 1, 635));
        assert!(!header.is_first() && !header.is_continued());
        assert_eq!(Header::of(&bytes[5..], 5).unwrap().end(), 635);
    }

    #[test]
    fn no_granule_position_is_minus_one_or_beyond_any_stream() {
        for (position, granule) in
            [(u64::MAX, None), (1 << 63, None), ((1 << 63) - 1, Some((1 << 63) - 1)), (0, Some(0))]
        {
            assert_eq!(Header::of(&page(4, position, Kind::Whole, b"x"), 0).unwrap().granule(), granule);
        }
    }

    #[test]
    fn what_is_no_page_has_no_header() {
        let bytes = page(4, 99, Kind::Whole, &[1; 600]);
        for (at, value) in [(0, b'o'), (3, b's'), (4, 1)] {
            let mut wrong = bytes.clone();
            wrong[at] = value;
            assert!(Header::of(&wrong, 0).is_none() && Header::at(&mut reader(wrong), 0).unwrap().is_none());
        }
        for len in [0, 26, 27, 29] {
            assert!(Header::of(&bytes[..len], 0).is_none());
            assert!(Header::at(&mut reader(bytes[..len].to_vec()), 0).unwrap().is_none());
        }
    }
}
