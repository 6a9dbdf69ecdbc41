//! ADTS streams (ISO/IEC 14496-3, section 1.A.2.2): frames with a length each and nothing that says
//! how many there are; and ADIF files.
//!
//! Of a long stream frames are counted at several places, and the length is estimated from these.

mod adif;
pub(crate) mod frame;
mod run;

use std::io;
use std::ops::Range;

use crate::container::Format;
use crate::content::{Content, Properties, SILENT};
use crate::measure;
use crate::payload::Payload;
use crate::reader::{FileReader, ReadAt};
use adif::Adif;
use frame::Frame;
use run::Run;
pub(crate) use run::begins_row;

/// ADTS and ADIF.
pub(crate) struct Adts;

/// A stream of up to this many bytes is counted frame by frame.
const SHORT: u64 = 128 * 1024;
/// How much is counted at each place of a longer one, in bytes: one read.
const PLACE: u64 = 5 * 1024;
/// How much at the first and at the last place, in bytes: what was read already, to recognise the
/// file and to find tags.
const FIRST: u64 = 14 * 1024;
const LAST: u64 = 3584;
/// How many places behind the beginning, at equal distances; the last one is the end.
const PLACES: u64 = 3;

impl Format for Adts {
    fn read<S: ReadAt>(reader: &mut FileReader<S>, content: &mut Content<'_>) -> io::Result<()> {
        content.properties.codec = Some("aac");
        let start = content.start;
        let end = content.end.max(start);
        let mut header = [0; adif::LEN];
        let header = &mut header[..adif::LEN.min(usize::try_from(end - start).unwrap_or(adif::LEN))];
        if reader.peek(start, header)? && header.starts_with(adif::MARK) {
            adif(header, start..end, content);
            return Ok(());
        }
        let Some((first, model)) = run::next(reader, None, start, end)? else {
            content.damaged(SILENT);
            return Ok(());
        };
        let Measured { samples, pieces, has_junk, is_estimate } = measure(reader, &model, first..end)?;
        if has_junk {
            content.damaged("there is junk between the frames");
        }
        content.audio = Payload { pieces, ..Payload::default() };
        let duration = measure::length(samples, model.sample_rate);
        content.properties = Properties {
            codec: Some("aac"),
            duration,
            is_estimate,
            bitrate: duration.and_then(|length| measure::bitrate(content.audio.len(), length)),
            sample_rate: Some(model.sample_rate),
            channels: model.channels,
            bit_depth: None,
        };
        Ok(())
    }
}

/// What is known of a stream.
struct Measured {
    /// Samples of each channel.
    samples: u64,
    /// Where its frames are.
    pieces: Vec<Range<u64>>,
    /// Whether something else was between them.
    has_junk: bool,
    /// Whether not all frames were counted.
    is_estimate: bool,
}

/// Counts the frames of a stream, or some of them.
fn measure<S: ReadAt>(reader: &mut FileReader<S>, model: &Frame, stream: Range<u64>) -> io::Result<Measured> {
    let Range { start, end } = stream;
    if end - start <= SHORT {
        let Run { samples, pieces, has_junk, .. } = run::count(reader, model, stream, end)?;
        return Ok(Measured { samples, pieces, has_junk, is_estimate: false });
    }
    // Samples a byte are integrated over the stream by the trapezoidal rule.
    let (mut density, mut weights, mut has_junk) = (0.0, 0.0, false);
    for place in 0..=PLACES {
        let len = match place {
            0 => FIRST,
            PLACES => LAST,
            _ => PLACE,
        };
        let begin = start + (end - start - len) / PLACES * place;
        let run = run::count(reader, model, begin..begin + len, end)?;
        has_junk |= run.has_junk;
        if run.bytes > 0 {
            let weight = if place == 0 || place == PLACES { 0.5 } else { 1.0 };
            density += weight * run.samples as f64 / run.bytes as f64;
            weights += weight;
        }
    }
    let samples = ((end - start) as f64 * density / f64::max(weights, 0.5)) as u64;
    Ok(Measured { samples, pieces: vec![stream], has_junk, is_estimate: true })
}

