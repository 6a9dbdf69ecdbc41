//! What the audio is: file properties (section 3.2) and stream properties (section 3.3).

use std::io;
use std::ops::Range;
use std::time::Duration;

use super::guid;
use super::object::{Objects, beginning, u16_at, u32_at, u64_at};
use crate::content::Properties;
use crate::reader::{FileReader, ReadAt};
use crate::riff::{Coding, FormatChunk};

/// What the file properties object says.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct FileProperties {
    /// Until the last packet is played, in units of 100 ns, the preroll included.
    play_duration: u64,
    /// How long packets are buffered before they are played, in ms.
    preroll: u64,
    /// Whether it was written while it was broadcast: the other fields are not valid then.
    is_broadcast: bool,
    /// Of all streams together, in bit/s; all ones where it is not known.
    max_bitrate: u32,
}

impl FileProperties {
    /// Reads its content; 0 where that is cut off.
    pub fn of(bytes: &[u8]) -> Self {
        Self {
            play_duration: u64_at(bytes, 40).unwrap_or(0),
            preroll: u64_at(bytes, 56).unwrap_or(0),
            is_broadcast: u32_at(bytes, 64).is_some_and(|flags| flags & 1 != 0),
            max_bitrate: u32_at(bytes, 76).unwrap_or(0),
        }
    }

    /// How long the audio is; `None` where the file does not know.
    fn duration(&self) -> Option<Duration> {
        const UNITS_A_SECOND: u64 = 10_000_000;
        let Self { play_duration, preroll, is_broadcast, .. } = *self;
        let units = Some(play_duration).filter(|&units| units > 0 && !is_broadcast)?;
        let all = Duration::new(units / UNITS_A_SECOND, (units % UNITS_A_SECOND) as u32 * 100);
        Some(all.saturating_sub(Duration::from_millis(preroll)))
    }
}

/// The mean bit rates of streams (section 3.12).
#[derive(Debug, Default)]
pub(super) struct Bitrates(Vec<(u16, u32)>);

/// The most bytes of these that are read: there are at most 127 streams, of six bytes each.
pub(super) const BITRATES: u64 = 2 + 127 * 6;

impl Bitrates {
    /// Reads the content of a stream bitrate properties object.
    pub fn of(bytes: &[u8]) -> Self {
        let count = usize::from(u16_at(bytes, 0).unwrap_or(0));
        let records = bytes.get(2..).unwrap_or_default().as_chunks::<6>().0.iter().take(count);
        Self(records.filter_map(|record| Some((u16_at(record, 0)? & STREAM_NUMBER, u32_at(record, 2)?))).collect())
    }

    fn of_stream(&self, number: u16) -> Option<u32> {
        self.0.iter().find(|&&(stream, _)| stream == number).map(|&(_, rate)| rate)
    }
}

/// The bits of flags that number a stream.
const STREAM_NUMBER: u16 = 0x7f;

/// An audio stream.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stream {
    number: u16,
    format: FormatChunk,
    /// Bits a sample of WMA Lossless, by what it adds to the format.
    valid_bits: u16,
}

/// The most bytes of a stream properties object that are read: `WAVEFORMATEX` and what a codec adds
/// to it.
const STREAM: u64 = 256;
/// What an extended stream properties object has before its lists, and the most of it that is read.
const EXTENDED_FIELDS: u64 = 64;
const EXTENDED: u64 = 16 * 1024;

impl Stream {
    /// Reads the content of a stream properties object; `None` if it is no audio.
    pub fn read<S: ReadAt>(reader: &mut FileReader<S>, content: &Range<u64>) -> io::Result<Option<Self>> {
        let bytes = beginning(reader, content, STREAM)?;
        Ok(bytes
            .starts_with(&guid::AUDIO_MEDIA)
            .then(|| Self::of_format(u16_at(bytes, 48)? & STREAM_NUMBER, bytes.get(54..)?))
            .flatten())
    }

    /// Reads the stream properties object that an extended one may have at its end, behind lists of
    /// names and of payload extensions (section 4.1).
    pub fn read_extended<S: ReadAt>(reader: &mut FileReader<S>, content: &Range<u64>) -> io::Result<Option<Self>> {
        let bytes = beginning(reader, content, EXTENDED)?;
        let Some(len) = lists_len(bytes) else { return Ok(None) };
        let mut objects = Objects::within(content.start + len..content.end);
        match objects.next(reader)? {
            Some(object) if object.guid == guid::STREAM_PROPERTIES => Self::read(reader, &object.content),
            _ => Ok(None),
        }
    }

    /// Reads a `WAVEFORMATEX`, which begins what WMA adds to it with the number of valid bits.
    fn of_format(number: u16, bytes: &[u8]) -> Option<Self> {
        let has_valid_bits = u16_at(bytes, 16).is_some_and(|len| len >= 2);
        let valid_bits = u16_at(bytes, 18).filter(|_| has_valid_bits).unwrap_or(0);
        Some(Self { number, format: FormatChunk::of(bytes, false)?, valid_bits })
    }

    /// Bits a sample, of what keeps every bit.
    fn bit_depth(&self) -> Option<u8> {
        let codec = self.format.codec?;
        let bits = match (codec.name, codec.coding) {
            ("wmalossless", _) if self.valid_bits > 0 => self.valid_bits,
            ("wmalossless" | "flac", _) => self.format.container_bits,
            (_, Coding::Pcm) => self.format.bits,
            _ => return None,
        };
        u8::try_from(bits).ok()
    }
}

/// Bytes of an extended stream properties object up to the object at its end.
fn lists_len(bytes: &[u8]) -> Option<u64> {
    let (names, extensions) = (u16_at(bytes, 60)?, u16_at(bytes, 62)?);
    let mut at = EXTENDED_FIELDS as usize;
    for _ in 0..names {
        // A language, a size, a name.
        at += 4 + usize::from(u16_at(bytes, at + 2)?);
    }
    for _ in 0..extensions {
        // An identifier, the size of the data, a size, information.
        at = at.checked_add(22 + u32_at(bytes, at + 18)? as usize)?;
    }
    Some(at as u64)
}

/// The properties of a stream in a file with so many bytes of packets. A length that the file does
/// not know is estimated from them.
pub(super) fn of(file: &FileProperties, stream: Option<Stream>, bitrates: &Bitrates, packets: u64) -> Properties {
    let bitrate = stream.map_or(0, |stream| match stream.format.byte_rate {
        0 => bitrates.of_stream(stream.number).unwrap_or(0).into(),
        bytes => u64::from(bytes) * 8,
    });
    let total = if matches!(file.max_bitrate, 0 | u32::MAX) { bitrate } else { file.max_bitrate.into() };
    let known = file.duration();
    let estimate = || {
        let microseconds = (u128::from(packets) * 8_000_000).checked_div(total.into())?;
        (packets > 0).then_some(Duration::from_micros(u64::try_from(microseconds).ok()?))
    };
    let Some(stream) = stream else {
        return Properties { duration: known, ..Properties::default() };
    };
    Properties {
        codec: stream.format.codec.map(|codec| codec.name),
        duration: known.or_else(estimate),
        is_estimate: known.is_none(),
        bitrate: u32::try_from((bitrate + 500) / 1000).ok(),
        sample_rate: Some(stream.format.sample_rate),
        channels: u8::try_from(stream.format.channels).ok(),
        bit_depth: stream.bit_depth(),
    }
}
