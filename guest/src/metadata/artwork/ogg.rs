//! Pictures in Ogg.

use std::io::{self, Read};

use super::Artwork;
use super::vorbis_comment::{self, Skip};
use crate::metadata::reader::{FileReader, ReadAt};

/// The comment packet of an Ogg stream: the second packet, behind an `OpusTags` or `\x03vorbis` signature.
pub(super) fn find<S: ReadAt>(reader: &mut FileReader<S>) -> io::Result<Artwork> {
    let mut packets = Packets { reader, segments: [0; 255], count: 0, next: 0, left: 0, ended: false };
    io::copy(&mut packets, &mut io::sink())?;
    packets.ended = false;
    let mut signature = [0; 8];
    packets.read_exact(&mut signature[..7])?;
    if &signature[..7] == b"OpusTag" {
        packets.read_exact(&mut signature[7..])?;
    } else if &signature[1..7] != b"vorbis" {
        return Ok(Artwork::Unknown);
    }
    Ok(vorbis_comment::has_picture(&mut packets)?.into())
}

/// One Ogg packet after the other (RFC 3533, sections 5 and 6): reads to the end of a packet, then gives none until `ended` is reset.
struct Packets<'r, S> {
    reader: &'r mut FileReader<S>,
    segments: [u8; 255],
    count: usize,
    next: usize,
    /// Bytes left in the current segment.
    left: u8,
    ended: bool,
}

impl<S: ReadAt> Packets<'_, S> {
    /// Moves on to the next segment with bytes in it; `false` at the end of the packet.
    fn advance(&mut self) -> io::Result<bool> {
        while self.left == 0 {
            if self.ended {
                return Ok(false);
            }
            if self.next == self.count {
                let mut header = [0; 27];
                self.reader.read_exact(&mut header)?;
                if &header[..4] != b"OggS" {
                    return Err(io::ErrorKind::InvalidData.into());
                }
                self.count = usize::from(header[26]);
                self.reader.read_exact(&mut self.segments[..self.count])?;
                self.next = 0;
                continue;
            }
            self.left = self.segments[self.next];
            self.next += 1;
            self.ended = self.left < 255;
        }
        Ok(true)
    }
}

impl<S: ReadAt> Read for Packets<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.advance()? {
            return Ok(0);
        }
        let wanted = buffer.len().min(usize::from(self.left));
        let count = self.reader.read(&mut buffer[..wanted])?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= count as u8;
        Ok(count)
    }
}

impl<S: ReadAt> Skip for Packets<'_, S> {
    fn skip(&mut self, len: u32, picture: bool) -> io::Result<()> {
        let mut left = len;
        while left > 0 {
            if !self.advance()? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            // What is left of the page in one piece: most segments of a large packet are full ones.
            let mut piece = u32::from(self.left);
            while piece < left && self.next < self.count && !self.ended {
                self.left = self.segments[self.next];
                self.next += 1;
                self.ended = self.left < 255;
                piece += u32::from(self.left);
            }
            let over = piece.saturating_sub(left);
            self.left = over as u8;
            self.reader.skip(piece - over, picture)?;
            left -= piece - over;
        }
        Ok(())
    }
}
