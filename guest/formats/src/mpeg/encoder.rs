//! The headers that encoders put into the first frame: how many frames and bytes there are, and
//! what is to be left out when they are played.

use std::io;

use super::frames::Frame;
use super::header::Layer;
use crate::content::Gain;
use crate::reader::{FileReader, ReadAt};

/// Where Fraunhofer's header stands behind the beginning of the frame.
const VBRI_AT: u64 = 36;
/// Bytes that are looked at: a `Xing` header with all of its parts, and LAME's extension.
const XING: u64 = 192;
const VBRI: u64 = 18;

/// What an encoder says of its stream.
#[derive(Debug, Default, PartialEq)]
pub struct EncoderHeader {
    /// Frames behind this one.
    pub frames: Option<u64>,
    /// Bytes of the stream, this frame included.
    pub bytes: Option<u64>,
    /// Whether every frame has the same bit rate.
    pub is_constant: bool,
    /// Samples at the beginning and at the end that the encoder has added.
    pub delay: u32,
    pub padding: u32,
    /// What the encoder calls itself, with its version.
    pub encoder: String,
    /// How loud it found its input.
    pub gain: Gain,
}

impl EncoderHeader {
    /// The header in a frame, if it has one.
    pub fn read<S: ReadAt>(reader: &mut FileReader<S>, frame: &Frame) -> io::Result<Option<Self>> {
        if frame.header.layer != Layer::Three {
            return Ok(None);
        }
        let at = frame.header.behind_side_information();
        // Encoders disagree about whether a checksum moves it.
        for at in [at, at + frame.header.checksum_len()] {
            let len = XING.min(reader.len().saturating_sub(frame.start + at)).min(frame.len.saturating_sub(at));
            let header = reader.piece(frame.start + at, len)?.and_then(xing);
            if header.is_some() {
                return Ok(header);
            }
        }
        Ok(reader.piece(frame.start + VBRI_AT, VBRI)?.and_then(vbri))
    }
}

/// A `Xing` header, which is called `Info` where the bit rate is constant.
fn xing(bytes: &[u8]) -> Option<EncoderHeader> {
    let (mark, rest) = bytes.split_first_chunk::<4>()?;
    if mark != b"Xing" && mark != b"Info" {
        return None;
    }
    let (flags, mut rest) = u32_be(rest)?;
    let mut header = EncoderHeader { is_constant: mark == b"Info", ..EncoderHeader::default() };
    for (flag, slot) in [(1, &mut header.frames), (2, &mut header.bytes)] {
        if flags & flag != 0 {
            let (value, behind) = u32_be(rest)?;
            *slot = Some(u64::from(value)).filter(|&value| value > 0);
            rest = behind;
        }
    }
    let contents = if flags & 4 != 0 { 100 } else { 0 };
    let quality = if flags & 8 != 0 { 4 } else { 0 };
    if let Some(extension) = rest.get(contents + quality..).and_then(<[u8]>::first_chunk) {
        header.extend(extension);
    }
    Some(header)
}

impl EncoderHeader {
    /// Takes LAME's extension ("Mp3 Info Tag revision 1"): the encoder's name in nine bytes, a
    /// method, a filter, the peak, the gains of track and album, flags, a bit rate; delay and
    /// padding of 12 bits each.
    fn extend(&mut self, extension: &[u8; 24]) {
        let &[.., p0, p1, p2, p3, t0, t1, a0, a1, _, _, high, middle, low] = extension;
        if !extension[0].is_ascii_alphabetic() {
            return;
        }
        let name = extension[..9].iter().take_while(|byte| (b' '..=b'~').contains(*byte));
        self.encoder = name.map(|&byte| char::from(byte)).collect();
        let both = u32::from_be_bytes([0, high, middle, low]);
        (self.delay, self.padding) = (both >> 12, both & 0xfff);
        self.gain = Gain {
            track: gain(u16::from_be_bytes([t0, t1]), 1),
            track_peak: peak(u32::from_be_bytes([p0, p1, p2, p3])),
            album: gain(u16::from_be_bytes([a0, a1]), 2),
        };
    }
}

/// A gain of this kind (1: radio, of the track; 2: audiophile, of the album): three bits of kind,
/// three of its origin, a sign, and tenths of dB. An origin of 0 is that of a gain that is not set.
fn gain(bits: u16, kind: u16) -> Option<f64> {
    if bits >> 13 != kind || bits >> 10 & 7 == 0 {
        return None;
    }
    let size = f64::from(bits & 0x1ff) / 10.0;
    Some(if bits >> 9 & 1 == 1 && size > 0.0 { -size } else { size })
}

/// The peak as part of full scale. LAME writes steps of 2^-23 where the specification has a number
/// of floating point, which is far above every peak when it is taken for steps.
fn peak(bits: u32) -> Option<f64> {
    const HIGHEST: f64 = 16.0;
    let steps = f64::from(bits) / f64::from(1 << 23);
    let peak = if steps < HIGHEST { steps } else { f64::from(f32::from_bits(bits)) };
    (peak > 0.0 && peak < HIGHEST).then_some(peak)
}

/// Fraunhofer's header.
fn vbri(bytes: &[u8]) -> Option<EncoderHeader> {
    // Version, delay and quality, two bytes each.
    let rest = bytes.strip_prefix(b"VBRI")?.get(6..)?;
    let (bytes, rest) = u32_be(rest)?;
    let (frames, _) = u32_be(rest)?;
    let known = |value: u32| Some(u64::from(value)).filter(|&value| value > 0);
    Some(EncoderHeader { frames: known(frames), bytes: known(bytes), ..EncoderHeader::default() })
}

fn u32_be(bytes: &[u8]) -> Option<(u32, &[u8])> {
    bytes.split_first_chunk().map(|(value, rest)| (u32::from_be_bytes(*value), rest))
}
