//! What the audio is.

use super::*;
use crate::payload::Payload;

#[test]
fn the_preroll_is_no_part_of_the_length() {
    let told = read(tagged(&[]));
    assert_eq!((told.ms(), told.damage.as_str()), (Some(2000), ""));
    assert!(!told.properties.is_estimate);
    let short = read(file(&[file_properties(20_000_000, 3000, 2), audio(Wave::default())]));
    assert_eq!(short.ms(), Some(0));
}

#[test]
fn a_length_that_a_broadcast_could_not_know_is_estimated() {
    for properties in [file_properties(50_000_000, 0, 1), file_properties(0, 0, 2)] {
        let told = read(file(&[properties, audio(Wave::default())]));
        // 8,000 bytes at 128 kbit/s.
        assert_eq!((told.ms(), told.properties.is_estimate), (Some(500), true));
    }
    assert_eq!(read(file(&[audio(Wave { byte_rate: 0, ..Wave::default() })])).ms(), None);
}

/// Codec, bit rate, rate, channels and depth.
type Described = (Option<&'static str>, Option<u32>, Option<u32>, Option<u8>, Option<u8>);

fn properties(wave: Wave) -> Described {
    let properties = read(file(&[file_properties(50_000_000, 3000, 2), audio(wave)])).properties;
    let crate::content::Properties { codec, bitrate, sample_rate, channels, bit_depth, .. } = properties;
    (codec, bitrate, sample_rate, channels, bit_depth)
}

#[test]
fn codecs_are_told_by_their_format_tags() {
    let wave = Wave::default();
    assert_eq!(properties(wave.clone()), (Some("wmav2"), Some(128), Some(44_100), Some(2), None));
    for (tag, codec) in [(0x0160, "wmav1"), (0x0162, "wmapro"), (0x000a, "wmavoice"), (0x0055, "mp3")] {
        assert_eq!(properties(Wave { tag, ..wave.clone() }), (Some(codec), Some(128), Some(44_100), Some(2), None));
    }
    assert_eq!(properties(Wave { tag: 0x9999, ..wave }).0, None);
}

#[test]
fn what_is_lossless_has_a_depth() {
    let wave = Wave { tag: 0x0163, channels: 6, rate: 96_000, byte_rate: 400_000, bits: 24, extra: vec![] };
    let expected = |depth| (Some("wmalossless"), Some(3200), Some(96_000), Some(6), Some(depth));
    assert_eq!(properties(wave.clone()), expected(24));
    let extra = [vec![20, 0], vec![0; 16]].concat();
    assert_eq!(properties(Wave { extra, ..wave.clone() }), expected(20));
    assert_eq!(properties(Wave { tag: 1, ..wave.clone() }).4, Some(24));
    // Extensible: 20 valid bits, speakers, the identifier of PCM.
    let guid_end = b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71";
    let extra = [&[20, 0, 3, 0, 0, 0, 1, 0], &guid_end[..]].concat();
    assert_eq!(properties(Wave { tag: 0xfffe, extra, ..wave }).4, Some(20));
}

#[test]
fn the_first_audio_stream_counts_wherever_it_is_described() {
    let other = stream(&[7; 16], &Wave { rate: 1, ..Wave::default() });
    let second = audio(Wave { rate: 8000, ..Wave::default() });
    let told = read(file(&[file_properties(50_000_000, 3000, 2), other.clone(), audio(Wave::default()), second]));
    assert_eq!(told.properties.sample_rate, Some(44_100));
    // Inside of extended stream properties, behind a name and a payload extension.
    let mut fields = vec![0; 64];
    (fields[60], fields[62]) = (1, 1);
    let name = [&[0, 0, 4, 0][..], &wide("A")].concat();
    let payload_extension = [&[0; 18], &2_u32.to_le_bytes()[..], &[1, 2]].concat();
    let content = [fields, name, payload_extension, audio(Wave::default())].concat();
    let described = extension(&[object(&guid::EXTENDED_STREAM_PROPERTIES, &content)]);
    let told = read(file(&[file_properties(50_000_000, 3000, 2), other, described]));
    assert_eq!((told.properties.codec, told.damage.as_str()), (Some("wmav2"), ""));
}

#[test]
fn a_rate_that_the_format_does_not_say_is_listed() {
    let rates = object(&guid::STREAM_BITRATE_PROPERTIES, &[2, 0, 2, 0, 9, 9, 0, 0, 1, 0, 0, 0xfa, 0, 0]);
    let wave = Wave { byte_rate: 0, ..Wave::default() };
    assert_eq!(read(file(&[audio(wave), rates])).properties.bitrate, Some(64));
}

#[test]
fn packets_are_the_audio() {
    let bytes = tagged(&[]);
    let end = bytes.len() as u64;
    let told = read([bytes, vec![9; 100]].concat());
    assert_eq!(told.audio, Payload::plain(end - 8000..end));
}

#[test]
fn protected_audio_is_named_and_its_tags_are_read() {
    let encryption = [guid::CONTENT_ENCRYPTION, guid::EXTENDED_CONTENT_ENCRYPTION, guid::ADVANCED_CONTENT_ENCRYPTION];
    for guid in encryption {
        let told = read(tagged(&[object(&guid, &[0; 32]), description(["Title", "", "", "", ""])]));
        assert_eq!((told.title(), told.ms(), told.properties.codec), ("Title", Some(2000), Some("wmav2")));
        assert_eq!((told.protection, told.damage.as_str()), (Some("Windows Media DRM"), ""));
    }
}

#[test]
fn a_file_without_audio_keeps_its_tags() {
    let told = read(file(&[file_properties(50_000_000, 3000, 2), description(["Title", "", "", "", ""])]));
    assert_eq!((told.title(), told.ms(), told.damage.as_str()), ("Title", Some(2000), "the file has no audio stream"));
}
