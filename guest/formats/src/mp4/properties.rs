//! What the audio of a movie is: its properties, from the sample description, the headers and the
//! media data.

use std::io;
use std::time::Duration;

use super::media::Media;
use super::movie::Movie;
use super::sample_entry::SampleEntry;
use super::time::Ticks;
use super::track::Track;
use crate::content::Properties;
use crate::reader::{FileReader, ReadAt};

/// The highest sample rate of an AAC core that is said to be half of what is played: SBR ends at 48
/// kHz.
const HIGHEST_CORE: u32 = 24_000;

/// The properties of an audio track.
pub(super) fn of<S: ReadAt>(
    reader: &mut FileReader<S>,
    movie: &Movie,
    track: &Track,
    media: &Media,
) -> io::Result<Properties> {
    let entry = track.entry.unwrap_or_default();
    let Length { played, coded, is_estimate } = Length::of(reader.len(), movie, track, media);
    Ok(Properties {
        codec: entry.codec,
        duration: Some(played),
        is_estimate,
        bitrate: bitrate(reader, movie, track, media, coded)?,
        sample_rate: Some(sample_rate(&entry, track.scale)),
        channels: Some(entry.channels),
        bit_depth: entry.bit_depth,
    })
}

/// The rate of what is played. Where AAC says nothing of spectral band replication, and the entry
/// and the time scale both have the double of its core's rate, there is some (implicit signalling:
/// ISO/IEC 14496-3, section 1.6.5.3).
fn sample_rate(entry: &SampleEntry, scale: u32) -> u32 {
    let SampleEntry { sample_rate, entry_rate, may_have_sbr, .. } = *entry;
    let is_doubled = may_have_sbr && sample_rate <= HIGHEST_CORE && [entry_rate, scale] == [sample_rate * 2; 2];
    if is_doubled { entry_rate } else { sample_rate }
}

/// How long the audio is.
struct Length {
    /// What is played of it.
    played: Duration,
    /// All that is coded, priming and padding too, in the part of the media that was looked at.
    coded: Duration,
    is_estimate: bool,
}

impl Length {
    /// Of a track in fragments: their sum, or where these are too many the length that the movie or
    /// an index states, or an estimate. Of others: by the track's own header and tables, then by
    /// the movie's. Nothing at all is 0.
    fn of(file_len: u64, movie: &Movie, track: &Track, media: &Media) -> Self {
        let seen = match track.sampled().saturating_add(media.fragmented) {
            ticks if media.is_fragmented() && ticks > 0 => Some(ticks),
            _ => track.media(),
        };
        let in_track = |count| Ticks { count, scale: track.scale };
        let Some((ticks, coded)) = seen.and_then(|ticks| Some((ticks, in_track(ticks).duration()?))) else {
            let stated = movie.length().and_then(|length| length.duration()).unwrap_or_default();
            return Self { played: stated, coded: stated, is_estimate: false };
        };
        let stated = || movie.fragmented_length().or(media.index)?.duration();
        let (played, is_estimate) = match media.is_partial {
            false => (track.played(ticks, movie.scale).duration(), false),
            true => match stated() {
                Some(stated) => (Some(stated), false),
                None => (in_track(track.sampled().saturating_add(media.estimate(file_len))).duration(), true),
            },
        };
        Self { played: played.unwrap_or(coded), coded, is_estimate }
    }
}

/// Bit rate of the audio track in kbit/s: by the format where that has a constant one, by the size
/// of its samples where these are all alike, by the media data where there is no other track, by
/// the table of sizes, by what the encoder wrote down.
fn bitrate<S: ReadAt>(
    reader: &mut FileReader<S>,
    movie: &Movie,
    track: &Track,
    media: &Media,
    coded: Duration,
) -> io::Result<Option<u32>> {
    let entry = track.entry.unwrap_or_default();
    if let (Some("pcm"), Some(depth)) = (entry.codec, entry.bit_depth) {
        let bits = u64::from(entry.sample_rate) * u64::from(entry.channels) * u64::from(depth);
        return Ok(Some(u32::try_from((bits + 500) / 1000).unwrap_or(u32::MAX)));
    }
    let stated = entry.bitrate.map(|rate| rate.saturating_add(500) / 1000);
    if entry.is_constant {
        return Ok(stated);
    }
    let bytes = match track.equal_bytes() {
        Some(bytes) => Some(bytes),
        None if movie.has_one_track() && !media.is_cut && !media.pieces.is_empty() => Some(media.bytes()),
        // A table that says more than the file has is damaged, unless the media data is cut off.
        None => track.bytes(reader)?.filter(|&bytes| media.is_cut || bytes <= reader.len()),
    };
    let by_size = bytes.filter(|&bytes| bytes > 0).and_then(|bytes| {
        let microseconds = coded.as_micros();
        // Bits a millisecond are kbit a second.
        let rate = (u128::from(bytes) * 8 * 1000 + microseconds / 2).checked_div(microseconds)?;
        u32::try_from(rate).ok()
    });
    Ok(by_size.or(stated))
}
