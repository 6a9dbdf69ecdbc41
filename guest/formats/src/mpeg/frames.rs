//! Frames that follow each other.

use std::io;

use super::header::{self, Header};
use crate::reader::{FileReader, ReadAt};

/// The longest frame of free format: 640 kbit/s, where encoders end, take 2,880 bytes at 32 kHz.
const LONGEST: u64 = 4096;

/// A frame in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    pub start: u64,
    pub header: Header,
    /// Bytes, header included. The last frame may be cut off before.
    pub len: u64,
}

impl Frame {
    /// The frame at `start` in a stream that ends at `end`. In free format it goes on to the next
    /// header of its kind.
    pub fn at<S: ReadAt>(reader: &mut FileReader<S>, start: u64, end: u64) -> io::Result<Option<Self>> {
        let Some(header) = header_at(reader, start, end)? else { return Ok(None) };
        let len = match header.frame_len() {
            Some(len) => Some(len),
            None => free_len(reader, start, &header, end)?,
        };
        Ok(len.map(|len| Self { start, header, len }))
    }

    /// The frame behind this one, if one of the same stream is there.
    pub fn next<S: ReadAt>(&self, reader: &mut FileReader<S>, end: u64) -> io::Result<Option<Self>> {
        let next = match self.header.bitrate {
            // Every frame of free format has the same length, but for the padding.
            0 => header_at(reader, self.end(), end)?.map(|header| Self { start: self.end(), header, len: self.len }),
            _ => Self::at(reader, self.end(), end)?,
        };
        Ok(next.filter(|next| next.header.is_like(&self.header)))
    }

    /// Its bit rate in kbit/s.
    pub fn bitrate(&self) -> u32 {
        if self.header.bitrate > 0 { self.header.bitrate } else { self.header.bitrate_of_len(self.len) }
    }

    /// Where it ends.
    pub fn end(&self) -> u64 {
        self.start + self.len
    }

    /// Whether it begins a row of `count` frames. One that reaches the end of the stream is as good
    /// as the rest of the row.
    pub fn begins_row<S: ReadAt>(&self, reader: &mut FileReader<S>, count: usize, end: u64) -> io::Result<bool> {
        let mut frame = *self;
        for _ in 1..count {
            if frame.end() >= end {
                return Ok(true);
            }
            let Some(next) = frame.next(reader, end)? else { return Ok(false) };
            frame = next;
        }
        Ok(true)
    }
}

fn header_at<S: ReadAt>(reader: &mut FileReader<S>, start: u64, end: u64) -> io::Result<Option<Header>> {
    let mut bytes = [0; header::LEN];
    let is_there = start + header::LEN as u64 <= end && reader.peek(start, &mut bytes)?;
    Ok(if is_there { Header::parse(bytes) } else { None })
}

/// How far it is to the next header of the same kind.
fn free_len<S: ReadAt>(reader: &mut FileReader<S>, start: u64, header: &Header, end: u64) -> io::Result<Option<u64>> {
    let len = LONGEST.min(end - start);
    let Some(bytes) = reader.piece(start, len)? else { return Ok(None) };
    let is_next = |at: &usize| {
        let next = bytes[*at..].first_chunk().and_then(|bytes| Header::parse(*bytes));
        next.is_some_and(|next| next.is_like(header) && next.channels == header.channels)
    };
    let shortest = header.behind_side_information() as usize;
    Ok(memchr::memchr_iter(0xff, bytes).filter(|&at| at >= shortest).find(is_next).map(|at| at as u64))
}
