//! The headers that encoders put into the first frame: how many frames and bytes there are, and
//! what is to be left out when they are played.

use std::io;

use super::frames::Frame;
use super::header::Layer;
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
    // LAME's extension begins with the encoder's name; delay and padding have 12 bits each, 21
    // bytes behind it.
    if let Some(&[name, .., high, middle, low]) = rest.get(contents + quality..contents + quality + 24)
        && name.is_ascii_alphabetic()
    {
        let both = u32::from_be_bytes([0, high, middle, low]);
        (header.delay, header.padding) = (both >> 12, both & 0xfff);
    }
    Some(header)
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
