//! The elementary stream descriptor in `esds` (ISO/IEC 14496-14, section 5.6; ISO/IEC 14496-1,
//! section 7.2.6).

use super::atom::u32_at;
use super::audio_specific_config::AudioSpecificConfig;

const ES: u8 = 3;
const DECODER_CONFIG: u8 = 4;
const DECODER_SPECIFIC_INFO: u8 = 5;

/// What an `esds` says of a stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct StreamDescriptor {
    /// The name of the codec in the contract.
    pub codec: Option<&'static str>,
    /// The mean in bit/s.
    pub bitrate: Option<u32>,
    /// Of MPEG-4 audio and MPEG-2 AAC.
    pub config: Option<AudioSpecificConfig>,
}

impl StreamDescriptor {
    /// Reads the content of an `esds` behind version and flags.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        // Some writers leave the outer descriptor out.
        let (tag, content) = descriptor(bytes)?;
        let decoder = if tag == ES { decoder_config(content)? } else { content };
        let object_type = *decoder.first()?;
        let bitrate = u32_at(decoder, 9).filter(|&rate| rate > 0);
        let config = match decoder.get(13..).and_then(descriptor) {
            Some((DECODER_SPECIFIC_INFO, config)) if is_aac(object_type) => AudioSpecificConfig::of(config),
            _ => None,
        };
        let codec = match config {
            Some(config) if object_type == MPEG_4_AUDIO => of_audio_object(config.object_type),
            _ => of_object_type(object_type)?,
        };
        Some(Self { codec: Some(codec), bitrate, config })
    }
}

/// The first descriptor: its tag and its content, as far as the bytes go.
fn descriptor(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let mut len = 0_usize;
    // Seven bits a byte, at most four bytes (section 8.3.3).
    for (index, &byte) in rest.iter().enumerate().take(4) {
        len = len << 7 | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 || index == 3 {
            let content = &rest[index + 1..];
            return Some((tag, &content[..len.min(content.len())]));
        }
    }
    None
}

/// The decoder config descriptor in an elementary stream descriptor.
fn decoder_config(stream: &[u8]) -> Option<&[u8]> {
    let flags = *stream.get(2)?;
    let mut at = 3;
    if flags & 0x80 != 0 {
        at += 2;
    }
    if flags & 0x40 != 0 {
        at += 1 + usize::from(*stream.get(at)?);
    }
    if flags & 0x20 != 0 {
        at += 2;
    }
    let (tag, content) = descriptor(stream.get(at..)?)?;
    (tag == DECODER_CONFIG).then_some(content)
}

const MPEG_4_AUDIO: u8 = 0x40;

/// MPEG-4 audio, and the three profiles of MPEG-2 AAC.
fn is_aac(object_type: u8) -> bool {
    matches!(object_type, MPEG_4_AUDIO | 0x66..=0x68)
}

/// Object type indications of audio (MP4 registration authority, "Object types").
fn of_object_type(object_type: u8) -> Option<&'static str> {
    Some(match object_type {
        MPEG_4_AUDIO | 0x66..=0x68 => "aac",
        // Layers I to III alike: layer III is what occurs, and only the frames say more.
        0x69 | 0x6b => "mp3",
        0xa5 => "ac3",
        0xa6 => "eac3",
        0xa9..=0xac => "dts",
        0xad => "opus",
        0xc1 => "flac",
        0xdd => "vorbis",
        0xe1 => "qcelp",
        _ => return None,
    })
}

/// Audio object types that are no AAC (ISO/IEC 14496-3, table 1.17).
fn of_audio_object(object_type: u32) -> &'static str {
    match object_type {
        32 => "mp1",
        33 => "mp2",
        34 => "mp3",
        36 => "mp4als",
        _ => "aac",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DECODER: [u8; 17] = [0x40, 0x15, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0xf4, 0, 5, 2, 0x12, 0x10];

    #[test]
    fn optional_fields_and_long_sizes_are_passed_over() {
        let decoder = [&[4, 0x80, 0x80, 0x80, 17], &DECODER[..]].concat();
        let all = [&[0, 1, 0xe0, 0, 2, 3, b'u', b'r', b'l', 0, 4], &decoder[..]].concat();
        let bytes = [&[3, all.len() as u8], &all[..]].concat();
        let stream = StreamDescriptor::of(&bytes).unwrap();
        assert_eq!((stream.codec, stream.bitrate), (Some("aac"), Some(128_000)));
        assert_eq!(stream.config.map(|config| config.sample_rate), Some(44_100));
    }

    #[test]
    fn a_decoder_config_may_stand_alone_and_without_its_end() {
        let bytes = [&[4, 99], &DECODER[..]].concat();
        assert_eq!(StreamDescriptor::of(&bytes).unwrap().config.map(|config| config.channels), Some(2));
        let stream = StreamDescriptor::of(&bytes[..5]).unwrap();
        assert_eq!((stream.codec, stream.bitrate, stream.config), (Some("aac"), None, None));
        assert_eq!(StreamDescriptor::of(&[4]), None);
        assert_eq!(StreamDescriptor::of(&[3, 5, 0, 0, 0, 9, 0]), None);
    }

    #[test]
    fn layers_in_mpeg_4_are_told_by_their_object_types() {
        for (object_type, codec) in [(32, "mp1"), (33, "mp2"), (34, "mp3"), (36, "mp4als"), (2, "aac"), (42, "aac")] {
            assert_eq!(of_audio_object(object_type), codec);
        }
    }
}
