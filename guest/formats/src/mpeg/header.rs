//! The header of an MPEG audio frame (ISO/IEC 11172-3, section 2.4.1.3; ISO/IEC 13818-3; MPEG 2.5
//! by Fraunhofer).

/// Bytes of a header.
pub const LEN: usize = 4;

/// A version of the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// ISO/IEC 11172-3.
    Mpeg1,
    /// ISO/IEC 13818-3.
    Mpeg2,
    /// Lower sample rates, by Fraunhofer.
    Mpeg25,
}

/// A layer: how the audio is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// MP1.
    One,
    /// MP2.
    Two,
    /// MP3.
    Three,
}

/// What a header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Its version.
    pub version: Version,
    /// Its layer.
    pub layer: Layer,
    /// In kbit/s; 0 is free format.
    pub bitrate: u32,
    /// In Hz.
    pub sample_rate: u32,
    /// Number of channels.
    pub channels: u8,
    /// Whether a checksum follows the header.
    has_checksum: bool,
    is_padded: bool,
}

/// Bit rates in kbit/s by their index, of which the first is free format: layers I, II and III of
/// MPEG 1, then layer I and the other two of MPEG 2 and 2.5.
const BITRATES: [[u16; 15]; 5] = [
    [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];

/// Sample rates in Hz of MPEG 1; the others have a half and a quarter of them.
const SAMPLE_RATES: [u32; 3] = [44_100, 48_000, 32_000];

impl Header {
    /// Parses a header; `None` if it is none.
    pub fn parse([sync, kind, rates, mode]: [u8; LEN]) -> Option<Self> {
        if sync != 0xff || kind & 0xe0 != 0xe0 {
            return None;
        }
        let version = match kind >> 3 & 3 {
            0 => Version::Mpeg25,
            2 => Version::Mpeg2,
            3 => Version::Mpeg1,
            _ => return None,
        };
        let layer = match kind >> 1 & 3 {
            1 => Layer::Three,
            2 => Layer::Two,
            3 => Layer::One,
            _ => return None,
        };
        let row = match (version, layer) {
            (Version::Mpeg1, Layer::One) => 0,
            (Version::Mpeg1, Layer::Two) => 1,
            (Version::Mpeg1, Layer::Three) => 2,
            (_, Layer::One) => 3,
            _ => 4,
        };
        let bitrate = u32::from(*BITRATES[row].get(usize::from(rates >> 4))?);
        let sample_rate = *SAMPLE_RATES.get(usize::from(rates >> 2 & 3))?;
        let divisor = match version {
            Version::Mpeg1 => 1,
            Version::Mpeg2 => 2,
            Version::Mpeg25 => 4,
        };
        // The fourth emphasis is reserved.
        if mode & 3 == 2 {
            return None;
        }
        Some(Self {
            version,
            layer,
            bitrate,
            sample_rate: sample_rate / divisor,
            channels: if mode >> 6 == 3 { 1 } else { 2 },
            has_checksum: kind & 1 == 0,
            is_padded: rates & 2 != 0,
        })
    }

    /// Samples a channel in a frame.
    pub fn samples(&self) -> u32 {
        match (self.layer, self.version) {
            (Layer::One, _) => 384,
            (Layer::Three, Version::Mpeg2 | Version::Mpeg25) => 576,
            _ => 1152,
        }
    }

    /// Bytes of the frame, header included; `None` in free format, where the next frame shows it.
    pub fn frame_len(&self) -> Option<u64> {
        if self.bitrate == 0 {
            return None;
        }
        let (unit, padding) = (self.unit(), u32::from(self.is_padded));
        let units = self.samples() / 8 / unit * self.bitrate * 1000 / self.sample_rate + padding;
        Some(u64::from(units * unit))
    }

    /// The bit rate in kbit/s of a frame of free format that is as long.
    pub fn bitrate_of_len(&self, len: u64) -> u32 {
        let bytes = len.saturating_sub(u64::from(self.is_padded) * u64::from(self.unit()));
        (bytes * 8 * u64::from(self.sample_rate) / u64::from(self.samples()) / 1000) as u32
    }

    /// Bytes of a slot, in which lengths are counted.
    fn unit(&self) -> u32 {
        if self.layer == Layer::One { 4 } else { 1 }
    }

    /// Where behind the beginning of the frame the side information of layer III ends, and an
    /// encoder may have put a header of its own.
    pub fn behind_side_information(&self) -> u64 {
        let side_information = match (self.version, self.channels) {
            (Version::Mpeg1, 2) => 32,
            (Version::Mpeg1, _) | (_, 2) => 17,
            _ => 9,
        };
        LEN as u64 + side_information
    }

    /// Bytes of the checksum.
    pub fn checksum_len(&self) -> u64 {
        if self.has_checksum { 2 } else { 0 }
    }

    /// Whether another frame can be of the same stream: what may change from frame to frame is the
    /// bit rate, the padding and the mode of two channels.
    pub fn is_like(&self, other: &Self) -> bool {
        (self.version, self.layer, self.sample_rate) == (other.version, other.layer, other.sample_rate)
            && (self.bitrate == 0) == (other.bitrate == 0)
    }

    /// The codec's name in the contract.
    pub fn codec(&self) -> &'static str {
        match self.layer {
            Layer::One => "mp1",
            Layer::Two => "mp2",
            Layer::Three => "mp3",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_follow_from_version_layer_and_rates() {
        for (bytes, samples, len) in [
            ([0xff, 0xfb, 0x90, 0x44], 1152, 417),
            ([0xff, 0xfb, 0x92, 0x44], 1152, 418),
            ([0xff, 0xf3, 0x80, 0xc4], 576, 208),
            ([0xff, 0xe3, 0x48, 0xc4], 576, 288),
            ([0xff, 0xfd, 0x84, 0x00], 1152, 384),
            ([0xff, 0xff, 0xc4, 0x00], 384, 384),
        ] {
            let header = Header::parse(bytes).unwrap();
            assert_eq!((header.samples(), header.frame_len()), (samples, Some(len)), "{bytes:x?}");
        }
    }

    #[test]
    fn reserved_values_are_no_header() {
        for bytes in [
            [0xff, 0xeb, 0x90, 0x44],
            [0xff, 0xf9, 0x90, 0x44],
            [0xff, 0xfb, 0xf0, 0x44],
            [0xff, 0xfb, 0x9c, 0x44],
            [0xff, 0xfb, 0x90, 0x46],
            [0xfe, 0xfb, 0x90, 0x44],
        ] {
            assert_eq!(Header::parse(bytes), None, "{bytes:x?}");
        }
    }

    #[test]
    fn free_format_has_the_bit_rate_of_its_length() {
        let header = Header::parse([0xff, 0xfb, 0x00, 0x44]).unwrap();
        assert_eq!((header.frame_len(), header.bitrate_of_len(418)), (None, 128));
    }
}
