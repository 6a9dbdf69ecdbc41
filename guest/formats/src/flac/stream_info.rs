//! STREAMINFO (RFC 9639, section 8.2): what the audio is.

use crate::content::Properties;
use crate::measure;
use crate::payload::Signature;

/// Bytes of the block's content.
pub const LEN: usize = 34;

/// What the block says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamInfo {
    /// The largest number of samples in a frame; the number in each but the last where all are
    /// alike.
    pub max_block: u16,
    /// The largest frame in bytes; 0 where the encoder did not know.
    pub max_frame: u32,
    /// In Hz.
    pub sample_rate: u32,
    /// Number of channels.
    pub channels: u8,
    /// Bits a sample.
    pub bit_depth: u8,
    /// Samples in a channel; 0 where the encoder did not know.
    pub samples: u64,
}

impl StreamInfo {
    /// Takes the content of the block apart.
    pub fn of(content: &[u8; LEN]) -> Self {
        let [_, _, max0, max1, _, _, _, frame @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = *content;
        let [f0, f1, f2, rate0, rate1, packed, low0, low1, low2, low3, low4] = frame;
        let [packed, low0] = [packed, low0].map(u32::from);
        Self {
            max_block: u16::from_be_bytes([max0, max1]),
            max_frame: u32::from_be_bytes([0, f0, f1, f2]),
            sample_rate: u32::from(rate0) << 12 | u32::from(rate1) << 4 | packed >> 4,
            channels: (packed >> 1 & 7) as u8 + 1,
            bit_depth: ((packed & 1) << 4 | low0 >> 4) as u8 + 1,
            samples: u64::from(low0 & 15) << 32 | u64::from(u32::from_be_bytes([low1, low2, low3, low4])),
        }
    }

    /// What tells the audio: rate, channels, depth, number of samples, and the MD5 of the samples,
    /// from the content of the block. `None` where the encoder left the MD5 out.
    pub(crate) fn signature(content: &[u8; LEN]) -> Option<Signature> {
        let (audio, md5) = (&content[10..], &content[18..]);
        let bytes = || audio.to_vec();
        md5.iter().any(|&byte| byte != 0).then(|| Signature { kind: "flac", number: 0, bytes: bytes() })
    }

    /// The audio's properties. Its length is left out where it is not known.
    pub(crate) fn properties(&self) -> Properties {
        Properties {
            codec: Some("flac"),
            duration: measure::length(self.samples, self.sample_rate).filter(|_| self.samples > 0),
            sample_rate: Some(self.sample_rate),
            channels: Some(self.channels),
            bit_depth: Some(self.bit_depth),
            ..Properties::default()
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A STREAMINFO of 44.1 kHz, two channels, 16 bits and frames of 4096 samples.
    pub fn stream_info(samples: u64) -> Vec<u8> {
        let packed = 44_100_u64 << 44 | 1 << 41 | 15 << 36 | samples;
        [&[16, 0, 16, 0, 0, 0, 0, 0, 0x12, 0x34], packed.to_be_bytes().as_slice(), &[7; 16]].concat()
    }

    #[test]
    fn every_field_is_where_the_specification_has_it() {
        let info = StreamInfo::of(stream_info(0x9_8765_4321).as_slice().try_into().unwrap());
        let expected = StreamInfo {
            max_block: 4096,
            max_frame: 0x1234,
            sample_rate: 44_100,
            channels: 2,
            bit_depth: 16,
            samples: 0x9_8765_4321,
        };
        assert_eq!(info, expected);
    }
}
