//! MPEG audio: the chain of frames, their checksums, and what the encoder's header says of the
//! whole.
//!
//! Few streams have checksums. LAME's header, which ffmpeg writes too, has one of all of the music:
//! where it is there and right, no byte has changed since the encoder. Tools that change the gain
//! of frames in place do not renew it, so that a wrong one is suspicious and no damage.

use std::ops::Range;

use mt_scanner_formats::structure::{Layer, MpegHeader};

use super::chain::{Frame, Frames, Tally};
use crate::checksum::{LAME, MPEG, Running};
use crate::report::{Findings, Kind, Proof, Verdict};

/// The longest frame of free format in bytes, as `mt-scanner-formats` has it.
const LONGEST: usize = 4096;
/// Bytes of a header, and of the checksum behind it.
const HEADER: usize = 4;
const CHECKSUM: usize = 2;
/// Bytes of the frame that LAME's own checksum covers where somebody took the usual number of bytes
/// before it for a fixed one.
const COVERED: usize = 190;

/// The stream.
pub struct Mpeg {
    range: Range<u64>,
    model: Option<MpegHeader>,
    info: Option<Info>,
    is_info: bool,
    /// Of the music so far.
    music: Option<Running>,
    /// Frames that have a checksum that is looked at, those where it is wrong, and the first of
    /// these.
    checked: u64,
    wrong: u64,
    first_wrong: u64,
}

/// The encoder's header in the first frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Info {
    /// Frames behind this one.
    frames: Option<u64>,
    /// Bytes of the stream, this frame included.
    bytes: Option<u64>,
    /// Bytes of this frame.
    len: u64,
    /// LAME's part of it.
    lame: Option<Lame>,
    /// Whether there is such a part, and its own checksum is wrong.
    is_broken: bool,
}

/// LAME's extension, where its own checksum is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Lame {
    /// Bytes of the stream, this frame included.
    bytes: u64,
    /// Of all frames behind this one.
    music: u16,
}

impl Mpeg {
    /// Frames that lie there.
    pub fn new(range: Range<u64>) -> Self {
        Self { range, model: None, info: None, is_info: false, music: None, checked: 0, wrong: 0, first_wrong: 0 }
    }

    fn header(&self, bytes: &[u8]) -> Option<MpegHeader> {
        let header = MpegHeader::parse(*bytes.first_chunk()?)?;
        self.model.is_none_or(|model| header.is_like(&model)).then_some(header)
    }

    /// How far it is to the next frame of free format, or to the end of these bytes.
    fn free_len(&self, bytes: &[u8], header: &MpegHeader) -> usize {
        let ahead = &bytes[..bytes.len().min(LONGEST)];
        let least = header.behind_side_information() as usize;
        let is_next = |at: &usize| {
            let next = ahead.get(*at..).and_then(|next| self.header(next));
            next.is_some_and(|next| next.is_like(header) && next.channels == header.channels)
        };
        memchr::memchr_iter(0xff, ahead).filter(|&at| at >= least).find(is_next).unwrap_or(ahead.len())
    }

    /// Checks the checksum of a frame of layer III (ISO/IEC 11172-3, section 2.4.3.1): it covers
    /// half of the header and the side information. That of layer II reaches as far as only a
    /// decoder knows, so it is passed over.
    fn check(&mut self, header: &MpegHeader, frame: &[u8], position: u64) {
        let has_checksum = header.checksum_len() > 0;
        let side = HEADER + CHECKSUM..header.behind_side_information() as usize + CHECKSUM;
        let (Some(stored), Some(side)) = (frame.get(HEADER..HEADER + CHECKSUM), frame.get(side)) else { return };
        if !has_checksum || header.layer != Layer::Three {
            return;
        }
        let mut digest = MPEG.digest();
        digest.update(&frame[2..HEADER]);
        digest.update(side);
        self.checked += 1;
        if digest.finalize().to_be_bytes() != stored {
            if self.wrong == 0 {
                self.first_wrong = position;
            }
            self.wrong += 1;
        }
    }

    fn judge_checksums(&self, findings: &mut Findings) {
        let Self { checked, wrong, first_wrong, .. } = *self;
        let detail = format!("the checksums of {wrong} frames of {checked} are wrong");
        // An encoder that counts them in a way of its own has them all wrong.
        let is_own = wrong == checked && checked > 1;
        match wrong {
            0 => {}
            _ if is_own => findings.at(first_wrong, Kind::Checksum, Verdict::Suspicious, detail),
            _ => findings.at(first_wrong, Kind::Checksum, Verdict::Damaged, detail),
        }
    }

    /// Compares the stream's length with what the encoder says. Gives whether they are equal.
    fn judge_length(&self, info: &Info, tally: &Tally, is_whole: bool, findings: &mut Findings) -> bool {
        let there = self.range.end - self.range.start;
        // Some encoders leave out the header's own frame.
        let is_other = |bytes: &u64| *bytes != there && *bytes != there.saturating_sub(info.len);
        if let Some(bytes) = info.lame.map(|lame| lame.bytes).or(info.bytes).filter(is_other) {
            let detail = format!("the encoder wrote {bytes} bytes, {there} are here");
            match bytes > there {
                true => findings.of_file(Kind::CutOff, Verdict::Truncated, detail),
                false => findings.of_file(Kind::Trailing, Verdict::Suspicious, detail),
            }
            return false;
        }
        // Some encoders count the header's own frame.
        let (frames, counted) = (info.frames.unwrap_or(tally.frames), tally.frames);
        if is_whole && frames != counted && frames != counted + 1 {
            let verdict = if frames > counted { Verdict::Damaged } else { Verdict::Suspicious };
            findings.of_file(Kind::Missing, verdict, format!("the encoder wrote {frames} frames, {counted} are here"));
            return false;
        }
        true
    }
}

