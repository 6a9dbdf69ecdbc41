//! WavPack (WavPack 4 & 5 Binary File / Block Format): blocks that each say what the audio is.

use std::io;

use crate::container::Format;
use crate::content::{Content, Properties, SILENT};
use crate::measure::{bitrate, length};
use crate::payload::Payload;
use crate::reader::{FileReader, ReadAt};

/// A WavPack file.
pub(crate) struct WavPack;

/// Bytes of a block's header.
const HEADER: u64 = 32;
/// The most parts of a block that are looked at. Those that are of interest stand before the audio.
const MOST_PARTS: usize = 32;
/// Parts of a block, whose highest bits say how their size is written: the channels; DSD, of which
/// the first byte is a power of two; a sample rate that has no index.
const CHANNELS: u8 = 0x0d;
const DSD: u8 = 0x0e;
const SAMPLE_RATE: u8 = 0x27;
const PART: u8 = 0x3f;
const IS_LARGE: u8 = 0x80;

/// Sample rates in Hz by their index; a part of the block has others.
const SAMPLE_RATES: [u32; 15] = [
    6_000, 8_000, 9_600, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 88_200, 96_000,
    192_000,
];

impl Format for WavPack {
    fn read<S: ReadAt>(reader: &mut FileReader<S>, content: &mut Content<'_>) -> io::Result<()> {
        let (start, end) = (content.start, content.end);
        content.audio = Payload::plain(start..end);
        let mut header = [0; HEADER as usize];
        if !reader.peek(start, &mut header)? {
            content.damaged(SILENT);
            return Ok(());
        }
        let number = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|step| header[at + step]));
        let (size, flags) = (u64::from(number(4)) + 8, number(24));
        let mut sample_rate = SAMPLE_RATES.get((flags >> 23 & 15) as usize).copied();
        let mut channels = if flags & 4 != 0 { 1 } else { 2 };
        let mut bit_depth = ((flags & 3) + 1) as u8 * 8 - (flags >> 13 & 7) as u8;
        let mut dsd_power = 0;
        parts(reader, start + HEADER, start.saturating_add(size).min(end), |part, bytes| match (part, bytes) {
            (CHANNELS, [count, ..]) => channels = *count,
            // Eight samples of one bit are counted as one.
            (DSD, [power, ..]) => (dsd_power, bit_depth) = (*power, 1),
            (SAMPLE_RATE, [low, middle, high, ..]) => sample_rate = Some(u32::from_le_bytes([*low, *middle, *high, 0])),
            _ => {}
        })?;
        sample_rate = sample_rate.and_then(|rate| rate.checked_shl(dsd_power.into()));
        let (low, high) = (number(12), u64::from(header[11]));
        // All ones in the lower half are a number that was not known; the upper half counts such
        // halves less one.
        let samples = match low {
            u32::MAX => by_last_block(reader, start, end)?,
            low => Some((high << 32) + u64::from(low) - high),
        };
        let duration = samples.zip(sample_rate).and_then(|(samples, rate)| length(samples, rate));
        content.properties = Properties {
            codec: Some("wavpack"),
            duration,
            bitrate: duration.and_then(|duration| bitrate(end - start, duration)),
            sample_rate,
            channels: Some(channels),
            bit_depth: Some(bit_depth),
            ..Properties::default()
        };
        Ok(())
    }
}

/// The number of samples up to the end of the last block, if that is near the end of the file.
fn by_last_block<S: ReadAt>(reader: &mut FileReader<S>, start: u64, end: u64) -> io::Result<Option<u64>> {
    /// A block is half a second of audio or a second.
    const REACH: u64 = 256 * 1024;
    let len = REACH.min(end - start);
    let Some(bytes) = reader.piece(end - len, len)? else { return Ok(None) };
    let mut before = bytes;
    while let Some(at) = memchr::memmem::rfind(before, b"wvpk") {
        if let Some(header) = bytes[at..].first_chunk::<{ HEADER as usize }>() {
            let number = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|step| header[at + step]));
            return Ok(Some(u64::from(number(16)) + u64::from(number(20))));
        }
        before = &bytes[..at];
    }
    Ok(None)
}

