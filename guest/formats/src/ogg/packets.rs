//! The packets of an Ogg stream, one after the other.

use std::io::{self, Read, Seek, SeekFrom};

use super::page::Header;
use super::vorbis_comment::Skip;
use crate::reader::{FileReader, ReadAt};

/// Pages in a row that are worth a jump.
const MANY: u32 = 3;

/// Reads to the end of a packet, and gives nothing more until [`next`](Self::next) moves on (RFC 3533, sections 5 and 6).
pub struct Packets<'r, S> {
    reader: &'r mut FileReader<S>,
    page: Header,
    /// The next of the page's segments.
    next: usize,
    /// Bytes up to the end of the page or of the packet, whichever comes first.
    left: u32,
    /// Whether the packet ends there.
    ends: bool,
    /// How long the packet is, as far as it was read or passed over.
    len: u64,
}

impl<'r, S: ReadAt> Packets<'r, S> {
    /// The first packet of the stream that begins at the reader's position.
    pub fn begin(reader: &'r mut FileReader<S>) -> io::Result<Self> {
        let page = Header::read(reader)?;
        Ok(Self { reader, page, next: 0, left: 0, ends: false, len: 0 })
    }

    /// The header of the page that is being read.
    pub fn page(&self) -> &Header {
        &self.page
    }

    /// Moves on to the next packet, and gives the length of the present one.
    pub fn next(&mut self) -> io::Result<u64> {
        while self.advance()? {
            self.pass(self.left)?;
        }
        self.ends = false;
        Ok(std::mem::take(&mut self.len))
    }

    /// Makes sure that there are bytes left; `false` at the end of the packet.
    fn advance(&mut self) -> io::Result<bool> {
        while self.left == 0 {
            if self.ends {
                return Ok(false);
            }
            if self.next == self.page.segments().len() {
                self.page = Header::read(self.reader)?;
                self.next = 0;
            }
            for &segment in &self.page.segments()[self.next..] {
                self.next += 1;
                self.left += u32::from(segment);
                if segment < 255 {
                    self.ends = true;
                    break;
                }
            }
        }
        Ok(true)
    }

    fn pass(&mut self, len: u32) -> io::Result<()> {
        self.reader.seek(SeekFrom::Current(i64::from(len)))?;
        self.left -= len;
        self.len += u64::from(len);
        Ok(())
    }

    /// Passes over pages without a look at each, where they are as long as the present one: taggers cut a large packet into equal pages. The
    /// number of the page behind them proves it. Gives how many bytes of the packet were passed over.
    fn jump(&mut self, len: u32) -> io::Result<u32> {
        let body = self.page.body_len();
        let pages = len.checked_div(body).unwrap_or(0);
        if self.next < self.page.segments().len() || self.ends || pages < MANY {
            return Ok(0);
        }
        let position = self.reader.stream_position()?;
        self.reader.seek(SeekFrom::Start(position + u64::from(pages) * self.page.len()))?;
        match Header::read(self.reader) {
            Ok(header) if header.follows(&self.page, pages + 1) => {
                self.page = header;
                self.next = 0;
                self.len += u64::from(pages * body);
                Ok(pages * body)
            }
            _ => {
                self.reader.seek(SeekFrom::Start(position))?;
                Ok(0)
            }
        }
    }
}

impl<S: ReadAt> Read for Packets<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.advance()? {
            return Ok(0);
        }
        let wanted = buffer.len().min(self.left as usize);
        let count = self.reader.read(&mut buffer[..wanted])?;
        if count == 0 && wanted > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= count as u32;
        self.len += count as u64;
        Ok(count)
    }
}

