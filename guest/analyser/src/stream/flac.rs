//! FLAC (RFC 9639): metadata blocks, then frames, of which each has a checksum of its header and
//! one of all of it. Frames do not say how long they are: a frame ends where its checksum is right
//! and the next header stands.

use std::io;
use std::ops::Range;

use mt_scanner_formats::structure::{Before, FlacFrame, STREAM_INFO_LEN, StreamInfo};

use super::{Desk, Step, Walk, bytes, ms};
use crate::checksum::{FLAC, Running};
use crate::input::{LARGEST, PIECE};
use crate::report::{Findings, Kind, Proof, Verdict};

/// Bytes of the mark, and of a block's header.
const MARK: u64 = 4;
const BLOCK: u64 = 4;
/// The most blocks of a file.
const MOST_BLOCKS: usize = 512;
/// The longest frame where STREAMINFO does not say it, in bytes: frames of eight channels of 32
/// bits that are no longer than encoders make them.
const LONGEST: u64 = 1 << 20;
/// How much of the end is searched for the last frame, in bytes.
const TAIL: u64 = 64 * 1024;
/// How far numbers may jump where frames are missing.
const FARTHEST: u64 = 1 << 32;

/// The walk.
pub struct Flac {
    range: Range<u64>,
    position: u64,
    is_whole: bool,
    info: Option<StreamInfo>,
    /// The first frame, which the others are like.
    model: Option<FlacFrame>,
    is_behind_blocks: bool,
    /// Samples of each channel so far.
    samples: u64,
}

/// Where a frame ends.
enum End {
    /// There, and its checksum is right.
    Right(usize),
    /// There begins the next one, and the checksum is wrong.
    Wrong(usize),
    /// Nowhere in these bytes.
    Nowhere,
}

impl Flac {
    /// Over a file that lies there.
    pub fn new(range: Range<u64>, is_whole: bool) -> Self {
        let position = range.start;
        Self { range, position, is_whole, info: None, model: None, is_behind_blocks: false, samples: 0 }
    }

    /// Steps over the blocks. Where they lead nowhere the first frame is looked for.
    fn blocks(&mut self, desk: &mut Desk<'_>) -> io::Result<()> {
        let mut position = self.range.start + MARK;
        for index in 0..MOST_BLOCKS {
            let Some([kind, l0, l1, l2]) = desk.input.array(position)? else { break };
            let len = u64::from(u32::from_be_bytes([0, l0, l1, l2]));
            let (is_last, kind) = (kind & 0x80 != 0, kind & 0x7f);
            let end = position + BLOCK + len;
            if kind == 0 && len >= STREAM_INFO_LEN as u64 {
                self.info = desk.input.array(position + BLOCK)?.map(|content| StreamInfo::of(&content));
            }
            if (index == 0) != (kind == 0) {
                desk.findings.at(position, Kind::Header, Verdict::Damaged, "STREAMINFO is not the first block alone");
            }
            if kind == 127 || end > self.range.end {
                let detail = "a metadata block reaches behind the end";
                desk.findings.at(position, Kind::Size, Verdict::Damaged, detail);
                break;
            }
            position = end;
            if is_last {
                break;
            }
        }
        self.position = position;
        let head = desk.input.at(position, 16)?;
        if FlacFrame::of(head).is_none() && position < self.range.end {
            let there = desk.input.at(position, TAIL)?;
            let found = memchr::memchr_iter(0xff, there).find(|&at| FlacFrame::of(&there[at..]).is_some());
            let detail = "no frame stands behind the metadata blocks";
            desk.findings.at(position, Kind::LostSync, Verdict::Damaged, detail);
            self.position = found.map_or(self.range.end, |at| position + at as u64);
        }
        self.model = FlacFrame::of(desk.input.at(self.position, 16)?);
        self.compare(desk.findings);
        Ok(())
    }

    /// Compares STREAMINFO with the first frame.
    fn compare(&self, findings: &mut Findings) {
        match (&self.info, &self.model) {
            (None, _) => findings.of_file(Kind::Header, Verdict::Damaged, "the block STREAMINFO is missing"),
            (_, None) => findings.of_file(Kind::NoAudio, Verdict::Truncated, "no frame was found"),
            (Some(info), Some(frame)) => {
                let is_like = info.channels == frame.channels
                    && [0, info.sample_rate].contains(&frame.sample_rate)
                    && [0, info.bit_depth].contains(&frame.bit_depth)
                    && frame.samples <= u32::from(info.max_block);
                if !is_like {
                    let detail = "STREAMINFO says another rate, depth, size or number of channels than the frames";
                    findings.at(self.range.start, Kind::Header, Verdict::Damaged, detail);
                }
            }
        }
    }

