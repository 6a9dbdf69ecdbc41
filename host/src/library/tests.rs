//! A library that others hold.

use std::fs;
use std::time::Instant;

use rusqlite::ErrorCode;

use super::options::SyncOptions;
use super::report::Observer;
use super::*;
use crate::work::progress::{Phase, Progress};

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

/// Rests from the first look on, until the rows are written, and goes on.
#[derive(Default)]
struct Resting {
    looks: u32,
    phases: Vec<Phase>,
}

impl Observer for Resting {
    fn progress(&mut self, progress: &Progress) {
        self.phases.push(progress.phase);
    }

    fn is_paused(&mut self) -> bool {
        self.looks += 1;
        self.looks < 5
    }
}

#[test]
fn a_sync_that_rests_goes_on_and_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (library, scanner) = impatient(folder.path());
    for number in 0..3000 {
        fs::write(folder.path().join(format!("music/{number}.mp3")), b"").unwrap();
    }
    let mut observer = Resting::default();
    let report = library.sync(&scanner, &SyncOptions::full(), &mut observer).unwrap();
    assert_eq!((report.added, report.progress.done, report.progress.phase), (3001, 3001, Phase::Done));
    assert_eq!(observer.phases.iter().filter(|&&phase| phase == Phase::Paused).count(), 4);
    assert_eq!(observer.phases.last(), Some(&Phase::Done));
}

#[test]
fn changes_that_are_not_kept_are_an_error_and_all_that_are_kept_can_be_had() {
    let folder = tempfile::tempdir().unwrap();
    let (library, scanner) = impatient(folder.path());
    let first = library.sync(&scanner, &SyncOptions::full(), &mut ()).unwrap().scan;
    library.connection.execute("DELETE FROM history", []).unwrap();
    fs::write(folder.path().join("music/b.mp3"), b"").unwrap();
    let second = library.sync(&scanner, &SyncOptions::full(), &mut ()).unwrap().scan;
    let error = library.changes(Some(first - 1), |_| unreachable!()).unwrap_err();
    assert!(matches!(&error, LibraryError::Forgotten { scan, .. } if *scan == first), "{error}");
    let mut told = Vec::new();
    let latest = library.changes(None, |change| told.push((change.scan, change.path.to_owned()))).unwrap();
    assert_eq!((latest, told), (second, vec![(second, "b.mp3".to_owned())]));
}

/// Remembers how many files there were said to be.
#[derive(Default)]
struct Totals(Vec<u64>);

impl Observer for Totals {
    fn progress(&mut self, progress: &Progress) {
        self.0.push(progress.total_files);
    }
}

#[test]
fn a_sync_of_one_file_does_not_expect_a_whole_library() {
    let folder = tempfile::tempdir().unwrap();
    let (library, scanner) = impatient(folder.path());
    fs::write(folder.path().join("music/b.mp3"), b"").unwrap();
    library.sync(&scanner, &SyncOptions::full(), &mut ()).unwrap();
    let mut totals = Totals::default();
    library.sync(&scanner, &SyncOptions::full(), &mut totals).unwrap();
    assert_eq!(totals.0.iter().max(), Some(&2));
    let mut totals = Totals::default();
    library.rescan(&scanner, [folder.path().join("music/a.mp3")], &mut totals).unwrap();
    assert_eq!(totals.0.iter().max(), Some(&1));
}
