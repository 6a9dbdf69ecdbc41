//! Analyses of a library: what `tests/test_analyse.py` cannot see from outside.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use mt_scanner::{
    Analyser, AnalysisOptions, DuplicateKind, FileReport, Library, LibraryError, Observer, Phase, Problem, Progress,
    Request, Scanner, SyncOptions,
};

use crate::support::{Folder, misbehaving_analyser, samples};

const DAMAGE: Request =
    Request { depth: Some(mt_scanner::Depth::Stream), hashes: false, loudness: false, fingerprint: false };

/// A folder with so many good files, and a library of it.
fn library(files: usize) -> (Folder, Library, Scanner) {
    let song = fs::read(samples().join("../formats/flac-16-44.flac")).unwrap();
    let folder = (0..files).fold(Folder::new(), |folder, file| folder.file(&format!("music/{file:03}.flac"), &song));
    let (library, scanner) = library_of(&folder, &folder.path().join("music"));
    (folder, library, scanner)
}

fn library_of(folder: &Folder, music: &Path) -> (Library, Scanner) {
    let scanner = Scanner::builder().root(music).workers(2).build().unwrap();
    let library = Library::open(folder.path().join("library.db"), &scanner).unwrap();
    library.sync(&scanner, &SyncOptions::full(), &mut ()).unwrap();
    (library, scanner)
}

/// How many files have an analysis in the library.
fn kept(library: &Library) -> u64 {
    let count = |row: &rusqlite::Row<'_>| row.get::<_, i64>(0).map(i64::unsigned_abs);
    library.connection().query_row("SELECT count(*) FROM analyses", [], count).unwrap()
}

/// Rests after some files, or wants an end then.
#[derive(Default)]
struct Watching {
    files: Vec<String>,
    problems: Vec<(String, String)>,
    phases: Vec<Phase>,
    rest_after: Option<usize>,
    rests: u32,
    end_after: Option<usize>,
    largest: f64,
}

impl Observer for Watching {
    fn progress(&mut self, progress: &Progress) {
        self.phases.push(progress.phase);
        let fraction = progress.fraction().unwrap_or(0.0);
        assert!(fraction >= self.largest, "{fraction} after {}", self.largest);
        self.largest = fraction;
    }

    fn is_paused(&mut self) -> bool {
        let rests = self.rest_after.is_some_and(|after| self.files.len() >= after) && self.rests < 10;
        self.rests += u32::from(rests);
        rests
    }

    fn is_cancelled(&mut self) -> bool {
        self.end_after.is_some_and(|after| self.files.len() >= after)
    }

    fn file(&mut self, report: &FileReport) {
        self.files.push(report.path.clone());
    }

    fn problem(&mut self, problem: &Problem) {
        self.problems.push((problem.path.clone(), problem.outcome.name().to_owned()));
    }
}

#[test]
fn an_analysis_that_rests_goes_on_and_is_whole() {
    let (_folder, library, scanner) = library(100);
    let mut watching = Watching { rest_after: Some(1), ..Watching::default() };
    let analyser = Analyser::new(&scanner).unwrap();
    let report = library.analyse(&analyser, &AnalysisOptions::default(), &mut watching).unwrap();
    assert_eq!((report.analysed, report.verdicts.intact, report.left, kept(&library)), (100, 100, 0, 100));
    assert_eq!(watching.files.len(), 100);
    assert!(watching.phases.contains(&Phase::Paused), "{:?}", watching.phases);
    assert_eq!(watching.phases.last(), Some(&Phase::Done));
    let Progress { done, total_files, done_bytes, total_bytes, .. } = report.progress;
    assert_eq!((done, total_files), (100, 100));
    assert!(done_bytes == total_bytes && total_bytes > 0);
}

#[test]
fn who_wants_an_end_gets_it_and_the_next_one_goes_on() {
    let (_folder, library, scanner) = library(100);
    let analyser = Analyser::new(&scanner).unwrap();
    let mut watching = Watching { end_after: Some(5), ..Watching::default() };
    let error = library.analyse(&analyser, &AnalysisOptions::default(), &mut watching).unwrap_err();
    assert!(matches!(error, LibraryError::Cancelled), "{error}");
    let kept = kept(&library);
    assert!((5..100).contains(&kept), "{kept}");
    let report = library.analyse(&analyser, &AnalysisOptions::default(), &mut ()).unwrap();
    assert_eq!((report.analysed, report.left), (100 - kept, 0));
}

