//! What changes is in the library soon, in few syncs.

use std::fs;
use std::time::{Duration, Instant};

use mt_scanner::WatchOptions;

use super::{PATIENCE, Watched, artists, copy};
use crate::support::samples;

#[test]
fn a_file_is_added_changed_and_removed() {
    let folder = artists(["A", "B"]);
    let (watched, first) = Watched::new(folder.path(), WatchOptions::default());
    assert_eq!(first.added, 2);
    let file = folder.path().join("A/Album/new.mp3");
    copy("mp3-vbr.mp3", &file);
    watched.until(&["added A/Album/new.mp3"]);
    // In place: the folder does not change.
    let mut content = fs::read(&file).unwrap();
    content.extend_from_slice(b"TAG");
    fs::write(&file, content).unwrap();
    watched.until(&["modified A/Album/new.mp3"]);
    fs::remove_file(&file).unwrap();
    watched.until(&["missing A/Album/new.mp3"]);
    watched.stop().unwrap();
}

#[test]
fn a_folder_that_is_renamed_keeps_its_rows() {
    let folder = artists(["A", "B"]);
    let (watched, _) = Watched::new(folder.path(), WatchOptions::default());
    let ids = watched.ids();
    fs::rename(folder.path().join("A"), folder.path().join("C")).unwrap();
    watched.until(&["moved C/Album/mp3-cbr.mp3"]);
    assert_eq!(watched.ids(), ids);
    // It is watched in its new place.
    copy("mp3-vbr.mp3", &folder.path().join("C/Album/new.mp3"));
    watched.until(&["added C/Album/new.mp3"]);
}

#[test]
fn folders_that_change_places_are_seen_with_all_that_is_below() {
    let folder = artists(["A", "B"]);
    let (watched, _) = Watched::new(folder.path(), WatchOptions::default());
    let ids = watched.ids();
    let [one, other, aside] = ["A", "B", "aside"].map(|name| folder.path().join(name));
    fs::rename(&one, &aside).unwrap();
    fs::rename(&other, &one).unwrap();
    fs::rename(&aside, &other).unwrap();
    watched.until(&["moved B/Album/mp3-cbr.mp3", "moved A/Album/flac-16-44.flac"]);
    assert_eq!(watched.ids(), ids);
}

#[test]
fn a_burst_is_one_batch() {
    let folder = artists(["A", "B"]);
    // Longer than by default, for machines that are busy otherwise.
    let options = WatchOptions::default().debounce(Duration::from_secs(2), Duration::from_secs(30));
    let (watched, _) = Watched::new(folder.path(), options);
    let ids = watched.ids();
    let song = fs::read(samples().join("../formats/mp3-cbr.mp3")).unwrap();
    let new = folder.path().join("New/Album");
    fs::create_dir_all(&new).unwrap();
    for number in 0..500 {
        fs::write(new.join(format!("{number:03}.mp3")), &song).unwrap();
    }
    fs::rename(folder.path().join("B"), folder.path().join("Renamed")).unwrap();
    let (report, _) = watched.report();
    assert_eq!((report.added, report.moved, report.missing), (500, 1, 0));
    assert_eq!(watched.ids()[..2], ids);
}

#[test]
fn a_burst_is_committed_soon() {
    let folder = artists(["A"]);
    let (watched, _) = Watched::new(folder.path(), WatchOptions::default());
    let song = fs::read(samples().join("../formats/mp3-cbr.mp3")).unwrap();
    fs::create_dir(folder.path().join("New")).unwrap();
    for number in 0..500 {
        fs::write(folder.path().join(format!("New/{number:03}.mp3")), &song).unwrap();
    }
    let written = Instant::now();
    let (mut added, mut batches) = (0, 0);
    while added < 500 {
        added += watched.report().0.added;
        batches += 1;
    }
    println!("500 files in {batches} batch(es), {:?} after the last was written", written.elapsed());
    assert!(written.elapsed() < PATIENCE);
}

#[test]
fn what_is_made_below_new_folders_is_seen() {
    let folder = artists(["A"]);
    let (watched, _) = Watched::new(folder.path(), WatchOptions::default());
    let deep = folder.path().join("B/C/D/E");
    fs::create_dir_all(&deep).unwrap();
    copy("mp3-vbr.mp3", &deep.join("new.mp3"));
    watched.until(&["added B/C/D/E/new.mp3"]);
    copy("flac-24-96.flac", &deep.join("newer.flac"));
    watched.until(&["added B/C/D/E/newer.flac"]);
}

#[test]
fn what_says_that_folders_are_skipped_is_heard() {
    let folder = artists(["A", "B"]);
    let (watched, _) = Watched::new(folder.path(), WatchOptions::default());
    fs::write(folder.path().join("A/.nomedia"), b"").unwrap();
    watched.until(&["missing A/Album/mp3-cbr.mp3"]);
    fs::remove_file(folder.path().join("A/.nomedia")).unwrap();
    watched.until(&["restored A/Album/mp3-cbr.mp3"]);
}

#[test]
fn a_watch_that_is_stopped_ends_soon() {
    let folder = artists(["A"]);
    let (watched, _) = Watched::new(folder.path(), WatchOptions::default());
    let asked = Instant::now();
    watched.stop().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
}
