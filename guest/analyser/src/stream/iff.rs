//! RIFF and IFF: WAV, RF64, AIFF (Multimedia Programming Interface and Data Specifications 1.0; EBU
//! Tech 3306; AIFF-C). Chunks with sizes, and no checksum.

use std::io;
use std::ops::Range;

use super::{Desk, Step, Walk, bytes, ms};
use crate::input::PIECE;
use crate::report::{Findings, Kind, Proof, Verdict};

/// Bytes of a chunk's header, and of that of the file.
const HEADER: u64 = 8;
const FILE: u64 = 12;
/// Sizes of writers that could not go back to the header, as in a pipe: ffmpeg, others, SoX.
const UNKNOWN: [u64; 4] = [0, u32::MAX as u64, 0x7fff_ffff, 0x7fff_f000];
/// The most chunks that are looked at.
const MOST_CHUNKS: usize = 1024;
/// Bytes of offset and block size in front of the samples of AIFF.
const SSND: u64 = 8;

/// The walk.
pub struct Iff {
    range: Range<u64>,
    position: u64,
    is_whole: bool,
    is_aiff: bool,
    format: Option<Format>,
    /// The samples; known once the chunks were looked at.
    audio: Option<Range<u64>>,
}

/// What the samples are.
#[derive(Debug, Clone, Copy)]
struct Format {
    rate: u32,
    /// Bytes of a sample of all channels; 0 where that is no whole number.
    block: u64,
    /// Samples of each channel by the header; `None` where it does not say it.
    samples: Option<u64>,
}

impl Iff {
    /// Over a WAV that lies there.
    pub fn wave(range: Range<u64>, is_whole: bool) -> Self {
        Self { position: range.start, range, is_whole, is_aiff: false, format: None, audio: None }
    }

    /// Over an AIFF that lies there.
    pub fn aiff(range: Range<u64>, is_whole: bool) -> Self {
        Self { is_aiff: true, ..Self::wave(range, is_whole) }
    }

    /// Looks at all chunks.
    fn chunks(&mut self, desk: &mut Desk<'_>) -> io::Result<()> {
        let start = self.range.start;
        let Some([m0, m1, m2, m3, s0, s1, s2, s3]) = desk.input.array(start)? else { return Ok(()) };
        let is_big = self.is_aiff || [m0, m1, m2, m3] == *b"RIFX";
        let number =
            |bytes: [u8; 4]| u64::from(if is_big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) });
        let size = number([s0, s1, s2, s3]);
        let (mut position, mut long_data) = (start + FILE, None);
        let mut stop = self.range.end;
        if !UNKNOWN.contains(&size) {
            self.judge_size(size, desk.findings);
            stop = stop.min(start + HEADER + size);
        }
        for _ in 0..MOST_CHUNKS {
            let Some([n0, n1, n2, n3, s0, s1, s2, s3]) = desk.input.array(position)? else { break };
            let name = [n0, n1, n2, n3];
            let claimed = number([s0, s1, s2, s3]);
            if position + HEADER > stop {
                break;
            }
            if !name.iter().all(|byte| (b' '..=b'~').contains(byte)) {
                let verdict = if self.audio.is_some() { Verdict::Suspicious } else { Verdict::Damaged };
                desk.findings.at(position, Kind::Trailing, verdict, "no chunk stands where one should");
                break;
            }
            let content = position + HEADER;
            let is_audio = &name == if self.is_aiff { b"SSND" } else { b"data" };
            let there = self.range.end.saturating_sub(content);
            let size = match long_data.filter(|_| is_audio && claimed == u64::from(u32::MAX)) {
                Some(long) => long,
                None if is_audio
                    && UNKNOWN.contains(&claimed)
                    && (claimed > there || position + HEADER + 8 > there) =>
                {
                    there
                }
                None => claimed,
            };
            if size > there {
                let name = String::from_utf8_lossy(&name).into_owned();
                let detail = format!("the chunk {name} lacks {}", bytes(size - there));
                desk.findings.at(position, Kind::CutOff, Verdict::Truncated, detail);
            }
            let end = content + size.min(there);
            match &name {
                b"fmt " => self.format = wave_format(desk.input.at(content, size.min(40))?, &number),
                b"COMM" => self.format = aiff_format(desk.input.at(content, size.min(40))?),
                b"ds64" => {
                    long_data = desk.input.array::<16>(content)?.map(|[.., b0, b1, b2, b3, b4, b5, b6, b7]| {
                        u64::from_le_bytes([b0, b1, b2, b3, b4, b5, b6, b7])
                    })
                }
                _ if is_audio => {
                    let skip = if self.is_aiff { SSND } else { 0 };
                    self.audio = Some((content + skip).min(end)..end);
                }
                _ => {}
            }
            position = end + (size & 1);
            if position >= stop {
                break;
            }
            // Some writers leave the padding out.
            if size & 1 == 1 && !is_name(desk.input.at(position, 4)?) && is_name(desk.input.at(end, 4)?) {
                position = end;
            }
        }
        self.judge_audio(desk.findings);
        Ok(())
    }

    /// Compares the size of the file's header with what is there.
    fn judge_size(&self, size: u64, findings: &mut Findings) {
        let end = self.range.start + HEADER + size;
        let there = self.range.end;
        if end > there && !(size & 1 == 1 && end == there + 1) {
            // Some writers count the header as well: chunks tell whether anything is missing.
            let detail = format!("{} are missing by the size of the file's header", bytes(end - there));
            findings.of_file(Kind::Size, Verdict::Suspicious, detail);
        } else if end + (size & 1) < there {
            let detail = format!("{} stand behind the end by the size of the file's header", bytes(there - end));
            findings.at(end, Kind::Trailing, Verdict::Suspicious, detail);
        }
    }

    fn judge_audio(&self, findings: &mut Findings) {
        let Some(audio) = &self.audio else {
            return findings.of_file(Kind::NoAudio, Verdict::Damaged, "no chunk of samples is there");
        };
        let Some(format) = self.format else {
            return findings.of_file(Kind::Header, Verdict::Damaged, "no chunk says what the samples are");
        };
        let len = audio.end - audio.start;
        if format.block > 0 && !len.is_multiple_of(format.block) {
            let detail = format!("the samples end within one: {} of {}", bytes(len % format.block), format.block);
            findings.at(audio.end, Kind::Size, Verdict::Suspicious, detail);
        }
        let said = format.samples.filter(|_| format.block > 0).map(|samples| samples.saturating_mul(format.block));
        if let Some(said) = said.filter(|&said| said > len) {
            let detail = format!("the header says {said} bytes of samples, {len} are here");
            findings.of_file(Kind::Missing, Verdict::Damaged, detail);
        }
    }
}

