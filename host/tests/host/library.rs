//! The library.

use mt_scanner::{Library, LibraryError, Observer, Problem, Progress, Rows, Scanner};
use rusqlite::Connection;

use crate::support::{Folder, all, samples};

#[derive(Default)]
struct Seen {
    rows: usize,
    problems: usize,
    progress: Option<Progress>,
}

impl Observer for Seen {
    fn wants_rows(&self) -> bool {
        true
    }

    fn rows(&mut self, rows: &Rows) {
        self.rows += rows.len();
    }

    fn problems(&mut self, problems: &[Problem]) {
        self.problems += problems.len();
    }

    fn progress(&mut self, progress: &Progress) {
        self.progress = Some(*progress);
    }
}

#[test]
fn a_library_has_a_row_for_every_track() {
    let folder = Folder::new();
    let path = folder.path().join("library.db");
    let scanner = Scanner::new(samples()).unwrap();
    let (tracks, problems) = all(&scanner);
    let library = Library::open(&path, &scanner).unwrap();
    let report = library.sync(&scanner, &mut ()).unwrap();
    assert_eq!((report.added, report.modified, report.unchanged), (tracks.len() as u64, 0, 0));
    assert_eq!(report.progress.problems, problems.len() as u64);
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
    assert_eq!(library.sync(&scanner, &mut ()).unwrap().added, 12);
    let mut seen = Seen::default();
    let again = library.sync(&scanner, &mut seen).unwrap();
    assert_eq!((again.added, again.modified, again.unchanged), (0, 0, 12));
    assert_eq!((seen.rows, seen.problems, seen.progress), (12, 12, Some(again.progress)));
    let folder = folder.file("new.mp3", b"").file("Artist 00/Album 000/000.mp3", b"longer");
    let third = library.sync(&scanner, &mut ()).unwrap();
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
fn problems_are_those_of_the_last_sync() {
    let folder = Folder::new().file("a.mp3", b"no mp3 at all");
    let db = Folder::new();
    let path = db.path().join("library.db");
    let scanner = Scanner::new(folder.path()).unwrap();
    let library = Library::open(&path, &scanner).unwrap();
    library.sync(&scanner, &mut ()).unwrap();
    let count =
        || -> i64 { library.connection().query_row("SELECT count(*) FROM problems", [], |row| row.get(0)).unwrap() };
    assert_eq!(count(), 1);
    std::fs::remove_file(folder.path().join("a.mp3")).unwrap();
    library.sync(&scanner, &mut ()).unwrap();
    assert_eq!(count(), 0);
}