impl Frames for Mpeg {
    fn parse(&self, bytes: &[u8]) -> Option<Frame> {
        let header = self.header(bytes)?;
        let len = match header.frame_len() {
            Some(len) => len as usize,
            None => self.free_len(bytes, &header),
        };
        Some(Frame { len, samples: header.samples().into(), rate: header.sample_rate })
    }

    fn take(&mut self, frame: &[u8], position: u64, findings: &mut Findings) -> Range<usize> {
        let Some(header) = frame.first_chunk().and_then(|bytes| MpegHeader::parse(*bytes)) else { return 0..0 };
        self.is_info = false;
        if self.model.is_none() {
            self.model = Some(header);
            self.info = Info::of(&header, frame);
            self.is_info = self.info.is_some() || is_vbri(frame);
            self.music = self.info.and_then(|info| info.lame).map(|_| LAME.digest());
            if self.info.is_some_and(|info| info.is_broken) {
                let detail = "the encoder's header is not as it was written: its checksum is wrong";
                findings.at(position, Kind::Checksum, Verdict::Suspicious, detail);
            }
        } else if let Some(music) = &mut self.music {
            music.update(frame);
        }
        if self.model.is_some_and(|model| model.channels != header.channels) && !self.is_info {
            let detail = "the number of channels is that of no frame before";
            findings.at(position, Kind::Header, Verdict::Suspicious, detail);
        }
        if !self.is_info {
            self.check(&header, frame, position);
        }
        0..frame.len()
    }

    fn was_header(&self) -> bool {
        self.is_info
    }

    fn finish(&mut self, tally: &Tally, is_whole: bool, findings: &mut Findings) -> Proof {
        self.judge_checksums(findings);
        let is_long_enough = self.info.is_some_and(|info| self.judge_length(&info, tally, is_whole, findings));
        if !is_whole {
            return Proof::Header;
        }
        let said = self.info.and_then(|info| info.lame).map(|lame| lame.music);
        match (said, self.music.take().map(Running::finalize)) {
            (Some(said), Some(music)) if said == music && is_long_enough => Proof::Checksums,
            (Some(said), Some(music)) if said != music && is_long_enough => {
                let detail = "the music is not as the encoder wrote it: the checksum in its header is another";
                findings.of_file(Kind::Checksum, Verdict::Suspicious, detail);
                Proof::Structure
            }
            _ => Proof::Structure,
        }
    }
}

/// Whether the frame holds Fraunhofer's header, which stands 32 bytes behind that of the frame.
fn is_vbri(frame: &[u8]) -> bool {
    frame.get(HEADER + 32..).is_some_and(|rest| rest.starts_with(b"VBRI"))
}

impl Info {
    /// The header in a frame ("Mp3 Info Tag revision 1"), if it has one.
    fn of(header: &MpegHeader, frame: &[u8]) -> Option<Self> {
        if header.layer != Layer::Three {
            return None;
        }
        let at = header.behind_side_information() as usize;
        // Encoders disagree about whether a checksum moves it.
        [at, at + header.checksum_len() as usize].into_iter().find_map(|at| Self::at(frame, at))
    }

    fn at(frame: &[u8], at: usize) -> Option<Self> {
        let mark = frame.get(at..at + 4)?;
        if mark != b"Xing" && mark != b"Info" {
            return None;
        }
        let number = |at: usize| frame.get(at..at + 4)?.first_chunk().map(|four| u32::from_be_bytes(*four));
        let flags = number(at + 4)?;
        let mut next = at + 8;
        let mut field = |flag: u32, len: usize| {
            let place = (flags & flag != 0).then_some(next);
            next += if flags & flag != 0 { len } else { 0 };
            place
        };
        let known = |place: Option<usize>| place.and_then(number).map(u64::from).filter(|&value| value > 0);
        let (frames, bytes) = (known(field(1, 4)), known(field(2, 4)));
        field(4, 100);
        field(8, 4);
        let lame = Lame::at(frame, next);
        let name = frame.get(next..).unwrap_or_default();
        // Others write names there, and no checksum.
        let is_lame = [b"LAME", b"Lavc", b"Lavf"].iter().any(|writer| name.starts_with(*writer));
        let is_broken = lame.is_none() && is_lame && Lame::has_checksum(frame, next);
        Some(Self { frames, bytes, len: frame.len() as u64, lame, is_broken })
    }
}

impl Lame {
    /// Whether a checksum was written there.
    fn has_checksum(frame: &[u8], at: usize) -> bool {
        frame.get(at + 34..at + 36).is_some_and(|checksum| checksum != [0, 0])
    }

    /// The extension at this place of a frame. Length and checksum of the music stand 28 and 32
    /// bytes behind its beginning, its own checksum behind these.
    fn at(frame: &[u8], at: usize) -> Option<Self> {
        let [b0, b1, b2, b3, m0, m1, own @ ..] = *frame.get(at + 28..)?.first_chunk::<8>()?;
        let covered = at + 34;
        let is_of = |len: usize| frame.get(..len).is_some_and(|bytes| LAME.checksum(bytes).to_be_bytes() == own);
        let is_right = is_of(covered) || is_of(COVERED);
        let (bytes, music) = (u64::from(u32::from_be_bytes([b0, b1, b2, b3])), u16::from_be_bytes([m0, m1]));
        (is_right && bytes > 0).then_some(Self { bytes, music })
    }
}
