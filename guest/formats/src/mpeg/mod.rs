//! MPEG audio: frames of layers I, II and III, one behind the other.

mod encoder;
mod estimate;
mod frames;
mod header;

use std::io;
use std::time::Duration;

use crate::container::Format;
use crate::content::{Content, Properties, SILENT};
use crate::payload::Payload;
use crate::reader::{FileReader, ReadAt};

use encoder::EncoderHeader;
use estimate::Count;
pub(crate) use frames::Frame;

/// A stream of MPEG frames, with or without an encoder's header in the first.
pub(crate) struct Mpeg;

impl Format for Mpeg {
    fn read<S: ReadAt>(reader: &mut FileReader<S>, content: &mut Content<'_>) -> io::Result<()> {
        let (start, end) = (content.start, content.end);
        let Some(first) = Frame::at(reader, start, end)? else {
            content.damaged(SILENT);
            return Ok(());
        };
        content.audio = Payload::plain(start..end);
        let header = EncoderHeader::read(reader, &first)?;
        // The frame of an encoder's header is no audio, and may have another bit rate.
        let frame = match &header {
            Some(_) => first.next(reader, end)?.unwrap_or(first),
            None => first,
        };
        let there = end - start;
        content.properties = match header {
            Some(EncoderHeader { frames: Some(frames), bytes, is_constant, delay, padding }) => {
                let samples = frames.saturating_mul(frame.header.samples().into());
                let mean = bitrate(bytes.unwrap_or(there), samples, frame.header.sample_rate);
                let bitrate = if is_constant { None } else { mean };
                let played = samples.saturating_sub((delay + padding).into());
                let mut properties = of(&frame, played, bitrate);
                // As ffmpeg has it: a sixteenth less is more than a writer's mistake.
                if let Some(claimed) = bytes.filter(|&claimed| claimed > there + there / 16) {
                    content.damaged(format!("the audio says {claimed} bytes, and {there} are there"));
                    let rest = |length: Duration| length.mul_f64(there as f64 / claimed as f64);
                    properties.duration = properties.duration.map(rest);
                    properties.is_estimate = true;
                }
                properties
            }
            _ => without_header(reader, &frame, end)?,
        };
        Ok(())
    }
}

/// The properties of a stream that goes on from this frame to `end`, and has no header that counts its frames.
fn without_header<S: ReadAt>(reader: &mut FileReader<S>, frame: &Frame, end: u64) -> io::Result<Properties> {
    let (bytes, rate) = (end - frame.start, frame.header.sample_rate);
    let of_length = |bytes: u64, samples: u64| of(frame, samples, bitrate(bytes, samples, rate));
    Ok(match estimate::count(reader, frame, end)? {
        Count::Whole { samples, is_constant: true, .. } => of(frame, samples, None),
        Count::Whole { samples, bytes, .. } => of_length(bytes, samples),
        Count::Constant => {
            let per_second = u128::from(frame.bitrate()) * 1000;
            let samples = (u128::from(bytes) * 8 * u128::from(rate)).checked_div(per_second).unwrap_or(0);
            of(frame, samples as u64, None)
        }
        Count::Variable(density) => {
            Properties { is_estimate: true, ..of_length(bytes, (bytes as f64 * density) as u64) }
        }
    })
}

/// The properties of a stream with frames like this one, that is as long, and whose bit rate is that of the frame where
/// no other is known.
fn of(frame: &Frame, samples: u64, bitrate: Option<u32>) -> Properties {
    let header = &frame.header;
    Properties {
        codec: Some(header.codec()),
        duration: Some(length(samples, header.sample_rate)),
        bitrate: Some(bitrate.unwrap_or(frame.bitrate())),
        sample_rate: Some(header.sample_rate),
        channels: Some(header.channels),
        ..Properties::default()
    }
}

/// How long as many samples play.
fn length(samples: u64, sample_rate: u32) -> Duration {
    Duration::from_nanos((u128::from(samples) * 1_000_000_000 / u128::from(sample_rate)).min(u64::MAX.into()) as u64)
}

/// The mean bit rate in kbit/s, rounded to the nearest.
fn bitrate(bytes: u64, samples: u64, sample_rate: u32) -> Option<u32> {
    let bits = u128::from(bytes) * 8 * u128::from(sample_rate);
    let rate = (bits + u128::from(samples) * 500).checked_div(u128::from(samples) * 1000)?;
    u32::try_from(rate).ok()
}

#[cfg(test)]
mod tests;
