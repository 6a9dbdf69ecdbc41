//! The packets of one logical stream, one after the other (RFC 3533, sections 5 and 6). Pages of
//! other streams in between are passed over.

use std::io;
use std::ops::Range;

use super::page::Header;
use super::tail;
use super::vorbis_comment::Bytes;
use crate::reader::{FileReader, ReadAt};

/// The most pages that are looked at, those of other streams included. Headers with the pictures of
/// diligent taggers are some dozens, because a jump looks at one.
const MOST_PAGES: u32 = 4096;

/// Reads to the end of a packet, and gives nothing more until [`next`](Self::next) moves on.
pub(super) struct Packets<'r, S> {
    reader: &'r mut FileReader<S>,
    at: Place,
}

/// A place in a stream.
#[derive(Clone)]
pub(super) struct Place {
    page: Header,
    /// The next of the page's segments.
    next: usize,
    /// Where the next byte of the packet lies in the file.
    position: u64,
    /// Bytes up to the end of the page or of the packet, whichever comes first.
    left: u64,
    /// Whether the packet ends there.
    ends: bool,
    /// Whether the stream ends there.
    is_over: bool,
    /// How many pages were looked at.
    looked: u32,
}

impl<'r, S: ReadAt> Packets<'r, S> {
    /// The packets of the stream that this page belongs to, from its beginning.
    pub fn from(reader: &'r mut FileReader<S>, page: Header) -> Self {
        let position = page.body().start;
        let at = Place { page, next: 0, position, left: 0, ends: false, is_over: false, looked: 0 };
        Self { reader, at }
    }

    /// Moves on to the next packet; `false` if the stream ends in the present one.
    pub fn next(&mut self) -> io::Result<bool> {
        while self.advance()? {
            self.step(self.at.left);
        }
        self.at.ends = false;
        Ok(!self.at.is_over)
    }

    /// The first page behind the present packet, where a new one begins. `None` where the stream
    /// ends before.
    pub fn page_behind(&mut self) -> io::Result<Option<Header>> {
        let more = self.next()?;
        let is_new = more && (self.at.next < self.at.page.segments().len() || self.turn()?);
        Ok(is_new.then(|| self.at.page.clone()))
    }

    /// Makes sure that there are bytes left; `false` at the end of the packet.
    fn advance(&mut self) -> io::Result<bool> {
        while self.at.left == 0 {
            if self.at.ends {
                return Ok(false);
            }
            if self.at.next == self.at.page.segments().len() {
                let goes_on = self.at.page.segments().last() == Some(&255);
                if !self.turn()? || goes_on && !self.at.page.is_continued() {
                    self.at.ends = true;
                    return Ok(false);
                }
            }
            for &segment in &self.at.page.segments()[self.at.next..] {
                self.at.next += 1;
                self.at.left += u64::from(segment);
                if segment < 255 {
                    self.at.ends = true;
                    break;
                }
            }
        }
        Ok(true)
    }

    /// Turns to the next page of the stream; `false` where there is none.
    fn turn(&mut self) -> io::Result<bool> {
        let (mut position, mut search) = (self.at.page.end(), self.at.page.body().start);
        while self.at.looked < MOST_PAGES {
            let page = match Header::at(self.reader, position)? {
                Some(page) => page,
                // Bytes are missing or too many: a page begins nearby.
                None => match tail::next(self.reader, search, self.reader.len())? {
                    Some(page) => page,
                    None => break,
                },
            };
            self.at.looked += 1;
            position = page.end();
            search = page.body().start;
            if page.serial == self.at.page.serial {
                self.take(page);
                return Ok(true);
            }
        }
        self.at.is_over = true;
        Ok(false)
    }

    fn take(&mut self, page: Header) {
        self.at.position = page.body().start;
        self.at.page = page;
        self.at.next = 0;
    }

    fn step(&mut self, len: u64) {
        self.at.position += len;
        self.at.left -= len;
    }

