//! Comments that are whole, damaged and cut off.

use super::*;
use crate::flac::block::Block;
use crate::ogg::base64;
use crate::payload::{Coding, Payload, Picture};
use crate::told::Told;

/// A block of these comments.
pub fn block(comments: &[&[u8]]) -> Vec<u8> {
    let sized = |bytes: &[u8]| [&(bytes.len() as u32).to_le_bytes(), bytes].concat();
    let comments: Vec<_> = comments.iter().map(|comment| sized(comment)).collect();
    [sized(b"an encoder"), (comments.len() as u32).to_le_bytes().to_vec(), comments.concat()].concat()
}

fn told(bytes: Vec<u8>) -> Told {
    let len = bytes.len() as u64;
    crate::told::told(bytes, |reader, content| read(&mut Block::new(reader, 0..len), content))
}

#[test]
fn texts_come_with_their_keys_in_the_order_of_the_file() {
    let long = format!("TITLE={}", "é".repeat(100));
    let told = told(block(&[b"artist=A=B", long.as_bytes(), b"ARTIST="]));
    assert_eq!(told.items(), [("artist", "A=B"), ("TITLE", &"é".repeat(100)), ("ARTIST", "")]);
    assert!(told.damage.is_empty() && told.pictures.is_empty());
}

#[test]
fn the_vendor_is_an_encoder_for_want_of_a_better_one_and_chapters_are_kept() {
    let plain = told(block(&[b"CHAPTER001=00:00:01.000", b"CHAPTER001NAME=one", b"LYRICS=la"]));
    assert_eq!(plain.track.encoder.as_deref(), Some("an encoder"));
    assert_eq!((plain.chapters[0].start_ms, plain.chapters[0].title.as_deref()), (1_000, Some("one")));
    assert_eq!((plain.lyrics.len(), plain.items.len()), (1, 3));
    assert_eq!(told(block(&[b"ENCODER=better"])).track.encoder.as_deref(), Some("better"));
}

#[test]
fn what_is_no_comment_is_passed_over() {
    let told = told(block(&[b"no key", &[b'x'; 200], b"", b"T\xc3\xa9=1", b"ALBUM=b"]));
    assert_eq!((told.items(), told.damage.as_str()), (vec![("ALBUM", "b")], ""));
}

#[test]
fn a_text_that_is_not_utf_8_is_kept_as_far_as_it_is_and_named() {
    let told = told(block(&[b"TITLE=Caf\xe9", b"ALBUM=b"]));
    assert_eq!(told.items(), [("TITLE", "Caf\u{fffd}"), ("ALBUM", "b")]);
    assert_eq!(told.damage, "the comment TITLE is not UTF-8");
}

#[test]
fn a_text_of_more_than_a_mib_is_told_by_its_length() {
    let long = [b"COMMENT=".as_slice(), &vec![b'x'; (1 << 20) + 100]].concat();
    assert_eq!(told(block(&[&long, b"TITLE=a"])).items(), [("COMMENT", "<1048676 bytes>"), ("TITLE", "a")]);
}

#[test]
fn a_comment_of_a_wrong_length_costs_itself() {
    let comments: [&[u8]; 4] = [b"ARTIST=one", b"TITLE=two", b"ALBUM=three", b"DATE=1999"];
    let title = 4 + 10 + 4 + 4 + 10;
    for wrong in [0, 3, 8, 10, 13, 14, 30, 4_000, u32::MAX] {
        let mut bytes = block(&comments);
        bytes[title..title + 4].copy_from_slice(&wrong.to_le_bytes());
        let told = told(bytes);
        for comment in [("ARTIST", "one"), ("ALBUM", "three"), ("DATE", "1999")] {
            assert!(told.items().contains(&comment), "{wrong}: {:?}", told.items());
        }
        assert!(!told.damage.is_empty(), "{wrong}");
    }
}

