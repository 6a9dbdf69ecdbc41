//! Roots inside roots, roots with several names, and files.

use mt_scanner::{Error, Library, LibraryError, Observer, RootNotice, Scanner, SyncOptions, WatchOptions};

use crate::support::{Folder, all};

/// The notices of a sync.
#[derive(Default)]
struct Told(Vec<(String, String)>);

impl Observer for Told {
    fn root(&mut self, notice: &RootNotice) {
        self.0.push((notice.kind.clone(), notice.detail.clone()));
    }
}

fn music() -> Folder {
    Folder::new().file("music/a.mp3", b"").file("music/in/b.mp3", b"").file("music/in/deep/c.mp3", b"")
}

#[test]
fn a_scanner_has_files_and_folders_of_which_none_is_scanned_twice() {
    let folder = music();
    let music = folder.path().join("music");
    let scanner = Scanner::builder().roots([music.join("in"), music.join("a.mp3")]).root(&music).build().unwrap();
    assert_eq!(scanner.roots().collect::<Vec<_>>(), [music.join("in"), music.clone()]);
    assert_eq!(scanner.count(None).unwrap(), 3);
    let scanner = Scanner::builder().roots([music.join("in/b.mp3"), music.join("a.mp3")]).build().unwrap();
    let (mut tracks, _) = all(&scanner);
    tracks.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(tracks.iter().map(|track| track.path.as_str()).eq(["a.mp3", "b.mp3"]));
    let paths: Result<Vec<_>, _> = scanner.paths().unwrap().collect();
    let mut paths = paths.unwrap();
    paths.sort();
    assert_eq!(paths, [music.join("a.mp3"), music.join("in/b.mp3")]);
    assert_eq!(scanner.count(None).unwrap(), 2);
}

#[test]
fn a_sync_of_one_folder_of_a_root_that_is_named_otherwise_is_of_that_root() {
    let folder = music();
    let [music, db] = ["music", "library.db"].map(|name| folder.path().join(name));
    let library = Library::open(&db, &Scanner::new(&music).unwrap()).unwrap();
    library.sync(&Scanner::new(&music).unwrap(), &SyncOptions::full(), &mut ()).unwrap();
    let folder = folder.file("music/in/new.mp3", b"");
    let link = folder.path().join("link");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&music, &link).unwrap();
    let link = if link.exists() { link } else { music };
    let only = SyncOptions::folders([(&link, "in".to_owned())]);
    let report = library.sync(&Scanner::new(&link).unwrap(), &only, &mut ()).unwrap();
    assert_eq!((report.added, report.unchanged), (1, 3));
}

#[test]
fn roots_of_the_library_come_along_and_are_named() {
    let folder = music();
    let [music, db] = ["music", "library.db"].map(|name| folder.path().join(name));
    let both = Scanner::builder().root(&music).root(music.join("in")).build().unwrap();
    let library = Library::open(&db, &both).unwrap();
    let mut told = Told::default();
    assert_eq!(library.sync(&both, &SyncOptions::full(), &mut told).unwrap().added, 3);
    let folder = folder.file("music/in/new.mp3", b"");
    let outer = Scanner::new(&music).unwrap();
    let report = library.sync(&outer, &SyncOptions::quick(), &mut told).unwrap();
    assert_eq!((report.added, report.unchanged), (1, 3));
    let expected = (
        "root-inside".to_owned(),
        format!(
            "the folder lies inside the root {}, and is a root of its own: its files are told under it alone",
            music.display()
        ),
    );
    assert_eq!(told.0, [expected.clone(), expected]);
    drop(folder);
}

#[test]
fn a_file_is_read_again_and_one_that_is_gone_is_missing() {
    let folder = music();
    let [music, db] = ["music", "library.db"].map(|name| folder.path().join(name));
    let scanner = Scanner::new(&music).unwrap();
    let library = Library::open(&db, &scanner).unwrap();
    library.sync(&scanner, &SyncOptions::full(), &mut ()).unwrap();
    let files = ["a.mp3", "in/b.mp3"].map(|name| music.join(name));
    let report = library.rescan(&scanner, &files, &mut ()).unwrap();
    assert_eq!((report.progress.tracks, report.unchanged), (2, 3));
    std::fs::remove_file(&files[1]).unwrap();
    assert_eq!(library.rescan(&scanner, &files, &mut ()).unwrap().missing, 1);
}

#[test]
fn a_file_in_no_root_of_the_library_is_an_error() {
    let folder = music();
    let [music, db] = ["music", "library.db"].map(|name| folder.path().join(name));
    let scanner = Scanner::new(music.join("in")).unwrap();
    let library = Library::open(&db, &scanner).unwrap();
    library.sync(&scanner, &SyncOptions::full(), &mut ()).unwrap();
    let file = Scanner::new(music.join("a.mp3")).unwrap();
    for error in [
        library.sync(&file, &SyncOptions::full(), &mut ()).unwrap_err(),
        library.rescan(&scanner, [music.join("a.mp3")], &mut ()).unwrap_err(),
    ] {
        assert!(matches!(&error, LibraryError::InNoRoot { path } if *path == music.join("a.mp3")), "{error}");
        assert!(error.to_string().ends_with("sync its folder, or one around it, first"), "{error}");
    }
}

#[test]
fn a_file_cannot_be_watched() {
    let folder = music();
    let scanner = Scanner::new(folder.path().join("music/a.mp3")).unwrap();
    let library = Library::open(folder.path().join("library.db"), &scanner).unwrap();
    let error = library.watch(&scanner, WatchOptions::default()).run(&mut ()).unwrap_err();
    let is_file = |error: &LibraryError| match error {
        LibraryError::Scan(Error::RootNotAFolder { path }) => path.ends_with("music/a.mp3"),
        _ => false,
    };
    assert!(is_file(&error), "{error}");
}
