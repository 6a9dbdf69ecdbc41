//! Monkey's Audio: a header, and since version 3.98 a descriptor before it (the structures
//! `APE_DESCRIPTOR`, `APE_HEADER` and `APE_HEADER_OLD` of its SDK).

use std::io;

use crate::container::Format;
use crate::content::{Content, Properties, SILENT};
use crate::measure::{bitrate, length};
use crate::payload::Payload;
use crate::reader::{FileReader, ReadAt};

/// A file of Monkey's Audio.
pub(crate) struct MonkeysAudio;

/// The first version, in thousandths, with a descriptor.
const WITH_DESCRIPTOR: u16 = 3980;
/// Bytes of the old header from the beginning of the file, and of the new one.
const OLD: u64 = 32;
const NEW: u64 = 24;

/// What a header says.
struct Header {
    blocks_per_frame: u32,
    blocks_of_last: u32,
    frames: u32,
    bits: u16,
    channels: u16,
    sample_rate: u32,
}

impl Format for MonkeysAudio {
    fn read<S: ReadAt>(reader: &mut FileReader<S>, content: &mut Content<'_>) -> io::Result<()> {
        let (start, end) = (content.start, content.end);
        content.audio = Payload::plain(start..end);
        let Some(header) = header(reader, start)? else {
            content.damaged(SILENT);
            return Ok(());
        };
        let Header { blocks_per_frame, blocks_of_last, frames, bits, channels, sample_rate } = header;
        let samples = match frames {
            0 => 0,
            frames => u64::from(frames - 1) * u64::from(blocks_per_frame) + u64::from(blocks_of_last),
        };
        let duration = length(samples, sample_rate);
        content.properties = Properties {
            codec: Some("ape"),
            duration,
            bitrate: duration.and_then(|duration| bitrate(end - start, duration)),
            sample_rate: Some(sample_rate),
            channels: u8::try_from(channels).ok(),
            bit_depth: u8::try_from(bits).ok(),
            ..Properties::default()
        };
        Ok(())
    }
}

fn header<S: ReadAt>(reader: &mut FileReader<S>, start: u64) -> io::Result<Option<Header>> {
    let mut bytes = [0; OLD as usize];
    if !reader.peek(start, &mut bytes)? {
        return Ok(None);
    }
    let u16_of = |bytes: &[u8], at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
    let u32_of = |bytes: &[u8], at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|step| bytes[at + step]));
    let version = u16_of(&bytes, 4);
    if version >= WITH_DESCRIPTOR {
        let mut header = [0; NEW as usize];
        let at = start + u64::from(u32_of(&bytes, 8));
        return Ok(reader.peek(at, &mut header)?.then(|| Header {
            blocks_per_frame: u32_of(&header, 4),
            blocks_of_last: u32_of(&header, 8),
            frames: u32_of(&header, 12),
            bits: u16_of(&header, 16),
            channels: u16_of(&header, 18),
            sample_rate: u32_of(&header, 20),
        }));
    }
    let (compression, flags) = (u16_of(&bytes, 6), u16_of(&bytes, 8));
    /// The slowest compression of its time.
    const EXTRA_HIGH: u16 = 4000;
    Ok(Some(Header {
        blocks_per_frame: match version {
            3950.. => 4 * 73_728,
            3900.. => 73_728,
            3800.. if compression == EXTRA_HIGH => 73_728,
            _ => 9_216,
        },
        blocks_of_last: u32_of(&bytes, 28),
        frames: u32_of(&bytes, 24),
        bits: match flags & 9 {
            1 => 8,
            8 => 24,
            _ => 16,
        },
        channels: u16_of(&bytes, 10),
        sample_rate: u32_of(&bytes, 12),
    }))
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::trial::{said, survives};

    fn new() -> Vec<u8> {
        let descriptor = [b"MAC \x96\x0f\0\0".as_slice(), &52_u32.to_le_bytes(), &[0; 40]].concat();
        let numbers = [73_728, 14_472, 2].map(u32::to_le_bytes).concat();
        [&descriptor, &[0; 4][..], &numbers, &[16, 0, 2, 0], &44_100_u32.to_le_bytes(), &[1; 3000]].concat()
    }

    fn old(version: u16, compression: u16, flags: u16) -> Vec<u8> {
        let start = [b"MAC ".as_slice(), &[version, compression, flags, 1].map(u16::to_le_bytes).concat()].concat();
        let numbers = [44_100_u32, 0, 0, 3, 100].map(u32::to_le_bytes).concat();
        [start, numbers, vec![1; 3000]].concat()
    }

    #[test]
    fn headers_of_every_age_say_what_the_audio_is() {
        for (file, expected) in [
            (new(), (Some(2000), Some(44_100), Some(2), Some(16))),
            (old(3950, 2000, 0), (Some(13_377), Some(44_100), Some(1), Some(16))),
            (old(3910, 2000, 8), (Some(3_346), Some(44_100), Some(1), Some(24))),
            (old(3810, 4000, 1), (Some(3_346), Some(44_100), Some(1), Some(8))),
            (old(3700, 2000, 0), (Some(420), Some(44_100), Some(1), Some(16))),
        ] {
            let track = said(&file).track;
            assert_eq!((track.duration_ms, track.sample_rate, track.channels, track.bit_depth), expected);
            assert_eq!((track.format.as_deref(), track.codec.as_deref()), (Some("ape"), Some("ape")));
        }
    }

    /// Small files, one of each form.
    pub fn samples() -> Vec<Vec<u8>> {
        vec![new()[..400].to_vec(), old(3910, 2000, 0)[..400].to_vec()]
    }

    #[test]
    fn cut_and_mutated_files_are_survived() {
        samples().iter().for_each(|sample| survives(sample));
        assert_eq!(said(b"MAC \x96\x0f").damage, "no audio was found behind the tags");
    }
}
