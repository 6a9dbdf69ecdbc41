//! The end of a file: its last pages.

use std::io;

use super::page::{FIXED, Header, LONGEST, MARK};
use crate::reader::{FileReader, ReadAt};

/// How far from the end pages are looked for, step by step, in bytes. The last page is usually
/// short; some encoders fill pages with a second of audio; and junk or pages of other streams may
/// stand behind it, which mutagen looks through as far.
const REACHES: [u64; 6] = [8 * 1024, 20 * 1024, 64 * 1024, 128 * 1024, 192 * 1024, 256 * 1024];

/// What was found.
pub(super) struct Tail {
    /// The last page that is whole.
    pub last: Option<Header>,
    /// Whether another page begins behind it, and the file ends before that does.
    pub is_cut: bool,
}

/// Finds the last page behind `start`.
pub(super) fn last<S: ReadAt>(reader: &mut FileReader<S>, start: u64) -> io::Result<Tail> {
    let mut tail = Tail { last: None, is_cut: false };
    let len = reader.len();
    backwards(reader, start, |page| match page {
        Some(page) if page.end() <= len => {
            tail.last = Some(page);
            true
        }
        _ => {
            tail.is_cut = true;
            false
        }
    })?;
    Ok(tail)
}

/// Hands out the pages behind `start`, the last first, until one is the right one: as `None` where
/// the file ends in the header. Says whether one was right.
pub(super) fn backwards<S: ReadAt>(
    reader: &mut FileReader<S>,
    start: u64,
    mut is_right: impl FnMut(Option<Header>) -> bool,
) -> io::Result<bool> {
    let len = reader.len();
    let mut done = len;
    for reach in REACHES {
        let begin = len.saturating_sub(reach).max(start);
        if begin >= done {
            break;
        }
        // A header may reach over into what was looked through.
        let end = (done + FIXED as u64 + 255).min(len);
        let Some(bytes) = reader.piece(begin, end - begin)? else { break };
        let mut before = (done - begin) as usize;
        // The first letter alone is found faster than the mark, and is rare.
        while let Some(at) = memchr::memrchr(MARK[0], &bytes[..before]) {
            before = at;
            let here = &bytes[at..];
            let is_mark = here.len() >= MARK.len() && here.starts_with(MARK);
            if is_mark {
                let page = Header::of(here, begin + at as u64);
                // A mark with another version or without segments stands there by chance.
                let is_page = page.as_ref().map_or(here.len() < FIXED + 255, |page| !page.segments().is_empty())
                    && here.get(4).is_none_or(|&version| version == 0);
                if is_page && is_right(page) {
                    return Ok(true);
                }
            }
        }
        done = begin;
    }
    Ok(false)
}

/// The first page at or behind `position`, and before `end`: never one further in front, so that
/// whoever goes on behind the page comes to the end of the file.
pub(super) fn next<S: ReadAt>(reader: &mut FileReader<S>, position: u64, end: u64) -> io::Result<Option<Header>> {
    // Pages are usually shorter than the first piece, which is one read.
    let mut begin = position;
    for piece in [6 * 1024, LONGEST] {
        if begin >= end {
            break;
        }
        let stop = (begin + piece).min(end);
        let reach = (stop + FIXED as u64 + 255).min(reader.len());
        let Some(bytes) = reader.piece(begin, reach.saturating_sub(begin))? else { return Ok(None) };
        let found = memchr::memmem::find_iter(bytes, MARK).find_map(|at| Header::of(&bytes[at..], begin + at as u64));
        if found.is_some() {
            return Ok(found);
        }
        begin = stop;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ogg::page::tests::{Kind, page};
    use crate::reader::tests::reader;

    fn granule(bytes: Vec<u8>) -> Option<u64> {
        last(&mut reader(bytes), 0).unwrap().last?.granule()
    }

    #[test]
    fn the_last_page_is_found_wherever_it_begins() {
        for body in [1, 100, 5_000, 12_000, 30_000, 65_000] {
            for behind in [0, 1, 300, 70_000, 180_000] {
                let pages = [(1, 65_000), (2, 65_000), (3, body)]
                    .map(|(number, len)| page(number, u64::from(number), Kind::Whole, &vec![number as u8; len]));
                assert_eq!(granule([pages.concat(), vec![0; behind]].concat()), Some(3), "{body} {behind}");
            }
        }
    }

    #[test]
    fn a_mark_that_is_there_by_chance_is_passed_over() {
        let body = [b"OggS\x01 no version".as_slice(), &[0; 400], b"OggS", &[0; 400]].concat();
        let pages = [page(1, 1, Kind::Whole, &[1; 99]), page(2, 2, Kind::Whole, &body)].concat();
        assert_eq!(granule(pages), Some(2));
        assert_eq!(granule(b"OggS\x01 and nothing else".to_vec()), None);
    }

    #[test]
    fn the_last_whole_page_counts_where_another_is_cut_off() {
        let pages = [page(1, 1, Kind::Whole, &[1; 99]), page(2, 2, Kind::Whole, &[2; 99])].concat();
        for cut in [1, 98, 99, 100, 120, 123, 126] {
            let found = last(&mut reader(pages[..pages.len() - cut].to_vec()), 0).unwrap();
            assert_eq!((found.last.unwrap().granule(), found.is_cut), (Some(1), cut < 124), "{cut}");
        }
        assert!(!last(&mut reader(pages), 0).unwrap().is_cut);
    }

    #[test]
    fn the_next_page_is_found_within_the_longest_page() {
        for len in [10, 5_900, 6_200, 60_000] {
            let bytes = [vec![1; len], page(9, 5, Kind::Whole, &[7; 300])].concat();
            let end = bytes.len() as u64;
            assert_eq!(next(&mut reader(bytes), 0, end).unwrap().unwrap().position, len as u64);
        }
        assert!(next(&mut reader(vec![0; 100]), 0, 100).unwrap().is_none());
    }

    #[test]
    fn no_page_in_front_of_the_place_is_the_next_one() {
        let pages = [page(1, 1, Kind::Whole, &[1; 99]), page(2, 2, Kind::Whole, &[2; 300])].concat();
        for (position, end) in [(200, 100), (400, 127), (128, 128)] {
            assert!(next(&mut reader(pages.clone()), position, end).unwrap().is_none(), "{position} {end}");
        }
    }
}
