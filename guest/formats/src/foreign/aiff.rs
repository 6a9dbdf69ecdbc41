//! AIFF and AIFF-C (Audio Interchange File Format 1.3; AIFF-C draft of 1991): chunks of IFF.

use std::io;
use std::ops::Range;

use crate::container::Format;
use crate::content::{Content, Properties, SILENT};
use crate::fields::{Block, Field};
use crate::id3v2;
use crate::measure::{bitrate, length};
use crate::payload::Payload;
use crate::reader::{FileReader, ReadAt};
use crate::riff::chunks::{Chunk, Chunks};

/// An AIFF file.
pub(crate) struct Aiff;

/// Bytes before the first chunk.
const HEADER: u64 = 12;
/// Bytes of the chunk `COMM`, with the compression that AIFF-C adds.
const COMMON: usize = 18;
const COMPRESSION: usize = 4;
/// Bytes in front of the samples in the chunk `SSND`.
const BEFORE_SAMPLES: u64 = 8;
/// The longest text that is read, in bytes.
const LONGEST: u64 = 1 << 16;

impl Format for Aiff {
    fn read<S: ReadAt>(reader: &mut FileReader<S>, content: &mut Content<'_>) -> io::Result<()> {
        let mut chunks = Chunks::new(content.start + HEADER..content.end, true);
        let (mut tags, mut texts) = (Vec::new(), Vec::new());
        let mut common = None;
        while let Some(Chunk { name, content: place, missing }) = chunks.next(reader)? {
            if missing > 0 {
                content.damaged(format!("the chunk {} is cut off", String::from_utf8_lossy(&name)));
            }
            match &name {
                b"COMM" => common = common.or(Common::read(reader, place)?),
                b"SSND" if content.audio.is_empty() => {
                    content.audio = Payload::plain((place.start + BEFORE_SAMPLES).min(place.end)..place.end);
                }
                b"ID3 " | b"id3 " => tags.push(place),
                b"NAME" => texts.push((Field::Title, "NAME", place)),
                b"AUTH" => texts.push((Field::Artist, "AUTH", place)),
                b"ANNO" => texts.push((Field::Comment, "ANNO", place)),
                _ => {}
            }
        }
        for tag in tags {
            id3v2::read(reader, tag, content)?;
        }
        content.tags.begin_tag(Block::without_lists("AIFF"));
        for (field, key, place) in texts {
            let bytes = reader.piece(place.start, LONGEST.min(place.end - place.start))?.unwrap_or_default();
            content.tags.text(Some(field), text(bytes).trim_end_matches('\0'), || key.into());
        }
        match common {
            Some(common) => content.properties = common.properties(content.audio.len()),
            None => content.damaged(SILENT),
        }
        Ok(())
    }
}

/// The specification has ASCII, and writers what they like.
fn text(bytes: &[u8]) -> String {
    match str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}

/// The chunk `COMM`.
struct Common {
    channels: u16,
    frames: u32,
    bits: u16,
    sample_rate: u32,
    compression: [u8; COMPRESSION],
}

impl Common {
    fn read<S: ReadAt>(reader: &mut FileReader<S>, place: Range<u64>) -> io::Result<Option<Self>> {
        let len = (COMMON + COMPRESSION) as u64;
        let Some(bytes) = reader.piece(place.start, len.min(place.end - place.start))? else { return Ok(None) };
        let Some((&[c0, c1, f0, f1, f2, f3, b0, b1, ref rate @ ..], rest)) = bytes.split_first_chunk::<COMMON>() else {
            return Ok(None);
        };
        Ok(Some(Self {
            channels: u16::from_be_bytes([c0, c1]),
            frames: u32::from_be_bytes([f0, f1, f2, f3]),
            bits: u16::from_be_bytes([b0, b1]),
            sample_rate: extended(rate),
            compression: rest.first_chunk().copied().unwrap_or(*b"NONE"),
        }))
    }

    fn properties(&self, bytes: u64) -> Properties {
        let duration = length(self.frames.into(), self.sample_rate);
        let codec = match &self.compression {
            b"NONE" | b"twos" | b"sowt" | b"raw " | b"in24" | b"in32" | b"fl32" | b"FL32" | b"fl64" | b"FL64" => "pcm",
            b"alaw" | b"ALAW" => "pcm_alaw",
            b"ulaw" | b"ULAW" => "pcm_mulaw",
            b"ima4" => "adpcm_ima_qt",
            _ => "",
        };
        Properties {
            codec: Some(codec).filter(|codec| !codec.is_empty()),
            duration,
            bitrate: duration.and_then(|duration| bitrate(bytes, duration)),
            sample_rate: Some(self.sample_rate),
            channels: u8::try_from(self.channels).ok(),
            bit_depth: u8::try_from(self.bits).ok(),
            ..Properties::default()
        }
    }
}

