//! What each walk says of files that are made for it.

use mt_scanner_formats::structure::FlacFrame;
use serde_json::Value;

use crate::analysis::Request;
use crate::checksum::{FLAC, MPEG};
use crate::drill::{fixtures, report};
use crate::report::Depth;

fn fixture(name: &str) -> Vec<u8> {
    fixtures().into_iter().find(|(fixture, _)| fixture == name).unwrap().1
}

fn stream(name: &str, bytes: &[u8]) -> Value {
    report(name, bytes, Request { depth: Some(Depth::Stream), ..Request::default() })
}

/// The verdict, and the kinds of findings.
fn said(report: &Value) -> (String, Vec<String>) {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&report["verdict"]), report["findings"].as_array().unwrap().iter().map(|one| text(&one["kind"])).collect())
}

fn kinds(kinds: &[&str]) -> Vec<String> {
    kinds.iter().map(|kind| (*kind).to_owned()).collect()
}

fn find(bytes: &[u8], mark: &[u8]) -> usize {
    memchr::memmem::find(bytes, mark).unwrap()
}

/// Frames of layer III of 417 bytes, with checksums.
fn protected(count: usize) -> Vec<u8> {
    let mut frame = vec![0xff, 0xfa, 0x90, 0x44, 0, 0];
    frame.extend([7; 32]);
    let mut digest = MPEG.digest();
    digest.update(&frame[2..4]);
    digest.update(&frame[6..]);
    frame[4..6].copy_from_slice(&digest.finalize().to_be_bytes());
    frame.resize(417, 0);
    frame.repeat(count)
}

#[test]
fn a_wrong_checksum_of_mpeg_frames_is_damage_unless_all_are() {
    let right = protected(20);
    assert_eq!(said(&stream("a.mp3", &right)), ("unchecked".into(), vec![]));
    let mut one = right.clone();
    one[10 * 417 + 20] ^= 4;
    let report = stream("a.mp3", &one);
    assert_eq!(said(&report), ("damaged".into(), kinds(&["checksum"])));
    assert_eq!(
        (&report["findings"][0]["position"], &report["findings"][0]["position_ms"]),
        (&4170.into(), &261.into())
    );
    let mut all = right;
    (0..20).for_each(|frame| all[frame * 417 + 4] ^= 1);
    assert_eq!(said(&stream("a.mp3", &all)), ("suspicious".into(), kinds(&["checksum"])));
}

#[test]
fn frames_of_free_format_have_the_length_that_they_have() {
    let frame = [&[0xff, 0xfb, 0x00, 0x44][..], &[0; 700]].concat();
    assert_eq!(said(&stream("a.mp3", &frame.repeat(12))), ("unchecked".into(), vec![]));
    let holed = [frame.repeat(5), vec![0; 900], frame.repeat(5)].concat();
    assert_ne!(said(&stream("a.mp3", &holed)).0, "intact");
}

#[test]
fn a_missing_frame_of_mp3_is_told_by_the_encoders_header() {
    let bytes = fixture("mp3-cbr.mp3");
    let start = find(&bytes, b"Info") - 36;
    let frame = |number: usize| start + number * 417 + number / 2;
    // One frame more or less a number of bytes: two of them are cut out where frames begin.
    let next = |from: usize| from + find(&bytes[from..], &[0xff, 0xfb]);
    let (from, to) = (next(frame(8)), next(frame(10)));
    let (verdict, found) = said(&stream("a.mp3", &[&bytes[..from], &bytes[to..]].concat()));
    assert_eq!((verdict.as_str(), found.contains(&"cut-off".to_owned())), ("truncated", true));
}

#[test]
fn a_missing_page_and_a_page_of_another_order_are_damage() {
    for name in ["ogg-vorbis-picture.ogg", "ogg-flac.ogg"] {
        let bytes = fixture(name);
        let pages: Vec<usize> = memchr::memmem::find_iter(&bytes, b"OggS").collect();
        let [.., before, last] = *pages else { panic!("{name}") };
        let (verdict, found) = said(&stream("a.ogg", &[&bytes[..before], &bytes[last..]].concat()));
        assert_eq!((verdict.as_str(), found.as_slice()), ("damaged", &kinds(&["missing"])[..]), "{name}");
        let (verdict, found) = said(&stream("a.ogg", &bytes[..last]));
        assert_eq!((verdict.as_str(), found), ("truncated", kinds(&["cut-off"])), "{name}");
    }
}

#[test]
fn a_missing_frame_of_flac_is_damage_at_its_place() {
    let bytes = fixture("flac-16-44.flac");
    let frames: Vec<usize> = memchr::memmem::find_iter(&bytes, &[0xff, 0xf8])
        .filter(|&at| bytes[at + 2] == bytes[find(&bytes, &[0xff, 0xf8]) + 2])
        .collect();
    let report = stream("a.flac", &[&bytes[..frames[3]], &bytes[frames[4]..]].concat());
    assert_eq!(said(&report), ("damaged".into(), kinds(&["missing"])));
    assert_eq!(report["findings"][0]["position"], frames[3]);
    let report = stream("a.flac", &bytes[..frames[5]]);
    assert_eq!(said(&report), ("truncated".into(), kinds(&["missing"])));
}

#[test]
fn streaminfo_that_is_not_that_of_the_frames_is_damage() {
    let mut bytes = fixture("flac-16-44.flac");
    let info = find(&bytes, b"fLaC") + 8;
    // The sample rate stands in 20 bits behind sizes of blocks and frames.
    bytes[info + 10] ^= 8;
    assert_eq!(said(&stream("a.flac", &bytes)), ("damaged".into(), kinds(&["header"])));
}

