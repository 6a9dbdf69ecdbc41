//! Frames in a row, and what stands between them: the segments of a live stream begin with ID3v2
//! tags, and damaged streams have junk.

use std::io;
use std::ops::Range;

use super::frame::{Frame, LEN};
use crate::reader::{FileReader, ReadAt};

/// How far the next frame is looked for, in bytes: in what one read gives, then further than the
/// longest frame.
const SEARCHES: [u64; 2] = [4 * 1024, 16 * 1024];
/// The most tags and pieces of junk between frames that are passed in a run.
const MOST_GAPS: usize = 256;

/// Frames that were counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Run {
    /// Their bytes.
    pub bytes: u64,
    /// Samples of each channel.
    pub samples: u64,
    /// Where the last one ends, or what stands behind it.
    pub end: u64,
    /// Whether something stood between them that is neither a frame nor a tag.
    pub has_junk: bool,
    /// Where they are.
    pub pieces: Vec<Range<u64>>,
}

/// Counts frames like `model` that begin in `range`. The first of them is looked for.
pub(super) fn count<S: ReadAt>(
    reader: &mut FileReader<S>,
    model: &Frame,
    range: Range<u64>,
    end: u64,
) -> io::Result<Run> {
    let mut run = Run { end: range.start, ..Run::default() };
    let mut gaps = 0;
    while run.end < range.end {
        if let Some(frame) = at(reader, run.end)?.filter(|frame| frame.is_like(model) && run.end + frame.len <= end) {
            let (start, stop) = (run.end, run.end + frame.len);
            match run.pieces.last_mut().filter(|piece| piece.end == start) {
                Some(piece) => piece.end = stop,
                None => run.pieces.push(start..stop),
            }
            run.bytes += frame.len;
            run.samples += frame.samples;
            run.end = stop;
            continue;
        }
        gaps += 1;
        if gaps > MOST_GAPS {
            break;
        }
        if let Some(behind) = behind_tag(reader, run.end)? {
            run.end = behind.min(end);
            continue;
        }
        match next(reader, Some(model), run.end + 1, end)? {
            Some((position, _)) => {
                run.has_junk |= run.bytes > 0;
                run.end = position;
            }
            None => break,
        }
    }
    Ok(run)
}

/// The frame at a place.
pub(super) fn at<S: ReadAt>(reader: &mut FileReader<S>, position: u64) -> io::Result<Option<Frame>> {
    let mut bytes = [0; LEN];
    Ok(if reader.peek(position, &mut bytes)? { Frame::of(&bytes) } else { None })
}

/// Whether a row of `count` frames of one stream begins at `start`. One that reaches `end` exactly
/// is as good as the rest of the row, and so is one that is cut off there, but for the first.
pub(crate) fn begins_row<S: ReadAt>(
    reader: &mut FileReader<S>,
    start: u64,
    end: u64,
    count: usize,
) -> io::Result<bool> {
    let mut position = start;
    let mut first = None;
    for seen in 1..=count {
        let Some(frame) = at(reader, position)?.filter(|_| position + LEN as u64 <= end) else { return Ok(false) };
        if !first.get_or_insert(frame).is_like(&frame) {
            return Ok(false);
        }
        position += frame.len;
        if position == end || position > end && seen > 1 {
            return Ok(true);
        }
    }
    Ok(true)
}

/// The first frame from `start` on that is followed by one of the same stream, by a tag or by the
/// end; like `model`, if there is one.
pub(super) fn next<S: ReadAt>(
    reader: &mut FileReader<S>,
    model: Option<&Frame>,
    start: u64,
    end: u64,
) -> io::Result<Option<(u64, Frame)>> {
    for reach in SEARCHES {
        let len = reach.min(end.saturating_sub(start));
        let Some(bytes) = reader.piece(start, len)? else { return Ok(None) };
        let likely = |at: usize| Frame::of(bytes[at..].first_chunk()?).map(|frame| (start + at as u64, frame));
        let candidates: Vec<_> = memchr::memchr_iter(0xff, bytes).filter_map(likely).collect();
        for (position, frame) in candidates {
            let stop = position + frame.len;
            if model.is_some_and(|model| !frame.is_like(model)) || stop > end {
                continue;
            }
            let follows = at(reader, stop)?.is_some_and(|next| next.is_like(&frame));
            if follows || stop == end || behind_tag(reader, stop)?.is_some() {
                return Ok(Some((position, frame)));
            }
        }
    }
    Ok(None)
}

