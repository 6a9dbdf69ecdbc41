//! The chunk `fmt ` (RFC 2361; Microsoft's WAVEFORMATEXTENSIBLE).

use std::time::Duration;

use super::codec::{self, Codec, Coding};
use crate::measure;

/// The format tag that stands for another one in a GUID.
const EXTENSIBLE: u16 = 0xfffe;
/// How that GUID ends: KSDATAFORMAT_SUBTYPE_*, but for the tag.
const SUBTYPE: [u8; 14] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
/// How much of the chunk is read, in bytes.
pub(super) const LEN: usize = 40;

/// What the audio is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FormatChunk {
    pub codec: Option<Codec>,
    pub channels: u16,
    /// In Hz.
    pub sample_rate: u32,
    /// Bytes a second on average.
    pub byte_rate: u32,
    /// Bytes of a block, or of a sample of every channel.
    pub block: u16,
    /// Bits a sample; 0 where the codec has no such thing.
    pub bits: u16,
    /// Bits a sample in the file.
    pub container_bits: u16,
    /// Samples of each channel in a block; 0 where the chunk does not say.
    pub block_samples: u16,
}

impl FormatChunk {
    /// Takes the content of the chunk apart. `None` if it is too short.
    pub fn of(content: &[u8], is_big_endian: bool) -> Option<Self> {
        let short = |at: usize| {
            let bytes = *content.get(at..)?.first_chunk()?;
            Some(if is_big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
        };
        let long = |at: usize| {
            let bytes = *content.get(at..)?.first_chunk()?;
            Some(if is_big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
        };
        let mut container_bits = short(14).unwrap_or(0);
        let (mut codec, mut bits) = (codec::of(short(0)?), container_bits);
        if short(0) == Some(EXTENSIBLE) {
            bits = short(18).filter(|&bits| bits > 0).unwrap_or(bits);
            if container_bits == 0 {
                container_bits = bits;
            }
            codec = short(24).and_then(|tag| match &content[26..] {
                end if end.len() < SUBTYPE.len() || end == SUBTYPE => codec::of(tag),
                _ => codec::of_guid(&content[24..]),
            });
        }
        if !codec.is_some_and(Codec::has_bits) {
            bits = 0;
        }
        Some(Self {
            codec,
            channels: short(2)?,
            sample_rate: long(4)?,
            byte_rate: long(8)?,
            block: short(12)?,
            bits,
            container_bits,
            block_samples: short(18).unwrap_or(0),
        })
    }

    /// What is known of MP3 without such a chunk.
    pub fn mp3() -> Self {
        Self {
            codec: codec::of(0x55),
            channels: 0,
            sample_rate: 0,
            byte_rate: 0,
            block: 0,
            bits: 0,
            container_bits: 0,
            block_samples: 0,
        }
    }

    /// How long so many bytes of audio are. `samples`: of each channel, where a chunk says it.
    pub fn length(&self, bytes: u64, samples: Option<u64>) -> Option<Duration> {
        let coding = self.codec.map_or(Coding::Frames, |codec| codec.coding);
        let by_rate = || {
            let rate = u64::from(self.byte_rate);
            let nanos = (u128::from(bytes) * 1_000_000_000).checked_div(rate.into())?;
            Some(Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)))
        };
        let counted = match coding {
            Coding::Pcm => bytes.checked_div(self.sample_bytes()),
            // The last block may be filled up: what `fact` says counts, if the blocks hold as many.
            Coding::Blocks => {
                let blocks = bytes.div_ceil(u64::from(self.block).max(1)) * u64::from(self.block_samples);
                samples.filter(|&samples| samples > 0 && (blocks == 0 || samples <= blocks)).or(Some(blocks))
            }
            Coding::Mpeg | Coding::Frames => samples,
        };
        let length = counted
            .filter(|&samples| samples > 0 || coding == Coding::Pcm)
            .and_then(|samples| measure::length(samples, self.sample_rate));
        length.or_else(by_rate)
    }

    /// Bit rate in kbit/s: of samples by what they are, of other codecs by the rate that the chunk
    /// states. `None` where it says nothing.
    pub fn bitrate(&self) -> Option<u32> {
        let bytes = match self.codec.map(|codec| codec.coding) {
            Some(Coding::Pcm) => self.sample_bytes() * u64::from(self.sample_rate),
            _ => self.byte_rate.into(),
        };
        u32::try_from((bytes * 8 + 500) / 1000).ok().filter(|_| bytes > 0)
    }

    /// Bytes of a sample of every channel.
    fn sample_bytes(&self) -> u64 {
        match u64::from(self.channels) * u64::from(self.container_bits).div_ceil(8) {
            0 => self.block.into(),
            bytes => bytes.max(self.block.into()),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A chunk's content: of this format tag, with two channels of 44.1 kHz.
    pub fn format(tag: u16, block: u16, bits: u16, byte_rate: u32) -> Vec<u8> {
        let start = [&tag.to_le_bytes(), 2_u16.to_le_bytes().as_slice(), &44_100_u32.to_le_bytes()].concat();
        [&start, byte_rate.to_le_bytes().as_slice(), &block.to_le_bytes(), &bits.to_le_bytes()].concat()
    }

    #[test]
    fn fields_are_where_they_should_be_in_either_order_of_bytes() {
        let chunk = FormatChunk::of(&format(1, 4, 16, 176_400), false).unwrap();
        assert_eq!(
            (chunk.codec.unwrap().name, chunk.channels, chunk.sample_rate, chunk.byte_rate, chunk.block, chunk.bits),
            ("pcm", 2, 44_100, 176_400, 4, 16)
        );
        let big = [0, 1, 0, 2, 0, 0, 0xac, 0x44, 0, 2, 0xb1, 0x10, 0, 4, 0, 16];
        assert_eq!(FormatChunk::of(&big, true), Some(chunk));
        assert_eq!(FormatChunk::of(&big[..13], true), None);
    }

    #[test]
    fn an_extensible_format_names_another_one() {
        let extension = |tag: u16, valid: u16| {
            [&[22, 0], valid.to_le_bytes().as_slice(), &[3, 0, 0, 0], &tag.to_le_bytes(), &SUBTYPE].concat()
        };
        let of = |tag, valid| {
            let content = [format(EXTENSIBLE, 8, 32, 352_800), extension(tag, valid)].concat();
            let chunk = FormatChunk::of(&content, false).unwrap();
            (chunk.codec.map(|codec| codec.name), chunk.bits, chunk.container_bits)
        };
        assert_eq!(of(1, 24), (Some("pcm"), 24, 32));
        assert_eq!(of(3, 0), (Some("pcm"), 32, 32));
        assert_eq!(of(0x2000, 16), (Some("ac3"), 0, 32));
        let other = [format(EXTENSIBLE, 8, 32, 352_800), extension(1, 24)[..8].to_vec(), codec::EAC3.to_vec()].concat();
        assert_eq!(FormatChunk::of(&other, false).unwrap().codec.map(|codec| codec.name), Some("eac3"));
        assert_eq!(of(0x7777, 16), (None, 0, 32));
        let without_bits = [format(EXTENSIBLE, 0, 0, 0), extension(1, 24)].concat();
        let chunk = FormatChunk::of(&without_bits, false).unwrap();
        assert_eq!((chunk.length(264_600, None), chunk.bitrate()), (Some(Duration::from_secs(1)), Some(2117)));
    }
}
