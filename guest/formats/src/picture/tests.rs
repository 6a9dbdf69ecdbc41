use std::io::{Read, Seek, SeekFrom, Write};

use super::pieces::Pieces;
use super::*;
use crate::reader::tests::Counted;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\x58\0\0\x01\x90\x08\x02\0\0\0";

fn jpeg(width: u16, height: u16, before: usize) -> Vec<u8> {
    let segment = [&b"\xff\xe1\xff\xff"[..], &[7; 65_533]].concat();
    let size = [height.to_be_bytes(), width.to_be_bytes()].concat();
    [&b"\xff\xd8"[..], &segment.repeat(before), b"\xff\xc0\0\x11\x08", &size, &[1; 40]].concat()
}

fn stored(coding: Coding, bytes: &[u8], cuts: &[usize]) -> (Picture, Vec<u8>) {
    // Pieces with something else before, between and behind them.
    let (mut file, mut pieces, mut from) = (b"before".to_vec(), Vec::new(), 0);
    for &to in cuts.iter().chain([&bytes.len()]) {
        let start = file.len() as u64;
        file.extend_from_slice(&bytes[from..to]);
        pieces.push(start..file.len() as u64);
        file.extend_from_slice(b"|between|");
        from = to;
    }
    (Picture { kind: 3, mime: "image/x-odd".into(), data: Payload { pieces, coding } }, file)
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// As a tagger writes it.
fn safe(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|&byte| if byte == 0xff { vec![0xff, 0] } else { vec![byte] }).collect()
}

#[test]
fn the_bytes_are_those_from_before_whatever_the_coding() {
    let plain: Vec<u8> = [PNG, &(0..5_000_u32).map(|at| ((at * at) >> 3) as u8).collect::<Vec<_>>()].concat();
    let letters = |lead: usize| base64::tests::encoded(&[&b"ab"[..lead], &plain, b"behind"].concat()).into_bytes();
    let len = Some(plain.len() as u64);
    let all = [
        (Coding::Plain, plain.clone()),
        (Coding::Unsynchronised, safe(&plain)),
        (Coding::Base64 { lead: 0, len }, letters(0)),
        (Coding::Base64 { lead: 1, len }, letters(1)),
        (Coding::Base64 { lead: 2, len }, letters(2)),
        (Coding::Deflate { lead: 4, is_unsynchronised: false }, packed(&[b"lead", plain.as_slice()].concat())),
        (Coding::Deflate { lead: 0, is_unsynchronised: true }, safe(&packed(&plain))),
    ];
    for (coding, bytes) in all {
        for cuts in [&[][..], &[1, 2, 3], &[100, 100, 1_000]] {
            let (picture, file) = stored(coding, &bytes, cuts);
            assert!(picture.bytes(&file.as_slice()).unwrap() == plain, "{coding:?} {cuts:?}");
            let look = Look { mime: "image/png".into(), bytes: plain.len() as u64, dimensions: Some((600, 400)) };
            assert_eq!(picture.look(&file.as_slice()).unwrap(), look, "{coding:?} {cuts:?}");
        }
    }
}

/// Bytes, their media type, and their width and height.
type Seen<'b> = (&'b [u8], &'b str, Option<(u32, u32)>);

#[test]
fn the_content_says_what_a_picture_is_and_its_dimensions() {
    let gif = b"GIF89a\x40\x01\xf0\0\x80\0\0";
    let lossy = [&b"RIFF\x64\0\0\0WEBPVP8 \x58\0\0\0"[..], &[0; 3], b"\x9d\x01\x2a\x40\x01\xf0\0", &[0; 20]].concat();
    let extended = [&b"RIFF\x64\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0"[..], b"\x3f\x01\0\xef\0\0", &[0; 20]].concat();
    let bmp = [&b"BM\x64\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"[..], b"\x40\x01\0\0\xf0\0\0\0", &[0; 20]].concat();
    let all: [Seen; 9] = [
        (&jpeg(320, 240, 0), "image/jpeg", Some((320, 240))),
        (PNG, "image/png", Some((600, 400))),
        (gif, "image/gif", Some((320, 240))),
        (&lossy, "image/webp", Some((320, 240))),
        (&extended, "image/webp", Some((320, 240))),
        (&bmp, "image/bmp", Some((320, 240))),
        (b"\xff\xd8\xff", "image/jpeg", None),
        (b"a picture of another kind", "image/x-odd", None),
        (b"BMW is no picture, only words", "image/x-odd", None),
    ];
    for (bytes, mime, dimensions) in all {
        let (picture, file) = stored(Coding::Plain, bytes, &[]);
        let look = Look { mime: mime.into(), bytes: bytes.len() as u64, dimensions };
        assert_eq!(picture.look(&file.as_slice()).unwrap(), look);
    }
}

