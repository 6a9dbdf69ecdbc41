//! Frames that follow each other, each with its length in its header: MPEG audio and ADTS.

use std::io;
use std::ops::Range;

use super::{Desk, Step, Walk, bytes, ms};
use crate::input::PIECE;
use crate::report::{Findings, Kind, Proof, Verdict};

/// How much has to be at hand to judge the place where a frame may begin, in bytes: two frames, and
/// of free format three.
const AHEAD: usize = 16 * 1024;

/// A frame by its header.
pub struct Frame {
    /// Bytes, header included.
    pub len: usize,
    /// Samples of each channel.
    pub samples: u64,
    /// In Hz.
    pub rate: u32,
}

/// What was counted.
#[derive(Debug, Default, Clone, Copy)]
pub struct Tally {
    /// Frames.
    pub frames: u64,
    /// Samples of each channel.
    pub samples: u64,
    /// In Hz.
    pub rate: u32,
}

/// A kind of frames.
pub trait Frames {
    /// The frame at the beginning of these bytes, if it is one of this stream.
    fn parse(&self, bytes: &[u8]) -> Option<Frame>;
    /// Looks into a frame, of which the first one makes the stream, and gives the part of it that
    /// is coded audio.
    fn take(&mut self, frame: &[u8], position: u64, findings: &mut Findings) -> Range<usize>;
    /// Whether the frame that was just taken is a header of the encoder, and no audio.
    fn was_header(&self) -> bool;
    /// Judges what was counted, of all of the stream or of its beginning.
    fn finish(&mut self, tally: &Tally, is_whole: bool, findings: &mut Findings) -> Proof;
}

/// The walk over frames.
pub struct Chain<F> {
    frames: F,
    range: Range<u64>,
    position: u64,
    is_whole: bool,
    /// Where bytes that are no frame began.
    lost: Option<u64>,
    tally: Tally,
}

impl<F: Frames> Chain<F> {
    /// Over frames that lie there.
    pub fn new(frames: F, range: Range<u64>, is_whole: bool) -> Self {
        Self { frames, position: range.start, range, is_whole, lost: None, tally: Tally::default() }
    }

    /// Judges the bytes at the end that are no frame.
    fn end(&mut self, findings: &mut Findings) -> Proof {
        if let Some(lost) = self.lost.take() {
            let count = bytes(self.range.end - lost);
            findings.at(lost, Kind::Trailing, Verdict::Suspicious, format!("{count} behind the last frame are no tag"));
        }
        if self.tally.frames == 0 {
            findings.of_file(Kind::NoAudio, Verdict::Damaged, "no frame was found");
        }
        self.frames.finish(&self.tally, self.is_whole, findings)
    }

    /// The length of an ID3v2 tag at the beginning of these bytes (ID3v2.4.0 structure, section
    /// 3.1).
    fn tag(bytes: &[u8]) -> Option<u64> {
        let [b'I', b'D', b'3', 2..=4, _, flags, a, b, c, d, ..] = *bytes else { return None };
        let size = [a, b, c, d].iter().try_fold(0_u64, |size, &byte| (byte < 128).then(|| size << 7 | u64::from(byte)));
        size.map(|size| 10 + size + if flags & 0x10 != 0 { 10 } else { 0 })
    }
}

impl<F: Frames> Walk for Chain<F> {
    fn step(&mut self, desk: &mut Desk<'_>) -> io::Result<Step> {
        let begin = self.position;
        let window = desk.input.at(begin, PIECE.min(self.range.end - begin))?;
        let reaches_end = begin + window.len() as u64 >= self.range.end || (window.len() as u64) < PIECE;
        let mut at = 0;
        while at < window.len() && (reaches_end || window.len() - at >= AHEAD) {
            let here = &window[at..];
            let frame = self.frames.parse(here);
            let follows = |frame: &Frame| match here.get(frame.len..) {
                Some([]) | None => true,
                Some(rest) => self.frames.parse(rest).is_some() || Self::tag(rest).is_some(),
            };
            match frame {
                // Where sync was lost chance is not to be trusted.
                Some(frame) if self.lost.is_none() || follows(&frame) => {
                    let position = begin + at as u64;
                    if let Some(lost) = self.lost.take() {
                        let count = bytes(position - lost);
                        let detail = format!("{count} between frames are no frame");
                        desk.findings.at(lost, Kind::LostSync, Verdict::Damaged, detail);
                    }
                    let Some(whole) = here.get(..frame.len) else {
                        let missing = bytes((frame.len - here.len()) as u64);
                        let detail = format!("the last frame lacks {missing}");
                        desk.findings.at(position, Kind::CutOff, Verdict::Truncated, detail);
                        at = window.len();
                        break;
                    };
                    desk.findings.mark(position, ms(self.tally.samples, frame.rate));
                    let audio = self.frames.take(whole, position, desk.findings);
                    if !self.frames.was_header() {
                        self.tally.frames += 1;
                        self.tally.samples += frame.samples;
                        self.tally.rate = frame.rate;
                        if let Some(hash) = desk.payload {
                            hash.take(&whole[audio]);
                        }
                    }
                    at += frame.len;
                    if !self.is_whole && self.tally.frames > 0 {
                        self.position = begin + at as u64;
                        return Ok(Step::Done(self.end(desk.findings)));
                    }
                }
                _ => match Self::tag(here).filter(|_| self.lost.is_none()) {
                    // Segments of live streams begin with one, and so do files that were joined.
                    Some(len) => {
                        let len = usize::try_from(len).unwrap_or(usize::MAX);
                        at = at.saturating_add(len).min((self.range.end - begin) as usize);
                    }
                    None => {
                        self.lost.get_or_insert(begin + at as u64);
                        at += 1 + memchr::memchr(0xff, &here[1..]).unwrap_or(here.len() - 1);
                    }
                },
            }
        }
        self.position = begin + at as u64;
        if self.position >= self.range.end || reaches_end {
            return Ok(Step::Done(self.end(desk.findings)));
        }
        Ok(Step::More)
    }

    fn position(&self) -> u64 {
        self.position
    }
}