impl<S: ReadAt> Skip for Packets<'_, S> {
    fn skip(&mut self, mut len: u32, _picture: bool) -> io::Result<()> {
        while len > 0 {
            if self.left == 0 {
                len -= self.jump(len)?;
            }
            if len > 0 {
                if !self.advance()? {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                let piece = self.left.min(len);
                self.pass(piece)?;
                len -= piece;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ogg::page::tests::{Kind, page};
    use crate::reader::tests::reader;

    fn numbered(len: usize) -> Vec<u8> {
        (0..len).map(|index| (index * 31 % 251) as u8).collect()
    }

    /// A packet of numbered bytes in pages of so many full segments, and another one behind it, of `b'x'`.
    fn stream(len: usize, segments: usize) -> Vec<u8> {
        let bytes = numbered(len);
        let mut pages = vec![page(0, 0, Kind::Whole, b"first")];
        let chunks: Vec<_> = bytes.chunks(segments * 255).collect();
        for (number, chunk) in chunks.iter().enumerate() {
            let kind = if number + 1 < chunks.len() { Kind::GoesOn } else { Kind::Whole };
            pages.push(page(number as u32 + 1, 0, kind, chunk));
        }
        pages.push(page(chunks.len() as u32 + 1, 9, Kind::Whole, &[b'x'; 300]));
        pages.concat()
    }

    /// What is read of a packet when so much of it, from there on, is passed over.
    fn read_but(stream: Vec<u8>, from: usize, skipped: u32) -> (Vec<u8>, u64, Vec<(u64, u64)>) {
        let mut reader = reader(stream);
        let mut packets = Packets::begin(&mut reader).unwrap();
        packets.next().unwrap();
        let mut bytes = vec![0; from];
        packets.read_exact(&mut bytes).unwrap();
        packets.skip(skipped, true).unwrap();
        packets.read_to_end(&mut bytes).unwrap();
        let len = packets.next().unwrap();
        let mut after = Vec::new();
        packets.read_to_end(&mut after).unwrap();
        assert_eq!(after, [b'x'; 300]);
        (bytes, len, reader.reads())
    }

    #[test]
    fn a_packet_is_read_across_pages_and_ends() {
        for (len, segments) in [(1, 1), (254, 1), (255, 1), (256, 1), (70_000, 16), (200_000, 255)] {
            assert_eq!(read_but(stream(len, segments), 0, 0).0, numbered(len));
        }
    }

    #[test]
    fn what_is_passed_over_is_missing_and_nothing_else() {
        for (len, segments) in [(300_000, 16), (300_000, 255), (100_000, 1), (300_000, 17)] {
            for (from, skipped) in [(0, 1), (10, 254), (100, 60_000), (5_000, 90_000), (4_080, 81_600), (20, 99_980)] {
                let (bytes, whole, _) = read_but(stream(len, segments), from, skipped);
                let expected = [&numbered(len)[..from], &numbered(len)[from + skipped as usize..]].concat();
                assert!(bytes == expected && whole == len as u64, "{len} {segments} {from} {skipped}");
            }
        }
    }

    #[test]
    fn equal_pages_are_not_looked_at() {
        let (.., reads) = read_but(stream(1_000_000, 16), 100, 999_000);
        let read: u64 = reads.iter().map(|(_, len)| len).sum();
        assert!(reads.len() <= 4 && read < 60_000, "{reads:?}");
    }

    #[test]
    fn unequal_pages_are_passed_one_by_one() {
        let bytes = numbered(90_000);
        let sizes = [20, 20, 7, 33, 20, 1, 40, 60, 20, 100, 100];
        let (mut pages, mut from) = (vec![page(0, 0, Kind::Whole, b"first")], 0);
        for (number, size) in sizes.iter().enumerate() {
            let end = (from + size * 255).min(bytes.len());
            let kind = if end < bytes.len() { Kind::GoesOn } else { Kind::Whole };
            pages.push(page(number as u32 + 1, 0, kind, &bytes[from..end]));
            from = end;
        }
        pages.push(page(sizes.len() as u32 + 1, 0, Kind::Whole, &[b'x'; 300]));
        let (read, len, _) = read_but(pages.concat(), 50, 80_000);
        assert!(read == [&bytes[..50], &bytes[80_050..]].concat() && len == 90_000);
    }

    #[test]
    fn a_packet_that_is_cut_off_is_an_error() {
        let mut reader = reader(stream(50_000, 16)[..30_000].to_vec());
        let mut packets = Packets::begin(&mut reader).unwrap();
        packets.next().unwrap();
        assert!(packets.read_to_end(&mut Vec::new()).is_err());
    }
}
