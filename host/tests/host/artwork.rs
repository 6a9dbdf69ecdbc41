//! Pictures, as this host hands them out, and extensions that callers name.

use mt_scanner::{Error, Outcome, PictureKind, Scanner};

use crate::support::{Folder, samples};

const GIF: &[u8] = b"GIF89a\x40\x01\xf0\0\x80\0\0";

#[test]
fn the_pictures_are_the_same_with_and_without_their_bytes() {
    let folder = Folder::new().file("a/1.mp3", b"no music").file("a/Cover.gif", GIF).file("a/front.GIF", GIF);
    let scanner = Scanner::new(folder.path()).unwrap();
    let all = scanner.pictures("a/1.mp3").unwrap();
    let sources: Vec<&str> = all.pictures.iter().map(|picture| picture.source.as_str()).collect();
    assert_eq!(sources, ["Cover.gif", "front.GIF"]);
    assert!(all.pictures.iter().all(|picture| picture.data == GIF && picture.kind == PictureKind::FrontCover));
    let items = scanner.picture_items(folder.path().join("a/1.mp3"), true).unwrap();
    assert_eq!(items.pictures, all.pictures.iter().map(|picture| picture.item()).collect::<Vec<_>>());
    assert_eq!((&items.problems, items.problems[0].outcome), (&all.problems, Outcome::Malformed));
    assert_eq!(scanner.artwork("a/1.mp3").unwrap().pictures, all.pictures[..1]);
}

#[test]
fn pictures_that_are_large_together_come_whole() {
    let names = ["cover.gif", "folder.gif", "front.gif"];
    let large = |name: &str| [GIF, name.as_bytes(), &vec![7; 20 << 20]].concat();
    let folder = names.iter().fold(Folder::new().file("1.mp3", b"x"), |folder, name| folder.file(name, &large(name)));
    let found = Scanner::new(folder.path()).unwrap().pictures("1.mp3").unwrap();
    assert_eq!(found.pictures.len(), names.len());
    for (picture, name) in found.pictures.iter().zip(names) {
        assert!(picture.source == name && picture.data == large(name), "{name}");
    }
}

#[test]
fn a_file_that_is_not_there_is_an_error() {
    let scanner = Scanner::new(samples()).unwrap();
    assert!(matches!(scanner.artwork("none.mp3"), Err(Error::FileNotFound { .. })));
    assert!(matches!(scanner.pictures("../none.mp3"), Err(Error::EscapesRoot { .. })));
}

#[test]
fn extensions_are_asked_for_in_any_form_and_checked() {
    let folder = Folder::new().file("1.mp3", b"").file("2.AIFF", b"").file("3.ape", b"").file("4.txt", b"");
    let builder = || Scanner::builder().root(folder.path());
    let reached = |scanner: &Scanner| {
        let mut scan = scanner.counting().unwrap();
        scan.by_ref().for_each(|step| step.unwrap());
        (scan.progress().files, scan.progress().passed_over)
    };
    assert_eq!(reached(&builder().build().unwrap()), (1, 2));
    assert_eq!(reached(&builder().extension("aiff").build().unwrap()), (2, 1));
    assert_eq!(reached(&builder().extensions([".Aiff", ".APE", ".txt"]).build().unwrap()), (4, 0));
    assert!(matches!(builder().extension("a/b").build(), Err(Error::NoExtension { .. })));
}
