//! Syncs in the background.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use mt_scanner::{
    Error, Library, LibraryError, Observer, Phase, Progress, Scanner, SyncEvent, SyncJob, SyncOptions, SyncReport,
};

use crate::support::{Folder, samples};

const FOLDERS: usize = 200;
const FILES: u64 = 6000;
/// The end that somebody asks for comes within this time.
const END: Duration = Duration::from_millis(500);
/// The most time for what comes by itself.
const LONG: Duration = Duration::from_secs(60);

/// More files than are read in a moment, and a library for them.
struct Many {
    scanner: Scanner,
    library: Library,
    _music: Folder,
    _place: Folder,
}

impl Many {
    fn new() -> Self {
        let (music, place) = (Folder::new().tracks(FOLDERS, FILES as usize / FOLDERS), Folder::new());
        let scanner = Scanner::builder().root(music.path()).workers(2).items(8).build().unwrap();
        let library = Library::open(place.path().join("library.db"), &scanner).unwrap();
        Self { scanner, library, _music: music, _place: place }
    }

    fn start(&self) -> SyncJob {
        self.library.start(&self.scanner, &SyncOptions::full(), ()).unwrap()
    }

    /// A sync that has begun to read.
    fn begun(&self) -> SyncJob {
        let job = self.start();
        until(|| job.progress().tracks > 0);
        job
    }

    fn sync(&self) -> SyncReport {
        self.library.sync(&self.scanner, &SyncOptions::full(), &mut ()).unwrap()
    }

    fn rows(&self) -> u64 {
        let rows = self.library.connection().query_row("SELECT count(*) FROM tracks", [], |row| row.get::<_, i64>(0));
        rows.unwrap().unsigned_abs()
    }
}