/// Hands out the first bytes of the parts of a block, with their identifiers.
fn parts<S: ReadAt>(
    reader: &mut FileReader<S>,
    mut position: u64,
    end: u64,
    mut each: impl FnMut(u8, &[u8]),
) -> io::Result<()> {
    const SHORT: u64 = 16;
    for _ in 0..MOST_PARTS {
        let mut head = [0; 4];
        let head = &mut head[..4.min(end.saturating_sub(position)) as usize];
        if head.len() < 2 || !reader.peek(position, head)? {
            break;
        }
        // Sizes are in words of two bytes.
        let (words, start) = match head {
            [id, a, b, c] if *id & IS_LARGE != 0 => (u32::from_le_bytes([*a, *b, *c, 0]), position + 4),
            [_, words, ..] => (u32::from(*words), position + 2),
            _ => break,
        };
        let id = head[0] & PART;
        let len = u64::from(words) * 2;
        position = start + len;
        let piece = reader.piece(start, SHORT.min(len).min(end.saturating_sub(start)))?;
        each(id, piece.unwrap_or_default());
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::trial::{said, survives};

    /// A file of one block.
    pub fn file(samples: u32, high: u8, flags: u32, parts: &[u8]) -> Vec<u8> {
        let size = (24 + parts.len() + 1000) as u32;
        let numbers = [samples, 0, 44_100, flags, 0].map(u32::to_le_bytes).concat();
        [b"wvpk".as_slice(), &size.to_le_bytes(), &[0x10, 4, 0, high], &numbers, parts, &[1; 1000]].concat()
    }

    /// 16 bits, stereo, 44.1 kHz.
    const CD: u32 = 1 | 9 << 23;

    #[test]
    fn the_first_block_says_what_the_audio_is() {
        for (file, expected) in [
            (file(88_200, 0, CD, &[]), (Some(2000), Some(44_100), Some(2), Some(16))),
            (file(88_200, 0, 4 | 2 | 14 << 23, &[]), (Some(459), Some(192_000), Some(1), Some(24))),
            (file(10, 0, CD | 15 << 23, &[0x27, 2, 0x10, 0x27, 0, 0]), (Some(1), Some(10_000), Some(2), Some(16))),
            (file(44_100, 0, CD, &[0x0d, 1, 6, 0x3f]), (Some(1000), Some(44_100), Some(6), Some(16))),
            (file(u32::MAX, 0, CD, &[]), (Some(1000), Some(44_100), Some(2), Some(16))),
            (file(44_100, 0, CD, &[0x0e, 1, 2, 0]), (Some(250), Some(176_400), Some(2), Some(1))),
        ] {
            let track = said(&file).track;
            assert_eq!((track.duration_ms, track.sample_rate, track.channels, track.bit_depth), expected);
            assert_eq!((track.format.as_deref(), track.codec.as_deref()), (Some("wavpack"), Some("wavpack")));
        }
    }

    #[test]
    fn tags_behind_it_count_before_those_in_front() {
        let ape = crate::tags::ape_with(&[("Title", b"behind")]);
        let id3 = crate::id3v2::tests::tag(3, &[("TIT2", b"\0in front"), ("TALB", b"\0album")]);
        let bare = said(&file(88_200, 0, CD, &[])).track;
        let track = said(&[id3, file(88_200, 0, CD, &[]), ape].concat()).track;
        assert_eq!((track.title.as_deref(), track.album.as_deref()), (Some("behind"), Some("album")));
        assert_eq!(
            (track.duration_ms, track.bitrate, track.audio_key),
            (bare.duration_ms, bare.bitrate, bare.audio_key)
        );
    }

    /// Small files, one of each form.
    pub fn samples() -> Vec<Vec<u8>> {
        vec![file(10, 0, CD, &[0x27, 2, 0x10, 0x27, 0, 0, 0x8d, 1, 0, 0, 6, 0x3f])]
    }

    #[test]
    fn cut_and_mutated_files_are_survived() {
        samples().iter().for_each(|sample| survives(sample));
    }
}
