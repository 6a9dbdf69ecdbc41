//! Streams with and without an encoder's header.

use mt_scanner_contract::Track;

use crate::trial::{Said, said, survives};

/// A frame of MPEG 1 layer III, 44.1 kHz, stereo, with a bit rate of this index.
fn frame(index: u8) -> Vec<u8> {
    const RATES: [usize; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    let mut frame = vec![0xff, 0xfb, index << 4, 0x44];
    frame.resize(144 * RATES[usize::from(index)] * 10 / 441, 0x55);
    frame
}

/// 128 kbit/s.
const USUAL: u8 = 9;

/// A frame with an encoder's header: of how many frames and bytes it tells, and delay and padding.
fn xing(mark: &[u8; 4], frames: u32, bytes: u32, delay: u32, padding: u32) -> Vec<u8> {
    let mut first = frame(USUAL);
    let both = (delay << 12 | padding).to_be_bytes();
    let lame = [b"LAME3.100".as_slice(), &[0; 12], &both[1..], &[0; 12]].concat();
    let header =
        [mark.as_slice(), &[0, 0, 0, 0xf], &frames.to_be_bytes(), &bytes.to_be_bytes(), &[0; 104], &lame].concat();
    first[36..36 + header.len()].copy_from_slice(&header);
    first
}

/// Length in ms, bit rate, sample rate, channels and codec.
type Properties<'t> = (Option<u64>, Option<u32>, Option<u32>, Option<u8>, Option<&'t str>);

fn properties(track: &Track) -> Properties<'_> {
    (track.duration_ms, track.bitrate, track.sample_rate, track.channels, track.codec.as_deref())
}

fn length(said: &Said) -> u64 {
    said.track.duration_ms.unwrap()
}

#[test]
fn an_encoder_tells_frames_bytes_delay_and_padding() {
    let frames = frame(USUAL).repeat(40);
    // 40 frames of 1152 samples less 576 and 1404 are one second.
    let constant = said(&[xing(b"Info", 40, 17_097, 576, 1404), frames.clone()].concat());
    assert_eq!(properties(&constant.track), (Some(1000), Some(128), Some(44_100), Some(2), Some("mp3")));
    let variable = said(&[xing(b"Xing", 40, 17_097, 0, 0), frames.clone()].concat());
    assert_eq!(properties(&variable.track), (Some(1045), Some(128), Some(44_100), Some(2), Some("mp3")));
    assert_eq!(variable.damage, "");
    let mut vbri = frame(USUAL);
    let header = [b"VBRI\0\x01\0\0\0\x4b".as_slice(), &17_097_u32.to_be_bytes(), &40_u32.to_be_bytes()].concat();
    vbri[36..36 + header.len()].copy_from_slice(&header);
    assert_eq!(properties(&said(&[vbri, frames].concat()).track), properties(&variable.track));
}

#[test]
fn an_encoder_tells_its_name_and_how_loud_its_input_was() {
    let with = |peak: [u8; 4], track: [u8; 2], album: [u8; 2], tag: Vec<u8>| {
        let mut first = xing(b"Info", 3, 1_700, 0, 0);
        first[167..175].copy_from_slice(&[&peak[..], &track, &album].concat());
        let said = said(&[tag, first, frame(USUAL).repeat(3)].concat());
        let track = said.track;
        assert_eq!(track.encoder.as_deref(), Some("LAME3.100"));
        (track.replaygain_track_gain, track.replaygain_track_peak, track.replaygain_album_gain)
    };
    // 2^22 of 2^23 is half of full scale; the specification has a number of floating point.
    let [half, float] = [[0, 0x40, 0, 0], 0.5_f32.to_be_bytes()];
    for peak in [half, float] {
        assert_eq!(with(peak, [0x2e, 0x43], [0x4c, 0x15], vec![]), (Some(-6.7), Some(0.5), Some(2.1)));
    }
    // Not set, of another kind, and no peak at all.
    assert_eq!(with([0; 4], [0x20, 0x43], [0x2c, 0x15], vec![]), (None, None, None));
    assert_eq!(with([0xff; 4], [0; 2], [0; 2], vec![]), (None, None, None));
    let tag = crate::id3v2::tests::tag(4, &[("TXXX", b"\x03REPLAYGAIN_TRACK_GAIN\0-1.50 dB")]);
    assert_eq!(with(half, [0x2e, 0x43], [0x4c, 0x15], tag), (Some(-1.5), Some(0.5), Some(2.1)));
}

