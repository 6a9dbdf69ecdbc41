//! The frames of a stream: where the first begins if the blocks do not tell, and how many samples
//! there are.

use std::io;
use std::ops::Range;

use super::frame::{self, Before, Frame};
use super::stream_info::StreamInfo;
use crate::reader::{FileReader, ReadAt};

/// How far a first frame or comments are looked for where a block has a wrong length, in bytes.
const SEARCH: u64 = 64 * 1024;
/// How much of the end is searched for the last frame where no largest frame is known, in bytes:
/// frames of eight channels of 24 bits are longer, and nobody leaves their number of samples out.
const TAIL: u64 = 64 * 1024;

/// What was found behind a damaged block.
pub(super) enum Found {
    /// A block of comments.
    Comments(u64),
    /// The first frame.
    Audio(u64),
}

/// Finds comments or the first frame from `start` on.
pub(super) fn find<S: ReadAt>(reader: &mut FileReader<S>, start: u64) -> io::Result<Option<Found>> {
    let len = SEARCH.min(reader.len().saturating_sub(start));
    let left = reader.len().saturating_sub(start);
    let Some(bytes) = reader.piece(start, len)? else { return Ok(None) };
    Ok((0..bytes.len()).find_map(|at| {
        let here = &bytes[at..];
        let place = start + at as u64;
        if is_comments(here, left - at as u64) {
            return Some(Found::Comments(place));
        }
        Frame::of(here).map(|_| Found::Audio(place))
    }))
}

/// Whether a block of comments begins here: its kind, a length that fits, and a name of the encoder
/// in printable letters.
fn is_comments(bytes: &[u8], left: u64) -> bool {
    let [4 | 0x84, l0, l1, l2, v0, v1, v2, v3, ref rest @ ..] = *bytes else { return false };
    let (len, vendor) = (u32::from_be_bytes([0, l0, l1, l2]), u32::from_le_bytes([v0, v1, v2, v3]));
    let name = &rest[..rest.len().min(vendor as usize)];
    vendor > 3
        && u64::from(vendor) + 8 <= u64::from(len)
        && u64::from(len) + 4 <= left
        && name.iter().all(|byte| (b' '..=b'~').contains(byte))
}

/// What the first frame says of the audio, where it is at `start`.
pub(super) fn described<S: ReadAt>(reader: &mut FileReader<S>, start: u64) -> io::Result<Option<StreamInfo>> {
    let len = (frame::LONGEST as u64).min(reader.len().saturating_sub(start));
    let Some(bytes) = reader.piece(start, len)? else { return Ok(None) };
    Ok(Frame::of(bytes).map(|frame| StreamInfo {
        max_block: u16::try_from(frame.samples).unwrap_or(u16::MAX),
        max_frame: 0,
        sample_rate: frame.sample_rate,
        channels: frame.channels,
        bit_depth: frame.bit_depth,
        samples: 0,
    }))
}

/// Counts the samples by the last frame of `audio`. `None` if none is found.
pub(super) fn counted<S: ReadAt>(
    reader: &mut FileReader<S>,
    info: &StreamInfo,
    audio: Range<u64>,
) -> io::Result<Option<u64>> {
    let reach = if info.max_frame > 0 { u64::from(info.max_frame).min(TAIL) } else { TAIL };
    let len = reach.min(audio.end.saturating_sub(audio.start));
    let Some(bytes) = reader.piece(audio.end.saturating_sub(len), len)? else { return Ok(None) };
    // A checksum of eight bits is right by chance now and then, so the frame must also be like the
    // stream.
    let last = (0..bytes.len()).rev().filter(|&at| frame::begins(&bytes[at..])).find_map(|at| {
        Frame::of(&bytes[at..]).filter(|frame| {
            frame.channels == info.channels
                && [0, info.sample_rate].contains(&frame.sample_rate)
                && [0, info.bit_depth].contains(&frame.bit_depth)
                && frame.samples <= u32::from(info.max_block).max(1)
        })
    });
    Ok(last.map(|frame| {
        let before = match frame.before {
            Before::Samples(samples) => samples,
            Before::Frames(frames) => frames.saturating_mul(info.max_block.into()),
        };
        before.saturating_add(frame.samples.into())
    }))
}