#[test]
fn tables_of_mp4_that_disagree_or_lead_out_of_the_file_are_found() {
    let bytes = fixture("m4a-moov-first.m4a");
    let changed = |name: &[u8], at: usize, by: u8| {
        let mut bytes = bytes.clone();
        let place = find(&bytes, name) + 4 + at;
        bytes[place] = bytes[place].wrapping_add(by);
        said(&stream("a.m4a", &bytes))
    };
    // Behind version and flags stand the number of entries, and of sizes the one size of all.
    assert_eq!(changed(b"stsz", 11, 1).0, "damaged");
    assert_eq!(changed(b"stts", 11, 1).0, "damaged");
    assert_eq!(changed(b"stco", 8, 1), ("truncated".into(), kinds(&["cut-off"])));
    assert_eq!(changed(b"mdat", 0, 0), ("unchecked".into(), vec![]));
    let moov = find(&bytes, b"moov");
    let mut without = bytes.clone();
    without[moov..moov + 4].copy_from_slice(b"free");
    assert_eq!(said(&stream("a.m4a", &without)).0, "truncated");
}

#[test]
fn sizes_that_a_pipe_leaves_open_are_no_damage() {
    let mut bytes = fixture("wav-pcm16.wav");
    let data = find(&bytes, b"data") + 4;
    bytes.truncate(bytes.len().min(data + 4 + u32::from_le_bytes(*bytes[data..].first_chunk().unwrap()) as usize));
    bytes[4..8].fill(0xff);
    bytes[data..data + 4].fill(0xff);
    assert_eq!(said(&stream("a.wav", &bytes)), ("unchecked".into(), vec![]));
    let mut odd = fixture("wav-pcm16.wav");
    let block = find(&odd, b"fmt ") + 20;
    odd[block] ^= 3;
    assert_eq!(said(&stream("a.wav", &odd)), ("damaged".into(), kinds(&["header"])));
}

#[test]
fn a_packet_of_asf_that_is_none_is_damage_with_its_time() {
    let mut bytes = fixture("wma-wmav2.wma");
    let data = find(&bytes, b"\x36\x26\xb2\x75\x8e\x66\xcf\x11") + 50;
    let packet = 3 * 2978.min(bytes.len() / 4);
    assert_eq!(said(&stream("a.wma", &bytes)).0, "unchecked");
    bytes[data..data + 2].fill(0xff);
    assert_eq!(said(&stream("a.wma", &bytes)), ("damaged".into(), kinds(&["lost-sync"])), "{packet}");
}

#[test]
fn what_the_file_is_counts_and_not_its_name() {
    let flac = fixture("flac-16-44.flac");
    assert_eq!(said(&stream("a.mp3", &flac)), ("suspicious".into(), kinds(&["wrong-extension"])));
    assert_eq!(said(&stream("a.mp3", b"")), ("damaged".into(), kinds(&["empty"])));
    let words = b"no audio at all, only words. ".repeat(100);
    assert_eq!(said(&stream("a.mp3", &words)), ("damaged".into(), kinds(&["no-audio"])));
    let matroska = stream("a.mka", b"\x1a\x45\xdf\xa3 and more, a Matroska file");
    assert_eq!(said(&matroska), ("unchecked".into(), kinds(&["not-followed"])));
    assert_eq!(matroska["proof"], "nothing");
}

#[test]
fn a_tag_between_frames_is_passed_over() {
    let bytes = fixture("mp3-untagged.mp3");
    let tag = b"ID3\x04\0\0\0\0\0\x0aTIT2\0\0\0\0\0\0";
    let joined = [&bytes[..], tag, &bytes[..]].concat();
    assert_eq!(said(&stream("a.mp3", &joined)), ("unchecked".into(), vec![]));
}

#[test]
fn a_header_that_counts_itself_is_suspicious_and_nothing_is_missing() {
    let mut bytes = fixture("wav-pcm16.wav");
    let len = bytes.len() as u32;
    bytes[4..8].copy_from_slice(&len.to_le_bytes());
    assert_eq!(said(&stream("a.wav", &bytes)), ("suspicious".into(), kinds(&["size"])));
}

#[test]
fn a_last_frame_whose_beginning_has_a_right_checksum_ends_where_the_file_does() {
    // The last two bytes of what is put in make the checksum up to there 0.
    let whole = fixture("flac-16-44.flac");
    let start = memchr::memmem::rfind_iter(&whole, &[0xff, 0xf8]).find(|&at| FlacFrame::of(&whole[at..]).is_some());
    let mut bytes = whole[..start.unwrap() + 500].to_vec();
    let chance = FLAC.checksum(&bytes[start.unwrap()..]).to_be_bytes();
    bytes.extend(chance);
    bytes.extend([7; 300]);
    let end = FLAC.checksum(&bytes[start.unwrap()..]).to_be_bytes();
    bytes.extend(end);
    assert_eq!(said(&stream("a.flac", &bytes)), ("intact".into(), vec![]));
}

#[test]
fn an_adif_file_is_no_stream_of_frames() {
    let bytes = [b"ADIF".as_slice(), &[0x0c, 0x10, 0, 0, 1, 0x10].repeat(50)].concat();
    assert_eq!(said(&stream("a.aac", &bytes)), ("unchecked".into(), kinds(&["not-followed"])));
}