#[test]
fn junk_of_any_kind_ends() {
    let junk: Vec<u8> = (0..200_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for zeros in [0, 10, 5_000, 100_000] {
        let mut bytes = [block(&[b"TITLE=two"]), vec![0; zeros], junk.clone()].concat();
        bytes[14..18].copy_from_slice(&[0xff; 4]);
        let told = told(bytes);
        assert_eq!((told.title(), told.damage.is_empty()), ("two", false));
    }
}

#[test]
fn a_list_that_is_cut_off_keeps_what_there_is_and_is_named() {
    let whole = block(&[b"TITLE=two", b"ALBUM=three"]);
    let told = told(whole[..whole.len() - 3].to_vec());
    assert_eq!(told.items(), [("TITLE", "two")]);
    assert!(!told.damage.is_empty());
}

#[test]
fn a_count_that_is_too_large_ends_with_the_comments() {
    let mut bytes = block(&[b"TITLE=two"]);
    bytes[14..18].copy_from_slice(&[0xff; 4]);
    let told = told(bytes);
    assert_eq!((told.items(), told.damage.is_empty()), (vec![("TITLE", "two")], false));
}

#[test]
fn zeros_where_comments_should_be_come_to_an_end() {
    let mut bytes = block(&[b"TITLE=two", b"ALBUM=three"]);
    bytes[14..18].copy_from_slice(&9_u32.to_le_bytes());
    bytes.extend_from_slice(&[0; 100_000]);
    assert_eq!(told(bytes).items(), [("TITLE", "two"), ("ALBUM", "three")]);
}

#[test]
fn more_comments_than_anyone_writes_are_not_all_read() {
    let told = told(block(&vec![b"TITLE=a".as_slice(); MOST_COMMENTS as usize + 1]));
    assert_eq!(told.items.len(), MOST_COMMENTS as usize);
    assert_eq!(told.damage, "there are more Vorbis comments than are read");
}

/// A picture as FLAC has it, with these bytes of data.
pub fn picture(kind: u32, mime: &str, description: &str, data: &[u8]) -> Vec<u8> {
    let sized = |bytes: &[u8]| [&(bytes.len() as u32).to_be_bytes(), bytes].concat();
    let texts = [sized(mime.as_bytes()), sized(description.as_bytes())].concat();
    [&kind.to_be_bytes(), texts.as_slice(), &[0; 16], &sized(data)].concat()
}

#[test]
fn a_picture_is_a_place_among_the_letters() {
    for description in ["", "f", "fr", "front", &"long ".repeat(400)] {
        let data: Vec<u8> = (0..=255).cycle().take(700).collect();
        let letters = base64::tests::encoded(&picture(3, "image/png", description, &data));
        let comment = [b"metadata_block_picture=", letters.as_bytes()].concat();
        let bytes = block(&[b"TITLE=a", &comment, b"DATE=1"]);
        let told = told(bytes.clone());
        let [Picture { kind: 3, mime, data: Payload { pieces, coding: Coding::Base64 { lead, .. } } }] =
            told.pictures.as_slice()
        else {
            panic!("{:?}", told.pictures)
        };
        let Range { start, end } = pieces[0];
        let decoded = base64::decoded(&bytes[start as usize..end as usize]);
        assert_eq!((mime.as_str(), &decoded[usize::from(*lead)..]), ("image/png", data.as_slice()));
        assert!(told.items().contains(&("DATE", "1")) && told.damage.is_empty());
    }
}

#[test]
fn a_picture_without_bytes_and_a_link_are_none() {
    let comment = |picture: &[u8]| [b"METADATA_BLOCK_PICTURE=", base64::tests::encoded(picture).as_bytes()].concat();
    for (value, damaged) in [
        (b"METADATA_BLOCK_PICTURE=".to_vec(), false),
        (b"COVERART=".to_vec(), false),
        (comment(&picture(3, "image/png", "", b"")), false),
        (comment(&picture(3, "-->", "", b"http://example.com/a.png")), false),
        (b"METADATA_BLOCK_PICTURE=*no letters*".to_vec(), true),
        (comment(&picture(3, "image/png", "", b"12345")[..20]), true),
        (comment(&picture(3, "image/png", "", &[7; 500])[..400]), true),
    ] {
        let told = told(block(&[&value, b"TITLE=a"]));
        assert_eq!((told.pictures.len(), !told.damage.is_empty()), (0, damaged), "{:?}", told.damage);
        assert!(told.items().contains(&("TITLE", "a")));
    }
}

#[test]
fn the_older_kind_of_picture_is_one_too() {
    let told = told(block(&[b"COVERART=iVBORw0KGgo="]));
    let [Picture { kind: 3, data, .. }] = told.pictures.as_slice() else { panic!("{:?}", told.pictures) };
    assert_eq!(data.len(), 12);
}
