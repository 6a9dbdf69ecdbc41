//! How many bytes a sample takes, where no encoder's header tells how many frames there are.

use std::io;

use super::frames::Frame;
use crate::reader::{FileReader, ReadAt};

/// A stream up to this size is counted frame by frame. It is at hand already: small files are read whole.
const WHOLE: u64 = 32 * 1024;
/// Frames that are looked at in one place: less than the first read of a file holds at usual bit rates.
const FRAMES: usize = 24;
/// Places that are looked at in a stream of variable bit rate. Each costs a read.
const PLACES: u64 = 10;
/// How far behind a place a frame is looked for.
const SEARCH: u64 = 8 * 1024;
/// Frames in a row that show that a place is not in the middle of one.
const ROW: usize = 3;

/// What some frames show.
pub struct Rate {
    pub samples: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Whether all of them have the same bit rate.
    pub is_constant: bool,
    /// Whether these were all frames of the stream.
    pub is_whole: bool,
}

/// Looks at the frames from `first` on, at some in the middle and at some before the end, which were read with the tags
/// there. Where the bit rate changes, more places are looked at: music often begins and ends with the lowest rate.
pub fn rate<S: ReadAt>(reader: &mut FileReader<S>, first: &Frame, end: u64) -> io::Result<Rate> {
    let mut seen = Seen { bitrate: first.header.bitrate, samples: 0, bytes: 0, is_constant: true };
    if end - first.start <= WHOLE {
        let mut position = Some(*first);
        while let Some(frame) = position {
            let last = seen.follow(reader, frame, usize::MAX, end)?;
            position = find(reader, last.end(), first, end)?;
        }
        return Ok(seen.rate(true));
    }
    seen.follow(reader, *first, FRAMES, end)?;
    let tail = reader.at_hand_before(end);
    let mut look = |seen: &mut Seen, position: u64| -> io::Result<()> {
        if let Some(frame) = find(reader, position.max(first.end()), first, end)? {
            seen.follow(reader, frame, FRAMES, end)?;
        }
        Ok(())
    };
    look(&mut seen, tail)?;
    let place = |number: u64| first.start + (end - first.start) / PLACES * number;
    if seen.is_constant {
        look(&mut seen, place(PLACES / 2))?;
    }
    if !seen.is_constant {
        // The middle once more where it has shown the change: it counts as much as the beginning then.
        for number in 1..PLACES {
            look(&mut seen, place(number))?;
        }
    }
    Ok(seen.rate(false))
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

    fn rate(self, is_whole: bool) -> Rate {
        let Self { samples, bytes, is_constant, .. } = self;
        Rate { samples, bytes, is_constant, is_whole }
    }
}