#[test]
fn a_claim_counts_only_where_the_content_could_not_show_it() {
    for (claimed, told) in [
        ("image/svg+xml", "image/svg+xml"),
        ("IMAGE/AVIF", "image/avif"),
        ("image/png", "application/octet-stream"),
        ("image/jpg", "application/octet-stream"),
        ("image/", "application/octet-stream"),
        ("text/html", "application/octet-stream"),
        ("image/\x1b[31m", "application/octet-stream"),
        ("", "application/octet-stream"),
    ] {
        let picture = Picture { kind: 0, mime: claimed.into(), data: Payload::plain(0..8) };
        assert_eq!(picture.look(&&b"no image"[..]).unwrap().mime, told, "{claimed}");
    }
}

#[test]
fn a_look_reads_headers_and_not_the_picture() {
    // Ten segments of 64 KiB before the one that says the dimensions.
    let bytes = [jpeg(5_000, 4_000, 10), vec![1; 3 << 20]].concat();
    let source = Counted { bytes: bytes.clone(), reads: Default::default() };
    let picture = Picture::whole_file(bytes.len() as u64);
    assert_eq!(picture.look(&source).unwrap().dimensions, Some((5_000, 4_000)));
    let reads = source.reads.borrow();
    assert!(reads.len() <= 12 && reads.iter().map(|(_, len)| len).sum::<u64>() <= 12 * 1024, "{reads:?}");
}

#[test]
fn what_is_too_large_is_refused_before_it_is_read() {
    let nothing: &[u8] = &[];
    for (coding, len) in [
        (Coding::Plain, LARGEST_PICTURE + 1),
        (Coding::Unsynchronised, LARGEST_PICTURE * 2 + 1),
        (Coding::Base64 { lead: 0, len: None }, LARGEST_PICTURE / 3 * 4 + 9),
        (Coding::Deflate { lead: 0, is_unsynchronised: false }, LARGEST_PICTURE + 1),
    ] {
        let picture = Picture { kind: 3, mime: String::new(), data: Payload { coding, ..Payload::plain(0..len) } };
        assert!(matches!(picture.look(&nothing), Err(Unread::TooLarge)), "{coding:?}");
        assert!(matches!(picture.bytes(&nothing), Err(Unread::TooLarge)), "{coding:?}");
    }
}

#[test]
fn a_picture_that_unpacks_without_end_is_too_large() {
    let bytes = packed(&vec![0; LARGEST_PICTURE as usize + 1]);
    assert!(bytes.len() < 1 << 20);
    let (picture, file) = stored(Coding::Deflate { lead: 0, is_unsynchronised: false }, &bytes, &[]);
    assert!(matches!(picture.bytes(&file.as_slice()), Err(Unread::TooLarge)));
}

#[test]
fn what_is_cut_off_or_cannot_be_unpacked_is_damage() {
    let letters = base64::tests::encoded(PNG).into_bytes();
    let more = Some(PNG.len() as u64 + 1);
    for (coding, bytes) in [
        (Coding::Base64 { lead: 0, len: more }, letters.as_slice()),
        (Coding::Base64 { lead: 0, len: None }, b"****"),
        (Coding::Deflate { lead: 0, is_unsynchronised: false }, b"no stream of deflate"),
        (Coding::Deflate { lead: 9, is_unsynchronised: false }, &packed(b"lead only")),
    ] {
        let (picture, file) = stored(coding, bytes, &[]);
        assert!(matches!(picture.look(&file.as_slice()), Err(Unread::Damaged)), "{coding:?}");
    }
    // The file became shorter.
    let picture = Picture::whole_file(100);
    assert!(matches!(picture.bytes(&PNG), Err(Unread::Damaged)));
}

#[test]
fn pieces_are_read_and_searched_like_a_file() {
    let bytes: Vec<u8> = (0..200_000_u32).map(|at| (at % 251) as u8).collect();
    let (picture, file) = stored(Coding::Plain, &bytes, &[0, 5, 70_000, 70_001]);
    let file = file.as_slice();
    let mut pieces = Pieces::new(&file, &picture.data.pieces);
    for (to, position) in [
        (SeekFrom::Start(69_990), 69_990),
        (SeekFrom::Current(-69_990), 20),
        (SeekFrom::End(-10), 199_990),
        (SeekFrom::Start(0), 0),
    ] {
        assert_eq!(pieces.seek(to).unwrap(), if position == 20 { 20 } else { position });
        let mut some = [0; 20];
        let count = some.len().min(bytes.len() - position as usize);
        pieces.read_exact(&mut some[..count]).unwrap();
        assert_eq!(some[..count], bytes[position as usize..][..count]);
    }
    assert!(pieces.seek(SeekFrom::Current(-1 << 40)).is_err());
}