    /// Looks at the last frame only.
    fn tail(&mut self, desk: &mut Desk<'_>) -> io::Result<Proof> {
        let Some(info) = self.info.filter(|info| info.samples > 0) else { return Ok(Proof::Header) };
        let reach = TAIL.max(u64::from(info.max_frame)).min(self.range.end - self.position);
        let start = self.range.end - reach;
        let there = desk.input.at(start, reach)?;
        let last = memchr::memrchr_iter(0xff, there)
            .find_map(|at| FlacFrame::of(&there[at..]).filter(|frame| self.is_like(frame)));
        let samples = last.map(|frame| self.first_sample(&frame) + u64::from(frame.samples));
        if samples.is_some_and(|samples| samples < info.samples) {
            self.samples = samples.unwrap_or(0);
            self.judge_length(desk.findings);
        }
        Ok(Proof::Header)
    }

    fn is_like(&self, frame: &FlacFrame) -> bool {
        self.model.is_none_or(|model| {
            (model.channels, model.sample_rate, model.bit_depth) == (frame.channels, frame.sample_rate, frame.bit_depth)
                && matches!(model.before, Before::Frames(_)) == matches!(frame.before, Before::Frames(_))
        })
    }

    /// The number of a frame's first sample.
    fn first_sample(&self, frame: &FlacFrame) -> u64 {
        match frame.before {
            Before::Samples(samples) => samples,
            Before::Frames(frames) => {
                let size = self.info.map(|info| u64::from(info.max_block)).filter(|&size| size > 0);
                frames.saturating_mul(size.or(self.model.map(|model| model.samples.into())).unwrap_or(0))
            }
        }
    }

    /// Where the frame at the beginning of these bytes ends.
    fn end(&self, frame: &FlacFrame, window: &[u8], reaches_end: bool) -> End {
        let first = self.first_sample(frame);
        let expected = first + u64::from(frame.samples);
        let mut digest = FLAC.digest();
        let (mut summed, mut fallback) = (0, None);
        // Nothing ends before its header and its checksum.
        for at in memchr::memchr_iter(0xff, window).filter(|&at| at > 6) {
            let Some(next) = FlacFrame::of(&window[at..]).filter(|next| self.is_like(next)) else { continue };
            digest.update(&window[summed..at]);
            summed = at;
            if digest.clone().finalize() == 0 {
                return End::Right(at);
            }
            let begin = self.first_sample(&next);
            if begin == expected {
                return End::Wrong(at);
            }
            if fallback.is_none() && begin > first && begin - first < FARTHEST {
                fallback = Some(at);
            }
        }
        let is_last = self.info.is_some_and(|info| info.samples == expected);
        let found = if reaches_end { last_end(digest, summed, window, is_last) } else { None };
        found.or(fallback.map(End::Wrong)).unwrap_or(End::Nowhere)
    }

    /// Works on one frame.
    fn frame(&mut self, desk: &mut Desk<'_>) -> io::Result<()> {
        let longest = self.info.map(|info| u64::from(info.max_frame)).filter(|&max| max > 0).unwrap_or(LONGEST);
        // Room for a frame, the header behind it, and the one behind that where one is damaged.
        let reach = (longest * 3).clamp(TAIL, LARGEST).min(self.range.end - self.position);
        let position = self.position;
        let window = desk.input.at(position, reach)?;
        let reaches_end = position + window.len() as u64 >= self.range.end;
        let Some(frame) = FlacFrame::of(window).filter(|frame| self.is_like(frame)) else {
            return self.lost(desk, position);
        };
        let first = self.first_sample(&frame);
        let rate = self.info.map_or(frame.sample_rate, |info| info.sample_rate);
        let end = self.end(&frame, window, reaches_end);
        let len = match end {
            End::Right(len) | End::Wrong(len) => len,
            End::Nowhere => window.len(),
        };
        if let Some(hash) = desk.payload {
            hash.take(&window[..len]);
        }
        desk.findings.mark(position, ms(first, rate));
        if first != self.samples {
            let detail = format!("samples {} to {first} are missing or twice there", self.samples);
            desk.findings.at(position, Kind::Missing, Verdict::Damaged, detail);
        }
        let is_last = matches!(end, End::Nowhere) && reaches_end;
        self.samples = first + if is_last { 0 } else { frame.samples.into() };
        match end {
            End::Right(_) => {}
            End::Nowhere if is_last && self.is_cut(first, &frame, len as u64) => {
                desk.findings.at(position, Kind::CutOff, Verdict::Truncated, "the last frame is cut off");
            }
            _ => {
                let detail = "the checksum of the frame is wrong";
                desk.findings.at(position, Kind::Checksum, Verdict::Damaged, detail);
            }
        }
        self.position += len as u64;
        Ok(())
    }