#[test]
fn a_stream_that_is_cut_off_is_named_and_has_the_length_of_the_whole() {
    let stream = [xing(b"Info", 400, 167_000, 0, 0), frame(USUAL).repeat(199)].concat();
    let said = said(&stream);
    assert_eq!(length(&said), 10_449);
    assert_eq!(said.damage, "the audio says 167000 bytes, and 83400 are there");
}

#[test]
fn a_header_without_frames_says_nothing() {
    let said = said(&[xing(b"Xing", 0, 0, 0, 0), frame(USUAL).repeat(40)].concat());
    assert_eq!((length(&said), said.track.bitrate), (1045, Some(128)));
}

#[test]
fn small_streams_are_counted_frame_by_frame() {
    let stream = [frame(1), frame(5), frame(USUAL), b"some junk".to_vec(), frame(USUAL).repeat(20)].concat();
    let said = said(&stream);
    assert_eq!((length(&said), said.track.bitrate), (601, Some(121)));
}

#[test]
fn a_long_stream_of_one_rate_is_measured_by_its_bytes() {
    let said = said(&frame(USUAL).repeat(10_000));
    assert_eq!((length(&said), said.track.bitrate), (260_625, Some(128)));
    assert!(said.reads.len() <= 3, "{:?}", said.reads);
}

#[test]
fn a_stream_of_several_rates_is_estimated_over_several_places() {
    // Silent at both ends and loud in the middle, as music is.
    let mut stream = frame(1).repeat(2_000);
    for part in 0..40 {
        stream.extend(frame([USUAL, 11, 14, 12][part % 4]).repeat(200));
    }
    stream.extend(frame(1).repeat(2_000));
    let said = said(&stream);
    let exact = 12_000 * 1152 * 10 / 441;
    assert!(length(&said).abs_diff(exact) < exact / 10, "{} of {exact}", length(&said));
    assert!(said.reads.len() < 35, "{:?}", said.reads);
}

#[test]
fn free_format_has_the_rate_of_its_frames() {
    let mut free = vec![0xff, 0xfb, 0x00, 0x44];
    free.resize(600, 0x55);
    let said = said(&free.repeat(300));
    assert_eq!(said.track.bitrate, Some(183));
    assert!(length(&said).abs_diff(7_836) < 60, "{}", length(&said));
}

#[test]
fn other_layers_have_their_own_names_and_lengths() {
    for (header, len, expected) in [
        ([0xff, 0xfd, 0x84, 0], 384, (Some(240), Some(128), Some(48_000), Some(2), Some("mp2"))),
        ([0xff, 0xff, 0xc4, 0xc0], 384, (Some(80), Some(384), Some(48_000), Some(1), Some("mp1"))),
        ([0xff, 0xe3, 0x48, 0xc0], 288, (Some(720), Some(32), Some(8_000), Some(1), Some("mp3"))),
    ] {
        let mut frame = header.to_vec();
        frame.resize(len, 0x55);
        assert_eq!(properties(&said(&frame.repeat(10)).track), expected);
    }
}

#[test]
fn tags_behind_the_audio_are_no_part_of_it() {
    let ape = crate::tags::ape_with(&[("Album", b"album")]);
    let id3v1 = crate::tags::id3v1_with([b"title", b"", b"", b"", b""], 0, 255);
    let lyrics = [b"LYRICSBEGINETT00005title".as_slice(), b"000024LYRICS200"].concat();
    let bare = said(&frame(USUAL).repeat(40));
    for tags in [[&ape[..], &lyrics, &id3v1], [&lyrics, &ape, &id3v1], [&ape, &[], &[]]] {
        let tagged = said(&[frame(USUAL).repeat(40), tags.concat()].concat());
        assert_eq!(properties(&tagged.track), properties(&bare.track));
        assert_eq!(
            (tagged.track.audio_key, tagged.track.album.as_deref()),
            (bare.track.audio_key.clone(), Some("album"))
        );
    }
}

#[test]
fn cut_and_mutated_streams_are_survived() {
    survives(&[xing(b"Xing", 3, 1_700, 576, 0), frame(USUAL).repeat(3)].concat());
    survives(&[frame(1), frame(USUAL), frame(5)].concat());
    survives(&[0xff, 0xfb, 0x00, 0x44].repeat(100));
}
