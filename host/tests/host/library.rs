//! The library.

use mt_scanner::{Change, Library, LibraryError, Observer, Problem, Progress, Scanner, SyncOptions};
use rusqlite::Connection;

use crate::support::{Folder, all, samples};

#[derive(Default)]
struct Seen {
    changes: Vec<(String, String, Option<String>)>,
    problems: usize,
    progress: Option<Progress>,
}

impl Observer for Seen {
    fn wants_changes(&self) -> bool {
        true
    }

    fn change(&mut self, change: Change<'_>) {
        let json: serde_json::Value = serde_json::from_str(change.json).unwrap();
        assert_eq!((&json["change"], &json["path"]), (&change.change.into(), &change.path.into()));
        assert!(json["artists"].is_array() && json["has_artwork"].is_boolean(), "{json}");
        self.changes.push((change.change.into(), change.path.into(), change.former_path.map(str::to_owned)));
    }

    fn problem(&mut self, _: &Problem) {
        self.problems += 1;
    }

    fn progress(&mut self, progress: &Progress) {
        self.progress = Some(progress.clone());
    }
}

#[test]
fn a_library_has_a_row_for_every_track() {
    let folder = Folder::new();
    let path = folder.path().join("library.db");
    let scanner = Scanner::new(samples()).unwrap();
    let (tracks, problems) = all(&scanner);
    let library = Library::open(&path, &scanner).unwrap();
    let report = library.sync(&scanner, &SyncOptions::full(), &mut ()).unwrap();
    assert_eq!((report.added, report.modified, report.unchanged), (tracks.len() as u64, 0, 0));
    assert_eq!(report.problems, problems.len() as u64);
    let connection = Connection::open(&path).unwrap();
    let mut statement =
        connection.prepare("SELECT path, title, artists, has_artwork FROM tracks ORDER BY path").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).unwrap();
    let rows: Vec<(String, Option<String>, String, bool)> = rows.map(Result::unwrap).collect();
    let expected: Vec<_> = tracks
        .into_iter()
        .map(|track| (track.path, track.title, serde_json::to_string(&track.artists).unwrap(), track.has_artwork))
        .collect();
    assert_eq!(rows, expected);
}

#[test]
fn a_second_sync_changes_nothing_and_sees_what_did_change() {
    let folder = Folder::new().tracks(3, 4);
    let db = Folder::new();
    let scanner = Scanner::new(folder.path()).unwrap();
    let library = Library::open(db.path().join("library.db"), &scanner).unwrap();
    assert_eq!(library.sync(&scanner, &SyncOptions::full(), &mut ()).unwrap().added, 12);
    let mut seen = Seen::default();
    let again = library.sync(&scanner, &SyncOptions::full(), &mut seen).unwrap();
    assert_eq!((again.added, again.modified, again.unchanged), (0, 0, 12));
    assert_eq!((seen.changes.len(), seen.problems, seen.progress), (0, 12, Some(again.progress)));
    let folder = folder.file("new.mp3", b"").file("Artist 00/Album 000/000.mp3", b"longer");
    let third = library.sync(&scanner, &SyncOptions::full(), &mut ()).unwrap();
    assert_eq!((third.added, third.modified, third.unchanged), (1, 1, 11));
    drop(folder);
}

