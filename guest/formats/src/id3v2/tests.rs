//! Tags of every version, whole and damaged, before some frames of audio.

use super::*;
use crate::payload::Coding;
use crate::reader::tests::reader;
use crate::trial::{Said, mpeg_frames, said, survives};

/// A tag of this version with these frames, and some padding.
pub(crate) fn tag(version: u8, frames: &[(&str, &[u8])]) -> Vec<u8> {
    let frame = |(id, content): &(&str, &[u8])| frame(version, id, 0, content);
    tag_of(version, 0, &[frames.iter().flat_map(frame).collect(), vec![0; 50]].concat())
}

/// A frame with these flags of its format.
pub(super) fn frame(version: u8, id: &str, flags: u8, content: &[u8]) -> Vec<u8> {
    let len = content.len() as u32;
    match version {
        2 => [id.as_bytes(), &len.to_be_bytes()[1..], content].concat(),
        3 => [id.as_bytes(), &len.to_be_bytes(), &[0, flags], content].concat(),
        _ => [id.as_bytes(), &safe(len), &[0, flags], content].concat(),
    }
}

/// A tag with these flags around what is in it.
fn tag_of(version: u8, flags: u8, content: &[u8]) -> Vec<u8> {
    [b"ID3".as_slice(), &[version, 0, flags], &safe(content.len() as u32), content].concat()
}

fn safe(len: u32) -> [u8; 4] {
    [21, 14, 7, 0].map(|shift| (len >> shift & 0x7f) as u8)
}

/// What a file with this tag says.
fn with(tag: &[u8]) -> Said {
    said(&[tag, &mpeg_frames(3)].concat())
}

fn texts(said: &Said) -> [Option<&str>; 3] {
    [&said.track.title, &said.track.artist, &said.track.album].map(Option::as_deref)
}

