//! Ogg streams of Vorbis, Opus and Speex: a packet that says what the audio is, a packet of comments, and audio whose last page tells how long
//! it is.
//!
//! lofty reads them too, but puts whole packets together, and pictures are in the packet of comments: half a megabyte of text, in pages
//! of 4 KiB. Here pictures are passed over, mostly unread.

mod packets;
mod page;
pub mod vorbis_comment;

use std::io::{self, Read};

use lofty::file::FileType;

use super::reader::{FileReader, ReadAt};
use super::tags::{Collector, Field};
use packets::Packets;
use vorbis_comment::{Comment, Value};

pub use page::{Last, last};

/// How much of the end of a stream is read at once: pages of Opus are longer, mostly a second of audio.
const TAIL: u64 = 16 * 1024;
const VORBIS_TAIL: u64 = 8 * 1024;

/// What a stream's audio is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// Vorbis I.
    Vorbis,
    /// RFC 7845.
    Opus,
    /// The Speex manual, section 6.
    Speex,
}

impl Codec {
    /// The codec of a kind of file, if that is an Ogg stream.
    pub fn of(file_type: FileType) -> Option<Self> {
        match file_type {
            FileType::Vorbis => Some(Self::Vorbis),
            FileType::Opus => Some(Self::Opus),
            FileType::Speex => Some(Self::Speex),
            _ => None,
        }
    }

    /// Its name in the contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vorbis => "vorbis",
            Self::Opus => "opus",
            Self::Speex => "speex",
        }
    }

    /// How much of the end of a stream to read at once.
    pub fn tail(self) -> u64 {
        if self == Self::Vorbis { VORBIS_TAIL } else { TAIL }
    }

    /// What the first packet begins with.
    fn signature(self) -> &'static [u8] {
        match self {
            Self::Vorbis => b"\x01vorbis",
            Self::Opus => b"OpusHead",
            Self::Speex => b"Speex   ",
        }
    }

    /// What a packet of comments begins with.
    fn comment_signature(self) -> &'static [u8] {
        match self {
            Self::Vorbis => b"\x03vorbis",
            Self::Opus => b"OpusTags",
            Self::Speex => b"",
        }
    }
}

/// What the first packet says.
struct Identification {
    /// In Hz; what a granule position counts.
    sample_rate: u32,
    channels: u8,
    /// What the encoder was asked for, in bit/s; 0 where it does not say.
    nominal_bitrate: u32,
    /// Samples that are decoded and not played.
    pre_skip: u16,
}

/// What the headers of a stream say.
pub struct Headers {
    /// Its audio properties.
    pub properties: Properties,
    /// Whether a picture is embedded; an error if the comments could not be read to their end.
    pub picture: io::Result<bool>,
}

/// Audio properties; 0 where nothing is known.
pub struct Properties {
    /// In ms.
    pub duration_ms: u64,
    /// In kbit/s.
    pub bitrate: u32,
    /// In Hz.
    pub sample_rate: u32,
    /// How many.
    pub channels: u8,
}

/// Reads the headers of a stream whose last page is known, and hands its comments to the collector. Comments that cannot be read do not make the audio
/// unreadable.
pub fn read<S: ReadAt>(
    reader: &mut FileReader<S>,
    codec: Codec,
    last: Option<&Last>,
    collector: &mut Collector<'_>,
) -> io::Result<Headers> {
    let size = reader.len();
    let mut packets = Packets::begin(reader)?;
    let first = packets.page().granule_position;
    let identification = identification(&mut packets, codec)?;
    let mut headers = packets.next()?;
    let picture = comments(&mut packets, codec, collector).and_then(|picture| {
        headers += packets.next()?;
        Ok(picture)
    });
    let Identification { sample_rate, channels, nominal_bitrate, pre_skip } = identification;
    let samples = last.map_or(0, |last| last.granule_position.saturating_sub(first)).saturating_sub(pre_skip.into());
    let duration_ms = rounded(samples, 1000, sample_rate);
    // Of the audio alone, as far as that can be told.
    let bytes = if codec == Codec::Vorbis { size } else { size.saturating_sub(headers) };
    let bitrate = match nominal_bitrate / 1000 {
        0 if duration_ms > 0 => u32::try_from(bytes.saturating_mul(8) / duration_ms).unwrap_or(0),
        bitrate => bitrate,
    };
    Ok(Headers { properties: Properties { duration_ms, bitrate, sample_rate, channels }, picture })
}

/// `count` times `factor` by `by`, rounded to the nearest; 0 where that is no number.
fn rounded(count: u64, factor: u64, by: u32) -> u64 {
    let by = u128::from(by);
    let product = u128::from(count) * u128::from(factor);
    (product + by / 2).checked_div(by).and_then(|quotient| u64::try_from(quotient).ok()).unwrap_or(0)
}

fn identification<S: ReadAt>(packets: &mut Packets<'_, S>, codec: Codec) -> io::Result<Identification> {
    let mut bytes = [0; 56];
    let len = match codec {
        Codec::Vorbis => 28,
        Codec::Opus => 19,
        Codec::Speex => 56,
    };
    packets.read_exact(&mut bytes[..len])?;
    if !bytes.starts_with(codec.signature()) {
        return Err(invalid("the first packet is not that of the codec"));
    }
    let u32_at = |bytes: &[u8; 56], at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|step| bytes[at + step]));
    // A bit rate below 0 says nothing.
    let bitrate_at = |bytes: &[u8; 56], at: usize| u32::try_from(u32_at(bytes, at).cast_signed()).unwrap_or(0);
    Ok(match codec {
        // Vorbis I specification, section 4.2.2.
        Codec::Vorbis => Identification {
            sample_rate: u32_at(&bytes, 12),
            channels: bytes[11],
            nominal_bitrate: bitrate_at(&bytes, 20),
            pre_skip: 0,
        },
        // RFC 7845, section 5.1. Whatever the encoder was fed with, Opus plays at 48 kHz.
        Codec::Opus => {
            let pre_skip = u16::from_le_bytes([bytes[10], bytes[11]]);
            Identification { sample_rate: 48_000, channels: bytes[9], nominal_bitrate: 0, pre_skip }
        }
        // The structure SpeexHeader.
        Codec::Speex => Identification {
            sample_rate: u32_at(&bytes, 36),
            channels: u8::try_from(u32_at(&bytes, 48)).unwrap_or(0),
            nominal_bitrate: bitrate_at(&bytes, 52),
            pre_skip: 0,
        },
    })
}

/// Whether there is a picture among the comments.
fn comments<S: ReadAt>(packets: &mut Packets<'_, S>, codec: Codec, collector: &mut Collector<'_>) -> io::Result<bool> {
    let mut signature = [0; 8];
    let signature = &mut signature[..codec.comment_signature().len()];
    packets.read_exact(signature)?;
    if signature != codec.comment_signature() {
        return Err(invalid("no comments where they should be"));
    }
    let listing = collector.is_listing();
    collector.begin_tag();
    vorbis_comment::read(
        packets,
        |key| listing || Field::of_free_name(key).is_some(),
        |Comment { key, value }| match value {
            Value::Text(text) => collector.text(Field::of_free_name(key), text, || key.to_owned()),
            Value::TooLong(len) => collector.binary(len as usize, || key.to_owned()),
        },
    )
}

fn invalid(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
