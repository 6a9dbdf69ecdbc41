//! What is in the archives of many writers is what went in.

mod support;

use std::collections::BTreeMap;

use mt_scanner_archives::Kind;
use support::{contents, fixture, opened};

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
