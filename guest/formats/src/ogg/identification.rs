//! The first packet of a logical stream, which says what the audio is.

use crate::flac::stream_info::{self, StreamInfo};

/// A codec of audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// Vorbis I.
    Vorbis,
    /// RFC 7845.
    Opus,
    /// The Speex manual, section 6.
    Speex,
    /// RFC 9639, section 10.1.
    Flac,
}

impl Codec {
    /// Its name in the contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vorbis => "vorbis",
            Self::Opus => "opus",
            Self::Speex => "speex",
            Self::Flac => "flac",
        }
    }
}

/// How much of the first packet is needed, in bytes.
pub(super) const LEN: usize = 80;

/// What the first packet says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identification {
    /// The codec.
    pub codec: Codec,
    /// In Hz; what a granule position counts.
    pub sample_rate: u32,
    /// Number of channels.
    pub channels: u8,
    /// Bits a sample, of FLAC.
    pub bit_depth: Option<u8>,
    /// What the encoder was asked for, in bit/s; 0 where it does not say.
    pub nominal_bitrate: u32,
    /// Samples that are decoded and not played.
    pub pre_skip: u64,
    /// Whether decoders change the loudness, as Opus' output gain has it.
    pub has_output_gain: bool,
    /// The most samples that a packet holds.
    pub packet: u64,
    /// How many packets of headers follow.
    pub headers: u32,
    /// Of FLAC: samples in all; 0 where the encoder did not know.
    pub samples: u64,
}

impl Identification {
    /// Takes the beginning of a first packet apart. `None` for what is no audio that is known.
    pub fn of(packet: &[u8]) -> Option<Self> {
        let blank = Self {
            codec: Codec::Vorbis,
            sample_rate: 0,
            channels: 0,
            bit_depth: None,
            nominal_bitrate: 0,
            pre_skip: 0,
            has_output_gain: false,
            packet: 0,
            headers: 1,
            samples: 0,
        };
        let number = |at: usize| packet.get(at..)?.first_chunk().map(|four| u32::from_le_bytes(*four));
        // A bit rate below 0 says nothing.
        let bitrate = |at: usize| number(at).map(|rate| u32::try_from(rate.cast_signed()).unwrap_or(0));
        match packet {
            // Vorbis I specification, section 4.2.2. A long block gives at most half of its
            // samples.
            [1, b'v', b'o', b'r', b'b', b'i', b's', ..] => Some(Self {
                codec: Codec::Vorbis,
                channels: *packet.get(11)?,
                sample_rate: number(12)?,
                nominal_bitrate: bitrate(20)?,
                packet: 1 << (packet.get(28)? >> 4) >> 1,
                headers: 2,
                ..blank
            }),
            // RFC 7845, section 5.1. Whatever the encoder was fed with, Opus plays at 48 kHz. The
            // longest packet has 120 ms.
            [b'O', b'p', b'u', b's', b'H', b'e', b'a', b'd', _, channels, skip0, skip1, ..] => Some(Self {
                codec: Codec::Opus,
                channels: *channels,
                sample_rate: 48_000,
                pre_skip: u16::from_le_bytes([*skip0, *skip1]).into(),
                has_output_gain: packet.get(16..18).is_some_and(|gain| gain != [0, 0]),
                packet: 5760,
                ..blank
            }),
            // The structure SpeexHeader.
            [b'S', b'p', b'e', b'e', b'x', b' ', b' ', b' ', ..] => Some(Self {
                codec: Codec::Speex,
                sample_rate: number(36)?,
                channels: u8::try_from(number(48)?).unwrap_or(0),
                nominal_bitrate: bitrate(52)?,
                packet: u64::from(number(56)?).saturating_mul(number(64)?.into()),
                headers: number(68)?.saturating_add(1),
                ..blank
            }),
            // RFC 9639, section 10.1: a version, the number of headers, and a FLAC file up to its
            // STREAMINFO.
            [0x7f, b'F', b'L', b'A', b'C', _, _, headers0, headers1, b'f', b'L', b'a', b'C', _, _, _, _, info @ ..] => {
                let info = StreamInfo::of(info.first_chunk::<{ stream_info::LEN }>()?);
                Some(Self {
                    codec: Codec::Flac,
                    sample_rate: info.sample_rate,
                    channels: info.channels,
                    bit_depth: Some(info.bit_depth),
                    packet: info.max_block.into(),
                    headers: u16::from_be_bytes([*headers0, *headers1]).into(),
                    samples: info.samples,
                    ..blank
                })
            }
            _ => None,
        }
    }
}

