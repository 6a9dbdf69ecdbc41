//! What is said of audio that was decoded.

use std::ops::Range;

use mt_scanner_formats::structure::{AdtsFrame, MpegHeader};
use serde_json::Value;

use super::*;
use crate::analysis::Request;
use crate::checksum::OGG;
use crate::drill::{fixtures, report};
use crate::report::Depth;

fn fixture(name: &str) -> Vec<u8> {
    fixtures().into_iter().find(|(fixture, _)| fixture == name).unwrap().1
}

fn decoded(name: &str, bytes: &[u8]) -> Value {
    report(name, bytes, Request { depth: Some(Depth::Audio), ..Request::default() })
}

/// The first track of audio and its packets; `None` where nothing reads it.
pub fn packets(source: Source, place: Place) -> Option<(AudioCodecParameters, Vec<Vec<u8>>)> {
    let section = Section::new(source, place, Arc::default());
    let stream = MediaSourceStream::new(Box::new(section), Default::default());
    let mut reader = open(place.container?, stream).ok()?;
    let (track, parameters) = track(reader.as_ref()).ok()?;
    let (track, parameters) = (track.id, parameters.clone());
    let mut packets = Vec::new();
    while let Ok(Some(packet)) = reader.next_packet() {
        if packet.track_id == track {
            packets.push(packet.data.to_vec());
        }
    }
    Some((parameters, packets))
}

/// The frames of an MPEG stream.
fn frames(bytes: &[u8]) -> Vec<&[u8]> {
    let mut rest = bytes;
    let mut frames = Vec::new();
    while let Some(len) = rest.first_chunk().and_then(|head| MpegHeader::parse(*head)?.frame_len()) {
        let (frame, behind) = rest.split_at(len as usize);
        frames.push(frame);
        rest = behind;
    }
    frames
}

