//! Musepack: stream version 7 with a header, and version 8 with packets (the SV7 and SV8
//! specifications of musepack.net).

use std::io;

use crate::container::Format;
use crate::content::{Content, Properties, SILENT};
use crate::measure::{bitrate, length};
use crate::payload::Payload;
use crate::reader::{FileReader, ReadAt};

/// A Musepack file.
pub(crate) struct Musepack;

/// Sample rates in Hz by their index.
const SAMPLE_RATES: [u32; 4] = [44_100, 48_000, 37_800, 32_000];
/// Samples in a frame of version 7, and those that its decoder adds in front of the last.
const FRAME: u64 = 1152;
const ADDED: u64 = 576;
/// The most packets before the one that says what the audio is. It is the first of what encoders
/// write.
const MOST_PACKETS: usize = 16;

/// What a stream says.
struct Stream {
    samples: u64,
    sample_rate: u32,
    channels: u8,
}

impl Format for Musepack {
    fn read<S: ReadAt>(reader: &mut FileReader<S>, content: &mut Content<'_>) -> io::Result<()> {
        let (start, end) = (content.start, content.end);
        content.audio = Payload::plain(start..end);
        let mut mark = [0; 4];
        let is_8 = reader.peek(start, &mut mark)? && &mark == b"MPCK";
        let stream = if is_8 { version_8(reader, start + 4)? } else { version_7(reader, start)? };
        let Some(Stream { samples, sample_rate, channels }) = stream else {
            content.damaged(SILENT);
            return Ok(());
        };
        let duration = length(samples, sample_rate);
        content.properties = Properties {
            codec: Some("musepack"),
            duration,
            bitrate: duration.and_then(|duration| bitrate(end - start, duration)),
            sample_rate: Some(sample_rate),
            channels: Some(channels),
            ..Properties::default()
        };
        Ok(())
    }
}

fn version_7<S: ReadAt>(reader: &mut FileReader<S>, start: u64) -> io::Result<Option<Stream>> {
    let mut bytes = [0; 12];
    if !reader.peek(start, &mut bytes)? || bytes[3] & 15 != 7 {
        return Ok(None);
    }
    let number = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|step| bytes[at + step]));
    let samples = (u64::from(number(4)) * FRAME).saturating_sub(ADDED);
    Ok(Some(Stream { samples, sample_rate: SAMPLE_RATES[(number(8) >> 16 & 3) as usize], channels: 2 }))
}

/// Packets of two letters and a size, which counts these. `SH` says what the audio is.
fn version_8<S: ReadAt>(reader: &mut FileReader<S>, start: u64) -> io::Result<Option<Stream>> {
    let mut position = start;
    for _ in 0..MOST_PACKETS {
        let len = 32.min(reader.len().saturating_sub(position));
        let Some(bytes) = reader.piece(position, len)? else { break };
        let Some((key, rest)) = bytes.split_first_chunk::<2>() else { break };
        let Some((size, rest)) = number(rest) else { break };
        if key == b"SH" {
            return Ok(stream_header(rest));
        }
        if size < 3 {
            break;
        }
        position = position.saturating_add(size);
    }
    Ok(None)
}

/// A checksum and the version, the number of samples, those of silence in front, and two bytes of
/// bits.
fn stream_header(bytes: &[u8]) -> Option<Stream> {
    let (samples, rest) = number(bytes.get(5..)?)?;
    let (silence, rest) = number(rest)?;
    let (&[rate, channels], _) = rest.split_first_chunk::<2>()?;
    let sample_rate = *SAMPLE_RATES.get(usize::from(rate >> 5))?;
    Some(Stream { samples: samples.saturating_sub(silence), sample_rate, channels: (channels >> 4) + 1 })
}

/// A number in groups of seven bits, the last of which has no high bit.
fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for (at, &byte) in bytes.iter().enumerate().take(9) {
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, &bytes[at + 1..]));
        }
    }
    None
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::trial::{said, survives};

    fn sv7() -> Vec<u8> {
        [b"MP+\x17".as_slice(), &77_u32.to_le_bytes(), &(1_u32 << 16).to_le_bytes(), &[1; 2000]].concat()
    }

    fn sv8() -> Vec<u8> {
        // 96,000 samples, none of silence, 32 kHz, two channels.
        let header = [b"SH\x0f\0\0\0\0\x08".as_slice(), &[0x85, 0xee, 0x00, 0, 0x7d, 0x1a, 0]].concat();
        [b"MPCKRG\x05\0\0".as_slice(), &header, &[1; 2000]].concat()
    }

    #[test]
    fn both_versions_say_what_the_audio_is() {
        for (file, expected) in [(sv7(), (Some(1836), Some(48_000))), (sv8(), (Some(3000), Some(32_000)))] {
            let track = said(&file).track;
            assert_eq!((track.duration_ms, track.sample_rate), expected);
            assert_eq!((track.channels, track.format.as_deref()), (Some(2), Some("musepack")));
        }
    }

    /// Small files, one of each form.
    pub fn samples() -> Vec<Vec<u8>> {
        vec![sv7()[..300].to_vec(), sv8()[..300].to_vec()]
    }

    #[test]
    fn cut_and_mutated_files_are_survived() {
        samples().iter().for_each(|sample| survives(sample));
        assert_eq!(said(b"MPCKSH").damage, "no audio was found behind the tags");
    }
}