/// The samples of an Opus packet that begins with these bytes (RFC 6716, section 3.1), at 48 kHz.
pub(super) fn opus_samples(packet: [u8; 2]) -> u64 {
    let [toc, count] = packet;
    let config = toc >> 3;
    let frame = match config {
        0..12 => [480, 960, 1920, 2880][usize::from(config & 3)],
        12..16 => [480, 960][usize::from(config & 1)],
        _ => 120 << (config & 3),
    };
    frame
        * match toc & 3 {
            0 => 1,
            1 | 2 => 2,
            _ => u64::from(count & 0x3f),
        }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::flac::stream_info::tests::stream_info;

    /// The first packet of Vorbis: 44.1 kHz, stereo, 128 kbit/s, long blocks of 2048.
    pub fn vorbis() -> Vec<u8> {
        let rates = [44_100_u32, 0, 128_000, 0].map(u32::to_le_bytes).concat();
        [b"\x01vorbis\0\0\0\0\x02".as_slice(), &rates, &[0xb8, 1]].concat()
    }

    /// That of Opus: stereo, 312 samples of pre-skip.
    pub fn opus() -> Vec<u8> {
        [b"OpusHead\x01\x02".as_slice(), &312_u16.to_le_bytes(), &48_000_u32.to_le_bytes(), &[0; 3]].concat()
    }

    /// That of Speex: 16 kHz, mono, two frames of 320 samples a packet.
    pub fn speex() -> Vec<u8> {
        let numbers: [u32; 12] = [1, 80, 16_000, 1, 4, 1, u32::MAX, 320, 0, 2, 0, 0];
        [b"Speex   1.2".as_slice(), &[0; 17], &numbers.map(u32::to_le_bytes).concat(), &[0; 4]].concat()
    }

    /// That of FLAC, with one header behind it.
    pub fn flac(samples: u64) -> Vec<u8> {
        [b"\x7fFLAC\x01\0\0\x01fLaC\0\0\0\x22".as_slice(), &stream_info(samples)].concat()
    }

    #[test]
    fn every_codec_says_what_it_is() {
        let of = |packet: &[u8]| {
            let id = Identification::of(packet).unwrap();
            (id.codec.name(), id.sample_rate, id.channels, id.nominal_bitrate, id.pre_skip, id.packet, id.headers)
        };
        assert_eq!(of(&vorbis()), ("vorbis", 44_100, 2, 128_000, 0, 1024, 2));
        assert_eq!(of(&opus()), ("opus", 48_000, 2, 0, 312, 5760, 1));
        assert_eq!(of(&speex()), ("speex", 16_000, 1, 0, 0, 640, 1));
        assert_eq!(of(&flac(9)), ("flac", 44_100, 2, 0, 0, 4096, 1));
        assert_eq!(Identification::of(&flac(9)).unwrap().bit_depth, Some(16));
    }

    #[test]
    fn what_is_cut_off_or_unknown_says_nothing() {
        for packet in [vorbis(), opus(), speex(), flac(9)] {
            assert_eq!(Identification::of(&packet[..10]), None);
        }
        for packet in [b"\x80theora\x03\x02\x01".as_slice(), b"fishead\0\x03\0\0\0", b""] {
            assert_eq!(Identification::of(packet), None);
        }
    }

    #[test]
    fn an_opus_packet_tells_its_samples() {
        // SILK of 60 ms, hybrid of 20 ms, CELT of 2.5 and 20 ms; one frame, two, three.
        for (packet, samples) in [
            ([3 << 3, 0], 2880),
            ([13 << 3, 0], 960),
            ([16 << 3, 0], 120),
            ([31 << 3 | 1, 0], 1920),
            ([31 << 3 | 3, 0x83], 2880),
        ] {
            assert_eq!(opus_samples(packet), samples, "{packet:?}");
        }
    }
}
