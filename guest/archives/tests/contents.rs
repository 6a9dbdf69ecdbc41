//! What is in the archives of many writers is what went in.

mod support;

use std::collections::BTreeMap;

use mt_scanner_archives::Kind;
use mt_scanner_archives::Limits;
use support::{contents, fixture, open, opened, tars};

/// What most fixtures have (`fixtures/make.py`).
const TREE: [(&str, &str); 4] = [
    ("text.txt", "text.txt"),
    ("Álbum/01 - tone.pcm", "tone.pcm"),
    ("Álbum/sub/noise.bin", "noise.bin"),
    ("empty", "empty"),
];

fn expected(tree: &[(&str, &str)]) -> BTreeMap<String, Result<Vec<u8>, String>> {
    tree.iter().map(|(name, content)| ((*name).to_owned(), Ok(fixture(&format!("tree/{content}"))))).collect()
}

/// These fixtures are of this kind and have exactly this tree.
fn all_have(kind: Kind, tree: &[(&str, &str)], names: &[&str]) {
    for name in names {
        let archive = opened(name);
        assert_eq!(archive.kind(), kind, "{name}");
        assert_eq!(archive.troubles(), [], "{name}");
        assert!(contents(&archive) == expected(tree), "{name}: {:?}", contents(&archive).keys());
        for (index, entry) in archive.entries().iter().enumerate() {
            assert_eq!(archive.find(&entry.name), Some(index), "{name}");
            assert_eq!(archive.member(index).unwrap().len(), entry.size, "{name}");
        }
    }
}

#[test]
fn zips() {
    all_have(
        Kind::Zip,
        &TREE,
        &[
            "zip.zip",
            "zip-stored.zip",
            "zip-64.zip",
            "zip-streamed.zip",
            "zip-streamed-stored.zip",
            "zip-behind.zip",
            "zip-adjusted.zip",
            "zip-garbage.zip",
            "zip-comment.zip",
            "bsdtar.zip",
            "python.zip",
        ],
    );
}

#[test]
fn tars() {
    all_have(Kind::Tar, &TREE, &["gnu-ustar.tar", "bsdtar-pax.tar", "python.tar"]);
    all_have(Kind::TarGzip, &TREE, &["gnu-ustar.tar.gz", "members.tgz"]);
    let folder = "A folder whose name alone is longer than all that the header of a TAR has room for/";
    let long = format!("{}tone.pcm", folder.repeat(3));
    all_have(Kind::Tar, &[(&long, "tone.pcm"), ("text.txt", "text.txt")], &["gnu-long.tar", "pax-long.tar"]);
}

#[test]
fn sevenzips() {
    all_have(
        Kind::SevenZip,
        &TREE,
        &[
            "lzma2.7z",
            "lzma.7z",
            "single.7z",
            "blocks.7z",
            "copy.7z",
            "delta.7z",
            "bcj.7z",
            "arm64.7z",
            "plain-header.7z",
            "deflate.7z",
        ],
    );
}

#[test]
fn rars() {
    let names = ["5-stored.rar", "5-comment.rar", "5-recovery.rar", "5-behind.rar", "4-stored.rar", "4-comment.rar"];
    all_have(Kind::Rar, &TREE, &names);
}

/// Garbage behind a gzip stream is no part of it, and archives without an end are whole.
#[test]
fn what_is_behind_a_tar_gz() {
    let tar = tars::tar(&[("a", b"content"), ("b", b"more")]);
    for end in [tar.len(), tar.len() - 512, tar.len() - 1024] {
        for garbage in [&b""[..], b"garbage", &[0; 5000]] {
            let bytes = [&tars::gzip(&tar[..700])[..], &tars::gzip(&tar[700..end]), garbage].concat();
            let archive = open(bytes, &Limits::default()).unwrap();
            assert_eq!(archive.troubles(), []);
            assert_eq!(contents(&archive)["b"], Ok(b"more".to_vec()));
        }
    }
}

/// The old form of GNU tar for sparse files has blocks between header and content.
#[test]
fn maps_of_sparse_files_are_stepped_over() {
    let mut header = tars::header(b"sparse", b'S', 600);
    header[482] = 1;
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut map = [1; 1024];
    map[504] = 1;
    map[512 + 504] = 0;
    let bytes = [header, map.to_vec(), vec![7; 1024], tars::tar(&[("b", b"more")])].concat();
    let archive = open(bytes, &Limits::default()).unwrap();
    assert_eq!(archive.troubles(), []);
    assert_eq!(contents(&archive)["b"], Ok(b"more".to_vec()));
}
