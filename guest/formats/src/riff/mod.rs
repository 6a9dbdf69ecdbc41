//! RIFF/WAVE with its kin: RF64 and BW64 with sizes of 64 bits, RIFX in the other order of bytes,
//! and MP3 in a RIFF of the form `RMP3`.

mod broadcast;
pub(crate) mod chunks;
mod codec;
mod format_chunk;
mod info;

use std::io;
use std::ops::Range;
use std::time::Duration;

use crate::container::Format;
use crate::content::{Content, Properties, SILENT};
use crate::mpeg::{self, Mpeg};
use crate::payload::Payload;
use crate::reader::{FileReader, ReadAt};
use crate::{id3v2, measure};
use chunks::{Chunk, Chunks};
pub(crate) use codec::{Codec, Coding};
pub(crate) use format_chunk::FormatChunk;

/// RIFF/WAVE.
pub(crate) struct Wave;

/// Bytes before the first chunk: the mark, a size that nobody needs, the form.
const HEADER: u64 = 12;
/// How much of samples is searched for DTS, in bytes.
const SEARCH: u64 = 4096;

/// What the chunks are.
#[derive(Default)]
struct Found {
    format: Option<FormatChunk>,
    /// Samples of each channel, as `fact` or `ds64` have it.
    samples: Option<u64>,
    data: Vec<Range<u64>>,
    id3: Vec<Range<u64>>,
    info: Vec<Range<u64>>,
    broadcast: Vec<Range<u64>>,
}

impl Format for Wave {
    fn read<S: ReadAt>(reader: &mut FileReader<S>, content: &mut Content<'_>) -> io::Result<()> {
        let mut header = [0; HEADER as usize];
        if !reader.peek(content.start, &mut header)? {
            content.damaged("the header of the RIFF file is cut off");
            return Ok(());
        }
        let is_big_endian = header.starts_with(b"RIFX");
        let chunks = Chunks::new(content.start + HEADER..content.end, is_big_endian);
        let mut found = found(reader, content, chunks, is_big_endian)?;
        if found.format.is_none() && header.ends_with(b"RMP3") {
            found.format = Some(FormatChunk::mp3());
        }
        // In the order of trust: most editors leave INFO as it was.
        for tag in std::mem::take(&mut found.id3) {
            id3v2::read(reader, tag, content)?;
        }
        for list in std::mem::take(&mut found.info) {
            info::read(reader, list, is_big_endian, content)?;
        }
        for chunk in &found.broadcast {
            broadcast::read(reader, chunk, content)?;
        }
        audio(reader, found, content)
    }
}

/// Walks through the chunks.
fn found<S: ReadAt>(
    reader: &mut FileReader<S>,
    content: &mut Content<'_>,
    mut chunks: Chunks,
    is_big_endian: bool,
) -> io::Result<Found> {
    let mut found = Found::default();
    while let Some(Chunk { name, content: place, missing }) = chunks.next(reader)? {
        let len = place.end - place.start;
        let mut bytes = [0; format_chunk::LEN];
        let bytes = &mut bytes[..format_chunk::LEN.min(usize::try_from(len).unwrap_or(usize::MAX))];
        match &name {
            b"data" if missing > 0 => {
                content.damaged(format!("the audio data says {} bytes, and {len} are there", len + missing));
            }
            _ if missing > 0 => {
                content.damaged(format!("the chunk {} is cut off", String::from_utf8_lossy(&name)));
            }
            _ => {}
        }
        match &name {
            b"fmt " | b"fact" | b"ds64" => {
                if !reader.peek(place.start, bytes)? {
                    continue;
                }
                let number = |at: usize| bytes.get(at..)?.first_chunk().map(|eight| u64::from_le_bytes(*eight));
                match &name {
                    b"fmt " => found.format = found.format.or_else(|| FormatChunk::of(bytes, is_big_endian)),
                    b"fact" => {
                        let four = bytes.first_chunk().copied().unwrap_or([0xff; 4]);
                        let samples = if is_big_endian { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) };
                        let is_known = samples != u32::MAX && found.samples.is_none();
                        found.samples = found.samples.or_else(|| is_known.then(|| samples.into()));
                    }
                    // EBU Tech 3306, section 4.2: sizes of the file and of `data`, and the number
                    // of samples.
                    _ => {
                        chunks.long_data = number(8);
                        found.samples = number(16).filter(|&samples| samples > 0 && samples != u64::MAX);
                    }
                }
            }
            b"data" => found.data.push(place),
            b"LIST" if bytes.len() >= 4 => {
                let mut kind = [0; 4];
                if reader.peek(place.start, &mut kind)? && &kind == b"INFO" {
                    found.info.push(place.start + 4..place.end);
                }
            }
            b"id3 " | b"ID3 " | b"ID32" => found.id3.push(place),
            b"bext" => found.broadcast.push(place),
            _ => {}
        }
    }
    if chunks.is_broken() {
        content.damaged("the chunks of the RIFF file end with what is no chunk");
    }
    Ok(found)
}

