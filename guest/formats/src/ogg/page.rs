//! Pages of an Ogg stream (RFC 3533, section 6), and the last one: its granule position is the length of the stream, and its body is like
//! no other's.

use std::io::{self, Read};

use crate::reader::{FileReader, ReadAt};

/// How much of the end is looked at, in bytes: mostly the last page is a short one; some encoders fill pages with a second of
/// audio; and no page is longer than the last of these.
const REACHES: [u64; 3] = [8 * 1024, 20 * 1024, FIXED as u64 + 255 + 255 * 255];
/// Bytes of a page's header without its segment table.
const FIXED: usize = 27;
const MARK: &[u8] = b"OggS";

/// A page without its body.
pub struct Header {
    /// The number of samples up to its end, or the like.
    pub granule_position: u64,
    stream: u32,
    number: u32,
    segments: [u8; 255],
    count: usize,
}

impl Header {
    /// Reads the header at the reader's position.
    pub fn read<S: ReadAt>(reader: &mut FileReader<S>) -> io::Result<Self> {
        let mut fixed = [0; FIXED];
        reader.read_exact(&mut fixed)?;
        if !fixed.starts_with(MARK) || fixed[4] != 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "no page of Ogg where one should be"));
        }
        let [_, _, _, _, _, _, g0, g1, g2, g3, g4, g5, g6, g7, s0, s1, s2, s3, n0, n1, n2, n3, .., count] = fixed;
        let mut header = Self {
            granule_position: u64::from_le_bytes([g0, g1, g2, g3, g4, g5, g6, g7]),
            stream: u32::from_le_bytes([s0, s1, s2, s3]),
            number: u32::from_le_bytes([n0, n1, n2, n3]),
            segments: [0; 255],
            count: usize::from(count),
        };
        reader.read_exact(&mut header.segments[..header.count])?;
        Ok(header)
    }

    /// The lengths of its segments: one of less than 255 ends a packet.
    pub fn segments(&self) -> &[u8] {
        &self.segments[..self.count]
    }

    /// Bytes of its body.
    pub fn body_len(&self) -> u32 {
        self.segments().iter().map(|&segment| u32::from(segment)).sum()
    }

    /// Bytes of the whole page.
    pub fn len(&self) -> u64 {
        (FIXED + self.count) as u64 + u64::from(self.body_len())
    }

    /// Whether it is the page that comes so many pages after another one of the same stream.
    pub fn follows(&self, other: &Self, pages: u32) -> bool {
        self.stream == other.stream && self.number == other.number.wrapping_add(pages)
    }
}

/// The last page that is whole, as far as it matters here.
pub struct Last {
    /// The number of samples up to its end, or the like.
    pub granule_position: u64,
    /// What follows the header and the segment table, to the end of the file.
    pub body: Vec<u8>,
    /// Whether another page begins behind it, and the file ends before that does.
    pub is_cut: bool,
}

/// Finds the last page. The position stays.
pub fn last<S: ReadAt>(reader: &mut FileReader<S>) -> io::Result<Option<Last>> {
    for reach in REACHES {
        let len = reach.min(reader.len());
        let Some(bytes) = reader.piece(reader.len() - len, len)? else { return Ok(None) };
        let mut before = bytes;
        let mut is_cut = false;
        // Its first letter alone is found faster than the mark, and is rare.
        while let Some(at) = memchr::memrchr(MARK[0], before) {
            match parsed(&bytes[at..]) {
                Found::Whole { granule_position, body } => {
                    return Ok(Some(Last { granule_position, body: body.to_vec(), is_cut }));
                }
                Found::Cut => is_cut = true,
                Found::Nothing => {}
            }
            before = &before[..at];
        }
    }
    Ok(None)
}

/// What begins with the first letter of a page's mark.
enum Found<'a> {
    Whole {
        granule_position: u64,
        body: &'a [u8],
    },
    Cut,
    /// No page, even if it begins with the mark by chance.
    Nothing,
}