    /// Whether a frame that ends nowhere before the end of the file is cut off: samples are missing
    /// behind it, or it is the last and has fewer bytes than any frame.
    fn is_cut(&self, first: u64, frame: &FlacFrame, len: u64) -> bool {
        let longest = self.info.map_or(0, |info| u64::from(info.max_frame));
        let samples = self.info.map_or(0, |info| info.samples);
        samples > first + u64::from(frame.samples) && (longest == 0 || len <= longest)
    }

    /// Looks for the next frame behind bytes that are none.
    fn lost(&mut self, desk: &mut Desk<'_>, position: u64) -> io::Result<()> {
        let len = PIECE.min(self.range.end - position);
        let window = desk.input.at(position, len)?;
        let is_next = |at: &usize| FlacFrame::of(&window[*at..]).is_some_and(|frame| self.is_like(&frame));
        let found = memchr::memchr_iter(0xff, window).find(is_next);
        let passed = found.unwrap_or(window.len().max(1)) as u64;
        let (kind, verdict) = match found {
            None if position + len >= self.range.end => (Kind::Trailing, Verdict::Suspicious),
            _ => (Kind::LostSync, Verdict::Damaged),
        };
        desk.findings.at(position, kind, verdict, format!("{} are no frame", bytes(passed)));
        self.position = position + passed;
        Ok(())
    }

    fn judge_length(&self, findings: &mut Findings) {
        let Some(said) = self.info.map(|info| info.samples).filter(|&said| said > 0) else { return };
        let counted = self.samples;
        let detail = format!("STREAMINFO says {said} samples, {counted} are here");
        match said.cmp(&counted) {
            std::cmp::Ordering::Equal => {}
            std::cmp::Ordering::Greater => findings.of_file(Kind::Missing, Verdict::Truncated, detail),
            std::cmp::Ordering::Less => findings.of_file(Kind::Length, Verdict::Suspicious, detail),
        }
    }
}

/// Where the last frame of the file ends, of which the checksum so far is that of the bytes before
/// `summed`: where the file does, or before the zeros behind it, which leave a checksum as it is.
/// Other bytes may stand behind a frame that is the last by its number. The first place with a
/// right checksum counts for it then, which a damaged frame has by chance too.
fn last_end(digest: Running, summed: usize, window: &[u8], is_last: bool) -> Option<End> {
    let zeros = window.iter().rev().take_while(|byte| **byte == 0).count();
    let first_right = |from: usize| {
        let mut digest = digest.clone();
        digest.update(&window[summed..from]);
        (from..=window.len()).find(|&at| {
            let is_right = at > 0 && digest.clone().finalize() == 0;
            digest.update(window.get(at..=at).unwrap_or_default());
            is_right
        })
    };
    // A zero that ends the file may be the end of the checksum, and is no byte too many then.
    let is_checksum = |at: usize| at + 1 == window.len() && zeros > 0;
    let end = first_right(summed.max(window.len() - zeros)).map(|at| if is_checksum(at) { at + 1 } else { at });
    end.or_else(|| if is_last { first_right(summed) } else { None }).map(End::Right)
}

impl Walk for Flac {
    fn step(&mut self, desk: &mut Desk<'_>) -> io::Result<Step> {
        if !self.is_behind_blocks {
            self.blocks(desk)?;
            self.is_behind_blocks = true;
            return if self.is_whole { Ok(Step::More) } else { Ok(Step::Done(self.tail(desk)?)) };
        }
        let stop = self.position + PIECE;
        while self.position < self.range.end && self.position < stop {
            self.frame(desk)?;
        }
        if self.position < self.range.end {
            return Ok(Step::More);
        }
        self.judge_length(desk.findings);
        Ok(Step::Done(Proof::Checksums))
    }

    fn position(&self) -> u64 {
        self.position
    }
}
