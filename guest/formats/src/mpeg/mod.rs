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
use estimate::Rate;
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
            _ => {
                let Rate { samples, bytes, is_constant, is_whole } = estimate::rate(reader, &frame, end)?;
                let from_here = u128::from(end - frame.start);
                let per_second = u128::from(frame.header.bitrate) * 1000 / 8;
                let all = if is_whole {
                    samples
                } else if is_constant && per_second > 0 {
                    (from_here * u128::from(frame.header.sample_rate) / per_second) as u64
                } else {
                    (u128::from(samples) * from_here / u128::from(bytes.max(1))) as u64
                };
                let bitrate = if is_constant { None } else { bitrate(bytes, samples, frame.header.sample_rate) };
                Properties { is_estimate: !is_whole && !is_constant, ..of(&frame, all, bitrate) }
            }
        };
        Ok(())
    }
}

/// The properties of a stream with frames like this one, that is as long, and whose bit rate is that of the frame where
/// no other is known.
fn of(frame: &Frame, samples: u64, bitrate: Option<u32>) -> Properties {
    let header = &frame.header;
    let own = if header.bitrate > 0 { header.bitrate } else { header.bitrate_of_len(frame.len) };
    Properties {
        codec: Some(header.codec()),
        duration: Some(length(samples, header.sample_rate)),
        bitrate: Some(bitrate.unwrap_or(own)),
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
