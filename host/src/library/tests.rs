//! A library that others hold.

use std::fs;

use rusqlite::ErrorCode;

use super::*;

/// A library that does not wait for long, and a root with one track.
fn impatient(folder: &Path) -> (Library, Scanner) {
    let music = folder.join("music");
    fs::create_dir(&music).unwrap();
    fs::write(music.join("a.mp3"), b"no music").unwrap();
    let scanner = Scanner::new(music).unwrap();
    let mut library = Library::open(folder.join("library.db"), &scanner).unwrap();
    library.patience = Duration::from_millis(200);
    library.connection.busy_timeout(library.patience).unwrap();
    (library, scanner)
}

/// A second connection that holds the database, or the file beside it with this ending.
fn held(library: &Library, beside: &str, how: &str) -> Connection {
    let other = Connection::open(format!("{}{beside}", library.path().display())).unwrap();
    other.execute_batch(how).unwrap();
    other
}

#[test]
fn who_waits_in_vain_for_another_sync_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (library, scanner) = impatient(folder.path());
    let other = held(&library, "-sync", "BEGIN EXCLUSIVE");
    let began = Instant::now();
    let error = library.sync(&scanner, &SyncOptions::full(), &mut ()).unwrap_err();
    assert!(matches!(&error, LibraryError::Busy { path } if path == library.path()), "{error}");
    let error = library.purge(Duration::ZERO).unwrap_err();
    assert!(matches!(error, LibraryError::Busy { .. }), "{error}");
    let waited = began.elapsed();
    assert!(waited >= 2 * library.patience && waited < PATIENCE, "{waited:?}");
    drop(other);
    assert_eq!(library.sync(&scanner, &SyncOptions::full(), &mut ()).unwrap().added, 1);
}

#[test]
fn who_waits_in_vain_for_another_writer_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (library, scanner) = impatient(folder.path());
    let other = held(&library, "", "BEGIN IMMEDIATE");
    let error = library.sync(&scanner, &SyncOptions::full(), &mut ()).unwrap_err();
    let LibraryError::Database { path, source } = error else { panic!("{error}") };
    assert_eq!((path.as_path(), source.sqlite_error_code()), (library.path(), Some(ErrorCode::DatabaseBusy)));
    drop(other);
    assert_eq!(library.sync(&scanner, &SyncOptions::full(), &mut ()).unwrap().added, 1);
}