fn until(mut condition: impl FnMut() -> bool) {
    let end = Instant::now() + LONG;
    while !condition() {
        assert!(Instant::now() < end, "it never came");
        thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_sync_in_the_background_is_a_sync_and_tells_of_all_that_it_does() {
    let (one, other) = (Folder::new(), Folder::new());
    let scanner = Scanner::builder().root(samples()).root(samples().join("../formats")).build().unwrap();
    let library = Library::open(one.path().join("library.db"), &scanner).unwrap();
    let job = library.start(&scanner, &SyncOptions::full(), ()).unwrap();
    let events: Vec<SyncEvent> = job.events().map(Result::unwrap).collect();
    assert!(job.is_done() && job.events().next().is_none());
    let progress = job.progress();
    let report = job.result().unwrap();
    assert_eq!((progress.phase, &progress), (Phase::Done, &report.progress));

    assert!(matches!(events.first(), Some(SyncEvent::Progress(_))), "{:?}", events.first());
    assert_eq!(events.last(), Some(&SyncEvent::Report(report.clone())));
    let count = |is: fn(&SyncEvent) -> bool| events.iter().filter(|event| is(event)).count() as u64;
    assert_eq!(count(|event| matches!(event, SyncEvent::Problem(_))), report.problems);
    assert_eq!(count(|event| matches!(event, SyncEvent::Change(change) if change.change == "added")), report.added);
    let library = Library::open(other.path().join("library.db"), &scanner).unwrap();
    let same = library.sync(&scanner, &SyncOptions::full(), &mut ()).unwrap();
    assert_eq!((same.added, same.problems), (report.added, report.problems));
}

#[test]
fn notices_of_roots_are_events() {
    let (music, place) = (Folder::new().file("in/a.mp3", b""), Folder::new());
    let scanner = Scanner::builder().roots([music.path(), &music.path().join("in")]).build().unwrap();
    let library = Library::open(place.path().join("library.db"), &scanner).unwrap();
    let job = library.start(&scanner, &SyncOptions::full(), ()).unwrap();
    let notices = job.events().filter_map(|event| match event.unwrap() {
        SyncEvent::Notice(notice) => Some(notice.kind),
        _ => None,
    });
    assert_eq!(notices.collect::<Vec<_>>(), ["root-inside"]);
}

#[test]
fn a_cancelled_sync_leaves_a_true_library_that_the_next_one_completes() {
    let many = Many::new();
    let job = many.begun();
    let start = Instant::now();
    job.cancel();
    assert!(job.is_done() && start.elapsed() < END, "{:?}", start.elapsed());
    assert!(job.events().all(|event| matches!(event, Ok(SyncEvent::Progress(_)))));
    assert!(matches!(job.result(), Err(LibraryError::Cancelled)));
    let kept = many.rows();
    assert!(kept < FILES, "{kept}");
    let report = many.sync();
    assert_eq!((report.added, report.missing, many.rows()), (FILES, 0, FILES));
    let done = many.start();
    until(|| done.is_done());
    done.cancel();
    assert_eq!(done.result().unwrap().unchanged, FILES);
}

#[test]
fn a_sync_that_is_paused_rests_and_goes_on() {
    let many = Many::new();
    let job = many.begun();
    job.pause();
    until(|| job.progress().phase == Phase::Paused);
    assert!(job.is_paused() && !job.is_done());
    // What is under way is still counted.
    thread::sleep(Duration::from_millis(300));
    let (rows, reached) = (many.rows(), job.progress().tracks);
    assert!(rows > 0, "what was found is written before it rests");
    // Progress goes on, ten times a second.
    let (start, mut told) = (Instant::now(), 0);
    while start.elapsed() < Duration::from_secs(1) {
        let event = job.next_event_within(Duration::from_millis(20)).expect("it goes on").unwrap();
        told += u32::from(matches!(event, Some(SyncEvent::Progress(_))));
    }
    assert!((8..=30).contains(&told), "{told} times a second");
    assert_eq!((many.rows(), job.progress().tracks), (rows, reached));
    job.resume();
    assert!(!job.is_paused());
    assert_eq!(job.result().unwrap().added, FILES);
}

#[test]
fn a_sync_that_rests_can_be_cancelled() {
    let many = Many::new();
    let job = many.begun();
    job.pause();
    until(|| job.progress().phase == Phase::Paused);
    let start = Instant::now();
    job.cancel();
    assert!(job.is_done() && start.elapsed() < END, "{:?}", start.elapsed());
}

#[test]
fn dropping_a_job_ends_its_sync_and_leaves_the_library_to_others() {
    let many = Many::new();
    let job = many.begun();
    let start = Instant::now();
    drop(job);
    assert!(start.elapsed() < END, "{:?}", start.elapsed());
    assert_eq!(many.sync().added, FILES);
}

#[test]
fn nothing_waits_for_who_reads_no_events_and_a_slow_reader_gets_them_all() {
    let many = Many::new();
    let job = many.start();
    until(|| job.is_done());
    let start = Instant::now();
    assert_eq!(job.result().unwrap().added, FILES);
    assert!(start.elapsed() < END, "{:?}", start.elapsed());

    let other = Many::new();
    let job = other.start();
    until(|| job.is_done());
    let changes = job.events().filter(|event| matches!(event, Ok(SyncEvent::Change(_)))).count();
    assert_eq!(changes as u64, FILES);
    let start = Instant::now();
    drop(other.start());
    assert!(start.elapsed() < 2 * END, "{:?}", start.elapsed());
}

#[test]
fn another_sync_waits_for_its_turn() {
    let many = Many::new();
    let first = many.begun();
    first.pause();
    let second = many.start();
    until(|| second.progress().phase == Phase::Waiting);
    let start = Instant::now();
    second.cancel();
    assert!(second.is_done() && start.elapsed() < END, "{:?}", start.elapsed());
    first.resume();
    assert_eq!(first.result().unwrap().added, FILES);
}

#[test]
fn an_error_of_the_sync_is_its_result() {
    let (music, place) = (Folder::new(), Folder::new());
    let scanner = Scanner::new(music.path()).unwrap();
    let missing = Scanner::new(music.path().join("none")).unwrap();
    let library = Library::open(place.path().join("library.db"), &scanner).unwrap();
    let job = library.start(&missing, &SyncOptions::full(), ()).unwrap();
    assert_eq!(job.events().count(), 0);
    let failed = job.result();
    assert!(matches!(failed, Err(LibraryError::Scan(Error::RootNotFound { .. }))), "{failed:?}");
    // So is one of its connection.
    std::fs::remove_dir_all(place.path()).unwrap();
    let failed = library.start(&scanner, &SyncOptions::full(), ()).unwrap().result();
    assert!(matches!(failed, Err(LibraryError::NoFolder { .. } | LibraryError::Database { .. })), "{failed:?}");
}

#[test]
fn what_an_observer_panics_with_comes_out_of_the_result() {
    struct Panics;
    impl Observer for Panics {
        fn progress(&mut self, progress: &Progress) {
            assert_eq!(progress.tracks, u64::MAX, "no such number");
        }
    }
    let many = Many::new();
    let job = many.library.start(&many.scanner, &SyncOptions::full(), Panics).unwrap();
    // Its events end.
    assert!(job.events().all(|event| event.is_ok()));
    assert!(job.is_done());
    let panic = catch_unwind(AssertUnwindSafe(|| job.result())).expect_err("it has panicked");
    assert!(panic.downcast_ref::<String>().is_some_and(|said| said.contains("no such number")));
    // The library is nobody's any more.
    assert_eq!(many.sync().added, FILES);
    drop(many.library.start(&many.scanner, &SyncOptions::full(), Panics).unwrap());
}

#[test]
fn an_observer_may_end_or_pause_the_sync_as_the_job_may() {
    struct Enough(Sender<()>);
    impl Observer for Enough {
        fn is_cancelled(&mut self) -> bool {
            let _ = self.0.send(());
            true
        }
    }
    let many = Many::new();
    let (sender, asked) = channel();
    let job = many.library.start(&many.scanner, &SyncOptions::full(), Enough(sender)).unwrap();
    assert!(matches!(job.result(), Err(LibraryError::Cancelled)));
    assert!(asked.recv().is_ok());
}

#[test]
fn an_observer_may_drop_the_job_that_calls_it() {
    struct Drops(Receiver<SyncJob>, Sender<Duration>);
    impl Observer for Drops {
        fn progress(&mut self, _: &Progress) {
            if let Ok(job) = self.0.recv() {
                let start = Instant::now();
                drop(job);
                let _ = self.1.send(start.elapsed());
            }
        }
    }
    let many = Many::new();
    let (give, given) = channel();
    let (tell, took) = channel();
    let job = many.library.start(&many.scanner, &SyncOptions::full(), Drops(given, tell)).unwrap();
    give.send(job).unwrap();
    drop(give);
    // It would wait for itself in vain, as long as anybody waits for an end.
    assert!(took.recv_timeout(LONG).unwrap() < END);
    many.sync();
    assert_eq!(many.rows(), FILES);
}
