//! How long a stream is where no encoder's header tells how many frames there are.

use std::io;

use super::frames::Frame;
use crate::reader::{FileReader, ReadAt};

/// A stream up to this size is counted frame by frame. It is at hand already: small files are read
/// whole.
const WHOLE: u64 = 32 * 1024;
/// A stream of variable bit rate up to this size too: that takes fewer reads than a look at many
/// places.
const WHOLE_IF_VARIABLE: u64 = 512 * 1024;
/// Frames that are looked at at the beginning and at the end: less than the first read of a file
/// holds.
const FRAMES: usize = 24;
/// Places that are looked at in a stream of variable bit rate. Each costs a read; with as many a
/// length is seldom wrong by more than a tenth.
const PLACES: u64 = 24;
/// Frames that are looked at in each of them, and how far a frame is looked for: longer than any
/// is, and together within one read.
const FRAMES_OF_PLACE: usize = 4;
const SEARCH: u64 = 2048;
/// Frames in a row that show that a place is not in the middle of one.
const ROW: usize = 3;

/// What is known of a stream without a header.
#[derive(Debug, PartialEq)]
pub enum Count {
    /// Every frame was counted: samples, and the bytes of their frames.
    Whole { samples: u64, bytes: u64, is_constant: bool },
    /// Frames at several places all have one bit rate.
    Constant,
    /// As many samples are in a byte.
    Variable(f64),
}

/// Looks at the frames from `first` on, at some in the middle and at some before the end, which
/// were read with the tags there. Where the bit rate changes, more places are looked at: music
/// often begins and ends with the lowest rate.
pub fn count<S: ReadAt>(reader: &mut FileReader<S>, first: &Frame, end: u64) -> io::Result<Count> {
    let mut seen = Seen::new(first);
    let len = end - first.start;
    if len <= WHOLE {
        return whole(reader, first, end);
    }
    seen.follow(reader, *first, FRAMES, end)?;
    let tail = reader.at_hand_before(end).max(first.end());
    for (position, frames) in [(tail, FRAMES), (first.start + len / 2, FRAMES_OF_PLACE)] {
        if let Some(frame) = find(reader, position, first, end)?.filter(|_| seen.is_constant) {
            seen.follow(reader, frame, frames, end)?;
        }
    }
    if seen.is_constant {
        return Ok(Count::Constant);
    }
    if len <= WHOLE_IF_VARIABLE {
        return whole(reader, first, end);
    }
    // The places stand for as many bytes each, so that the mean of their densities is that of the
    // stream.
    let (mut densities, mut places) = (0.0, 0_u32);
    for place in 0..PLACES {
        let position = first.start + len * (2 * place + 1) / (2 * PLACES);
        let mut seen = Seen::new(first);
        if let Some(frame) = find(reader, position, first, end)? {
            seen.follow(reader, frame, FRAMES_OF_PLACE, end)?;
            densities += seen.samples as f64 / seen.bytes as f64;
            places += 1;
        }
    }
    let mean = seen.samples as f64 / seen.bytes as f64;
    Ok(Count::Variable(if places > 0 { densities / f64::from(places) } else { mean }))
}

/// Counts every frame, also behind what is none.
fn whole<S: ReadAt>(reader: &mut FileReader<S>, first: &Frame, end: u64) -> io::Result<Count> {
    let mut seen = Seen::new(first);
    let mut position = Some(*first);
    while let Some(frame) = position {
        let last = seen.follow(reader, frame, usize::MAX, end)?;
        position = find(reader, last.end(), first, end)?;
    }
    Ok(Count::Whole { samples: seen.samples, bytes: seen.bytes, is_constant: seen.is_constant })
}

/// The next frame of the stream from `position` on.
fn find<S: ReadAt>(reader: &mut FileReader<S>, position: u64, first: &Frame, end: u64) -> io::Result<Option<Frame>> {
    let len = SEARCH.min(end.saturating_sub(position));
    let Some(bytes) = reader.piece(position, len)? else { return Ok(None) };
    let candidates: Vec<u64> = memchr::memchr_iter(0xff, bytes).map(|at| position + at as u64).collect();
    for candidate in candidates {
        let Some(frame) = Frame::at(reader, candidate, end)? else { continue };
        if frame.header.is_like(&first.header) && frame.begins_row(reader, ROW, end)? {
            return Ok(Some(frame));
        }
    }
    Ok(None)
}

struct Seen {
    /// That of the first frame.
    bitrate: u32,
    samples: u64,
    bytes: u64,
    is_constant: bool,
}

impl Seen {
    fn new(first: &Frame) -> Self {
        Self { bitrate: first.header.bitrate, samples: 0, bytes: 0, is_constant: true }
    }

    /// Counts a frame and those behind it, `most` at most. Gives the last.
    fn follow<S: ReadAt>(
        &mut self,
        reader: &mut FileReader<S>,
        first: Frame,
        most: usize,
        end: u64,
    ) -> io::Result<Frame> {
        let mut frame = first;
        for _ in 0..most {
            self.samples += u64::from(frame.header.samples());
            self.bytes += frame.len;
            self.is_constant &= frame.header.bitrate == self.bitrate;
            match frame.next(reader, end)? {
                Some(next) => frame = next,
                None => break,
            }
        }
        Ok(frame)
    }
}