fn is_name(bytes: &[u8]) -> bool {
    bytes.len() == 4 && bytes.iter().all(|byte| (b' '..=b'~').contains(byte))
}

/// The chunk `fmt `: of PCM and floating point a block has a whole number of bytes a sample. `None`
/// for what cannot be.
fn wave_format(bytes: &[u8], number: &impl Fn([u8; 4]) -> u64) -> Option<Format> {
    let [t0, t1, c0, c1, r0, r1, r2, r3, _, _, _, _, b0, b1, d0, d1, ..] = *bytes else { return None };
    // The two bytes of a number of 16 bits, in the place where both orders have them.
    let short =
        |a: u8, b: u8| if number([1, 0, 0, 0]) == 1 { u16::from_le_bytes([a, b]) } else { u16::from_be_bytes([a, b]) };
    let (tag, channels, block, depth) = (short(t0, t1), short(c0, c1), short(b0, b1), short(d0, d1));
    let rate = u32::try_from(number([r0, r1, r2, r3])).unwrap_or(0);
    let is_plain = tag == 1 || tag == 3 || tag == 0xfffe;
    let is_plausible = channels > 0
        && rate > 0
        && (!is_plain || u32::from(block) == u32::from(channels) * u32::from(depth.div_ceil(8)));
    is_plausible.then_some(Format { rate, block: if is_plain { block.into() } else { 0 }, samples: None })
}

/// The chunk `COMM`: channels, samples, depth, and the rate as an 80-bit number.
fn aiff_format(bytes: &[u8]) -> Option<Format> {
    let [c0, c1, n0, n1, n2, n3, d0, d1, e0, e1, m0, m1, m2, m3, ..] = *bytes else { return None };
    let (channels, depth) = (u16::from_be_bytes([c0, c1]), u16::from_be_bytes([d0, d1]));
    let exponent = u32::from(u16::from_be_bytes([e0 & 0x7f, e1]));
    let shift = 16_414_u32.checked_sub(exponent).filter(|&shift| shift < 32)?;
    let rate = u32::from_be_bytes([m0, m1, m2, m3]) >> shift;
    let is_packed =
        bytes.get(18..22).is_some_and(|kind| !matches!(kind, b"NONE" | b"sowt" | b"fl32" | b"fl64" | b"twos"));
    let block = if is_packed { 0 } else { u64::from(channels) * u64::from(depth.div_ceil(8)) };
    (channels > 0 && rate > 0).then(|| Format {
        rate,
        block,
        samples: Some(u32::from_be_bytes([n0, n1, n2, n3]).into()),
    })
}

impl Walk for Iff {
    fn step(&mut self, desk: &mut Desk<'_>) -> io::Result<Step> {
        let held = if self.is_whole { Proof::Structure } else { Proof::Header };
        let Some(audio) = self.audio.clone() else {
            self.chunks(desk)?;
            let Some(audio) = &self.audio else { return Ok(Step::Done(held)) };
            self.position = audio.start;
            if let Some(format) = self.format.filter(|format| format.block > 0 && self.is_whole) {
                // A second each, or a part of the whole: the samples lie one behind the other.
                let second = format.block.saturating_mul(format.rate.into());
                let step = second.max((audio.end - audio.start) / 4096);
                (audio.clone()).step_by(usize::try_from(step.max(1)).unwrap_or(usize::MAX)).for_each(|position| {
                    desk.findings.mark(position, ms((position - audio.start) / format.block, format.rate));
                });
            }
            return Ok(if self.is_whole && desk.payload.is_some() { Step::More } else { Step::Done(held) });
        };
        if self.position >= audio.end {
            return Ok(Step::Done(held));
        }
        let len = PIECE.min(audio.end - self.position);
        desk.hash(self.position, len)?;
        self.position += len;
        Ok(Step::More)
    }

    fn position(&self) -> u64 {
        self.position
    }
}
