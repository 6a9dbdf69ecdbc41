//! The last page of an Ogg stream (RFC 3533, section 6): its granule position is the length, and its body is like no other's.

use std::io;

use super::reader::{FileReader, ReadAt};

/// How much of the end is looked at, in bytes: mostly the last page is a short one; some encoders fill pages with a second of
/// audio; and no page is longer than the last of these.
const REACHES: [u64; 3] = [8 * 1024, 20 * 1024, HEADER + 255 + 255 * 255];
/// Bytes of a page's header without its segment table.
const HEADER: u64 = 27;
const MARK: &[u8] = b"OggS";

/// A page, as far as it matters here.
pub struct Page {
    /// Where in the file it begins.
    pub start: u64,
    /// The number of samples up to its end, or the like.
    pub granule_position: u64,
    /// What follows the header and the segment table, to the end of the file.
    pub body: Vec<u8>,
}

/// Finds the last page. The position stays.
pub fn last_page<S: ReadAt>(reader: &mut FileReader<S>) -> io::Result<Option<Page>> {
    for reach in REACHES {
        let len = reach.min(reader.len());
        let start = reader.len() - len;
        let mut bytes = vec![0; len as usize];
        if !reader.peek(start, &mut bytes)? {
            return Ok(None);
        }
        let mut before = &bytes[..];
        // Its first letter alone is found faster than the mark, and is rare.
        while let Some(at) = memchr::memrchr(MARK[0], before) {
            if let Some((granule_position, body)) = parsed(&bytes[at..]) {
                return Ok(Some(Page { start: start + at as u64, granule_position, body: body.to_vec() }));
            }
            before = &before[..at];
        }
    }
    Ok(None)
}

/// The granule position and the body of a page; `None` of what is none, even if it begins with the mark by chance.
fn parsed(page: &[u8]) -> Option<(u64, &[u8])> {
    if !page.starts_with(MARK) {
        return None;
    }
    let granule_position = page.get(6..14)?.try_into().ok()?;
    let segments = usize::from(*page.get(HEADER as usize - 1)?);
    let body = page.get(HEADER as usize + segments..)?;
    (page[4] == 0 && segments > 0).then(|| (u64::from_le_bytes(granule_position), body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::reader::tests::reader;

    fn page(granule_position: u64, body: &[u8]) -> Vec<u8> {
        let segments: Vec<u8> = body.chunks(255).map(|segment| segment.len() as u8).collect();
        let head = [b"OggS\0\x04".as_slice(), &granule_position.to_le_bytes(), &[7; 12], &[segments.len() as u8]];
        [&head.concat(), segments.as_slice(), body].concat()
    }

    #[test]
    fn the_last_page_is_found_wherever_it_begins() {
        for body in [1, 100, 5_000, 12_000, 30_000, 65_000] {
            let pages = [page(1, &[1; 65_000]), page(2, &[2; 65_000]), page(3, &vec![3; body])].concat();
            let start = pages.len() - page(3, &vec![3; body]).len();
            let found = last_page(&mut reader(pages)).unwrap().unwrap();
            assert_eq!((found.start, found.granule_position, found.body.len()), (start as u64, 3, body));
        }
    }

    #[test]
    fn a_mark_that_is_there_by_chance_is_passed_over() {
        let body = [b"OggS\x01 no version".as_slice(), &[0; 99], b"OggS\0 cut"].concat();
        let found = last_page(&mut reader([page(1, &[1; 99]), page(2, &body)].concat())).unwrap().unwrap();
        assert_eq!(found.granule_position, 2);
        assert!(last_page(&mut reader(b"OggS\x01 and nothing else".to_vec())).unwrap().is_none());
    }
}