#[test]
fn another_analysis_is_an_error_of_its_own_and_a_sync_is_none() {
    let (folder, library, scanner) = library(1);
    let analyser = Analyser::new(&scanner).unwrap();
    let hold = |ending: &str| {
        let other = rusqlite::Connection::open(folder.path().join(format!("library.db{ending}"))).unwrap();
        other.execute_batch("BEGIN EXCLUSIVE").unwrap();
        other
    };
    let other = hold("-analysis");
    let error = library.analyse(&analyser, &AnalysisOptions::default(), &mut ()).unwrap_err();
    assert!(matches!(&error, LibraryError::BeingAnalysed { path } if path == library.path()), "{error}");
    library.sync(&scanner, &SyncOptions::full(), &mut ()).unwrap();
    drop(other);
    let _syncing = hold("-sync");
    assert_eq!(library.analyse(&analyser, &AnalysisOptions::default(), &mut ()).unwrap().analysed, 1);
}

#[test]
fn a_time_that_is_over_begins_nothing() {
    let (_folder, library, scanner) = library(3);
    let analyser = Analyser::new(&scanner).unwrap();
    let options = AnalysisOptions::default().at_most(Duration::ZERO);
    let report = library.analyse(&analyser, &options, &mut ()).unwrap();
    assert_eq!((report.analysed, report.left, kept(&library)), (0, 3, 0));
}

#[test]
fn a_file_that_never_ends_is_left_when_somebody_wants_an_end() {
    let folder = Folder::new().file("music/loop.mp3", b"MT-MISBEHAVE loop").file("music/none.mp3", b"");
    let (library, scanner) = library_of(&folder, &folder.path().join("music"));
    let analyser = Analyser::with_component(&scanner, misbehaving_analyser()).unwrap();
    let mut watching = Watching { end_after: Some(1), ..Watching::default() };
    let began = Instant::now();
    let error = library.analyse(&analyser, &AnalysisOptions::of(DAMAGE), &mut watching).unwrap_err();
    assert!(matches!(error, LibraryError::Cancelled) && began.elapsed() < Duration::from_secs(5), "{error}");
    assert_eq!((watching.files, kept(&library)), (vec!["none.mp3".to_owned()], 1));
}

#[cfg(target_os = "linux")]
#[test]
fn storage_that_does_not_answer_is_a_problem_and_its_file_is_tried_again() {
    let (folder, library, scanner) = library(3);
    drop((library, scanner));
    // The root leads to the folder at first, and then to storage that shows the same.
    let (root, music) = (folder.path().join("root"), folder.path().join("music"));
    std::os::unix::fs::symlink(&music, &root).unwrap();
    let aside = Folder::new();
    let limit = Duration::from_millis(700);
    let scanner = Scanner::builder().root(&root).workers(1).file_timeout(limit).build().unwrap();
    let library = Library::open(aside.path().join("library.db"), &scanner).unwrap();
    assert_eq!(library.sync(&scanner, &SyncOptions::full(), &mut ()).unwrap().added, 3);
    let Some(mount) = crate::slow::SlowMount::new(&music, &["--stall", "open=001.flac", "--timeout", "0"]) else {
        return;
    };
    fs::remove_file(&root).unwrap();
    std::os::unix::fs::symlink(mount.path(), &root).unwrap();
    let mut watching = Watching::default();
    let options = AnalysisOptions::of(DAMAGE);
    let report = library.analyse(&Analyser::new(&scanner).unwrap(), &options, &mut watching).unwrap();
    assert_eq!(watching.problems, [("001.flac".to_owned(), "timeout".to_owned())]);
    assert_eq!((report.analysed, report.problems, report.left, report.unreported), (2, 1, 1, 0));
}

#[test]
fn duplicates_are_typed_and_some_roots_can_be_meant() {
    let (folder, library, scanner) = library(2);
    let found = library.duplicates(&Analyser::new(&scanner).unwrap(), true, &mut ()).unwrap();
    let [group] = found.groups.as_slice() else { panic!("{found:?}") };
    assert_eq!((group.kind, group.tracks.len(), found.unfingerprinted), (DuplicateKind::Copy, 2, 2));
    assert_eq!((group.tracks[0].keep, group.tracks[1].keep), (true, false));
    assert!(group.json.starts_with(r#"{"kind":"copy","tracks":["#), "{}", group.json);
    let other = Scanner::new(folder.path()).unwrap();
    let error = library.duplicates(&Analyser::new(&other).unwrap(), false, &mut ()).unwrap_err();
    assert!(matches!(&error, LibraryError::NotARoot { path } if path == folder.path()), "{error}");
    let all = Scanner::builder().build().unwrap();
    let again = library.duplicates(&Analyser::new(&all).unwrap(), false, &mut ()).unwrap();
    assert_eq!(again.groups, found.groups);
}
