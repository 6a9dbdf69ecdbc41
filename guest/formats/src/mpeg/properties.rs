//! What a stream of frames is: by its encoder's header, or by the frames themselves.

use std::io;

use super::encoder::EncoderHeader;
use super::estimate::{self, Count};
use super::frames::Frame;
use crate::content::{Content, Properties};
use crate::measure;
use crate::reader::{FileReader, ReadAt};

/// By a header that tells the number of frames, with what is missing of them named. `frame` is the
/// first of the audio. As many bytes are there as `there` says, `before` of them in the header's
/// own frame: that one is no audio, and the bit rate is without it.
pub fn by_header(
    header: &EncoderHeader,
    frames: u64,
    frame: &Frame,
    there: u64,
    before: u64,
    content: &mut Content<'_>,
) -> Properties {
    let samples = frames.saturating_mul(frame.header.samples().into());
    let bytes = header.bytes.unwrap_or(there);
    let rate = if header.is_constant { None } else { bitrate(bytes.saturating_sub(before), samples, frame) };
    // The bytes are those of every frame; what is left out when they are played is taken off the
    // length only.
    let played = samples.saturating_sub((header.delay + header.padding).into());
    // The length is that of the whole all the same, as every player shows it. A sixteenth less is
    // more than a writer's mistake.
    if bytes > there + there / 16 {
        content.damaged(format!("the audio says {bytes} bytes, and {there} are there"));
    }
    of(frame, played, rate)
}

/// By the frames from this one to `end`.
pub fn by_frames<S: ReadAt>(reader: &mut FileReader<S>, frame: &Frame, end: u64) -> io::Result<Properties> {
    let bytes = end - frame.start;
    let with_mean = |bytes: u64, samples: u64| of(frame, samples, bitrate(bytes, samples, frame));
    Ok(match estimate::count(reader, frame, end)? {
        Count::Whole { samples, is_constant: true, .. } => of(frame, samples, None),
        Count::Whole { samples, bytes, .. } => with_mean(bytes, samples),
        Count::Constant => {
            let bits = u128::from(bytes) * 8 * u128::from(frame.header.sample_rate);
            let samples = bits.checked_div(u128::from(frame.bitrate()) * 1000).unwrap_or(0);
            of(frame, u64::try_from(samples).unwrap_or(u64::MAX), None)
        }
        Count::Variable(density) => {
            Properties { is_estimate: true, ..with_mean(bytes, (bytes as f64 * density) as u64) }
        }
    })
}

/// Of a stream with frames like this one, that is as long, and whose bit rate is that of the frame
/// where no other is known.
fn of(frame: &Frame, samples: u64, bitrate: Option<u32>) -> Properties {
    let header = &frame.header;
    Properties {
        codec: Some(header.codec()),
        duration: measure::length(samples, header.sample_rate),
        bitrate: Some(bitrate.unwrap_or(frame.bitrate())),
        sample_rate: Some(header.sample_rate),
        channels: Some(header.channels),
        ..Properties::default()
    }
}

/// The mean bit rate in kbit/s.
fn bitrate(bytes: u64, samples: u64, frame: &Frame) -> Option<u32> {
    measure::bitrate(bytes, measure::length(samples, frame.header.sample_rate)?)
}