/// Says what the audio is, and how long.
fn audio<S: ReadAt>(reader: &mut FileReader<S>, found: Found, content: &mut Content<'_>) -> io::Result<()> {
    let Found { format, samples, data, .. } = found;
    let bytes = data.iter().map(|piece| piece.end - piece.start).sum();
    let first = data.first().cloned();
    let first_is_missing = first.is_none();
    content.audio = Payload { pieces: data, ..Payload::default() };
    let Some(format) = format else {
        content.damaged("no chunk says what the audio is");
        return Ok(());
    };
    let mut codec = format.codec;
    if codec.is_some_and(|codec| codec.name == "pcm")
        && format.container_bits == 16
        && let Some(first) = &first
        && let Some(bytes) = reader.piece(first.start, SEARCH.min(first.end - first.start))?
        && codec::is_dts(bytes)
    {
        codec = Some(Codec { name: "dts", coding: Coding::Pcm });
    }
    content.properties = Properties {
        codec: codec.map(|codec| codec.name),
        duration: first.and_then(|_| format.length(bytes, samples)),
        is_estimate: false,
        bitrate: None,
        sample_rate: Some(format.sample_rate),
        channels: u8::try_from(format.channels).ok(),
        bit_depth: u8::try_from(format.bits).ok(),
    };
    if codec.is_some_and(|codec| codec.coding == Coding::Mpeg)
        && let Some(stream) = content.audio.largest()
        && mpeg(reader, stream, content)?
    {
        return Ok(());
    }
    if first_is_missing {
        content.damaged(SILENT);
    }
    let mean = content.properties.duration.and_then(|length: Duration| measure::bitrate(bytes, length));
    content.properties.bitrate = format.bitrate().or(mean);
    Ok(())
}

