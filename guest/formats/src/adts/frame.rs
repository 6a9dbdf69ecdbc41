//! Headers of ADTS frames (ISO/IEC 14496-3, section 1.A.2.2).

/// Bytes of a header without its checksum.
pub(crate) const LEN: usize = 7;
/// Samples of each channel in a block (ISO/IEC 14496-3, section 4.5.1.1).
const BLOCK: u64 = 1024;
/// Sample rates in Hz by their index (ISO/IEC 14496-3, table 1.18).
pub(super) const RATES: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

/// The header of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// In Hz.
    pub sample_rate: u32,
    /// `None` where the audio itself says it.
    pub channels: Option<u8>,
    /// Bytes of the frame, header included.
    pub len: u64,
    /// Samples of each channel.
    pub samples: u64,
    /// What is the same in every frame of a stream.
    fixed: [u8; 3],
}

impl Frame {
    /// The header at the beginning of these bytes, if it is one.
    pub fn of(bytes: &[u8; LEN]) -> Option<Self> {
        let [0xff, sync, b2, b3, b4, b5, b6] = *bytes else { return None };
        let len = u64::from(b3 & 3) << 11 | u64::from(b4) << 3 | u64::from(b5 >> 5);
        // The layer is always 0; a checksum of two bytes follows where a bit is clear.
        let least = if sync & 1 == 0 { LEN + 2 } else { LEN } as u64;
        if sync & 0xf6 != 0xf0 || len < least {
            return None;
        }
        let channels = (b2 & 1) << 2 | b3 >> 6;
        Some(Self {
            sample_rate: *RATES.get(usize::from(b2 >> 2 & 15))?,
            // Table 1.19: configuration 7 has eight channels.
            channels: [None, Some(1), Some(2), Some(3), Some(4), Some(5), Some(6), Some(8)][usize::from(channels)],
            len,
            samples: (u64::from(b6 & 3) + 1) * BLOCK,
            // Without the private bit and the bits of copyright.
            fixed: [sync, b2 & 0xfd, b3 & 0xc0],
        })
    }

    /// Whether another frame is of the same stream.
    pub fn is_like(&self, other: &Self) -> bool {
        self.fixed == other.fixed
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A frame of this length: 44.1 kHz, stereo, one block.
    pub fn frame(len: usize) -> Vec<u8> {
        let mut frame = vec![0xff, 0xf1, 4 << 2, 0x80 | (len >> 11) as u8, (len >> 3) as u8, (len as u8) << 5, 0];
        frame.resize(len, 0x55);
        frame
    }

    fn header() -> [u8; LEN] {
        *frame(300).first_chunk().unwrap()
    }

    #[test]
    fn a_header_says_what_the_audio_is() {
        let found = Frame::of(&header()).unwrap();
        assert_eq!((found.sample_rate, found.channels, found.len, found.samples), (44_100, Some(2), 300, 1024));
        let blocks = Frame::of(&[0xff, 0xf9, 4 << 2 | 1, 0xc0, 40, 0, 3]).unwrap();
        assert_eq!((blocks.channels, blocks.samples), (Some(8), 4096));
        assert_eq!(Frame::of(&[0xff, 0xf1, 4 << 2, 0, 40, 0, 0]).unwrap().channels, None);
    }

    #[test]
    fn what_cannot_be_a_frame_is_none() {
        // Another layer, a rate that is none, a length below that of the header, with and without a
        // checksum.
        for (at, value) in [(0, 0xfe), (1, 0xf3), (1, 0xe1), (2, 13 << 2), (4, 0)] {
            let mut bytes = header();
            bytes[at] = value;
            bytes[3] &= 0xfc;
            assert_eq!(Frame::of(&bytes), None, "{at} {value}");
        }
        let short = |sync: u8| Frame::of(&[0xff, sync, 4 << 2, 0x80, 1, 0, 0]);
        assert!(short(0xf1).is_some() && short(0xf0).is_none());
    }

    #[test]
    fn frames_of_a_stream_are_alike_but_for_their_length() {
        let first = Frame::of(&header()).unwrap();
        assert!(Frame::of(frame(77).first_chunk().unwrap()).unwrap().is_like(&first));
        let mut other = header();
        other[2] = 3 << 2;
        assert!(!Frame::of(&other).unwrap().is_like(&first));
    }
}
