//! What is not read is named, and what can be read is read.

mod support;

use mt_scanner_archives::TroubleKind::{self, Damaged, Encrypted, Limit, Unreadable, Unsupported};
use mt_scanner_archives::{Archive, Limits, ReadAt};
use support::zips::{Zip, crc32, deflate};
use support::{Counted, contents, fixture, fixtures, open, opened, whole};

/// What is said of the members with content that these fixtures have.
fn members_say(kind: TroubleKind, detail: &str, names: &[&str]) {
    for name in names {
        let archive = opened(name);
        assert_eq!(archive.troubles(), [], "{name}");
        let refused = |index| archive.member(index).err();
        let with_content = archive.entries().iter().enumerate().filter(|(_, entry)| entry.size > 0);
        let troubles: Vec<_> = with_content.map(|(index, entry)| (refused(index), &entry.name)).collect();
        assert!(!troubles.is_empty());
        for (trouble, entry) in troubles {
            let trouble = trouble.unwrap_or_else(|| panic!("{name}: {entry}"));
            assert_eq!((trouble.kind, &trouble.detail[..]), (kind, detail), "{name}");
            assert_eq!((trouble.entry.as_ref(), trouble.io), (Some(entry), None));
        }
    }
}

#[test]
fn encrypted_entries() {
    let names = ["zip-encrypted.zip", "7z-aes.zip", "aes.7z", "4-encrypted.rar", "5-encrypted.rar"];
    members_say(Encrypted, "the entry is encrypted", &names);
}

#[test]
fn encrypted_directories() {
    for name in ["aes-header.7z", "4-encrypted-header.rar", "5-encrypted-header.rar"] {
        let trouble = open(fixture(name), &Limits::default()).err().unwrap();
        assert_eq!((trouble.kind, &trouble.detail[..]), (Encrypted, "the directory is encrypted"), "{name}");
    }
}

#[test]
fn methods_that_are_not_read_are_named() {
    for method in ["BZip2", "Deflate64", "LZMA", "PPMd"] {
        members_say(Unsupported, &format!("{method} compression is not read"), &[&format!("7z-{method}.zip")]);
    }
    members_say(Unsupported, "BZip2 compression is not read", &["bzip2.7z"]);
    members_say(Unsupported, "PPMd compression is not read", &["ppmd.7z"]);
    members_say(Unsupported, "BCJ2 compression is not read", &["bcj2.7z"]);
    let archive = open(Zip::default().packed("a", 77, b"abc", 3, 0).finish(), &Limits::default()).unwrap();
    assert_eq!(archive.member(0).err().unwrap().detail, "compression method 77 is not read");
}

#[test]
fn compressed_rars() {
    for name in ["4-packed.rar", "4-solid.rar", "5-packed.rar", "5-solid.rar"] {
        let archive = opened(name);
        assert_eq!(archive.entries().len(), 4, "{name}");
        let member = archive.find("text.txt").map(|index| archive.member(index)).unwrap();
        assert_eq!(member.err().unwrap().detail, "compressed RAR entries are not read", "{name}");
    }
    // What does not become smaller is stored.
    assert_eq!(contents(&opened("5-packed.rar"))["Álbum/sub/noise.bin"], Ok(fixture("tree/noise.bin")));
}

#[test]
fn volumes() {
    for name in ["4-part1.rar", "5-part1.rar"] {
        let archive = opened(name);
        let [trouble] = archive.troubles() else { panic!("{name}") };
        assert_eq!(trouble.kind, Unsupported);
        assert!(trouble.detail.starts_with("a volume of several"), "{trouble}");
        let found = contents(&archive);
        assert_eq!(found["tone.pcm"], Err("the entry goes on in another volume".to_owned()), "{name}");
        assert_eq!(found.get("noise.bin").is_some_and(Result::is_ok), name == "5-part1.rar");
    }
    for name in ["4-part2.rar", "5-part2.rar"] {
        let archive = opened(name);
        assert_eq!((archive.entries().len(), archive.troubles().len()), (0, 1), "{name}");
    }
    let mut split = Zip::default().stored("a", b"content").finish();
    let disk = split.len() - 18;
    split[disk] = 3;
    let trouble = open(split, &Limits::default()).err().unwrap();
    assert_eq!((trouble.kind, &trouble.detail[..]), (Unsupported, "the last part of a split archive"));
}