    /// Passes over pages without a look at each, where they are as long as the present one: taggers
    /// cut a large packet into equal pages. The number of the page behind them proves it. Gives how
    /// many bytes of the packet were passed.
    fn jump(&mut self, len: u64, pieces: &mut Vec<Range<u64>>) -> io::Result<u64> {
        let page = &self.at.page;
        let (body, size) = (page.body_len(), page.end() - page.position);
        let pages = len.checked_div(body).unwrap_or(0);
        let fits = u32::try_from(pages + 1).ok();
        let Some(behind) = fits.filter(|_| self.at.next == page.segments().len() && !self.at.ends && pages > 0) else {
            return Ok(0);
        };
        let (first, end) = (page.body(), page.end());
        match Header::at(self.reader, end + pages * size)? {
            Some(header) if header.follows(&self.at.page, behind) => {
                pieces.extend((1..=pages).map(|page| first.start + page * size..first.end + page * size));
                self.at.looked += 1;
                self.take(header);
                Ok(pages * body)
            }
            _ => Ok(0),
        }
    }
}

impl<S: ReadAt> Bytes for Packets<'_, S> {
    type Place = Place;

    fn place(&self) -> Place {
        self.at.clone()
    }

    fn go_back(&mut self, place: &Place) {
        self.at.clone_from(place);
    }

    fn at_most(&self) -> u64 {
        self.reader.len().saturating_sub(self.at.position)
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut done = 0;
        while done < buffer.len() && self.advance()? {
            let count = usize::try_from(self.at.left).unwrap_or(usize::MAX).min(buffer.len() - done);
            if !self.reader.peek(self.at.position, &mut buffer[done..done + count])? {
                break;
            }
            self.step(count as u64);
            done += count;
        }
        Ok(done)
    }

    fn pass(&mut self, len: u64, pieces: &mut Vec<Range<u64>>) -> io::Result<u64> {
        let mut left = len;
        while left > 0 {
            if self.at.left == 0 {
                left -= self.jump(left, pieces)?;
                if left == 0 {
                    break;
                }
            }
            if !self.advance()? || self.at.position >= self.reader.len() {
                break;
            }
            let piece = self.at.left.min(left).min(self.reader.len() - self.at.position);
            pieces.push(self.at.position..self.at.position + piece);
            self.step(piece);
            left -= piece;
        }
        Ok(len - left)
    }

    /// Pages of a picture are jumped over, so no bytes of it are asked for.
    fn seal(&mut self, _pieces: &[Range<u64>]) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ogg::page::tests::{Kind, continued, page, with_serial};
    use crate::reader::tests::{Counted, reader};

    fn numbered(len: usize) -> Vec<u8> {
        (0..len).map(|index| (index * 31 % 251) as u8).collect()
    }

    /// A packet of numbered bytes in pages of these numbers of full segments, and another one
    /// behind it, of `b'x'`.
    fn stream(len: usize, segments: impl Iterator<Item = usize>) -> Vec<Vec<u8>> {
        let bytes = numbered(len);
        let (mut pages, mut rest) = (vec![page(0, 0, Kind::Whole, b"first")], bytes.as_slice());
        for (number, segments) in segments.enumerate() {
            let (chunk, behind) = rest.split_at(rest.len().min(segments * 255));
            let kind = if behind.is_empty() { Kind::Whole } else { Kind::GoesOn };
            let next = page(number as u32 + 1, 0, kind, chunk);
            pages.push(if number > 0 { continued(next) } else { next });
            rest = behind;
            if rest.is_empty() {
                break;
            }
        }
        pages.push(page(pages.len() as u32, 9, Kind::Whole, &[b'x'; 300]));
        pages
    }

    fn equal(len: usize, segments: usize) -> Vec<u8> {
        stream(len, std::iter::repeat(segments)).concat()
    }

    fn packets(reader: &mut FileReader<Counted>) -> Packets<'_, Counted> {
        let page = Header::at(reader, 0).unwrap().unwrap();
        let mut packets = Packets::from(reader, page);
        packets.next().unwrap();
        packets
    }

    fn rest_of(packets: &mut Packets<'_, Counted>) -> Vec<u8> {
        let mut bytes = vec![0; 1 << 20];
        let count = packets.read(&mut bytes).unwrap();
        bytes.truncate(count);
        bytes
    }

    /// What is read of a packet when so much of it, from there on, is passed over; and how the file
    /// was read.
    fn read_but(stream: &[u8], from: usize, passed: u64) -> (Vec<u8>, Vec<(u64, u64)>) {
        let mut reader = reader(stream.to_vec());
        let mut packets = packets(&mut reader);
        let mut bytes = vec![0; from];
        packets.read(&mut bytes).unwrap();
        let mut pieces = Vec::new();
        assert_eq!(packets.pass(passed, &mut pieces).unwrap(), passed);
        bytes.extend(rest_of(&mut packets));
        assert!(packets.next().unwrap());
        assert_eq!(rest_of(&mut packets), [b'x'; 300]);
        let places: Vec<u8> =
            pieces.iter().flat_map(|piece| &stream[piece.start as usize..piece.end as usize]).copied().collect();
        let len = from + passed as usize;
        assert!(places == numbered(len)[from..], "{from} {passed}");
        (bytes, reader.reads())
    }

    #[test]
    fn a_packet_is_read_across_pages_and_ends() {
        for (len, segments) in [(1, 1), (254, 1), (255, 1), (256, 1), (70_000, 16), (200_000, 255)] {
            assert_eq!(read_but(&equal(len, segments), 0, 0).0, numbered(len));
        }
    }

    #[test]
    fn what_is_passed_over_is_missing_and_nothing_else() {
        for (len, segments) in [(300_000, 16), (300_000, 255), (100_000, 1), (300_000, 17)] {
            for (from, passed) in [(0, 1), (10, 254), (100, 60_000), (5_000, 90_000), (4_080, 81_600), (20, 99_980)] {
                let (bytes, _) = read_but(&equal(len, segments), from, passed);
                let expected = [&numbered(len)[..from], &numbered(len)[from + passed as usize..]].concat();
                assert!(bytes == expected, "{len} {segments} {from} {passed}");
            }
        }
    }

    #[test]
    fn equal_pages_are_not_looked_at() {
        let (_, reads) = read_but(&equal(1_000_000, 16), 100, 999_000);
        let read: u64 = reads.iter().map(|(_, len)| len).sum();
        assert!(reads.len() <= 4 && read < 60_000, "{reads:?}");
        // Nor is a single one: the beginning, the last page, the end.
        let (_, reads) = read_but(&equal(190_000, 255), 100, 185_000);
        assert_eq!(reads.len(), 3, "{reads:?}");
    }

    #[test]
    fn unequal_pages_are_passed_one_by_one() {
        let sizes = [20, 20, 7, 33, 20, 1, 40, 60, 20, 100, 100];
        let stream = stream(90_000, sizes.into_iter()).concat();
        assert!(read_but(&stream, 50, 80_000).0 == [&numbered(90_000)[..50], &numbered(90_000)[80_050..]].concat());
    }

    #[test]
    fn pages_of_other_streams_are_passed_over() {
        let other = with_serial(99, page(5, 1, Kind::Whole, &[1; 500]));
        let pages = stream(20_000, std::iter::repeat(16));
        let mixed: Vec<u8> = pages.into_iter().flat_map(|page| [page, other.clone()].concat()).collect();
        assert_eq!(read_but(&mixed, 100, 15_000).0, [&numbered(20_000)[..100], &numbered(20_000)[15_100..]].concat());
    }

    #[test]
    fn a_packet_that_is_cut_off_ends_with_the_stream() {
        let mut reader = reader(equal(50_000, 16)[..30_000].to_vec());
        let mut packets = packets(&mut reader);
        assert!(rest_of(&mut packets).len() < 30_000 && !packets.next().unwrap());
        assert!(packets.page_behind().unwrap().is_none());
    }

    #[test]
    fn a_packet_whose_end_is_missing_ends_before_the_next_one() {
        let pages = stream(50_000, std::iter::repeat(16));
        let last = pages.len() - 1;
        let mut reader = reader([pages[..4].concat(), pages[last].clone()].concat());
        let mut packets = packets(&mut reader);
        assert!(rest_of(&mut packets) == numbered(3 * 16 * 255));
        assert!(packets.next().unwrap());
        assert_eq!(rest_of(&mut packets), [b'x'; 300]);
    }

    #[test]
    fn the_page_behind_a_packet_is_the_one_where_the_next_begins() {
        let mut reader = reader(equal(9_000, 16));
        let mut packets = packets(&mut reader);
        assert_eq!(packets.page_behind().unwrap().unwrap().granule(), Some(9));
        assert!(packets.page_behind().unwrap().is_none());
    }
}