pub(super) fn utf16(text: &str) -> Vec<u8> {
    [vec![1, 0xff, 0xfe], text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat()
}

/// The frames of most tests, in every version.
const PLAIN: [(&str, &[u8]); 3] = [("TIT2", b"\0title"), ("TPE1", b"\0artist"), ("TALB", b"\0album")];
const ALL: [Option<&str>; 3] = [Some("title"), Some("artist"), Some("album")];

fn plain_frames(version: u8) -> Vec<u8> {
    PLAIN.iter().flat_map(|(id, content)| frame(version, id, 0, content)).collect()
}

#[test]
fn frames_of_every_version_are_read() {
    let short = [("TT2", PLAIN[0].1), ("TP1", PLAIN[1].1), ("TAL", PLAIN[2].1)];
    for tag in [tag(2, &short), tag(3, &PLAIN), tag(4, &PLAIN)] {
        let said = with(&tag);
        assert_eq!((texts(&said), said.damage.as_str(), said.track.duration_ms), (ALL, "", Some(78)));
    }
}

#[test]
fn a_comment_that_a_tagger_took_over_from_id3v1_is_one() {
    let said = with(&tag(3, &[("COMM", b"\0engID3v1 Comment\0a word")]));
    assert_eq!(said.track.comment.as_deref(), Some("a word"));
}

#[test]
fn a_byte_that_is_not_in_its_encoding_costs_itself_and_is_named() {
    let said = with(&tag(4, &[("TIT2", b"\x03Gran d\xeda"), ("TALB", b"\x03album")]));
    let texts = (said.track.title.as_deref(), said.track.album.as_deref());
    assert_eq!(texts, (Some("Gran d\u{fffd}a"), Some("album")));
    assert_eq!(said.damage, "the frame TIT2 of the ID3v2 tag is damaged");
}

#[test]
fn every_meaning_is_taken() {
    let described = [utf16("MusicBrainz Album Id\0").as_slice(), b"\xff\xfei\0d\0"].concat();
    let said = with(&tag(
        3,
        &[
            ("TIT2", &utf16("Éloïse 月")),
            ("TPE1", b"\0Fr\xe9d\0Bob"),
            ("TRCK", b"\x003/12"),
            ("TCON", b"\0(17)(4)"),
            ("TYER", b"\x001999"),
            ("TDAT", b"\x000405"),
            ("TXXX", &described),
            // In steps, which the text is not: it counts, wherever it stands.
            ("RVA2", b"track\0\x01\xfe\x00\0"),
            ("TXXX", b"\0replaygain_track_gain\0-7.03 dB"),
            ("COMM", b"\0engiTunNORM\0 0001"),
            ("COMM", b"\0eng\0a word"),
            ("UFID", b"http://musicbrainz.org\0an id"),
            ("RVA2", b"album\0\x01\xfe\x00\x10\x40\x00"),
            ("TCMP", b"\x001"),
        ],
    ));
    let track = said.track;
    assert_eq!((track.title.as_deref(), track.artists), (Some("Éloïse 月"), vec!["Fréd".to_owned(), "Bob".to_owned()]));
    assert_eq!((track.track_number, track.track_total), (Some(3), Some(12)));
    assert_eq!(track.genres, ["Rock", "Disco"]);
    assert_eq!((track.date.as_deref(), track.year), (Some("1999-05-04"), Some(1999)));
    assert_eq!(track.musicbrainz_release_id.as_deref(), Some("id"));
    assert_eq!(track.musicbrainz_recording_id.as_deref(), Some("an id"));
    assert_eq!((track.replaygain_track_gain, track.replaygain_album_gain), (Some(-7.03), Some(-1.0)));
    assert_eq!(track.replaygain_album_peak, Some(0.5));
    assert_eq!((track.comment.as_deref(), track.compilation), (Some("a word"), true));
}

#[test]
fn of_duplicate_frames_the_first_counts_and_lists_are_kept() {
    let said = with(&tag(
        4,
        &[("TIT2", b"\0one"), ("TIT2", b"\0two"), ("TPE1", b"\0a"), ("TPE1", b"\0b"), ("TCON", b"\0Jazz\0Blues")],
    ));
    assert_eq!((said.track.title.as_deref(), said.track.artist.as_deref()), (Some("one"), Some("a")));
    assert_eq!(
        (said.track.artists, said.track.genres),
        (vec!["a".into(), "b".into()], vec!["Jazz".into(), "Blues".into()])
    );
}

#[test]
fn every_frame_is_listed_as_it_is() {
    let said = with(&tag(
        3,
        &[
            ("TYER", b"\x001999"),
            ("TXXX", b"\0Mood\0calm"),
            ("TXXX", b"\x01\xfe\xff\0M\0o\0o\0d\0\0\0c\0a\0l\0m"),
            ("USLT", b"\x03eng\0la la"),
            ("WOAR", b"somewhere"),
            ("APIC", b"\0image/png\0\x03\0picture"),
            ("PRIV", b"abc"),
        ],
    ));
    let items: Vec<_> = said.items.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let expected = [
        ("TYER", "1999"),
        ("TXXX:Mood", "calm"),
        ("TXXX:Mood", "calm"),
        ("USLT:", "la la"),
        ("WOAR", "somewhere"),
        ("APIC", "<20 bytes>"),
        ("PRIV", "<3 bytes>"),
    ];
    assert_eq!(items, expected);
}

#[test]
fn a_damaged_frame_is_named_and_costs_no_other() {
    for damaged in [b"\x07text".as_slice(), b"\x03\xff\xff", b"\x01\xff\xfe\0\xd8", b""] {
        let said = with(&tag(4, &[("TIT2", damaged), ("TALB", b"\0album")]));
        assert_eq!(texts(&said), [None, None, Some("album")]);
        assert_eq!(said.damage, "the frame TIT2 of the ID3v2 tag is damaged");
    }
}

#[test]
fn a_size_that_is_not_true_costs_its_frame_only() {
    for version in [3, 4] {
        for size in [1, 200, 0x7f7f_7f7f] {
            let mut bytes = tag(version, &PLAIN);
            bytes[14..18].copy_from_slice(&u32::to_be_bytes(size));
            let said = with(&bytes);
            assert_eq!(texts(&said)[1..], ALL[1..], "{version} {size}");
            assert_eq!(said.damage.matches("the frame TIT2 of the ID3v2 tag is not as long as it says").count(), 1);
        }
    }
}

#[test]
fn junk_between_frames_costs_none() {
    let junk = frame(3, "TIT2", 0, b"\0title");
    let bytes = [junk, b"<junk>".to_vec(), frame(3, "TPE1", 0, b"\0artist"), frame(3, "TALB", 0, b"\0album")].concat();
    let said = with(&tag_of(3, 0, &bytes));
    assert_eq!(texts(&said), ALL);
    assert_ne!(said.damage, "");
}

#[test]
fn a_tag_that_claims_more_than_the_file_has_gives_its_frames_and_the_audio() {
    let mut bytes = tag(3, &PLAIN);
    bytes[6..10].copy_from_slice(&[0x7f; 4]);
    let said = with(&bytes);
    assert_eq!((texts(&said), said.track.duration_ms), (ALL, Some(78)));
    assert_eq!(said.damage, "the ID3v2 tag says 268435465 bytes, which are not there");
}

#[test]
fn sizes_that_old_versions_of_itunes_wrote_are_taken_as_they_were_meant() {
    let long = [b"\0".as_slice(), &[b'x'; 199]].concat();
    for (version, size) in [(4, 200_u32.to_be_bytes()), (3, safe(200))] {
        let mut bytes = tag(version, &[("TIT2", &long), ("TALB", b"\0album")]);
        bytes[14..18].copy_from_slice(&size);
        let said = with(&bytes);
        assert_eq!(
            (said.track.title.map(|title| title.len()), said.track.album.as_deref()),
            (Some(199), Some("album"))
        );
        assert_eq!(said.damage, "");
    }
}

#[test]
fn identifiers_of_2_2_are_read_in_a_tag_of_2_3() {
    let said = with(&tag(
        3,
        &[
            ("TT2\0", b"\0title"),
            ("TP1 ", b"\0artist"),
            ("TAL\0", b"\0album"),
            ("TRK\0", b"\x003/9"),
            ("TYE\0", b"\x001999"),
        ],
    ));
    assert_eq!((texts(&said), said.track.track_total, said.track.year), (ALL, Some(9), Some(1999)));
    assert_eq!(said.damage, "");
}

#[test]
fn an_extended_header_is_passed_over() {
    let with_crc = [0, 0, 0, 10, 0x80, 0, 0, 0, 0, 50, 1, 2, 3, 4];
    let of_2_4 = [0, 0, 0, 12, 1, 0x20, 5, 1, 2, 3, 4, 5];
    for (version, extended) in [(3, &with_crc[..]), (3, &[0, 0, 0, 6, 0, 0, 0, 0, 0, 0]), (4, &of_2_4), (4, &[])] {
        let said = with(&tag_of(version, 0x40, &[extended, &plain_frames(version)].concat()));
        assert_eq!((texts(&said), said.damage.as_str()), (ALL, ""), "{version} {extended:?}");
    }
}

#[test]
fn unsynchronisation_is_undone_for_the_tag_and_for_frames() {
    let done = |bytes: &[u8]| {
        bytes.iter().flat_map(|&byte| [byte, 0].into_iter().take(if byte == 0xff { 2 } else { 1 })).collect::<Vec<u8>>()
    };
    let title = utf16("tïtle\u{ff}");
    let whole = done(&[frame(3, "TIT2", 0, &title), frame(3, "TPE1", 0, b"\0artist"), vec![0; 20]].concat());
    let stored = done(&title);
    let by_frame = [frame(4, "TIT2", 0x02, &stored), frame(4, "TPE1", 0, b"\0artist")].concat();
    let by_tag = [frame(4, "TIT2", 0, &stored), frame(4, "TPE1", 0, b"\0artist")].concat();
    let counted = frame(4, "TIT2", 0x03, &[&safe(title.len() as u32), stored.as_slice()].concat());
    for tag in [
        tag_of(3, 0x80, &whole),
        tag_of(4, 0, &by_frame),
        tag_of(4, 0x80, &by_tag),
        tag_of(4, 0x80, &[counted, frame(4, "TPE1", 0, b"\0artist")].concat()),
    ] {
        let said = with(&tag);
        assert_eq!(texts(&said), [Some("tïtle\u{ff}"), Some("artist"), None]);
        assert_eq!(said.damage, "");
    }
}

#[test]
fn compressed_frames_are_unpacked_and_encrypted_ones_named() {
    let packed = packed(b"\0title");
    let len = b"\0title".len() as u32;
    for (version, flags, content) in [
        (3, 0x80, [&len.to_be_bytes(), packed.as_slice()].concat()),
        (4, 0x09, [&safe(len), packed.as_slice()].concat()),
        (4, 0x08, packed.clone()),
        (4, 0x49, [b"g".as_slice(), &safe(len), &packed].concat()),
        (3, 0x20, b"g\0title".to_vec()),
    ] {
        let said = with(&tag_of(version, 0, &frame(version, "TIT2", flags, &content)));
        assert_eq!((said.track.title.as_deref(), said.damage.as_str()), (Some("title"), ""), "{version} {flags}");
    }
    let bytes = [frame(4, "TIT2", 0x04, b"\x80secret"), frame(4, "TALB", 0, b"\0album")].concat();
    let said = with(&tag_of(4, 0, &bytes));
    assert_eq!(
        (texts(&said), said.damage.as_str()),
        ([None, None, Some("album")], "the frame TIT2 of the ID3v2 tag is encrypted")
    );
    let said = with(&tag_of(3, 0, &frame(3, "TIT2", 0x80, b"\0\0\0\x06no stream")));
    assert_eq!(said.damage, "the frame TIT2 of the ID3v2 tag is damaged");
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// The pictures of a tag: kind, media type, coding, and the bytes at their places.
fn pictures(tag: &[u8]) -> Vec<(u8, String, Coding, Vec<u8>)> {
    let found = find(&mut reader(tag.to_vec()), 0..tag.len() as u64).unwrap().unwrap();
    let bytes = |picture: &Picture| {
        picture.data.pieces.iter().flat_map(|piece| tag[piece.start as usize..piece.end as usize].to_vec()).collect()
    };
    found
        .pictures
        .iter()
        .map(|picture| (picture.kind, picture.mime.clone(), picture.data.coding, bytes(picture)))
        .collect()
}

#[test]
fn pictures_are_places_behind_what_is_said_of_them() {
    let description = "d".repeat(500);
    let apic = |encoding: u8, description: &[u8], data: &[u8]| {
        [&[encoding], b"image/jpeg\0\x03".as_slice(), description, data].concat()
    };
    let long = apic(0, format!("{description}\0").as_bytes(), b"JPEG");
    let wide = apic(1, b"\xff\xfed\0\0\0", b"JPEG");
    for (version, id, content, mime) in [
        (3, "APIC", apic(0, b"\0", b"JPEG"), "image/jpeg"),
        (4, "APIC", wide, "image/jpeg"),
        (3, "APIC", long, "image/jpeg"),
        (2, "PIC", b"\0JPG\x03\0JPEG".to_vec(), "image/jpeg"),
        (3, "PIC\0", b"\0PNG\x03\0JPEG".to_vec(), "image/png"),
        (3, "PIC\0", apic(0, b"\0", b"JPEG"), "image/jpeg"),
    ] {
        let expected = (3, mime.to_owned(), Coding::Plain, b"JPEG".to_vec());
        assert_eq!(pictures(&tag(version, &[(id, &content), ("TALB", b"\0a")])), [expected], "{version} {id}");
    }
}

#[test]
fn a_picture_may_be_unsynchronised_or_compressed() {
    let content = b"\0image/jpeg\0\x03\0\xff\0\xd8";
    let found = pictures(&tag_of(4, 0, &frame(4, "APIC", 0x02, content)));
    assert_eq!(found, [(3, "image/jpeg".into(), Coding::Unsynchronised, b"\xff\0\xd8".to_vec())]);
    let stored = packed(b"\0image/jpeg\0\x03\0JPEG");
    let found = pictures(&tag_of(4, 0, &frame(4, "APIC", 0x09, &[&safe(17), stored.as_slice()].concat())));
    assert_eq!(found, [(3, "image/jpeg".into(), Coding::Deflate { lead: 14, is_unsynchronised: false }, stored)]);
}

#[test]
fn a_compressed_picture_is_found_however_large_it_is_and_named_if_it_cannot_be_unpacked() {
    let mut chance = crate::trial::Chance(1);
    let noise: Vec<u8> = (0..(1 << 20) + 4096).map(|_| chance.below(256) as u8).collect();
    let stored = packed(&[b"\0image/jpeg\0\x03\0", noise.as_slice()].concat());
    let whole = tag_of(4, 0, &frame(4, "APIC", 0x09, &[&safe(17), stored.as_slice()].concat()));
    let [(3, _, Coding::Deflate { lead: 14, .. }, found)] = &pictures(&whole)[..] else { panic!("no picture") };
    assert!(*found == stored);
    let broken = tag_of(4, 0, &frame(4, "APIC", 0x09, &[&safe(17)[..], b"no stream of deflate"].concat()));
    let told = with(&broken);
    assert!(told.damage.contains("the frame APIC of the ID3v2 tag cannot be unpacked"), "{}", told.damage);
}

#[test]
fn a_link_and_no_bytes_are_no_picture() {
    for content in [&b"\0-->\0\x03\0http://a/b.jpg"[..], b"\0image/png\0\x03\0", b"\0image/png", b""] {
        assert_eq!(pictures(&tag(3, &[("APIC", content), ("TALB", b"\0a")])), []);
    }
}

#[test]
fn pictures_of_every_tag_count_and_are_not_read() {
    let picture = [b"\0image/jpeg\0\x03\0".as_slice(), &vec![1; 500_000]].concat();
    let tags = [tag(3, &[("TIT2", b"\0title")]), tag(3, &[("APIC", &picture), ("TALB", b"\0album")])];
    let said = said(&[tags.concat(), mpeg_frames(20)].concat());
    assert!(said.track.has_artwork && said.track.album.is_some() && said.track.codec.is_some());
    let read: u64 = said.reads.iter().map(|(_, len)| len).sum();
    assert!(said.reads.len() <= 2 && read < 40_000, "{:?}", said.reads);
}

#[test]
fn a_tag_at_the_end_is_found_by_its_footer() {
    let frames = plain_frames(4);
    let size = safe(frames.len() as u32);
    let tag = [b"ID3\x04\0\x10".as_slice(), &size, &frames, b"3DI\x04\0\x10", &size].concat();
    let said = said(&[mpeg_frames(5), tag.clone()].concat());
    assert_eq!((texts(&said), said.track.duration_ms, said.damage.as_str()), (ALL, Some(131), ""));
    assert_eq!(texts(&with(&tag)), ALL);
}

#[test]
fn a_version_that_nobody_knows_is_named_and_passed_over() {
    for (version, flags) in [(5, 0), (2, 0x40)] {
        let said = with(&tag_of(version, flags, &plain_frames(4)));
        assert_eq!((texts(&said), said.track.duration_ms), ([None; 3], Some(78)));
        assert!(said.damage.starts_with("the ID3v2 tag "), "{}", said.damage);
    }
}

#[test]
fn very_many_frames_are_cut_off() {
    let frames: Vec<(&str, &[u8])> = vec![("TXXX", b"\0a\0b"); 10_001];
    assert_eq!(with(&tag(3, &frames[..10_000])).damage, "");
    assert_eq!(with(&tag(3, &frames)).damage, "the ID3v2 tag has more than 10000 frames");
}

#[test]
fn where_no_tag_is_none_is_found() {
    for bytes in [&b"IDX\x03\0\0\0\0\0\x05 no tag"[..], b"ID3", b"ID3\xff\0\0\0\0\0\0"] {
        assert_eq!(find(&mut reader(bytes.to_vec()), 0..bytes.len() as u64).unwrap(), None);
    }
}

#[test]
fn cut_and_mutated_tags_are_survived() {
    let picture = [b"\0image/jpeg\0\x03\0".as_slice(), &[0xff; 100]].concat();
    let frames = [("TXXX", &b"\x01\xff\xfea\0\0\0b\0"[..]), ("COMM", b"\0eng\0c"), ("APIC", &picture)];
    for version in [3, 4] {
        survives(&[tag(version, &PLAIN), tag(version, &frames), mpeg_frames(3)].concat());
    }
    survives(
        &[tag_of(3, 0xc0, &[&[0, 0, 0, 6, 0, 0, 0, 0, 0, 0], plain_frames(3).as_slice()].concat()), mpeg_frames(3)]
            .concat(),
    );
    survives(&[tag(2, &[("TT2", b"\0title"), ("PIC", b"\0JPG\x03\0JPEG")]), mpeg_frames(3)].concat());
}

#[test]
fn a_search_for_frames_costs_what_the_file_is_worth() {
    let head = |flags: u8| [b"ID3\x03\0", &[flags][..], b"\x00\x3f\x7f\x7f", &[1, 2, 3]].concat();
    let sized = |size: u32| [b"TXXX", &size.to_be_bytes()[..], &[0xff, 0xff]].concat().repeat(100_000);
    // Capitals that are no frames, and frames that lead nowhere: just behind themselves, all over
    // the tag.
    let far: Vec<u8> = (0..100_000_u32)
        .flat_map(|at| [&b"TXXX"[..], &(at * 5 % 900_000).to_be_bytes(), b"\xff\xff"].concat())
        .collect();
    for frames in [vec![b'U'; 1_000_000], sized(15), sized(5_000), sized(500_000), far] {
        for flags in [0, 0x80] {
            let file = [head(flags), frames.clone()].concat();
            let (told, cost) = crate::cost::of(|| crate::trial::said(&file));
            assert!(cost.asks < 600_000 && cost.given < 30_000_000, "{cost:?} {flags}");
            assert!(told.reads.len() < 1_000, "{}", told.reads.len());
        }
    }
}