#[test]
fn sparse_files_of_a_tar() {
    for name in ["gnu-sparse.tar", "pax-sparse.tar"] {
        let found = contents(&opened(name));
        assert_eq!(found["sparse.bin"], Err("sparse files are not read".to_owned()), "{name}");
        assert_eq!(found["text.txt"], Ok(fixture("tree/text.txt")), "{name}");
    }
}

#[test]
fn no_archive() {
    let gzip = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, &[7; 5000]).unwrap();
        encoder.finish().unwrap()
    };
    for (bytes, detail) in [
        (vec![], "no ZIP, 7Z, RAR, TAR or TAR.GZ"),
        (vec![0; 100_000], "no ZIP, 7Z, RAR, TAR or TAR.GZ"),
        (b"MZ a program without an archive".repeat(10_000), "no ZIP, 7Z, RAR, TAR or TAR.GZ"),
        (fixture("tree/noise.bin"), "no ZIP, 7Z, RAR, TAR or TAR.GZ"),
        (gzip, "no TAR is in the gzip stream"),
        (b"7z\xbc\xaf\x27\x1c".to_vec(), "the archive is cut"),
        (fixture("lzma2.7z")[..1000].to_vec(), "the archive is cut, and its directory was at the end"),
    ] {
        let trouble = open(bytes, &Limits::default()).err().unwrap();
        assert_eq!((trouble.kind, &trouble.detail[..]), (Damaged, detail));
    }
}

#[test]
fn empty_archives_are_archives() {
    for bytes in [Zip::default().finish(), vec![0; 10_240], b"PK\x05\x06".iter().copied().chain([0; 18]).collect()] {
        let archive = open(bytes, &Limits::default()).unwrap();
        assert_eq!((archive.entries().len(), archive.troubles().len()), (0, 0));
    }
}

/// Cut in the middle, an archive has what is whole, in its order, and says that it is cut.
#[test]
fn cut_archives() {
    for name in ["zip-stored.zip", "zip.zip", "zip-streamed.zip", "python.tar", "5-stored.rar", "4-stored.rar"] {
        let (bytes, all) = (fixture(name), contents(&opened(name)));
        let archive = open(bytes[..bytes.len() / 2].to_vec(), &Limits::default()).unwrap();
        assert!(!archive.troubles().is_empty(), "{name}");
        assert!(archive.troubles().iter().all(|trouble| trouble.kind == Damaged), "{name}");
        let mut found = contents(&archive);
        // One without a size is what there is of it.
        for trouble in archive.troubles().iter().filter(|trouble| trouble.detail == "the entry is cut") {
            assert!(found.remove(trouble.entry.as_ref().unwrap()).is_some_and(|content| content.is_ok()), "{name}");
        }
        let (good, bad): (Vec<_>, Vec<_>) = found.iter().partition(|(_, content)| content.is_ok());
        assert!(good.iter().all(|(name, content)| all[*name] == **content), "{name}");
        assert!(!good.is_empty() && bad.len() < 2, "{name}");
    }
}

#[test]
fn a_cut_entry_ends_there() {
    for name in
        ["zip-stored.zip", "zip-streamed-stored.zip", "python.tar", "5-stored.rar", "4-stored.rar", "members.tgz"]
    {
        let (bytes, tone) = (fixture(name), fixture("tree/tone.pcm"));
        let at = (0..bytes.len()).find(|&at| bytes[at..].starts_with(&tone)).unwrap_or(300);
        let archive = open(bytes[..at + 1000].to_vec(), &Limits::default()).unwrap();
        let member = archive.member(archive.find("Álbum/01 - tone.pcm").expect(name)).unwrap();
        assert!(member.trouble().is_none());
        let content = whole(&member);
        assert!(!content.is_empty() && content.len() < tone.len() && tone.starts_with(&content), "{name}");
        assert_eq!((member.len(), member.trouble().unwrap().kind), (4000, Damaged), "{name}");
        assert_eq!(member.read_at(3990, 10).unwrap(), b"", "{name}");
    }
}