/// Says what the frames of MPEG audio say of themselves: their header has the length and the delay
/// of the encoder. Gives `false` where no frame is at the beginning.
fn mpeg<S: ReadAt>(reader: &mut FileReader<S>, stream: Range<u64>, content: &mut Content<'_>) -> io::Result<bool> {
    if mpeg::Frame::at(reader, stream.start, stream.end)?.is_none() {
        return Ok(false);
    }
    let whole = std::mem::replace(&mut content.start, stream.start)..std::mem::replace(&mut content.end, stream.end);
    let result = Mpeg::read(reader, content);
    (content.start, content.end) = (whole.start, whole.end);
    result.map(|()| true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::riff::chunks::tests::chunk;
    use crate::riff::format_chunk::tests::format;
    use crate::told::{self, Told};
    use crate::trial::{self, mpeg_frames};

    fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
        let chunks = chunks.concat();
        [b"RIFF".as_slice(), &(chunks.len() as u32 + 4).to_le_bytes(), b"WAVE", &chunks].concat()
    }

    fn wave(chunks: &[Vec<u8>]) -> Told {
        told::by::<Wave>(riff(chunks))
    }

    fn pcm() -> Vec<u8> {
        chunk(b"fmt ", &format(1, 4, 16, 176_400))
    }

    fn second() -> Vec<u8> {
        chunk(b"data", &[1; 176_400])
    }

    fn list(name: &[u8; 4], text: &[u8]) -> Vec<u8> {
        chunk(b"LIST", &[b"INFO".as_slice(), &chunk(name, text)].concat())
    }

    #[test]
    fn samples_are_counted_by_their_bytes() {
        let told = wave(&[pcm(), second()]);
        let Properties { codec, bitrate, sample_rate, channels, bit_depth, .. } = told.properties;
        assert_eq!((codec, bitrate, sample_rate), (Some("pcm"), Some(1411), Some(44_100)));
        assert_eq!((told.ms(), channels, bit_depth, told.damage.as_str()), (Some(1000), Some(2), Some(16), ""));
        assert_eq!(told.audio, Payload::plain(44..176_444));
    }

    #[test]
    fn other_codecs_have_their_names_and_lengths() {
        let fact = |samples: u32| chunk(b"fact", &samples.to_le_bytes());
        let extended = |tag, block, bits, rate, samples: u16| {
            chunk(b"fmt ", &[format(tag, block, bits, rate), vec![2, 0], samples.to_le_bytes().to_vec()].concat())
        };
        let data = |len: usize| chunk(b"data", &vec![1; len]);
        for (chunks, codec, ms, bits) in [
            (vec![extended(2, 2048, 4, 44_359, 2036), fact(88_200), data(88_718)], "adpcm_ms", 2000, 4),
            (vec![extended(0x11, 2048, 4, 44_359, 2041), data(2048 * 43)], "adpcm_ima_wav", 1990, 4),
            (vec![extended(7, 2, 8, 88_200, 0), data(88_200)], "pcm_mulaw", 1000, 8),
            (vec![extended(0x31, 65, 0, 8_957, 320), data(65 * 100)], "gsm_ms", 725, 0),
            (vec![extended(0x55, 1, 0, 16_000, 0), data(32_000)], "mp3", 2000, 0),
            (vec![extended(0x55, 1, 0, 16_000, 0), fact(44_100), data(32_000)], "mp3", 1000, 0),
            (vec![extended(0xff, 1, 16, 16_000, 0), data(32_000)], "aac", 2000, 0),
            (vec![extended(0x2001, 1, 0, 16_000, 0), data(32_000)], "dts", 2000, 0),
        ] {
            let told = wave(&chunks);
            assert_eq!((told.properties.codec, told.ms()), (Some(codec), Some(ms)), "{codec}");
            assert_eq!(told.track.bit_depth.unwrap_or(0), bits, "{codec}");
        }
        let unknown = wave(&[chunk(b"fmt ", &format(0x7777, 4, 16, 176_400)), second()]);
        assert_eq!((unknown.properties.codec, unknown.ms()), (None, Some(1000)));
    }

    #[test]
    fn dts_that_pretends_to_be_samples_is_dts() {
        let data = [&[0_u8; 100], [0xfe, 0x7f, 0x01, 0x80].as_slice(), &[9; 176_296]].concat();
        let told = wave(&[pcm(), chunk(b"data", &data)]);
        assert_eq!((told.properties.codec, told.ms()), (Some("dts"), Some(1000)));
    }

    #[test]
    fn sizes_of_64_bits_are_in_a_chunk_of_their_own() {
        let sizes = [0_u64, 176_400, 44_100].map(u64::to_le_bytes).concat();
        for mark in [b"RF64", b"BW64"] {
            let mut data = second();
            data[4..8].fill(0xff);
            let chunks = [chunk(b"ds64", &[sizes.clone(), vec![0; 4]].concat()), pcm(), data, list(b"INAM", b"one")];
            let mut bytes = riff(&chunks);
            bytes[..4].copy_from_slice(mark);
            let told = told::by::<Wave>(bytes);
            assert_eq!((told.ms(), told.title(), told.damage.as_str()), (Some(1000), "one", ""));
        }
    }

    #[test]
    fn the_other_order_of_bytes_is_read() {
        let chunk =
            |name: &[u8; 4], content: &[u8]| [name.as_slice(), &(content.len() as u32).to_be_bytes(), content].concat();
        let format = [0, 1, 0, 2, 0, 0, 0xac, 0x44, 0, 2, 0xb1, 0x10, 0, 4, 0, 16];
        let list = [b"INFO".as_slice(), &chunk(b"INAM", b"one\0")].concat();
        let chunks = [chunk(b"fmt ", &format), chunk(b"data", &[1; 176_400]), chunk(b"LIST", &list)].concat();
        let told = told::by::<Wave>([b"RIFX\0\0\0\0WAVE".as_slice(), &chunks].concat());
        assert_eq!((told.ms(), told.title()), (Some(1000), "one"));
    }

    #[test]
    fn frames_of_mp3_say_more_than_the_chunks() {
        let frames = chunk(b"data", &mpeg_frames(100));
        let told = wave(&[chunk(b"fmt ", &format(0x55, 1, 0, 4_000)), chunk(b"fact", &[1, 0, 0, 0]), frames]);
        let Properties { codec, bitrate, sample_rate, .. } = told.properties;
        assert_eq!((codec, bitrate, sample_rate), (Some("mp3"), Some(128), Some(44_100)));
        assert!(told.ms().unwrap().abs_diff(2_612) < 10);
        assert_eq!(told.audio, Payload::plain(56..41_756));
    }

    #[test]
    fn mp3_in_a_form_of_its_own_is_mp3() {
        let mut bytes = riff(&[chunk(b"data", &[1; 1000])]);
        bytes[8..12].copy_from_slice(b"RMP3");
        let told = told::by::<Wave>(bytes);
        assert_eq!((told.properties.codec, told.audio), (Some("mp3"), Payload::plain(20..1020)));
    }

    #[test]
    fn what_is_cut_off_is_named_and_the_rest_counts() {
        let whole = riff(&[pcm(), list(b"INAM", b"one"), second()]);
        let cut = told::by::<Wave>(whole[..whole.len() / 2].to_vec());
        assert_eq!((cut.title(), cut.properties.sample_rate), ("one", Some(44_100)));
        assert!(cut.damage.starts_with("the audio data says 176400 bytes, and ") && cut.ms().unwrap() < 510);
        let head = told::by::<Wave>(whole[..30].to_vec());
        assert!(head.damage.contains("no chunk says what the audio is") && head.ms().is_none());
        assert!(!told::by::<Wave>(whole[..9].to_vec()).damage.is_empty());
    }

    #[test]
    fn a_file_without_a_format_keeps_its_tags() {
        let told = wave(&[list(b"INAM", b"one"), second()]);
        assert_eq!((told.title(), told.ms()), ("one", None));
    }

    #[test]
    fn audio_of_no_bytes_has_no_length_and_is_no_damage() {
        let told = wave(&[pcm(), chunk(b"data", b""), list(b"INAM", b"one")]);
        assert_eq!((told.ms(), told.title(), told.damage.as_str()), (Some(0), "one", ""));
    }

    #[test]
    fn damaged_files_are_read_without_harm() {
        let sample = riff(&[pcm(), list(b"INAM", b"one"), chunk(b"data", &[1; 3_000]), list(b"IART", b"two")]);
        trial::survives(&sample);
    }

    #[test]
    fn a_large_file_is_read_at_both_ends_only() {
        let told = wave(&[pcm(), chunk(b"data", &[1; 1_000_000]), list(b"INAM", b"one")]);
        assert_eq!((told.title(), told.reads.len()), ("one", 2));
    }
}