/// Where the pages of Ogg lie.
fn pages(bytes: &[u8]) -> Vec<Range<usize>> {
    let starts: Vec<usize> = memchr::memmem::find_iter(bytes, b"OggS").collect();
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

fn renew_checksum(page: &mut [u8]) {
    page[22..26].fill(0);
    let sum = OGG.checksum(page);
    page[22..26].copy_from_slice(&sum.to_le_bytes());
}

/// Samples of each channel that an Opus file says it has: the last granule position without the
/// pre-skip.
fn said_samples(bytes: &[u8]) -> u64 {
    let last = pages(bytes).pop().unwrap().start;
    let head = memchr::memmem::find(bytes, b"OpusHead").unwrap();
    let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    number(last + 6) - (number(head + 10) & 0xffff)
}

#[test]
fn rows_at_full_scale_are_counted_over_packets_and_by_channel() {
    let (mut rows, mut clipped) = (vec![0; 2], 0);
    count_clipped(&[1.0, 0.0, 1.0, 0.5], &mut rows, &mut clipped);
    assert_eq!(clipped, 0);
    count_clipped(&[-1.0, 1.0, 1.0, 1.0, 0.0, 0.0], &mut rows, &mut clipped);
    assert_eq!((clipped, rows.as_slice()), (4, &[0, 0][..]));
}

#[test]
fn the_peak_is_the_highest_sample_wherever_it_is() {
    assert_eq!(peak(&[]), 0.0);
    for len in [1, 15, 16, 17, 100] {
        for at in 0..len {
            let mut samples = vec![0.25; len];
            samples[at] = -0.75;
            assert_eq!(peak(&samples), 0.75, "{at} of {len}");
        }
    }
    assert_eq!(peak(&[f32::NAN, 0.5]), 0.5);
}

#[test]
fn opus_has_as_many_samples_as_its_last_page_says() {
    for (name, channels) in [("opus-mono.opus", 1), ("opus-r128.opus", 2), ("ogg-opus.ogg", 2)] {
        let bytes = fixture(name);
        let report = decoded(name, &bytes);
        let audio = &report["audio"];
        assert_eq!(audio["samples"], said_samples(&bytes), "{report}");
        assert_eq!((&audio["sample_rate"], &audio["channels"]), (&48_000.into(), &channels.into()));
        assert!(audio["peak"].as_f64().unwrap() > 0.05 && report["findings"] == Value::Array(vec![]), "{report}");
    }
}

#[test]
fn chained_streams_are_decoded_one_behind_the_other() {
    for name in ["ogg-vorbis.ogg", "opus-mono.opus"] {
        let one = fixture(name);
        // Of all that chained files are, only the serial number differs.
        let mut other = one.clone();
        for page in pages(&one) {
            other[page.start + 14] ^= 1;
            renew_checksum(&mut other[page]);
        }
        let (alone, both) = (decoded(name, &one), decoded(name, &[one, other].concat()));
        assert_eq!(both["audio"]["samples"], 2 * alone["audio"]["samples"].as_u64().unwrap(), "{both}");
        assert_eq!((&both["verdict"], &both["findings"]), (&"intact".into(), &Value::Array(vec![])));
    }
}

#[test]
fn a_malformed_packet_of_opus_is_told_with_its_place_and_time() {
    let mut bytes = fixture("opus-r128.opus");
    let page = pages(&bytes).into_iter().nth(2).unwrap();
    let lacing = usize::from(bytes[page.start + 26]);
    let sizes: Vec<usize> = bytes[page.start + 27..][..lacing].iter().map(|&size| size.into()).collect();
    // The thirtieth packet, at 0.6 s: as many frames as one byte says, which are none.
    let at = page.start + 27 + lacing + sizes[..30].iter().sum::<usize>();
    assert!(sizes[..31].iter().all(|&size| size < 255));
    bytes[at] |= 3;
    bytes[at + 1] = 0;
    renew_checksum(&mut bytes[page.clone()]);
    let name = "a.opus";
    assert_eq!(report(name, &bytes, Request { depth: Some(Depth::Stream), ..Request::default() })["verdict"], "intact");
    let report = decoded(name, &bytes);
    assert_eq!((&report["verdict"], &report["proof"]), (&"damaged".into(), &"checksums".into()), "{report}");
    let finding = &report["findings"][0];
    assert_eq!((&finding["kind"], &finding["position"]), (&"decode".into(), &page.start.into()), "{report}");
    assert!((580..=600).contains(&finding["position_ms"].as_u64().unwrap()), "{report}");
}

#[test]
fn where_there_is_no_decoder_codes_are_followed_all_the_same() {
    let one = fixture("aac-adts.aac");
    // The number of channels stands in the header of each frame, and three are not decoded.
    let mut bytes = one.repeat(4);
    let mut at = 0;
    while let Some(frame) = bytes.get(at..).and_then(|rest| AdtsFrame::of(rest.first_chunk()?)) {
        bytes[at + 3] |= 0x40;
        at += frame.len as usize;
    }
    let intact = decoded("a.aac", &bytes);
    assert_eq!((&intact["verdict"], &intact["proof"]), (&"unchecked".into(), &"structure".into()), "{intact}");
    assert_eq!((&intact["findings"][0]["kind"], &intact["audio"]), (&"no-decoder".into(), &Value::Null), "{intact}");
    let found = (0..20).filter(|trial| {
        let mut changed = bytes.clone();
        changed[bytes.len() / 2 + 37 * trial] ^= 0x5a;
        let report = decoded("a.aac", &changed);
        let finding = &report["findings"][0];
        let is_near = finding["position_ms"].as_u64().is_some_and(|ms| (1900..2600).contains(&ms));
        report["verdict"] == "damaged" && finding["kind"] == "decode" && is_near
    });
    assert!(found.count() >= 8);
}

#[test]
fn a_stream_whose_rates_fall_is_decoded_to_its_end_without_an_encoders_header() {
    let bytes = fixture("mp3-vbr.mp3");
    let start = memchr::memmem::find(&bytes, b"\xff\xfb").unwrap();
    let mut frames = frames(&bytes[start..]);
    // Without the header, and with the longest frame in front.
    frames.remove(0);
    let longest = *frames.iter().max_by_key(|frame| frame.len()).unwrap();
    let stream = [vec![longest; 40], frames].concat();
    let report = decoded("a.mp3", &stream.concat());
    assert_eq!(report["audio"]["samples"], stream.len() * 1152, "{report}");
    assert!(report["findings"].as_array().unwrap().iter().all(|finding| finding["kind"] != "length"), "{report}");
}