#[test]
fn checksums_are_compared() {
    let packed = deflate(b"content");
    let archive = Zip::default().packed("a", 8, &packed, 7, 1).packed("b", 0, b"content", 7, 2);
    let archive = open(archive.packed("c", 0, b"content", 7, crc32(b"content")).finish(), &Limits::default()).unwrap();
    for (index, is_right) in [false, false, true].into_iter().enumerate() {
        let member = archive.member(index).unwrap();
        assert_eq!(member.read_at(0, 3).unwrap(), b"con");
        assert!(member.trouble().is_none());
        assert_eq!(whole(&member), b"content");
        let trouble = member.trouble().map(|trouble| (trouble.kind, trouble.detail));
        assert_eq!(trouble.is_none(), is_right);
        assert!(is_right || trouble == Some((Damaged, "the checksum of the entry is another".to_owned())));
    }
}

#[test]
fn a_claimed_size_is_no_size() {
    let packed = deflate(b"content");
    let zip = Zip::default().packed("long", 8, &packed, 1 << 40, 0).packed("longest", 8, &packed, u64::MAX, 0);
    let archive = zip.packed("short", 8, &packed, 3, crc32(b"con"));
    let archive = open(archive.packed("stored", 0, b"abc", 5000, crc32(b"abc")).finish(), &Limits::default()).unwrap();
    let found = contents(&archive);
    assert_eq!(found["long"], Err("the entry ends after 7 of 1099511627776 bytes".to_owned()));
    assert_eq!(found["longest"], Err(format!("the entry ends after 7 of {} bytes", u64::MAX)));
    assert_eq!(found["short"], Ok(b"con".to_vec()));
    assert_eq!(found["stored"], Ok(b"abc".to_vec()));
}

/// Whatever read of the source fails, the error comes out, and later the same archive is read.
#[test]
fn errors_of_the_source() {
    for name in fixtures() {
        let bytes = fixture(&name);
        let len = bytes.len() as u64;
        for number in 0..40 {
            let source = Counted::new(bytes.clone());
            source.fails_at.set(Some((number, std::io::ErrorKind::WouldBlock)));
            let archive = match Archive::open(source.clone(), len, &Limits::default()) {
                Err(trouble) if trouble.kind == Unreadable => {
                    assert_eq!(trouble.io, Some(std::io::ErrorKind::WouldBlock));
                    source.fails_at.set(None);
                    let kind = Archive::open(source, len, &Limits::default()).err().map(|trouble| trouble.kind);
                    assert!(matches!(kind, None | Some(Encrypted)), "{name}");
                    continue;
                }
                Err(trouble) if trouble.kind == Encrypted => continue,
                Err(trouble) => panic!("{name}: {trouble}"),
                Ok(archive) => archive,
            };
            // An archive inside may have been the one that was not read.
            if archive.troubles().iter().any(|trouble| trouble.kind == Unreadable) {
                continue;
            }
            let expected = contents(&opened(&name));
            for (index, entry) in archive.entries().iter().enumerate() {
                source.fails_at.set(Some((number, std::io::ErrorKind::WouldBlock)));
                let member = match archive.member(index) {
                    Err(trouble) if trouble.kind == Unreadable => {
                        assert_eq!(trouble.io, Some(std::io::ErrorKind::WouldBlock));
                        source.fails_at.set(None);
                        archive.member(index).unwrap()
                    }
                    Err(trouble) => {
                        assert_eq!(expected[&entry.name], Err(trouble.detail));
                        continue;
                    }
                    Ok(member) => member,
                };
                if let Err(error) = member.read_at(0, 4000) {
                    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
                }
                source.fails_at.set(None);
                assert_eq!(Ok(whole(&member)), expected[&entry.name], "{name} {number}");
                assert!(member.trouble().is_none(), "{name} {number}");
            }
        }
    }
}

#[test]
fn limits_are_named() {
    let zip = || Zip::default().deflated("a", &[7; 100_000]).deflated("b", &[7; 100_000]).finish();
    let limits = Limits { entries: 1, ..Limits::default() };
    let archive = open(zip(), &limits).unwrap();
    assert_eq!((archive.entries().len(), archive.troubles()[0].kind), (1, Limit));
    assert_eq!(archive.troubles()[0].detail, "more than 1 entries");
    let archive = open(zip(), &Limits { bytes: 150_000, ..Limits::default() }).unwrap();
    let found = contents(&archive);
    assert!(found["a"].is_ok());
    assert_eq!(found["b"], Err("more than 150000 bytes decompressed".to_owned()));
    let archive = open(zip(), &Limits { memory: 200, ..Limits::default() }).unwrap();
    assert_eq!(archive.troubles()[0].detail, "needs more than 200 bytes of memory");
}