fn parsed(page: &[u8]) -> Found<'_> {
    if !page.starts_with(MARK) || page.get(4).is_some_and(|&version| version != 0) {
        return Found::Nothing;
    }
    let Some((fixed, rest)) = page.split_first_chunk::<FIXED>() else { return Found::Cut };
    let [_, _, _, _, _, _, g0, g1, g2, g3, g4, g5, g6, g7, .., count] = *fixed;
    if count == 0 {
        return Found::Nothing;
    }
    let Some((segments, body)) = rest.split_at_checked(usize::from(count)) else { return Found::Cut };
    if segments.iter().map(|&segment| usize::from(segment)).sum::<usize>() > body.len() {
        return Found::Cut;
    }
    Found::Whole { granule_position: u64::from_le_bytes([g0, g1, g2, g3, g4, g5, g6, g7]), body }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::reader::tests::reader;

    /// What is on a page.
    #[derive(Clone, Copy, PartialEq)]
    pub enum Kind {
        /// A packet, or its end.
        Whole,
        /// A packet that goes on on the next page: full segments.
        GoesOn,
    }

    /// A page with this number and granule position.
    pub fn page(number: u32, granule_position: u64, kind: Kind, body: &[u8]) -> Vec<u8> {
        let mut segments: Vec<u8> = body.chunks(255).map(|segment| segment.len() as u8).collect();
        if kind == Kind::Whole && body.len().is_multiple_of(255) {
            segments.push(0);
        }
        assert!(segments.len() < 256 && (kind == Kind::Whole || segments.iter().all(|&segment| segment == 255)));
        let head = [
            b"OggS\0\x04".as_slice(),
            &granule_position.to_le_bytes(),
            &7_u32.to_le_bytes(),
            &number.to_le_bytes(),
            &[0; 4],
            &[segments.len() as u8],
        ];
        [&head.concat(), segments.as_slice(), body].concat()
    }

    #[test]
    fn the_last_page_is_found_wherever_it_begins() {
        for body in [1, 100, 5_000, 12_000, 30_000, 65_000] {
            let pages = [(1, 65_000), (2, 65_000), (3, body)]
                .map(|(number, len)| page(number, u64::from(number), Kind::Whole, &vec![number as u8; len]));
            let found = last(&mut reader(pages.concat())).unwrap().unwrap();
            assert_eq!((found.granule_position, found.body), (3, vec![3; body]));
        }
    }

    #[test]
    fn a_mark_that_is_there_by_chance_is_passed_over() {
        let body = [b"OggS\x01 no version".as_slice(), &[0; 99], b"OggS\x02"].concat();
        let pages = [page(1, 1, Kind::Whole, &[1; 99]), page(2, 2, Kind::Whole, &body)].concat();
        assert_eq!(last(&mut reader(pages)).unwrap().unwrap().granule_position, 2);
        assert!(last(&mut reader(b"OggS\x01 and nothing else".to_vec())).unwrap().is_none());
    }

    #[test]
    fn the_last_whole_page_counts_where_another_is_cut_off() {
        let pages = [page(1, 1, Kind::Whole, &[1; 99]), page(2, 2, Kind::Whole, &[2; 99])].concat();
        for cut in [1, 98, 99, 100, 120, 126] {
            let found = last(&mut reader(pages[..pages.len() - cut].to_vec())).unwrap().unwrap();
            assert_eq!((found.granule_position, found.is_cut, found.body[0]), (1, cut < 124, 1), "{cut}");
        }
        assert!(!last(&mut reader(pages)).unwrap().unwrap().is_cut);
    }

    #[test]
    fn a_header_tells_its_page() {
        let bytes = page(4, 99, Kind::Whole, &[1; 600]);
        let header = Header::read(&mut reader(bytes.clone())).unwrap();
        assert_eq!((header.granule_position, header.segments(), header.body_len()), (99, &[255, 255, 90][..], 600));
        assert_eq!(header.len(), bytes.len() as u64);
        assert!(Header::read(&mut reader(b"OggT".repeat(20))).is_err());
    }
}