#[test]
fn a_library_of_a_newer_version_is_not_touched() {
    let folder = Folder::new();
    let path = folder.path().join("library.db");
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = std::fs::read(&path).unwrap();
    match Library::open(&path, &Scanner::new(folder.path()).unwrap()).err() {
        Some(LibraryError::Newer { version: 99, .. }) => {}
        error => panic!("{error:?}"),
    }
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_library_in_no_folder_is_an_error() {
    let folder = Folder::new();
    let error = Library::open(folder.path().join("none/library.db"), &Scanner::new(folder.path()).unwrap());
    assert!(matches!(error.err(), Some(LibraryError::NoFolder { .. })));
}

#[test]
fn problems_are_those_that_stand() {
    let folder = Folder::new().file("a.mp3", b"no mp3 at all").file("b.mp3", b"nor here");
    let db = Folder::new();
    let path = db.path().join("library.db");
    let scanner = Scanner::new(folder.path()).unwrap();
    let library = Library::open(&path, &scanner).unwrap();
    library.sync(&scanner, &SyncOptions::full(), &mut ()).unwrap();
    let count =
        || -> i64 { library.connection().query_row("SELECT count(*) FROM problems", [], |row| row.get(0)).unwrap() };
    assert_eq!(count(), 2);
    std::fs::remove_file(folder.path().join("a.mp3")).unwrap();
    library.sync(&scanner, &SyncOptions::full(), &mut ()).unwrap();
    assert_eq!(count(), 1);
}

#[test]
fn a_moved_file_keeps_its_row_and_is_named() {
    let folder = Folder::new();
    std::fs::copy(samples().join("../formats/mp3-cbr.mp3"), folder.path().join("a.mp3")).unwrap();
    let db = Folder::new();
    let scanner = Scanner::new(folder.path()).unwrap();
    let library = Library::open(db.path().join("library.db"), &scanner).unwrap();
    library.sync(&scanner, &SyncOptions::full(), &mut ()).unwrap();
    std::fs::create_dir(folder.path().join("new")).unwrap();
    std::fs::rename(folder.path().join("a.mp3"), folder.path().join("new/b.mp3")).unwrap();
    let mut seen = Seen::default();
    let report = library.sync(&scanner, &SyncOptions::quick(), &mut seen).unwrap();
    assert_eq!((report.moved, report.added, report.missing), (1, 0, 0));
    assert_eq!(seen.changes, [("moved".to_owned(), "new/b.mp3".to_owned(), Some("a.mp3".to_owned()))]);
}

#[test]
fn a_rehearsal_writes_nothing() {
    let folder = Folder::new().tracks(1, 3);
    let db = Folder::new();
    let path = db.path().join("library.db");
    let scanner = Scanner::new(folder.path()).unwrap();
    let report = Library::rehearse(&path, &scanner, &SyncOptions::full(), &mut ()).unwrap();
    assert_eq!(report.added, 3);
    assert!(!path.exists());
    let library = Library::open(&path, &scanner).unwrap();
    library.sync(&scanner, &SyncOptions::full(), &mut ()).unwrap();
    let folder = folder.file("new.mp3", b"");
    let report = Library::rehearse(&path, &scanner, &SyncOptions::full(), &mut ()).unwrap();
    assert_eq!((report.added, report.unchanged), (1, 3));
    assert_eq!(
        library.connection().query_row("SELECT count(*) FROM tracks", [], |row| row.get::<_, i64>(0)).unwrap(),
        3
    );
    drop(folder);
}

#[test]
fn an_emptied_root_is_an_error_unless_confirmed() {
    let folder = Folder::new().tracks(1, 3);
    let db = Folder::new();
    let scanner = Scanner::new(folder.path()).unwrap();
    let library = Library::open(db.path().join("library.db"), &scanner).unwrap();
    library.sync(&scanner, &SyncOptions::full(), &mut ()).unwrap();
    std::fs::remove_dir_all(folder.path().join("Artist 00")).unwrap();
    let error = library.sync(&scanner, &SyncOptions::full(), &mut ()).unwrap_err();
    assert!(matches!(error, LibraryError::RootEmptied { .. }), "{error}");
    let report = library.sync(&scanner, &SyncOptions::full().confirm_empty(true), &mut ()).unwrap();
    assert_eq!(report.missing, 3);
    assert_eq!(library.purge(std::time::Duration::from_secs(3600)).unwrap(), 0);
    assert_eq!(library.purge(std::time::Duration::ZERO).unwrap(), 3);
}

#[test]
fn whoever_watches_a_sync_can_end_it() {
    struct Enough;
    impl Observer for Enough {
        fn is_cancelled(&mut self) -> bool {
            true
        }
    }
    let folder = Folder::new().tracks(20, 50);
    let db = Folder::new();
    let scanner = Scanner::builder().root(folder.path()).workers(1).items(1).build().unwrap();
    let library = Library::open(db.path().join("library.db"), &scanner).unwrap();
    let ended = library.sync(&scanner, &SyncOptions::full(), &mut Enough);
    // A machine may be quick enough to be done before anybody is asked.
    assert!(matches!(ended, Err(LibraryError::Cancelled) | Ok(_)));
    let report = library.sync(&scanner, &SyncOptions::full(), &mut ()).unwrap();
    assert_eq!(report.added + report.unchanged, 1000);
}
