//! Names are names and nothing else.

mod support;

use mt_scanner_archives::{Archive, Limits};
use support::tars::header;
use support::zips::{Said, Zip, crc32};
use support::{contents, fixture, open, opened};

fn names(archive: &Archive) -> Vec<&str> {
    archive.entries().iter().map(|entry| &entry.name[..]).collect()
}

#[test]
fn hostile_names_are_made_relative() {
    let archive = opened("names-hostile.zip");
    let expected = ["_/_/up.txt", "absolute.txt", "C:\\drive\\letter.txt", "a/b.txt", "same.txt"];
    assert_eq!(names(&archive), expected);
    // Of two with one name the last one counts.
    assert_eq!(contents(&archive)["same.txt"], Ok(fixture("tree/tone.pcm")));
}

#[test]
fn legacy_names_of_a_zip() {
    assert_eq!(names(&opened("names-legacy.zip")), ["Müller.txt", "Ωmega.txt"]);
}

/// Unix has no code pages: its names without the flag are UTF-8 if they can be.
#[test]
fn names_without_the_flag_of_utf8() {
    let mut zip = Zip::default();
    for name in ["Größe".as_bytes(), b"Gr\x94\xe1e"] {
        let said = Said { name, flags: 0, method: 0, crc32: 0, compressed: 0, size: 0, offset: zip.bytes.len() as u64 };
        zip.local(&said);
        zip.central(&said);
    }
    let bytes = zip.finish();
    let archive = open(bytes.clone(), &Limits::default()).unwrap();
    assert_eq!(names(&archive), ["Größe"]);
    assert_eq!(archive.find("Größe"), Some(0));
    // The local headers alone do not say which system it was.
    let cut = open(bytes[..bytes.len() - 50].to_vec(), &Limits::default()).unwrap();
    assert_eq!(names(&cut), ["Größe"]);
}

#[test]
fn entries_without_a_name_are_none() {
    let zip = Zip::default().stored("", b"a").stored("./", b"b").stored("/", b"c").stored("..", b"d").stored(".", b"e");
    assert_eq!(names(&open(zip.finish(), &Limits::default()).unwrap()), ["_"]);
}

#[test]
fn control_characters_are_replaced() {
    let name = b"a\nb\x1b[2J";
    let tar = [header(name, b'0', 0), vec![0; 1024]].concat();
    assert_eq!(names(&open(tar, &Limits::default()).unwrap()), ["a\u{fffd}b\u{fffd}[2J"]);
}

#[test]
fn archives_inside_are_opened_once() {
    for name in ["nested.zip", "nested-stored.zip"] {
        let archive = opened(name);
        let expected = [
            "Inner.zip!/text.txt",
            "Inner.zip!/deeper.zip",
            "tone.pcm",
            "in/Inner.tar!/text.txt",
            "in/Inner.tar!/Álbum/01 - tone.pcm",
            "in/Inner.tar!/Álbum/sub/noise.bin",
            "in/Inner.tar!/empty",
            "false.zip",
        ];
        assert_eq!(names(&archive), expected, "{name}");
        let [trouble] = archive.troubles() else { panic!("{name}") };
        assert_eq!(trouble.to_string(), "false.zip: no ZIP, 7Z, RAR, TAR or TAR.GZ");
        let found = contents(&archive);
        assert_eq!(found["Inner.zip!/text.txt"], Ok(fixture("tree/text.txt")));
        assert_eq!(found["in/Inner.tar!/Álbum/sub/noise.bin"], Ok(fixture("tree/noise.bin")));
        assert_eq!(found["false.zip"], Ok(b"not a ZIP".to_vec()));
        let flat = open(fixture(name), &Limits { depth: 0, ..Limits::default() }).unwrap();
        assert_eq!(names(&flat), ["Inner.zip", "tone.pcm", "in/Inner.tar", "false.zip"]);
        let deep = open(fixture(name), &Limits { depth: 2, ..Limits::default() }).unwrap();
        assert_eq!(names(&deep)[1], "Inner.zip!/deeper.zip!/deep.txt");
    }
}

/// A name that an entry and a file of an archive inside have in common is that of the last one.
#[test]
fn names_that_look_like_those_of_an_archive_inside() {
    let inner = Zip::default().stored("a.mp3", b"inner").finish();
    let zip = Zip::default().stored("I.zip!/a.mp3", b"outer").stored("I.zip", &inner).stored("b", b"b");
    let archive = open(zip.finish(), &Limits::default()).unwrap();
    assert_eq!(names(&archive), ["I.zip!/a.mp3", "b"]);
    assert_eq!(contents(&archive)["I.zip!/a.mp3"], Ok(b"inner".to_vec()));
}

/// Entries whose sizes only descriptors have, without a directory.
#[test]
fn sizes_in_descriptors() {
    for (method, is_marked, is_wide) in
        [(8, true, false), (8, false, false), (8, true, true), (8, false, true), (0, true, false)]
    {
        let mut zip = Zip::default();
        let content = b"what is in it, and what is in it".repeat(9);
        for name in ["a", "b", "c"] {
            let said = Said { name: name.as_bytes(), flags: 8, method, crc32: 0, compressed: 0, size: 0, offset: 0 };
            zip.local(&said);
            let packed = if method == 8 { support::zips::deflate(&content) } else { content.clone() };
            zip.bytes.extend(&packed);
            zip.bytes.extend(if is_marked { &b"PK\x07\x08"[..] } else { b"" });
            zip.bytes.extend(crc32(&content).to_le_bytes());
            for size in [packed.len() as u64, content.len() as u64] {
                zip.bytes.extend(&size.to_le_bytes()[..if is_wide { 8 } else { 4 }]);
            }
        }
        let archive = open(zip.bytes, &Limits::default()).unwrap();
        assert_eq!(archive.troubles().len(), 1);
        let found = contents(&archive);
        assert_eq!(found.len(), 3, "{method} {is_marked} {is_wide}");
        assert!(found.values().all(|found| *found == Ok(content.clone())), "{method} {is_marked} {is_wide}");
    }
}

/// Old writers count records in 16 bits, whatever there is.
#[test]
fn a_directory_of_more_records_than_it_can_count() {
    let mut zip = Zip::default();
    let names: Vec<String> = (0..65_540).map(|index| index.to_string()).collect();
    for name in &names {
        let offset = zip.bytes.len() as u64;
        let said = Said { name: name.as_bytes(), flags: 0, method: 0, crc32: 0, compressed: 0, size: 0, offset };
        zip.local(&said);
        zip.central(&said);
    }
    let mut bytes = zip.finish();
    // The end as it was before ZIP64.
    let end = bytes.len() - 22;
    bytes[end + 8..end + 12].copy_from_slice(&[4, 0, 4, 0]);
    bytes.drain(end - 76..end);
    let archive = open(bytes.clone(), &Limits::default()).unwrap();
    assert_eq!((archive.entries().len(), archive.troubles()), (65_540, &[][..]));
    // One that counts more than there are is cut.
    let end = bytes.len() - 22;
    bytes[end + 8..end + 12].copy_from_slice(&[0xfe, 0xff, 0xfe, 0xff]);
    let directory = u32::from_le_bytes(bytes[end + 16..end + 20].try_into().unwrap()) as usize;
    bytes[directory + 46 * 60..end].fill(0);
    let archive = open(bytes, &Limits::default()).unwrap();
    assert!(archive.entries().len() < 60 && !archive.entries().is_empty());
    assert!(archive.troubles()[0].detail.starts_with("the directory ends after"));
}