/// Says what the header of an ADIF file says.
fn adif(header: &[u8], file: Range<u64>, content: &mut Content<'_>) {
    let Some(adif) = Adif::of(header) else {
        content.damaged("the header of the ADIF file is damaged");
        return;
    };
    // As if each bit were one of the rate, since nothing else tells the length.
    let duration = measure::length((file.end - file.start) * 8, adif.bitrate);
    content.properties = Properties {
        codec: Some("aac"),
        is_estimate: duration.is_some(),
        duration,
        bitrate: Some((adif.bitrate + 500) / 1000),
        sample_rate: adif.sample_rate,
        channels: adif.channels,
        bit_depth: None,
    };
    content.audio = Payload::plain(file);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::told::{self, Told};
    use crate::trial;
    use frame::tests::frame;

    fn stream(bytes: Vec<u8>) -> Told {
        told::by::<Adts>(bytes)
    }

    #[test]
    fn a_short_stream_is_counted_exactly() {
        let told = stream(frame(300).repeat(45));
        let Properties { codec, bitrate, sample_rate, channels, is_estimate, .. } = told.properties;
        assert_eq!((codec, bitrate, sample_rate, channels), (Some("aac"), Some(103), Some(44_100), Some(2)));
        assert_eq!((told.ms(), is_estimate, told.damage.as_str()), (Some(1044), false, ""));
        assert_eq!(told.audio, Payload::plain(0..13_500));
    }

    #[test]
    fn a_long_stream_is_estimated_from_several_places() {
        let told = stream(frame(400).repeat(10_000));
        assert!(told.ms().unwrap().abs_diff(232_200) < 10, "{:?}", told.ms());
        assert!(told.properties.is_estimate && told.reads.len() <= 5, "{:?}", told.reads);
        // The loud middle of a quiet recording: the beginning alone would say twice as much.
        let loud = [frame(200).repeat(2_000), frame(600).repeat(4_000), frame(200).repeat(2_000)].concat();
        let told = stream(loud);
        assert!(told.ms().unwrap().abs_diff(185_760) < 60_000, "{:?}", told.ms());
    }

    #[test]
    fn segments_of_a_live_stream_have_tags_between_them() {
        let tag = [b"ID3\x04\0\0\0\0\0\x14".as_slice(), &[7; 20]].concat();
        let told = stream([frame(300).repeat(20), tag, frame(300).repeat(25)].concat());
        assert_eq!((told.ms(), told.damage.as_str()), (Some(1044), ""));
        assert_eq!(told.audio.pieces, [0..6_000, 6_030..13_530]);
    }

    #[test]
    fn a_first_frame_is_found_behind_junk() {
        let told = stream([vec![0xff; 3_000], frame(300).repeat(45)].concat());
        assert_eq!((told.ms(), told.properties.channels), (Some(1044), Some(2)));
    }

    #[test]
    fn what_has_no_frame_has_no_length() {
        let told = stream(vec![0; 100]);
        assert_eq!((told.ms(), told.audio.is_empty()), (None, true));
    }

    #[test]
    fn an_adif_file_is_as_long_as_its_bit_rate_says() {
        let mut bytes = adif::tests::header(false);
        bytes.resize(16_000, 0x55);
        let told = stream(bytes);
        let Properties { codec, bitrate, sample_rate, channels, is_estimate, .. } = told.properties;
        assert_eq!((codec, bitrate, sample_rate, channels), (Some("aac"), Some(128), Some(44_100), Some(3)));
        assert_eq!((told.ms(), is_estimate), (Some(1000), true));
        assert!(!stream(adif::tests::header(false)[..9].to_vec()).damage.is_empty());
    }

    #[test]
    fn damaged_streams_are_read_without_harm() {
        trial::survives(&frame(300).repeat(30));
    }
}
