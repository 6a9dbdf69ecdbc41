//! Roots that vanish, are empty all of a sudden, are polled, or were never there.

use std::fs;
use std::time::Duration;

use mt_scanner::{Error, Library, LibraryError, Scanner, WatchOptions};

use super::{Watched, artists, copy};
use crate::support::Folder;

#[test]
fn a_root_that_vanishes_takes_nothing_away_and_is_seen_again() {
    let folder = artists(["music/A", "music/B"]);
    let [root, aside] = ["music", "aside"].map(|name| folder.path().join(name));
    let (watched, _) = Watched::new(&root, WatchOptions::default());
    let ids = watched.ids();
    fs::rename(&root, &aside).unwrap();
    watched.until_notice("root-gone");
    assert_eq!(watched.ids(), ids);
    // As a mount point without its disk.
    fs::create_dir(&root).unwrap();
    fs::write(root.join("note.txt"), b"").unwrap();
    copy("mp3-vbr.mp3", &aside.join("A/Album/new.mp3"));
    fs::remove_dir_all(&root).unwrap();
    fs::rename(&aside, &root).unwrap();
    watched.until(&["added A/Album/new.mp3"]);
    watched.until_notice("root-back");
    assert_eq!(watched.ids()[..2], ids);
    fs::remove_file(root.join("A/Album/new.mp3")).unwrap();
    watched.until(&["missing A/Album/new.mp3"]);
}

#[test]
fn a_root_that_is_suddenly_empty_takes_nothing_away() {
    let folder = artists(["music/A"]);
    let [root, aside] = ["music", "aside"].map(|name| folder.path().join(name));
    let (watched, _) = Watched::new(&root, WatchOptions::default());
    let ids = watched.ids();
    fs::rename(root.join("A"), &aside).unwrap();
    watched.until_notice("root-gone");
    assert_eq!(watched.ids(), ids);
    fs::rename(&aside, root.join("A")).unwrap();
    watched.until_notice("root-back");
    assert_eq!(watched.ids(), ids);
}

#[test]
fn a_root_that_is_polled_is_kept_up_to_date() {
    let folder = artists(["A", "B"]);
    let options = WatchOptions::default().poll(true).poll_interval(Duration::from_millis(20));
    let (watched, _) = Watched::new(folder.path(), options);
    let ids = watched.ids();
    fs::rename(folder.path().join("A"), folder.path().join("C")).unwrap();
    watched.until(&["moved C/Album/mp3-cbr.mp3"]);
    assert_eq!(watched.ids(), ids);
    copy("mp3-vbr.mp3", &folder.path().join("C/Album/mp3-cbr.mp3"));
    // In place, with other audio: the old track is missing, or has changed.
    while watched.report().1.is_empty() {}
}

#[test]
fn a_root_that_is_not_there_in_the_beginning_is_an_error() {
    let folder = Folder::new();
    let scanner = Scanner::new(folder.path().join("none")).unwrap();
    let library = Library::open(folder.path().join("library.db"), &scanner).unwrap();
    let error = library.watch(&scanner, WatchOptions::default()).run(&mut ()).unwrap_err();
    assert!(matches!(error, LibraryError::Scan(Error::RootNotFound { .. })), "{error}");
}