/// Where an ID3v2 tag ends that begins at a place (ID3v2.4.0 structure, section 3.1).
fn behind_tag<S: ReadAt>(reader: &mut FileReader<S>, position: u64) -> io::Result<Option<u64>> {
    let mut bytes = [0; 10];
    if !reader.peek(position, &mut bytes)? {
        return Ok(None);
    }
    let [b'I', b'D', b'3', _, _, flags, size @ ..] = bytes else { return Ok(None) };
    let footer = if flags & 0x10 != 0 { 10 } else { 0 };
    let size = size.iter().fold(0, |size, byte| size << 7 | u64::from(byte & 0x7f));
    Ok(Some(position + 10 + size + footer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adts::frame::tests::frame;
    use crate::reader::tests::reader;

    fn counted(bytes: Vec<u8>) -> Run {
        let len = bytes.len() as u64;
        let model = Frame::of(frame(100).first_chunk().unwrap()).unwrap();
        count(&mut reader(bytes), &model, 0..len, len).unwrap()
    }

    #[test]
    fn frames_are_counted_across_tags() {
        let tag = [b"ID3\x04\0\0\0\0\0\x14".as_slice(), &[7; 20]].concat();
        let run = counted([tag.clone(), frame(100).repeat(3), tag, frame(120).repeat(2)].concat());
        let expected =
            Run { bytes: 540, samples: 5 * 1024, end: 600, has_junk: false, pieces: vec![30..330, 360..600] };
        assert_eq!(run, expected);
    }

    #[test]
    fn junk_costs_itself() {
        let run = counted([frame(100).repeat(3), vec![0xff; 500], frame(100).repeat(3)].concat());
        assert_eq!((run.samples, run.has_junk), (6 * 1024, true));
        // A frame whose length is wrong.
        let mut bytes = frame(100).repeat(6);
        bytes[204] = 0xff;
        let run = counted(bytes);
        assert_eq!((run.samples, run.has_junk), (5 * 1024, true));
    }

    #[test]
    fn what_stands_behind_the_last_frame_is_not_counted() {
        let run = counted([frame(100).repeat(3), vec![b'T'; 128]].concat());
        assert_eq!((run.samples, run.end, run.has_junk), (3 * 1024, 300, false));
        let cut = counted(frame(100).repeat(3)[..250].to_vec());
        assert_eq!((cut.samples, cut.has_junk), (2 * 1024, false));
    }

    #[test]
    fn a_row_is_of_one_stream_and_not_of_one_frame_that_goes_beyond_the_end() {
        let begins = |bytes: Vec<u8>| {
            let len = bytes.len() as u64;
            begins_row(&mut reader(bytes), 0, len, 4).unwrap()
        };
        let mut other = frame(100);
        other[2] = 3 << 2;
        for (bytes, expected) in [
            (frame(100).repeat(4), true),
            (frame(100).repeat(9), true),
            (frame(100), true),
            (frame(100).repeat(2)[..150].to_vec(), true),
            (frame(100)[..50].to_vec(), false),
            ([frame(100), other].concat(), false),
            ([frame(100).repeat(3), vec![0; 100]].concat(), false),
        ] {
            assert_eq!(begins(bytes), expected);
        }
    }

    #[test]
    fn a_stream_of_nothing_but_tags_ends() {
        let tag = b"ID3\x04\0\0\0\0\0\0".repeat(5_000);
        assert_eq!(counted(tag).samples, 0);
    }
}