/// An 80-bit number (IEEE 754 double extended) as a whole one: the exponent, and 64 bits of which
/// the highest is the one before the point.
fn extended(&[e0, e1, m0, m1, m2, m3, m4, m5, m6, m7]: &[u8; 10]) -> u32 {
    const BIAS: u32 = 16_383;
    let exponent = u32::from(u16::from_be_bytes([e0 & 0x7f, e1]));
    let mantissa = u64::from_be_bytes([m0, m1, m2, m3, m4, m5, m6, m7]);
    match exponent.checked_sub(BIAS) {
        Some(shift @ 0..32) => (mantissa >> (63 - shift)) as u32,
        _ => 0,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::trial::{said, survives};

    fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let padding = vec![0; content.len() % 2];
        [name.as_slice(), &(content.len() as u32).to_be_bytes(), content, &padding].concat()
    }

    fn file(form: &[u8; 4], chunks: &[Vec<u8>]) -> Vec<u8> {
        let chunks = chunks.concat();
        [b"FORM".as_slice(), &(chunks.len() as u32 + 4).to_be_bytes(), form, &chunks].concat()
    }

    /// Two channels of 8,000 frames, 16 bits, 8 kHz.
    fn common(compression: &[u8]) -> Vec<u8> {
        let rate = [0x40, 0x0b, 0xfa, 0, 0, 0, 0, 0, 0, 0];
        chunk(b"COMM", &[&[0, 2, 0, 0, 0x1f, 0x40, 0, 16], rate.as_slice(), compression].concat())
    }

    fn sound() -> Vec<u8> {
        chunk(b"SSND", &[1; 32_008])
    }

    #[test]
    fn chunks_say_what_the_audio_is() {
        for (form, compression, codec) in [
            (b"AIFF", &b""[..], Some("pcm")),
            (b"AIFC", b"sowt\0\0", Some("pcm")),
            (b"AIFC", b"ulaw\0\0", Some("pcm_mulaw")),
            (b"AIFC", b"????\0\0", None),
        ] {
            let track = said(&file(form, &[common(compression), sound()])).track;
            assert_eq!((track.duration_ms, track.bitrate, track.sample_rate), (Some(1000), Some(256), Some(8000)));
            assert_eq!((track.channels, track.bit_depth, track.codec.as_deref()), (Some(2), Some(16), codec));
        }
    }

    #[test]
    fn texts_and_tags_are_read_behind_and_before_the_sound() {
        let tag = crate::id3v2::tests::tag(4, &[("TIT2", b"\0title")]);
        let texts = [chunk(b"NAME", b"name"), chunk(b"AUTH", b"Fr\xe9d"), chunk(b"ANNO", b"a word\0")];
        let said = said(&file(b"AIFF", &[texts.concat(), common(b""), sound(), chunk(b"ID3 ", &tag)]));
        assert_eq!((said.track.title.as_deref(), said.track.artist.as_deref()), (Some("title"), Some("Fréd")));
        assert_eq!((said.track.comment.as_deref(), said.damage.as_str()), (Some("a word"), ""));
    }

    #[test]
    fn sample_rates_are_numbers_of_80_bits() {
        for (bytes, rate) in [
            ([0x40, 0x0e, 0xac, 0x44, 0, 0, 0, 0, 0, 0], 44_100),
            ([0x40, 0x0f, 0xbb, 0x80, 0, 0, 0, 0, 0, 0], 96_000),
            ([0; 10], 0),
            ([0x7f; 10], 0),
        ] {
            assert_eq!(extended(&bytes), rate);
        }
    }

    /// Small files with everything in them.
    pub fn samples() -> Vec<Vec<u8>> {
        let tag = crate::id3v2::tests::tag(4, &[("TIT2", b"\0title")]);
        let short = chunk(b"SSND", &[1; 40]);
        let whole = file(b"AIFC", &[chunk(b"NAME", b"name"), common(b"sowt\0\0"), short.clone(), chunk(b"ID3 ", &tag)]);
        vec![whole, file(b"AIFF", &[short, common(b"")])]
    }

    #[test]
    fn cut_and_mutated_files_are_survived() {
        survives(&samples()[0]);
        assert_eq!(said(&file(b"AIFF", &[sound()])).damage, "no audio was found behind the tags");
    }
}
